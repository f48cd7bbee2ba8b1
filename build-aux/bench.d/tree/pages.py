"""How long the window stands still, with 64 disks of 16 partitions each.

    pages.py PAIRS

It goes through all pages and does on each what people do, with the probe of tests/bench in the
program. A figure is the longest stretch, in milliseconds, that the main loop was busy with one thing
while a page was come to or used, without what the processor did for other programs meanwhile.
"""

import sys
import time

import session
import tree
from display import stop
from session import PROBE, PROGRAM, Session
from stalls import Stalls, told
from walk import Walk

DISKS, PARTITIONS = 64, 16


def once(place: Session, number: int) -> dict[str, float]:
    """One walk; the longest stretch of each page."""
    stalls = Stalls(PROBE, place.folder / f"stalls-{number}")
    process = place.display.start(PROGRAM, **stalls.environment())
    longest: dict[str, float] = {}
    marks: list[tuple[str, float]] = []
    try:
        place.display.wait_until_drawn()
        # What comes before the first picture is the start, which has its own benchmark.
        marks.append(("Welcome", time.monotonic()))
        walk = Walk(process.pid)

        def arrived(page: str) -> None:
            if page != "Welcome":
                marks.append((page, came))
            time.sleep(1.0)
            walk.point(600, 400)
            walk.scroll(25)
            walk.scroll(25, down=False)
            if page == "Disk":
                # Some at the beginning, in the middle and at the end come and go.
                for disk in (0, 31, 63):
                    place.disks("pull", disk)
                    time.sleep(1.0)
                    place.disks("plug", disk)
                    time.sleep(1.0)
            time.sleep(0.5)

        original = walk.go_on
        came = time.monotonic()

        def go_on() -> None:
            nonlocal came
            original()
            came = time.monotonic() - 0.2

        walk.go_on = go_on  # type: ignore[method-assign]
        walk.all_pages("Mock Many 2", arrived)
        time.sleep(1.0)
        marks.append(("", time.monotonic()))
        found = stalls.since(marks[0][1])
        for (page, began), (_, ended) in zip(marks, marks[1:]):
            own = [stall for stall in found if began <= stall.began < ended]
            longest[page] = own[0].busy if own else 0.0
            print(f"@note pages: {page}: {told(own, began)}", flush=True)
    except TimeoutError as error:
        raise TimeoutError(f"{error}; there is\n{tree.dump(process.pid)[-2000:]}") from error
    finally:
        stop(process)
    return longest


def main() -> None:
    """All rounds."""
    pairs = int(sys.argv[1])
    place = Session(DISKS, PARTITIONS)
    try:
        for number in range(pairs):
            longest = once(place, number)
            for page, took in longest.items():
                print(f"@ratio pages: {page}, longest in ms\t{took}", flush=True)
    finally:
        place.close()


main()
