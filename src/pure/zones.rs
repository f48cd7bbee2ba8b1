//! Time zones, grouped by region, with the cities' names as people write them.

use super::names;
use super::search::Searchable;
use crate::i18n::gettext;

/// A region of the time zone database: the first part of a zone's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// Africa.
    Africa,
    /// North and South America.
    America,
    /// Antarctica.
    Antarctica,
    /// Svalbard.
    Arctic,
    /// Asia.
    Asia,
    /// Islands of the Atlantic Ocean.
    Atlantic,
    /// Australia.
    Australia,
    /// Europe.
    Europe,
    /// Islands of the Indian Ocean.
    Indian,
    /// Islands of the Pacific Ocean, New Zealand.
    Pacific,
    /// No region: universal time.
    World,
}

impl Region {
    /// All, in the order of the database.
    pub const ALL: [Self; 11] = [
        Self::Africa,
        Self::America,
        Self::Antarctica,
        Self::Arctic,
        Self::Asia,
        Self::Atlantic,
        Self::Australia,
        Self::Europe,
        Self::Indian,
        Self::Pacific,
        Self::World,
    ];

    fn prefix(self) -> &'static str {
        match self {
            Self::Africa => "Africa",
            Self::America => "America",
            Self::Antarctica => "Antarctica",
            Self::Arctic => "Arctic",
            Self::Asia => "Asia",
            Self::Atlantic => "Atlantic",
            Self::Australia => "Australia",
            Self::Europe => "Europe",
            Self::Indian => "Indian",
            Self::Pacific => "Pacific",
            Self::World => "",
        }
    }

    /// Its name for the person.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Africa => gettext("Africa"),
            Self::America => gettext("America"),
            Self::Antarctica => gettext("Antarctica"),
            Self::Arctic => gettext("Arctic"),
            Self::Asia => gettext("Asia"),
            Self::Atlantic => gettext("Atlantic Ocean"),
            Self::Australia => gettext("Australia"),
            Self::Europe => gettext("Europe"),
            Self::Indian => gettext("Indian Ocean"),
            Self::Pacific => gettext("Pacific Ocean"),
            Self::World => gettext("Whole world"),
        }
    }
}

/// One time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its name in the database, such as `America/Argentina/Buenos_Aires`.
    pub name: String,
    /// ISO 3166-1 codes of the countries that it is for.
    pub countries: Vec<String>,
    /// The database's own English note that tells it from others of the same country, may be empty.
    pub note: String,
}

impl Zone {
    /// Coordinated universal time, which is no country's.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), countries: Vec::new(), note: String::new() }
    }

    /// The region that it belongs to.
    #[must_use]
    pub fn region(&self) -> Region {
        let first = self.name.split_once('/').map(|(region, _)| region);
        Region::ALL
            .into_iter()
            .find(|region| *region != Region::World && first == Some(region.prefix()))
            .unwrap_or(Region::World)
    }

    /// The city, with its state where the database has one: “Buenos Aires, Argentina”.
    #[must_use]
    pub fn city(&self) -> String {
        if self.name == "UTC" {
            return gettext("Universal time (UTC)");
        }
        let rest = self.name.split_once('/').map_or(self.name.as_str(), |(_, rest)| rest);
        let parts: Vec<String> = rest.rsplit('/').map(|part| part.replace('_', " ")).collect();
        parts.join(", ")
    }

    /// Its countries in the person's language, joined by commas; empty where it has none.
    #[must_use]
    pub fn countries_in_words(&self) -> String {
        self.countries.iter().map(|code| names::country(code)).collect::<Vec<_>>().join(", ")
    }

    /// All by which it may be found: city, country in the person's language and in English, region,
    /// name, note.
    #[must_use]
    pub fn searchable(&self) -> Searchable {
        let mut parts = vec![self.city(), self.countries_in_words()];
        let english = self.countries.iter().filter_map(|code| names::country_in_english(code));
        parts.extend(english.map(ToOwned::to_owned));
        parts.extend([self.region().name(), self.name.clone(), self.note.clone()]);
        Searchable::new(parts.iter().map(String::as_str))
    }
}

/// Reads the database's `zone.tab` or `zone1970.tab`, and adds [`Zone::utc`]: by region, then by
/// city. Lines that are none are left out.
#[must_use]
pub fn parse(table: &str) -> Vec<Zone> {
    let mut zones: Vec<Zone> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let (countries, _coordinates, name) = (fields.next()?, fields.next()?, fields.next()?);
            let zone = Zone {
                name: name.trim().to_owned(),
                countries: countries.split(',').map(ToOwned::to_owned).collect(),
                note: fields.next().unwrap_or_default().trim().to_owned(),
            };
            super::answers::rules::time_zone(&zone.name).is_ok().then_some(zone)
        })
        .collect();
    zones.push(Zone::utc());
    zones.sort_by_cached_key(|zone| (zone.region(), super::search::fold(&zone.city()), zone.name.clone()));
    zones.dedup_by(|one, other| one.name == other.name);
    zones
}

/// The zone to begin with, as an index: the live session's own where it is known and somebody chose
/// it, else the one of the locale's country where that has only one, else universal time.
#[must_use]
pub fn default_zone(zones: &[Zone], present: &str, locale: &str) -> Option<usize> {
    let named = |name: &str| zones.iter().position(|zone| zone.name == name);
    // A live session that nobody told has universal time, whatever it calls it.
    let told = !present.is_empty() && !["UTC", "Etc/UTC", "Universal", "GMT"].contains(&present);
    let country = locale.split_once('_').and_then(|(_, rest)| rest.get(..2));
    let only = || {
        let mut of_it = zones
            .iter()
            .enumerate()
            .filter(|(_, zone)| zone.countries.iter().any(|code| Some(code.as_str()) == country));
        let first = of_it.next()?;
        of_it.next().is_none().then_some(first.0)
    };
    told.then(|| named(present)).flatten().or_else(only).or_else(|| named("UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::search::Query;

    const TABLE: &str = "# a comment\n\
        AR\t-3436-05827\tAmerica/Argentina/Buenos_Aires\tBuenos Aires (BA, CF)\n\
        DE\t+5230+01322\tEurope/Berlin\tmost of Germany\n\
        DE\t+4742+00841\tEurope/Busingen\tBusingen\n\
        AT\t+4813+01620\tEurope/Vienna\n\
        AE,OM\t+2518+05518\tAsia/Dubai\n\
        XX\tbroken line\n\
        XX\t0\t../../etc/passwd\n\
        \n\t\t\t\n";

    #[test]
    fn only_zones_are_read_and_come_in_order() {
        let zones = parse(TABLE);
        let names: Vec<&str> = zones.iter().map(|zone| zone.name.as_str()).collect();
        let expected = [
            "America/Argentina/Buenos_Aires",
            "Asia/Dubai",
            "Europe/Berlin",
            "Europe/Busingen",
            "Europe/Vienna",
            "UTC",
        ];
        assert_eq!(names, expected);
        assert_eq!(zones[0].city(), "Buenos Aires, Argentina");
        assert_eq!(zones[1].countries_in_words(), "United Arab Emirates, Oman");
        assert_eq!((zones[5].region(), zones[2].region()), (Region::World, Region::Europe));
        assert_eq!(parse("").len(), 1, "universal time is always there");
    }

    #[test]
    fn a_zone_is_found_by_city_country_and_region() {
        let zones = parse(TABLE);
        let found = |typed: &str| {
            let query = Query::new(typed);
            zones.iter().filter(|zone| query.matches(&zone.searchable())).count()
        };
        assert_eq!(found("buenos"), 1);
        assert_eq!(found("germany"), 2);
        assert_eq!(found("oman"), 1);
        assert_eq!(found("EUROPE vienna"), 1);
        assert_eq!(found("utc"), 1);
        assert_eq!(found("Europe/Berlin"), 1);
    }

    #[test]
    fn the_default_is_what_somebody_chose_or_the_only_one_there_is() {
        let zones = parse(TABLE);
        let default =
            |present, locale| default_zone(&zones, present, locale).map(|index| zones[index].name.as_str());
        assert_eq!(default("Europe/Berlin", "de_AT.UTF-8"), Some("Europe/Berlin"));
        assert_eq!(default("Etc/UTC", "de_AT.UTF-8"), Some("Europe/Vienna"));
        assert_eq!(default("UTC", "de_DE.UTF-8"), Some("UTC"), "Germany has two");
        assert_eq!(default("Mars/Base", "C.UTF-8"), Some("UTC"));
        assert_eq!(default_zone(&[], "UTC", ""), None);
    }
}
