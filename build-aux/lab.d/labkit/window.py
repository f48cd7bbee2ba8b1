"""The app in a window on this machine's own display.

It runs from the live tree. Its disks are made up, by the mock of UDisks2 on a system bus of its own, so
that nothing of this machine is in reach.
"""

import os
from pathlib import Path

from . import paths, product, store, trees
from .errors import LabError
from .namespace import Namespace

_PASSED_ON = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "LANG")
"""What a program needs to find the person's display and session."""


def show(argv: list[str]) -> int:
    """Runs `argv`, by default the app, until it is closed; its exit status."""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        raise LabError("there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set.")
    layers = [product.staged(), trees.live()]
    namespace = Namespace()
    held = [store.hold(layer) for layer in layers]
    namespace.overlay(layers, "tree")
    # Before the checkout, which may be below it.
    namespace.tmpfs("tree/tmp")
    namespace.bind(paths.REPO, f"tree{paths.REPO}")
    namespace.proc("tree/proc")
    namespace.bind("/dev", "tree/dev", read_only=False)
    namespace.bind("/sys", "tree/sys")
    environment = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
    places = ["/tmp/.X11-unix", environment.get("XDG_RUNTIME_DIR"), environment.get("XAUTHORITY")]
    for place in places:
        if place and Path(place).exists():
            namespace.bind(place, f"tree{place}", read_only=False)
    environment |= {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root", "GSK_RENDERER": "cairo"}
    for fd in held:
        namespace.keep(fd)
    try:
        machine = ["python3", "-B", str(paths.REPO / "tests/mock/machine.py"), "2", "3"]
        with namespace.start([*machine, *(argv or ["snowmelt"])], root="tree", env=environment) as running:
            return running.wait()
    finally:
        for fd in held:
            os.close(fd)
