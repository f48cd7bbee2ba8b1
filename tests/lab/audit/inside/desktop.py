"""Runs as an ordinary user in a session of its own: the notice on a screen, by dunst.

It prints one line of JSON: for each way to treat markup, what the program said and what was shown.
"""

import html
import json
import os
import signal
import subprocess
import tempfile
import time

MODES = ("full", "no")
NOTICE = "/run/snowmelt-audit/notice"
LIMIT = 60
"""Seconds that something on the desktop may take."""


def ask(*command: str) -> str:
    """What a command that must succeed says."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def until(words: str, *command: str) -> None:
    """Waits until a command says so."""
    end = time.monotonic() + LIMIT
    while words not in (said := ask(*command)):
        if time.monotonic() > end:
            raise TimeoutError(f"{command} never said {words}, but {said}")
        time.sleep(0.05)


def notify(daemon: "subprocess.Popen[bytes]", later: str) -> "subprocess.CompletedProcess[str]":
    """Shows the notice; with another in its place before the desktop has taken the first one."""
    if later:
        daemon.send_signal(signal.SIGSTOP)
    with subprocess.Popen(["snowmelt-audit", "notify"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as told:
        if later:
            # It has read the first one, and waits for an answer.
            until("socket:", "sh", "-c", f"ls -l /proc/{told.pid}/fd")
            time.sleep(2)
            ask("sudo", "-n", "sh", "-c", f"echo '{later}' > {NOTICE}.new; mv {NOTICE}.new {NOTICE}")
            daemon.send_signal(signal.SIGCONT)
        said, err = told.communicate(timeout=LIMIT)
    return subprocess.CompletedProcess(told.args, told.returncode, said, err)


def shown(markup: str, later: str = "") -> dict[str, object]:
    """The notices, by a desktop that treats markup so."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
        settings.write(f"[global]\nmarkup = {markup}\n[urgency_normal]\ntimeout = 0\n")
        settings.flush()
        with subprocess.Popen(["dunst", "-conf", settings.name]) as daemon:
            try:
                until("org.freedesktop.Notifications", "busctl", "--user", "list", "--acquired", "--no-legend")
                ended = notify(daemon, later)
                until("2" if later else "1", "dunstctl", "count", "displayed")
                ask("dunstctl", "close-all")
                notices = json.loads(ask("dunstctl", "history"))["data"][0]
            finally:
                daemon.terminate()
    # What dunst keeps of a body with markup is what it gives to Pango, which takes the references out.
    plain = html.unescape if markup == "full" else str
    return {"status": ended.returncode, "err": ended.stderr, "notices": [
        [notice["appname"]["data"], notice["summary"]["data"], plain(notice["body"]["data"])] for notice in notices]}


def main() -> None:
    reading, writing = os.pipe()
    with subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x300x24", "-nolisten", "tcp"],
                          pass_fds=[writing], stderr=subprocess.DEVNULL) as screen:
        os.close(writing)
        with os.fdopen(reading) as number:
            os.environ["DISPLAY"] = ":" + number.readline().strip()
        try:
            said = {mode: shown(mode) for mode in MODES}
            said["later"] = shown("no", later="opt/later still")
        finally:
            screen.terminate()
    nowhere = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
    ended = subprocess.run(["snowmelt-audit", "notify"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=nowhere)
    said["nowhere"] = {"status": ended.returncode, "err": ended.stderr}
    print("@desktop=" + json.dumps(said))


main()
