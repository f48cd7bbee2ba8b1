"""Goes through the window as people do whose day is not a good one."""

import json
import os
import pathlib
import sys
import traceback

import glance
from desk import Desk, root
from report import check, failed
from screen import Screen
from session import Session
from trials import killed, retries, rights, stops
from walk import Answers, to_summary

SHARE = pathlib.Path("/srv/test")
ANSWERS = Answers("SNOW TESTDISK", "snow-last", "last", "correct horse 'battery' $HOME", "staple \"{x} #1", "Tokyo")


def one_after_the_other(desk: Desk, session: Session) -> None:
    """All of it in one window, which is on the summary in between."""
    to_summary(desk.person, ANSWERS, desk.arrive)
    rights.dismissed(desk)
    rights.refused(desk)
    stops.in_partitioning(desk, session)
    stops.in_build(desk, session)
    retries.fails_then_succeeds(desk, session)
    retries.done(desk)


def in_three_windows(screen: Screen) -> None:
    """The first one is killed, the second one is given a wrong passphrase."""
    desk = Desk(screen)
    try:
        to_summary(desk.person, ANSWERS, desk.arrive)
        killed.in_build(desk)
    finally:
        desk.close()
    killed.goes_on(screen, ANSWERS)


def main() -> None:
    root('printf %s "$1" > "$2/answers.json"', json.dumps(vars(ANSWERS)), str(SHARE))
    screen = Screen()
    os.environ["DISPLAY"] = screen.environment["DISPLAY"]
    session = Session()
    desk = Desk(screen)
    try:
        one_after_the_other(desk, session)
        desk.close()
        in_three_windows(screen)
    except Exception as error:  # noqa: BLE001
        traceback.print_exc()
        print(glance.dump(desk.process), file=sys.stderr)
        screen.picture("root", "/srv/pictures/failed.png")
        # What it can't come to the end of has failed.
        check(str(error), False)
    finally:
        desk.close()
        session.close()
        screen.close()
    sys.exit(1 if failed() else 0)


main()
