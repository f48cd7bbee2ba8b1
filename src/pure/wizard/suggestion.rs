//! Answers to begin with, by what the live session is set to and by the language that was chosen.

use super::{Answers, DEFAULT_LOCALE, DEFAULT_TIME_ZONE};
use crate::pure::keyboard::{Layout, default_layout};
use crate::pure::locales::{self, InterfaceLanguage, Locale};
use crate::pure::zones::{Zone, default_zone};

/// What the live session is set to; empty is not known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Present<'a> {
    /// Keyboard layouts, joined by commas.
    pub layout: &'a str,
    /// Their variants.
    pub variant: &'a str,
    /// Locale.
    pub locale: &'a str,
    /// Time zone.
    pub time_zone: &'a str,
}

/// Answers to begin with. One that the person has changed is not changed by a suggestion again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Locale.
    pub locale: String,
    /// Keyboard layout.
    pub layout: String,
    /// Its variant.
    pub variant: Option<String>,
    /// Time zone.
    pub time_zone: String,
}

/// What the answers begin with when nothing is known.
impl Default for Suggestion {
    fn default() -> Self {
        Self {
            locale: DEFAULT_LOCALE.to_owned(),
            layout: "us".to_owned(),
            variant: None,
            time_zone: DEFAULT_TIME_ZONE.to_owned(),
        }
    }
}

impl Suggestion {
    /// For a session, and for the language of the interface where the person has chosen one.
    #[must_use]
    pub fn new(
        language: Option<InterfaceLanguage>,
        present: Present<'_>,
        layouts: &[Layout],
        zones: &[Zone],
    ) -> Self {
        let locale = locale(language, present.locale);
        // Nobody has told a session with this layout: it is what all of them have at first.
        let untold = present.layout == "us" && present.variant.is_empty();
        let layout = if untold { "" } else { present.layout };
        let layout = default_layout(layouts, layout, present.variant, &locale);
        let zone = default_zone(zones, present.time_zone, &locale);
        let mut suggestion = Self { locale, ..Self::default() };
        if let Some(layout) = layout.and_then(|index| layouts.get(index)) {
            suggestion.layout.clone_from(&layout.layout);
            suggestion.variant = (!layout.variant.is_empty()).then(|| layout.variant.clone());
        }
        if let Some(zone) = zone.and_then(|index| zones.get(index)) {
            suggestion.time_zone.clone_from(&zone.name);
        }
        suggestion
    }

    /// Changes the answers that still are what `self` suggested to what `next` suggests.
    pub(super) fn replace(&self, next: &Self, answers: &mut Answers) {
        let system = &mut answers.system;
        if system.locale == self.locale {
            system.locale.clone_from(&next.locale);
        }
        if system.time_zone == self.time_zone {
            system.time_zone.clone_from(&next.time_zone);
        }
        if system.xkb_layout.as_ref() == Some(&self.layout) && system.xkb_variant == self.variant {
            system.xkb_layout = Some(next.layout.clone());
            system.xkb_variant.clone_from(&next.variant);
        }
    }
}

/// The session's locale, as long as it is in the chosen language.
fn locale(language: Option<InterfaceLanguage>, present: &str) -> String {
    // The session's may be C, which is no person's.
    let present = locales::find(present).filter(|locale| locale.territory().is_some());
    let chosen = language.and_then(|language| locales::find(language.locale));
    let found = match (chosen, present) {
        (Some(chosen), Some(present)) if chosen.language() != present.language() => Some(chosen),
        (chosen, present) => present.or(chosen),
    };
    found.map_or(DEFAULT_LOCALE, Locale::name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::unanswered;
    use super::*;
    use crate::pure::locales::interface_language;

    fn layout(layout: &str, variant: &str, country: &str) -> Layout {
        Layout {
            layout: layout.to_owned(),
            variant: variant.to_owned(),
            description: layout.to_owned(),
            languages: Vec::new(),
            countries: vec![country.to_owned()],
        }
    }

    fn suggested(language: Option<&str>, present: Present<'_>) -> Suggestion {
        let layouts = [
            layout("us", "", "US"),
            layout("de", "", "DE"),
            layout("de", "neo", "DE"),
            layout("fr", "", "FR"),
        ];
        let zone = |name: &str, country: &str| Zone {
            name: name.to_owned(),
            countries: vec![country.to_owned()],
            note: String::new(),
        };
        let zones = [zone("Europe/Paris", "FR"), zone("Europe/Vienna", "AT"), Zone::utc()];
        Suggestion::new(language.map(interface_language), present, &layouts, &zones)
    }

    #[test]
    fn a_session_that_was_set_up_is_followed() {
        let present =
            Present { layout: "de", variant: "neo", locale: "fr_FR.UTF-8", time_zone: "Europe/Vienna" };
        let suggestion = suggested(None, present);
        assert_eq!(suggestion.layout, "de");
        assert_eq!(suggestion.variant.as_deref(), Some("neo"));
        assert_eq!(suggestion.locale, "fr_FR.UTF-8");
        assert_eq!(suggestion.time_zone, "Europe/Vienna");
        // Another language says nothing about the keyboard and the place.
        let suggestion = suggested(Some("de"), present);
        assert_eq!((suggestion.layout.as_str(), suggestion.locale.as_str()), ("de", "de_DE.UTF-8"));
        assert_eq!(suggestion.time_zone, "Europe/Vienna");
    }

    #[test]
    fn a_session_that_nobody_told_follows_the_language() {
        let untold = Present { layout: "us", variant: "", locale: "en_US.UTF-8", time_zone: "UTC" };
        let suggestion = suggested(Some("de"), untold);
        assert_eq!((suggestion.layout.as_str(), suggestion.locale.as_str()), ("de", "de_DE.UTF-8"));
        assert_eq!(
            suggested(None, untold),
            Suggestion { time_zone: "UTC".to_owned(), ..Suggestion::default() }
        );
        let british = Present { locale: "en_GB.UTF-8", ..untold };
        assert_eq!(suggested(Some("en"), british).locale, "en_GB.UTF-8");
        assert_eq!(suggested(None, Present { locale: "C.UTF-8", ..untold }).locale, DEFAULT_LOCALE);
    }

    #[test]
    fn what_the_person_has_changed_stays() {
        let mut answers = unanswered();
        let german = Suggestion {
            locale: "de_DE.UTF-8".to_owned(),
            layout: "de".to_owned(),
            variant: Some("neo".to_owned()),
            time_zone: "Europe/Berlin".to_owned(),
        };
        Suggestion::default().replace(&german, &mut answers);
        assert_eq!(answers.system.locale, german.locale);
        assert_eq!(answers.system.xkb_layout.as_deref(), Some("de"));
        assert_eq!(answers.system.xkb_variant, german.variant);
        assert_eq!(answers.system.time_zone, german.time_zone);
        answers.system.locale = "de_AT.UTF-8".to_owned();
        answers.system.xkb_variant = None;
        let french = Suggestion { time_zone: "Europe/Paris".to_owned(), ..Suggestion::default() };
        german.replace(&french, &mut answers);
        assert_eq!(answers.system.locale, "de_AT.UTF-8");
        assert_eq!(answers.system.xkb_layout.as_deref(), Some("de"));
        assert_eq!(answers.system.xkb_variant, None);
        assert_eq!(answers.system.time_zone, "Europe/Paris");
    }
}
