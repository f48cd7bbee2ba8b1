"""A machine with disks that are made up: a system bus of its own with the mock of UDisks2 on it.

    machine.py DISKS PARTITIONS COMMAND…

runs the command on it. What it mounts is for whoever is in this mount namespace.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""


def stop(process: "subprocess.Popen[str]") -> None:
    """Ends a process and waits for it."""
    process.terminate()
    process.wait()


class Machine:
    """The bus, and on it the mock."""

    def __init__(self, disks: int, partitions: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="snowmelt-machine-")
        self.folder = pathlib.Path(self._folder.name)
        config = self.folder / "bus.conf"
        config.write_text(_BUS.format(folder=self.folder))
        self._bus = subprocess.Popen(["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile",
                                      "--print-address"], stdout=subprocess.PIPE, text=True)
        assert self._bus.stdout is not None
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = self._bus.stdout.readline().strip()
        self._mock = subprocess.Popen(
            [sys.executable, "-B", str(pathlib.Path(__file__).parent / "udisks2.py"), str(self.folder / "kernel"),
             str(disks), str(partitions)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self._hear()
        subprocess.run(["mount", "--bind", str(self.folder / "kernel/block"), "/sys/class/block"], check=True)
        # The machine that this runs on may have none of UEFI.
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/sys/firmware"], check=True)
        pathlib.Path("/sys/firmware/efi").mkdir()

    def _hear(self) -> str:
        assert self._mock.stdout is not None
        line = self._mock.stdout.readline()
        if not line:
            raise RuntimeError("the mock of UDisks2 has ended")
        return line.strip()

    def disks(self, *words: object) -> str:
        """Gives the mock a command and waits until it is done."""
        assert self._mock.stdin is not None
        self._mock.stdin.write(" ".join(map(str, words)) + "\n")
        return self._hear()

    def close(self) -> None:
        """Ends everything."""
        subprocess.run(["umount", "/sys/class/block", "/sys/firmware"], check=False)
        stop(self._mock)
        stop(self._bus)
        self._folder.cleanup()


def main(disks: str, partitions: str, *command: str) -> int:
    """Runs a command; its status."""
    machine = Machine(int(disks), int(partitions))
    try:
        return subprocess.run(command, check=False).returncode
    finally:
        machine.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
