//! Which operating systems seem to be on a disk, by its table and what is recognised in it: nothing
//! is mounted to find out.

use super::disk::{Disk, Partition, Table};
use super::layout::Role;
use crate::i18n::gettext_f;

const ESP: &str = Role::Esp.type_guid();
/// Microsoft's reserved partition: on every disk that Windows has laid out, also on one for data.
const MICROSOFT_RESERVED: &str = "e3c9e316-0b5c-4db8-817d-f92df00215ae";
/// Windows's recovery environment, by GPT and by MBR: only where Windows itself is.
const WINDOWS_RECOVERY: [&str; 2] = ["de94bba4-06d1-4d40-a16a-bfd50179d6ac", "0x27"];
/// Apple's partitions for starting: recovery, boot, and what Apple's own processors start from.
const APPLE_BOOT: [&str; 4] = [
    "426f6f74-0000-11aa-aa11-00306543ecac",
    "52637672-7900-11aa-aa11-00306543ecac",
    "5265636f-7665-11aa-aa11-00306543ecac",
    "69646961-6700-11aa-aa11-00306543ecac",
];
/// Roots of x86, x86-64, ARM, ARM64 and RISC-V, and `/usr` of x86-64 and ARM64 (Discoverable Partitions
/// Specification).
const LINUX_SYSTEM: [&str; 7] = [
    "44479540-f297-41b2-9af7-d131d5f0458a",
    "4f68bce3-e8cd-4db1-96e7-fbcaf984b709",
    "69dad710-2ce4-4e3c-b16c-21a1d49abed3",
    "b921b045-1df0-41c3-af44-4c6f280d3fae",
    "72ec70a6-cf74-40e6-bd49-4bda08e8f224",
    "8484680c-9521-48c6-9c11-b0720656f69e",
    "b0e01050-ee5f-4390-949a-9101b17104e9",
];
/// What a Linux can have its root on.
const LINUX_CONTENT: [&str; 6] = ["ext4", "btrfs", "xfs", "f2fs", "crypto_LUKS", "LVM2_member"];
/// FreeBSD's loader, UFS and ZFS.
const FREEBSD: [&str; 3] = [
    "83bd6b9d-7f41-11dc-be0b-001560b84f0f",
    "516e7cb6-6ecf-11d6-8ff8-00022d09712b",
    "516e7cba-6ecf-11d6-8ff8-00022d09712b",
];
/// ChromeOS's kernel.
const CHROMEOS: &str = "fe3a2a5d-4f32-41a7-b725-accc3285a309";

/// The names of the systems that seem to be on the disk, which are the same in every language.
#[must_use]
pub fn systems(disk: &Disk) -> Vec<&'static str> {
    let found = |is: &dyn Fn(&Partition) -> bool| disk.partitions.iter().any(is);
    let typed = |kinds: &[&str]| found(&|partition| is_one(partition, kinds));
    let holds =
        |kinds: &[&str]| found(&|partition| content(partition).is_some_and(|kind| kinds.contains(&kind)));
    let starts = typed(&[ESP]);

    let windows = holds(&["ntfs", "BitLocker"])
        && (typed(&WINDOWS_RECOVERY) || (starts && typed(&[MICROSOFT_RESERVED])));
    let macos = holds(&["apfs", "hfsplus"]) && (starts || typed(&APPLE_BOOT));
    let chromeos = typed(&[CHROMEOS]);
    let nixos = found(&|partition| {
        partition.content.as_ref().is_some_and(|content| {
            LINUX_CONTENT.contains(&content.kind.as_str()) && content.label.eq_ignore_ascii_case("nixos")
        })
    });
    let dos = disk.table == Some(Table::Dos);
    let linux = typed(&LINUX_SYSTEM) || ((starts || dos) && holds(&LINUX_CONTENT));
    [
        (windows, "Windows"),
        (macos, "macOS"),
        (nixos, "NixOS"),
        // ChromeOS has Linux's filesystems too.
        (linux && !nixos && !chromeos, "Linux"),
        (chromeos, "ChromeOS"),
        (typed(&FREEBSD), "FreeBSD"),
    ]
    .into_iter()
    .filter_map(|(found, name)| found.then_some(name))
    .collect()
}

/// The same in a sentence, where there are any.
#[must_use]
pub fn systems_words(disk: &Disk) -> Option<String> {
    let names = systems(disk);
    (!names.is_empty()).then(|| {
        gettext_f("Operating systems that seem to be on it: {names}", &[("names", &names.join(", "))])
    })
}

fn is_one(partition: &Partition, kinds: &[&str]) -> bool {
    kinds.iter().any(|kind| partition.kind.eq_ignore_ascii_case(kind))
}

fn content(partition: &Partition) -> Option<&str> {
    partition.content.as_ref().map(|content| content.kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::disk::Content;
    use crate::pure::disk::fixture::{plain_disk, plain_partition};

    const DATA: &str = "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7";
    const LINUX: &str = "0fc63daf-8483-4772-8e79-3d69d8477de4";
    const APFS: &str = "7c3457ef-0000-11aa-aa11-00306543ecac";

    /// What is found on a disk with these partitions: type, content, label.
    fn found(table: Table, partitions: &[(&str, &str, &str)]) -> Vec<&'static str> {
        let partitions = partitions.iter().zip(1..).map(|((kind, content, label), number)| Partition {
            size: 1 << 30,
            kind: (*kind).to_owned(),
            content: (!content.is_empty()).then(|| Content {
                usage: "filesystem".to_owned(),
                kind: (*content).to_owned(),
                label: (*label).to_owned(),
                uuid: String::new(),
            }),
            ..plain_partition(number)
        });
        systems(&Disk { table: Some(table), partitions: partitions.collect(), ..plain_disk(1 << 40) })
    }

    #[test]
    fn a_disk_as_windows_lays_it_out_has_windows_and_one_for_its_data_has_not() {
        let windows = [(ESP, "vfat", ""), (MICROSOFT_RESERVED, "", ""), (DATA, "ntfs", "")];
        assert_eq!(found(Table::Gpt, &windows), ["Windows"]);
        let locked = [(ESP, "vfat", ""), (MICROSOFT_RESERVED, "", ""), (DATA, "BitLocker", "")];
        assert_eq!(found(Table::Gpt, &locked), ["Windows"]);
        assert_eq!(found(Table::Gpt, &windows[1..]), [""; 0]);
        assert_eq!(found(Table::Dos, &[("0x07", "ntfs", ""), ("0x27", "ntfs", "")]), ["Windows"]);
        assert_eq!(found(Table::Dos, &[("0x07", "ntfs", "Photos")]), [""; 0]);
    }

    #[test]
    fn systems_beside_each_other_are_all_named() {
        let both = [
            ("C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "vfat", ""),
            (MICROSOFT_RESERVED, "", ""),
            (DATA, "ntfs", ""),
            (LINUX, "ext4", ""),
        ];
        assert_eq!(found(Table::Gpt, &both), ["Windows", "Linux"]);
        assert_eq!(found(Table::Gpt, &[(ESP, "vfat", ""), (APFS, "apfs", "")]), ["macOS"]);
        assert_eq!(found(Table::Gpt, &[(FREEBSD[0], "", ""), (FREEBSD[2], "zfs_member", "")]), ["FreeBSD"]);
    }

    #[test]
    fn a_linux_is_known_by_its_root_s_type_or_by_what_it_is_started_from() {
        assert_eq!(found(Table::Gpt, &[(LINUX_SYSTEM[1], "", "")]), ["Linux"]);
        assert_eq!(found(Table::Gpt, &[(ESP, "vfat", ""), (LINUX, "crypto_LUKS", "")]), ["Linux"]);
        assert_eq!(found(Table::Dos, &[("0x83", "ext4", "")]), ["Linux"]);
        assert_eq!(found(Table::Gpt, &[(LINUX, "ext4", "backup")]), [""; 0]);
        assert_eq!(found(Table::Gpt, &[(ESP, "vfat", ""), (LINUX, "btrfs", "NIXOS")]), ["NixOS"]);
        assert_eq!(
            found(Table::Gpt, &[(ESP, "vfat", ""), (CHROMEOS, "", ""), (LINUX, "ext4", "")]),
            ["ChromeOS"]
        );
    }

    #[test]
    fn an_empty_disk_has_none() {
        assert_eq!(found(Table::Gpt, &[]), [""; 0]);
        assert_eq!(found(Table::Gpt, &[(ESP, "vfat", "")]), [""; 0]);
    }
}
