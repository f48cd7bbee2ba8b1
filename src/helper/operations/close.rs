//! Unmounting.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::Operations;
use crate::boundary::command::{Cancel, Input, Listener, Output, run};
use crate::helper::failure;
use crate::helper::report::Report;
use crate::pure::plan;
use crate::pure::protocol::Failure;
use crate::pure::reason::Reason;

/// How often unmounting is tried, and how long it is waited in between: what still runs below the
/// target after an installation, such as an agent of gpg, ends by itself.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_millis(250);

impl Operations {
    pub(super) async fn close_target(&mut self, report: &mut Report) -> Result<(), Failure> {
        if self.mounted {
            let mut commands = plan::close_target().into_iter();
            if let Some(sync) = commands.next() {
                self.run(&sync, report).await?;
            }
            let commands: Vec<_> = commands.collect();
            let mut tried = 0;
            loop {
                match self.run_all(&commands, report).await {
                    Ok(()) => break,
                    Err(error) if matches!(error.reason, Reason::ProgramFailed { .. }) && tried < TRIES => {
                        tried += 1;
                        tokio::time::sleep(PAUSE).await;
                    }
                    Err(error) if matches!(error.reason, Reason::ProgramFailed { .. }) => {
                        let holders = holders(&self.surroundings.target);
                        return Err(failure(Reason::StillBusy { holders }, error.cause));
                    }
                    Err(error) => return Err(error),
                }
            }
            self.mounted = false;
        }
        self.devices = None;
        Ok(())
    }

    /// Unmounts when an operation failed halfway, so that it can be tried again.
    pub(super) async fn tidy_after(&mut self, result: Result<(), Failure>) -> Result<(), Failure> {
        if result.is_err() {
            self.unmount_all().await;
        }
        result
    }

    /// Unmounts what was mounted, as well as it can, also when cancelled. What stays is unmounted
    /// by the kernel when the helper's mount namespace ends with it.
    pub(crate) async fn unmount_all(&mut self) {
        struct Deaf;
        impl Listener for Deaf {
            async fn line(&mut self, _source: &str, _line: &str) -> std::io::Result<()> {
                Ok(())
            }
        }
        if !self.mounted {
            return;
        }
        let anyway = Cancel::default();
        for _ in 0..TRIES {
            match self.mounted_below_target() {
                Ok(places) if places.is_empty() => {
                    self.mounted = false;
                    return;
                }
                _ => {}
            }
            let target = self.surroundings.target.display().to_string();
            let arguments = ["--recursive".to_owned(), target];
            let tools = &self.surroundings.tools;
            let unmounted =
                run(tools, "umount", &arguments, Input::Nothing, Output::Lines, &mut Deaf, &anyway).await;
            if unmounted.is_err() {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// The processes that have their root, working directory or an open file below `target`, as
/// `name (number)`.
fn holders(target: &Path) -> Vec<String> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let mut holders: Vec<String> = processes
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let number: u32 = path.file_name()?.to_str()?.parse().ok()?;
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
