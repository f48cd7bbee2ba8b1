//! The receipt of an installation, on disk from the first write to the last step.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::log_file::state_directory;

const NAME: &str = "receipt.json";
/// Real ones are a few kilobytes.
const LARGEST: u64 = 1 << 20;

/// Where the receipt of the present session is: below `$XDG_STATE_HOME/snowmelt`. A live session's
/// home ends with it, and so does the chance to go on.
///
/// # Errors
/// When there is no such place.
pub fn place() -> io::Result<PathBuf> {
    Ok(state_directory()?.join(NAME))
}

/// Reads the file; `None` when there is none.
///
/// # Errors
/// When it can't be read, or is too large.
pub fn read(path: &Path) -> io::Result<Option<String>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = String::new();
    let length = file.take(LARGEST + 1).read_to_string(&mut text)?;
    if u64::try_from(length).is_ok_and(|length| length > LARGEST) {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(Some(text))
}

/// Writes the file for its owner alone, so that at any instant either the old or the new one is
/// there.
///
/// # Errors
/// When the operating system refuses.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let aside = path.with_extension(format!("json.{}.new", std::process::id()));
    let written =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&aside, path)
        });
    if written.is_err() {
        // The error that is reported is the one before.
        let _gone = fs::remove_file(&aside);
    }
    written
}

/// Removes the file, when there is nothing left to go on with.
///
/// # Errors
/// When the operating system refuses; not when there is none.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn it_is_for_its_owner_alone_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/snowmelt/receipt.json");
        assert_eq!(read(&path).unwrap(), None);
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some("two"));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
        let directory = path.parent().unwrap();
        assert_eq!(directory.metadata().unwrap().permissions().mode() & 0o077, 0);
        assert_eq!(fs::read_dir(directory).unwrap().count(), 1);
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert_eq!(read(&path).unwrap(), None);
    }

    #[test]
    fn a_link_is_replaced_and_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("receipt.json"), folder.path().join("other"));
        fs::write(&other, "other").unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        write(&path, "mine").unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "other");
    }
}
