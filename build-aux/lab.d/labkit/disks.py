"""What `--disk` says, and the image behind each disk."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .errors import LabError

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_WORDS = {"ro": "read_only", "unplugged": "unplugged", "ata": "ata", "format-fails": "format_fails"}
_TEXTS = {"serial": 32, "vendor": 8, "model": 16}  # SPC: INQUIRY's field sizes
MAX_DISKS = 16
"""So many ubd devices UML has (MAX_DEV in its ubd driver). It says nothing of one more."""


def parse_size(text: str) -> int:
    """Bytes of a size such as 512M or 8G (powers of 1024)."""
    match = re.fullmatch(r"(\d+)([KMGT]?)i?B?", text)
    if not match:
        raise LabError(f"«{text}» is not a size; write it as 8G or 512M.")
    return int(match[1]) * _UNITS[match[2]]


@dataclass
class Disk:
    """One SCSI disk of a guest."""

    name: str
    size: int | None = None
    image: Path | None = None
    vendor: str = "SNOWLAB"
    model: str = "Virtual Disk"
    serial: str = ""
    wwn: str = ""
    sector: int = 512
    read_only: bool = False
    unplugged: bool = False
    drive: str = ""
    """The disk of whose NVMe drive it is another namespace."""
    ata: bool = False
    """A mock of an ATA disk, which can erase itself."""
    format_fails: bool = False
    """An NVMe drive that fails when it is to erase itself."""

    @property
    def company(self) -> str:
        """The six hexadecimal digits of the WWN after its leading 6."""
        return self.wwn[1:7] if self.wwn else ""


def parse(text: str, index: int) -> Disk:
    """Reads one `--disk` argument: SIZE[,key=value…] or image=PATH[,…]."""
    disk = Disk(name=f"d{index}", serial=f"LAB{index:05d}")
    for part in text.split(","):
        key, separator, value = part.partition("=")
        if not separator and key in _WORDS:
            setattr(disk, _WORDS[key], True)
        elif not separator:
            disk.size = parse_size(key)
        elif key == "image":
            disk.image = Path(value).absolute()
        elif key == "name" and re.fullmatch(r"[a-z0-9-]+", value):
            disk.name = value
        elif key in _TEXTS:
            if not value or len(value) > _TEXTS[key] or not re.fullmatch(r"[ -~]+", value):
                raise LabError(f"--disk: {key} takes 1 to {_TEXTS[key]} printable characters.")
            setattr(disk, key, value)
        elif key == "wwn":
            digits = value.lower().removeprefix("0x")
            if not re.fullmatch(r"6[0-9a-f]{6,31}", digits):
                raise LabError("--disk: wwn takes hexadecimal digits that begin with 6 (NAA 6): "
                               "6 and the six digits of a company are used.")
            disk.wwn = digits
        elif key == "drive":
            disk.drive = value
        elif key == "sector" and value in ("512", "4096"):
            disk.sector = int(value)
        else:
            raise LabError(f"--disk: «{part}» is not known; see «lab --help».")
    if disk.image is not None and disk.size is None and not disk.image.exists():
        raise LabError(f"--disk: {disk.image} does not exist; give a size to make it.")
    if disk.image is None and disk.size is None:
        raise LabError("--disk: give a size (8G) or image=PATH.")
    if disk.ata and (disk.read_only or disk.wwn or disk.sector != 512):
        raise LabError("--disk: one that is ata can be written to, has sectors of 512 bytes and a WWN of its own.")
    return disk


def check(disks: list[Disk], *, pc: bool) -> None:
    """Refuses what the machine can't have."""
    if len(disks) > MAX_DISKS:
        raise LabError(f"A guest has {MAX_DISKS} disks at most, not {len(disks)}.")
    known: set[str] = set()
    for disk in disks:
        plain = Disk(name=disk.name, size=disk.size, image=disk.image, serial=disk.serial, drive=disk.drive,
                     format_fails=disk.format_fails)
        if pc and disk != plain:
            raise LabError("--disk: with --pc a disk has an image, a name, a serial, a drive and the word "
                           "format-fails, and nothing else.")
        if disk.format_fails and not pc:
            raise LabError("--disk: format-fails is for --pc.")
        if disk.drive and (not pc or disk.drive not in known):
            raise LabError("--disk: drive takes the name of an earlier disk, with --pc.")
        if not disk.drive:
            known.add(disk.name)


def open_image(disk: Disk, keep_in: Path | None) -> int:
    """Opens the disk's image, made sparse when needed; the descriptor is ours to close.

    Without a path of its own the image is an unlinked file in the cache: it
    goes away with the last process that has it open.
    """
    path = disk.image
    if path is None and keep_in is not None:
        keep_in.mkdir(parents=True, exist_ok=True)
        path = keep_in / f"{disk.name}.raw"
    try:
        if path is None:
            fd = os.open(paths.cache(), os.O_TMPFILE | os.O_RDWR, 0o600)
        else:
            flags = os.O_RDONLY if disk.read_only else os.O_RDWR
            if disk.size is not None and not disk.read_only:
                flags |= os.O_CREAT
            fd = os.open(path, flags, 0o600)
        if disk.size is not None and os.fstat(fd).st_size < disk.size:
            os.truncate(fd, disk.size)
    except OSError as error:
        raise LabError(f"The image of disk {disk.name} can't be opened: {error}") from error
    return fd


def table(disks: list[Disk]) -> str:
    """The lines that lab-disk reads in the guest, one a disk, tab-separated."""
    return "".join(
        "\t".join([
            d.name, f"/dev/ubd{chr(ord('a') + n)}", d.vendor, d.model, d.serial,
            d.company or "-", str(d.sector), "ro" if d.read_only else "rw",
            "unplugged" if d.unplugged else "plugged", "ata" if d.ata else "scsi",
        ]) + "\n"
        for n, d in enumerate(disks)
    )
