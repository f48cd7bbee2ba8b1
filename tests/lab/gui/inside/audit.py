"""What every page must hold for every person: names, labels, room, contrast, no colour alone.

Each function gives one line for each thing that is wrong.
"""

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

import tree  # noqa: E402
from frame import Picture, text_contrast  # noqa: E402
from probe import Widget  # noqa: E402

INPUTS = {"text", "entry", "password text", "spin button", "combo box", "slider"}
LEAST = 4.5
"""The least contrast of text (WCAG 2.2, 1.4.3)."""

SIGNALS = {"error", "warning", "success"}
"""libadwaita's classes that are a colour and nothing else."""


def nameless(process: int) -> list[str]:
    """What the keyboard can come to and has no name, and controls without one."""
    wrong = tree.nameless(process)
    for node in tree.nodes(process):
        # A list that scrolls takes the keyboard to pass it on.
        if tree.has(node, Atspi.StateType.FOCUSABLE) and not tree.name(node).strip() and tree.role(node) not in tree.PASSED:
            if not tree.is_inside_choice(node):
                wrong.append(f"{tree.role(node)} in {tree.name(tree.parent(node) or node)!r}")
    return list(dict.fromkeys(wrong))


def unlabelled(process: int) -> list[str]:
    """Inputs that no label belongs to."""
    wrong = []
    for node in tree.nodes(process):
        if tree.role(node) not in INPUTS or tree.is_inside_choice(node):
            continue
        try:
            relations = [relation.get_relation_type() for relation in node.get_relation_set()]
        except GLib.Error:
            continue
        # Beside a search stands no label; it has to do with the list that it searches.
        if not {Atspi.RelationType.LABELLED_BY, Atspi.RelationType.CONTROLLER_FOR}.intersection(relations):
            wrong.append(f"{tree.role(node)} {tree.name(node)!r}")
    return wrong


def texts(widgets: list[Widget]) -> list[Widget]:
    """What has text that is seen; where a dialog is open, what is in it."""
    dialogs = [each for each in widgets if each.type.endswith("Dialog")]
    among = dialogs[-1].below() if dialogs else widgets
    return [each for each in among if each.text and each.width > 0 and each.height > 0 and each.opacity > 0
            and each.window.endswith("Window")]


def clipped(widgets: list[Widget]) -> list[str]:
    """Text that is cut off, or ends in dots."""
    wrong = []
    for each in widgets:
        if not each.text or each.type == "GtkText":
            continue
        # The title of such a row moves, and lies over the row's edge; what it says is seen.
        moves = any("EntryRow" in around.type for around in each.around())
        why = [word for word, holds in (("ends in dots", each.ellipsised), ("has too little room", each.crowded),
                                        ("is cut off", each.lost and not moves)) if holds]
        if why:
            wrong.append(f"{each.text!r} {', '.join(why)}: {each.path()}")
    return wrong


def pale(widgets: list[Widget], picture: Picture) -> list[str]:
    """Text with too little contrast. What can't be used may be pale (WCAG 2.2, 1.4.3, «Incidental»)."""
    wrong = []
    for each in texts(widgets):
        if not each.sensitive or each.type == "GtkTextView":
            continue
        colours = picture.colours(each.x, each.y, each.width, each.height)
        # A row's title has two labels, of which one is shown.
        if len(colours) < 2 and any("EntryRow" in around.type for around in each.around()):
            continue
        if not colours:
            continue
        ratio, text, ground = text_contrast(colours)
        if ratio < LEAST:
            wrong.append(f"{ratio:.2f}: {each.text!r}, #{text:06x} on #{ground:06x}: {each.path()} {each.classes}")
    return wrong


def coloured(widgets: list[Widget]) -> list[str]:
    """What tells something by a colour and by nothing else."""
    wrong = []
    for each in widgets:
        if not SIGNALS.intersection(each.classes) or each.text or each.icon:
            continue
        # A field that is red has a sentence in the same colour below it.
        row = next((one for one in [each, *each.around()] if "Row" in one.type), each)
        siblings = row.parent.children if row.parent else []
        after = siblings[siblings.index(row) + 1:] if row in siblings else []
        words = [one for place in [each, *after[:1]] for one in [place, *place.below()] if one.text]
        if not any(SIGNALS.intersection(one.classes) or one.parent is each for one in words):
            wrong.append(f"{each.path()} {each.classes}")
    return wrong
