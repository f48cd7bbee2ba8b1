"""Boots an installed disk from nothing but itself."""

import os
import re
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import gpt, loader, qemu, store, trees, uml
from .channel import AgentGone, warn
from .console import Answer, Console
from .errors import LabError
from .namespace import Namespace
from .shellline import ShellLine

PASSPHRASE_PROMPT = re.compile(r"(?i)passphrase for[^\n]*:|enter passphrase[^\n]*:")
"""What systemd-cryptsetup asks on the console («Please enter passphrase for disk …:»)."""


@dataclass
class Options:
    """How to boot."""

    image: Path
    passphrases: list[str] = field(default_factory=list)
    typed: list[Answer] = field(default_factory=list)
    memory: int = 2 << 30
    firmware: bool = False
    console_log: Path | None = None
    verbose: bool = False
    entry: str | None = None
    append: list[str] = field(default_factory=list)
    timeout: float = 180
    stdin: bytes = b""
    kill_after_text: "re.Pattern[str] | None" = None
    kill_after: float | None = None

    @property
    def kills(self) -> bool:
        """Whether the power is to be cut."""
        return self.kill_after is not None or self.kill_after_text is not None


def _start(options: Options) -> tuple[uml.Machine, list[int]]:
    if options.firmware:
        return qemu.boot(options.image, options.memory), []
    entry = loader.uml_entry(gpt.find_esp(options.image), options.entry)
    libraries = trees.uml()
    namespace = Namespace()
    held = store.hold(libraries)
    namespace.keep(held)
    try:
        disk = os.open(options.image, os.O_RDWR)
    except OSError as error:
        raise LabError(f"{options.image} can't be opened: {error}") from error
    kernel, initrd = (_in_memory(content) for content in (entry.kernel, entry.initrd))
    machine = uml.Uml(
        libraries=libraries, memory=options.memory, kernel=kernel, initrd=initrd,
        arguments=[*entry.options.split(), uml.NO_OLD_TERMINALS, *options.append], disks=[(disk, False)],
    ).start(namespace)
    return machine, [held]


def _in_memory(content: bytes) -> int:
    """A nameless executable file with this content; the descriptor is the caller's."""
    fd = os.memfd_create("lab-boot")
    os.fchmod(fd, 0o700)
    with os.fdopen(os.dup(fd), "wb") as stream:
        stream.write(content)
    return fd


def boot(options: Options, argv: list[str]) -> int:
    """Boots, answers the prompts, runs the command as root, shuts down; its exit status.

    With a kill wanted the machine is killed instead, as when the power goes,
    and the status is 0 when it was.
    """
    machine, held = _start(options)
    killed = False
    cutting: threading.Timer | None = None

    def cut() -> None:
        nonlocal killed
        killed = True
        machine.running.kill()

    def cut_later() -> None:
        nonlocal cutting
        if cutting is None:
            cutting = threading.Timer(options.kill_after or 0, cut)
            cutting.daemon = True
            cutting.start()

    def check_kill(text: str) -> None:
        if options.kill_after_text is not None and options.kill_after_text.search(text):
            cut_later()

    if options.kills and options.kill_after_text is None:
        cut_later()

    answers = [Answer(PASSPHRASE_PROMPT, p) for p in options.passphrases]
    console = Console(
        machine.console, answers=answers + options.typed, log=options.console_log,
        echo=options.verbose,
        on_text=check_kill,
    )

    def alive() -> bool:
        if not killed and not options.kills and console.asks_again(PASSPHRASE_PROMPT):
            raise LabError("The console asks for a passphrase and there is none left to type.")
        return machine.alive()

    try:
        shell = ShellLine(machine.agent, console.register, alive)
        shell.wait_ready(options.timeout)
        shell.run(["systemctl", "is-system-running", "--wait"], timeout=options.timeout, quiet=True)
        if not shell.watch(lambda: not console.pending(), options.timeout):
            waiting = console.pending()[0].prompt.pattern
            raise LabError(f"The console never said «{waiting}».\n" + console.text[-2000:])
        status = shell.run(argv, timeout=86400, stdin=options.stdin) if argv else 0
        if options.kills:
            shell.watch(lambda: killed, options.timeout)
            if not killed:
                raise LabError("The moment to cut the power never came.")
        else:
            _power_off(shell, machine, console)
        return status
    except AgentGone as error:
        if killed:
            return 0
        raise LabError(
            f"The installed system did not come up: {error}\n"
            + machine.said()[-1000:] + console.text[-4000:]
        ) from error
    finally:
        if cutting is not None:
            cutting.cancel()
        machine.running.kill()
        for fd in held:
            os.close(fd)


def _power_off(shell: ShellLine, machine: uml.Machine, console: Console) -> None:
    said, since = len(console.text), time.monotonic()

    def over() -> bool:
        nonlocal said, since
        if len(console.text) != said:
            said, since = len(console.text), time.monotonic()
        # User-mode Linux sometimes stands still for good when its disk has been written to: it then
        # says nothing more, and nothing is gained by waiting.
        return not machine.alive() or time.monotonic() > since + 30

    try:
        shell.run(["systemctl", "poweroff"], timeout=30, quiet=True)
    except AgentGone:
        pass
    shell.watch(over, 120)
    try:
        machine.running.wait(10)
    except subprocess.TimeoutExpired:
        warn("the system does not power off; it is cut off")
