//! How things look: texts for people, and JSON for programs. Nothing here touches anything.

pub(super) mod catalogue;
pub(super) mod disks;
pub(super) mod json;
pub(super) mod plan;

#[cfg(test)]
mod tests;
