//! The subvolumes of a filesystem, as `btrfs subvolume list` tells them.

/// One subvolume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subvolume {
    /// Its path from the top level, without a `/` in front.
    pub path: String,
    /// The generation of its last change.
    pub generation: u64,
}

/// Parses `ID 256 gen 30 top level 5 path root/var/lib/x`.
#[must_use]
pub fn parse(listed: &str) -> Vec<Subvolume> {
    let one = |line: &str| {
        let (numbers, path) = line.split_once(" path ")?;
        let (_, generation) = numbers.split_once(" gen ")?;
        let generation = generation.split(' ').next()?.parse().ok()?;
        Some(Subvolume { path: path.to_owned(), generation })
    };
    listed.lines().filter_map(one).collect()
}

/// The outermost subvolumes within the one of this name, with their paths from its own root.
#[must_use]
pub fn nested(all: &[Subvolume], name: &str) -> Vec<Subvolume> {
    let below = |each: &Subvolume| {
        let path = each.path.strip_prefix(name)?;
        path.starts_with('/').then(|| Subvolume { path: path.to_owned(), ..each.clone() })
    };
    let found: Vec<Subvolume> = all.iter().filter_map(below).collect();
    let is_within = |each: &Subvolume| {
        found
            .iter()
            .any(|other| each.path.strip_prefix(&other.path).is_some_and(|rest| rest.starts_with('/')))
    };
    found.iter().filter(|each| !is_within(each)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_outermost_are_told() {
        let listed = "ID 256 gen 30 top level 5 path root\nID 257 gen 7 top level 256 path root/a path x\n\
                      ID 258 gen 8 top level 257 path root/a path x/y\nID 259 gen 9 top level 5 path rooted\n";
        let found = nested(&parse(listed), "root");
        assert_eq!(found, [Subvolume { path: "/a path x".to_owned(), generation: 7 }]);
    }
}
