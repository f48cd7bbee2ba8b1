//! The list of what can survive a restart.

use crate::cli::output::wrapped;
use crate::pure::catalogue::{Entry, groups, presets_with};

/// One paragraph an entry, below the title of its group.
pub(in crate::cli) fn list() -> String {
    let paragraphs = groups().iter().map(|group| {
        let entries: String = group.entries.iter().map(one).collect();
        format!("{}{entries}", wrapped(&group.title(), 0, 0))
    });
    paragraphs.collect::<Vec<_>>().join("\n")
}

fn one(entry: &Entry) -> String {
    let presets = presets_with(entry).map(|(word, _)| word).collect::<Vec<_>>().join(", ");
    let presets = if presets.is_empty() { presets } else { format!(" [{presets}]") };
    let mut text = wrapped(&format!("{}: {}{presets}", entry.id, entry.title()), 2, 6);
    for sentence in [Some(entry.what()), Some(entry.lost()), entry.note(), entry.required()] {
        text.push_str(&sentence.map_or_else(String::new, |sentence| wrapped(&sentence, 6, 6)));
    }
    for path in entry.paths() {
        text.push_str(&wrapped(path, 6, 6));
    }
    text
}
