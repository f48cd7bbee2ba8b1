//! Reads the kernel's tables.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::alignment::alignment;
use super::{Device, Kernel, Kind, Mount, Number};

const BLOCK: &str = "/sys/class/block";
/// Has a directory for each mounted Btrfs (`fs/btrfs/sysfs.c` of the kernel).
const BTRFS: &str = "/sys/fs/btrfs";

pub(super) fn read() -> io::Result<Kernel> {
    let found: Vec<(String, Number, PathBuf)> = fs::read_dir(BLOCK)?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let number = parse_number(line(&entry.path().join("dev"))?.as_str())?;
            // sysfs writes `!` for the `/` of names such as `cciss/c0d0`.
            let name = entry.file_name().to_str()?.replace('!', "/");
            Some((name, number, entry.path()))
        })
        .collect();
    let number_of = |name: &str| {
        let name = name.replace('!', "/");
        found.iter().find(|(other, ..)| *other == name).map(|(_, number, _)| *number)
    };
    let mut devices: Vec<Device> = found
        .iter()
        .map(|(name, number, path)| Device {
            name: name.clone(),
            number: *number,
            disk: disk_of(path).as_deref().and_then(number_of),
            holders: names_in(&path.join("holders")).iter().filter_map(|name| number_of(name)).collect(),
            kind: kind(path),
            alignment: alignment_of(path),
            discards: number_at(&path.join("queue/discard_max_bytes")) > 0,
        })
        .collect();
    devices.sort_by_key(|device| device.number);
    Ok(Kernel {
        mounts: parse_mounts(&fs::read_to_string("/proc/self/mountinfo")?, block_number),
        swaps: parse_swaps(&fs::read_to_string("/proc/swaps")?, block_number),
        spans: names_in(Path::new(BTRFS))
            .iter()
            .map(|filesystem| {
                let devices = names_in(&Path::new(BTRFS).join(filesystem).join("devices"));
                devices.iter().filter_map(|name| number_of(name)).collect::<Vec<_>>()
            })
            .filter(|devices| devices.len() > 1)
            .collect(),
        devices,
    })
}

/// Parses `/proc/self/mountinfo`; `block_number` finds the number of a block device by its path.
///
/// Btrfs, which has no device number of its own there, is found by its source.
#[must_use]
pub fn parse_mounts(table: &str, block_number: impl Fn(&str) -> Option<Number>) -> Vec<Mount> {
    table
        .lines()
        .filter_map(|line| {
            let (place, filesystem) = line.split_once(" - ")?;
            let mut place = place.split(' ');
            let number = parse_number(place.nth(2)?)?;
            let mountpoint = unescape(place.nth(1)?);
            let mut filesystem = filesystem.splitn(3, ' ');
            let kind = filesystem.next()?.to_owned();
            let source = unescape(filesystem.next()?);
            let options = filesystem.next().unwrap_or_default().to_owned();
            // Major number 0 is for filesystems without a block device of their own.
            let device = if number.0 == 0 { block_number(&source) } else { Some(number) };
            Some(Mount { device, mountpoint, kind, options })
        })
        .collect()
}

/// Parses `/proc/swaps` (`proc_swaps(5)`) and gives the block devices in it; `block_number` finds
/// the number of a block device by its path.
///
/// A swap file is a use of the filesystem that it lies on, which is mounted.
#[must_use]
pub fn parse_swaps(table: &str, block_number: impl Fn(&str) -> Option<Number>) -> Vec<Number> {
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split_whitespace();
            let path = unescape(fields.next()?);
            if fields.next()? == "partition" { block_number(&path) } else { None }
        })
        .collect()
}

/// Undoes the kernel's escapes: `\040` for a space and so on, in octal.
pub fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let octal = after
            .get(..3)
            .filter(|_| byte == b'\\')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match octal {
            Some(value) => {
                bytes.push(value);
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn block_number(path: &str) -> Option<Number> {
    if !path.starts_with("/dev/") {
        return None;
    }
    let metadata = fs::metadata(path).ok().filter(|metadata| metadata.file_type().is_block_device())?;
    Some((rustix::fs::major(metadata.rdev()), rustix::fs::minor(metadata.rdev())))
}

fn parse_number(text: &str) -> Option<Number> {
    let (major, minor) = text.trim().split_once(':')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The kernel name of the disk that the device at `path` is a partition of: sysfs keeps a
/// partition's directory in its disk's.
fn disk_of(path: &Path) -> Option<String> {
    if !path.join("partition").exists() {
        return None;
    }
    let directory = fs::canonicalize(path).ok()?;
    Some(directory.parent()?.file_name()?.to_str()?.to_owned())
}

fn kind(path: &Path) -> Kind {
    if path.join("dm").is_dir() {
        return Kind::Mapped { uuid: line(&path.join("dm/uuid")).unwrap_or_default() };
    }
    if path.join("md").is_dir() {
        return Kind::Raid;
    }
    match line(&path.join("loop/backing_file")) {
        Some(backing_file) => {
            Kind::Loop { backing_file, partitions: line(&path.join("loop/partscan")).as_deref() == Some("1") }
        }
        None => Kind::Plain,
    }
}

fn alignment_of(path: &Path) -> u64 {
    let number = |name: &str| number_at(&path.join(name));
    // sysfs counts the size in units of 512 bytes, whatever the sector size.
    alignment(
        number("size").saturating_mul(512),
        number("queue/optimal_io_size"),
        number("queue/minimum_io_size"),
        number("queue/physical_block_size"),
    )
}

/// The number in a file of sysfs; 0 where there is none.
fn number_at(path: &Path) -> u64 {
    line(path).and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn names_in(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

fn line(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim_end_matches('\n').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw,errors=remount-ro
30 22 0:35 /home /home rw,noatime shared:2 master:1 - btrfs /dev/mapper/enc rw,subvol=/home
31 22 0:36 / /run rw - tmpfs tmpfs rw
32 22 8:17 / /media/My\\040Disk\\134x rw - vfat /dev/sdb1 rw
";

    fn numbers(path: &str) -> Option<Number> {
        match path {
            "/dev/mapper/enc" => Some((253, 0)),
            "/dev/sda3" => Some((8, 3)),
            _ => None,
        }
    }

    #[test]
    fn mounts_have_their_device_even_on_btrfs_and_their_mountpoint_unescaped() {
        let mounts = parse_mounts(MOUNTS, numbers);
        let seen: Vec<_> = mounts.iter().map(|mount| (mount.device, mount.mountpoint.as_str())).collect();
        assert_eq!(
            seen,
            [
                (Some((8, 2)), "/"),
                (Some((253, 0)), "/home"),
                (None, "/run"),
                (Some((8, 17)), r"/media/My Disk\x"),
            ]
        );
        assert_eq!(mounts[1].options, "rw,subvol=/home");
    }

    #[test]
    fn only_swap_on_devices_counts() {
        let table = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n\
                     /dev/sda3                               partition\t1048572\t\t0\t\t-2\n\
                     /swapfile                               file\t\t1048572\t\t0\t\t-3\n";
        assert_eq!(parse_swaps(table, numbers), [(8, 3)]);
        assert_eq!(parse_swaps("", numbers), []);
    }

    #[test]
    fn a_backslash_that_escapes_nothing_stays() {
        assert_eq!(unescape(r"a\b\04"), r"a\b\04");
        assert_eq!(unescape(r"tab\011end"), "tab\tend");
    }
}
