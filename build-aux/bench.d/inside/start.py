"""Starts the app and a bare window in turn: the time until each can be used, and its peak memory.

    start.py PAIRS

“Can be used” is the same for both: its window is seen, the first picture is in it, and its main loop
then answers a screen reader's question. That the button to go on is there is asked after the clock
has stopped.
"""

import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

from display import LIMIT, Display, peak, stop  # noqa: E402

BARE = "/srv/programs/bare-window"
SETTLED = 3.0
"""Seconds after which nothing more is loaded for the first page."""


def root_of(process_id: int) -> Atspi.Accessible:
    """The program's own object among those of the desktop."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child is not None and child.get_process_id() == process_id:
                return child
        time.sleep(0.01)
    raise TimeoutError("the program does not tell screen readers of itself")


def has_button(node: Atspi.Accessible, name: str) -> bool:
    """Whether a button of this name is shown below a node."""
    if node.get_role() == Atspi.Role.BUTTON and node.get_name() == name:
        return node.get_state_set().contains(Atspi.StateType.SHOWING)
    return any(has_button(child, name) for index in range(node.get_child_count())
               if (child := node.get_child_at_index(index)) is not None)


def once(display: Display, program: str) -> tuple[float, float]:
    """Seconds until it can be used, and its peak memory in MiB."""
    began = time.monotonic()
    process = display.start(program)
    try:
        display.wait_until_drawn()
        drawn = time.monotonic() - began
        root = root_of(process.pid)
        # This is answered by the main loop, after what it does for the first picture.
        root.get_child_at_index(0).get_role()
        took = time.monotonic() - began
        print(f"@note   {program}: drawn after {drawn * 1000:.0f} ms", flush=True)
        if not has_button(root, "Continue"):
            raise RuntimeError(f"{program} shows no button to go on")
        time.sleep(SETTLED)
        memory = peak(process.pid)
        if memory is None:
            raise RuntimeError(f"{program} has ended by itself")
        return took, memory
    finally:
        stop(process)


def main() -> None:
    """All pairs, after one that is not counted: it has the services started and the files read."""
    pairs = int(sys.argv[1])
    display = Display()
    try:
        for pair in range(pairs + 1):
            bare_time, bare_memory = once(display, BARE)
            time_, memory = once(display, "snowmelt")
            print(f"@note start: Snowmelt {time_ * 1000:.0f} ms and {memory:.0f} MiB, "
                  f"a bare window {bare_time * 1000:.0f} ms and {bare_memory:.0f} MiB", flush=True)
            if pair:
                print(f"@ratio start: time, Snowmelt / a bare window\t{time_ / bare_time}")
                print(f"@ratio start: memory, Snowmelt / a bare window\t{memory / bare_memory}", flush=True)
    finally:
        display.close()


main()
