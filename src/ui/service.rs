//! Brings the disks from UDisks2 to the window.

use futures_util::StreamExt;
use relm4::Sender;

use crate::boundary::udisks::{Udisks, UdisksError};
use crate::pure::disk::Disk;

/// What the service has to say.
#[derive(Debug)]
pub(super) enum Event {
    /// The disks as they are now.
    Disks(Vec<Disk>),
    /// The disks can't be followed any longer.
    Failed(UdisksError),
}

/// Follows the disks until UDisks2 fails or nobody listens.
pub(super) async fn follow(events: Sender<Event>) {
    if let Err(error) = follow_until_failure(&events).await {
        tracing::error!("{}", error.cause());
        // Nobody listens when the window is closed already.
        let _unheard = events.send(Event::Failed(error));
    }
}

async fn follow_until_failure(events: &Sender<Event>) -> Result<(), UdisksError> {
    let udisks = Udisks::connect().await?;
    let mut snapshots = Box::pin(udisks.watch().await?);
    while let Some(disks) = snapshots.next().await {
        if events.send(Event::Disks(disks?)).is_err() {
            break;
        }
    }
    Ok(())
}
