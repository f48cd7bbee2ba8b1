//! `snowmelt-audit`: what a rollback would delete, and how to get it back afterwards.

mod arguments;
mod list;
mod notice;
mod problem;
mod recover;
mod show;

use std::ffi::OsString;
use std::process::ExitCode;

pub use arguments::command;

use arguments::Invocation;

use super::output;
use super::status::{REFUSED, Stop};
use crate::boundary::audit::system;
use crate::boundary::audit::top::{Top, enter_own_namespace};
use crate::i18n::gettext;

/// Does what the arguments ask, and returns the exit status.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    crate::i18n::init();
    match arguments::parse(arguments).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            output::report(&stop);
            ExitCode::from(stop.status)
        }
    }
}

fn run(invocation: Invocation) -> Result<(), Stop> {
    match invocation {
        Invocation::Show(text) => output::result(&text),
        Invocation::List { only_new, json } => list::run(&begin()?, only_new, json),
        Invocation::Mark => begin()?.mark().map_err(problem::explain),
        Invocation::Watch => notice::watch(&begin()?),
        Invocation::Notify => notice::notify(),
        Invocation::Recover { path, from, replace } => {
            recover::run(&begin()?, &path, from.as_deref(), replace)
        }
        Invocation::ListOld { path } => recover::list(&begin()?, &path),
    }
}

/// Mounts the top level of the filesystem, where nobody else sees it.
fn begin() -> Result<Top, Stop> {
    if !rustix::process::geteuid().is_root() {
        return Err(Stop {
            status: REFUSED,
            paragraphs: vec![
                gettext("Only root can see all that is on the root."),
                gettext("Run it again with sudo."),
            ],
        });
    }
    let tools = system::tools();
    enter_own_namespace(&tools).map_err(problem::explain)?;
    let mounts = system::mounts().map_err(problem::explain)?;
    Top::open(&tools, &mounts).map_err(problem::explain)
}
