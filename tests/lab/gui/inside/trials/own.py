"""The person's own flake, named in the window."""

import subprocess
import tomllib

import glance
from desk import Desk
from report import check
from screen import wait
from trials.changes import back_to, choose, flat, on_to_summary, save_answers

FLAKE = "/home/live/own"
PLACE, FACTS = "Its folder, or its Git address", "File in it for what it must know of the disk"


def make_flake(desk: Desk) -> None:
    """A flake as somebody would have one, in a Git repository, with one configuration."""
    folder = desk.folder / "flake"
    folder.mkdir()
    (folder / "answers.toml").write_text((desk.folder / "second.toml").read_text())
    ended = subprocess.run(["/srv/own-flake"], cwd=folder, capture_output=True, text=True, check=False)
    check("own flake: there is one", ended.returncode == 0, ended.stdout + ended.stderr)


def go_to(desk: Desk, words: str, *roles: str) -> None:
    """By Tab alone: on the way there are choices, in which the arrow keys would choose."""
    desk.person.reach(words, roles, exact=True, choice=())


def take(desk: Desk, option: str) -> None:
    """Chooses whose configuration it is."""
    go_to(desk, "Configuration", "combo box")
    choose(desk, "Configuration", option)


def write(desk: Desk, field: str, text: str) -> None:
    """Writes into a field."""
    go_to(desk, field, "text", "entry")
    desk.person.write(field, text)


def look(desk: Desk) -> None:
    """Presses the button that looks into the flake."""
    go_to(desk, "Look for Its Configurations", "button", "list item")
    desk.person.press("Look for Its Configurations", ("button", "list item"))


def turn(desk: Desk, switch: str) -> None:
    """Turns a switch on or off."""
    go_to(desk, switch, "check box", "switch")
    desk.person.key("space")


def channels_and_networks(desk: Desk) -> None:
    """The same without a flake, and with the networks of this session."""
    take(desk, "New files, with channels")
    back_to(desk, "What Survives a Restart")
    turn(desk, "Wi-Fi networks")
    on_to_summary(desk)
    desk.looks("own flake: a channel is in the place of a flake", "persistence.nix", without="flake.nix")
    found = flat(tomllib.loads(save_answers(desk, "channels.toml").read_text()))
    wanted = {"configuration.kind": "channels", "persist.wifi": True}
    check("own flake: the answers tell of the channel and of the networks",
          wanted == {key: found.get(key) for key in wanted}, found)
    back_to(desk, "What Survives a Restart")
    turn(desk, "Wi-Fi networks")
    desk.person.go_on_to("System")


def is_named(desk: Desk) -> None:
    """It is looked into, one of its configurations is chosen, and the summary goes by it."""
    make_flake(desk)
    back_to(desk, "System")
    take(desk, "Your own flake")
    write(desk, PLACE, "/home/live/nothing")
    look(desk)
    wait("why there is none", lambda: glance.says(desk.process, "could not be read or written."))
    check("own flake: one that is not there is told", True)
    write(desk, PLACE, FLAKE)
    look(desk)
    desk.hears("There is 1 configuration in it.")
    write(desk, FACTS, "../disk.nix")
    desk.hears("Name a file in your flake, relative to it")
    check("own flake: a file outside of it is refused", True)
    write(desk, FACTS, "hosts/own/disk.nix")
    on_to_summary(desk)
    desk.looks("own flake: the summary shows what it must know of the disk", "What there is to know about the disk")
    found = flat(tomllib.loads(save_answers(desk, "own.toml").read_text()))
    wanted = {"configuration.kind": "own-flake", "configuration.flake": FLAKE, "configuration.host": "snow-second",
              "configuration.facts": "hosts/own/disk.nix", "system.desktop": "xfce"}
    check("own flake: the answers name it", wanted == {key: found.get(key) for key in wanted}, found)
    back_to(desk, "System")
    take(desk, "A new flake")
    take(desk, "Your own flake")
    on_to_summary(desk)
    again = (desk.folder / "own.toml").read_bytes()
    check("own flake: what was typed stays while another is chosen",
          save_answers(desk, "own-again.toml").read_bytes() == again)
    back_to(desk, "System")
    channels_and_networks(desk)
    take(desk, "A new flake")
    on_to_summary(desk)
