"""What a window shows, as a screen reader has it, taken in at once and no deeper than is wanted: each
question costs the app and two buses some milliseconds, and a page is known by a few of hundreds."""

from collections.abc import Callable
from dataclasses import dataclass, field

import gi

gi.require_version("Atspi", "2.0")
gi.require_version("Gio", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

ACCESSIBLE = "org.a11y.atspi.Accessible"
ROOT = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
PAGES = 10
"""How deep below the window the pages are."""
Place = tuple[str, str]


@dataclass
class Node:
    """Something that is shown."""

    place: Place
    name: str = ""
    role: str = ""
    states: int = 0
    below: "list[Node]" = field(default_factory=list)

    def has(self, state: Atspi.StateType) -> bool:
        """Whether it is in this state."""
        return bool(self.states >> int(state) & 1)

    @property
    def can_be_used(self) -> bool:
        """Whether a person can operate it."""
        return self.has(Atspi.StateType.SENSITIVE)

    @property
    def is_on(self) -> bool:
        """Whether a button of a choice is on."""
        return self.has(Atspi.StateType.CHECKED)

    def all(self) -> "list[Node]":
        """It and all that is in it."""
        return [self, *(node for child in self.below for node in child.all())]


_bus: Gio.DBusConnection | None = None


def bus() -> Gio.DBusConnection:
    """The bus of screen readers."""
    global _bus
    if _bus is None:
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
                                    Gio.DBusCallFlags.NONE, -1)[0]
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        _bus = Gio.DBusConnection.new_for_address_sync(address, flags)
    return _bus


class Questions:
    """Questions that are under way."""

    def __init__(self) -> None:
        self.open = 0

    def ask(self, place: Place, method: str, then: Callable[[GLib.Variant], None],
            interface: str = ACCESSIBLE, arguments: GLib.Variant | None = None) -> None:
        """Asks one. What went away meanwhile has no answer."""
        def answered(source: Gio.DBusConnection, result: Gio.AsyncResult) -> None:
            self.open -= 1
            try:
                then(source.call_finish(result))
            except GLib.Error:
                return

        self.open += 1
        bus().call(*place, interface, method, arguments, None, Gio.DBusCallFlags.NONE, -1, None, answered)

    def wait(self) -> None:
        """Waits for all answers."""
        while self.open:
            GLib.MainContext.default().iteration(True)


def of(process: int, depth: int = 1000) -> list[Node]:
    """Everything that the app shows, so deep below its window."""
    questions = Questions()
    found: list[Node] = []

    def fill(node: Node, deep: int = 0) -> None:
        def stated(answer: GLib.Variant) -> None:
            low, high = answer[0]
            node.states = low | high << 32
            if not node.has(Atspi.StateType.SHOWING):
                return
            if deep < depth:
                questions.ask(node.place, "GetChildren", children)
            questions.ask(node.place, "GetRole",
                          lambda answer: setattr(node, "role", Atspi.role_get_name(answer[0])))
            questions.ask(node.place, "Get", lambda answer: setattr(node, "name", answer[0]),
                          "org.freedesktop.DBus.Properties", GLib.Variant("(ss)", (ACCESSIBLE, "Name")))

        def children(answer: GLib.Variant) -> None:
            node.below = [Node(place) for place in answer[0]]
            for child in node.below:
                fill(child, deep + 1)

        questions.ask(node.place, "GetState", stated)

    def windows(answer: GLib.Variant) -> None:
        for place in answer[0]:
            found.append(Node(place))
            fill(found[-1])

    def programs(answer: GLib.Variant) -> None:
        for place in answer[0]:
            def numbered(number: GLib.Variant, place: Place = place) -> None:
                if number[0] == process:
                    questions.ask(place, "GetChildren", windows)

            questions.ask(("org.freedesktop.DBus", "/org/freedesktop/DBus"), "GetConnectionUnixProcessID", numbered,
                          "org.freedesktop.DBus", GLib.Variant("(s)", (place[0],)))

    questions.ask(ROOT, "GetChildren", programs)
    questions.wait()
    return [node for top in found for node in top.all() if node.has(Atspi.StateType.SHOWING)]


def find(process: int, kind: str, words: str) -> Node | None:
    """The first of this role with these words in its name."""
    return next((node for node in of(process) if node.role == kind and words in node.name), None)


def says(process: int, *words: str) -> bool:
    """Whether any of these words stand anywhere."""
    return any(each in node.name for node in of(process) for each in words)


def is_page(process: int, title: str) -> bool:
    """Whether the page with this title is the one that is shown."""
    return any(node.role == "grouping" and node.name == title for node in of(process, PAGES))


def dump(process: int) -> str:
    """Roles and names, one a line."""
    return "\n".join(f"{node.role}: {node.name!r}" for node in of(process))
