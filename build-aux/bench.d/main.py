"""Runs the benchmarks in guests of the lab, and holds their medians against their limits."""

import argparse
import json
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
INSIDE = pathlib.Path(__file__).resolve().parent / "inside"

# What a person does not yet feel as standing still, in milliseconds. The one limit that is no ratio.
LONGEST_STALL = 50.0

# Ratios that are only told, not held against anything, are not here.
LIMITS = {
    "audit: inodes, 100 new of 200000 / full walk": 0.05,
    # Beside the seed's commands UDisks2 alone is slower than this; CONTRIBUTING.md says by what.
    "preparation: Snowmelt / UDisks2's bare calls": 1.10,
    "rollback: 100 nested subvolumes / empty root": 1.2,
    "rollback: 1000 nested subvolumes / empty root": 1.2,
    "rollback: 200000 files / empty root": 1.2,
    "start: time, Snowmelt / a bare window": 1.3,
    "start: memory, Snowmelt / a bare window": 1.2,
    "memory: a whole installation with its helper / Calamares' first page": 1.0,
    **{f"pages: {page}, longest in ms": LONGEST_STALL for page in (
        "Welcome", "Keyboard", "Time and Place", "Disk", "Encryption", "What Survives a Restart", "System", "You",
        "Summary",
    )},
    "hotplug: longest in ms": LONGEST_STALL,
    "hotplug: memory after / before": 1.2,
    # The guest itself stands still longer than the limit for stalls: that one is only told.
    "flood: memory after / before": 1.2,
    "flood: lines missing from the log": 0.0,
}


@dataclass(frozen=True)
class Result:
    """One ratio over all pairs. A limit of None means that it is told for comparison only."""

    name: str
    median: float
    min: float
    max: float
    limit: float | None


def _follow(command: list[str]) -> tuple[dict[str, list[float]], list[str], int]:
    """Runs a command, telling its notes as they come; its ratios, all that it said, its status."""
    ratios: dict[str, list[float]] = {}
    said = []
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                said.append(line)
                if line.startswith("@ratio "):
                    name, value = line.removeprefix("@ratio ").rstrip("\n").split("\t")
                    ratios.setdefault(name, []).append(float(value))
                elif line.startswith("@note "):
                    print(line.removeprefix("@note ").rstrip("\n"), file=sys.stderr, flush=True)
        except BaseException:
            # No guest outlives a benchmark that is stopped.
            process.terminate()
            raise
    return ratios, said, process.returncode


# The system on a made root that the audit's tests run in, too.
LAYOUT = TOP / "tests/lab/audit/inside/layout.py"


def _results(name: str, ratios: dict[str, list[float]], pairs: int) -> list[Result]:
    short = [ratio for ratio, values in ratios.items() if len(values) < pairs]
    if short or not ratios:
        raise SystemExit(f"build-aux/bench: {name} measured too few pairs: {short or 'none at all'}")
    return [
        Result(ratio, statistics.median(values), min(values), max(values), LIMITS.get(ratio))
        for ratio, values in ratios.items()
    ]


def measure_in_tree(script: str, pairs: int) -> list[Result]:
    """Runs a script in the live tree, without a guest: where nothing but the app is measured, a
    kernel of its own would only add its own doings. The script prints as in a guest."""
    _ = programs()
    inside = ["dbus-run-session", "--", "python3", "-B", f"build-aux/bench.d/tree/{script}.py", str(pairs)]
    ratios, said, status = _follow([str(TOP / "build-aux/lab"), "tree", "live", "--", *inside])
    if status:
        sys.stderr.write("".join(said))
        raise SystemExit(f"build-aux/bench: {script} ended with status {status}")
    return _results(script, ratios, pairs)


def measure(script: str, disks: list[str], pairs: int, *options: str) -> list[Result]:
    """Runs a script in a guest, with more options of `lab run`; it prints one line
    `@ratio NAME<tab>VALUE` a pair."""
    command = [str(TOP / "build-aux/lab"), "run", "--user", "live", *options]
    for disk in disks:
        command += ["--disk", disk]
    with tempfile.TemporaryDirectory(prefix="snowmelt-bench-") as share:
        # The guest's user reads what another user wrote here.
        pathlib.Path(share).chmod(0o755)
        for file in [*filter(pathlib.Path.is_file, INSIDE.iterdir()), LAYOUT]:
            copy = pathlib.Path(share) / file.name
            copy.write_bytes(file.read_bytes())
            copy.chmod(0o755)
        command += ["--share", f"{share}:/srv/bench", "--", f"/srv/bench/{script}", str(pairs)]
        ratios, said, status = _follow(command)
    if status:
        sys.stderr.write("".join(said))
        raise SystemExit(f"build-aux/bench: {script} ended with status {status}")
    return _results(script, ratios, pairs)


def programs() -> str:
    """Compiles the programs that only the benchmarks need, as optimised as the app; the option that
    gives them to a guest."""
    script = (
        "cargo build --locked --release --package bare-window && cargo build --locked --release --bins"
        " && mkdir -p /target/bench && cp /target/release/bare-window /target/bench"
        " && gcc -Wall -Wextra -O2 -shared -fPIC -o /target/bench/stall-probe.so tests/bench/stall-probe.c"
    )
    command = [str(TOP / "build-aux/lab"), "tree", "build", "--", "bash", "-c", script]
    done = subprocess.run(command, stdout=sys.stderr, check=False)
    if done.returncode:
        raise SystemExit("build-aux/bench: the programs to measure beside did not build")
    target = subprocess.run([str(TOP / "build-aux/lab"), "target"], stdout=subprocess.PIPE, text=True, check=True)
    return f"{pathlib.Path(target.stdout.strip()) / 'bench'}:/srv/programs"


BENCHMARKS: dict[str, Callable[[int], list[Result]]] = {
    "preparation": lambda pairs: measure("preparation", ["12G,serial=BENCH"], pairs, "--release"),
    "audit": lambda pairs: measure("audit", ["8G,serial=AUDIT"], pairs),
    "rollback": lambda pairs: measure("rollback", ["8G,serial=FULL", "8G,serial=EMPTY"], pairs),
    "start": lambda pairs: measure("start", ["12G"], pairs, "--release", "--share", programs()),
    "memory": lambda pairs: measure("memory", ["12G,serial=SNOW0001,vendor=SNOW,model=TESTDISK"], pairs, "--release",
                                    "--peer", "--share", f"{TOP / 'tests/lab/gui/inside'}:/srv/gui"),
    "pages": lambda pairs: measure_in_tree("pages", pairs),
    "hotplug": lambda pairs: measure_in_tree("hotplug", pairs),
    "flood": lambda pairs: measure("flood", ["12G,serial=SNOW0001,vendor=SNOW,model=TESTDISK"], pairs, "--release",
                                   "--share", programs(), "--share", f"{TOP / 'tests/lab/gui/inside'}:/srv/gui"),
}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="build-aux/bench")
    parser.add_argument("--json", action="store_true", help="a list of {name, median, min, max, limit}")
    parser.add_argument("--pairs", type=int, default=5, help="pairs to measure, at least 5 (default: 5)")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these of {', '.join(BENCHMARKS)}")
    arguments = parser.parse_args()
    if arguments.pairs < 5:
        parser.error("--pairs must be at least 5")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    unknown = set(arguments.names) - BENCHMARKS.keys()
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    chosen = arguments.names or list(BENCHMARKS)
    results = [result for name in chosen for result in BENCHMARKS[name](arguments.pairs)]
    limited = {name for name in LIMITS if name.partition(":")[0] in chosen}
    unmeasured = limited - {result.name for result in results}
    over = [result for result in results if result.limit is not None and result.median > result.limit]
    if arguments.json:
        print(json.dumps([asdict(result) for result in results], indent=2))
    else:
        for result in results:
            limit = "no limit" if result.limit is None else f"limit {result.limit:.2f}"
            verdict = "  OVER" if result in over else ""
            print(f"{result.name:55} {result.median:6.2f}  ({result.min:.2f}–{result.max:.2f}, {limit}){verdict}")
    for name in sorted(unmeasured):
        print(f"build-aux/bench: not measured: {name}", file=sys.stderr)
    return 1 if over or unmeasured else 0


if __name__ == "__main__":
    sys.exit(main())
