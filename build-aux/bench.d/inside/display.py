"""An X server of its own, and what happens on it: which windows come, and when they are drawn."""

import ctypes
import os
import select
import signal
import subprocess
import time

NAME = ":8"
LIMIT = 60.0
"""Seconds that anything may take that takes a few at most, for a machine under load."""

# Of X.h and damagewire.h.
_SUBSTRUCTURE_NOTIFY = 1 << 19
_CREATE, _MAP = 16, 19
_RAW_RECTANGLES = 0
_WIDE = 200
"""Pixels from which a window is one for people. The toolkit has tiny ones of its own."""


class _WindowEvent(ctypes.Structure):
    """XCreateWindowEvent and XMapEvent, as far as they are the same."""

    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p), ("parent", ctypes.c_ulong), ("window", ctypes.c_ulong)]


class _DamageEvent(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p), ("drawable", ctypes.c_ulong), ("damage", ctypes.c_ulong),
                ("level", ctypes.c_int), ("more", ctypes.c_int), ("timestamp", ctypes.c_ulong),
                ("x", ctypes.c_short), ("y", ctypes.c_short),
                ("width", ctypes.c_ushort), ("height", ctypes.c_ushort)]


class _Event(ctypes.Union):
    _fields_ = [("type", ctypes.c_int), ("window", _WindowEvent), ("damage", _DamageEvent),
                ("pad", ctypes.c_long * 24)]


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
def _pass_over(_display: object, _error: object) -> int:
    """Windows may be gone before they are asked about."""
    return 0


class Display:
    """An X server with one program on it at a time."""

    def __init__(self) -> None:
        self.server = subprocess.Popen(
            ["Xvfb", NAME, "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._x = ctypes.CDLL("libX11.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._damages = ctypes.CDLL("libXdamage.so.1")
        self._damages.XDamageCreate.restype = ctypes.c_ulong
        self._connection = self._open()
        self._x.XSetErrorHandler(_pass_over)
        base, errors = ctypes.c_int(), ctypes.c_int()
        if not self._damages.XDamageQueryExtension(self._connection, ctypes.byref(base), ctypes.byref(errors)):
            raise RuntimeError("the X server can’t tell when something is drawn")
        self._damage_notify = base.value
        root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._connection))
        self._x.XSelectInput(self._connection, root, ctypes.c_long(_SUBSTRUCTURE_NOTIFY))
        self._x.XFlush(self._connection)

    def _open(self) -> ctypes.c_void_p:
        end = time.monotonic() + LIMIT
        while not (connection := self._x.XOpenDisplay(NAME.encode())):
            if time.monotonic() > end:
                raise TimeoutError("the X server does not answer")
            time.sleep(0.05)
        return ctypes.c_void_p(connection)

    def start(self, *command: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Starts a program on the display; it draws without a graphics card."""
        self._forget()
        settings = {"DISPLAY": NAME, "GDK_BACKEND": "x11", "GSK_RENDERER": "cairo", "ADW_DISABLE_PORTAL": "1",
                    "GTK_A11Y": "atspi", **environment}
        return subprocess.Popen(command, env={**os.environ, **settings}, stdout=subprocess.DEVNULL)

    def _forget(self) -> None:
        event = _Event()
        self._x.XSync(self._connection, 0)
        while self._x.XPending(self._connection):
            self._x.XNextEvent(self._connection, ctypes.byref(event))

    def wait_until_drawn(self) -> None:
        """Waits until a window for people is seen and the first picture is in it."""
        seen: set[int] = set()
        end = time.monotonic() + LIMIT
        event = _Event()
        descriptor = self._x.XConnectionNumber(self._connection)
        while True:
            if not self._x.XPending(self._connection):
                if not select.select([descriptor], [], [], end - time.monotonic())[0]:
                    raise TimeoutError("no window was drawn")
                continue
            self._x.XNextEvent(self._connection, ctypes.byref(event))
            if event.type == _CREATE:
                window = ctypes.c_ulong(event.window.window)
                self._damages.XDamageCreate(self._connection, window, _RAW_RECTANGLES)
                self._x.XFlush(self._connection)
            elif event.type == _MAP:
                seen.add(event.window.window)
            elif event.type == self._damage_notify:
                drawn = event.damage
                if drawn.drawable in seen and drawn.width > _WIDE:
                    return

    def close(self) -> None:
        """Ends the server."""
        self._x.XCloseDisplay(self._connection)
        self.server.terminate()
        self.server.wait()


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ends a program."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def peak(process_id: int) -> float | None:
    """The most memory that a process has had so far, in MiB (VmHWM of proc_pid_status(5)); nothing
    when it has ended."""
    try:
        with open(f"/proc/{process_id}/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None
