//! What only the partitioned disk can tell.

/// Names of the new partitions, as they appear below `/dev/disk`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Devices {
    /// UUID in the volume's LUKS2 header.
    pub luks_uuid: String,
    /// UUID of the filesystem on the EFI system partition, such as `FDED-3BCF`.
    pub esp_uuid: String,
    /// UUID of swap in clear, or the partition UUID of swap under a random key; `None` where the
    /// layout has no swap.
    pub swap: Option<String>,
}

impl Devices {
    /// Stands for a disk that is not partitioned yet: names that a reader recognises as something
    /// to fill in, and that are still valid Nix.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            luks_uuid: "UUID-OF-THE-ENCRYPTED-PARTITION".to_owned(),
            esp_uuid: "UUID-OF-THE-BOOT-PARTITION".to_owned(),
            swap: None,
        }
    }

    pub(super) fn swap_uuid(&self) -> &str {
        self.swap.as_deref().unwrap_or("UUID-OF-THE-SWAP-PARTITION")
    }
}
