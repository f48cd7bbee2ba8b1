"""What a desktop tells its programs: how large text is, dark or light, how much contrast."""

import os
import pathlib
import signal
import subprocess

from gi.repository import Gio, GLib

CONFIG = pathlib.Path("/tmp/looks-xsettings")


class Desktop:
    """The settings of a session that has no desktop."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self._write(1)
        self.daemon = subprocess.Popen(["xsettingsd", "-c", str(CONFIG)], env=environment,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.text = 1
        self.scheme = ("default", False)

    @staticmethod
    def _write(text: int) -> None:
        CONFIG.write_text(f"Xft/DPI {96 * 1024 * text}\nGtk/EnableAnimations 0\nNet/CursorBlink 0\n")

    def set_text(self, text: int) -> None:
        """Text of so many times its size."""
        if text != self.text:
            self.text = text
            self._write(text)
            self.daemon.send_signal(signal.SIGHUP)

    def set_colours(self, dark: bool, contrast: bool) -> None:
        """Dark or light, high contrast or not."""
        scheme = ("prefer-dark" if dark else "default", contrast)
        if scheme != self.scheme:
            self.scheme = scheme
            self._set("org.gnome.desktop.interface", "color-scheme", GLib.Variant("s", scheme[0]))
            self._set("org.gnome.desktop.a11y.interface", "high-contrast", GLib.Variant("b", contrast))

    @staticmethod
    def _set(schema: str, key: str, value: GLib.Variant) -> None:
        Gio.Settings.new(schema).set_value(key, value)
        Gio.Settings.sync()

    def close(self) -> None:
        """Ends what tells them."""
        self.set_colours(False, False)
        self.daemon.terminate()
        self.daemon.wait()
        os.unlink(CONFIG)
