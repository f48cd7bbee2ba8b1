"""A User-mode Linux kernel in its namespaces, with its console and agent line."""

import os
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from .namespace import Namespace, Running


NO_OLD_TERMINALS = "pty.legacy_count=0"
"""A kernel option: each of the 256 pairs of BSD terminals would cost udev two events."""


@dataclass
class Machine:
    """A running guest of either kind."""

    running: Running
    console: socket.socket
    agent: socket.socket
    messages: "tempfile._TemporaryFileWrapper[bytes]"
    display: socket.socket | None = None
    """Another line, where one was asked for."""

    def alive(self) -> bool:
        """Whether the guest's process is still there."""
        return self.running.process.poll() is None

    def said(self) -> str:
        """What the virtual machine's own program said."""
        self.messages.seek(0)
        return self.messages.read().decode("utf-8", "replace")


@dataclass
class Uml:
    """What UML boots. Files are open descriptors, which start() closes: an
    unlinked file has no other path."""

    libraries: Path
    memory: int
    kernel: int
    arguments: list[str]
    disks: list[tuple[int, bool]] = field(default_factory=list)
    """Descriptor, and whether it is read-only."""
    initrd: int | None = None
    display: bool = False
    """Whether it has a third serial line, for a display."""

    def start(self, namespace: Namespace) -> Machine:
        """Starts it; mounts of `namespace` appear to the kernel below `/`."""
        namespace.bind(self.libraries / "usr", "usr")
        for name in ("bin", "lib", "lib64"):
            namespace.symlink(f"usr/{name}", name)
        namespace.bind("/dev", "dev", read_only=False)
        namespace.proc("proc")
        namespace.directory("tmp")
        console, console_end = socket.socketpair()
        agent, agent_end = socket.socketpair()
        arguments = [
            f"/proc/self/fd/{self.kernel}", "seccomp=on", f"mem={self.memory >> 20}M",
            "uml_dir=/tmp/", "con=null", "ssl=null", f"ssl0=fd:{console_end.fileno()}",
            f"ssl1=fd:{agent_end.fileno()}",
        ]
        display, display_end = socket.socketpair() if self.display else (None, None)
        ends = [console_end, agent_end]
        if display_end is not None:
            ends.append(display_end)
            arguments.append(f"ssl2=fd:{display_end.fileno()}")
        files = [self.kernel]
        if self.initrd is not None:
            arguments.append(f"initrd=/proc/self/fd/{self.initrd}")
            files.append(self.initrd)
        for number, (fd, read_only) in enumerate(self.disks):
            arguments.append(f"ubd{number}{'r' if read_only else ''}=/proc/self/fd/{fd}")
            files.append(fd)
        for fd in files:
            namespace.keep(fd)
        for end in ends:
            namespace.keep(end.fileno())
        messages = tempfile.TemporaryFile()
        running = namespace.start(
            [*arguments, *self.arguments], root=".",
            env={"PATH": "/usr/bin", "HOME": "/tmp", "TMPDIR": "/tmp"},
            stdout=messages.fileno(), stderr=subprocess.STDOUT,
        )
        for end in ends:
            end.close()
        for fd in files:
            os.close(fd)
        return Machine(running, console, agent, messages, display)  # type: ignore[arg-type]
