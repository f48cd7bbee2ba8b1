#!/usr/bin/python3
"""A mock of an ATA disk: the commands of one, over a block device of this guest.

    ata.py HBA NAME IMAGE SERIAL MODEL

There is no ATA controller here, and no emulator knows ATA's security commands. The kernel's target hands
each SCSI command to this program (target_core_user), which answers as SAT-3 has a bridge in front of an
ATA disk answer; what the kernel, udev and UDisks2 then do is theirs. The ring of commands is described in
Linux's Documentation/target/tcmu-design.rst and include/uapi/linux/target_core_user.h.

While /run/lab-ata-refuses is there, the disk aborts the command that erases it. It keeps its password in
/run/lab-ata-NAME.password, and is locked when it is plugged in with one.
"""

import fcntl
import mmap
import os
import pathlib
import struct
import sys
import time
from dataclasses import dataclass, field

REFUSES = pathlib.Path("/run/lab-ata-refuses")
SECTOR = 512
PIECE = 4 << 20
ZEROS = bytes(PIECE)
MINUTES = 2
"""How long it says that it takes to erase itself. ATA counts in twos."""
BLKGETSIZE64 = 0x80081272

GOOD, CHECK_CONDITION = 0x00, 0x02
ILLEGAL_REQUEST, ABORTED_COMMAND = 0x05, 0x0B
INVALID_OPCODE, INVALID_FIELD = (0x20, 0x00), (0x24, 0x00)
ATA_ERROR, ATA_READY, ATA_ABORT = 0x01, 0x50, 0x04


@dataclass
class Answer:
    """What a SCSI command comes to."""

    data: bytes = b""
    sense: bytes = b""


def sense(key: int, code: tuple[int, int]) -> bytes:
    """Fixed-format sense data (SPC-4, 4.5.3)."""
    return bytes([0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, *code, 0, 0, 0, 0])


def registers(error: int) -> bytes:
    """The disk's registers as sense data (SAT-3, ATA Status Return descriptor)."""
    key, code = (ABORTED_COMMAND, (0, 0)) if error else (0x01, (0x00, 0x1D))
    status = ATA_READY | (ATA_ERROR if error else 0)
    return bytes([0x72, key, *code, 0, 0, 0, 14, 0x09, 0x0C, 0, error, *[0] * 9, status])


def swapped(text: str, length: int) -> bytes:
    """A string of ATA's: two characters a word, the first in the higher half."""
    padded = text.encode("ascii")[:length].ljust(length)
    return b"".join(padded[at:at + 2][::-1] for at in range(0, length, 2))


@dataclass
class Disk:
    """The disk's state and its commands."""

    image: int
    serial: str
    model: str
    kept: pathlib.Path
    password: bytes | None = None
    locked: bool = False
    prepared: bool = False
    size: int = field(init=False)

    def __post_init__(self) -> None:
        if self.kept.exists():
            self.password, self.locked = self.kept.read_bytes(), True
        self.size = struct.unpack("Q", fcntl.ioctl(self.image, BLKGETSIZE64, bytes(8)))[0]
        self.wwn = 0x5000C50000000000 | int.from_bytes(self.serial.encode()[-5:], "big")

    def identify(self) -> bytes:
        """The answer to IDENTIFY DEVICE (ATA8-ACS, 7.16)."""
        words = [0] * 256
        sectors = self.size // SECTOR
        enabled = 1 if self.password is not None else 0
        words[0] = 0x0040
        words[49] = 0x0300
        words[60], words[61] = min(sectors, 0x0FFFFFFF) & 0xFFFF, min(sectors, 0x0FFFFFFF) >> 16
        words[80] = 0x01F0
        words[82], words[83], words[84] = 0x0002, 0x4400, 0x4100
        words[85], words[86], words[87] = enabled << 1, 0x0400, 0x4100
        words[89] = MINUTES // 2
        for place in range(4):
            words[100 + place] = sectors >> 16 * place & 0xFFFF
            words[108 + place] = self.wwn >> 16 * (3 - place) & 0xFFFF
        words[128] = 0x0001 | enabled << 1 | (0x0004 if self.locked else 0)
        words[217] = 0x0001
        block = bytearray(struct.pack("<256H", *words))
        block[20:40], block[46:54], block[54:94] = swapped(self.serial, 20), swapped("1.0", 8), swapped(self.model, 40)
        block[510] = 0xA5
        block[511] = -sum(block[:511]) & 0xFF
        return bytes(block)

    def ata(self, command: int, data: bytes) -> Answer:
        """An ATA command. Those about security take a block with the password from its third byte on;
        what each of them does while the disk is locked is in ATA8-ACS, 4.20.
        """
        prepared, self.prepared = self.prepared, False
        given = data[2:34]
        if command == 0xEC:
            return Answer(self.identify(), registers(0))
        if command == 0xF1 and len(data) == SECTOR and not self.locked:
            self.keep(given)
        elif command == 0xF2 and given == self.password:
            self.locked = False
        elif command == 0xF3:
            self.prepared = True
        elif command == 0xF4 and prepared and given == self.password and not REFUSES.exists():
            self.erase()
            self.keep(None)
        elif command == 0xF6 and given == self.password and not self.locked:
            self.keep(None)
        elif command != 0xE5:
            return Answer(sense=registers(ATA_ABORT))
        return Answer(sense=registers(0))

    def keep(self, password: bytes | None) -> None:
        """Has this password from now on, or none."""
        self.password = password
        if password is None:
            self.locked = False
            self.kept.unlink(missing_ok=True)
        else:
            self.kept.write_bytes(password)

    def erase(self) -> None:
        """Writes zeros where there is anything else: the image stays as sparse as it is."""
        # Long enough to be asked meanwhile how far it is.
        time.sleep(2)
        for at in range(0, self.size, PIECE):
            if (piece := os.pread(self.image, PIECE, at)) != ZEROS[:len(piece)]:
                os.pwrite(self.image, ZEROS[:len(piece)], at)
        os.fsync(self.image)

    def inquiry(self, cdb: bytes) -> Answer:
        """Who it is (SPC-4, 6.4 and 7.8)."""
        if not cdb[1] & 1:
            version = self.model[:16].ljust(16).encode() + b"1.0 "
            return Answer(bytes([0, 0, 5, 2, 31, 0, 0, 2]) + b"ATA     " + version)
        pages = {
            0x00: bytes([0x00, 0x80, 0x83]),
            0x80: self.serial.rjust(20).encode(),
            0x83: bytes([0x01, 0x03, 0, 8]) + self.wwn.to_bytes(8, "big"),
        }
        if (page := pages.get(cdb[2])) is None:
            return Answer(sense=sense(ILLEGAL_REQUEST, INVALID_FIELD))
        return Answer(bytes([0, cdb[2]]) + struct.pack(">H", len(page)) + page)

    def answer(self, cdb: bytes, data: bytes) -> Answer:
        """Any SCSI command."""
        operation = cdb[0]
        if operation in (0x85, 0xA1):
            return self.ata(cdb[14] if operation == 0x85 else cdb[9], data)
        if operation == 0x12:
            return self.inquiry(cdb)
        last = self.size // SECTOR - 1
        if operation == 0x25:
            return Answer(struct.pack(">II", min(last, 0xFFFFFFFF), SECTOR))
        if operation == 0x9E and cdb[1] & 0x1F == 0x10:
            return Answer(struct.pack(">QI", last, SECTOR) + bytes(20))
        if operation in (0x1A, 0x5A):
            return Answer(bytes([3, 0, 0, 0]) if operation == 0x1A else bytes([0, 6, 0, 0, 0, 0, 0, 0]))
        if operation in (0x00, 0x1B, 0x35, 0x91):
            os.fsync(self.image)
            return Answer()
        places = {
            0x08: (int.from_bytes(cdb[1:4], "big") & 0x1FFFFF, cdb[4] or 256),
            0x28: (int.from_bytes(cdb[2:6], "big"), int.from_bytes(cdb[7:9], "big")),
            0x88: (int.from_bytes(cdb[2:10], "big"), int.from_bytes(cdb[10:14], "big")),
        }
        writes = {0x0A: 0x08, 0x2A: 0x28, 0x8A: 0x88}
        if (place := places.get(writes.get(operation, operation))) is None:
            return Answer(sense=sense(ILLEGAL_REQUEST, INVALID_OPCODE))
        if self.locked:
            return Answer(sense=sense(ABORTED_COMMAND, (0, 0)))
        sector, count = place
        if operation in writes:
            os.pwrite(self.image, data, sector * SECTOR)
            return Answer()
        return Answer(os.pread(self.image, count * SECTOR, sector * SECTOR))


class Ring:
    """The commands that wait, in memory that is shared with the kernel."""

    def __init__(self, device: int, size: int) -> None:
        self.device = device
        self.memory = mmap.mmap(device, size)
        _version, _flags, self.start, self.length = struct.unpack_from("<HHII", self.memory, 0)

    def serve(self, disk: Disk) -> None:
        """Answers until the guest ends. The first commands may have come before anybody listened."""
        while True:
            (head,) = struct.unpack_from("<I", self.memory, 12)
            (tail,) = struct.unpack_from("<I", self.memory, 64)
            while tail != head:
                entry = self.start + tail
                (header,) = struct.unpack_from("<I", self.memory, entry)
                if header & 7 == 1:
                    self.command(disk, entry)
                tail = (tail + (header & ~7)) % self.length
                struct.pack_into("<I", self.memory, 64, tail)
            os.write(self.device, bytes(4))
            os.read(self.device, 4)

    def command(self, disk: Disk, entry: int) -> None:
        """One command: its bytes and data lie elsewhere in the memory, its answer takes its place."""
        (count,) = struct.unpack_from("<I", self.memory, entry + 8)
        (where,) = struct.unpack_from("<Q", self.memory, entry + 24)
        cdb = self.memory[where:where + 16]
        pieces = [struct.unpack_from("<QQ", self.memory, entry + 48 + 16 * number) for number in range(count)]
        answer = disk.answer(cdb, b"".join(self.memory[base:base + length] for base, length in pieces))
        left = answer.data
        for base, length in pieces if left else []:
            self.memory[base:base + len(left[:length])] = left[:length]
            left = left[length:]
        # With sense data beside them the kernel takes the data only when it is told how much there is.
        self.memory[entry + 7] = 0x02 if answer.data else 0
        status = CHECK_CONDITION if answer.sense else GOOD
        length = min(len(answer.data), sum(length for _, length in pieces))
        struct.pack_into("<BBHI96s", self.memory, entry + 8, status, 0, 0, length, answer.sense)


def main() -> None:
    """Serves the disk whose target is core/user_HBA/NAME."""
    hba, name, image, serial, model = sys.argv[1:]
    for found in pathlib.Path("/sys/class/uio").glob("uio*"):
        if (found / "name").read_text().startswith(f"tcm-user/{hba}/{name}/"):
            size = int((found / "maps/map0/size").read_text(), 0)
            device = os.open(f"/dev/{found.name}", os.O_RDWR | os.O_CLOEXEC)
            break
    else:
        raise SystemExit(f"there is no target core/user_{hba}/{name}")
    kept = pathlib.Path(f"/run/lab-ata-{name}.password")
    disk = Disk(os.open(image, os.O_RDWR | os.O_CLOEXEC), serial, model, kept)
    Ring(device, size).serve(disk)


main()
