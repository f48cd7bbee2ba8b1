//! The pages, a component a file.

pub(super) mod disk;
pub(super) mod done;
pub(super) mod encryption;
pub(super) mod failed;
pub(super) mod keyboard;
pub(super) mod persistence;
pub(super) mod place;
pub(super) mod progress;
pub(super) mod summary;
pub(super) mod system;
pub(super) mod user;
pub(super) mod welcome;
