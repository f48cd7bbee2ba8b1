"""The app on a screen, the person before it, and what else happens on that machine meanwhile."""

import json
import pathlib
import shlex
import shutil
import subprocess
import tempfile
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

import glance  # noqa: E402
from person import Person
from report import check
from screen import LIMIT, Screen, wait

GATES = pathlib.Path("/run/gates")


def root(script: str, *arguments: str) -> str:
    """Runs a script as root; what it says."""
    return subprocess.run(["sudo", "-n", "bash", "-euc", script, "script", *arguments],
                          check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def output(*command: str) -> str:
    """What a command says."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


class Desk:
    """One window of the app, on the summary most of the time."""

    def __init__(self, screen: Screen, *command: str) -> None:
        self.screen = screen
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="snowmelt-"))
        self.app = screen.start(*command or ("snowmelt",))
        self.window = screen.window(self.app)
        self.person = Person(screen, self.app.pid)
        self.spoken: list[str] = []
        self.listener = Atspi.EventListener.new(lambda event: self.spoken.append(str(event.any_data)))
        self.listener.register("object:announcement")

    @property
    def process(self) -> int:
        """The app's number."""
        return self.app.pid

    def arrive(self, page: str) -> None:
        """Waits for a page."""
        self.person.page(page)

    def says(self, words: str) -> bool:
        """Whether these words stand anywhere in the window."""
        return glance.says(self.process, words)

    def hears(self, words: str, limit: float = LIMIT) -> None:
        """Waits until the app announces these words, or shows them."""
        silent = time.monotonic()

        def there() -> bool:
            nonlocal silent
            self.person.listen(0.2)
            if any(words in each for each in self.spoken):
                self.spoken.clear()
                return True
            if time.monotonic() < silent + 5:
                return False
            silent = time.monotonic()
            return self.says(words)

        try:
            wait(f"“{words}”", there, limit=limit)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; it said {self.spoken}") from error

    def shows(self, words: str) -> None:
        """Waits until these words stand somewhere."""
        wait(f"“{words}”", lambda: self.says(words), pause=0.5)

    def shows_no_longer(self, words: str) -> None:
        """Waits until they do not."""
        wait(f"the end of “{words}”", lambda: not self.says(words), pause=0.5)

    def looks(self, name: str, *words: str, without: str = "", ready: str = "", unready: str = "") -> None:
        """Checks at one glance that these words stand somewhere, others nowhere, and which buttons can
        be operated."""
        seen = glance.of(self.process)
        missing = [each for each in words if not any(each in node.name for node in seen)]
        wrong = [node.name for node in seen if without and without in node.name]
        usable = [node.name for node in seen if node.role == "button" and node.can_be_used]
        holds = not missing and not wrong and (not ready or ready in usable) and (not unready or unready not in usable)
        check(name, holds, "" if holds else f"missing {missing}, wrong {wrong}\n"
              + "\n".join(f"{node.role}: {node.name!r}" for node in seen))

    def save_in(self, title: str, key: str, name: str) -> pathlib.Path:
        """Presses the key of a button that asks for a file, and names one in the dialog for that."""
        place = self.folder / name
        self.person.key(key)
        dialog = self.screen.titled(title)
        self.person.key("ctrl+a")
        self.person.type(str(place))
        self.person.key("Return")
        wait("the end of the dialog for files", lambda: dialog not in self.screen.windows())
        self.screen.focus(self.window)
        return place

    def close(self) -> None:
        """Ends the app, if it is still there, and forgets what was saved."""
        self.app.terminate()
        self.app.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Gate:
    """A program of its own in the place of one that is run meanwhile. It stands still until it is
    opened, and then is the real one; so nobody has to hit a moment."""

    def __init__(self, program: str, first: str = "") -> None:
        self.program = program
        self.place = f"/usr/local/bin/{program}"
        real = root("PATH=/usr/sbin:/usr/bin command -v \"$1\"", program)
        name = shlex.quote(program)
        script = f"""#!/bin/bash
touch {GATES}/{name}.reached
until [ -e {GATES}/{name}.open ]; do /usr/bin/sleep 0.05; done
{first}
exec {shlex.quote(real)} "$@"
"""
        root('mkdir -p "$1"; rm -f "$1/$2".*; printf %s "$4" > "$3"; chmod 755 "$3"',
             str(GATES), program, self.place, script)

    def reached(self) -> None:
        """Waits until somebody stands before it."""
        place = GATES / f"{self.program}.reached"
        wait(f"{self.program}", place.exists, limit=300.0)

    def open(self) -> None:
        """Lets everybody through."""
        root('touch "$1"', str(GATES / f"{self.program}.open"))

    def remove(self) -> None:
        """Puts the real program back, once nobody stands before it."""
        self.open()
        root('rm -f "$1"', self.place)

    def __enter__(self) -> "Gate":
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


LEFT = r"""
echo "helpers: $(pgrep -fc '[s]nowmelt-helper' || :)"
echo "builds: $(pgrep -a '^nix' | grep -vc nix-daemon || :)"
echo "unlocked: $(find /dev/mapper -mindepth 1 ! -name control | wc -l)"
echo "mounted: $(cat /proc/[0-9]*/mountinfo 2>/dev/null | grep -c ' /mnt' || :)"
echo "swaps: $(($(wc -l < /proc/swaps) - 1))"
"""


def nothing_is_left(when: str, limit: float = 0.0) -> None:
    """Checks that nothing is mounted in any namespace, nothing unlocked, and nobody still at work; at
    the latest after so many seconds."""
    end = time.monotonic() + limit
    while True:
        left = root(LEFT)
        holds = all(line.endswith(": 0") for line in left.splitlines())
        if holds or time.monotonic() >= end:
            break
        time.sleep(0.5)
    check(f"nothing is left {when}", holds, left)


def inhibitors() -> list[tuple[str, str]]:
    """What logind keeps from happening for Snowmelt, and how."""
    answer = json.loads(output("busctl", "--json=short", "call", "org.freedesktop.login1", "/org/freedesktop/login1",
                               "org.freedesktop.login1.Manager", "ListInhibitors"))
    return [(what, mode) for what, who, _, mode, *_ in answer["data"][0] if who == "Snowmelt"]
