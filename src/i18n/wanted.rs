//! Which languages a person wants, by the environment (`gettext(3)`, `locale(7)`).

/// The languages that the environment asks for, the most wanted first; none is English.
///
/// `LANGUAGE` is a list that stands above the locale, but where the locale is that of C, nothing is
/// to be translated.
pub(super) fn wanted(variable: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    let Some(locale) = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(given) else {
        return Vec::new();
    };
    if is_c(&locale) {
        return Vec::new();
    }
    let list = given("LANGUAGE").unwrap_or(locale);
    list.split(':').filter(|name| is_sound(name)).map(ToOwned::to_owned).collect()
}

fn is_c(name: &str) -> bool {
    matches!(name.split('.').next(), Some("C" | "POSIX"))
}

/// Whether a name has nothing in it that would lead elsewhere when it becomes a part of a path.
pub(super) fn is_sound(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.@-".contains(c);
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(fits)
}

/// Whether messages are in this language as they are in the source.
pub(super) fn is_source(name: &str) -> bool {
    is_c(name) || language_of(name) == "en"
}

/// The language alone: `de` of `de_AT.UTF-8@euro`.
pub(super) fn language_of(name: &str) -> &str {
    name.split(['_', '.', '@']).next().unwrap_or_default()
}

/// The directories that may hold a language's messages, the closest first.
pub(super) fn directories(name: &str) -> Vec<String> {
    let (base, modifier) =
        name.split_once('@').map_or((name, None), |(base, modifier)| (base, Some(modifier)));
    let base = base.split('.').next().unwrap_or_default();
    let bases = [base, language_of(base)];
    let with_modifier =
        modifier.into_iter().flat_map(|modifier| bases.map(|base| format!("{base}@{modifier}")));
    let mut found: Vec<String> = with_modifier.chain(bases.map(ToOwned::to_owned)).collect();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Vec<String> {
        wanted(|asked| {
            variables.iter().find(|(name, _)| *name == asked).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_list_of_languages_stands_above_the_locale_unless_that_is_c() {
        assert_eq!(of(&[]), [""; 0]);
        assert_eq!(of(&[("LANG", "de_DE.UTF-8")]), ["de_DE.UTF-8"]);
        assert_eq!(of(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", ""), ("LC_MESSAGES", "fr_FR")]), ["fr_FR"]);
        assert_eq!(of(&[("LC_ALL", "pl_PL"), ("LC_MESSAGES", "fr_FR")]), ["pl_PL"]);
        assert_eq!(of(&[("LANG", "en_US.UTF-8"), ("LANGUAGE", "pt_BR:es")]), ["pt_BR", "es"]);
        for locale in ["C", "POSIX", "C.UTF-8"] {
            assert_eq!(of(&[("LANG", locale), ("LANGUAGE", "de")]), [""; 0], "{locale}");
        }
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_left_out() {
        assert_eq!(of(&[("LANG", "en_US"), ("LANGUAGE", "../../tmp:/tmp:.:de:")]), ["de"]);
    }

    #[test]
    fn the_closest_directory_comes_first() {
        assert_eq!(directories("de"), ["de"]);
        assert_eq!(directories("pt_BR.UTF-8"), ["pt_BR", "pt"]);
        assert_eq!(directories("sr_RS.UTF-8@latin"), ["sr_RS@latin", "sr@latin", "sr_RS", "sr"]);
    }
}
