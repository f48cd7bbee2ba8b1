"""The app is killed in the middle of an installation, and opened again."""

from desk import Desk, Gate, nothing_is_left, root
from report import check
from screen import Screen
from walk import INSTALLATION, Answers, erase_and_install

QUESTION = "Go On with the Installation?"
WAIT = 120.0
"""Seconds that the helper may take to put everything away, once nobody is there any more."""

OTHER_KEYMAP = """
mkdir -p /usr/share/keymaps
ckbcomp -layout ru > /usr/share/keymaps/snow.map 2> /dev/null
helper=$(pgrep -f '^/usr/libexec/snowmelt-helper --in-own-namespaces')
nsenter --target "$helper" --mount -- \\
  find /mnt/nix/store -name vconsole.conf -type f -exec sed -i '$aKEYMAP=snow' {} +
"""
"""Makes it that the new system's console, and so its prompt, has no Latin letters."""


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
        with Gate("nixos-enter") as gate:
            asked(desk, answers.passphrase, answers.password)
            gate.reached()
            root(OTHER_KEYMAP)
            gate.open()
            desk.hears("NixOS Is Installed", limit=INSTALLATION)
        check("an installation whose window was killed is gone on with to its end", True)
        desk.looks("a passphrase that the prompt can't type is told of", "Before You Restart",
                   "cryptsetup luksAddKey /dev/disk/by-uuid/", ready="Restart Now")
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
