"""Installs through the window as somebody does who has no mouse, and takes a picture of every page.

    show.py PICTURES DISK USER HOST PASSPHRASE PASSWORD
"""

import os
import sys

from person import Person
from screen import Screen
from walk import Answers, erase_and_install, to_summary, wait_for_end


def main(pictures: str, *answered: str) -> None:
    """From Welcome to Done; the exit status says whether it came there."""
    screen = Screen()
    os.environ["DISPLAY"] = screen.environment["DISPLAY"]
    app = screen.start("snowmelt")
    try:
        window = screen.window(app)
        person = Person(screen, app.pid)
        taken = 0

        def picture(of: str) -> None:
            nonlocal taken
            taken += 1
            print(of, flush=True)
            screen.picture(window, f"{pictures}/{taken:02}-{of.lower().replace(' ', '-')}.png")

        to_summary(person, Answers(*answered), person.page, picture)
        erase_and_install(person, lambda _: picture("The last question"))
        done = wait_for_end(person)
        picture("Done" if done else "Failed")
    finally:
        app.terminate()
        app.wait()
        screen.close()
    sys.exit(0 if done else 1)


main(*sys.argv[1:])
