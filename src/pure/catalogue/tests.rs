use std::collections::BTreeSet;

use super::parse::parse;
use super::*;
use crate::pure::answers::rules::persisted_path;
use crate::pure::answers::{self, Desktop, PersistAnswers, Preset, SystemAnswers, rules};

const PRESETS: [Preset; 3] = [Preset::Minimal, Preset::Desktop, Preset::Server];

/// A system without anything that is optional.
fn plain() -> SystemAnswers {
    let text = "version = 1\n[disk]\ndevice = \"/dev/sda\"\n[system]\nhost-name = \"laptop\"\n\
                keymap = \"us\"\n[user]\nname = \"ada\"\n";
    answers::read(text).unwrap().system
}

/// A system with everything that is optional, and this desktop.
fn full(desktop: Desktop) -> SystemAnswers {
    SystemAnswers {
        desktop,
        ssh: true,
        printing: true,
        bluetooth: true,
        flatpak: true,
        firmware_updates: true,
        ..plain()
    }
}

fn ids(persist: &PersistAnswers, system: &SystemAnswers) -> Vec<&'static str> {
    chosen(persist, system).into_iter().map(|entry| entry.id.as_str()).collect()
}

fn with_preset(preset: Preset) -> PersistAnswers {
    PersistAnswers { preset, ..PersistAnswers::default() }
}

#[test]
fn the_data_can_be_read_and_is_whole() {
    let read = parse().unwrap();
    assert_eq!(read.groups.len(), groups().len());
    assert!(entries().count() >= 40, "{}", entries().count());
    for group in groups() {
        assert!(!group.entries.is_empty(), "{} is empty", group.id);
    }
    let mut seen = BTreeSet::new();
    for entry in entries() {
        assert!(seen.insert(&entry.id), "{} is there twice", entry.id);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(entry.id.chars().all(plain), "{}", entry.id);
        assert!(entry.is_required() || entry.paths().next().is_some(), "{} keeps nothing", entry.id);
        assert!(!entry.source.is_empty(), "{} is known from nowhere", entry.id);
    }
    for preset in PRESETS {
        let ids = super::preset(preset);
        assert!(ids.iter().all(|id| find(id).is_some()), "{preset:?} has an unknown id: {ids:?}");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{preset:?} has one twice");
    }
}

#[test]
fn texts_are_sentences_that_every_place_can_show() {
    for text in messages() {
        // build-aux/pot makes C of them, and a comment of a Nix file has one line.
        assert!(!text.contains(['"', '\\', '\n', '\'', '{']), "{text}");
        assert_eq!(text, text.trim());
    }
    for entry in entries() {
        let comment = entry.comment();
        assert!(comment.ends_with('.') && comment.chars().count() <= 90, "{comment}");
        for text in entry.messages().filter(|text| *text != entry.title()) {
            assert!(text.ends_with('.'), "{text}");
        }
        assert!(!entry.title().ends_with('.'), "{}", entry.title());
    }
}

#[test]
fn every_path_may_persist_and_has_a_mode_that_lets_its_owner_in() {
    for entry in entries() {
        for path in entry.paths() {
            assert_eq!(persisted_path(path), Ok(()), "{}: {path}", entry.id);
        }
        for directory in &entry.directories {
            assert!(directory.mode & 0o700 == 0o700 && directory.mode <= 0o777, "{directory:?}");
        }
    }
}

#[test]
fn two_entries_that_keep_the_same_directory_agree_on_its_mode() {
    let directories: Vec<&Directory> = entries().flat_map(|entry| &entry.directories).collect();
    for one in &directories {
        for other in &directories {
            assert!(one.path != other.path || one.mode == other.mode, "{one:?} {other:?}");
        }
    }
}

#[test]
fn every_preset_has_what_can_t_be_left_out_and_what_the_smallest_has_for_the_system() {
    for preset in PRESETS {
        let ids = super::preset(preset);
        for entry in entries().filter(|entry| entry.is_required()) {
            assert!(ids.contains(&entry.id), "{preset:?} lacks {}", entry.id);
        }
        for id in super::preset(Preset::Minimal).iter().filter(|id| *id != "bluetooth") {
            assert!(ids.contains(id), "{preset:?} lacks {id}");
        }
    }
    assert_eq!(chosen(&PersistAnswers::default(), &plain()).len(), super::preset(Preset::Minimal).len());
}

#[test]
fn a_choice_is_said_with_the_shortest_lists() {
    let system = full(Desktop::Gnome);
    let mut persist = PersistAnswers::default();
    toggle(&mut persist, &system, "docker", true).unwrap();
    toggle(&mut persist, &system, "flatpak", true).unwrap();
    toggle(&mut persist, &system, "bluetooth", false).unwrap();
    assert_eq!(persist.with, ["flatpak", "docker"], "in the catalogue's order");
    assert_eq!(persist.without, ["bluetooth"]);
    let now = ids(&persist, &system);
    assert!(now.contains(&"docker") && !now.contains(&"bluetooth"));

    set_preset(&mut persist, &system, Preset::Desktop);
    assert_eq!(persist.with, ["docker"], "the preset has the other");
    assert_eq!(persist.without, ["bluetooth"]);
    set_preset(&mut persist, &system, Preset::Server);
    assert!(persist.without.is_empty(), "this preset has no bluetooth");

    toggle(&mut persist, &system, "docker", false).unwrap();
    assert_eq!(persist, with_preset(Preset::Server));
}

#[test]
fn toggling_twice_changes_nothing() {
    for system in [plain(), full(Desktop::Plasma)] {
        for preset in PRESETS {
            for entry in entries().filter(|entry| !entry.is_required()) {
                let before = with_preset(preset);
                let was_on = ids(&before, &system).contains(&entry.id.as_str());
                let mut persist = before.clone();
                toggle(&mut persist, &system, &entry.id, !was_on).unwrap();
                let is_on = ids(&persist, &system).contains(&entry.id.as_str());
                assert_ne!(was_on, is_on, "{}", entry.id);
                toggle(&mut persist, &system, &entry.id, was_on).unwrap();
                assert_eq!(persist, before, "{}", entry.id);
            }
        }
    }
}

#[test]
fn a_preset_brings_what_the_system_has_and_never_less_than_the_smallest() {
    let desktop = with_preset(Preset::Desktop);
    for (system, login_screen) in [
        (full(Desktop::Gnome), Some("gdm")),
        (full(Desktop::Plasma), Some("sddm")),
        (full(Desktop::Xfce), Some("lightdm")),
        (full(Desktop::None), None),
    ] {
        let now = ids(&desktop, &system);
        let there: Vec<&str> =
            ["gdm", "sddm", "lightdm"].into_iter().filter(|each| now.contains(each)).collect();
        assert_eq!(there, Vec::from_iter(login_screen));
    }
    let now = ids(&desktop, &plain());
    assert!(!now.contains(&"printing") && !now.contains(&"flatpak"));
    for id in preset(Preset::Minimal) {
        assert!(now.contains(&id.as_str()), "{id}");
    }
    // What the person adds stays, whatever the system is.
    let mut persist = desktop;
    toggle(&mut persist, &plain(), "sddm", true).unwrap();
    assert_eq!(state(find("sddm").unwrap(), &persist, &plain()), State::Added);
    assert!(ids(&persist, &full(Desktop::Gnome)).contains(&"sddm"));
}

#[test]
fn an_entry_fits_where_its_service_is_chosen() {
    let fits = |id: &str, system: &SystemAnswers| fit(find(id).unwrap(), system);
    let all = full(Desktop::Gnome);
    for id in ["ssh-host-keys", "printing", "bluetooth", "flatpak", "firmware", "accounts", "gdm"] {
        assert_eq!(fits(id, &plain()), Fit::Unused, "{id}");
        assert_eq!(fits(id, &all), Fit::Used, "{id}");
    }
    assert_eq!(fits("sddm", &all), Fit::Unused);
    assert_eq!(fits("networks", &plain()), Fit::Used);
    assert_eq!(fits("docker", &all), Fit::Possible);
    assert_eq!(fits("fingerprints", &plain()), Fit::Possible);
}

#[test]
fn what_can_t_be_left_out_stays_whatever_the_lists_say() {
    let system = plain();
    let mut persist = PersistAnswers::default();
    assert!(toggle(&mut persist, &system, "ids", false).is_err());
    toggle(&mut persist, &system, "ids", true).unwrap();
    assert_eq!(persist, PersistAnswers::default());
    persist.without = vec!["ids".to_owned()];
    assert!(ids(&persist, &system).contains(&"ids"));
}

#[test]
fn a_part_of_what_is_chosen_is_covered() {
    let system = plain();
    let timers = find("timers").unwrap();
    let mut persist = PersistAnswers::default();
    let covered = state(timers, &persist, &system);
    assert!(matches!(covered, State::Covered(by) if by.id == "systemd"), "{covered:?}");
    assert!(covered.is_on());
    toggle(&mut persist, &system, "systemd", false).unwrap();
    let of = |id: &str, persist: &PersistAnswers| state(find(id).unwrap(), persist, &system);
    assert_eq!(of("timers", &persist), State::Off);
    assert_eq!(of("systemd", &persist), State::TakenOut);
    toggle(&mut persist, &system, "timers", true).unwrap();
    assert_eq!(of("timers", &persist), State::Added);
    assert_eq!(of("passwords", &persist), State::Required);
    assert_eq!(of("networks", &persist), State::Preset);
    assert!(!State::Off.is_on() && !State::TakenOut.is_on());
}

#[test]
fn a_path_leads_to_its_entry() {
    let id = |path| keeping(path).map(|entry| entry.id.as_str());
    assert_eq!(id("/var/lib/docker/volumes/x"), Some("docker"));
    assert_eq!(id("/etc/machine-id"), Some("machine-id"));
    assert_eq!(id("/var/lib/systemd/timers/x"), Some("timers"), "the nearest");
    assert_eq!(id("/var/lib/systemd/random-seed"), Some("systemd"));
    assert_eq!(id("/var/lib/dockers"), None);
}

#[test]
fn a_slip_of_the_keyboard_is_recognised() {
    assert_eq!(nearest("bluetoth"), Some("bluetooth"));
    assert_eq!(nearest("Docker"), Some("docker"));
    assert_eq!(nearest("something-else-entirely"), None);
}

#[test]
fn below_var_lib_private_only_the_whole_is_kept() {
    for entry in entries() {
        for path in entry.paths() {
            assert!(
                path == "/var/lib/private" || !rules::is_at_or_below(path, "/var/lib/private"),
                "{}",
                entry.id
            );
        }
    }
}
