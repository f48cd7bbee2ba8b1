"""Whatever way the lab command ends, nothing of it is left."""

import os
import pathlib
import signal
import subprocess
import time

from harness import LAB, check, same


def _namespaces() -> set[str]:
    """The PID namespaces that processes are in now."""
    found = set()
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit():
                found.add(os.readlink(entry / "ns" / "pid"))
        except OSError:
            continue
    return found


def _descendants(pid: int) -> list[int]:
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = [int(child) for child in children]
    return found + [further for child in found for further in _descendants(child)]


def _mounts() -> set[str]:
    """The lab's mounts, by the source that it gives them."""
    lines = pathlib.Path("/proc/self/mountinfo").read_text().splitlines()
    return {line for line in lines if " lab " in line}


def _loops() -> set[str]:
    return {str(path) for path in pathlib.Path("/sys/block").glob("loop*/loop/backing_file")}


def _files() -> set[str]:
    """What lies in the cache, but for what other runs may be making there."""
    base = pathlib.Path(os.environ.get("SNOWMELT_CACHE") or pathlib.Path(
        os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "snowmelt")
    found = [*base.iterdir(), *(base / "mnt").iterdir()]
    return {str(path) for path in found if path.suffix not in (".lock", ".log")}


def _gone(namespace: str) -> bool:
    """Waits until no process is in the namespace; the kernel needs a moment to end them all."""
    for _ in range(600):
        if namespace not in _namespaces():
            return True
        time.sleep(0.1)
    return False


def _one(ending: signal.Signals) -> None:
    name = ending.name
    mounts, loops, files = _mounts(), _loops(), _files()
    run = subprocess.Popen(
        [str(LAB), "run", "--bare", "--user", "root", "--disk", "1G", "--",
         "sh", "-c", "echo up; sleep 600"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        # A shell starts its background jobs with SIGINT ignored, and whoever inherits that stays deaf.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    assert run.stdout is not None
    up = run.stdout.readline()
    inside = _descendants(run.pid)
    own = os.readlink("/proc/self/ns/pid")
    namespaces = {os.readlink(f"/proc/{pid}/ns/pid") for pid in inside} - {own}
    if not check(f"{name}: the guest is up in a namespace of its own", up == b"up\n" and len(namespaces) == 1,
                 (up, namespaces)):
        run.kill()
        return
    run.send_signal(ending)
    run.wait(120)
    check(f"{name}: no process of the guest is left", _gone(namespaces.pop()))
    left = [pid for pid in inside if pathlib.Path(f"/proc/{pid}").exists()
            and "Z" not in pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]]
    same(f"{name}: none of the command's own either", left, [])
    same(f"{name}: no mount is left", _mounts() - mounts, set())
    same(f"{name}: no loop device is left", _loops() - loops, set())
    same(f"{name}: no file is left", _files() - files, set())


def _side_by_side() -> None:
    command = [str(LAB), "run", "--bare", "--user", "root", "--disk", "64M", "--", "sh", "-c",
               "echo $0 >/etc/mine; echo $0 >/dev/sda; sleep 3; cat /etc/mine; head -c 2 /dev/sda"]
    guests = [subprocess.Popen([*command, str(n)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
              for n in range(2)]
    for number, guest in enumerate(guests):
        output, _ = guest.communicate(timeout=600)
        same(f"guest {number} of two side by side keeps to itself",
             (guest.returncode, output.decode()), (0, f"{number}\n{number}\n"))


def run(folder: pathlib.Path) -> None:
    """Makes the checks."""
    del folder
    for ending in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
        _one(ending)
    _side_by_side()
