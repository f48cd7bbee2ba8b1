"""A User-mode Linux kernel in its namespaces, with its console and agent line."""

import os
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from .namespace import Namespace, Running

CONSOLE = "tty0"
"""The guest's main console (UML's con0)."""

AGENT_LINE = "ttyS1"
"""The guest's serial line for commands, in UML and QEMU alike."""


@dataclass
class Machine:
    """A running guest of either kind."""

    running: Running
    console: socket.socket
    agent: socket.socket
    messages: "tempfile._TemporaryFileWrapper[bytes]"

    def alive(self) -> bool:
        """Whether the guest's process is still there."""
        return self.running.process.poll() is None

    def said(self) -> str:
        """What the virtual machine's own program said."""
        self.messages.seek(0)
        return self.messages.read().decode("utf-8", "replace")


@dataclass
class Uml:
    """What UML boots."""

    libraries: Path
    memory: int
    kernel: Path
    arguments: list[str]
    disks: list[tuple[int, bool]] = field(default_factory=list)
    initrd: Path | None = None

    def start(self, namespace: Namespace) -> Machine:
        """Starts it; mounts of `namespace` appear to the kernel below `/`."""
        namespace.bind(self.libraries / "usr", "usr")
        for name in ("bin", "lib", "lib64"):
            namespace.symlink(f"usr/{name}", name)
        namespace.bind("/dev", "dev", read_only=False)
        namespace.proc("proc")
        namespace.directory("tmp")
        namespace.bind(self.kernel, "kernel")
        if self.initrd is not None:
            namespace.bind(self.initrd, "initrd")
        console, console_end = socket.socketpair()
        agent, agent_end = socket.socketpair()
        arguments = [
            "/kernel", "seccomp=on", f"mem={self.memory >> 20}M", "uml_dir=/tmp/",
            f"con0=fd:{console_end.fileno()}", "con=null",
            f"ssl1=fd:{agent_end.fileno()}", "ssl=null",
        ]
        if self.initrd is not None:
            arguments.append("initrd=/initrd")
        for number, (fd, read_only) in enumerate(self.disks):
            flag = "r" if read_only else ""
            # Unlinked images have no other path than the descriptor's own.
            arguments.append(f"ubd{number}{flag}=/proc/self/fd/{fd}")
            namespace.keep(fd)
        for end in (console_end, agent_end):
            namespace.keep(end.fileno())
        messages = tempfile.TemporaryFile()
        running = namespace.start(
            [*arguments, *self.arguments], root=".",
            env={"PATH": "/usr/bin", "HOME": "/tmp", "TMPDIR": "/tmp"},
            stdout=messages.fileno(), stderr=subprocess.STDOUT,
        )
        console_end.close()
        agent_end.close()
        for fd, _ in self.disks:
            os.close(fd)
        return Machine(running, console, agent, messages)  # type: ignore[arg-type]
