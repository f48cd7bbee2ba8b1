"""Reads a disk image's GPT and the files of its EFI system partition."""

import os
import struct
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

from . import hosttools
from .errors import LabError

ESP_TYPE = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
"""UEFI specification 2.10, table 5-7."""


@dataclass(frozen=True)
class Esp:
    """An EFI system partition inside an image."""

    image: Path
    offset: int
    """Bytes from the image's start."""

    def _mtools(self, *command: str) -> bytes | None:
        hosttools.need("mcopy")
        done = subprocess.run(
            [command[0], "-i", f"{self.image}@@{self.offset}", *command[1:]],
            env={**os.environ, "MTOOLS_SKIP_CHECK": "1"},
            stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )
        return done.stdout if done.returncode == 0 else None

    def read(self, path: str) -> bytes | None:
        """A file's content; None when there is no such file."""
        return self._mtools("mcopy", "-n", "::" + path.replace("\\", "/"), "-")

    def names(self, directory: str) -> list[str]:
        """The names in a directory, sorted; none when it isn't there."""
        listed = self._mtools("mdir", "-b", "::" + directory) or b""
        return sorted(line.rsplit("/", 1)[-1] for line in listed.decode().split("\n") if line.strip())


def find_esp(image: Path) -> Esp:
    """The first EFI system partition of the image's GPT (UEFI 2.10, 5.3.2)."""
    try:
        with image.open("rb") as stream:
            for sector in (512, 4096):
                stream.seek(sector)
                header = stream.read(92)
                if header[:8] != b"EFI PART":
                    continue
                first, count, size = struct.unpack("<QII", header[72:88])
                stream.seek(first * sector)
                for _ in range(count):
                    entry = stream.read(size)
                    if uuid.UUID(bytes_le=entry[:16]) == ESP_TYPE:
                        (start,) = struct.unpack("<Q", entry[32:40])
                        return Esp(image, start * sector)
                raise LabError(f"{image} has a GPT without an EFI system partition.")
    except OSError as error:
        raise LabError(f"{image} can't be read: {error}") from error
    raise LabError(f"{image} has no GPT.")
