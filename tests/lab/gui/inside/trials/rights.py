"""pkexec, and polkit behind it, that say no."""

import contextlib
import subprocess
from collections.abc import Iterator

from desk import Desk, nothing_is_left, root
from report import check
from walk import erase_and_install

RULES = "/etc/polkit-1/rules.d/10-trial.rules"
"""Read before the rule that says yes to everything."""
ACTION = "org.snowmelt.Installer.install"


@contextlib.contextmanager
def ruled(result: str) -> Iterator[None]:
    """As long as it lasts, polkit says this to whoever wants to install."""
    root('printf %s "$2" > "$1"; systemctl restart polkit', RULES,
         f'polkit.addRule(function(action) {{ if (action.id == "{ACTION}") return polkit.Result.{result}; }});')
    try:
        yield
    finally:
        root('rm "$1"; systemctl restart polkit', RULES)


@contextlib.contextmanager
def asked_and_closed() -> Iterator[None]:
    """As long as it lasts, the person is asked for the administrator's password, and closes the
    question: polkit and pkexec are real, the agent that asks is no desktop's."""
    agent = subprocess.Popen(["python3", "-B", "/srv/gui/dismissing_agent.py"], stdout=subprocess.PIPE, text=True)
    assert agent.stdout is not None
    try:
        check("polkit takes the agent", agent.stdout.readline() == "registered\n")
        yield
        check("the person was asked once", agent.stdout.readline() == f"asked {ACTION}\n")
    finally:
        agent.terminate()
        agent.wait()


def dismissed(desk: Desk) -> None:
    """The question is closed: the summary is back, and nothing was the matter."""
    with ruled("AUTH_ADMIN"), asked_and_closed():
        erase_and_install(desk.person)
        desk.hears("The question for the administrator’s password was closed.")
        desk.arrive("Summary")
    desk.looks("a closed question is no failure", "Nothing was written to the disk.", without="Start Over",
               ready="Erase and Install…")
    nothing_is_left("after the question was closed")


def refused(desk: Desk) -> None:
    """Somebody who may not is told who may."""
    with ruled("NO"):
        erase_and_install(desk.person)
        desk.hears("You are not allowed to install on this computer.")
        desk.looks("who may not install is told who may", "members of the group “wheel”",
                   "Nothing was written to the disk.", ready="Try Again")
    nothing_is_left("after polkit has said no")
    desk.person.key("alt+s")
    desk.arrive("Summary")
