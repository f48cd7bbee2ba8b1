//! Brings what changes by itself to the window: the disks from UDisks2, power and network.

use futures_util::StreamExt;
use relm4::Sender;

use super::interrupted::Interrupted;
use crate::boundary::surroundings::{self, Surroundings};
use crate::boundary::udisks::{Udisks, UdisksError};
use crate::pure::disk::Disk;
use crate::pure::wizard::Suggestion;

/// What the service has to say.
#[derive(Debug)]
pub(super) enum Event {
    /// The disks as they are now.
    Disks(Vec<Disk>),
    /// The disks can't be followed any longer.
    Failed(UdisksError),
    /// What the machine runs on and reaches.
    Surroundings(Surroundings),
    /// Answers to begin with.
    Suggestion(Suggestion),
    /// An installation that can be gone on with.
    Interrupted(Box<Interrupted>),
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

/// Follows power and network until nobody listens.
pub(super) async fn follow_surroundings(events: Sender<Event>) {
    let mut changes = std::pin::pin!(surroundings::watch());
    while let Some(now) = changes.next().await {
        if events.send(Event::Surroundings(now)).is_err() {
            break;
        }
    }
}
