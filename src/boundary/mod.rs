//! What touches the world: UDisks2, the machine, commands, files, the helper.

pub mod block;
pub mod export;
pub mod machine;
pub mod udisks;
