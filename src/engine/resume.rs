//! Takes up, by its receipt, an installation whose process is gone; or undoes it.

use std::path::{Path, PathBuf};

use tracing::warn;

use super::failure::{Cause, DiskState, Failure};
use super::installation::{Installation, Job};
use super::put_away::{PAUSE, TRIES, lock_what_is_left};
use crate::boundary::receipt_file;
use crate::boundary::udisks::{Context, Udisks};
use crate::i18n::{gettext, gettext_f};
use crate::pure::answers::Answers;
use crate::pure::disk::Disk;
use crate::pure::machine::Machine;
use crate::pure::plan::{Plan, StepId, delete_partition};
use crate::pure::receipt::{Made, Receipt};

/// Keeps the receipt of an installation on disk.
#[derive(Debug)]
pub(super) struct Keeper {
    path: PathBuf,
    receipt: Receipt,
}

impl Keeper {
    /// Notes that a step is done, and writes it down. An installation goes on without a receipt.
    pub(super) fn note(&mut self, step: StepId) {
        if !self.receipt.done.contains(&step) {
            self.receipt.done.push(step);
        }
        self.write();
    }

    fn write(&self) {
        let written = self.receipt.text().map_err(std::io::Error::from);
        if let Err(error) = written.and_then(|text| receipt_file::write(&self.path, &text)) {
            warn!("the receipt can’t be written: {error}");
        }
    }

    /// Forgets the steps that another try goes through again, and writes that down too: the next try
    /// may be another process’s.
    pub(super) fn forget(&mut self, steps: impl Iterator<Item = StepId>) {
        let known = self.receipt.done.len();
        // The disk is erased once.
        for step in steps.filter(|step| *step != StepId::EraseDisk) {
            self.receipt.done.retain(|done| *done != step);
        }
        if self.receipt.done.len() < known {
            self.write();
        }
    }

    /// What was made is known, or is to be made anew.
    pub(super) fn partitions(&mut self, partitions: Vec<Made>) {
        self.receipt.partitions = partitions;
    }

    /// There is nothing left to go on with.
    pub(super) fn remove(&self) {
        if let Err(error) = receipt_file::remove(&self.path) {
            warn!("the receipt can’t be removed: {error}");
        }
    }
}

/// An installation that was found again.
#[derive(Debug)]
pub struct Found {
    /// What is to be installed.
    pub job: Job,
    receipt: Receipt,
    made: Context,
    next: usize,
}

impl Found {
    /// Whether its partitions are made, so that it need not begin from the start.
    #[must_use]
    pub fn has_partitions(&self) -> bool {
        self.next > 0
    }

    /// The step that it goes on with.
    #[must_use]
    pub fn next(&self) -> Option<StepId> {
        self.job.plan.steps.get(self.next).map(crate::pure::plan::Step::id)
    }
}

impl Installation {
    /// Writes a receipt to this file as steps are done, and removes it in the end.
    #[must_use]
    pub fn with_receipt(mut self, path: &Path) -> Self {
        let receipt = Receipt::new(&self.job.answers, &self.job.plan.disk);
        self.receipt = Some(Keeper { path: path.to_owned(), receipt });
        self
    }

    /// Takes one up that was found again, with its receipt at `path`. Its first try goes on where it
    /// stopped.
    #[must_use]
    pub fn resume(found: Found, secrets: super::Secrets, path: &Path) -> Self {
        let mut installation = Self::new(found.job, secrets);
        installation.disk = DiskState::Erased;
        installation.filled = found.next > 0;
        installation.erased = found.receipt.done.contains(&StepId::EraseDisk);
        installation.made = found.made;
        installation.next = found.next;
        installation.receipt = Some(Keeper { path: path.to_owned(), receipt: found.receipt });
        installation
    }
}

/// Finds the disk of a receipt, and what was made on it.
///
/// # Errors
/// When the disk is not there, or is not as the installation has left it.
pub async fn find_again(receipt: Receipt, answers: Answers, machine: Machine) -> Result<Found, Failure> {
    look(receipt, answers, machine).await.map_err(refused)
}

async fn look(receipt: Receipt, answers: Answers, machine: Machine) -> Result<Found, Cause> {
    let udisks = Udisks::connect().await?;
    let disk = the_disk(&udisks, &receipt).await?;
    let plan = Plan::again(&answers, &machine, &disk);
    let next = receipt.next(&plan);
    let mut made = Context::new();
    if next > 0 {
        if !receipt.fits(&disk, &plan.layout) {
            return Err(changed(&disk));
        }
        made = partitions(&udisks, &receipt, &disk).await?;
    }
    Ok(Found { job: Job { answers, machine, plan }, receipt, made, next })
}

/// The disk of a receipt, once UDisks2 sees all of it: what it has lost sight of for a moment is not
/// to be taken for gone.
async fn the_disk(udisks: &Udisks, receipt: &Receipt) -> Result<Disk, Cause> {
    let mut disk = look_for(udisks, receipt).await?;
    for _ in 0..TRIES {
        if Udisks::shows_all(&disk)? {
            return Ok(disk);
        }
        tokio::time::sleep(PAUSE).await;
        disk = look_for(udisks, receipt).await?;
    }
    Err(changed(&disk))
}

async fn look_for(udisks: &Udisks, receipt: &Receipt) -> Result<Disk, Cause> {
    let mut found =
        udisks.snapshot().await?.into_iter().filter(|disk| disk.identity.is_same_disk(&receipt.disk));
    match (found.next(), found.next()) {
        (Some(disk), None) => Ok(disk),
        (_, other) => Err(refusal(
            "disk-not-found",
            gettext("The disk of the interrupted installation is not there."),
            format!("{:?}, twice: {}", receipt.disk, other.is_some()),
            gettext("Attach it again, or begin a new installation."),
        )),
    }
}

async fn partitions(udisks: &Udisks, receipt: &Receipt, disk: &Disk) -> Result<Context, Cause> {
    let mut made = Context::new();
    for partition in &receipt.partitions {
        let object = udisks.partition_of(&disk.object, &partition.uuid).await?;
        made.insert(partition.role, object.ok_or_else(|| changed(disk))?);
    }
    Ok(made)
}

/// What another try of the same does not mend.
fn refusal(code: &str, sentence: String, cause: String, next: String) -> Cause {
    Cause { code: code.to_owned(), sentence, cause, next, retry: false, helper_gone: false }
}

fn changed(disk: &Disk) -> Cause {
    refusal(
        "disk-changed",
        gettext_f(
            "{device} is not as the interrupted installation has left it.",
            &[("device", &disk.device)],
        ),
        format!("{:?}", disk.partitions),
        gettext("Begin a new installation."),
    )
}

/// Undoes an installation: locks what is unlocked, and deletes the partitions that were made. What
/// was on the disk before is lost all the same. One that was cut short can be gone on with.
///
/// # Errors
/// When the disk is not there, is not as the installation has left it, or was left before all of its
/// partitions were made; nothing is changed then. And when UDisks2 refuses.
pub async fn undo(receipt: &Receipt) -> Result<(), Failure> {
    take_back(receipt).await.map_err(refused)
}

async fn take_back(receipt: &Receipt) -> Result<(), Cause> {
    let udisks = Udisks::connect().await?;
    let disk = the_disk(&udisks, receipt).await?;
    if receipt.partitions.is_empty() {
        return Err(refusal(
            "partitions-not-known",
            gettext_f(
                "The installation on {device} was interrupted before all of its partitions were made. Nothing was deleted.",
                &[("device", &disk.device)],
            ),
            format!("{:?}", receipt.done),
            gettext("Begin a new installation."),
        ));
    }
    let standing = receipt.standing(&disk).ok_or_else(|| changed(&disk))?;
    let left = lock_what_is_left(&disk.device, &receipt.disk).await;
    if !left.is_empty() {
        return Err(refusal(
            "still-busy",
            gettext("The new system can’t be unmounted: something still uses it."),
            left.join("\n"),
            gettext("Close what uses it, or restart the computer."),
        ));
    }
    for partition in standing.iter().rev() {
        delete(&udisks, &disk, partition).await?;
    }
    Ok(())
}

/// Deletes a partition, patiently: when one goes, the kernel reads the table anew, and UDisks2 loses
/// sight of the others for a moment.
async fn delete(udisks: &Udisks, disk: &Disk, made: &Made) -> Result<(), Cause> {
    let mut tried = 0;
    loop {
        let failed = match udisks.partition_of(&disk.object, &made.uuid).await? {
            Some(object) => {
                let mut context = Context::new();
                context.insert(made.role, object);
                match udisks.call(&delete_partition(made.role), &context, None).await {
                    Ok(_no_object) => return Ok(()),
                    Err(error) => Cause::from(error),
                }
            }
            None => changed(disk),
        };
        tried += 1;
        if tried == TRIES {
            return Err(failed);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn refused(cause: Cause) -> Failure {
    Failure {
        step: None,
        code: cause.code,
        sentence: cause.sentence,
        cause: cause.cause,
        next: cause.next,
        disk: DiskState::Erased,
        retry: false,
        left_over: Vec::new(),
    }
}
