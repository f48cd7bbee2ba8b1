"""One person's answers, and the way with them through the pages and to the end."""

from collections.abc import Callable
from dataclasses import dataclass

import glance
from person import Person
from screen import wait

PAGES = ("Welcome", "Keyboard", "Time and Place", "Disk", "Encryption", "What Survives a Restart", "System", "You",
         "Summary")
INSTALLATION = 900.0
"""Seconds that an installation may take on a machine under load."""


@dataclass(frozen=True)
class Answers:
    """What is answered on the way."""

    disk: str
    host: str
    user: str
    passphrase: str
    password: str
    zone: str = "Berlin"


def nowhere(_: str) -> None:
    """Does nothing on a page."""


def to_summary(person: Person, answers: Answers, arrive: Callable[[str], None],
               filled: Callable[[str], None] = nowhere) -> None:
    """From Welcome to the summary. `arrive` waits for a page by its title; `filled` is told of each
    once it is answered."""
    process = person.process

    def go_on(page: str) -> None:
        filled(page)
        person.go_on_to(PAGES[PAGES.index(page) + 1])

    arrive("Welcome")
    go_on("Welcome")
    arrive("Keyboard")
    go_on("Keyboard")
    arrive("Time and Place")
    pick(person, "Time zone", answers.zone)
    go_on("Time and Place")
    arrive("Disk")
    wait("the disks", lambda: glance.says(process, answers.disk))
    person.press(answers.disk)
    go_on("Disk")
    arrive("Encryption")
    person.write("Passphrase", answers.passphrase)
    person.write("Repeat passphrase", answers.passphrase)
    go_on("Encryption")
    arrive("What Survives a Restart")
    # The presets for desktops and servers keep /root, which the boots are asked about.
    person.press("Minimal", ("radio button",), choice=("Left",))
    go_on("What Survives a Restart")
    arrive("System")
    person.write("Host name", answers.host)
    person.press("No desktop", ("radio button",))
    go_on("System")
    arrive("You")
    person.write("User name", answers.user)
    person.write("Password", answers.password)
    person.write("Repeat password", answers.password)
    go_on("You")
    arrive("Summary")
    filled("Summary")


def pick(person: Person, row: str, words: str) -> None:
    """Chooses what is found best for these words from the list behind a row."""
    person.press(row, ("list item", "button"))
    wait(f"the list behind “{row}”", lambda: glance.says(person.process, "Choose"))
    person.type(words)
    # Once for what is found best, once for taking it.
    person.key("Return")
    person.key("Return")
    wait(f"the choice of {words}",
         lambda: glance.says(person.process, words) and not glance.find(person.process, "button", "Choose"))


def erase_and_install(person: Person, asked: Callable[[str], None] = nowhere) -> None:
    """Says the last word, on the summary. `asked` is told when the question is there."""
    person.key("alt+e")
    wait("the last question", lambda: glance.find(person.process, "check box", "I understand"))
    asked("confirm")
    person.press("I understand", ("check box",))
    person.press("Erase and Install", ("button",), exact=True)


def wait_for_end(person: Person) -> bool:
    """Waits until the installation has ended; whether it has succeeded."""
    ends = ("NixOS Is Installed", "Start Over")
    wait("the installation's end", lambda: glance.says(person.process, *ends), limit=INSTALLATION)
    person.listen()
    return glance.says(person.process, ends[0])
