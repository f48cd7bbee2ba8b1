//! What must be there for the new system to boot.
//!
//! `nixos-install` ends well even when the activation of the new system failed, so its success says
//! little.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use super::{Operations, below_target, file_failed};
use crate::boundary::command::{Input, Output};
use crate::boundary::target::Target;
use crate::helper::failure;
use crate::helper::report::Report;
use crate::pure::call::Command;
use crate::pure::layout::{PERSIST, Replaced, TARGET};
use crate::pure::plan;
use crate::pure::protocol::Failure;
use crate::pure::reason::{Piece, Reason};

/// The profile whose newest generation boots.
const PROFILE: &str = "/nix/var/nix/profiles/system";
/// The profile with root's channels.
const CHANNELS: &str = "/nix/var/nix/profiles/per-user/root/channels";
const STORE: &str = "/nix/store";
/// How many links lead from the profile into the store: to the generation, and from there.
const MOST_LINKS: usize = 4;
/// Where boot loaders lie on the EFI system partition: systemd-boot's own place, and the one that
/// firmware starts by itself (UEFI specification, 3.5.1.1).
const LOADERS: [&str; 2] = ["/boot/EFI/systemd", "/boot/EFI/BOOT"];
const LONGEST_FILE: u64 = 1 << 20;

impl Operations {
    pub(super) async fn check_installation(
        &mut self,
        user: &str,
        root_too: bool,
        accounts: bool,
        replaced: &[Replaced],
        root_is_new: bool,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let target = self.target()?;
        check_system(&target)?;
        if !root_is_new {
            check_mark(&target)?;
        }
        check_boot(&target)?;
        for owner in plan::password_owners(user, root_too) {
            check_password(&target, owner, accounts)?;
        }
        drop(target);
        // -r: only those that are read-only, of the whole filesystem. The root may be in memory.
        let list = Command::new("btrfs", ["subvolume", "list", "-r", &format!("{TARGET}{PERSIST}")]);
        let output = Output::Kept { limit: 1 << 20 };
        let listed = self.run_with(&list, Input::Nothing, output, report).await?;
        let listed = String::from_utf8_lossy(&listed);
        match replaced.iter().find(|each| !is_listed(&listed, each.blank())) {
            None => Ok(()),
            Some(each) => {
                let cause = format!("btrfs does not list {} among the read-only subvolumes", each.blank());
                Err(missing(Piece::BlankSnapshot, cause))
            }
        }
    }
}

fn missing(missing: Piece, cause: impl ToString) -> Failure {
    failure(Reason::Incomplete { missing }, cause)
}

pub(super) fn read(target: &Target, path: &str) -> Result<Option<String>, Failure> {
    let bytes = target.read(path.as_ref(), LONGEST_FILE).map_err(|error| file_failed(path, error))?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

fn check_system(target: &Target) -> Result<(), Failure> {
    let system = system_path(target).map_err(|error| missing(Piece::System, error))?;
    if !target.is_directory(&system).map_err(|error| missing(Piece::System, error))? {
        return Err(missing(Piece::System, format!("{} is not in the target", system.display())));
    }
    Ok(())
}

fn check_mark(target: &Target) -> Result<(), Failure> {
    match target.file_size("/etc/NIXOS".as_ref()) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(missing(Piece::Mark, "there is no /etc/NIXOS")),
        Err(error) => Err(missing(Piece::Mark, error)),
    }
}

/// Checks that the next rebuild finds NixOS's channel.
pub(super) fn check_channel(target: &Target) -> Result<(), Failure> {
    let channel = store_path(target, CHANNELS).map_err(|error| missing(Piece::Channel, error))?;
    // A profile has links to what it was made of, or is that itself.
    let nixos = channel.join("nixos");
    let is_there = match target.link(&nixos).map_err(|error| missing(Piece::Channel, error))? {
        Some(link) => target.is_directory(&link),
        None => target.is_directory(&nixos),
    };
    if is_there.map_err(|error| missing(Piece::Channel, error))? {
        return Ok(());
    }
    Err(missing(Piece::Channel, format!("{} is not in the target", nixos.display())))
}

/// Where the system's profile leads to.
pub(super) fn system_path(target: &Target) -> std::io::Result<PathBuf> {
    store_path(target, PROFILE)
}

/// Follows a profile's links within the target.
fn store_path(target: &Target, profile: &str) -> std::io::Result<PathBuf> {
    let mut path = PathBuf::from(profile);
    for _ in 0..MOST_LINKS {
        if path.parent() == Some(Path::new(STORE)) {
            return Ok(path);
        }
        let Some(link) = target.link(&path)? else { break };
        if link.components().any(|part| part == Component::ParentDir) {
            break;
        }
        path = path.parent().unwrap_or(Path::new("/")).join(link);
    }
    Err(std::io::Error::other(format!("the profile leads to {} and no further", path.display())))
}

fn check_boot(target: &Target) -> Result<(), Failure> {
    let is_program =
        |name: &OsString| Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("efi"));
    let has_loader = |directory: &&str| {
        target.names(directory.as_ref()).ok().flatten().is_some_and(|names| names.iter().any(is_program))
    };
    if !LOADERS.iter().any(has_loader) {
        return Err(missing(Piece::BootLoader, format!("no .efi file in {}", LOADERS.join(" or "))));
    }
    let entry = default_entry(target)?;
    let text = read(target, &format!("/boot/loader/entries/{entry}"))?.unwrap_or_default();
    check_files(target, Piece::Kernel, &text, &["linux", "efi", "uki"], &entry)?;
    // A unified kernel image has its initial ramdisk within.
    if values(&text, "linux").next().is_some() {
        check_files(target, Piece::Initrd, &text, &["initrd"], &entry)?;
    }
    Ok(())
}

/// The file name of the entry that starts by default (`loader.conf(5)`): the one that `default`
/// or `preferred` names, or the first one that a pattern there fits.
fn default_entry(target: &Target) -> Result<String, Failure> {
    let config = read(target, "/boot/loader/loader.conf")?.unwrap_or_default();
    let pattern = values(&config, "default").chain(values(&config, "preferred")).next();
    let names = target.names("/boot/loader/entries".as_ref());
    let names = names.map_err(|error| missing(Piece::BootEntry, error))?.unwrap_or_default();
    let mut names = names.into_iter().filter_map(|name| name.into_string().ok());
    names
        .find(|name| name.ends_with(".conf") && pattern.is_some_and(|pattern| fits(pattern, name)))
        .ok_or_else(|| missing(Piece::BootEntry, format!("the default is {pattern:?}, and no entry fits it")))
}

/// Whether a name fits a pattern of `loader.conf(5)` with `*`; the ending `.conf` may be left out.
/// Boot counting (`+3`) stands before the ending.
fn fits(pattern: &str, name: &str) -> bool {
    let stem = |text: &str| {
        let text = text.strip_suffix(".conf").unwrap_or(text);
        text.split_once('+').map_or(text, |(stem, _)| stem).to_ascii_lowercase()
    };
    let (pattern, name) = (stem(pattern), stem(name));
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(last)
}

fn check_files(target: &Target, piece: Piece, text: &str, keys: &[&str], entry: &str) -> Result<(), Failure> {
    let files: Vec<&str> = keys.iter().flat_map(|key| values(text, key)).collect();
    if files.is_empty() {
        return Err(missing(piece, format!("{entry} names none")));
    }
    for file in files {
        let size =
            target.file_size(format!("/boot/{file}").as_ref()).map_err(|error| missing(piece, error))?;
        if size.unwrap_or(0) == 0 {
            return Err(missing(piece, format!("{entry} names {file}, which is not there or empty")));
        }
    }
    Ok(())
}

/// The values of a key in systemd-boot's files: a line is a key, white space, and the value.
fn values<'text>(text: &'text str, key: &'text str) -> impl Iterator<Item = &'text str> {
    text.lines().filter_map(move |line| {
        let (found, value) = line.trim().split_once(char::is_whitespace)?;
        (found == key).then(|| value.trim())
    })
}

fn check_password(target: &Target, user: &str, account: bool) -> Result<(), Failure> {
    let path = plan::password_path(user);
    let hash = read(target, &below_target(&path).to_string_lossy())?.unwrap_or_default();
    let hash = hash.trim_end();
    if !super::seed::is_hash(hash) {
        return Err(missing(Piece::PasswordHash, format!("{path} holds no hash")));
    }
    if !account {
        return Ok(());
    }
    // Systems that make their users at boot have none yet.
    let shadow = read(target, "/etc/shadow")?.unwrap_or_default();
    let mut found = shadow.lines().filter_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(user)).then(|| fields.next().unwrap_or_default())
    });
    match found.next_back() {
        Some(other) if other != hash => {
            Err(missing(Piece::Account, format!("the password of {user} in /etc/shadow is another one")))
        }
        _ => Ok(()),
    }
}

/// Whether `btrfs subvolume list` lists a subvolume at the top level by this name. A line ends
/// with `top level 5 path NAME`.
fn is_listed(list: &str, name: &str) -> bool {
    list.lines().any(|line| line.ends_with(&format!(" top level 5 path {name}")))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    const HASH: &str = "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7";

    struct Installed(tempfile::TempDir);

    impl Installed {
        fn new() -> Self {
            let installed = Self(tempfile::tempdir().unwrap());
            installed.put("nix/store/abc-nixos-system/init", "x");
            installed.put("nix/var/nix/profiles/.keep", "");
            symlink("/nix/store/abc-nixos-system", installed.path("nix/var/nix/profiles/system-1-link"))
                .unwrap();
            symlink("system-1-link", installed.path("nix/var/nix/profiles/system")).unwrap();
            installed.put("etc/NIXOS", "");
            installed.put("etc/shadow", &format!("root:!:1::::::\nada:{HASH}:1::::::\n"));
            installed.put("persist/passwords/ada", &format!("{HASH}\n"));
            installed.put("boot/EFI/BOOT/BOOTX64.EFI", "x");
            installed.put("boot/EFI/nixos/kernel.efi", "x");
            installed.put("boot/EFI/nixos/initrd.efi", "x");
            installed.put("boot/loader/loader.conf", "timeout 5\ndefault nixos-generation-1.conf\n");
            installed.put(
                "boot/loader/entries/nixos-generation-1.conf",
                "title NixOS\nlinux /EFI/nixos/kernel.efi\ninitrd /EFI/nixos/initrd.efi\noptions init=/x\n",
            );
            installed
        }

        fn path(&self, path: &str) -> PathBuf {
            self.0.path().join(path)
        }

        fn put(&self, path: &str, text: &str) {
            fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
            fs::write(self.path(path), text).unwrap();
        }

        fn check(&self) -> Result<(), Piece> {
            self.check_for("ada")
        }

        fn check_for(&self, user: &str) -> Result<(), Piece> {
            let target = Target::open(self.0.path()).unwrap();
            let checked = check_system(&target)
                .and_then(|()| check_mark(&target))
                .and_then(|()| check_boot(&target))
                .and_then(|()| check_password(&target, user, true));
            checked.map_err(|error| match error.reason {
                Reason::Incomplete { missing } => missing,
                other => panic!("{other:?}"),
            })
        }
    }

    #[test]
    fn a_whole_installation_passes() {
        assert_eq!(Installed::new().check(), Ok(()));
    }

    #[test]
    fn each_missing_piece_is_named() {
        for (path, piece) in [
            ("nix/store/abc-nixos-system/init", None),
            ("nix/var/nix/profiles/system", Some(Piece::System)),
            ("nix/var/nix/profiles/system-1-link", Some(Piece::System)),
            ("etc/NIXOS", Some(Piece::Mark)),
            ("etc/shadow", None),
            ("persist/passwords/ada", Some(Piece::PasswordHash)),
            ("boot/EFI/BOOT/BOOTX64.EFI", Some(Piece::BootLoader)),
            ("boot/EFI/nixos/kernel.efi", Some(Piece::Kernel)),
            ("boot/EFI/nixos/initrd.efi", Some(Piece::Initrd)),
            ("boot/loader/loader.conf", Some(Piece::BootEntry)),
            ("boot/loader/entries/nixos-generation-1.conf", Some(Piece::BootEntry)),
        ] {
            let installed = Installed::new();
            fs::remove_file(installed.path(path)).unwrap();
            assert_eq!(installed.check().err(), piece, "without {path}");
        }
    }

    #[test]
    fn what_is_there_but_wrong_is_found_too() {
        let wrong = |change: &dyn Fn(&Installed), piece| {
            let installed = Installed::new();
            change(&installed);
            assert_eq!(installed.check(), Err(piece));
        };
        wrong(&|all| fs::remove_dir_all(all.path("nix/store")).unwrap(), Piece::System);
        wrong(&|all| all.put("boot/EFI/nixos/kernel.efi", ""), Piece::Kernel);
        wrong(&|all| all.put("persist/passwords/ada", "\n"), Piece::PasswordHash);
        wrong(&|all| all.put("etc/shadow", "ada:!:1::::::\n"), Piece::Account);
        wrong(&|all| all.put("boot/loader/loader.conf", "default other.conf\n"), Piece::BootEntry);
        // A profile that leads out of the target is none.
        wrong(
            &|all| {
                fs::remove_file(all.path("nix/var/nix/profiles/system-1-link")).unwrap();
                symlink("../../../../../etc", all.path("nix/var/nix/profiles/system-1-link")).unwrap();
            },
            Piece::System,
        );
    }

    #[test]
    fn the_channel_is_there_only_with_nixos_in_it() {
        let installed = Installed::new();
        let check = || {
            let target = Target::open(installed.0.path()).unwrap();
            check_channel(&target).is_ok()
        };
        assert!(!check(), "no profile");
        let profiles = "nix/var/nix/profiles/per-user/root";
        installed.put(&format!("{profiles}/.keep"), "");
        symlink("channels-1-link", installed.path(&format!("{profiles}/channels"))).unwrap();
        symlink("/nix/store/abc-nixos-26.05", installed.path(&format!("{profiles}/channels-1-link")))
            .unwrap();
        assert!(!check(), "a profile that leads nowhere");
        installed.put("nix/store/abc-nixos-26.05/nixos/default.nix", "x");
        assert!(check(), "as nixos-install copies it");
        fs::rename(installed.path("nix/store/abc-nixos-26.05"), installed.path("nix/store/def-nixos"))
            .unwrap();
        installed.put("nix/store/abc-nixos-26.05/manifest.nix", "x");
        assert!(!check(), "a profile without NixOS");
        symlink("/nix/store/def-nixos/nixos", installed.path("nix/store/abc-nixos-26.05/nixos")).unwrap();
        assert!(check(), "as nix-channel makes it");
    }

    #[test]
    fn root_has_a_password_of_its_own_where_it_is_asked_for() {
        let installed = Installed::new();
        assert_eq!(installed.check_for("root"), Err(Piece::PasswordHash));
        installed.put("persist/passwords/root", HASH);
        assert_eq!(installed.check_for("root"), Err(Piece::Account), "it is locked in /etc/shadow");
        installed.put("etc/shadow", &format!("root:{HASH}:1::::::\nada:{HASH}:1::::::\n"));
        assert_eq!(installed.check_for("root"), Ok(()));
    }

    #[test]
    fn the_default_entry_may_be_a_pattern() {
        for (pattern, name) in [
            ("nixos-generation-1.conf", "nixos-generation-1.conf"),
            ("nixos-generation-1", "nixos-generation-1.conf"),
            ("nixos-*", "nixos-generation-12.conf"),
            ("nixos-*.conf", "nixos-generation-12+3.conf"),
            ("*gen*12*", "nixos-generation-12.conf"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("nixos-generation-1", "nixos-generation-12.conf"), ("*x*1", "nixos-2.conf")]
        {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn only_the_snapshot_itself_counts() {
        let list = "ID 261 gen 10 top level 5 path root-blank\n";
        assert!(is_listed(list, "root-blank"));
        assert!(!is_listed(list, "blank"));
        assert!(!is_listed("ID 261 gen 10 top level 256 path root/root-blank\n", "root-blank"));
    }
}
