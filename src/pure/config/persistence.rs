//! `persistence.nix`, and what of it must be there before the first boot.

use super::pinned;
use crate::pure::answers::{Answers, PersistModule};
use crate::pure::catalogue::{self, Directory, USUAL_MODE};
use crate::pure::layout::{Layout, PERSIST, Replaced};
use crate::pure::nix::{Attrs, Item, Path, Value};
use crate::pure::plan::CHANNEL_LIST;
use crate::pure::protocol::PersistDirectory;

/// A path to keep.
struct Kept<'a> {
    path: &'a str,
    mode: u32,
    /// What it is, which all paths of one entry have alike; nothing where the person named it.
    comment: &'static str,
}

/// What root is subscribed to; NixOS itself would write its own channel there anew at each start, and
/// no other.
const CHANNELS: &str = "Which channels root is subscribed to: NixOS’s own, and what nix-channel adds.";

/// What must be there before stage 2 begins: users get the numbers that they had, and systemd reads
/// the machine's id.
const EARLY: [&str; 2] = ["/var/lib/nixos", MACHINE_ID];
const MACHINE_ID: &str = "/etc/machine-id";
/// Modes of what is nobody else's business in a home.
const PRIVATE_AT_HOME: [(&str, &str); 2] = [(".gnupg", "0700"), (".ssh", "0700")];

/// For the module impermanence.
pub(super) fn impermanence(answers: &Answers, layout: &Layout) -> Value {
    let directories = explained(directories(answers, layout), |kept| {
        if kept.mode == USUAL_MODE {
            return kept.path.into();
        }
        Attrs::new().set("directory", kept.path).set("mode", octal(kept.mode)).into()
    });
    let files = explained(files(answers, layout), |kept| kept.path.into());
    let persistence = Attrs::new()
        .explain(&["Keeps all these mounts out of file managers."], "hideMounts", true)
        .set("directories", directories)
        .set("files", files);
    let persistence = home(persistence, answers);
    let attrs = Attrs::new().set(Path::from("environment.persistence").key(PERSIST), persistence);
    pinned::imported(answers, attrs)
}

/// For the module preservation.
///
/// Files are links: a bind mount would get this module's own mode, which makes a private key
/// readable for all; and the machine's id as a bind mount makes `systemd-machine-id-commit` fail.
/// Not so the list of channels, which everybody may read and which NixOS wants to be no link
/// (`nixos/modules/config/nix-channel.nix`, and `f` in tmpfiles.d(5)).
pub(super) fn preservation(answers: &Answers, layout: &Layout) -> Value {
    let directories = explained(directories(answers, layout), |kept| {
        let is_early = EARLY.contains(&kept.path);
        if kept.mode == USUAL_MODE && !is_early {
            return kept.path.into();
        }
        Attrs::new()
            .set("directory", kept.path)
            .set_some("mode", (kept.mode != USUAL_MODE).then(|| octal(kept.mode)))
            .set_some("inInitrd", is_early.then_some(true))
            .into()
    });
    let files = explained(files(answers, layout), |kept| {
        if kept.path == CHANNEL_LIST {
            return kept.path.into();
        }
        Attrs::new()
            .set("file", kept.path)
            .set("how", "symlink")
            .set_some("inInitrd", EARLY.contains(&kept.path).then_some(true))
            .into()
    });
    let preserved = Attrs::new()
        .explain(
            &["Keeps all these mounts out of file managers."],
            "commonMountOptions",
            Value::list(["x-gvfs-hide"]),
        )
        .set("directories", directories)
        .set("files", files);
    let early =
        Attrs::new().set("assertion", Value::Raw("config.fileSystems.\"/persist\".neededForBoot")).set(
            "message",
            "/persist must be mounted in stage 1 (neededForBoot), or nothing appears in its place.",
        );
    let attrs = Attrs::new()
        .set("preservation.enable", true)
        .set(Path::from("preservation.preserveAt").key(PERSIST), home(preserved, answers))
        .explain(&["The module itself doesn't look."], "assertions", Value::list([early]))
        .explain(
            &["The default since NixOS 26.05; the module makes its mounts there."],
            "boot.initrd.systemd.enable",
            true,
        );
    Value::function(&["config"], pinned::imported(answers, attrs))
}

/// What persists of a home that is rolled back, which both modules name alike.
fn home(attrs: Attrs, answers: &Answers) -> Attrs {
    if !answers.root.home {
        return attrs;
    }
    let directories = answers.persist.home.iter().map(|path| -> Value {
        match PRIVATE_AT_HOME.iter().find(|(private, _)| path == private) {
            Some((_, mode)) => Attrs::new().set("directory", path.as_str()).set("mode", *mode).into(),
            None => path.as_str().into(),
        }
    });
    attrs.explain(
        &["All else in the home is rolled back too. Old homes are kept as long as old roots."],
        Path::from("users").key(&answers.user.name).key("directories"),
        Value::list(directories),
    )
}

fn octal(mode: u32) -> String {
    format!("{mode:04o}")
}

/// The list of these paths, in which each entry's comment stands before its first one.
fn explained(all: Vec<Kept>, value: impl Fn(&Kept) -> Value) -> Value {
    let mut before = "";
    let items = all.iter().map(|kept| {
        let comment = if kept.comment == before { "" } else { kept.comment };
        before = kept.comment;
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

/// What is made in `/persist` at the installation: every directory that persists, and, where files
/// are links into it, the directories of these.
#[must_use]
pub fn seeded_directories(answers: &Answers, layout: &Layout) -> Vec<PersistDirectory> {
    let mut all = persisted_directories(answers, layout);
    if answers.persist.module == PersistModule::Preservation {
        for file in persisted_files(answers, layout) {
            let parent = file.rsplit_once('/').map_or("", |(parent, _)| parent);
            if !parent.is_empty() && !all.iter().any(|other| other.path == parent) {
                all.push(PersistDirectory { path: parent.to_owned(), mode: USUAL_MODE });
            }
        }
    }
    all
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
            comment: entry.comment(),
        };
        all.extend(entry.directories.iter().map(kept));
    }
    let own = answers.persist.directories.iter();
    all.extend(own.map(|path| Kept { path, mode: USUAL_MODE, comment: "" }));
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
        let comment = entry.comment();
        all.extend(entry.files.iter().map(|path| Kept { path, mode: USUAL_MODE, comment }));
    }
    if answers.uses_channel() {
        all.push(Kept { path: CHANNEL_LIST, mode: USUAL_MODE, comment: CHANNELS });
    }
    let own = answers.persist.files.iter();
    all.extend(own.map(|path| Kept { path, mode: USUAL_MODE, comment: "" }));
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
    layout.subvolumes.iter().any(|subvolume| {
        subvolume.name != Replaced::Root.subvolume() && is_within(path, &subvolume.mountpoint)
    })
}

/// Whether `path` is `directory` or lies below it.
fn is_within(path: &str, directory: &str) -> bool {
    let directory = directory.trim_end_matches('/');
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
