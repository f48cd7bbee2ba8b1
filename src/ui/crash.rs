//! What becomes of a panic: a report on disk, and the page for failures in a new process.
//!
//! The toolkit ends the program when a callback panics, so nothing can be mended in this one. The
//! helper sees the end of its input and unmounts; the volume is locked by the new process.

use std::backtrace::Backtrace;
use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::panic::{self, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::boundary::log_file::LogFile;
use crate::pure::disk::DiskIdentity;
use crate::pure::plan::Plan;

/// The hidden argument; behind it are the report's path and, as JSON, the disk that was written to.
const ARGUMENT: &str = "--after-panic";

/// The disk that is being written to.
static WRITTEN: Mutex<Option<String>> = Mutex::new(None);

/// What a process that follows a panic is told.
#[derive(Debug, Clone)]
pub(super) struct After {
    /// Where the report is; empty where it could not be written.
    pub(super) report: PathBuf,
    /// The disk that was being written to, with its device name.
    pub(super) disk: Option<(String, DiskIdentity)>,
}

/// Notes that this plan is being carried out, or none any longer.
pub(super) fn note(plan: Option<&Plan>) {
    let disk = plan.and_then(|plan| serde_json::to_string(&(&plan.device, &plan.disk)).ok());
    *WRITTEN.lock().unwrap_or_else(PoisonError::into_inner) = disk;
}

/// What this process is told about the one before it, if that has panicked.
pub(super) fn told() -> Option<After> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next()? != ARGUMENT {
        return None;
    }
    let report = arguments.next().map(PathBuf::from).unwrap_or_default();
    let disk = arguments.next().and_then(|json| serde_json::from_str(json.to_str()?).ok());
    Some(After { report, disk })
}

/// From here on a panic of any thread ends this process and begins another with the page for it.
pub(super) fn watch() {
    let again = told().is_some();
    panic::set_hook(Box::new(move |info| {
        let text = report(info, &Backtrace::force_capture());
        eprintln!("{text}");
        if again {
            // The page itself has panicked: nothing more can be shown.
            std::process::exit(101);
        }
        let path = write(&text).unwrap_or_default();
        let disk = WRITTEN.try_lock().ok().and_then(|disk| disk.clone());
        let Ok(program) = env::current_exe() else { return };
        let error = Command::new(program).arg(ARGUMENT).arg(path).args(disk.map(OsString::from)).exec();
        eprintln!("snowmelt: {error}");
    }));
}

/// Where and how it panicked. The message is left out unless it is part of the program: one that
/// was put together may hold anything, a secret too.
fn report(info: &PanicHookInfo<'_>, backtrace: &Backtrace) -> String {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let message = info.payload().downcast_ref::<&'static str>().copied().unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    format!("Snowmelt {version} panicked at {place}: {message}\n{backtrace}")
}

fn write(text: &str) -> Option<PathBuf> {
    let mut file = LogFile::create().ok()?;
    for line in text.lines() {
        file.write(Duration::ZERO, line).ok()?;
    }
    Some(Path::to_owned(file.path()))
}
