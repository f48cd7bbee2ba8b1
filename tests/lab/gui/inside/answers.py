"""Somebody who answers everything, goes back, and answers everything differently; whose disk is pulled
out; and whose window panics; who has a flake already.

    answers.py PANICKING-PROGRAM
"""

import json
import os
import pathlib
import sys
import traceback

import glance
from desk import Desk, root
from report import check, failed
from screen import Screen
from trials import changes, own, panics, pulled
from walk import Answers, to_summary

FIRST = Answers("SNOW TESTDISK", "snow-first", "first", "correct horse 'battery' $HOME", "staple \"{x} #1", "Tokyo")


def on_the_summary(desk: Desk) -> None:
    """All of it in one window."""
    to_summary(desk.person, FIRST, desk.arrive)
    changes.nothing_is_lost(desk)
    changes.language_with_secrets(desk)
    changes.everything_changes(desk)
    own.is_named(desk)
    pulled.on_the_summary(desk)


def main(panicking: str) -> None:
    screen = Screen()
    os.environ["DISPLAY"] = screen.environment["DISPLAY"]
    desk = Desk(screen)
    try:
        on_the_summary(desk)
        desk.close()
        desk = Desk(screen, panicking)
        panics.becomes_a_page(desk)
    except Exception as error:  # noqa: BLE001
        traceback.print_exc()
        print(glance.dump(desk.process), file=sys.stderr)
        screen.picture("root", "/srv/pictures/failed.png")
        # What it can't come to the end of has failed.
        check(str(error), False)
    finally:
        desk.close()
        screen.close()
    sys.exit(1 if failed() else 0)


main(sys.argv[1])
