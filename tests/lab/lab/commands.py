"""Commands in a guest: streams, exit status, session, what a guest may write to."""

import hashlib
import os
import pathlib
import subprocess

from harness import LAB, check, lab, same

# What the guest's session looks like from inside.
_SESSION = r"""
echo "who=$(id -un) $(id -Gn)"
echo "session=$(loginctl show-session "$XDG_SESSION_ID" -p Active -p Remote -p Seat | sort | tr '\n' ' ')"
echo "pkexec=$(pkexec id -u)"
echo "sudo=$(sudo -n id -u)"
echo "uefi=$(ls /sys/firmware | tr '\n' ' ')"
echo "network=$(ls /sys/class/net | tr '\n' ' ')"
echo "failed=$(systemctl --failed --plain --no-legend | tr '\n' ' ')"
sudo touch /usr/lib/lab/written /etc/written
echo "written=$(ls /usr/lib/lab/written /etc/written | tr '\n' ' ')"
mkdir ~/mine && touch ~/mine/file
echo "home=$(stat -c %U ~ ~/mine ~/mine/file | tr '\n' ' ')"
exit 7
"""


def run(folder: pathlib.Path) -> None:
    """Makes the checks."""
    crowd = lab("run", "--bare", *["--disk", "1G"] * 17, "--", "true")
    check("more disks than a guest can have are refused", crowd.returncode != 0 and "16 disks at most" in crowd.stderr, crowd)
    for options, why in (
        (["--pc", "--disk", "1G,ata"], "with --pc a disk has"),
        (["--disk", "1G", "--disk", "1G,drive=d0"], "with --pc"),
        (["--pc", "--disk", "1G,drive=d1", "--disk", "1G"], "an earlier disk"),
    ):
        refused = lab("run", "--bare", *options, "--", "true")
        check(f"{' '.join(options)} is refused", refused.returncode != 0 and why in refused.stderr, refused)
    ended = lab("run", "--bare", "--", "bash", "-c", _SESSION)
    output = ended.stdout + ended.stderr
    facts = dict(line.split("=", 1) for line in ended.stdout.splitlines() if "=" in line)
    same("the command's exit status comes back", ended.returncode, 7)
    same("the user is live, in wheel", facts.get("who"), "live live wheel")
    same("the session is local and active", facts.get("session"), "Active=yes Remote=no Seat=seat0 ")
    same("pkexec asks nothing", facts.get("pkexec"), "0")
    same("sudo asks nothing", facts.get("sudo"), "0")
    same("the guest looks started by UEFI", facts.get("uefi"), "efi ")
    check("there is no network", set(facts.get("network", "?").split()) <= {"lo"}, output)
    same("no unit failed", facts.get("failed"), "")
    same("the guest can write to its own system", facts.get("written"), "/etc/written /usr/lib/lab/written ")

    same("what the user makes at home is the user's", facts.get("home"), "live live live ")

    again = lab("run", "--bare", "--no-uefi", "--user", "root", "--", "bash", "-c",
                "ls /etc/written /usr/lib/lab/written; ls /sys/firmware; id -u >&2")
    same("nothing of it is there in the next guest", again.stdout.strip(), "")
    check("standard error is apart, and root is root", "0" in again.stderr.splitlines(), again.stderr)

    data = os.urandom(1_500_000)
    share = folder / "share"
    share.mkdir()
    ended_bytes = subprocess.run(
        [str(LAB), "run", "--bare", "--user", "root", "--share", f"{share}:/srv/share", "--",
         "sh", "-c", "tee /srv/share/copy"],
        input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600, check=False)
    same("bytes go in and out as they are",
         hashlib.sha256(ended_bytes.stdout).hexdigest(), hashlib.sha256(data).hexdigest())
    copy = share / "copy"
    check("a share is written to the host", copy.exists() and copy.read_bytes() == data,
          ended_bytes.stderr.decode("utf-8", "replace"))

    wrong = lab("run", "--disk", "8Q", "--", "true")
    check("a wrong size is a sentence and 125", wrong.returncode == 125 and "8Q" in wrong.stderr, wrong.stderr)

    blank = folder / "blank.img"
    blank.write_bytes(bytes(1 << 20))
    for image, word in ((blank, "GPT"), (folder / "absent.img", "absent.img")):
        ended = lab("boot", image, "--passphrase", "x", "--", "true")
        check(f"booting {image.name} is a sentence and 125",
              ended.returncode == 125 and word in ended.stderr and "Traceback" not in ended.stderr, ended.stderr)
