#!/usr/bin/env python3
"""Runs in a live guest as root: installs, has something go wrong at a step, and looks at what is left.

    faults.py STEP:FAULT…
    faults.py keep:none     only installs, over what is on the disk

The disk «victim» is installed on, the disk «bystander» must not be written to. For each case one line
of JSON is printed. With the fault «power» it waits to be killed when the step has begun, and says so.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

PASSPHRASE, PASSWORD = "a passphrase for faults", "a password for faults"
ANSWERS = """version = 1
[disk]
device = "FAULT0"
erase = "{erase}"
[swap]
{swap}
[encryption.pbkdf]
kind = "pbkdf2"
iterations = 1000
[system]
host-name = "snow"
keymap = "us"
release = "26.05"
[user]
name = "anna"
"""
OF_A_FLAKE = ("fetch-flake", "copy-flake")
OWN_FLAKE = """[configuration]
kind = "own-flake"
flake = "/home/live/own"
host = "snow"
facts = "hosts/own/disk.nix"
"""
LOG = pathlib.Path("/run/faults.log")
SLOW = pathlib.Path("/run/udev/rules.d/00-slow.rules")
RECEIPT = pathlib.Path("/run/faults-state/snowmelt/receipt.json")
# Far longer than any step takes, on a machine under load.
LIMIT = 900


def sh(script: str) -> str:
    """A script that must succeed."""
    ended = subprocess.run(["bash", "-euc", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if ended.returncode != 0:
        raise RuntimeError(f"{script}\n{ended.stdout}{ended.stderr}")
    return ended.stdout.strip()


def under(table: str) -> None:
    """Puts another table under the disk, with what is under way failing or passing."""
    sh(f"dmsetup suspend --nolockfs --noflush under; dmsetup load under --table '{table}'; dmsetup resume under")


class Disk:
    """The disk to be installed on, over a device that can be made to fail."""

    def __init__(self) -> None:
        self.image = sh("lab-disk image victim")
        self.sectors = sh(f"blockdev --getsz {self.image}")
        self.good = f"0 {self.sectors} linear {self.image} 0"
        self.bad = f"0 {self.sectors} error"
        # It has the same on it as the disk, and is not for anybody to see.
        sh("mkdir -p /run/udev/rules.d; cp /srv/faults/59-under.rules /run/udev/rules.d; udevadm control --reload")
        sh(f"dmsetup create under --table '{self.good}'")
        self.plug()

    def plug(self) -> None:
        sh("lab-disk plug victim /dev/mapper/under; lab-disk wait victim; udevadm settle")

    def fresh(self) -> None:
        """As from the shop."""
        # What a cache still held would be written over what is made next.
        sh("lab-disk pull victim; udevadm settle;"
           f" dd if=/dev/zero of={self.image} bs=1M count=8 oflag=direct conv=fsync status=none")
        self.plug()


def helper() -> str:
    """The number of the helper that is in its own namespaces."""
    return sh("pgrep -f '[s]nowmelt-helper --in-own-namespaces' | tail -n 1 || :")


def in_helper(script: str) -> None:
    number = helper()
    if number:
        sh(f"nsenter --mount --target {number} sh -c '{script}' || :")


def kill(number: str | int) -> None:
    if number:
        os.kill(int(number), signal.SIGKILL)


def faults(disk: Disk, app: subprocess.Popen[str]) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """What can go wrong, and how it is mended."""
    nothing = lambda: None  # noqa: E731
    return {
        "io-error": (lambda: under(disk.bad), lambda: under(disk.good)),
        "disk-gone": (lambda: sh("lab-disk pull victim"), disk.plug),
        "no-space": (
            # What is there is given away, in pieces that grow smaller.
            lambda: in_helper(
                "mkdir -p /mnt/nix/full; n=0; for s in 4096 1024 256 64 16 4 1; do "
                "while fallocate -l ${s}M /mnt/nix/full/$n 2> /dev/null; do n=$((n + 1)); done; done"
            ),
            lambda: None,
        ),
        "boot-full": (lambda: in_helper("head -c 4G /dev/zero > /mnt/boot/full"), lambda: None),
        "udisksd-killed": (lambda: sh("systemctl kill --signal=KILL udisks2"), nothing),
        "helper-killed": (lambda: kill(helper()), nothing),
        "app-killed": (lambda: kill(app.pid), nothing),
        # The same, and then it is not gone on with.
        "undo": (lambda: kill(app.pid), nothing),
    }


def answers(step: str) -> str:
    """Answers whose plan has the step."""
    erase = "overwrite" if step == "erase-disk" else "none"
    swap = 'kind = "file"' if step == "create-swap-file" else 'kind = "plain"\nsize = "256 MiB"'
    own = OWN_FLAKE if step in OF_A_FLAKE else ""
    return ANSWERS.format(erase=erase, swap=swap) + own


def own_flake() -> None:
    """Makes the flake of the person's, once."""
    if pathlib.Path("/home/live/own").exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "answers.toml").write_text(answers("copy-flake"))
        sh(f"cd {folder} && bash /srv/own-flake && pkill -f 'nix.* daemon'")


def start(arguments: list[str]) -> subprocess.Popen[str]:
    """The command line, with its secrets in pipes."""
    descriptors = []
    for secret in (PASSPHRASE, PASSWORD):
        reading, writing = os.pipe()
        os.write(writing, secret.encode())
        os.close(writing)
        descriptors.append(reading)
    app = subprocess.Popen(
        ["snowmelt-cli", *arguments, "--log", str(LOG),
         "--passphrase-fd", str(descriptors[0]), "--password-fd", str(descriptors[1])],
        pass_fds=descriptors, stdin=subprocess.DEVNULL, stdout=open("/run/faults.out", "w", encoding="utf-8"),
        stderr=subprocess.STDOUT, text=True, env={**os.environ, "XDG_STATE_HOME": "/run/faults-state"},
    )
    for descriptor in descriptors:
        os.close(descriptor)
    return app


def begun(app: subprocess.Popen[str], step: str) -> bool:
    """Waits until a step has begun; whether it did."""
    pattern = re.compile(rf'begins: .*\bstep="?{step}\b|\bstep="?{step}\b.*begins: ')
    while app.poll() is None:
        if LOG.exists() and pattern.search(LOG.read_text(errors="replace")):
            return True
        time.sleep(0.01)
    return False


def left() -> list[str]:
    """What should not be there after an installation has ended in whatever way."""
    found = []
    for what, script in {
        "a helper": "pgrep -af '[s]nowmelt-helper' || :",
        "Nix": "pgrep -a '^nix' | grep -v nix-daemon || :",
        "a volume": "ls /dev/mapper | grep -v -e control -e '^under$' || :",
        "a mount": "cat /proc/*/mountinfo 2>/dev/null | grep ' /mnt' || :",
        "swap": "tail -n +2 /proc/swaps",
        "a file": "ls /run/snowmelt/*.sh 2>/dev/null || :",
    }.items():
        said = sh(script)
        if said:
            found.append(f"{what}: {said}")
    return found


def settled() -> list[str]:
    """The same, once what ends by itself had time to."""
    for _ in range(240):
        if not (found := left()):
            break
        time.sleep(0.5)
    return found


def outcome(app: subprocess.Popen[str]) -> tuple[int, str]:
    status = app.wait(timeout=LIMIT)
    return status, pathlib.Path("/run/faults.out").read_text(encoding="utf-8")


def written() -> str:
    """How many sectors were written to the other disk."""
    return sh("awk '{print $7}' /sys/class/block/$(basename $(lab-disk image bystander))/stat")


def case(disk: Disk, step: str, fault: str) -> dict[str, Any]:
    """One case, from a blank disk to a system that is installed after all."""
    if step != "keep":
        disk.fresh()
    LOG.unlink(missing_ok=True)
    RECEIPT.unlink(missing_ok=True)
    pathlib.Path("/run/answers.toml").write_text(answers(step))
    if step in OF_A_FLAKE:
        own_flake()
    before = written()
    app = start(["install", "/run/answers.toml", "--yes"])
    result: dict[str, Any] = {"step": step, "fault": fault}
    if step == "keep":
        status, said = outcome(app)
        return {**result, "status": status, "said": said.strip().splitlines()[-12:], "left": settled(),
                "bystander": written() == before}
    if not begun(app, step):
        return {**result, "error": f"the step never began: {outcome(app)}"}
    if fault == "power":
        print("@now", flush=True)
        time.sleep(LIMIT)
    make, mend = faults(disk, app)[fault]
    make()
    status, said = outcome(app)
    steps = re.findall(r"“([a-z-]+)”", said)
    result |= {
        "status": status,
        "failed-at": next((word for word in steps if word in said and f"step “{word}”" in said), None),
        "said": said.strip().splitlines()[-12:],
        "names-what-is-full": re.findall(r"The (?:disk|boot partition) is full", " ".join(said.split())),
    }
    mend()
    result["left"] = settled()
    result["receipt"] = RECEIPT.exists()
    if fault == "undo":
        result |= undo(disk, halfway=step == "mount-target")
    if status != 0:
        LOG.unlink(missing_ok=True)
        # Whoever has run out of space makes some; here that is done by starting over.
        again = ["resume"] if RECEIPT.exists() and fault not in ("no-space", "boot-full") else ["install", "/run/answers.toml", "--yes"]
        second, text = outcome(start(again))
        result |= {"second": again[0], "second-status": second, "second-said": text.strip().splitlines()[-12:]}
        steps = re.findall(r'begins: .*?step="?([a-z-]+)', LOG.read_text(errors="replace"))
        # The disk is looked at again in any case.
        result["went-on-at"] = next((step for step in steps if step != "check-disk"), None)
        result["left-after"] = settled()
    result["bystander"] = written() == before
    return result


def undo(disk: Disk, halfway: bool) -> dict[str, Any]:
    """Deletes what an interrupted installation has made; also when that was cut short once."""
    if halfway:
        device = sh("lab-disk wait victim")
        sh("udevadm settle")
        # For some seconds UDisks2 has lost sight of those that are left.
        SLOW.parent.mkdir(parents=True, exist_ok=True)
        SLOW.write_text('SUBSYSTEM=="block", ACTION=="add", ENV{DEVTYPE}=="partition", PROGRAM="/bin/sleep 3"\n')
        sh(f"udevadm control --reload; flock {device} sfdisk --quiet --delete {device} 3; sleep 1")
    ended = subprocess.run(["snowmelt-cli", "undo"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                           check=False, env={**os.environ, "XDG_STATE_HOME": "/run/faults-state"})
    SLOW.unlink(missing_ok=True)
    sh("udevadm control --reload; udevadm settle")
    device = sh("lab-disk wait victim")
    return {
        "undo-status": ended.returncode, "undo-said": ended.stdout + ended.stderr,
        "partitions": sh(f"sfdisk --json {device}; udevadm settle").count('"node"'), "receipt-after": RECEIPT.exists(),
    }


def main() -> None:
    """The cases, one after the other."""
    disk = Disk()
    for name in sys.argv[1:]:
        step, _, fault = name.partition(":")
        began = time.monotonic()
        try:
            result = case(disk, step, fault)
        except (RuntimeError, subprocess.TimeoutExpired, OSError) as error:
            result = {"step": step, "fault": fault, "error": str(error)}
        print("@case " + json.dumps({**result, "seconds": round(time.monotonic() - began)}), flush=True)


main()
