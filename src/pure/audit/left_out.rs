//! What is left out though it is on the root: the list of `data/audit.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::super::answers::rules::is_at_or_below;
use super::super::catalogue::{self, Entry};

const DATA: &str = include_str!("../../../data/audit.toml");

/// The whole data. A test reads it too, so that what is released can be read.
static LIST: LazyLock<List> = LazyLock::new(|| parse().unwrap_or_default());

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct List {
    left_out: Vec<LeftOut>,
}

/// Paths that are left out for one reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftOut {
    paths: Vec<String>,
    #[allow(dead_code, reason = "it is for whoever reads the data")]
    why: String,
}

fn parse() -> Result<List, toml::de::Error> {
    toml::from_str(DATA)
}

/// Whether what lies at this absolute path is left out. Where the catalogue knows a part of what the
/// list has, or the other way round, the nearer one counts.
#[must_use]
pub fn is_left_out(path: &str) -> bool {
    let nearest = |bases: &mut dyn Iterator<Item = &str>| {
        bases.filter(|base| is_at_or_below(path, base)).map(str::len).max().unwrap_or_default()
    };
    let listed = nearest(&mut LIST.left_out.iter().flat_map(|each| &each.paths).map(String::as_str));
    listed > 0 && listed > nearest(&mut catalogue::entries().flat_map(Entry::paths))
}

/// Whether a link to this place was made by the system: into the store, into what is linked there,
/// or into what there is for one boot only.
#[must_use]
pub fn is_system_link(target: &[u8]) -> bool {
    let places: [&[u8]; 5] = [b"/nix/store/", b"/etc/static", b"/run/", b"/proc/", b"/dev/"];
    places.iter().any(|place| target.starts_with(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_can_be_read_and_leaves_out_nothing_that_is_worth_keeping() {
        let read = parse().unwrap();
        assert!(!read.left_out.is_empty());
        for each in &read.left_out {
            assert!(each.why.ends_with('.') && !each.paths.is_empty(), "{each:?}");
            for path in &each.paths {
                assert!(path.starts_with('/') && !path.ends_with('/'), "{path}");
            }
        }
        for path in catalogue::entries().flat_map(Entry::paths) {
            assert!(!is_left_out(path), "{path}");
        }
        assert!(is_left_out("/root/.cache/x") && !is_left_out("/root/.ssh"));
        assert!(is_left_out("/etc/passwd") && is_left_out("/var/cache/x/y"));
        assert!(!is_left_out("/etc/passwords") && !is_left_out("/var/lib/x"));
    }

    #[test]
    fn a_link_into_the_store_is_the_system_s() {
        assert!(is_system_link(b"/nix/store/abc-x") && is_system_link(b"/etc/static/hosts"));
        assert!(!is_system_link(b"/srv/elsewhere") && !is_system_link(b"../x"));
    }
}
