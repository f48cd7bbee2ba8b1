"""The lab's command line."""

import argparse
import signal
from pathlib import Path

from . import disks, guest, trees
from .channel import warn
from .errors import LabError

LAB_FAILED = 125
"""Exit status when the lab itself failed, as env(1) and others use it."""


def _share(text: str) -> tuple[Path, str]:
    host, separator, where = text.rpartition(":")
    if not separator or not where.startswith("/") or where.startswith(("/tmp/", "/run/", "/dev/")):
        raise argparse.ArgumentTypeError(
            "write HOSTDIR:GUESTPATH, with a guest path that is not below /tmp, /run or /dev")
    path = Path(host).absolute()
    if not path.exists():
        raise argparse.ArgumentTypeError(f"{path} does not exist")
    return path, where


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    commands.add_parser("setup", help="make the trees and kernels that are missing")

    def live_options(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--disk", action="append", default=[], metavar="SIZE[,KEY=VALUE…]")
        sub.add_argument("--answers", type=Path, metavar="FILE")
        sub.add_argument("--share", action="append", default=[], type=_share, metavar="HOSTDIR:GUESTPATH")
        sub.add_argument("--user", choices=["live", "root"], default="live")
        sub.add_argument("--mem", default="2G", metavar="SIZE")
        sub.add_argument("--no-uefi", action="store_true")
        sub.add_argument("--keep-disks", type=Path, metavar="DIR")
        sub.add_argument("--console-log", type=Path, metavar="FILE")
        sub.add_argument("--verbose", action="store_true")

    run = commands.add_parser("run", help="run a command in a fresh live guest")
    live_options(run)
    run.add_argument("argv", nargs="+", metavar="CMD")

    shell = commands.add_parser("shell", help="an interactive shell in a fresh live guest")
    live_options(shell)
    shell.set_defaults(user="root")
    return parser


def _live(arguments: argparse.Namespace, argv: list[str], *, terminal: bool) -> int:
    options = guest.Options(
        disks=[disks.parse(text, n) for n, text in enumerate(arguments.disk)],
        keep_disks=arguments.keep_disks,
        shares=arguments.share,
        answers=arguments.answers and arguments.answers.absolute(),
        memory=disks.parse_size(arguments.mem),
        uefi=not arguments.no_uefi,
        console_log=arguments.console_log,
        verbose=arguments.verbose,
    )
    keeps = options.keep_disks is not None or any(d.image for d in options.disks)
    with guest.Guest(options) as live:
        status = live.run(argv, user=arguments.user, terminal=terminal)
        if keeps:
            live.power_off()
    return status


def _terminated(*_: object) -> None:
    raise KeyboardInterrupt


def main(argv: list[str]) -> int:
    """Runs one lab command; its exit status."""
    signal.signal(signal.SIGTERM, _terminated)
    signal.signal(signal.SIGHUP, _terminated)
    arguments = _parser().parse_args(argv)
    try:
        if arguments.command == "setup":
            trees.setup()
            return 0
        if arguments.command == "run":
            return _live(arguments, arguments.argv, terminal=False)
        return _live(arguments, ["/bin/bash", "-l"], terminal=guest.stdin_is_terminal())
    except LabError as error:
        warn(str(error))
        return LAB_FAILED
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
