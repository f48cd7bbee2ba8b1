//! The log of an installation, on disk as it grows.

use std::env;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The part of what is free in the file's filesystem that is written at most. In a live system that
/// is memory, which the installation needs too.
const LARGEST_PART: u64 = 4;
/// How many files are tried when two installations begin in the same second.
const TRIES: u32 = 10;

/// A log file, for its owner alone.
#[derive(Debug)]
pub struct LogFile {
    file: File,
    path: PathBuf,
    free: u64,
}

impl LogFile {
    /// Makes a new file below `$XDG_STATE_HOME/snowmelt` (XDG Base Directory Specification).
    ///
    /// # Errors
    /// When there is no such place, or it can't be written to.
    pub fn create() -> io::Result<Self> {
        Self::create_in(&state_directory()?)
    }

    /// Makes a new file in this directory, which is made if need be.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn create_in(directory: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        let filesystem = rustix::fs::statvfs(directory)?;
        let free = filesystem.f_bavail.saturating_mul(filesystem.f_frsize) / LARGEST_PART;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let mut tried = 0;
        loop {
            let ending = if tried == 0 { String::new() } else { format!("-{tried}") };
            let path = directory.join(format!("install-{now}{ending}.log"));
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => return Ok(Self { file, path, free }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tried < TRIES => tried += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a line, with the time since the installation began. When a quarter of what was free is
    /// full, the rest is left out, and the last line says so.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(&mut self, at: Duration, line: &str) -> io::Result<()> {
        if self.free == 0 {
            return Ok(());
        }
        let seconds = at.as_secs();
        let mut text = format!("{:02}:{:02}:{:02} {line}\n", seconds / 3600, seconds / 60 % 60, seconds % 60);
        let length = text.len() as u64;
        self.free = self.free.saturating_sub(length);
        if self.free == 0 {
            "… the log is full\n".clone_into(&mut text);
        }
        self.file.write_all(text.as_bytes())
    }
}

/// Snowmelt's directory below `$XDG_STATE_HOME` (XDG Base Directory Specification).
pub(super) fn state_directory() -> io::Result<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .ok_or_else(|| io::Error::other("neither XDG_STATE_HOME nor HOME is an absolute path"))?;
    Ok(state.join("snowmelt"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn it_is_for_its_owner_alone_and_never_another_ones_file() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state/snowmelt");
        let mut first = LogFile::create_in(&state).unwrap();
        let second = LogFile::create_in(&state).unwrap();
        assert_ne!(first.path(), second.path());
        for path in [state.as_path(), first.path()] {
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
        }
        first.write(Duration::from_secs(3661), "nix: done").unwrap();
        assert_eq!(std::fs::read_to_string(first.path()).unwrap(), "01:01:01 nix: done\n");
    }

    #[test]
    fn it_ends_at_its_limit_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = LogFile::create_in(folder.path()).unwrap();
        log.free = 100;
        for _ in 0..100 {
            log.write(Duration::ZERO, "a line of some length").unwrap();
        }
        let text = std::fs::read_to_string(log.path()).unwrap();
        assert!(text.len() < 150 && text.ends_with("the log is full\n"), "{text}");
    }
}
