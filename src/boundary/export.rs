//! Writes a configuration to a directory of the person's choice.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::i18n::gettext_f;
use crate::pure::protocol::ConfigFile;

/// Why a configuration was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Files of these names are there already. Nothing was written.
    #[error("these are there already: {0:?}")]
    Exist(Vec<PathBuf>),
    /// A directory or file can't be made or written.
    #[error("{path}: {cause}")]
    Write {
        /// Which.
        path: PathBuf,
        /// The operating system's words.
        cause: std::io::Error,
    },
}

impl ExportError {
    /// The sentence for the person.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Exist(paths) => {
                let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
                gettext_f(
                    "These files are there already: {files}. Nothing was written.",
                    &[("files", &paths.join(", "))],
                )
            }
            Self::Write { path, cause } => gettext_f(
                "{file} can’t be written: {cause}.",
                &[("file", &path.display().to_string()), ("cause", &cause.to_string())],
            ),
        }
    }
}

/// Writes the files into `directory`, which is made if need be, and returns their paths.
///
/// Each file appears whole or not at all. One that is there already is replaced only where
/// `replace` says so; a symbolic link is replaced, never followed.
///
/// # Errors
/// When files are there that must not be replaced, or when the operating system refuses.
pub fn write(directory: &Path, files: &[ConfigFile], replace: bool) -> Result<Vec<PathBuf>, ExportError> {
    let paths: Vec<PathBuf> = files.iter().map(|file| directory.join(file.name.file_name())).collect();
    let there: Vec<PathBuf> = paths.iter().filter(|path| path.symlink_metadata().is_ok()).cloned().collect();
    if !replace && !there.is_empty() {
        return Err(ExportError::Exist(there));
    }
    fs::create_dir_all(directory)
        .map_err(|cause| ExportError::Write { path: directory.to_owned(), cause })?;
    for (file, path) in files.iter().zip(&paths) {
        write_one(path, &file.text).map_err(|cause| ExportError::Write { path: path.clone(), cause })?;
    }
    Ok(paths)
}

fn write_one(path: &Path, text: &str) -> std::io::Result<()> {
    let temporary = path.with_extension(format!("nix.{}.new", std::process::id()));
    let written = OpenOptions::new().write(true).create_new(true).open(&temporary).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    });
    if let Err(error) = &written
        && error.kind() != ErrorKind::AlreadyExists
    {
        // It is our own half-written file; the error that is reported is the one before.
        let _ = fs::remove_file(&temporary);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::protocol::ConfigFileName;

    fn some(text: &str) -> Vec<ConfigFile> {
        vec![
            ConfigFile { name: ConfigFileName::Flake, text: text.to_owned() },
            ConfigFile { name: ConfigFileName::Disk, text: text.to_owned() },
        ]
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn it_makes_the_directory_and_nothing_but_the_files() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("a/b");
        let written = write(&directory, &some("one"), false).unwrap();
        assert_eq!(names(&directory), ["disk.nix", "flake.nix"]);
        assert_eq!(fs::read_to_string(&written[0]).unwrap(), "one");
    }

    #[test]
    fn it_replaces_only_when_told_and_never_through_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let elsewhere = directory.path().join("precious");
        fs::write(&elsewhere, "precious").unwrap();
        std::os::unix::fs::symlink(&elsewhere, directory.path().join("disk.nix")).unwrap();
        let refused = write(directory.path(), &some("two"), false);
        assert!(matches!(refused, Err(ExportError::Exist(paths)) if paths.len() == 1));
        assert_eq!(names(directory.path()), ["disk.nix", "precious"]);

        let _paths = write(directory.path(), &some("two"), true).unwrap();
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "precious");
        assert_eq!(fs::read_to_string(directory.path().join("disk.nix")).unwrap(), "two");
    }
}
