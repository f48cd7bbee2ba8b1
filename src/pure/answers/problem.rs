//! What is wrong with answers.

use serde::Serialize;

/// One problem, with its key and place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Problem {
    /// The key, such as `disk.esp-size` or `filesystem.subvolumes[1].name`; empty for the file as
    /// a whole.
    pub key: String,
    /// Where it stands in the file, if it came from one.
    pub place: Option<Place>,
    /// What is wrong and what would be right, in one sentence for the person.
    pub sentence: String,
}

/// A place in a text, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}
