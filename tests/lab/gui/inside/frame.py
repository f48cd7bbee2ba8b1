"""What a virtual screen shows, pixel by pixel, out of the file that Xvfb keeps it in."""

import collections
import mmap
import pathlib
import struct
import zlib
from dataclasses import dataclass


@dataclass
class Picture:
    """A rectangle of pixels, each a 32-bit number 0x00RRGGBB."""

    width: int
    height: int
    rows: list[memoryview]

    def png(self) -> bytes:
        """The picture as a file."""
        lines = bytearray()
        for row in self.rows:
            raw = row.tobytes()
            line = bytearray(3 * self.width)
            # In memory blue comes first.
            line[0::3], line[1::3], line[2::3] = raw[2::4], raw[1::4], raw[0::4]
            lines += b"\0" + line

        def chunk(kind: bytes, data: bytes) -> bytes:
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(lines), 6))
                + chunk(b"IEND", b""))

    def colours(self, x: int, y: int, width: int, height: int) -> collections.Counter[int]:
        """How often each colour is in a part of it."""
        found: collections.Counter[int] = collections.Counter()
        for row in self.rows[max(0, y):max(0, y + height)]:
            found.update(row[max(0, x):max(0, x + width)])
        return found


class Framebuffer:
    """The screen's memory, in the format of xwd(1)."""

    def __init__(self, path: pathlib.Path) -> None:
        with path.open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        header = struct.unpack(">25I", self._memory[:100])
        self.width, self.height = header[4], header[5]
        self._line = header[12]
        self._start = header[0] + 12 * header[19]

    def take(self, width: int, height: int) -> Picture:
        """The upper left part of the screen, as it is now."""
        rows = []
        for line in range(min(height, self.height)):
            start = self._start + line * self._line
            pixels = memoryview(self._memory[start:start + 4 * min(width, self.width)]).cast("I")
            rows.append(pixels)
        return Picture(min(width, self.width), len(rows), rows)


def luminance(colour: int) -> float:
    """Relative luminance (WCAG 2.2)."""
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = colour >> 16 & 255, colour >> 8 & 255, colour & 255
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(one: int, other: int) -> float:
    """Contrast ratio of two colours (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def text_contrast(colours: "collections.Counter[int]") -> tuple[float, int, int]:
    """The contrast of the text in a part of a picture, its colour and that of its ground.

    The ground is what there is most of. Text is smoothed at its edges, so that its own colour is the
    one among those that are not rare that stands out most.
    """
    ground, _ = colours.most_common(1)[0]
    least = max(2, sum(colours.values()) // 2000)
    often = [colour for colour, count in colours.items() if count >= least] or list(colours)
    text = max(often, key=lambda colour: contrast(colour, ground))
    return contrast(text, ground), text, ground
