"""Counts what snowmelt-audit reads on a root with 200,000 files of which 100 are new, beside a full walk.

Both begin with cold caches. What is counted is the kernel's: how many inodes it has set up in memory
meanwhile (/proc/sys/fs/inode-nr), and how much it has read from the disk (/sys/class/block). To the
inodes of the audit those are added that it got to know without the kernel's setting them up. What
deletes the audit's snapshot is waited for and counted as well.
"""

import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Callable

from layout import ROOT, TOP, disk, inside, make, run, write

FILES = 200_000
NEW = 100


def fill() -> None:
    """Makes small files, a thousand to a directory."""
    for number in range(FILES):
        folder = ROOT / f"var/lib/made/directory-{number // 1000}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        (folder / f"file-{number}").write_text("melts\n")


def add_new(pair: int) -> None:
    """A new program's files, and as many in directories that are there."""
    for number in range(NEW // 2):
        write(f"var/lib/new-{pair}/file-{number}", 100)
        write(f"var/lib/made/directory-{number % 5 * 40}/new-{pair}-{number}", 100)


def cost(device: str, work: Callable[[], None]) -> tuple[int, int]:
    """Inodes that the kernel sets up for this work, and sectors that it reads from the disk."""
    def inodes() -> int:
        return int(pathlib.Path("/proc/sys/fs/inode-nr").read_text().split()[0])

    def sectors() -> int:
        return int(pathlib.Path("/sys/class/block", pathlib.Path(device).name, "stat").read_text().split()[2])

    os.sync()
    run("btrfs", "subvolume", "sync", "-s", "1", TOP)
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("3")
    before = inodes(), sectors()
    work()
    run("btrfs", "filesystem", "sync", TOP)
    run("btrfs", "subvolume", "sync", "-s", "1", TOP)
    return inodes() - before[0], sectors() - before[1]


def main(pairs: int) -> None:
    make("AUDIT")
    device = disk("AUDIT")
    fill()
    for pair in range(pairs):
        assert inside("/usr/bin/snowmelt-audit", "mark")["status"] == 0
        add_new(pair)
        answers = []
        ours, ours_read = cost(device, lambda: answers.append(
            inside("/usr/bin/snowmelt-audit", "--since-boot", "--json")))
        groups = json.loads(str(answers[0]["out"]))["groups"]
        told = sum(place["files"] for group in groups for place in group["places"])
        assert told == NEW, f"{told} files are told of: {answers}"
        walk, walk_read = cost(device, lambda: subprocess.run(
            ["find", ROOT, "-xdev", "-printf", "%s\n"], check=True, stdout=subprocess.DEVNULL))
        assert walk >= FILES, f"a walk of {FILES} files set up {walk} inodes: the count is wrong"
        print(f"@note audit: {ours} inodes set up, {told} told, {ours_read // 2} KiB read; "
              f"full walk: {walk} inodes, {walk_read // 2} KiB")
        print(f"@ratio audit: inodes, 100 new of 200000 / full walk\t{(ours + told) / walk}")
        print(f"@ratio audit: read from disk, 100 new of 200000 / full walk\t{ours_read / walk_read}", flush=True)


main(int(sys.argv[1]))
