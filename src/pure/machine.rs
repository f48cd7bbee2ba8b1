//! What is known of the machine that Snowmelt runs on, beside its disks.

use serde::{Deserialize, Serialize};

/// Facts of the running machine that the plan depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Whether it was started by UEFI firmware (`/sys/firmware/efi` is there).
    pub uefi: bool,
    /// Memory that the kernel manages, in bytes (`MemTotal` of `/proc/meminfo`).
    pub memory: u64,
    /// The live session's NixOS release as `YY.MM` (`VERSION_ID` of `/etc/os-release` where `ID`
    /// is `nixos`).
    pub nixos_release: Option<String>,
    /// The release, as `YY.MM`, of the NixOS channel that the live session's root has
    /// (`/nix/var/nix/profiles/per-user/root/channels`), if it has one.
    pub channel: Option<String>,
    /// Nix's name of this kind of machine, such as `x86_64-linux`.
    pub nix_system: String,
}
