"""Goes through the app's pages quickly, as a program with a screen reader's eyes can."""

import subprocess
import time
from collections.abc import Callable

import glance
from display import LIMIT, NAME
from glance import Atspi, Node

PASSPHRASE = "correct horse battery staple"
PAGES = ("Welcome", "Keyboard", "Time and Place", "Disk", "Encryption", "What Survives a Restart", "System", "You",
         "Summary")
_MOVES = 100
"""Presses of a key after which something counts as out of reach."""
_FIELDS = ("text", "entry", "password text")


def wait(what: str, holds: Callable[[], object], pause: float = 0.1, limit: float = LIMIT) -> None:
    """Waits until it holds."""
    end = time.monotonic() + limit
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {limit:.0f} seconds")
        time.sleep(pause)


class Walk:
    """One window of the app."""

    def __init__(self, process_id: int) -> None:
        self.process = process_id
        found: list[str] = []

        def there() -> bool:
            found[:] = self._run("search", "--onlyvisible", "--pid", str(process_id), "--name", "Snowmelt").split()
            return bool(found)

        wait("the window", there)
        self.window = found[0]
        self._run("windowmove", "--sync", self.window, "0", "0")
        self._run("windowfocus", self.window)

    @staticmethod
    def _run(*command: str) -> str:
        done = subprocess.run(["xdotool", *command], env={"DISPLAY": NAME, "PATH": "/usr/bin"}, text=True,
                              capture_output=True, check=False)
        return done.stdout

    def key(self, *keys: str) -> None:
        """Presses keys."""
        self._run("key", "--clearmodifiers", *keys)

    def point(self, x: int, y: int) -> None:
        """Puts the pointer to a place of the window."""
        self._run("mousemove", str(x), str(y))

    def scroll(self, clicks: int, down: bool = True) -> None:
        """Turns the wheel where the pointer is."""
        self._run("click", "--repeat", str(clicks), "--delay", "15", "5" if down else "4")

    def find(self, words: str, *roles: str) -> Node | None:
        """What is shown under this name, or else with these words in it."""
        nodes = [node for node in glance.of(self.process) if not roles or node.role in roles]
        found = [node for node in nodes if node.name == words] or [node for node in nodes if words in node.name]
        return found[0] if found else None

    def _reach(self, words: str, *roles: str) -> Node:
        """Goes by Tab to what has these words in its name."""
        for _ in range(_MOVES):
            here = next((node for node in glance.of(self.process) if node.has(Atspi.StateType.FOCUSED)), None)
            if here is not None and words in here.name and (not roles or here.role in roles):
                return here
            self.key("Tab")
        raise TimeoutError(f"“{words}” is out of reach by keyboard")

    def press(self, words: str, *roles: str) -> None:
        """Presses a button or a row."""
        wait(f"“{words}”", lambda: self._can_be_used(words, *roles))
        node = self._reach(words, *roles)
        self.key("space" if node.role in ("check box", "radio button", "toggle button") else "Return")

    def write(self, words: str, text: str) -> None:
        """Writes into the field of this name."""
        wait(f"the field “{words}”", lambda: self.find(words, *_FIELDS))
        for _ in range(_MOVES):
            if self._reach(words, *_FIELDS).name == words:
                break
            self.key("Tab")
        self.key("ctrl+a")
        self._run("type", "--clearmodifiers", "--delay", "8", text)

    def on(self, page: str) -> None:
        """Waits until a page is shown."""
        wait(f"the page “{page}”", lambda: glance.is_page(self.process, page))

    def go_on(self) -> None:
        """Goes on as soon as that can be done."""
        wait("the way onwards", self._may_go_on)
        self.key("alt+Right")

    def all_pages(self, disk: str, arrived: Callable[[str], None] = lambda _: None) -> None:
        """From Welcome to the summary, with this disk chosen; `arrived` is called on every page."""
        for page in PAGES:
            self.on(page)
            arrived(page)
            if page == "Time and Place" and not self._may_go_on():
                self.press("Time zone", "list item", "button")
                self._run("type", "--delay", "8", "Berlin")
                time.sleep(0.5)
                self.key("Return", "Return")
            elif page == "Disk":
                self.press(disk, "list item")
            elif page == "Encryption":
                self.write("Passphrase", PASSPHRASE)
                self.write("Repeat passphrase", PASSPHRASE)
            elif page == "System":
                self.write("Host name", "bench")
            elif page == "You":
                self.write("User name", "anna")
                self.write("Password", PASSPHRASE)
                self.write("Repeat password", PASSPHRASE)
            if page != PAGES[-1]:
                self.go_on()

    def erase(self) -> None:
        """From the summary on: erases the disk and installs."""
        wait("the last question", lambda: self._can_be_used("Erase and Install…", "button"))
        self.key("alt+Right")
        self.press("I understand", "check box")
        self.press("Erase and Install", "button")

    def _may_go_on(self) -> bool:
        return self._can_be_used("Continue", "button")

    def _can_be_used(self, words: str, *roles: str) -> bool:
        node = self.find(words, *roles)
        return node is not None and node.can_be_used
