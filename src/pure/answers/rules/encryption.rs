//! The encrypted volume.

use std::ops::RangeInclusive;

use super::Verdict;
use super::sizes::between;
use crate::i18n::{gettext, gettext_f};
use crate::pure::answers::PbkdfKind;
use crate::pure::size::{GIB, KIB};

/// Longest name of an opened volume, in characters: systemd escapes a character as up to four, and
/// `systemd-cryptsetup@NAME.service` may have 255 (systemd.unit(5)). The device mapper's own limit
/// is 127 (`DM_NAME_LEN`).
pub const LONGEST_VOLUME_NAME: usize = 57;

/// Name of the opened volume, below `/dev/mapper`.
///
/// # Errors
/// With a character that the device mapper, `crypttab` or a unit name treats as special, when it
/// is too long, or when it is the device mapper's own `control`.
pub fn volume_name(name: &str) -> Verdict {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.+".contains(c);
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || !name.chars().all(allowed) {
        return Err(gettext(
            "A volume name begins with a letter from a to z or a digit, and has only these and - _ . + in it.",
        ));
    }
    if name.len() > LONGEST_VOLUME_NAME {
        return Err(gettext_f(
            "A volume name has at most {count} characters.",
            &[("count", &LONGEST_VOLUME_NAME.to_string())],
        ));
    }
    if name == "control" {
        return Err(gettext(
            "The name “control” belongs to the device mapper itself. Choose another, such as “enc”.",
        ));
    }
    Ok(())
}

/// Memory cost in bytes, as libcryptsetup limits it (`crypt_pbkdf_get_limits`).
///
/// # Errors
/// Outside 32 KiB to 4 GiB, not a multiple of 1 KiB, or given for PBKDF2, which has none.
pub fn pbkdf_memory(kind: PbkdfKind, bytes: u64) -> Verdict {
    argon2_only(kind)?;
    between(bytes, 32 * KIB, 4 * GIB)?;
    if bytes.is_multiple_of(KIB) {
        Ok(())
    } else {
        Err(gettext("The memory cost must be a multiple of 1 KiB."))
    }
}

/// Number of iterations, as libcryptsetup limits it.
///
/// # Errors
/// Below 4, or 1000 for PBKDF2.
pub fn pbkdf_iterations(kind: PbkdfKind, count: u32) -> Verdict {
    let fewest = if kind == PbkdfKind::Pbkdf2 { 1000 } else { 4 };
    within(count, fewest..=u32::MAX)
}

/// Parallel threads, as libcryptsetup limits them.
///
/// # Errors
/// Outside 1 to 4, or given for PBKDF2, which has none.
pub fn pbkdf_threads(kind: PbkdfKind, count: u32) -> Verdict {
    argon2_only(kind)?;
    within(count, 1..=4)
}

/// Milliseconds that one try should take.
///
/// # Errors
/// Outside 1 to 60,000: a minute is more than anyone waits at each boot.
pub fn pbkdf_time(milliseconds: u32) -> Verdict {
    within(milliseconds, 1..=60_000)
}

fn argon2_only(kind: PbkdfKind) -> Verdict {
    if kind == PbkdfKind::Pbkdf2 {
        return Err(gettext("PBKDF2 has no such cost. Leave this out, or choose argon2id."));
    }
    Ok(())
}

fn within(number: u32, range: RangeInclusive<u32>) -> Verdict {
    if range.contains(&number) {
        return Ok(());
    }
    Err(number_range(i64::from(*range.start()), i64::from(*range.end())))
}

pub(super) fn number_range(smallest: i64, largest: i64) -> String {
    gettext_f(
        "This must be a whole number from {smallest} to {largest}.",
        &[("smallest", &smallest.to_string()), ("largest", &largest.to_string())],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volume_names() {
        for good in ["enc", "crypt-root", "a", "0", "my.disk_2+"] {
            assert_eq!(volume_name(good), Ok(()), "{good}");
        }
        let long = "x".repeat(LONGEST_VOLUME_NAME + 1);
        for bad in ["", "-enc", ".hidden", "a b", "a/b", "ä", "control", "#enc", "${x}", &long] {
            assert!(volume_name(bad).is_err(), "{bad}");
        }
        // The longest one, escaped as far as can be, still is a unit's name.
        let longest = format!("x{}", "-".repeat(LONGEST_VOLUME_NAME - 1));
        assert_eq!(volume_name(&longest), Ok(()));
        assert!("systemd-cryptsetup@.service".len() + 4 * longest.len() <= 255);
    }

    #[test]
    fn costs_keep_to_cryptsetups_limits() {
        assert_eq!(pbkdf_memory(PbkdfKind::Argon2id, 32 * KIB), Ok(()));
        assert_eq!(pbkdf_memory(PbkdfKind::Argon2i, 4 * GIB), Ok(()));
        assert!(pbkdf_memory(PbkdfKind::Argon2id, 31 * KIB).is_err());
        assert!(pbkdf_memory(PbkdfKind::Argon2id, 32 * KIB + 1).is_err());
        assert!(pbkdf_memory(PbkdfKind::Argon2id, 4 * GIB + KIB).is_err());
        assert!(pbkdf_memory(PbkdfKind::Pbkdf2, GIB).is_err());
        assert_eq!(pbkdf_iterations(PbkdfKind::Argon2id, 4), Ok(()));
        assert!(pbkdf_iterations(PbkdfKind::Argon2id, 3).is_err());
        assert_eq!(pbkdf_iterations(PbkdfKind::Pbkdf2, 1000), Ok(()));
        assert!(pbkdf_iterations(PbkdfKind::Pbkdf2, 999).is_err());
        assert_eq!(pbkdf_threads(PbkdfKind::Argon2id, 4), Ok(()));
        assert!(pbkdf_threads(PbkdfKind::Argon2id, 5).is_err());
        assert!(pbkdf_threads(PbkdfKind::Argon2id, 0).is_err());
        assert!(pbkdf_threads(PbkdfKind::Pbkdf2, 1).is_err());
        assert!(pbkdf_time(0).is_err());
        assert_eq!(pbkdf_time(2000), Ok(()));
    }
}
