"""Stands in for the desktop's dialog that asks for the administrator's password, and for a person
who closes it. It registers with the real polkit for this session, and says so; then it says what
was asked for.
"""

import os

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

PLACE = "/org/snowmelt/Trial/Agent"
INTERFACE = """
<node>
  <interface name="org.freedesktop.PolicyKit1.AuthenticationAgent">
    <method name="BeginAuthentication">
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
      <arg type="a{ss}" direction="in"/><arg type="s" direction="in"/><arg type="a(sa{sv})" direction="in"/>
    </method>
    <method name="CancelAuthentication"><arg type="s" direction="in"/></method>
  </interface>
</node>
"""
CANCELLED = "org.freedesktop.PolicyKit1.Error.Cancelled"


def called(_bus: Gio.DBusConnection, _who: str, _path: str, _interface: str, method: str,
           arguments: GLib.Variant, invocation: Gio.DBusMethodInvocation) -> None:
    """Answers polkit."""
    if method == "BeginAuthentication":
        print("asked", arguments[0], flush=True)
        invocation.return_dbus_error(CANCELLED, "closed")
    else:
        invocation.return_value(None)


bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
bus.register_object(PLACE, Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0], called)
session = ("unix-session", {"session-id": GLib.Variant("s", os.environ["XDG_SESSION_ID"])})
bus.call_sync("org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
              "org.freedesktop.PolicyKit1.Authority", "RegisterAuthenticationAgent",
              GLib.Variant("((sa{sv})ss)", (session, "C", PLACE)), None, Gio.DBusCallFlags.NONE, -1)
print("registered", flush=True)
GLib.MainLoop().run()
