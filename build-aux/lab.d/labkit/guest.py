"""A fresh live guest, and commands in it."""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import termios
import tty
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from . import disks as disklist
from . import display, paths, product, qemu, store, trees
from .channel import AgentGone, Channel, Session
from .console import Console
from .errors import LabError
from .namespace import Namespace
from .uml import NO_OLD_TERMINALS, Machine, Uml

READY_SECONDS = 120
"""How long a guest may take until its agent answers; far more than it needs,
since the machine may be under load."""
PC_READY_SECONDS = 1200
"""The same for an emulated processor."""


@dataclass
class Options:
    """What a live guest is made of."""

    disks: list[disklist.Disk] = field(default_factory=list)
    keep_disks: Path | None = None
    shares: list[tuple[Path, str]] = field(default_factory=list)
    answers: Path | None = None
    memory: int = 2 << 30
    uefi: bool = True
    pc: bool = False
    """Whether it is an emulated PC with NVMe drives."""
    product: bool = True
    release: bool = False
    peer: bool = False
    console_log: Path | None = None
    verbose: bool = False
    display: bool = False
    """With this machine's own X display as its display :0 (see display.py)."""


class Guest:
    """A live guest; leaving the context ends it, hard."""

    def __init__(self, options: Options) -> None:
        self.options = options
        if options.pc and options.display:
            raise LabError("An emulated PC has no line for a display.")
        address, cookies = display.own() if options.display else (None, b"")
        self._held: list[int] = []
        namespace = Namespace()
        live = trees.live(peer=options.peer)
        kernel = trees.kernel() if options.pc else trees.uml()
        layers = [kernel / "layer", live]
        used = [kernel, live]
        prepared = trees.prepared()
        if prepared is not None:
            layers.insert(0, prepared / "live")
            used.append(prepared)
        if options.product:
            staged = product.staged(options.release)
            layers.insert(0, staged)
            used.append(staged)
        for tree in used:
            fd = store.hold(tree)
            self._held.append(fd)
            namespace.keep(fd)
        namespace.overlay(layers, "guest")
        namespace.copy(paths.GUEST_FILES, "guest")
        self._standin(namespace)
        images = [disklist.open_image(d, options.keep_disks) for d in options.disks]
        namespace.write("guest/etc/lab/disks", "" if options.pc else disklist.table(options.disks))
        if options.answers is not None:
            namespace.bind(options.answers, "guest/lab/answers.toml")
        if address is not None:
            namespace.write("guest/lab/cookies", base64.b64encode(cookies).decode(), 0o444)
        for source, where in options.shares:
            namespace.bind(source, "guest" + where, read_only=False)
        arguments = [
            "console=ttyS0", "quiet" if not options.verbose else "systemd.show_status=1",
            "systemd.firstboot=off", NO_OLD_TERMINALS,
        ]
        if options.uefi:
            arguments.append("lab.uefi")
        if options.pc:
            self.machine = self._pc(namespace, kernel, arguments, images)
        else:
            self.machine = Uml(
                libraries=kernel, memory=options.memory, kernel=trees.uml_program(kernel),
                arguments=["root=/dev/root", "rootfstype=hostfs", "rootflags=/guest", "rw", *arguments],
                disks=[(image, disk.read_only) for image, disk in zip(images, options.disks)],
                display=options.display,
            ).start(namespace)
        if address is not None and self.machine.display is not None:
            display.Relay(self.machine.display, address).start()
        self.console = Console(
            self.machine.console, log=options.console_log,
            echo=options.verbose,
        )
        self.session = Session(Channel(self.machine.agent), self.console.register,
                               self.machine.alive)

    def _pc(self, namespace: Namespace, kernel: Path, arguments: list[str], images: list[int]) -> Machine:
        initrd = trees.pc_initrd()
        self._held.append(store.hold(initrd))
        return qemu.Live(
            root=paths.mountpoint() / "guest", memory=self.options.memory, kernel=trees.pc_kernel(kernel),
            initrd=initrd / "initrd", arguments=arguments, disks=self.options.disks, images=images,
        ).start(namespace)

    @staticmethod
    def _standin(namespace: Namespace) -> None:
        if not paths.STANDIN.is_dir():
            return
        namespace.bind(paths.STANDIN, "guest/lab/standin")
        commands = paths.STANDIN / "bin"
        if commands.is_dir():
            for command in sorted(commands.iterdir()):
                namespace.symlink(f"/lab/standin/bin/{command.name}", f"guest/usr/bin/{command.name}")

    def __enter__(self) -> "Guest":
        try:
            self.session.wait_ready(PC_READY_SECONDS if self.options.pc else READY_SECONDS)
        except LabError as error:
            self.end()
            raise LabError(
                f"The guest did not come up: {error}\n"
                + self.machine.said()[-2000:] + self.console.text[-4000:]
            ) from error
        if self.options.pc:
            # The agent answers before udev has looked at what is slow to come.
            self.session.run({"argv": ["udevadm", "settle"]}, stdin=None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.end()

    def end(self) -> None:
        """Ends the guest at once and lets go of what it held."""
        self.machine.running.kill()
        for fd in self._held:
            os.close(fd)
        self._held.clear()

    def run(self, argv: list[str], *, user: str = "live", terminal: bool = False) -> int:
        """Runs a command with the lab command's own streams; its exit status."""
        request: dict[str, object] = {
            "argv": argv, "user": user, "tty": terminal, "sync": bool(self.options.shares),
        }
        if not terminal:
            return self.session.run(request, stdin=0)[0]
        size = shutil.get_terminal_size()
        request["size"] = [size.lines, size.columns]
        request["env"] = {"TERM": os.environ.get("TERM", "linux")}
        saved = termios.tcgetattr(0)

        def resized(*_: object) -> None:
            now = os.get_terminal_size(0)
            self.session.channel.send("W", json.dumps([now.lines, now.columns]).encode())

        before = signal.signal(signal.SIGWINCH, resized)
        try:
            tty.setraw(0)
            return self.session.run(request, stdin=0)[0]
        finally:
            signal.signal(signal.SIGWINCH, before)
            termios.tcsetattr(0, termios.TCSADRAIN, saved)

    def power_off(self) -> None:
        """Shuts the guest down as a person would, so that its disks are whole."""
        try:
            self.session.run({"argv": ["systemctl", "poweroff"]}, stdin=None, timeout=60)
            self.session.wait_ready(60)
        except AgentGone:
            pass
        try:
            self.machine.running.wait(60)
        except subprocess.TimeoutExpired as error:
            raise LabError("The guest did not power off within a minute.") from error


def stdin_is_terminal() -> bool:
    """Whether a person types."""
    return sys.stdin.isatty() and sys.stdout.isatty()

