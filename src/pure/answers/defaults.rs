//! What holds where the answers say nothing.

use crate::pure::size::GIB;

/// Size of the EFI system partition in bytes.
pub const DEFAULT_ESP_SIZE: u64 = GIB;
/// Name of the opened volume, below `/dev/mapper`.
pub const DEFAULT_VOLUME_NAME: &str = "enc";

/// Size of swap in bytes for a machine with `memory` bytes: half of it in whole GiB, from 1 to 16.
#[must_use]
pub fn default_swap_size(memory: u64) -> u64 {
    memory.div_ceil(2).div_ceil(GIB).clamp(1, 16) * GIB
}
