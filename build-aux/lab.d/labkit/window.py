"""The app in a window on this machine's own display, in a live guest with disks of the lab.

An installation in it is a real one, onto those disks. Nothing of this machine but its display is in reach.
"""

from . import disks
from .guest import Guest, Options

DISKS = ("20G,serial=THROWAWAY,vendor=SNOW,model=TESTDISK", "64G,serial=ANOTHER,vendor=SNOW,model=LARGEDISK")
"""What there is to install to, unless told."""

_START = """
sudo -n /usr/bin/python3 -I -S /usr/lib/lab/display.py /dev/ttyS2 </dev/null >/tmp/display.log 2>&1 &
until [ -S /tmp/.X11-unix/X0 ]; do sleep 0.1; done
base64 -d /lab/cookies > ~/.Xauthority
export DISPLAY=:0 GDK_BACKEND=x11 GSK_RENDERER=cairo
exec dbus-run-session -- "$@"
"""


def show(options: Options, argv: list[str]) -> int:
    """Runs `argv`, by default the app, until it is closed; its exit status."""
    options.display = True
    if not options.disks:
        options.disks = [disks.parse(text, number) for number, text in enumerate(DISKS)]
    with Guest(options) as live:
        return live.run(["bash", "-c", _START, "window", *(argv or ["snowmelt"])])
