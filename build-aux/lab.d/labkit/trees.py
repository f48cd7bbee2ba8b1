"""The Debian trees and kernels, made with mmdebstrap."""

import os
import shutil
import subprocess
from pathlib import Path

from . import hosttools, paths, store
from .errors import LabError
from .namespace import CONTAINED

SUITE = "trixie"
UML_SUITE = "sid"
"""Only sid's user-mode-linux runs on processors with AMX: trixie's panics at
init («ptrace set fp regs failed»)."""

_LISTS = Path(__file__).resolve().parents[1] / "trees"
_TARGET_LIST = paths.STANDIN / "packages-target"
_STANDIN_LIVE_LIST = paths.STANDIN / "packages-live"
_FORGE = paths.STANDIN / "forge" / "forge"
_VERSION = "2"


def read_list(path: Path) -> list[str]:
    """The packages of a list: one a line, `#` begins a comment."""
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return [line for line in lines if line]


def _bootstrap(suite: str, variant: str, packages: list[str], into: Path,
               hooks: list[str]) -> None:
    archives = paths.cache() / "debs"
    archives.mkdir(exist_ok=True)
    log = paths.cache() / f"{into.name.removeprefix('.new-').partition('-')[0]}.log"
    command = [
        *CONTAINED, "--mount-proc", "mmdebstrap", f"--variant={variant}", f"--include={','.join(packages)}",
        "--mode=root",
        # The index of sid may be past its date on a mirror.
        '--aptopt=Acquire::Check-Valid-Until "false"',
        '--aptopt=APT::Install-Recommends "false"',
        '--setup-hook=mkdir -p "$1/var/cache/apt/archives"; '
        f'cp -l "{archives}"/*.deb "$1/var/cache/apt/archives/" 2>/dev/null || true',
        "--skip=essential/unlink", "--skip=cleanup/apt",
        *(f"--customize-hook={hook}" for hook in hooks),
        f'--customize-hook=cp -ln "$1"/var/cache/apt/archives/*.deb "{archives}/" || true',
        '--customize-hook=rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/lib/apt/lists/*',
        suite, str(into),
    ]
    if os.environ.get("SNOWMELT_LAB_USERNS"):
        command.insert(-2, "--skip=check/canary,chroot/mknod")
    with log.open("wb") as stream:
        done = subprocess.run(command, stdout=stream, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        tail = log.read_text(errors="replace").splitlines()[-8:]
        raise LabError("mmdebstrap failed; its log is " + str(log) + ":\n" + "\n".join(tail))


def _tree(name: str, packages: list[str], hooks: list[str], extra: bytes = b"") -> Path:
    names = sorted(set(packages))
    # Not the hooks: they name the checkout. Their files are in `extra`.
    inputs = store.digest(_VERSION, SUITE, "\n".join(names), extra)

    def make(into: Path) -> None:
        hosttools.need("mmdebstrap")
        _bootstrap(SUITE, "minbase", names, into, hooks)

    return store.ensure(name, inputs, make, label=f"the {name} tree ({len(names)} packages and what they need)")


def live(*, peer: bool = False) -> Path:
    """The system of the live session, with what the stand-in's tools need; with `peer`, also with
    the installer that ours is measured beside."""
    customize = _LISTS / "live.customize"
    masked = _LISTS / "live.masked"
    hook = f'"{customize}" "$1" "{masked}"'
    names = read_list(_LISTS / "live.packages")
    if _STANDIN_LIVE_LIST.exists():
        names += read_list(_STANDIN_LIVE_LIST)
    if peer:
        names += read_list(_LISTS / "peer.packages")
    return _tree("peer" if peer else "live", names, [hook], customize.read_bytes() + masked.read_bytes())


def build() -> Path:
    """The compilers and development packages."""
    return _tree("build", read_list(_LISTS / "build.packages"), [])


def target() -> Path | None:
    """The userland of installed systems; None while no list names it."""
    if not _TARGET_LIST.exists():
        return None
    return _tree("target", read_list(_TARGET_LIST), [])


def uml() -> Path:
    """User-mode Linux's package with the libraries it runs with, unpacked; in
    `layer/` its modules where a guest looks for them."""
    return _kernel("uml", UML_SUITE, "user-mode-linux", "usr/lib/uml/modules")


def kernel() -> Path:
    """Debian's kernel package, unpacked; `layer/` as for UML."""
    return _kernel("kernel", SUITE, "linux-image-amd64", "usr/lib/modules")


def pc_initrd() -> Path:
    """A directory with the initrd by which an emulated PC has a directory of the host as its root."""
    tree, modules = live(), kernel()
    script = _LISTS / "pc-initrd"
    inputs = store.digest(script.read_bytes(), tree.name, modules.name)

    def make(into: Path) -> None:
        into.mkdir()
        shutil.copy(script, into)
        steps = ('mount --bind "$1" "$2/mnt"; mount --bind "$3" "$2/media"; mount -t proc proc "$2/proc";'
                 ' exec chroot "$2" /mnt/pc-initrd')
        names = [str(into), str(tree), str(modules / "layer" / "usr")]
        done = subprocess.run([*CONTAINED, "sh", "-euc", steps, "pc-initrd", *names], check=False)
        if done.returncode:
            raise LabError("The initrd of the emulated PC could not be made.")

    return store.ensure("pc-initrd", inputs, make)


def pc_kernel(tree: Path) -> Path:
    """Debian's kernel, for a PC."""
    return next((tree / "boot").glob("vmlinuz-*"))


def _kernel(name: str, suite: str, package: str, modules: str) -> Path:
    inputs = store.digest(_VERSION, suite, package)

    def make(into: Path) -> None:
        hosttools.need("mmdebstrap", "depmod")
        _bootstrap(suite, "extract", [package], into, [])
        version = next((into / modules).iterdir()).name
        over = into / "layer" / "usr" / "lib" / "modules"
        over.mkdir(parents=True)
        shutil.copytree(into / modules / version, over / version, copy_function=os.link, symlinks=True)
        depmod = hosttools.find("depmod") or "depmod"
        subprocess.run([depmod, "-b", str(into / "layer" / "usr"), version], check=True)

    return store.ensure(name, inputs, make, label=f"the kernel of {package}")


def uml_program(tree: Path) -> int:
    """User-mode Linux's program, opened."""
    return os.open(tree / "usr" / "bin" / "linux.uml", os.O_RDONLY)


def prepared() -> Path | None:
    """What the stand-in makes ready once for every installation: `live/nix`, a
    store that guests have from the start. None while there is no stand-in."""
    userland = target()
    if userland is None or not _FORGE.exists():
        return None
    used = [live(), userland, kernel(), uml()]
    made_from = ("forge", "nixpkgs", "impermanence", "preservation")
    inputs = store.digest(*(store.digest_tree(paths.STANDIN / name) for name in made_from),
                          *(tree.name for tree in used))
    kind = "prepared"

    def make(into: Path) -> None:
        into.mkdir()
        # The forge keeps what no change of the stand-in's Nix files touches.
        before = max(into.parent.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime, default=None)
        if before is not None:
            artifacts = str(before / "artifacts")
            subprocess.run(["cp", "--archive", "--link", artifacts, str(into)], check=True)
        log = paths.cache() / f"{kind}.log"
        names = ("--live", "--target", "--kernel", "--uml")
        arguments = [text for pair in zip(names, map(str, used)) for text in pair]
        held = [store.hold(tree) for tree in used]
        try:
            with log.open("wb") as stream:
                done = subprocess.run(
                    [*CONTAINED, "--mount-proc", str(_FORGE), *arguments, "--out", str(into)],
                    stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT, check=False)
        finally:
            for fd in held:
                os.close(fd)
        if done.returncode:
            tail = log.read_text(errors="replace").splitlines()[-8:]
            raise LabError(f"The stand-in could not be prepared; the log is {log}:\n" + "\n".join(tail))

    return store.ensure(kind, inputs, make, label="the stand-in's package set", keep_hours=2)


def setup() -> None:
    """Makes all that is missing."""
    hosttools.need(*hosttools.PACKAGES)
    for make in (live, uml, build, kernel, pc_initrd, target, prepared):
        make()
