"""The app is killed in the middle of an installation, and opened again."""

from desk import Desk, Gate, nothing_is_left
from report import check
from screen import Screen
from walk import INSTALLATION, Answers, erase_and_install

QUESTION = "Go On with the Installation?"
WAIT = 120.0
"""Seconds that the helper may take to put everything away, once nobody is there any more."""


def in_build(desk: Desk) -> None:
    """From the summary to the middle of nixos-install, and no further."""
    with Gate("nixos-enter") as gate:
        erase_and_install(desk.person)
        gate.reached()
        desk.app.kill()
        desk.app.wait()
    nothing_is_left("after the window was killed", WAIT)


def goes_on(screen: Screen, answers: Answers) -> None:
    """The next window offers to go on; once with a slip of the finger, and then to the end."""
    desk = Desk(screen)
    try:
        asked(desk, answers.passphrase + "x", answers.password)
        desk.hears("The Installation Failed", limit=INSTALLATION)
        desk.looks("a wrong passphrase is called one", "This passphrase does not unlock the new system’s disk.",
                   "type the passphrase that was chosen", without="journalctl", ready="Start Over")
        nothing_is_left("after a wrong passphrase")
    finally:
        desk.close()
    desk = Desk(screen)
    try:
        asked(desk, answers.passphrase, answers.password)
        desk.hears("NixOS Is Installed", limit=INSTALLATION)
        check("an installation whose window was killed is gone on with to its end", True)
        nothing_is_left("after it was gone on with")
    finally:
        desk.close()


def asked(desk: Desk, passphrase: str, password: str) -> None:
    """Answers the question."""
    desk.shows(QUESTION)
    desk.looks("it is said what can be gone on with", "was interrupted", "Install NixOS", unready="Go On")
    desk.person.write("Passphrase", passphrase)
    desk.person.write("Password", password)
    desk.person.press("Go On", ("button",), exact=True)
