"""The app's window with real disks: what it shows, by picture and to a screen reader.

    main.py PICTURES
"""

import os
import subprocess
import sys

import tree
from report import check, failed
from screen import Screen, wait

PREPARE = r"""
disk() { lab-disk wait "$1"; }
shop=$(disk shop)
printf 'label: gpt\nsize=300M,type=U\nsize=900M\nsize=900M\n' | sfdisk -q "$shop"; udevadm settle
mkfs.vfat -n SYSTEM "${shop}1" >/dev/null
mkfs.ntfs -q -f -L Windows "${shop}2" >/dev/null
mkfs.ext4 -q -L photos "${shop}3"
used=$(disk used)
printf 'label: gpt\n,\n' | sfdisk -q "$used"; udevadm settle
mkfs.ext4 -q -L backup "${used}1"; mkdir -p /media/backup; mount "${used}1" /media/backup
stick=$(disk stick)
printf 'label: dos\n,,c,*\n' | sfdisk -q "$stick"; udevadm settle
mkfs.vfat -n LIVE "${stick}1" >/dev/null; mkdir -p /iso; mount "${stick}1" /iso
udevadm settle
"""

def root(*command: str) -> None:
    """Runs a command as root."""
    subprocess.run(["sudo", "-n", *command], check=True, stdout=subprocess.DEVNULL)


def names(process: int, page: str) -> None:
    """Checks that every control of a page has a name."""
    missing = tree.nameless(process)
    check(f"every control has a name, {page}", not missing, "\n".join([*missing, tree.dump(process)]))


def reach(screen: Screen, process: int, words: str) -> None:
    """Goes by keyboard to what has these words in its name."""
    def there() -> bool:
        if words in tree.focused(process):
            return True
        screen.key("Tab")
        return False

    wait(f"the way to “{words}” by keyboard", there, pause=0.4)


def to_disks(screen: Screen, process: int) -> None:
    """Goes on by keyboard from the first page to the one with the disks."""
    for title in ("Keyboard", "Time and Place", "Disk"):
        screen.key("alt+Right")
        wait(f"the page “{title}”", lambda: tree.is_page(process, title))


def is_chosen(process: int) -> bool:
    """Whether the disk that is to be chosen is."""
    button = tree.find(process, "radio button", "Acme Rocket")
    return button is not None and tree.is_on(button)


def light(screen: Screen, pictures: str) -> None:
    """The list, a choice by keyboard, a disk plugged and pulled, a narrow window."""
    app = screen.start("snowmelt")
    window = screen.window(app)
    to_disks(screen, app.pid)
    wait("the disks", lambda: tree.find(app.pid, "radio button", "Acme Rocket"))
    screen.picture(window, f"{pictures}/light.png")
    names(app.pid, "disks")
    for words, usable in [("Acme Rocket", True), ("Norwind Vault", False), ("Memo Stick", False)]:
        button = tree.find(app.pid, "radio button", words)
        check(f"“{words}” can {'' if usable else 'not '}be chosen",
              button is not None and tree.can_be_used(button) == usable, tree.dump(app.pid))
    for words in ("mounted at /media/backup", "holds the live system"):
        check(f"the reason is told: {words}", tree.says(app.pid, words), tree.dump(app.pid))

    reach(screen, app.pid, "Acme Rocket")
    screen.key("space")
    wait("a choice by keyboard", lambda: is_chosen(app.pid))
    wait("what is on the disk", lambda: tree.says(app.pid, "photos"))
    check("what would be erased is named", tree.says(app.pid, "Windows"), tree.dump(app.pid))
    names(app.pid, "disk chosen")
    screen.picture(window, f"{pictures}/chosen.png")

    root("lab-disk", "plug", "late")
    wait("the plugged disk", lambda: tree.find(app.pid, "radio button", "Swift Card"))
    check("a disk that is plugged in leaves the choice alone", is_chosen(app.pid), tree.dump(app.pid))
    screen.picture(window, f"{pictures}/plugged.png")
    root("lab-disk", "pull", "late")
    wait("the pulled disk's end", lambda: not tree.find(app.pid, "radio button", "Swift Card"))
    check("a disk comes and goes", True)

    screen.run("xdotool", "windowsize", "--sync", window, "360", "640")
    screen.picture(window, f"{pictures}/narrow.png")
    size = screen.run("xdotool", "getwindowgeometry", window).stdout
    check("the window fits in 360 pixels", "360x640" in size, size)

    root("lab-disk", "pull", "shop")
    wait("the chosen disk's end", lambda: not tree.says(app.pid, "photos"))
    check("a chosen disk that is pulled is chosen no longer", not tree.says(app.pid, "What Would Be Erased"),
          tree.dump(app.pid))
    app.terminate()
    app.wait()
    root("lab-disk", "plug", "shop")
    root("lab-disk", "wait", "shop")


def dark(screen: Screen, pictures: str) -> None:
    """The same in dark."""
    app = screen.start("snowmelt", ADW_DEBUG_COLOR_SCHEME="prefer-dark")
    window = screen.window(app)
    to_disks(screen, app.pid)
    wait("the disks", lambda: tree.find(app.pid, "radio button", "Acme Rocket"))
    screen.picture(window, f"{pictures}/dark.png")
    app.terminate()
    app.wait()


def empty(screen: Screen, pictures: str) -> None:
    """No disk, then one."""
    root("umount", "/media/backup", "/iso")
    for disk in ("shop", "used", "stick", "blank"):
        root("lab-disk", "pull", disk)
    app = screen.start("snowmelt")
    window = screen.window(app)
    to_disks(screen, app.pid)
    wait("the empty page", lambda: tree.says(app.pid, "No Disks"))
    names(app.pid, "no disks")
    screen.picture(window, f"{pictures}/empty.png")
    root("lab-disk", "plug", "blank")
    wait("the first disk", lambda: tree.find(app.pid, "radio button", "Blank"))
    check("the first disk takes the empty page away", not tree.says(app.pid, "No Disks"), tree.dump(app.pid))
    app.terminate()
    app.wait()


def failure(screen: Screen, pictures: str) -> None:
    """No UDisks2, then again."""
    root("systemctl", "mask", "--runtime", "--now", "udisks2.service")
    app = screen.start("snowmelt")
    window = screen.window(app)
    to_disks(screen, app.pid)
    wait("the error page", lambda: tree.find(app.pid, "button", "Try Again")
         or tree.find(app.pid, "push button", "Try Again"))
    names(app.pid, "no service")
    check("a missing service is named", tree.says(app.pid, "can’t be reached"), tree.dump(app.pid))
    screen.picture(window, f"{pictures}/failure.png")
    root("systemctl", "unmask", "--runtime", "udisks2.service")
    reach(screen, app.pid, "Try Again")
    screen.key("Return")
    wait("the disks after another try", lambda: tree.find(app.pid, "radio button", "Blank"))
    check("another try by keyboard finds the service", True)
    app.terminate()
    app.wait()


def main(pictures: str) -> None:
    """Goes through every state of the window."""
    root("bash", "-euc", PREPARE)
    screen = Screen()
    os.environ["DISPLAY"] = screen.environment["DISPLAY"]
    try:
        for state in (light, dark, empty, failure):
            state(screen, pictures)
    except TimeoutError as error:
        screen.picture("root", f"{pictures}/timeout.png")
        check(str(error), False)
    finally:
        screen.close()
    sys.exit(1 if failed() else 0)


main(sys.argv[1])
