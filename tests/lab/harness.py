"""What the lab's tests share: one line a check, the lab's commands, a folder that goes away."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
LAB = TOP / "build-aux" / "lab"

_failed = 0


def check(name: str, holds: bool, detail: object = "") -> bool:
    """Reports one check. What doesn't hold is shown with its detail."""
    global _failed
    if holds:
        print(f"ok {name}", flush=True)
    else:
        _failed += 1
        print(f"not ok {name}", flush=True)
        for line in str(detail).splitlines()[-60:]:
            print(f"    {line}", flush=True)
    return holds


def same(name: str, found: object, expected: object) -> bool:
    """Checks that two values are equal, and shows both where they aren't."""
    return check(name, found == expected, f"found    {found!r}\nexpected {expected!r}")


def skip(name: str, reason: str) -> None:
    """Reports a check that could not be made here."""
    print(f"skip {name}: {reason}", flush=True)


def finish() -> None:
    """Ends the program with the status that the checks deserve."""
    sys.exit(1 if _failed else 0)


@contextmanager
def scratch() -> Iterator[pathlib.Path]:
    """A folder for images, outside the checkout, removed at the end."""
    base = os.environ.get("SNOWMELT_SCRATCH")
    with tempfile.TemporaryDirectory(prefix="snowmelt-test-", dir=base) as folder:
        yield pathlib.Path(folder)


def lab(*arguments: str | pathlib.Path, timeout: int = 900) -> subprocess.CompletedProcess[str]:
    """Runs a command of the lab to its end; its output is kept."""
    return subprocess.run(
        [str(LAB), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
    )


def program(test: str, name: str) -> pathlib.Path | None:
    """Compiles a program of the tests. It lies alone in its folder, so that this can be shared."""
    script = f"""
        made=$(cargo test --locked --test {test} --no-run --message-format=json |
          sed -n 's/.*"executable":"\\([^"]*{test.replace("-", "_")}[^"]*\\)".*/\\1/p')
        mkdir -p /target/{test} && cp "$made" /target/{test}/{name}
    """
    built = lab("tree", "build", "--", "bash", "-euc", script, timeout=1200)
    if not check(f"{name} compiles", built.returncode == 0, built.stdout + built.stderr):
        return None
    return pathlib.Path(lab("target").stdout.strip()) / test / name


def json_after(marker: str, text: str) -> Any:
    """The JSON value on the line that begins with the marker."""
    for line in text.splitlines():
        if line.startswith(marker):
            return json.loads(line.removeprefix(marker))
    raise ValueError(f"no line begins with {marker!r} in:\n{text[-3000:]}")
