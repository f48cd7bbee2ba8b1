"""A display of its own for the app, its pictures, and its keys."""

import os
import pathlib
import subprocess
import time

DISPLAY = ":7"
LIMIT = 60.0
"""Seconds that anything may take that takes one at most, for a machine under load."""


class Screen:
    """An X server with one program on it."""

    def __init__(self, framebuffer: pathlib.Path | None = None, size: str = "1280x800") -> None:
        """`framebuffer` is a folder for the file with what the screen shows."""
        self.framebuffer = framebuffer and framebuffer / "Xvfb_screen0"
        command = ["Xvfb", DISPLAY, "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"]
        if framebuffer is not None:
            framebuffer.mkdir(exist_ok=True)
            command += ["-fbdir", str(framebuffer)]
        self.server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.session = {"DISPLAY": DISPLAY}
        self.environment = {**os.environ, **self.session}
        wait("the display", lambda: self.run("xdotool", "getmouselocation").returncode == 0)
        if self.framebuffer is not None:
            wait("the screen's memory", self.framebuffer.exists)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command on the display."""
        return subprocess.run(command, env=self.environment, text=True, capture_output=True, check=False)

    def start(self, *command: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Starts a program on the display; it draws without a graphics card."""
        settings = {"GDK_BACKEND": "x11", "GSK_RENDERER": "cairo", "ADW_DISABLE_PORTAL": "1",
                    "GTK_A11Y": "atspi", **environment}
        return subprocess.Popen(command, env={**self.environment, **settings})

    def window(self, process: "subprocess.Popen[bytes]") -> str:
        """The id of the program's window, with the keyboard on it."""
        found: list[str] = []

        def there() -> bool:
            # The toolkit has windows of its own that are never shown.
            found[:] = self.run("xdotool", "search", "--onlyvisible", "--pid", str(process.pid),
                                "--name", "Snowmelt").stdout.split()
            return bool(found)

        wait("the window", there)
        self.run("xdotool", "windowmove", "--sync", found[0], "0", "0")
        self.focus(found[0])
        return found[0]

    def focus(self, window: str) -> None:
        """Brings the keyboard to a window: there is no window manager here that would."""
        self.run("xdotool", "windowfocus", "--sync", window)

    def windows(self) -> list[str]:
        """The ids of all windows that are shown."""
        return self.run("xdotool", "search", "--onlyvisible", "--name", ".").stdout.split()

    def titled(self, title: str) -> str:
        """The id of the window with this title once it is shown, with the keyboard on it."""
        found: list[str] = []

        def there() -> bool:
            found[:] = self.run("xdotool", "search", "--onlyvisible", "--name", f"^{title}$").stdout.split()
            return bool(found)

        wait(f"the window “{title}”", there)
        self.focus(found[0])
        return found[0]

    def picture(self, window: str, path: str) -> None:
        """Takes a picture of the window once it has stopped changing."""
        before = b""

        def still() -> bool:
            nonlocal before
            # Raw pixels: a file's own header has the time in it.
            now = subprocess.run(["import", "-window", window, "ppm:-"], env=self.environment,
                                 capture_output=True, check=True).stdout
            same, before = now == before, now
            return same

        wait(f"a still picture for {path}", still, pause=0.5)
        png = subprocess.run(["convert", "ppm:-", "-strip", "png:-"], input=before,
                             capture_output=True, check=True).stdout
        # What is shared with the host is root's there.
        subprocess.run(["sudo", "-n", "tee", path], input=png, stdout=subprocess.DEVNULL, check=True)

    def key(self, *keys: str) -> None:
        """Types keys."""
        self.run("xdotool", "key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Types text."""
        self.run("xdotool", "type", "--clearmodifiers", "--delay", "15", "--", text)

    def close(self) -> None:
        """Ends the server."""
        self.server.terminate()
        self.server.wait()


def wait(what: str, holds: "object", pause: float = 0.1, limit: float = LIMIT) -> None:
    """Waits until `holds()` is true, `limit` seconds at most."""
    end = time.monotonic() + limit
    while not holds():  # type: ignore[operator]
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {limit:.0f} seconds")
        time.sleep(pause)
