"""A Btrfs filesystem with the subvolumes of an installation, and a system on its root to run commands in.

It is what the installed system has in these respects, made by hand: that takes seconds, and no boot.
The commands run with that root as theirs, on the guest's kernel, systemd and programs.
"""

import os
import pathlib
import subprocess

ROOT = pathlib.Path("/mnt/system")
TOP = pathlib.Path("/mnt/top")


def run(*command: str | os.PathLike[str]) -> str:
    """Runs a command that must succeed; its output."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def disk(serial: str) -> str:
    """The disk with this serial number."""
    disks = run("lsblk", "-dno", "PATH,SERIAL").splitlines()
    return next(line.split()[0] for line in disks if line.split()[1:] == [serial])


def make(serial: str, blank=None) -> None:
    """Makes the filesystem and mounts it. `blank` fills the root before the blank snapshot is taken."""
    device = disk(serial)
    run("mkfs.btrfs", "-qf", "-L", "NIXOS", device)
    for place in (TOP, ROOT):
        place.mkdir(parents=True, exist_ok=True)
    run("mount", "-o", "subvolid=5,noatime", device, TOP)
    for name in ("root", "nix", "persist"):
        run("btrfs", "subvolume", "create", TOP / name)
    if blank:
        blank(TOP / "root")
    run("btrfs", "subvolume", "snapshot", "-r", TOP / "root", TOP / "root-blank")
    (TOP / "persist/var/lib/kept").mkdir(parents=True)
    # It would do nothing where its root is not that of the first process.
    systemctl = pathlib.Path("/usr/local/sbin/systemctl")
    systemctl.write_text('#!/bin/sh\nSYSTEMD_IGNORE_CHROOT=1 exec /usr/bin/systemctl "$@"\n')
    systemctl.chmod(0o755)
    boot(device)


def boot(device: str) -> None:
    """Mounts what the installed system has, and makes what its boot would make."""
    options = "compress=zstd,noatime"
    run("mount", "-o", f"subvol=root,{options}", device, ROOT)
    for name in ("bin", "sbin", "lib", "lib64"):
        if os.path.islink(f"/{name}"):
            os.symlink(f"usr/{name}", ROOT / name)
    for place in ("nix", "persist"):
        (ROOT / place).mkdir()
        run("mount", "-o", f"subvol={place},{options}", device, ROOT / place)
    kept = ROOT / "var/lib/kept"
    kept.mkdir(parents=True)
    run("mount", "--bind", ROOT / "persist/var/lib/kept", kept)
    for place in ("usr", "proc", "sys", "dev", "run"):
        (ROOT / place).mkdir()
        run("mount", "--rbind" if place != "run" else "--bind", f"/{place}", ROOT / place)
    (ROOT / "tmp").mkdir()
    (ROOT / "etc/static").mkdir(parents=True)
    for name in ("passwd", "group", "ld.so.cache"):
        (ROOT / "etc" / name).write_bytes(pathlib.Path("/etc", name).read_bytes())
    (ROOT / "etc/hosts").symlink_to("/etc/static/hosts")
    (ROOT / "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    write("var/lib/made-by-boot/file", 1000)
    write("var/lib/moved-later/file", 2000)


def write(path: str, size: int) -> None:
    """A file on the root with content that can't be compressed."""
    place = ROOT / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(os.urandom(size))


def inside(*command: str) -> dict[str, object]:
    """Runs a command with the root as its own; its status and what it said."""
    ended = subprocess.run(
        ["chroot", str(ROOT), "/usr/bin/env", "LC_ALL=C.UTF-8", *command],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
    )
    return {"status": ended.returncode, "out": ended.stdout, "err": ended.stderr}
