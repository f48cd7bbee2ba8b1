//! The locales that an installed system can have, and the languages of this program.

mod example;
mod interface;

pub use example::{Example, example};
pub use interface::{InterfaceLanguage, interface_language, interface_languages};

use pure_rust_locales::locale_match;

use super::names;
use super::search::Searchable;
use crate::i18n::{gettext, gettext_f};

const TABLE: &str = include_str!("../../../data/locales.txt");

/// One locale, by the name that NixOS builds it by: `de_AT.UTF-8`, and `hi_IN` without an encoding
/// where glibc knows only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale {
    name: &'static str,
}

/// All locales, by their names.
pub fn all() -> impl Iterator<Item = Locale> {
    TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|name| Locale { name })
}

/// The locale that a name means, with or without its encoding: `hi_IN.UTF-8` finds `hi_IN`.
#[must_use]
pub fn find(name: &str) -> Option<Locale> {
    let asked = parts(name);
    all().find(|locale| locale.name == name).or_else(|| all().find(|locale| parts(locale.name) == asked))
}

/// A name without its encoding, and its modifier.
fn parts(name: &str) -> (&str, Option<&str>) {
    let (base, modifier) = name.split_once('@').map_or((name, None), |(base, rest)| (base, Some(rest)));
    let encoding = |text: &str| ["utf-8", "utf8"].iter().any(|name| text.eq_ignore_ascii_case(name));
    let base = match base.split_once('.') {
        Some((before, after)) if encoding(after) => before,
        _ => base,
    };
    (base, modifier)
}

impl Locale {
    /// The name, as NixOS must have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }

    /// ISO 639 code of its language.
    #[must_use]
    pub fn language(self) -> &'static str {
        self.name.split(['_', '.', '@']).next().unwrap_or_default()
    }

    /// ISO 3166-1 code of its territory, where it has one.
    #[must_use]
    pub fn territory(self) -> Option<&'static str> {
        self.name.split_once('_')?.1.split(['.', '@']).next()
    }

    fn modifier(self) -> Option<&'static str> {
        self.name.split_once('@').map(|(_, modifier)| modifier)
    }

    /// Its name in the person's language: “German (Austria)”.
    #[must_use]
    pub fn title(self) -> String {
        if self.language() == "C" {
            return gettext("No language (C)");
        }
        self.joined(&names::language(self.language()), self.territory().map(names::country))
    }

    /// Its name in its own language, where glibc's data has it: “Deutsch (Österreich)”.
    #[must_use]
    pub fn own_title(self) -> Option<String> {
        let data = self.data()?;
        let language = locale_match!(data => LC_ADDRESS::LANG_NAME)?;
        let territory = locale_match!(data => LC_ADDRESS::COUNTRY_NAME).map(ToOwned::to_owned);
        Some(self.joined(language, territory))
    }

    fn joined(self, language: &str, territory: Option<String>) -> String {
        let name = match territory {
            Some(territory) => gettext_f(
                // Translators: a language with the country it is spoken in, such as “German (Austria)”.
                "{language} ({territory})",
                &[("language", language), ("territory", &territory)],
            ),
            None => language.to_owned(),
        };
        match self.modifier() {
            Some(modifier) => format!("{name}, {modifier}"),
            None => name,
        }
    }

    /// All by which it may be found: its titles, the English ones, its name.
    #[must_use]
    pub fn searchable(self) -> Searchable {
        let (title, own) = (self.title(), self.own_title().unwrap_or_default());
        let english = names::language_in_english(self.language()).unwrap_or_default();
        let territory = self.territory().and_then(names::country_in_english).unwrap_or_default();
        Searchable::new([title.as_str(), &own, english, territory, self.name])
    }

    /// glibc's data for it.
    fn data(self) -> Option<pure_rust_locales::Locale> {
        match self.language() {
            "C" => Some(pure_rust_locales::Locale::POSIX),
            _ => {
                let (base, modifier) = parts(self.name);
                let name = modifier.map_or_else(|| base.to_owned(), |modifier| format!("{base}@{modifier}"));
                pure_rust_locales::Locale::try_from(name.as_str()).ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::answers::rules;
    use crate::pure::search::Query;

    #[test]
    fn every_locale_can_be_an_answer_and_has_names() {
        let mut own = 0;
        for locale in all() {
            assert_eq!(rules::locale(locale.name()), Ok(()), "{locale:?}");
            assert!(!locale.title().is_empty() && !locale.title().contains("  "), "{locale:?}");
            if locale.language() != "C" && locale.language() != "ber" {
                assert!(names::language_in_english(locale.language()).is_some(), "{locale:?}");
            }
            assert!(locale.territory().is_none_or(|code| names::country_in_english(code).is_some()));
            own += usize::from(locale.own_title().is_some());
        }
        assert!(own > 250, "only {own} locales have names of their own");
        assert!(all().count() > 300);
    }

    #[test]
    fn a_locale_is_found_by_any_of_its_spellings() {
        let name = |asked| find(asked).map(Locale::name);
        assert_eq!(name("de_AT.UTF-8"), Some("de_AT.UTF-8"));
        assert_eq!(name("de_AT.utf8"), Some("de_AT.UTF-8"));
        assert_eq!(name("hi_IN.UTF-8"), Some("hi_IN"));
        assert_eq!(name("sr_RS.UTF-8@latin"), Some("sr_RS@latin"));
        assert_eq!(name("C"), Some("C.UTF-8"));
        for bad in ["", "de_DE.ISO-8859-1", "xx_YY.UTF-8", "@", ".", "#"] {
            assert_eq!(name(bad), None, "{bad}");
        }
    }

    #[test]
    fn titles_are_in_english_and_in_the_own_language() {
        let german = find("de_AT.UTF-8").unwrap();
        assert_eq!(german.title(), "German (Austria)");
        assert_eq!(german.own_title().as_deref(), Some("Deutsch (Österreich)"));
        let query = Query::new("osterreich deutsch");
        assert!(query.matches(&german.searchable()));
        assert!(Query::new("austria").matches(&german.searchable()));
        assert_eq!(find("sr_RS@latin").map(Locale::title).as_deref(), Some("Serbian (Serbia), latin"));
    }
}
