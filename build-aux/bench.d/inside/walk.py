"""Goes through the app's pages quickly, as a program with a screen reader's eyes can."""

import subprocess
import time
from collections.abc import Callable

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

import tree  # noqa: E402
from display import LIMIT, NAME  # noqa: E402

PASSPHRASE = "correct horse battery staple"
PAGES = ("Welcome", "Keyboard", "Time and Place", "Disk", "Encryption", "What Survives a Restart", "System", "You",
         "Summary")
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

    def find(self, words: str, *roles: str) -> Atspi.Accessible | None:
        """What is shown under this name, or else with these words in it."""
        nodes = [(tree.name(node), node) for node in tree.nodes(self.process) if not roles or tree.role(node) in roles]
        found = [node for name, node in nodes if name == words] or [node for name, node in nodes if words in name]
        return found[0] if found else None

    def press(self, words: str, *roles: str) -> None:
        """Presses a button."""
        def pressed() -> bool:
            node = self.find(words, *roles)
            try:
                if node is None or not tree.can_be_used(node):
                    return False
                action = node.get_action_iface()
                if action is not None and action.get_n_actions() and action.do_action(0):
                    return True
                if not node.grab_focus():
                    return False
                self.key("Return" if tree.role(node) == "list item" else "space")
                return True
            except GLib.Error:
                # It went away meanwhile.
                return False

        wait(f"“{words}” to be pressed", pressed, pause=0.2)

    def write(self, words: str, text: str, place: int = 0) -> None:
        """Writes into the field of this name; `place` tells one of several."""
        def fields() -> list[Atspi.Accessible]:
            return [node for node in tree.nodes(self.process)
                    if tree.role(node) in _FIELDS and tree.name(node) == words]

        def focused() -> bool:
            try:
                return len(fields()) > place and fields()[place].grab_focus()
            except GLib.Error:
                return False

        wait(f"the field “{words}”", focused)
        self.key("ctrl+a")
        self._run("type", "--clearmodifiers", "--delay", "8", text)

    def on(self, page: str) -> None:
        """Waits until a page is shown."""
        wait(f"the page “{page}”", lambda: tree.is_page(self.process, page))

    def go_on(self) -> None:
        """Goes on as soon as that can be done."""
        def may() -> bool:
            button = self.find("Continue", "button")
            try:
                return button is not None and tree.can_be_used(button)
            except GLib.Error:
                return False

        wait("the way onwards", may)
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

    def _may_go_on(self) -> bool:
        button = self.find("Continue", "button")
        return button is not None and tree.can_be_used(button)
