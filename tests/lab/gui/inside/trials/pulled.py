"""The disk is pulled out while the summary is read."""

import glance
from desk import Desk, root
from report import check
from screen import wait
from walk import PAGES


def on_the_summary(desk: Desk) -> None:
    """It is said, nothing can be erased, and the disk can be chosen again once it is back."""
    desk.spoken.clear()
    root("lab-disk pull other")
    desk.hears("ACME OTHER")
    wait("that the button can't be used", lambda: not usable(desk), pause=0.5)
    desk.person.key("alt+e")
    desk.person.listen(1)
    check("without a disk nothing is erased", not desk.says("I understand"), glance.dump(desk.process))
    root("lab-disk plug other; lab-disk wait other")
    while not glance.is_page(desk.process, "Disk"):
        at = next(each for each in PAGES if glance.is_page(desk.process, each))
        desk.person.key("alt+Left")
        desk.arrive(PAGES[PAGES.index(at) - 1])
    wait("the disk's return", lambda: desk.says("ACME OTHER"))
    desk.person.press("ACME OTHER")
    for later in PAGES[PAGES.index("Disk") + 1:]:
        desk.person.go_on_to(later)
    desk.looks("the disk that is back can be chosen again", "ACME OTHER", ready="Erase and Install…")


def usable(desk: Desk) -> bool:
    """Whether the last button can be used."""
    button = glance.find(desk.process, "button", "Erase and Install…")
    return button is not None and button.can_be_used
