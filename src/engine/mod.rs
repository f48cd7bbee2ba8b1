//! Carries out a plan: UDisks2 makes the partitions, the helper does what needs root, in the order
//! of the plan's steps.
//!
//! Nothing is written before the disk was looked at again and the helper has answered, so a
//! dismissed password dialog or a disk that was swapped leaves everything as it was.

mod failure;
mod observer;
mod run;

pub use failure::{DiskState, Failure};
pub use observer::{Observer, Update};
pub use run::{Cancel, Job, Secrets, install};
