//! What will be done, step by step, before anything of it is done.

mod commands;
mod dbus;
mod own;
mod step;
mod undo;

use commands::persist_path;

pub use commands::*;
pub use dbus::{delete_partition, lock_volume, unlock_volume};
pub use own::{clone, flake_path, is_url, list_hosts, show_to_git};
pub use step::{Step, StepId};
pub use undo::Undo;

use serde::Serialize;

use super::answers::{Answers, DEFAULT_PBKDF};
use super::disk::{Disk, DiskIdentity};
use super::erasure::{self, Erasure};
use super::layout::{Layout, Role};
use super::machine::Machine;
use super::refusal::{Refusal, refusals};

/// The version of the plan's JSON form.
pub const VERSION: u32 = 1;

/// The steps that follow from the answers and one disk.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Plan {
    /// [`VERSION`].
    pub version: u32,
    /// The disk that it is for.
    pub disk: DiskIdentity,
    /// The disk's present device name.
    pub device: String,
    /// The disk as it will be.
    pub layout: Layout,
    /// The steps, in their order.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Works out the plan.
    ///
    /// # Errors
    /// Every reason why these answers can't be carried out on this disk of this machine.
    pub fn new(answers: &Answers, machine: &Machine, disk: &Disk) -> Result<Self, Vec<Refusal>> {
        let layout = Layout::aligned(answers, disk.identity.size, machine.memory, disk.alignment);
        let refusals = refusals(machine, disk, &layout, answers);
        if !refusals.is_empty() {
            return Err(refusals);
        }
        Ok(Self::with(answers, machine, disk, layout))
    }

    /// Works out the plan that an interrupted installation had. Its own volume may still be open on
    /// the disk, so nothing is refused; whoever goes on looks for himself what uses the disk.
    #[must_use]
    pub fn again(answers: &Answers, machine: &Machine, disk: &Disk) -> Self {
        let layout = Layout::aligned(answers, disk.identity.size, machine.memory, disk.alignment);
        Self::with(answers, machine, disk, layout)
    }

    fn with(answers: &Answers, machine: &Machine, disk: &Disk, layout: Layout) -> Self {
        let steps = steps(answers, machine, disk, &layout);
        Self { version: VERSION, disk: disk.identity.clone(), device: disk.device.clone(), layout, steps }
    }

    /// Whether the disk that is erased is the one with this object path of UDisks2.
    #[must_use]
    pub fn is_about(&self, object: &str) -> bool {
        self.steps.iter().all(|step| step.disk_object().is_none_or(|disk| disk == object))
    }
}

fn erase(erasure: Erasure, disk: &Disk) -> Option<Step> {
    (erasure != Erasure::None).then(|| Step::EraseDisk {
        disk: disk.object.clone(),
        device: disk.device.clone(),
        erasure,
        own: disk.erasable.own,
        minutes: erasure::minutes(erasure, disk),
    })
}

fn steps(answers: &Answers, machine: &Machine, disk: &Disk, layout: &Layout) -> Vec<Step> {
    let channel = answers.uses_channel();
    let mut steps = vec![Step::CheckDisk { device: disk.device.clone(), title: disk.title() }];
    steps.extend(erase(answers.disk.erase, disk));
    steps.push(Step::CreatePartitionTable { disk: disk.object.clone(), device: disk.device.clone() });
    steps.extend(layout.partitions.iter().map(|partition| match partition.role {
        Role::Esp => Step::CreateEsp { disk: disk.object.clone(), partition: *partition },
        Role::Swap | Role::RandomSwap => {
            Step::CreateSwap { disk: disk.object.clone(), partition: *partition }
        }
        Role::Volume | Role::Filesystem => {
            Step::CreateVolume { disk: disk.object.clone(), partition: *partition }
        }
    }));
    let encryption = &answers.encryption;
    if encryption.enabled && encryption.pbkdf != DEFAULT_PBKDF {
        steps.push(Step::SetKeyDerivation { pbkdf: encryption.pbkdf });
    }
    steps.push(Step::CreateSubvolumes { subvolumes: layout.subvolumes.clone() });
    if !layout.replaced.is_empty() {
        steps.push(Step::TakeBlankSnapshot { replaced: layout.replaced.clone() });
    }
    steps.push(Step::MountTarget {
        subvolumes: layout.subvolumes.clone(),
        compression_level: layout.compression_level,
        memory_root: layout.memory_root,
    });
    steps.extend(layout.swap_file.map(|size| Step::CreateSwapFile { size }));
    steps.extend([
        Step::DetectHardware,
        Step::WriteConfiguration { files: written_files(answers), locates_swap: layout.swap_file.is_some() },
        Step::SeedPersist {
            channel: channel.then(|| answers.release(machine).to_owned()),
            wifi: answers.persist.wifi,
        },
        Step::SetPassword { user: answers.user.name.clone(), root_too: !answers.user.administrator },
        Step::InstallSystem { host_name: (!channel).then(|| answers.host().to_owned()) },
        Step::CheckInstallation,
        Step::Rehearse {
            subvolumes: layout.subvolumes.clone(),
            compression_level: layout.compression_level,
            memory_root: layout.memory_root,
            replaced: layout.replaced.clone(),
            unlock: encryption.enabled,
        },
        Step::CloseTarget { lock: encryption.enabled },
    ]);
    match answers.configuration.own() {
        Some(own) => own::with(own, answers.host(), steps),
        None => steps,
    }
}
