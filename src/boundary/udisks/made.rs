//! Finds out what a call has made, once UDisks2 and udev know it.

use std::time::Duration;

use super::objects::{Block, Objects};
use super::watch::Changes;
use super::{Udisks, UdisksError};

/// The longest wait for udev and UDisks2 to see what was made.
const SETTLE_LIMIT: Duration = Duration::from_secs(60);

/// A partition as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadePartition {
    /// Device name, such as `/dev/nvme0n1p2`.
    pub device: String,
    /// Its UUID in the partition table (`PARTUUID`).
    pub partition_uuid: String,
    /// UUID of what is in it: the filesystem's, the swap's or the LUKS header's; empty when the
    /// partition was made without content.
    pub content_uuid: String,
    /// For an unlocked encrypted partition, the opened volume.
    pub cleartext: Option<Cleartext>,
}

/// An opened encrypted volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleartext {
    /// UDisks2's object path.
    pub object: String,
    /// Device name, such as `/dev/dm-0`.
    pub device: String,
    /// UUID of the filesystem in it.
    pub filesystem_uuid: String,
}

impl Udisks {
    /// Whether the encrypted partition at `object` is open now.
    ///
    /// # Errors
    /// When UDisks2 can't be reached.
    pub async fn is_unlocked(&self, object: &str) -> Result<bool, UdisksError> {
        Ok(self.objects().await?.blocks.get(object).is_some_and(is_open))
    }

    /// The object paths of the partitions of a disk, given by its own object path, that are encrypted
    /// and open now.
    ///
    /// # Errors
    /// When UDisks2 can't be reached.
    pub async fn unlocked_on(&self, disk: &str) -> Result<Vec<String>, UdisksError> {
        let objects = self.objects().await?;
        let is_one = |block: &Block| {
            let table = block.partition.as_ref().and_then(|partition| partition.table.as_deref());
            table == Some(disk) && is_open(block)
        };
        Ok(objects.blocks.iter().filter(|(_, block)| is_one(block)).map(|(path, _)| path.clone()).collect())
    }

    /// The object path of the partition with this UUID on a disk, given by its own object path;
    /// `None` where the disk has none.
    ///
    /// # Errors
    /// When UDisks2 can't be reached.
    pub async fn partition_of(&self, disk: &str, uuid: &str) -> Result<Option<String>, UdisksError> {
        let objects = self.objects().await?;
        let is_it = |block: &Block| {
            block.partition.as_ref().is_some_and(|partition| {
                partition.table.as_deref() == Some(disk) && partition.uuid.eq_ignore_ascii_case(uuid)
            })
        };
        Ok(objects.blocks.iter().find(|(_, block)| is_it(block)).map(|(path, _)| path.clone()))
    }

    /// Waits until the partition at this object path is known with its UUID, and gives it.
    ///
    /// # Errors
    /// When it does not appear in time, or UDisks2 can't be asked.
    pub async fn made_partition(&self, object: &str) -> Result<MadePartition, UdisksError> {
        self.wait(object, "partition UUID", |objects| {
            let (block, partition_uuid) = partition(objects, object)?;
            Some(MadePartition {
                device: block.device.clone(),
                partition_uuid,
                content_uuid: block.id_uuid.clone(),
                cleartext: None,
            })
        })
        .await
    }

    /// Waits until the partition at this object path is known with the UUID of what is in it, and
    /// gives it.
    ///
    /// # Errors
    /// When it does not appear in time, or UDisks2 can't be asked.
    pub async fn made_content(&self, object: &str) -> Result<MadePartition, UdisksError> {
        self.wait(object, "content UUID", |objects| {
            let (block, partition_uuid) = partition(objects, object)?;
            (!block.id_uuid.is_empty()).then(|| MadePartition {
                device: block.device.clone(),
                partition_uuid,
                content_uuid: block.id_uuid.clone(),
                cleartext: None,
            })
        })
        .await
    }

    /// Waits until the encrypted partition at this object path is known with its LUKS UUID, its
    /// opened volume and the filesystem in that, and gives it.
    ///
    /// # Errors
    /// When it does not appear in time, or UDisks2 can't be asked.
    pub async fn made_volume(&self, object: &str) -> Result<MadePartition, UdisksError> {
        self.wait(object, "opened volume", |objects| {
            let (block, partition_uuid) = partition(objects, object)?;
            let path = block.cleartext.as_ref()?;
            let clear = objects.blocks.get(path)?;
            let known =
                block.id_type == "crypto_LUKS" && !block.id_uuid.is_empty() && !clear.id_uuid.is_empty();
            known.then(|| MadePartition {
                device: block.device.clone(),
                partition_uuid,
                content_uuid: block.id_uuid.clone(),
                cleartext: Some(Cleartext {
                    object: path.clone(),
                    device: clear.device.clone(),
                    filesystem_uuid: clear.id_uuid.clone(),
                }),
            })
        })
        .await
    }

    async fn wait<T>(
        &self,
        object: &str,
        what: &'static str,
        found: impl Fn(&Objects) -> Option<T>,
    ) -> Result<T, UdisksError> {
        let wait = async {
            // Subscribed before the first look, so that nothing falls between the two.
            let mut changes = Changes::subscribe().await?;
            loop {
                if let Some(found) = found(&self.objects().await?) {
                    return Ok(found);
                }
                changes.next().await?;
            }
        };
        tokio::time::timeout(SETTLE_LIMIT, wait).await.unwrap_or_else(|_| {
            let object = object.to_owned();
            Err(UdisksError::NotSettled { object, what, seconds: SETTLE_LIMIT.as_secs() })
        })
    }
}

/// The block device and the partition UUID of a partition that is fully known.
fn partition<'objects>(objects: &'objects Objects, object: &str) -> Option<(&'objects Block, String)> {
    let block = objects.blocks.get(object)?;
    let uuid = block.partition.as_ref()?.uuid.clone();
    (!uuid.is_empty() && !block.device.is_empty()).then_some((block, uuid))
}

/// Whether an encrypted partition is unlocked, by the kernel's word too: of a volume that somebody
/// else has locked while UDisks2 was still learning of it, UDisks2 goes on saying that it is unlocked.
fn is_open(block: &Block) -> bool {
    let (major, minor) = block.number;
    let holders = format!("/sys/dev/block/{major}:{minor}/holders");
    let is_held = || std::fs::read_dir(holders).map_or(true, |mut holders| holders.next().is_some());
    block.cleartext.is_some() && is_held()
}
