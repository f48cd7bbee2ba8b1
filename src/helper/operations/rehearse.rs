//! The next boot, gone through as far as it can be without booting.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::{Operations, check, file_failed};
use crate::boundary::block::unescape;
use crate::boundary::command::{Input, Output};
use crate::boundary::target::Target;
use crate::helper::failure;
use crate::helper::report::Report;
use crate::pure::call::Paths;
use crate::pure::config;
use crate::pure::layout::{REHEARSAL, Replaced, Subvolume};
use crate::pure::plan;
use crate::pure::protocol::Failure;
use crate::pure::reason::{Piece, Reason};
use crate::pure::secret::Secret;

/// For root alone to read.
const SCRIPT_MODE: u32 = 0o600;
/// How many links lead from the system to its table of mounts at most.
const MOST_LINKS: usize = 16;
const LONGEST_TABLE: u64 = 1 << 20;
/// Longest hash, in bytes (`CRYPT_OUTPUT_SIZE` of `crypt(3)`).
const LONGEST_HASH: usize = 384;

impl Operations {
    /// Rolls copies back with the script that the configuration has.
    pub(super) async fn rehearse_rollback(
        &mut self,
        replaced: &[Replaced],
        report: &mut Report,
    ) -> Result<(), Failure> {
        if replaced.is_empty() {
            return Ok(());
        }
        self.check_target_is_free()?;
        self.mounted = true;
        self.run(&plan::mount_top_level(), report).await?;
        // An earlier rehearsal may have been cut off.
        self.remove_copies(report).await?;
        for command in plan::copy_for_rehearsal(replaced).iter().skip(1) {
            self.run(command, report).await?;
        }
        let mut ran = Ok(());
        for each in replaced {
            ran = ran.and(self.run_script(*each, report).await);
        }
        self.run(&plan::mount_top_level(), report).await?;
        let looked = ran.and_then(|()| replaced.iter().try_for_each(|each| self.look_at_copies(*each)));
        self.remove_copies(report).await?;
        self.run_all(&plan::leave_top_level(), report).await?;
        self.mounted = false;
        looked
    }

    async fn run_script(&mut self, replaced: Replaced, report: &mut Report) -> Result<(), Failure> {
        let path = Path::new(plan::REHEARSED_SCRIPT);
        let failed = |error| file_failed(plan::REHEARSED_SCRIPT, error);
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(failure(Reason::OutOfOrder, "the script has no place"));
        };
        let place = Target::open(directory).map_err(failed)?;
        place.write(name.as_ref(), SCRIPT_MODE, config::rehearsal(replaced).as_bytes()).map_err(failed)?;
        let ran = self.run(&plan::rehearse_rollback(), report).await;
        fs::remove_file(path).map_err(failed)?;
        ran.map_err(|error| match error.reason {
            Reason::ProgramFailed { .. } => missing(Piece::Rollback, error.cause),
            _ => error,
        })
    }

    /// Whether the copies are as a rollback leaves them. The top level is mounted.
    fn look_at_copies(&self, replaced: Replaced) -> Result<(), Failure> {
        let target = self.target()?;
        let copy = |name: &str| names(&target, &format!("{REHEARSAL}/{name}"));
        let (root, blank) = (copy(replaced.subvolume())?, names(&target, replaced.blank())?);
        if root.is_none() || root != blank {
            return Err(missing(Piece::Rollback, format!("the new root has {root:?}, blank is {blank:?}")));
        }
        if copy(replaced.next())?.is_some() {
            return Err(missing(Piece::Rollback, format!("{} is left over", replaced.next())));
        }
        let aside = copy(replaced.old())?.unwrap_or_default();
        let [only] = aside.as_slice() else {
            return Err(missing(Piece::Rollback, format!("the old roots are {aside:?}")));
        };
        let (old, present) =
            (copy(&format!("{}/{only}", replaced.old()))?, names(&target, replaced.subvolume())?);
        if old == present {
            return Ok(());
        }
        Err(missing(Piece::Rollback, format!("the old root has {old:?}, it was {present:?}")))
    }

    /// Deletes the copies, as far as there are any. The top level is mounted.
    async fn remove_copies(&mut self, report: &mut Report) -> Result<(), Failure> {
        let target = self.target()?;
        let Some(there) = names(&target, REHEARSAL)? else { return Ok(()) };
        let mut all = Vec::new();
        for name in there {
            if [Replaced::Root, Replaced::Home].iter().any(|each| each.old() == name) {
                let aside = names(&target, &format!("{REHEARSAL}/{name}"))?.unwrap_or_default();
                all.extend(aside.into_iter().map(|old| format!("{name}/{old}")));
            } else {
                all.push(name);
            }
        }
        drop(target);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        self.run_all(&plan::remove_rehearsal(&all), report).await
    }

    /// Looks at the mounted system as its next boot will, beyond what every installation is checked
    /// for.
    pub(super) async fn rehearse_boot(
        &mut self,
        subvolumes: &[Subvolume],
        user: &str,
        root_too: bool,
        password: &Secret,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let target = self.target()?;
        let system = check::system_path(&target).map_err(|error| missing(Piece::System, error))?;
        let table = read_linked(&target, &system.join("etc/fstab"), LONGEST_TABLE)
            .map_err(|error| missing(Piece::Mounts, error))?
            .ok_or_else(|| missing(Piece::Mounts, "the system has no etc/fstab"))?;
        drop(target);
        if let Some(devices) = &self.devices {
            let encrypted = devices.is_encrypted();
            check_table(
                &String::from_utf8_lossy(&table),
                subvolumes,
                &devices.paths,
                encrypted,
                &same_device,
            )
            .map_err(|cause| missing(Piece::Mounts, cause))?;
            if encrypted {
                self.tell_keymap(&system, report).await?;
            }
        }
        for owner in plan::password_owners(user, root_too) {
            self.check_login(owner, password, report).await?;
        }
        Ok(())
    }

    async fn check_login(
        &mut self,
        user: &str,
        password: &Secret,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let path = plan::password_path(user);
        let hash = check::read(&self.target()?, &super::below_target(&path).to_string_lossy())?;
        let hash = hash.unwrap_or_default();
        let hash = hash.trim_end();
        let Some((setting, _)) = hash.rsplit_once('$').filter(|_| super::seed::is_hash(hash)) else {
            return Err(missing(Piece::PasswordHash, format!("{path} holds no hash")));
        };
        let output = Output::Kept { limit: LONGEST_HASH };
        let again =
            self.run_with(&plan::hash_again(setting), Input::Secret(password), output, report).await?;
        if std::str::from_utf8(&again).is_ok_and(|again| again.trim_end() == hash) {
            return Ok(());
        }
        Err(missing(Piece::Password, format!("the password gives another hash than the one in {path}")))
    }
}

fn missing(missing: Piece, cause: impl ToString) -> Failure {
    failure(Reason::Incomplete { missing }, cause)
}

/// What is in a directory of the top level; `None` where it is not there.
fn names(target: &Target, path: &str) -> Result<Option<Vec<String>>, Failure> {
    let names = target.names(Path::new(path)).map_err(|error| file_failed(path, error))?;
    Ok(names.map(|names| names.into_iter().map(|name| name.to_string_lossy().into_owned()).collect()))
}

/// What is in a file of the target that links may lead to; `None` where it is not there.
pub(super) fn read_linked(target: &Target, path: &Path, longest: u64) -> std::io::Result<Option<Vec<u8>>> {
    target.read(&follow(target, path)?, longest)
}

/// Where a path leads within the target, through links like the store's: none of them upwards.
pub(super) fn follow(target: &Target, path: &Path) -> std::io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let mut linked = None;
        let mut before = PathBuf::new();
        for (place, part) in path.components().enumerate() {
            let above = before.clone();
            before.push(part);
            if let Some(link) = target.link(&before)? {
                linked = Some((above.join(link), place + 1));
                break;
            }
        }
        let Some((leads, parts)) = linked else { return Ok(path) };
        if leads.components().any(|part| part == Component::ParentDir) {
            break;
        }
        path = leads.join(path.components().skip(parts).collect::<PathBuf>());
    }
    Err(std::io::Error::other(format!("{} leads out of the system", path.display())))
}

/// Whether two paths lead to one device.
fn same_device(one: &str, other: &str) -> bool {
    let real = |path: &str| fs::canonicalize(path).ok();
    real(one).is_some_and(|one| Some(one) == real(other))
}

/// Checks that a table of mounts (fstab(5)) mounts these subvolumes from the volume and the boot
/// partition from its own, and that there is a device for everything that it names.
fn check_table(
    table: &str,
    subvolumes: &[Subvolume],
    paths: &Paths,
    encrypted: bool,
    same: &dyn Fn(&str, &str) -> bool,
) -> Result<(), String> {
    let entries: Vec<Vec<String>> = table
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .map(|line| line.split_whitespace().map(unescape).collect::<Vec<String>>())
        .filter(|fields| fields.len() >= 4)
        .collect();
    let find = |mountpoint: &str| {
        let found = entries.iter().find(|fields| fields.get(1).is_some_and(|place| place == mountpoint));
        found.and_then(|fields| match fields.as_slice() {
            [device, _, kind, options, ..] => Some((device.as_str(), kind.as_str(), options.as_str())),
            _ => None,
        })
    };
    for subvolume in subvolumes {
        let place = &subvolume.mountpoint;
        let (device, kind, options) = find(place).ok_or_else(|| format!("nothing is mounted at {place}"))?;
        // The volume gets its own name at the next boot only.
        let is_it = if encrypted { device.starts_with("/dev/mapper/") } else { same(device, &paths.volume) };
        let named = options.split(',').filter_map(|option| option.strip_prefix("subvol=")).next_back();
        let is_named = named.is_some_and(|named| named.trim_start_matches('/') == subvolume.name);
        if !is_it || kind != "btrfs" || !is_named {
            return Err(format!("{place} is to be mounted from {device} as {kind} with {options}"));
        }
    }
    let (device, kind, _) = find("/boot").ok_or("nothing is mounted at /boot")?;
    if kind != "vfat" || !same(device, &paths.esp) {
        return Err(format!("/boot is to be mounted from {device} as {kind}"));
    }
    let lost = entries
        .iter()
        .filter_map(|fields| fields.first())
        .find(|device| device.starts_with("/dev/disk/") && !same(device, device));
    lost.map_or(Ok(()), |device| Err(format!("there is no {device}")))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    const TABLE: &str = "# made by a test\n\
        /dev/mapper/enc / btrfs compress=zstd,noatime,subvol=root,x-initrd.mount 0 0\n\
        /dev/mapper/enc /srv/a\\040b btrfs subvol=/vm\\040images 0 0\n\
        /dev/disk/by-uuid/B00T /boot vfat fmask=0077 0 2\n\
        /dev/disk/by-uuid/SWAP none swap defaults\n";

    fn check(table: &str, encrypted: bool) -> Result<(), String> {
        let subvolume = |name: &str, place: &str| Subvolume {
            name: name.to_owned(),
            mountpoint: place.to_owned(),
            needed_for_boot: true,
        };
        let subvolumes = [subvolume("root", "/"), subvolume("vm images", "/srv/a b")];
        let paths = Paths { volume: "/dev/sda3".to_owned(), esp: "/dev/sda1".to_owned(), ..Paths::default() };
        let real = |path: &str| match path {
            "/dev/disk/by-uuid/B00T" | "/dev/sda1" => 1,
            "/dev/disk/by-uuid/SWAP" => 2,
            "/dev/disk/by-uuid/R00T" | "/dev/sda3" => 3,
            _ => 0,
        };
        check_table(table, &subvolumes, &paths, encrypted, &|one, other| {
            real(one) != 0 && real(one) == real(other)
        })
    }

    #[test]
    fn a_table_that_mounts_all_of_it_passes() {
        assert_eq!(check(TABLE, true), Ok(()));
        assert_eq!(check(&TABLE.replace("mapper/enc", "disk/by-uuid/R00T"), false), Ok(()));
    }

    #[test]
    fn a_table_that_mounts_something_else_does_not() {
        for (from, to) in [
            ("subvol=root", "subvol=home"),
            ("/dev/mapper/enc / btrfs", "/dev/sda3 / btrfs"),
            ("/dev/mapper/enc / btrfs", "/dev/mapper/enc / ext4"),
            ("/srv/a\\040b", "/srv"),
            ("by-uuid/B00T", "by-uuid/SWAP"),
            (" /boot ", " /efi "),
            ("by-uuid/SWAP", "by-uuid/GONE"),
        ] {
            assert!(TABLE.contains(from));
            assert!(check(&TABLE.replace(from, to), true).is_err(), "{to}");
        }
        assert!(check(TABLE, false).is_err(), "in clear, the device itself must be it");
    }

    #[test]
    fn links_are_followed_within_the_target_only() {
        let all = tempfile::tempdir().unwrap();
        let target = Target::open(all.path()).unwrap();
        let store = all.path().join("nix/store");
        fs::create_dir_all(store.join("1-system")).unwrap();
        fs::create_dir_all(store.join("2-etc/etc")).unwrap();
        symlink("/nix/store/2-etc/etc", store.join("1-system/etc")).unwrap();
        symlink("/nix/store/3-fstab", store.join("2-etc/etc/fstab")).unwrap();
        fs::write(store.join("3-fstab"), "x").unwrap();
        let path = Path::new("nix/store/1-system/etc/fstab");
        let found = follow(&target, path).unwrap();
        assert_eq!(target.read(&found, 10).unwrap().as_deref(), Some(b"x".as_slice()));
        fs::remove_file(store.join("1-system/etc")).unwrap();
        symlink("../../../../etc", store.join("1-system/etc")).unwrap();
        assert!(follow(&target, path).is_err());
    }
}
