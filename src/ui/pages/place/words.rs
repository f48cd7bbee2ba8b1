//! What the page says about a time zone.

use relm4::gtk::glib;

use crate::i18n::gettext_f;
use crate::pure::zones::Zone;

/// Where the zone is, and what time it is there.
pub(super) fn zone(name: &str, zones: &[Zone]) -> String {
    let place = zones.iter().find(|zone| zone.name == name).map_or_else(|| name.to_owned(), place);
    match time_in(name) {
        Some(time) => gettext_f(
            // Translators: {place} is such as “Berlin, Germany”, {time} such as “14:05”.
            "{place}. It is {time} there now.",
            &[("place", &place), ("time", &time)],
        ),
        None => place,
    }
}

fn place(zone: &Zone) -> String {
    let countries = zone.countries_in_words();
    if countries.is_empty() { zone.city() } else { format!("{}, {countries}", zone.city()) }
}

fn time_in(zone: &str) -> Option<String> {
    let zone = glib::TimeZone::from_identifier(Some(zone))?;
    let now = glib::DateTime::now(&zone).ok()?;
    now.format("%H:%M").ok().map(Into::into)
}
