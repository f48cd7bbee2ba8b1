//! The generated configuration: short NixOS modules that are the person's own from then on.
//!
//! `hardware-configuration.nix` is not among them: `nixos-generate-config` makes it, and
//! `configuration.nix` imports it.

mod configuration;
mod desktop;
mod devices;
mod disk;
mod disko;
mod facts;
mod flake;
mod persistence;
mod region;
mod rollback;
mod shell;
mod systemd;

pub use devices::Devices;
pub use disko::disko;
pub use persistence::{persisted_directories, persisted_files};

use super::answers::Answers;
use super::layout::Layout;
use super::machine::Machine;
use super::nix::{Value, print};
use super::protocol::{ConfigFile, ConfigFileName};

/// The NixOS release that is installed where neither the answers nor the running system name one.
pub const DEFAULT_RELEASE: &str = "26.05";

/// The files of the configuration for these answers, in the order of
/// [`WRITTEN_FILES`](super::plan::WRITTEN_FILES).
///
/// Of a flake of the person's, these are only what it must know of the disk.
///
/// `devices` tells what is only known once the disk is partitioned; see [`Devices::unknown`].
#[must_use]
pub fn files(answers: &Answers, layout: &Layout, machine: &Machine, devices: &Devices) -> Vec<ConfigFile> {
    if answers.configuration.own().is_some() {
        return vec![ConfigFile { name: ConfigFileName::Facts, text: facts::text(answers, layout, devices) }];
    }
    let release = answers.system.release.as_deref().or(machine.nixos_release.as_deref());
    let release = release.unwrap_or(DEFAULT_RELEASE);
    vec![
        file(
            ConfigFileName::Flake,
            "Where everything comes from, pinned by flake.lock beside it.",
            &flake::value(answers, release),
        ),
        file(
            ConfigFileName::Configuration,
            "The system itself. Rebuild after a change with: nixos-rebuild switch",
            &configuration::value(answers, release),
        ),
        file(
            ConfigFileName::Disk,
            if layout.volume_name.is_some() {
                "The disk: the encrypted volume with its subvolumes, and the partitions beside it."
            } else {
                "The disk: the filesystem with its subvolumes, and the partitions beside it."
            },
            &disk::value(answers, layout, devices),
        ),
        file(
            ConfigFileName::Rollback,
            "The rollback: every boot starts from a fresh copy of the blank snapshot.",
            &rollback::value(layout, devices),
        ),
        file(
            ConfigFileName::Persistence,
            "What survives the rollback, beside /home, /nix and /var/log: all this is kept in /persist.",
            &persistence::value(answers, layout),
        ),
    ]
}

fn file(name: ConfigFileName, purpose: &str, value: &Value) -> ConfigFile {
    let origin = format!("Written by Snowmelt {} and yours from now on.", env!("CARGO_PKG_VERSION"));
    ConfigFile { name, text: print(&[purpose, &origin], value) }
}
