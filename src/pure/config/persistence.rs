//! `persistence.nix`, and what of it must be there before the first boot.

use crate::pure::answers::Answers;
use crate::pure::catalogue::{self, Directory, Entry, USUAL_MODE};
use crate::pure::layout::{Layout, PERSIST, ROOT_SUBVOLUME};
use crate::pure::nix::{Attrs, Item, Path, Value};
use crate::pure::protocol::PersistDirectory;

/// A path to keep.
struct Kept<'a> {
    path: &'a str,
    mode: u32,
    /// Whose it is; the person's own where there is none.
    entry: Option<&'static Entry>,
}

pub(super) fn value(answers: &Answers, layout: &Layout) -> Value {
    let directories = explained(directories(answers, layout), |kept| {
        if kept.mode == USUAL_MODE {
            return kept.path.into();
        }
        Attrs::new().set("directory", kept.path).set("mode", format!("{:04o}", kept.mode)).into()
    });
    let files = explained(files(answers, layout), |kept| kept.path.into());
    let persistence = Attrs::new()
        .explain(&["Keeps all these mounts out of file managers."], "hideMounts", true)
        .set("directories", directories)
        .set("files", files);
    Attrs::new().set(Path::from("environment.persistence").key(PERSIST), persistence).into()
}

/// The list of these paths, in which each entry's comment stands before its first one.
fn explained(all: Vec<Kept>, value: impl Fn(&Kept) -> Value) -> Value {
    let mut before = None;
    let items = all.iter().map(|kept| {
        let id = kept.entry.map(|entry| entry.id.as_str());
        let comment = kept.entry.filter(|_| id != before).map_or("", Entry::comment);
        before = id;
        Item { comment, value: value(kept) }
    });
    Value::List(items.collect())
}

/// Every directory that persists, absolute as the installed system sees it: those of the chosen
/// entries of the catalogue, then the person's.
///
/// A path on a subvolume that is not rolled back is left out, since it survives by itself and
/// NixOS refuses two mounts in one place; so is one that lies in another persistent directory.
#[must_use]
pub fn persisted_directories(answers: &Answers, layout: &Layout) -> Vec<PersistDirectory> {
    directories(answers, layout)
        .into_iter()
        .map(|kept| PersistDirectory { path: kept.path.to_owned(), mode: kept.mode })
        .collect()
}

/// Every file that persists, absolute as the installed system sees it, with the same exceptions as
/// [`persisted_directories`].
#[must_use]
pub fn persisted_files(answers: &Answers, layout: &Layout) -> Vec<String> {
    files(answers, layout).into_iter().map(|kept| kept.path.to_owned()).collect()
}

fn directories<'a>(answers: &'a Answers, layout: &Layout) -> Vec<Kept<'a>> {
    let mut all: Vec<Kept<'a>> = Vec::new();
    for entry in catalogue::chosen(&answers.persist, &answers.system) {
        let kept = |directory: &'static Directory| Kept {
            path: &directory.path,
            mode: directory.mode,
            entry: Some(entry),
        };
        all.extend(entry.directories.iter().map(kept));
    }
    let own = answers.persist.directories.iter();
    all.extend(own.map(|path| Kept { path, mode: USUAL_MODE, entry: None }));
    all.retain(|kept| !survives_by_itself(kept.path, layout));
    // Of two in one place the first stays, which is the catalogue's and knows the mode.
    let paths: Vec<&str> = all.iter().map(|kept| kept.path).collect();
    let is_covered = |at: usize, path: &str| {
        let mut others = paths.iter().enumerate();
        others.any(|(other_at, other)| if *other == path { other_at < at } else { is_within(path, other) })
    };
    let uncovered = all.into_iter().enumerate().filter(|(at, kept)| !is_covered(*at, kept.path));
    uncovered.map(|(_, kept)| kept).collect()
}

fn files<'a>(answers: &'a Answers, layout: &Layout) -> Vec<Kept<'a>> {
    let directories = directories(answers, layout);
    let mut all: Vec<Kept<'a>> = Vec::new();
    for entry in catalogue::chosen(&answers.persist, &answers.system) {
        all.extend(entry.files.iter().map(|path| Kept { path, mode: USUAL_MODE, entry: Some(entry) }));
    }
    let own = answers.persist.files.iter();
    all.extend(own.map(|path| Kept { path, mode: USUAL_MODE, entry: None }));
    let mut seen = Vec::new();
    all.retain(|kept| {
        let is_covered = seen.contains(&kept.path)
            || survives_by_itself(kept.path, layout)
            || directories.iter().any(|directory| is_within(kept.path, directory.path));
        seen.push(kept.path);
        !is_covered
    });
    all
}

fn survives_by_itself(path: &str, layout: &Layout) -> bool {
    layout
        .subvolumes
        .iter()
        .any(|subvolume| subvolume.name != ROOT_SUBVOLUME && is_within(path, &subvolume.mountpoint))
}

/// Whether `path` is `directory` or lies below it.
fn is_within(path: &str, directory: &str) -> bool {
    let directory = directory.trim_end_matches('/');
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
