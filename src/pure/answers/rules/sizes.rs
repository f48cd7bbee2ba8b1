//! Sizes of partitions.

use super::Verdict;
use super::encryption::number_range;
use crate::i18n::gettext_f;
use crate::pure::size::{self, GIB, MIB};

/// Smallest EFI system partition in bytes: room for the kernels and initial ramdisks of a few
/// generations, which systemd-boot keeps there.
pub const SMALLEST_ESP: u64 = 512 * MIB;
/// Largest EFI system partition in bytes. More is never used; it is a slip in the unit.
pub const LARGEST_ESP: u64 = 8 * GIB;
/// Smallest swap in bytes. Less is of no use; it is a slip in the unit.
pub const SMALLEST_SWAP: u64 = 64 * MIB;
/// Largest swap in bytes: its header counts pages of 4 KiB in 32 bits (`union swap_header` in
/// Linux's `include/linux/swap.h`).
pub const LARGEST_SWAP: u64 = (1 << 32) * 4096;

/// Smallest root in memory in bytes: NixOS writes some MiB to it, and programs their temporary files.
pub const SMALLEST_MEMORY_ROOT: u64 = 256 * MIB;
/// Largest root in memory in bytes; more is a slip in the unit.
pub const LARGEST_MEMORY_ROOT: u64 = 1024 * GIB;
/// The most days that an old root can be kept for.
pub const MOST_DAYS: u32 = 3650;
/// The most old roots that can be kept.
pub const MOST_OLD_ROOTS: u32 = 1000;

/// Size of a root in memory in bytes.
///
/// # Errors
/// Outside [`SMALLEST_MEMORY_ROOT`] to [`LARGEST_MEMORY_ROOT`].
pub fn memory_root_size(bytes: u64) -> Verdict {
    between(bytes, SMALLEST_MEMORY_ROOT, LARGEST_MEMORY_ROOT)
}

/// For how many days an old root is kept.
///
/// # Errors
/// Outside 1 to [`MOST_DAYS`].
pub fn old_roots_days(days: u32) -> Verdict {
    if (1..=MOST_DAYS).contains(&days) { Ok(()) } else { Err(number_range(1, MOST_DAYS.into())) }
}

/// How many old roots are kept.
///
/// # Errors
/// Outside 1 to [`MOST_OLD_ROOTS`].
pub fn old_roots_count(count: u32) -> Verdict {
    if (1..=MOST_OLD_ROOTS).contains(&count) { Ok(()) } else { Err(number_range(1, MOST_OLD_ROOTS.into())) }
}

/// Size of the EFI system partition in bytes.
///
/// # Errors
/// Outside [`SMALLEST_ESP`] to [`LARGEST_ESP`].
pub fn esp_size(bytes: u64) -> Verdict {
    between(bytes, SMALLEST_ESP, LARGEST_ESP)
}

/// Size of swap in bytes.
///
/// # Errors
/// Outside [`SMALLEST_SWAP`] to [`LARGEST_SWAP`].
pub fn swap_size(bytes: u64) -> Verdict {
    between(bytes, SMALLEST_SWAP, LARGEST_SWAP)
}

pub(super) fn between(bytes: u64, smallest: u64, largest: u64) -> Verdict {
    if (smallest..=largest).contains(&bytes) {
        return Ok(());
    }
    Err(gettext_f(
        "This is {size}; it must be from {smallest} to {largest}.",
        &[
            ("size", &size::write_exact(bytes)),
            ("smallest", &size::write_exact(smallest)),
            ("largest", &size::write_exact(largest)),
        ],
    ))
}
