//! What the catalogue is made of.

use serde::Deserialize;

use crate::i18n::translated;

/// Entries that belong together.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Group {
    /// Its name in the data, of small letters and hyphens.
    pub id: String,
    pub(super) title: String,
    /// Its entries, in their order. At least one.
    pub entries: Vec<Entry>,
}

impl Group {
    /// Its heading, in the person's language.
    #[must_use]
    pub fn title(&self) -> String {
        translated(&self.title)
    }
}

/// One thing that can persist.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Entry {
    /// Its name in the answers, of small letters, digits and hyphens; it never changes.
    pub id: String,
    title: String,
    what: String,
    lost: String,
    note: Option<String>,
    required: Option<String>,
    /// Which systems have it.
    pub when: When,
    /// Its directories.
    #[serde(default)]
    pub directories: Vec<Directory>,
    /// Its files: absolute paths.
    #[serde(default)]
    pub files: Vec<String>,
    /// Where the paths are known from: files of nixpkgs, or of the program's own source.
    pub source: Vec<String>,
}

impl Entry {
    /// Its name, in the person's language.
    #[must_use]
    pub fn title(&self) -> String {
        translated(&self.title)
    }

    /// What it is, as one sentence in the person's language.
    #[must_use]
    pub fn what(&self) -> String {
        translated(&self.what)
    }

    /// The same in English, for the generated configuration, which has one language.
    #[must_use]
    pub fn comment(&self) -> &str {
        &self.what
    }

    /// What is lost at each restart without it, as one sentence in the person's language.
    #[must_use]
    pub fn lost(&self) -> String {
        translated(&self.lost)
    }

    /// What else is to know before it is chosen, in the person's language.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        self.note.as_deref().map(translated)
    }

    /// Why it can't be left out, in the person's language; `None` where it can.
    #[must_use]
    pub fn required(&self) -> Option<String> {
        self.required.as_deref().map(translated)
    }

    /// Whether it can't be left out.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required.is_some()
    }

    /// Every path of it, directories first.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.directories
            .iter()
            .map(|directory| directory.path.as_str())
            .chain(self.files.iter().map(String::as_str))
    }

    /// Every text of it that is translated, as it stands in the data.
    pub(super) fn messages(&self) -> impl Iterator<Item = &str> {
        let always = [&self.title, &self.what, &self.lost];
        always.into_iter().chain(&self.note).chain(&self.required).map(String::as_str)
    }
}

/// A directory of the installed system.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, from = "Written")]
pub struct Directory {
    /// Its absolute path.
    pub path: String,
    /// Its permission bits.
    pub mode: u32,
}

/// Permission bits of a directory that is not said to be otherwise.
pub const USUAL_MODE: u32 = 0o755;

/// A directory as the data has it: `"/path"`, or with its mode.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Path(String),
    WithMode { path: String, mode: u32 },
}

impl From<Written> for Directory {
    fn from(written: Written) -> Self {
        match written {
            Written::Path(path) => Self { path, mode: USUAL_MODE },
            Written::WithMode { path, mode } => Self { path, mode },
        }
    }
}

/// Which systems have what an entry keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Every system that Snowmelt installs.
    Always,
    /// Those with the SSH server.
    Ssh,
    /// Those with any desktop.
    Desktop,
    /// Those with GNOME.
    Gnome,
    /// Those with KDE Plasma.
    Plasma,
    /// Those with Xfce.
    Xfce,
    /// Those that print.
    Printing,
    /// Those with Bluetooth.
    Bluetooth,
    /// Those with Flatpak.
    Flatpak,
    /// Those that update their firmware.
    FirmwareUpdates,
    /// Those with the device that it is about, which the answers don't tell.
    Hardware,
    /// Those whose owner turns its service on later, in the configuration.
    Later,
}
