//! What lies on the root and would be lost at a rollback: how it is told from what the
//! system makes by itself, whose it is, and what would keep it.
//!
//! What there is comes from Btrfs itself, as the stream that `btrfs send --no-data` writes about the
//! difference of two snapshots ([`stream`]). The kernel compares them by the generation numbers of
//! their trees, so it reads what differs and nothing else.

pub mod left_out;
pub mod line;
pub mod mount;
pub mod place;
pub mod sort;
pub mod stream;
pub mod subvolume;
pub mod tree;
pub mod unit;

pub use place::{Advice, Group, Kind, Look, Maker, Place};
pub use sort::{Evidence, sort};
pub use tree::Tree;
