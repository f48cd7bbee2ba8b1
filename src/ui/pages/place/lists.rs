//! What there is to choose on the page.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

use crate::boundary::zone;
use crate::i18n::gettext;
use crate::pure::answers::SystemAnswers;
use crate::pure::locales::{self, Locale, example};
use crate::pure::search::{Searchable, fold};
use crate::pure::zones::Zone;
use crate::ui::pick_list::Entry;

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ui) enum Of {
    /// Time zones.
    Zones,
    /// Languages of the new system.
    Locales,
    /// Languages whose formats it has.
    Formats,
}

/// What one line of a list stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ui) enum Choice {
    /// A time zone.
    Zone(String),
    /// The language.
    Locale(&'static str),
    /// The formats of a language, or of the one that the system has.
    Formats(Option<&'static str>),
}

/// What was looked for away from the window.
#[derive(Debug)]
pub(in crate::ui) enum Filled {
    /// The zones that the system knows.
    Known(Vec<Zone>),
    /// The lines of the list that is open.
    List(Vec<(Choice, Entry)>),
}

/// Looks for the zones that the system knows.
pub(super) fn zones() -> Filled {
    Filled::Known(zone::list())
}

impl Choice {
    /// Makes it the answer.
    pub(super) fn apply(self, system: &mut SystemAnswers) {
        match self {
            Self::Zone(zone) => system.time_zone = zone,
            Self::Locale(locale) => locale.clone_into(&mut system.locale),
            Self::Formats(formats) => system.formats = formats.map(ToOwned::to_owned),
        }
    }

    /// Whether it is the answer.
    pub(super) fn is_in(&self, system: &SystemAnswers) -> bool {
        match self {
            Self::Zone(zone) => *zone == system.time_zone,
            Self::Locale(locale) => *locale == system.locale,
            Self::Formats(formats) => *formats == system.formats.as_deref(),
        }
    }
}

impl Of {
    /// What the dialog is called.
    pub(super) fn title(self) -> String {
        match self {
            Self::Zones => gettext("Time Zone"),
            Self::Locales => gettext("Language"),
            Self::Formats => gettext("Formats"),
        }
    }

    /// The lines. It takes longer than the window may stand still.
    pub(super) fn lines(self) -> Vec<(Choice, Entry)> {
        match self {
            Self::Zones => zone::list().iter().map(of_zone).collect(),
            Self::Locales => by_title(|locale| (Choice::Locale(locale.name()), of_locale(locale, false))),
            Self::Formats => {
                let title = gettext("As is usual for the language");
                let searchable = Searchable::new([title.as_str()]);
                let first = Entry { title, subtitle: String::new(), section: None, searchable };
                let others =
                    by_title(|locale| (Choice::Formats(Some(locale.name())), of_locale(locale, true)));
                std::iter::once((Choice::Formats(None), first)).chain(others).collect()
            }
        }
    }
}

fn by_title(line: impl Fn(Locale) -> (Choice, Entry)) -> Vec<(Choice, Entry)> {
    let mut lines: Vec<_> = locales::all().map(line).collect();
    lines.sort_by_cached_key(|(_, entry)| fold(&entry.title));
    lines
}

fn of_zone(zone: &Zone) -> (Choice, Entry) {
    let entry = Entry {
        title: zone.city(),
        subtitle: zone.countries_in_words(),
        section: Some(zone.region().name()),
        searchable: zone.searchable(),
    };
    (Choice::Zone(zone.name.clone()), entry)
}

fn of_locale(locale: Locale, formats: bool) -> Entry {
    let title = locale.title();
    let subtitle = if formats {
        example(locale).map(|example| format!("{}   {}   {}", example.date, example.time, example.money))
    } else {
        locale.own_title().filter(|own| *own != title)
    };
    Entry { title, subtitle: subtitle.unwrap_or_default(), section: None, searchable: locale.searchable() }
}

/// A row that opens a dialog, with the answer below its title.
pub(super) fn opening_row(title: &str) -> adw::ActionRow {
    let row = adw::ActionRow::builder()
        .title(title)
        .use_markup(false)
        .title_lines(0)
        .subtitle_lines(0)
        .activatable(true)
        .build();
    row.add_suffix(&gtk::Image::from_icon_name("go-next-symbolic"));
    row
}

/// Rows for a date, a time, a number and an amount of money.
pub(super) fn example_group() -> (adw::PreferencesGroup, [adw::ActionRow; 4]) {
    let group = adw::PreferencesGroup::builder().title(gettext("This Is How It Will Write")).build();
    let titles = [gettext("Date"), gettext("Time"), gettext("Number"), gettext("Money")];
    let rows = titles.map(|title| {
        let row = adw::ActionRow::builder()
            .title(title)
            .use_markup(false)
            .subtitle_lines(0)
            .focusable(true)
            .css_classes(["property"])
            .build();
        group.add(&row);
        row
    });
    (group, rows)
}
