"""The other end of the helper's pipe, written apart from the product's own."""

import json
import pathlib
import subprocess
from typing import Any

VERSION = 1


class Conversation:
    """A running helper."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.transcript = ""
        self.reason: dict[str, Any] = {}
        self.cause = ""
        self.progress: list[float] = []
        self.keymap: dict[str, str] | None = None
        self._number = 0
        self._answers: dict[int, str] = {}

    def __enter__(self) -> "Conversation":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self.wait()

    def greet(self) -> "Conversation":
        """Opens the conversation."""
        answer = self.ask({"hello": {"protocol": VERSION}})
        if answer != "done":
            raise RuntimeError(f"not greeted: {answer}")
        return self

    def send(self, request: Any) -> int:
        """Sends a request and gives its number."""
        self._number += 1
        line = json.dumps({"id": self._number, "request": request}, ensure_ascii=False)
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        return self._number

    def ask(self, request: Any) -> str:
        """Sends a request and waits for its answer: `done`, or the reason's code."""
        self.progress = []
        self.keymap = None
        return self.answer(self.send(request))

    def answer(self, number: int) -> str:
        """The answer to the request with this number."""
        while number not in self._answers:
            self._read()
        return self._answers[number]

    def log_line(self, source: str) -> None:
        """Waits for a line of output of this program."""
        while self._read().get("source") != source:
            pass

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        if not line:
            raise RuntimeError(f"the helper ended with {self.process.wait()}")
        self.transcript += line
        event = json.loads(line)
        match event["event"]:
            case "progress":
                self.progress.append(event["fraction"])
            case "keymap":
                self.keymap = {"plain": event["plain"], "further": event["further"]}
            case "done":
                self._answers[event["id"]] = "done"
            case "failed":
                self.reason = event["error"]["reason"]
                self.cause = event["error"]["cause"]
                self._answers[event["id"]] = self.reason["code"]
        return event

    def inner(self) -> int:
        """The helper's own number: the only child of what started its namespaces."""
        number = self.process.pid
        return int(pathlib.Path(f"/proc/{number}/task/{number}/children").read_text().split()[0])

    def start_sleeper(self) -> "subprocess.Popen[bytes]":
        """Starts a process in the helper's namespaces that holds the target."""
        number = self.inner()
        sleeper = subprocess.Popen(
            ["nsenter", f"--target={number}", "--mount", "--pid", "--", "sh", "-c",
             "exec 9< /mnt/persist; echo; exec sleep 1000"],
            stdout=subprocess.PIPE,
        )
        assert sleeper.stdout is not None
        sleeper.stdout.readline()
        return sleeper

    def close(self) -> None:
        """Ends the input."""
        assert self.process.stdin is not None
        if not self.process.stdin.closed:
            self.process.stdin.close()

    def wait(self) -> int:
        """Waits for the helper's end."""
        assert self.process.stdout is not None
        self.close()
        self.transcript += self.process.stdout.read().decode()
        return self.process.wait(timeout=120)


class Helper:
    """A helper that is about to be started."""

    def __init__(self, program: str) -> None:
        self.program = program

    def greet(self) -> Conversation:
        """Starts and greets it."""
        process = subprocess.Popen([self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return Conversation(process).greet()
