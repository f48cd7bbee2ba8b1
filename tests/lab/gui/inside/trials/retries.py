"""nixos-install that fails once, a disk service that starts anew, and what comes after success."""

from desk import Desk, Gate, inhibitors, nothing_is_left, root
from report import check
from screen import wait
from session import TOLD, Session
from walk import INSTALLATION, erase_and_install

FAILS_ONCE = """
if mkdir /run/failed-once 2>/dev/null; then
  echo 'no snow today' >&2
  exit 1
fi
systemctl restart udisks2
"""
"""Before the real nixos-install: the first time it fails, the second time the disk service is lost."""


def fails_then_succeeds(desk: Desk, session: Session) -> None:
    """From the summary over a failure to Done."""
    with Gate("nixos-install", FAILS_ONCE) as gate:
        gate.open()
        erase_and_install(desk.person)
        check("the session is told before a failure", session.heard() == TOLD)
        desk.hears("The Installation Failed", limit=INSTALLATION)
        check("while nothing runs the session may do what it likes", session.heard() == "end")
        desk.looks("it is said what has failed and what that means", "no snow today", "Install NixOS",
                   "What was made so far is kept", "What was on the disk is gone, and the new system is not complete.",
                   "Start Over", "Save Report…", ready="Retry This Step")
        report = desk.save_in("Save the Report", "alt+p", "report.txt")
        desk.hears(f"Saved as {report}.")
        text = report.read_text()
        check("the report tells the failure", "no snow today" in text and "program-failed" in text, text)
        desk.person.key("alt+r")
        check("the session is told of another try", session.heard() == TOLD)
        desk.hears("NixOS Is Installed", limit=INSTALLATION)
        check("the session is free at the end", session.heard() == "end")
    root("rmdir /run/failed-once")
    check("the machine may sleep after success", inhibitors() == [], inhibitors())
    check("nobody is told that the disk is gone", not any("is gone." in each for each in desk.spoken), desk.spoken)
    nothing_is_left("after the second try")


def done(desk: Desk) -> None:
    """The last page: the log, and the restart."""
    log = desk.save_in("Save the Log", "alt+s", "install.log")
    desk.hears(f"Saved as {log}.")
    text = log.read_text()
    check("the log tells of both tries", "no snow today" in text and "installation finished!" in text, text[-3000:])
    # logind and systemd are real; what systemd does for a restart is to leave a mark.
    root("systemctl mask --runtime reboot.target")
    desk.person.key("alt+r")
    desk.hears("The computer can’t be restarted from here")
    desk.looks("who is refused may ask again", ready="Restart Now")
    root("""systemctl unmask --runtime reboot.target
printf '[Unit]\\nWants=mark.service\\n' > /etc/systemd/system/reboot.target
printf '[Service]\\nType=oneshot\\nExecStart=/usr/bin/touch /run/restarted\\n' > /etc/systemd/system/mark.service
systemctl daemon-reload""")
    desk.person.key("alt+r")
    wait("the restart", lambda: root("[ ! -e /run/restarted ] || echo yes") == "yes")
    check("Restart Now restarts the machine", True)
