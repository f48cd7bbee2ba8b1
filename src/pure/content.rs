//! What is on a disk, in the words of the person who may lose it.

use serde::Serialize;

use super::disk::{Bus, Content, Disk, Table};
use crate::i18n::{gettext, gettext_f, ngettext_f};

/// Something on a disk that an installation destroys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Loss {
    /// Device that it is on: a partition, or the whole disk.
    pub device: String,
    /// Size of that device in bytes.
    pub size: u64,
    /// What it is, for the person.
    pub what: String,
}

/// Everything on the disk that an installation destroys, by its place on the disk.
#[must_use]
pub fn losses(disk: &Disk) -> Vec<Loss> {
    let whole = disk.content.as_ref().map(|content| Loss {
        device: disk.device.clone(),
        size: disk.identity.size,
        what: words(content),
    });
    let partitions = disk.partitions.iter().map(|partition| {
        let what = match &partition.content {
            Some(content) => words(content),
            None if partition.name.is_empty() => gettext("a partition without known content"),
            None => gettext_f("the partition “{name}” without known content", &[("name", &partition.name)]),
        };
        Loss { device: partition.device.clone(), size: partition.size, what }
    });
    whole.into_iter().chain(partitions).collect()
}

/// What blkid has recognised, such as “ext4 filesystem “data””.
#[must_use]
pub fn words(content: &Content) -> String {
    let kind = match (content.usage.as_str(), content.kind.as_str()) {
        (_, "crypto_LUKS") => gettext("encrypted volume (LUKS)"),
        (_, "BitLocker") => gettext("encrypted volume (BitLocker)"),
        (_, "LVM2_member") => gettext("part of an LVM volume group"),
        // Its usage is another in each version of blkid.
        (_, "zfs_member") => gettext("part of a ZFS pool"),
        (_, "swap") => gettext("swap"),
        (_, "vfat") => gettext("FAT filesystem"),
        (_, "ntfs") => gettext("Windows filesystem (NTFS)"),
        (_, "apfs" | "hfsplus") => gettext("Mac filesystem"),
        ("raid", kind) => gettext_f("part of a RAID array ({kind})", &[("kind", kind)]),
        ("filesystem", kind) => gettext_f("{kind} filesystem", &[("kind", kind)]),
        (_, "") => gettext("data of an unknown kind"),
        (_, kind) => kind.to_owned(),
    };
    if content.label.is_empty() {
        kind
    } else {
        gettext_f("{kind} “{label}”", &[("kind", &kind), ("label", &content.label)])
    }
}

/// The disk's partition table and how many partitions are in it, in a few words.
#[must_use]
pub fn table_words(disk: &Disk) -> String {
    let count = u32::try_from(disk.partitions.len()).unwrap_or(u32::MAX);
    let number = count.to_string();
    let table = match &disk.table {
        None => return disk.content.as_ref().map_or_else(|| gettext("nothing recognised on it"), words),
        Some(Table::Gpt) => "GPT",
        Some(Table::Dos) => "MBR",
        Some(Table::Other(other)) => other,
    };
    ngettext_f(
        "{table} with {count} partition",
        "{table} with {count} partitions",
        count,
        &[("table", table), ("count", &number)],
    )
}

/// How a disk is attached, in a word.
#[must_use]
pub fn bus_words(bus: Bus) -> String {
    match bus {
        Bus::Ata => "SATA".to_owned(),
        Bus::Scsi => "SCSI".to_owned(),
        Bus::Nvme => "NVMe".to_owned(),
        Bus::Usb => "USB".to_owned(),
        Bus::Mmc => gettext("card"),
        Bus::Virtual => gettext("virtual"),
        Bus::Other => gettext("other"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::disk::Partition;
    use crate::pure::disk::fixture::{plain_disk, plain_partition};

    fn content(usage: &str, kind: &str, label: &str) -> Content {
        Content { usage: usage.into(), kind: kind.into(), label: label.into(), uuid: String::new() }
    }

    fn disk(table: Option<Table>, whole: Option<Content>, partitions: Vec<Partition>) -> Disk {
        Disk { table, content: whole, partitions, ..plain_disk(1 << 30) }
    }

    fn partition(number: u32, name: &str, content: Option<Content>) -> Partition {
        Partition { name: name.to_owned(), content, ..plain_partition(number) }
    }

    #[test]
    fn every_partition_is_named_even_an_unknown_one() {
        let disk = disk(
            Some(Table::Gpt),
            None,
            vec![
                partition(1, "x", Some(content("filesystem", "ext4", "data"))),
                partition(2, "secret", None),
                partition(3, "", None),
            ],
        );
        let losses = losses(&disk);
        let what: Vec<&str> = losses.iter().map(|loss| loss.what.as_str()).collect();
        assert_eq!(
            what,
            [
                "ext4 filesystem “data”",
                "the partition “secret” without known content",
                "a partition without known content"
            ]
        );
        assert_eq!(losses[1].device, "/dev/sda2");
        assert_eq!(table_words(&disk), "GPT with 3 partitions");
    }

    #[test]
    fn a_filesystem_without_partitions_is_a_loss_too() {
        let disk = disk(None, Some(content("crypto", "crypto_LUKS", "")), Vec::new());
        assert_eq!(losses(&disk)[0].device, "/dev/sda");
        assert_eq!(table_words(&disk), "encrypted volume (LUKS)");
    }

    #[test]
    fn a_blank_disk_loses_nothing_that_is_known() {
        let blank = disk(None, None, Vec::new());
        assert!(losses(&blank).is_empty());
        assert_eq!(
            table_words(&disk(Some(Table::Dos), None, vec![partition(1, "", None)])),
            "MBR with 1 partition"
        );
    }
}
