"""Times the generated rollback script, and the seed's, on real Btrfs filesystems.

A run is what boot does: cold caches, the script from its first mount to its unmount. Each pair is
one run on the filled root and one on the empty root, one after the other.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

VOLUME = "/dev/mapper/enc"
TOP = pathlib.Path("/run/bench-top")
EXPRESSION = """
let
  module = import ./rollback.nix;
  value = if builtins.isFunction module then module { config = { }; lib = { }; pkgs = { }; } else module;
in
value.boot.initrd.systemd.services.rollback.script
"""
ANSWERS = """version = 1
[disk]
device = "/dev/none"
[system]
host-name = "bench"
time-zone = "Europe/Berlin"
locale = "en_US.UTF-8"
keymap = "us"
release = "26.05"
[user]
name = "anna"
full-name = "Anna"
administrator = true
"""


def run(*command: str | os.PathLike[str]) -> str:
    """Runs a command that must succeed; its output."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def generated_script() -> str:
    """The script of the service in the generated configuration."""
    folder = pathlib.Path("/run/bench-config")
    answers = pathlib.Path("/run/bench-answers.toml")
    answers.write_text(ANSWERS)
    run("snowmelt-cli", "config", answers, "--out", folder)
    done = subprocess.run(
        ["nix-instantiate", "--eval", "--json", "--strict", "--expr", EXPRESSION],
        cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


SEED_SCRIPT = """
mkdir -p /mnt
mount -o subvol=/ /dev/mapper/enc /mnt
btrfs subvolume list -o /mnt/root |
  cut -f9 -d' ' |
  while read subvolume; do
    btrfs subvolume delete "/mnt/$subvolume"
  done &&
  btrfs subvolume delete /mnt/root
btrfs subvolume snapshot /mnt/root-blank /mnt/root
umount /mnt
"""


def drop_deleted(top: pathlib.Path) -> None:
    """Waits until nothing is left of what was deleted. A sync of the filesystem wakes the thread
    that does it, which else sleeps for up to half a minute."""
    run("btrfs", "filesystem", "sync", top)
    run("btrfs", "subvolume", "sync", "-s", "1", top)


class Filesystem:
    """A Btrfs filesystem on a disk of its own, with the seed's subvolumes."""

    def __init__(self, serial: str) -> None:
        disks = run("lsblk", "-dno", "PATH,SERIAL").splitlines()
        self.disk = next(line.split()[0] for line in disks if line.split()[1:] == [serial])
        run("mkfs.btrfs", "-qf", "-L", "NIXOS", self.disk)
        with self.top() as top:
            for name in ("root", "home", "nix", "persist", "log"):
                run("btrfs", "subvolume", "create", top / name)
            run("btrfs", "subvolume", "snapshot", "-r", top / "root", top / "root-blank")

    def top(self) -> "Mounted":
        """The top level, mounted for as long as the block runs."""
        return Mounted(self.disk)

    def time(self, script: str) -> float:
        """Seconds that the script takes with cold caches. The volume is named for that long."""
        sectors = run("blockdev", "--getsz", self.disk).strip()
        run("dmsetup", "create", "enc", "--table", f"0 {sectors} linear {self.disk} 0")
        try:
            run("udevadm", "settle")
            os.sync()
            pathlib.Path("/proc/sys/vm/drop_caches").write_text("3")
            began = time.monotonic()
            subprocess.run(["bash", "-e", "-c", script], check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            return time.monotonic() - began
        finally:
            run("dmsetup", "remove", "--retry", "enc")

    def put_back(self) -> None:
        """Makes the old root the root again, so that the next run finds what this one found."""
        with self.top() as top:
            old = sorted((top / "old-roots").iterdir())
            assert len(old) == 1, old
            run("btrfs", "subvolume", "delete", top / "root")
            old[0].rename(top / "root")
            drop_deleted(top)

    def roll_back_by_hand(self) -> None:
        """An empty root again, whatever a script left."""
        with self.top() as top:
            run("sh", "-c", f"find {top}/root -depth -inum 256 -exec btrfs subvolume delete {{}} \\;")
            run("btrfs", "subvolume", "snapshot", top / "root-blank", top / "root")
            drop_deleted(top)


class Mounted:
    """A mount of a filesystem's top level."""

    def __init__(self, disk: str) -> None:
        self.disk = disk

    def __enter__(self) -> pathlib.Path:
        TOP.mkdir(exist_ok=True)
        run("mount", "-o", "subvolid=5", self.disk, TOP)
        return TOP

    def __exit__(self, *_: object) -> None:
        run("umount", TOP)


def nest(root: pathlib.Path, first: int, count: int, deepest: int) -> None:
    """Makes the nested subvolumes from `first` up to `count`, every tenth of them in a chain of the given depth."""
    made = first
    while made < count:
        place = root / f"nested {made}"
        for _ in range(deepest if made % 10 == 0 else 1):
            if made == count:
                break
            run("btrfs", "subvolume", "create", place)
            (place / "file").write_text("melts\n")
            made += 1
            place = place / "deeper"


def fill(root: pathlib.Path, count: int) -> None:
    """Makes small files, a thousand to a directory."""
    for number in range(count):
        folder = root / f"directory-{number // 1000}"
        if number % 1000 == 0:
            folder.mkdir()
        (folder / f"file-{number}").write_text("melts\n")


def seed_is_wrong_on_nested(full: Filesystem) -> None:
    """Shows on the same filesystem what the seed's script does to a subvolume nested deeper."""
    with full.top() as top:
        nest(top / "root", 0, 3, 3)
    full.time(SEED_SCRIPT)
    with full.top() as top:
        rolled_back = not any((top / "root").iterdir())
    print(f"@note the seed's script on a subvolume nested three deep: rolled back: {rolled_back}")
    full.roll_back_by_hand()


def main(pairs: int) -> None:
    ours = generated_script()
    full, empty = Filesystem("FULL"), Filesystem("EMPTY")
    for _ in range(pairs):
        mine = empty.time(ours)
        empty.put_back()
        seeds = empty.time(SEED_SCRIPT)
        print(f"@ratio rollback: empty root, generated / seed's\t{mine / seeds}")
    seed_is_wrong_on_nested(full)
    cases = [
        ("100 nested subvolumes", lambda root: nest(root, 0, 100, 3)),
        ("1000 nested subvolumes", lambda root: nest(root, 100, 1000, 3)),
        ("200000 files", lambda root: fill(root, 200_000)),
    ]
    for name, prepare in cases:
        with full.top() as top:
            prepare(top / "root")
        for _ in range(pairs):
            filled = full.time(ours)
            with full.top() as top:
                assert not any((top / "root").iterdir()), "the root was not rolled back"
            full.put_back()
            bare = empty.time(ours)
            empty.put_back()
            print(f"@note {name}: {filled * 1000:.0f} ms, empty root {bare * 1000:.0f} ms")
            print(f"@ratio rollback: {name} / empty root\t{filled / bare}", flush=True)
        if name.startswith("100 "):
            continue
        full.roll_back_by_hand()


main(int(sys.argv[1]))
