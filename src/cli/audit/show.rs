//! How what would be lost is shown.

use serde::Serialize;

use super::list::Found;
use crate::cli::output::{plain, wrapped};
use crate::i18n::{gettext, gettext_f, ngettext_f};
use crate::pure::audit::{Advice, Group, Kind, Maker, Place, line};
use crate::pure::size;

/// The list for a person: each maker with its places, and at the end the lines that keep all of it.
pub(super) fn list(found: &Found, only_new: bool) -> String {
    if found.groups.is_empty() {
        let nothing = if only_new {
            gettext("Nothing was made since the boot that a rollback would delete.")
        } else {
            gettext("A rollback would delete nothing but what the system makes again.")
        };
        return wrapped(&nothing, 0, 0);
    }
    let mut text = String::new();
    if !found.boot_known {
        let note = gettext("It is not known when the boot was through, so what it made is listed too.");
        text.push_str(&wrapped(&note, 0, 0));
        text.push('\n');
    }
    for group in &found.groups {
        let head = format!("{}: {}", who(&group.maker), size::show(group.bytes));
        text.push_str(&wrapped(&head, 0, 0));
        for place in &group.places {
            text.push_str(&of_place(place));
        }
        text.push('\n');
    }
    text.push_str(&wrapped(&gettext("To keep these, add to the configuration:"), 0, 0));
    // Not wrapped: it is to be copied.
    for one in line::of_all(found.module, &found.persist, &found.groups).lines() {
        text.push_str(&format!("  {}\n", plain(one)));
    }
    text.push_str(&wrapped(
        &gettext("What is there by now must be copied to its new place before the next restart."),
        0,
        0,
    ));
    text
}

fn who(maker: &Maker) -> String {
    match maker {
        Maker::Unit { name, package: Some(package) } => format!("{name} ({package})"),
        Maker::Unit { name, package: None } => name.clone(),
        Maker::Entry(id) => entry_title(id),
        Maker::User(name) => gettext_f("Files of the user {name}", &[("name", name)]),
        Maker::Unknown => gettext("Made by an unknown program"),
    }
}

fn entry_title(id: &str) -> String {
    crate::pure::catalogue::find(id).map_or_else(|| id.to_owned(), |entry| entry.title())
}

fn of_place(place: &Place) -> String {
    let size = size::show(place.bytes);
    let count = u32::try_from(place.files).unwrap_or(u32::MAX);
    let what = match place.kind {
        Kind::File => size,
        Kind::Subvolume => gettext("a subvolume, whose files are not counted"),
        Kind::Directory => ngettext_f(
            "{size} in one file",
            "{size} in {count} files",
            count,
            &[("size", &size), ("count", &count.to_string())],
        ),
    };
    let when =
        if place.since_boot { gettext("new since the boot") } else { gettext("made anew at each boot") };
    let mut text = wrapped(&format!("{}: {what}, {when}", place.path), 2, 6);
    if let Advice::Entry(entry) = place.advice {
        let advice = gettext_f(
            "It belongs to “{title}” (in the catalogue: {id}). {lost}",
            &[("title", &entry.title()), ("id", &entry.id), ("lost", &entry.lost())],
        );
        text.push_str(&wrapped(&advice, 4, 4));
    }
    text
}

/// The list for programs.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Listed {
    version: u32,
    since_boot: bool,
    boot_known: bool,
    persist: String,
    groups: Vec<ListedGroup>,
    /// The lines that keep all of it.
    nix: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ListedGroup {
    unit: Option<String>,
    package: Option<String>,
    entry: Option<String>,
    user: Option<String>,
    bytes: u64,
    places: Vec<ListedPlace>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ListedPlace {
    path: String,
    kind: Kind,
    bytes: u64,
    files: u64,
    since_boot: bool,
    owner: Option<String>,
    group: Option<String>,
    /// In octal, as chmod takes it.
    mode: Option<String>,
    entry: Option<String>,
    nix: String,
}

/// What is printed with `--json`.
pub(super) fn json(found: &Found, only_new: bool) -> Listed {
    Listed {
        version: 1,
        since_boot: only_new,
        boot_known: found.boot_known,
        persist: found.persist.clone(),
        groups: found.groups.iter().map(|group| listed_group(found, group)).collect(),
        nix: line::of_all(found.module, &found.persist, &found.groups),
    }
}

fn listed_group(found: &Found, group: &Group) -> ListedGroup {
    let (mut unit, mut package, mut entry, mut user) = (None, None, None, None);
    match &group.maker {
        Maker::Unit { name, package: from } => {
            unit = Some(name.clone());
            package.clone_from(from);
        }
        Maker::Entry(id) => entry = Some((*id).to_owned()),
        Maker::User(name) => user = Some(name.clone()),
        Maker::Unknown => {}
    }
    let places = group.places.iter().map(|place| listed_place(found, place)).collect();
    ListedGroup { unit, package, entry, user, bytes: group.bytes, places }
}

fn listed_place(found: &Found, place: &Place) -> ListedPlace {
    let look = place.look.as_ref();
    ListedPlace {
        path: place.path.clone(),
        kind: place.kind,
        bytes: place.bytes,
        files: place.files,
        since_boot: place.since_boot,
        owner: look.map(|look| look.owner.clone()),
        group: look.map(|look| look.group.clone()),
        mode: look.map(|look| format!("{:04o}", look.mode)),
        entry: match place.advice {
            Advice::Entry(entry) => Some(entry.id.clone()),
            Advice::Path => None,
        },
        nix: line::of_place(found.module, &found.persist, place),
    }
}
