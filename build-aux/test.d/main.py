"""Runs groups of tests one after the other and sums them up."""

import os
import pathlib
import subprocess
import sys
import time

from groups import GROUPS, Group
from results import Counts

TOP = pathlib.Path(__file__).resolve().parent.parent.parent


def run(group: Group) -> Counts:
    """Runs one group, passing its output on."""
    print(f"== {group.name}: {group.about}", flush=True)
    began = time.monotonic()
    counts = Counts()
    with subprocess.Popen(
        [TOP / group.command[0], *group.command[1:]],
        cwd=TOP,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            counts.read(line.rstrip("\n"))
        status = process.wait()
    counts.close(status)
    took = time.monotonic() - began
    print(
        f"== {group.name}: {counts.passed} passed, {counts.failed} failed, "
        f"{counts.skipped} skipped in {took:.0f} s",
        flush=True,
    )
    return counts


def main(arguments: list[str]) -> int:
    """The command line: --list, or names of groups, or nothing for all."""
    if arguments == ["--list"]:
        for group in GROUPS:
            print(f"{group.name:12} {group.about}")
        return 0
    known = {group.name: group for group in GROUPS}
    unknown = [name for name in arguments if name not in known]
    if unknown:
        print(f"build-aux/test: no such group: {', '.join(unknown)} (--list names them)", file=sys.stderr)
        return 2
    os.environ["LC_ALL"] = "C.UTF-8"
    total = Counts()
    for group in [known[name] for name in arguments] or GROUPS:
        counts = run(group)
        total.passed += counts.passed
        total.failed += counts.failed
        total.skipped += counts.skipped
        total.failures += [f"{group.name}: {failure}" for failure in counts.failures]
        total.skips += [f"{group.name}: {skip}" for skip in counts.skips]
    for failure in total.failures:
        print(f"failed: {failure}")
    for skip in total.skips:
        print(f"skipped: {skip}")
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped", flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
