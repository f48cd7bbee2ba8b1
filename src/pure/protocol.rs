//! What is said between the unprivileged side and the helper: one JSON value a line, requests on
//! the helper's standard input, events on its standard output.
//!
//! A request names an operation and typed values, never a program, a shell string or a free path.
//! The helper answers every request with exactly one [`Event::Done`] or [`Event::Failed`], and may
//! send the other events before it. The first request must be
//! [`Request::Hello`]. Requests are carried out one after the other: one that comes while another
//! is carried out is refused, save [`Request::Cancel`]. The end of the input means the same as
//! that: stop what runs, unmount, lock the volume, and exit.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::activity::Activity;
use super::answers::Pbkdf;
use super::bytes::Bytes;
use super::disk::DiskIdentity;
use super::layout::{Replaced, Subvolume};
use super::reason::Reason;
use super::secret::Secret;

/// The version of this protocol. Both sides must have the same one.
pub const VERSION: u32 = 1;
/// Longest line that either side accepts, in bytes, the newline not counted.
pub const LONGEST_LINE: usize = 1 << 20;

/// A request with the number that its answers carry.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Numbered {
    /// Chosen by the caller; grows by one with each request.
    pub id: u32,
    /// What is asked.
    pub request: Request,
}

/// What the helper can be asked to do. Each presumes those before it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// Opens the conversation.
    Hello {
        /// [`VERSION`] of the caller.
        protocol: u32,
    },
    /// Takes the disk for this installation, before anything is written to it: no other helper gets it
    /// any more, and whatever comes to be unlocked on it is locked when the helper ends. It is found
    /// and checked as for [`Request::DiscardDisk`]. A helper that is about to end is waited for.
    ReserveDisk {
        /// The planned disk.
        disk: DiskIdentity,
    },
    /// Tells a disk that nothing on it is needed any more. The helper finds it by itself, checks that
    /// it is the planned one, unused, and not the live medium, and lets go of it afterwards.
    DiscardDisk {
        /// The planned disk.
        disk: DiskIdentity,
    },
    /// Names the devices. The helper finds them by itself, checks that they are what they are said
    /// to be, unused, and not the live medium, and holds to them from then on. After
    /// [`Request::CloseTarget`] the same devices can be opened once more.
    OpenTarget {
        /// The planned disk.
        disk: DiskIdentity,
        /// What the filesystem lies on, which must be on that disk.
        volume: VolumeId,
        /// Partition UUID of the EFI system partition, which must be on that disk.
        esp: Uuid,
    },
    /// Makes trying a passphrase as costly as the person chose.
    SetKeyDerivation {
        /// The cost.
        pbkdf: Pbkdf,
        /// Opens the volume.
        passphrase: Secret,
    },
    /// Makes the subvolumes at the top level of the filesystem.
    CreateSubvolumes {
        /// Their names; what [`Subvolume::name`] may be is checked again.
        subvolumes: Vec<Subvolume>,
    },
    /// Takes the read-only snapshots of subvolumes, which must be empty.
    TakeBlankSnapshot {
        /// Of which.
        replaced: Vec<Replaced>,
    },
    /// Mounts the subvolumes and the EFI system partition below the target directory.
    MountTarget {
        /// The subvolumes, parents first.
        subvolumes: Vec<Subvolume>,
        /// Level of zstd compression; `None` is the kernel's default.
        compression_level: Option<i8>,
        /// Size in bytes of a root in memory; `None` where a subvolume is the root.
        memory_root: Option<u64>,
    },
    /// Makes the swap file in the subvolume for it, which is mounted.
    MakeSwapFile {
        /// Its size in bytes.
        size: u64,
    },
    /// Finds where the swap file lies, and tells it by [`Event::SwapFile`].
    LocateSwapFile,
    /// Runs `nixos-generate-config` and writes `hardware-configuration.nix`.
    DetectHardware,
    /// Writes the configuration below `/persist/etc/nixos`.
    WriteConfiguration {
        /// The files.
        files: Vec<ConfigFile>,
    },
    /// Puts a part of the person's own flake below `/persist/etc/nixos`. Where it comes from is the
    /// caller's to read: the helper opens no path of theirs.
    PutFlakePart {
        /// Path within the flake; see [`is_flake_path`].
        path: String,
        /// What is there.
        part: FlakePart,
    },
    /// Makes the machine id and the SSH host keys below `/persist`, and the directories that
    /// persistence binds.
    SeedPersist {
        /// Directories to make below `/persist`, as absolute paths of the installed system.
        directories: Vec<PersistDirectory>,
        /// The release, as `YY.MM`, whose channel root is subscribed to, if any.
        channel: Option<String>,
        /// Whether the live session's Wi-Fi networks are copied, with their passwords.
        wifi: bool,
    },
    /// Hashes the password and writes the hash below `/persist`.
    SetPassword {
        /// Login name.
        user: String,
        /// Whether root gets the same password, in a file of its own.
        root_too: bool,
        /// The password.
        password: Secret,
    },
    /// Builds the system with `nix build`, and installs it with `nixos-install`.
    InstallSystem {
        /// The flake's configuration to install; `None` builds the one without a flake from the live
        /// session's channel.
        host_name: Option<String>,
        /// Whether an earlier try’s filesystem was not unmounted in order, so that files may be missing
        /// which Nix takes for there.
        doubted: bool,
    },
    /// Checks what must be there for the system to boot.
    CheckInstallation {
        /// Login name whose password hash must be there.
        user: String,
        /// Whether root's must be there too.
        root_too: bool,
        /// Whether the accounts must have these passwords; a flake of the person's decides that by
        /// itself.
        accounts: bool,
        /// What must have a blank snapshot.
        replaced: Vec<Replaced>,
    },
    /// Runs the rollback of the next boot on copies of what it replaces and of the blank snapshots,
    /// looks at what comes out, and deletes the copies.
    RehearseRollback {
        /// What is replaced; nothing is done where that is nothing.
        replaced: Vec<Replaced>,
    },
    /// Looks at the system that was mounted anew as its next boot will: all that
    /// [`Request::CheckInstallation`] looks at, the mounts of its own tables, and the password. What the
    /// prompt for the passphrase can type is told by [`Event::Keymap`], where it can be found out.
    RehearseBoot {
        /// The subvolumes that it must mount.
        subvolumes: Vec<Subvolume>,
        /// Login name.
        user: String,
        /// Whether the password is root's too.
        root_too: bool,
        /// What must have a blank snapshot.
        replaced: Vec<Replaced>,
        /// Whether the root is in memory, and so has nothing in it yet.
        root_is_new: bool,
        /// Must fit the hash.
        password: Secret,
    },
    /// Unmounts everything and flushes it to the disk.
    CloseTarget,
    /// Stops what is being carried out, which then fails with [`Reason::Cancelled`], unmounts
    /// everything, and ends the helper.
    Cancel,
}

/// Names what the filesystem lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VolumeId {
    /// UUID in the LUKS2 header of an encrypted volume, which must be open.
    Luks(Uuid),
    /// Partition UUID of a partition of the type of [`Role::Filesystem`], which holds the filesystem
    /// in clear.
    ///
    /// [`Role::Filesystem`]: super::layout::Role::Filesystem
    Partition(Uuid),
}

/// What is at a path of the person's flake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum FlakePart {
    /// A file, in the place of what is there.
    File {
        /// Whether it can be run.
        executable: bool,
        /// Its beginning, or all of it: at most [`LARGEST_PART`].
        bytes: Bytes,
    },
    /// What comes next in the file that was put there last.
    More {
        /// At most [`LARGEST_PART`].
        bytes: Bytes,
    },
    /// A symbolic link, which nothing follows.
    Link {
        /// What it says.
        to: String,
    },
}

/// How many bytes of a file one request has at most; as text they are half of a line.
pub const LARGEST_PART: usize = LONGEST_LINE / 4;

/// Whether this is a path within a flake: relative, and every part of it a plain name.
#[must_use]
pub fn is_flake_path(path: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.len() <= 255
            && name != "."
            && name != ".."
            && !name.chars().any(char::is_control)
    };
    path.len() <= 1024 && path.split('/').all(is_name)
}

/// A generated file of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConfigFile {
    /// Which one.
    pub name: ConfigFileName,
    /// Its whole text.
    pub text: String,
}

/// The files that Snowmelt writes into `/etc/nixos`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConfigFileName {
    /// `flake.nix`
    Flake,
    /// `configuration.nix`
    Configuration,
    /// `disk.nix`
    Disk,
    /// `rollback.nix`
    Rollback,
    /// `persistence.nix`
    Persistence,
    /// `disk-facts.nix`: what a flake of the person's must know of the disk. It is shown under this
    /// name, and put into the flake under another; the helper refuses it.
    Facts,
    /// `disko.nix`: exported only, never installed; the helper refuses it too.
    Disko,
    /// `hardware-configuration.nix`: made by `nixos-generate-config`; the helper refuses it in
    /// [`Request::WriteConfiguration`].
    Hardware,
}

impl ConfigFileName {
    /// The file's name below `/etc/nixos`.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Flake => "flake.nix",
            Self::Configuration => "configuration.nix",
            Self::Disk => "disk.nix",
            Self::Rollback => "rollback.nix",
            Self::Persistence => "persistence.nix",
            Self::Facts => "disk-facts.nix",
            Self::Disko => "disko.nix",
            Self::Hardware => "hardware-configuration.nix",
        }
    }
}

/// A directory that persists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PersistDirectory {
    /// Absolute path in the installed system.
    pub path: String,
    /// Permission bits, such as `0o755`.
    pub mode: u32,
}

/// What the helper says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields, tag = "event")]
pub enum Event {
    /// How far the request has come.
    Progress {
        /// The request.
        id: u32,
        /// From 0 to 1.
        fraction: f64,
    },
    /// What the request is busy with now. One that comes soon after another stands for it.
    Activity {
        /// The request.
        id: u32,
        /// What is going on.
        activity: Activity,
    },
    /// A line for the log.
    Log {
        /// The request.
        id: u32,
        /// Who said it: a program's name, or `helper`.
        source: String,
        /// The line, without its newline, valid UTF-8, at most 16 KiB.
        line: String,
    },
    /// Where the swap file lies.
    SwapFile {
        /// The request.
        id: u32,
        /// Its first block on the device, in pages of 4 KiB: the kernel's `resume_offset`.
        offset: u64,
    },
    /// What the keymap can type that the prompt for the passphrase will have.
    Keymap {
        /// The request.
        id: u32,
        /// Characters of a key alone or with Shift.
        plain: String,
        /// Characters of a key with AltGr or a further modifier.
        further: String,
    },
    /// The request is carried out.
    Done {
        /// The request.
        id: u32,
    },
    /// The request failed. What it had mounted is unmounted again; what it had written is left as
    /// it is, for a retry or for the end.
    Failed {
        /// The request; 0 where the line could not be read as one.
        id: u32,
        /// What went wrong.
        error: Failure,
    },
}

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Failure {
    /// The reason, in a form that the unprivileged side turns into the person's language.
    pub reason: Reason,
    /// The cause for the log: the program's or the kernel's own words.
    pub cause: String,
}
