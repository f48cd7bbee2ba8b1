//! Which places were told of already, and the notice about those that were not.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Problem, at};

/// The list of the places that were told of, in the directory that survives.
const TOLD: &str = "told";
/// What is new, for whoever shows it in a session: a path a line.
pub const NOTICE: &str = "/run/snowmelt-audit/notice";

/// Those of `places` that were not told of before. From now on they are.
///
/// A place that is gone from the list is told of again when it comes back.
///
/// # Errors
/// When the list can't be read or written.
pub fn new_ones(own: &Path, places: &BTreeSet<String>) -> Result<Vec<String>, Problem> {
    let list = own.join(TOLD);
    let known: BTreeSet<String> = read(&list)?.into_iter().collect();
    write(&list, places.iter())?;
    Ok(places.difference(&known).cloned().collect())
}

/// Leaves a notice about these places. None leaves the last one as it is.
///
/// # Errors
/// When it can't be written.
pub fn leave_notice(places: &[String]) -> Result<(), Problem> {
    if places.is_empty() { Ok(()) } else { write(Path::new(NOTICE), places.iter()) }
}

/// The places of the last notice.
///
/// # Errors
/// When it can't be read. There may be none.
pub fn notice() -> Result<Vec<String>, Problem> {
    read(Path::new(NOTICE))
}

fn read(list: &Path) -> Result<Vec<String>, Problem> {
    match fs::read_to_string(list) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(at(list)(error)),
        Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
    }
}

/// Writes it aside and renames it, so that a list is there whole or not at all.
fn write<'paths>(list: &Path, paths: impl Iterator<Item = &'paths String>) -> Result<(), Problem> {
    // A name with a line's end in it would be two.
    let text: String = paths.filter(|path| !path.contains('\n')).map(|path| format!("{path}\n")).collect();
    let mut aside = PathBuf::from(list).into_os_string();
    aside.push(".new");
    fs::write(&aside, text).map_err(at(&aside))?;
    fs::rename(&aside, list).map_err(at(list))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_new_once_until_it_was_gone() {
        let own = tempfile::tempdir().unwrap();
        let new = |places: &[&str]| {
            new_ones(own.path(), &places.iter().map(|place| (*place).to_owned()).collect()).unwrap()
        };
        assert_eq!(new(&["/a", "/b"]), ["/a", "/b"]);
        assert_eq!(new(&["/a", "/b", "/c"]), ["/c"]);
        assert_eq!(new(&["/b"]), [""; 0]);
        assert_eq!(new(&["/a", "/b"]), ["/a"]);
    }
}
