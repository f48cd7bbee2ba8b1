//! What an installation is busy with at the moment, within a step that takes long.

use serde::{Deserialize, Serialize};

use crate::i18n::{gettext, gettext_f};

/// Longest name that is passed on, in characters.
const LONGEST_NAME: usize = 80;
/// Characters of a store path's hash and the dash behind it (`/nix/store/HASH-NAME`).
const HASH: usize = 33;

/// What is going on. It crosses the helper's pipe as data, and becomes a sentence on the other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields, tag = "what")]
pub enum Activity {
    /// Nix works out what the system consists of.
    Evaluating,
    /// Something that the configuration is made from is downloaded.
    Fetching {
        /// Where from, without what is before the host's name.
        name: String,
    },
    /// A package comes from the network.
    Downloading {
        /// Its name.
        name: String,
        /// Its place, from 1.
        number: u64,
        /// How many there are, as far as it is known by now.
        count: u64,
    },
    /// A package comes from the live system.
    Copying {
        /// Its name.
        name: String,
        /// Its place, from 1.
        number: u64,
        /// How many there are, as far as it is known by now.
        count: u64,
    },
    /// Something is built.
    Building {
        /// Its name.
        name: String,
        /// Its place, from 1.
        number: u64,
        /// How many there are, as far as it is known by now.
        count: u64,
    },
    /// The network is gone, and is waited for.
    Waiting,
    /// The boot loader is installed.
    BootLoader,
    /// The new system is set up for the first time.
    Activating,
}

impl Activity {
    /// What is going on, in one short line for the person.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Evaluating => gettext("Working out what the system consists of"),
            Self::Fetching { name } => gettext_f("Downloading {name}", &[("name", name)]),
            Self::Downloading { name, number, count } => gettext_f(
                "Downloading {name}, {number} of {count}",
                &counted(name, &text(*number), &text(*count)),
            ),
            Self::Copying { name, number, count } => gettext_f(
                "Copying {name}, {number} of {count}",
                &counted(name, &text(*number), &text(*count)),
            ),
            Self::Building { name, number, count } => gettext_f(
                "Building {name}, {number} of {count}",
                &counted(name, &text(*number), &text(*count)),
            ),
            Self::Waiting => gettext("The network is gone. Waiting for it to come back"),
            Self::BootLoader => gettext("Installing the boot loader"),
            Self::Activating => gettext("Setting up the new system"),
        }
    }
}

fn text(number: u64) -> String {
    number.to_string()
}

fn counted<'text>(name: &'text str, number: &'text str, count: &'text str) -> [(&'text str, &'text str); 3] {
    [("name", name), ("number", number), ("count", count)]
}

/// A name for people, out of a store path or the path of a derivation.
#[must_use]
pub fn store_name(path: &str) -> String {
    let base = path.rsplit('/').next().unwrap_or_default();
    let name = base.char_indices().nth(HASH).and_then(|(at, _)| base.get(at..)).unwrap_or(base);
    short(name.strip_suffix(".drv").unwrap_or(name))
}

/// A name for people, out of an address.
#[must_use]
pub fn address_name(address: &str) -> String {
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    short(address.split(['?', '#']).next().unwrap_or_default())
}

fn short(name: &str) -> String {
    let printable = name.chars().filter(|character| !character.is_control());
    printable.take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_without_hash_and_ending() {
        let hash = "0".repeat(32);
        assert_eq!(store_name(&format!("/nix/store/{hash}-linux-6.12.drv")), "linux-6.12");
        assert_eq!(store_name(&format!("/nix/store/{hash}-linux-6.12")), "linux-6.12");
        assert_eq!(store_name("short"), "short");
        assert_eq!(store_name(""), "");
        assert_eq!(address_name("https://cache.nixos.org/nar/x.nar.xz?a=b"), "cache.nixos.org/nar/x.nar.xz");
        assert_eq!(store_name(&"x".repeat(500)).chars().count(), LONGEST_NAME);
    }

    #[test]
    fn it_crosses_the_pipe_unchanged() {
        let activity = Activity::Building { name: "linux".to_owned(), number: 3, count: 12 };
        let json = serde_json::to_string(&activity).unwrap();
        assert_eq!(serde_json::from_str::<Activity>(&json).unwrap(), activity);
        assert!(serde_json::from_str::<Activity>(r#"{"what":"fetching","name":"x","more":1}"#).is_err());
    }
}
