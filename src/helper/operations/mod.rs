//! What the helper can do. Each operation runs the very commands that the plan shows.

mod check;
mod close;
mod configure;
mod discard;
mod flake;
mod install;
mod key_derivation;
mod keymap;
mod mount;
mod networks;
mod rehearse;
mod reserve;
mod seed;
mod subvolumes;
mod swap;

use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::device::{Devices, DiskLock};
use super::report::Report;
use super::{failure, leftover, names};
use crate::boundary::command::{Input, Listener, Output, Tools, run};
use crate::boundary::target::Target;
use crate::pure::call::Command;
use crate::pure::disk::DiskIdentity;
use crate::pure::layout::TARGET;
use crate::pure::plan;
use crate::pure::protocol::{Failure, Request, VERSION, VolumeId};
use crate::pure::reason::Reason;

/// What the helper finds around it; fixed in the program, chosen in tests.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Where programs are.
    pub tools: Tools,
    /// What is cleaned up at the end: whatever is mounted at or below this directory.
    pub target: PathBuf,
}

impl Surroundings {
    /// Those of the real helper.
    #[must_use]
    pub fn real(tools: Tools) -> Self {
        Self { tools, target: PathBuf::from(TARGET) }
    }
}

/// Carries requests out.
#[derive(Debug)]
pub struct Operations {
    surroundings: Surroundings,
    cancel: CancellationToken,
    /// The disk that is taken, and what keeps other helpers from it.
    reserved: Option<DiskIdentity>,
    lock: Option<DiskLock>,
    devices: Option<Devices>,
    /// What was asked for when they were opened: nothing else is, once they were closed.
    asked: Option<(DiskIdentity, VolumeId, Uuid)>,
    /// Whether anything was mounted since the target was last seen empty.
    mounted: bool,
}

impl Operations {
    /// Nothing is opened yet.
    #[must_use]
    pub fn new(surroundings: Surroundings, cancel: CancellationToken) -> Self {
        Self { surroundings, cancel, reserved: None, lock: None, devices: None, asked: None, mounted: false }
    }

    /// Carries out one request, whose turn it is.
    pub(super) async fn perform(&mut self, request: Request, report: &mut Report) -> Result<(), Failure> {
        match request {
            Request::Hello { protocol: VERSION } => Ok(()),
            Request::Hello { protocol } => Err(failure(
                Reason::OtherVersion { helper: VERSION },
                format!("the caller speaks version {protocol}"),
            )),
            Request::ReserveDisk { disk } => self.reserve_disk(disk, report).await,
            Request::DiscardDisk { disk } => self.discard_disk(&disk, report).await,
            Request::OpenTarget { disk, volume, esp } => {
                self.check_target_is_free()?;
                let asked = (disk, volume, esp);
                if self.asked.as_ref().is_some_and(|before| *before != asked) {
                    return Err(failure(Reason::OutOfOrder, "other devices than before are asked for"));
                }
                let devices = Devices::open(&asked.0, volume, esp, &mut self.lock).await?;
                self.asked = Some(asked);
                let found =
                    format!("volume: {}; EFI system partition: {}", devices.paths.volume, devices.paths.esp);
                self.devices = Some(devices);
                report.line("helper", &found).await.map_err(no_caller)
            }
            Request::SetKeyDerivation { pbkdf, passphrase } => {
                self.set_key_derivation(&pbkdf, &passphrase, report).await
            }
            Request::CreateSubvolumes { subvolumes } => {
                names::check_subvolumes(&subvolumes)?;
                let result = self.create_subvolumes(&subvolumes, report).await;
                self.tidy_after(result).await
            }
            Request::TakeBlankSnapshot { replaced } => {
                let result = self.take_blank_snapshot(&replaced, report).await;
                self.tidy_after(result).await
            }
            Request::MountTarget { subvolumes, compression_level, memory_root } => {
                names::check_subvolumes(&subvolumes)?;
                names::check_level(compression_level)?;
                if let Some(size) = memory_root {
                    names::check_size("memory-root", size)?;
                }
                let result = self.mount_target(&subvolumes, compression_level, memory_root, report).await;
                self.tidy_after(result).await
            }
            Request::MakeSwapFile { size } => {
                names::check_size("size", size)?;
                self.run_all(&plan::make_swap_file(size), report).await
            }
            Request::LocateSwapFile => self.locate_swap_file(report).await,
            Request::DetectHardware => self.detect_hardware(report).await,
            Request::WriteConfiguration { files } => self.write_configuration(&files),
            Request::PutFlakePart { path, part } => self.put_flake_part(&path, &part),
            Request::SeedPersist { directories, channel, wifi } => {
                self.seed_persist(&directories, report).await?;
                if let Some(release) = channel {
                    names::check_release(&release)?;
                    self.subscribe(&release)?;
                }
                if wifi { self.take_networks_along(report).await } else { Ok(()) }
            }
            Request::SetPassword { user, root_too, password } => {
                names::check_user(&user)?;
                for owner in plan::password_owners(&user, root_too) {
                    self.set_password(owner, &password, report).await?;
                }
                Ok(())
            }
            Request::InstallSystem { host_name, doubted } => {
                if let Some(host_name) = &host_name {
                    names::check_host_name(host_name)?;
                }
                if doubted {
                    self.check_store(report).await?;
                }
                self.install_system(host_name.as_deref(), report).await
            }
            Request::CheckInstallation { user, root_too, accounts, replaced } => {
                names::check_user(&user)?;
                self.check_installation(&user, root_too, accounts, &replaced, false, report).await
            }
            Request::RehearseRollback { replaced } => {
                let result = self.rehearse_rollback(&replaced, report).await;
                self.tidy_after(result).await
            }
            Request::RehearseBoot { subvolumes, user, root_too, replaced, root_is_new, password } => {
                names::check_subvolumes(&subvolumes)?;
                names::check_user(&user)?;
                self.check_installation(&user, root_too, true, &replaced, root_is_new, report).await?;
                self.rehearse_boot(&subvolumes, &user, root_too, &password, report).await
            }
            Request::CloseTarget => self.close_target(report).await,
            // The conversation ends with it; there is nothing left to do here.
            Request::Cancel => Ok(()),
        }
    }

    /// Runs a command of the plan and passes its output on.
    async fn run(&mut self, command: &Command, report: &mut Report) -> Result<(), Failure> {
        let _nothing = self.run_with(command, Input::Nothing, Output::Lines, report).await?;
        Ok(())
    }

    /// Runs commands of the plan one after the other.
    async fn run_all(&mut self, commands: &[Command], report: &mut Report) -> Result<(), Failure> {
        for command in commands {
            self.run(command, report).await?;
        }
        Ok(())
    }

    /// Runs a command and gives back what was kept of its output.
    async fn run_with(
        &mut self,
        command: &Command,
        input: Input<'_>,
        output: Output,
        report: &mut Report,
    ) -> Result<Vec<u8>, Failure> {
        self.run_heard(command, input, output, report).await
    }

    /// The same, heard by another listener.
    async fn run_heard<L: Listener>(
        &mut self,
        command: &Command,
        input: Input<'_>,
        output: Output,
        listener: &mut L,
    ) -> Result<Vec<u8>, Failure> {
        let Some(devices) = &self.devices else {
            return Err(failure(Reason::OutOfOrder, "the devices are not opened"));
        };
        devices.check()?;
        let arguments = command.resolve(&devices.paths);
        self.run_resolved(command, &arguments, input, output, listener).await
    }

    /// The same, with arguments that are the command's own.
    async fn run_resolved<L: Listener>(
        &self,
        command: &Command,
        arguments: &[String],
        input: Input<'_>,
        output: Output,
        listener: &mut L,
    ) -> Result<Vec<u8>, Failure> {
        listener.line("helper", &format!("runs {command}")).await.map_err(no_caller)?;
        let tools = &self.surroundings.tools.with_temporary(command.temporary.as_deref());
        let kept = run(tools, &command.program, arguments, input, output, listener, &self.cancel).await;
        leftover::reap();
        Ok(kept?)
    }

    fn target(&self) -> Result<Target, Failure> {
        Target::open(&self.surroundings.target).map_err(|error| file_failed(TARGET, error))
    }

    /// Writes a file at a path of the plan, which begins with the target directory.
    fn write(&self, path: &str, mode: u32, bytes: &[u8]) -> Result<(), Failure> {
        self.target()?.write(below_target(path), mode, bytes).map_err(|error| file_failed(path, error))
    }
}

/// The part of a path of the plan below the target directory.
fn below_target(path: &str) -> &Path {
    Path::new(path.strip_prefix(TARGET).unwrap_or(path))
}

fn file_failed(path: &str, error: impl ToString) -> Failure {
    failure(Reason::FileFailed { path: path.to_owned() }, error)
}

/// Nobody reads the events any more; the conversation notices it by itself.
fn no_caller(error: std::io::Error) -> Failure {
    failure(Reason::Cancelled, error)
}
