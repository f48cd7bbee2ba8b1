//! Snowmelt: a graphical installer for NixOS whose result is an encrypted disk with Btrfs
//! subvolumes and a root that melts back to a blank snapshot at every boot.
//!
//! # Layers
//! Each may only look down; `tests/layers.rs` keeps it so.
//!
//! 1. [`pure`]: answers, the disk model, layout, plan, Nix printer, validation, protocol types.
//!    No I/O, no D-Bus, no clock, no process, no GTK.
//! 2. [`boundary`]: UDisks2, the machine, the command runner, files under the target, the pipe
//!    to the helper.
//! 3. [`engine`]: runs a plan through the boundary. [`helper`]: the privileged side of it.
//! 4. Front ends: [`cli`] and, with the feature `gui`, `ui`.
//!
//! [`i18n`] stands beside the layers: it turns message ids into the person's language.

pub mod boundary;
pub mod cli;
pub mod engine;
pub mod helper;
pub mod i18n;
pub mod pure;
#[cfg(feature = "gui")]
pub mod ui;
