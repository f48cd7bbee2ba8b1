#!/usr/bin/env python3
"""Searches files for secrets, as root, and prints where they are, as JSON.

    search.py live SINCE     what was written to the running system since then, its journal, its swap
    search.py tree FOLDER    every file below the folder

The secrets come on standard input, as JSON in one line.
"""

import json
import os
import pathlib
import stat
import subprocess
import sys
from collections.abc import Iterator

from needles import Needles

CHUNK = 1 << 20
# What the kernel makes up as it is read, and what the test has brought itself.
NOT_FILES = {"proc", "sysfs", "cgroup2", "devpts", "devtmpfs", "securityfs", "debugfs", "tracefs", "bpf", "mqueue",
             "configfs", "fusectl", "efivarfs", "binfmt_misc", "autofs", "pstore", "hugetlbfs"}
BROUGHT = "/srv/hunt"


def pieces(path: str) -> Iterator[bytes]:
    """The bytes of a file."""
    try:
        with open(path, "rb", buffering=0) as file:
            while data := file.read(CHUNK):
                yield data
    except OSError as error:
        # A file that can't be read is one that was not searched.
        if not isinstance(error, FileNotFoundError):
            print(f"unreadable: {path}: {error}", file=sys.stderr)


def files(top: str, since: float) -> Iterator[str]:
    """The regular files of one filesystem that have changed since then."""
    device = os.lstat(top).st_dev
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if same_device(os.path.join(folder, name), device)]
        for name in names:
            path = os.path.join(folder, name)
            try:
                about = os.lstat(path)
            except OSError:
                continue
            if stat.S_ISREG(about.st_mode) and about.st_ctime >= since:
                yield path


def same_device(path: str, device: int) -> bool:
    try:
        return os.lstat(path).st_dev == device
    except OSError:
        return False


def mounts() -> list[str]:
    """Where filesystems with files are mounted."""
    found = []
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        place, kind = line.split(" ")[4], line.split(" - ")[1].split(" ")[0]
        if kind not in NOT_FILES and not place.startswith(BROUGHT) and os.path.isdir(place):
            found.append(place.replace("\\040", " "))
    return found


def output(*command: str) -> bytes:
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout


def main() -> None:
    """One of both."""
    needles = Needles({name: text.encode() for name, text in json.loads(sys.stdin.readline()).items()})
    hits: dict[str, list[str]] = {}
    count = 0

    def note(where: str, found: set[str]) -> None:
        for name in found:
            hits.setdefault(name, []).append(where)

    tops = mounts() if sys.argv[1] == "live" else [sys.argv[2]]
    since = float(sys.argv[2]) if sys.argv[1] == "live" else 0.0
    for top in tops:
        # Subvolumes are devices of their own.
        walk = files(top, since) if sys.argv[1] == "live" else (
            os.path.join(folder, name) for folder, _, names in os.walk(top) for name in names
            if not os.path.islink(os.path.join(folder, name)))
        for path in walk:
            count += 1
            note(path, needles.among(pieces(path)) | needles.within(path.encode(errors="surrogateescape")))
    swaps = []
    if sys.argv[1] == "live":
        # Long messages are compressed in the journal's files.
        note("journal", needles.within(output("journalctl", "--all", "--output=export")))
        note("kernel log", needles.within(output("dmesg")))
        swaps = pathlib.Path("/proc/swaps").read_text().splitlines()[1:]
        for swap in swaps:
            note("swap", needles.among(pieces(swap.split()[0])))
    print(json.dumps({"files": count, "hits": {name: sorted(set(all_)) for name, all_ in hits.items()},
                      "swaps": len(swaps),
                      "dumps": len(list(pathlib.Path("/var/lib/systemd/coredump").glob("*")))}))


main()
