//! The languages that Snowmelt itself speaks.

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InterfaceLanguage {
    /// Its code in `po/LINGUAS`, what the variable `LANGUAGE` takes.
    pub code: &'static str,
    /// Its name in itself.
    pub name: &'static str,
    /// The locale to begin with for who speaks it.
    pub locale: &'static str,
}

const fn language(code: &'static str, name: &'static str, locale: &'static str) -> InterfaceLanguage {
    InterfaceLanguage { code, name, locale }
}

/// All that have a name here, English first, then by code. Those of `po/LINGUAS` among them are what
/// can be chosen.
const KNOWN: [InterfaceLanguage; 16] = [
    language("en", "English", "en_US.UTF-8"),
    language("ar", "العربية", "ar_EG.UTF-8"),
    language("de", "Deutsch", "de_DE.UTF-8"),
    language("es", "Español", "es_ES.UTF-8"),
    language("fr", "Français", "fr_FR.UTF-8"),
    language("hi", "हिन्दी", "hi_IN"),
    language("it", "Italiano", "it_IT.UTF-8"),
    language("ja", "日本語", "ja_JP.UTF-8"),
    language("ko", "한국어", "ko_KR.UTF-8"),
    language("nl", "Nederlands", "nl_NL.UTF-8"),
    language("pl", "Polski", "pl_PL.UTF-8"),
    language("pt_BR", "Português (Brasil)", "pt_BR.UTF-8"),
    language("tr", "Türkçe", "tr_TR.UTF-8"),
    language("uk", "Українська", "uk_UA.UTF-8"),
    language("zh_CN", "简体中文", "zh_CN.UTF-8"),
    language("zh_TW", "繁體中文", "zh_TW.UTF-8"),
];

const LINGUAS: &str = include_str!("../../../po/LINGUAS");

fn translated() -> impl Iterator<Item = &'static str> {
    LINGUAS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The languages that can be chosen: English first, then each that has a translation, by code.
pub fn interface_languages() -> impl Iterator<Item = InterfaceLanguage> {
    KNOWN.into_iter().filter(|known| known.code == "en" || translated().any(|code| code == known.code))
}

/// The language that the interface has in a locale: the territory's own, then the language's, then
/// English.
#[must_use]
pub fn interface_language(locale: &str) -> InterfaceLanguage {
    let name = locale.split(['.', '@']).next().unwrap_or_default();
    let short = name.split('_').next().unwrap_or_default();
    let with = |code: &str| interface_languages().find(|known| known.code == code);
    let [english, ..] = KNOWN;
    with(name).or_else(|| with(short)).unwrap_or(english)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::locales;

    #[test]
    fn every_translation_can_be_chosen() {
        for code in translated() {
            assert!(
                interface_languages().any(|known| known.code == code),
                "po/LINGUAS has {code}, which has no name in src/pure/locales/interface.rs"
            );
        }
        for known in KNOWN {
            assert_eq!(locales::find(known.locale).map(locales::Locale::name), Some(known.locale));
        }
    }

    #[test]
    fn a_locale_has_its_own_language_or_english() {
        assert_eq!(interface_language("de_AT.UTF-8").code, "de");
        assert_eq!(interface_language("xx_YY.UTF-8@z").code, "en");
        assert_eq!(interface_language("").code, "en");
    }
}
