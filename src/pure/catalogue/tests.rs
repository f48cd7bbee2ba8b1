use std::collections::BTreeSet;

use super::parse::parse;
use super::*;
use crate::pure::answers::rules::persisted_path;
use crate::pure::answers::{PersistAnswers, Preset, rules};

const PRESETS: [Preset; 3] = [Preset::Minimal, Preset::Desktop, Preset::Server];

fn ids(persist: &PersistAnswers) -> Vec<&'static str> {
    chosen(persist).into_iter().map(|entry| entry.id.as_str()).collect()
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
    assert_eq!(chosen(&PersistAnswers::default()).len(), super::preset(Preset::Minimal).len());
}

#[test]
fn a_choice_is_said_with_the_shortest_lists() {
    let mut persist = PersistAnswers::default();
    toggle(&mut persist, "flatpak", true).unwrap();
    toggle(&mut persist, "docker", true).unwrap();
    toggle(&mut persist, "bluetooth", false).unwrap();
    assert_eq!((persist.with.len(), persist.without.len()), (2, 1));
    assert_eq!(persist.with, ["flatpak", "docker"], "in the catalogue's order");
    assert!(ids(&persist).contains(&"docker") && !ids(&persist).contains(&"bluetooth"));

    set_preset(&mut persist, Preset::Desktop);
    assert_eq!(persist.with, ["docker"], "the preset has the other");
    assert_eq!(persist.without, ["bluetooth"]);
    set_preset(&mut persist, Preset::Server);
    assert!(persist.without.is_empty(), "this preset has no bluetooth");

    toggle(&mut persist, "docker", false).unwrap();
    assert_eq!(persist, with_preset(Preset::Server));
}

#[test]
fn toggling_twice_changes_nothing() {
    for preset in PRESETS {
        for entry in entries().filter(|entry| !entry.is_required()) {
            let before = with_preset(preset);
            let was_on = chosen(&before).iter().any(|other| other.id == entry.id);
            let mut persist = before.clone();
            toggle(&mut persist, &entry.id, !was_on).unwrap();
            let is_on = chosen(&persist).iter().any(|other| other.id == entry.id);
            assert_ne!(was_on, is_on, "{}", entry.id);
            toggle(&mut persist, &entry.id, was_on).unwrap();
            assert_eq!(persist, before, "{}", entry.id);
        }
    }
}

#[test]
fn what_can_t_be_left_out_stays_whatever_the_lists_say() {
    let mut persist = PersistAnswers::default();
    assert!(toggle(&mut persist, "ids", false).is_err());
    assert_eq!(persist, PersistAnswers::default());
    persist.without = vec!["ids".to_owned()];
    assert!(ids(&persist).contains(&"ids"));
}

#[test]
fn a_part_of_what_is_chosen_is_covered() {
    let timers = find("timers").unwrap();
    let mut persist = PersistAnswers::default();
    let covered = state(timers, &persist);
    assert!(matches!(covered, State::Covered(by) if by.id == "systemd"), "{covered:?}");
    assert!(covered.is_on());
    toggle(&mut persist, "systemd", false).unwrap();
    assert_eq!(state(timers, &persist), State::Off);
    assert_eq!(state(find("systemd").unwrap(), &persist), State::TakenOut);
    toggle(&mut persist, "timers", true).unwrap();
    assert_eq!(state(timers, &persist), State::Added);
    assert_eq!(state(find("passwords").unwrap(), &persist), State::Required);
    assert_eq!(state(find("networks").unwrap(), &persist), State::Preset);
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
