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
from screen import Screen
from walk import Answers, erase_and_install, to_summary, wait_for_end

SHARE = pathlib.Path("/srv/test")
KEPT_STILL = {"Keyboard"}
"""Pages where the arrow keys choose at once."""
PICTURES = {
    "Welcome": "welcome", "Keyboard": "keyboard", "Time and Place": "place", "Disk": "disk",
    "Encryption": "encryption", "What Survives a Restart": "persistence", "System": "system", "You": "user",
    "Summary": "summary",
}
"""What the picture of each page is called."""

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
        person.whole_page(page)
        places = person.tour(arrows)
        told = "\n".join(f"{role}: {name!r}" for role, name in places)
        for words in ("Main Menu", page):
            check(f"{page}: the keyboard comes to “{words}”", any(words in name for _, name in places), told)
        unnamed = [role for role, name in places if not name and role not in ("scroll pane", "")]
        check(f"{page}: whatever has the keyboard has a name", not unnamed, told)
        missing = tree.nameless(app.pid)
        check(f"{page}: every control has a name", not missing, "\n".join(missing))

    def filled(page: str) -> None:
        picture(PICTURES[page])
        if page == "Summary":
            put("plan.json", output("snowmelt-cli plan --json /tmp/answers.toml"))

    answers = Answers("SNOW TESTDISK", "snow-random", user, passphrase, password)
    to_summary(person, answers, lambda page: arrive(page, page not in KEPT_STILL), filled)
    erase_and_install(person, picture)
    wait_for_end(person)
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
