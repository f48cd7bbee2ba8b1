//! Where partitions may begin and end.

/// What the boundaries of partitions must be multiples of, in bytes.
///
/// UDisks2 leaves that to libfdisk, so this is libfdisk's rule (`fdisk_reset_alignment` and
/// `__fdisk_discover_topology` in `alignment.c` of util-linux): the disk's optimal transfer size
/// where that is larger than 1 MiB, else 1 MiB. `size` is the disk's, `optimal`, `minimum` and
/// `physical` are those of its `queue` directory in sysfs, all in bytes.
pub(super) fn alignment(size: u64, optimal: u64, minimum: u64, physical: u64) -> u64 {
    let physical = physical.max(512);
    // Some bridges claim an optimal transfer that is no whole number of sectors.
    let usable = optimal > 0 && optimal.is_multiple_of(physical);
    let transfer = if usable { optimal } else { minimum };
    let grain = transfer.max(1 << 20);
    if size <= grain.saturating_mul(4) { physical } else { grain }
}

#[cfg(test)]
mod tests {
    use super::alignment;

    const GIB: u64 = 1 << 30;
    const MIB: u64 = 1 << 20;

    #[test]
    fn it_is_a_mebibyte_unless_the_disk_asks_for_more() {
        assert_eq!(alignment(GIB, 0, 512, 512), MIB);
        assert_eq!(alignment(GIB, 126_976, 512, 512), MIB);
        assert_eq!(alignment(GIB, 1_310_720, 4096, 4096), 1_310_720);
        assert_eq!(alignment(GIB, 4 * MIB, 4096, 4096), 4 * MIB);
    }

    #[test]
    fn a_claim_that_is_no_whole_number_of_sectors_is_ignored() {
        assert_eq!(alignment(GIB, 33_553_920, 4096, 4096), MIB);
    }

    #[test]
    fn a_tiny_disk_is_not_wasted() {
        assert_eq!(alignment(4 * MIB, 0, 512, 512), 512);
    }
}
