//! What only the partitioned disk can tell.

use crate::pure::layout::Layout;

/// Names of the new partitions, as they appear below `/dev/disk`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Devices {
    /// UUID in the volume's LUKS2 header, or of the filesystem where nothing is encrypted; `None`
    /// where it is not known yet.
    pub volume_uuid: Option<String>,
    /// UUID of the filesystem on the EFI system partition, such as `FDED-3BCF`.
    pub esp_uuid: String,
    /// UUID of swap in clear, or the partition UUID of swap under a random key; `None` where the
    /// layout has no swap partition.
    pub swap: Option<String>,
    /// First block of the swap file, in pages of 4 KiB; `None` where there is none, or not yet.
    pub swap_offset: Option<u64>,
}

impl Devices {
    /// Stands for a disk that is not partitioned yet: names that a reader recognises as something
    /// to fill in, and that are still valid Nix.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            volume_uuid: None,
            esp_uuid: "UUID-OF-THE-BOOT-PARTITION".to_owned(),
            swap: None,
            swap_offset: None,
        }
    }

    pub(super) fn volume_uuid(&self, is_encrypted: bool) -> &str {
        let unknown =
            if is_encrypted { "UUID-OF-THE-ENCRYPTED-PARTITION" } else { "UUID-OF-THE-SYSTEM-PARTITION" };
        self.volume_uuid.as_deref().unwrap_or(unknown)
    }

    /// The path of the block device that the Btrfs filesystem is on.
    pub(super) fn filesystem_path(&self, layout: &Layout) -> String {
        match &layout.volume_name {
            Some(name) => format!("/dev/mapper/{name}"),
            None => by_uuid(self.volume_uuid(false)),
        }
    }

    pub(super) fn swap_uuid(&self) -> &str {
        self.swap.as_deref().unwrap_or("UUID-OF-THE-SWAP-PARTITION")
    }
}

impl Devices {
    /// The kernel parameter that says where in the filesystem a hibernated system lies.
    pub(super) fn resume_offset(&self) -> String {
        match self.swap_offset {
            Some(offset) => format!("resume_offset={offset}"),
            None => "resume_offset=OFFSET-OF-THE-SWAP-FILE".to_owned(),
        }
    }
}

pub(super) fn by_uuid(uuid: &str) -> String {
    format!("/dev/disk/by-uuid/{uuid}")
}
