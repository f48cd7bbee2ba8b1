//! The first user.

use super::Verdict;
use crate::i18n::{gettext, gettext_f};

/// Longest login name in characters; NixOS refuses a longer one (`users-groups.nix`).
const LONGEST_USER_NAME: usize = 31;

/// Users that a NixOS system with the generated configuration, or with what people commonly turn
/// on first, declares itself.
const SYSTEM_USERS: [&str; 23] = [
    "root",
    "nobody",
    "messagebus",
    "polkituser",
    "sshd",
    "nscd",
    "avahi",
    "rtkit",
    "geoclue",
    "colord",
    "flatpak",
    "cups",
    "dhcpcd",
    "dnsmasq",
    "fwupd-refresh",
    "gdm",
    "gdm-greeter",
    "gnome-remote-desktop",
    "pipewire",
    "sddm",
    "lightdm",
    "nm-iodine",
    "nm-openvpn",
];

/// Login name: what useradd(8) accepts everywhere.
///
/// # Errors
/// When it is none, too long, or a user's that the system declares itself.
pub fn user_name(name: &str) -> Verdict {
    let first = |c: char| c.is_ascii_lowercase() || c == '_';
    let rest = |c: char| first(c) || c.is_ascii_digit() || c == '-';
    if !name.starts_with(first) || !name.chars().all(rest) || name.len() > LONGEST_USER_NAME {
        return Err(gettext_f(
            "A user name begins with a small letter from a to z or “_”, has only these, digits and hyphens in it, and at most {count} characters.",
            &[("count", &LONGEST_USER_NAME.to_string())],
        ));
    }
    let builder =
        name.strip_prefix("nixbld").is_some_and(|number| number.chars().all(|c| c.is_ascii_digit()));
    if SYSTEM_USERS.contains(&name) || name.starts_with("systemd-") || builder {
        return Err(gettext_f(
            "The system has a user “{name}” of its own. Choose another name.",
            &[("name", name)],
        ));
    }
    Ok(())
}

/// The user's name as people write it. It is a field of `/etc/passwd`.
///
/// # Errors
/// With a colon or a control character in it.
pub fn full_name(name: &str) -> Verdict {
    if name.contains(|c: char| c == ':' || c.is_control()) {
        return Err(gettext("A full name must not have a colon or control characters in it."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names() {
        for good in ["ada", "_x", "a-1", "else", "with", "wheel", &"x".repeat(31)] {
            assert_eq!(user_name(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "Ada",
            "1a",
            "-a",
            "a.b",
            "a b",
            "ä",
            "root",
            "nobody",
            "gdm-greeter",
            "nixbld7",
            "systemd-x",
            &"x".repeat(32),
        ] {
            assert!(user_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn full_names() {
        for good in ["", "Ada Lovelace", "Ada “the first” ${x} 'O''Neill", "李"] {
            assert_eq!(full_name(good), Ok(()), "{good}");
        }
        for bad in ["a:b", "a\nb", "\u{7f}"] {
            assert!(full_name(bad).is_err(), "{bad}");
        }
    }
}
