"""The groups of tests: what each runs, and what it needs before."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """One group of tests."""

    name: str
    about: str
    # Relative to the top of the checkout. Its output is read by results.py.
    command: tuple[str, ...]
    # It keeps every processor busy by itself, or looks at what only one run may change.
    alone: bool = False


def in_build_tree(*command: str) -> tuple[str, ...]:
    """A command in the tree that has the compilers and development packages."""
    return ("build-aux/lab", "tree", "build", "--", *command)


GROUPS: tuple[Group, ...] = (
    Group("lint", "format, lints, manual pages, desktop data", in_build_tree("build-aux/lint"), alone=True),
    Group("unit", "the library and the programs, without disk or root", in_build_tree(
        "cargo", "test", "--locked", "--all-targets"), alone=True),
    Group("lab", "the lab itself: guests, their disks, and that nothing of them is left",
          ("tests/lab/lab/check",), alone=True),
    Group("stand-in", "the lab's own module merger refuses what NixOS refuses", ("tests/lab/standin/selftest",)),
    Group("configurations", "generated configurations evaluate, with every desktop and switch",
          ("tests/lab/configurations/check",)),
    Group("strings", "hostile texts come through the printer and real Nix as they are", ("tests/lab/configurations/strings",)),
    Group("flake", "flake.nix evaluates", ("tests/lab/flake/check",)),
    Group("boundary", "disks in every state, as UDisks2 and the kernel tell them", ("tests/lab/boundary",)),
    Group("helper", "the helper on a real disk", ("tests/lab/helper/check",)),
    Group("engine", "installations that fail, are tried again, are cancelled", ("tests/lab/engine",)),
    Group("nvme", "NVMe drives, in an emulated PC", ("tests/lab/nvme",)),
    Group("rollback", "the rollback's scripts, cut short at every command and every write, and made to fail", ("tests/lab/rollback",)),
    Group("audit", "snowmelt-audit on a used root: what would be lost, and what comes back", ("tests/lab/audit/check",)),
    Group("cli", "the command line with a person at a terminal, in a guest", ("tests/lab/cli/check",)),
    Group("lab-install", "blank disk to three boots, with swap under a random key, and without encryption",
          ("tests/lab/install/check", "random", "unencrypted")),
    Group("lab-roots", "the same with a root in memory, and one that is kept once",
          ("tests/lab/install/check", "memory", "once")),
    Group("power-cuts", "the power goes while an installed system rolls its root back", ("tests/lab/power/check",)),
    Group("secrets", "an installation with secrets that are then looked for everywhere", ("tests/lab/secrets/check",)),
    Group("faults", "installations in which something goes wrong, and what a second try makes of them",
          ("tests/lab/faults/check",)),
    Group("gui", "the app's window, its pictures and its accessibility tree", ("tests/lab/gui/check",)),
    Group("gui-install", "the app from Welcome to Done by keyboard, and three boots of the disk", ("tests/lab/gui/install",)),
    Group("gui-runs", "what can happen on the way through the window, and one boot of the disk", ("tests/lab/gui/runs",)),
    Group("gui-answers", "answers that are changed, a disk that is pulled out, and a panic", ("tests/lab/gui/answers",)),
    Group("gui-looks", "every page in each of its looks, in other languages, and under Wayland", ("tests/lab/gui/looks",)),
    Group("firmware", "an installed disk as an NVMe drive, started by UEFI firmware", ("tests/lab/firmware/check",)),
)
