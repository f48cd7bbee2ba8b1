//! Names of xkeyboard-config.

use super::Verdict;
use crate::i18n::gettext;

/// Longest name; the longest of xkeyboard-config has some 30 characters.
const LONGEST_NAME: usize = 64;

/// Keyboard layout, by its shape: one name of xkeyboard-config's `rules/base.lst`. Whether there is
/// such a layout is not known here.
///
/// # Errors
/// When it can't be one layout's name; a comma would begin a second one.
pub fn xkb_layout(name: &str) -> Verdict {
    if is_name(name) {
        return Ok(());
    }
    Err(gettext(
        "A keyboard layout is a name such as “us” or “de”; “localectl list-x11-keymap-layouts” lists them.",
    ))
}

/// Variant of a layout, by its shape.
///
/// # Errors
/// When it can't be one variant's name.
pub fn xkb_variant(name: &str) -> Verdict {
    if is_name(name) {
        return Ok(());
    }
    Err(gettext(
        "A variant of a layout is a name such as “dvorak” or “nodeadkeys”; “localectl list-x11-keymap-variants” lists them.",
    ))
}

fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !name.is_empty() && !name.starts_with('-') && name.len() <= LONGEST_NAME && name.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_and_variants() {
        for good in ["us", "de", "latam", "nec_vndr", "custom"] {
            assert_eq!(xkb_layout(good), Ok(()), "{good}");
        }
        for good in ["dvorak-intl", "T3", "mac_nodeadkeys", "3l-cros", "neo"] {
            assert_eq!(xkb_variant(good), Ok(()), "{good}");
        }
        for bad in ["", "us,de", "de(neo)", "-variant", "a b", "ä", "us'", "${x}", &"x".repeat(65)] {
            assert!(xkb_layout(bad).is_err(), "{bad}");
            assert!(xkb_variant(bad).is_err(), "{bad}");
        }
    }
}
