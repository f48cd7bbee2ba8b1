//! The services of the running system, as `systemctl show` tells them, and where their state is.

use super::super::answers::rules::is_at_or_below;

/// One service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unit {
    /// Its name, with `.service`.
    pub name: String,
    /// What it says that it is.
    pub description: String,
    /// The user that it runs as; empty for root.
    pub user: String,
    /// Where its state is (`StateDirectory=`, `ConfigurationDirectory=`, `LogsDirectory=`):
    /// absolute paths.
    pub directories: Vec<String>,
    /// The package that its program comes from, with its version.
    pub package: Option<String>,
}

/// The properties to ask for.
pub const PROPERTIES: &str =
    "Id,Description,User,DynamicUser,StateDirectory,ConfigurationDirectory,LogsDirectory,ExecStart";

/// Parses what `systemctl show` says about several units: `KEY=VALUE` lines, an empty line between
/// two units.
#[must_use]
pub fn parse(shown: &str) -> Vec<Unit> {
    shown.split("\n\n").map(one).filter(|unit| !unit.name.is_empty()).collect()
}

fn one(shown: &str) -> Unit {
    let mut unit = Unit::default();
    for (key, value) in shown.lines().filter_map(|line| line.split_once('=')) {
        match key {
            "Id" => value.clone_into(&mut unit.name),
            "Description" => value.clone_into(&mut unit.description),
            "User" if value != "root" => value.clone_into(&mut unit.user),
            "StateDirectory" => unit.directories.extend(below("/var/lib", value)),
            "ConfigurationDirectory" => unit.directories.extend(below("/etc", value)),
            "LogsDirectory" => unit.directories.extend(below("/var/log", value)),
            "ExecStart" if unit.package.is_none() => unit.package = package(value),
            _ => {}
        }
    }
    unit
}

fn below<'names>(place: &'static str, names: &'names str) -> impl Iterator<Item = String> + 'names {
    names.split_whitespace().map(move |name| format!("{place}/{name}"))
}

/// The package of a program that is started: the part of its path that names it, without the hash.
/// A script that NixOS made for the unit is no package.
fn package(start: &str) -> Option<String> {
    let (_, rest) = start.split_once("path=/nix/store/")?;
    let (_, name) = rest.split([' ', '/']).next()?.split_once('-')?;
    (!name.starts_with("unit-script-")).then(|| name.to_owned())
}

/// The service whose state lies at `path`; where several say so, the one whose directory is nearest.
#[must_use]
pub fn keeper<'units>(units: &'units [Unit], path: &str) -> Option<(&'units Unit, &'units str)> {
    let all = units.iter().flat_map(|unit| unit.directories.iter().map(move |place| (unit, place.as_str())));
    let nearest = |best: (&'units Unit, &'units str), next: (&'units Unit, &'units str)| {
        if next.1.len() > best.1.len() { next } else { best }
    };
    all.filter(|(_, place)| is_at_or_below(path, place)).reduce(nearest)
}

/// The service that may be meant by a name such as that of a directory or a user.
#[must_use]
pub fn named<'units>(units: &'units [Unit], name: &str) -> Option<&'units Unit> {
    let by_name = |unit: &&Unit| unit.name.strip_suffix(".service").is_some_and(|own| own == name);
    units.iter().find(by_name).or_else(|| units.iter().find(|unit| !name.is_empty() && unit.user == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: &str = "\
ExecStart={ path=/nix/store/0123456789abcdefghijklmnopqrstuv-docker-27.1/bin/dockerd ; argv[]=x ; }
Id=docker.service
Description=Docker = containers
User=
StateDirectory=

Id=grafana.service
User=grafana
StateDirectory=grafana grafana/plugins
ExecStart={ path=/nix/store/0123456789abcdefghijklmnopqrstuv-unit-script-x/bin/x ; }
";

    #[test]
    fn services_are_read_with_their_places_and_packages() {
        let units = parse(SHOWN);
        assert_eq!(units.len(), 2);
        assert_eq!(units[0].package.as_deref(), Some("docker-27.1"));
        assert_eq!(units[0].description, "Docker = containers");
        assert_eq!(units[1].directories, ["/var/lib/grafana", "/var/lib/grafana/plugins"]);
        assert_eq!(units[1].package, None);
        assert_eq!(keeper(&units, "/var/lib/grafana/plugins/x").unwrap().1, "/var/lib/grafana/plugins");
        assert_eq!(keeper(&units, "/var/lib/grafanas"), None);
        assert_eq!(named(&units, "docker").unwrap().name, "docker.service");
        assert_eq!(named(&units, "grafana").unwrap().name, "grafana.service");
        assert_eq!(named(&units, ""), None);
    }
}
