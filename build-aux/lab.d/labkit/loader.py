"""Picks the boot loader entry that User-mode Linux can start.

Boot Loader Specification, type #1 entries, and loader.conf(5).
"""

import fnmatch
import re
from dataclasses import dataclass

from .errors import LabError
from .gpt import Esp

_ELF = b"\x7fELF"


@dataclass(frozen=True)
class Entry:
    """A loader entry with its files."""

    name: str
    kernel: bytes
    initrd: bytes
    options: str


def _fields(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, _, value = line.strip().partition(" ")
        if key and not key.startswith("#"):
            found.setdefault(key, []).append(value.strip())
    return found


def _version_key(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|\D+", name)]


def uml_entry(esp: Esp, wanted: str | None = None) -> Entry:
    """The entry for UML: the one whose kernel is an ELF program.

    The default of loader.conf goes first; its own kernel is the firmware's,
    so an entry whose name goes on from the default's is as good as it. Else
    the newest. With a pattern, only entries whose names fit it count.
    """
    names = [n for n in esp.names("/loader/entries") if n.endswith(".conf")]
    if wanted is not None:
        names = [n for n in names if fnmatch.fnmatch(n.removesuffix(".conf"), wanted)]
        if not names:
            raise LabError(f"The ESP has no boot loader entry that fits {wanted}.")
    if not names:
        raise LabError("The ESP has no boot loader entries in loader/entries.")
    settings = _fields((esp.read("/loader/loader.conf") or b"").decode("utf-8", "replace"))
    default = settings.get("default", [""])[-1].removesuffix(".conf")
    names.sort(key=_version_key, reverse=True)
    names.sort(key=lambda n: not (
        fnmatch.fnmatch(n.removesuffix(".conf"), default)
        or (default and n.startswith(default + "-"))
    ))
    for name in names:
        fields = _fields((esp.read(f"/loader/entries/{name}") or b"").decode("utf-8", "replace"))
        kernel = esp.read(fields.get("linux", [""])[-1])
        if kernel is None or not kernel.startswith(_ELF):
            continue
        initrds = [esp.read(path) for path in fields.get("initrd", [])]
        if any(initrd is None for initrd in initrds):
            raise LabError(f"The loader entry {name} names an initrd that is not on the ESP.")
        return Entry(name, kernel, b"".join(i for i in initrds if i), " ".join(fields.get("options", [])))
    raise LabError("No boot loader entry of the ESP has a kernel for User-mode Linux.")
