//! What touches the world: UDisks2, the machine, commands, files, the helper.

pub mod audit;
pub mod block;
pub mod command;
pub mod export;
pub mod helper_client;
pub mod inhibit;
pub mod keyboard;
#[cfg(feature = "gui")]
pub mod keymap;
pub mod lines;
pub mod log_file;
pub mod machine;
pub mod own_flake;
pub mod reboot;
pub mod receipt_file;
pub mod session;
pub mod surroundings;
pub mod target;
pub mod udisks;
pub mod zone;
