//! Sizes as fields for GiB show them.

use crate::pure::size::GIB;

/// Bytes in GiB.
#[expect(clippy::cast_precision_loss, reason = "sizes of disks and memory are far below 2^53 bytes")]
pub(super) fn gib_of(bytes: u64) -> f64 {
    bytes as f64 / GIB as f64
}

/// GiB in whole bytes; a field's own limits keep them in range.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the field has limits of its own"
)]
pub(super) fn bytes_of(gib: f64) -> u64 {
    (gib * GIB as f64).round() as u64
}
