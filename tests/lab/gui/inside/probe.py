"""The window's widgets, as the toolkit has them (../probe.c)."""

import json
import os
import pathlib
import signal
import subprocess
from dataclasses import dataclass, field

from screen import wait

LIBRARY = "/srv/probe/looks-probe.so"
PLACE = pathlib.Path("/tmp/looks-probe.json")


@dataclass
class Widget:
    """A widget that is shown."""

    depth: int
    type: str
    classes: list[str]
    x: int
    y: int
    width: int
    height: int
    lost: bool
    sensitive: bool
    focusable: bool
    opacity: float
    window: str
    text: str | None = None
    characters: int = 0
    ellipsised: bool = False
    crowded: bool = False
    icon: str = ""
    hidden: int = 0
    state: list[int] = field(default_factory=list)
    """Of the window: width, height, dark, high contrast, dots an inch."""
    parent: "Widget | None" = None
    children: "list[Widget]" = field(default_factory=list)

    def around(self) -> "list[Widget]":
        """What it is in, the closest first."""
        found, at = [], self.parent
        while at is not None:
            found.append(at)
            at = at.parent
        return found

    def below(self) -> "list[Widget]":
        """Everything in it."""
        return [each for child in self.children for each in (child, *child.below())]

    def path(self) -> str:
        """Where it is, for people."""
        return " in ".join(each.type for each in [self, *self.around()[:4]])


def settings() -> dict[str, str]:
    """What the app is started with to be looked into. With what the app would set for itself it does
    not begin again, which the probe would not be there after: nothing that the app starts has it."""
    return {"LD_PRELOAD": LIBRARY, "LOOKS_PROBE": str(PLACE), "GSK_RENDERER": "cairo", "GDK_DISABLE": "gl,vulkan"}


def look(app: "subprocess.Popen[bytes]") -> list[Widget]:
    """All widgets that are shown now."""
    PLACE.unlink(missing_ok=True)
    os.kill(app.pid, signal.SIGUSR1)
    wait("what the window shows", PLACE.exists, pause=0.02)
    found: list[Widget] = []
    line: list[Widget] = []
    for text in PLACE.read_text().splitlines():
        told = json.loads(text)
        told["classes"] = told["classes"].split()
        widget = Widget(**told)
        del line[widget.depth:]
        if line:
            widget.parent = line[-1]
            line[-1].children.append(widget)
        line.append(widget)
        found.append(widget)
    return found
