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
mod pinned;
mod region;
mod rollback;
mod shell;
mod systemd;

pub use devices::Devices;
pub use disko::disko;
pub use persistence::{persisted_directories, persisted_files, seeded_directories};
pub use rollback::rehearsal;

use super::answers::{Answers, PersistModule, RootKind};
use super::layout::Layout;
use super::machine::Machine;
use super::nix::{Value, print};
use super::plan::written_files;
use super::protocol::{ConfigFile, ConfigFileName};

/// The files of the configuration for these answers, in the order of
/// [`written_files`].
///
/// Of a flake of the person's, these are only what it must know of the disk.
///
/// `devices` tells what is only known once the disk is partitioned; see [`Devices::unknown`].
#[must_use]
pub fn files(answers: &Answers, layout: &Layout, machine: &Machine, devices: &Devices) -> Vec<ConfigFile> {
    if answers.configuration.own().is_some() {
        return vec![ConfigFile { name: ConfigFileName::Facts, text: facts::text(answers, layout, devices) }];
    }
    let release = answers.release(machine);
    let contents = |name: ConfigFileName| match name {
        ConfigFileName::Flake => text(
            "Where everything comes from, pinned by flake.lock beside it.",
            None,
            &flake::value(answers, release),
        ),
        ConfigFileName::Configuration => text(
            "The system itself. Rebuild after a change with: nixos-rebuild switch",
            None,
            &configuration::value(answers, release),
        ),
        ConfigFileName::Disk => {
            let purpose = if layout.volume_name.is_some() {
                "The disk: the encrypted volume with its subvolumes, and the partitions beside it."
            } else {
                "The disk: the filesystem with its subvolumes, and the partitions beside it."
            };
            text(purpose, None, &disk::value(answers, layout, devices))
        }
        ConfigFileName::Rollback => text(
            "The rollback: every boot starts from a fresh copy of the blank snapshot.",
            Some(match answers.root.kind {
                RootKind::Keep => {
                    "It is off. To turn it on, add this file to the imports of configuration.nix."
                }
                _ => "To undo it, take this file out of the imports of configuration.nix.",
            }),
            &rollback::value(answers, layout, devices),
        ),
        ConfigFileName::Persistence => text(
            match answers.root.kind {
                RootKind::Rollback if answers.root.home => {
                    "What survives the rollback, beside /nix and /var/log: all this is kept in /persist."
                }
                RootKind::Rollback => {
                    "What survives the rollback, beside /home, /nix and /var/log: all this is kept in /persist."
                }
                RootKind::Tmpfs => {
                    "What survives a restart, beside /home, /nix and /var/log: all this is kept in /persist."
                }
                RootKind::Keep => "What is kept in /persist, and would survive a rollback of the root.",
            },
            Some(
                "To let go of a path, take it out here; what was kept of it stays in /persist until it is deleted.",
            ),
            &match answers.persist.module {
                PersistModule::Impermanence => persistence::impermanence(answers, layout),
                PersistModule::Preservation => persistence::preservation(answers, layout),
            },
        ),
        // nixos-generate-config makes the one; the others are no part of a new flake.
        ConfigFileName::Hardware | ConfigFileName::Facts | ConfigFileName::Disko => String::new(),
    };
    written_files(answers).into_iter().map(|name| ConfigFile { name, text: contents(name) }).collect()
}

fn text(purpose: &str, undo: Option<&str>, value: &Value) -> String {
    let origin = format!("Written by Snowmelt {} and yours from now on.", env!("CARGO_PKG_VERSION"));
    let header: Vec<&str> = [purpose, &origin].into_iter().chain(undo).collect();
    print(&header, value)
}
