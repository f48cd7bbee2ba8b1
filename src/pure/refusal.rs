//! Reasons not to install, found before anything is written.

use serde::{Deserialize, Serialize};

use super::answers::Answers;
use super::disk::{Disk, Holder, Use};
use super::erasure::Erasure;
use super::layout::Layout;
use super::machine::Machine;
use super::size;
use crate::i18n::{gettext, gettext_f};

/// One reason why this disk or this machine can't be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "refusal")]
pub enum Refusal {
    /// No disk answers to what the answers name.
    DiskNotFound {
        /// What was looked for.
        selector: String,
    },
    /// More than one disk answers to it.
    DiskAmbiguous {
        /// What was looked for.
        selector: String,
        /// The devices that answer.
        devices: Vec<String>,
    },
    /// The layout does not fit.
    DiskTooSmall {
        /// The disk's device name.
        device: String,
        /// Its size in bytes.
        size: u64,
        /// What the layout needs in bytes.
        needed: u64,
    },
    /// The memory does not fit into the swap that the machine shall hibernate to.
    SwapTooSmall {
        /// Size of the swap file in bytes.
        size: u64,
        /// The machine's memory in bytes.
        memory: u64,
    },
    /// It can't be erased in the way that was chosen.
    NotErasable {
        /// The disk's device name.
        device: String,
        /// The way.
        erasure: Erasure,
    },
    /// The kernel refuses writes.
    DiskReadOnly {
        /// The disk's device name.
        device: String,
    },
    /// It is locked with a password of the ATA command set.
    DiskLocked {
        /// The disk's device name.
        device: String,
    },
    /// Something uses it.
    DiskInUse {
        /// The use.
        by: Use,
    },
    /// The running system comes from it.
    LiveMedium {
        /// The disk's device name.
        device: String,
    },
    /// The machine was not started by UEFI.
    NoUefi,
    /// The system is to be built from a channel, and the live system has none.
    NoChannel,
    /// The live system's channel is of another release than the one that is wanted.
    OtherChannel {
        /// Its release.
        has: String,
        /// The one that is wanted.
        wanted: String,
    },
}

impl Refusal {
    /// The reason in one sentence, and what to do about it.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::DiskNotFound { selector } => gettext_f(
                "There is no disk that answers to “{selector}”. “snowmelt-cli disks” lists those there are.",
                &[("selector", selector)],
            ),
            Self::DiskAmbiguous { selector, devices } => gettext_f(
                "More than one disk answers to “{selector}”: {devices}. Name one of them by its link in /dev/disk/by-id.",
                &[("selector", selector), ("devices", &devices.join(", "))],
            ),
            Self::DiskTooSmall { device, size: has, needed } => {
                let (has, needed) = size::show_apart(*has, *needed);
                gettext_f(
                    "The disk {device} is too small: it has {size}, and this installation needs {needed}. Choose a larger disk or a smaller swap.",
                    &[("device", device), ("size", &has), ("needed", &needed)],
                )
            }
            Self::SwapTooSmall { size: has, memory } => {
                let (has, memory) = size::show_apart(*has, *memory);
                gettext_f(
                    "To hibernate, the swap file must hold the machine’s whole memory of {memory}; it has {size}. Make it larger, or choose another kind of swap.",
                    &[("memory", &memory), ("size", &has)],
                )
            }
            Self::NotErasable { device, erasure: Erasure::Discard } => gettext_f(
                "The disk {device} can’t be told that nothing on it is needed any more. Choose another way to erase it first, or none.",
                &[("device", device)],
            ),
            Self::NotErasable { device, .. } => gettext_f(
                "The disk {device} can’t erase itself now: it has no command for that, or the firmware has forbidden it at this start. Choose another way to erase it first, or none.",
                &[("device", device)],
            ),
            Self::DiskReadOnly { device } => gettext_f(
                "The disk {device} is read-only. Check for a write-protect switch, or choose another disk.",
                &[("device", device)],
            ),
            Self::DiskLocked { device } => gettext_f(
                "The disk {device} is locked with a password, so that nothing on it can be read or written. Take the password off with “hdparm --security-unlock” and then “hdparm --security-disable”, and have the disk looked at again with “udevadm trigger {device}”; or choose another disk. The password is “xxxx” if power was lost while the disk was erasing itself.",
                &[("device", device)],
            ),
            Self::DiskInUse { by } => use_sentence(by),
            Self::LiveMedium { device } => gettext_f(
                "The disk {device} holds the live system that is running now. Choose another disk.",
                &[("device", device)],
            ),
            Self::NoUefi => gettext(
                "This machine was not started in UEFI mode, which the installed system needs. Restart, turn UEFI boot on in the firmware settings, and start the live system again.",
            ),
            Self::NoChannel => gettext(
                "This live system has no NixOS channel to install from. Choose a new flake instead, or start an image that has one.",
            ),
            Self::OtherChannel { has, wanted } => gettext_f(
                "The NixOS channel of this live system is of release {has}, not {wanted}. Leave the release out, choose a new flake, or start an image of {wanted}.",
                &[("has", has), ("wanted", wanted)],
            ),
        }
    }

    /// A lasting word for this kind of refusal, for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::DiskNotFound { .. } => "disk-not-found",
            Self::DiskAmbiguous { .. } => "disk-ambiguous",
            Self::DiskTooSmall { .. } => "disk-too-small",
            Self::SwapTooSmall { .. } => "swap-too-small",
            Self::NotErasable { .. } => "not-erasable",
            Self::DiskReadOnly { .. } => "disk-read-only",
            Self::DiskLocked { .. } => "disk-locked",
            Self::DiskInUse { .. } => "disk-in-use",
            Self::LiveMedium { .. } => "live-medium",
            Self::NoUefi => "no-uefi",
            Self::NoChannel => "no-channel",
            Self::OtherChannel { .. } => "other-channel",
        }
    }
}

fn use_sentence(by: &Use) -> String {
    match by {
        Use::Mounted { device, mountpoint } => gettext_f(
            "{device} is in use: it is mounted at {mountpoint}. Eject it in the file manager, or unmount it with “udisksctl unmount -b {device}”.",
            &[("device", device), ("mountpoint", mountpoint)],
        ),
        Use::Swap { device } => gettext_f(
            "{device} is in use as swap. Turn it off first (“swapoff {device}”).",
            &[("device", device)],
        ),
        Use::Held { device, holder, kind } => {
            let values = [("device", device.as_str()), ("holder", holder.as_str())];
            match kind {
                Holder::Encrypted => gettext_f(
                    "{device} is in use: it is unlocked as {holder}. Lock it with “udisksctl lock -b {device}”, once nothing on it is mounted.",
                    &values,
                ),
                Holder::Lvm => gettext_f(
                    "{device} is in use: the logical volume {holder} is active on it. Deactivate its volume group first.",
                    &values,
                ),
                Holder::Raid => gettext_f(
                    "{device} is in use: it belongs to the running RAID array {holder}. Stop it first (“mdadm --stop {holder}”).",
                    &values,
                ),
                Holder::DeviceMapper | Holder::Other => {
                    gettext_f("{device} is in use: {holder} is built on it. Remove that first.", &values)
                }
            }
        }
    }
}

/// Finds the one disk that answers to `selector`.
///
/// # Errors
/// When none does, or more than one.
pub fn find_disk<'disks>(disks: &'disks [Disk], selector: &str) -> Result<&'disks Disk, Refusal> {
    let mut found = disks.iter().filter(|disk| disk.answers_to(selector));
    match (found.next(), found.next()) {
        (Some(disk), None) => Ok(disk),
        (None, _) => Err(Refusal::DiskNotFound { selector: selector.to_owned() }),
        (Some(_), Some(_)) => Err(Refusal::DiskAmbiguous {
            selector: selector.to_owned(),
            devices: disks
                .iter()
                .filter(|disk| disk.answers_to(selector))
                .map(|disk| disk.device.clone())
                .collect(),
        }),
    }
}

/// Reasons why the disk can't be used whatever is to be put on it.
#[must_use]
pub fn unusable(disk: &Disk) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if disk.live_medium {
        refusals.push(Refusal::LiveMedium { device: disk.device.clone() });
    }
    if disk.read_only {
        refusals.push(Refusal::DiskReadOnly { device: disk.device.clone() });
    }
    if disk.locked {
        refusals.push(Refusal::DiskLocked { device: disk.device.clone() });
    }
    refusals.extend(disk.uses.iter().cloned().map(|by| Refusal::DiskInUse { by }));
    refusals
}

/// Why what these answers want to be built from is not on this machine.
#[must_use]
pub fn missing_channel(machine: &Machine, answers: &Answers) -> Option<Refusal> {
    if !answers.uses_channel() {
        return None;
    }
    let wanted = answers.release(machine);
    match machine.channel.as_deref() {
        None => Some(Refusal::NoChannel),
        Some(has) if has != wanted => {
            Some(Refusal::OtherChannel { has: has.to_owned(), wanted: wanted.to_owned() })
        }
        Some(_) => None,
    }
}

/// All reasons why these answers can't be carried out on this machine, with this layout of theirs on
/// this disk.
#[must_use]
pub fn refusals(machine: &Machine, disk: &Disk, layout: &Layout, answers: &Answers) -> Vec<Refusal> {
    let erasure = answers.disk.erase;
    let mut refusals = Vec::new();
    if !machine.uefi {
        refusals.push(Refusal::NoUefi);
    }
    refusals.extend(missing_channel(machine, answers));
    refusals.extend(unusable(disk));
    let needed = layout.smallest_disk();
    if disk.identity.size < needed {
        refusals.push(Refusal::DiskTooSmall {
            device: disk.device.clone(),
            size: disk.identity.size,
            needed,
        });
    }
    if !disk.erasable.can(erasure) {
        refusals.push(Refusal::NotErasable { device: disk.device.clone(), erasure });
    }
    if let Some(size) = layout.swap_file
        && size < machine.memory
    {
        refusals.push(Refusal::SwapTooSmall { size, memory: machine.memory });
    }
    refusals
}
