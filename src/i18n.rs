//! Messages in the person's language.
//!
//! The source text is English and is its own message id. Placeholders stand in braces, so that a
//! translator sees what they are and may reorder them.

use std::path::PathBuf;

/// The gettext domain, and the name of the installed `.mo` files.
pub const DOMAIN: &str = "snowmelt";

/// Where the `.mo` files were installed, known when Snowmelt is built.
const LOCALE_DIR: Option<&str> = option_env!("SNOWMELT_LOCALEDIR");

/// Takes the person's language from the environment (`setlocale(3)`, `gettext(3)`). Where it fails,
/// every message stays English.
///
/// A program calls it once, first of all: `setlocale` must not run beside another thread.
pub fn init() {
    let _locale = gettextrs::setlocale(gettextrs::LocaleCategory::LcAll, "");
    let bound = gettextrs::bindtextdomain(DOMAIN, locale_dir())
        .and_then(|_| gettextrs::bind_textdomain_codeset(DOMAIN, "UTF-8"))
        .and_then(|_| gettextrs::textdomain(DOMAIN));
    if let Err(error) = bound {
        tracing::debug!("messages stay English: {error}");
    }
}

/// The directory given when Snowmelt was built; else `share/locale` beside the program's own
/// directory, as in every installation prefix; else the system's.
fn locale_dir() -> PathBuf {
    if let Some(dir) = LOCALE_DIR {
        return PathBuf::from(dir);
    }
    let beside = std::env::current_exe().ok().and_then(|program| {
        let dir = program.parent()?.parent()?.join("share/locale");
        dir.is_dir().then_some(dir)
    });
    beside.unwrap_or_else(|| PathBuf::from("/usr/share/locale"))
}

/// Translates a text of `data/catalogue.toml`, which `build-aux/pot` gives to the translators.
#[must_use]
pub(crate) fn translated(text: &str) -> String {
    gettextrs::gettext(text)
}

/// Translates a message that has no placeholder.
#[must_use]
pub fn gettext(message: &str) -> String {
    gettextrs::gettext(message)
}

/// Translates a message and fills its placeholders: `{name}` becomes the value given for `name`.
///
/// A value is inserted as it is and never searched for placeholders again.
#[must_use]
pub fn gettext_f(message: &str, values: &[(&str, &str)]) -> String {
    fill(&gettextrs::gettext(message), values)
}

/// Translates a message that depends on a count, and fills its placeholders.
#[must_use]
pub fn ngettext_f(singular: &str, plural: &str, count: u32, values: &[(&str, &str)]) -> String {
    fill(&gettextrs::ngettext(singular, plural, count), values)
}

fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let (before, from_brace) = rest.split_at(start);
        filled.push_str(before);
        let known = values.iter().find_map(|(name, value)| {
            let after = from_brace.strip_prefix('{')?.strip_prefix(name)?;
            Some((value, after.strip_prefix('}')?))
        });
        match known {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = from_brace.strip_prefix('{').unwrap_or_default();
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn values_are_filled_in_any_order_and_never_searched_again() {
        assert_eq!(
            fill("{b} before {a}, {a} twice", &[("a", "{b}"), ("b", "two")]),
            "two before {b}, {b} twice"
        );
    }

    #[test]
    fn a_brace_that_names_nothing_stays() {
        assert_eq!(fill("{ x } {unknown} {", &[("x", "1")]), "{ x } {unknown} {");
    }
}
