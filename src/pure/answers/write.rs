//! Writes answers as TOML.

use std::fmt::Display;

use toml::Value;

use super::read::{DESKTOPS, ERASURES, PBKDF_KINDS, PERSIST_MODULES, PRESETS, ROOT_KINDS, SWAP_KINDS};
use super::{
    Answers, EncryptionAnswers, OldRoots, RootAnswers, RootKind, SystemAnswers, VERSION, configuration,
};
use crate::pure::size;

/// The TOML form of these answers, which [`super::read`] reads back as the same. What is left to
/// Snowmelt stays out.
#[must_use]
pub fn write(answers: &Answers) -> String {
    let mut file = File(String::new());
    file.number("version", Some(VERSION));

    let Answers { disk, swap, encryption, filesystem, root, persist, system, user, configuration } = answers;
    file.table("disk");
    file.text("device", &disk.device);
    file.size("esp-size", Some(disk.esp_size));
    file.text("erase", word(&ERASURES, disk.erase));

    file.table("swap");
    file.text("kind", word(&SWAP_KINDS, swap.kind));
    file.size("size", swap.size);
    file.boolean("zram", swap.zram);

    file.encryption(encryption);

    file.table("filesystem");
    file.number("compression-level", filesystem.compression_level);
    for subvolume in &filesystem.subvolumes {
        file.line(format_args!("\n[[filesystem.subvolumes]]"));
        file.text("name", &subvolume.name);
        file.text("mountpoint", &subvolume.mountpoint);
    }

    file.root(root);

    file.table("persist");
    file.text("preset", word(&PRESETS, persist.preset));
    file.texts("with", &persist.with);
    file.texts("without", &persist.without);
    file.texts("directories", &persist.directories);
    file.texts("files", &persist.files);
    file.texts("home", &persist.home);
    file.text("module", word(&PERSIST_MODULES, persist.module));
    file.boolean("wifi", persist.wifi);

    file.system(system);

    file.table("user");
    file.text("name", &user.name);
    file.text("full-name", &user.full_name);
    file.boolean("administrator", user.administrator);
    file.boolean("automatic-login", user.automatic_login);

    file.table("configuration");
    file.text("kind", configuration::word(configuration));
    if let Some(own) = configuration.own() {
        file.text("flake", &own.flake);
        file.some_text("host", own.host.as_deref());
        file.some_text("facts", own.facts.as_deref());
    }
    file.0
}

struct File(String);

impl File {
    /// Without encryption the other keys would be about nothing.
    fn encryption(&mut self, encryption: &EncryptionAnswers) {
        self.table("encryption");
        self.boolean("enabled", encryption.enabled);
        if !encryption.enabled {
            return;
        }
        self.text("volume-name", &encryption.volume_name);
        self.boolean("allow-discards", encryption.allow_discards);
        self.table("encryption.pbkdf");
        let pbkdf = &encryption.pbkdf;
        self.text("kind", word(&PBKDF_KINDS, pbkdf.kind));
        self.size("memory", pbkdf.memory);
        self.number("iterations", pbkdf.iterations);
        self.number("threads", pbkdf.threads);
        self.number("time", pbkdf.time);
    }

    /// With a root in memory the other keys would be about nothing.
    fn root(&mut self, root: &RootAnswers) {
        self.table("root");
        self.text("kind", word(&ROOT_KINDS, root.kind));
        self.size("size", root.size);
        if root.kind == RootKind::Tmpfs {
            return;
        }
        match root.old_roots {
            OldRoots::Days(days) => self.number("keep-days", Some(days)),
            OldRoots::Count(count) => self.number("keep-count", Some(count)),
        }
        self.boolean("keep-once", root.keep_once);
        self.boolean("home", root.home);
    }

    fn system(&mut self, system: &SystemAnswers) {
        self.table("system");
        self.text("host-name", &system.host_name);
        self.text("time-zone", &system.time_zone);
        self.text("locale", &system.locale);
        self.some_text("formats", system.formats.as_deref());
        self.some_text("keymap", system.keymap.as_deref());
        self.some_text("xkb-layout", system.xkb_layout.as_deref());
        self.some_text("xkb-variant", system.xkb_variant.as_deref());
        self.text("desktop", word(&DESKTOPS, system.desktop));
        self.boolean("unfree", system.unfree);
        self.boolean("ssh", system.ssh);
        self.boolean("printing", system.printing);
        self.boolean("bluetooth", system.bluetooth);
        self.boolean("flatpak", system.flatpak);
        self.boolean("firmware-updates", system.firmware_updates);
        self.some_text("release", system.release.as_deref());
    }

    fn line(&mut self, line: impl Display) {
        self.0.push_str(&line.to_string());
        self.0.push('\n');
    }

    fn table(&mut self, name: &str) {
        self.line(format_args!("\n[{name}]"));
    }

    fn text(&mut self, name: &str, text: &str) {
        self.line(format_args!("{name} = {}", quoted(text)));
    }

    fn some_text(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// An integer of TOML holds 64 bits with a sign; as a text with its unit every size fits.
    fn size(&mut self, name: &str, bytes: Option<u64>) {
        if let Some(bytes) = bytes {
            self.text(name, &size::write_exact(bytes));
        }
    }

    fn number(&mut self, name: &str, number: Option<impl Display>) {
        if let Some(number) = number {
            self.line(format_args!("{name} = {number}"));
        }
    }

    fn boolean(&mut self, name: &str, boolean: bool) {
        self.line(format_args!("{name} = {boolean}"));
    }

    fn texts(&mut self, name: &str, texts: &[String]) {
        if texts.is_empty() {
            return;
        }
        self.line(format_args!("{name} = ["));
        for text in texts {
            self.line(format_args!("  {},", quoted(text)));
        }
        self.line("]");
    }
}

/// The one place where a text becomes TOML.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

fn word<T: PartialEq>(words: &[(&'static str, T)], choice: T) -> &'static str {
    words.iter().find(|(_, known)| *known == choice).map_or("", |(word, _)| word)
}
