"""Runs groups of tests and sums them up."""

import argparse
import os
import pathlib
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from groups import GROUPS, Group
from results import Counts

TOP = pathlib.Path(__file__).resolve().parent.parent.parent

_printing = threading.Lock()


def run(group: Group, live: bool) -> Counts:
    """Runs one group. Its output is passed on line by line when `live`, else in one piece at the end,
    so that groups which run side by side do not mix."""
    if live:
        print(f"== {group.name}: {group.about}", flush=True)
    began = time.monotonic()
    counts = Counts()
    said: list[str] = []
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
            if live:
                sys.stdout.write(line)
                sys.stdout.flush()
            else:
                said.append(line)
            counts.read(line.rstrip("\n"))
        status = process.wait()
    counts.close(status)
    took = time.monotonic() - began
    with _printing:
        if not live:
            print(f"== {group.name}: {group.about}")
            sys.stdout.write("".join(said))
        print(
            f"== {group.name}: {counts.passed} passed, {counts.failed} failed, "
            f"{counts.skipped} skipped in {took:.0f} s",
            flush=True,
        )
    return counts


def run_all(groups: list[Group], jobs: int) -> dict[str, Counts]:
    """Runs those groups one after the other that have to be alone, and the others side by side."""
    results = {}
    together = [group for group in groups if not group.alone]
    for group in groups:
        if group.alone or jobs == 1 or len(together) == 1:
            results[group.name] = run(group, live=True)
    # What takes longest stands at the end of the list; begun first, it ends with the others.
    rest = [group for group in reversed(groups) if group.name not in results]
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        ended = pool.map(lambda group: run(group, live=False), rest)
        results.update((group.name, counts) for group, counts in zip(rest, ended, strict=True))
    return results


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="build-aux/test")
    parser.add_argument("--list", action="store_true", help="name the groups of tests")
    parser.add_argument("--jobs", type=int, metavar="N",
                        help="groups that run side by side (default: one for each processor, at most 4)")
    parser.add_argument("group", nargs="*", help="the groups to run (default: all)")
    arguments = parser.parse_args()
    if arguments.list:
        for group in GROUPS:
            print(f"{group.name:14} {group.about}")
        return 0
    known = {group.name: group for group in GROUPS}
    unknown = [name for name in arguments.group if name not in known]
    if unknown:
        parser.error(f"no such group: {', '.join(unknown)} (--list names them)")
    jobs = arguments.jobs if arguments.jobs is not None else min(len(os.sched_getaffinity(0)), 4)
    if jobs < 1:
        parser.error("--jobs must be at least 1")
    os.environ["LC_ALL"] = "C.UTF-8"
    groups = [known[name] for name in dict.fromkeys(arguments.group)] or list(GROUPS)
    results = run_all(groups, jobs)
    failures = [f"{name}: {failure}" for name, counts in results.items() for failure in counts.failures]
    skips = [f"{name}: {skip}" for name, counts in results.items() for skip in counts.skips]
    passed, failed, skipped = (
        sum(getattr(counts, which) for counts in results.values()) for which in ("passed", "failed", "skipped"))
    for failure in failures:
        print(f"failed: {failure}")
    for skip in skips:
        print(f"skipped: {skip}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
