//! Which entries are chosen, and the smallest change of the answers that chooses otherwise.

use super::entry::Entry;
use super::{entries, find, preset};
use crate::pure::answers::rules::is_at_or_below;
use crate::pure::answers::{PersistAnswers, Preset};

/// How an entry stands with the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It can't be left out.
    Required,
    /// The preset has it.
    Preset,
    /// The person added it.
    Added,
    /// It is not chosen itself, but survives with this one, whose directories hold all of it.
    Covered(&'static Entry),
    /// The preset has it, and the person took it out.
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
#[must_use]
pub fn chosen(persist: &PersistAnswers) -> Vec<&'static Entry> {
    entries().filter(|entry| is_chosen(entry, persist)).collect()
}

fn is_chosen(entry: &Entry, persist: &PersistAnswers) -> bool {
    let listed = preset(persist.preset).contains(&entry.id) || persist.with.contains(&entry.id);
    entry.is_required() || (listed && !persist.without.contains(&entry.id))
}

/// How `entry` stands with these answers.
#[must_use]
pub fn state(entry: &Entry, persist: &PersistAnswers) -> State {
    let in_preset = preset(persist.preset).contains(&entry.id);
    if entry.is_required() {
        return State::Required;
    }
    if is_chosen(entry, persist) {
        return if in_preset { State::Preset } else { State::Added };
    }
    let around = |other: &&'static Entry| {
        entry.paths().all(|path| other.directories.iter().any(|base| is_at_or_below(path, &base.path)))
    };
    match chosen(persist).into_iter().find(around) {
        Some(other) => State::Covered(other),
        None if in_preset => State::TakenOut,
        None => State::Off,
    }
}

/// Chooses the entry, or takes it out, with the shortest lists that say so.
///
/// # Errors
/// Why it can't be taken out, in the person's language.
pub fn toggle(persist: &mut PersistAnswers, id: &str, on: bool) -> Result<(), String> {
    if let Some(reason) = find(id).and_then(Entry::required).filter(|_| !on) {
        return Err(reason);
    }
    persist.with.retain(|each| each != id);
    persist.without.retain(|each| each != id);
    let in_preset = preset(persist.preset).iter().any(|each| each == id);
    match (in_preset, on) {
        (false, true) => persist.with.push(id.to_owned()),
        (true, false) => persist.without.push(id.to_owned()),
        _ => {}
    }
    sort(persist);
    Ok(())
}

/// Changes the preset. What the person added or took out stays so, in the shortest lists.
pub fn set_preset(persist: &mut PersistAnswers, new: Preset) {
    persist.preset = new;
    let ids = preset(new);
    persist.with.retain(|id| !ids.contains(id));
    persist.without.retain(|id| ids.contains(id));
    sort(persist);
}

/// Puts both lists into the catalogue's order, so that the same choice gives the same answers.
fn sort(persist: &mut PersistAnswers) {
    let place = |id: &String| entries().position(|entry| entry.id == *id).unwrap_or(usize::MAX);
    persist.with.sort_by_key(place);
    persist.without.sort_by_key(place);
}
