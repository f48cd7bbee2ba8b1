"""The ways through the app that are looked at: with every look, in other languages, under Wayland."""

import gettext
import re
import subprocess

import tree
from desk import Gate
from screen import wait
from stage import NARROW, WIDE, Stage

PREPARE = r"""
[ ! -e /run/looks-prepared ] || exit 0
lab-disk plug stick; stick=$(lab-disk wait stick)
printf 'label: dos\n,,c,*\n' | sfdisk -q "$stick"; udevadm settle
mkfs.vfat -n LIVE "${stick}1" >/dev/null; mkdir -p /iso; mount "${stick}1" /iso
lab-disk plug used; used=$(lab-disk wait used)
printf 'label: gpt\n,\n' | sfdisk -q "$used"; udevadm settle
mkfs.ext4 -q -L backup "${used}1"; mkdir -p /media/backup; mount "${used}1" /media/backup
lab-disk plug shop; shop=$(lab-disk wait shop)
printf 'label: gpt\nsize=300M,type=U\nsize=5G\nsize=6G\n' | sfdisk -q "$shop"; udevadm settle
mkfs.vfat -n SYSTEM "${shop}1" >/dev/null
mkfs.ntfs -q -f -L Windows "${shop}2" >/dev/null
mkfs.ext4 -q -L photos "${shop}3"
udevadm settle
# The product's folders can't be written to.
mkdir -p /run/looks/upper/xa/LC_MESSAGES /run/looks/work
cp /srv/probe/xa.mo /run/looks/upper/xa/LC_MESSAGES/snowmelt.mo
mount -t overlay -o lowerdir=/usr/share/locale,upperdir=/run/looks/upper,workdir=/run/looks/work locale /usr/share/locale
touch /run/looks-prepared
"""

FAILS_ONCE = """
if mkdir /run/looks-failed 2>/dev/null; then
  echo 'installing the boot loader...' >&2
  echo 'Failed to write the boot loader to /boot: No space left on device' >&2
  exit 1
fi
"""
"""Before the real nixos-install."""

TITLES = ("Welcome", "Keyboard", "Time and Place", "Disk", "Encryption", "What Survives a Restart", "System", "You",
          "Summary")
PASSPHRASE = "correct horse battery staple"
PASSWORD = "a quiet winter morning"

NAMES = re.compile(
    r"Acme Rocket 500|Norwind Vault|Memo Stick|sd[a-z]\d?\b|Anna Meyer|\banna\b|\bsnow\b|Windows|Linux|photos|SYSTEM|LIVE"
    r"|backup|BOOT|/[\w./-]+|\b(?:GiB|MiB|KiB|GB|MB|TiB|USB|SCSI|SATA|NVMe|GPT|MBR|ext4)\b"
    r"|\w+\.nix\b|\b(?:root|home|nix|persist|log)\b|“enc”|“data on \w+”|flake\.lock|nixos-rebuild switch"
    r"|English \((?:US|United States)\)|Thursday|\b[AP]M\b")
"""What is nobody's to translate, or has the translations of another package or of the chosen formats:
disks, people, paths, units, kinds of bus and table, layouts, languages, days."""


def root(*command: str) -> None:
    """Runs a command as root."""
    subprocess.run(["sudo", "-n", *command], check=True, stdout=subprocess.DEVNULL)


class Walk:
    """One way through the pages."""

    def __init__(self, stage: Stage, language: str = "") -> None:
        self.stage = stage
        translation = gettext.translation("snowmelt", "/usr/share/locale", languages=[language], fallback=not language)
        self.t = translation.gettext

    def arrive(self, title: str) -> None:
        """Waits for a page."""
        self.stage.person.page(self.t(title))

    def on(self, title: str) -> None:
        """Goes on to a page."""
        self.stage.person.go_on_to(self.t(title))
        self.arrive(title)

    def place(self) -> None:
        """Chooses Berlin's time."""
        self.stage.person.press(self.t("Time zone"), ("list item", "button"))
        self.stage.person.listen(0.8)

    def berlin(self) -> None:
        """Picks it in the list."""
        self.stage.screen.type("Berlin")
        self.stage.person.listen(0.8)
        self.stage.person.key("Return")
        self.stage.person.key("Return")
        wait("the chosen time zone", lambda: tree.says(self.stage.app.pid, "Berlin"))
        self.stage.person.listen(0.5)

    def disk(self) -> None:
        """Chooses the large disk."""
        def chosen() -> bool:
            self.stage.person.press("Acme Rocket")
            self.stage.person.listen(2)
            return bool(tree.says(self.stage.app.pid, self.t("What Would Be Erased")))

        wait("the choice", chosen)
        self.stage.person.listen(0.5)

    def passphrase(self, second: str = PASSPHRASE) -> None:
        """Types the passphrase."""
        self.stage.write(self.t("Passphrase"), PASSPHRASE)
        self.stage.write(self.t("Repeat passphrase"), second)

    def user(self) -> None:
        """Says who it is for."""
        self.stage.write(self.t("Full name"), "Anna Meyer")
        self.stage.write(self.t("User name"), "anna")
        self.stage.write(self.t("Password"), PASSWORD)
        self.stage.write(self.t("Repeat password"), PASSWORD)


def walk(stage: Stage) -> None:
    """Every page in its states, in every look."""
    stage.start()
    way = Walk(stage)
    person = stage.person
    way.arrive("Welcome")
    stage.looks("welcome")
    stage.round("welcome")
    for name, keys in (("accessibility", "ctrl+shift+a"), ("shortcuts", "F1"), ("menu", "F10")):
        person.key(keys)
        person.listen(0.8)
        if name == "menu":
            stage.save(name, stage.still())
        else:
            stage.looks(name, few=True)
        person.key("Escape")
        person.listen(0.5)
    way.on("Keyboard")
    person.listen(1)
    stage.looks("keyboard")
    stage.round("keyboard")
    way.on("Time and Place")
    stage.looks("place-empty", few=True)
    way.place()
    stage.looks("place-zones", few=True)
    way.berlin()
    stage.looks("place")
    stage.round("place")
    way.on("Disk")
    wait("the empty page", lambda: tree.says(stage.app.pid, "No Disks"))
    stage.looks("disk-none", few=True)
    root("bash", "-euc", PREPARE)
    stage.node("Acme Rocket", ("radio button",))
    person.listen(0.5)
    stage.looks("disk-some", few=True)
    way.disk()
    stage.looks("disk")
    stage.round("disk")
    way.on("Encryption")
    stage.looks("encryption-empty", few=True)
    stage.spoken.clear()
    way.passphrase(second="correct")
    stage.unfold("Advanced", until="Volume name")
    stage.write("Volume name", "a/b")
    stage.heard("encryption-error")
    stage.looks("encryption-error", few=True)
    stage.write("Volume name", "enc")
    way.passphrase()
    person.listen(0.8)
    stage.looks("encryption")
    stage.round("encryption")
    way.on("What Survives a Restart")
    person.listen(2)
    stage.looks("persistence")
    stage.round("persistence")
    stage.spoken.clear()
    stage.write("Another directory", "/nix/mine")
    stage.heard("persistence-error")
    stage.looks("persistence-error", few=True)
    stage.write("Another directory", "")
    way.on("System")
    stage.spoken.clear()
    stage.write("Host name", "-snow-")
    stage.heard("system-error")
    stage.looks("system-error", few=True)
    stage.write("Host name", "snow")
    stage.looks("system")
    stage.round("system")
    way.on("You")
    stage.looks("you-empty", few=True)
    stage.spoken.clear()
    stage.write("User name", "Anna Meyer")
    stage.write("Password", "snow")
    stage.write("Repeat password", "now")
    # A field is judged when it is left.
    person.key("shift+Tab")
    person.key("shift+Tab")
    stage.heard("you-error")
    stage.looks("you-error", few=True)
    way.user()
    person.listen(0.8)
    stage.looks("you")
    stage.round("you")
    way.on("Summary")
    person.listen(1)
    stage.looks("summary")
    stage.round("summary")
    person.key("alt+Right")
    stage.node("I understand", ("check box",))
    person.listen(0.5)
    stage.looks("confirm", few=True)
    install(stage)
    stage.end()


def install(stage: Stage) -> None:
    """The pages of the installation: how it goes on, how it fails, how it ends."""
    stage.person.press("I understand", ("check box",))
    stage.person.press("Erase and Install", ("button",))
    with Gate("nixos-install", FAILS_ONCE) as gate:
        gate.reached()
        stage.person.listen(2)
        stage.looks("progress")
        stage.round("progress")
        gate.open()
        ended(stage)


def ended(stage: Stage) -> None:
    """The failure, and the end after another try."""
    wait("the failure", lambda: tree.says(stage.app.pid, "Start Over"), limit=120)
    stage.person.listen(1)
    stage.looks("failed")
    stage.round("failed")
    stage.person.press("Retry This Step", ("button",))
    wait("the end", lambda: tree.says(stage.app.pid, "Restart Now"), limit=300, pause=1)
    stage.person.listen(1)
    stage.looks("done")
    stage.round("done")


def other(stage: Stage, language: str, each: "object") -> None:
    """All pages in another language; `each` is called with the name of each."""
    root("bash", "-euc", PREPARE)
    stage.start(LC_ALL="", LANG="en_US.UTF-8", LANGUAGE=language)
    way = Walk(stage, language)
    for number, title in enumerate(TITLES):
        if number:
            way.on(title)
        else:
            way.arrive(title)
        stage.person.listen(1.5 if title == "What Survives a Restart" else 0.5)
        match title:
            case "Disk":
                stage.node("Acme Rocket", ("radio button",))
                way.disk()
            case "Encryption":
                way.passphrase()
            case "System":
                stage.write(way.t("Host name"), "snow")
            case "You":
                way.user()
        stage.person.listen(0.5)
        each(title.split()[-1].lower())  # type: ignore[operator]
    stage.end()


def pseudo(stage: Stage) -> None:
    """Nothing escapes translation, and a third more text has room."""
    def each(name: str) -> None:
        stage.whole(WIDE)
        stage.save(f"{name}", stage.still())
        stage.foreign(name, NAMES)
        stage.room(f"pseudo {name}", "a third longer")
        stage.whole(NARROW, 640)
        stage.save(f"{name}-narrow", stage.still())
        stage.room(f"pseudo {name}", "a third longer, 360 pixels wide")

    other(stage, "xa", each)


def arabic(stage: Stage) -> None:
    """From right to left."""
    def each(name: str) -> None:
        stage.whole(WIDE)
        stage.save(f"{name}", stage.still())
        stage.room(f"arabic {name}", "from right to left")
        stage.whole(NARROW, 640)
        stage.save(f"{name}-narrow", stage.still())
        stage.room(f"arabic {name}", "from right to left, 360 pixels wide")

    other(stage, "ar", each)


def wayland(stage: Stage) -> None:
    """The same way with keys and pictures of a Wayland compositor."""
    def each(name: str) -> None:
        stage.screen.picture("", f"{stage.pictures}/wayland-{name}.png")
        stage.names(f"wayland {name}")
        stage.room(f"wayland {name}", "under Wayland")

    other(stage, "", each)


PARTS = {"walk": walk, "pseudo": pseudo, "arabic": arabic, "wayland": wayland}
