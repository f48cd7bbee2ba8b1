//! Runs the steps in their order, and puts everything away however it ends.

use tokio_util::sync::CancellationToken;
use tracing::info;
use uuid::Uuid;

use super::failure::{DiskState, Failure};
use super::observer::{Observer, Progress, Update};
use crate::boundary::helper_client::{HelperClient, HelperError, News};
use crate::boundary::udisks::{Context, Udisks, UdisksError};
use crate::i18n::{gettext, gettext_f};
use crate::pure::answers::Answers;
use crate::pure::call::Call;
use crate::pure::config::{self, Devices};
use crate::pure::layout::Role;
use crate::pure::machine::Machine;
use crate::pure::plan::{Plan, Step, lock_volume};
use crate::pure::protocol::Request;
use crate::pure::refusal::refusals;
use crate::pure::secret::Secret;

/// Asks a running installation to stop. It stops after what it is doing, or at once where that can
/// be stopped.
pub type Cancel = CancellationToken;

/// What is to be installed.
#[derive(Debug, Clone, Copy)]
pub struct Job<'job> {
    /// What the person chose.
    pub answers: &'job Answers,
    /// The machine it runs on.
    pub machine: &'job Machine,
    /// The plan that the person has seen.
    pub plan: &'job Plan,
}

/// What opens the disk, and what logs the user in.
#[derive(Debug)]
pub struct Secrets {
    /// Opens the encrypted volume.
    pub passphrase: Secret,
    /// Logs the user in.
    pub password: Secret,
}

/// Carries out the plan.
///
/// # Errors
/// At the first step that fails, when the person cancels, or when the helper isn't allowed to
/// start. Everything that was mounted or unlocked is put away before it returns.
pub async fn install(
    job: Job<'_>,
    secrets: Secrets,
    cancel: &Cancel,
    observer: &mut dyn Observer,
) -> Result<(), Failure> {
    let udisks = Udisks::connect().await.map_err(|error| untouched(error.into()))?;
    // The helper comes first: whoever may not start it learns so before anything is written.
    let helper = HelperClient::start().await.map_err(|error| untouched(error.into()))?;
    let mut run = Run {
        job,
        secrets,
        udisks,
        helper: Some(helper),
        made: Context::new(),
        opened: false,
        disk: DiskState::Untouched,
        progress: Progress::new(&job.plan.steps),
        cancel,
        observer,
    };
    match run.steps().await {
        Ok(()) => Ok(()),
        Err((step, cause)) => Err(run.put_away(step, cause).await),
    }
}

/// Why a step failed, before it is known what that means.
#[derive(Debug)]
struct Cause {
    code: String,
    sentence: String,
    cause: String,
    next: String,
}

impl From<UdisksError> for Cause {
    fn from(error: UdisksError) -> Self {
        Self {
            code: error.code().to_owned(),
            sentence: error.sentence(),
            cause: error.cause(),
            next: error.next(),
        }
    }
}

impl From<HelperError> for Cause {
    fn from(error: HelperError) -> Self {
        Self {
            code: error.code().to_owned(),
            sentence: error.sentence(),
            cause: error.cause(),
            next: error.next(),
        }
    }
}

impl Cause {
    fn cancelled() -> Self {
        Self {
            code: "cancelled".to_owned(),
            sentence: gettext("The installation was cancelled."),
            cause: String::new(),
            next: gettext("Start it again whenever you like."),
        }
    }

    fn internal(what: &str) -> Self {
        Self {
            code: "internal".to_owned(),
            sentence: gettext("Snowmelt lost track of its own work."),
            cause: what.to_owned(),
            next: gettext("Please report this with the log."),
        }
    }
}

fn untouched(cause: Cause) -> Failure {
    Failure {
        step: None,
        code: cause.code,
        sentence: cause.sentence,
        cause: cause.cause,
        next: cause.next,
        disk: DiskState::Untouched,
        left_over: Vec::new(),
    }
}

struct Run<'run> {
    job: Job<'run>,
    secrets: Secrets,
    udisks: Udisks,
    /// `None` once it was ended.
    helper: Option<HelperClient>,
    /// The partitions that were made so far.
    made: Context,
    /// Whether the helper knows the devices.
    opened: bool,
    disk: DiskState,
    progress: Progress,
    cancel: &'run Cancel,
    observer: &'run mut dyn Observer,
}

impl Run<'_> {
    async fn steps(&mut self) -> Result<(), (Step, Cause)> {
        let plan = self.job.plan;
        let count = plan.steps.len();
        for (index, step) in plan.steps.iter().enumerate() {
            if self.cancel.is_cancelled() {
                return Err((step.clone(), Cause::cancelled()));
            }
            let sentence = step.sentence();
            info!(step = step.id().word(), "begins: {sentence}");
            self.observer.update(Update::Started { step: step.id(), sentence, number: index + 1, count });
            self.progress.start(step);
            if step.is_point_of_no_return() {
                self.disk = DiskState::Erased;
            }
            self.step(step).await.map_err(|cause| (step.clone(), cause))?;
            if matches!(step, Step::CheckInstallation) {
                self.disk = DiskState::Installed;
            }
            if let Some(fraction) = self.progress.finish() {
                self.observer.update(Update::Progress(fraction));
            }
            self.observer.update(Update::Finished { step: step.id() });
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Result<(), Cause> {
        match step {
            Step::CheckDisk { device, .. } => self.check_disk(device).await,
            Step::CreatePartitionTable { .. }
            | Step::CreateEsp { .. }
            | Step::CreateSwap { .. }
            | Step::CreateVolume { .. } => self.call_udisks(step).await,
            Step::SetKeyDerivation { pbkdf } => {
                self.open_target().await?;
                let passphrase = Secret::new(self.secrets.passphrase.expose().to_owned());
                self.ask(Request::SetKeyDerivation { pbkdf: *pbkdf, passphrase }).await
            }
            Step::CreateSubvolumes { subvolumes } => {
                self.open_target().await?;
                self.ask(Request::CreateSubvolumes { subvolumes: subvolumes.clone() }).await
            }
            Step::TakeBlankSnapshot => self.ask(Request::TakeBlankSnapshot).await,
            Step::MountTarget { subvolumes, compression_level } => {
                self.ask(Request::MountTarget {
                    subvolumes: subvolumes.clone(),
                    compression_level: *compression_level,
                })
                .await
            }
            Step::DetectHardware => self.ask(Request::DetectHardware).await,
            Step::WriteConfiguration => self.write_configuration().await,
            Step::SeedPersist => {
                let directories = config::persisted_directories(self.job.answers, &self.job.plan.layout);
                self.ask(Request::SeedPersist { directories }).await
            }
            Step::SetPassword { user } => {
                // It goes to the helper and is kept nowhere else from then on.
                let password = self.secrets.password.take();
                self.ask(Request::SetPassword { user: user.clone(), password }).await
            }
            Step::InstallSystem { host_name } => {
                self.ask(Request::InstallSystem { host_name: host_name.clone() }).await
            }
            Step::CheckInstallation => {
                self.ask(Request::CheckInstallation { user: self.job.answers.user.name.clone() }).await
            }
            Step::CloseTarget => {
                self.ask(Request::CloseTarget).await?;
                self.end_helper().await?;
                self.call_udisks(step).await
            }
        }
    }

    /// The last look before the first write: the disk under this name must still be the one that
    /// was planned for, and nothing may have begun to use it.
    async fn check_disk(&self, device: &str) -> Result<(), Cause> {
        let disks = self.udisks.snapshot().await?;
        let found = disks.iter().find(|disk| disk.device == device);
        let Some(disk) = found.filter(|disk| disk.identity.is_same_disk(&self.job.plan.disk)) else {
            return Err(Cause {
                code: "wrong-disk".to_owned(),
                sentence: gettext_f("{device} is no longer the disk that was chosen.", &[("device", device)]),
                cause: format!(
                    "planned for {:?}, found {:?}",
                    self.job.plan.disk,
                    found.map(|disk| &disk.identity)
                ),
                next: gettext("Look at the list of disks again and choose anew."),
            });
        };
        let refusals = refusals(self.job.machine, disk, &self.job.plan.layout);
        let Some(first) = refusals.first() else { return Ok(()) };
        Err(Cause {
            code: first.code().to_owned(),
            sentence: refusals.iter().map(|refusal| refusal.sentence()).collect::<Vec<_>>().join(" "),
            cause: format!("{refusals:?}"),
            next: gettext("Mend this, or choose another disk, and start again."),
        })
    }

    /// Makes the D-Bus calls of a step, as the plan shows them.
    async fn call_udisks(&mut self, step: &Step) -> Result<(), Cause> {
        for call in step.calls() {
            let Call::Dbus(call) = call else { continue };
            self.log("udisks2", &call.to_string());
            let made = self.udisks.call(&call, &self.made, Some(&self.secrets.passphrase)).await?;
            let role = match step {
                Step::CreateEsp { partition, .. }
                | Step::CreateSwap { partition, .. }
                | Step::CreateVolume { partition, .. } => partition.role,
                _ => continue,
            };
            let made = made.ok_or_else(|| Cause::internal("no object came back for the new partition"))?;
            self.made.insert(role, made);
        }
        Ok(())
    }

    /// The partition that was made for `role`.
    fn object(&self, role: Role) -> Result<&str, Cause> {
        self.made.get(role).ok_or_else(|| Cause::internal("a partition that was not made is asked for"))
    }

    /// Tells the helper which devices it is about, once.
    async fn open_target(&mut self) -> Result<(), Cause> {
        if self.opened {
            return Ok(());
        }
        let volume = self.udisks.made_volume(self.object(Role::Volume)?).await?;
        let esp = self.udisks.made_content(self.object(Role::Esp)?).await?;
        let request = Request::OpenTarget {
            disk: self.job.plan.disk.clone(),
            luks: uuid(&volume.content_uuid)?,
            esp: uuid(&esp.partition_uuid)?,
        };
        self.ask(request).await?;
        self.opened = true;
        Ok(())
    }

    async fn write_configuration(&mut self) -> Result<(), Cause> {
        let devices = self.devices().await?;
        let files = config::files(self.job.answers, &self.job.plan.layout, self.job.machine, &devices);
        self.ask(Request::WriteConfiguration { files }).await
    }

    /// The names by which the configuration finds the new partitions.
    async fn devices(&self) -> Result<Devices, Cause> {
        let swap = match (self.made.get(Role::Swap), self.made.get(Role::RandomSwap)) {
            (Some(swap), _) => Some(self.udisks.made_content(swap).await?.content_uuid),
            (None, Some(swap)) => Some(self.udisks.made_partition(swap).await?.partition_uuid),
            (None, None) => None,
        };
        Ok(Devices {
            luks_uuid: self.udisks.made_volume(self.object(Role::Volume)?).await?.content_uuid,
            esp_uuid: self.udisks.made_content(self.object(Role::Esp)?).await?.content_uuid,
            swap,
        })
    }

    /// Sends one request to the helper and passes on what it says meanwhile.
    async fn ask(&mut self, request: Request) -> Result<(), Cause> {
        let Self { helper, observer, progress, cancel, .. } = self;
        let helper =
            helper.as_mut().ok_or_else(|| Cause::internal("the helper is asked after it was ended"))?;
        let pass_on = |news: News| match news {
            News::Progress(fraction) => {
                if let Some(whole) = progress.within(fraction) {
                    observer.update(Update::Progress(whole));
                }
            }
            News::Log { source, line } => observer.update(Update::Log { source, line }),
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(Cause::cancelled()),
            answer = helper.request(request, pass_on) => answer.map_err(Cause::from),
        }
    }

    fn log(&mut self, source: &str, line: &str) {
        self.observer.update(Update::Log { source: source.to_owned(), line: line.to_owned() });
    }

    /// Ends the helper, which unmounts all that it mounted, and locks the volume.
    async fn put_away(mut self, step: Step, cause: Cause) -> Failure {
        let mut left_over = Vec::new();
        if let Err(error) = self.end_helper().await {
            left_over.push(error.cause());
        }
        if let Err(error) = self.lock_volume().await {
            left_over.push(error.cause());
        }
        Failure {
            step: Some(step.id()),
            code: cause.code,
            sentence: cause.sentence,
            cause: cause.cause,
            next: cause.next,
            disk: self.disk,
            left_over,
        }
    }

    /// Ends the helper, which unmounts all that it mounted.
    async fn end_helper(&mut self) -> Result<(), HelperError> {
        match self.helper.take() {
            Some(helper) => helper.close().await,
            None => Ok(()),
        }
    }

    /// Locks the volume if it was made and is unlocked.
    async fn lock_volume(&self) -> Result<(), UdisksError> {
        let Some(volume) = self.made.get(Role::Volume) else { return Ok(()) };
        if self.udisks.is_unlocked(volume).await? {
            let _no_object = self.udisks.call(&lock_volume(), &self.made, None).await?;
        }
        Ok(())
    }
}

fn uuid(text: &str) -> Result<Uuid, Cause> {
    Uuid::parse_str(text).map_err(|error| Cause::internal(&format!("{text:?} is no UUID: {error}")))
}
