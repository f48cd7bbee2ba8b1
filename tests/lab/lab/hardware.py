"""Disks in a guest: identity, sector size, plugging, pulling, images that stay."""

import pathlib

from harness import lab, same

_IDENTITY = r"""
set -e
disk() { udisksctl info -b "$1" >/dev/null; busctl --json=short get-property org.freedesktop.UDisks2 \
  "$(busctl --json=short get-property org.freedesktop.UDisks2 /org/freedesktop/UDisks2/block_devices/"${1##*/}" \
     org.freedesktop.UDisks2.Block Drive | jq -r .data)" org.freedesktop.UDisks2.Drive "$2" | jq -r .data; }
a=$(lab-disk wait d0)
echo "vendor=$(disk "$a" Vendor)"; echo "model=$(disk "$a" Model)"; echo "serial=$(disk "$a" Serial)"
echo "wwn=$(disk "$a" WWN)"; echo "size=$(disk "$a" Size)"
b=$(lab-disk wait wide); echo "sector=$(blockdev --getss "$b")"
c=$(lab-disk wait locked); echo "ro=$(blockdev --getro "$c")"
"""

_PLUG = r"""
set -e
echo "before=$(lab-disk list | cut -f2)"
lab-disk plug d0; one=$(lab-disk wait d0)
mkfs.ext4 -q "$one"; mount "$one" /mnt; echo kept >/mnt/kept; umount /mnt
mount "$one" /mnt; lab-disk pull d0
if (echo lost >/mnt/lost && sync -f /mnt) 2>/dev/null; then echo "pulled=still writes"; else echo "pulled=fails"; fi
umount -l /mnt
lab-disk plug d0; two=$(lab-disk wait d0)
mount "$two" /mnt; echo "content=$(cat /mnt/kept)"; umount /mnt
lab-disk pull d0
dmsetup create over --table "0 $(blockdev --getsz "$(lab-disk image d0)") error"
lab-disk plug d0 /dev/mapper/over; three=$(lab-disk wait d0)
if head -c 4096 "$three" >/dev/null 2>&1; then echo "faulty=reads"; else echo "faulty=fails"; fi
"""


def _facts(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def run(folder: pathlib.Path) -> None:
    """Makes the checks."""
    ended = lab(
        "run", "--bare", "--user", "root",
        "--disk", "3G,vendor=ACME,model=Rocket 9,serial=A1B2C3,wwn=6c0ffee",
        "--disk", "1G,name=wide,sector=4096", "--disk", "1G,name=locked,ro",
        "--", "bash", "-c", _IDENTITY)
    facts = _facts(ended.stdout)
    same("a disk has the vendor, model, serial and size asked for",
         [facts.get(key) for key in ("vendor", "model", "serial", "size")],
         ["ACME", "Rocket 9", "A1B2C3", str(3 << 30)])
    same("its WWN has the company asked for and the serial",
         facts.get("wwn"), "0x6c0ffeea1b2c3000" + "0" * 16)
    same("a disk may have sectors of 4096 bytes", facts.get("sector"), "4096")
    same("a disk may be read-only", facts.get("ro"), "1")

    ended = lab("run", "--bare", "--user", "root", "--disk", "1G,unplugged", "--", "bash", "-c", _PLUG)
    facts = _facts(ended.stdout)
    same("a disk can be there without being plugged", facts.get("before"), "-")
    same("writing to a pulled disk fails", facts.get("pulled"), "fails")
    same("plugged again it has its content", facts.get("content"), "kept")
    same("it can be plugged over another device", facts.get("faulty"), "fails")

    image = folder / "disk.img"
    first = lab("run", "--bare", "--user", "root", "--disk", f"64M,image={image}", "--",
                "sh", "-c", "echo remembered >/dev/sda")
    second = lab("run", "--bare", "--user", "root", "--disk", f"image={image}", "--",
                 "head", "-c", "10", "/dev/sda")
    same("an image keeps what was written", (first.returncode, second.stdout), (0, "remembered"))
