"""What the probe of tests/bench has seen of a program's main loop."""

import pathlib
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Stall:
    """A stretch in which the main loop was busy with one thing, in milliseconds."""

    busy: float
    """How long, without what the processor did for other programs."""
    took: float
    """How long by the clock."""
    began: float
    """When, in seconds of the monotonic clock."""


class Stalls:
    """One program's."""

    def __init__(self, probe: str, path: pathlib.Path) -> None:
        self.probe = probe
        self.path = path
        self.path.unlink(missing_ok=True)

    def environment(self) -> dict[str, str]:
        """What loads the probe into a program."""
        return {"LD_PRELOAD": self.probe, "STALL_PROBE": str(self.path)}

    def since(self, began: float) -> list[Stall]:
        """Those that began after a moment, the longest first."""
        rows = [tuple(map(int, line.split())) for line in self.path.read_text().splitlines()]
        found = [Stall((took - waited) / 1000, took / 1000, at / 1e6) for at, took, waited in rows]
        return sorted((stall for stall in found if stall.began >= began), reverse=True)


def told(stalls: list[Stall], began: float) -> str:
    """The longest few, in words, each with when it was, in seconds after a moment."""
    return ", ".join(
        f"{stall.busy:.0f} ms ({stall.took:.0f} by the clock) at {stall.began - began:.1f} s" for stall in stalls[:4]
    )
