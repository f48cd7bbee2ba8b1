//! Reads the facts of the running machine.

use std::fs;
use std::path::Path;

use crate::pure::machine::Machine;
use crate::pure::plan;

/// Reads the facts of the running machine. What can't be read counts as not there.
#[must_use]
pub fn read() -> Machine {
    let system = rustix::system::sysinfo();
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    Machine {
        uefi: Path::new("/sys/firmware/efi").is_dir(),
        // The kernel fills MemTotal of /proc/meminfo from the same count (si_meminfo).
        memory: system.totalram.saturating_mul(u64::from(system.mem_unit)),
        nixos_release: nixos_release(&release),
        channel: channel(Path::new(plan::CHANNEL)),
        nix_system: nix_system(&rustix::system::uname().machine().to_string_lossy()),
    }
}

/// `VERSION_ID` where `ID` is `nixos` (`os-release(5)`), as `YY.MM`.
fn nixos_release(text: &str) -> Option<String> {
    let value = |key: &str| {
        text.lines().find_map(|line| {
            let value = line.trim().strip_prefix(key)?.strip_prefix('=')?;
            Some(value.trim_matches(['"', '\'']))
        })
    };
    if value("ID") != Some("nixos") {
        return None;
    }
    // A development image may add its date: 26.11pre…
    year_and_month(value("VERSION_ID")?)
}

/// The release of a channel (`.version` of nixpkgs, which `lib.trivial.release` reads).
fn channel(path: &Path) -> Option<String> {
    if !path.join("nixos/default.nix").is_file() {
        return None;
    }
    year_and_month(fs::read_to_string(path.join(".version")).ok()?.trim())
}

fn year_and_month(version: &str) -> Option<String> {
    let (year, rest) = version.split_once('.')?;
    let month: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let two_digits = |text: &str| text.len() == 2 && text.chars().all(|c| c.is_ascii_digit());
    (two_digits(year) && two_digits(&month)).then(|| format!("{year}.{month}"))
}

/// Nix's name for a machine of this kind (`uname(2)`).
fn nix_system(machine: &str) -> String {
    match machine {
        "i386" | "i486" | "i586" | "i686" => "i686-linux".to_owned(),
        "armv7l" | "armv8l" => "armv7l-linux".to_owned(),
        other => format!("{other}-linux"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_is_read_only_on_nixos() {
        let nixos = "NAME=NixOS\nID=nixos\nVERSION=\"26.05 (Name)\"\nVERSION_ID=\"26.05\"\n";
        assert_eq!(nixos_release(nixos).as_deref(), Some("26.05"));
        assert_eq!(nixos_release("ID=nixos\nVERSION_ID=26.11pre1234\n").as_deref(), Some("26.11"));
        assert_eq!(nixos_release("ID=debian\nVERSION_ID=\"13\"\n"), None);
        assert_eq!(nixos_release("ID=nixos\n"), None);
        assert_eq!(nixos_release("ID=nixos\nVERSION_ID=unstable\n"), None);
    }

    #[test]
    fn a_channel_has_nixos_in_it_and_a_release() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".version"), "26.05\n").unwrap();
        assert_eq!(channel(folder.path()), None, "a channel of something else");
        fs::create_dir(folder.path().join("nixos")).unwrap();
        fs::write(folder.path().join("nixos/default.nix"), "").unwrap();
        assert_eq!(channel(folder.path()).as_deref(), Some("26.05"));
        fs::remove_file(folder.path().join(".version")).unwrap();
        assert_eq!(channel(folder.path()), None);
        assert_eq!(channel(Path::new("/nonexistent")), None);
    }

    #[test]
    fn machines_have_nixs_names() {
        assert_eq!(nix_system("x86_64"), "x86_64-linux");
        assert_eq!(nix_system("aarch64"), "aarch64-linux");
        assert_eq!(nix_system("i586"), "i686-linux");
    }
}
