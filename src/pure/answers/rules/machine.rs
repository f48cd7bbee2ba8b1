//! The disk's selector, and the names that the installed system goes by.

use super::Verdict;
use crate::i18n::{gettext, gettext_f};
use crate::pure::locales;

/// First release whose options the generated configuration uses.
const OLDEST_RELEASE: (u32, u32) = (25, 11);

/// What names the disk: a device, a link to one, a serial number or a WWN.
///
/// # Errors
/// When it is empty or has control characters in it.
pub fn disk_device(selector: &str) -> Verdict {
    if selector.trim().is_empty() || selector.contains(char::is_control) {
        return Err(gettext(
            "Name the disk: its device such as /dev/nvme0n1, a link in /dev/disk/by-id, its serial number or its WWN.",
        ));
    }
    Ok(())
}

/// Host name: one label of RFC 1123, which NixOS's `networking.hostName` accepts.
///
/// # Errors
/// When it is none, or the name that every machine has for itself.
pub fn host_name(name: &str) -> Verdict {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let outer = |c: char| c.is_ascii_alphanumeric();
    let label =
        name.starts_with(outer) && name.ends_with(outer) && name.chars().all(inner) && name.len() <= 63;
    if !label {
        return Err(gettext(
            "A host name has 1 to 63 letters from a to z, digits or hyphens, and no hyphen at either end.",
        ));
    }
    if name.eq_ignore_ascii_case("localhost") {
        return Err(gettext("Every machine calls itself “localhost”. Choose a name of its own."));
    }
    Ok(())
}

/// Time zone, by its shape: names of the time zone database between slashes. Whether there is such
/// a zone is not known here.
///
/// # Errors
/// When it has another shape.
pub fn time_zone(zone: &str) -> Verdict {
    let parts: Vec<&str> = zone.split('/').collect();
    // theory.html of the time zone database: names of at most 14 letters, digits, - + and _.
    let part = |part: &&str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.len() <= 30
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "-+_".contains(c))
    };
    if parts.len() <= 3 && parts.iter().all(part) {
        return Ok(());
    }
    Err(gettext("A time zone is written as area and city, such as “Europe/Berlin”, or “UTC”."))
}

/// Locale in UTF-8: one that glibc is known to support, by the name that NixOS builds it by, or
/// another of the shape `xx_YY.UTF-8`, maybe with `@modifier`: a later glibc may have more.
///
/// # Errors
/// When it has another shape, or when NixOS would refuse to build it under this spelling.
pub fn locale(locale: &str) -> Verdict {
    if let Some(known) = locales::find(locale) {
        return if known.name() == locale {
            Ok(())
        } else {
            Err(gettext_f("NixOS knows this locale as “{name}”.", &[("name", known.name())]))
        };
    }
    let (base, modifier) = match locale.split_once('@') {
        Some((base, modifier)) => (base, Some(modifier)),
        None => (locale, None),
    };
    let lower = |text: &str| text.chars().all(|c| c.is_ascii_lowercase());
    let fits = base.strip_suffix(".UTF-8").is_some_and(|name| {
        let (language, territory) = name.split_once('_').unwrap_or((name, "XX"));
        (2..=3).contains(&language.len())
            && lower(language)
            && territory.len() == 2
            && territory.chars().all(|c| c.is_ascii_uppercase())
    });
    if fits && modifier.is_none_or(|modifier| !modifier.is_empty() && lower(modifier)) {
        return Ok(());
    }
    Err(gettext("A locale is written as language, territory and encoding: “en_US.UTF-8”, “de_AT.UTF-8”."))
}

/// Console keymap, by its shape. Whether there is such a keymap is not known here.
///
/// # Errors
/// When it can't be a keymap's name.
pub fn keymap(name: &str) -> Verdict {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.+".contains(c);
    if name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.len() <= 64 && name.chars().all(allowed)
    {
        return Ok(());
    }
    Err(gettext("A keymap is a name such as “us” or “de-latin1”; “localectl list-keymaps” lists them."))
}

/// NixOS release as `YY.MM`.
///
/// # Errors
/// When it is none, or older than the options that the configuration needs.
pub fn release(release: &str) -> Verdict {
    let parsed = release.split_once('.').and_then(|(year, month)| {
        let digits = |text: &str| text.len() == 2 && text.chars().all(|c| c.is_ascii_digit());
        (digits(year) && matches!(month, "05" | "11")).then_some((year.parse().ok()?, month.parse().ok()?))
    });
    match parsed {
        Some(release) if release >= OLDEST_RELEASE => Ok(()),
        _ => Err(gettext(
            "A NixOS release is written as year and month, such as “26.05”; 25.11 is the oldest one.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names() {
        let longest = "x".repeat(63);
        for good in ["laptop", "Box-2", "a", "9", "else", &longest] {
            assert_eq!(host_name(good), Ok(()), "{good}");
        }
        let long = "x".repeat(64);
        for bad in ["", "-a", "a-", "a_b", "a.b", "höst", "a b", "localhost", "${x}", &long] {
            assert!(host_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn time_zones() {
        for good in
            ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "America/Port-au-Prince"]
        {
            assert_eq!(time_zone(good), Ok(()), "{good}");
        }
        for bad in ["", "/", "Europe/", "../etc/passwd", "Europe/Ber lin", "a/b/c/d", "+1"] {
            assert!(time_zone(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn locales() {
        for good in
            ["en_US.UTF-8", "de_AT.UTF-8", "C.UTF-8", "sr_RS@latin", "eo", "hi_IN", "xyz_AB.UTF-8@new"]
        {
            assert_eq!(locale(good), Ok(()), "{good}");
        }
        for bad in
            ["", "en", "en_US", "en_US.utf8", "en_us.UTF-8", "C", "en_US.UTF-8@", "de_DE.ISO-8859-1", "xy_AB"]
        {
            assert!(locale(bad).is_err(), "{bad}");
        }
        // NixOS looks its locales up in glibc's list by their exact spelling.
        for (bad, good) in
            [("hi_IN.UTF-8", "hi_IN"), ("sr_RS.UTF-8@latin", "sr_RS@latin"), ("eo.UTF-8", "eo")]
        {
            assert!(locale(bad).is_err_and(|sentence| sentence.contains(&format!("“{good}”"))), "{bad}");
        }
    }

    #[test]
    fn keymaps() {
        for good in ["us", "de-latin1", "fr-bepo_afnor", "pc110", "by_bksh-UTF-8", "lt.baltic"] {
            assert_eq!(keymap(good), Ok(()), "{good}");
        }
        for bad in ["", "../us", "de latin1", "/etc/x", "-us"] {
            assert!(keymap(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn releases() {
        for good in ["25.11", "26.05", "26.11", "31.05"] {
            assert_eq!(release(good), Ok(()), "{good}");
        }
        for bad in ["", "25.05", "26.5", "26.06", "unstable", "2026.05", "26.05.1"] {
            assert!(release(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn disk_selectors() {
        assert_eq!(disk_device("/dev/disk/by-id/nvme-Ünï code"), Ok(()));
        assert!(disk_device(" ").is_err());
        assert!(disk_device("/dev/sda\n").is_err());
    }
}
