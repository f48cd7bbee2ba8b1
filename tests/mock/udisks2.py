"""A mock of UDisks2 with more disks than a machine has, on a bus of its own.

    udisks2.py FOLDER DISKS PARTITIONS

It takes UDisks2's name on the bus at DBUS_SYSTEM_BUS_ADDRESS, shows DISKS disks with PARTITIONS
partitions each, and can have them plugged and pulled. Nothing can be done to its disks. In FOLDER it
keeps `block`, a folder that stands for /sys/class/block and is mounted there for whoever should
believe in the disks.

Commands come a line each on standard input: `pull N` and `plug N` do that to a disk, `storm RATE
SECONDS` has so many devices a second come or go, every eighth of them a disk with all its partitions.
`ready` and `done` are said on standard output.
"""

import os
import pathlib
import shutil
import sys
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME = "org.freedesktop.UDisks2"
ROOT = "/org/freedesktop/UDisks2"
DISK_SIZE = 1 << 40
MAJOR = 259
LINUX = "0fc63daf-8483-4772-8e79-3d69d8477de4"
OBJECT_MANAGER = """
<node>
  <interface name="org.freedesktop.DBus.ObjectManager">
    <method name="GetManagedObjects"><arg type="a{oa{sa{sv}}}" direction="out"/></method>
    <signal name="InterfacesAdded"><arg type="o"/><arg type="a{sa{sv}}"/></signal>
    <signal name="InterfacesRemoved"><arg type="o"/><arg type="as"/></signal>
  </interface>
</node>
"""


def number(minor: int) -> int:
    """A device number as makedev(3) puts it together."""
    return os.makedev(MAJOR, minor)


def name_of(disk: int) -> str:
    """The kernel's name of a disk: sda to sdz, then sdaa."""
    letters = ""
    disk += 1
    while disk:
        disk, letter = divmod(disk - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return f"sd{letters}"


def text(value: str) -> GLib.Variant:
    """A string."""
    return GLib.Variant("s", value)


def path_of_file(value: str) -> GLib.Variant:
    """A file name as UDisks2 tells it, with the zero byte behind it."""
    return GLib.Variant("ay", value.encode() + b"\0")


class Disk:
    """One disk and its partitions: UDisks2's objects for it, and sysfs's folders."""

    def __init__(self, folder: pathlib.Path, place: int, partitions: int) -> None:
        self.name = name_of(place)
        self.folder = folder
        minor = place * 32
        self.devices = [(self.name, minor)]
        self.devices += [(f"{self.name}{part}", minor + part) for part in range(1, partitions + 1)]
        drive = f"{ROOT}/drives/Mock_{place:04}"
        block = f"{ROOT}/block_devices/{self.name}"
        self.objects: dict[str, GLib.Variant] = {
            drive: self._interfaces({f"{NAME}.Drive": {
                "Vendor": text("Mock"), "Model": text(f"Many {place % 7}"), "Serial": text(f"MANY{place:04}"),
                "WWN": text(f"0x5000c500{place:08x}"), "Size": GLib.Variant("t", DISK_SIZE),
                "ConnectionBus": text("usb" if place % 3 == 0 else ""),
                "Removable": GLib.Variant("b", False), "MediaRemovable": GLib.Variant("b", False),
                "MediaCompatibility": GLib.Variant("as", []), "Optical": GLib.Variant("b", False),
                "Revision": text("1.0"), "RotationRate": GLib.Variant("i", 0)}}),
            block: self._interfaces({
                f"{NAME}.Block": self._block(self.name, minor, drive, DISK_SIZE, "", ""),
                f"{NAME}.PartitionTable": {
                    "Type": text("gpt"),
                    "Partitions": GLib.Variant("ao", [f"{block}{part}" for part in range(1, partitions + 1)])}}),
        }
        for part in range(1, partitions + 1):
            size = DISK_SIZE // (partitions + 1)
            kind = ("ext4", "ntfs", "vfat", "btrfs", "crypto_LUKS")[part % 5]
            usage = "crypto" if kind == "crypto_LUKS" else "filesystem"
            self.objects[f"{block}{part}"] = self._interfaces({
                f"{NAME}.Block": self._block(f"{self.name}{part}", minor + part, drive, size, usage, kind),
                f"{NAME}.Partition": {
                    "Number": GLib.Variant("u", part), "Type": text(LINUX), "Name": text(f"Part {part}"),
                    "UUID": text(f"00000000-0000-4000-8000-{place:06}{part:06}"),
                    "Offset": GLib.Variant("t", (1 << 20) + (part - 1) * size), "Size": GLib.Variant("t", size - (1 << 20)),
                    "Flags": GLib.Variant("t", 0), "IsContainer": GLib.Variant("b", False),
                    "Table": GLib.Variant("o", block)},
                f"{NAME}.Filesystem": {"MountPoints": GLib.Variant("aay", []), "Size": GLib.Variant("t", size)}})
        self._make_folders()

    @staticmethod
    def _interfaces(all_: dict[str, dict[str, GLib.Variant]]) -> GLib.Variant:
        return GLib.Variant("a{sa{sv}}", all_)

    @staticmethod
    def _block(name: str, minor: int, drive: str, size: int, usage: str, kind: str) -> dict[str, GLib.Variant]:
        links = [f"/dev/disk/by-id/{tail}-{name}".encode() + b"\0" for tail in ("ata-Mock", "wwn", "scsi-S")]
        return {
            "Device": path_of_file(f"/dev/{name}"), "PreferredDevice": path_of_file(f"/dev/{name}"),
            "Symlinks": GLib.Variant("aay", links),
            "DeviceNumber": GLib.Variant("t", number(minor)), "Id": text(f"by-id-{name}"),
            "Size": GLib.Variant("t", size), "ReadOnly": GLib.Variant("b", False), "Drive": GLib.Variant("o", drive),
            "IdUsage": text(usage), "IdType": text(kind), "IdVersion": text("1"),
            "IdLabel": text(f"data on {name}" if kind else ""), "IdUUID": text(f"uuid-{name}" if kind else ""),
            "Configuration": GLib.Variant("a(sa{sv})", []), "CryptoBackingDevice": GLib.Variant("o", "/"),
            "HintPartitionable": GLib.Variant("b", True), "HintSystem": GLib.Variant("b", True),
            "HintIgnore": GLib.Variant("b", False), "HintAuto": GLib.Variant("b", False),
            "HintName": text(""), "HintIconName": text(""), "HintSymbolicIconName": text(""),
            "UserspaceMountOptions": GLib.Variant("as", []), "MDRaid": GLib.Variant("o", "/"),
            "MDRaidMember": GLib.Variant("o", "/")}

    def _make_folders(self) -> None:
        home = self.folder / "devices" / self.name
        for name, minor in self.devices:
            own = home if name == self.name else home / name
            (own / "holders").mkdir(parents=True, exist_ok=True)
            (own / "dev").write_text(f"{MAJOR}:{minor}\n")
            (own / "size").write_text(f"{DISK_SIZE // 512}\n")
            if own != home:
                (own / "partition").write_text(f"{minor % 32}\n")

    def show(self, shown: bool) -> None:
        """Lets the kernel's folder have the disk, or not."""
        for name, _ in self.devices:
            link = self.folder / "block" / name
            if shown and not link.is_symlink():
                home = self.folder / "devices" / self.name
                link.symlink_to(home if name == self.name else home / name)
            elif not shown:
                link.unlink(missing_ok=True)


class Mock:
    """The service."""

    def __init__(self, folder: pathlib.Path, disks: int, partitions: int) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "block").mkdir(parents=True)
        self.disks = [Disk(folder, place, partitions) for place in range(disks)]
        self.there = [True] * disks
        # Partitions that are missing from a disk that is there.
        self.missing: set[str] = set()
        for disk in self.disks:
            disk.show(True)
        self.loop = GLib.MainLoop()
        address = os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        interface = Gio.DBusNodeInfo.new_for_xml(OBJECT_MANAGER).interfaces[0]
        self.bus.register_object(ROOT, interface, self._called, None, None)
        Gio.bus_own_name_on_connection(self.bus, NAME, Gio.BusNameOwnerFlags.NONE, self._named, None)
        self.input = Gio.UnixInputStream.new(0, False)
        GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, self._command)

    def _named(self, *_: object) -> None:
        print("ready", flush=True)

    def _called(self, *call: object) -> None:
        invocation = call[-1]
        assert isinstance(invocation, Gio.DBusMethodInvocation)
        entry = GLib.VariantType("{oa{sa{sv}}}")
        entries = [
            GLib.Variant.new_dict_entry(GLib.Variant("o", path), interfaces)
            for disk, there in zip(self.disks, self.there) if there
            for path, interfaces in disk.objects.items() if path not in self.missing
        ]
        everything = GLib.Variant.new_array(entry, entries)
        invocation.return_value(GLib.Variant.new_tuple(everything))

    def set(self, place: int, there: bool) -> None:
        """Plugs a disk or pulls it, and tells."""
        if self.there[place] == there:
            return
        self.there[place] = there
        disk = self.disks[place]
        disk.show(there)
        for path in disk.objects:
            if path not in self.missing:
                self._tell(disk, path, there)

    def _tell(self, disk: Disk, path: str, there: bool) -> None:
        """Says that an object has come or gone."""
        object_, interfaces = GLib.Variant("o", path), disk.objects[path]
        if there:
            said = GLib.Variant.new_tuple(object_, interfaces)
        else:
            said = GLib.Variant.new_tuple(object_, GLib.Variant("as", list(interfaces.unpack())))
        signal = "InterfacesAdded" if there else "InterfacesRemoved"
        self.bus.emit_signal(None, ROOT, "org.freedesktop.DBus.ObjectManager", signal, said)

    def turn(self, place: int, part: int) -> None:
        """Plugs or pulls a disk, or adds or removes one of its partitions."""
        disk = self.disks[place]
        if part == 0 or not self.there[place]:
            self.set(place, not self.there[place])
            return
        path = list(disk.objects)[part + 1]
        self.missing ^= {path}
        self._tell(disk, path, path not in self.missing)

    def _command(self, channel: GLib.IOChannel, _condition: object) -> bool:
        line = sys.stdin.readline()
        if not line:
            self.loop.quit()
            return False
        word, *numbers = line.split()
        if word == "storm":
            self._storm(int(numbers[0]), float(numbers[1]))
            return True
        self.set(int(numbers[0]), word == "plug")
        print("done", flush=True)
        return True

    def _storm(self, rate: int, seconds: float) -> None:
        began = time.monotonic()
        made = 0

        def more() -> bool:
            nonlocal made
            gone = time.monotonic() - began
            # Questions are answered in between, however far behind it is.
            for _ in range(min(20, int(min(gone, seconds) * rate) - made)):
                # Now here, now there, so that the list changes everywhere.
                partitions = len(self.disks[0].devices) - 1
                self.turn((made * 7) % len(self.disks), 0 if made % 8 == 0 else 1 + made % partitions)
                made += 1
            if made < rate * seconds:
                return True
            for place, disk in enumerate(self.disks):
                self.set(place, True)
                for path in self.missing & disk.objects.keys():
                    self.missing.remove(path)
                    self._tell(disk, path, True)
            print(f"done {made} {gone:.2f}", flush=True)
            return False

        GLib.timeout_add(5, more)

    def run(self) -> None:
        """Serves until standard input ends."""
        self.loop.run()


def main() -> None:
    """The command line."""
    folder, disks, partitions = sys.argv[1:]
    Mock(pathlib.Path(folder), int(disks), int(partitions)).run()


main()
