"""A guest's main console: kept, shown, and answered as a person would."""

import re
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .channel import write_all

_CLEAN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\r")


@dataclass
class Answer:
    """When the console says `prompt`, type `text` and Enter (None: type nothing)."""

    prompt: "re.Pattern[str]"
    text: str | None
    seen: bool = False


@dataclass
class Console:
    """Collects what the guest says, and works through the answers in order."""

    line: socket.socket
    answers: list[Answer] = field(default_factory=list)
    log: Path | None = None
    echo: bool = False
    """Whether it is shown on standard error too."""
    on_text: Callable[[str], None] | None = None
    text: str = ""
    _from: int = 0

    def __post_init__(self) -> None:
        self.line.setblocking(False)
        self._file = self.log.open("wb") if self.log is not None else None

    def register(self, selector: selectors.BaseSelector) -> None:
        """Lets a Session read the console while it waits."""
        if self.line.fileno() >= 0:
            selector.register(self.line, selectors.EVENT_READ, self.read)

    def read(self, selector: selectors.BaseSelector | None = None) -> None:
        """Takes in what there is and answers it."""
        try:
            data = self.line.recv(65536)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:
            if selector is not None:
                selector.unregister(self.line)
            return
        if self._file is not None:
            self._file.write(data)
            self._file.flush()
        if self.echo:
            write_all(2, data)
        self.text += _CLEAN.sub("", data.decode("utf-8", "replace"))
        if self.on_text is not None:
            self.on_text(self.text)
        self._answer()

    def type(self, text: str) -> None:
        """Types a line and Enter."""
        self.line.setblocking(True)
        try:
            self.line.sendall(text.encode() + b"\r")
        finally:
            self.line.setblocking(False)

    def pending(self) -> list[Answer]:
        """The answers whose prompt has not been seen."""
        return [a for a in self.answers if not a.seen]

    def asks_again(self, prompt: "re.Pattern[str]") -> bool:
        """Whether it asks this although every answer has been given."""
        return not self.pending() and prompt.search(self.text, self._from) is not None

    def _answer(self) -> None:
        while waiting := self.pending():
            answer = waiting[0]
            match = answer.prompt.search(self.text, self._from)
            if match is None:
                return
            self._from = match.end()
            answer.seen = True
            if answer.text is not None:
                # The prompt's program flushes what was typed before it reads.
                time.sleep(0.3)
                self.type(answer.text)
