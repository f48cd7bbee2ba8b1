//! What a name from the caller may be where root uses it.
//!
//! The rules of the answers are stricter and kinder; these only keep a name from meaning anything
//! but a name to the kernel, to mount, to Nix and to a path.

use crate::pure::layout::Subvolume;
use crate::pure::protocol::Failure;
use crate::pure::reason::Reason;

/// Longest name of a file, in bytes (`NAME_MAX`).
const LONGEST_NAME: usize = 255;
/// Longest path, in bytes; half of `PATH_MAX`, which leaves room for the target's own.
const LONGEST_PATH: usize = 2048;

fn refuse(field: &str, value: &str) -> Failure {
    super::failure(Reason::BadValue { field: field.to_owned() }, format!("{field} = {value:?}"))
}

/// Checks the subvolumes: names that are one plain part of a path and hold nothing that ends a
/// mount option, mountpoints that are plain absolute paths.
pub(super) fn check_subvolumes(subvolumes: &[Subvolume]) -> Result<(), Failure> {
    for subvolume in subvolumes {
        let name = subvolume.name.as_str();
        if !is_name(name) || name.contains([',', '\\', '"']) {
            return Err(refuse("subvolumes.name", name));
        }
        if subvolume.mountpoint != "/" && !is_path(&subvolume.mountpoint) {
            return Err(refuse("subvolumes.mountpoint", &subvolume.mountpoint));
        }
    }
    Ok(())
}

/// Checks a path below which something is made.
pub(super) fn check_path(field: &str, path: &str) -> Result<(), Failure> {
    if is_path(path) { Ok(()) } else { Err(refuse(field, path)) }
}

/// Checks a login name; it becomes a file's name and is looked for in `/etc/shadow`.
pub(super) fn check_user(user: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.';
    let starts_well = user.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts_well && user.len() <= LONGEST_NAME && user.chars().all(plain) {
        Ok(())
    } else {
        Err(refuse("user", user))
    }
}

/// Checks a host name; it becomes the attribute in a flake reference.
pub(super) fn check_host_name(host_name: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let starts_well = host_name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if starts_well && host_name.len() <= 63 && host_name.chars().all(plain) {
        Ok(())
    } else {
        Err(refuse("host-name", host_name))
    }
}

/// Checks a release of NixOS as `YY.MM`; it becomes a part of an address.
pub(super) fn check_release(release: &str) -> Result<(), Failure> {
    let two_digits = |part: &str| part.len() == 2 && part.chars().all(|c| c.is_ascii_digit());
    match release.split_once('.') {
        Some((year, month)) if two_digits(year) && two_digits(month) => Ok(()),
        _ => Err(refuse("channel", release)),
    }
}

/// Checks a compression level; the kernel knows -15 to 15 (`fs/btrfs/zstd.c`).
pub(super) fn check_level(level: Option<i8>) -> Result<(), Failure> {
    match level {
        Some(level) if !(-15..=15).contains(&level) => Err(refuse("compression-level", &level.to_string())),
        _ => Ok(()),
    }
}

/// Checks a size of what is made in memory or on the disk; the number becomes an option of mount or
/// an argument, and none at all would mean something else there.
pub(super) fn check_size(field: &str, bytes: u64) -> Result<(), Failure> {
    if bytes == 0 { Err(refuse(field, "0")) } else { Ok(()) }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name != "."
        && name != ".."
        && !name.starts_with('-')
        && !name.contains('/')
        && !name.chars().any(char::is_control)
}

fn is_path(path: &str) -> bool {
    path.len() <= LONGEST_PATH && path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subvolume(name: &str, mountpoint: &str) -> [Subvolume; 1] {
        [Subvolume { name: name.to_owned(), mountpoint: mountpoint.to_owned(), needed_for_boot: false }]
    }

    #[test]
    fn ordinary_names_pass() {
        check_subvolumes(&subvolume("root", "/")).unwrap();
        check_subvolumes(&subvolume("my games", "/home/me/Spiele übrig")).unwrap();
        check_user("ada_l").unwrap();
        check_host_name("else").unwrap();
        check_level(Some(-15)).unwrap();
    }

    #[test]
    fn a_name_means_nothing_but_a_name() {
        for name in ["", ".", "..", "a/b", "a,subvolid=5", "-o", "a\nb", "a\"b", "a\\", &"x".repeat(256)] {
            assert!(check_subvolumes(&subvolume(name, "/x")).is_err(), "{name:?}");
        }
        for path in ["", "x", "//", "/x/", "/x//y", "/x/../y", "/./x", "/x\n", "/-x"] {
            assert!(check_subvolumes(&subvolume("x", path)).is_err(), "{path:?}");
            assert!(check_path("p", path).is_err(), "{path:?}");
        }
        for user in ["", "-x", "../x", "a b", "a:b", "é", "1x"] {
            assert!(check_user(user).is_err(), "{user:?}");
        }
        for host in ["", "-x", "a#b", "a.b", "a?dir=/", "a\"b", "${x}"] {
            assert!(check_host_name(host).is_err(), "{host:?}");
        }
        check_release("26.05").unwrap();
        for release in ["", "26", "26.5", "26.05 nixos\nhttps://evil", "unstable", "٢٦.٠٥"] {
            assert!(check_release(release).is_err(), "{release:?}");
        }
        assert!(check_level(Some(16)).is_err());
    }
}
