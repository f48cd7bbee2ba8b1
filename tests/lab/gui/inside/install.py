"""Goes through the app as somebody does who has neither mouse nor screen, and installs.

    install.py USER
"""

import os
import pathlib
import subprocess
import sys

import tree
from person import Person
from report import check, failed
from screen import Screen, wait

SHARE = pathlib.Path("/srv/test")
INSTALLATION = 900.0
"""Seconds that an installation may take on a machine under load."""

ANSWERS = """version = 1
[disk]
device = "SNOW0001"
[system]
host-name = "snow-random"
time-zone = "Europe/Berlin"
xkb-layout = "us"
release = "26.05"
[user]
name = "{user}"
"""


def put(name: str, text: str) -> None:
    """Writes a file for the host; what is shared with it is root's there."""
    subprocess.run(["sudo", "-n", "tee", str(SHARE / name)], input=text.encode(), check=True,
                   stdout=subprocess.DEVNULL)


def output(command: str) -> str:
    """What a command says."""
    return subprocess.run(["bash", "-c", command], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def walk(screen: Screen, user: str) -> None:
    """From Welcome to Done."""
    passphrase = (SHARE / "passphrase").read_text()
    password = (SHARE / "password").read_text()
    pathlib.Path("/tmp/answers.toml").write_text(ANSWERS.format(user=user))
    app = screen.start("snowmelt")
    window = screen.window(app)
    person = Person(screen, app.pid)

    def picture(name: str) -> None:
        screen.picture(window, f"/srv/pictures/{name}.png")

    def arrive(page: str, arrows: bool = True) -> None:
        """Waits for a page, and goes once around it by keyboard."""
        person.page(page)
        places = person.tour(arrows)
        told = "\n".join(f"{role}: {name!r}" for role, name in places)
        for words in ("Main Menu", page):
            check(f"{page}: the keyboard comes to “{words}”", any(words in name for _, name in places), told)
        unnamed = [role for role, name in places if not name and role not in ("scroll pane", "")]
        check(f"{page}: whatever has the keyboard has a name", not unnamed, told)
        missing = tree.nameless(app.pid)
        check(f"{page}: every control has a name", not missing, "\n".join(missing))

    arrive("Welcome")
    picture("welcome")
    person.go_on()
    arrive("Keyboard", arrows=False)
    picture("keyboard")
    person.go_on()
    arrive("Time and Place")
    person.press("Time zone", ("list item", "button"))
    person.type("Berlin")
    # Once for what is found best, once for taking it.
    person.key("Return")
    person.key("Return")
    wait("the chosen time zone", lambda: tree.says(app.pid, "Berlin") and not tree.find(app.pid, "button", "Choose"))
    picture("place")
    person.go_on()
    arrive("Disk")
    person.press("SNOW TESTDISK")
    picture("disk")
    person.go_on()
    arrive("Encryption")
    person.write("Passphrase", passphrase)
    person.write("Repeat passphrase", passphrase)
    picture("encryption")
    person.go_on()
    arrive("What Survives a Restart")
    # The presets for desktops and servers keep /root, which the boots are asked about.
    person.press("Minimal", ("radio button",), choice=("Left",))
    picture("persistence")
    person.go_on()
    arrive("System")
    person.write("Host name", "snow-random")
    person.press("No desktop", ("radio button",))
    picture("system")
    person.go_on()
    arrive("You")
    person.write("User name", user)
    person.write("Password", password)
    person.write("Repeat password", password)
    picture("user")
    person.go_on()
    arrive("Summary")
    picture("summary")
    put("plan.json", output("snowmelt-cli plan --json /tmp/answers.toml"))
    person.press("Erase and Install…", ("button",))
    picture("confirm")
    person.press("I understand", ("check box",))
    person.press("Erase and Install", ("button",))
    ends = ("NixOS Is Installed", "Start Over")
    wait("the installation's end", lambda: any(tree.says(app.pid, end) for end in ends), limit=INSTALLATION)
    picture("done")
    check("Done offers to restart", tree.says(app.pid, "Restart Now"), tree.dump(app.pid))
    put("facts", output(
        "echo @mounts-left=$(grep -c ' /mnt' /proc/self/mountinfo || true);"
        "echo @mappings-left=$(find /sys/class/block -name 'dm-*' | wc -l);"
        "echo @swaps-left=$(($(wc -l < /proc/swaps) - 1))") + "\n")
    app.terminate()
    app.wait()


def main(user: str) -> None:
    screen = Screen()
    os.environ["DISPLAY"] = screen.environment["DISPLAY"]
    try:
        walk(screen, user)
    except TimeoutError as error:
        screen.picture("root", "/srv/pictures/timeout.png")
        check(str(error), False)
    finally:
        screen.close()
    sys.exit(1 if failed() else 0)


main(sys.argv[1])
