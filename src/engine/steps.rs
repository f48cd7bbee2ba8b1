//! What each step asks of UDisks2 and of the helper.

use uuid::Uuid;

use super::failure::Cause;
use super::installation::{Installation, Run};
use super::observer::Update;
use crate::boundary::helper_client::{HelperClient, News};
use crate::boundary::udisks::{Context, Udisks};
use crate::i18n::{gettext, gettext_f};
use crate::pure::call::Call;
use crate::pure::config::{self, Devices};
use crate::pure::disk::Disk;
use crate::pure::keyboard::Typing;
use crate::pure::layout::{Replaced, Role, Subvolume};
use crate::pure::plan::{Step, lock_volume, unlock_volume};
use crate::pure::protocol::{Request, VolumeId};
use crate::pure::receipt::Made;
use crate::pure::refusal::refusals;

/// How often UDisks2 is asked again to write a table that udev was too slow for.
const PATIENCE: u32 = 3;

impl Run<'_> {
    /// Makes everything ready for the step at `place`: as it was when that step failed, or, before
    /// the first step, with nothing of an earlier try in the way.
    pub(super) async fn prepare(&mut self, place: usize) -> Result<(), Cause> {
        self.held.udisks = Some(Udisks::connect().await?);
        if place == 0 {
            if self.held.opened {
                self.held.give_helper_up().await;
            }
            self.held.lock_volumes().await?;
            self.held.made = Context::new();
        } else {
            let _the_disk = self.planned_disk().await?;
        }
        // The helper comes first: whoever may not start it learns so before anything is written.
        if self.held.helper.is_none() && self.needs_helper(place) {
            self.held.helper = Some(self.start_helper().await?);
        }
        if place == 0 || self.held.helper.is_none() {
            return Ok(());
        }
        if !self.held.reserved {
            // Left by a helper that has died.
            self.held.lock_volumes().await?;
            self.reserve_disk().await?;
        }
        self.open_target().await?;
        let steps = &self.held.job.plan.steps;
        let earlier = steps.iter().take(place).find(|step| matches!(step, Step::MountTarget { .. })).cloned();
        match earlier {
            Some(mount) if !self.held.mounted => {
                self.held.doubted = true;
                self.step(&mount).await
            }
            _ => Ok(()),
        }
    }

    /// Whether there is something left for the helper to do. Once it has unmounted everything, only
    /// the volume may be left to lock.
    fn needs_helper(&self, place: usize) -> bool {
        !matches!(self.held.job.plan.steps.get(place), Some(Step::CloseTarget { .. }))
    }

    async fn start_helper(&mut self) -> Result<HelperClient, Cause> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Cause::cancelled()),
            started = HelperClient::start() => started.map_err(Cause::from),
        }
    }

    pub(super) async fn step(&mut self, step: &Step) -> Result<(), Cause> {
        match step {
            Step::CheckDisk { .. } => self.check_disk().await,
            Step::EraseDisk { disk, erasure, .. } => self.erase(step, disk, *erasure).await,
            Step::CreatePartitionTable { .. }
            | Step::CreateEsp { .. }
            | Step::CreateSwap { .. }
            | Step::CreateVolume { .. } => self.call_udisks(step).await,
            Step::SetKeyDerivation { pbkdf } => {
                self.open_target().await?;
                let passphrase = self.held.secrets.passphrase.as_ref();
                let passphrase = passphrase.ok_or_else(|| Cause::internal("there is no passphrase"))?;
                let passphrase = passphrase.duplicate();
                self.ask(Request::SetKeyDerivation { pbkdf: *pbkdf, passphrase }).await
            }
            Step::CreateSubvolumes { subvolumes } => {
                self.open_target().await?;
                self.ask(Request::CreateSubvolumes { subvolumes: subvolumes.clone() }).await
            }
            Step::TakeBlankSnapshot { replaced } => {
                self.ask(Request::TakeBlankSnapshot { replaced: replaced.clone() }).await
            }
            Step::MountTarget { subvolumes, compression_level, memory_root } => {
                self.mount(subvolumes, *compression_level, *memory_root).await
            }
            Step::FetchFlake { flake, host } => self.fetch_flake(flake, host).await,
            Step::CopyFlake { flake, facts } => self.copy_flake(flake, facts.as_deref()).await,
            Step::DetectHardware => self.ask(Request::DetectHardware).await,
            Step::CreateSwapFile { size } => self.ask(Request::MakeSwapFile { size: *size }).await,
            Step::WriteConfiguration { .. } => self.write_configuration().await,
            Step::SeedPersist { channel, wifi } => {
                let directories =
                    config::seeded_directories(&self.held.job.answers, &self.held.job.plan.layout);
                let (channel, wifi) = (channel.clone(), *wifi);
                self.ask(Request::SeedPersist { directories, channel, wifi }).await
            }
            Step::SetPassword { user, root_too } => {
                // Another try needs it again; it is wiped when the installation is over.
                let password = self.held.secrets.password.duplicate();
                self.ask(Request::SetPassword { user: user.clone(), root_too: *root_too, password }).await
            }
            Step::InstallSystem { host_name } => {
                let (host_name, doubted) = (host_name.clone(), self.held.doubted);
                self.ask(Request::InstallSystem { host_name, doubted }).await?;
                self.held.doubted = false;
                Ok(())
            }
            Step::CheckInstallation => {
                let user = &self.held.job.answers.user;
                let (user, root_too) = (user.name.clone(), !user.administrator);
                let accounts = self.held.job.answers.configuration.own().is_none();
                let replaced = self.held.job.plan.layout.replaced.clone();
                self.ask(Request::CheckInstallation { user, root_too, accounts, replaced }).await
            }
            Step::Rehearse { subvolumes, compression_level, memory_root, replaced, .. } => {
                self.rehearse(subvolumes, *compression_level, *memory_root, replaced).await
            }
            Step::CloseTarget { .. } => {
                // A helper that has died took its mounts with it.
                if self.held.mounted {
                    self.ask(Request::CloseTarget).await?;
                    self.held.mounted = false;
                }
                // The helper is the last to go: it would lock the volume if this process were killed.
                self.lock(step).await?;
                Ok(self.held.end_helper().await?)
            }
        }
    }

    async fn mount(
        &mut self,
        subvolumes: &[Subvolume],
        compression_level: Option<i8>,
        memory_root: Option<u64>,
    ) -> Result<(), Cause> {
        let subvolumes = subvolumes.to_vec();
        self.ask(Request::MountTarget { subvolumes, compression_level, memory_root }).await?;
        self.held.mounted = true;
        Ok(())
    }

    /// Goes through what the next start does, with the passphrase's very bytes and the password.
    async fn rehearse(
        &mut self,
        subvolumes: &[Subvolume],
        compression_level: Option<i8>,
        memory_root: Option<u64>,
        replaced: &[Replaced],
    ) -> Result<(), Cause> {
        self.ask(Request::CloseTarget).await?;
        self.held.mounted = false;
        self.held.opened = false;
        self.held.keymap = None;
        if self.is_encrypted() {
            let call = lock_volume();
            self.log("udisks2", &call.to_string());
            let _no_object = self.udisks()?.call(&call, &self.held.made, None).await?;
        }
        self.open_target().await?;
        self.ask(Request::RehearseRollback { replaced: replaced.to_vec() }).await?;
        self.mount(subvolumes, compression_level, memory_root).await?;
        let user = &self.held.job.answers.user;
        let (user, root_too) = (user.name.clone(), !user.administrator);
        let password = self.held.secrets.password.duplicate();
        self.ask(Request::RehearseBoot {
            subvolumes: subvolumes.to_vec(),
            user,
            root_too,
            replaced: replaced.to_vec(),
            root_is_new: memory_root.is_some(),
            password,
        })
        .await?;
        self.check_typing().await
    }

    /// Reminds the person of a passphrase that the prompt's keymap can't type. Dead keys and compose
    /// sequences may write what it lacks, and there may be another keyboard: so nothing fails.
    async fn check_typing(&mut self) -> Result<(), Cause> {
        let (Some(known), Some(passphrase)) = (&self.held.keymap, &self.held.secrets.passphrase) else {
            return Ok(());
        };
        if !matches!(known.typing(passphrase.expose()), Typing::OutOfReach { .. }) {
            return Ok(());
        }
        let (_, volume) = self.volume().await?;
        let command = format!("sudo cryptsetup luksAddKey /dev/disk/by-uuid/{volume}");
        self.observer.update(Update::Reminder(gettext_f(
            "The keyboard at the next start may be unable to type some characters of the passphrase. Before you restart, give the disk a second passphrase that it can type, in a terminal: {command}",
            &[("command", &command)],
        )));
        Ok(())
    }

    /// The last look before the first write: the disk under this name must still be the one that
    /// was planned for, and nothing may have begun to use it.
    async fn check_disk(&mut self) -> Result<(), Cause> {
        let disk = self.planned_disk().await?;
        let job = &self.held.job;
        let refusals = refusals(&job.machine, &disk, &job.plan.layout, &job.answers);
        let Some(first) = refusals.first() else { return self.reserve_disk().await };
        Err(Cause {
            code: first.code().to_owned(),
            sentence: refusals.iter().map(|refusal| refusal.sentence()).collect::<Vec<_>>().join(" "),
            cause: format!("{refusals:?}"),
            next: gettext("Mend this, or choose another disk, and start again."),
            retry: true,
            helper_gone: false,
        })
    }

    /// From here on nothing stays unlocked on the disk, whoever dies.
    async fn reserve_disk(&mut self) -> Result<(), Cause> {
        let disk = self.held.job.plan.disk.clone();
        self.ask(Request::ReserveDisk { disk }).await?;
        self.held.reserved = true;
        Ok(())
    }

    /// The disk that was planned for, as it is now.
    async fn planned_disk(&mut self) -> Result<Disk, Cause> {
        let plan = &self.held.job.plan;
        let disks = self.udisks()?.snapshot().await?;
        let found = disks.into_iter().find(|disk| disk.device == plan.device);
        let device = plan.device.as_str();
        match found {
            Some(disk) if disk.identity.is_same_disk(&plan.disk) && plan.is_about(&disk.object) => Ok(disk),
            other => Err(Cause {
                code: "wrong-disk".to_owned(),
                sentence: gettext_f("{device} is no longer the disk that was chosen.", &[("device", device)]),
                cause: format!("planned for {:?}, found {:?}", plan.disk, other.map(|disk| disk.identity)),
                next: gettext("Look at the list of disks again and choose anew."),
                retry: false,
                helper_gone: false,
            }),
        }
    }

    pub(super) fn udisks(&self) -> Result<&Udisks, Cause> {
        self.held.udisks.as_ref().ok_or_else(|| Cause::internal("UDisks2 is asked before it is connected to"))
    }

    /// Makes the D-Bus calls of a step, as the plan shows them. They are waited for also when the
    /// person cancels: UDisks2 would go on with them, and unlock a volume that nobody locks again.
    async fn call_udisks(&mut self, step: &Step) -> Result<(), Cause> {
        for call in step.calls() {
            let Call::Dbus(call) = call else { continue };
            self.log("udisks2", &call.to_string());
            let mut tried = 0;
            let made = loop {
                let passphrase = self.held.secrets.passphrase.as_ref();
                match self.udisks()?.call(&call, &self.held.made, passphrase).await {
                    // A new table can be written as often as one likes. UDisks2 waits for udev for a
                    // time that a busy machine takes longer than.
                    Err(error)
                        if matches!(step, Step::CreatePartitionTable { .. })
                            && error.is_impatience()
                            && tried < PATIENCE =>
                    {
                        tried += 1;
                        self.log("snowmelt", "UDisks2 has waited for udev in vain, and is asked again");
                    }
                    answer => break answer?,
                }
            };
            let role = match step {
                Step::CreateEsp { partition, .. }
                | Step::CreateSwap { partition, .. }
                | Step::CreateVolume { partition, .. } => partition.role,
                _ => continue,
            };
            // Only the call that makes it gives an object; the later ones need it.
            if let Some(made) = made {
                self.held.made.insert(role, made);
            }
        }
        Ok(())
    }

    /// The partition that was made for `role`.
    fn object(&self, role: Role) -> Result<&str, Cause> {
        self.held.made.get(role).ok_or_else(|| Cause::internal("a partition that was not made is asked for"))
    }

    /// Tells a helper which devices it is about, once.
    async fn open_target(&mut self) -> Result<(), Cause> {
        if self.held.opened {
            return Ok(());
        }
        self.unlock().await?;
        let (volume, _) = self.volume().await?;
        let esp = self.udisks()?.made_content(self.object(Role::Esp)?).await?;
        let request = Request::OpenTarget {
            disk: self.held.job.plan.disk.clone(),
            volume,
            esp: uuid(&esp.partition_uuid)?,
        };
        self.ask(request).await?;
        self.held.opened = true;
        self.held.filled = true;
        Ok(())
    }

    /// What the filesystem lies on, and the UUID by which the configuration finds that.
    async fn volume(&mut self) -> Result<(VolumeId, String), Cause> {
        if self.is_encrypted() {
            let made = self.udisks()?.made_volume(self.object(Role::Volume)?).await?;
            return Ok((VolumeId::Luks(uuid(&made.content_uuid)?), made.content_uuid));
        }
        let made = self.udisks()?.made_content(self.object(Role::Filesystem)?).await?;
        Ok((VolumeId::Partition(uuid(&made.partition_uuid)?), made.content_uuid))
    }

    /// The partitions that were made, as a receipt names them.
    pub(super) async fn made_partitions(&mut self) -> Result<Vec<Made>, Cause> {
        let mut made = Vec::new();
        for partition in &self.held.job.plan.layout.partitions {
            let role = partition.role;
            let uuid = self.udisks()?.made_partition(self.object(role)?).await?.partition_uuid;
            made.push(Made { role, uuid });
        }
        Ok(made)
    }

    fn is_encrypted(&self) -> bool {
        self.held.job.plan.layout.volume_name.is_some()
    }

    /// Unlocks the volume again, where a helper that has ended meanwhile locked it.
    async fn unlock(&mut self) -> Result<(), Cause> {
        if !self.is_encrypted() || self.udisks()?.is_unlocked(self.object(Role::Volume)?).await? {
            return Ok(());
        }
        let call = unlock_volume();
        self.log("udisks2", &call.to_string());
        let passphrase = self.held.secrets.passphrase.as_ref();
        let _cleartext = self.udisks()?.call(&call, &self.held.made, passphrase).await?;
        Ok(())
    }

    /// Locks the volume as the step's call shows it, unless it is locked already.
    async fn lock(&mut self, step: &Step) -> Result<(), Cause> {
        if self.is_encrypted() && self.udisks()?.is_unlocked(self.object(Role::Volume)?).await? {
            self.call_udisks(step).await?;
        }
        Ok(())
    }

    async fn write_configuration(&mut self) -> Result<(), Cause> {
        let devices = self.devices().await?;
        let job = &self.held.job;
        let files = config::files(&job.answers, &job.plan.layout, &job.machine, &devices);
        self.ask(Request::WriteConfiguration { files }).await
    }

    /// The names by which the configuration finds the new partitions.
    pub(super) async fn devices(&mut self) -> Result<Devices, Cause> {
        let (_, volume_uuid) = self.volume().await?;
        // Asked each time, so that another try knows it too.
        if self.held.job.plan.layout.swap_file.is_some() {
            self.ask(Request::LocateSwapFile).await?;
        }
        let (udisks, made) = (self.udisks()?, &self.held.made);
        let swap = match (made.get(Role::Swap), made.get(Role::RandomSwap)) {
            (Some(swap), _) => Some(udisks.made_content(swap).await?.content_uuid),
            (None, Some(swap)) => Some(udisks.made_partition(swap).await?.partition_uuid),
            (None, None) => None,
        };
        Ok(Devices {
            volume_uuid: Some(volume_uuid),
            esp_uuid: udisks.made_content(self.object(Role::Esp)?).await?.content_uuid,
            swap,
            swap_offset: self.held.swap_offset,
        })
    }

    /// Sends one request to the helper and passes on what it says meanwhile.
    pub(super) async fn ask(&mut self, request: Request) -> Result<(), Cause> {
        let Self { held, observer, cancel } = self;
        let Installation { helper, progress, secrets, swap_offset, keymap, .. } = &mut **held;
        let helper =
            helper.as_mut().ok_or_else(|| Cause::internal("the helper is asked after it was ended"))?;
        let pass_on = |news: News| match news {
            News::Progress(fraction) => {
                if let Some(whole) = progress.within(fraction) {
                    observer.update(Update::Progress(whole));
                }
            }
            News::SwapFile(offset) => *swap_offset = Some(offset),
            News::Keymap(known) => *keymap = Some(known),
            News::Activity(activity) => observer.update(Update::Activity(activity)),
            News::Log { source, line } => {
                observer.update(Update::Log { source, line: secrets.redact(&line) });
            }
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(Cause::cancelled()),
            answer = helper.request(request, pass_on) => answer.map_err(Cause::from),
        }
    }

    pub(super) fn log(&mut self, source: &str, line: &str) {
        self.observer.update(Update::Log { source: source.to_owned(), line: line.to_owned() });
    }
}

fn uuid(text: &str) -> Result<Uuid, Cause> {
    Uuid::parse_str(text).map_err(|error| Cause::internal(&format!("{text:?} is no UUID: {error}")))
}
