//! Tells what would be lost from what the system makes by itself, and puts it together place by
//! place.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::super::answers::rules::is_at_or_below;
use super::super::catalogue;
use super::left_out::{is_left_out, is_system_link};
use super::mount::Mount;
use super::place::{self, Advice, Group, Kind, Look, Maker, Place};
use super::subvolume::Subvolume;
use super::tree::{self, Node, Tree};
use super::unit::{self, Unit};

/// When the boot was through.
#[derive(Debug)]
pub enum Boot<'facts> {
    /// What differs from the snapshot that was taken then.
    Since(&'facts Tree),
    /// The time, in seconds since 1970.
    Ended(u64),
    /// It is not known, or not through.
    Unknown,
}

/// What is known about the root.
#[derive(Debug)]
pub struct Evidence<'facts> {
    /// What differs from the blank snapshot; with `only_new` it may be what differs since the boot.
    pub found: &'facts Tree,
    /// When the boot was through.
    pub boot: Boot<'facts>,
    /// Subvolumes that something made on the root, with whether each has changed since the boot.
    pub nested: Vec<(Subvolume, bool)>,
    /// What is mounted.
    pub mounts: &'facts [Mount],
    /// Files below `/etc` that the activation copied there, relative to it (`/etc/.clean`).
    pub copied: &'facts BTreeSet<String>,
    /// The services.
    pub units: &'facts [Unit],
    /// Whether only what was made or changed since the boot counts.
    pub only_new: bool,
}

impl Evidence<'_> {
    fn is_new(&self, path: &str, node: &Node) -> bool {
        match self.boot {
            Boot::Since(since) => since.has(path),
            Boot::Ended(then) => node.changed.is_some_and(|changed| changed > then),
            Boot::Unknown => true,
        }
    }

    /// Whether a rollback would not touch it, or the system makes it again.
    fn is_safe(&self, path: &str, node: &Node) -> bool {
        let copied = || path.strip_prefix("/etc/").is_some_and(|name| self.copied.contains(name));
        path == "/"
            || matches!(&node.kind, tree::Kind::Directory)
            || matches!(&node.kind, tree::Kind::Other)
            || matches!(&node.kind, tree::Kind::Link(target) if is_system_link(target))
            || self.is_mounted(path)
            || is_left_out(path)
            || copied()
    }

    fn is_mounted(&self, path: &str) -> bool {
        let mut others = self.mounts.iter().filter(|mount| mount.mountpoint != "/");
        others.any(|mount| is_at_or_below(path, &mount.mountpoint))
    }

    /// Whether it is where a service or the catalogue says that state is. What the boot itself made
    /// there is made anew, with other content, each time: a key, an id, a database.
    fn is_state(&self, path: &str) -> bool {
        catalogue::keeping(path).is_some() || unit::keeper(self.units, path).is_some()
    }
}

#[derive(Default)]
struct Sum {
    bytes: u64,
    files: u64,
    new: bool,
    kind: Option<Kind>,
    advice: Option<Advice>,
}

/// What a rollback would delete that nothing makes again, by maker, the biggest first.
///
/// `look` tells what a path looks like now.
pub fn sort(evidence: &Evidence<'_>, look: impl Fn(&str) -> Option<Look>) -> Vec<Group> {
    // In such a directory of /etc a mount would hide the links that the system makes.
    let linked: BTreeSet<String> = evidence.found.entries().filter_map(linked_directory).collect();
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for (path, node) in evidence.found.entries() {
        if evidence.is_safe(&path, node) {
            continue;
        }
        let new = evidence.is_new(&path, node);
        if !new && (evidence.only_new || !evidence.is_state(&path)) {
            continue;
        }
        let size = match node.kind {
            tree::Kind::Changed | tree::Kind::Moved => match look(&path) {
                Some(look) if look.directory && node.kind == tree::Kind::Changed => continue,
                look => look.filter(|look| !look.directory).map_or(node.size, |look| look.size),
            },
            _ => node.size,
        };
        let (mut at, advice) = place::of(&path, evidence.units);
        if linked.contains(&at) && advice == Advice::Path {
            at.clone_from(&path);
        }
        let sum = sums.entry(at).or_default();
        sum.bytes += size;
        sum.files += 1;
        sum.new |= new;
        sum.advice = Some(advice);
    }
    for (subvolume, new) in &evidence.nested {
        let path = &subvolume.path;
        let counts = *new || (!evidence.only_new && evidence.is_state(path));
        if !counts || evidence.is_mounted(path) || is_left_out(path) {
            continue;
        }
        let (at, advice) = place::of(path, evidence.units);
        let sum = sums.entry(at.clone()).or_default();
        sum.kind = (at == *path).then_some(Kind::Subvolume).or(sum.kind);
        sum.new |= new;
        sum.advice = Some(advice);
    }
    grouped(evidence, sums, look)
}

/// The directory of `/etc` that this path, a link of the system's, lies in.
fn linked_directory((path, node): (String, &Node)) -> Option<String> {
    let is_link = matches!(&node.kind, tree::Kind::Link(target) if is_system_link(target));
    let name = path.strip_prefix("/etc/")?.split_once('/')?.0;
    is_link.then(|| format!("/etc/{name}"))
}

fn grouped(
    evidence: &Evidence<'_>,
    sums: BTreeMap<String, Sum>,
    look: impl Fn(&str) -> Option<Look>,
) -> Vec<Group> {
    let mut makers: BTreeMap<Maker, Vec<Place>> = BTreeMap::new();
    for (path, sum) in sums {
        let look = look(&path);
        let advice = sum.advice.unwrap_or(Advice::Path);
        let owner = look.as_ref().map(|look| look.owner.as_str());
        let maker = place::maker(&path, advice, owner, evidence.units);
        let is_directory = look.as_ref().is_some_and(|look| look.directory);
        let kind = sum.kind.unwrap_or(if is_directory { Kind::Directory } else { Kind::File });
        let (bytes, files, since_boot) = (sum.bytes, sum.files, sum.new);
        makers.entry(maker).or_default().push(Place { path, kind, bytes, files, since_boot, look, advice });
    }
    let group = |(maker, mut places): (Maker, Vec<Place>)| {
        places.sort_by_key(|place| Reverse(place.bytes));
        Group { maker, bytes: places.iter().map(|place| place.bytes).sum(), places }
    };
    let mut groups: Vec<Group> = makers.into_iter().map(group).collect();
    groups.sort_by_key(|group| Reverse(group.bytes));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(tree: &mut Tree, path: &str, size: u64, changed: u64) {
        let path = path.trim_start_matches('/').as_bytes();
        tree.make(path, tree::Kind::File);
        tree.extend(path, size);
        tree.set_changed(path, changed);
    }

    fn link(tree: &mut Tree, path: &str, target: &str) {
        tree.make(path.trim_start_matches('/').as_bytes(), tree::Kind::Link(target.into()));
    }

    /// A root some time after its boot, which was through at second 100.
    fn used() -> Tree {
        let mut tree = Tree::default();
        tree.make(b"etc", tree::Kind::Directory);
        link(&mut tree, "/etc/hosts", "/etc/static/hosts");
        link(&mut tree, "/etc/app/unit", "/etc/static/app/unit");
        file(&mut tree, "/etc/app/own", 5, 200);
        file(&mut tree, "/etc/sudoers.d-copied", 5, 200);
        file(&mut tree, "/etc/passwd", 5, 200);
        file(&mut tree, "/etc/machine-id", 33, 50);
        file(&mut tree, "/var/lib/made-by-boot", 9, 50);
        file(&mut tree, "/var/lib/docker/a", 1000, 200);
        file(&mut tree, "/var/lib/docker/b/c", 500, 200);
        file(&mut tree, "/var/lib/new/x", 70, 200);
        file(&mut tree, "/nix/hidden", 70, 200);
        file(&mut tree, "/var/cache/x", 70, 200);
        tree.make(b"srv/empty", tree::Kind::Directory);
        tree
    }

    fn mounts() -> Vec<Mount> {
        let mount = |mountpoint: &str| Mount {
            device: "0:30".to_owned(),
            root: "/".to_owned(),
            mountpoint: mountpoint.to_owned(),
            kind: "btrfs".to_owned(),
            source: "/dev/sda".to_owned(),
        };
        ["/", "/nix"].map(mount).to_vec()
    }

    fn look(path: &str) -> Option<Look> {
        let directory = ["/var/lib/docker", "/var/lib/new", "/var/lib/images"].contains(&path);
        let owner = "root".to_owned();
        Some(Look { directory, size: 12, mode: 0o755, group: owner.clone(), owner })
    }

    fn found(tree: &Tree, boot: Boot<'_>, only_new: bool) -> Vec<(String, u64, u64, bool)> {
        let (mounts, copied) = (mounts(), BTreeSet::from(["sudoers.d-copied".to_owned()]));
        let images = Subvolume { path: "/var/lib/images".to_owned(), generation: 9 };
        let evidence = Evidence {
            found: tree,
            boot,
            nested: vec![(images, true)],
            mounts: &mounts,
            copied: &copied,
            units: &[],
            only_new,
        };
        let groups = sort(&evidence, look);
        let sizes: Vec<u64> = groups.iter().map(|group| group.bytes).collect();
        assert!(sizes.is_sorted_by(|one, other| one >= other), "{sizes:?}");
        let places = groups.into_iter().flat_map(|group| group.places);
        let mut all: Vec<_> =
            places.map(|place| (place.path, place.bytes, place.files, place.since_boot)).collect();
        all.sort();
        all
    }

    fn told(path: &str, bytes: u64, files: u64, new: bool) -> (String, u64, u64, bool) {
        (path.to_owned(), bytes, files, new)
    }

    #[test]
    fn what_the_system_makes_by_itself_is_left_out() {
        let new = [
            told("/etc/app/own", 5, 1, true),
            told("/var/lib/docker", 1500, 2, true),
            told("/var/lib/images", 0, 0, true),
            told("/var/lib/new", 70, 1, true),
        ];
        let mut all = new.to_vec();
        all.insert(1, told("/etc/machine-id", 33, 1, false));
        assert_eq!(found(&used(), Boot::Ended(100), false), all);
        assert_eq!(found(&used(), Boot::Ended(100), true), new);
    }

    #[test]
    fn the_snapshot_of_the_boot_s_end_decides_where_there_is_one() {
        let mut since = Tree::default();
        since.extend(b"var/lib/docker/a", 3);
        let all = found(&used(), Boot::Since(&since), false);
        let new: Vec<&str> = all.iter().filter(|each| each.3).map(|each| each.0.as_str()).collect();
        assert_eq!(new, ["/var/lib/docker", "/var/lib/images"]);
        assert!(!all.iter().any(|each| each.0 == "/var/lib/new"), "{all:?}");
        // Alone it tells what changed; how big that is now is looked up.
        let alone = found(&since, Boot::Since(&since), true);
        assert_eq!(alone[0], told("/var/lib/docker", 12, 1, true));
    }

    #[test]
    fn while_the_boot_s_end_is_not_known_all_counts() {
        let all = found(&used(), Boot::Unknown, false);
        assert!(all.iter().any(|each| each.0 == "/var/lib/made-by-boot"), "{all:?}");
    }
}
