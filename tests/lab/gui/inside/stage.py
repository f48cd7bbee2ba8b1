"""The app on a screen: how a page looks, what is wrong with it, and the hand that fills it in."""

import re
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

import audit  # noqa: E402
import probe  # noqa: E402
import tree  # noqa: E402
from desktop import Desktop  # noqa: E402
from frame import Framebuffer, Picture  # noqa: E402
from person import Person  # noqa: E402
from report import check  # noqa: E402
from screen import Screen, wait  # noqa: E402

WIDE, HIGH = 980, 720
"""The size that the window begins with."""

NARROW = 370
"""360 pixels, and the frame that a window has where nothing is drawn in layers."""

TOOLKIT = {"Back", "Close", "Close the window", "Minimize", "Maximize", "Clear entry", "Show Password",
           "Hide Password", "Snowmelt", "snowmelt", "English"}
"""What the toolkit says in the process's own locale, and two names."""


class Stage:
    """One run of the app."""

    def __init__(self, screen: Screen, pictures: str, part: str) -> None:
        self.screen = screen
        self.pictures = pictures
        self.part = part
        self.spoken: list[str] = []
        self._listener = Atspi.EventListener.new(self._on_announcement)
        self._listener.register("object:announcement")
        self.desktop = Desktop(screen.environment) if part != "wayland" else None
        self.memory = Framebuffer(screen.framebuffer) if screen.framebuffer else None

    # The app

    def start(self, **environment: str) -> None:
        """Starts the app."""
        self.app = self.screen.start("snowmelt", **probe.settings(), **environment)
        self.window = self.screen.window(self.app)
        self.person = Person(self.screen, self.app.pid)

    def end(self) -> None:
        """Ends the app."""
        self.app.terminate()
        self.app.wait()
        if self.desktop:
            self.desktop.close()

    def _on_announcement(self, event: Atspi.Event) -> None:
        self.spoken.append(str(event.any_data))

    # The hand

    def node(self, words: str, roles: tuple[str, ...] = ()) -> Atspi.Accessible:
        """What has these words in its name."""
        found: list[Atspi.Accessible] = []

        def there() -> bool:
            found[:] = [node for node in tree.nodes(self.app.pid)
                        if words in tree.name(node) and (not roles or tree.role(node) in roles)]
            return bool(found)

        wait(f"“{words}”", there, limit=20)
        return found[0]

    def unfold(self, words: str, until: str) -> None:
        """Unfolds a row, so that another one is there."""
        self.person.press(words)
        wait(f"“{until}”", lambda: tree.says(self.app.pid, until), limit=20)

    def write(self, words: str, text: str) -> None:
        """Replaces what is in a field."""
        self.person.write(words, text)
        if not text:
            self.person.key("Delete")

    # The looks

    def shape(self, width: int, height: int) -> None:
        """Makes the window so large."""
        self.screen.run("xdotool", "windowsize", self.window, str(width), str(height))
        self.size = (width, height)

    def whole(self, width: int, least: int = HIGH) -> None:
        """Makes the window so wide, and so high that everything on the page is seen."""
        self.shape(width, least)
        self.still()
        # A list within the page scrolls by itself.
        hidden = max((each.hidden for each in probe.look(self.app) if each.height > least / 2), default=0)
        if hidden > 0:
            self.shape(width, min(3800, least + hidden))

    def still(self) -> Picture:
        """The window once it has taken in what was set, and has stopped changing or goes on for ever."""
        assert self.memory is not None and self.desktop is not None
        dark, contrast = self.desktop.scheme
        wanted = [*self.size, int(dark == "prefer-dark"), int(contrast), 96 * self.desktop.text]
        wait(f"the look {wanted}", lambda: probe.look(self.app)[0].state == wanted, pause=0.05, limit=20)
        before: list[bytes] = []
        for _ in range(15):
            self.person.listen(0.1)
            picture = self.memory.take(*self.size)
            now = [row.tobytes() for row in picture.rows]
            if now == before:
                break
            before = now
            probe.look(self.app)
        return picture

    def save(self, name: str, picture: Picture) -> None:
        """Keeps a picture."""
        # What is shared with the host is root's there.
        subprocess.run(["sudo", "-n", "tee", f"{self.pictures}/{self.part}-{name}.png"], input=picture.png(),
                       stdout=subprocess.DEVNULL, check=True)

    def colours(self, dark: bool = False, contrast: bool = False) -> None:
        """Sets the colours."""
        assert self.desktop is not None
        self.desktop.set_colours(dark, contrast)

    def text(self, times: int) -> None:
        """Sets the size of text."""
        assert self.desktop is not None
        self.desktop.set_text(times)

    def looks(self, name: str, few: bool = False) -> None:
        """Every look of the page as it is now, with a picture of each; `few` for its lesser states."""
        self.whole(WIDE)
        self.save(f"{name}-light", self.still())
        self.room(name, "at its first size")
        self.names(name)
        if not few:
            self.colours(dark=True)
            self.save(f"{name}-dark", self.still())
            self.colours(contrast=True)
            self.save(f"{name}-contrast", self.still())
            self.colours()
            self.shape(1024, 600)
            self.save(f"{name}-small", self.still())
            self.room(name, "at 1024 by 600")
            self.whole(NARROW, 640)
            self.save(f"{name}-narrow", self.still())
            self.room(name, "360 pixels wide")
        self.text(2)
        self.whole(WIDE)
        picture = self.still()
        self.save(f"{name}-large", picture)
        self.room(name, "at 200 % text")
        self._contrast(name, "light", picture)
        for look, dark, contrast in () if few else (("dark", True, False), ("high contrast", False, True),
                                                    ("dark, high contrast", True, True)):
            self.colours(dark, contrast)
            self._contrast(name, look, self.still())
        self.colours()
        self.text(1)
        self.shape(WIDE, HIGH)
        self.still()

    # The audits

    def names(self, name: str) -> None:
        self._none(f"{name}: whatever has the keyboard has a name", audit.nameless(self.app.pid))
        self._none(f"{name}: every input has a label", audit.unlabelled(self.app.pid))
        self._none(f"{name}: nothing is told by colour alone", audit.coloured(probe.look(self.app)))

    def room(self, name: str, look: str) -> None:
        self._none(f"{name}: text has room, {look}", audit.clipped(probe.look(self.app)))

    def _contrast(self, name: str, look: str, picture: Picture) -> None:
        self._none(f"{name}: text stands out, {look}", audit.pale(probe.look(self.app), picture))

    def heard(self, name: str) -> None:
        """Every error that is seen was said aloud."""
        self.person.listen(0.3)
        shown = [each.text or "" for each in probe.look(self.app) if "error" in each.classes and each.text]
        check(f"{name}: an error is shown", bool(shown), "nothing is red")
        unsaid = [text for text in shown if not any(text in said for said in self.spoken)]
        self._none(f"{name}: what is wrong is announced", unsaid)
        self.spoken.clear()

    def round(self, name: str) -> None:
        """Goes once around by Tab: everything that can be used is come to, and nothing keeps the keyboard."""
        places = self.person.circle()
        missed = self.person.missed(places)
        if missed:
            missed += ["what is come to:", *(f"{role}: {name!r}" for role, name in places.told)]
        self._none(f"{name}: everything is reached by keyboard", missed)
        check(f"{name}: the keyboard comes around", places.closed,
              "\n".join(f"{role}: {name!r}" for role, name in places.told[-20:]))

    def foreign(self, name: str, allowed: re.Pattern[str]) -> None:
        """Every word that is shown or said is accented, but for names."""
        labels = [each for each in probe.look(self.app) if each.type == "GtkLabel" and each.text]
        # Layouts of keyboards and the like have the translations of another package.
        lists = {each.text for each in labels if any(one.type == "GtkListView" for one in each.around())}
        seen = [each.text or "" for each in labels]
        for node in tree.nodes(self.app.pid):
            try:
                seen += [node.get_name() or "", node.get_description() or ""]
            except GLib.Error:
                continue
        plain = [text for text in dict.fromkeys(seen) if text not in lists | TOOLKIT
                 and re.search(r"[A-Za-z]{2,}", allowed.sub("", text))]
        self._none(f"{name}: every word is translated", plain)

    @staticmethod
    def _none(what: str, wrong: list[str]) -> None:
        check(what, not wrong, "\n".join(wrong[:40]))
