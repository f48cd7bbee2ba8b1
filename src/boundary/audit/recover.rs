//! Copies something back out of an old root.
//!
//! An old root and the system itself hold what programs of all kinds have made, so no symbolic link
//! is followed on the way: each directory is opened once, and what happens in it goes by that.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, FileType, Gid, Mode, OFlags, RenameFlags, ResolveFlags, Stat, Uid, chownat, mkdirat, open,
    openat2, renameat_with, statat,
};
use rustix::io::Errno;

use super::top::Top;
use super::{Problem, at, tool};
use crate::boundary::command::Tools;

/// What an old root has at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Old {
    /// Whether it is a directory.
    pub directory: bool,
    /// Bytes of a file.
    pub size: u64,
}

/// What the old root of this name has at `path`; `None` for nothing.
///
/// # Errors
/// When a link is on the way, or it can't be read.
pub fn look(top: &Top, root: &str, path: &Path) -> Result<Option<Old>, Problem> {
    let Some((_, _, stat)) = find(top, root, path)? else { return Ok(None) };
    let directory = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
    Ok(Some(Old { directory, size: u64::try_from(stat.st_size).unwrap_or_default() }))
}

/// Copies `path`, absolute and without `.` and `..`, from the old root of this name to its place in
/// the running system, with owner, mode, ACLs, extended attributes and times. Directories above it
/// that are missing are made as they were.
///
/// An empty directory in its place is filled. Anything else is replaced only where `replace` says
/// so, in one instant, when the copy is whole.
///
/// # Errors
/// When the old root does not have it, when there is something in its place, when a link is on the
/// way, or when the copy fails; then the place is as it was.
pub fn recover(top: &Top, tools: &Tools, root: &str, path: &Path, replace: bool) -> Result<(), Problem> {
    let shown = || path.display().to_string();
    let found = find(top, root, path)?;
    let (from, name, _) = found.ok_or_else(|| Problem::NotThere { root: root.to_owned(), path: shown() })?;
    let into = make_above(top, root, path)?;
    let target = within(&into, &name);
    let there = match statat(&into, &name, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => None,
        other => Some(other.map_err(|error| at(path)(error.into()))?),
    };
    let is_empty = there.is_some_and(|stat| {
        FileType::from_raw_mode(stat.st_mode) == FileType::Directory
            && fs::read_dir(&target).is_ok_and(|mut inside| inside.next().is_none())
    });
    if is_empty {
        // It may be a mount point, which must stay.
        return copy(tools, &within(&from, &name), &target);
    }
    if there.is_some() && !replace {
        return Err(Problem::Taken(shown()));
    }
    let aside = OsString::from(format!(".snowmelt-audit-{}", std::process::id()));
    let copied = within(&into, &aside);
    let put = copy(tools, &within(&from, &name), &copied).and_then(|()| {
        let how = if there.is_some() { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
        renameat_with(&into, &aside, &into, &name, how).map_err(|error| match error {
            Errno::BUSY => Problem::Mounted(shown()),
            Errno::EXIST => Problem::Taken(shown()),
            other => at(path)(other.into()),
        })
    });
    // The copy that failed, or what was in its place before.
    let removed = remove(&copied);
    put.and(removed)
}

/// The directory of `path` in an old root, its name there, and what it is.
fn find(top: &Top, root: &str, path: &Path) -> Result<Option<(OwnedFd, OsString, Stat)>, Problem> {
    if !top.old_roots()?.iter().any(|name| name == root) {
        return Err(Problem::NoOldRoot(root.to_owned()));
    }
    let place = top.old_root(root);
    let (above, name) = parts(path)?;
    let Some(directory) = open_below(&open_root(&place)?, above, path)? else { return Ok(None) };
    match statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(at(path)(error.into())),
        Ok(stat) => Ok(Some((directory, name.to_owned(), stat))),
    }
}

/// The directory that `path` goes to in the running system, made where it is missing.
fn make_above(top: &Top, root: &str, path: &Path) -> Result<OwnedFd, Problem> {
    let (above, _) = parts(path)?;
    let old = open_root(&top.old_root(root))?;
    let system = open_root(Path::new("/"))?;
    let mut below = PathBuf::new();
    for name in above {
        let parent = open_below(&system, &below, path)?;
        below.push(name);
        if open_below(&system, &below, path)?.is_some() {
            continue;
        }
        let (Some(parent), Some(model)) = (parent, open_below(&old, &below, path)?) else { continue };
        let failed = |error: Errno| at(path)(error.into());
        let stat = rustix::fs::fstat(&model).map_err(failed)?;
        mkdirat(&parent, name, Mode::from_raw_mode(stat.st_mode)).map_err(failed)?;
        let (owner, group) = (Uid::from_raw(stat.st_uid), Gid::from_raw(stat.st_gid));
        chownat(&parent, name, Some(owner), Some(group), AtFlags::SYMLINK_NOFOLLOW).map_err(failed)?;
    }
    open_below(&system, above, path)?.ok_or_else(|| at(path)(io::ErrorKind::NotFound.into()))
}

/// The directories above a path, without the `/` in front, and its own name.
fn parts(path: &Path) -> Result<(&Path, &OsStr), Problem> {
    let below = path.strip_prefix("/").unwrap_or(path);
    match (below.parent(), below.file_name()) {
        (Some(above), Some(name)) => Ok((above, name)),
        _ => Err(at(path)(io::ErrorKind::InvalidInput.into())),
    }
}

/// Programs that are started get these too, so that a path through them means the same there.
fn open_root(place: &Path) -> Result<OwnedFd, Problem> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW;
    open(place, flags, Mode::empty()).map_err(|error| at(place)(error.into()))
}

/// Opens a directory below another; `None` where there is none. `path` is what the error names.
fn open_below(root: &OwnedFd, below: &Path, path: &Path) -> Result<Option<OwnedFd>, Problem> {
    let below = if below.as_os_str().is_empty() { Path::new(".") } else { below };
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    match openat2(root, below, OFlags::PATH | OFlags::DIRECTORY, Mode::empty(), resolve) {
        Ok(directory) => Ok(Some(directory)),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(Errno::LOOP) => Err(Problem::Link(path.display().to_string())),
        Err(error) => Err(at(path)(error.into())),
    }
}

/// A path that leads into an open directory, here and in programs that are started.
fn within(directory: &OwnedFd, name: &OsStr) -> PathBuf {
    Path::new("/proc/self/fd").join(directory.as_raw_fd().to_string()).join(name)
}

/// ACLs go with the mode. Extended attributes are named, since `--archive` passes over those that it
/// can't copy.
fn copy(tools: &Tools, from: &Path, to: &Path) -> Result<(), Problem> {
    let options = [
        "--recursive",
        "--no-dereference",
        "--preserve=mode,ownership,timestamps,links,xattr",
        "--reflink=auto",
        "--no-target-directory",
        "--",
    ];
    let arguments = options.map(OsStr::new).into_iter().chain([from.as_os_str(), to.as_os_str()]);
    let _said = tool::output(tools, "cp", &arguments.collect::<Vec<_>>())?;
    Ok(())
}

fn remove(place: &Path) -> Result<(), Problem> {
    let removed = match place.symlink_metadata() {
        Err(error) => Err(error),
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(place),
        Ok(_) => fs::remove_file(place),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(place)(error)),
        _ => Ok(()),
    }
}
