"""Counts what a group's output says of its tests.

Two forms are read: cargo's «test result:» lines, and lines that begin with «ok », «not ok » or
«skip », one a test, as tests/lab/harness.py prints them.
"""

import re
from dataclasses import dataclass, field

CARGO = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;")


@dataclass
class Counts:
    """How many tests ended in which way."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)
    skips: list[str] = field(default_factory=list)

    def read(self, line: str) -> None:
        """Takes one line of output."""
        cargo = CARGO.match(line)
        if cargo:
            passed, failed, ignored = (int(number) for number in cargo.groups())
            self.passed += passed
            self.failed += failed
            self.skipped += ignored
        elif line.startswith("ok "):
            self.passed += 1
        elif line.startswith("not ok "):
            self.failed += 1
            self.failures.append(line.removeprefix("not ok "))
        elif line.startswith("skip "):
            self.skipped += 1
            self.skips.append(line.removeprefix("skip "))

    def close(self, status: int) -> None:
        """Takes the exit status: what failed without a word, or tested nothing, has failed."""
        if status != 0 and self.failed == 0:
            self.failed += 1
            self.failures.append(f"ended with status {status}")
        if status == 0 and self.passed == 0 and self.failed == 0 and self.skipped == 0:
            self.failed += 1
            self.failures.append("ran no test")
