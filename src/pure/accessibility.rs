//! The desktop's own settings for people who see, hear or move differently.
//!
//! The keys are those of `gsettings-desktop-schemas` 48; the schema may be missing, and a front end
//! shows only what is there.

use crate::i18n::gettext;

/// One thing that can be turned on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aid {
    /// Large text.
    LargeText,
    /// High contrast.
    HighContrast,
    /// The screen reader.
    ScreenReader,
    /// The on-screen keyboard.
    ScreenKeyboard,
}

/// A key of the desktop's settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// Id of the schema.
    pub schema: &'static str,
    /// The key in it.
    pub key: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Whether it is on.
    Switch,
    /// A number (`d`): one value when it is off, another when it is on. A value nearer to that
    /// for on counts as on.
    Number {
        /// When it is off.
        off: f64,
        /// When it is on.
        on: f64,
    },
}

impl Aid {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 4] =
        [Self::LargeText, Self::HighContrast, Self::ScreenReader, Self::ScreenKeyboard];

    /// Its name.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::LargeText => gettext("Large text"),
            Self::HighContrast => gettext("High contrast"),
            Self::ScreenReader => gettext("Screen reader"),
            Self::ScreenKeyboard => gettext("On-screen keyboard"),
        }
    }

    /// Where the desktop keeps it.
    #[must_use]
    pub fn setting(self) -> Setting {
        let setting = |schema, key, kind| Setting { schema, key, kind };
        match self {
            // The factor that GNOME's own switch sets.
            Self::LargeText => setting(
                "org.gnome.desktop.interface",
                "text-scaling-factor",
                Kind::Number { off: 1.0, on: 1.25 },
            ),
            Self::HighContrast => setting("org.gnome.desktop.a11y.interface", "high-contrast", Kind::Switch),
            Self::ScreenReader => {
                setting("org.gnome.desktop.a11y.applications", "screen-reader-enabled", Kind::Switch)
            }
            Self::ScreenKeyboard => {
                setting("org.gnome.desktop.a11y.applications", "screen-keyboard-enabled", Kind::Switch)
            }
        }
    }
}

impl Kind {
    /// Whether a number means that the aid is on.
    #[must_use]
    pub fn is_on(self, value: f64) -> bool {
        match self {
            Self::Switch => value > 0.0,
            Self::Number { off, on } => value > f64::midpoint(off, on),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_factor_than_ours_is_large_text_too() {
        let kind = Aid::LargeText.setting().kind;
        assert!(kind.is_on(1.25) && kind.is_on(2.0));
        assert!(!kind.is_on(1.0) && !kind.is_on(1.1) && !kind.is_on(f64::NAN));
    }
}
