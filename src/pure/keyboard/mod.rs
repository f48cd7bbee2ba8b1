//! Keyboard layouts, by xkeyboard-config's names.

pub mod console;
mod typing;

pub use typing::{Typeable, Typing, ascii};

use super::names;
use super::search::{Query, Searchable};
use crate::i18n::{Domain, name_in};

/// One layout, or one variant of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Name of the layout, such as `de`.
    pub layout: String,
    /// Name of the variant, such as `neo`; empty for the layout itself.
    pub variant: String,
    /// English description, the message id in xkeyboard-config's gettext domain.
    pub description: String,
    /// ISO 639-3 codes of the languages that are written with it.
    pub languages: Vec<String>,
    /// ISO 3166-1 codes of the countries where it is used.
    pub countries: Vec<String>,
}

impl Layout {
    /// Its name in the person's language.
    #[must_use]
    pub fn name(&self) -> String {
        name_in(Domain::Keyboards, &self.description)
    }

    /// All by which it may be found: names in the person's language and in English, codes,
    /// languages, countries.
    #[must_use]
    pub fn searchable(&self) -> Searchable {
        let mut parts =
            vec![self.name(), self.description.clone(), self.layout.clone(), self.variant.clone()];
        parts.extend(self.languages.iter().map(|code| names::language(code)));
        parts.extend(self.countries.iter().map(|code| names::country(code)));
        Searchable::new(parts.iter().map(String::as_str))
    }

    /// Whether both names are made of what xkeyboard-config makes its names of, so that they fit
    /// into a rule, a file name and a configuration.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let fits = |name: &str| {
            name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
        };
        !self.layout.is_empty() && fits(&self.layout) && fits(&self.variant)
    }
}

/// The layouts that a query finds, as indices into `texts`, the best first and otherwise in their
/// order. `texts` holds what [`Layout::searchable`] gave for each.
#[must_use]
pub fn search(texts: &[Searchable], query: &Query) -> Vec<usize> {
    let mut found: Vec<(u8, usize)> = texts
        .iter()
        .enumerate()
        .filter_map(|(index, text)| query.rank(text).map(|rank| (rank, index)))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, index)| index).collect()
}

/// What the live session has (`X11Layout` and `X11Variant` of `org.freedesktop.locale1`, which may
/// be lists: the first counts), as an index into `layouts`; else a layout for the country of the
/// locale; else `us`.
#[must_use]
pub fn default_layout(layouts: &[Layout], layout: &str, variant: &str, locale: &str) -> Option<usize> {
    let first = |list: &str| list.split(',').next().unwrap_or_default().trim().to_owned();
    let (layout, variant) = (first(layout), first(variant));
    let named = |layout: &str, variant: &str| {
        layouts.iter().position(|known| known.layout == layout && known.variant == variant)
    };
    let country = locale.split_once('_').and_then(|(_, rest)| rest.get(..2)).unwrap_or_default();
    let by_country = || {
        let of_it = |known: &Layout| {
            known.variant.is_empty() && known.countries.iter().any(|code| code.eq_ignore_ascii_case(country))
        };
        layouts
            .iter()
            .position(|known| of_it(known) && known.layout.eq_ignore_ascii_case(country))
            .or_else(|| layouts.iter().position(|known| of_it(known) && !country.is_empty()))
    };
    named(&layout, &variant).or_else(|| named(&layout, "")).or_else(by_country).or_else(|| named("us", ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(layout: &str, variant: &str, description: &str, language: &str, country: &str) -> Layout {
        Layout {
            layout: layout.to_owned(),
            variant: variant.to_owned(),
            description: description.to_owned(),
            languages: vec![language.to_owned()],
            countries: vec![country.to_owned()],
        }
    }

    fn some() -> Vec<Layout> {
        vec![
            layout("us", "", "English (US)", "eng", "US"),
            layout("us", "dvorak", "English (Dvorak)", "eng", "US"),
            layout("de", "", "German", "deu", "DE"),
            layout("de", "neo", "German (Neo 2)", "deu", "DE"),
            layout("ch", "", "German (Switzerland)", "deu", "CH"),
            layout("latam", "", "Spanish (Latin American)", "spa", "MX"),
        ]
    }

    fn found(typed: &str) -> Vec<usize> {
        let texts: Vec<Searchable> = some().iter().map(Layout::searchable).collect();
        search(&texts, &Query::new(typed))
    }

    #[test]
    fn a_layout_is_found_by_name_code_language_and_country() {
        assert_eq!(found("neo"), [3]);
        assert_eq!(found("neo german"), [3]);
        assert_eq!(found("SWITZ"), [4]);
        assert_eq!(found("mexico"), [5]);
        assert_eq!(found("german"), [2, 3, 4]);
        assert_eq!(found("latam"), [5]);
        assert_eq!(found("").len(), 6);
        assert_eq!(found("klingon"), [0_usize; 0]);
    }

    #[test]
    fn the_live_sessions_own_layout_is_the_default() {
        let layouts = some();
        let default = |layout, variant, locale| default_layout(&layouts, layout, variant, locale);
        assert_eq!(default("de", "neo", ""), Some(3));
        assert_eq!(default("de,us", "neo,", ""), Some(3));
        assert_eq!(default("de", "gone", ""), Some(2), "a variant that is not known");
        assert_eq!(default("", "", "de_CH.UTF-8"), Some(4));
        assert_eq!(default("", "", "es_MX.UTF-8"), Some(5));
        assert_eq!(default("xx", "", "C.UTF-8"), Some(0));
        assert_eq!(default("", "", "x_é"), Some(0), "cut inside a letter");
        assert_eq!(default_layout(&[], "us", "", ""), None);
    }

    #[test]
    fn names_that_could_lead_elsewhere_are_unsound() {
        assert!(layout("us", "altgr-intl", "", "", "").is_sound());
        for bad in ["", "../x", "us(dvorak)", "us,de", "ü", "a\0b", "a b"] {
            assert!(!layout(bad, "", "", "", "").is_sound(), "{bad:?}");
        }
        assert!(!layout("us", "x y", "", "", "").is_sound());
    }
}
