//! A secret that is typed twice, so that a slip of the finger locks nobody out.

use super::answers::rules::{self, Verdict};
use super::secret::Secret;
use super::wizard::SecretState;
use crate::i18n::gettext;

/// What the secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It opens the encrypted disk.
    Passphrase,
    /// It logs a user in.
    Password,
}

/// How far it has come, and what is wrong with either field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// How far it has come.
    pub state: SecretState,
    /// What is wrong with the first field.
    pub first: Option<String>,
    /// What is wrong with the second one.
    pub second: Option<String>,
}

impl Kind {
    fn rule(self, secret: &Secret) -> Verdict {
        match self {
            Self::Passphrase => rules::passphrase(secret),
            Self::Password => rules::password(secret),
        }
    }

    fn again(self) -> String {
        match self {
            Self::Passphrase => gettext("Type the same passphrase a second time."),
            Self::Password => gettext("Type the same password a second time."),
        }
    }

    fn differ(self) -> String {
        match self {
            Self::Passphrase => gettext("This is not the same passphrase."),
            Self::Password => gettext("This is not the same password."),
        }
    }
}

/// Judges both fields. `is_left` tells that the second one is not being typed in any longer: as
/// long as it is, a beginning of the first one is no mistake.
#[must_use]
pub fn repeated(kind: Kind, first: &Secret, second: &Secret, is_left: bool) -> Repeated {
    let broken = kind.rule(first).err();
    let (one, other) = (first.expose(), second.expose());
    let wrong = if one == other || (one.starts_with(other) && !is_left) {
        None
    } else if other.is_empty() {
        Some(kind.again())
    } else {
        Some(kind.differ())
    };
    let state = match () {
        () if first.is_empty() => SecretState::Empty,
        () if broken.is_some() => SecretState::Refused,
        () if one != other => SecretState::NotRepeated,
        () => SecretState::Ready,
    };
    Repeated { state, first: broken, second: wrong }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(first: &str, second: &str, is_left: bool) -> (SecretState, bool, bool) {
        let secret = |text: &str| Secret::new(text.to_owned());
        let judged = repeated(Kind::Passphrase, &secret(first), &secret(second), is_left);
        (judged.state, judged.first.is_some(), judged.second.is_some())
    }

    #[test]
    fn only_two_that_are_the_same_are_ready() {
        assert_eq!(judged("open sesame", "open sesame", false), (SecretState::Ready, false, false));
        assert_eq!(judged("open sesame", "open sesame", true), (SecretState::Ready, false, false));
        assert_eq!(judged("open sesame", "Open sesame", true), (SecretState::NotRepeated, false, true));
        assert_eq!(judged("open sesame", "open sesame ", true), (SecretState::NotRepeated, false, true));
        // The same letter in two ways is two passphrases.
        assert_eq!(judged("\u{e9}", "e\u{301}", true), (SecretState::NotRepeated, false, true));
    }

    #[test]
    fn a_beginning_is_no_mistake_while_it_is_typed() {
        assert_eq!(judged("open sesame", "open", false), (SecretState::NotRepeated, false, false));
        assert_eq!(judged("open sesame", "open", true), (SecretState::NotRepeated, false, true));
        assert_eq!(judged("open sesame", "opem", false), (SecretState::NotRepeated, false, true));
        assert_eq!(judged("open sesame", "", false), (SecretState::NotRepeated, false, false));
        assert_eq!(judged("open sesame", "", true), (SecretState::NotRepeated, false, true));
    }

    #[test]
    fn what_no_prompt_takes_is_refused_even_twice() {
        assert_eq!(judged("", "", true), (SecretState::Empty, true, false));
        assert_eq!(judged("", "something", false), (SecretState::Empty, true, true));
        assert_eq!(judged("tab\t", "tab\t", true), (SecretState::Refused, true, false));
    }

    #[test]
    fn a_passphrase_and_a_password_are_called_by_their_names() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let sentence = |kind| repeated(kind, &secret("a"), &secret("b"), true).second;
        assert_eq!(sentence(Kind::Passphrase), Some("This is not the same passphrase.".to_owned()));
        assert_eq!(sentence(Kind::Password), Some("This is not the same password.".to_owned()));
    }
}
