"""People who change their mind in the middle of an installation."""

from desk import Desk, Gate, inhibitors, nothing_is_left
from report import check
from session import TOLD, Session
from trials import reading
from walk import erase_and_install

AWAKE = [("shutdown:sleep:idle:handle-lid-switch", "block")]
"""What must not happen while the disk is written to."""
QUESTION = "Stop the Installation?"


def in_partitioning(desk: Desk, session: Session) -> None:
    """Cancel while UDisks2 makes the boot partition: it is asked first, and waited for."""
    with Gate("mkfs.vfat") as gate:
        erase_and_install(desk.person)
        gate.reached()
        check("the session is told not to end or sleep", session.heard() == TOLD)
        check("a running installation keeps the machine awake", inhibitors() == AWAKE, inhibitors())
        desk.person.key("ctrl+w")
        desk.shows(QUESTION)
        desk.looks("it is said that the disk is erased already", "What was on the disk is gone already")
        # The question closes, and nothing was the matter.
        desk.person.key("Escape")
        desk.shows_no_longer(QUESTION)
        desk.looks("who goes on is still installing", ready="Cancel…")
        desk.person.key("alt+c")
        stop(desk)
        desk.hears("Stopping. This may take a moment.")
        desk.looks("it can’t be stopped twice", unready="Cancel…")
        gate.open()
        was_stopped(desk, "in the middle of partitioning", session)


def in_build(desk: Desk, session: Session) -> None:
    """The window is closed while nixos-install makes the system bootable, twice: once the person goes
    on after all."""
    # nixos-install itself runs, and stands still where it enters the new system.
    with Gate("nixos-install", reading.LINES) as build, Gate("nixos-enter") as gate:
        erase_and_install(desk.person)
        build.reached()
        reading.back_and_forth(desk, build)
        gate.reached()
        check("the session is told again", session.heard() == TOLD)
        desk.person.key("ctrl+q")
        desk.shows(QUESTION)
        desk.person.key("Escape")
        desk.shows_no_longer(QUESTION)
        desk.person.key("ctrl+q")
        stop(desk)
        was_stopped(desk, "in the middle of nixos-install", session)


def stop(desk: Desk) -> None:
    """Says yes, it is to be stopped."""
    desk.shows(QUESTION)
    desk.person.press("Stop", ("button",), exact=True)


def was_stopped(desk: Desk, when: str, session: Session) -> None:
    """The page for it, and what is left."""
    desk.hears("The Installation Was Stopped", limit=180.0)
    nothing_is_left(f"of an installation that was stopped {when}")
    check(f"stopped {when}: the machine may sleep again", inhibitors() == [], inhibitors())
    check(f"stopped {when}: the session may end", session.heard() == "end")
    desk.looks(f"stopped {when}: it is said what is on the disk",
               "What was on the disk is gone, and the new system is not complete.",
               "Nothing of it is still mounted or unlocked", "Start it again whenever you like.")
    desk.person.key("alt+s")
    desk.arrive("Summary")
    desk.looks(f"stopped {when}: all answers are still there", ready="Erase and Install…")
