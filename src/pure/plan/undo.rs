//! How a step is undone.

use serde::Serialize;

/// How a step is undone, or why it can't be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "undo", content = "how")]
pub enum Undo {
    /// There is nothing to undo.
    ChangesNothing,
    /// It can be undone, in this way.
    Possible(String),
    /// It can't, for this reason.
    Impossible(String),
}

impl Undo {
    /// The sentence for the person.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::ChangesNothing => crate::i18n::gettext("It changes nothing."),
            Self::Possible(how) => how.clone(),
            Self::Impossible(why) => why.clone(),
        }
    }
}
