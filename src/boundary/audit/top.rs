//! The top level of the root's filesystem, mounted where nobody else sees it.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::{FlockOperation, flock};
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

use super::tool::{self, ToolError};
use super::{Problem, at};
use crate::boundary::command::Tools;
use crate::pure::audit::Tree;
use crate::pure::audit::mount::{self as mounts, Mount};
use crate::pure::audit::stream::Reader;
use crate::pure::audit::subvolume::{self, Subvolume};

/// What there is of this program while the system runs.
pub const RUN: &str = "/run/snowmelt-audit";
/// What there is of it at the top level, and survives.
const OWN: &str = "audit";
/// The snapshot that is compared, for as long as that takes.
const NOW: &str = "now";
/// The snapshot that was taken when a boot was through begins with this; that boot's id follows.
const BOOTED: &str = "booted-";
/// Where the rollback puts old roots.
const OLD_ROOTS: &str = "old-roots";
/// The inode number of every subvolume's directory.
const SUBVOLUME_INODE: u64 = 256;

/// Goes on in a mount namespace of its own, unless it is in one: what is mounted there goes away
/// with the process, whatever ends it.
///
/// # Errors
/// When it can't be started again there. Else it returns only where it is in one.
pub fn enter_own_namespace(tools: &Tools) -> Result<(), Problem> {
    let of = |process: &str| {
        let link = PathBuf::from(format!("/proc/{process}/ns/mnt"));
        fs::read_link(&link).map_err(at(link))
    };
    if of("self")? != of("1")? {
        return Ok(());
    }
    let unshare = tools.find("unshare").ok_or(ToolError::Missing("unshare"))?;
    let myself = std::env::current_exe().map_err(at("/proc/self/exe"))?;
    let error = Command::new(unshare)
        .args(["--mount", "--propagation", "slave", "--"])
        .arg(myself)
        .args(std::env::args_os().skip(1))
        .exec();
    Err(ToolError::Io { program: "unshare", error }.into())
}

/// The mounted top level. It is unmounted when this is dropped.
#[derive(Debug)]
pub struct Top {
    tools: Tools,
    place: PathBuf,
    /// The root's subvolume.
    name: String,
    /// Held for as long as it is mounted, so that two of these do not meet.
    _lock: File,
}

impl Top {
    /// Mounts it. It waits for another that is at it.
    ///
    /// # Errors
    /// When the root is no Btrfs subvolume, or the mount fails.
    pub fn open(tools: &Tools, all: &[Mount]) -> Result<Self, Problem> {
        let root = mounts::root(all).filter(|root| root.kind == "btrfs").ok_or(Problem::NoSubvolume)?;
        let name = root.root.trim_matches('/').to_owned();
        if name.is_empty() {
            return Err(Problem::NoSubvolume);
        }
        let place = Path::new(RUN).join("top");
        make_directory(Path::new(RUN), 0o755)?;
        make_directory(&place, 0o700)?;
        let lock = File::open(RUN).map_err(at(RUN))?;
        flock(&lock, FlockOperation::LockExclusive).map_err(io::Error::from).map_err(at(RUN))?;
        let flags = MountFlags::NOEXEC | MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOATIME;
        mount(root.source.as_str(), &place, c"btrfs", flags, c"subvolid=5")
            .map_err(io::Error::from)
            .map_err(at(&place))?;
        Ok(Self { tools: tools.clone(), place, name, _lock: lock })
    }

    /// What differs between the blank snapshot and the root as it is now.
    ///
    /// # Errors
    /// When there is no blank snapshot, or Btrfs fails.
    pub fn since_blank(&self) -> Result<Tree, Problem> {
        let blank = format!("{}-blank", self.name);
        if !self.place.join(&blank).exists() {
            return Err(Problem::NoBlank(blank));
        }
        self.compare(Path::new(&blank))
    }

    /// What differs since [`Self::mark`] in this boot; `None` where it was not called.
    ///
    /// # Errors
    /// When Btrfs fails.
    pub fn since_boot(&self) -> Result<Option<Tree>, Problem> {
        let booted = Path::new(OWN).join(booted()?);
        if !self.place.join(&booted).exists() {
            return Ok(None);
        }
        self.compare(&booted).map(Some)
    }

    /// Remembers the root as it is now as what the boot has made. What earlier boots left for this
    /// is deleted.
    ///
    /// # Errors
    /// When Btrfs fails.
    pub fn mark(&self) -> Result<(), Problem> {
        let own = self.own()?;
        for entry in fs::read_dir(&own).map_err(at(&own))? {
            let entry = entry.map_err(at(&own))?;
            if entry.file_name().to_string_lossy().starts_with(BOOTED) {
                self.delete(&entry.path())?;
            }
        }
        self.snapshot(&own.join(booted()?))
    }

    /// The outermost subvolumes within the root that hold something, each with whether it has
    /// changed since [`Self::mark`]; all have where that was not called.
    ///
    /// # Errors
    /// When Btrfs fails.
    pub fn nested(&self) -> Result<Vec<(Subvolume, bool)>, Problem> {
        let listed = self.btrfs(&["subvolume", "list"], &[&self.place])?;
        let all = subvolume::parse(&String::from_utf8_lossy(&listed));
        let mark = format!("{OWN}/{}", booted()?);
        let mark = all.iter().find(|each| each.path == mark).map(|each| each.generation);
        let root = self.place.join(&self.name);
        let holds_something = |each: &Subvolume| {
            let inside = fs::read_dir(root.join(each.path.trim_start_matches('/')));
            inside.is_ok_and(|mut inside| inside.next().is_some())
        };
        let found = subvolume::nested(&all, &self.name).into_iter().filter(holds_something);
        Ok(found
            .map(|each| (mark.is_none_or(|mark| each.generation > mark), each))
            .map(|(new, each)| (each, new))
            .collect())
    }

    /// The names of the old roots that are kept, the newest first.
    ///
    /// # Errors
    /// When they can't be listed.
    pub fn old_roots(&self) -> Result<Vec<String>, Problem> {
        let place = self.place.join(OLD_ROOTS);
        let entries = match fs::read_dir(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(at(&place))?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(at(&place))?;
            let metadata = entry.metadata().map_err(at(entry.path()))?;
            if metadata.is_dir() && metadata.ino() == SUBVOLUME_INODE {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        // They are named by their dates.
        names.sort_unstable_by(|one, other| other.cmp(one));
        Ok(names)
    }

    /// Where an old root is.
    #[must_use]
    pub fn old_root(&self, name: &str) -> PathBuf {
        self.place.join(OLD_ROOTS).join(name)
    }

    /// The directory at the top level for what survives of this program.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn own(&self) -> Result<PathBuf, Problem> {
        let own = self.place.join(OWN);
        make_directory(&own, 0o700)?;
        Ok(own)
    }

    fn compare(&self, parent: &Path) -> Result<Tree, Problem> {
        let now = self.own()?.join(NOW);
        if now.exists() {
            self.delete(&now)?;
        }
        self.snapshot(&now)?;
        let found = self.send(&self.place.join(parent), &now);
        self.delete(&now)?;
        found
    }

    fn send(&self, parent: &Path, now: &Path) -> Result<Tree, Problem> {
        let mut reader = Reader::default();
        let mut taken = Ok(());
        let arguments = ["send", "-q", "--no-data", "-p"]
            .map(OsStr::new)
            .into_iter()
            .chain([parent.as_os_str(), now.as_os_str()]);
        tool::follow(&self.tools, "btrfs", &arguments.collect::<Vec<_>>(), |bytes| {
            taken = reader.take(bytes);
            taken.is_ok()
        })?;
        taken?;
        Ok(reader.finish()?)
    }

    fn snapshot(&self, to: &Path) -> Result<(), Problem> {
        let _said = self.btrfs(&["subvolume", "snapshot", "-r"], &[&self.place.join(&self.name), to])?;
        Ok(())
    }

    fn delete(&self, snapshot: &Path) -> Result<(), Problem> {
        let _said = self.btrfs(&["subvolume", "delete"], &[snapshot])?;
        Ok(())
    }

    fn btrfs(&self, what: &[&str], paths: &[&Path]) -> Result<Vec<u8>, ToolError> {
        let what = what.iter().map(OsStr::new);
        let arguments: Vec<&OsStr> = what.chain(paths.iter().map(|path| path.as_os_str())).collect();
        tool::output(&self.tools, "btrfs", &arguments)
    }
}

impl Drop for Top {
    fn drop(&mut self) {
        if let Err(error) = unmount(&self.place, UnmountFlags::DETACH) {
            tracing::warn!("{}: {error}", self.place.display());
        }
    }
}

/// The name of the snapshot of this boot's end.
fn booted() -> Result<String, Problem> {
    let place = "/proc/sys/kernel/random/boot_id";
    let id = fs::read_to_string(place).map_err(at(place))?;
    Ok(format!("{BOOTED}{}", id.trim()))
}

/// Makes a directory with this mode, unless it is there.
fn make_directory(place: &Path, mode: u32) -> Result<(), Problem> {
    match DirBuilder::new().mode(mode).create(place) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(at(place)(error)),
        _ => Ok(()),
    }
}
