//! Puts away what an installation has mounted and unlocked.

use std::time::Duration;

use tracing::{info, warn};

use super::failure::DiskState;
use super::installation::Installation;
use crate::boundary::helper_client::HelperError;
use crate::boundary::udisks::{Context, Udisks, UdisksError};
use crate::pure::disk::DiskIdentity;
use crate::pure::layout::Role;
use crate::pure::plan::lock_volume;

/// How often what is not ready yet is tried, and how long it is waited in between. A helper that ends
/// takes its mounts with it, but not at once, and its volume can't be locked before; and UDisks2 loses
/// sight of partitions for a moment.
pub(super) const TRIES: usize = 60;
pub(super) const PAUSE: Duration = Duration::from_millis(500);

impl Installation {
    /// Ends the helper, which unmounts all that it mounted.
    pub(super) async fn end_helper(&mut self) -> Result<(), HelperError> {
        self.reserved = false;
        self.opened = false;
        self.mounted = false;
        match self.helper.take() {
            Some(helper) => helper.close().await,
            None => Ok(()),
        }
    }

    /// Ends a helper that has failed; how it ends is of no interest any more.
    pub(super) async fn give_helper_up(&mut self) {
        if let Err(error) = self.end_helper().await {
            info!("the helper that failed: {error}");
        }
    }

    /// Locks whatever is unlocked on the disk, once everything on it is ours: also a volume of which
    /// UDisks2 told nothing, because the call that made it failed.
    pub(super) async fn lock_volumes(&self) -> Result<(), UdisksError> {
        if self.disk == DiskState::Untouched {
            return Ok(());
        }
        lock_all(&self.job.plan.device, &self.job.plan.disk).await
    }

    /// Puts away where nobody waits for it. The helper ends by itself when its input is closed.
    pub(super) fn put_away_by_force(&mut self) {
        drop(self.helper.take());
        if self.disk == DiskState::Untouched {
            return;
        }
        warn!("an installation is dropped before it was put away");
        // A runtime of its own: there may be none here, or one that is ending.
        std::thread::scope(|scope| {
            let _done = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                match runtime.map(|runtime| runtime.block_on(self.lock_volumes())) {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => warn!("the volume stays unlocked: {error}"),
                    Err(error) => warn!("the volume stays unlocked: {error}"),
                }
            });
        });
    }
}

/// Locks whatever is unlocked on the disk that an installation was writing to when its process ended.
/// Its helper has unmounted everything by itself. Gives what stays unlocked, in the words of whoever
/// refused.
pub async fn lock_what_is_left(device: &str, identity: &DiskIdentity) -> Vec<String> {
    match lock_all(device, identity).await {
        Ok(()) => Vec::new(),
        Err(error) => vec![error.cause()],
    }
}

async fn lock_all(device: &str, identity: &DiskIdentity) -> Result<(), UdisksError> {
    // The connection that was used before may be broken off.
    let udisks = Udisks::connect().await?;
    let ours = udisks.snapshot().await?.into_iter().find(|disk| disk.device == device);
    let Some(ours) = ours.filter(|disk| disk.identity.is_same_disk(identity)) else {
        info!("the disk is not there any more; nothing of it can be locked");
        return Ok(());
    };
    for partition in udisks.unlocked_on(&ours.object).await? {
        lock(&udisks, &partition).await?;
    }
    Ok(())
}

/// Locks a volume, patiently.
async fn lock(udisks: &Udisks, partition: &str) -> Result<(), UdisksError> {
    let mut context = Context::new();
    context.insert(Role::Volume, partition.to_owned());
    let mut tried = 0;
    loop {
        let error = match udisks.call(&lock_volume(), &context, None).await {
            Ok(_no_object) => return Ok(()),
            Err(error) => error,
        };
        // Somebody else may have locked it meanwhile, or the disk may be gone.
        if !udisks.is_unlocked(partition).await? {
            return Ok(());
        }
        tried += 1;
        if tried == TRIES {
            return Err(error);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
