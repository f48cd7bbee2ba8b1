//! Follows every change of the disks.

use std::num::NonZeroUsize;
use std::time::Duration;

use futures_util::{Stream, StreamExt, future, stream};
use zbus::{MatchRule, MessageStream, message::Type};

use super::{ROOT, SERVICE, Udisks, UdisksError, from_bus};
use crate::pure::disk::Disk;

/// How long it must be quiet before a burst of changes counts as over.
const QUIET: Duration = Duration::from_millis(100);
/// The longest that a burst of changes is waited for.
const LONGEST_BURST: Duration = Duration::from_millis(500);
/// Signals that may wait; those of a burst that is longer wait at the bus.
const QUEUE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1023);

/// Signals that something of UDisks2's may have changed.
///
/// They come over a connection of their own: when nobody reads them, no other answer waits.
pub(super) struct Changes {
    objects: MessageStream,
    owner: MessageStream,
}

impl Changes {
    /// Subscribes. Every change after this call is seen.
    pub(super) async fn subscribe() -> Result<Self, UdisksError> {
        let connection = zbus::Connection::system().await.map_err(from_bus)?;
        let objects = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender(SERVICE)
            .path_namespace(ROOT)
            .build()
            .map_err(from_bus)?;
        // When the service ends or starts again, everything may be different.
        let owner = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender("org.freedesktop.DBus")
            .interface("org.freedesktop.DBus")
            .member("NameOwnerChanged")
            .arg(0, SERVICE)
            .build()
            .map_err(from_bus)?;
        Ok(Self {
            objects: MessageStream::for_match_rule(objects, &connection, Some(QUEUE))
                .await
                .map_err(from_bus)?,
            owner: MessageStream::for_match_rule(owner, &connection, Some(QUEUE)).await.map_err(from_bus)?,
        })
    }

    /// Waits for the next change.
    pub(super) async fn next(&mut self) -> Result<(), UdisksError> {
        let message = future::select(self.objects.next(), self.owner.next()).await.factor_first().0;
        match message {
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(from_bus(error)),
            None => Err(UdisksError::Unreachable { cause: "the system bus went away".to_owned() }),
        }
    }
}

struct Watch {
    udisks: Udisks,
    changes: Changes,
    last: Option<Vec<Disk>>,
}

impl Udisks {
    /// Follows the disks: first all of them as they are now, then again after every change that
    /// makes a difference, until an error, which is the last item.
    ///
    /// UDisks2 watches the mount table and active swap itself, and tells of both.
    ///
    /// # Errors
    /// When the changes can't be subscribed to.
    pub async fn watch(
        &self,
    ) -> Result<impl Stream<Item = Result<Vec<Disk>, UdisksError>> + Send + use<>, UdisksError> {
        let watch = Watch { udisks: self.clone(), changes: Changes::subscribe().await?, last: None };
        Ok(stream::unfold(Some(watch), |watch| async move {
            let mut watch = watch?;
            match watch.next().await {
                Ok(disks) => Some((Ok(disks), Some(watch))),
                Err(error) => Some((Err(error), None)),
            }
        }))
    }
}

impl Watch {
    async fn next(&mut self) -> Result<Vec<Disk>, UdisksError> {
        loop {
            if self.last.is_some() {
                self.changes.next().await?;
                self.quiet().await?;
            }
            let disks = self.udisks.snapshot().await?;
            if self.last.as_ref() != Some(&disks) {
                self.last = Some(disks.clone());
                return Ok(disks);
            }
        }
    }

    /// Waits until a burst of changes is over: plugging in one disk makes dozens.
    async fn quiet(&mut self) -> Result<(), UdisksError> {
        let burst = async {
            while let Ok(change) = tokio::time::timeout(QUIET, self.changes.next()).await {
                change?;
            }
            Ok(())
        };
        tokio::time::timeout(LONGEST_BURST, burst).await.unwrap_or(Ok(()))
    }
}
