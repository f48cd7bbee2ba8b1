"""The peak memory of a whole installation beside that of Calamares' first page.

    memory.py PAIRS

What the app takes is counted together with what its helper takes, each at its own peak, although
those may be at different times. Calamares is started and left alone: it has not even gone on to its
second page.
"""

import pathlib
import sys
import time

sys.path.append("/srv/gui")

import tree  # noqa: E402
from display import Display, peak, stop  # noqa: E402
from walk import Walk, wait  # noqa: E402

INSTALLATION = 900.0
"""Seconds that an installation may take on a machine under load."""
SETTLED = 5.0
"""Seconds after which Calamares has loaded all its pages."""


def helpers() -> list[int]:
    """The processes that the helper consists of."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if any(word.endswith(b"/snowmelt-helper") for word in words):
            found.append(int(process.name))
    return found


def installation(display: Display) -> tuple[float, float]:
    """The peaks of the app and of its helper, in MiB."""
    process = display.start("snowmelt")
    peaks: dict[int, float] = {}
    try:
        display.wait_until_drawn()
        walk = Walk(process.pid)
        walk.all_pages("SNOW TESTDISK")
        walk.erase()

        def ended() -> bool:
            for each in (process.pid, *helpers()):
                memory = peak(each)
                if memory is not None:
                    peaks[each] = memory
            return any(walk.find(words) for words in ("NixOS Is Installed", "Start Over"))

        wait("the installation’s end", ended, pause=0.5, limit=INSTALLATION)
        if not walk.find("NixOS Is Installed"):
            raise RuntimeError("the installation failed:\n" + tree.dump(process.pid))
    finally:
        stop(process)
    app = peaks.pop(process.pid)
    if not peaks:
        raise RuntimeError("no helper was seen")
    return app, sum(peaks.values())


def calamares(display: Display) -> float:
    """The peak of its first page, in MiB."""
    process = display.start("calamares", QT_QPA_PLATFORM="xcb")
    try:
        display.wait_until_drawn()
        time.sleep(SETTLED)
        memory = peak(process.pid)
        if memory is None:
            raise RuntimeError("Calamares has ended by itself")
        return memory
    finally:
        stop(process)


def main() -> None:
    """All pairs."""
    display = Display()
    try:
        for _ in range(int(sys.argv[1])):
            other = calamares(display)
            app, helper = installation(display)
            print(f"@note memory: Snowmelt {app:.0f} MiB and its helper {helper:.0f} MiB through an installation, "
                  f"Calamares’ first page {other:.0f} MiB", flush=True)
            print("@ratio memory: a whole installation with its helper / Calamares' first page"
                  f"\t{(app + helper) / other}", flush=True)
    finally:
        display.close()


main()
