//! How a command ends when it doesn't succeed.
//!
//! The numbers are documented in `snowmelt-cli(1)` and never change their meaning. From 20 up they
//! name the step of an installation that failed ([`crate::pure::plan::StepId::exit_status`]).

use crate::i18n::gettext;
use crate::pure::refusal::Refusal;

/// Snowmelt could not do its own work.
pub const INTERNAL: u8 = 1;
/// The command was given wrongly.
pub const USAGE: u8 = 2;
/// The answers can't be read, or have problems.
pub const BAD_ANSWERS: u8 = 3;
/// It was refused before anything was written.
pub const REFUSED: u8 = 4;
/// The person said no.
pub const SAID_NO: u8 = 5;

/// Why a command ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The exit status.
    pub status: u8,
    /// Paragraphs for the person, in their language.
    pub paragraphs: Vec<String>,
}

impl Stop {
    /// A stop with one paragraph.
    #[must_use]
    pub fn new(status: u8, paragraph: String) -> Self {
        Self { status, paragraphs: vec![paragraph] }
    }

    /// Something outside failed: what the person is told, the cause, and what to do next.
    #[must_use]
    pub fn failed(sentence: String, cause: &str, next: String) -> Self {
        let mut paragraphs = vec![sentence];
        if !cause.is_empty() {
            paragraphs.push(cause.to_owned());
        }
        paragraphs.push(next);
        Self { status: INTERNAL, paragraphs }
    }

    /// The disk or the machine can't be used.
    #[must_use]
    pub fn refused(refusals: &[Refusal]) -> Self {
        let mut paragraphs: Vec<String> = refusals.iter().map(Refusal::sentence).collect();
        paragraphs.push(gettext("Nothing was written."));
        Self { status: REFUSED, paragraphs }
    }
}
