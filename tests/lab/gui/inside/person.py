"""A person without a mouse, who knows the window by what a screen reader says of it."""

import time
from dataclasses import dataclass, field

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

import glance  # noqa: E402
import tree  # noqa: E402
from screen import Screen, wait  # noqa: E402

MOVES = 400
"""Key presses after which something counts as out of reach."""


MOMENT = 0.4
"""Seconds after which the keyboard is where it will be."""
PATIENCE = 15.0
"""Seconds after which a person presses a key once more."""
ARROWS = {"list item": ("Down",), "radio button": ("Down", "Right")}
"""The keys that lead on within a list or a choice."""


LISTS = ("list", "list box")
"""Roles within which the arrow keys lead on, whatever a row's own role is."""

WINDOW = ("Minimize", "Maximize", "Close")
"""The window's own buttons, which the window manager has keys for."""


class Person:
    """One window, gone through by keys."""

    def __init__(self, screen: Screen, process: int) -> None:
        self.screen = screen
        self.process = process
        self.focus: Atspi.Accessible | None = None
        self.visited: list[Atspi.Accessible] = []
        self.listener = Atspi.EventListener.new(self._on_event)
        self.listener.register("object:state-changed:focused")
        self.focus = self._look_for_focus()

    def _on_event(self, event: Atspi.Event) -> None:
        try:
            if event.detail1 and event.source.get_process_id() == self.process:
                self.focus = event.source
                self.visited.append(event.source)
        except GLib.Error:
            # It went away meanwhile.
            return

    def _look_for_focus(self) -> Atspi.Accessible | None:
        for node in tree.nodes(self.process):
            if tree.has(node, Atspi.StateType.FOCUSED):
                return node
        return None

    def listen(self, seconds: float = 0.15) -> None:
        """Takes in what happens for a moment."""
        context = GLib.MainContext.default()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            while context.iteration(False):
                pass
            time.sleep(0.01)

    def key(self, *keys: str) -> None:
        """Presses keys and listens."""
        self.screen.key(*keys)
        self.listen()

    def move(self, key: str) -> None:
        """Presses a key that brings the keyboard elsewhere, and listens until it is there."""
        before = self.focus
        self.screen.key(key)
        context = GLib.MainContext.default()
        end = time.monotonic() + MOMENT
        while self.focus is before and time.monotonic() < end:
            if not context.iteration(False):
                time.sleep(0.005)

    def here(self) -> tuple[str, str]:
        """Role and name of what has the keyboard."""
        if self.focus is None:
            return "", ""
        try:
            return self.focus.get_role_name(), self.focus.get_name() or ""
        except GLib.Error:
            self.focus = self._look_for_focus()
            return ("", "") if self.focus is None else (self.focus.get_role_name(), tree.name(self.focus))

    def reach(self, words: str, roles: tuple[str, ...] = (), exact: bool = False,
              choice: tuple[str, ...] = ARROWS["radio button"]) -> None:
        """Goes by Tab, and by the arrow keys in lists and choices, to what has these words in its
        name. `choice` are the keys to try within a choice."""
        seen: list[tuple[str, str]] = []
        tried = 0
        for _ in range(MOVES):
            role, name = self.here()
            if (name == words if exact else words in name) and (not roles or role in roles):
                return
            # Within a list or a choice the arrows go from one to the next; where none of them leads
            # to anything new, Tab goes on.
            tried = tried + 1 if (role, name) in seen and role in ARROWS else 0
            seen.append((role, name))
            arrows = choice if role == "radio button" else ARROWS.get(role, ())
            self.move(arrows[tried] if tried < len(arrows) else "Tab")
        raise TimeoutError(f"“{words}” is out of reach by keyboard; on the way: {list(dict.fromkeys(seen))}")

    def page(self, title: str) -> None:
        """Waits until the page with this title is shown."""
        wait(f"the page “{title}”", lambda: glance.is_page(self.process, title))
        self.listen(0.4)
        if self.focus is None or not tree.has(self.focus, Atspi.StateType.FOCUSED):
            self.focus = self._look_for_focus()

    def whole_page(self, title: str) -> None:
        """The same, and until it has all its rows: they come in pieces, one after each time it is drawn."""
        self.page(title)
        seen = -1

        def is_whole() -> bool:
            nonlocal seen
            before, seen = seen, len(glance.of(self.process))
            return seen == before

        wait(f"the whole page “{title}”", is_whole, pause=1.0)

    def press(self, words: str, roles: tuple[str, ...] = (), exact: bool = False,
              choice: tuple[str, ...] = ARROWS["radio button"]) -> None:
        """Goes to a button or a row and presses it."""
        self.reach(words, roles, exact, choice)
        self.key("space" if self.here()[0] in ("radio button", "check box", "switch", "toggle button") else "Return")

    def write(self, words: str, text: str) -> None:
        """Goes to a field and replaces what is in it."""
        self.reach(words, ("text", "entry", "password text"), exact=True)
        self.key("ctrl+a")
        self.type(text)

    def type(self, text: str) -> None:
        """Types where the keyboard is."""
        self.screen.type(text)
        self.listen(0.6)

    def fill(self, text: str) -> None:
        """Replaces what is in the field that has the keyboard, and makes sure of it: a dialog for
        folders completes what is typed, and may do so a moment too late."""
        found: list[str] = []

        def filled() -> bool:
            self.key("ctrl+a")
            self.type(text)
            self.listen(0.5)
            found.append("" if self.focus is None else tree.text(self.focus))
            # A folder is completed by a slash.
            return found[-1].rstrip("/") == text

        try:
            wait(f"“{text}” in the field", filled)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; found {found}, at {self.here()}") from error

    def go_on_to(self, title: str) -> None:
        """Continues, again and again until the page with this title is shown: what was typed last may
        still be on its way."""
        def there() -> bool:
            self.key("alt+Right")
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                if glance.is_page(self.process, title):
                    return True
                self.listen(0.2)
            return False

        wait(f"the page “{title}”", there)

    def tour(self, arrows: bool) -> list[tuple[str, str]]:
        """Every place that the keyboard comes to, once around. `arrows` says whether they may be
        pressed in lists: in some they choose."""
        places: list[tuple[str, str]] = []
        visited: list[Atspi.Accessible] = []
        for _ in range(MOVES):
            before = self.focus
            down = arrows and self.here()[0] == "list item"
            self.key("Down" if down else "Tab")
            if self.focus == before:
                if down:
                    self.key("Tab")
                if self.focus == before:
                    break
            if self.focus is None or any(self.focus == other for other in visited):
                break
            visited.append(self.focus)
            places.append(self.here())
        return places

    def tab(self) -> bool:
        """Presses Tab; whether the keyboard came to something else."""
        before = self.focus
        self.screen.key("Tab")
        end = time.monotonic() + 4
        while self.focus == before and time.monotonic() < end:
            self.listen(0.02)
        return self.focus != before

    def circle(self) -> "Circle":
        """Every place that Tab leads to, until it leads to one again."""
        circle = Circle()
        taken = len(self.visited)
        for _ in range(MOVES):
            if not self.tab():
                # Some places swallow the first press.
                if not self.tab():
                    break
            # What asking for a name brings in meanwhile is the next press's, or told late: no place
            # that the keyboard was told to be at may be lost between two questions.
            came = self.visited[taken:]
            taken += len(came)
            for node in came:
                if node in circle.nodes[:-1]:
                    # Whoever comes to the beginning again has been everywhere.
                    circle.closed = circle.nodes.index(node) <= 1
                    return circle
                if node not in circle.nodes:
                    circle.nodes.append(node)
                    circle.told.append((tree.role(node), tree.name(node)))
        return circle

    def missed(self, circle: "Circle") -> list[str]:
        """What could be used on the page, but is neither in the circle nor led to by arrow keys."""
        missed = []
        around = circle.around()
        for node in tree.nodes(self.process):
            # The keyboard passes what is around a place on its way to it.
            if node in around or not tree.has(node, Atspi.StateType.FOCUSABLE) or not tree.can_be_used(node):
                continue
            if tree.role(node) in tree.PASSED or tree.is_inside_choice(node) or tree.name(node) in WINDOW:
                continue
            around_it = tree.parent(node)
            if around_it in around and (tree.role(node) in ARROWS or tree.role(around_it) in LISTS):
                continue
            if tree.role(node) == "radio button" and any(role == "radio button" for role, _ in circle.told):
                # Of a choice Tab comes to what is chosen, and the rows of the others are there for the arrows.
                continue
            # What a screen reader has twice is the same place for the keyboard.
            if (tree.role(node), tree.name(node)) in circle.told:
                continue
            # A row that is a switch is operated for the switch in it.
            if tree.role(node) == "check box" and self._is_row_of(node, around):
                continue
            if not self._leads_to(node):
                missed.append(f"{tree.role(node)} {tree.name(node)!r} in {tree.name(tree.parent(node) or node)!r}")
        return missed

    def _is_row_of(self, node: Atspi.Accessible, around: list[Atspi.Accessible]) -> bool:
        """Whether the row around it has its name, and the keyboard comes to that row."""
        row = tree.parent(node)
        while row is not None and tree.role(row) not in (*ARROWS, "switch", "check box"):
            row = tree.parent(row)
        return (row is not None and tree.name(row) == tree.name(node)
                and (row in around or tree.parent(row) in around))

    def _leads_to(self, node: Atspi.Accessible) -> bool:
        """Whether Tab comes to it from the row that it is in, which the arrow keys come to."""
        row = tree.parent(node)
        while row is not None and tree.role(row) not in ARROWS:
            row = tree.parent(row)
        if row is None:
            return False
        try:
            self.reach(tree.name(row), (tree.role(row),), exact=True)
        except TimeoutError:
            return False
        for _ in range(4):
            if self.focus == node:
                return True
            self.tab()
        return self.focus == node


@dataclass
class Circle:
    """Where Tab leads."""

    nodes: list[Atspi.Accessible] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    closed: bool = False

    def around(self) -> list[Atspi.Accessible]:
        """The places and all that they are in."""
        found: list[Atspi.Accessible] = []
        for node in self.nodes:
            at: Atspi.Accessible | None = node
            while at is not None and at not in found:
                found.append(at)
                at = tree.parent(at)
        return found
