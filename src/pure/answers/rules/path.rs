//! Paths of the installed system.

use super::Verdict;
use crate::i18n::{gettext, gettext_f};

/// Longest path in bytes; below the target and below `/persist` it still is no longer than Linux's
/// `PATH_MAX`.
const LONGEST_PATH: usize = 1024;
/// Longest name in a path in bytes (Linux's `NAME_MAX`).
const LONGEST_NAME: usize = 255;

/// Whether `path` is `base` or lies below it. Both are absolute and in their plain form.
#[must_use]
pub fn is_at_or_below(path: &str, base: &str) -> bool {
    base == "/" || path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// An absolute path in its plain form, that `fstab` and a unit file can hold.
pub(super) fn plain_absolute(path: &str) -> Verdict {
    if !path.starts_with('/') {
        return Err(gettext("A path must be absolute: it begins with “/”."));
    }
    // Control characters would end a line of fstab, and NixOS does not escape a backslash there.
    if path.contains(|c: char| c.is_control() || c == '\\') {
        return Err(gettext("A path must not have control characters or a backslash in it."));
    }
    let names: Vec<&str> = path.split('/').skip(1).collect();
    if path != "/" && names.iter().any(|name| matches!(*name, "" | "." | "..")) {
        return Err(gettext("A path must not end in “/”, and has no “//”, “.” or “..” in it."));
    }
    if path.len() > LONGEST_PATH || names.iter().any(|name| name.len() > LONGEST_NAME) {
        return Err(gettext_f(
            "A path has at most {path} bytes, and a name in it at most {name}.",
            &[("path", &LONGEST_PATH.to_string()), ("name", &LONGEST_NAME.to_string())],
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_means_whole_names() {
        assert!(is_at_or_below("/var/log", "/var/log"));
        assert!(is_at_or_below("/var/log/x", "/var/log"));
        assert!(!is_at_or_below("/var/logs", "/var/log"));
        assert!(!is_at_or_below("/var", "/var/log"));
        assert!(is_at_or_below("/anything", "/"));
    }

    #[test]
    fn plain_paths() {
        for good in ["/", "/srv", "/home/ada/Musik & Töne", "/a.b/..c", "/it's \"quoted\"/${x}"] {
            assert_eq!(plain_absolute(good), Ok(()), "{good}");
        }
        let long = format!("/{}", "x".repeat(256));
        for bad in ["", "srv", "/srv/", "//srv", "/a/./b", "/a/../b", "/a\nb", "/a\\b", "/a\0", &long] {
            assert!(plain_absolute(bad).is_err(), "{bad}");
        }
    }
}
