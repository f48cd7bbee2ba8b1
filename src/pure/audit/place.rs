//! The places that state is found in, as a person would persist them.

use super::super::answers::rules::is_at_or_below;
use super::super::catalogue::{self, Entry};
use super::unit::{self, Unit};

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A directory with all that is in it.
    Directory,
    /// A single file.
    File,
    /// A subvolume that something made on the root; what is in it was not counted.
    Subvolume,
}

/// What a path looks like now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Whether it is a directory.
    pub directory: bool,
    /// Bytes of a file.
    pub size: u64,
    /// Permission bits.
    pub mode: u32,
    /// The name of its owner, or the number of one without a name.
    pub owner: String,
    /// The name of its group, or its number.
    pub group: String,
}

/// Who made it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Maker {
    /// A service.
    Unit {
        /// Its name.
        name: String,
        /// The package that its program comes from.
        package: Option<String>,
    },
    /// What an entry of the catalogue is about, by its id.
    Entry(&'static str),
    /// A user other than root.
    User(String),
    /// Nobody knows.
    Unknown,
}

/// What would keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// This entry of the catalogue.
    Entry(&'static Entry),
    /// Its own path.
    Path,
}

/// One place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its absolute path.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// Bytes of all files in it that would be lost.
    pub bytes: u64,
    /// How many of them there are.
    pub files: u64,
    /// Whether any of it was made or changed since the boot.
    pub since_boot: bool,
    /// What it looks like now; `None` where it is gone meanwhile.
    pub look: Option<Look>,
    /// What would keep it.
    pub advice: Advice,
}

/// The places of one maker, the biggest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Who made them.
    pub maker: Maker,
    /// Bytes of all of them.
    pub bytes: u64,
    /// The places. At least one.
    pub places: Vec<Place>,
}

/// Where a file's state is kept as a whole, and what would keep it.
///
/// The catalogue knows it best, then the service; else it is the part of the path below which each
/// program has a directory of its own.
#[must_use]
pub fn of(path: &str, units: &[Unit]) -> (String, Advice) {
    if let Some(entry) = catalogue::keeping(path) {
        let base = entry.paths().filter(|base| is_at_or_below(path, base)).max_by_key(|base| base.len());
        return (base.unwrap_or(path).to_owned(), Advice::Entry(entry));
    }
    if let Some((_, place)) = unit::keeper(units, path) {
        return (place.to_owned(), Advice::Path);
    }
    (cut(path, depth(path)).to_owned(), Advice::Path)
}

/// How many names lead to a program's own directory.
fn depth(path: &str) -> usize {
    let mut names = path.split('/').skip(1);
    match (names.next(), names.next()) {
        (Some("var"), _) | (Some("usr"), Some("local")) | (Some("root"), Some(".config" | ".local")) => 3,
        (Some("etc" | "opt" | "root" | "srv" | "usr"), _) => 2,
        _ => 1,
    }
}

/// The first names of an absolute path.
fn cut(path: &str, names: usize) -> &str {
    path.match_indices('/').nth(names).map_or(path, |(at, _)| path.get(..at).unwrap_or(path))
}

/// Who made what lies at a place: the service that says so or has its name, else the catalogue, else
/// its owner.
#[must_use]
pub fn maker(place: &str, advice: Advice, owner: Option<&str>, units: &[Unit]) -> Maker {
    let name = place.rsplit('/').next().unwrap_or_default();
    let known = unit::keeper(units, place).map(|(unit, _)| unit).or_else(|| unit::named(units, name));
    let owner = owner.filter(|owner| *owner != "root");
    let unit = known.or_else(|| owner.and_then(|owner| unit::named(units, owner)));
    if let Some(unit) = unit {
        return Maker::Unit { name: unit.name.clone(), package: unit.package.clone() };
    }
    match (advice, owner) {
        (Advice::Entry(entry), _) => Maker::Entry(&entry.id),
        (Advice::Path, Some(owner)) => Maker::User(owner.to_owned()),
        (Advice::Path, None) => Maker::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units() -> Vec<Unit> {
        vec![Unit {
            name: "app.service".to_owned(),
            directories: vec!["/var/lib/deep/app".to_owned()],
            user: "appuser".to_owned(),
            package: Some("app-1".to_owned()),
            ..Unit::default()
        }]
    }

    #[test]
    fn a_file_s_place_is_the_catalogue_s_then_the_service_s_then_the_program_s() {
        let place = |path| of(path, &units()).0;
        assert_eq!(place("/var/lib/docker/volumes/x"), "/var/lib/docker");
        assert_eq!(place("/etc/machine-id"), "/etc/machine-id");
        assert_eq!(place("/var/lib/deep/app/x/y"), "/var/lib/deep/app");
        assert_eq!(place("/var/lib/deep/other/x"), "/var/lib/deep");
        assert_eq!(place("/var/lib/file"), "/var/lib/file");
        assert_eq!(place("/etc/own/x"), "/etc/own");
        assert_eq!(place("/data/a/b"), "/data");
        assert_eq!(place("/melts"), "/melts");
        assert!(matches!(of("/var/lib/docker/x", &[]).1, Advice::Entry(entry) if entry.id == "docker"));
        assert_eq!(of("/var/lib/deep/app/x", &units()).1, Advice::Path);
    }

    #[test]
    fn the_maker_is_the_service_by_place_name_or_user() {
        let unit = || Maker::Unit { name: "app.service".to_owned(), package: Some("app-1".to_owned()) };
        let maker = |place, owner| maker(place, of(place, &units()).1, owner, &units());
        assert_eq!(maker("/var/lib/deep/app", None), unit());
        assert_eq!(maker("/srv/app", None), unit());
        assert_eq!(maker("/srv/x", Some("appuser")), unit());
        assert_eq!(maker("/srv/x", Some("anna")), Maker::User("anna".to_owned()));
        assert_eq!(maker("/srv/x", Some("root")), Maker::Unknown);
        assert_eq!(maker("/var/lib/docker", Some("root")), Maker::Entry("docker"));
    }
}
