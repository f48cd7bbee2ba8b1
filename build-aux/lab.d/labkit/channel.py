"""The host's end of the agent's protocol (the guest's end is agent.py).

A byte stream over a raw serial line of the guest. Each frame: one letter,
the payload's length (4 bytes, big endian), the payload. The guest's side
starts with MAGIC, so that what a console says before it is passed over.
"""

import json
import os
import selectors
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from typing import Any

from .errors import LabError

MAGIC = b"\x01SNOWMELT-LAB\x02"
_CHUNK = 2048


class AgentGone(LabError):
    """The guest's end of the line closed or never came."""


class Channel:
    """One agent, one command at a time."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.line.setblocking(False)
        self._buffer = bytearray()
        self._synced = False

    def feed(self) -> bool:
        """Reads what is there; False when the guest's end is closed."""
        try:
            data = self.line.recv(65536)
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        self._buffer += data
        return bool(data)

    def frames(self) -> list[tuple[str, bytes]]:
        """Takes the complete frames out of what was read."""
        if not self._synced:
            start = self._buffer.find(MAGIC)
            if start < 0:
                return []
            del self._buffer[: start + len(MAGIC)]
            self._synced = True
        found = []
        while len(self._buffer) >= 5:
            kind, length = struct.unpack(">cI", self._buffer[:5])
            if len(self._buffer) < 5 + length:
                break
            found.append((kind.decode("latin-1"), bytes(self._buffer[5 : 5 + length])))
            del self._buffer[: 5 + length]
        return found

    def send(self, kind: str, payload: bytes = b"") -> None:
        """Sends one frame; blocks while the guest doesn't take it."""
        self.send_raw(struct.pack(">cI", kind.encode(), len(payload)) + payload)

    def send_raw(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self.line.setblocking(True)
        try:
            self.line.sendall(data)
        except OSError as error:
            raise AgentGone("The guest ended while it was spoken to.") from error
        finally:
            self.line.setblocking(False)


def write_all(fd: int, data: bytes) -> None:
    """Writes everything, also to a non-blocking terminal; a closed reader is no error."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view):]
        except BlockingIOError:
            time.sleep(0.01)
        except BrokenPipeError:
            return


class Session:
    """Relays between a command in the guest and the lab command's own streams."""

    def __init__(
        self,
        channel: Channel,
        pump: Callable[[selectors.BaseSelector], None],
        alive: Callable[[], bool],
    ) -> None:
        self.channel = channel
        self.pump = pump
        self.alive = alive

    def wait_ready(self, timeout: float, nudge: Callable[[], None] | None = None) -> None:
        """Waits for the agent's «ready» frame."""
        deadline = time.monotonic() + timeout
        for kind, _ in self._events(deadline, None, nudge):
            if kind == "R":
                return

    def run(self, request: dict[str, Any], *, timeout: float | None = None,
            stdin: int | None = 0, capture: bool = False) -> tuple[int, bytes]:
        """Runs one command; its exit status, and its output with `capture`."""
        self.channel.send("C", json.dumps(request).encode())
        if stdin is None:
            self.channel.send("E")
        output = bytearray()
        deadline = None if timeout is None else time.monotonic() + timeout
        for kind, payload in self._events(deadline, stdin, None):
            if kind == "O" and capture:
                output += payload
            elif kind in "OS":
                write_all(1 if kind == "O" else 2, payload)
            elif kind == "X":
                return json.loads(payload)["status"], bytes(output)
        raise AgentGone("The guest ended before the command did.")

    def _events(self, deadline: float | None, stdin: int | None,
                nudge: Callable[[], None] | None):  # type: ignore[no-untyped-def]
        selector = selectors.DefaultSelector()
        selector.register(self.channel.line, selectors.EVENT_READ, "agent")
        if stdin is not None:
            try:
                selector.register(stdin, selectors.EVENT_READ, "stdin")
            except PermissionError:
                # A regular file can't be polled: it is always ready.
                self._send_file(stdin)
                stdin = None
        self.pump(selector)
        while True:
            if deadline is not None and time.monotonic() > deadline:
                raise AgentGone("The guest took too long to answer.")
            for key, _ in selector.select(0.5):
                if key.data == "agent":
                    open_ = self.channel.feed()
                    yield from self.channel.frames()
                    if not open_:
                        raise AgentGone("The guest ended.")
                elif key.data == "stdin":
                    data = os.read(key.fd, _CHUNK)
                    if data:
                        self.channel.send("I", data)
                    else:
                        self.channel.send("E")
                        selector.unregister(key.fd)
                else:
                    key.data(selector)
            if nudge is not None:
                nudge()
            if not self.alive():
                self.channel.feed()
                yield from self.channel.frames()
                raise AgentGone("The guest ended.")

    def _send_file(self, fd: int) -> None:
        while data := os.read(fd, _CHUNK):
            self.channel.send("I", data)
        self.channel.send("E")


def relay_signals(channel: Channel) -> Callable[[], None]:
    """Ctrl-C reaches the command in the guest; the returned call undoes it."""

    def forward(number: int, _: object) -> None:
        channel.send("K", str(number).encode())

    previous = signal.signal(signal.SIGQUIT, forward)
    return lambda: signal.signal(signal.SIGQUIT, previous) and None


def warn(text: str) -> None:
    """A line of the lab's own on standard error."""
    print(f"lab: {text}", file=sys.stderr, flush=True)
