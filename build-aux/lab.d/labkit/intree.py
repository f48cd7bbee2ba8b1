"""Runs a command in one of the trees, with the checkout at its own path.

The host's Rust toolchain and its crates are there too, so that the product is
compiled against the tree's libraries by the toolchain that the host has.
"""

import os
import subprocess
from pathlib import Path

from . import hosttools, paths, store
from .errors import LabError
from .namespace import Namespace

_TARGET = "/target"


def _output(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise LabError(f"“{' '.join(command)}” ended with status {done.returncode}")
    return done.stdout.strip()


def _cargo_home() -> Path:
    return Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")


def fetch_crates() -> None:
    """Brings the crates of each Cargo.lock here; what is compiled in a tree uses no network."""
    hosttools.need("cargo", "rustc")
    for manifest in ("Cargo.toml", "tests/fuzz/Cargo.toml"):
        command = ["cargo", "fetch", "--locked", "--quiet", "--manifest-path", manifest]
        if subprocess.run(command, cwd=paths.REPO, check=False).returncode:
            raise LabError(f"cargo could not fetch the crates for {manifest}; its own words stand above.")


def target_directory() -> Path:
    """Where cargo builds.

    Each checkout has its own: cargo names what it builds by the place in the checkout, so that in
    a shared folder one checkout would be given the programs of another.
    """
    path = paths.cache() / f"target-{paths.checkout_key()}"
    path.mkdir(exist_ok=True)
    return path


def run(tree: Path, argv: list[str]) -> int:
    """Runs `argv` in the tree, in the checkout, as root of that tree; its exit status.

    The checkout may be written to. The tree itself stays as it is: what is
    written to it goes to memory.
    """
    held = [store.hold(tree)]
    namespace = Namespace()
    namespace.overlay([tree], "tree")
    # Before the checkout, which may be below it.
    namespace.tmpfs("tree/tmp")
    home = _cargo_home()
    sysroot = Path(_output("rustc", "--print", "sysroot"))
    for place in (paths.REPO, home / "registry"):
        place.mkdir(parents=True, exist_ok=True)
        namespace.bind(place, f"tree{place}", read_only=False)
    if not sysroot.is_relative_to("/usr"):
        namespace.bind(sysroot, f"tree{sysroot}")
    git = Path(_output("git", "-C", str(paths.REPO), "rev-parse", "--path-format=absolute", "--git-common-dir"))
    if not git.is_relative_to(paths.REPO):
        namespace.bind(git, f"tree{git}")
    namespace.bind(target_directory(), f"tree{_TARGET}", read_only=False)
    namespace.proc("tree/proc")
    namespace.bind("/dev", "tree/dev", read_only=False)
    namespace.bind("/sys", "tree/sys")
    for fd in held:
        namespace.keep(fd)
    environment = {
        "PATH": f"{sysroot}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LC_ALL": "C.UTF-8",
        "CARGO_HOME": str(home),
        "CARGO_TARGET_DIR": _TARGET,
        "CARGO_NET_OFFLINE": "true",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
    }
    try:
        with namespace.start(argv, root="tree", env=environment, cwd=str(paths.REPO)) as running:
            return running.wait()
    finally:
        for fd in held:
            os.close(fd)
