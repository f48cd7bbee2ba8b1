//! What can survive a restart: the entries of `data/catalogue.toml`, what of them is chosen, and
//! what speaks against a path.
//!
//! An entry is one thing as a person knows it, such as paired Bluetooth devices, with the paths
//! that hold it. A preset is a list of entries; the answers say which preset holds, and what is
//! added to it or taken out.

mod choice;
mod entry;
mod fit;
mod parse;
#[cfg(test)]
mod tests;

pub use choice::{State, chosen, set_preset, state, toggle};
pub use entry::{Directory, Entry, Group, USUAL_MODE, When};
pub use fit::{Fit, fit};

use parse::CATALOGUE;

use super::answers::rules::is_at_or_below;
use super::answers::{PRESETS, Preset};

/// The entries by group, in the order in which they are shown and written.
#[must_use]
pub fn groups() -> &'static [Group] {
    &CATALOGUE.groups
}

/// Every entry, in the order of [`groups`].
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    groups().iter().flat_map(|group| &group.entries)
}

/// The entry of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.id == id)
}

/// The id that is spelt most like `id`, where one is spelt alike at all.
#[must_use]
pub fn nearest(id: &str) -> Option<&'static str> {
    let id = id.to_lowercase();
    entries()
        .map(|entry| (strsim::damerau_levenshtein(&entry.id, &id), entry))
        .filter(|(distance, entry)| *distance <= 1 + entry.id.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, entry)| entry.id.as_str())
}

/// The entry that keeps `path`, an absolute one in its plain form. Where several do, it is the one
/// whose own path is nearest to it, and the first of those.
#[must_use]
pub fn keeping(path: &str) -> Option<&'static Entry> {
    let nearness = |entry: &Entry| {
        entry.paths().filter(|base| is_at_or_below(path, base)).map(str::len).max().unwrap_or_default()
    };
    let longest = entries().map(nearness).max().filter(|length| *length > 0)?;
    entries().find(|entry| nearness(entry) == longest)
}

/// Every text of the catalogue that is translated, as it stands in the data.
pub fn messages() -> impl Iterator<Item = &'static str> {
    groups().iter().map(|group| group.title.as_str()).chain(entries().flat_map(Entry::messages))
}

/// The presets that have `entry`, each with its word in the answers.
pub fn presets_with(entry: &Entry) -> impl Iterator<Item = (&'static str, Preset)> {
    PRESETS.into_iter().filter(|(_, each)| preset(*each).contains(&entry.id))
}

/// The ids of a preset.
#[must_use]
pub fn preset(preset: Preset) -> &'static [String] {
    let presets = &CATALOGUE.presets;
    match preset {
        Preset::Minimal => &presets.minimal,
        Preset::Desktop => &presets.desktop,
        Preset::Server => &presets.server,
    }
}
