"""Runs a program in mount and PID namespaces of its own.

Everything that a guest or a build mounts lives in these namespaces, on one
tmpfs, so the kernel takes all of it away when the last process in them is
gone; and every process in them is killed when the first one dies. The first
one dies with the lab command (PR_SET_PDEATHSIG), even when that is killed
with SIGKILL.
"""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import hosttools, paths


CONTAINED = [
    "setpriv", "--pdeathsig", "KILL",
    "unshare", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--propagation", "private",
]
"""Put before a command: gives it namespaces of its own that end when we end."""


@dataclass
class Namespace:
    """The mounts to make, in order, and the program to run then.

    Every destination is relative to the namespace's own tmpfs.
    """

    operations: list[list[Any]] = field(default_factory=list)
    keep_fds: list[int] = field(default_factory=list)

    def directory(self, where: str) -> None:
        """Makes a directory with its parents."""
        self.operations.append(["directory", where])

    def bind(self, source: Path | str, where: str, *, read_only: bool = True) -> None:
        """Shows a host file or directory."""
        self.operations.append(["bind", str(source), where, read_only])

    def overlay(self, lowers: list[Path], where: str) -> None:
        """Mounts an overlay whose changes go to the tmpfs.

        The first of `lowers` is the uppermost. Relative ones are on the tmpfs.
        """
        self.operations.append(["overlay", [str(p) for p in lowers], where])

    def proc(self, where: str) -> None:
        """Mounts a proc of the new PID namespace."""
        self.operations.append(["proc", where])

    def tmpfs(self, where: str) -> None:
        """Mounts one more tmpfs."""
        self.operations.append(["tmpfs", where])

    def symlink(self, target: str, where: str) -> None:
        """Makes a symbolic link."""
        self.operations.append(["symlink", target, where])

    def write(self, where: str, text: str, mode: int = 0o644) -> None:
        """Writes a small file."""
        self.operations.append(["write", where, text, mode])

    def copy(self, source: Path, where: str) -> None:
        """Copies a directory's content, owned by root, symlinks as they are."""
        self.operations.append(["copy", str(source), where])

    def keep(self, fd: int) -> None:
        """Lets the program inherit a file descriptor under the same number."""
        self.keep_fds.append(fd)

    def start(
        self,
        argv: list[str],
        *,
        root: str | None = None,
        env: dict[str, str] | None = None,
        cwd: str = "/",
        stdin: int = subprocess.DEVNULL,
        stdout: int | None = None,
        stderr: int | None = None,
    ) -> "Running":
        """Starts `argv`; with `root`, chrooted to that place on the tmpfs."""
        # A bare Debian 13 has no mount(8): it is not essential there.
        hosttools.need("setpriv", "unshare", "mount")
        spec = json.dumps(
            {
                "base": str(paths.mountpoint()),
                "operations": self.operations,
                "argv": argv,
                "root": root,
                "env": env,
                "cwd": cwd,
                "fds": self.keep_fds,
            }
        ).encode()
        spec_fd = os.memfd_create("lab-namespace")
        os.write(spec_fd, spec)
        os.lseek(spec_fd, 0, os.SEEK_SET)
        inner = Path(__file__).with_name("inner.py")
        try:
            process = subprocess.Popen(
                [*CONTAINED, sys.executable, "-I", "-S", str(inner), str(spec_fd)],
                stdin=stdin, stdout=stdout, stderr=stderr,
                pass_fds=[spec_fd, *self.keep_fds],
                start_new_session=True,
            )
        finally:
            os.close(spec_fd)
        return Running(process)


class Running:
    """A program in its namespaces."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process

    def kill(self) -> None:
        """Ends it and everything in its namespaces; returns when all of it is gone.

        The kernel lets a PID namespace's first process be waited for only
        when all others are gone, so that one is killed, not unshare(1).
        """
        if self.process.poll() is None:
            for first in self._children():
                os.kill(first, signal.SIGKILL)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def _children(self) -> list[int]:
        pid = self.process.pid
        try:
            return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except OSError:
            return []

    def wait(self, timeout: float | None = None) -> int:
        """Waits for the program; its exit status, 128+N for a signal N."""
        status = self.process.wait(timeout)
        return status if status >= 0 else 128 - status

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
