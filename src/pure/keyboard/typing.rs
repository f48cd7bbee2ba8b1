//! Whether a passphrase can be typed at the prompt that opens the disk.
//!
//! That prompt comes before any desktop: there is the chosen layout as a console keymap, without
//! input methods, and nothing shows what was typed.

use std::collections::BTreeSet;

use crate::i18n::{gettext, gettext_f};

/// The characters that a layout can type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typeable {
    /// With a key alone or with Shift.
    pub plain: BTreeSet<char>,
    /// Only with AltGr or a further level key.
    pub further: BTreeSet<char>,
}

/// What typing a passphrase takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typing {
    /// Nothing more than keys and Shift.
    Easy,
    /// Some characters need AltGr.
    Further {
        /// Which, each once, in their order.
        characters: Vec<char>,
    },
    /// Some characters may be out of reach.
    OutOfReach {
        /// Which, each once, in their order.
        characters: Vec<char>,
    },
}

impl Typeable {
    /// What it takes to type `text`.
    #[must_use]
    pub fn typing(&self, text: &str) -> Typing {
        let without = |known: &dyn Fn(char) -> bool| {
            let mut left = Vec::new();
            for character in text.chars().filter(|c| !known(*c)) {
                if !left.contains(&character) {
                    left.push(character);
                }
            }
            left
        };
        let missing = without(&|c| self.plain.contains(&c) || self.further.contains(&c));
        if !missing.is_empty() {
            return Typing::OutOfReach { characters: missing };
        }
        let further = without(&|c| self.plain.contains(&c));
        if further.is_empty() { Typing::Easy } else { Typing::Further { characters: further } }
    }
}

/// What nearly every layout for Latin letters can type: ASCII. For when the layout itself can't be
/// looked at.
#[must_use]
pub fn ascii() -> Typeable {
    Typeable { plain: (' '..='~').collect(), further: BTreeSet::new() }
}

impl Typing {
    /// A sentence for the person where there is something to say. It names the characters only when
    /// the passphrase is shown anyway (`reveal`).
    #[must_use]
    pub fn sentence(&self, reveal: bool) -> Option<String> {
        match self {
            Self::Easy => None,
            Self::Further { characters } if reveal => Some(gettext_f(
                // Translators: {characters} are a few single characters with spaces between.
                "These characters need the AltGr key, at the prompt too: {characters}",
                &[("characters", &list(characters))],
            )),
            Self::Further { .. } => {
                Some(gettext("Some of its characters need the AltGr key, at the prompt too."))
            }
            Self::OutOfReach { characters } if reveal => Some(gettext_f(
                // Translators: {characters} are a few single characters with spaces between.
                "The prompt at start-up may have no way to type these characters: {characters}",
                &[("characters", &list(characters))],
            )),
            Self::OutOfReach { .. } => {
                Some(gettext("The prompt at start-up may have no way to type some of its characters."))
            }
        }
    }
}

fn list(characters: &[char]) -> String {
    characters.iter().map(char::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn german() -> Typeable {
        Typeable {
            plain: ('a'..='z').chain("äöüß ".chars()).collect(), further: "@€".chars().collect()
        }
    }

    #[test]
    fn each_character_counts_once_and_the_worst_decides() {
        assert_eq!(german().typing("größe"), Typing::Easy);
        assert_eq!(german().typing(""), Typing::Easy);
        assert_eq!(german().typing("a@b@€"), Typing::Further { characters: vec!['@', '€'] });
        assert_eq!(german().typing("中@中é"), Typing::OutOfReach { characters: vec!['中', 'é'] });
        // An e and a combining accent are two characters, which no key types.
        assert_eq!(german().typing("e\u{301}"), Typing::OutOfReach { characters: vec!['\u{301}'] });
        assert_eq!(ascii().typing("correct horse ~!\"$"), Typing::Easy);
        assert_eq!(ascii().typing("ü"), Typing::OutOfReach { characters: vec!['ü'] });
    }

    #[test]
    fn a_hidden_passphrase_stays_hidden() {
        let typing = german().typing("äÄ");
        assert!(typing.sentence(true).is_some_and(|sentence| sentence.ends_with(": Ä")));
        assert!(typing.sentence(false).is_some_and(|sentence| !sentence.contains('Ä')));
        assert_eq!(german().typing("a").sentence(true), None);
    }
}
