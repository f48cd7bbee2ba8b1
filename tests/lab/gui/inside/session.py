"""The stand-in for the session manager (session_manager.py), from the test's side."""

import subprocess
import tempfile

from screen import wait

TOLD = "13 NixOS is being installed."
"""Neither log out, nor switch the user, nor sleep, nor fall idle (GtkApplicationInhibitFlags)."""


class Session:
    """A session manager that says what it is told."""

    def __init__(self) -> None:
        self.words = tempfile.NamedTemporaryFile("r", prefix="session-")
        with open(self.words.name, "w", encoding="utf-8") as into:
            self.manager = subprocess.Popen(["python3", "-B", "/srv/gui/session_manager.py"], stdout=into)
        self.expect("ready")

    def heard(self) -> str:
        """The next thing that it was told; what does not come is nothing."""
        line = ""

        def there() -> bool:
            nonlocal line
            line += self.words.readline()
            return line.endswith("\n")

        wait("a word to the session manager", there)
        return line.rstrip("\n")

    def expect(self, words: str) -> None:
        """Waits for the next thing that it is told, which must be this."""
        heard = self.heard()
        if heard != words:
            raise TimeoutError(f"the session manager was told “{heard}”, not “{words}”")

    def close(self) -> None:
        """Ends it."""
        self.manager.terminate()
        self.manager.wait()
        self.words.close()
