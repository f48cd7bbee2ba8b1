//! The line of the NixOS configuration that keeps a place.

use super::place::{Advice, Group, Kind, Place};
use crate::pure::answers::PersistModule;
use crate::pure::catalogue::{Directory, Entry, USUAL_MODE};
use crate::pure::nix::{Attrs, Path, Value, print};

/// The module that a configuration's text uses; impermanence where it names none.
#[must_use]
pub fn module_in(configuration: &str) -> PersistModule {
    if configuration.contains("preservation.preserveAt") {
        PersistModule::Preservation
    } else {
        PersistModule::Impermanence
    }
}

fn option(module: PersistModule, persist: &str, list: &str) -> Path {
    let option = match module {
        PersistModule::Impermanence => Path::from("environment.persistence"),
        PersistModule::Preservation => Path::from("preservation.preserveAt"),
    };
    option.key(persist).key(list)
}

/// The line for one place, and as a second one that for an entry's files.
#[must_use]
pub fn of_place(module: PersistModule, persist: &str, place: &Place) -> String {
    let (directories, files) = values(place);
    lines(module, persist, directories, files)
}

/// The lines for all these places, each path once.
#[must_use]
pub fn of_all(module: PersistModule, persist: &str, groups: &[Group]) -> String {
    let (mut directories, mut files) = (Vec::new(), Vec::new());
    for place in groups.iter().flat_map(|group| &group.places) {
        let (more_directories, more_files) = values(place);
        let is_new = |value: &Value, known: &[Value]| !known.contains(value);
        directories.extend(
            more_directories.into_iter().filter(|value| is_new(value, &directories)).collect::<Vec<_>>(),
        );
        files.extend(more_files.into_iter().filter(|value| is_new(value, &files)).collect::<Vec<_>>());
    }
    lines(module, persist, directories, files)
}

fn lines(module: PersistModule, persist: &str, directories: Vec<Value>, files: Vec<Value>) -> String {
    let mut attrs = Attrs::new();
    for (list, values) in [("directories", directories), ("files", files)] {
        if !values.is_empty() {
            attrs = attrs.set(option(module, persist, list), Value::list(values));
        }
    }
    let printed = print(&[], &attrs.into());
    // Without the braces around, since it goes between those of a file that is there.
    let within = printed.lines().filter_map(|line| line.strip_prefix("  "));
    within.collect::<Vec<_>>().join("\n")
}

/// The directories and the files to keep.
fn values(place: &Place) -> (Vec<Value>, Vec<Value>) {
    match place.advice {
        Advice::Entry(entry) => of_entry(entry),
        Advice::Path if place.kind == Kind::File => (Vec::new(), vec![place.path.as_str().into()]),
        Advice::Path => (vec![own_directory(place)], Vec::new()),
    }
}

fn of_entry(entry: &Entry) -> (Vec<Value>, Vec<Value>) {
    let directory = |each: &Directory| directory(&each.path, each.mode, None);
    (
        entry.directories.iter().map(directory).collect(),
        entry.files.iter().map(|path| path.as_str().into()).collect(),
    )
}

fn own_directory(place: &Place) -> Value {
    let Some(look) = &place.look else { return place.path.as_str().into() };
    let owner = (look.owner != "root" || look.group != "root").then_some((&*look.owner, &*look.group));
    directory(&place.path, look.mode, owner)
}

fn directory(path: &str, mode: u32, owner: Option<(&str, &str)>) -> Value {
    if mode == USUAL_MODE && owner.is_none() {
        return path.into();
    }
    Attrs::new()
        .set("directory", path)
        .set_some("user", owner.map(|(user, _)| user))
        .set_some("group", owner.map(|(_, group)| group))
        .set_some("mode", (mode != USUAL_MODE).then(|| format!("{mode:04o}")))
        .into()
}

#[cfg(test)]
mod tests {
    use super::super::place::{Look, Maker};
    use super::*;
    use crate::pure::catalogue::find;

    fn place(path: &str, kind: Kind, owner: &str, mode: u32, advice: Advice) -> Place {
        let owner = owner.to_owned();
        let look = Look { directory: true, size: 0, mode, group: owner.clone(), owner };
        let path = path.to_owned();
        Place { path, kind, bytes: 1, files: 1, since_boot: true, look: Some(look), advice }
    }

    #[test]
    fn the_line_has_the_owner_and_the_mode_where_they_are_unusual() {
        let line = |place: &Place| of_place(PersistModule::Impermanence, "/persist", place);
        let plain = place("/var/lib/new", Kind::Directory, "root", 0o755, Advice::Path);
        let start = "environment.persistence.\"/persist\".directories = [ ";
        assert_eq!(line(&plain), format!("{start}\"/var/lib/new\" ];"));
        let own = place("/srv/${x}", Kind::Directory, "app", 0o700, Advice::Path);
        let found = line(&own);
        assert!(
            found.contains("directory = \"/srv/\\${x}\";") && found.contains("mode = \"0700\";"),
            "{found}"
        );
        assert!(found.contains("user = \"app\";") && found.contains("group = \"app\";"), "{found}");
        let file = place("/etc/own", Kind::File, "root", 0o600, Advice::Path);
        let preserved = of_place(PersistModule::Preservation, "/nix/persist", &file);
        assert_eq!(preserved, "preservation.preserveAt.\"/nix/persist\".files = [ \"/etc/own\" ];");
    }

    #[test]
    fn an_entry_is_kept_whole_and_once() {
        let docker = Advice::Entry(find("docker").unwrap());
        let one = place("/var/lib/docker", Kind::Directory, "root", 0o710, docker);
        let new = place("/var/lib/new", Kind::Directory, "root", 0o755, Advice::Path);
        let group = |places| Group { maker: Maker::Unknown, bytes: 0, places };
        let all = of_all(
            PersistModule::Impermanence,
            "/persist",
            &[group(vec![one.clone(), new]), group(vec![one])],
        );
        assert_eq!(all.matches("/var/lib/docker").count(), 1, "{all}");
        assert_eq!(all.matches("/var/lib/new").count(), 1, "{all}");
        assert_eq!(of_all(PersistModule::Impermanence, "/persist", &[]), "");
    }

    #[test]
    fn the_module_is_the_one_that_the_configuration_names() {
        assert_eq!(module_in("{ preservation.preserveAt.\"/persist\" = { }; }"), PersistModule::Preservation);
        assert_eq!(module_in("{ environment.persistence.\"/persist\" = { }; }"), PersistModule::Impermanence);
    }
}
