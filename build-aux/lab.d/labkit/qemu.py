"""A PC with UEFI firmware: QEMU and OVMF, nothing attached but the disk."""

import os
import socket
import subprocess
import tempfile
from pathlib import Path

from . import hosttools
from .namespace import Namespace
from .uml import Machine

_FIRMWARE = "/usr/share/OVMF/OVMF_CODE_4M.fd"
_VARIABLES = "/usr/share/OVMF/OVMF_VARS_4M.fd"


def start(image: Path, memory: int) -> Machine:
    """Starts the machine; its first serial port is the console, its second the agent's line.

    Software emulation (TCG): slow, but the same everywhere. One processor: of several that are emulated
    beside each other, one may run code that another is just changing, as a kernel does with its own.
    """
    hosttools.need("qemu-system-x86_64", files={_FIRMWARE: "ovmf"})
    namespace = Namespace()
    variables = os.memfd_create("lab-variables", 0)
    os.write(variables, Path(_VARIABLES).read_bytes())
    console, console_end = socket.socketpair()
    agent, agent_end = socket.socketpair()
    for fd in (variables, console_end.fileno(), agent_end.fileno()):
        namespace.keep(fd)
    messages = tempfile.TemporaryFile()
    running = namespace.start(
        [
            hosttools.find("qemu-system-x86_64") or "qemu-system-x86_64",
            "-machine", "q35", "-accel", "tcg,thread=single", "-cpu", "max", "-smp", "1",
            "-m", f"{memory >> 20}M", "-nodefaults", "-no-user-config", "-display", "none",
            "-no-reboot",
            "-drive", f"if=pflash,format=raw,readonly=on,file={_FIRMWARE}",
            "-drive", f"if=pflash,format=raw,file=/proc/self/fd/{variables}",
            "-drive", f"if=none,id=disk,format=raw,cache=writeback,discard=unmap,file={image}",
            "-device", "virtio-blk-pci,drive=disk,bootindex=0",
            "-device", "virtio-rng-pci",
            "-chardev", f"socket,id=console,fd={console_end.fileno()}",
            "-serial", "chardev:console",
            "-chardev", f"socket,id=agent,fd={agent_end.fileno()}",
            "-serial", "chardev:agent",
        ],
        env=dict(os.environ), stdout=messages.fileno(), stderr=subprocess.STDOUT,
    )
    for fd in (variables,):
        os.close(fd)
    console_end.close()
    agent_end.close()
    return Machine(running, console, agent, messages)  # type: ignore[arg-type]
