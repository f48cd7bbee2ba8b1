//! Carries out a plan: UDisks2 makes the partitions, the helper does what needs root, in the order
//! of the plan's steps.
//!
//! Nothing is written before the disk was looked at again and the helper has answered, so a
//! dismissed password dialog or a disk that was swapped leaves everything as it was.
//!
//! After a failure the installation is either run again, which goes on where it stopped, or put
//! away, which leaves nothing mounted or unlocked.

mod again;
mod erase;
mod failure;
mod flake;
mod installation;
mod observer;
mod put_away;
mod record;
mod resume;
mod steps;

pub use failure::{DiskState, Failure};
pub use installation::{Cancel, Installation, Job, Secrets, install};
pub use observer::{Observer, Update};
pub use put_away::lock_what_is_left;
pub use record::Record;
pub use resume::{Found, find_again, undo};
