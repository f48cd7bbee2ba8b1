#!/usr/bin/env python3
"""Runs as root beside an installation: looks at every process and at the receipt, again and again.

Reads the secrets from its standard input, as JSON in one line, looks until that is closed, and
prints what it has seen as JSON.
"""

import glob
import json
import os
import select
import stat
import sys

from needles import Needles

RECEIPT = "/home/live/.local/state/snowmelt/receipt.json"
OURS = ("snowmelt-helper", "snowmelt-cli")


def read(path: str) -> bytes:
    """A file that may be gone already."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def main() -> None:
    """The loop."""
    secrets = json.loads(sys.stdin.readline())
    needles = Needles({name: text.encode() for name, text in secrets.items()})
    print("watching", flush=True)
    rounds, receipts, hits, seen, modes = 0, 0, set(), set(), set()
    # The last look counts: a process begins with what it inherits.
    dumps: dict[str, str] = {}
    while not select.select([sys.stdin], [], [], 0.005)[0]:
        rounds += 1
        for process in glob.glob("/proc/[0-9]*"):
            command = read(f"{process}/cmdline")
            seen.add(command[:200])
            for part, data in (("argv", command), ("environ", read(f"{process}/environ"))):
                hits |= {f"{part}: {name}" for name in needles.within(data)}
            program = os.path.basename(command.split(b"\0")[0].decode(errors="replace"))
            # The helper's first life is pkexec's child and holds no secret yet.
            if program in OURS and (program == "snowmelt-cli" or b"--in-own-namespaces" in command.split(b"\0")[1:2]):
                for line in read(f"{process}/limits").decode().splitlines():
                    if line.startswith("Max core file size"):
                        dumps[process] = f"{program}: {' '.join(line.split()[4:6])}"
        receipt = read(RECEIPT)
        if receipt:
            receipts += 1
            hits |= {f"receipt: {name}" for name in needles.within(receipt)}
            try:
                modes.add(f"{stat.S_IMODE(os.stat(RECEIPT).st_mode):o}")
            except FileNotFoundError:
                pass
    print(json.dumps({
        "rounds": rounds, "commands": len(seen), "hits": sorted(hits), "dumps": sorted(set(dumps.values())),
        "receipts": receipts, "modes": sorted(modes),
    }), flush=True)


main()
