//! What holds where the answers say nothing.

use super::{Desktop, OldRoots, Pbkdf, PbkdfKind, SwapKind};
use crate::pure::size::GIB;

/// Size of the EFI system partition in bytes.
pub const DEFAULT_ESP_SIZE: u64 = GIB;
/// Name of the opened volume, below `/dev/mapper`.
pub const DEFAULT_VOLUME_NAME: &str = "enc";
/// Swap under a random key: what was in memory is never readable on the disk afterwards.
pub const DEFAULT_SWAP_KIND: SwapKind = SwapKind::Random;
/// cryptsetup's own choice, measured on the machine.
pub const DEFAULT_PBKDF: Pbkdf =
    Pbkdf { kind: PbkdfKind::Argon2id, memory: None, iterations: None, threads: None, time: None };
/// Long enough to miss what was left in the wrong place.
pub const DEFAULT_OLD_ROOTS: OldRoots = OldRoots::Days(14);
/// What most people would miss of a home that is rolled back (xdg-user-dirs(5) for the first six).
pub const DEFAULT_HOME: [&str; 12] = [
    "Desktop",
    "Documents",
    "Downloads",
    "Music",
    "Pictures",
    "Videos",
    ".config",
    ".gnupg",
    ".local/share",
    ".local/state",
    ".mozilla",
    ".ssh",
];
/// No desktop, as NixOS has it where nothing is set.
pub const DEFAULT_DESKTOP: Desktop = Desktop::None;
/// Time zone, as NixOS has it where nothing is set.
pub const DEFAULT_TIME_ZONE: &str = "UTC";
/// Locale, as NixOS has it where nothing is set.
pub const DEFAULT_LOCALE: &str = "en_US.UTF-8";

/// Size of swap in bytes for a machine with `memory` bytes: half of it in whole GiB, from 1 to 16.
#[must_use]
pub fn default_swap_size(memory: u64) -> u64 {
    memory.div_ceil(2).div_ceil(GIB).clamp(1, 16) * GIB
}

/// Size in bytes of the swap that a machine with `memory` bytes hibernates to: as much in whole GiB.
/// What doesn't fit after compression would make the machine stay on.
#[must_use]
pub fn hibernation_swap_size(memory: u64) -> u64 {
    memory.div_ceil(GIB).max(1).saturating_mul(GIB)
}

/// Size in bytes of a root in the memory of a machine with `memory` bytes: a quarter of it in whole
/// GiB, from 1 to 8. It is what may be taken, not what is.
#[must_use]
pub fn default_memory_root_size(memory: u64) -> u64 {
    (memory / 4).div_ceil(GIB).clamp(1, 8) * GIB
}

/// The NixOS release that is installed where neither the answers nor the running system name one.
pub const DEFAULT_RELEASE: &str = "26.05";
