"""A session with a display and the mock of UDisks2, for the app to run in without a guest."""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent.parent
sys.path[:0] = [str(HERE.parent / "inside"), str(TOP / "tests/lab/gui/inside"), str(TOP / "tests/mock")]

from display import Display  # noqa: E402
from machine import Machine  # noqa: E402

PROGRAM = os.environ.get("SNOWMELT_PROGRAM", "/target/release/snowmelt")
"""The app; another build of it for who wants to know about that."""
PROBE = "/target/bench/stall-probe.so"


class Session(Machine):
    """The machine, and a display."""

    def __init__(self, disks: int, partitions: int) -> None:
        super().__init__(disks, partitions)
        self.display = Display()

    def close(self) -> None:
        """Ends everything."""
        self.display.close()
        super().close()
