//! What the person wants to survive a rollback.

use super::Verdict;
use super::path::{is_at_or_below, plain_absolute};
use crate::i18n::{gettext, gettext_f};
use crate::pure::layout::PERSIST;

/// What is on a subvolume or partition of its own.
const SURVIVES_ANYWAY: [&str; 5] = ["/home", "/nix", PERSIST, "/var/log", "/boot"];
/// What the kernel or systemd makes anew at each boot.
const MADE_AT_BOOT: [&str; 5] = ["/proc", "/sys", "/dev", "/run", "/tmp"];
/// What NixOS's activation or its `/etc` writes; a file that is already there makes the
/// persistence fail.
const WRITTEN_BY_NIXOS: [&str; 24] = [
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/usr/bin",
    "/etc/NIXOS",
    "/etc/fstab",
    "/etc/group",
    "/etc/gshadow",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/locale.conf",
    "/etc/localtime",
    "/etc/nix",
    "/etc/os-release",
    "/etc/pam.d",
    "/etc/passwd",
    "/etc/profile",
    "/etc/shadow",
    "/etc/static",
    "/etc/sudoers",
    "/etc/systemd",
    "/etc/vconsole.conf",
    "/etc/zoneinfo",
];
/// What is too much: it holds what others in these lists hold.
const TOO_MUCH: [&str; 5] = ["/", "/etc", "/usr", "/var", "/var/lib"];

/// A directory or a file that shall survive.
///
/// # Errors
/// When it is no absolute path in its plain form, survives anyway, or can't.
pub fn persisted_path(path: &str) -> Verdict {
    plain_absolute(path)?;
    let among = |list: &[&'static str]| list.iter().copied().find(|base| is_at_or_below(path, base));
    if TOO_MUCH.contains(&path) {
        return Err(gettext_f(
            "{path} holds what NixOS writes itself. Name what is to survive below it.",
            &[("path", path)],
        ));
    }
    if let Some(base) = among(&SURVIVES_ANYWAY) {
        return Err(gettext_f("Everything in {base} survives anyway. Leave this out.", &[("base", base)]));
    }
    if among(&MADE_AT_BOOT).is_some() {
        return Err(gettext("This is made anew at each boot and can’t survive. Leave it out."));
    }
    if let Some(base) = among(&WRITTEN_BY_NIXOS) {
        return Err(gettext_f(
            "{base} is written by NixOS from the configuration. Set it there instead.",
            &[("base", base)],
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persisted_paths() {
        for good in
            ["/var/lib/docker", "/etc/secureboot", "/root/.config", "/srv/a b", "/etc/nixos-extra", "/else"]
        {
            assert_eq!(persisted_path(good), Ok(()), "{good}");
        }
        for bad in [
            "/",
            "relative",
            "/etc",
            "/var/lib",
            "/home/ada",
            "/nix",
            "/persist/x",
            "/var/log/journal",
            "/boot",
            "/run/x",
            "/tmp",
            "/etc/shadow",
            "/usr/bin/env",
            "/srv/../etc",
        ] {
            assert!(persisted_path(bad).is_err(), "{bad}");
        }
    }
}
