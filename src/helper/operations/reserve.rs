//! Takes a disk, and leaves nothing unlocked on it.

use std::time::Duration;

use super::{Operations, no_caller};
use crate::boundary::command::Listener as _;
use crate::helper::device::{WholeDisk, unlocked_on};
use crate::helper::report::Report;
use crate::pure::disk::DiskIdentity;
use crate::pure::protocol::Failure;
use crate::pure::reason::Reason;

/// How long a caller's death is followed by looks at what UDisks2 may still be making for it: with the
/// measuring of a key derivation an encrypted volume takes some ten seconds.
const FOLLOWED: Duration = Duration::from_secs(20);
/// How long another helper is waited for: one that follows its caller's death has ended by then.
const WAITED: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(500);

impl Operations {
    pub(super) async fn reserve_disk(
        &mut self,
        disk: DiskIdentity,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let began = tokio::time::Instant::now();
        let mut told = false;
        loop {
            match WholeDisk::open(&disk, &mut self.lock).await {
                Ok(_free) => {
                    self.reserved = Some(disk);
                    return Ok(());
                }
                Err(error)
                    if matches!(error.reason, Reason::AnotherInstallation { .. })
                        && began.elapsed() < WAITED
                        && !self.cancel.is_cancelled() =>
                {
                    if !told {
                        told = true;
                        let said = "waits for the end of another installation on this disk";
                        report.line("helper", said).await.map_err(no_caller)?;
                    }
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// After the caller’s death: locks whatever was unlocked on the disk since it was taken, of which
    /// nobody else knows any more. Where the devices were not named yet, it is waited for what UDisks2
    /// still makes and unlocks.
    pub(crate) async fn lock_what_is_left(&mut self) {
        let Some(disk) = self.reserved.take() else { return };
        let began = tokio::time::Instant::now();
        let is_followed = self.asked.is_none();
        loop {
            if is_followed {
                tokio::time::sleep(PAUSE).await;
            }
            for name in unlocked_on(&disk) {
                self.lock_by_name(&name).await;
            }
            if !is_followed || began.elapsed() > FOLLOWED {
                return;
            }
        }
    }
}
