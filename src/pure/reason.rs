//! Why the helper could not do what it was asked.
//!
//! It crosses the pipe as data, not as a sentence: the helper knows nothing of the person's
//! language.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::disk::Use;
use super::protocol::VolumeId;
use super::refusal::Refusal;
use super::trouble::Full;
use crate::i18n::{gettext, gettext_f};

/// The closed set of reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields, tag = "code")]
pub enum Reason {
    /// The line is no request.
    Unreadable,
    /// The line is longer than [`super::protocol::LONGEST_LINE`].
    LineTooLong,
    /// The request came before one that it presumes, or after one that rules it out.
    OutOfOrder,
    /// Another request is being carried out.
    Busy,
    /// The helper speaks another version of the protocol.
    OtherVersion {
        /// The helper's version.
        helper: u32,
    },
    /// A value of the request is not what it may be.
    BadValue {
        /// Which, such as `subvolumes.name`.
        field: String,
    },
    /// The request was stopped.
    Cancelled,
    /// No opened LUKS2 volume has this UUID, or it lies elsewhere than on one partition of a disk; or
    /// no partition in clear has it.
    VolumeNotFound {
        /// What was asked for.
        volume: VolumeId,
    },
    /// The disk has no EFI system partition with this partition UUID.
    EspNotFound {
        /// The disk's device name.
        device: String,
        /// The UUID that was asked for.
        esp: Uuid,
    },
    /// The disk that holds the volume is not the planned one.
    WrongDisk {
        /// Its device name.
        device: String,
    },
    /// Something uses the disk.
    InUse {
        /// The use.
        by: Use,
    },
    /// The kernel says that something uses the device, and nothing shows what.
    Claimed {
        /// The device name.
        device: String,
    },
    /// The running system comes from the disk.
    LiveMedium {
        /// Its device name.
        device: String,
    },
    /// Another helper works on the disk.
    AnotherInstallation {
        /// Its device name.
        device: String,
    },
    /// Something is mounted at the target directory, or it is not a plain directory.
    TargetTaken {
        /// The directory.
        target: String,
    },
    /// The root subvolume is not empty, so a snapshot of it would not be blank.
    RootNotBlank,
    /// A program that the helper needs is not there.
    ProgramMissing {
        /// Its name.
        program: String,
    },
    /// A program failed.
    ProgramFailed {
        /// Its name.
        program: String,
        /// Its exit status; `None` when a signal ended it.
        status: Option<i32>,
    },
    /// The network is gone, and did not come back while it was waited for.
    NetworkLost,
    /// There is no space left.
    NoSpace {
        /// Where.
        full: Full,
    },
    /// A file or directory could not be read or written.
    FileFailed {
        /// Its path.
        path: String,
    },
    /// The installation ended without an error, and yet something is missing.
    Incomplete {
        /// What.
        missing: Piece,
    },
    /// What was mounted can't be unmounted.
    StillBusy {
        /// The processes that hold it, as `name (number)`.
        holders: Vec<String>,
    },
}

/// What an installed system can't boot or be used without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Piece {
    /// The profile that names the installed system, with the system in the target's store.
    System,
    /// The channel that the next rebuild begins with.
    Channel,
    /// The mark that it is a NixOS system (`/etc/NIXOS`).
    Mark,
    /// The boot loader on the EFI system partition.
    BootLoader,
    /// The boot loader's entry for the system.
    BootEntry,
    /// The kernel that the entry names.
    Kernel,
    /// The initial ramdisk that the entry names.
    Initrd,
    /// The user's password hash below `/persist`.
    PasswordHash,
    /// The user's account with that hash.
    Account,
    /// The blank snapshot, read-only.
    BlankSnapshot,
    /// A rollback that ends well.
    Rollback,
    /// Tables that mount the new filesystems.
    Mounts,
    /// A hash that the password fits.
    Password,
}

impl Reason {
    /// Whether the same request would fail in the same way whatever the person does meanwhile.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        matches!(
            self,
            Self::Unreadable
                | Self::LineTooLong
                | Self::OutOfOrder
                | Self::OtherVersion { .. }
                | Self::BadValue { .. }
                | Self::WrongDisk { .. }
                | Self::LiveMedium { .. }
        )
    }

    /// A lasting word for scripts and tests; the same that stands in the pipe.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::LineTooLong => "line-too-long",
            Self::OutOfOrder => "out-of-order",
            Self::Busy => "busy",
            Self::OtherVersion { .. } => "other-version",
            Self::BadValue { .. } => "bad-value",
            Self::Cancelled => "cancelled",
            Self::VolumeNotFound { .. } => "volume-not-found",
            Self::EspNotFound { .. } => "esp-not-found",
            Self::WrongDisk { .. } => "wrong-disk",
            Self::InUse { .. } => "in-use",
            Self::Claimed { .. } => "claimed",
            Self::LiveMedium { .. } => "live-medium",
            Self::AnotherInstallation { .. } => "another-installation",
            Self::TargetTaken { .. } => "target-taken",
            Self::RootNotBlank => "root-not-blank",
            Self::ProgramMissing { .. } => "program-missing",
            Self::ProgramFailed { .. } => "program-failed",
            Self::NetworkLost => "network-lost",
            Self::NoSpace { .. } => "no-space",
            Self::FileFailed { .. } => "file-failed",
            Self::Incomplete { .. } => "incomplete",
            Self::StillBusy { .. } => "still-busy",
        }
    }

    /// What went wrong, in one sentence for the person.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Unreadable | Self::LineTooLong | Self::OutOfOrder | Self::Busy => {
                gettext("Snowmelt and its helper disagree about what comes next.")
            }
            Self::OtherVersion { .. } => {
                gettext("The installed helper belongs to another version of Snowmelt.")
            }
            Self::BadValue { field } => {
                gettext_f("The helper does not accept the value of “{field}”.", &[("field", field)])
            }
            Self::Cancelled => gettext("The installation was stopped."),
            Self::VolumeNotFound { .. } => {
                gettext("The new volume is not open, or it is not on a partition of a disk.")
            }
            Self::EspNotFound { device, .. } => {
                gettext_f("The new boot partition is not on {device}.", &[("device", device)])
            }
            Self::WrongDisk { device } => {
                gettext_f("{device} is not the disk that was chosen.", &[("device", device)])
            }
            Self::InUse { by } => Refusal::DiskInUse { by: by.clone() }.sentence(),
            Self::Claimed { device } => {
                gettext_f("{device} is in use, and the kernel does not tell by what.", &[("device", device)])
            }
            Self::LiveMedium { device } => Refusal::LiveMedium { device: device.clone() }.sentence(),
            Self::AnotherInstallation { device } => {
                gettext_f("Another installation is writing to {device}.", &[("device", device)])
            }
            Self::TargetTaken { target } => gettext_f(
                "{target} is needed for the new system, and something else is there.",
                &[("target", target)],
            ),
            Self::RootNotBlank => {
                gettext("The root of the new system is not empty, so no blank snapshot can be taken of it.")
            }
            Self::ProgramMissing { program } => {
                gettext_f("The program “{program}” is not installed.", &[("program", program)])
            }
            Self::ProgramFailed { program, .. } => {
                gettext_f("The program “{program}” failed.", &[("program", program)])
            }
            Self::NetworkLost => gettext("The network is gone, and it did not come back."),
            Self::NoSpace { full: Full::Boot } => {
                gettext("The boot partition is full: the kernel and the initial ramdisk do not fit on it.")
            }
            Self::NoSpace { full: Full::Disk } => {
                gettext("The disk is full: the new system does not fit on it.")
            }
            Self::NoSpace { full: Full::Memory } => gettext("The memory of the live system is full."),
            Self::FileFailed { path } => gettext_f("{path} could not be read or written.", &[("path", path)]),
            Self::Incomplete { missing } => missing.sentence(),
            Self::StillBusy { holders } if holders.is_empty() => {
                gettext("The new system can’t be unmounted: something still uses it.")
            }
            Self::StillBusy { holders } => gettext_f(
                "The new system can’t be unmounted: it is still used by {holders}.",
                &[("holders", &holders.join(", "))],
            ),
        }
    }

    /// What to do next, in one sentence.
    #[must_use]
    pub fn next(&self) -> String {
        match self {
            Self::Unreadable
            | Self::LineTooLong
            | Self::OutOfOrder
            | Self::Busy
            | Self::BadValue { .. }
            | Self::RootNotBlank => {
                gettext("This is a fault of Snowmelt. Please report it together with the log.")
            }
            Self::OtherVersion { .. } => gettext("Close Snowmelt, update it as a whole, and start it again."),
            Self::Cancelled => gettext("Start the installation again when you are ready."),
            Self::VolumeNotFound { .. } | Self::EspNotFound { .. } => {
                gettext("Check that the disk is still attached, and try again.")
            }
            Self::WrongDisk { .. } => gettext(
                "Nothing was written to it. Check which disks are attached, and choose the disk again.",
            ),
            Self::InUse { .. } | Self::Claimed { .. } => {
                gettext("Close the programs that use it, and try again.")
            }
            Self::LiveMedium { .. } => gettext("Choose another disk."),
            Self::AnotherInstallation { .. } => gettext("Wait until it has ended, or stop it."),
            Self::TargetTaken { target } => gettext_f(
                "Unmount what is there (“umount --recursive {target}”), and try again.",
                &[("target", target)],
            ),
            Self::ProgramMissing { program } => gettext_f(
                "Start Snowmelt from a NixOS live system, or install the package that has “{program}”.",
                &[("program", program)],
            ),
            Self::ProgramFailed { .. } | Self::Incomplete { .. } => {
                gettext("The program’s own words say what is wrong. Mend that, and try again.")
            }
            Self::NetworkLost => gettext("Connect to a network in the system’s menu."),
            Self::NoSpace { full: Full::Boot } => {
                gettext("Choose a larger boot partition, and start the installation again.")
            }
            Self::NoSpace { full: Full::Disk } => gettext(
                "Choose fewer programs, a smaller swap or a larger disk, and start the installation again.",
            ),
            Self::NoSpace { full: Full::Memory } => gettext("Close other programs during the installation."),
            Self::FileFailed { .. } => {
                gettext("Check that the disk is still attached and not full, and try again.")
            }
            Self::StillBusy { .. } => gettext("Close what uses it, or restart the computer."),
        }
    }
}

impl Piece {
    fn sentence(self) -> String {
        match self {
            Self::System => gettext("The installation has ended, but the new system is not in its store."),
            Self::Channel => gettext(
                "The installation has ended, but NixOS’s channel, which the new system is rebuilt from, was not copied.",
            ),
            Self::Mark => {
                gettext("The installation has ended, but the new root is not marked as a NixOS system.")
            }
            Self::BootLoader => {
                gettext("The installation has ended, but there is no boot loader on the boot partition.")
            }
            Self::BootEntry => {
                gettext("The installation has ended, but the boot loader has no entry for the new system.")
            }
            Self::Kernel => {
                gettext("The installation has ended, but the kernel is not on the boot partition.")
            }
            Self::Initrd => {
                gettext("The installation has ended, but the initial ramdisk is not on the boot partition.")
            }
            Self::PasswordHash => gettext(
                "The installation has ended, but the user’s password is not where the new system looks for it.",
            ),
            Self::Account => {
                gettext("The installation has ended, but the user’s account was made without the password.")
            }
            Self::BlankSnapshot => {
                gettext("The installation has ended, but the read-only blank snapshot is not there.")
            }
            Self::Rollback => {
                gettext("The installation has ended, but rolling back a copy of the root did not work.")
            }
            Self::Mounts => gettext(
                "The installation has ended, but the new system would not mount what was made for it.",
            ),
            Self::Password => {
                gettext("The installation has ended, but the password would not log the user in.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_for_scripts_is_the_one_in_the_pipe() {
        let device = || "/dev/sda".to_owned();
        let id = Uuid::nil();
        for reason in [
            Reason::Unreadable,
            Reason::LineTooLong,
            Reason::OutOfOrder,
            Reason::Busy,
            Reason::OtherVersion { helper: 1 },
            Reason::BadValue { field: "user".to_owned() },
            Reason::Cancelled,
            Reason::VolumeNotFound { volume: VolumeId::Luks(id) },
            Reason::EspNotFound { device: device(), esp: id },
            Reason::WrongDisk { device: device() },
            Reason::InUse { by: Use::Swap { device: device() } },
            Reason::Claimed { device: device() },
            Reason::LiveMedium { device: device() },
            Reason::AnotherInstallation { device: device() },
            Reason::TargetTaken { target: "/mnt".to_owned() },
            Reason::RootNotBlank,
            Reason::ProgramMissing { program: "btrfs".to_owned() },
            Reason::ProgramFailed { program: "btrfs".to_owned(), status: None },
            Reason::NetworkLost,
            Reason::NoSpace { full: Full::Boot },
            Reason::NoSpace { full: Full::Disk },
            Reason::NoSpace { full: Full::Memory },
            Reason::FileFailed { path: "/etc".to_owned() },
            Reason::Incomplete { missing: Piece::Kernel },
            Reason::StillBusy { holders: vec!["sh (1)".to_owned()] },
        ] {
            let value = serde_json::to_value(&reason).unwrap();
            assert_eq!(value["code"], reason.code());
            assert_eq!(serde_json::from_value::<Reason>(value).unwrap(), reason);
            assert!(reason.sentence().ends_with('.') && reason.next().ends_with('.'), "{reason:?}");
            assert!(!reason.sentence().contains(['{', '}']), "{reason:?}");
        }
    }
}
