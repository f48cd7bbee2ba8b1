//! Reads the data, which is part of the program.

use std::sync::LazyLock;

use serde::Deserialize;

use super::entry::Group;

const DATA: &str = include_str!("../../../data/catalogue.toml");

/// The whole data. A test reads it too, so that what is released can be read.
pub(super) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| parse().unwrap_or_default());

/// What the data holds.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Catalogue {
    pub(super) presets: Presets,
    pub(super) groups: Vec<Group>,
}

/// The ids of each preset.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Presets {
    pub(super) minimal: Vec<String>,
    pub(super) desktop: Vec<String>,
    pub(super) server: Vec<String>,
}

/// # Errors
/// When the data isn't what the types say; a build in which a test fails.
pub(super) fn parse() -> Result<Catalogue, toml::de::Error> {
    toml::from_str(DATA)
}
