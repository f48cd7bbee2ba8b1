//! What holds where the answers say nothing.

use super::{Desktop, Pbkdf, PbkdfKind, SwapKind};
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
