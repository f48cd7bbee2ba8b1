#!/usr/bin/python3
"""Runs commands for the lab over a raw serial line, one at a time.

The frames are described in build-aux/lab.d/labkit/channel.py. Started with
the line's path in a live guest, or with no argument on a shell that is on
the line already (then it leaves after one command). Standalone: the lab
also sends this file's text over such a shell.
"""

import fcntl
import json
import os
import pathlib
import pty
import select
import signal
import struct
import sys
import termios
import tty
from typing import Any

MAGIC = b"\x01SNOWMELT-LAB\x02"
BASE_ENV = {
    "PATH": "/run/wrappers/bin:/run/current-system/sw/bin:"
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
}


def write_all(fd: int, data: bytes) -> None:
    """Writes all of it."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]


class Line:
    """The serial line."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.buffer = bytearray()

    def send(self, kind: str, payload: bytes = b"") -> None:
        """Sends one frame."""
        write_all(self.fd, struct.pack(">cI", kind.encode(), len(payload)) + payload)

    def read(self) -> None:
        """Takes in what is there; waits when nothing is."""
        self.buffer += os.read(self.fd, 65536)

    def frame(self) -> tuple[str, bytes] | None:
        """The next frame, if it is complete."""
        if len(self.buffer) < 5:
            return None
        kind, length = struct.unpack(">cI", self.buffer[:5])
        if len(self.buffer) < 5 + length:
            return None
        payload = bytes(self.buffer[5 : 5 + length])
        del self.buffer[: 5 + length]
        return kind.decode(), payload


def virtual_terminal() -> dict[str, str]:
    """The terminal on which a session on seat0 is, as pam_systemd(8) asks; where the kernel has none,
    logind accepts none."""
    active = pathlib.Path("/sys/class/tty/tty0/active")
    return {"XDG_VTNR": active.read_text().strip().removeprefix("tty")} if active.exists() else {}


def command_for(request: dict[str, Any]) -> list[str]:
    """The argv that runs the request as its user.

    An ordinary user's command runs in a logind session on seat0, made by
    PAM, so that polkit sees an active local session.
    """
    argv: list[str] = request["argv"]
    if request.get("user", "root") == "root":
        return argv
    prefix = [
        "systemd-run", "--quiet", "--collect", "--wait", "--service-type=exec",
        "--pty" if request.get("tty") else "--pipe",
        "-p", "User=" + request["user"], "-p", "PAMName=lab-session",
        "-p", "WorkingDirectory=~", "-p", "KillMode=control-group",
        "-p", "LimitCORE=0",
        "-E", "XDG_SEAT=seat0", "-E", "XDG_SESSION_TYPE=unspecified",
        "-E", "XDG_SESSION_CLASS=user",
    ]
    for name, value in {**BASE_ENV, **virtual_terminal(), **request.get("env", {})}.items():
        prefix += ["-E", f"{name}={value}"]
    return [*prefix, "--", *argv]


class Job:
    """The command that runs now."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.tty = bool(request.get("tty"))
        env = {**BASE_ENV, "HOME": "/root", "USER": "root", "LOGNAME": "root",
               **request.get("env", {})}
        argv = command_for(request)
        self.out: dict[int, str] = {}
        if self.tty:
            self.pid, master = pty.fork()
            self.stdin: int | None = master
            self.out[master] = "O"
        else:
            pipes = [os.pipe() for _ in range(3)]
            self.pid = os.fork()
            self.stdin = pipes[0][1]
            self.out = {pipes[1][0]: "O", pipes[2][0]: "S"}
        if self.pid == 0:
            self._exec(argv, env, request.get("cwd", "/"), None if self.tty else pipes)
        if not self.tty:
            os.close(pipes[0][0])
            os.close(pipes[1][1])
            os.close(pipes[2][1])
            os.set_blocking(pipes[0][1], False)
        self.input = bytearray()
        self.input_ended = False

    @staticmethod
    def _exec(argv: list[str], env: dict[str, str], cwd: str,
              pipes: list[tuple[int, int]] | None) -> None:
        try:
            if pipes is not None:
                os.setsid()
                os.dup2(pipes[0][0], 0)
                os.dup2(pipes[1][1], 1)
                os.dup2(pipes[2][1], 2)
            os.closerange(3, 256)
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.chdir(cwd)
            os.execvpe(argv[0], argv, env)
        except OSError as error:
            os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
            os._exit(127 if isinstance(error, FileNotFoundError) else 126)

    def flush_input(self) -> None:
        """Gives the command what it takes of its standard input."""
        if self.stdin is None:
            return
        try:
            while self.input:
                del self.input[: os.write(self.stdin, self.input)]
        except BlockingIOError:
            return
        except OSError:
            self.input.clear()
            self.input_ended = True
        if self.input_ended and not self.tty:
            os.close(self.stdin)
            self.stdin = None

    def resize(self, rows: int, columns: int) -> None:
        """Sets the size of the command's terminal."""
        if self.tty and self.stdin is not None:
            fcntl.ioctl(self.stdin, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def run(line: Line, request: dict[str, Any]) -> None:
    """Runs one command and sends its output and exit status."""
    job = Job(request)
    if "size" in request:
        job.resize(*request["size"])
    finished: int | None = None
    exit_pipe = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(exit_pipe[1], warn_on_full_buffer=False)
    while True:
        if finished is None:
            pid, status = os.waitpid(job.pid, os.WNOHANG)
            if pid:
                finished = os.waitstatus_to_exitcode(status)
        while (frame := line.frame()) is not None:
            handle(job, *frame)
        reading = [line.fd, exit_pipe[0], *job.out]
        writing = [job.stdin] if job.stdin is not None and job.input else []
        # Once the command is gone, only what is in its pipes is still wanted:
        # a daemon that it left behind may hold them open for ever.
        wait = 0.0 if finished is not None else None
        readable, writable, _ = select.select(reading, writing, [], wait)
        if finished is not None and not any(fd in job.out for fd in readable):
            break
        for fd in readable:
            if fd == line.fd:
                line.read()
            elif fd == exit_pipe[0]:
                os.read(fd, 512)
            else:
                forward(line, job, fd)
        if writable:
            job.flush_input()
    for fd in list(job.out):
        os.close(fd)
    if job.stdin is not None and not job.tty:
        os.close(job.stdin)
    signal.set_wakeup_fd(-1)
    os.close(exit_pipe[0])
    os.close(exit_pipe[1])
    if request.get("sync"):
        os.system("sync -f /")
    status = finished if finished >= 0 else 128 - finished
    line.send("X", json.dumps({"status": status}).encode())


def forward(line: Line, job: Job, fd: int) -> None:
    """Sends on what the command wrote to one of its streams."""
    try:
        data = os.read(fd, 16384)
    except OSError:  # a terminal whose last user is gone answers EIO
        data = b""
    if data:
        line.send(job.out[fd], data)
        return
    del job.out[fd]
    if fd == job.stdin:
        job.stdin = None
    os.close(fd)


def handle(job: Job, kind: str, payload: bytes) -> None:
    """Acts on a frame that came while a command runs."""
    if kind == "I":
        job.input += payload
    elif kind == "E":
        job.input_ended = True
    elif kind == "K":
        try:
            os.killpg(job.pid, int(payload))
        except ProcessLookupError:
            return
    elif kind == "W":
        rows, columns = json.loads(payload)
        job.resize(rows, columns)
    job.flush_input()


def main() -> int:
    """Serves the line."""
    if len(sys.argv) > 1:
        line = Line(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    else:
        line = Line(0)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    tty.setraw(line.fd)
    write_all(line.fd, MAGIC)
    line.send("R")
    while True:
        frame = line.frame()
        if frame is None:
            line.read()
        elif frame[0] == "C":
            run(line, json.loads(frame[1]))
            if len(sys.argv) == 1:
                return 0


if __name__ == "__main__":
    sys.exit(main())
