//! Unmounting.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Operations, no_caller};
use crate::boundary::command::{Input, Listener, Output, run};
use crate::helper::report::Report;
use crate::helper::{failure, leftover};
use crate::pure::plan;
use crate::pure::protocol::Failure;
use crate::pure::reason::Reason;

/// How often unmounting is tried, and how long it is waited in between.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_millis(250);
/// After so many tries, what still runs is ended. An installation can leave an agent of gpg or a
/// builder of Nix behind; most end by themselves.
const PATIENCE: usize = 8;

/// Nobody is there to be told.
struct Deaf;

impl Listener for Deaf {
    async fn line(&mut self, _source: &str, _line: &str) -> std::io::Result<()> {
        Ok(())
    }
}

impl Operations {
    pub(super) async fn close_target(&mut self, report: &mut Report) -> Result<(), Failure> {
        if self.mounted {
            let mut commands = plan::close_target().into_iter();
            if let Some(sync) = commands.next() {
                self.run(&sync, report).await?;
            }
            let commands: Vec<_> = commands.collect();
            let mut tried = 0;
            loop {
                match self.run_all(&commands, report).await {
                    Ok(()) => break,
                    Err(error) if matches!(error.reason, Reason::ProgramFailed { .. }) => {
                        let holders = leftover::holders(&self.surroundings.target);
                        if tried >= TRIES || self.cancel.is_cancelled() {
                            return Err(failure(Reason::StillBusy { holders }, error.cause));
                        }
                        tried += 1;
                        if tried == PATIENCE {
                            let line = format!("ends what was left behind: {}", holders.join(", "));
                            report.line("helper", &line).await.map_err(no_caller)?;
                            leftover::end_all();
                        }
                        tokio::time::sleep(PAUSE).await;
                    }
                    Err(error) => return Err(error),
                }
            }
            self.mounted = false;
        }
        self.devices = None;
        Ok(())
    }

    /// Unmounts when an operation failed halfway, so that it can be tried again.
    pub(super) async fn tidy_after(&mut self, result: Result<(), Failure>) -> Result<(), Failure> {
        if result.is_err() {
            self.unmount_all().await;
        }
        result
    }

    /// Locks the volume when the conversation has ended before [`Request::CloseTarget`]: whoever
    /// would have UDisks2 lock it may be dead. As well as it can, also when cancelled.
    ///
    /// [`Request::CloseTarget`]: crate::pure::protocol::Request::CloseTarget
    pub(crate) async fn lock_volume(&mut self) {
        let Some(devices) = self.devices.take() else { return };
        let volume = devices.paths.volume.clone();
        // They hold the volume open.
        drop(devices);
        if let Some(name) = volume.strip_prefix("/dev/mapper/") {
            self.lock_by_name(name).await;
        }
    }

    /// Locks an encrypted volume, which the kernel refuses as long as anything uses it.
    pub(super) async fn lock_by_name(&self, name: &str) {
        let arguments = ["close".to_owned(), "--".to_owned(), name.to_owned()];
        let tools = &self.surroundings.tools;
        let anyway = CancellationToken::new();
        let _locked =
            run(tools, "cryptsetup", &arguments, Input::Nothing, Output::Lines, &mut Deaf, &anyway).await;
    }

    /// Unmounts what was mounted, as well as it can, also when cancelled. What stays is unmounted
    /// by the kernel when the helper's mount namespace ends with it.
    pub(crate) async fn unmount_all(&mut self) {
        if !self.mounted {
            return;
        }
        let anyway = CancellationToken::new();
        for _ in 0..TRIES {
            match self.mounted_below_target() {
                Ok(places) if places.is_empty() => {
                    self.mounted = false;
                    return;
                }
                _ => {}
            }
            let target = self.surroundings.target.display().to_string();
            let arguments = ["--recursive".to_owned(), target];
            let tools = &self.surroundings.tools;
            let unmounted =
                run(tools, "umount", &arguments, Input::Nothing, Output::Lines, &mut Deaf, &anyway).await;
            if unmounted.is_err() {
                leftover::end_all();
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
