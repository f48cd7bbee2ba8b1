//! Where everything goes on the disk, and where the installed system mounts it.

use serde::{Deserialize, Serialize};

use super::answers::{
    Answers, Desktop, RootKind, SwapKind, default_memory_root_size, default_swap_size, hibernation_swap_size,
};
use super::size::{GIB, MIB};

/// Label of the Btrfs filesystem.
pub const FILESYSTEM_LABEL: &str = "NIXOS";
/// Name of the subvolume that holds copies while the next boot is rehearsed.
pub const REHEARSAL: &str = "rehearsal";
/// Name of the subvolume that holds the swap file and nothing else: a subvolume with an active one in
/// it can't be snapshot, and its blocks must neither be copied on write nor compressed (btrfs(5)).
pub const SWAP_SUBVOLUME: &str = "swap";
/// Where it is mounted.
pub const SWAP_DIRECTORY: &str = "/swap";
/// The swap file.
pub const SWAP_FILE: &str = "/swap/swapfile";
/// Where what persists is kept.
pub const PERSIST: &str = "/persist";
/// Where the helper mounts the system that is being installed.
pub const TARGET: &str = "/mnt";

/// What every boundary is a multiple of at least, in bytes ([`Disk::alignment`]).
///
/// [`Disk::alignment`]: super::disk::Disk::alignment
pub const SMALLEST_ALIGNMENT: u64 = MIB;
/// Smallest volume that a NixOS system without a desktop and one rebuild of it fit into, in bytes.
pub const SMALLEST_VOLUME: u64 = 6 * GIB;

/// A subvolume that a rollback replaces by its blank snapshot. The names that go with it stand at the
/// top level of the filesystem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Replaced {
    /// The root.
    Root,
    /// `/home`.
    Home,
}

impl Replaced {
    /// Its name.
    #[must_use]
    pub const fn subvolume(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Home => "home",
        }
    }

    /// Name of its blank snapshot, which is read-only.
    #[must_use]
    pub const fn blank(self) -> &'static str {
        match self {
            Self::Root => "root-blank",
            Self::Home => "home-blank",
        }
    }

    /// Name of the next one for the moment in which a rollback prepares it.
    #[must_use]
    pub const fn next(self) -> &'static str {
        match self {
            Self::Root => "root-new",
            Self::Home => "home-new",
        }
    }

    /// Name of the directory that holds the old ones.
    #[must_use]
    pub const fn old(self) -> &'static str {
        match self {
            Self::Root => "old-roots",
            Self::Home => "old-homes",
        }
    }
}

/// What a partition is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// EFI system partition.
    Esp,
    /// Swap in clear.
    Swap,
    /// Swap under a random key.
    RandomSwap,
    /// The encrypted volume, with the filesystem in it.
    Volume,
    /// The filesystem itself, in clear.
    Filesystem,
}

impl Role {
    /// The partition type GUID (UEFI specification; Discoverable Partitions Specification;
    /// util-linux's list for plain dm-crypt).
    ///
    /// Swap under a random key is typed as plain dm-crypt, because systemd's GPT generator would
    /// turn a partition of the swap type on in clear. The system's partition is plain Linux data,
    /// encrypted or not: the generator leaves that alone too, and what is in it says the rest.
    #[must_use]
    pub const fn type_guid(self) -> &'static str {
        match self {
            Self::Esp => "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
            Self::Swap => "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f",
            Self::RandomSwap => "7ffec5c9-2d00-49b7-8941-3ea10a5586b7",
            Self::Volume | Self::Filesystem => "0fc63daf-8483-4772-8e79-3d69d8477de4",
        }
    }

    /// What a call and a message name it by. It is not written into the partition table.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Esp => "ESP",
            Self::Swap | Self::RandomSwap => "swap",
            Self::Volume | Self::Filesystem => "nixos",
        }
    }

    /// Whether the Btrfs filesystem lies on it, encrypted or not.
    #[must_use]
    pub fn holds_filesystem(self) -> bool {
        matches!(self, Self::Volume | Self::Filesystem)
    }
}

/// One partition to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PlannedPartition {
    /// What it is for.
    pub role: Role,
    /// First byte, from the beginning of the disk; a multiple of the disk’s alignment.
    pub offset: u64,
    /// Size in bytes; a multiple of the disk’s alignment.
    pub size: u64,
}

/// One subvolume to be made and mounted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Subvolume {
    /// Name at the top level of the filesystem.
    pub name: String,
    /// Absolute path where the installed system mounts it.
    pub mountpoint: String,
    /// Whether stage 1 must mount it (`neededForBoot`).
    pub needed_for_boot: bool,
}

/// The disk as it will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Layout {
    /// Partitions in their order on the disk: ESP, swap if any, volume or filesystem.
    pub partitions: Vec<PlannedPartition>,
    /// Name of the opened volume, below `/dev/mapper`; `None` where nothing is encrypted.
    pub volume_name: Option<String>,
    /// Subvolumes in the order in which they can be mounted: a mountpoint comes after its parents.
    pub subvolumes: Vec<Subvolume>,
    /// Level of zstd compression; `None` is the kernel's default.
    pub compression_level: Option<i8>,
    /// Size in bytes of a root in memory; `None` where it is a subvolume.
    pub memory_root: Option<u64>,
    /// Size in bytes of the swap file; `None` where there is none.
    pub swap_file: Option<u64>,
    /// Size in bytes that the filesystem must have at the least for what is installed.
    pub smallest_filesystem: u64,
    /// What has a blank snapshot.
    pub replaced: Vec<Replaced>,
}

impl Layout {
    /// Works out the layout on an ordinary disk of `disk_size` bytes, in a machine with `memory`
    /// bytes: [`Layout::aligned`] with [`SMALLEST_ALIGNMENT`].
    #[must_use]
    pub fn new(answers: &Answers, disk_size: u64, memory: u64) -> Self {
        Self::aligned(answers, disk_size, memory, SMALLEST_ALIGNMENT)
    }

    /// Works out the layout on a disk of `disk_size` bytes whose partitions begin and end at
    /// multiples of `alignment` bytes, in a machine with `memory` bytes.
    ///
    /// On a disk that is too small the volume has size 0; [`Layout::smallest_disk`] says what is
    /// needed.
    #[must_use]
    pub fn aligned(answers: &Answers, disk_size: u64, memory: u64, alignment: u64) -> Self {
        let alignment = alignment.max(SMALLEST_ALIGNMENT);
        let mut partitions = Vec::with_capacity(3);
        let mut offset = alignment;
        let mut add = |role, size: u64| {
            let size = size - size % alignment;
            partitions.push(PlannedPartition { role, offset, size });
            offset = offset.saturating_add(size);
        };
        add(Role::Esp, round_up(answers.disk.esp_size, alignment));
        let swap_size = round_up(answers.swap.size.unwrap_or_else(|| default_swap_size(memory)), alignment);
        let swap_file = || answers.swap.size.unwrap_or_else(|| hibernation_swap_size(memory));
        match answers.swap.kind {
            SwapKind::None | SwapKind::File => {}
            SwapKind::Plain => add(Role::Swap, swap_size),
            SwapKind::Random => add(Role::RandomSwap, swap_size),
        }
        // The last of it is left to the backup partition table.
        let end = disk_size.saturating_sub(alignment);
        let rest = end.saturating_sub(partitions.iter().map(|part| part.size).sum::<u64>() + alignment);
        let offset = partitions.last().map_or(alignment, |last| last.offset.saturating_add(last.size));
        let encryption = &answers.encryption;
        let role = if encryption.enabled { Role::Volume } else { Role::Filesystem };
        partitions.push(PlannedPartition { role, offset, size: rest - rest % alignment });
        Self {
            partitions,
            volume_name: encryption.enabled.then(|| encryption.volume_name.clone()),
            subvolumes: subvolumes(answers),
            compression_level: answers.filesystem.compression_level,
            memory_root: (answers.root.kind == RootKind::Tmpfs)
                .then(|| answers.root.size.unwrap_or_else(|| default_memory_root_size(memory))),
            // mkswap counts in pages of 4 KiB, and the filesystem allocates in these too.
            swap_file: (answers.swap.kind == SwapKind::File).then(|| round_up(swap_file(), 4096)),
            smallest_filesystem: smallest_filesystem(answers),
            replaced: replaced(answers),
        }
    }

    /// Size in bytes of the smallest disk that this layout fits on.
    #[must_use]
    pub fn smallest_disk(&self) -> u64 {
        let alignment = self.partitions.first().map_or(SMALLEST_ALIGNMENT, |first| first.offset);
        let ends = alignment.saturating_mul(2);
        self.partitions
            .iter()
            .filter(|part| !part.role.holds_filesystem())
            .map(|part| part.size)
            .chain(self.swap_file)
            .fold(round_up(self.smallest_filesystem, alignment).saturating_add(ends), u64::saturating_add)
    }

    /// The partition for `role`, if the layout has one.
    #[must_use]
    pub fn partition(&self, role: Role) -> Option<&PlannedPartition> {
        self.partitions.iter().find(|part| part.role == role)
    }
}

/// Mount options of a subvolume: those of the installed system, and of the target meanwhile.
#[must_use]
pub fn mount_options(subvolume: &Subvolume, compression_level: Option<i8>) -> Vec<String> {
    let compress = match compression_level {
        Some(level) => format!("compress=zstd:{level}"),
        None => "compress=zstd".to_owned(),
    };
    let name = format!("subvol={}", subvolume.name);
    // A swap file can't be compressed.
    if subvolume.mountpoint == SWAP_DIRECTORY {
        return vec![name, "noatime".to_owned()];
    }
    vec![name, compress, "noatime".to_owned()]
}

/// What a system like this and one rebuild of it take, in bytes; the store is compressed to about half.
/// It is an estimate, and no more is known before Nix has worked out what it downloads.
fn smallest_filesystem(answers: &Answers) -> u64 {
    if answers.configuration.own().is_some() {
        return SMALLEST_VOLUME;
    }
    let desktop = match answers.system.desktop {
        Desktop::None => 0,
        Desktop::Xfce => GIB,
        Desktop::Gnome | Desktop::Plasma => 2 * GIB,
    };
    SMALLEST_VOLUME + desktop
}

fn round_up(size: u64, alignment: u64) -> u64 {
    size.checked_next_multiple_of(alignment).unwrap_or(u64::MAX - u64::MAX % alignment)
}

fn replaced(answers: &Answers) -> Vec<Replaced> {
    match answers.root.kind {
        RootKind::Tmpfs => Vec::new(),
        RootKind::Rollback | RootKind::Keep if answers.root.home => vec![Replaced::Root, Replaced::Home],
        RootKind::Rollback | RootKind::Keep => vec![Replaced::Root],
    }
}

fn subvolumes(answers: &Answers) -> Vec<Subvolume> {
    let subvolume = |name: &str, mountpoint: &str, needed_for_boot| Subvolume {
        name: name.to_owned(),
        mountpoint: mountpoint.to_owned(),
        needed_for_boot,
    };
    let mut all = Vec::new();
    if answers.root.kind != RootKind::Tmpfs {
        all.push(subvolume(Replaced::Root.subvolume(), "/", false));
    }
    // What of a home persists is mounted into it before anybody logs in.
    all.push(subvolume(Replaced::Home.subvolume(), "/home", answers.root.home));
    all.extend([
        subvolume("nix", "/nix", false),
        subvolume("persist", PERSIST, true),
        subvolume("log", "/var/log", true),
    ]);
    if answers.swap.kind == SwapKind::File {
        all.push(subvolume(SWAP_SUBVOLUME, SWAP_DIRECTORY, false));
    }
    all.extend(
        answers.filesystem.subvolumes.iter().map(|extra| subvolume(&extra.name, &extra.mountpoint, false)),
    );
    // A path sorts after every path that it begins with, so parents come first.
    all.sort_by(|one, other| {
        let depth = |path: &str| path.split('/').filter(|part| !part.is_empty()).count();
        depth(&one.mountpoint).cmp(&depth(&other.mountpoint))
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::answers;

    fn layout(change: impl Fn(&mut Answers)) -> Layout {
        let mut answers = answers::read(include_str!("../../data/examples/answers.toml")).unwrap();
        answers.root.home = false;
        answers.swap.size = None;
        change(&mut answers);
        Layout::new(&answers, 100 * GIB, 5 * GIB - MIB)
    }

    #[test]
    fn a_root_in_memory_has_no_subvolume_and_nothing_to_go_back_to() {
        let layout = layout(|all| all.root.kind = RootKind::Tmpfs);
        assert_eq!(layout.memory_root, Some(2 * GIB), "a quarter, in whole GiB");
        assert!(!layout.subvolumes.iter().any(|each| each.mountpoint == "/"));
        assert!(layout.replaced.is_empty());
    }

    #[test]
    fn a_home_that_is_rolled_back_is_there_before_anybody_logs_in() {
        let is_early = |home| {
            let layout = layout(|all| all.root.home = home);
            layout.subvolumes.iter().any(|each| each.mountpoint == "/home" && each.needed_for_boot)
        };
        assert!(is_early(true) && !is_early(false));
    }

    #[test]
    fn a_swap_file_holds_the_memory_and_takes_its_room_from_the_filesystem() {
        let (without, with) =
            (layout(|all| all.swap.kind = SwapKind::None), layout(|all| all.swap.kind = SwapKind::File));
        assert_eq!(with.swap_file, Some(5 * GIB), "all of it, in whole GiB");
        assert_eq!(with.partitions, without.partitions);
        assert_eq!(with.smallest_disk(), without.smallest_disk() + 5 * GIB);
        let swap = with.subvolumes.iter().find(|each| each.name == SWAP_SUBVOLUME).unwrap();
        assert_eq!(mount_options(swap, Some(3)), ["subvol=swap", "noatime"], "it can't be compressed");
    }

    #[test]
    fn a_desktop_needs_a_larger_disk() {
        let smallest = |desktop| layout(|all| all.system.desktop = desktop).smallest_disk();
        assert!(smallest(Desktop::None) < smallest(Desktop::Xfce));
        assert!(smallest(Desktop::Xfce) < smallest(Desktop::Gnome));
        assert_eq!(smallest(Desktop::Gnome), smallest(Desktop::Plasma));
    }

    /// UDisks2 moves a boundary that is not aligned, and the next partition then overlaps.
    #[test]
    fn every_boundary_is_aligned_as_the_disk_asks() {
        let example = include_str!("../../data/examples/answers.toml");
        let answers = answers::read(example).unwrap();
        for alignment in [MIB, 1_310_720, 4 * MIB, 33_553_920] {
            let layout = Layout::aligned(&answers, 100 * GIB, 8 * GIB, alignment);
            let mut end = alignment;
            for partition in &layout.partitions {
                assert_eq!(partition.offset, end, "no gap and no overlap");
                assert_eq!((partition.offset % alignment, partition.size % alignment), (0, 0));
                end += partition.size;
            }
            assert!(end <= 100 * GIB - alignment, "the backup table has its place");
            let smallest = layout.smallest_disk();
            let tight = Layout::aligned(&answers, smallest, 8 * GIB, alignment);
            assert!(tight.partition(Role::Volume).unwrap().size >= layout.smallest_filesystem);
        }
    }
}
