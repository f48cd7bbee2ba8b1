//! What a single answer may be. Each rule looks at one value and, where it is wrong, says in one
//! sentence what would be right, so that a page can show it beside its field.

mod encryption;
mod filesystem;
mod flake;
mod machine;
mod path;
mod persist;
mod secrets;
mod sizes;
mod user;
mod xkb;

pub use encryption::{
    LONGEST_VOLUME_NAME, pbkdf_iterations, pbkdf_memory, pbkdf_threads, pbkdf_time, volume_name,
};
pub use filesystem::{
    HIGHEST_COMPRESSION, LOWEST_COMPRESSION, RESERVED_SUBVOLUMES, compression_level, mountpoint,
    subvolume_name,
};
pub use flake::{facts_path, flake, flake_host};
pub use machine::{disk_device, host_name, keymap, locale, release, time_zone};
pub use path::is_at_or_below;
pub use persist::{home_path, persisted_path};
pub use secrets::{LONGEST_SECRET, passphrase, password};
pub use sizes::{
    LARGEST_ESP, LARGEST_MEMORY_ROOT, LARGEST_SWAP, MOST_DAYS, MOST_OLD_ROOTS, SMALLEST_ESP,
    SMALLEST_MEMORY_ROOT, SMALLEST_SWAP, esp_size, memory_root_size, old_roots_count, old_roots_days,
    swap_size,
};
pub use user::{full_name, user_name};
pub use xkb::{xkb_layout, xkb_variant};

/// Nothing, or what is wrong and what would be right.
pub type Verdict = Result<(), String>;
