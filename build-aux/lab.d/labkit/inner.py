"""The first process in a namespace: makes the mounts, runs one program.

Started by namespace.py with the number of a descriptor that holds the
operations as JSON. Standalone on purpose: it runs with an isolated Python.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any


def mount(*arguments: str) -> None:
    """Runs mount(8); a failure ends the namespace with mount's own words."""
    subprocess.run(["mount", *arguments], check=True)


def make_place(source: Path, where: Path) -> None:
    """Makes what a bind mount needs to exist at its destination."""
    if source.is_dir():
        where.mkdir(parents=True, exist_ok=True)
    elif not where.exists():
        where.parent.mkdir(parents=True, exist_ok=True)
        where.touch()


def copy_as_root(source: Path, where: Path) -> None:
    """Copies a tree; a checkout's owner must not own files in a guest."""
    where.mkdir(parents=True, exist_ok=True)
    for entry in os.scandir(source):
        target = where / entry.name
        if entry.is_symlink():
            target.unlink(missing_ok=True)
            target.symlink_to(os.readlink(entry.path))
        elif entry.is_dir():
            copy_as_root(Path(entry.path), target)
        else:
            target.unlink(missing_ok=True)
            shutil.copyfile(entry.path, target)
            executable = entry.stat().st_mode & 0o100
            target.chmod(0o755 if executable else 0o644)


def apply(base: Path, number: int, operation: list[Any]) -> None:
    """Does one of the operations that namespace.Namespace lists."""
    kind, *rest = operation
    if kind == "overlay":
        lowers, place = rest
        upper = base / ".overlay" / str(number) / "upper"
        work = base / ".overlay" / str(number) / "work"
        upper.mkdir(parents=True)
        work.mkdir(parents=True)
        where = base / place
        where.mkdir(parents=True, exist_ok=True)
        lower = ":".join(str(base / p) for p in lowers)
        options = f"lowerdir={lower},upperdir={upper},workdir={work}"
        mount("-t", "overlay", "lab", "-o", options, str(where))
        return
    where = base / (rest[1] if kind in ("bind", "symlink", "copy") else rest[0])
    where.parent.mkdir(parents=True, exist_ok=True)
    if kind == "directory":
        where.mkdir(parents=True, exist_ok=True)
    elif kind == "bind":
        make_place(Path(rest[0]), where)
        mount("--rbind", rest[0], str(where))
        if rest[2]:
            mount("-o", "remount,bind,ro", str(where))
    elif kind == "proc":
        where.mkdir(exist_ok=True)
        mount("-t", "proc", "proc", str(where))
    elif kind == "tmpfs":
        where.mkdir(exist_ok=True)
        mount("-t", "tmpfs", "lab", str(where))
    elif kind == "symlink":
        where.unlink(missing_ok=True)
        where.symlink_to(rest[0])
    elif kind == "write":
        where.unlink(missing_ok=True)
        where.write_text(rest[1], encoding="utf-8")
        where.chmod(rest[2])
    elif kind == "copy":
        copy_as_root(Path(rest[0]), where)
    else:
        raise ValueError(f"unknown operation {kind}")


def main() -> int:
    """Makes the mounts, runs the program, gives its exit status back."""
    spec_fd = int(sys.argv[1])
    with os.fdopen(spec_fd, "rb") as stream:
        spec = json.load(stream)
    base = Path(spec["base"])
    mount("-t", "tmpfs", "-o", "mode=755", "lab", str(base))
    for number, operation in enumerate(spec["operations"]):
        apply(base, number, operation)
    # The first process of a PID namespace ignores signals it has no handler
    # for; a terminal's Ctrl-C is the lab command's to act on anyway.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if spec["root"] is not None:
            os.chroot(base / spec["root"])
        os.chdir(spec["cwd"])

    program = subprocess.Popen(
        spec["argv"], env=spec["env"], pass_fds=spec["fds"], preexec_fn=prepare
    )
    for fd in spec["fds"]:
        os.close(fd)
    while True:
        pid, status = os.wait()
        if pid == program.pid:
            return os.waitstatus_to_exitcode(status) & 0xFF


if __name__ == "__main__":
    sys.exit(main())
