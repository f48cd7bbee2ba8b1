//! How a locale writes dates, times, numbers and money, from glibc's own data.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, format::StrftimeItems};
use pure_rust_locales::locale_match;

use super::Locale;

/// One of each, to tell locales apart by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The last day of a year, such as `31.12.2026`: it shows which number is the month.
    pub date: String,
    /// A quarter to two in the afternoon: it shows how hours are counted.
    pub time: String,
    /// The name of that weekday.
    pub weekday: String,
    /// `1234567.89`
    pub number: String,
    /// The same in the territory's currency.
    pub money: String,
}

/// The example for a locale; `None` where glibc's data is not known.
#[must_use]
pub fn example(locale: Locale) -> Option<Example> {
    let data = locale.data()?;
    let date = NaiveDate::from_ymd_opt(2026, 12, 31)?;
    let time = NaiveTime::from_hms_opt(13, 45, 0)?;
    let moment = date.and_time(time);
    Some(Example {
        date: format(moment, locale_match!(data => LC_TIME::D_FMT), data)?,
        time: format(moment, locale_match!(data => LC_TIME::T_FMT), data)?,
        weekday: format(moment, "%A", data)?,
        number: amount(
            2,
            locale_match!(data => LC_NUMERIC::DECIMAL_POINT),
            locale_match!(data => LC_NUMERIC::THOUSANDS_SEP),
            locale_match!(data => LC_NUMERIC::GROUPING),
        ),
        money: money(data),
    })
}

/// Formats by a pattern of glibc's (`strftime(3)`).
fn format(moment: NaiveDateTime, pattern: &str, data: pure_rust_locales::Locale) -> Option<String> {
    // Digits and years of another calendar are left out, and so is the zone, which there is none of.
    let pattern = pattern.replace("%O", "%").replace("%E", "%").replace("%Z", "");
    let items: Vec<_> = StrftimeItems::new_with_locale(pattern.trim(), data).collect();
    let mut text = String::new();
    // `to_string` would panic over a pattern that chrono does not know.
    let written = write!(text, "{}", moment.and_utc().format_localized_with_items(items.iter(), data));
    written.is_ok().then(|| text.trim().to_owned())
}

fn money(data: pure_rust_locales::Locale) -> String {
    let digits = usize::try_from(locale_match!(data => LC_MONETARY::FRAC_DIGITS)).unwrap_or(2).min(2);
    let number = amount(
        digits,
        locale_match!(data => LC_MONETARY::MON_DECIMAL_POINT),
        locale_match!(data => LC_MONETARY::MON_THOUSANDS_SEP),
        locale_match!(data => LC_MONETARY::MON_GROUPING),
    );
    let symbol = locale_match!(data => LC_MONETARY::CURRENCY_SYMBOL).trim();
    if symbol.is_empty() {
        return number;
    }
    let space = if locale_match!(data => LC_MONETARY::P_SEP_BY_SPACE) == 1 { "\u{a0}" } else { "" };
    if locale_match!(data => LC_MONETARY::P_CS_PRECEDES) == 1 {
        format!("{symbol}{space}{number}")
    } else {
        format!("{number}{space}{symbol}")
    }
}

/// `1234567.89` with so many digits of the fraction, and its whole part in groups, counted from the
/// right; the last size of `grouping` goes on, and -1 ends it (`localeconv(3)`).
fn amount(digits: usize, point: &str, separator: &str, grouping: &[i64]) -> String {
    let mut groups = Vec::new();
    let mut whole = "1234567".to_owned();
    let mut sizes = grouping.iter();
    let mut size = sizes.next().copied().unwrap_or(-1);
    while let Some(cut) = usize::try_from(size).ok().filter(|size| *size > 0 && *size < whole.len()) {
        groups.push(whole.split_off(whole.len() - cut));
        size = sizes.next().copied().unwrap_or(size);
    }
    groups.push(whole);
    groups.reverse();
    let whole = groups.join(separator);
    match "89".get(..digits) {
        Some(fraction) if !fraction.is_empty() => {
            let point = if point.is_empty() { "." } else { point };
            format!("{whole}{point}{fraction}")
        }
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{all, find};
    use super::*;

    fn of(name: &str) -> Example {
        example(find(name).unwrap()).unwrap()
    }

    #[test]
    fn locales_write_as_their_people_do() {
        let american = of("en_US.UTF-8");
        assert_eq!((american.date.as_str(), american.time.as_str()), ("12/31/2026", "01:45:00 PM"));
        assert_eq!((american.number.as_str(), american.money.as_str()), ("1,234,567.89", "$1,234,567.89"));
        let german = of("de_DE.UTF-8");
        assert_eq!((german.date.as_str(), german.time.as_str()), ("31.12.2026", "13:45:00"));
        assert_eq!((german.number.as_str(), german.money.as_str()), ("1.234.567,89", "1.234.567,89\u{a0}€"));
        assert_eq!(german.weekday, "Donnerstag");
        assert_eq!(of("hi_IN").money, "₹12,34,567.89");
        assert_eq!(of("ja_JP.UTF-8").money, "￥1,234,567");
    }

    /// chrono gives an error for what it does not know of glibc's patterns.
    #[test]
    fn every_locale_that_has_data_has_an_example() {
        let mut count = 0;
        for locale in all() {
            if locale.data().is_none() {
                continue;
            }
            let example = example(locale).unwrap_or_else(|| panic!("{locale:?} has no example"));
            count += 1;
            for text in [&example.date, &example.time, &example.weekday, &example.number, &example.money] {
                assert!(!text.is_empty() && !text.contains('%'), "{locale:?}: {example:?}");
            }
        }
        assert!(count > 280, "only {count} locales have an example");
    }

    #[test]
    fn groups_end_where_the_locale_ends_them() {
        assert_eq!(amount(2, ",", ".", &[3, -1]), "1234.567,89");
        assert_eq!(amount(0, ",", ".", &[]), "1234567");
        assert_eq!(amount(2, "", "'", &[0]), "1234567.89");
    }
}
