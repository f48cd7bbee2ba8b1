"""Goes through every page, takes pictures of it in each of its looks, and audits it.

    looks.py PICTURES [PART…]
"""

import os
import pathlib
import subprocess
import sys
import time
import traceback

from gi.repository import GLib

# The desktop's settings, in a file that the app watches; before anything reads one.
os.environ |= {"GSETTINGS_BACKEND": "keyfile", "XDG_CONFIG_HOME": "/tmp/looks-config"}

import journey  # noqa: E402
import wayland  # noqa: E402
from report import check, failed  # noqa: E402
from screen import Screen  # noqa: E402
from stage import Stage  # noqa: E402

PARTS = ("walk", "pseudo", "arabic", "wayland")


def main(pictures: str, parts: list[str]) -> None:
    """The parts that are asked for."""
    for part in parts or PARTS:
        began = time.monotonic()
        if part == "wayland":
            screen = wayland.WaylandScreen()
        else:
            screen = Screen(framebuffer=pathlib.Path("/tmp/looks-screen"), size="1280x3840")
        os.environ.update(screen.session)
        try:
            journey.PARTS[part](Stage(screen, pictures, part))
        except (TimeoutError, subprocess.CalledProcessError, GLib.Error) as error:
            check(f"{part} is gone through: {error}", False, traceback.format_exc())
        finally:
            screen.close()
        print(f"# {part}: {time.monotonic() - began:.0f} s", flush=True)
    sys.exit(1 if failed() else 0)


main(sys.argv[1], sys.argv[2:])
