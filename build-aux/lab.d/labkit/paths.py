"""Where things are: the checkout, and the cache outside of it."""

import hashlib
import os
from pathlib import Path

REPO = Path(__file__).resolve().parents[3]
"""The checkout this lab belongs to."""

GUEST_FILES = REPO / "tests" / "lab" / "guest"
"""Files copied over the live tree of every guest, as a root skeleton."""

STANDIN = REPO / "tests" / "lab" / "standin"
"""The stand-in for the package set."""


def cache() -> Path:
    """The cache directory, made when missing.

    SNOWMELT_CACHE wins; else it is below XDG_CACHE_HOME or ~/.cache.
    """
    explicit = os.environ.get("SNOWMELT_CACHE")
    if explicit:
        root = Path(explicit)
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        root = Path(base) / "snowmelt"
    root = root.absolute()
    root.mkdir(parents=True, exist_ok=True)
    return root


def mountpoint() -> Path:
    """The directory that every namespace mounts its own tmpfs on.

    It stays empty for everybody else, so it can be shared and never needs
    to be removed.
    """
    path = cache() / "mnt"
    path.mkdir(exist_ok=True)
    return path


def checkout_key() -> str:
    """A short name for this checkout, for what is cached per checkout."""
    return hashlib.sha256(str(REPO).encode()).hexdigest()[:12]
