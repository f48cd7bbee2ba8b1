//! Finds the devices by itself and makes sure of them.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::time::Duration;

use rustix::fs::{FlockOperation, OFlags, flock};
use uuid::Uuid;

use super::failure;
use super::identity::{Known, identity, is_planned};
use super::volume::{self, Volume, find_esp, forbidden_use};
use crate::boundary::block::{Device, Kernel, Number, live_disks, properties};
use crate::pure::call::{Command, Paths};
use crate::pure::disk::{DiskIdentity, Use};
use crate::pure::protocol::{Failure, VolumeId};
use crate::pure::reason::Reason;

/// Bytes in a sector as sysfs counts them, whatever the disk's own are
/// (`Documentation/ABI/stable/sysfs-block`).
const SECTOR: u64 = 512;
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
}

impl Devices {
    /// Finds them, checks that the disk is the planned one, that nothing uses it, and that the
    /// running system does not come from it.
    pub(super) async fn open(
        planned: &DiskIdentity,
        wanted: VolumeId,
        esp: Uuid,
        lock: &mut Option<DiskLock>,
    ) -> Result<Self, Failure> {
        let lost = |error: io::Error| failure(Reason::VolumeNotFound { volume: wanted }, error);
        let kernel = Kernel::read().map_err(lost)?;
        let volume = volume::find(&kernel, wanted, &udev)?;
        let disk_path = kernel.path(volume.disk);
        check_disk(&kernel, &volume, planned)?;
        DiskLock::take(&kernel, volume.disk, lock)?;
        let esp = find_esp(&kernel, &volume, esp, &udev)?;
        let others = kernel
            .devices
            .iter()
            .filter(|device| device.disk == Some(volume.disk) && device.number != volume.partition);
        check_unclaimed(&kernel, others.map(|device| device.number).chain([volume.device])).await?;

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
                disk: disk_path,
                volume: volume_path,
                esp: esp_path,
                encrypted_partition: partition_path,
                system: String::new(),
            },
            _held: held,
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

/// A whole disk, found and held, with nothing on it that is used.
#[derive(Debug)]
pub(super) struct WholeDisk {
    path: String,
    _held: File,
}

impl WholeDisk {
    /// Finds it, checks that it is the only one that is as planned, that nothing uses it, and that
    /// the running system does not come from it.
    pub(super) async fn open(planned: &DiskIdentity, lock: &mut Option<DiskLock>) -> Result<Self, Failure> {
        let title = format!("{} {}", planned.vendor, planned.model).trim().to_owned();
        let wrong = |cause: String| failure(Reason::WrongDisk { device: title.clone() }, cause);
        let kernel = Kernel::read().map_err(|error| wrong(error.to_string()))?;
        let found = that_are(&kernel, planned);
        let &[number] = &found[..] else {
            return Err(wrong(format!("planned: {planned:?}; that many are so: {}", found.len())));
        };
        check_not_live(&kernel, number)?;
        // Before the look at what uses it: another helper's volume would be told of, not that helper.
        DiskLock::take(&kernel, number, lock)?;
        check_unused(kernel.uses(number, &BTreeMap::new()).into_iter().next())?;
        let parts = kernel.devices.iter().filter(|device| device.disk == Some(number));
        check_unclaimed(&kernel, parts.map(|part| part.number).chain([number])).await?;
        let path = kernel.path(number);
        let held = hold(&path, number).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { path, _held: held })
    }

    /// The arguments of a command that is about the disk alone.
    pub(super) fn resolve(&self, command: &Command) -> Vec<String> {
        command.resolve(&Paths { disk: self.path.clone(), ..Paths::default() })
    }
}

/// The disks that are as planned.
fn that_are(kernel: &Kernel, planned: &DiskIdentity) -> Vec<Number> {
    let is_it = |device: &&Device| {
        kernel.is_whole_disk(device)
            && known(&device.name, device.number).is_ok_and(|known| is_planned(&identity(&known), planned))
    };
    kernel.devices.iter().filter(is_it).map(|device| device.number).collect()
}

/// The device-mapper names of the encrypted volumes that are unlocked on partitions of the disk, where
/// it is the only one that is as planned.
pub(super) fn unlocked_on(planned: &DiskIdentity) -> Vec<String> {
    let Ok(kernel) = Kernel::read() else { return Vec::new() };
    let &[disk] = &that_are(&kernel, planned)[..] else { return Vec::new() };
    let encrypted = volume::encrypted_on(&kernel, disk).into_iter();
    encrypted.filter_map(|number| mapped_name(number).ok()).collect()
}

fn check_disk(kernel: &Kernel, volume: &Volume, planned: &DiskIdentity) -> Result<(), Failure> {
    check_not_live(kernel, volume.disk)?;
    let device = kernel.path(volume.disk);
    let name = kernel.device(volume.disk).map(|disk| disk.name.clone()).unwrap_or_default();
    let known = known(&name, volume.disk)
        .map_err(|error| failure(Reason::WrongDisk { device: device.clone() }, error))?;
    let found = identity(&known);
    if !is_planned(&found, planned) {
        let cause = format!("planned: {planned:?}; found: {found:?}");
        return Err(failure(Reason::WrongDisk { device }, cause));
    }
    check_unused(forbidden_use(kernel, volume))
}

fn check_not_live(kernel: &Kernel, disk: Number) -> Result<(), Failure> {
    if live_disks(kernel).contains(&disk) {
        let device = kernel.path(disk);
        return Err(failure(Reason::LiveMedium { device }, "the running system is mounted from it"));
    }
    Ok(())
}

fn check_unused(by: Option<Use>) -> Result<(), Failure> {
    match by {
        Some(by) => Err(failure(Reason::InUse { by: by.clone() }, format!("{by:?}"))),
        None => Ok(()),
    }
}

/// Asks the kernel, which refuses an exclusive opening of what is used by anything at all, in
/// whatever mount namespace.
async fn check_unclaimed(kernel: &Kernel, devices: impl Iterator<Item = Number>) -> Result<(), Failure> {
    for number in devices {
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

/// The lock that only one helper can have for a disk, as long as this lives.
#[derive(Debug)]
pub(super) struct DiskLock {
    disk: Number,
    _file: File,
}

impl DiskLock {
    /// Takes it, where it is not held already.
    fn take(kernel: &Kernel, disk: Number, held: &mut Option<Self>) -> Result<(), Failure> {
        if held.as_ref().is_none_or(|held| held.disk != disk) {
            *held = Some(Self { disk, _file: lock(kernel, disk)? });
        }
        Ok(())
    }
}

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
    let path = format!("/dev/mapper/{}", mapped_name(mapped)?);
    match hold(&path, mapped) {
        Ok(_) => Ok(path),
        Err(_) => Ok(kernel.path(mapped)),
    }
}

fn mapped_name(mapped: Number) -> io::Result<String> {
    let name = fs::read_to_string(sysfs(mapped).join("dm/name"))?;
    Ok(name.trim_end_matches('\n').to_owned())
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
        wwid: fs::read_to_string(sysfs.join("wwid")).ok(),
    })
}

/// udev's properties of a device, for looking for one: none where they can't be read.
fn udev(number: Number) -> BTreeMap<String, String> {
    properties(number).unwrap_or_default()
}

fn sysfs(number: Number) -> PathBuf {
    PathBuf::from(format!("/sys/dev/block/{}:{}", number.0, number.1))
}
