//! The time zones that the running system knows.

use std::path::Path;

use crate::pure::zones::{self, Zone};

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

/// All zones that the running system knows, by region and city; universal time alone where it has no
/// list of them.
#[must_use]
pub fn list() -> Vec<Zone> {
    // Countries that share a zone have one each in the older form of the list, under the name of a
    // city of their own.
    let tables = FOLDERS
        .iter()
        .flat_map(|folder| ["zone.tab", "zone1970.tab"].map(|name| Path::new(folder).join(name)));
    for table in tables {
        match std::fs::read_to_string(&table) {
            Ok(text) => return zones::parse(&text),
            Err(error) => tracing::debug!("{}: {error}", table.display()),
        }
    }
    tracing::warn!("the system has no list of time zones");
    vec![Zone::utc()]
}

fn known_in(folder: &Path, zone: &str) -> Option<bool> {
    // Without this one the folder is a remnant, and says nothing.
    folder.join("UTC").is_file().then(|| folder.join(zone).is_file())
}

#[cfg(test)]
mod tests {
    use super::{is_known, known_in, list};

    /// The list of the system that the tests run on.
    #[test]
    fn every_listed_zone_is_known() {
        let zones = list();
        if zones.len() == 1 {
            return;
        }
        assert!(zones.len() > 300, "only {} zones", zones.len());
        for zone in zones {
            assert_eq!(is_known(&zone.name), Some(true), "{zone:?}");
            assert!(!zone.city().is_empty() && !zone.city().contains('_'), "{zone:?}");
        }
    }

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
