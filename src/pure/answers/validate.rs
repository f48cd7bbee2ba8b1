//! The rules that answers must keep, wherever they come from.

use super::rules::{self, Verdict};
use super::{
    Answers, Desktop, EncryptionAnswers, FilesystemAnswers, OldRoots, Problem, RootAnswers, RootKind,
    SwapAnswers, SwapKind, SystemAnswers, UserAnswers, configuration, persist,
};
use crate::i18n::gettext;

/// Every rule that these answers break, with the key that breaks it.
#[must_use]
pub fn validate(answers: &Answers) -> Vec<Problem> {
    let mut found = Found(Vec::new());
    let _ = found.check("disk.device", rules::disk_device(&answers.disk.device));
    let _ = found.check("disk.esp-size", rules::esp_size(answers.disk.esp_size));
    swap(&mut found, &answers.swap);
    encryption(&mut found, &answers.encryption);
    filesystem(&mut found, &answers.filesystem);
    root(&mut found, &answers.root);
    found.0.extend(persist::problems(answers));
    system(&mut found, &answers.system);
    user(&mut found, &answers.user, answers.system.desktop);
    found.0.extend(configuration::problems(&answers.configuration));
    found.0
}

/// What is wrong with a key of the encrypted volume where there is none.
pub(super) fn no_volume() -> String {
    gettext("There is no encrypted volume that this could be about. Leave it out, or turn encryption on.")
}

/// What is wrong with a key of the root on the disk where the root is in memory.
pub(super) fn no_root_on_disk() -> String {
    gettext("A root in memory is gone at each boot, and nothing of it is kept. Leave this out.")
}

struct Found(Vec<Problem>);

impl Found {
    fn add(&mut self, key: &str, sentence: String) {
        self.0.push(Problem { key: key.to_owned(), place: None, sentence });
    }

    /// Keeps the sentence of a broken rule. Returns whether the rule is kept.
    fn check(&mut self, key: &str, verdict: Verdict) -> bool {
        match verdict {
            Ok(()) => true,
            Err(sentence) => {
                self.add(key, sentence);
                false
            }
        }
    }
}

fn swap(found: &mut Found, swap: &SwapAnswers) {
    let Some(size) = swap.size else { return };
    if swap.kind == SwapKind::None {
        found.add(
            "swap.size",
            gettext("There is no swap that could have a size. Leave this out, or choose a kind of swap."),
        );
    } else {
        let _ = found.check("swap.size", rules::swap_size(size));
    }
}

fn encryption(found: &mut Found, encryption: &EncryptionAnswers) {
    if !encryption.enabled {
        let none = EncryptionAnswers::none();
        let (pbkdf, default) = (&encryption.pbkdf, &none.pbkdf);
        for (key, is_left_out) in [
            ("encryption.volume-name", encryption.volume_name == none.volume_name),
            ("encryption.allow-discards", encryption.allow_discards == none.allow_discards),
            ("encryption.pbkdf.kind", pbkdf.kind == default.kind),
            ("encryption.pbkdf.memory", pbkdf.memory == default.memory),
            ("encryption.pbkdf.iterations", pbkdf.iterations == default.iterations),
            ("encryption.pbkdf.threads", pbkdf.threads == default.threads),
            ("encryption.pbkdf.time", pbkdf.time == default.time),
        ] {
            if !is_left_out {
                found.add(key, no_volume());
            }
        }
        return;
    }
    let _ = found.check("encryption.volume-name", rules::volume_name(&encryption.volume_name));
    let pbkdf = &encryption.pbkdf;
    if let Some(memory) = pbkdf.memory {
        let _ = found.check("encryption.pbkdf.memory", rules::pbkdf_memory(pbkdf.kind, memory));
    }
    if let Some(iterations) = pbkdf.iterations {
        let _ = found.check("encryption.pbkdf.iterations", rules::pbkdf_iterations(pbkdf.kind, iterations));
    }
    if let Some(threads) = pbkdf.threads {
        let _ = found.check("encryption.pbkdf.threads", rules::pbkdf_threads(pbkdf.kind, threads));
    }
    if let Some(time) = pbkdf.time {
        let _ = found.check("encryption.pbkdf.time", rules::pbkdf_time(time));
        if pbkdf.iterations.is_some() {
            found.add(
                "encryption.pbkdf.time",
                gettext(
                    "With a fixed number of iterations the time is not measured. Leave one of the two out.",
                ),
            );
        }
    }
}

fn filesystem(found: &mut Found, filesystem: &FilesystemAnswers) {
    if let Some(level) = filesystem.compression_level {
        let _ = found.check("filesystem.compression-level", rules::compression_level(level));
    }
    for (index, subvolume) in filesystem.subvolumes.iter().enumerate() {
        let before = || filesystem.subvolumes.iter().take(index);
        let name = format!("filesystem.subvolumes[{index}].name");
        if found.check(&name, rules::subvolume_name(&subvolume.name))
            && before().any(|other| other.name == subvolume.name)
        {
            found.add(&name, gettext("Another subvolume has this name already."));
        }
        let mountpoint = format!("filesystem.subvolumes[{index}].mountpoint");
        if found.check(&mountpoint, rules::mountpoint(&subvolume.mountpoint))
            && before().any(|other| other.mountpoint == subvolume.mountpoint)
        {
            found.add(&mountpoint, gettext("Another subvolume is mounted there already."));
        }
    }
}

fn root(found: &mut Found, root: &RootAnswers) {
    if let Some(size) = root.size {
        if root.kind == RootKind::Tmpfs {
            let _ = found.check("root.size", rules::memory_root_size(size));
        } else {
            found.add("root.size", gettext("Only a root in memory has a size of its own. Leave this out."));
        }
    }
    if root.kind == RootKind::Tmpfs {
        let none = RootAnswers::default();
        for (key, is_left_out) in [
            ("root.keep-days", root.old_roots == none.old_roots),
            ("root.keep-once", root.keep_once == none.keep_once),
            ("root.home", root.home == none.home),
        ] {
            if !is_left_out {
                found.add(key, no_root_on_disk());
            }
        }
        return;
    }
    let _ = match root.old_roots {
        OldRoots::Days(days) => found.check("root.keep-days", rules::old_roots_days(days)),
        OldRoots::Count(count) => found.check("root.keep-count", rules::old_roots_count(count)),
    };
}

fn system(found: &mut Found, system: &SystemAnswers) {
    let _ = found.check("system.host-name", rules::host_name(&system.host_name));
    let _ = found.check("system.time-zone", rules::time_zone(&system.time_zone));
    let _ = found.check("system.locale", rules::locale(&system.locale));
    if let Some(formats) = &system.formats {
        let _ = found.check("system.formats", rules::locale(formats));
    }
    keyboard(found, system);
    if system.flatpak && system.desktop == Desktop::None {
        found.add(
            "system.flatpak",
            gettext("Flatpak’s applications need a desktop. Choose one, or leave Flatpak out."),
        );
    }
    if let Some(release) = &system.release {
        let _ = found.check("system.release", rules::release(release));
    }
}

fn keyboard(found: &mut Found, system: &SystemAnswers) {
    if let Some(keymap) = &system.keymap {
        let _ = found.check("system.keymap", rules::keymap(keymap));
    }
    if let Some(layout) = &system.xkb_layout {
        let _ = found.check("system.xkb-layout", rules::xkb_layout(layout));
    }
    if let Some(variant) = &system.xkb_variant {
        let _ = found.check("system.xkb-variant", rules::xkb_variant(variant));
        if system.xkb_layout.is_none() {
            found.add("system.xkb-variant", gettext("A variant needs its layout: give xkb-layout too."));
        }
    }
    match (&system.keymap, &system.xkb_layout) {
        (None, None) => found.add(
            "system.keymap",
            gettext(
                "The keyboard is missing. Give a keymap of the console such as “us”, or a layout with xkb-layout.",
            ),
        ),
        (Some(_), Some(_)) => found.add(
            "system.keymap",
            gettext("The keymap of the console follows from xkb-layout. Leave one of the two out."),
        ),
        _ => {}
    }
}

fn user(found: &mut Found, user: &UserAnswers, desktop: Desktop) {
    let _ = found.check("user.name", rules::user_name(&user.name));
    let _ = found.check("user.full-name", rules::full_name(&user.full_name));
    if user.automatic_login && desktop == Desktop::None {
        found.add(
            "user.automatic-login",
            gettext("There is no desktop to log in to. Choose one, or leave this out."),
        );
    }
}
