"""Installs to a throwaway disk through the app's window and boots it twice, telling what is seen."""

import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
LAB = str(TOP / "build-aux" / "lab")
PASSPHRASE = "a passphrase for the disk"
PASSWORD = "a password for anna"
USER = "anna"
HOST = "snowdrop"

INSTALL = """
dbus-run-session -- python3 -B /srv/gui/show.py /srv/try/screenshots "$@"
status=$?
sudo -n cp ~/.local/state/snowmelt/*.log /srv/try/install.log
exit $status
"""
FIRST = """
set -e
findmnt -t btrfs,vfat -o TARGET,SOURCE,OPTIONS
echo 'This melts.' > /melts
echo 'This stays.' > /home/anna/stays
"""
SECOND = """
[ ! -e /melts ] && echo 'What was written on the root is gone.' || { echo 'The root was not rolled back.'; exit 1; }
[ -e /home/anna/stays ] && echo 'What was written at home is still there.' || { echo 'The home lost a file.'; exit 1; }
"""


def say(text: str) -> None:
    """A heading."""
    print(f"\n── {text}", flush=True)


def lab(*arguments: str | pathlib.Path) -> None:
    """One command of the lab; ends here when it fails."""
    ended = subprocess.run([LAB, *map(str, arguments)], stdin=subprocess.DEVNULL, check=False)
    if ended.returncode:
        raise SystemExit(f"\nThis did not work (status {ended.returncode}): build-aux/lab {arguments[0]} …")


def main() -> None:
    """Everything in its order."""
    cache = pathlib.Path(
        os.environ.get("SNOWMELT_CACHE")
        or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "snowmelt"
    )
    place = cache / "try"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    # The user in the guest is another one than ours.
    place.chmod(0o777)
    screenshots = place / "screenshots"
    screenshots.mkdir()
    screenshots.chmod(0o777)
    image = place / "disk.img"

    say("Setting up the lab (a few minutes the first time)")
    lab("setup")
    say("Building Snowmelt")
    lab("build")
    say("Installing to a throwaway disk, through the window, by key presses")
    lab("run", "--disk", f"16G,serial=THROWAWAY,vendor=SNOW,model=TESTDISK,image={image}",
        "--share", f"{TOP / 'tests/lab/gui/inside'}:/srv/gui", "--share", f"{place}:/srv/try",
        "--", "bash", "-c", INSTALL, "install", "SNOW TESTDISK", HOST, USER, PASSPHRASE, PASSWORD)
    say("Starting the installed disk; its passphrase is typed at the prompt")
    lab("boot", image, "--passphrase", PASSPHRASE, "--", "bash", "-c", FIRST)
    say("Starting it once more: the root goes back to the blank snapshot")
    lab("boot", image, "--passphrase", PASSPHRASE, "--", "bash", "-c", SECOND)
    image.unlink()
    say("Done")
    print(f"The pictures of every page are in {screenshots}, the installation's log is {place / 'install.log'}.")
    if os.environ.get("DISPLAY"):
        print("The app opens in a window, with two throwaway disks behind it; nothing of this machine is in its reach.")
        lab("window")
    elif os.environ.get("WAYLAND_DISPLAY"):
        print("To see the app in a window, start Xwayland, so that DISPLAY is set: build-aux/lab window")
    sys.exit(0)


main()
