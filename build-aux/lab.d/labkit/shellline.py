"""Commands over a bare root shell on a guest's serial line.

An installed system has nothing of the lab's in it but such a shell (without
echo, without line editing), so this asks for bash and coreutils only. Output
comes as lines: a letter (O, S: the streams; X: the exit status) and base64.
"""

import base64
import binascii
import selectors
import shlex
import socket
import time
from collections.abc import Callable, Iterator

from .channel import AgentGone, write_all

_FUNCTIONS = r"""
lab_frames() { local c; while c=$(dd bs=2048 count=1 status=none | base64 -w0) && [ -n "$c" ]; do printf '\n%s %s\n' "$1" "$c"; done; }
lab_run() {
  { { { "$@" </run/lab-stdin 8>&- 9>&-; echo $? >/run/lab-status; } 2>&1 >&8 8>&- | lab_frames S >&9 8>&-; } 8>&1 | lab_frames O >&9; } 9>&1
  printf '\nX %s\n' "$(cat /run/lab-status)"
}
"""

GREETING = b"standin-shell ready"
"""What the installed system's shell says first. Firmware uses the line too, before: what is
sent then is typed into the boot loader's menu."""


class ShellLine:
    """The host's end of the line."""

    def __init__(self, line: socket.socket, register: Callable[[selectors.BaseSelector], None],
                 alive: Callable[[], bool]) -> None:
        self.line = line
        self.line.setblocking(False)
        self.alive = alive
        self._buffer = b""
        self._outgoing = bytearray()
        self._selector = selectors.DefaultSelector()
        self._selector.register(line, selectors.EVENT_READ, "line")
        register(self._selector)

    def _send(self, text: str) -> None:
        self._outgoing += text.encode()

    def _flush(self) -> None:
        try:
            while self._outgoing:
                del self._outgoing[: self.line.send(self._outgoing)]
        except BlockingIOError:
            return
        except OSError as error:
            raise AgentGone("The guest ended while it was spoken to.") from error

    def _lines(self, deadline: float) -> Iterator[bytes | None]:
        """Complete lines as they come; None every so often."""
        while True:
            if time.monotonic() > deadline:
                raise AgentGone("The guest took too long to answer.")
            self._flush()
            for key, _ in self._selector.select(0.2):
                if key.data != "line":
                    key.data(self._selector)
                    continue
                try:
                    data = self.line.recv(65536)
                except ConnectionError:
                    data = b""
                if not data:
                    raise AgentGone("The guest ended.")
                self._buffer += data
            while b"\n" in self._buffer:
                line, _, self._buffer = self._buffer.partition(b"\n")
                yield line.strip(b"\r")
            if not self.alive():
                raise AgentGone("The guest ended.")
            yield None

    def watch(self, until: Callable[[], bool], timeout: float) -> bool:
        """Serves the console until something is true; False when it isn't in time."""
        try:
            for _ in self._lines(time.monotonic() + timeout):
                if until():
                    return True
        except AgentGone:
            return until()
        return False

    def wait_ready(self, timeout: float) -> None:
        """Waits until a shell is there and answers."""
        spoken = False
        asked = 0.0
        for line in self._lines(time.monotonic() + timeout):
            spoken = spoken or (line is not None and GREETING in line)
            if line is not None and line.endswith(b"lab-shell-ready"):
                break
            if spoken and time.monotonic() > asked + 2:
                # Split, so that an echo of it is not taken for the answer.
                self._send("stty raw -echo 2>/dev/null; printf '\\nlab-shell-%s\\n' ready\n")
                asked = time.monotonic()
        self._send(_FUNCTIONS)

    def run(self, argv: list[str], *, timeout: float, stdin: bytes = b"",
            quiet: bool = False) -> int:
        """Runs one command, its output on the lab command's own streams; its exit status."""
        self._send(": >/run/lab-stdin\n")
        encoded = base64.b64encode(stdin).decode()
        for start in range(0, len(encoded), 1024):
            self._send(f"echo {encoded[start:start + 1024]} | base64 -d >>/run/lab-stdin\n")
        self._send(f"lab_run {shlex.join(argv)}\n")
        for line in self._lines(time.monotonic() + timeout):
            kind, _, rest = (line or b"").partition(b" ")
            if kind == b"X":
                return int(rest)
            if kind in (b"O", b"S") and not quiet:
                try:
                    write_all(1 if kind == b"O" else 2, base64.b64decode(rest, validate=True))
                except binascii.Error:
                    continue
        raise AgentGone("The guest ended before the command did.")
