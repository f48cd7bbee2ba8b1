"""Ten megabytes of log a second from nixos-install, as it comes to the window and to the log file.

    flood.py PAIRS

A program in the place of nixos-install writes twenty megabytes, no faster than ten a second, and
then goes on as the one that it stands for. Told are the longest stretch, in milliseconds, that the
main loop was busy with one thing meanwhile, the peak memory beside that with the log still short,
and how many of the lines are not in the log file.
"""

import os
import pathlib
import subprocess
import sys
import time

sys.path.append("/srv/gui")

from display import Display, peak, stop  # noqa: E402
from stalls import Stalls, told  # noqa: E402
from walk import Walk, wait  # noqa: E402

INSTALLATION = 900.0
MEGABYTES, RATE = 20, 10
PROBE = "/srv/programs/stall-probe.so"
ORIGINAL = "/run/nixos-install"

FLOOD = f"""#!/usr/bin/python3
import os, sys, time
line = "x" * 84
began = time.monotonic()
number = 0
for step in range({MEGABYTES} * 10):
    lines = []
    for _ in range(1000):
        number += 1
        lines.append(f"flood {{number:08}} {{line}}\\n")
    sys.stdout.write("".join(lines))
    sys.stdout.flush()
    ahead = (step + 1) / ({RATE} * 10) - (time.monotonic() - began)
    if ahead > 0:
        time.sleep(ahead)
print(f"flooded {{number}} lines in {{time.monotonic() - began:.1f}} s", flush=True)
os.execv("{ORIGINAL}", ["nixos-install", *sys.argv[1:]])
"""


def root(*command: str, text: str = "") -> None:
    """Runs a command as root."""
    subprocess.run(["sudo", "-n", *command], input=text, text=True, check=True, stdout=subprocess.DEVNULL)


def put_in_place() -> None:
    """Puts the program in the place of nixos-install."""
    program = subprocess.run(["which", "nixos-install"], check=True, capture_output=True, text=True).stdout.strip()
    root("cp", program, ORIGINAL)
    root("tee", "/run/flood", text=FLOOD)
    root("chmod", "755", ORIGINAL, "/run/flood")
    # The product's folders can't be written to.
    root("mount", "--bind", "/run/flood", program)


def in_log() -> tuple[int, str]:
    """How many lines of the flood are missing from the newest log file, and what the flood says of
    itself."""
    folder = pathlib.Path(os.environ["HOME"]) / ".local/state/snowmelt"
    newest = max(folder.glob("install-*.log"), key=lambda path: path.stat().st_mtime)
    expected, missing, said = 1, 0, "it has not ended"
    with newest.open(encoding="utf-8") as log:
        for line in log:
            words = line.split()
            if "flood" in words:
                number = int(words[words.index("flood") + 1])
                missing += abs(number - expected)
                expected = number + 1
            elif "flooded" in words:
                said = line.strip()
    missing += abs(MEGABYTES * 10_000 + 1 - expected)
    newest.unlink()
    return missing, said


def once(display: Display, number: int) -> tuple[float, float, int]:
    """The longest stretch, the memory, and the lines that are missing."""
    stalls = Stalls(PROBE, pathlib.Path(f"/tmp/flood-{number}"))
    process = display.start("snowmelt", **stalls.environment())
    try:
        display.wait_until_drawn()
        walk = Walk(process.pid)
        walk.all_pages("SNOW TESTDISK")
        walk.erase()
        wait("the installation", lambda: walk.find("Log", "button", "toggle button"))
        walk.press("Log", "button", "toggle button")
        # The page itself takes some; what a flood adds is asked after.
        before = peak(process.pid)
        began = time.monotonic()
        ends = ("NixOS Is Installed", "Start Over")
        wait("the installation’s end", lambda: any(walk.find(words) for words in ends), pause=2.0, limit=INSTALLATION)
        after = peak(process.pid)
        if not walk.find(ends[0]) or before is None or after is None:
            raise RuntimeError("the installation failed")
        found = stalls.since(began)
        missing, said = in_log()
        print(f"@note flood: {said}; {missing} lines missing; {before:.0f} MiB before, {after:.0f} after; "
              f"longest: {told(found, began)}", flush=True)
        return found[0].busy, after / before, missing
    finally:
        stop(process)


def main() -> None:
    """All rounds."""
    put_in_place()
    display = Display()
    try:
        for number in range(int(sys.argv[1])):
            longest, grown, missing = once(display, number)
            print(f"@ratio flood: longest in ms\t{longest}")
            print(f"@ratio flood: memory after / before\t{grown}")
            print(f"@ratio flood: lines missing from the log\t{missing}", flush=True)
    finally:
        display.close()


main()
