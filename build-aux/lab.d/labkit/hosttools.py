"""The host's programs: looked for, installed with apt when we are root."""

import os
import shutil
import subprocess
import sys

from .channel import warn
from .errors import LabError

PACKAGES = {
    "mmdebstrap": "mmdebstrap",
    "mount": "mount",
    "unshare": "util-linux",
    "setpriv": "util-linux",
    "chroot": "coreutils",
    "depmod": "kmod",
    "mcopy": "mtools",
    "qemu-system-x86_64": "qemu-system-x86",
    "newuidmap": "uidmap",
}
"""Program to Debian package."""


def find(program: str) -> str | None:
    """The program's path; also looks where ordinary users' PATH doesn't."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")


def need(*programs: str, files: dict[str, str] | None = None) -> None:
    """Installs what is missing, or names it in one line.

    `files` maps a path that must exist to the package that has it.
    """
    lacking = [program for program in programs if find(program) is None]
    unpackaged = [program for program in lacking if program not in PACKAGES]
    if unpackaged:
        raise LabError(f"There is no {' and no '.join(unpackaged)}; install a Rust toolchain, 1.93 or newer.")
    missing = {PACKAGES[program] for program in lacking}
    missing |= {package for path, package in (files or {}).items() if not os.path.exists(path)}
    if not missing:
        return
    names = " ".join(sorted(missing))
    if os.geteuid() != 0 or os.environ.get("SNOWMELT_LAB_USERNS") or not find("apt-get"):
        raise LabError(f"These Debian packages are missing; install them: {names}")
    warn(f"installing {names}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "-qq", "-y", "--no-install-recommends", "install", *sorted(missing)]
    # A bare machine has no package lists yet; a fresh one needs no update.
    for command in (install, ["apt-get", "-qq", "update"], install):
        if subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=False).returncode:
            continue
        if command is install:
            return
    raise LabError(f"apt-get could not install: {names}")


def become_root() -> None:
    """Starts this command again as root of a user namespace, when it isn't root.

    The user's subordinate ids (/etc/subuid, /etc/subgid) become the other
    users of trees and guests.
    """
    if os.geteuid() == 0:
        return
    need("unshare", "newuidmap")
    inside = ["unshare", "--user", "--map-root-user", "--map-auto", "--"]
    works = subprocess.run([*inside, "true"], stderr=subprocess.PIPE, text=True, check=False)
    if works.returncode:
        raise LabError("Be root, or let this user have namespaces and subordinate ids "
                       f"(/etc/subuid, /etc/subgid): {works.stderr.strip()}")
    os.execvpe("unshare", [*inside, sys.executable, *sys.argv],
               {**os.environ, "SNOWMELT_LAB_USERNS": "1"})
