#!/usr/bin/env python3
"""Runs in a live guest as root: talks to the helper itself, on real disks.

    main.py HELPER SAMPLE

HELPER is the program, SAMPLE a folder with a configuration to install. Disks are found by their
serial numbers; nothing else is touched.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from conversation import Conversation, Helper
from prepared import PASSPHRASE, Prepared, run

HELPER, SAMPLE = sys.argv[1], pathlib.Path(sys.argv[2])
SUBVOLUMES = [
    {"name": "root", "mountpoint": "/", "needed-for-boot": False},
    {"name": "home", "mountpoint": "/home", "needed-for-boot": False},
    {"name": "nix", "mountpoint": "/nix", "needed-for-boot": False},
    {"name": "persist", "mountpoint": "/persist", "needed-for-boot": True},
    {"name": "log", "mountpoint": "/var/log", "needed-for-boot": True},
    {"name": "vm images", "mountpoint": "/var/lib/vm images", "needed-for-boot": False},
]
DIRECTORIES = [
    {"path": "/etc/nixos", "mode": 0o755},
    {"path": "/etc/NetworkManager/system-connections", "mode": 0o700},
    {"path": "/var/lib/nixos", "mode": 0o755},
]
# What is asked at the end of an installation.
CHECK = {"check-installation": {"user": "alice", "root-too": False, "accounts": True, "replaced": ["root"]}}
BLANK = {"take-blank-snapshot": {"replaced": ["root"]}}
ROLLBACK = {"rehearse-rollback": {"replaced": ["root"]}}
PASSWORD = "battery staple \"'${x} ä"


def check(name: str, holds: bool, detail: object = "") -> None:
    """Reports one check."""
    print(f"{'ok' if holds else 'not ok'} helper: {name}", flush=True)
    if not holds:
        for line in str(detail).splitlines()[-40:]:
            print(f"    {line}", flush=True)


def same(name: str, found: object, expected: object) -> None:
    """Checks that two values are equal."""
    check(name, found == expected, f"found    {found!r}\nexpected {expected!r}")


def done(name: str, talk: Conversation, request: Any) -> None:
    """Checks that a request is carried out; else shows what the helper said."""
    check(name, talk.ask(request) == "done", talk.transcript)


def config_files() -> list[dict[str, str]]:
    """The sample's files, as the request has them."""
    names = ["flake", "configuration", "disk", "persistence"]
    return [{"name": name, "text": (SAMPLE / f"{name}.nix").read_text()} for name in names]


def opened(disk: Prepared) -> Conversation:
    """A helper that has opened the disk."""
    talk = Helper(HELPER).greet()
    answer = talk.ask(disk.open_request())
    if answer != "done":
        raise RuntimeError(f"the disk was not opened: {answer} {talk.cause}")
    return talk


def mounted(disk: Prepared) -> Conversation:
    """A helper that has made and mounted everything."""
    talk = opened(disk)
    for request in (
        {"create-subvolumes": {"subvolumes": SUBVOLUMES}},
        BLANK,
        {"mount-target": {"subvolumes": SUBVOLUMES, "compression-level": 5}},
    ):
        answer = talk.ask(request)
        if answer != "done":
            raise RuntimeError(f"{request}: {answer} {talk.cause}")
    return talk


def in_helper(talk: Conversation, *command: str) -> str:
    """Runs a command in the helper's namespaces; nobody else sees its mounts."""
    return run("nsenter", f"--target={talk.inner()}", "--mount", "--pid", "--", *command)


def let_go(loop: str) -> None:
    """Ends a loop device, and waits for its end: whoever has it open at that moment, such as udev,
    keeps it for as long (losetup(8))."""
    run("losetup", "-d", loop)
    backing = pathlib.Path("/sys/block") / pathlib.Path(loop).name / "loop/backing_file"
    for _ in range(300):
        if not backing.exists():
            return
        time.sleep(0.1)
    raise TimeoutError(f"{loop} does not end")


def rights() -> None:
    """What it never needs is given up for all that it runs, whatever its caller would have it inherit."""
    command = ["setpriv", "--inh-caps=+sys_boot,+sys_time", HELPER]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with Conversation(process).greet() as talk:
        lines = pathlib.Path(f"/proc/{talk.inner()}/status").read_text().splitlines()
        held = {kind: int(value, 16) for kind, value in (line.split(":\t") for line in lines if line.startswith("Cap"))}
    # By their numbers in linux/capability.h; 21 is what mounts.
    unneeded = {"sys_module": 16, "sys_boot": 22, "sys_time": 25, "mac_admin": 33, "syslog": 34, "bpf": 39}
    for kind in ("CapEff", "CapPrm", "CapBnd"):
        same(f"{kind} has nothing that no installation needs",
             [name for name, bit in unneeded.items() if held[kind] >> bit & 1], [])
    same("nothing is inheritable", held["CapInh"], 0)
    check("what mounts is kept", bool(held["CapEff"] >> 21 & 1), held)


def refusals(disk: Prepared) -> None:
    """What the helper refuses before it touches anything."""

    def refused(name: str, request: dict[str, Any], expected: str) -> None:
        with Helper(HELPER).greet() as talk:
            same(f"refuses {name}", talk.ask(request), expected)

    planned = disk.open_request()["open-target"]

    def changed(**values: Any) -> dict[str, Any]:
        return {"open-target": {**planned, "disk": {**planned["disk"], **values}}}

    refused("another serial number", changed(serial="OTHER"), "wrong-disk")
    refused("another WWN", changed(wwn="0x1"), "wrong-disk")
    refused("another model", changed(model="OTHER"), "wrong-disk")
    refused("another size", changed(size=planned["disk"]["size"] + 512), "wrong-disk")
    nowhere = str(uuid.uuid4())
    refused("a volume that is not open", {"open-target": {**planned, "volume": {"luks": nowhere}}}, "volume-not-found")
    refused("an ESP that is not there", {"open-target": {**planned, "esp": nowhere}}, "esp-not-found")
    luks_part = run("lsblk", "-dno", "PARTUUID", disk.part(3))
    refused("an ESP that is none", {"open-target": {**planned, "esp": luks_part}}, "esp-not-found")

    refused("a partition in clear that is not there",
            {"open-target": {**planned, "volume": {"partition": nowhere}}}, "volume-not-found")
    refused("an encrypted partition as one in clear", disk.plain_request(), "volume-not-found")

    def while_(name: str, begin: list[str], end: list[str], expected: str) -> None:
        run(*begin)
        try:
            refused(name, disk.open_request(), expected)
        finally:
            run(*end)

    while_("a mounted ESP", ["mount", disk.part(1), "/run/elsewhere"], ["umount", "/run/elsewhere"], "in-use")
    while_("a mounted volume", ["mount", disk.volume, "/run/elsewhere"], ["umount", "/run/elsewhere"], "in-use")
    while_("active swap", ["swapon", disk.part(2)], ["swapoff", disk.part(2)], "in-use")
    loop = run("losetup", "--find", "--show", disk.part(2))
    while_("a loop device over a partition", ["true"], ["true"], "in-use")
    let_go(loop)
    os.makedirs("/iso", exist_ok=True)
    while_("the live medium", ["mount", disk.part(1), "/iso"], ["umount", "/iso"], "live-medium")
    while_("something at /mnt", ["mount", "-t", "tmpfs", "x", "/mnt"], ["umount", "/mnt"], "target-taken")
    os.rmdir("/mnt")
    os.symlink("/etc", "/mnt")
    while_("a link at /mnt", ["true"], ["rm", "/mnt"], "target-taken")
    os.mkdir("/mnt")
    with subprocess.Popen(
        ["unshare", "--mount", "sh", "-c", f"mount {disk.part(1)} /run/elsewhere && echo && exec cat"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as hidden:
        assert hidden.stdin is not None and hidden.stdout is not None
        hidden.stdout.readline()
        refused("a mount in another namespace", disk.open_request(), "claimed")
        hidden.stdin.close()
    with opened(disk):
        refused("a second helper for the disk", disk.open_request(), "another-installation")


def discarding(disk: Prepared) -> None:
    """A disk is told that nothing on it is needed any more, unless it is another one or in use."""

    def asked(name: str, identity: dict[str, Any], expected: str) -> None:
        with Helper(HELPER).greet() as talk:
            same(f"discard: {name}", talk.ask({"discard-disk": {"disk": identity}}), expected)

    # The lab's SCSI disks can't, a loop device over a file can. A volume lies on the other, unlocked.
    image = pathlib.Path("/run/discard.img")
    with image.open("wb") as file:
        file.truncate(96 << 20)
    loop = run("losetup", "--partscan", "--find", "--show", str(image))
    identity = {"wwn": None, "serial": None, "vendor": "", "model": "", "size": 96 << 20}
    marker = b"what was on it"

    def write() -> None:
        with open(loop, "r+b") as device:
            device.seek(64 << 20)
            device.write(marker)
            os.fsync(device.fileno())

    def still_there() -> bool:
        with image.open("rb") as file:
            file.seek(64 << 20)
            return file.read(len(marker)) == marker

    try:
        run("sfdisk", "--quiet", loop, stdin=b"label: gpt\n,32M\n")
        run("udevadm", "settle")
        write()
        planned = disk.identity()
        asked("another serial number", {**planned, "serial": "OTHER"}, "wrong-disk")
        asked("a disk that is not there", {**identity, "size": 97 << 20}, "wrong-disk")
        disk.unlock()
        asked("an unlocked volume on it", planned, "in-use")
        twin = run("losetup", "--partscan", "--find", "--show", "--read-only", str(image))
        asked("two disks that say the same of themselves", identity, "wrong-disk")
        let_go(twin)
        run("mkfs.ext4", "-q", f"{loop}p1")
        run("mount", f"{loop}p1", "/run/elsewhere")
        asked("a mounted partition", identity, "in-use")
        run("umount", "/run/elsewhere")
        check("discard: what was refused is still there", still_there())
        with opened(disk) as talk:
            same("discard: not once the devices are opened",
                 talk.ask({"discard-disk": {"disk": identity}}), "out-of-order")
        asked("a disk that can", identity, "done")
        check("discard: nothing of it is left", not still_there())
    finally:
        let_go(loop)
        image.unlink()


def reserving(disk: Prepared) -> None:
    """A disk that is taken is nobody else's, and nothing stays unlocked on it when the caller dies."""
    request = {"reserve-disk": {"disk": disk.identity()}}
    disk.unlock()
    with Helper(HELPER).greet() as talk:
        same("reserve: not while a volume is unlocked on it", talk.ask(request), "in-use")
    disk.lock()
    other = {**disk.identity(), "serial": "OTHER"}
    with Helper(HELPER).greet() as talk:
        same("reserve: not another disk", talk.ask({"reserve-disk": {"disk": other}}), "wrong-disk")

    first = Helper(HELPER).greet()
    done("reserve: a disk that is free", first, request)
    done("reserve: again by the same", first, request)
    second = Helper(HELPER).greet()
    number = second.send(request)
    second.log_line("helper")
    done("reserve: the first ends", first, "cancel")
    same("reserve: the second has waited for it", second.answer(number), "done")
    disk.unlock()
    done("reserve: the second says that it ends", second, "cancel")
    second.wait()
    check("reserve: whoever says so locks by himself", disk.is_open())
    disk.lock()

    dying = Helper(HELPER).greet()
    done("reserve: once more", dying, request)
    dying.close()
    # As UDisks2 does, which goes on after its caller's death.
    time.sleep(2)
    disk.unlock()
    dying.wait()
    check("reserve: what is unlocked after the caller's death is locked", not disk.is_open())


def retries(disk: Prepared) -> None:
    """What fails leaves nothing mounted, and can be tried again."""
    with opened(disk) as talk:
        for name in ("a/b", "..", "x,subvolid=5", ""):
            bad = [{"name": name, "mountpoint": "/", "needed-for-boot": False}]
            same(f"refuses the subvolume {name!r}", talk.ask({"create-subvolumes": {"subvolumes": bad}}), "bad-value")
        same("a snapshot of nothing fails", talk.ask(BLANK), "program-failed")
        check("the program's own words are the cause", "ERROR" in talk.cause, talk.cause)
        same("nothing stays mounted then", in_helper(talk, "sh", "-c", "grep -c ' /mnt' /proc/self/mountinfo || :"), "0")
        done("subvolumes are made", talk, {"create-subvolumes": {"subvolumes": SUBVOLUMES}})
        done("another try keeps those that are there", talk, {"create-subvolumes": {"subvolumes": SUBVOLUMES}})
        run("mount", "-o", "subvol=root", disk.volume, "/run/elsewhere")
        pathlib.Path("/run/elsewhere/file").touch()
        same("a root with a file in it is not blank", talk.ask(BLANK), "root-not-blank")
        os.remove("/run/elsewhere/file")
        run("umount", "/run/elsewhere")
        done("an empty one is", talk, BLANK)
        done("another try keeps the snapshot", talk, BLANK)
        same("nothing is installed before the mounts", talk.ask({"install-system": {"host-name": "sample", "doubted": False}}), "out-of-order")


def key_derivation(disk: Prepared) -> None:
    """The cost of the passphrase becomes what was asked for, and the passphrase stays."""
    cost = {"kind": "argon2id", "memory": 32 << 20, "iterations": 4, "threads": 1, "time": None}

    def asked(passphrase: str) -> dict[str, Any]:
        return {"set-key-derivation": {"pbkdf": cost, "passphrase": passphrase}}

    with opened(disk) as talk:
        same("a wrong passphrase changes no key", talk.ask(asked("wrong")), "program-failed")
        done("the key derivation is set", talk, asked(PASSPHRASE.decode()))
        check("the log holds no passphrase", PASSPHRASE.decode() not in talk.transcript)
    header = json.loads(run("cryptsetup", "luksDump", "--dump-json-metadata", disk.part(3)))
    kdf = [slot["kdf"] for slot in header["keyslots"].values()]
    same("one key slot with the asked cost",
         [(one["type"], one["memory"], one["time"], one["cpus"]) for one in kdf], [("argon2id", 32 << 10, 4, 1)])
    same("the helper locks the volume at its end", disk.is_open(), False)


def plain(disk: Prepared) -> None:
    """The same without encryption."""
    disk.make_plain()
    request = disk.plain_request()

    def refused(name: str, expected: str) -> None:
        with Helper(HELPER).greet() as talk:
            same(f"in clear: refuses {name}", talk.ask(request), expected)

    run("mount", disk.part(3), "/run/elsewhere")
    refused("a mounted filesystem", "in-use")
    run("umount", "/run/elsewhere")
    loop = run("losetup", "--find", "--show", disk.part(3))
    refused("a loop device over it", "in-use")
    let_go(loop)
    talk = Helper(HELPER).greet()
    done("in clear: the partition is opened", talk, request)
    cost = {"kind": "pbkdf2", "memory": None, "iterations": 1000, "threads": None, "time": None}
    same("in clear: there is no key to derive",
         talk.ask({"set-key-derivation": {"pbkdf": cost, "passphrase": "x"}}), "out-of-order")
    for asked in (
        {"create-subvolumes": {"subvolumes": SUBVOLUMES}},
        BLANK,
        {"mount-target": {"subvolumes": SUBVOLUMES, "compression-level": 5}},
        {"set-password": {"user": "alice", "root-too": True, "password": PASSWORD}},
        "close-target",
    ):
        done(f"in clear: {next(iter(asked)) if isinstance(asked, dict) else asked}", talk, asked)
    talk.close()
    same("in clear: the helper ends well", talk.wait(), 0)
    top = pathlib.Path("/run/elsewhere")
    run("mount", "-o", "ro,subvolid=5", disk.part(3), str(top))
    files = sorted((top / "persist/passwords").iterdir())
    same("root gets a password file of its own", [file.name for file in files], ["alice", "root"])
    same("for root alone", [f"{file.stat().st_mode & 0o7777:o}" for file in files], ["600", "600"])
    hashes = [file.read_text().strip() for file in files]
    check("with another salt", hashes[0] != hashes[1] and all(each.startswith("$y$") for each in hashes), hashes)
    run("umount", str(top))


def planted_links(disk: Prepared) -> None:
    """A link in the target leads no write out of it."""
    with mounted(disk) as talk:
        outside = pathlib.Path("/run/outside")
        outside.mkdir(exist_ok=True)
        for place in ("/mnt/persist/passwords", "/mnt/persist/etc", "/mnt/persist/root"):
            in_helper(talk, "ln", "-s", str(outside), place)
        answers = {
            "set-password": talk.ask({"set-password": {"user": "alice", "root-too": False, "password": PASSWORD}}),
            "write-configuration": talk.ask({"write-configuration": {"files": config_files()}}),
            "seed-persist": talk.ask({"seed-persist": {"directories": DIRECTORIES, "wifi": False}}),
            "detect-hardware": talk.ask("detect-hardware"),
        }
        in_helper(talk, "rm", "/mnt/persist/etc")
        answers["the list of channels"] = talk.ask({"seed-persist": {"directories": [], "channel": "26.05", "wifi": False}})
        for request, answer in answers.items():
            same(f"{request} does not follow a planted link", answer, "file-failed")
        same("nothing is written where the links lead", list(outside.iterdir()), [])


def ends(disk: Prepared) -> None:
    """However the helper ends, nothing is left."""

    def left(name: str, end: Callable[[Conversation], None], locked: bool) -> None:
        disk.wipe()
        talk = mounted(disk)
        sleeper = talk.start_sleeper()
        end(talk)
        talk.wait()
        # Ends when the kernel has ended the namespace with all that is in it.
        sleeper.wait(timeout=120)
        same(f"{name}: the volume is {'locked' if locked else 'as it was'}", disk.is_open(), not locked)
        same(f"{name}: the volume can be locked", disk.lock(), "")

    left("end of input", lambda talk: talk.close(), locked=True)
    left("cancel", lambda talk: done("cancel is answered", talk, "cancel"), locked=True)
    left("killed", lambda talk: os.kill(talk.inner(), signal.SIGKILL), locked=False)
    left("its starter killed", lambda talk: os.kill(talk.process.pid, signal.SIGKILL), locked=False)


def cancelled_install(disk: Prepared) -> None:
    """A cancelled installation stops at once, with everything that it started."""
    disk.wipe()
    talk = mounted(disk)
    for request in (
        "detect-hardware",
        {"write-configuration": {"files": config_files()}},
        {"seed-persist": {"directories": DIRECTORIES, "wifi": False}},
        {"set-password": {"user": "alice", "root-too": False, "password": PASSWORD}},
    ):
        done(f"before cancelling: {next(iter(request)) if isinstance(request, dict) else request}", talk, request)
    number = talk.send({"install-system": {"host-name": "sample", "doubted": False}})
    talk.log_line("nix")
    second = talk.send("detect-hardware")
    same("a second request meanwhile is refused", talk.answer(second), "busy")
    last = talk.send("cancel")
    same("what runs is cancelled", talk.answer(number), "cancelled")
    same("the cancelling is answered", talk.answer(last), "done")
    same("the helper ends well", talk.wait(), 0)
    same("nothing of Nix still runs", run("sh", "-c", "pgrep -a 'nix' | grep -v nix-daemon || :"), "")
    same("the volume is locked", disk.is_open(), False)


def whole(disk: Prepared) -> None:
    """Everything, once through, and what is on the disk then."""
    disk.wipe()
    talk = mounted(disk)
    same("the mounts are its own", run("sh", "-c", "grep -c ' /mnt' /proc/self/mountinfo || :"), "0")
    options = in_helper(talk, "findmnt", "-no", "OPTIONS", "/mnt/var/lib/vm images")
    check("mount options are as planned", {"noatime", "compress=zstd:5", "subvol=/vm images"} <= set(options.split(",")),
          options)
    options = in_helper(talk, "findmnt", "-no", "OPTIONS", "/mnt/boot").split(",")
    check("the ESP is for root alone", {"fmask=0077", "dmask=0077"} <= set(options), options)
    began = time.monotonic()
    for request in (
        "detect-hardware",
        {"write-configuration": {"files": config_files()}},
        {"seed-persist": {"directories": DIRECTORIES, "wifi": False}},
        {"set-password": {"user": "alice", "root-too": False, "password": PASSWORD}},
    ):
        name = next(iter(request)) if isinstance(request, dict) else request
        done(name, talk, request)
    key = "/mnt/persist/etc/ssh/ssh_host_ed25519_key"
    in_helper(talk, "truncate", "--size=0", key)
    done("seed-persist, after a try that was cut short", talk, {"seed-persist": {"directories": DIRECTORIES, "wifi": False}})
    check("a key that was left empty is made anew", in_helper(talk, "ssh-keygen", "-y", "-f", key).startswith("ssh-ed25519 "))
    same("an unfinished installation is found out", talk.ask(CHECK), "incomplete")
    done("install-system", talk, {"install-system": {"host-name": "sample", "doubted": False}})
    check("its progress never goes back and ends at 1",
          talk.progress == sorted(talk.progress) and talk.progress[-1:] == [1.0], talk.progress)
    done("check-installation", talk, CHECK)
    print(f"# installed in {time.monotonic() - began:.0f} s", flush=True)
    for name, path, missing in (
        ("kernel", "/mnt/boot/EFI/nixos", "kernel"),
        ("password's hash", "/mnt/persist/passwords/alice", "password-hash"),
        ("mark", "/mnt/etc/NIXOS", "mark"),
        ("profile", "/mnt/nix/var/nix/profiles/system", "system"),
    ):
        in_helper(talk, "mv", path, f"{path}.gone")
        same(f"without the {name} it is incomplete", talk.ask(CHECK), "incomplete")
        same(f"the missing piece is the {missing}", talk.reason.get("missing"), missing)
        in_helper(talk, "mv", f"{path}.gone", path)
    sleeper = talk.start_sleeper()
    done("close-target, though something holds it", talk, "close-target")
    check("what held it is named and ended", "left behind: " in talk.transcript and "sleep (" in talk.transcript,
          talk.transcript)
    sleeper.wait(timeout=120)
    same("the volume can be locked while the helper still runs", disk.lock(), "")
    disk.unlock()
    rehearsal(disk, talk)
    talk.close()
    same("the helper ends well", talk.wait(), 0)
    check("the log holds no secret", PASSWORD not in talk.transcript)
    # The settings and the salt are there, for mkpasswd; they say nothing without the rest.
    check("nor the hash of one", not re.search(r"\$y\$[^$\s]+\$[^$\s]+\$", talk.transcript))
    look(disk)


def rehearsal(disk: Prepared, talk: Conversation) -> None:
    """The next boot is rehearsed after everything was closed, and finds what would go wrong then."""
    request = disk.open_request()
    planned = request["open-target"]
    other = {"open-target": {**planned, "disk": {**planned["disk"], "serial": "OTHER"}}}
    same("other devices than before are not opened", talk.ask(other), "out-of-order")
    done("the same ones are", talk, request)
    # A copy that a rehearsal left behind which was cut off.
    run("mount", "-o", "subvolid=5", disk.volume, "/run/elsewhere")
    run("btrfs", "subvolume", "create", "/run/elsewhere/rehearsal")
    run("btrfs", "subvolume", "snapshot", "/run/elsewhere/root", "/run/elsewhere/rehearsal/root")
    before = {path.name for path in pathlib.Path("/run/elsewhere").iterdir()} - {"rehearsal"}
    uuid_before = run("btrfs", "subvolume", "show", "/run/elsewhere/root").splitlines()[2]
    done("a copy of the root is rolled back", talk, ROLLBACK)
    same("the copies are gone", {path.name for path in pathlib.Path("/run/elsewhere").iterdir()}, before)
    same("the root is the one it was", run("btrfs", "subvolume", "show", "/run/elsewhere/root").splitlines()[2], uuid_before)
    check("nothing of it is left in /run", not os.path.exists("/run/snowmelt/rehearsal.sh"))
    # A blank snapshot with something in it is still rolled back to; a missing one is found out.
    os.rename("/run/elsewhere/root-blank", "/run/elsewhere/root-gone")
    same("without a blank snapshot the rehearsal fails", talk.ask(ROLLBACK), "program-failed")
    os.rename("/run/elsewhere/root-gone", "/run/elsewhere/root-blank")
    done("with it, it does not", talk, ROLLBACK)
    run("umount", "/run/elsewhere")
    done("everything is mounted anew", talk, {"mount-target": {"subvolumes": SUBVOLUMES, "compression-level": 5}})

    # The sample mounts all but the last one.
    def boot(password: str, subvolumes: Any = SUBVOLUMES[:-1]) -> str:
        return talk.ask({"rehearse-boot": {
            "subvolumes": subvolumes, "user": "alice", "root-too": False, "replaced": ["root"],
            "root-is-new": False, "password": password}})

    same("the next boot mounts all of it, and the password logs the user in", boot(PASSWORD), "done")
    same("another password does not", (boot("another"), talk.reason.get("missing")), ("incomplete", "password"))
    same("what is not mounted is found out",
         (boot(PASSWORD, SUBVOLUMES), talk.reason.get("missing")), ("incomplete", "mounts"))
    keymaps(talk, lambda: boot(PASSWORD))
    done("close-target again", talk, "close-target")
    same("the volume can be locked again", disk.lock(), "")
    disk.unlock()


def keymaps(talk: Conversation, boot: Callable[[], str]) -> None:
    """The prompt's keymap is the mounted system's own, and it is told what that can type."""
    target = pathlib.Path(f"/proc/{talk.inner()}/root/mnt")
    configuration = within(target, "nix/var/nix/profiles/system/etc/vconsole.conf")
    before = configuration.read_text()

    def told(keymap: str) -> tuple[str, bool, bool, bool]:
        configuration.write_text(f"KEYMAP={keymap}\n")
        answer = boot()
        known = talk.keymap or {"plain": "", "further": ""}
        return answer, "ä" in known["plain"], "@" in known["further"], "я" in known["plain"] + known["further"]

    nothing = ("done", False, False, False)
    same("a keymap that is nowhere hinders nothing", told("no-such-keymap"), nothing)
    pathlib.Path("/usr/share/keymaps").mkdir(exist_ok=True)
    pathlib.Path("/usr/share/keymaps/snow.map").write_text(run("ckbcomp", "-layout", "de") + "\n")
    same("a keymap with a name is the live system's", told("snow"), ("done", True, True, False))
    (target / "nix/store/1-keymap").write_text(run("ckbcomp", "-layout", "ru") + "\n")
    same("one with a path is the system's", told("/nix/store/1-keymap"), ("done", False, False, True))
    os.symlink("/nix/store/1-keymap", target / "nix/store/2-keymap")
    same("also behind a link", told("/nix/store/2-keymap"), ("done", False, False, True))
    os.symlink("../../../usr/share/keymaps/snow.map", target / "nix/store/3-keymap")
    for bad in ["/nix/store/3-keymap", "/usr/share/keymaps/snow.map", "../snow", "--help", "snow;reboot"]:
        same(f"{bad} is not looked at", told(bad), nothing)
    configuration.write_text("FONT=x\n")
    same("no keymap is named", (boot(), talk.keymap), ("done", None))
    configuration.write_text(before)


def within(root: pathlib.Path, path: str) -> pathlib.Path:
    """Where a path of another root leads, through its links."""
    found = pathlib.PurePosixPath("/")
    for part in pathlib.PurePosixPath(path).parts:
        found /= part
        while (there := root / found.relative_to("/")).is_symlink():
            found = found.parent / os.readlink(there)
    return root / found.relative_to("/")


def look(disk: Prepared) -> None:
    """What is on the disk after the whole of it."""
    top = pathlib.Path("/run/elsewhere")
    run("mount", "-o", "ro,subvolid=5", disk.volume, str(top))
    persist = top / "persist"
    modes = {
        "passwords": "700", "passwords/alice": "600", "etc/machine-id": "444",
        "etc/ssh/ssh_host_ed25519_key": "600", "etc/ssh/ssh_host_rsa_key": "600", "etc/ssh": "755",
        "etc/nixos/flake.nix": "644", "etc/nixos/hardware-configuration.nix": "644",
        "etc/NetworkManager/system-connections": "700", "etc/NetworkManager": "755",
    }
    found = {path: f"{(persist / path).stat().st_mode & 0o7777:o}" for path in modes}
    same("modes below /persist", found, modes)
    same("all of it is root's", run("find", str(persist), "!", "-user", "0"), "")
    machine_id = (persist / "etc/machine-id").read_text()
    check("the machine id is one", len(machine_id) == 33 and int(machine_id, 16) > 0, machine_id)
    salt = (persist / "passwords/alice").read_text().strip().rpartition("$")[0]
    again = subprocess.run(["mkpasswd", "--stdin", "-S", salt], input=PASSWORD + "\n", text=True,
                           stdout=subprocess.PIPE, check=True).stdout
    same("the hash is that of the password", (persist / "passwords/alice").read_text(), again)
    same("the snapshot is read-only", run("btrfs", "property", "get", str(top / "root-blank"), "ro"), "ro=true")
    same("and empty", list((top / "root-blank").iterdir()), [])
    run("umount", str(top))


def main() -> None:
    """All of it, on one disk."""
    os.makedirs("/mnt", exist_ok=True)
    os.makedirs("/run/elsewhere", exist_ok=True)
    disk = Prepared("HELPER1")
    rights()
    refusals(disk)
    discarding(disk)
    reserving(disk)
    retries(disk)
    key_derivation(disk)
    disk.wipe()
    planted_links(disk)
    ends(disk)
    cancelled_install(disk)
    whole(disk)
    plain(disk)


main()
