"""Back and forth: nothing that was answered is lost, and whatever is answered differently counts."""

import filecmp
import pathlib
import subprocess
import tomllib

import glance
from desk import Desk
from report import check
from screen import wait
from walk import PAGES, pick

PASSPHRASE = "another passphrase, with snow"
PASSWORD = "and another password"


def save_answers(desk: Desk, name: str) -> pathlib.Path:
    """Saves the answers from the summary."""
    path = desk.save_in("Save the Answers", "alt+a", name)
    desk.hears(f"Saved as {path}.")
    return path


def back_to(desk: Desk, page: str) -> None:
    """Goes back page by page."""
    at = next(each for each in PAGES if glance.is_page(desk.process, each))
    for earlier in reversed(PAGES[PAGES.index(page):PAGES.index(at)]):
        desk.person.key("alt+Left")
        desk.arrive(earlier)


def on_to_summary(desk: Desk) -> None:
    """Goes on without another answer."""
    at = next(each for each in PAGES if glance.is_page(desk.process, each))
    for later in PAGES[PAGES.index(at) + 1:]:
        desk.person.go_on_to(later)


def nothing_is_lost(desk: Desk) -> None:
    """From the summary to Welcome and on again: the answers are the same, to the byte."""
    first = save_answers(desk, "first.toml").read_bytes()
    back_to(desk, "Welcome")
    on_to_summary(desk)
    again = save_answers(desk, "again.toml").read_bytes()
    check("back and forth loses no answer", first == again, f"{first!r}\n{again!r}")
    answers = tomllib.loads(first.decode())
    check("the disk is kept by a name that stays", "SNOW0001" in answers["disk"]["device"], answers["disk"])
    said = "".join((desk.folder / name).read_text() for name in ("first.toml", "again.toml"))
    check("no secret is among the answers", "battery" not in said and "staple" not in said, said)
    same_configuration(desk)


def same_configuration(desk: Desk) -> None:
    """What the window saves is what the command line makes of the saved answers."""
    desk.person.press("Save Configuration", ("button", "list item"))
    shown, told = desk.folder / "shown", desk.folder / "told"
    shown.mkdir()
    dialog = desk.screen.titled("Choose a Folder for the Configuration")
    desk.person.key("ctrl+l")
    desk.person.fill(str(shown))
    desk.person.key("Return")
    wait("the end of the dialog for folders", lambda: dialog not in desk.screen.windows())
    desk.screen.focus(desk.window)
    desk.hears(f"Saved in {shown}.")
    ended = subprocess.run(["snowmelt-cli", "config", desk.folder / "again.toml", "--out", told],
                           capture_output=True, text=True, check=False)
    check("the command line takes the saved answers", ended.returncode == 0, ended.stdout + ended.stderr)
    names = sorted(path.name for path in shown.iterdir())
    _, different, missing = filecmp.cmpfiles(shown, told, names, shallow=False)
    check("the window's configuration is that of the saved answers",
          bool(names) and not different and not missing and names == sorted(path.name for path in told.iterdir()),
          f"{names}: different {different}, missing {missing}")


def language_with_secrets(desk: Desk) -> None:
    """Another language for the window leaves what was typed where it is, the secrets too."""
    back_to(desk, "Welcome")
    choose(desk, "Language", "Deutsch")
    wait("the German page", lambda: glance.says(desk.process, "Sprache"))
    desk.looks("the window is German at once", "Sprache", "Weiter")
    choose(desk, "Sprache", "English")
    wait("the English page", lambda: glance.says(desk.process, "What This Computer Needs"))
    on_to_summary(desk)
    again = save_answers(desk, "translated.toml").read_bytes()
    check("another language changes no answer", again == (desk.folder / "first.toml").read_bytes(), repr(again))
    desk.looks("another language keeps the secrets", ready="Erase and Install…")


def choose(desk: Desk, row: str, option: str) -> None:
    """Chooses from the list of a row."""
    def opened() -> bool:
        desk.person.reach(row, ("combo box",), exact=True)
        desk.person.key("Return")
        desk.person.listen(1)
        return desk.person.here()[0] == "list item"

    wait(f"the list of “{row}”", opened)
    desk.person.key("Home")
    desk.person.listen(0.5)
    desk.person.reach(option, ("list item",), exact=True)
    desk.person.key("Return")
    desk.person.listen(0.5)


def everything_changes(desk: Desk) -> None:
    """Every page has another answer now, and the summary knows nothing of the first ones."""
    before = tomllib.loads((desk.folder / "first.toml").read_text())
    person = desk.person
    back_to(desk, "Keyboard")
    person.write("Search", "Czech")
    person.key("Return")
    wait("the Czech layout", lambda: glance.says(desk.process, "“Czech”", "Czech"))
    person.go_on_to("Time and Place")
    pick(person, "Time zone", "Lisbon")
    pick(person, "Language", "Polish")
    person.go_on_to("Disk")
    person.press("ACME OTHER")
    choose(desk, "Erase the whole disk first", "Overwrite with zeros")
    choose(desk, "Boot partition", "2 GiB")
    choose(desk, "Swap", "Not encrypted")
    person.go_on_to("Encryption")
    person.write("Passphrase", PASSPHRASE)
    person.write("Repeat passphrase", PASSPHRASE)
    person.press("Advanced")
    person.write("Volume name", "vault")
    person.go_on_to("What Survives a Restart")
    person.press("Server", ("radio button",), choice=("Right",))
    person.go_on_to("System")
    person.write("Host name", "snow-second")
    person.press("SSH", ("check box",))
    # Last: on the way from a choice to something else the arrow keys would choose.
    person.press("Xfce", ("radio button",), choice=("Left", "Up"))
    person.go_on_to("You")
    person.write("Full name", "Second Person")
    person.write("User name", "second")
    person.write("Password", PASSWORD)
    person.write("Repeat password", PASSWORD)
    person.press("Automatic login", ("check box",))
    person.go_on_to("Summary")
    after = tomllib.loads(save_answers(desk, "second.toml").read_text())
    wanted = {
        "disk.device": "OTHER002", "disk.erase": "overwrite", "disk.esp-size": "2 GiB", "swap.kind": "plain",
        "encryption.volume-name": "vault",
        "persist.preset": "server", "system.host-name": "snow-second", "system.time-zone": "Europe/Lisbon",
        "system.locale": "pl_PL.UTF-8", "system.xkb-layout": "cz", "system.desktop": "xfce", "system.ssh": True,
        "user.name": "second", "user.full-name": "Second Person", "user.automatic-login": True,
    }
    found = {key: flat(after).get(key) for key in wanted}
    check("every page's new answer counts", all(value == found[key] or (isinstance(value, str) and value in str(found[key]))
                                               for key, value in wanted.items()), f"{found}\n{after}")
    same = {key for key in wanted if flat(before).get(key) == found[key]}
    check("nothing was answered so before", not same, same)
    seen = glance.dump(desk.process)
    old = [word for word in ("snow-first", "SNOW TESTDISK", "Asia/Tokyo", "first") if word in seen]
    check("the summary says nothing of the first answers", not old, f"{old} in\n{seen}")


def flat(answers: dict) -> dict[str, object]:
    """The answers by table and key."""
    return {f"{table}.{key}": value for table, keys in answers.items() if isinstance(keys, dict)
            for key, value in keys.items()}
