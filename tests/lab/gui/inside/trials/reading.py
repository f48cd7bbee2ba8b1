"""Somebody who reads the log while it is written."""

from desk import GATES, Desk, Gate, root
from gi.repository import Atspi

import tree
from report import check
from screen import wait

LINES = f"""
say() {{ /usr/bin/seq -f "$1 %.0f: one of those lines that nobody reads" "$2"; }}
say first 150
until [ -e {GATES}/second ]; do /usr/bin/sleep 0.05; done
say second 150
until [ -e {GATES}/third ]; do /usr/bin/sleep 0.05; done
say third 20000
"""
"""What nixos-install says, in three goes; in the last one far more than the window can show."""
NEAR = 12.0
"""Pixels: the view's margin, and some."""


class Log:
    """The log, as it stands open."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.person.reach("Log", ("text",), exact=True)
        node = tree.find(desk.process, "text", "Log")
        pane = node and tree.parent(node)
        if node is None or pane is None:
            raise RuntimeError("there is no log")
        self.node = node
        self.bar = next(each for each in tree.walk(pane) if tree.role(each) == "scroll bar"
                        and tree.has(each, Atspi.StateType.VERTICAL))

    def place(self) -> float:
        """How far it is scrolled, in pixels."""
        return self.bar.get_value_iface().get_current_value()

    def below(self) -> float:
        """Pixels of text that are out of sight below."""
        height = self.node.get_component_iface().get_extents(Atspi.CoordType.WINDOW).height
        return self.bar.get_value_iface().get_maximum_value() - height - self.place()

    def ends(self, when: str) -> None:
        """Waits until its end is in sight."""
        try:
            wait(f"the log’s end {when}", lambda: self.below() < NEAR)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; it stands at {self.place()}, {self.below()} before the end") from error

    def goes_on(self, last: str) -> None:
        """Has the next lines written, and waits until the log has them."""
        root('touch "$1"', str(GATES / last.split()[0]))
        self.has(last)

    def has(self, last: str) -> None:
        """Waits for the last one of them."""
        wait(f"“{last}” in the log", lambda: f"{last}: " in tree.text(self.node))
        self.desk.person.listen(1.0)


def back_and_forth(desk: Desk, build: Gate) -> None:
    """The log follows, stays with who goes back in it, and follows again. `build` is where nixos-install
    waits."""
    desk.person.press("Log", ("button", "toggle button"), exact=True)
    log = Log(desk)
    log.ends("when it is opened")
    build.open()
    log.has("first 150")
    log.ends("when the first lines have come")
    desk.person.key("Page_Up", "Page_Up")
    wait("a place further up", lambda: log.below() > 300.0)
    desk.person.listen(0.5)
    before = log.place()
    log.goes_on("second 150")
    check("who goes back in the log stays there", log.place() == before, f"{before} became {log.place()}")
    desk.person.key("ctrl+End")
    log.ends("after going there")
    log.goes_on("third 20000")
    log.ends("while lines come")
    check("the log’s end stays in sight", True)
