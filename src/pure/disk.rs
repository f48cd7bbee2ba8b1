//! Disks as the plan sees them: one snapshot of what UDisks2 and the kernel say, without any
//! handle to either.

use serde::{Deserialize, Serialize};

use super::erasure::Erasable;
use super::health::Health;

/// What tells one disk from another, whatever name the kernel gave it this time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DiskIdentity {
    /// World Wide Name as UDisks2's `Drive.WWN` gives it, such as `0x5000c500a1b2c3d4`.
    pub wwn: Option<String>,
    /// Serial number (`Drive.Serial`).
    pub serial: Option<String>,
    /// Vendor (`Drive.Vendor`), may be empty.
    pub vendor: String,
    /// Model (`Drive.Model`), may be empty.
    pub model: String,
    /// Size in bytes (`Block.Size`).
    pub size: u64,
}

impl DiskIdentity {
    /// Whether `other` is the same disk: what both know must agree, and the size always must.
    ///
    /// Two disks of one model that have neither WWN nor serial can't be told apart by this; the
    /// device number, which can't change while the disk is held, decides then.
    #[must_use]
    pub fn is_same_disk(&self, other: &Self) -> bool {
        self.size == other.size
            && self.wwn == other.wwn
            && self.serial == other.serial
            && self.vendor == other.vendor
            && self.model == other.model
    }
}

/// How the disk is attached (`Drive.ConnectionBus`, and the driver where UDisks2 is silent).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bus {
    /// SATA or IDE.
    Ata,
    /// SCSI or SAS.
    Scsi,
    /// NVM Express.
    Nvme,
    /// USB.
    Usb,
    /// SD or MMC card.
    Mmc,
    /// A virtual machine's disk.
    Virtual,
    /// Anything else.
    Other,
}

/// A whole disk, with what is on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Disk {
    /// What tells it from other disks.
    pub identity: DiskIdentity,
    /// The kernel's present name for it, such as `/dev/nvme0n1`.
    pub device: String,
    /// Its kernel device number as `(major, minor)` (`Block.DeviceNumber`).
    pub number: (u32, u32),
    /// Its lasting names: the links in `/dev/disk/by-id` and `/dev/disk/by-path`
    /// (`Block.Symlinks`).
    pub links: Vec<String>,
    /// UDisks2's object path of the block device.
    pub object: String,
    /// What the boundaries of its partitions must be multiples of, in bytes: 1 MiB on nearly every
    /// disk. UDisks2 moves a boundary that is not one, and the next partition then overlaps it.
    pub alignment: u64,
    /// How it is attached.
    pub bus: Bus,
    /// Whether the drive or its medium can be taken out.
    pub removable: bool,
    /// Whether the kernel refuses writes to it (`Block.ReadOnly`).
    pub read_only: bool,
    /// Whether it is an ATA disk that is locked with a password: nothing can be read or written.
    #[serde(default)]
    pub locked: bool,
    /// What it says of its own health.
    #[serde(default)]
    pub health: Health,
    /// How it can be erased.
    #[serde(default)]
    pub erasable: Erasable,
    /// The partition table on it, if any.
    pub table: Option<Table>,
    /// What is written directly on it, without partitions.
    pub content: Option<Content>,
    /// Its partitions, by their place on the disk.
    pub partitions: Vec<Partition>,
    /// Everything that uses it or a part of it now.
    pub uses: Vec<Use>,
    /// Whether the running live system comes from it.
    pub live_medium: bool,
}

/// Kind of a partition table (`PartitionTable.Type`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Table {
    /// GUID partition table.
    Gpt,
    /// Master boot record.
    Dos,
    /// Any other, by UDisks2's name.
    Other(String),
}

/// What blkid recognises on a block device (`Block.IdUsage`, `IdType`, `IdLabel`, `IdUUID`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Content {
    /// `filesystem`, `crypto`, `raid` or `other`.
    pub usage: String,
    /// `ext4`, `vfat`, `crypto_LUKS`, `swap`, `LVM2_member` and so on.
    pub kind: String,
    /// Label, may be empty.
    pub label: String,
    /// UUID, may be empty.
    pub uuid: String,
}

/// One partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Partition {
    /// Its number in the table.
    pub number: u32,
    /// Kernel name, such as `/dev/nvme0n1p1`.
    pub device: String,
    /// First byte, from the beginning of the disk.
    pub offset: u64,
    /// Size in bytes.
    pub size: u64,
    /// Partition type as UDisks2 gives it: a GUID, or `0x83` on a DOS table.
    pub kind: String,
    /// Name in the table, may be empty.
    pub name: String,
    /// The partition's own UUID, may be empty.
    pub uuid: String,
    /// What is in it.
    pub content: Option<Content>,
}

/// A use that forbids erasing the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "use")]
pub enum Use {
    /// A filesystem on it is mounted.
    Mounted {
        /// The device that is mounted: the disk, a partition, or something built on one.
        device: String,
        /// Where.
        mountpoint: String,
    },
    /// Swap on it is active.
    Swap {
        /// The swap device.
        device: String,
    },
    /// Another block device is built on it.
    Held {
        /// The disk or partition that is held.
        device: String,
        /// The holder's kernel name, such as `/dev/dm-0` or `/dev/md127`.
        holder: String,
        /// What the holder is.
        kind: Holder,
    },
}

/// What kind of device is built on a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    /// An opened encrypted volume.
    Encrypted,
    /// A logical volume (LVM).
    Lvm,
    /// Another device-mapper device: multipath, an imaging tool and so on.
    DeviceMapper,
    /// A software RAID array.
    Raid,
    /// Anything else, such as bcache or a loop device.
    Other,
}

impl Disk {
    /// Vendor and model as a person would read them, or the device's name where the disk has
    /// neither.
    #[must_use]
    pub fn title(&self) -> String {
        let title = format!("{} {}", self.identity.vendor.trim(), self.identity.model.trim());
        let title = title.trim();
        if title.is_empty() { self.device.clone() } else { title.to_owned() }
    }

    /// The name of this disk among all that are there which lasts longest: its serial number or its
    /// WWN, if no other has the same, then a link, then its present device name.
    ///
    /// It is one that [`Self::answers_to`].
    #[must_use]
    pub fn lasting_name(&self, all: &[Self]) -> String {
        let identity = [self.identity.serial.as_deref(), self.identity.wwn.as_deref()].into_iter().flatten();
        let links = ["/dev/disk/by-id/", "/dev/disk/by-path/"].into_iter().flat_map(|folder| {
            self.links.iter().map(String::as_str).filter(move |link| link.starts_with(folder))
        });
        let is_only_ours = |name: &&str| {
            !name.trim().is_empty()
                && !name.contains(char::is_control)
                && all.iter().all(|disk| disk.object == self.object || !disk.answers_to(name))
        };
        identity.chain(links).find(is_only_ours).unwrap_or(&self.device).to_owned()
    }

    /// Whether `selector` names this disk: its present device name, one of its lasting links, its
    /// serial number or its WWN.
    #[must_use]
    pub fn answers_to(&self, selector: &str) -> bool {
        selector == self.device
            || self.links.iter().any(|link| link == selector)
            || self.identity.serial.as_deref() == Some(selector)
            || self.identity.wwn.as_deref() == Some(selector)
    }
}

/// What the tests of other files begin with.
#[cfg(test)]
pub(crate) mod fixture {
    use super::*;

    /// An empty disk of this size in bytes, without anything that tells it from others.
    pub(crate) fn plain_disk(size: u64) -> Disk {
        Disk {
            identity: DiskIdentity {
                wwn: None,
                serial: None,
                vendor: String::new(),
                model: String::new(),
                size,
            },
            device: "/dev/sda".to_owned(),
            number: (8, 0),
            links: Vec::new(),
            object: "/sda".to_owned(),
            alignment: 1 << 20,
            bus: Bus::Ata,
            removable: false,
            read_only: false,
            locked: false,
            health: crate::pure::health::Health::Unknown,
            erasable: Erasable::default(),
            table: None,
            content: None,
            partitions: Vec::new(),
            uses: Vec::new(),
            live_medium: false,
        }
    }

    /// A partition of 1 MiB at the beginning of that disk, with nothing in it.
    pub(crate) fn plain_partition(number: u32) -> Partition {
        Partition {
            number,
            device: format!("/dev/sda{number}"),
            offset: 0,
            size: 1 << 20,
            kind: String::new(),
            name: String::new(),
            uuid: String::new(),
            content: None,
        }
    }
}
