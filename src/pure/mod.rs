//! What Snowmelt knows and decides, without touching anything: the same input gives the same
//! output, byte for byte.

pub mod accessibility;
pub mod activity;
pub mod answers;
pub mod bar;
pub mod bytes;
pub mod call;
pub mod catalogue;
pub mod config;
pub mod content;
pub mod disk;
pub mod estimate;
pub mod health;
pub mod keyboard;
pub mod layout;
pub mod locales;
pub mod machine;
pub mod names;
pub mod nix;
pub mod nix_log;
pub mod plan;
pub mod progress;
pub mod protocol;
pub mod reason;
pub mod refusal;
pub mod repeated;
pub mod report;
pub mod requirements;
pub mod search;
pub mod secret;
pub mod size;
pub mod strength;
pub mod suggest;
pub mod wizard;
pub mod zones;
