//! The command line: `snowmelt-cli`.
//!
//! Results go to standard output, everything else to standard error. What may be asked is in
//! [`arguments`], how it ends in [`status`], how things look in [`show`].

mod answers_file;
mod arguments;
pub mod audit;
mod catalogue;
mod check;
mod config;
mod confirm;
mod disks;
mod hosts;
mod install;
mod log;
mod machine;
mod output;
mod plan;
mod progress;
mod resume;
mod secrets;
mod show;
pub mod status;
mod usage;

use std::ffi::OsString;
use std::process::ExitCode;

pub use arguments::command;

use arguments::Invocation;
use status::Stop;

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
        Invocation::Disks { json } => disks::run(json),
        Invocation::Catalogue { json } => catalogue::run(json),
        Invocation::Hosts { flake, json } => hosts::run(&flake, json),
        Invocation::Check { answers } => check::run(&answers),
        Invocation::Config { answers, out, disko, force } => config::run(&answers, &out, disko, force),
        Invocation::Install(answers, options) => install::run(&answers, &options),
        Invocation::Resume(receipt, options) => resume::run(receipt, &options),
        Invocation::Undo(receipt) => resume::undo(receipt),
        Invocation::Plan { answers, json } => plan::run(&answers, json),
    }
}
