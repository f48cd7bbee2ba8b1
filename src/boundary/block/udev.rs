//! What udev knows of a block device.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::Number;

/// udev's database.
const DATABASE: &str = "/run/udev/data";

/// udev's properties of a block device; none where it has no entry.
///
/// # Errors
/// When the entry can't be read.
pub fn properties(number: Number) -> io::Result<BTreeMap<String, String>> {
    let path = Path::new(DATABASE).join(format!("b{}:{}", number.0, number.1));
    match fs::read(path) {
        Ok(bytes) => Ok(parse_properties(&String::from_utf8_lossy(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error),
    }
}

/// Parses an entry of udev's database (`/run/udev/data/b8:0`): the properties are its lines
/// `E:KEY=VALUE` (systemd, `src/libsystemd/sd-device/device-private.c`).
#[must_use]
pub fn parse_properties(entry: &str) -> BTreeMap<String, String> {
    entry
        .lines()
        .filter_map(|line| line.strip_prefix("E:")?.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// Whether a disk is known to be an ATA disk that is locked with a password (ATA8-ACS, word 128 of
/// IDENTIFY DEVICE).
#[must_use]
pub fn is_locked(number: Number) -> bool {
    // What can't be read is no more known to be locked than what udev has not seen.
    properties(number).is_ok_and(|all| says_locked(&all))
}

/// systemd’s `src/udev/ata_id/ata_id.c` says so of those only that are.
fn says_locked(properties: &BTreeMap<String, String>) -> bool {
    properties.get("ID_ATA_FEATURE_SET_SECURITY_LOCKED").is_some_and(|locked| locked == "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_locked_when_udev_says_so() {
        let locked = |entry: &str| says_locked(&parse_properties(entry));
        let with_password = "S:disk/by-id/ata-a\nE:ID_ATA=1\nE:ID_ATA_FEATURE_SET_SECURITY_ENABLED=1\n";
        assert!(!locked(with_password));
        assert!(locked(&format!("{with_password}E:ID_ATA_FEATURE_SET_SECURITY_LOCKED=1\n")));
        assert!(!locked(&format!("{with_password}E:ID_ATA_FEATURE_SET_SECURITY_LOCKED=0\n")));
        assert!(!locked(""));
    }
}
