"""The host's end of the agent's protocol (the guest's end is agent.py).

A byte stream over a raw serial line of the guest. Each frame: one letter,
the payload's length (4 bytes, big endian), the payload. The guest's side
starts with MAGIC, so that what a console says before it is passed over.
"""

import json
import os
import select
import selectors
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from .errors import LabError

MAGIC = b"\x01SNOWMELT-LAB\x02"
_CHUNK = 2048
_QUEUE = 65536


class AgentGone(LabError):
    """The guest's end of the line closed or never came."""


class Channel:
    """One agent, one command at a time."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.line.setblocking(False)
        self._buffer = bytearray()
        self._outgoing = bytearray()
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
        """Queues one frame."""
        self.send_raw(struct.pack(">cI", kind.encode(), len(payload)) + payload)

    def send_raw(self, data: bytes) -> None:
        """Queues bytes as they are, and sends what the guest takes now."""
        self._outgoing += data
        self.flush()

    def flush(self) -> None:
        """Sends what the guest takes now. Never blocks: the guest may itself
        be waiting until its own output is read."""
        try:
            while self._outgoing:
                del self._outgoing[: self.line.send(self._outgoing)]
        except BlockingIOError:
            return
        except OSError as error:
            raise AgentGone("The guest ended while it was spoken to.") from error

    @property
    def queued(self) -> int:
        """Bytes that the guest has not taken yet."""
        return len(self._outgoing)


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
                nudge: Callable[[], None] | None) -> Iterator[tuple[str, bytes]]:
        """The agent's frames, while stdin and the console are served too."""
        selector = selectors.DefaultSelector()
        selector.register(self.channel.line, selectors.EVENT_READ, "agent")
        self.pump(selector)
        source = None if stdin is None else Source(stdin, selector)
        while True:
            if deadline is not None and time.monotonic() > deadline:
                raise AgentGone("The guest took too long to answer.")
            if source is not None:
                source.offer(self.channel)
            wanted = selectors.EVENT_READ
            if self.channel.queued:
                wanted |= selectors.EVENT_WRITE
            selector.modify(self.channel.line, wanted, "agent")
            for key, events in selector.select(0.5):
                if key.data == "agent":
                    if events & selectors.EVENT_WRITE:
                        self.channel.flush()
                    if events & selectors.EVENT_READ and not self.channel.feed():
                        yield from self.channel.frames()
                        raise AgentGone("The guest ended.")
                    yield from self.channel.frames()
                elif callable(key.data):
                    key.data(selector)
            if nudge is not None:
                nudge()
            if not self.alive():
                self.channel.feed()
                yield from self.channel.frames()
                raise AgentGone("The guest ended.")


class Source:
    """The lab command's standard input on its way to the guest."""

    def __init__(self, fd: int, selector: selectors.BaseSelector) -> None:
        self.fd = fd
        self.selector = selector
        self.ended = False
        self.pollable = True
        try:
            selector.register(fd, selectors.EVENT_READ, "stdin")
        except PermissionError:
            # Regular files and /dev/null can't be polled: they are always ready.
            self.pollable = False

    def offer(self, channel: Channel) -> None:
        """Reads and queues some, when there is some and the queue is short."""
        while not self.ended and channel.queued < _QUEUE:
            if self.pollable and not select.select([self.fd], [], [], 0)[0]:
                self._watch(True)
                return
            data = os.read(self.fd, _CHUNK)
            if not data:
                channel.send("E")
                self.ended = True
                break
            channel.send("I", data)
        # Watching a readable stdin that isn't read would spin.
        self._watch(False)

    def _watch(self, wanted: bool) -> None:
        if not self.pollable:
            return
        watched = self.fd in {key.fd for key in self.selector.get_map().values()}
        if wanted and not watched:
            self.selector.register(self.fd, selectors.EVENT_READ, "stdin")
        elif watched and not wanted:
            self.selector.unregister(self.fd)


def warn(text: str) -> None:
    """A line of the lab's own on standard error."""
    print(f"lab: {text}", file=sys.stderr, flush=True)
