//! Writes answers as TOML.

use std::fmt::Display;

use toml::Value;

use super::read::{PBKDF_KINDS, SWAP_KINDS};
use super::{Answers, VERSION};
use crate::pure::size;

/// The TOML form of these answers, which [`super::read`] reads back as the same. What is left to
/// Snowmelt stays out.
#[must_use]
pub fn write(answers: &Answers) -> String {
    let mut file = File(String::new());
    file.number("version", Some(VERSION));

    let Answers { disk, swap, encryption, filesystem, persist, system, user } = answers;
    file.table("disk");
    file.text("device", &disk.device);
    file.size("esp-size", Some(disk.esp_size));

    file.table("swap");
    file.text("kind", word(&SWAP_KINDS, swap.kind));
    file.size("size", swap.size);

    file.table("encryption");
    file.text("volume-name", &encryption.volume_name);
    file.boolean("allow-discards", encryption.allow_discards);
    file.table("encryption.pbkdf");
    let pbkdf = &encryption.pbkdf;
    file.text("kind", word(&PBKDF_KINDS, pbkdf.kind));
    file.size("memory", pbkdf.memory);
    file.number("iterations", pbkdf.iterations);
    file.number("threads", pbkdf.threads);
    file.number("time", pbkdf.time);

    file.table("filesystem");
    file.number("compression-level", filesystem.compression_level);
    for subvolume in &filesystem.subvolumes {
        file.line(format_args!("\n[[filesystem.subvolumes]]"));
        file.text("name", &subvolume.name);
        file.text("mountpoint", &subvolume.mountpoint);
    }

    file.table("persist");
    file.texts("directories", &persist.directories);
    file.texts("files", &persist.files);

    file.table("system");
    file.text("host-name", &system.host_name);
    file.text("time-zone", &system.time_zone);
    file.text("locale", &system.locale);
    file.text("keymap", &system.keymap);
    if let Some(release) = &system.release {
        file.text("release", release);
    }

    file.table("user");
    file.text("name", &user.name);
    file.text("full-name", &user.full_name);
    file.boolean("administrator", user.administrator);
    file.0
}

struct File(String);

impl File {
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
