//! Names of systemd units that are made from other names.

use std::fmt::Write as _;

/// A name as a part of a unit's name, by the rules of systemd.unit(5), «String escaping for
/// inclusion in unit names»: `/` becomes `-`, and what is not a letter, a digit, `:`, `_` or `.`
/// (nor a `.` in front) becomes `\xNN`, byte by byte.
pub(super) fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for (position, byte) in name.bytes().enumerate() {
        match byte {
            b'/' => escaped.push('-'),
            b'.' if position == 0 => escaped.push_str("\\x2e"),
            b':' | b'_' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => escaped.push(char::from(byte)),
            // Writing to a String can't fail.
            other => drop(write!(escaped, "\\x{other:02x}")),
        }
    }
    escaped
}

/// The device unit of an absolute path without `.` and `..`.
pub(super) fn device_unit(path: &str) -> String {
    format!("{}.device", escape(path.trim_start_matches('/')))
}

/// What NixOS calls an opened swap space with a random key, and the service that makes it, for the
/// absolute path of its device (`deviceName` in `nixos/modules/config/swap.nix`).
pub(super) fn swap_name(device: &str) -> String {
    escape(device.trim_start_matches('/')).replace('\\', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    // What systemd-escape(1) of systemd 257 answers.
    #[test]
    fn names_are_escaped_as_systemd_does() {
        assert_eq!(escape("enc"), "enc");
        assert_eq!(escape("my-disk"), "my\\x2ddisk");
        assert_eq!(escape(".a.b"), "\\x2ea.b");
        assert_eq!(escape("a@b+c"), "a\\x40b\\x2bc");
        assert_eq!(escape("ä"), "\\xc3\\xa4");
        assert_eq!(device_unit("/dev/mapper/my-disk"), "dev-mapper-my\\x2ddisk.device");
        assert_eq!(device_unit("/dev/mapper/.x"), "dev-mapper-.x.device");
        assert_eq!(swap_name("/dev/disk/by-partuuid/0d-1f"), "dev-disk-byx2dpartuuid-0dx2d1f");
    }
}
