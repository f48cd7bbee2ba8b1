//! Finds the devices by itself and makes sure of them.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, OFlags, flock};
use uuid::Uuid;

use super::failure;
use super::identity::{Known, identity, is_planned, parse_properties};
use crate::boundary::block::{Device, Kernel, Kind, Number, live_disks};
use crate::pure::call::Paths;
use crate::pure::disk::{DiskIdentity, Use};
use crate::pure::layout::Role;
use crate::pure::protocol::{Failure, VolumeId};
use crate::pure::reason::Reason;

/// Bytes in a sector as sysfs counts them, whatever the disk's own are
/// (`Documentation/ABI/stable/sysfs-block`).
const SECTOR: u64 = 512;
/// udev's database.
const UDEV: &str = "/run/udev/data";
/// How often a claimed device is looked at again, and how long it is waited in between: programs
/// that look at a new partition hold it for a moment.
const CLAIM_TRIES: usize = 20;
const CLAIM_PAUSE: Duration = Duration::from_millis(100);
/// Where the locks are that keep two helpers from one disk. Only root can make files there.
const LOCKS: &str = "/run/snowmelt";

/// The devices that the installation is about, found and held: as long as this lives their kernel
/// numbers can't pass to other devices.
#[derive(Debug)]
pub(super) struct Devices {
    /// Where they are.
    pub(super) paths: Paths,
    numbers: [(String, Number); 3],
    _held: [File; 3],
    _lock: File,
}

impl Devices {
    /// Finds them, checks that the disk is the planned one, that nothing uses it, and that the
    /// running system does not come from it.
    pub(super) async fn open(planned: &DiskIdentity, wanted: VolumeId, esp: Uuid) -> Result<Self, Failure> {
        let lost = |error: io::Error| failure(Reason::VolumeNotFound { volume: wanted }, error);
        let kernel = Kernel::read().map_err(lost)?;
        let volume = match wanted {
            VolumeId::Luks(luks) => find_encrypted(&kernel, luks)?,
            VolumeId::Partition(partition) => find_plain(&kernel, partition, &udev)?,
        };
        let disk_path = kernel.path(volume.disk);
        check_disk(&kernel, &volume, planned)?;
        let lock = lock(&kernel, volume.disk)?;
        let esp = find_esp(&kernel, &volume, esp)?;
        check_unclaimed(&kernel, &volume).await?;

        let volume_path = if volume.is_encrypted() {
            mapped_path(&kernel, volume.device).map_err(lost)?
        } else {
            kernel.path(volume.device)
        };
        let esp_path = kernel.path(esp);
        let partition_path = kernel.path(volume.partition);
        let held = [
            hold(&volume_path, volume.device).map_err(lost)?,
            hold(&esp_path, esp).map_err(lost)?,
            hold(&disk_path, volume.disk).map_err(lost)?,
        ];
        Ok(Self {
            numbers: [
                (volume_path.clone(), volume.device),
                (esp_path.clone(), esp),
                (partition_path.clone(), volume.partition),
            ],
            paths: Paths {
                volume: volume_path,
                esp: esp_path,
                encrypted_partition: partition_path,
                system: String::new(),
            },
            _held: held,
            _lock: lock,
        })
    }

    /// Whether the filesystem lies in an encrypted volume.
    pub(super) fn is_encrypted(&self) -> bool {
        self.paths.volume != self.paths.encrypted_partition
    }

    /// Checks that the paths still lead to the devices that are held.
    pub(super) fn check(&self) -> Result<(), Failure> {
        for (path, number) in &self.numbers {
            let _opened = hold(path, *number)
                .map_err(|error| failure(Reason::WrongDisk { device: path.clone() }, error))?;
        }
        Ok(())
    }
}

/// What the filesystem is made on, and what that lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Volume {
    /// The opened volume, or the partition itself where nothing is encrypted.
    device: Number,
    partition: Number,
    disk: Number,
}

impl Volume {
    fn is_encrypted(self) -> bool {
        self.device != self.partition
    }
}

/// The prefix of `dm/uuid` that cryptsetup gives a LUKS2 volume, up to its name.
fn luks_prefix(luks: Uuid) -> String {
    format!("CRYPT-LUKS2-{}-", luks.simple())
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

/// Finds a partition in clear by its UUID in the partition table, and by its type there.
fn find_plain(kernel: &Kernel, partition: Uuid, udev: &Udev) -> Result<Volume, Failure> {
    let none =
        |cause: &str| failure(Reason::VolumeNotFound { volume: VolumeId::Partition(partition) }, cause);
    let is_it = |device: &&Device| is_partition(&udev(device.number), partition, Role::Filesystem);
    let found = only(kernel.devices.iter().filter(is_it))
        .ok_or_else(|| none("not exactly one partition has this UUID and the type of Linux data"))?;
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

fn check_disk(kernel: &Kernel, volume: &Volume, planned: &DiskIdentity) -> Result<(), Failure> {
    let device = kernel.path(volume.disk);
    if live_disks(kernel).contains(&volume.disk) {
        return Err(failure(Reason::LiveMedium { device }, "the running system is mounted from it"));
    }
    let name = kernel.device(volume.disk).map(|disk| disk.name.clone()).unwrap_or_default();
    let known = known(&name, volume.disk)
        .map_err(|error| failure(Reason::WrongDisk { device: device.clone() }, error))?;
    let found = identity(&known);
    if !is_planned(&found, planned) {
        let cause = format!("planned: {planned:?}; found: {found:?}");
        return Err(failure(Reason::WrongDisk { device }, cause));
    }
    match forbidden_use(kernel, volume) {
        Some(by) => Err(failure(Reason::InUse { by: by.clone() }, format!("{by:?}"))),
        None => Ok(()),
    }
}

/// The first use of the disk beside an encrypted volume's own hold on its partition.
fn forbidden_use(kernel: &Kernel, volume: &Volume) -> Option<Use> {
    let (partition, mapped) = (kernel.path(volume.partition), kernel.path(volume.device));
    let is_own = |by: &Use| {
        volume.is_encrypted()
            && matches!(by, Use::Held { device, holder, .. } if *device == partition && *holder == mapped)
    };
    kernel.uses(volume.disk, &BTreeMap::new()).into_iter().find(|by| !is_own(by))
}

fn find_esp(kernel: &Kernel, volume: &Volume, esp: Uuid) -> Result<Number, Failure> {
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

/// Asks the kernel, which refuses an exclusive opening of what is used by anything at all, in
/// whatever mount namespace.
async fn check_unclaimed(kernel: &Kernel, volume: &Volume) -> Result<(), Failure> {
    let parts = kernel
        .devices
        .iter()
        .filter(|device| device.disk == Some(volume.disk) && device.number != volume.partition)
        .map(|device| device.number);
    for number in parts.chain([volume.device]) {
        let device = kernel.path(number);
        let mut tried = 0;
        while let Err(error) = open_exclusively(&device) {
            if error.kind() != io::ErrorKind::ResourceBusy || tried == CLAIM_TRIES {
                return Err(failure(Reason::Claimed { device }, error));
            }
            tried += 1;
            tokio::time::sleep(CLAIM_PAUSE).await;
        }
    }
    Ok(())
}

fn open_exclusively(device: &str) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(OFlags::EXCL.bits().cast_signed()).open(device)
}

/// Takes the lock that only one helper can have for a disk, until the returned file is closed.
///
/// Not on the device itself: while that is locked, udev leaves its events alone.
fn lock(kernel: &Kernel, disk: Number) -> Result<File, Failure> {
    let device = kernel.path(disk);
    let path = format!("{LOCKS}/disk-{}-{}.lock", disk.0, disk.1);
    let unwritable = |error: io::Error| failure(Reason::FileFailed { path: path.clone() }, error);
    match fs::create_dir(LOCKS) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(unwritable(error)),
        _ => {}
    }
    let flags = OFlags::NOFOLLOW.bits().cast_signed();
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(flags)
        .open(&path)
        .map_err(unwritable)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(error) => Err(failure(Reason::AnotherInstallation { device }, error)),
    }
}

/// Opens a device for reading and makes sure that it is the one with this number.
fn hold(path: &str, number: Number) -> io::Result<File> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    let found = (rustix::fs::major(metadata.rdev()), rustix::fs::minor(metadata.rdev()));
    if metadata.file_type().is_block_device() && found == number {
        return Ok(file);
    }
    Err(io::Error::other(format!("{path} is not the block device {}:{}", number.0, number.1)))
}

/// The path that people know a mapped device by, and that the installed system will use.
fn mapped_path(kernel: &Kernel, mapped: Number) -> io::Result<String> {
    let name = fs::read_to_string(sysfs(mapped).join("dm/name"))?;
    let path = format!("/dev/mapper/{}", name.trim_end_matches('\n'));
    match hold(&path, mapped) {
        Ok(_) => Ok(path),
        Err(_) => Ok(kernel.path(mapped)),
    }
}

fn known(name: &str, disk: Number) -> io::Result<Known> {
    let sysfs = sysfs(disk);
    let sectors = fs::read_to_string(sysfs.join("size"))?;
    let sectors: u64 = sectors.trim().parse().map_err(io::Error::other)?;
    let attribute = |name: &str| fs::read_to_string(sysfs.join("device").join(name)).ok();
    Ok(Known {
        name: name.to_owned(),
        size: sectors.saturating_mul(SECTOR),
        properties: properties(disk)?,
        serial: attribute("serial"),
        model: attribute("model"),
    })
}

/// Gives udev's properties of a device; fixed in the program, chosen in tests.
type Udev = dyn Fn(Number) -> BTreeMap<String, String>;

/// udev's properties of a device, for looking for one: none where they can't be read.
fn udev(number: Number) -> BTreeMap<String, String> {
    properties(number).unwrap_or_default()
}

/// udev's properties of a device; none where it has no entry.
fn properties(number: Number) -> io::Result<BTreeMap<String, String>> {
    let path = Path::new(UDEV).join(format!("b{}:{}", number.0, number.1));
    match fs::read(path) {
        Ok(bytes) => Ok(parse_properties(&String::from_utf8_lossy(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error),
    }
}

fn sysfs(number: Number) -> PathBuf {
    PathBuf::from(format!("/sys/dev/block/{}:{}", number.0, number.1))
}

fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundary::block::Mount;

    const SDA: Number = (8, 0);
    const SDA1: Number = (8, 1);
    const SDA2: Number = (8, 2);
    const ENC: Number = (253, 0);
    const LUKS: Uuid = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);

    fn device(name: &str, number: Number, disk: Option<Number>, holders: &[Number]) -> Device {
        Device {
            name: name.to_owned(),
            number,
            disk,
            holders: holders.to_vec(),
            kind: Kind::Plain,
            alignment: 1 << 20,
        }
    }

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

    /// udev's properties where these partitions have these UUIDs and types.
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
        assert_eq!(found(&[(SDA2, LUKS, Role::Volume)]), none, "of another type");
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
