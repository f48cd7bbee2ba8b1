//! What the kernel says about block devices and their use: sysfs, the mount table, active swap.
//!
//! UDisks2 knows what is on a disk, but not everything that is built on it. Formatting a disk
//! whose partitions are mounted or held overwrites them without an error (UDisks2's documentation
//! of `Block.Format`), so the kernel is asked too.

mod alignment;
mod live;
mod read;
mod udev;
mod uses;

pub use live::live_disks;
pub use read::{parse_mounts, parse_swaps, unescape};
pub use udev::{is_locked, parse_properties, properties};

use std::io;

/// A kernel device number as `(major, minor)`.
pub type Number = (u32, u32);

/// Everything that the kernel says, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kernel {
    /// Every block device.
    pub devices: Vec<Device>,
    /// The mounts of this process's mount namespace, in the order in which they were made.
    pub mounts: Vec<Mount>,
    /// The block devices that are active swap.
    pub swaps: Vec<Number>,
    /// For each mounted filesystem that spans several devices, all of its devices.
    pub spans: Vec<Vec<Number>>,
}

/// One block device as sysfs shows it (`Documentation/ABI/stable/sysfs-block` of the kernel).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Kernel name without `/dev/`, such as `nvme0n1p1`.
    pub name: String,
    /// Device number.
    pub number: Number,
    /// The disk that it is a partition of.
    pub disk: Option<Number>,
    /// The devices that are built on it.
    pub holders: Vec<Number>,
    /// What kind of device it is.
    pub kind: Kind,
    /// What the boundaries of partitions on it must be multiples of, in bytes.
    pub alignment: u64,
    /// Whether it takes note of what is not needed any more (`queue/discard_max_bytes`).
    pub discards: bool,
}

/// What kind of block device it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Nothing special: a disk, a partition, a medium.
    Plain,
    /// Made by device-mapper; `uuid` tells by whom, such as `CRYPT-LUKS2-…` or `LVM-…`.
    Mapped {
        /// `dm/uuid`, may be empty.
        uuid: String,
    },
    /// A software RAID array.
    Raid,
    /// A loop device.
    Loop {
        /// The file or device behind it (`loop/backing_file`).
        backing_file: String,
        /// Whether it is set up to have partitions (`loop/partscan`).
        partitions: bool,
    },
}

/// One mount (`proc_pid_mountinfo(5)`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The block device behind it, if there is one.
    pub device: Option<Number>,
    /// Where.
    pub mountpoint: String,
    /// Filesystem type.
    pub kind: String,
    /// The filesystem's own options, such as an overlay's layers.
    pub options: String,
}

impl Kernel {
    /// Asks the kernel.
    ///
    /// # Errors
    /// When `/sys/class/block`, `/proc/self/mountinfo` or `/proc/swaps` can't be read. A device
    /// that goes away meanwhile is left out.
    pub fn read() -> io::Result<Self> {
        read::read()
    }

    /// The device with this number.
    #[must_use]
    pub fn device(&self, number: Number) -> Option<&Device> {
        self.devices.iter().find(|device| device.number == number)
    }

    /// Whether a device is a whole disk: no partition, and built on no other device, as what
    /// device-mapper, RAID and bcache make is. A loop device is one when it is set up to have partitions,
    /// that is, when somebody made it to be a disk.
    #[must_use]
    pub fn is_whole_disk(&self, device: &Device) -> bool {
        match device.kind {
            Kind::Plain => {
                device.disk.is_none()
                    && !self.devices.iter().any(|other| other.holders.contains(&device.number))
            }
            Kind::Loop { partitions, .. } => partitions,
            Kind::Mapped { .. } | Kind::Raid => false,
        }
    }

    /// How many partitions a disk has.
    #[must_use]
    pub fn partitions(&self, disk: Number) -> usize {
        self.devices.iter().filter(|device| device.disk == Some(disk)).count()
    }

    /// The device's path, such as `/dev/nvme0n1p1`, or `major:minor` where sysfs has no such
    /// device.
    #[must_use]
    pub fn path(&self, number: Number) -> String {
        self.device(number)
            .map_or_else(|| format!("{}:{}", number.0, number.1), |device| format!("/dev/{}", device.name))
    }
}

/// A device with nothing special about it.
#[cfg(test)]
pub(crate) fn plain_device(name: &str, number: Number, disk: Option<Number>, holders: &[Number]) -> Device {
    Device {
        name: name.to_owned(),
        number,
        disk,
        holders: holders.to_vec(),
        kind: Kind::Plain,
        alignment: 1 << 20,
        discards: false,
    }
}
