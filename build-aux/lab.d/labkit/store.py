"""Directories in the cache that are made once for given inputs.

A directory's name ends with a hash of its inputs. It is made aside and
renamed, so a name that exists is whole. Who uses one holds a shared lock on
it. Other checkouts may need other ones at the same time, so an old one is
removed only when nobody has used it for a while.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import paths
from .channel import warn
from .errors import LabError


def digest(*parts: bytes | str) -> str:
    """A hash of the inputs, in order."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()[:16]


def digest_tree(root: Path) -> str:
    """A hash of every file's name, executable bit and content below a directory."""
    parts: list[bytes | str] = []
    for path in sorted(root.rglob("*")):
        if "__pycache__" in path.parts:
            continue
        parts.append(str(path.relative_to(root)))
        if path.is_symlink():
            parts.append("->" + os.readlink(path))
        elif path.is_file():
            parts.append("x" if path.stat().st_mode & 0o100 else "-")
            parts.append(path.read_bytes())
    return digest(*parts)


@contextmanager
def lock(name: str, *, quiet: bool = False) -> Iterator[None]:
    """An exclusive lock in the cache; says so when it has to wait."""
    with (paths.cache() / f"{name}.lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not quiet:
                warn(f"waiting for another run that holds «{name}»")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _directory(kind: str) -> Path:
    path = paths.cache() / "trees"
    path.mkdir(exist_ok=True)
    return path / kind


def path_named(name: str) -> Path:
    """The directory with this whole name."""
    return _directory(name)


def path_of(kind: str, inputs: str) -> Path:
    """Where the directory of this kind and these inputs is or will be."""
    return _directory(f"{kind}-{inputs}")


def ensure(kind: str, inputs: str, make: Callable[[Path], None], *, label: str = "",
           keep_hours: float = 168) -> Path:
    """The directory of this kind for these inputs, made if it isn't there.

    When one is made, others of its kind go that were unused for `keep_hours`.

    `make` gets a path to create. A killed run leaves only a directory whose
    name begins with a dot, which the next run removes.
    """
    final = path_of(kind, inputs)
    if final.exists():
        return final
    with lock(kind):
        if final.exists():
            return final
        for leftover in (*final.parent.glob(f".new-{kind}-*"), *final.parent.glob(f".old-{kind}-*")):
            remove(leftover)
        aside = final.parent / f".new-{kind}-{os.getpid()}"
        started = time.monotonic()
        if label:
            warn(f"making {label}")
        try:
            make(aside)
            aside.rename(final)
        except BaseException:
            remove(aside)
            raise
        if label:
            warn(f"made {label} in {time.monotonic() - started:.0f} s")
        _collect_unused(final, kind, keep_hours)
    return final


def hold(path: Path) -> int:
    """Takes a shared lock on a directory; as long as the descriptor is open
    in any process, nobody removes the directory."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(fd, fcntl.LOCK_SH)
        os.utime(fd)
    except OSError as error:
        raise LabError(f"{path} went away; run the command again.") from error
    if not path.exists():
        os.close(fd)
        raise LabError(f"{path} went away; run the command again.")
    return fd


def _collect_unused(final: Path, kind: str, keep_hours: float) -> None:
    """Removes what is like `final` and unused. What other checkouts made (their
    kind ends with another key) gets a day at least: they may be gone themselves."""
    for other in final.parent.glob(f"{kind.partition('-')[0]}-*"):
        own = other.name.startswith(f"{kind}-")
        hours = keep_hours if own else max(keep_hours, 24)
        try:
            unused = other.stat().st_mtime < time.time() - hours * 3600
        except FileNotFoundError:
            continue
        if other != final and unused:
            _collect(other)


def _collect(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        aside = path.parent / f".old-{path.name}"
        path.rename(aside)
        remove(aside)
    except BlockingIOError:
        return
    finally:
        os.close(fd)


def remove(path: Path) -> None:
    """Removes a tree or file, if it is there; never crosses into a mount."""
    if not path.exists() and not path.is_symlink():
        return
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
