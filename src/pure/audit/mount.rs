//! What is mounted where, and what part of its filesystem it shows.

use super::super::answers::rules::is_at_or_below;

/// One mount (`proc_pid_mountinfo(5)`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The numbers of the filesystem's device, as the table has them.
    pub device: String,
    /// What of the filesystem is shown: for Btrfs the path from its top level.
    pub root: String,
    /// Where.
    pub mountpoint: String,
    /// The type of the filesystem.
    pub kind: String,
    /// What it was mounted from.
    pub source: String,
}

/// Parses `/proc/self/mountinfo`. `unescape` undoes the kernel's escapes.
#[must_use]
pub fn parse(table: &str, unescape: impl Fn(&str) -> String) -> Vec<Mount> {
    let one = |line: &str| {
        let (place, filesystem) = line.split_once(" - ")?;
        let mut place = place.split(' ').skip(2);
        let (device, root, mountpoint) = (place.next()?, place.next()?, place.next()?);
        let mut filesystem = filesystem.split(' ');
        let (kind, source) = (filesystem.next()?, filesystem.next()?);
        Some(Mount {
            device: device.to_owned(),
            root: unescape(root),
            mountpoint: unescape(mountpoint),
            kind: kind.to_owned(),
            source: unescape(source),
        })
    };
    table.lines().filter_map(one).collect()
}

/// The mount that is seen at `/`: the last of them.
#[must_use]
pub fn root(mounts: &[Mount]) -> Option<&Mount> {
    mounts.iter().rev().find(|mount| mount.mountpoint == "/")
}

/// Where what persists is kept: the directory whose parts are mounted at their own places, such as
/// `/persist` when `/persist/etc/nixos` is seen at `/etc/nixos`. Of several, it is the one with the
/// most such mounts.
#[must_use]
pub fn persist(mounts: &[Mount]) -> Option<String> {
    let shown = |part: &Mount| {
        let kept = part.root.strip_suffix(part.mountpoint.as_str()).filter(|kept| !kept.is_empty())?;
        let holder = mounts
            .iter()
            .filter(|mount| mount.source == part.source && mount.mountpoint != part.mountpoint)
            .filter(|mount| is_at_or_below(kept, &mount.root))
            .max_by_key(|mount| mount.root.len())?;
        let rest = if holder.root == "/" { kept } else { kept.strip_prefix(holder.root.as_str())? };
        Some(format!("{}{rest}", holder.mountpoint.trim_end_matches('/')))
    };
    let all: Vec<String> = mounts.iter().filter_map(shown).collect();
    let count = |place: &String| all.iter().filter(|other| *other == place).count();
    all.iter().max_by_key(|place| count(place)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
1 0 0:1 / / rw - rootfs none rw
22 1 0:30 /root / rw,noatime shared:1 - btrfs /dev/mapper/enc rw,subvol=/root
23 22 0:30 /nix /nix rw - btrfs /dev/mapper/enc rw,subvol=/nix
24 22 0:30 /persist /persist rw - btrfs /dev/mapper/enc rw,subvol=/persist
25 22 0:30 /persist/etc/nixos /etc/nixos rw - btrfs /dev/mapper/enc rw,subvol=/persist/etc/nixos
26 22 0:30 /persist/var/lib/kept_ /var/lib/kept_ rw - btrfs /dev/mapper/enc rw
27 22 0:22 / /run rw - tmpfs tmpfs rw
";

    #[test]
    fn the_root_and_what_persists_are_found() {
        let mounts = parse(TABLE, |text| text.replace('_', " "));
        assert_eq!(root(&mounts).unwrap().root, "/root");
        assert_eq!(mounts[5].mountpoint, "/var/lib/kept ");
        assert_eq!(persist(&mounts).as_deref(), Some("/persist"));
        let within = TABLE.replace("/persist/", "/nix/persist/");
        assert_eq!(persist(&parse(&within, str::to_owned)).as_deref(), Some("/nix/persist"));
        let nothing: String = TABLE.lines().take(4).map(|line| format!("{line}\n")).collect();
        assert_eq!(persist(&parse(&nothing, str::to_owned)), None);
    }
}
