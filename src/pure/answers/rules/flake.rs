//! A flake of the person's.

use super::Verdict;
use super::path::plain_absolute;
use crate::i18n::gettext;

/// The schemes of Git's that a flake is fetched by: encrypted ones only, since what is fetched is run
/// as root. `git+` before one is Nix's way to write it.
const SCHEMES: [&str; 4] = ["https://", "ssh://", "git+https://", "git+ssh://"];
/// Longest URL in bytes.
const LONGEST_URL: usize = 2048;
/// Longest name of one of a flake's configurations, in bytes; that of a host, usually.
const LONGEST_HOST: usize = 63;

/// Where a flake is: a folder, or a Git repository's URL.
///
/// # Errors
/// When it is neither, or a URL with a password in it, which would stay in the installed system.
pub fn flake(flake: &str) -> Verdict {
    if flake.starts_with('/') {
        return plain_absolute(flake);
    }
    let Some(rest) = SCHEMES.iter().find_map(|scheme| flake.strip_prefix(scheme)) else {
        return Err(gettext(
            "Name your flake: a folder’s path, which begins with “/”, or a Git repository’s URL, which begins with “https://” or “ssh://”.",
        ));
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/@:%+,=".contains(c);
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() || host.starts_with('-') || !rest.chars().all(plain) || flake.len() > LONGEST_URL {
        return Err(gettext(
            "A Git repository’s URL is a server and a path, with nothing after “?” or “#”. The configuration in it is named by configuration.host.",
        ));
    }
    let user = host.rsplit_once('@').map(|(user, _)| user);
    if user.is_some_and(|user| user.contains(':')) {
        return Err(gettext(
            "There is a password in this URL, and it would stay in the installed system. Use an SSH key instead.",
        ));
    }
    Ok(())
}

/// One of a flake's `nixosConfigurations`. It becomes an attribute in a flake's reference.
///
/// # Errors
/// With a character that a reference would need quotes for.
pub fn flake_host(name: &str) -> Verdict {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if starts_well && name.len() <= LONGEST_HOST && name.chars().all(plain) {
        return Ok(());
    }
    Err(gettext("A configuration’s name has 1 to 63 letters from a to z, digits, - and _ in it."))
}

/// A file in a flake, relative to it.
///
/// # Errors
/// When it leads out of it or into Git's own folder, or is no Nix file.
pub fn facts_path(path: &str) -> Verdict {
    let wrong = || {
        Err(gettext(
            "Name a file in your flake, relative to it, that ends in “.nix”, such as “hosts/laptop/disk.nix”.",
        ))
    };
    let is_nix = std::path::Path::new(path).extension().is_some_and(|end| end == "nix");
    if path.starts_with(['/', '-']) || !is_nix || path.split('/').any(|name| name == ".git") {
        return wrong();
    }
    plain_absolute(&format!("/{path}")).or_else(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_encrypted_git_urls_are_flakes() {
        for good in [
            "/home/ada/nixos",
            "https://example.org/ada/nixos.git",
            "git+https://example.org/ada/nixos",
            "ssh://git@example.org:2222/~ada/nixos",
        ] {
            assert_eq!(flake(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "nixos",
            "../nixos",
            "/home/../etc",
            "http://example.org/x",
            "git://example.org/x",
            "file:///home/ada",
            "ext::sh -c reboot",
            "https://",
            "https:///x",
            "https://-oProxyCommand=x/y",
            "https://ada:secret@example.org/x",
            "https://example.org/x#laptop",
            "https://example.org/x?dir=y",
            "https://example.org/a b",
            "--upload-pack=x",
        ] {
            assert!(flake(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_host_needs_no_quotes_and_a_file_stays_in_the_flake() {
        for (good, bad) in [("laptop", ""), ("x1_carbon-2", "a.b"), ("9", "a\"b"), ("else", "-x")] {
            assert_eq!(flake_host(good), Ok(()));
            assert!(flake_host(bad).is_err(), "{bad}");
        }
        assert_eq!(facts_path("hosts/laptop/disk.nix"), Ok(()));
        for bad in
            ["", "/disk.nix", "../disk.nix", "a/../../b.nix", "disk", ".git/x.nix", "-x.nix", "a\n.nix"]
        {
            assert!(facts_path(bad).is_err(), "{bad}");
        }
    }
}
