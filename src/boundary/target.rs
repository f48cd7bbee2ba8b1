//! Files below one directory, reached without ever following a symbolic link.
//!
//! What is written here is written as root into a filesystem that others could have put links in.
//! Every path is resolved by the kernel below the directory's own descriptor (`openat2(2)` with
//! `RESOLVE_BENEATH` and `RESOLVE_NO_SYMLINKS`), so no link can lead a write elsewhere.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags, RawMode, ResolveFlags};

/// Permission bits of directories that are made only because something below them is.
const PARENT_MODE: u32 = 0o755;

/// An opened directory that everything stays below.
#[derive(Debug)]
pub struct Target(OwnedFd);

impl Target {
    /// Opens the directory, which must not itself be a symbolic link.
    ///
    /// # Errors
    /// When it can't be opened, or is no directory.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::open(path, flags, Mode::empty())?))
    }

    /// Makes a directory and those above it. `mode` holds for the last one, whether it was there
    /// before or not; those above it get 0755 when they are made and are left alone otherwise.
    ///
    /// # Errors
    /// When a part of the path is not a directory, or a symbolic link, or can't be made.
    pub fn make_directory(&self, path: &Path, mode: u32) -> io::Result<()> {
        let path = plain(path)?;
        let opened = self.directory(&path, mode)?;
        // The mode at creation went through the umask.
        rustix::fs::fchmod(&opened, bits(mode))?;
        Ok(rustix::fs::fsync(&opened)?)
    }

    /// Writes a whole file, so that at any instant either the old or the new one is there.
    /// Directories above it are made as [`Target::make_directory`] makes them.
    ///
    /// # Errors
    /// When a part of the path is a symbolic link, or writing fails.
    pub fn write(&self, path: &Path, mode: u32, bytes: &[u8]) -> io::Result<()> {
        let path = plain(path)?;
        let (directory, name) = self.parent(&path)?;
        let mut aside = OsStr::new(".").to_owned();
        aside.push(&name);
        aside.push(".new");
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::WRONLY | OFlags::CLOEXEC;
        let create = || rustix::fs::openat(&directory, &aside, flags, bits(mode));
        let opened = match create() {
            // An earlier try was cut off.
            Err(rustix::io::Errno::EXIST) => {
                rustix::fs::unlinkat(&directory, &aside, AtFlags::empty())?;
                create()?
            }
            other => other?,
        };
        rustix::fs::fchmod(&opened, bits(mode))?;
        let mut file = File::from(opened);
        file.write_all(bytes)?;
        file.sync_all()?;
        rustix::fs::renameat(&directory, &aside, &directory, &name)?;
        Ok(rustix::fs::fsync(&directory)?)
    }

    /// Adds to the end of a regular file that is there.
    ///
    /// # Errors
    /// When a part of the path is a symbolic link, there is no such file, or writing fails.
    pub fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let opened = self.look(path, OFlags::WRONLY | OFlags::APPEND | OFlags::NONBLOCK)?;
        let mut file = File::from(opened.ok_or(io::ErrorKind::NotFound)?);
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        file.write_all(bytes)?;
        file.sync_all()
    }

    /// Makes a symbolic link, in the place of a file or link that is there. What it leads to is of no
    /// concern: nothing here follows one.
    ///
    /// # Errors
    /// When a part of the path before the last one is a symbolic link, or a directory is there.
    pub fn make_link(&self, path: &Path, to: &Path) -> io::Result<()> {
        let path = plain(path)?;
        let (directory, name) = self.parent(&path)?;
        match rustix::fs::unlinkat(&directory, &name, AtFlags::empty()) {
            Ok(()) | Err(rustix::io::Errno::NOENT) => {}
            Err(error) => return Err(error.into()),
        }
        rustix::fs::symlinkat(to, &directory, &name)?;
        Ok(rustix::fs::fsync(&directory)?)
    }

    /// Reads a file of at most `limit` bytes; `None` when there is none.
    ///
    /// # Errors
    /// When a part of the path is a symbolic link, the file is longer, or no regular file.
    pub fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(opened) = self.look(path, OFlags::RDONLY | OFlags::NONBLOCK)? else { return Ok(None) };
        let file = File::from(opened);
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        let mut bytes = Vec::new();
        let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if read as u64 > limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(Some(bytes))
    }

    /// Size in bytes of a regular file; `None` when there is none, or it is something else.
    ///
    /// # Errors
    /// When a part of the path is a symbolic link.
    pub fn file_size(&self, path: &Path) -> io::Result<Option<u64>> {
        let Some(opened) = self.look(path, OFlags::PATH)? else { return Ok(None) };
        let metadata = File::from(opened).metadata()?;
        Ok(metadata.is_file().then_some(metadata.len()))
    }

    /// Whether there is a directory.
    ///
    /// # Errors
    /// When a part of the path is a symbolic link.
    pub fn is_directory(&self, path: &Path) -> io::Result<bool> {
        match self.look(path, OFlags::PATH)? {
            Some(opened) => Ok(File::from(opened).metadata()?.is_dir()),
            None => Ok(false),
        }
    }

    /// The names in a directory, sorted; `None` when there is none.
    ///
    /// # Errors
    /// When a part of the path is a symbolic link or no directory.
    pub fn names(&self, path: &Path) -> io::Result<Option<Vec<std::ffi::OsString>>> {
        let Some(opened) = self.look(path, OFlags::RDONLY | OFlags::DIRECTORY)? else { return Ok(None) };
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::new(opened)? {
            let entry = entry?;
            let name = <OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(Some(names))
    }

    /// What a symbolic link says; `None` when there is none, or it is something else.
    ///
    /// # Errors
    /// When a part of the path before the last one is a symbolic link.
    pub fn link(&self, path: &Path) -> io::Result<Option<PathBuf>> {
        let path = plain(path)?;
        let parent = path.parent().unwrap_or(Path::new(""));
        let Some(directory) = self.look(parent, OFlags::PATH | OFlags::DIRECTORY)? else { return Ok(None) };
        let Some(name) = path.file_name() else { return Ok(None) };
        match rustix::fs::readlinkat(&directory, name, Vec::new()) {
            Ok(text) => Ok(Some(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(text.to_bytes()).into())),
            Err(rustix::io::Errno::NOENT | rustix::io::Errno::INVAL) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn look(&self, path: &Path, flags: OFlags) -> io::Result<Option<OwnedFd>> {
        let path = plain(path)?;
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { &path };
        match open_beneath(&self.0, path, flags) {
            Ok(opened) => Ok(Some(opened)),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens the directory that holds `path`, making it when need be, and gives the last name.
    fn parent(&self, path: &Path) -> io::Result<(OwnedFd, std::ffi::OsString)> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        Ok((self.directory(path.parent().unwrap_or(Path::new("")), PARENT_MODE)?, name))
    }

    fn directory(&self, path: &Path, mode: u32) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let mut opened = open_beneath(&self.0, Path::new("."), flags)?;
        let mut parts = path.components().peekable();
        while let Some(part) = parts.next() {
            let mode = if parts.peek().is_none() { mode } else { PARENT_MODE };
            let part = Path::new(part.as_os_str());
            match rustix::fs::mkdirat(&opened, part, bits(mode)) {
                Ok(()) => rustix::fs::fsync(&opened)?,
                Err(rustix::io::Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
            opened = open_beneath(&opened, part, flags)?;
        }
        Ok(opened)
    }
}

fn open_beneath(directory: impl AsFd, path: &Path, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    rustix::fs::openat2(directory, path, flags | OFlags::CLOEXEC | OFlags::NOFOLLOW, Mode::empty(), resolve)
}

fn bits(mode: u32) -> Mode {
    Mode::from_raw_mode(mode as RawMode & 0o7777)
}

/// The path without its leading `/`, if every part of it is a plain name.
fn plain(path: &Path) -> io::Result<PathBuf> {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => plain.push(name),
            Component::RootDir | Component::CurDir => {}
            Component::ParentDir | Component::Prefix(_) => {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path leads upwards"));
            }
        }
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: PathBuf) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o7777
    }

    /// A target beside a directory that nothing may be written into.
    fn target_and_outside() -> (tempfile::TempDir, Target, PathBuf, PathBuf) {
        let all = tempfile::tempdir().unwrap();
        let (inside, outside) = (all.path().join("target"), all.path().join("outside"));
        std::fs::create_dir(&inside).unwrap();
        std::fs::create_dir(&outside).unwrap();
        let target = Target::open(&inside).unwrap();
        (all, target, inside, outside)
    }

    #[test]
    fn a_file_is_written_with_its_mode_and_replaced_whole() {
        let (_all, target, inside, _) = target_and_outside();
        target.write(Path::new("/etc/deep/file"), 0o640, b"one").unwrap();
        target.write(Path::new("/etc/deep/file"), 0o444, b"two").unwrap();
        assert_eq!(std::fs::read(inside.join("etc/deep/file")).unwrap(), b"two");
        assert_eq!(mode(inside.join("etc/deep/file")), 0o444);
        assert_eq!(mode(inside.join("etc/deep")), 0o755);
        assert_eq!(std::fs::read_dir(inside.join("etc/deep")).unwrap().count(), 1, "nothing is left aside");
        assert_eq!(target.read(Path::new("etc/deep/file"), 3).unwrap().as_deref(), Some(&b"two"[..]));
        assert!(target.read(Path::new("etc/deep/file"), 2).is_err());
        assert_eq!(target.read(Path::new("etc/none"), 9).unwrap(), None);
    }

    #[test]
    fn a_directory_gets_its_mode_and_its_parents_theirs() {
        let (_all, target, inside, _) = target_and_outside();
        target.make_directory(Path::new("/var/lib/secret"), 0o700).unwrap();
        assert_eq!(mode(inside.join("var/lib/secret")), 0o700);
        assert_eq!(mode(inside.join("var/lib")), 0o755);
        target.make_directory(Path::new("/var/lib"), 0o711).unwrap();
        assert_eq!(mode(inside.join("var/lib")), 0o711);
        assert_eq!(mode(inside.join("var/lib/secret")), 0o700);
    }

    #[test]
    fn no_link_leads_out_whatever_place_it_stands_in() {
        let (_all, target, inside, outside) = target_and_outside();
        symlink(&outside, inside.join("etc")).unwrap();
        symlink("../outside", inside.join("relative")).unwrap();
        std::fs::create_dir(inside.join("real")).unwrap();
        symlink(outside.join("planted"), inside.join("real/file")).unwrap();
        symlink(outside.join("aside"), inside.join("real/.file.new")).unwrap();

        assert!(target.write(Path::new("/etc/passwd"), 0o600, b"x").is_err());
        assert!(target.write(Path::new("/relative/passwd"), 0o600, b"x").is_err());
        assert!(target.make_directory(Path::new("/etc/ssh"), 0o700).is_err());
        assert!(target.make_directory(Path::new("/etc"), 0o700).is_err());
        assert!(target.read(Path::new("/real/file"), 10).is_err());
        // The last part is replaced, not followed; so is what an earlier try left aside.
        target.write(Path::new("/real/file"), 0o600, b"x").unwrap();
        assert!(inside.join("real/file").symlink_metadata().unwrap().is_file());

        assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0, "something was written outside");
        assert!(Target::open(&inside.join("etc")).is_err());
    }

    #[test]
    fn a_file_grows_and_a_link_is_made_but_never_followed() {
        let (_all, target, inside, outside) = target_and_outside();
        target.write(Path::new("/a/file"), 0o644, b"one").unwrap();
        target.append(Path::new("/a/file"), b" two").unwrap();
        assert_eq!(std::fs::read(inside.join("a/file")).unwrap(), b"one two");
        assert!(target.append(Path::new("/a/none"), b"x").is_err());
        assert!(target.append(Path::new("/a"), b"x").is_err());

        target.make_link(Path::new("/a/link"), &outside).unwrap();
        target.make_link(Path::new("/a/link"), &outside.join("file")).unwrap();
        assert_eq!(std::fs::read_link(inside.join("a/link")).unwrap(), outside.join("file"));
        assert!(target.append(Path::new("/a/link"), b"x").is_err());
        target.make_link(Path::new("/a/out"), &outside).unwrap();
        assert!(target.write(Path::new("/a/out/file"), 0o644, b"x").is_err());
        assert!(target.make_link(Path::new("/a/out/link"), Path::new("x")).is_err());
        assert!(target.make_link(Path::new("/a"), Path::new("x")).is_err(), "a directory stays");
        assert_eq!(std::fs::read_dir(outside).unwrap().count(), 0);
    }

    #[test]
    fn no_path_leads_upwards() {
        let (_all, target, _, outside) = target_and_outside();
        assert!(target.write(Path::new("../outside/x"), 0o600, b"x").is_err());
        assert!(target.write(Path::new("/a/../../outside/x"), 0o600, b"x").is_err());
        assert!(target.write(Path::new("/"), 0o600, b"x").is_err());
        assert_eq!(std::fs::read_dir(outside).unwrap().count(), 0);
    }

    #[test]
    fn links_names_and_sizes_are_told() {
        let (_all, target, inside, _) = target_and_outside();
        std::fs::write(inside.join("file"), "four").unwrap();
        symlink("/nix/store/x", inside.join("link")).unwrap();
        assert_eq!(target.link(Path::new("/link")).unwrap(), Some(PathBuf::from("/nix/store/x")));
        assert_eq!(target.link(Path::new("/file")).unwrap(), None);
        assert_eq!(target.link(Path::new("/none")).unwrap(), None);
        assert_eq!(target.file_size(Path::new("/file")).unwrap(), Some(4));
        assert_eq!(target.names(Path::new("/")).unwrap().unwrap(), ["file", "link"]);
        assert!(target.is_directory(Path::new("/")).unwrap());
        assert!(!target.is_directory(Path::new("/file")).unwrap());
    }
}
