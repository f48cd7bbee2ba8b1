"""An emulated PC (QEMU): an installed disk with UEFI firmware and nothing else, or a live guest."""

import os
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import hosttools
from .disks import Disk
from .namespace import Namespace
from .uml import Machine

_FIRMWARE = "/usr/share/OVMF/OVMF_CODE_4M.fd"
_VARIABLES = "/usr/share/OVMF/OVMF_VARS_4M.fd"


def boot(image: Path, memory: int) -> Machine:
    """Starts the machine from this disk, by its firmware."""
    hosttools.need("qemu-system-x86_64", files={_FIRMWARE: "ovmf"})
    namespace = Namespace()
    variables = os.memfd_create("lab-variables", 0)
    os.write(variables, Path(_VARIABLES).read_bytes())
    return _start(namespace, memory, [variables], [
        "-drive", f"if=pflash,format=raw,readonly=on,file={_FIRMWARE}",
        "-drive", f"if=pflash,format=raw,file=/proc/self/fd/{variables}",
        *_drive("disk", "INSTALLED"), *_namespace("disk", "disk", str(image)),
    ])


def _drive(name: str, serial: str) -> list[str]:
    """An NVMe drive, still without a namespace."""
    return ["-device", f"nvme,id=drive-{name},serial={serial}"]


def _namespace(name: str, drive: str, image: str, *, format_fails: bool = False) -> list[str]:
    """A namespace of a drive. QEMU formats it by writing zeroes over it, which can be made to fail."""
    how = "driver=raw,file.driver=file,file.filename"
    if format_fails:
        how = ("driver=blkdebug,inject-error.0.event=none,inject-error.0.iotype=write-zeroes,"
               "inject-error.0.errno=5,image.driver=raw,image.file.driver=file,image.file.filename")
    return ["-drive", f"if=none,id=image-{name},discard=unmap,{how}={image}",
            "-device", f"nvme-ns,drive=image-{name},bus=drive-{drive}"]


@dataclass
class Live:
    """What a live guest boots."""

    root: Path
    """A directory in the namespace."""
    memory: int
    kernel: Path
    initrd: Path
    arguments: list[str]
    disks: list[Disk]
    images: list[int]
    """Descriptors, which start() closes."""

    def start(self, namespace: Namespace) -> Machine:
        """Starts it. Its disks are NVMe drives, or namespaces of another disk's drive."""
        hosttools.need("qemu-system-x86_64")
        options = [
            "-kernel", str(self.kernel), "-initrd", str(self.initrd), "-append", " ".join([*self.arguments, "panic=-1"]),
            "-fsdev", f"local,id=root,path={self.root},security_model=passthrough,multidevs=remap",
            "-device", "virtio-9p-pci,fsdev=root,mount_tag=root",
        ]
        for disk, image in zip(self.disks, self.images):
            drive = disk.drive or disk.name
            if drive == disk.name:
                options += _drive(drive, disk.serial)
            options += _namespace(disk.name, drive, f"/proc/self/fd/{image}", format_fails=disk.format_fails)
        return _start(namespace, self.memory, self.images, options)


def _start(namespace: Namespace, memory: int, files: list[int], options: list[str]) -> Machine:
    """Starts a machine; its first serial port is the console, its second the agent's line.

    Software emulation (TCG): slow, but the same everywhere. One processor: of several that are emulated
    beside each other, one may run code that another is just changing, as a kernel does with its own.
    """
    console, console_end = socket.socketpair()
    agent, agent_end = socket.socketpair()
    for fd in (*files, console_end.fileno(), agent_end.fileno()):
        namespace.keep(fd)
    messages = tempfile.TemporaryFile()
    running = namespace.start(
        [
            hosttools.find("qemu-system-x86_64") or "qemu-system-x86_64",
            "-machine", "q35", "-accel", "tcg,thread=single", "-cpu", "max", "-smp", "1",
            "-m", f"{memory >> 20}M", "-nodefaults", "-no-user-config", "-display", "none",
            "-no-reboot",
            "-device", "virtio-rng-pci",
            "-chardev", f"socket,id=console,fd={console_end.fileno()}",
            "-serial", "chardev:console",
            "-chardev", f"socket,id=agent,fd={agent_end.fileno()}",
            "-serial", "chardev:agent",
            *options,
        ],
        env=dict(os.environ), stdout=messages.fileno(), stderr=subprocess.STDOUT,
    )
    for fd in files:
        os.close(fd)
    console_end.close()
    agent_end.close()
    return Machine(running, console, agent, messages)  # type: ignore[arg-type]
