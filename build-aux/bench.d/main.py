"""Runs the benchmarks in guests of the lab, and holds their medians against their limits."""

import argparse
import json
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
INSIDE = pathlib.Path(__file__).resolve().parent / "inside"

# Ratios that are only told, not held against anything, are not here.
LIMITS = {
    "audit: inodes, 100 new of 200000 / full walk": 0.05,
    "preparation: Snowmelt / the seed's commands": 1.10,
    "rollback: 100 nested subvolumes / empty root": 1.2,
    "rollback: 1000 nested subvolumes / empty root": 1.2,
    "rollback: 200000 files / empty root": 1.2,
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


def measure(script: str, disks: list[str], pairs: int) -> list[Result]:
    """Runs a script in a guest; it prints one line `@ratio NAME<tab>VALUE` a pair."""
    command = [str(TOP / "build-aux/lab"), "run", "--user", "live"]
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
    short = [name for name, values in ratios.items() if len(values) < pairs]
    if short or not ratios:
        raise SystemExit(f"build-aux/bench: {script} measured too few pairs: {short or 'none at all'}")
    return [
        Result(name, statistics.median(values), min(values), max(values), LIMITS.get(name))
        for name, values in ratios.items()
    ]


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="build-aux/bench")
    parser.add_argument("--json", action="store_true", help="a list of {name, median, min, max, limit}")
    parser.add_argument("--pairs", type=int, default=5, help="pairs to measure, at least 5 (default: 5)")
    arguments = parser.parse_args()
    if arguments.pairs < 5:
        parser.error("--pairs must be at least 5")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    results = measure("preparation", ["12G,serial=BENCH"], arguments.pairs)
    results += measure("audit", ["8G,serial=AUDIT"], arguments.pairs)
    results += measure("rollback", ["8G,serial=FULL", "8G,serial=EMPTY"], arguments.pairs)
    unmeasured = LIMITS.keys() - {result.name for result in results}
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
