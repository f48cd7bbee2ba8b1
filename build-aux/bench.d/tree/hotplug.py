"""How the app bears 64 disks with a thousand partitions of which 200 a second come or go.

    hotplug.py PAIRS

The page with the disks is shown, one of them chosen, while the mock of UDisks2 pulls and plugs whole
disks for ten seconds. Told are the longest stretch that the main loop was busy with one thing, in
milliseconds, and the peak memory afterwards beside the one before.
"""

import sys
import time

import session
import tree
from display import peak, stop
from session import PROBE, PROGRAM, Session
from stalls import Stalls, told
from walk import PAGES, Walk, wait

DISKS, PARTITIONS = 64, 16
RATE, SECONDS = 200, 10


def rows(process_id: int) -> int:
    """How many disks the page shows."""
    return sum(tree.role(node) == "radio button" for node in tree.nodes(process_id))


def once(place: Session, number: int) -> tuple[float, float]:
    """The longest stretch in milliseconds; the memory after beside that before."""
    stalls = Stalls(PROBE, place.folder / f"hotplug-{number}")
    process = place.display.start(PROGRAM, **stalls.environment())
    try:
        place.display.wait_until_drawn()
        walk = Walk(process.pid)
        for page in PAGES[: PAGES.index("Disk")]:
            walk.on(page)
            walk.go_on()
        walk.on("Disk")
        time.sleep(2.0)
        before = peak(process.pid)
        began = time.monotonic()
        said = place.disks("storm", RATE, SECONDS)
        time.sleep(2.0)
        after = peak(process.pid)
        if before is None or after is None:
            raise RuntimeError("the app has ended by itself")
        found = stalls.since(began)
        print(f"@note hotplug: {said.split()[1]} events in {said.split()[2]} s; {before:.0f} MiB before, {after:.0f} after; "
              f"longest: {told(found, began)}", flush=True)
        wait("all the disks", lambda: rows(process.pid) > 0 and bool(walk.find("Install on Mock Many 0")))
        return found[0].busy if found else 0.0, after / before
    finally:
        stop(process)


def main() -> None:
    """All rounds."""
    place = Session(DISKS, PARTITIONS)
    try:
        for number in range(int(sys.argv[1])):
            longest, grown = once(place, number)
            print(f"@ratio hotplug: longest in ms\t{longest}")
            print(f"@ratio hotplug: memory after / before\t{grown}", flush=True)
    finally:
        place.close()


main()
