"""This machine's X display, for programs in a guest.

The guest has no network. What its X clients say comes over a serial line, framed as in channel.py: a
connection's number in a byte, then in D its data; C says that one side has closed it. The guest answers
each frame with an A: User-mode Linux stops reading a line for good when more than its terminal holds
(4096 bytes, n_tty) was sent before a program took it. The guest's end is usr/lib/lab/display.py.
"""

import os
import socket
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .errors import LabError

_PIECE, _AHEAD = 1024, 2
"""Bytes in a frame to the guest, and how many frames may be under way."""
_WILD = 0xFFFF
"""The family of an entry of an authority file that holds for every host (Xau.h, FamilyWild)."""


@dataclass
class Address:
    """Where an X server listens: DISPLAY as X(7) has it, «[host]:number[.screen]»."""

    host: str
    number: int

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Reads a DISPLAY."""
        host, colon, rest = text.rpartition(":")
        number = rest.partition(".")[0]
        if not colon or not number.isdigit():
            raise LabError(f"DISPLAY is “{text}”, which names no X display.")
        return cls(host, int(number))

    def is_here(self) -> bool:
        """Whether it is reached by a socket in the file system. The Wayland desktops' own is too."""
        return self.host in ("", "unix") or self.host.startswith("/")

    def connect(self) -> socket.socket:
        """A connection to it."""
        try:
            if not self.is_here():
                return socket.create_connection((self.host, 6000 + self.number), timeout=10)
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"/tmp/.X11-unix/X{self.number}")
            return server
        except OSError as error:
            raise LabError(f"The display {self.host}:{self.number} does not answer: {error.strerror or error}.") from error


def authority(address: Address, path: Path) -> bytes:
    """The cookies of an authority file that are for this display, as entries for the guest's display 0."""
    try:
        data = path.read_bytes()
    except OSError:
        return b""
    found, at = [], 0
    number = str(address.number).encode()
    while at + 2 <= len(data):
        at += 2
        fields = []
        for _ in range(4):
            if at + 2 > len(data):
                return b"".join(found)
            length = struct.unpack_from(">H", data, at)[0]
            fields.append(data[at + 2 : at + 2 + length])
            at += 2 + length
        if fields[1] in (b"", number):
            fields[0], fields[1] = b"", b"0"
            packed = (struct.pack(">H", len(field)) + field for field in fields)
            found.append(struct.pack(">H", _WILD) + b"".join(packed))
    return b"".join(found)


def own() -> tuple[Address, bytes]:
    """This machine's display, and the cookies for it; the display was reached once."""
    text = os.environ.get("DISPLAY")
    if not text:
        raise LabError("There is no X display: DISPLAY is not set. Under Wayland it takes Xwayland.")
    address = Address.parse(text)
    address.connect().close()
    return address, authority(address, Path(os.environ.get("XAUTHORITY") or Path.home() / ".Xauthority"))


class Relay(threading.Thread):
    """The host's end of the line. It ends with the guest.

    Each direction has a thread of its own: either side may stop listening until it is listened to.
    """

    def __init__(self, line: socket.socket, address: Address) -> None:
        super().__init__(daemon=True)
        self.line = line
        self.line.setblocking(True)
        self.address = address
        self.servers: dict[int, socket.socket] = {}
        self.writing = threading.Lock()
        self.room = threading.Semaphore(_AHEAD)

    def run(self) -> None:
        """Carries what clients say to the server."""
        stream = self.line.makefile("rb")
        while len(header := self._header(stream)) == 6:
            kind, length, number = struct.unpack(">cIB", header)
            payload = stream.read(length - 1)
            try:
                if kind == b"A":
                    self.room.release()
                    continue
                if kind == b"C":
                    self._close(number)
                    continue
                if number not in self.servers:
                    self._open(number)
                self.servers[number].sendall(payload)
            except (LabError, OSError):
                self._close(number)
                # Not from this thread, which hears that there is room.
                threading.Thread(target=self._send, args=(b"C", number), daemon=True).start()

    @staticmethod
    def _header(stream: BinaryIO) -> bytes:
        """The beginning of a frame; nothing when the guest has ended."""
        try:
            return stream.read(6)
        except ConnectionError:
            return b""

    def _open(self, number: int) -> None:
        server = self.address.connect()
        server.settimeout(None)
        self.servers[number] = server
        threading.Thread(target=self._answer, args=(number, server), daemon=True).start()

    def _answer(self, number: int, server: socket.socket) -> None:
        """Carries what the server says to the client, and that it has closed."""
        try:
            while data := server.recv(_PIECE):
                self._send(b"D", number, data)
        except OSError:
            # It was closed from here, or is gone.
            pass
        if self.servers.get(number) is server:
            self._close(number)
            self._send(b"C", number)

    def _close(self, number: int) -> None:
        server = self.servers.pop(number, None)
        if server is not None:
            try:
                # close() alone would leave the thread that reads it waiting.
                server.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            server.close()

    def _send(self, kind: bytes, number: int, payload: bytes = b"") -> None:
        self.room.acquire()
        try:
            with self.writing:
                self.line.sendall(struct.pack(">cIB", kind, 1 + len(payload), number) + payload)
        except OSError:
            # The guest has ended, and the threads end at their next look.
            return
