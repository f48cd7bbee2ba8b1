//! A disk as a bar of its parts, in proportion, and the same in words.

use super::content;
use super::disk::{Content, Disk};
use super::layout::{Layout, Role};
use super::size::{self, MIB};
use crate::i18n::{gettext, gettext_f};

/// Free space below this is no part of its own: what alignment leaves over, in bytes.
const SMALLEST_FREE: u64 = 16 * MIB;

/// One part of a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// First byte, from the beginning of the disk.
    pub start: u64,
    /// Size in bytes, never 0.
    pub size: u64,
    /// What it is, for its colour.
    pub kind: SegmentKind,
    /// What it is, for the person.
    pub words: String,
}

/// Kinds of parts. A colour never tells alone: [`Segment::words`] do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentKind {
    /// Nothing is there.
    Free,
    /// What the firmware starts from.
    Boot,
    /// Windows.
    Windows,
    /// Another system's or plain data.
    Data,
    /// Swap.
    Swap,
    /// Encrypted.
    Encrypted,
    /// A part of LVM or RAID.
    Member,
    /// Not recognised.
    Unknown,
}

impl SegmentKind {
    /// The CSS class for its colour.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Free => "segment-free",
            Self::Boot => "segment-boot",
            Self::Windows => "segment-windows",
            Self::Data => "segment-data",
            Self::Swap => "segment-swap",
            Self::Encrypted => "segment-encrypted",
            Self::Member => "segment-member",
            Self::Unknown => "segment-unknown",
        }
    }
}

/// The disk as it is: its parts in their order with the free space between, without overlap, all
/// within the disk.
#[must_use]
pub fn segments(disk: &Disk) -> Vec<Segment> {
    let end = disk.identity.size;
    if disk.partitions.is_empty()
        && let Some(content) = &disk.content
    {
        let words = content::words(content);
        return pieces(end, std::iter::once((0, end, kind_of(Some(content), ""), words)));
    }
    let mut partitions: Vec<_> = disk
        .partitions
        .iter()
        // An extended partition holds the others.
        .filter(|partition| !["0x5", "0x05", "0xf", "0x0f", "0x85"].contains(&partition.kind.as_str()))
        .map(|partition| {
            let words = match &partition.content {
                Some(content) => content::words(content),
                None if partition.name.is_empty() => gettext("unknown content"),
                None => gettext_f("unknown content “{name}”", &[("name", &partition.name)]),
            };
            (partition.offset, partition.size, kind_of(partition.content.as_ref(), &partition.kind), words)
        })
        .collect();
    partitions.sort_by_key(|(start, size, ..)| (*start, *size));
    pieces(end, partitions.into_iter())
}

/// What each of [`content::losses`] is, in their order.
#[must_use]
pub fn kinds(disk: &Disk) -> Vec<SegmentKind> {
    let whole = disk.content.as_ref().map(|content| kind_of(Some(content), ""));
    let partitions =
        disk.partitions.iter().map(|partition| kind_of(partition.content.as_ref(), &partition.kind));
    whole.into_iter().chain(partitions).collect()
}

/// The disk as the layout makes it. `disk_size` in bytes.
#[must_use]
pub fn segments_after(layout: &Layout, disk_size: u64) -> Vec<Segment> {
    let planned = layout.partitions.iter().map(|partition| {
        let (kind, words) = of_role(partition.role);
        (partition.offset, partition.size, kind, words)
    });
    pieces(disk_size, planned)
}

fn of_role(role: Role) -> (SegmentKind, String) {
    match role {
        Role::Esp => (SegmentKind::Boot, gettext("boot partition")),
        Role::Swap => (SegmentKind::Swap, gettext("swap")),
        Role::RandomSwap => (SegmentKind::Swap, gettext("encrypted swap")),
        Role::Volume => (SegmentKind::Encrypted, gettext("NixOS, encrypted")),
        Role::Filesystem => (SegmentKind::Data, gettext("NixOS")),
    }
}

fn kind_of(content: Option<&Content>, partition: &str) -> SegmentKind {
    let esp = Role::Esp.type_guid().eq_ignore_ascii_case(partition) || partition.eq_ignore_ascii_case("0xef");
    let Some(content) = content else {
        return if esp { SegmentKind::Boot } else { SegmentKind::Unknown };
    };
    match (content.usage.as_str(), content.kind.as_str()) {
        _ if esp => SegmentKind::Boot,
        (_, "swap") => SegmentKind::Swap,
        (_, "BitLocker") | ("crypto", _) => SegmentKind::Encrypted,
        (_, "ntfs") => SegmentKind::Windows,
        (_, "LVM2_member" | "zfs_member") | ("raid", _) => SegmentKind::Member,
        ("filesystem", _) => SegmentKind::Data,
        _ => SegmentKind::Unknown,
    }
}

/// Puts free space between parts that come in the order of their beginnings, and cuts what lies
/// over another part or beyond the end: a table can say anything.
fn pieces(end: u64, parts: impl Iterator<Item = (u64, u64, SegmentKind, String)>) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut at = 0;
    let free = |segments: &mut Vec<Segment>, start: u64, until: u64| {
        let size = until.saturating_sub(start);
        if size >= SMALLEST_FREE || (size > 0 && start == 0 && until == end) {
            segments.push(Segment { start, size, kind: SegmentKind::Free, words: gettext("free space") });
        }
    };
    for (start, size, kind, words) in parts {
        let until = start.saturating_add(size).min(end);
        let start = start.max(at);
        if until <= start {
            continue;
        }
        free(&mut segments, at, start);
        segments.push(Segment { start, size: until - start, kind, words });
        at = until;
    }
    free(&mut segments, at, end);
    segments
}

/// The bar in words: each part with its size, in order.
#[must_use]
pub fn words(segments: &[Segment]) -> String {
    let parts: Vec<String> = segments
        .iter()
        .map(|segment| {
            gettext_f(
                // Translators: a part of a disk with its size, such as “swap, 8.0 GiB”.
                "{what}, {size}",
                &[("what", &segment.words), ("size", &size::show(segment.size))],
            )
        })
        .collect();
    parts.join("; ")
}

/// How wide each part is drawn, as shares of 1: in proportion, but each at least `smallest` wide as
/// long as there is room for that, so that every part can be seen.
#[must_use]
pub fn shares(segments: &[Segment], smallest: f64) -> Vec<f64> {
    let count = f64::from(u32::try_from(segments.len()).unwrap_or(u32::MAX).max(1));
    let smallest = smallest.clamp(0.0, 1.0 / count);
    #[expect(clippy::cast_precision_loss, reason = "a share of a picture")]
    let sizes: Vec<f64> = segments.iter().map(|segment| segment.size as f64).collect();
    let total = sizes.iter().sum::<f64>().max(1.0);
    let room = 1.0 - smallest * count;
    sizes.iter().map(|size| (smallest + room * size / total).min(1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::answers;
    use crate::pure::disk::fixture::{plain_disk, plain_partition};
    use crate::pure::disk::{Partition, Table};
    use crate::pure::size::GIB;
    use proptest::prelude::*;

    fn disk(size: u64, partitions: Vec<Partition>) -> Disk {
        Disk { table: Some(Table::Gpt), partitions, ..plain_disk(size) }
    }

    fn partition(offset: u64, size: u64, kind: &str, content: Option<(&str, &str)>) -> Partition {
        Partition {
            offset,
            size,
            kind: kind.to_owned(),
            content: content.map(|(usage, kind)| Content {
                usage: usage.to_owned(),
                kind: kind.to_owned(),
                label: String::new(),
                uuid: String::new(),
            }),
            ..plain_partition(1)
        }
    }

    fn kinds(segments: &[Segment]) -> Vec<SegmentKind> {
        segments.iter().map(|segment| segment.kind).collect()
    }

    #[test]
    fn a_windows_disk_with_a_gap() {
        let disk = disk(
            100 * GIB,
            vec![
                partition(MIB, 512 * MIB, Role::Esp.type_guid(), Some(("filesystem", "vfat"))),
                partition(513 * MIB, 50 * GIB, "", Some(("filesystem", "ntfs"))),
                partition(60 * GIB, 10 * GIB, "", Some(("filesystem", "ext4"))),
                partition(70 * GIB, 10 * GIB, "", Some(("crypto", "crypto_LUKS"))),
                partition(80 * GIB, 20 * GIB - MIB, "", None),
            ],
        );
        let segments = segments(&disk);
        use SegmentKind::*;
        assert_eq!(kinds(&segments), [Boot, Windows, Free, Data, Encrypted, Unknown]);
        assert_eq!(segments[2].start, 50 * GIB + 513 * MIB);
        assert!(
            words(&segments).starts_with("FAT filesystem, 512.0 MiB; Windows filesystem (NTFS), 50.0 GiB;")
        );
    }

    #[test]
    fn every_loss_has_a_kind() {
        let mut disk = disk(
            10 * GIB,
            vec![
                partition(MIB, GIB, Role::Esp.type_guid(), Some(("filesystem", "vfat"))),
                partition(2 * GIB, GIB, "", Some(("swap", "swap"))),
                partition(4 * GIB, GIB, "", None),
            ],
        );
        disk.content = Some(Content {
            usage: "raid".to_owned(),
            kind: "LVM2_member".to_owned(),
            label: String::new(),
            uuid: String::new(),
        });
        use SegmentKind::{Boot, Member, Swap, Unknown};
        assert_eq!(super::kinds(&disk), [Member, Boot, Swap, Unknown]);
        assert_eq!(content::losses(&disk).len(), super::kinds(&disk).len());
    }

    #[test]
    fn an_extended_partition_is_no_part_of_its_own() {
        let disk = disk(
            10 * GIB,
            vec![
                partition(MIB, 9 * GIB, "0x05", None),
                partition(2 * MIB, GIB, "0x83", Some(("filesystem", "ext4"))),
            ],
        );
        assert_eq!(kinds(&segments(&disk)), [SegmentKind::Data, SegmentKind::Free]);
    }

    #[test]
    fn a_blank_disk_is_free_and_a_whole_disk_filesystem_fills_it() {
        let mut whole = disk(MIB, Vec::new());
        assert_eq!(kinds(&segments(&whole)), [SegmentKind::Free]);
        whole.content = partition(0, 0, "", Some(("filesystem", "btrfs"))).content;
        assert_eq!(kinds(&segments(&whole)), [SegmentKind::Data]);
        assert_eq!(segments(&disk(0, Vec::new())), []);
    }

    #[test]
    fn the_planned_disk_is_full() {
        let answers = answers::read(include_str!("../../data/examples/answers.toml")).unwrap();
        let layout = Layout::new(&answers, 100 * GIB, 8 * GIB);
        let segments = segments_after(&layout, 100 * GIB);
        assert_eq!(segments.len(), layout.partitions.len());
        assert!(words(&segments).contains("NixOS"));
    }

    proptest! {
        /// A partition table is anybody's data.
        #[test]
        fn parts_never_overlap_and_never_leave_the_disk(
            size in any::<u64>(),
            table in prop::collection::vec((any::<u64>(), any::<u64>()), 0..20),
            smallest in -1.0..2.0_f64,
        ) {
            let partitions = table.into_iter().map(|(start, size)| partition(start, size, "", None)).collect();
            let segments = segments(&disk(size, partitions));
            let mut at = 0;
            for segment in &segments {
                prop_assert!(segment.size > 0 && segment.start >= at);
                at = segment.start.checked_add(segment.size).unwrap();
            }
            prop_assert!(at <= size);
            let shares = shares(&segments, smallest);
            prop_assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
            prop_assert!(segments.is_empty() || (shares.iter().sum::<f64>() - 1.0).abs() < 1e-6);
        }
    }
}
