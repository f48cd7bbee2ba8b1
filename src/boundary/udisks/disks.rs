//! Turns UDisks2's objects and the kernel's tables into disks.

use std::collections::{BTreeMap, BTreeSet};

use super::objects::{Block, Drive, Objects};
use crate::boundary::block::{Kernel, Kind, Number};
use crate::pure::disk::{Bus, Content, Disk, DiskIdentity, Partition, Table};
use crate::pure::erasure::{Erasable, OwnErasure};
use crate::pure::layout::SMALLEST_ALIGNMENT;

/// Kernel names of devices that are never a disk to install to: memory, floppy and optical drives,
/// network and flash translation devices that UDisks2 gives no drive.
const NEVER: [&str; 6] = ["ram", "zram", "fd", "sr", "mtdblock", "nbd"];

pub(super) fn disks(
    objects: &Objects,
    kernel: &Kernel,
    live: &BTreeSet<Number>,
    is_locked: impl Fn(Number) -> bool,
) -> Vec<Disk> {
    let mountpoints: BTreeMap<Number, Vec<String>> = objects
        .blocks
        .values()
        .filter(|block| !block.mountpoints.is_empty())
        .map(|block| (block.number, block.mountpoints.clone()))
        .collect();
    let mut disks: Vec<Disk> = objects
        .blocks
        .iter()
        .filter_map(|(path, block)| {
            let drive = block.drive.as_ref().and_then(|drive| objects.drives.get(drive));
            is_disk(block, drive, kernel).then(|| Disk {
                identity: identity(block, drive),
                device: block.device.clone(),
                number: block.number,
                links: links(block),
                object: path.clone(),
                alignment: kernel.device(block.number).map_or(SMALLEST_ALIGNMENT, |device| device.alignment),
                bus: bus(block, drive),
                removable: drive.is_some_and(|drive| drive.removable),
                read_only: block.read_only,
                health: drive.map(|drive| drive.health.clone()).unwrap_or_default(),
                erasable: Erasable {
                    discard: kernel.device(block.number).is_some_and(|device| device.discards),
                    own: own_erasure(objects, block, drive),
                },
                table: block.table.as_deref().map(table),
                content: content(block),
                partitions: partitions(objects, path),
                uses: kernel.uses(block.number, &mountpoints),
                locked: is_locked(block.number),
                live_medium: live.contains(&block.number),
            })
        })
        .collect();
    disks.sort_by(|one, other| by_name(&one.device, &other.device));
    disks
}

/// `sdb` before `sdaa`, `nvme2n1` before `nvme10n1`.
fn by_name(one: &str, other: &str) -> std::cmp::Ordering {
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

/// Whether a block device is a disk that a person could install to, or would expect to see.
///
/// What is built on other devices is none: its disks are shown, and are in use. Nor are the live
/// image's own loop devices.
fn is_disk(block: &Block, drive: Option<&Drive>, kernel: &Kernel) -> bool {
    if block.partition.is_some() || block.size == 0 || block.hint_ignore {
        return false;
    }
    if drive.is_some_and(|drive| drive.optical) {
        return false;
    }
    let name = name(block);
    let numbered = |prefix: &str| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|digit| digit.is_ascii_digit()))
    };
    if NEVER.iter().any(|prefix| numbered(prefix)) || is_mmc_special(name) {
        return false;
    }
    match kernel.device(block.number) {
        Some(device) => {
            let usable = !numbered("loop") || (device.kind != Kind::Plain && !block.read_only);
            kernel.is_whole_disk(device) && usable
        }
        // Gone or not there yet: the next snapshot knows.
        None => false,
    }
}

/// The boot, replay-protected and general-purpose areas of an eMMC, which the kernel shows as
/// devices beside the disk (`drivers/mmc/core/block.c`).
fn is_mmc_special(name: &str) -> bool {
    let rest = name.strip_prefix("mmcblk").unwrap_or_default();
    let area = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
    area.starts_with("boot") || area.starts_with("rpmb") || area.starts_with("gp")
}

fn name(block: &Block) -> &str {
    block.device.strip_prefix("/dev/").unwrap_or(&block.device)
}

fn identity(block: &Block, drive: Option<&Drive>) -> DiskIdentity {
    let known = |text: &String| (!text.is_empty()).then(|| text.clone());
    DiskIdentity {
        // An NVMe drive has none of its own, and may have several namespaces of one size.
        wwn: drive.and_then(|drive| known(&drive.wwn)).or_else(|| block.namespace.as_ref().and_then(known)),
        serial: drive.and_then(|drive| known(&drive.serial)),
        vendor: drive.map(|drive| drive.vendor.clone()).unwrap_or_default(),
        model: drive.map(|drive| drive.model.clone()).unwrap_or_default(),
        size: block.size,
    }
}

/// The command that erases no more than this disk.
///
/// A drive may erase all of its namespaces at one's command (NVM Express Base Specification, Identify
/// Controller, FNA), and UDisks2 does not tell which do: so only one that is alone is erased so.
fn own_erasure(objects: &Objects, block: &Block, drive: Option<&Drive>) -> Option<OwnErasure> {
    let minutes = drive.map_or(0, |drive| drive.erase_minutes);
    if block.namespace.is_some() {
        let of_the_drive =
            objects.blocks.values().filter(|other| other.namespace.is_some() && other.drive == block.drive);
        return (of_the_drive.count() == 1).then_some(OwnErasure::Nvme);
    }
    (minutes > 0).then_some(OwnErasure::Ata { minutes })
}

fn links(block: &Block) -> Vec<String> {
    let mut links: Vec<String> = block
        .symlinks
        .iter()
        .filter(|link| link.starts_with("/dev/disk/by-id/") || link.starts_with("/dev/disk/by-path/"))
        .cloned()
        .collect();
    links.sort();
    links
}

fn bus(block: &Block, drive: Option<&Drive>) -> Bus {
    let name = name(block);
    let connection = drive.map(|drive| drive.connection_bus.as_str()).unwrap_or_default();
    match connection {
        "usb" => Bus::Usb,
        "sdio" => Bus::Mmc,
        _ if name.starts_with("nvme") => Bus::Nvme,
        _ if name.starts_with("mmcblk") => Bus::Mmc,
        _ if ["vd", "xvd", "ubd", "loop"].iter().any(|prefix| name.starts_with(prefix)) => Bus::Virtual,
        _ if drive.is_some_and(|drive| drive.ata) || name.starts_with("hd") => Bus::Ata,
        _ if name.starts_with("sd") => Bus::Scsi,
        _ => Bus::Other,
    }
}

fn table(kind: &str) -> Table {
    match kind {
        "gpt" => Table::Gpt,
        "dos" => Table::Dos,
        other => Table::Other(other.to_owned()),
    }
}

/// What blkid found, other than a partition table, which has its own property.
fn content(block: &Block) -> Option<Content> {
    if block.id_type.is_empty() {
        return None;
    }
    Some(Content {
        usage: if block.id_usage.is_empty() { "other".to_owned() } else { block.id_usage.clone() },
        kind: block.id_type.clone(),
        label: block.id_label.clone(),
        uuid: block.id_uuid.clone(),
    })
}

fn partitions(objects: &Objects, disk: &str) -> Vec<Partition> {
    let mut partitions: Vec<Partition> = objects
        .blocks
        .values()
        .filter_map(|block| {
            let partition = block.partition.as_ref()?;
            (partition.table.as_deref() == Some(disk)).then(|| Partition {
                number: partition.number,
                device: block.device.clone(),
                offset: partition.offset,
                size: partition.size,
                kind: partition.kind.clone(),
                name: partition.name.clone(),
                uuid: partition.uuid.clone(),
                content: content(block),
            })
        })
        .collect();
    partitions.sort_by_key(|partition| (partition.offset, partition.number));
    partitions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundary::block::Device;

    fn block(device: &str, number: Number) -> Block {
        Block { device: device.to_owned(), number, size: 1 << 30, ..Block::default() }
    }

    fn plain(name: &str, number: Number, disk: Option<Number>) -> Device {
        Device {
            name: name.to_owned(),
            number,
            disk,
            holders: Vec::new(),
            kind: Kind::Plain,
            alignment: 1 << 20,
            discards: false,
        }
    }

    fn seen(blocks: Vec<Block>, devices: Vec<Device>) -> Vec<String> {
        let objects = Objects {
            blocks: blocks.into_iter().map(|block| (format!("/blocks{}", block.device), block)).collect(),
            drives: BTreeMap::from([(
                "/drives/optical".to_owned(),
                Drive { optical: true, ..Drive::default() },
            )]),
        };
        let kernel = Kernel { devices, ..Kernel::default() };
        disks(&objects, &kernel, &BTreeSet::new(), |_| false).into_iter().map(|disk| disk.device).collect()
    }

    #[test]
    fn only_disks_are_disks_and_they_come_in_the_order_of_their_names() {
        let names = [
            ("nvme10n1", true),
            ("nvme2n1", true),
            ("mmcblk0", true),
            ("mmcblk0boot0", false),
            ("mmcblk0rpmb", false),
            ("ubda", true),
            ("vda", true),
            ("ram0", false),
            ("zram0", false),
            ("sr0", false),
            ("loop0", false),
            ("sdaa", true),
            ("sdb", true),
        ];
        let number = |index: usize| (8, u32::try_from(index).unwrap());
        let blocks =
            names.iter().enumerate().map(|(index, (name, _))| block(&format!("/dev/{name}"), number(index)));
        let devices = names.iter().enumerate().map(|(index, (name, _))| plain(name, number(index), None));
        let shown = seen(blocks.collect(), devices.collect());
        assert_eq!(shown.len(), names.iter().filter(|(_, disk)| *disk).count());
        for (name, disk) in names {
            assert_eq!(shown.contains(&format!("/dev/{name}")), disk, "{name}");
        }
        assert_eq!(shown.first().map(String::as_str), Some("/dev/sdb"));
        assert_eq!(shown.last().map(String::as_str), Some("/dev/nvme10n1"));
    }

    #[test]
    fn a_namespace_is_told_from_its_sisters_and_does_not_erase_them() {
        let namespace = |device: &str, number, drive: &str, wwn: &str| Block {
            drive: Some(drive.to_owned()),
            namespace: Some(wwn.to_owned()),
            ..block(device, number)
        };
        let partition = Block {
            drive: Some("/drives/a".to_owned()),
            partition: Some(super::super::objects::Partition::default()),
            ..block("/dev/nvme0n1p1", (259, 1))
        };
        let alone = namespace("/dev/nvme0n1", (259, 0), "/drives/a", "eui.1");
        let others = ["1", "2"].map(|nsid| {
            let number = (259, 10 + nsid.parse::<u32>().unwrap());
            namespace(&format!("/dev/nvme1n{nsid}"), number, "/drives/b", &format!("eui.b{nsid}"))
        });
        let blocks: Vec<Block> = [alone, partition].into_iter().chain(others).collect();
        let devices = blocks
            .iter()
            .map(|block| plain(block.device.trim_start_matches("/dev/"), block.number, None))
            .collect();
        let drive = || Drive { serial: "S".to_owned(), ..Drive::default() };
        let objects = Objects {
            blocks: blocks.into_iter().map(|block| (format!("/blocks{}", block.device), block)).collect(),
            drives: ["/drives/a", "/drives/b"].map(|path| (path.to_owned(), drive())).into(),
        };
        let kernel = Kernel { devices, ..Kernel::default() };
        let disks = disks(&objects, &kernel, &BTreeSet::new(), |_| false);
        let told: Vec<_> = disks
            .iter()
            .map(|disk| (disk.device.as_str(), disk.identity.wwn.as_deref(), disk.erasable.own))
            .collect();
        assert_eq!(
            told,
            [
                ("/dev/nvme0n1", Some("eui.1"), Some(OwnErasure::Nvme)),
                ("/dev/nvme1n1", Some("eui.b1"), None),
                ("/dev/nvme1n2", Some("eui.b2"), None),
            ]
        );
        assert!(!disks[1].identity.is_same_disk(&disks[2].identity));
    }

    #[test]
    fn layers_partitions_empty_drives_and_discs_are_no_disks() {
        let mut mapped = plain("dm-0", (253, 0), None);
        mapped.kind = Kind::Mapped { uuid: "CRYPT-LUKS2-x".to_owned() };
        let mut raid = plain("md0", (9, 0), None);
        raid.kind = Kind::Raid;
        let partition = Block {
            partition: Some(super::super::objects::Partition::default()),
            ..block("/dev/sda1", (8, 1))
        };
        let disc = Block { drive: Some("/drives/optical".to_owned()), ..block("/dev/sdc", (8, 32)) };
        let shown = seen(
            vec![
                block("/dev/dm-0", (253, 0)),
                block("/dev/md0", (9, 0)),
                block("/dev/bcache0", (251, 0)),
                partition,
                Block { size: 0, ..block("/dev/sdb", (8, 16)) },
                Block { hint_ignore: true, ..block("/dev/sde", (8, 64)) },
                disc,
                block("/dev/gone", (8, 48)),
            ],
            vec![
                mapped,
                raid,
                plain("bcache0", (251, 0), None),
                plain("sda1", (8, 1), Some((8, 0))),
                Device { holders: vec![(251, 0)], ..plain("sdb", (8, 16), None) },
                plain("sdc", (8, 32), None),
                plain("sde", (8, 64), None),
            ],
        );
        assert_eq!(shown, [""; 0]);
    }

    #[test]
    fn a_loop_device_is_a_disk_when_it_was_made_to_be_one() {
        let looped = |partitions| Device {
            kind: Kind::Loop { backing_file: "/disk.img".to_owned(), partitions },
            ..plain("loop0", (7, 0), None)
        };
        assert_eq!(seen(vec![block("/dev/loop0", (7, 0))], vec![looped(true)]), ["/dev/loop0"]);
        assert_eq!(seen(vec![block("/dev/loop0", (7, 0))], vec![looped(false)]), [""; 0]);
        let read_only = Block { read_only: true, ..block("/dev/loop0", (7, 0)) };
        assert_eq!(seen(vec![read_only], vec![looped(true)]), [""; 0]);
    }
}
