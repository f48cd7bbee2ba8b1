"""The lab's command line."""

import argparse
import re
import signal
import subprocess
import sys
from pathlib import Path

from . import disks, guest, hosttools, installed, intree, paths, product, trees, window
from .channel import warn
from .console import Answer
from .errors import LabError

LAB_FAILED = 125
"""Exit status when the lab itself failed, as env(1) and others use it."""


_NOT_SHARED = ("/tmp/", "/run/", "/dev/", "/home/")
"""The guest mounts its own there."""


def _share(text: str) -> tuple[Path, str]:
    host, separator, where = text.rpartition(":")
    if not separator or not where.startswith("/") or where.startswith(_NOT_SHARED):
        raise argparse.ArgumentTypeError(
            "write HOSTDIR:GUESTPATH, with a guest path that is not below /tmp, /run, /dev or /home")
    path = Path(host).absolute()
    if not path.exists():
        raise argparse.ArgumentTypeError(f"{path} does not exist")
    return path, where


def _regex(text: str) -> "re.Pattern[str]":
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"«{text}» is not a regular expression: {error}") from error


def _typed(text: str) -> Answer:
    prompt, separator, answer = text.partition("=")
    return Answer(_regex(prompt), answer if separator else None)


class _Expect(argparse.Action):
    """Adds a prompt without an answer to the list that --type fills."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace,
                 values: object, option: str | None = None) -> None:
        namespace.typed = [*namespace.typed, Answer(_regex(str(values)), None)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lab", epilog="All of it is described in build-aux/lab.md.",
        description="Real Linux guests for Snowmelt's tests: disks, UDisks2, polkit, systemd.")
    commands = parser.add_subparsers(dest="command", required=True)

    commands.add_parser("setup", help="make the trees and kernels that are missing")

    release_help = "the product as it is given to people, optimised"
    build = commands.add_parser("build", help="build the product and make it ready for guests")
    build.add_argument("--release", action="store_true", help=release_help)

    tree = commands.add_parser("tree", help="run a command in a tree, in the checkout, without a guest")
    tree.add_argument("tree", choices=["live", "build"])
    tree.add_argument("argv", nargs="*", metavar="CMD")

    commands.add_parser("target", help="print the folder that is /target in the build tree, where cargo builds")

    pictures = commands.add_parser("screenshots", help="walk through the app in a guest and save pictures of each page in each of its looks")
    pictures.add_argument("folder", type=Path, metavar="DIR")

    def live_options(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--disk", action="append", default=[], metavar="SIZE[,KEY=VALUE…]",
                         help="a SCSI disk; keys: image, name, vendor, model, serial, wwn, sector, drive; "
                              "words: ro, unplugged, ata, format-fails")
        sub.add_argument("--answers", type=Path, metavar="FILE", help="appears as /lab/answers.toml")
        sub.add_argument("--share", action="append", default=[], type=_share, metavar="HOST:GUEST",
                         help="a host directory or file at a path of the guest")
        sub.add_argument("--user", choices=["live", "root"], default="live", help="who runs it")
        sub.add_argument("--mem", default="2G", metavar="SIZE", help="the guest's memory (2G)")
        sub.add_argument("--no-uefi", action="store_true", help="without /sys/firmware/efi")
        sub.add_argument("--pc", action="store_true",
                         help="an emulated PC, whose disks are NVMe drives; everything takes many times as long")
        sub.add_argument("--bare", action="store_true", help="without the product")
        sub.add_argument("--release", action="store_true", help=release_help)
        sub.add_argument("--peer", action="store_true", help="with Calamares, to be measured beside")
        sub.add_argument("--keep-disks", type=Path, metavar="DIR", help="disks become DIR/NAME.raw")
        sub.add_argument("--console-log", type=Path, metavar="FILE", help="what the console says")
        sub.add_argument("--verbose", action="store_true", help="show the console on standard error")

    own = commands.add_parser("window", help="the app in a window on this machine's own X display, in a fresh live guest")
    live_options(own)
    own.add_argument("argv", nargs="*", metavar="CMD", help="another program than the app")

    run = commands.add_parser("run", help="run a command in a fresh live guest")
    live_options(run)
    run.add_argument("argv", nargs="*", metavar="CMD")

    boot = commands.add_parser("boot", help="boot an installed disk image from itself alone")
    boot.add_argument("image", type=Path, metavar="IMAGE")
    boot.add_argument("--passphrase", action="append", default=[], metavar="P",
                      help="typed at the passphrase prompt; again for each further prompt")
    boot.add_argument("--type", action="append", default=[], type=_typed, metavar="REGEX=TEXT", dest="typed",
                      help="when the console says REGEX, type TEXT and Enter; in order")
    boot.add_argument("--expect", action=_Expect, dest="typed", metavar="REGEX",
                      help="wait until the console says REGEX; in order with --type")
    boot.add_argument("--firmware", action="store_true",
                      help="boot by UEFI firmware in QEMU instead of under User-mode Linux")
    boot.add_argument("--kill-after-text", type=_regex, metavar="REGEX",
                      help="cut the power when the console has said REGEX")
    boot.add_argument("--kill-after", type=float, metavar="SECONDS",
                      help="cut the power after so many seconds: of the start, or of --kill-after-text")
    boot.add_argument("--stdin", action="store_true", help="give CMD this command's standard input")
    boot.add_argument("--entry", metavar="PATTERN",
                      help="the boot loader entry to start, not the default one (not with --firmware)")
    boot.add_argument("--append", default="", metavar="OPTIONS",
                      help="more options for the kernel (not with --firmware)")
    boot.add_argument("--timeout", type=float, metavar="SECONDS",
                      help="how long it may take to come up (180; with --firmware 1200)")
    boot.add_argument("--mem", default="2G", metavar="SIZE")
    boot.add_argument("--user", choices=["root"], default="root")
    boot.add_argument("--console-log", type=Path, metavar="FILE")
    boot.add_argument("--verbose", action="store_true")
    boot.add_argument("argv", nargs="*", metavar="CMD")

    shell = commands.add_parser("shell", help="an interactive shell in a fresh live guest")
    live_options(shell)
    shell.set_defaults(user="root")
    return parser


def _options(arguments: argparse.Namespace) -> guest.Options:
    parsed = [disks.parse(text, n) for n, text in enumerate(arguments.disk)]
    disks.check(parsed, pc=arguments.pc)
    return guest.Options(
        disks=parsed,
        keep_disks=arguments.keep_disks,
        shares=arguments.share,
        answers=arguments.answers and arguments.answers.absolute(),
        memory=disks.parse_size(arguments.mem),
        uefi=not arguments.no_uefi,
        pc=arguments.pc,
        product=not arguments.bare,
        release=arguments.release,
        peer=arguments.peer,
        console_log=arguments.console_log,
        verbose=arguments.verbose,
    )


def _live(arguments: argparse.Namespace, argv: list[str], *, terminal: bool) -> int:
    options = _options(arguments)
    keeps = options.keep_disks is not None or any(d.image for d in options.disks)
    with guest.Guest(options) as live:
        status = live.run(argv, user=arguments.user, terminal=terminal)
        if keeps:
            live.power_off()
    return status


def _boot(arguments: argparse.Namespace) -> int:
    return installed.boot(
        installed.Options(
            image=arguments.image.absolute(),
            passphrases=arguments.passphrase,
            typed=arguments.typed,
            memory=disks.parse_size(arguments.mem),
            firmware=arguments.firmware,
            console_log=arguments.console_log,
            verbose=arguments.verbose,
            entry=arguments.entry, append=arguments.append.split(),
            timeout=arguments.timeout or (1200 if arguments.firmware else 180),
            stdin=sys.stdin.buffer.read() if arguments.stdin else b"",
            kill_after_text=arguments.kill_after_text,
            kill_after=arguments.kill_after,
        ),
        arguments.argv,
    )


def _split(argv: list[str]) -> tuple[list[str], list[str]]:
    """The lab's own arguments, and the command after `--`."""
    at = argv.index("--") if "--" in argv else len(argv)
    return argv[:at], argv[at + 1:]


def _terminated(*_: object) -> None:
    raise KeyboardInterrupt


def main(argv: list[str]) -> int:
    """Runs one lab command; its exit status."""
    signal.signal(signal.SIGTERM, _terminated)
    signal.signal(signal.SIGHUP, _terminated)
    # Split by hand: argparse loses a `*` argument that other options stand before.
    own, command = _split(argv)
    arguments = _parser().parse_args(own)
    if command:
        arguments.argv = [*getattr(arguments, "argv", []), *command]
    if arguments.command in ("run", "tree") and not arguments.argv:
        _parser().error("a command is missing: -- CMD…")
    try:
        hosttools.become_root()
        if arguments.command == "setup":
            trees.setup()
            return 0
        if arguments.command == "build":
            product.staged(arguments.release)
            return 0
        if arguments.command == "tree":
            intree.fetch_crates()
            return intree.run(trees.build() if arguments.tree == "build" else trees.live(), arguments.argv)
        if arguments.command == "target":
            print(intree.target_directory())
            return 0
        if arguments.command == "window":
            return window.show(_options(arguments), arguments.argv)
        if arguments.command == "screenshots":
            program = paths.REPO / "tests/lab/gui/looks"
            return subprocess.run([program, "--pictures", arguments.folder.absolute()], check=False).returncode
        if arguments.command == "run":
            return _live(arguments, arguments.argv, terminal=False)
        if arguments.command == "boot":
            return _boot(arguments)
        return _live(arguments, ["/bin/bash", "-l"], terminal=guest.stdin_is_terminal())
    except LabError as error:
        warn(str(error))
        return LAB_FAILED
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
