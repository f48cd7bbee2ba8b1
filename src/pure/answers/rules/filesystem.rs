//! The Btrfs filesystem.

use super::Verdict;
use super::encryption::number_range;
use super::path::{is_at_or_below, plain_absolute};
use crate::i18n::{gettext, gettext_f};
use crate::pure::layout::{PERSIST, REHEARSAL, Replaced, SWAP_DIRECTORY, SWAP_SUBVOLUME};

/// Lowest level of zstd compression. Levels below it exist since Linux 6.15 only, and NixOS 25.11
/// has an older kernel by default, which would refuse to mount.
pub const LOWEST_COMPRESSION: i8 = 1;
/// Highest level of zstd compression (btrfs(5)).
pub const HIGHEST_COMPRESSION: i8 = 15;

/// Names at the top level of the filesystem that are taken.
pub const RESERVED_SUBVOLUMES: [&str; 13] = [
    Replaced::Root.subvolume(),
    Replaced::Root.blank(),
    Replaced::Root.next(),
    Replaced::Root.old(),
    Replaced::Home.subvolume(),
    Replaced::Home.blank(),
    Replaced::Home.next(),
    Replaced::Home.old(),
    "nix",
    "persist",
    "log",
    SWAP_SUBVOLUME,
    REHEARSAL,
];

/// Longest name of a subvolume in bytes (`BTRFS_VOL_NAME_MAX`).
const LONGEST_SUBVOLUME_NAME: usize = 255;

/// Where NixOS or this layout mounts or makes everything itself, or what must be there before the
/// other subvolumes are mounted.
const TAKEN_WITH_ALL_BELOW: [&str; 16] = [
    SWAP_DIRECTORY,
    "/nix",
    "/boot",
    "/proc",
    "/sys",
    "/dev",
    "/run",
    "/tmp",
    "/etc",
    "/bin",
    "/sbin",
    "/usr",
    "/lib",
    "/lib64",
    "/var/lib/nixos",
    "/var/lib/systemd",
];
/// Where this layout mounts, or has mounts below that come first; other places below are free.
const TAKEN: [&str; 6] = ["/", "/home", "/var", "/var/log", "/var/lib", PERSIST];

/// Level of zstd compression.
///
/// # Errors
/// Outside [`LOWEST_COMPRESSION`] to [`HIGHEST_COMPRESSION`].
pub fn compression_level(level: i8) -> Verdict {
    if (LOWEST_COMPRESSION..=HIGHEST_COMPRESSION).contains(&level) {
        return Ok(());
    }
    Err(number_range(LOWEST_COMPRESSION.into(), HIGHEST_COMPRESSION.into()))
}

/// Name of a subvolume that the person adds. It stands in the mount option `subvol=`.
///
/// # Errors
/// With a character that means something in a path, in mount options or in `fstab`, when it is too
/// long, or taken.
pub fn subvolume_name(name: &str) -> Verdict {
    let allowed = |c: char| c.is_alphanumeric() || "-_.@+ ".contains(c);
    if name.is_empty()
        || name.starts_with(['-', '.', ' '])
        || name.ends_with(' ')
        || !name.chars().all(allowed)
    {
        return Err(gettext(
            "A subvolume’s name begins with a letter, a digit, or one of _ @ +, and has only these, - . and spaces in it.",
        ));
    }
    if name.len() > LONGEST_SUBVOLUME_NAME {
        return Err(gettext_f(
            "A subvolume’s name has at most {count} bytes.",
            &[("count", &LONGEST_SUBVOLUME_NAME.to_string())],
        ));
    }
    if RESERVED_SUBVOLUMES.contains(&name) {
        return Err(gettext_f(
            "The name “{name}” is taken by the layout itself. Choose another.",
            &[("name", name)],
        ));
    }
    Ok(())
}

/// Where a subvolume that the person adds is mounted.
///
/// # Errors
/// When it is no absolute path in its plain form, or a place that the system or the layout needs.
pub fn mountpoint(path: &str) -> Verdict {
    plain_absolute(path)?;
    if TAKEN.contains(&path) {
        return Err(gettext_f(
            "{path} is taken by the layout itself. Choose a place below it, or another one.",
            &[("path", path)],
        ));
    }
    if let Some(base) = TAKEN_WITH_ALL_BELOW.iter().find(|base| is_at_or_below(path, base)) {
        return Err(gettext_f(
            "{base} and all below it belong to the system. Choose another place, such as /srv or one below /home.",
            &[("base", base)],
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subvolume_names() {
        for good in ["games", "@home", "_x", "Spiele-2", "музыка", "with", "a.b", "vm images"] {
            assert_eq!(subvolume_name(good), Ok(()), "{good}");
        }
        let long = "x".repeat(256);
        for bad in [
            "",
            "a/b",
            "a,b",
            ".",
            "..",
            "-a",
            "a\\b",
            "\"a\"",
            "root",
            "root-blank",
            "root-new",
            "old-roots",
            "home-blank",
            "swap",
            &long,
        ] {
            assert!(subvolume_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn mountpoints() {
        for good in
            ["/srv", "/home/ada/Games", "/var/lib/docker", "/persist/big", "/root", "/nixos", "/opt/a b"]
        {
            assert_eq!(mountpoint(good), Ok(()), "{good}");
        }
        for bad in [
            "/",
            "/home",
            "/nix/store",
            "/boot",
            "/run/x",
            "/etc/nixos",
            "/var/log",
            "/var/lib/nixos",
            "srv",
            "/srv/",
        ] {
            assert!(mountpoint(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn compression_levels_that_every_supported_kernel_knows() {
        assert_eq!(compression_level(1), Ok(()));
        assert_eq!(compression_level(15), Ok(()));
        for bad in [0, 16, -1, i8::MIN, i8::MAX] {
            assert!(compression_level(bad).is_err(), "{bad}");
        }
    }
}
