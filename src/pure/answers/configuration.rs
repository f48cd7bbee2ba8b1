//! Whose configuration is installed.

use serde::{Deserialize, Serialize};

use super::problem::Problem;
use super::reader::{Reader, Table};
use super::rules;
use crate::i18n::gettext;

/// `[configuration]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConfigurationAnswers {
    /// A new flake, written from the other answers.
    #[default]
    NewFlake,
    /// New files for `nix-channel`, written from the other answers.
    Channels,
    /// The person's own.
    OwnFlake(OwnFlake),
}

/// A flake of the person's. It decides by itself what the answers of `[system]`, `[persist]` and
/// `[user]` otherwise would, save the user's password, which is kept for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct OwnFlake {
    /// A folder's absolute path, or a Git URL.
    pub flake: String,
    /// Which of its `nixosConfigurations`; `None` is the one that is called as the machine.
    pub host: Option<String>,
    /// The file in it, relative to it, that what it must know of the disk is written to; `None` where
    /// nothing is to be written.
    pub facts: Option<String>,
}

impl ConfigurationAnswers {
    /// The person's own flake, if it is one.
    #[must_use]
    pub fn own(&self) -> Option<&OwnFlake> {
        match self {
            Self::NewFlake | Self::Channels => None,
            Self::OwnFlake(own) => Some(own),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    New,
    Channels,
    Own,
}

const KINDS: [(&str, Kind); 3] =
    [("new-flake", Kind::New), ("channels", Kind::Channels), ("own-flake", Kind::Own)];

/// The word for the kind that these are.
pub(super) fn word(configuration: &ConfigurationAnswers) -> &'static str {
    match configuration {
        ConfigurationAnswers::NewFlake => "new-flake",
        ConfigurationAnswers::Channels => "channels",
        ConfigurationAnswers::OwnFlake(_) => "own-flake",
    }
}

/// Reads the table.
pub(super) fn read(reader: &mut Reader, table: &Table) -> ConfigurationAnswers {
    // Whoever names a flake means it.
    let unclear = if reader.has(table, "flake") { Kind::Own } else { Kind::New };
    let kind = reader.choice(table, "kind", &KINDS).unwrap_or(unclear);
    if kind != Kind::Own {
        let sentence =
            gettext("This is about a flake of your own. Leave it out, or set kind to “own-flake”.");
        reader.without_use(table, &["flake", "host", "facts"], &sentence);
        return match kind {
            Kind::Channels => ConfigurationAnswers::Channels,
            _ => ConfigurationAnswers::NewFlake,
        };
    }
    ConfigurationAnswers::OwnFlake(OwnFlake {
        flake: reader.text(table, "flake").unwrap_or_default(),
        host: reader.text(table, "host"),
        facts: reader.text(table, "facts"),
    })
}

/// Every rule that these break.
pub(super) fn problems(configuration: &ConfigurationAnswers) -> Vec<Problem> {
    let Some(own) = configuration.own() else { return Vec::new() };
    let mut problems = Vec::new();
    let mut check = |key: &str, verdict: rules::Verdict| {
        if let Err(sentence) = verdict {
            problems.push(Problem { key: key.to_owned(), place: None, sentence });
        }
    };
    check("configuration.flake", rules::flake(&own.flake));
    if let Some(host) = &own.host {
        check("configuration.host", rules::flake_host(host));
    }
    if let Some(facts) = &own.facts {
        check("configuration.facts", rules::facts_path(facts));
    }
    problems
}
