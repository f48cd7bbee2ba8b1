//! What the person chose, in a form that can be saved, sent and read again. Secrets are not in it.
//!
//! The TOML form is documented key by key in `data/man/snowmelt-answers.5`; [`read`] reads it and
//! reports every problem at once.

mod configuration;
mod defaults;
mod form;
mod lines;
mod persist;
mod problem;
mod read;
mod reader;
pub mod rules;
mod validate;
mod write;

pub use configuration::{ConfigurationAnswers, OwnFlake};
pub use defaults::{
    DEFAULT_DESKTOP, DEFAULT_ESP_SIZE, DEFAULT_HOME, DEFAULT_LOCALE, DEFAULT_OLD_ROOTS, DEFAULT_PBKDF,
    DEFAULT_RELEASE, DEFAULT_SWAP_KIND, DEFAULT_TIME_ZONE, DEFAULT_VOLUME_NAME, default_memory_root_size,
    default_swap_size, hibernation_swap_size,
};
pub use form::{KEYS, Key};
pub use persist::persisted_path_among;
pub use problem::{Place, Problem};
pub use read::{PRESETS, place_of, read};
pub use validate::validate;
pub use write::write;

use serde::{Deserialize, Serialize};

use super::erasure::Erasure;
use super::machine::Machine;

/// The version of the answers' form that this Snowmelt reads and writes.
pub const VERSION: i64 = 1;

/// Everything that the person decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Answers {
    /// The disk and how it is divided.
    pub disk: DiskAnswers,
    /// Swap space.
    pub swap: SwapAnswers,
    /// Whether and how the filesystem is encrypted.
    pub encryption: EncryptionAnswers,
    /// The Btrfs filesystem.
    pub filesystem: FilesystemAnswers,
    /// What becomes of the root at each boot.
    pub root: RootAnswers,
    /// What survives a rollback, beside what always does.
    pub persist: PersistAnswers,
    /// The installed system.
    pub system: SystemAnswers,
    /// Its first user.
    pub user: UserAnswers,
    /// Whose configuration it is.
    pub configuration: ConfigurationAnswers,
}

impl Answers {
    /// The name of the configuration that is installed, among the flake's `nixosConfigurations`.
    #[must_use]
    pub fn host(&self) -> &str {
        let own = self.configuration.own().and_then(|own| own.host.as_deref());
        own.unwrap_or(&self.system.host_name)
    }

    /// Whether the system is built from the live session's channel, not from a flake.
    #[must_use]
    pub fn uses_channel(&self) -> bool {
        self.configuration == ConfigurationAnswers::Channels
    }

    /// The NixOS release that is installed, as `YY.MM`.
    #[must_use]
    pub fn release<'a>(&'a self, machine: &'a Machine) -> &'a str {
        let channel = machine.channel.as_deref().filter(|_| self.uses_channel());
        let release = self.system.release.as_deref().or(channel).or(machine.nixos_release.as_deref());
        release.unwrap_or(DEFAULT_RELEASE)
    }
}

/// `[disk]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DiskAnswers {
    /// Which disk: a device name, a link in `/dev/disk/by-id`, a serial number or a WWN.
    pub device: String,
    /// Size of the EFI system partition in bytes.
    pub esp_size: u64,
    /// How the whole disk is erased first.
    pub erase: Erasure,
}

/// `[swap]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SwapAnswers {
    /// Whether there is swap, and how it is protected.
    pub kind: SwapKind,
    /// Size in bytes; `None` follows from the machine's memory.
    pub size: Option<u64>,
    /// Whether there is swap in memory too, compressed, which is filled before any on the disk.
    pub zram: bool,
}

/// Kinds of swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SwapKind {
    /// No swap.
    None,
    /// A partition, in clear.
    Plain,
    /// A partition, encrypted with a new random key at each boot.
    Random,
    /// A file in the filesystem, encrypted with it, for hibernation. Not a second encrypted volume:
    /// that would be a second passphrase to type, or a key file that opens one with the other, and
    /// its size could not change without moving partitions.
    File,
}

/// `[encryption]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct EncryptionAnswers {
    /// Whether the filesystem lies in an encrypted volume. Where it doesn't, the rest is as
    /// [`EncryptionAnswers::default`] has it: there is nothing that it could be about.
    pub enabled: bool,
    /// The device-mapper name of the opened volume, `enc` by default.
    pub volume_name: String,
    /// Whether freed blocks are passed on to the disk (`allowDiscards`): it helps an SSD, and
    /// shows which blocks are unused.
    pub allow_discards: bool,
    /// How costly it is to try a passphrase.
    pub pbkdf: Pbkdf,
}

impl Default for EncryptionAnswers {
    fn default() -> Self {
        Self {
            enabled: true,
            volume_name: DEFAULT_VOLUME_NAME.to_owned(),
            allow_discards: false,
            pbkdf: DEFAULT_PBKDF,
        }
    }
}

impl EncryptionAnswers {
    /// No encryption.
    #[must_use]
    pub fn none() -> Self {
        Self { enabled: false, ..Self::default() }
    }
}

/// Password-based key derivation of the LUKS2 key slot. What is `None` is cryptsetup's own
/// default, measured on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Pbkdf {
    /// The function.
    pub kind: PbkdfKind,
    /// Memory cost in bytes, a multiple of 1 KiB (not for PBKDF2).
    pub memory: Option<u64>,
    /// Number of iterations; the time is not measured then.
    pub iterations: Option<u32>,
    /// Parallel threads (not for PBKDF2).
    pub threads: Option<u32>,
    /// Milliseconds that one try should take.
    pub time: Option<u32>,
}

/// The function that derives the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PbkdfKind {
    /// Argon2id, cryptsetup's default.
    Argon2id,
    /// Argon2i.
    Argon2i,
    /// PBKDF2, for machines with very little memory.
    Pbkdf2,
}

/// `[filesystem]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FilesystemAnswers {
    /// Level of `compress=zstd:LEVEL`; `None` writes `compress=zstd`, which is level 3.
    pub compression_level: Option<i8>,
    /// Subvolumes beside the five that always are there.
    pub subvolumes: Vec<ExtraSubvolume>,
}

/// `[[filesystem.subvolumes]]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExtraSubvolume {
    /// Name at the top level of the filesystem.
    pub name: String,
    /// Absolute path where the installed system mounts it.
    pub mountpoint: String,
}

/// `[root]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RootAnswers {
    /// What the root is. Where it is in memory, the rest save the size is as
    /// [`RootAnswers::default`] has it.
    pub kind: RootKind,
    /// Size of a root in memory in bytes; `None` follows from the machine's memory.
    pub size: Option<u64>,
    /// Which old roots stay.
    pub old_roots: OldRoots,
    /// Whether the boot menu has an entry that leaves the rollback out once.
    pub keep_once: bool,
    /// Whether `/home` is rolled back too, save what [`PersistAnswers::home`] lists.
    pub home: bool,
}

impl Default for RootAnswers {
    fn default() -> Self {
        Self {
            kind: RootKind::Rollback,
            size: None,
            old_roots: DEFAULT_OLD_ROOTS,
            keep_once: true,
            home: false,
        }
    }
}

/// Kinds of root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RootKind {
    /// A subvolume that is replaced by a blank one at every boot.
    Rollback,
    /// In memory, empty at every boot.
    Tmpfs,
    /// A subvolume that stays as it is. Everything else is as with a rollback, which can be turned
    /// on later.
    Keep,
}

/// Which old roots stay when they are cleaned up. The newest always does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OldRoots {
    /// Those that were in use within so many days.
    Days(u32),
    /// The last so many.
    Count(u32),
}

/// `[persist]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PersistAnswers {
    /// The list of the catalogue's entries that it begins with.
    pub preset: Preset,
    /// Ids of entries beside those of the preset.
    pub with: Vec<String>,
    /// Ids of the preset's entries that are left out.
    pub without: Vec<String>,
    /// Absolute paths of directories.
    pub directories: Vec<String>,
    /// Absolute paths of files.
    pub files: Vec<String>,
    /// Directories of the user's home, relative to it; none where `/home` is not rolled back.
    pub home: Vec<String>,
    /// The module that makes the mounts.
    pub module: PersistModule,
    /// Whether the new system knows the Wi-Fi networks that the live session does.
    pub wifi: bool,
}

/// Modules for NixOS that make what persists appear in its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersistModule {
    /// The older one, which most descriptions of such a system are about.
    #[default]
    Impermanence,
    /// The newer one, which needs no scripts at activation.
    Preservation,
}

/// Lists of the catalogue's entries ([`catalogue::preset`](super::catalogue::preset)).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// What every system needs.
    #[default]
    Minimal,
    /// For a machine that somebody works at.
    Desktop,
    /// For a machine that others connect to.
    Server,
}

/// `[system]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SystemAnswers {
    /// Host name, also the name of the flake's configuration.
    pub host_name: String,
    /// Time zone such as `Europe/Berlin`.
    pub time_zone: String,
    /// Locale such as `en_US.UTF-8`.
    pub locale: String,
    /// Locale of dates, numbers, money and paper; `None` is [`SystemAnswers::locale`].
    pub formats: Option<String>,
    /// Console keymap such as `us` or `de-latin1`, also at the passphrase prompt. Either this or
    /// [`SystemAnswers::xkb_layout`] is given.
    pub keymap: Option<String>,
    /// Keyboard layout of xkeyboard-config such as `us` or `de`, for the desktop, the console and
    /// the passphrase prompt.
    pub xkb_layout: Option<String>,
    /// Variant of that layout such as `neo`.
    pub xkb_variant: Option<String>,
    /// The desktop.
    pub desktop: Desktop,
    /// Whether packages under an unfree licence may be installed.
    pub unfree: bool,
    /// Whether others can log in over the network with SSH.
    pub ssh: bool,
    /// Whether printers can be used.
    pub printing: bool,
    /// Whether Bluetooth is on.
    pub bluetooth: bool,
    /// Whether applications can be installed with Flatpak.
    pub flatpak: bool,
    /// Whether the machine's firmware can be updated (fwupd).
    pub firmware_updates: bool,
    /// NixOS release as `YY.MM`; `None` is the live session's own.
    pub release: Option<String>,
}

/// Desktops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Desktop {
    /// None: the console only.
    None,
    /// GNOME.
    Gnome,
    /// KDE Plasma.
    Plasma,
    /// Xfce.
    Xfce,
}

/// `[user]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct UserAnswers {
    /// Login name.
    pub name: String,
    /// Name as people write it, may be empty.
    pub full_name: String,
    /// Whether the user may act as root with their password (group `wheel`). Where they may not,
    /// root has a password: the same one, until somebody changes either.
    pub administrator: bool,
    /// Whether the desktop starts without asking for the password.
    pub automatic_login: bool,
}
