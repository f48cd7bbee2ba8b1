//! The beginning: makes sure of its own surroundings before it listens to anybody.

use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{
    DumpableBehavior, Pid, Resource, Rlimit, geteuid, getpid, set_dumpable_behavior, setrlimit, umask,
};
use tokio::net::unix::pipe;

use super::conversation::converse;
use super::operations::Surroundings;
use super::rights;
use crate::boundary::command::Tools;

/// Where programs are looked for: what the package was built with, then a NixOS system's own
/// places, then other systems'.
const SEARCH_PATH: &str = match option_env!("SNOWMELT_TOOLS") {
    Some(tools) => tools,
    None => "",
};
const SYSTEM_PATH: &str = "/run/current-system/sw/bin:/run/wrappers/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// The argument that the helper gives itself when it starts itself again in its own namespaces.
const AGAIN: &str = "--in-own-namespaces";
/// The status when it refuses to run.
const REFUSED: u8 = 2;

/// Runs the helper until the conversation ends. Its messages about itself go to standard error.
#[must_use]
pub fn run() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let result = match (arguments.next(), arguments.next()) {
        (None, None) => begin(),
        (Some(argument), None) if argument == AGAIN => go_on(),
        (Some(argument), None) if argument == "--version" => {
            println!("snowmelt-helper {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        _ => Err("it takes no arguments; Snowmelt starts it by itself".to_owned()),
    };
    match result {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("snowmelt-helper: {sentence}");
            ExitCode::from(REFUSED)
        }
    }
}

fn tools() -> Tools {
    Tools::on_path(&format!("{SEARCH_PATH}:{SYSTEM_PATH}"))
}

/// Checks who and where it is, and starts itself again in namespaces of its own: of mounts, so that
/// nobody else sees or keeps what it mounts, and of processes, so that everything that it started
/// ends with it, whatever ends it.
fn begin() -> Result<ExitCode, String> {
    if !geteuid().is_root() {
        return Err("it must run as root; Snowmelt starts it through pkexec".to_owned());
    }
    for (name, stream) in [("input", std::io::stdin().as_fd()), ("output", std::io::stdout().as_fd())] {
        if !is_pipe(stream) {
            return Err(format!("its standard {name} must be a pipe; Snowmelt starts it by itself"));
        }
    }
    let tools = tools();
    let unshare = tools.find("unshare").ok_or("the program “unshare” of util-linux is not there")?;
    let myself = std::env::current_exe().map_err(|error| format!("it can’t find itself: {error}"))?;
    rights::give_up().map_err(|error| format!("it can’t give up rights: {error}"))?;
    // Whatever else the caller has opened stays behind.
    close_fds::set_fds_cloexec(3, &[]);
    // Out of the caller's terminal: when that goes away, its hangup would end what starts the
    // namespaces, and with it this helper before it has unmounted and locked. Where the caller made
    // it the first of a group it is out of it already.
    let _session = rustix::process::setsid();
    // Slave, so that what others unmount is unmounted here as well, and is not held.
    let error = Command::new(unshare)
        .args(["--mount", "--propagation", "slave", "--pid", "--fork", "--kill-child", "--mount-proc", "--"])
        .arg(myself)
        .arg(AGAIN)
        .env_clear()
        .envs(tools.environment())
        .current_dir("/")
        .exec();
    Err(format!("it can’t start itself in its own namespaces: {error}"))
}

/// Goes on in the new namespaces.
fn go_on() -> Result<ExitCode, String> {
    // The first process of a namespace of processes has this number.
    if !geteuid().is_root() || getpid() != Pid::INIT {
        return Err("it is not in its own namespaces; Snowmelt starts it by itself".to_owned());
    }
    let own = |error: rustix::io::Errno| format!("it can’t protect itself: {error}");
    let _before = umask(rustix::fs::Mode::WGRP | rustix::fs::Mode::WOTH);
    // No picture of its memory, which holds the password for a moment, gets to a disk.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).map_err(own)?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(own)?;
    // Nor does any of it get into swap. The programs that it runs don't inherit that. A container may
    // forbid it, which is no reason not to install.
    if let Err(error) = mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE) {
        eprintln!("snowmelt-helper: its memory can’t be locked: {error}");
    }

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("it can’t begin: {error}"))?;
    let conversation = runtime.block_on(async {
        let input = pipe::Receiver::from_owned_fd(own_copy(std::io::stdin().as_fd())?)?;
        let output = pipe::Sender::from_owned_fd(own_copy(std::io::stdout().as_fd())?)?;
        converse(input, output, Surroundings::real(tools())).await
    });
    match conversation {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            eprintln!("snowmelt-helper: the conversation broke off: {error}");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn own_copy(stream: BorrowedFd<'_>) -> std::io::Result<OwnedFd> {
    stream.try_clone_to_owned()
}

fn is_pipe(stream: BorrowedFd<'_>) -> bool {
    rustix::fs::fstat(stream)
        .is_ok_and(|stat| rustix::fs::FileType::from_raw_mode(stat.st_mode) == rustix::fs::FileType::Fifo)
}
