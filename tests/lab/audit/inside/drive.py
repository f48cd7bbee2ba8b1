"""Runs snowmelt-audit on a used root, and prints what it said and what is there afterwards."""

import json
import os
import pathlib
import struct
import subprocess
import time

from layout import ROOT, TOP, inside, make, run, write

said: dict[str, object] = {}

LATE = "opt/late &amp; more"
"""A name that a desktop would take for markup."""


def ask(name: str, *arguments: str) -> None:
    """Asks snowmelt-audit."""
    said[name] = inside("/usr/bin/snowmelt-audit", *arguments)


def wait_for_boot() -> None:
    """Waits until the second is over in which the boot was through: systemd tells no less."""
    while True:
        told = subprocess.run(["systemctl", "show", "--timestamp=unix", "--value", "--property=FinishTimestamp"],
                              stdout=subprocess.PIPE, text=True, check=True).stdout.strip().removeprefix("@")
        if told and time.time() >= int(told) + 1:
            return
        time.sleep(0.1)


def use() -> None:
    """What programs and a person do after the boot."""
    write("var/lib/newapp/data", 3_000_000)
    write("var/lib/newapp/below/small", 100)
    write("var/lib/docker/volumes/x", 1_000_000)
    write("var/lib/lab-keeper/state", 500_000)
    write("var/lib/kept/file", 100)
    write("persist/file", 100)
    write("nix/file", 100)
    write("tmp/file", 100)
    write("var/cache/file", 100)
    write("etc/own.conf", 200)
    write("srv/anna's ${x}/file", 300)
    os.chown(ROOT / "srv/anna's ${x}", 1000, 1000)
    (ROOT / "srv/anna's ${x}").chmod(0o700)
    (ROOT / "srv/empty").mkdir()
    (ROOT / "etc/linked").symlink_to("/nix/store/x")
    (ROOT / "var/lib/moved-later").rename(ROOT / "var/lib/moved")
    run("btrfs", "subvolume", "create", ROOT / "var/lib/images")
    write("var/lib/images/disk", 100)
    run("btrfs", "subvolume", "create", ROOT / "var/lib/nothing-in-it")


# user_obj rw-, user 1000 r--, group_obj r--, mask rw-, other ---: acl(5), in the kernel's form.
ACL = struct.pack("<I", 2) + b"".join(
    struct.pack("<HHI", tag, permissions, who)
    for tag, permissions, who in ((1, 6, 2**32 - 1), (2, 4, 1000), (4, 4, 2**32 - 1), (16, 6, 2**32 - 1),
                                  (32, 0, 2**32 - 1)))


def old_root(name: str, number: int) -> pathlib.Path:
    """An old root with a directory of everything that a copy could forget."""
    (TOP / "old-roots").mkdir(exist_ok=True)
    root = TOP / "old-roots" / name
    run("btrfs", "subvolume", "create", root)
    app = root / "srv/app"
    app.mkdir(parents=True)
    file = app / "file"
    file.write_text(f"old {number}\n")
    os.chown(file, 1000, 1001)
    file.chmod(0o640)
    os.setxattr(file, "system.posix_acl_access", ACL)
    os.setxattr(file, "user.note", b"kept")
    (app / "link").symlink_to("/etc/passwd")
    os.link(file, app / "twin")
    os.utime(file, ns=(1_600_000_000_000_000_001, 1_500_000_000_123_456_789))
    app.chmod(0o2750)
    os.chown(root / "srv", 7, 8)
    (root / "srv/leads-away").symlink_to("/etc")
    return app


def facts(app: pathlib.Path) -> dict[str, object]:
    """What a copy must have of the directory that `old_root` makes."""
    file = (app / "file").lstat()
    return {
        "content": (app / "file").read_text(),
        "owner": [file.st_uid, file.st_gid],
        "mode": oct(file.st_mode & 0o7777),
        "time": file.st_mtime_ns,
        "acl": os.getxattr(app / "file", "system.posix_acl_access").hex(),
        "note": os.getxattr(app / "file", "user.note").decode(),
        "link": os.readlink(app / "link"),
        "one-file": (app / "twin").lstat().st_ino == file.st_ino,
        "directory": oct(app.lstat().st_mode & 0o7777),
    }


def recover() -> None:
    """Everything about recovering."""
    old_root("2026-01-01_10-00-00.1", 1)
    newer = old_root("2026-01-02_10-00-00.1", 2)
    said["expected"] = facts(newer)
    run("rm", "-rf", ROOT / "srv")
    ask("list-old", "recover", "--list", "/srv/app/file")
    ask("list-old-nothing", "recover", "--list", "/srv/none")
    ask("recover", "recover", "/srv/app")
    said["recovered"] = facts(ROOT / "srv/app")
    above = (ROOT / "srv").stat()
    said["above"] = [above.st_uid, above.st_gid]
    (ROOT / "srv/app/file").write_text("precious\n")
    ask("taken", "recover", "/srv/app")
    said["still"] = (ROOT / "srv/app/file").read_text()
    ask("replace", "recover", "/srv/app", "--replace", "--from", "2026-01-01_10-00-00.1")
    said["replaced"] = facts(ROOT / "srv/app")["content"]
    # A mount point that holds nothing yet, as after the path was persisted.
    (TOP / "persist/app").mkdir()
    run("rm", "-rf", ROOT / "srv/app")
    (ROOT / "srv/app").mkdir()
    run("mount", "--bind", TOP / "persist/app", ROOT / "srv/app")
    ask("into-mount", "recover", "/srv/app")
    said["in-mount"] = facts(TOP / "persist/app")
    ask("mount-taken", "recover", "/srv/app", "--replace")
    run("umount", ROOT / "srv/app")
    ask("link-in-old", "recover", "/srv/leads-away/passwd")
    outside = ROOT / "var/outside"
    outside.mkdir()
    run("rm", "-rf", ROOT / "srv")
    (ROOT / "srv").symlink_to("/var/outside")
    ask("link-in-system", "recover", "/srv/app")
    said["outside"] = os.listdir(outside)
    ask("no-such-root", "recover", "/srv/app", "--from", "../root")
    ask("no-such-path", "recover", "/srv/app/none")
    (ROOT / "srv").unlink()


def watch() -> None:
    """The notices."""
    notice = pathlib.Path("/run/snowmelt-audit/notice")
    ask("watch", "watch")
    said["first-notice"] = notice.read_text().splitlines()
    notice.unlink()
    ask("watch-again", "watch")
    said["second-notice"] = notice.exists()
    write(f"{LATE}/file", 10)
    ask("watch-late", "watch")
    said["third-notice"] = notice.read_text().splitlines()
    told = run("runuser", "-u", "live", "--", "dbus-run-session", "--", "python3", "-B", "/srv/test/desktop.py")
    said["desktop"] = next(json.loads(line.removeprefix("@desktop=")) for line in told.splitlines() if line.startswith("@desktop="))


def main() -> None:
    wait_for_boot()
    run("systemd-run", "--quiet", "--unit=lab-keeper", "--property=StateDirectory=lab-keeper", "sleep", "3000")
    make("AUDIT001")
    ask("no-mark", "--json")
    ask("mark", "mark")
    ask("just-booted", "--since-boot", "--json")
    use()
    ask("all", "--json")
    ask("new", "--since-boot", "--json")
    ask("text")
    (ROOT / "etc/nixos").mkdir()
    (ROOT / "etc/nixos/persistence.nix").write_text("{ preservation.preserveAt.\"/persist\" = { }; }\n")
    ask("preservation", "--json")
    watch()
    recover()
    run("btrfs", "subvolume", "delete", TOP / "root-blank")
    ask("no-blank", "--json")
    said["left"] = sorted(os.listdir(TOP / "audit"))
    said["mounts"] = [line for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()
                      if "snowmelt-audit" in line]
    print("@said=" + json.dumps(said))


main()
