//! Processes that a program has left behind.

use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, wait};

/// Takes leave of the processes that were left behind and have ended: as the first process of its
/// namespace the helper inherits them. Only to be called while no program is running.
pub(super) fn reap() {
    if getpid() == Pid::INIT {
        while let Ok(Some(_ended)) = wait(WaitOptions::NOHANG) {}
    }
}

/// Ends every other process of the helper's own namespace, and nothing where it is in none. Only to
/// be called while no program is running.
pub(super) fn end_all() {
    if getpid() != Pid::INIT {
        return;
    }
    for number in processes() {
        let Some(process) = i32::try_from(number).ok().and_then(Pid::from_raw) else { continue };
        if process != Pid::INIT {
            // It may have ended by itself.
            let _gone = kill_process(process, Signal::KILL);
        }
    }
    reap();
}

/// The numbers of the processes in this namespace.
fn processes() -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// The processes that have their root, working directory or an open file below `target`, as
/// `name (number)`.
pub(super) fn holders(target: &Path) -> Vec<String> {
    let mut holders: Vec<String> = processes()
        .into_iter()
        .filter_map(|number| {
            let path = Path::new("/proc").join(number.to_string());
            let links = [path.join("cwd"), path.join("root"), path.join("exe")].into_iter();
            let files = fs::read_dir(path.join("fd")).into_iter().flatten().filter_map(Result::ok);
            let holds = links
                .chain(files.map(|file| file.path()))
                .any(|link| fs::read_link(link).is_ok_and(|held| held.starts_with(target)));
            let name = fs::read_to_string(path.join("comm")).ok()?;
            holds.then(|| format!("{} ({number})", name.trim_end()))
        })
        .collect();
    holders.sort();
    holders
}

#[cfg(test)]
mod tests {
    use super::holders;

    #[test]
    fn a_process_with_an_open_file_there_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let _file = std::fs::File::create(directory.path().join("file")).unwrap();
        let me = format!("({})", std::process::id());
        assert!(holders(directory.path()).iter().any(|holder| holder.ends_with(&me)));
        assert!(holders(&directory.path().join("none")).is_empty());
    }
}
