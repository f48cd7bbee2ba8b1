//! Names of countries and languages, by their ISO codes.

use crate::i18n::{Domain, name_in};

const COUNTRIES: &str = include_str!("../../data/countries.txt");
const LANGUAGES: &str = include_str!("../../data/languages.txt");

/// The lines of a table that are no comments, as their fields.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// The English name of a country by its ISO 3166-1 code of two letters.
#[must_use]
pub fn country_in_english(code: &str) -> Option<&'static str> {
    rows(COUNTRIES).find_map(|row| match row.as_slice() {
        [known, name] if known.eq_ignore_ascii_case(code) => Some(*name),
        _ => None,
    })
}

/// The English name of a language by its ISO 639 code of two or three letters.
#[must_use]
pub fn language_in_english(code: &str) -> Option<&'static str> {
    rows(LANGUAGES).find_map(|row| match row.as_slice() {
        [three, two, name] if code != "-" && (*three == code || *two == code) => Some(*name),
        _ => None,
    })
}

/// The name of a country in the person's language; the code itself where there is no such country.
#[must_use]
pub fn country(code: &str) -> String {
    country_in_english(code).map_or_else(|| code.to_owned(), |name| name_in(Domain::Countries, name))
}

/// The name of a language in the person's language; the code itself where it is not known.
#[must_use]
pub fn language(code: &str) -> String {
    let Some(english) = language_in_english(code) else { return code.to_owned() };
    without_note(&name_in(Domain::Languages, english)).to_owned()
}

/// A name without ISO's note behind it, such as the years of “Modern Greek (1453-)”.
fn without_note(name: &str) -> &str {
    match name.split_once(" (") {
        Some((before, _)) if name.ends_with(')') && !before.is_empty() => before,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_names() {
        assert_eq!(country_in_english("de"), Some("Germany"));
        assert_eq!(country_in_english("TW"), Some("Taiwan"));
        assert_eq!(language_in_english("de"), Some("German"));
        assert_eq!(language_in_english("deu"), Some("German"));
        assert_eq!(without_note("Modern Greek (1453-)"), "Modern Greek");
    }

    #[test]
    fn what_is_no_code_is_its_own_name() {
        for code in ["", "-", "XX", "Germany", "\t", "#"] {
            assert_eq!(country(code), code);
            assert_eq!(language(code), code);
        }
    }

    #[test]
    fn the_tables_are_in_order_and_complete() {
        let countries: Vec<Vec<&str>> = rows(COUNTRIES).collect();
        assert!(countries.iter().all(|row| row.len() == 2 && row[0].len() == 2 && !row[1].is_empty()));
        assert!(countries.is_sorted_by(|one, other| one[0] < other[0]) && countries.len() > 240);
        let languages: Vec<Vec<&str>> = rows(LANGUAGES).collect();
        assert!(languages.iter().all(|row| row.len() == 3 && row[0].len() == 3 && !row[2].is_empty()));
        assert!(languages.is_sorted_by(|one, other| one[0] < other[0]) && languages.len() > 300);
    }
}
