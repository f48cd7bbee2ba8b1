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
const WRITTEN_BY_NIXOS: [&str; 41] = [
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/usr/bin",
    "/etc/.clean",
    "/etc/.pwd.lock",
    "/etc/NIXOS",
    "/etc/bashrc",
    "/etc/crypttab",
    "/etc/dbus-1",
    "/etc/environment",
    "/etc/fstab",
    "/etc/group",
    "/etc/gshadow",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/inputrc",
    "/etc/locale.conf",
    "/etc/localtime",
    "/etc/modprobe.d",
    "/etc/modules-load.d",
    "/etc/mtab",
    "/etc/nix",
    "/etc/os-release",
    "/etc/pam.d",
    "/etc/passwd",
    "/etc/profile",
    "/etc/resolv.conf",
    "/etc/shadow",
    "/etc/shells",
    "/etc/static",
    "/etc/subgid",
    "/etc/subuid",
    "/etc/sudoers",
    "/etc/sysctl.d",
    "/etc/systemd",
    "/etc/tmpfiles.d",
    "/etc/udev",
    "/etc/vconsole.conf",
    "/etc/zoneinfo",
];
/// What is too much: it holds what others in these lists hold.
const TOO_MUCH: [&str; 7] = ["/", "/etc", "/etc/NetworkManager", "/etc/ssh", "/usr", "/var", "/var/lib"];
/// What services with dynamic users keep. systemd refuses them where others may enter it, which is
/// how the parent of a mount point is made.
const PRIVATE: [&str; 2] = ["/var/lib/private", "/var/cache/private"];
/// Links to `/etc/machine-id`, or copies of it (`machine-id(5)`, `dbus-uuidgen(1)`).
const OTHER_MACHINE_IDS: [&str; 2] = ["/var/lib/dbus/machine-id", "/var/db/dbus/machine-id"];

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
    if OTHER_MACHINE_IDS.contains(&path) {
        return Err(gettext("It follows from /etc/machine-id, which always survives. Leave this out."));
    }
    if let Some(base) = PRIVATE.into_iter().find(|base| path != *base && is_at_or_below(path, base)) {
        return Err(gettext_f(
            "Services with dynamic users start only where nobody else may enter {base}, so it survives as a whole or not at all. Name {base} itself.",
            &[("base", base)],
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

/// A directory of a home that shall survive, relative to it.
///
/// # Errors
/// When it is no relative path in its plain form.
pub fn home_path(path: &str) -> Verdict {
    if path.starts_with('/') {
        return Err(gettext(
            "This is a directory in the home, such as Documents. Leave out what is before it.",
        ));
    }
    plain_absolute(&format!("/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persisted_paths() {
        for good in [
            "/var/lib/docker",
            "/var/lib/private",
            "/etc/ssh/known",
            "/etc/secureboot",
            "/root/.config",
            "/srv/a b",
            "/etc/nixos-extra",
            "/else",
        ] {
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
            "/etc/ssh",
            "/etc/resolv.conf",
            "/etc/systemd/system",
            "/var/lib/dbus/machine-id",
            "/var/lib/private/ollama",
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
