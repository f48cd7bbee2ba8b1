//! The closed set of steps.

use serde::{Deserialize, Serialize};

use super::undo::Undo;
use super::{commands, dbus, own};
use crate::i18n::{gettext, gettext_f};
use crate::pure::answers::Pbkdf;
use crate::pure::call::Call;
use crate::pure::erasure::{Erasure, OwnErasure};
use crate::pure::layout::{PlannedPartition, Replaced, Role, Subvolume, TARGET};
use crate::pure::protocol::ConfigFileName;
use crate::pure::size;

/// One step of an installation, with all that it needs to know beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "step")]
pub enum Step {
    /// Looks at the disk again before the first write.
    CheckDisk {
        /// Device name.
        device: String,
        /// Vendor and model.
        title: String,
    },
    /// Gets a copy of the person's flake, without any privileges, and looks for its configuration.
    FetchFlake {
        /// The folder or URL.
        flake: String,
        /// The configuration.
        host: String,
    },
    /// Erases the whole disk. From here on what was on it is lost.
    EraseDisk {
        /// UDisks2's object path of the disk.
        disk: String,
        /// Device name.
        device: String,
        /// How; never [`Erasure::None`].
        erasure: Erasure,
        /// The disk's own command, if it has one.
        own: Option<OwnErasure>,
        /// How many minutes it takes, as far as that can be told.
        minutes: Option<u32>,
    },
    /// Writes a new, empty GPT. From here on what was on the disk is lost.
    CreatePartitionTable {
        /// UDisks2's object path of the disk.
        disk: String,
        /// Device name.
        device: String,
    },
    /// Makes the EFI system partition.
    CreateEsp {
        /// UDisks2's object path of the disk.
        disk: String,
        /// The partition.
        partition: PlannedPartition,
    },
    /// Makes the swap partition.
    CreateSwap {
        /// UDisks2's object path of the disk.
        disk: String,
        /// The partition.
        partition: PlannedPartition,
    },
    /// Makes the encrypted volume with the Btrfs filesystem in it, and leaves it unlocked; or the
    /// filesystem alone, as the partition's role says.
    CreateVolume {
        /// UDisks2's object path of the disk.
        disk: String,
        /// The partition.
        partition: PlannedPartition,
    },
    /// Makes trying a passphrase as costly as the answers say.
    SetKeyDerivation {
        /// Cost of trying a passphrase.
        pbkdf: Pbkdf,
    },
    /// Makes the subvolumes.
    CreateSubvolumes {
        /// Which.
        subvolumes: Vec<Subvolume>,
    },
    /// Takes the read-only snapshots of what is rolled back while it is still empty.
    TakeBlankSnapshot {
        /// Of which subvolumes.
        replaced: Vec<Replaced>,
    },
    /// Mounts everything below [`TARGET`].
    MountTarget {
        /// The subvolumes, parents first.
        subvolumes: Vec<Subvolume>,
        /// Level of zstd compression.
        compression_level: Option<i8>,
        /// Size in bytes of a root in memory, where it is no subvolume.
        memory_root: Option<u64>,
    },
    /// Makes the swap file.
    CreateSwapFile {
        /// Size in bytes.
        size: u64,
    },
    /// Finds out which drivers the machine needs.
    DetectHardware,
    /// Writes the configuration.
    WriteConfiguration {
        /// Its files.
        files: Vec<ConfigFileName>,
        /// Whether one of them says where the swap file lies.
        locates_swap: bool,
    },
    /// Copies the person's flake to where the new system has its configuration.
    CopyFlake {
        /// The folder or URL that it came from.
        flake: String,
        /// The file in it that what it must know of the disk is written to, if any.
        facts: Option<String>,
    },
    /// Puts into `/persist` what the first boot would otherwise make anew.
    SeedPersist {
        /// The release whose channel root is subscribed to, where the system is built from one.
        channel: Option<String>,
        /// Whether the live session's Wi-Fi networks are taken along.
        wifi: bool,
    },
    /// Writes the hash of the user's password.
    SetPassword {
        /// Login name.
        user: String,
        /// Whether root gets the same password, in a file of its own.
        root_too: bool,
    },
    /// Installs NixOS.
    InstallSystem {
        /// The flake's configuration; `None` where the system is built from the live session's
        /// channel.
        host_name: Option<String>,
    },
    /// Checks what must be there for the system to boot.
    CheckInstallation,
    /// Goes through the next start, as far as that can be done without starting.
    Rehearse {
        /// The subvolumes, parents first.
        subvolumes: Vec<Subvolume>,
        /// Level of zstd compression.
        compression_level: Option<i8>,
        /// Size in bytes of a root in memory.
        memory_root: Option<u64>,
        /// What is rolled back.
        replaced: Vec<Replaced>,
        /// Whether there is an encrypted volume to lock and unlock.
        unlock: bool,
    },
    /// Unmounts everything and locks the volume.
    CloseTarget {
        /// Whether there is an encrypted volume to lock.
        lock: bool,
    },
}

/// The lasting name of a step, for logs, receipts and exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is the case of Step with the same name")]
pub enum StepId {
    CheckDisk,
    FetchFlake,
    EraseDisk,
    CreatePartitionTable,
    CreateEsp,
    CreateSwap,
    CreateVolume,
    SetKeyDerivation,
    CreateSubvolumes,
    TakeBlankSnapshot,
    MountTarget,
    CreateSwapFile,
    DetectHardware,
    WriteConfiguration,
    CopyFlake,
    SeedPersist,
    SetPassword,
    InstallSystem,
    CheckInstallation,
    Rehearse,
    CloseTarget,
}

impl StepId {
    /// The exit status of `snowmelt-cli install` when this step fails, from 20 up; part of the
    /// documented interface, so a number never changes its meaning.
    #[must_use]
    pub fn exit_status(self) -> u8 {
        match self {
            Self::CheckDisk => 20,
            Self::CreatePartitionTable => 21,
            Self::CreateEsp => 22,
            Self::CreateSwap => 23,
            Self::CreateVolume => 24,
            Self::CreateSubvolumes => 25,
            Self::TakeBlankSnapshot => 26,
            Self::MountTarget => 27,
            Self::DetectHardware => 28,
            Self::WriteConfiguration => 29,
            Self::SeedPersist => 30,
            Self::SetPassword => 31,
            Self::InstallSystem => 32,
            Self::CheckInstallation => 33,
            Self::CloseTarget => 34,
            Self::SetKeyDerivation => 35,
            Self::CreateSwapFile => 36,
            Self::Rehearse => 37,
            Self::FetchFlake => 38,
            Self::CopyFlake => 39,
            Self::EraseDisk => 40,
        }
    }

    /// The lasting word for this step.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CheckDisk => "check-disk",
            Self::FetchFlake => "fetch-flake",
            Self::CopyFlake => "copy-flake",
            Self::EraseDisk => "erase-disk",
            Self::CreatePartitionTable => "create-partition-table",
            Self::CreateEsp => "create-esp",
            Self::CreateSwap => "create-swap",
            Self::CreateVolume => "create-volume",
            Self::SetKeyDerivation => "set-key-derivation",
            Self::CreateSubvolumes => "create-subvolumes",
            Self::TakeBlankSnapshot => "take-blank-snapshot",
            Self::MountTarget => "mount-target",
            Self::CreateSwapFile => "create-swap-file",
            Self::DetectHardware => "detect-hardware",
            Self::WriteConfiguration => "write-configuration",
            Self::SeedPersist => "seed-persist",
            Self::SetPassword => "set-password",
            Self::InstallSystem => "install-system",
            Self::CheckInstallation => "check-installation",
            Self::Rehearse => "rehearse",
            Self::CloseTarget => "close-target",
        }
    }
}

impl Step {
    /// Its lasting name.
    #[must_use]
    pub fn id(&self) -> StepId {
        match self {
            Self::CheckDisk { .. } => StepId::CheckDisk,
            Self::FetchFlake { .. } => StepId::FetchFlake,
            Self::CopyFlake { .. } => StepId::CopyFlake,
            Self::EraseDisk { .. } => StepId::EraseDisk,
            Self::CreatePartitionTable { .. } => StepId::CreatePartitionTable,
            Self::CreateEsp { .. } => StepId::CreateEsp,
            Self::CreateSwap { .. } => StepId::CreateSwap,
            Self::CreateVolume { .. } => StepId::CreateVolume,
            Self::SetKeyDerivation { .. } => StepId::SetKeyDerivation,
            Self::CreateSubvolumes { .. } => StepId::CreateSubvolumes,
            Self::TakeBlankSnapshot { .. } => StepId::TakeBlankSnapshot,
            Self::MountTarget { .. } => StepId::MountTarget,
            Self::CreateSwapFile { .. } => StepId::CreateSwapFile,
            Self::DetectHardware => StepId::DetectHardware,
            Self::WriteConfiguration { .. } => StepId::WriteConfiguration,
            Self::SeedPersist { .. } => StepId::SeedPersist,
            Self::SetPassword { .. } => StepId::SetPassword,
            Self::InstallSystem { .. } => StepId::InstallSystem,
            Self::CheckInstallation => StepId::CheckInstallation,
            Self::Rehearse { .. } => StepId::Rehearse,
            Self::CloseTarget { .. } => StepId::CloseTarget,
        }
    }

    /// What it does, in one plain sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::CheckDisk { device, title } => gettext_f(
                "Check that {device} is still {title}, and that nothing uses it",
                &[("device", device), ("title", title)],
            ),
            Self::FetchFlake { flake, host } => gettext_f(
                "Get a copy of your flake {flake}, and check that {host} is in it",
                &[("flake", flake), ("host", host)],
            ),
            Self::EraseDisk { device, erasure: Erasure::None | Erasure::Discard, .. } => {
                gettext_f("Tell {device} that nothing on it is needed any more", &[("device", device)])
            }
            Self::EraseDisk { device, erasure: Erasure::Overwrite, .. } => {
                gettext_f("Write zeros over all of {device}", &[("device", device)])
            }
            Self::EraseDisk { device, erasure: Erasure::Firmware, .. } => {
                gettext_f("Have {device} erase itself", &[("device", device)])
            }
            Self::CreatePartitionTable { device, .. } => {
                gettext_f("Erase {device} and write a new partition table", &[("device", device)])
            }
            Self::CreateEsp { partition, .. } => {
                gettext_f("Create the boot partition ({size})", &[("size", &size::show(partition.size))])
            }
            Self::CreateSwap { partition, .. } if partition.role == Role::RandomSwap => gettext_f(
                "Create the swap partition ({size}), encrypted with a new key at each boot",
                &[("size", &size::show(partition.size))],
            ),
            Self::CreateSwap { partition, .. } => {
                gettext_f("Create the swap partition ({size})", &[("size", &size::show(partition.size))])
            }
            Self::CreateVolume { partition, .. } if partition.role == Role::Filesystem => gettext_f(
                "Create the system’s partition ({size}) with a Btrfs filesystem in it, not encrypted",
                &[("size", &size::show(partition.size))],
            ),
            Self::CreateVolume { partition, .. } => gettext_f(
                "Create the encrypted volume ({size}) with a Btrfs filesystem in it",
                &[("size", &size::show(partition.size))],
            ),
            Self::SetKeyDerivation { .. } => {
                gettext("Set how costly it is to try a passphrase, as the answers say")
            }
            Self::CreateSubvolumes { subvolumes } => {
                let names: Vec<&str> = subvolumes.iter().map(|each| each.name.as_str()).collect();
                gettext_f("Create the subvolumes {names}", &[("names", &names.join(", "))])
            }
            Self::TakeBlankSnapshot { replaced } if replaced.contains(&Replaced::Home) => {
                gettext("Take the blank snapshots that a rollback returns the root and /home to")
            }
            Self::TakeBlankSnapshot { .. } => {
                gettext("Take the blank snapshot that a rollback returns the root to")
            }
            Self::MountTarget { .. } => gettext_f("Mount the new system at {target}", &[("target", TARGET)]),
            Self::CreateSwapFile { size } => {
                gettext_f("Create a swap file of {size} for hibernation", &[("size", &size::show(*size))])
            }
            Self::DetectHardware => gettext("Find out which drivers this machine needs"),
            Self::WriteConfiguration { .. } => gettext("Write the configuration"),
            Self::CopyFlake { facts: None, .. } => {
                gettext("Copy your flake, as it is, to /etc/nixos of the new system")
            }
            Self::CopyFlake { facts: Some(facts), .. } => gettext_f(
                "Copy your flake to /etc/nixos of the new system, with what it must know of the disk in {file}",
                &[("file", facts)],
            ),
            Self::SeedPersist { wifi: false, .. } => {
                gettext("Prepare what persists: the machine’s identity and its SSH keys")
            }
            Self::SeedPersist { wifi: true, .. } => gettext(
                "Prepare what persists: the machine’s identity, its SSH keys, and the live session’s Wi-Fi networks",
            ),
            Self::SetPassword { user, root_too: false } => {
                gettext_f("Set the password of {user}", &[("user", user)])
            }
            Self::SetPassword { user, root_too: true } => {
                gettext_f("Set the password of {user} and of root", &[("user", user)])
            }
            Self::InstallSystem { .. } => gettext("Install NixOS"),
            Self::CheckInstallation => gettext("Check that the new system can boot"),
            Self::Rehearse { unlock: true, .. } => gettext(
                "Rehearse the next start: lock the volume, unlock it with the passphrase, roll back a copy of the root, check the password",
            ),
            Self::Rehearse { unlock: false, .. } => gettext(
                "Rehearse the next start: mount anew, roll back a copy of the root, check the password",
            ),
            Self::CloseTarget { lock: true } => gettext("Unmount the new system and lock its volume"),
            Self::CloseTarget { lock: false } => gettext("Unmount the new system"),
        }
    }

    /// The exact calls and commands behind it, in their order.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        match self {
            Self::CheckDisk { device, title } => vec![Call::Check {
                what: gettext_f(
                    "model, serial number, WWN and size of {device} ({title}); its mounts, swap and holders",
                    &[("device", device), ("title", title)],
                ),
            }],
            Self::FetchFlake { flake, host } => own::fetch_calls(flake, host),
            Self::CopyFlake { facts, .. } => own::copy_calls(facts.as_deref()),
            Self::EraseDisk { disk, erasure, own, .. } => match erasure {
                Erasure::None => Vec::new(),
                Erasure::Discard => vec![Call::Command(commands::discard())],
                Erasure::Overwrite => vec![Call::Dbus(dbus::overwrite(disk))],
                Erasure::Firmware => {
                    own.iter().map(|own| Call::Dbus(dbus::erase_itself(disk, *own))).collect()
                }
            },
            Self::CreatePartitionTable { disk, .. } => vec![Call::Dbus(dbus::format_table(disk))],
            Self::CreateEsp { disk, partition } => dbus_of(dbus::create_esp(disk, partition)),
            Self::CreateSwap { disk, partition } => dbus_of(dbus::create_swap(disk, partition)),
            Self::CreateVolume { disk, partition } => {
                vec![Call::Dbus(dbus::create_volume(disk, partition))]
            }
            Self::SetKeyDerivation { pbkdf } => vec![Call::Command(commands::set_key_derivation(pbkdf))],
            Self::CreateSubvolumes { subvolumes } => commands_of(commands::create_subvolumes(subvolumes)),
            Self::TakeBlankSnapshot { replaced } => commands_of(commands::take_blank_snapshot(replaced)),
            Self::MountTarget { subvolumes, compression_level, memory_root } => {
                commands_of(commands::mount_target(subvolumes, *compression_level, *memory_root))
            }
            Self::CreateSwapFile { size } => commands_of(commands::make_swap_file(*size)),
            Self::DetectHardware => vec![
                Call::Command(commands::generate_config()),
                Call::Write { path: commands::config_path(ConfigFileName::Hardware), mode: 0o644 },
            ],
            Self::WriteConfiguration { files, locates_swap } => {
                let locate = locates_swap.then(|| Call::Command(commands::locate_swap_file()));
                let write =
                    |name: &ConfigFileName| Call::Write { path: commands::config_path(*name), mode: 0o644 };
                locate.into_iter().chain(files.iter().map(write)).collect()
            }
            Self::SeedPersist { channel, wifi } => {
                let mut calls = vec![Call::Write { path: commands::machine_id_path(), mode: 0o444 }];
                calls.extend(commands_of(commands::make_host_keys()));
                if channel.is_some() {
                    calls.push(Call::Write { path: commands::channels_path(), mode: 0o644 });
                }
                if *wifi {
                    calls.push(Call::Write { path: commands::connection_path("…"), mode: 0o600 });
                }
                calls
            }
            Self::SetPassword { user, root_too } => commands::password_owners(user, *root_too)
                .flat_map(|owner| {
                    let path = commands::password_path(owner);
                    [Call::Command(commands::hash_password()), Call::Write { path, mode: 0o600 }]
                })
                .collect(),
            Self::InstallSystem { host_name } => commands_of(vec![
                commands::build(host_name.as_deref()),
                commands::install(host_name.is_some()),
            ]),
            Self::CheckInstallation => vec![Call::Check {
                what: gettext(
                    "kernel, initial ramdisk and boot entry on the boot partition; the installed system; the password’s hash; the blank snapshot",
                ),
            }],
            Self::Rehearse { subvolumes, compression_level, memory_root, replaced, unlock } => {
                let mut calls = commands_of(commands::close_target());
                if *unlock {
                    calls.extend([Call::Dbus(dbus::lock_volume()), Call::Dbus(dbus::unlock_volume())]);
                }
                if !replaced.is_empty() {
                    calls.extend(commands_of(commands::copy_for_rehearsal(replaced)));
                    for _ in replaced {
                        let path = commands::REHEARSED_SCRIPT.to_owned();
                        calls.push(Call::Write { path, mode: 0o600 });
                        calls.push(Call::Command(commands::rehearse_rollback()));
                    }
                    calls.push(Call::Command(commands::mount_top_level()));
                    let copies = replaced.iter().flat_map(|each| {
                        [format!("{}/…", each.old()), each.subvolume().to_owned(), each.blank().to_owned()]
                    });
                    let copies: Vec<String> = copies.collect();
                    let copies: Vec<&str> = copies.iter().map(String::as_str).collect();
                    calls.extend(commands_of(commands::remove_rehearsal(&copies)));
                    calls.extend(commands_of(commands::leave_top_level().to_vec()));
                }
                calls.extend(commands_of(commands::mount_target(
                    subvolumes,
                    *compression_level,
                    *memory_root,
                )));
                calls.push(Call::Check {
                    what: gettext(
                        "all of the step before, as it is found after mounting anew; the installed system’s table of mounts; the password against its hash",
                    ),
                });
                calls
            }
            Self::CloseTarget { lock } => {
                let mut calls = commands_of(commands::close_target());
                if *lock {
                    calls.push(Call::Dbus(dbus::lock_volume()));
                }
                calls
            }
        }
    }

    /// How it is undone, or why it can't be.
    #[must_use]
    pub fn undo(&self) -> Undo {
        match self {
            Self::CheckDisk { .. }
            | Self::FetchFlake { .. }
            | Self::CheckInstallation
            | Self::Rehearse { .. } => Undo::ChangesNothing,
            Self::EraseDisk { .. } => Undo::Impossible(gettext(
                "What was on the disk can’t be brought back: that is what it is for.",
            )),
            Self::CreatePartitionTable { .. } => Undo::Impossible(gettext(
                "What was on the disk can’t be brought back: its partition table is overwritten.",
            )),
            Self::CreateEsp { .. } | Self::CreateSwap { .. } | Self::CreateVolume { .. } => {
                Undo::Possible(gettext("The partition is deleted."))
            }
            Self::SetKeyDerivation { .. }
            | Self::CreateSubvolumes { .. }
            | Self::TakeBlankSnapshot { .. }
            | Self::CreateSwapFile { .. }
            | Self::DetectHardware
            | Self::WriteConfiguration { .. }
            | Self::CopyFlake { .. }
            | Self::SeedPersist { .. }
            | Self::SetPassword { .. }
            | Self::InstallSystem { .. } => {
                Undo::Possible(gettext("It goes with the partition when that is deleted."))
            }
            Self::MountTarget { .. } => Undo::Possible(gettext("Everything is unmounted.")),
            Self::CloseTarget { lock: true } => {
                Undo::Possible(gettext("The volume is unlocked again with its passphrase."))
            }
            Self::CloseTarget { lock: false } => Undo::Possible(gettext("Everything is mounted again.")),
        }
    }

    /// UDisks2's object path of the disk that it changes, where it calls one.
    #[must_use]
    pub fn disk_object(&self) -> Option<&str> {
        match self {
            Self::EraseDisk { disk, .. }
            | Self::CreatePartitionTable { disk, .. }
            | Self::CreateEsp { disk, .. }
            | Self::CreateSwap { disk, .. }
            | Self::CreateVolume { disk, .. } => Some(disk),
            _ => None,
        }
    }

    /// Whether what was on the disk is lost once this step has begun.
    #[must_use]
    pub fn is_point_of_no_return(&self) -> bool {
        matches!(self, Self::EraseDisk { .. } | Self::CreatePartitionTable { .. })
    }

    /// Its share of the whole time, for the progress fraction. Only the proportions count; they
    /// were measured on an installation and are dominated by `nixos-install`.
    #[must_use]
    pub fn weight(&self) -> u32 {
        match self {
            // An installation without it takes some ten minutes, which are a hundred shares.
            Self::EraseDisk { minutes, .. } => minutes.unwrap_or(1).saturating_mul(10).clamp(1, 100_000),
            Self::InstallSystem { .. } => 80,
            Self::CreateVolume { .. } => 6,
            Self::CreateEsp { .. }
            | Self::CreateSwap { .. }
            | Self::DetectHardware
            | Self::Rehearse { .. } => 2,
            _ => 1,
        }
    }
}

fn dbus_of(calls: Vec<crate::pure::call::DbusCall>) -> Vec<Call> {
    calls.into_iter().map(Call::Dbus).collect()
}

fn commands_of(commands: Vec<crate::pure::call::Command>) -> Vec<Call> {
    commands.into_iter().map(Call::Command).collect()
}
