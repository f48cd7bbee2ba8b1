"""A Wayland compositor without a screen: its keys by wtype, its pictures by grim."""

import os
import pathlib
import re
import subprocess

from screen import wait

CONFIG = "xwayland disable\noutput HEADLESS-1 resolution 1280x800\ndefault_border none\n"
SETTLE = ("-s", "150")
"""Milliseconds that a program has to take in the keyboard that wtype makes each time; without them the
first keys are lost."""
MODIFIERS = {"alt": "alt", "ctrl": "ctrl", "shift": "shift"}


class WaylandScreen:
    """sway with one program on it, which fills it."""

    framebuffer = None

    def __init__(self) -> None:
        self.place = pathlib.Path("/tmp/looks-wayland")
        self.place.mkdir(mode=0o700, exist_ok=True)
        (self.place / "config").write_text(CONFIG)
        self.environment = {
            **{key: value for key, value in os.environ.items() if key != "DISPLAY"},
            "XDG_RUNTIME_DIR": str(self.place), "WLR_BACKENDS": "headless", "WLR_RENDERER": "pixman",
            "WLR_LIBINPUT_NO_DEVICES": "1",
        }
        self.server = subprocess.Popen(["sway", "--config", str(self.place / "config")], env=self.environment,
                                       stdout=subprocess.DEVNULL, stderr=(self.place / "log").open("w"))
        wait("the compositor", lambda: bool(self._socket()))
        self.session = {"XDG_RUNTIME_DIR": str(self.place), "WAYLAND_DISPLAY": self._socket()}
        self.environment |= self.session

    def _socket(self) -> str:
        return next((path.name for path in self.place.glob("wayland-*") if path.suffix != ".lock"), "")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command on the display."""
        return subprocess.run(command, env=self.environment, text=True, capture_output=True, check=False)

    def start(self, program: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Starts a program on the display; it draws without a graphics card."""
        settings = {"GDK_BACKEND": "wayland", "GSK_RENDERER": "cairo", "ADW_DISABLE_PORTAL": "1",
                    "GTK_A11Y": "atspi", **environment}
        return subprocess.Popen([program], env={**self.environment, **settings})

    def window(self, process: "subprocess.Popen[bytes]") -> str:
        """Nothing names a window here; waits until the compositor shows one."""
        shown = re.compile(rf'"pid":\s*{process.pid}\b')
        wait("the window", lambda: shown.search(self.run("swaymsg", "-s", self._ipc(), "-t", "get_tree").stdout))
        return ""

    def _ipc(self) -> str:
        return str(next(iter(self.place.glob("sway-ipc.*")), ""))

    def picture(self, _window: str, path: str) -> None:
        """Takes a picture of the whole screen once it has stopped changing."""
        before = b""

        def still() -> bool:
            nonlocal before
            now = subprocess.run(["grim", "-t", "ppm", "-"], env=self.environment, capture_output=True, check=True).stdout
            same, before = now == before, now
            return same

        wait(f"a still picture for {path}", still, pause=0.3)
        png = subprocess.run(["convert", "ppm:-", "-strip", "png:-"], input=before, capture_output=True, check=True).stdout
        subprocess.run(["sudo", "-n", "tee", path], input=png, stdout=subprocess.DEVNULL, check=True)

    def key(self, *keys: str) -> None:
        """Types keys."""
        for key in keys:
            *modifiers, last = key.split("+")
            down = [word for each in modifiers for word in ("-M", MODIFIERS[each])]
            up = [word for each in modifiers for word in ("-m", MODIFIERS[each])]
            self.run("wtype", *SETTLE, *down, "-k", last, *up)

    def type(self, text: str) -> None:
        """Types text."""
        self.run("wtype", *SETTLE, "-d", "30", text)

    def close(self) -> None:
        """Ends the compositor."""
        self.server.terminate()
        self.server.wait()
