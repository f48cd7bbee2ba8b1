//! An installation from its first step to its last, over as many tries as it takes.

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::again::begins_at;
use super::failure::{Cause, DiskState, Failure};
use super::observer::{Observer, Progress, Update};
use super::resume::Keeper;
use crate::boundary::helper_client::HelperClient;
use crate::boundary::inhibit::Inhibitor;
use crate::boundary::own_flake::Copy;
use crate::boundary::udisks::{Context, Udisks};
use crate::i18n::gettext;
use crate::pure::answers::Answers;
use crate::pure::keyboard::Typeable;
use crate::pure::machine::Machine;
use crate::pure::plan::{Plan, Step, StepId};
use crate::pure::secret::Secret;

/// Asks a running installation to stop. A program is stopped at once; a call of UDisks2 is waited
/// for, because UDisks2 goes on with it whether or not anybody waits, and would leave behind what
/// nobody puts away.
pub type Cancel = CancellationToken;

/// Shortest secret that is looked for in what programs say, in characters.
const SHORTEST_REDACTED: usize = 6;

/// What is to be installed.
#[derive(Debug, Clone)]
pub struct Job {
    /// What the person chose.
    pub answers: Answers,
    /// The machine it runs on.
    pub machine: Machine,
    /// The plan that the person has seen.
    pub plan: Plan,
}

/// What opens the disk, and what logs the user in.
#[derive(Debug)]
pub struct Secrets {
    /// Opens the encrypted volume; `None` where the plan has none.
    pub passphrase: Option<Secret>,
    /// Logs the user in.
    pub password: Secret,
}

impl Secrets {
    /// The text with a secret that some program has repeated taken out. One that is shorter than a
    /// word may stand anywhere by chance, and taking it out would tell where it stood.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.passphrase.iter().chain([&self.password]) {
            if secret.expose().chars().count() >= SHORTEST_REDACTED && text.contains(secret.expose()) {
                text = text.replace(secret.expose(), "‹secret›");
            }
        }
        text
    }
}

/// One installation. It holds the helper, with what that has mounted, and the secrets, until it is
/// done or put away.
///
/// When it is dropped before that, it puts away what it can, and blocks for as long as that takes:
/// call [`Installation::put_away`] instead.
#[derive(Debug)]
pub struct Installation {
    pub(super) job: Job,
    pub(super) secrets: Secrets,
    /// `None` before the first try. It is connected anew for each.
    pub(super) udisks: Option<Udisks>,
    /// `None` before the first try, after it died, and after it was ended.
    pub(super) helper: Option<HelperClient>,
    /// The partitions that were made so far.
    pub(super) made: Context,
    /// Whether the new filesystem was mounted anew after a try that did not unmount it in order.
    pub(super) doubted: bool,
    /// Whether the helper that runs keeps the disk for this installation.
    pub(super) reserved: bool,
    /// Whether the helper that runs knows the devices.
    pub(super) opened: bool,
    /// Whether the helper that runs has the new system mounted.
    pub(super) mounted: bool,
    /// Whether a helper ever knew the devices: from then on there may be something in the new
    /// filesystem.
    pub(super) filled: bool,
    /// Whether the whole disk was erased, as the plan has it.
    pub(super) erased: bool,
    /// Where the swap file lies, once the helper has told.
    pub(super) swap_offset: Option<u64>,
    /// What the prompt's keymap can type, once the helper has told.
    pub(super) keymap: Option<Typeable>,
    pub(super) disk: DiskState,
    /// The copy of the person's own flake, once it is fetched.
    pub(super) flake: Option<Copy>,
    pub(super) progress: Progress,
    /// What is done, on disk; `None` where nobody wants it.
    pub(super) receipt: Option<Keeper>,
    /// Keeps the machine awake while it lasts; `None` where that was refused.
    awake: Option<Inhibitor>,
    /// The place of the step at which the next try begins.
    pub(super) next: usize,
    /// Whether it has ended for good.
    over: bool,
}

/// One try.
pub(super) struct Run<'run> {
    pub(super) held: &'run mut Installation,
    pub(super) cancel: &'run Cancel,
    pub(super) observer: &'run mut dyn Observer,
}

impl Installation {
    /// Prepares it. Nothing is started, asked or written yet.
    #[must_use]
    pub fn new(job: Job, secrets: Secrets) -> Self {
        let progress = Progress::new(&job.plan.steps);
        Self {
            job,
            secrets,
            udisks: None,
            helper: None,
            made: Context::new(),
            doubted: false,
            reserved: false,
            opened: false,
            mounted: false,
            filled: false,
            erased: false,
            swap_offset: None,
            keymap: None,
            disk: DiskState::Untouched,
            flake: None,
            progress,
            receipt: None,
            awake: None,
            next: 0,
            over: false,
        }
    }

    /// What is to be installed.
    #[must_use]
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// Carries out the plan, or what a failed try has left of it.
    ///
    /// Another try starts the helper anew if it has died, which asks the person again, and mounts
    /// again. As long as nothing is in the new filesystem it begins with the look at the disk, so
    /// that nothing is ever erased without it.
    ///
    /// # Errors
    /// At the first step that fails, when the person cancels, or when the helper isn't allowed to
    /// start. Where [`Failure::retry`] is false, everything that was mounted or unlocked is put
    /// away before it returns, and the installation is over; else the caller runs it again or calls
    /// [`Installation::put_away`].
    pub async fn run(&mut self, cancel: &Cancel, observer: &mut dyn Observer) -> Result<(), Failure> {
        if self.over {
            return Err(self.failure(None, Cause::internal("an installation that has ended is run again")));
        }
        let ended = Run { held: self, cancel, observer }.steps().await;
        let Err((failed, mut cause)) = ended else {
            if let Some(receipt) = &self.receipt {
                receipt.remove();
            }
            self.end();
            return Ok(());
        };
        cause.cause = self.secrets.redact(&cause.cause);
        warn!(code = cause.code, "failed: {}", cause.cause);
        if cause.helper_gone {
            self.give_helper_up().await;
        }
        if let Some(failed) = failed {
            self.next = begins_at(&self.job.plan.steps, failed, self.filled);
            let again = self.job.plan.steps.iter().skip(self.next).map(Step::id);
            if let Some(receipt) = &mut self.receipt {
                receipt.forget(again);
            }
        }
        let step = failed.and_then(|failed| self.job.plan.steps.get(failed)).map(Step::id);
        let mut failure = self.failure(step, cause);
        if !failure.retry {
            failure.left_over = self.put_away().await;
        }
        Err(failure)
    }

    /// Ends it for good: what runs is stopped, everything is unmounted and locked, the secrets are
    /// wiped. Gives what could not be put away, in the words of whoever refused. Doing it again, or
    /// after success, does nothing.
    pub async fn put_away(&mut self) -> Vec<String> {
        if self.over {
            return Vec::new();
        }
        let mut left_over = Vec::new();
        if let Err(error) = self.end_helper().await {
            left_over.push(error.cause());
        }
        if let Err(error) = self.lock_volumes().await {
            left_over.push(error.cause());
        }
        self.end();
        left_over
    }

    fn end(&mut self) {
        self.over = true;
        self.awake = None;
        drop(self.secrets.passphrase.take());
        drop(self.secrets.password.take());
    }

    fn failure(&self, step: Option<StepId>, cause: Cause) -> Failure {
        Failure {
            step,
            code: cause.code,
            sentence: cause.sentence,
            cause: cause.cause,
            next: cause.next,
            disk: self.disk,
            retry: cause.retry && !self.over,
            left_over: Vec::new(),
        }
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if !self.over {
            self.put_away_by_force();
        }
    }
}

impl Run<'_> {
    /// Carries the steps out from the next one on. A failure has the place of its step, or `None`
    /// before the first one.
    async fn steps(&mut self) -> Result<(), (Option<usize>, Cause)> {
        let place = self.held.next;
        let steps = self.held.job.plan.steps.clone();
        let before = (self.held.disk != DiskState::Untouched).then_some(place);
        self.stay_awake().await;
        self.prepare(place).await.map_err(|cause| (before, cause))?;
        for (place, step) in steps.iter().enumerate().skip(place) {
            let failed = |cause| (Some(place), cause);
            if self.cancel.is_cancelled() {
                return Err(failed(Cause::cancelled()));
            }
            let sentence = step.sentence();
            info!(step = step.id().word(), "begins: {sentence}");
            self.observer.update(Update::Started {
                step: step.id(),
                sentence,
                number: place + 1,
                count: steps.len(),
            });
            self.held.progress.start(&steps, place);
            // UDisks2 does several steps one after the other. Meanwhile nobody would keep the disk for
            // this installation, or lock it if this process died, too.
            if let Some(helper) = &mut self.held.helper {
                helper.look().await.map_err(Cause::from).map_err(failed)?;
            }
            if step.is_point_of_no_return() {
                self.held.disk = DiskState::Erased;
            }
            self.step(step).await.map_err(failed)?;
            if matches!(step, Step::Rehearse { .. }) {
                self.held.disk = DiskState::Installed;
            }
            if let Some(fraction) = self.held.progress.finish() {
                self.observer.update(Update::Progress(fraction));
            }
            self.observer.update(Update::Finished { step: step.id() });
            self.note(step).await.map_err(failed)?;
        }
        Ok(())
    }
}

impl Run<'_> {
    /// Writes a step that is done into the receipt, from the first write to the disk on.
    async fn note(&mut self, step: &Step) -> Result<(), Cause> {
        if self.held.receipt.is_none() || self.held.disk == DiskState::Untouched {
            return Ok(());
        }
        // From here on everything can be gone on with.
        let made = match step {
            Step::CreateSubvolumes { .. } => Some(self.made_partitions().await?),
            Step::CreatePartitionTable { .. } => Some(Vec::new()),
            _ => None,
        };
        if let Some(receipt) = &mut self.held.receipt {
            made.into_iter().for_each(|made| receipt.partitions(made));
            receipt.note(step.id());
        }
        Ok(())
    }

    async fn stay_awake(&mut self) {
        if self.held.awake.is_some() {
            return;
        }
        match Inhibitor::take(&gettext("NixOS is being installed.")).await {
            Ok(inhibitor) => self.held.awake = Some(inhibitor),
            Err(cause) => {
                warn!("the machine can’t be kept awake: {cause}");
                self.observer.update(Update::Warning(Inhibitor::refused()));
            }
        }
    }
}

/// Carries it out in one try.
///
/// # Errors
/// As [`Installation::run`]. Everything that was mounted or unlocked is put away before it returns.
pub async fn install(
    mut installation: Installation,
    cancel: &Cancel,
    observer: &mut dyn Observer,
) -> Result<(), Failure> {
    let ended = installation.run(cancel, observer).await;
    let left_over = installation.put_away().await;
    ended.map_err(|mut failure| {
        failure.left_over.extend(left_over);
        failure.retry = false;
        failure
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_a_program_repeats_goes_no_further() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let secrets = Secrets { passphrase: Some(secret("canary $1")), password: secret("ab") };
        assert_eq!(secrets.redact("mkpasswd: canary $1, ab?"), "mkpasswd: ‹secret›, ab?");
    }

    #[test]
    fn it_can_run_on_any_thread() {
        fn sent<T: Send>(_: &T) {}
        fn run(mut installation: Installation, cancel: &Cancel, observer: &mut dyn Observer) {
            sent(&installation.run(cancel, observer));
        }
        let _: fn(Installation, &Cancel, &mut dyn Observer) = run;
    }
}
