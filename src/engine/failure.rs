//! How an installation ends when it doesn't succeed.

use crate::i18n::gettext;
use crate::pure::plan::StepId;

/// What the failure means for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskState {
    /// Nothing was written.
    Untouched,
    /// What was on it is lost, and what is on it now does not boot yet.
    Erased,
    /// The system is installed; only what follows the installation failed.
    Installed,
}

impl DiskState {
    /// The sentence for the person.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::Untouched => gettext("Nothing was written to the disk."),
            Self::Erased => gettext(
                "What was on the disk is gone, and the new system is not complete. Nothing of it is still mounted or unlocked; installing again starts from the beginning.",
            ),
            Self::Installed => gettext("The new system is on the disk."),
        }
    }
}

/// Why an installation ended, at which step, and what it means.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Failure {
    /// The step; `None` when it ended before the first one.
    pub step: Option<StepId>,
    /// A lasting word for scripts.
    pub code: String,
    /// What went wrong, for the person.
    pub sentence: String,
    /// The daemon's or program's own words, for the log.
    pub cause: String,
    /// What to do next.
    pub next: String,
    /// What it means for the disk.
    pub disk: DiskState,
    /// What could not be put away afterwards: still mounted or unlocked, in the words of whoever
    /// refused.
    pub left_over: Vec<String>,
}
