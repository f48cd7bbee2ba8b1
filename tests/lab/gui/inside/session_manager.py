"""Stands in for the desktop's session manager: it takes the wishes not to sleep or log out, as
org.gnome.SessionManager does, and answers how many there are now.

It says «ready» when it is there, and a line «FLAGS REASON» for each wish, «end» for each end of one.
"""

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME = "org.gnome.SessionManager"
PLACE = "/org/gnome/SessionManager"
INTERFACE = f"""
<node>
  <interface name="{NAME}">
    <method name="Inhibit">
      <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
      <arg type="u" direction="in"/><arg type="u" direction="out"/>
    </method>
    <method name="Uninhibit"><arg type="u" direction="in"/></method>
    <property name="SessionIsActive" type="b" access="read"/>
  </interface>
</node>
"""
held: dict[int, str] = {}


def called(_bus: Gio.DBusConnection, _who: str, _path: str, _interface: str, method: str,
           arguments: GLib.Variant, invocation: Gio.DBusMethodInvocation) -> None:
    """Takes a wish, or its end."""
    if method == "Inhibit":
        _app, _window, reason, flags = arguments.unpack()
        cookie = len(held) + 1
        held[cookie] = reason
        print(flags, reason, flush=True)
        invocation.return_value(GLib.Variant("(u)", (cookie,)))
    else:
        known = held.pop(arguments[0], None) is not None
        print("end" if known else "end of nothing", flush=True)
        invocation.return_value(None)


def read(*_: object) -> GLib.Variant:
    """The one property."""
    return GLib.Variant("b", True)


bus = Gio.bus_get_sync(Gio.BusType.SESSION)
bus.register_object(PLACE, Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0], called, read)
Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: print("ready", flush=True), None)
GLib.MainLoop().run()
