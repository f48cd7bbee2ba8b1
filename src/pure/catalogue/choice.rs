//! Which entries are chosen, and the smallest change of the answers that chooses otherwise.

use super::entry::Entry;
use super::{Fit, entries, find, fit, preset};
use crate::pure::answers::rules::is_at_or_below;
use crate::pure::answers::{PersistAnswers, Preset, SystemAnswers};

/// How an entry stands with the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It can't be left out.
    Required,
    /// It comes with the preset.
    Preset,
    /// The person added it.
    Added,
    /// It is not chosen itself, but survives with this one, whose directories hold all of it.
    Covered(&'static Entry),
    /// It comes with the preset, and the person took it out.
    TakenOut,
    /// Nobody asked for it.
    Off,
}

impl State {
    /// Whether what the entry keeps survives.
    #[must_use]
    pub fn is_on(self) -> bool {
        matches!(self, Self::Required | Self::Preset | Self::Added | Self::Covered(_))
    }
}

/// The entries that are chosen, in the catalogue's order: those of the preset and those added,
/// without those taken out, and those that can't be.
///
/// What a preset has beside the smallest one's entries counts only where the system has it, so
/// that a preset can name the login screen of each desktop.
#[must_use]
pub fn chosen(persist: &PersistAnswers, system: &SystemAnswers) -> Vec<&'static Entry> {
    entries().filter(|entry| is_chosen(entry, persist, system)).collect()
}

fn is_chosen(entry: &Entry, persist: &PersistAnswers, system: &SystemAnswers) -> bool {
    let is_asked_for = persist.with.contains(&entry.id) || is_in_preset(entry, persist.preset, system);
    entry.is_required() || (is_asked_for && !persist.without.contains(&entry.id))
}

/// Whether `entry` comes with the preset on this system.
fn is_in_preset(entry: &Entry, of: Preset, system: &SystemAnswers) -> bool {
    let is_always_there = preset(Preset::Minimal).contains(&entry.id);
    preset(of).contains(&entry.id) && (is_always_there || fit(entry, system) != Fit::Unused)
}

/// How `entry` stands with these answers.
#[must_use]
pub fn state(entry: &Entry, persist: &PersistAnswers, system: &SystemAnswers) -> State {
    let in_preset = is_in_preset(entry, persist.preset, system);
    if entry.is_required() {
        return State::Required;
    }
    if is_chosen(entry, persist, system) {
        return if in_preset { State::Preset } else { State::Added };
    }
    let around = |other: &&'static Entry| {
        entry.paths().all(|path| other.directories.iter().any(|base| is_at_or_below(path, &base.path)))
    };
    match chosen(persist, system).into_iter().find(around) {
        Some(other) => State::Covered(other),
        None if in_preset => State::TakenOut,
        None => State::Off,
    }
}

/// Chooses the entry of this id, or takes it out, with the shortest lists that say so. An id that
/// the catalogue doesn't have is taken out of both.
///
/// # Errors
/// Why it can't be taken out, in the person's language.
pub fn toggle(
    persist: &mut PersistAnswers,
    system: &SystemAnswers,
    id: &str,
    on: bool,
) -> Result<(), String> {
    let entry = find(id);
    if let Some(reason) = entry.and_then(Entry::required).filter(|_| !on) {
        return Err(reason);
    }
    persist.with.retain(|each| each != id);
    persist.without.retain(|each| each != id);
    if let Some(entry) = entry {
        match (is_in_preset(entry, persist.preset, system), on) {
            (false, true) if !entry.is_required() => persist.with.push(id.to_owned()),
            (true, false) => persist.without.push(id.to_owned()),
            _ => {}
        }
    }
    sort(persist);
    Ok(())
}

/// Changes the preset. What the person added or took out stays so, in the shortest lists.
pub fn set_preset(persist: &mut PersistAnswers, system: &SystemAnswers, new: Preset) {
    persist.preset = new;
    let comes = |id: &String| find(id).is_some_and(|entry| is_in_preset(entry, new, system));
    persist.with.retain(|id| !comes(id));
    persist.without.retain(comes);
    sort(persist);
}

/// Puts both lists into the catalogue's order, so that the same choice gives the same answers.
fn sort(persist: &mut PersistAnswers) {
    let place = |id: &String| entries().position(|entry| entry.id == *id).unwrap_or(usize::MAX);
    persist.with.sort_by_key(place);
    persist.without.sort_by_key(place);
}
