"""A disk as it is when the helper comes to it: partitioned, with an opened encrypted volume."""

import json
import pathlib
import subprocess
from typing import Any

PASSPHRASE = b"correct horse"


def run(*command: str, stdin: bytes = b"") -> str:
    """Runs a command that must succeed, and gives what it printed."""
    ended = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if ended.returncode != 0:
        raise RuntimeError(f"{command} ended with {ended.returncode}: {ended.stderr.decode()}")
    return ended.stdout.decode().strip()


class Prepared:
    """One disk, found by its serial number."""

    def __init__(self, serial: str) -> None:
        blocks = json.loads(run("lsblk", "--json", "-do", "PATH,SERIAL"))["blockdevices"]
        self.device = next(block["path"] for block in blocks if block["serial"] == serial)
        # The names are those by which the sample configuration finds the partitions.
        table = (
            "label: gpt\nsize=512M,type=U,name=ESP\nsize=64M,type=S,name=swap\n"
            "type=L,name=cryptroot\n"
        )
        run("sfdisk", "--quiet", self.device, stdin=table.encode())
        run("udevadm", "settle")
        run("mkfs.vfat", "-F", "32", self.part(1))
        run("mkswap", self.part(2))
        run("cryptsetup", "luksFormat", "--type", "luks2", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000",
            "--key-file", "-", self.part(3), stdin=PASSPHRASE)
        self.volume = "/dev/mapper/trial-volume"
        self.unlock()
        self.wipe()

    def part(self, number: int) -> str:
        """Path of a partition."""
        return f"{self.device}{number}"

    def is_open(self) -> bool:
        """Whether the volume is open."""
        return pathlib.Path(self.volume).exists()

    def unlock(self) -> None:
        """Opens the volume, if it is locked: a helper locks it at its end."""
        if self.is_open():
            return
        run("cryptsetup", "open", "--key-file", "-", self.part(3), "trial-volume", stdin=PASSPHRASE)
        run("udevadm", "settle")

    def lock(self) -> str:
        """Closes the volume, if it is open; gives the error, if there is one."""
        if not self.is_open():
            return ""
        ended = subprocess.run(["cryptsetup", "close", "trial-volume"], stderr=subprocess.PIPE, check=False)
        return ended.stderr.decode()

    def wipe(self) -> None:
        """Makes the filesystems anew."""
        self.unlock()
        run("mkfs.btrfs", "--quiet", "--force", "--label", "NIXOS", self.volume)
        run("mkfs.vfat", "-F", "32", self.part(1))
        run("udevadm", "settle")

    def open_request(self) -> dict[str, Any]:
        """The request that names this disk, which is opened for it, with its identity in UDisks2's words."""
        self.unlock()
        return self.open_request_for({"luks": run("cryptsetup", "luksUUID", self.part(3))})

    def open_request_for(self, volume: dict[str, str]) -> dict[str, Any]:
        """The same for what the filesystem lies on."""
        return {
            "open-target": {
                "disk": self.identity(),
                "volume": volume,
                "esp": run("lsblk", "-dno", "PARTUUID", self.part(1)),
            }
        }

    def make_plain(self) -> None:
        """Puts the filesystem on the partition itself."""
        run("cryptsetup", "close", "trial-volume")
        run("wipefs", "--all", "--quiet", self.part(3))
        run("udevadm", "settle")
        self.volume = self.part(3)
        self.wipe()

    def plain_request(self) -> dict[str, Any]:
        """The same without encryption: the partition is named."""
        return self.open_request_for({"partition": run("lsblk", "-dno", "PARTUUID", self.part(3))})

    def identity(self) -> dict[str, Any]:
        """What UDisks2 says of the drive."""
        block = f"/org/freedesktop/UDisks2/block_devices/{pathlib.Path(self.device).name}"
        drive = self.property(block, "Block", "Drive")
        value = {name: self.property(drive, "Drive", name) for name in ("WWN", "Serial", "Vendor", "Model")}
        return {
            "wwn": value["WWN"] or None,
            "serial": value["Serial"] or None,
            "vendor": value["Vendor"],
            "model": value["Model"],
            "size": self.property(block, "Block", "Size"),
        }

    @staticmethod
    def property(path: str, interface: str, name: str) -> Any:
        """A property of one of UDisks2's objects."""
        service = "org.freedesktop.UDisks2"
        return json.loads(run("busctl", "--json=short", "get-property", service, path, f"{service}.{interface}", name))["data"]
