"""The accessibility tree, as a screen reader has it."""

from collections.abc import Iterator

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

# What a person can do something with; each must have a name.
CONTROLS = {"button", "push button", "radio button", "check box", "toggle button", "list item", "menu item",
            "text", "entry", "password text", "combo box", "switch", "slider", "link"}


PASSED = {"", "scroll pane", "list", "list box", "table", "filler", "panel", "unknown", "frame", "window",
          "application", "dialog"}
"""What takes the keyboard only to pass it on."""


def walk(node: Atspi.Accessible) -> Iterator[Atspi.Accessible]:
    """The node and everything below it that is shown."""
    try:
        if not node.get_state_set().contains(Atspi.StateType.SHOWING) and node.get_role_name() != "application":
            return
        yield node
        for index in range(node.get_child_count()):
            child = node.get_child_at_index(index)
            if child is not None:
                yield from walk(child)
    except GLib.Error:
        # It went away meanwhile.
        return


def app(process_id: int) -> Atspi.Accessible | None:
    """The app's root."""
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(index)
        if child is not None and child.get_process_id() == process_id:
            return child
    return None


def nodes(process_id: int) -> list[Atspi.Accessible]:
    """Everything that the app shows."""
    root = app(process_id)
    return list(walk(root)) if root is not None else []


def name(node: Atspi.Accessible) -> str:
    """The node's name; one that went away has none."""
    try:
        return node.get_name() or ""
    except GLib.Error:
        return ""


def text(node: Atspi.Accessible) -> str:
    """What is in a field; one that went away, or is none, has nothing in it."""
    try:
        return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))
    except (GLib.Error, TypeError):
        return ""


def role(node: Atspi.Accessible) -> str:
    """The node's role; one that went away has none."""
    try:
        return node.get_role_name() or ""
    except GLib.Error:
        return ""


def has(node: Atspi.Accessible, state: Atspi.StateType) -> bool:
    """Whether the node is in this state; one that went away is in none."""
    try:
        return node.get_state_set().contains(state)
    except GLib.Error:
        return False


def parent(node: Atspi.Accessible) -> Atspi.Accessible | None:
    """What the node is in; one that went away is in nothing."""
    try:
        return node.get_parent()
    except GLib.Error:
        return None


def find(process_id: int, kind: str, words: str) -> Atspi.Accessible | None:
    """The first node of this role with these words in its name."""
    for node in nodes(process_id):
        if role(node) == kind and words in name(node):
            return node
    return None


def says(process_id: int, words: str) -> bool:
    """Whether these words stand anywhere."""
    return any(words in name(node) for node in nodes(process_id))


def is_page(process_id: int, title: str) -> bool:
    """Whether the page with this title is the one that is shown."""
    return find(process_id, "grouping", title) is not None


def dump(process_id: int) -> str:
    """Roles and names, one a line."""
    return "\n".join(f"{role(node)}: {name(node)!r}" for node in nodes(process_id))


def nameless(process_id: int) -> list[str]:
    """The controls that have no name."""
    found = []
    for node in nodes(process_id):
        if role(node) in CONTROLS and not name(node).strip() and not is_inside_choice(node):
            around = parent(node)
            # What went away meanwhile has no role any more.
            if around is not None and role(node):
                found.append(f"{role(node)} in {name(around)!r}")
    return found


def is_inside_choice(node: Atspi.Accessible) -> bool:
    """Whether it is what a named combo box shows its choice with, which nobody can do anything with."""
    around = parent(node)
    for _ in range(4):
        if around is None:
            return False
        if role(around) == "combo box":
            return bool(name(around).strip())
        around = parent(around)
    return False


def is_on(node: Atspi.Accessible) -> bool:
    """Whether a button of a choice is on."""
    return has(node, Atspi.StateType.CHECKED)


def can_be_used(node: Atspi.Accessible) -> bool:
    """Whether a person can operate it."""
    return has(node, Atspi.StateType.SENSITIVE)


def focused(process_id: int) -> str:
    """The name of what has the keyboard, or nothing."""
    for node in nodes(process_id):
        if has(node, Atspi.StateType.FOCUSED):
            return name(node)
    return ""
