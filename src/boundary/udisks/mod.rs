//! The connection to UDisks2, which does everything to a disk that needs no helper.
//!
//! Facts about its objects, methods and properties are those of `org.freedesktop.UDisks2.xml` of
//! UDisks2 2.10. The `udisks2` crate's own proxies lose the daemon's error text, which a person
//! must read, so calls are made on the connection directly.

mod call;
mod disks;
mod erase;
mod error;
mod made;
mod objects;
mod watch;

pub use call::Context;
pub use error::UdisksError;
pub use made::{Cleartext, MadePartition};

use std::time::Duration;

use zbus::fdo::ManagedObjects;

use crate::boundary::block::{self, Kernel};
use crate::pure::disk::Disk;
use error::from_bus;

/// UDisks2's name on the system bus.
const SERVICE: &str = "org.freedesktop.UDisks2";
/// The root of its objects.
const ROOT: &str = "/org/freedesktop/UDisks2";
/// The longest wait for the service to start and answer a question. Calls that work on a disk have
/// no limit: formatting may take minutes.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// A connection to UDisks2.
///
/// Its methods need a running tokio runtime with timers.
#[derive(Debug, Clone)]
pub struct Udisks {
    client: udisks2::Client,
    connection: zbus::Connection,
}

impl Udisks {
    /// Connects to the system bus, and has UDisks2 started if it does not run yet.
    ///
    /// # Errors
    /// When there is no system bus, or no UDisks2 on it.
    pub async fn connect() -> Result<Self, UdisksError> {
        let connection = zbus::Connection::system().await.map_err(from_bus)?;
        let client = udisks2::Client::new_for_connection(connection.clone())
            .await
            .map_err(|error| UdisksError::Unreachable { cause: error.to_string() })?;
        let udisks = Self { client, connection };
        let _objects = udisks.objects().await?;
        Ok(udisks)
    }

    /// All disks as they are now, by their device names.
    ///
    /// # Errors
    /// When UDisks2 or the kernel's tables can't be read.
    pub async fn snapshot(&self) -> Result<Vec<Disk>, UdisksError> {
        let objects = self.objects().await?;
        let kernel = Kernel::read().map_err(|error| UdisksError::Kernel { cause: error.to_string() })?;
        Ok(disks::disks(&objects, &kernel, &block::live_disks(&kernel), block::is_locked))
    }

    /// Whether a snapshot shows as many partitions of this disk as the kernel has. Just after a table
    /// was read anew UDisks2 has lost sight of some, or of all, until udev has told of them again.
    ///
    /// # Errors
    /// When the kernel's tables can't be read.
    pub fn shows_all(disk: &Disk) -> Result<bool, UdisksError> {
        let kernel = Kernel::read().map_err(|error| UdisksError::Kernel { cause: error.to_string() })?;
        Ok(kernel.partitions(disk.number) == disk.partitions.len())
    }

    async fn objects(&self) -> Result<objects::Objects, UdisksError> {
        Ok(objects::Objects::new(&self.managed().await?))
    }

    async fn managed(&self) -> Result<ManagedObjects, UdisksError> {
        let answer = tokio::time::timeout(ANSWER_LIMIT, self.client.object_manager().get_managed_objects());
        match answer.await {
            Ok(Ok(managed)) => Ok(managed),
            Ok(Err(error)) => Err(from_bus(error.into())),
            Err(_) => Err(UdisksError::Unreachable {
                cause: format!("no answer within {} seconds", ANSWER_LIMIT.as_secs()),
            }),
        }
    }
}
