//! What differs between two snapshots, path by path.

use std::collections::BTreeMap;

/// What a path is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, and what it holds.
    Link(Vec<u8>),
    /// A device, a pipe or a socket.
    Other,
    /// Something that was there before, and has changed.
    Changed,
    /// A directory or file that was there before, under another name.
    Moved,
}

/// One path that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Bytes of a file, as far as they are told: all of them for a new file.
    pub size: u64,
    /// When its inode was last changed, in seconds since 1970 (`ctime`, which nobody can set).
    pub changed: Option<u64>,
}

/// The paths that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// By their bytes, without a `/` in front.
    nodes: BTreeMap<Vec<u8>, Node>,
}

impl Tree {
    /// Every path, absolute, before what is below it. Bytes that are no UTF-8 are replaced.
    pub fn entries(&self) -> impl Iterator<Item = (String, &Node)> {
        self.nodes.iter().map(|(path, node)| (format!("/{}", String::from_utf8_lossy(path)), node))
    }

    /// The node of an absolute path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Node> {
        self.nodes.get(path.strip_prefix('/')?.as_bytes())
    }

    /// Whether a path differs, or lies in a directory that was moved.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        let moved = |at: usize| {
            path.get(..at).and_then(|above| self.get(above)).is_some_and(|node| node.kind == Kind::Moved)
        };
        self.get(path).is_some() || path.match_indices('/').any(|(at, _)| at > 0 && moved(at))
    }

    /// How many paths differ.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(super) fn make(&mut self, path: &[u8], kind: Kind) {
        drop(self.nodes.insert(path.to_vec(), Node { kind, size: 0, changed: None }));
    }

    pub(super) fn remove(&mut self, path: &[u8]) {
        drop(self.nodes.remove(path));
    }

    /// Something of this path has changed.
    pub(super) fn touch(&mut self, path: &[u8]) {
        let _ = self.changed(path);
    }

    pub(super) fn truncate(&mut self, path: &[u8], size: u64) {
        self.changed(path).size = size;
    }

    /// There is content up to this many bytes.
    pub(super) fn extend(&mut self, path: &[u8], end: u64) {
        let node = self.changed(path);
        node.size = node.size.max(end);
    }

    /// The times of a directory are told for each change in it, so this alone makes no difference.
    pub(super) fn set_changed(&mut self, path: &[u8], seconds: u64) {
        if let Some(node) = self.nodes.get_mut(path) {
            node.changed = Some(seconds);
        }
    }

    /// A new path gets its name this way too, after it was made under a passing one.
    pub(super) fn rename(&mut self, from: &[u8], to: &[u8]) {
        let node = self.nodes.remove(from);
        let node = node.unwrap_or(Node { kind: Kind::Moved, size: 0, changed: None });
        let is_file = matches!(node.kind, Kind::File | Kind::Link(_) | Kind::Other);
        drop(self.nodes.insert(to.to_vec(), node));
        if is_file {
            return;
        }
        let below = [from, b"/"].concat();
        let moved: Vec<Vec<u8>> = self
            .nodes
            .range(below.clone()..)
            .take_while(|(path, _)| path.starts_with(&below))
            .map(|(path, _)| path.clone())
            .collect();
        for path in moved {
            if let (Some(node), Some(rest)) = (self.nodes.remove(&path), path.strip_prefix(from)) {
                drop(self.nodes.insert([to, rest].concat(), node));
            }
        }
    }

    fn changed(&mut self, path: &[u8]) -> &mut Node {
        self.nodes.entry(path.to_vec()).or_insert(Node { kind: Kind::Changed, size: 0, changed: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_a_directory_goes_with_it() {
        let mut tree = Tree::default();
        tree.make(b"o1", Kind::Directory);
        tree.make(b"o1/file", Kind::File);
        tree.extend(b"o1/file", 9);
        tree.make(b"o1-beside", Kind::File);
        tree.rename(b"o1", b"var");
        assert_eq!(tree.get("/var/file").unwrap().size, 9);
        assert!(tree.has("/o1-beside") && !tree.has("/o1") && !tree.has("/o1/file"));
    }

    #[test]
    fn what_is_in_a_directory_that_was_moved_differs() {
        let mut tree = Tree::default();
        tree.rename(b"old", b"srv/new");
        assert_eq!(tree.get("/srv/new").unwrap().kind, Kind::Moved);
        assert!(tree.has("/srv/new/a/b") && !tree.has("/srv") && !tree.has("/srv/newer"));
    }

    #[test]
    fn times_alone_are_no_difference() {
        let mut tree = Tree::default();
        tree.set_changed(b"var", 5);
        assert!(tree.is_empty());
        tree.touch(b"var");
        tree.set_changed(b"var", 5);
        assert_eq!(tree.get("/var").unwrap().changed, Some(5));
        tree.remove(b"var");
        assert_eq!(tree.len(), 0);
    }
}
