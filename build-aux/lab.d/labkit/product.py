"""The built product: compiled in the build tree, staged as a layer over /usr."""

from pathlib import Path


def staged() -> Path | None:
    """The layer with the installed product, if there is one."""
    return None
