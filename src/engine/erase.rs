//! Erases the whole disk.

use std::pin::pin;
use std::time::Duration;

use tracing::warn;

use super::failure::Cause;
use super::installation::Run;
use super::observer::Update;
use crate::boundary::udisks::Udisks;
use crate::pure::call::Call;
use crate::pure::erasure::Erasure;
use crate::pure::plan::Step;
use crate::pure::protocol::Request;

/// How often it is asked how far it has come.
const BREATH: Duration = Duration::from_secs(1);

impl Run<'_> {
    /// Once is enough: another try, which begins with the look at the disk, does not do it again.
    pub(super) async fn erase(&mut self, step: &Step, disk: &str, erasure: Erasure) -> Result<(), Cause> {
        if self.held.erased {
            self.log("snowmelt", "the disk was erased by an earlier try");
            return Ok(());
        }
        if erasure == Erasure::Discard {
            let disk = self.held.job.plan.disk.clone();
            self.ask(Request::DiscardDisk { disk }).await?;
        } else {
            self.have_erased(step, disk).await?;
        }
        self.held.erased = true;
        Ok(())
    }

    /// Has UDisks2 do it, and tells how far it has come. Writing over can be stopped; a disk that
    /// erases itself can't, and is waited for.
    async fn have_erased(&mut self, step: &Step, disk: &str) -> Result<(), Cause> {
        let (udisks, made) = (self.udisks()?.clone(), self.held.made.clone());
        for call in step.calls() {
            let Call::Dbus(call) = call else { continue };
            self.log("udisks2", &call.to_string());
            let mut erasing = pin!(udisks.call(&call, &made, None));
            loop {
                match tokio::time::timeout(BREATH, &mut erasing).await {
                    Ok(Ok(_no_object)) => break,
                    Ok(Err(_)) if self.cancel.is_cancelled() => return Err(Cause::cancelled()),
                    Ok(Err(error)) => return Err(error.into()),
                    Err(_) => self.breathe(&udisks, disk).await,
                }
            }
        }
        Ok(())
    }

    /// Whoever can't be asked is asked again in a moment.
    async fn breathe(&mut self, udisks: &Udisks, disk: &str) {
        let asked = if self.cancel.is_cancelled() {
            udisks.stop_erasing(disk).await.map(|()| None)
        } else {
            udisks.erased(disk).await
        };
        match asked {
            Ok(fraction) => {
                if let Some(whole) = fraction.and_then(|fraction| self.held.progress.within(fraction)) {
                    self.observer.update(Update::Progress(whole));
                }
            }
            Err(error) => warn!("UDisks2 does not tell how far the disk is erased: {}", error.cause()),
        }
    }
}
