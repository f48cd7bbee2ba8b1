//! `persistence.nix`, and what of it must be there before the first boot.

use crate::pure::answers::Answers;
use crate::pure::layout::{Layout, PERSIST, ROOT_SUBVOLUME};
use crate::pure::nix::{Attrs, Item, Path, Value};
use crate::pure::protocol::PersistDirectory;

/// Permission bits of a directory that is not said to be otherwise.
const USUAL_MODE: u32 = 0o755;

/// A directory that persists on every system.
struct Known {
    path: &'static str,
    mode: u32,
    why: &'static str,
}

const DIRECTORIES: [Known; 8] = [
    Known { path: "/etc/nixos", mode: USUAL_MODE, why: "This configuration." },
    Known {
        path: "/etc/NetworkManager/system-connections",
        mode: 0o700,
        why: "Saved networks with their passwords.",
    },
    Known { path: "/var/lib/NetworkManager", mode: 0o700, why: "Leases, and the key of stable addresses." },
    Known { path: "/var/lib/bluetooth", mode: 0o700, why: "Paired devices." },
    Known {
        path: "/var/lib/nixos",
        mode: USUAL_MODE,
        why: "Which user and group has which id; without it files could change their owner.",
    },
    Known {
        path: "/var/lib/systemd",
        mode: USUAL_MODE,
        why: "The clock, the random seed, and when timers last ran.",
    },
    Known { path: "/var/db/sudo", mode: 0o711, why: "Who has had sudo's lecture already." },
    Known { path: "/etc/secureboot", mode: USUAL_MODE, why: "Keys for Secure Boot, once you make some." },
];

/// The files that persist on every system, with the reason for those that begin a group.
const FILES: [(&str, &str); 5] = [
    ("/etc/machine-id", "The journal and DHCP know the machine by it."),
    ("/etc/ssh/ssh_host_ed25519_key", "Others know the machine by these when they connect with SSH."),
    ("/etc/ssh/ssh_host_ed25519_key.pub", ""),
    ("/etc/ssh/ssh_host_rsa_key", ""),
    ("/etc/ssh/ssh_host_rsa_key.pub", ""),
];

pub(super) fn value(answers: &Answers, layout: &Layout) -> Value {
    let directories = persisted_directories(answers, layout).into_iter().map(|directory| {
        let item = if directory.mode == USUAL_MODE {
            Value::from(directory.path.as_str())
        } else {
            Attrs::new()
                .set("directory", directory.path.as_str())
                .set("mode", format!("{:04o}", directory.mode))
                .into()
        };
        let known = DIRECTORIES.iter().find(|known| known.path == directory.path);
        Item { comment: known.map_or("", |known| known.why), value: item }
    });
    let files = persisted_files(answers, layout).into_iter().map(|path| {
        let why = FILES.iter().find(|(known, _)| *known == path).map_or("", |(_, why)| *why);
        Item { comment: why, value: path.into() }
    });
    let persistence = Attrs::new()
        .explain(&["Keeps all these mounts out of file managers."], "hideMounts", true)
        .set("directories", Value::List(directories.collect()))
        .set("files", Value::List(files.collect()));
    Attrs::new().set(Path::from("environment.persistence").key(PERSIST), persistence).into()
}

/// Every directory that persists, absolute as the installed system sees it: those of every system,
/// then the person's.
///
/// A path on a subvolume that is not rolled back is left out, since it survives by itself and
/// NixOS refuses two mounts in one place; so is one that lies in another persistent directory.
#[must_use]
pub fn persisted_directories(answers: &Answers, layout: &Layout) -> Vec<PersistDirectory> {
    let chosen = &answers.persist.directories;
    let mut directories: Vec<PersistDirectory> = DIRECTORIES
        .iter()
        .filter(|known| !chosen.iter().any(|path| path != known.path && is_within(known.path, path)))
        .map(|known| PersistDirectory { path: known.path.to_owned(), mode: known.mode })
        .collect();
    for path in chosen {
        let is_covered = directories.iter().any(|other| is_within(path, &other.path))
            || chosen.iter().any(|other| other != path && is_within(path, other));
        if !is_covered {
            directories.push(PersistDirectory { path: path.clone(), mode: USUAL_MODE });
        }
    }
    directories.retain(|directory| !survives_by_itself(&directory.path, layout));
    directories
}

/// Every file that persists, absolute as the installed system sees it, with the same exceptions as
/// [`persisted_directories`].
#[must_use]
pub fn persisted_files(answers: &Answers, layout: &Layout) -> Vec<String> {
    let directories = persisted_directories(answers, layout);
    let mut files: Vec<String> = Vec::new();
    for path in FILES.iter().map(|(path, _)| *path).chain(answers.persist.files.iter().map(String::as_str)) {
        let is_covered = files.iter().any(|other| other == path)
            || directories.iter().any(|directory| is_within(path, &directory.path))
            || survives_by_itself(path, layout);
        if !is_covered {
            files.push(path.to_owned());
        }
    }
    files
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
