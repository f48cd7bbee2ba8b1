//! The time zones that the running system knows.

use std::path::Path;

/// Where they are: NixOS's link first, then where everyone else has them.
const FOLDERS: [&str; 2] = ["/etc/zoneinfo", "/usr/share/zoneinfo"];

/// Whether the running system knows the zone; `None` where it knows no zones at all.
///
/// `zone` must have kept [`crate::pure::answers::rules::time_zone`], so it can't lead out of the
/// folder.
#[must_use]
pub fn is_known(zone: &str) -> Option<bool> {
    known_in(FOLDERS.iter().map(Path::new).find(|folder| folder.is_dir())?, zone)
}

fn known_in(folder: &Path, zone: &str) -> Option<bool> {
    // Without this one the folder is a remnant, and says nothing.
    folder.join("UTC").is_file().then(|| folder.join(zone).is_file())
}

#[cfg(test)]
mod tests {
    use super::known_in;

    #[test]
    fn a_zone_is_a_file_and_an_empty_folder_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("Europe")).unwrap();
        std::fs::write(folder.path().join("Europe/Berlin"), "").unwrap();
        assert_eq!(known_in(folder.path(), "Europe/Berlin"), None);
        std::fs::write(folder.path().join("UTC"), "").unwrap();
        assert_eq!(known_in(folder.path(), "Europe/Berlin"), Some(true));
        assert_eq!(known_in(folder.path(), "Europe/Bärlin"), Some(false));
        assert_eq!(known_in(folder.path(), "Europe"), Some(false));
    }
}
