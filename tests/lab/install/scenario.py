"""One installation and the boots after it."""

import json
import pathlib
import re
import shutil

import harness
from harness import check, same

INSIDE = pathlib.Path(__file__).resolve().parent / "inside"
DISK_SIZE = "12G"
SERIAL = "SNOW0001"
GIB = 1 << 30
PASSPHRASE = "correct horse äpfel $HOME"
PASSWORD = "battery staple \"'${x}"
USER = "anna"
# The notice about what `inside/fill` makes: program, the number of one that it replaces, title, text, actions.
SHOWN = ("Snowmelt|0|Something new would not survive a restart|"
         "/var/lib/newapp — “sudo snowmelt-audit” says what would keep it.|0/")

# Partition types: UEFI specification and Discoverable Partitions Specification.
TYPES = {
    "esp": "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
    "plain": "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F",
    "random": "7FFEC5C9-2D00-49B7-8941-3EA10A5586B7",
    "volume": "0FC63DAF-8483-4772-8E79-3D69D8477DE4",
    "filesystem": "0FC63DAF-8483-4772-8E79-3D69D8477DE4",
}

# What the first scenario asks for beyond the defaults, so that it is seen to matter.
KEPT = "/var/lib/kept by me|/var/lib/machines images|/var/lib/docker|/var/lib/private|"
EXTRA = """
[filesystem]
compression-level = 5

[[filesystem.subvolumes]]
name = "vm images"
mountpoint = "/var/lib/machines images"

[persist]
with = ["docker", "private"]
without = ["sudo"]
directories = ["/var/lib/kept by me"]
"""


# Roots other than the usual one, each with what else is not usual beside it. The lab's machine has
# 2 GiB of memory, which is what the swap file must hold.
FORMS = {
    "memory": """[swap]
kind = "none"
zram = true

[root]
kind = "tmpfs"
size = "700 MiB"

[persist]
directories = ["/var/lib/kept by me"]
files = ["/etc/kept by me"]
module = "preservation"
""",
    "kept": """[swap]
kind = "file"

[root]
kind = "keep"
keep-once = false
""",
    "once": """[swap]
kind = "none"

[root]
keep-count = 2
home = true

[persist]
home = ["Documents", ".ssh"]
""",
    "own": """[swap]
kind = "none"
""",
    "channels": """[swap]
kind = "none"

[persist]
wifi = true
""",
}

# The entry of the boot menu that leaves the rollback out.
KEEP_ENTRY = "nixos-generation-1-specialisation-keep-root-once-uml"
# What `look` finds of what `fill` wrote on the root, where it is all still there.
ALL_STILL_THERE = " /melts /etc/melts /root/melts /srv/melts /var/lib/nested"

# Without encryption all else is asked for too that the others leave out. The lab has no desktop to
# start; that all of it evaluates is what counts.
UNENCRYPTED = f"""version = 1

[disk]
device = "{SERIAL}"

[swap]
kind = "random"
size = "1 GiB"

[encryption]
enabled = false

[system]
host-name = "snow-unencrypted"
time-zone = "Europe/Berlin"
locale = "en_US.UTF-8"
formats = "de_DE.UTF-8"
xkb-layout = "de"
xkb-variant = "nodeadkeys"
desktop = "xfce"
unfree = true
ssh = true
printing = true
bluetooth = true
flatpak = true
firmware-updates = true
release = "26.05"

[user]
name = "{USER}"
administrator = false
automatic-login = true
"""


# The key of the Wi-Fi network that inside/wifi lets the live session know.
NETWORK_KEY = "tasse kaffee"

# A flake of the person's, which inside/own-flake makes.
OWN = """
[configuration]
kind = "own-flake"
flake = "/home/live/own"
host = "snow-own"
facts = "hosts/own/disk.nix"
"""


def answers(kind: str) -> str:
    """The answers file of a scenario. The key derivation is cheap, for the lab."""
    if kind == "unencrypted":
        return UNENCRYPTED
    configuration = {"own": OWN, "channels": '\n[configuration]\nkind = "channels"\n'}.get(kind, "")
    size = "" if kind == "none" else 'size = "1 GiB"'
    extra = EXTRA if kind == "none" else ""
    swap = FORMS.get(kind, f'[swap]\nkind = "{kind}"\n{size}\n')
    return f"""version = 1

[disk]
device = "{SERIAL}"

{swap}
[encryption]
volume-name = "{"enc" if kind == "none" else "melt-" + kind}"

[encryption.pbkdf]
kind = "pbkdf2"
iterations = 1000
{extra}
[system]
host-name = "snow-{kind}"
time-zone = "Europe/Berlin"
locale = "de_DE.UTF-8"
keymap = "us"
release = "26.05"

[user]
name = "{USER}"
full-name = "Anna ${{quote}} \\"Meyer\\""
administrator = true
{configuration}"""


def pairs(text: str) -> dict[str, str]:
    """The `key=value` lines that a script inside printed."""
    found = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals and key.startswith("@"):
            found[key.removeprefix("@")] = value
    return found


class Scenario:
    """One kind of swap, from the blank disk on; or everything without encryption."""

    def __init__(self, kind: str, folder: pathlib.Path) -> None:
        self.host = f"snow-{kind}"
        self.encrypted = kind != "unencrypted"
        self.own = kind == "own"
        self.channels = kind == "channels"
        self.form = kind if kind in FORMS else ""
        self.label = f"swap {kind}" if self.encrypted and not self.form else kind
        self.answers = answers(kind)
        self.kind = {"": kind, "kept": "file"}.get(self.form, "none") if self.encrypted else "random"
        self.passphrase = PASSPHRASE if self.encrypted else ""
        self.extra = kind == "none"
        # The mounts that what is persisted beyond the preset has in the installed system.
        self.kept = KEPT if self.extra else "/var/lib/kept by me|" if self.form == "memory" else ""
        self.folder = folder
        self.image = folder / "disk.img"
        self.plan: dict = {}
        # The flake's last commit, where it is the person's own.
        self.history = ""

    def run(self) -> None:
        """Goes through it. What can't go on after a failure stops there."""
        if not self.install():
            return
        self.look_at_the_disk()
        first = self.boot("first", "fill")
        if first is None:
            return
        later = {number: self.boot(number, "look") for number in ("second", "third")[: 2 if self.encrypted else 1]}
        if self.form == "once":
            later["fourth"] = self.boot("fourth", "look", "count")
        self.compare(first, {number: facts for number, facts in later.items() if facts is not None})

    def name(self, what: str) -> str:
        """The name of a check."""
        return f"{self.label}: {what}"

    def install(self) -> bool:
        """Installs as an ordinary user, and looks at what is left in the live system."""
        share = self.folder / "share"
        share.mkdir()
        # The user in the guest is another one than ours.
        share.chmod(0o777)
        (share / "answers.toml").write_text(self.answers)
        if self.encrypted:
            (share / "passphrase").write_text(PASSPHRASE + "\n")
        (share / "password").write_text(PASSWORD + "\n")
        (share / "run").write_text((INSIDE / "install").read_text())
        (share / "run").chmod(0o755)
        before = {"own": "own-flake", "channels": "wifi"}.get(self.form)
        if before:
            (share / "before").write_text((INSIDE / before).read_text())
            (share / "before").chmod(0o755)
        if self.own:
            (share / "audit-module.nix").write_text((harness.TOP / "build-aux/nix/audit-module.nix").read_text())
            mock = harness.program("mock-notifications", "mock-notifications")
            if mock is None:
                return False
            shutil.copy(mock, share)
        ended = harness.lab(
            "run", "--user", "live",
            "--disk", f"{DISK_SIZE},serial={SERIAL},vendor=SNOW,model=TESTDISK,image={self.image}",
            "--share", f"{share}:/srv/test", "--", "/srv/test/run",
        )
        output = ended.stdout + ended.stderr
        facts = pairs(ended.stdout)
        done = check(self.name("installs as an ordinary user"), ended.returncode == 0, output)
        if not done:
            return False
        check(self.name("the user is in wheel and is not root"),
              facts.get("uid", "0") != "0" and "wheel" in facts.get("groups", "").split(), output)
        same(self.name("nothing stays mounted below the target"), facts.get("mounts-left"), "0")
        same(self.name("nothing stays unlocked"), facts.get("mappings-left"), "0")
        same(self.name("no swap is left on"), facts.get("swaps-left"), "0")
        if self.own:
            same(self.name("its configurations are listed"), facts.get("hosts"), "snow-own")
            self.history = facts.get("history", "")
        self.plan = json.loads((share / "plan.json").read_text())
        progress = [float(line) for line in (share / "progress").read_text().split()]
        check(self.name("the progress never goes back and ends at 1"),
              len(progress) > 10 and progress == sorted(progress) and progress[-1] == 1.0, progress)
        for secret in (PASSPHRASE, PASSWORD):
            check(self.name(f"the log holds no secret ({len(secret)} characters)"),
                  secret not in (share / "install.log").read_text() and secret not in output)
        if self.channels:
            log = (share / "install.log").read_text()
            check(self.name("the log counts the networks and tells nothing of them"),
                  "that were taken along: 1" in log and "Café" not in log + output and NETWORK_KEY not in log + output, log)
        return True

    def look_at_the_disk(self) -> None:
        """Compares the disk with the plan, in a fresh live system."""
        ended = harness.lab(
            "run", "--user", "root", "--disk", f"{DISK_SIZE},serial={SERIAL},image={self.image}",
            "--", "bash", "-c", (INSIDE / "inspect").read_text(), "inspect", SERIAL, PASSWORD, self.passphrase,
        )
        output = ended.stdout + ended.stderr
        if not check(self.name("the disk can be looked at"), ended.returncode == 0, output):
            return
        facts = pairs(ended.stdout)
        table = json.loads(facts["table"])["partitiontable"]
        same(self.name("the table is a GPT"), table["label"], "gpt")
        sector = table["sectorsize"]
        found = [(part["start"] * sector, part["size"] * sector) for part in table["partitions"]]
        planned = [(part["offset"], part["size"]) for part in self.plan["layout"]["partitions"]]
        same(self.name("partitions lie where the plan says"), found, planned)
        swap = [] if self.kind in ("none", "file") else [TYPES[self.kind]]
        same(self.name("partition types"), [part["type"] for part in table["partitions"]],
             [TYPES["esp"], *swap, TYPES["volume" if self.encrypted else "filesystem"]])
        same(self.name("the ESP is FAT32"), facts.get("esp"), "vfat FAT32 BOOT")
        if self.kind == "plain":
            same(self.name("swap is formatted"), facts.get("part2-type"), "swap")
        if self.kind == "random":
            same(self.name("swap under a random key holds nothing"), facts.get("part2-type"), "")
        if self.encrypted:
            self.look_at_the_header(facts)
        same(self.name("the Btrfs label"), facts.get("label"), "NIXOS")
        if self.own:
            same(self.name("the flake came with its history"), facts.get("history"), self.history)
            same(self.name("Git knows of the file about the disk, and of nothing else new"),
                 facts.get("untracked"), " A hosts/own/disk.nix|")
        extra = {"none": ["vm images"], "kept": ["swap"], "once": ["home-blank"]}.get(self.form or self.kind, [])
        root = [] if self.form == "memory" else ["root", "root-blank"]
        subvolumes = set(json.loads(facts["subvolumes"]))
        same(self.name("subvolumes"), subvolumes, {"home", "nix", "persist", "log", *root, *extra})
        if root:
            same(self.name("the blank snapshot is read-only and empty"), facts.get("blank"), "ro=true 0")
            same(self.name("the blank snapshot was taken from root"),
                 facts.get("blank-parent"), facts.get("root-uuid"))
        same(self.name("the password's hash is for root alone, in yescrypt"),
             facts.get("hashes"), " ".join(["600 root root $y$"] * (1 if self.encrypted else 2)))
        check(self.name("no secret lies in the ESP or in /persist"), facts.get("secrets") == "0", output)

    def look_at_the_header(self, facts: dict[str, str]) -> None:
        """The encrypted volume is as the answers ask for."""
        header = json.loads(facts["luks"])
        slot = header["keyslots"]["0"]
        same(self.name("LUKS2 with the asked key derivation"),
             (facts.get("luks-version"), slot["kdf"]["type"], slot["kdf"]["iterations"]), ("2", "pbkdf2", 1000))
        same(self.name("one key slot"), list(header["keyslots"]), ["0"])

    def boot(self, number: str, *scripts: str) -> dict[str, str] | None:
        """Boots the installed disk, types the passphrase, and runs scripts in it as root.

        A prompt where there is nothing to type would end the boot.
        """
        typed = ["--passphrase", PASSPHRASE] if self.encrypted else []
        if self.form == "once" and number == "second":
            typed += ["--entry", KEEP_ENTRY]
        ended = harness.lab(
            "boot", self.image, *typed,
            "--console-log", self.folder / f"{number}.console", "--",
            "bash", "-c", "".join((INSIDE / name).read_text() for name in ("facts", *scripts)),
            scripts[0], USER, PASSWORD, self.form,
        )
        output = ended.stdout + ended.stderr
        if not check(self.name(f"{number} boot comes up and powers off"), ended.returncode == 0, output):
            return None
        facts = pairs(ended.stdout)
        same(self.name(f"{number} boot: login with the password"), facts.get("login"), USER)
        same(self.name(f"{number} boot: a wrong password is refused"), facts.get("wrong-login"), "")
        same(self.name(f"{number} boot: who may act as root"),
             ("wheel" in facts.get("groups", "").split(), facts.get("root-login")),
             (True, "") if self.encrypted else (False, "root"))
        self.check_mounts(number, json.loads(facts["mounts"]))
        same(self.name(f"{number} boot: host name"), facts.get("host"), self.host)
        same(self.name(f"{number} boot: time zone"), facts.get("zone"), "Europe/Berlin")
        swaps = 0 if self.kind == "none" and self.form != "memory" else 1
        same(self.name(f"{number} boot: swap"), facts.get("swaps"), str(swaps))
        if self.kind == "random":
            same(self.name(f"{number} boot: swap is encrypted"), facts.get("swap-crypt"), "crypt")
        if self.kind == "file":
            same(self.name(f"{number} boot: the swap file is in use"), facts.get("swap"), "/swap/swapfile")
            same(self.name(f"{number} boot: the kernel is told where it lies"), facts.get("resume"),
                 f"resume=/dev/mapper/melt-kept resume_offset={facts.get('swap-offset')}")
            same(self.name(f"{number} boot: and there it lies"), facts.get("swap-signature"), "SWAPSPACE2")
        if self.own:
            same(self.name(f"{number} boot: snowmelt-audit has marked the boot, waits for its time, and finds nothing new"),
                 facts.get("audit"), "active active 1 0")
            if number == "first":
                same(self.name("new state is noticed"), facts.get("audit-notice"), "/var/lib/newapp")
                same(self.name("and shown once in the session"), facts.get("audit-shown"), SHOWN)
            if number == "second":
                same(self.name("what was on the old root is brought back"), facts.get("audit-recovered"), "640 anna state")
        if self.channels:
            same(self.name(f"{number} boot: root is subscribed to NixOS's channel, and has it"), facts.get("channel"),
                 "https://channels.nixos.org/nixos-26.05 nixos|" + ("" if number == "first" else "https://example.org/other other|") + " 26.05")
            same(self.name(f"{number} boot: the Wi-Fi network is known, for everybody on this machine and root alone to read"),
                 facts.get("network"), f"700 600 root type=wifi psk={NETWORK_KEY} ")
        if self.form == "memory":
            same(self.name(f"{number} boot: swap in memory"), facts.get("swap"), "/dev/zram0")
            same(self.name(f"{number} boot: the root is in memory, of the size that was asked for"),
                 facts.get("root-kind"), f"tmpfs {700 << 20}")
            same(self.name(f"{number} boot: links lead to what persists, and the key is root's alone"),
                 facts.get("links"), "/persist/etc/machine-id /persist/etc/ssh/ssh_host_ed25519_key 600")
        # User-mode Linux can't hibernate, so it can't wake either; that it is tried is what counts.
        tried = self.kind == "file" and facts.get("can-wake") == "no"
        same(self.name(f"{number} boot: nothing {'else ' if tried else ''}failed"), facts.get("failed"),
             "systemd-hibernate-resume.service loaded failed failed Resume from hibernation " if tried else "")
        return facts

    def check_mounts(self, number: str, mounts: dict[str, str]) -> None:
        """Every subvolume is mounted from the volume, with the options of the plan."""
        layout = self.plan["layout"]
        level = layout["compression-level"] or 3
        for subvolume in layout["subvolumes"]:
            where = subvolume["mountpoint"]
            source, _, options = mounts.get(where, "").partition("|")
            given = set(options.split(","))
            wanted = {"noatime", f"subvol=/{subvolume['name']}"}
            # The kernel shows it for a subvolume that was mounted without it, too.
            wanted |= set() if subvolume["name"] == "swap" else {f"compress=zstd:{level}"}
            device = f"/dev/mapper/{layout['volume-name']}" if self.encrypted else "/dev/[a-z]+3"
            check(self.name(f"{number} boot: {where} is mounted as planned"),
                  re.fullmatch(device + re.escape(f"[/{subvolume['name']}]"), source) and wanted <= given,
                  f"{mounts.get(where)!r} lacks {wanted - given}")

    def compare(self, first: dict[str, str], later: dict[str, dict[str, str]]) -> None:
        """What should be gone is gone, what should stay stays."""
        same(self.name("what was chosen to persist is mounted"), first.get("kept"), self.kept)
        for number, facts in later.items():
            keeps = self.form == "kept" or (self.form == "once" and number == "second")
            if keeps:
                same(self.name(f"{number} boot: what was written on the root is there"),
                     facts.get("gone"), ALL_STILL_THERE)
            else:
                same(self.name(f"{number} boot: what was written on the root is gone"), facts.get("gone"), "")
            if self.form == "once":
                same(self.name(f"{number} boot: what was written in the home beside what persists"),
                     facts.get("home-melts"), "there" if keeps else "gone")
            same(self.name(f"{number} boot: what persists is still there"), facts.get("lost"), "")
            if self.extra:
                same(self.name(f"{number} boot: the catalogue's directories have their modes"),
                     facts.get("modes"), "710 700")
            same(self.name(f"{number} boot: machine id"), facts.get("machine-id"), first.get("machine-id"))
            same(self.name(f"{number} boot: SSH host keys"), facts.get("host-keys"), first.get("host-keys"))
            if keeps:
                continue
            same(self.name(f"{number} boot: the root is the blank snapshot and what boot makes"),
                 sorted(json.loads(facts["root"])), sorted(json.loads(first["root"])))
            same(self.name(f"{number} boot: the root was snapshot from the blank one"),
                 facts.get("root-parent"), facts.get("blank-uuid"))
        check(self.name("the machine id is one"), len(first.get("machine-id", "")) == 32, first)
        check(self.name("there are two SSH host keys"), len(first.get("host-keys", "").split()) == 2, first)
        if "fourth" in later:
            same(self.name("of three old roots and homes the latest two are left"),
                 later["fourth"].get("old-left"), "2 2")
        if "second" in later and not self.form:
            same(self.name("the old root is kept, nested subvolumes and all"),
                 later["second"].get("old-root-has"), "nested")
