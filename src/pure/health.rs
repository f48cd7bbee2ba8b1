//! What a disk says of its own health.

use serde::{Deserialize, Serialize};

use crate::i18n::gettext;

/// A disk's health by its own word (SMART for SATA and NVMe).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Health {
    /// It says nothing, or has not been asked yet.
    #[default]
    Unknown,
    /// It has nothing to complain of.
    Good,
    /// It has.
    Troubled {
        /// Of what, the worst first, never empty.
        troubles: Vec<Trouble>,
    },
}

/// A complaint; the worst first in the order of the enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// It expects to fail soon.
    Failing,
    /// It takes no more data.
    ReadOnly,
    /// Errors have made it unreliable.
    Unreliable,
    /// It is running out of spare blocks.
    WornOut,
    /// What it holds in its own memory is lost when power is.
    UnsafeCache,
    /// Some of its sectors can't be read, or were replaced.
    BadSectors,
    /// It is too hot, or was too cold.
    Temperature,
}

impl Health {
    /// The health that follows from complaints.
    #[must_use]
    pub fn of(mut troubles: Vec<Trouble>) -> Self {
        troubles.sort_unstable();
        troubles.dedup();
        if troubles.is_empty() { Self::Good } else { Self::Troubled { troubles } }
    }

    /// Whether installing on the disk is to be advised against.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        matches!(self, Self::Troubled { troubles } if troubles.iter().any(|trouble| *trouble < Trouble::BadSectors))
    }

    /// The worst in one sentence and what to do about it; nothing where the disk says nothing.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        match self {
            Self::Unknown => None,
            Self::Good => Some(gettext("The disk reports that it is healthy.")),
            Self::Troubled { troubles } => troubles.first().map(|trouble| trouble.sentence()),
        }
    }
}

impl Trouble {
    /// What is wrong and what to do about it.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::Failing => gettext(
                "The disk reports that it will fail soon. Save what is on it, and choose another disk.",
            ),
            Self::ReadOnly => gettext(
                "The disk reports that it takes no more data. Save what is on it, and choose another disk.",
            ),
            Self::Unreliable => gettext(
                "The disk reports errors that make it unreliable. Save what is on it, and choose another disk.",
            ),
            Self::WornOut => gettext(
                "The disk reports that it is worn out: it has hardly any spare space left. Choose another disk.",
            ),
            Self::UnsafeCache => {
                gettext("The disk reports that it can lose data when power fails. Choose another disk.")
            }
            Self::BadSectors => gettext(
                "The disk has bad sectors. It may serve for years or fail soon: keep a backup of what matters.",
            ),
            Self::Temperature => {
                gettext("The disk reports a temperature that it is not made for. Let it cool down first.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_comes_first_and_decides() {
        let health = Health::of(vec![Trouble::Temperature, Trouble::Failing, Trouble::Temperature]);
        assert_eq!(health, Health::Troubled { troubles: vec![Trouble::Failing, Trouble::Temperature] });
        assert_eq!(health.sentence(), Some(Trouble::Failing.sentence()));
        assert!(health.is_bad());
        assert_eq!(Health::of(Vec::new()), Health::Good);
        assert!(!Health::of(vec![Trouble::BadSectors]).is_bad());
        assert!(!Health::Unknown.is_bad() && Health::Unknown.sentence().is_none());
    }
}
