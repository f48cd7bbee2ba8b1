//! Finds among the machine's devices what the filesystem is made on, and the EFI system partition
//! beside it.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::failure;
use crate::boundary::block::{Device, Kernel, Kind, Number};
use crate::pure::disk::Use;
use crate::pure::layout::Role;
use crate::pure::protocol::{Failure, VolumeId};
use crate::pure::reason::Reason;

/// Gives udev's properties of a device; fixed in the program, chosen in tests.
pub(super) type Udev = dyn Fn(Number) -> BTreeMap<String, String>;

/// What the filesystem is made on, and what that lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Volume {
    /// The opened volume, or the partition itself where nothing is encrypted.
    pub(super) device: Number,
    /// The partition.
    pub(super) partition: Number,
    /// Its disk.
    pub(super) disk: Number,
}

impl Volume {
    pub(super) fn is_encrypted(self) -> bool {
        self.device != self.partition
    }
}

/// Finds it.
pub(super) fn find(kernel: &Kernel, wanted: VolumeId, udev: &Udev) -> Result<Volume, Failure> {
    match wanted {
        VolumeId::Luks(luks) => find_encrypted(kernel, luks),
        VolumeId::Partition(partition) => find_plain(kernel, partition, udev),
    }
}

/// The prefix of `dm/uuid` that cryptsetup gives a LUKS2 volume, up to its name.
fn luks_prefix(luks: Uuid) -> String {
    format!("CRYPT-LUKS2-{}-", luks.simple())
}

/// The encrypted volumes that are unlocked on the disk or its partitions.
pub(super) fn encrypted_on(kernel: &Kernel, disk: Number) -> Vec<Number> {
    let is_on_it = |device: &&Device| device.number == disk || device.disk == Some(disk);
    let held = kernel.devices.iter().filter(is_on_it).flat_map(|device| device.holders.iter().copied());
    held.filter(|holder| {
        kernel
            .device(*holder)
            .is_some_and(|device| matches!(&device.kind, Kind::Mapped { uuid } if uuid.starts_with("CRYPT-")))
    })
    .collect()
}

fn find_encrypted(kernel: &Kernel, luks: Uuid) -> Result<Volume, Failure> {
    let none = |cause: &str| failure(Reason::VolumeNotFound { volume: VolumeId::Luks(luks) }, cause);
    let prefix = luks_prefix(luks);
    let is_it = |device: &&Device| matches!(&device.kind, Kind::Mapped { uuid } if uuid.starts_with(&prefix));
    let mapped = only(kernel.devices.iter().filter(is_it))
        .ok_or_else(|| none("not exactly one device-mapper device has this UUID"))?;
    let lower = kernel.devices.iter().filter(|device| device.holders.contains(&mapped.number));
    let partition = only(lower).ok_or_else(|| none("it does not lie on exactly one device"))?;
    let disk = partition.disk.ok_or_else(|| none("it does not lie on a partition"))?;
    Ok(Volume { device: mapped.number, partition: partition.number, disk })
}

/// Finds a partition in clear by its UUID in the partition table, by its type there, which an
/// encrypted one has too, and by the filesystem in it.
fn find_plain(kernel: &Kernel, partition: Uuid, udev: &Udev) -> Result<Volume, Failure> {
    let none =
        |cause: &str| failure(Reason::VolumeNotFound { volume: VolumeId::Partition(partition) }, cause);
    let is_it = |device: &&Device| {
        let properties = udev(device.number);
        is_partition(&properties, partition, Role::Filesystem)
            && properties.get("ID_FS_TYPE").is_some_and(|kind| kind == "btrfs")
    };
    let found = only(kernel.devices.iter().filter(is_it)).ok_or_else(|| {
        none("not exactly one partition has this UUID, the type of Linux data and a Btrfs filesystem")
    })?;
    let disk = found.disk.ok_or_else(|| none("it is no partition of a disk"))?;
    Ok(Volume { device: found.number, partition: found.number, disk })
}

/// Whether these are udev's properties of the partition with this UUID and the type for `role`.
fn is_partition(properties: &BTreeMap<String, String>, partition: Uuid, role: Role) -> bool {
    let has =
        |key: &str, value: &str| properties.get(key).is_some_and(|found| found.eq_ignore_ascii_case(value));
    has("ID_PART_ENTRY_UUID", &partition.hyphenated().to_string())
        && has("ID_PART_ENTRY_TYPE", role.type_guid())
}

/// The first use of the disk beside an encrypted volume's own hold on its partition.
pub(super) fn forbidden_use(kernel: &Kernel, volume: &Volume) -> Option<Use> {
    let (partition, mapped) = (kernel.path(volume.partition), kernel.path(volume.device));
    let is_own = |by: &Use| {
        volume.is_encrypted()
            && matches!(by, Use::Held { device, holder, .. } if *device == partition && *holder == mapped)
    };
    kernel.uses(volume.disk, &BTreeMap::new()).into_iter().find(|by| !is_own(by))
}

pub(super) fn find_esp(kernel: &Kernel, volume: &Volume, esp: Uuid, udev: &Udev) -> Result<Number, Failure> {
    let is_it = |device: &&Device| {
        device.disk == Some(volume.disk)
            && device.number != volume.partition
            && is_partition(&udev(device.number), esp, Role::Esp)
    };
    only(kernel.devices.iter().filter(is_it)).map(|device| device.number).ok_or_else(|| {
        let device = kernel.path(volume.disk);
        failure(
            Reason::EspNotFound { device, esp },
            "not exactly one partition of the disk has this UUID and the type of an EFI system partition",
        )
    })
}

fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundary::block::{Mount, plain_device as device};

    const SDA: Number = (8, 0);
    const SDA1: Number = (8, 1);
    const SDA2: Number = (8, 2);
    const ENC: Number = (253, 0);
    const LUKS: Uuid = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);

    fn prepared() -> Kernel {
        let uuid = "CRYPT-LUKS2-0123456789abcdef0123456789abcdef-enc".to_owned();
        Kernel {
            devices: vec![
                device("sda", SDA, None, &[]),
                device("sda1", SDA1, Some(SDA), &[]),
                device("sda2", SDA2, Some(SDA), &[ENC]),
                Device { kind: Kind::Mapped { uuid }, ..device("dm-0", ENC, None, &[]) },
            ],
            ..Kernel::default()
        }
    }

    #[test]
    fn the_volume_is_found_with_its_partition_and_disk() {
        let volume = Volume { device: ENC, partition: SDA2, disk: SDA };
        assert_eq!(find_encrypted(&prepared(), LUKS), Ok(volume));
        assert_eq!(forbidden_use(&prepared(), &volume), None);
    }

    #[test]
    fn of_a_disk_only_what_is_encrypted_on_it_is_locked() {
        let mut kernel = prepared();
        assert_eq!(encrypted_on(&kernel, SDA), [ENC]);
        assert_eq!(encrypted_on(&kernel, (8, 16)), []);
        kernel.devices[3].kind = Kind::Mapped { uuid: "LVM-x".to_owned() };
        assert_eq!(encrypted_on(&kernel, SDA), []);
    }

    #[test]
    fn a_volume_that_is_not_there_or_not_on_one_partition_is_not_found() {
        let fails = |kernel: &Kernel, luks| {
            let volume = VolumeId::Luks(luks);
            assert_eq!(find_encrypted(kernel, luks).unwrap_err().reason, Reason::VolumeNotFound { volume });
        };
        fails(&prepared(), Uuid::nil());
        let mut locked = prepared();
        let _mapped = locked.devices.pop();
        fails(&locked, LUKS);
        let mut whole_disk = prepared();
        whole_disk.devices[2].disk = None;
        fails(&whole_disk, LUKS);
        let mut spread = prepared();
        spread.devices[1].holders.push(ENC);
        fails(&spread, LUKS);
        let mut twice = prepared();
        let again = twice.devices[3].clone();
        twice.devices.push(Device { number: (253, 1), ..again });
        fails(&twice, LUKS);
    }

    fn content(role: Role) -> &'static str {
        match role {
            Role::Esp => "vfat",
            Role::Swap => "swap",
            Role::RandomSwap => "",
            Role::Volume => "crypto_LUKS",
            Role::Filesystem => "btrfs",
        }
    }

    /// udev's properties where these partitions have these UUIDs, types and contents.
    fn udev_with(parts: &'static [(Number, Uuid, Role)]) -> impl Fn(Number) -> BTreeMap<String, String> {
        move |number| {
            let found = parts.iter().find(|(part, _, _)| *part == number);
            found
                .into_iter()
                .flat_map(|(_, uuid, role)| {
                    // The case of the letters means nothing.
                    [
                        ("ID_PART_ENTRY_UUID".to_owned(), uuid.to_string().to_uppercase()),
                        ("ID_PART_ENTRY_TYPE".to_owned(), role.type_guid().to_owned()),
                        ("ID_FS_TYPE".to_owned(), content(*role).to_owned()),
                    ]
                })
                .collect()
        }
    }

    #[test]
    fn a_partition_in_clear_is_found_by_its_uuid_and_type_and_once() {
        const OTHER: Uuid = Uuid::from_u128(7);
        let mut kernel = prepared();
        kernel.devices.truncate(3);
        kernel.devices[2].holders.clear();
        let found = |parts| find_plain(&kernel, LUKS, &udev_with(parts)).map_err(|error| error.reason);
        let volume = Volume { device: SDA2, partition: SDA2, disk: SDA };
        assert_eq!(found(&[(SDA1, OTHER, Role::Esp), (SDA2, LUKS, Role::Filesystem)]), Ok(volume));
        assert!(!volume.is_encrypted());
        let none = Err(Reason::VolumeNotFound { volume: VolumeId::Partition(LUKS) });
        assert_eq!(found(&[]), none);
        assert_eq!(found(&[(SDA2, OTHER, Role::Filesystem)]), none);
        assert_eq!(found(&[(SDA2, LUKS, Role::Swap)]), none, "of another type");
        assert_eq!(found(&[(SDA2, LUKS, Role::Volume)]), none, "with something else in it");
        assert_eq!(found(&[(SDA1, LUKS, Role::Filesystem), (SDA2, LUKS, Role::Filesystem)]), none, "twice");
        assert_eq!(found(&[(SDA, LUKS, Role::Filesystem)]), none, "a whole disk");
        assert_eq!(forbidden_use(&kernel, &volume), None);
        // What lies on the partition is no part of the installation then.
        let held = prepared();
        assert!(matches!(forbidden_use(&held, &volume), Some(Use::Held { .. })));
    }

    #[test]
    fn any_other_use_of_the_disk_is_found() {
        let volume = Volume { device: ENC, partition: SDA2, disk: SDA };
        for (number, name) in [(SDA, "sda"), (SDA1, "sda1"), (ENC, "dm-0")] {
            let mut kernel = prepared();
            kernel.mounts.push(Mount {
                device: Some(number),
                mountpoint: "/x".to_owned(),
                kind: "vfat".to_owned(),
                options: String::new(),
            });
            let by = Use::Mounted { device: format!("/dev/{name}"), mountpoint: "/x".to_owned() };
            assert_eq!(forbidden_use(&kernel, &volume), Some(by));

            let mut kernel = prepared();
            kernel.swaps.push(number);
            assert_eq!(forbidden_use(&kernel, &volume), Some(Use::Swap { device: format!("/dev/{name}") }));

            let mut kernel = prepared();
            kernel.devices.push(device("md0", (9, 0), None, &[]));
            let used = kernel.devices.iter_mut().find(|device| device.number == number).unwrap();
            used.holders.push((9, 0));
            assert!(matches!(forbidden_use(&kernel, &volume), Some(Use::Held { .. })), "{name}");
        }
    }
}
