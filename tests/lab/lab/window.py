"""A guest's program on an X display of this machine, here one of the test's own."""

import base64
import os
import pathlib
import secrets
import socket
import struct
import subprocess
import time
from collections.abc import Callable

from harness import LAB, check, lab, same

LIMIT = 120.0
"""Seconds for what takes some twenty, on a machine under load."""

_SERVER = """
echo "$2" | base64 -d > /tmp/cookies
exec Xvfb ":$1" -screen 0 1024x768x24 -listen tcp -nolisten unix -nolisten local -auth /tmp/cookies
"""
_ASK = """
echo "$2" | base64 -d > /tmp/cookies
export DISPLAY="127.0.0.1:$1" XAUTHORITY=/tmp/cookies
shift 2
exec "$@"
"""


def _free_display() -> int:
    """A display number whose TCP port nobody listens on."""
    for number in range(40, 400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", 6000 + number)):
                return number
    raise RuntimeError("every display number is taken")


def _cookies(number: int) -> bytes:
    """An authority file with a new cookie for a display, as xauth(1) makes one."""
    fields = [socket.gethostname().encode(), str(number).encode(), b"MIT-MAGIC-COOKIE-1", secrets.token_bytes(16)]
    # 65535 is every host.
    return struct.pack(">H", 65535) + b"".join(struct.pack(">H", len(field)) + field for field in fields)


def _wait(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(1)
    return False


def run(folder: pathlib.Path) -> None:
    """Makes the checks."""
    without = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    ended = subprocess.run([LAB, "window"], env=without, text=True, capture_output=True, check=False)
    same("without a display there is no window", ended.returncode, 125)
    check("and the reason is given", "DISPLAY" in ended.stderr, ended.stderr)

    number = _free_display()
    cookies = _cookies(number)
    file = folder / "cookies"
    file.write_bytes(cookies)
    given = [str(number), base64.b64encode(cookies).decode()]

    def ask(*command: str) -> str:
        return lab("tree", "live", "--", "bash", "-c", _ASK, "ask", *given, *command).stdout.strip()

    server = subprocess.Popen([LAB, "tree", "live", "--", "bash", "-c", _SERVER, "server", *given],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    window = None
    try:
        check("a display is there", _wait(lambda: "x:" in ask("xdotool", "getmouselocation")))
        environment = {**os.environ, "DISPLAY": f"127.0.0.1:{number}", "XAUTHORITY": str(file)}
        window = subprocess.Popen([LAB, "window", "--disk", "8G"], env=environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        found: list[str] = []

        def shown() -> bool:
            found[:] = ask("xdotool", "search", "--onlyvisible", "--name", "Snowmelt").split()
            return bool(found) or window.poll() is not None

        check("the app of a guest shows its window on it", _wait(shown) and bool(found), window.poll())
        if found:
            ask("xdotool", "windowfocus", "--sync", found[-1], "key", "ctrl+q")
        said = window.communicate(timeout=LIMIT)[0]
        same("closing it ends the guest", window.returncode, 0)
        check("it can be heard by a screen reader", "accessibility bus" not in said, said)
    finally:
        for process in (window, server):
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait()
