//! Sizes as people write and read them. Everywhere else a size is a `u64` of bytes.

/// One kibibyte in bytes.
pub const KIB: u64 = 1 << 10;
/// One mebibyte in bytes.
pub const MIB: u64 = 1 << 20;
/// One gibibyte in bytes.
pub const GIB: u64 = 1 << 30;
/// One tebibyte in bytes.
pub const TIB: u64 = 1 << 40;

/// Reads a size such as `1 GiB`, `512 MiB`, `2GB` or a plain number of bytes.
///
/// # Errors
/// When the text is not a number with a known unit.
pub fn parse(text: &str) -> Result<u64, String> {
    text.trim().parse::<bytesize::ByteSize>().map(|size| size.as_u64())
}

/// Shows a size for a person, in binary units with one digit: `931.5 GiB`.
#[must_use]
pub fn show(bytes: u64) -> String {
    bytesize::ByteSize::b(bytes).display().iec().to_string()
}

/// Shows two sizes with as many digits as it takes to tell them apart: `8.0 GiB` and `8.5 GiB`, but
/// `7.998 GiB` and `8.000 GiB`. Where no three digits do, the bytes are counted.
#[must_use]
pub fn show_apart(one: u64, other: u64) -> (String, String) {
    let with = |digits: usize| {
        let show = |bytes| format!("{:.digits$}", bytesize::ByteSize::b(bytes).display().iec());
        (show(one), show(other))
    };
    let shown = (1..=3).map(with).find(|(one, other)| one != other);
    shown.unwrap_or_else(|| if one == other { with(1) } else { (format!("{one} B"), format!("{other} B")) })
}

/// Writes a size so that [`parse`] reads back exactly the same bytes, as short as can be:
/// `1 GiB`, `1536 MiB`, `1000001`.
#[must_use]
pub fn write_exact(bytes: u64) -> String {
    for (unit, name) in [(TIB, "TiB"), (GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")] {
        if bytes >= unit && bytes.is_multiple_of(unit) {
            return format!("{} {name}", bytes / unit);
        }
    }
    bytes.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_binary_and_decimal_units() {
        assert_eq!(parse("1 GiB"), Ok(GIB));
        assert_eq!(parse(" 512MiB "), Ok(512 * MIB));
        assert_eq!(parse("2 GB"), Ok(2_000_000_000));
        assert_eq!(parse("4096"), Ok(4096));
        assert!(parse("one gigabyte").is_err());
        assert!(parse("-1 GiB").is_err());
    }

    #[test]
    fn two_sizes_are_told_apart() {
        let both = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        assert_eq!(show_apart(8 * GIB, 9 * GIB), both("8.0 GiB", "9.0 GiB"));
        assert_eq!(show_apart(8 * GIB - 2 * MIB, 8 * GIB), both("7.998 GiB", "8.000 GiB"));
        assert_eq!(show_apart(8 * GIB - 512, 8 * GIB), both("8589934080 B", "8589934592 B"));
        assert_eq!(show_apart(GIB, GIB), both("1.0 GiB", "1.0 GiB"));
    }

    proptest::proptest! {
        #[test]
        fn different_sizes_never_look_the_same(one in 0..u64::MAX / 2, more in 1..5_000_u64) {
            let (one, other) = show_apart(one, one + more);
            proptest::prop_assert_ne!(one, other);
        }

        #[test]
        fn what_is_written_exactly_reads_back_the_same(bytes in proptest::num::u64::ANY) {
            proptest::prop_assert_eq!(parse(&write_exact(bytes)), Ok(bytes));
        }
    }
}
