//! Runs a program of the system to its end: found on a fixed path, with fixed arguments, no shell.

use std::ffi::OsStr;
use std::io::{self, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::boundary::command::Tools;

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;

/// Why a program gave no result.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It is not on the search path.
    #[error("there is no program “{0}” on the search path")]
    Missing(&'static str),
    /// It can't be started, or its output can't be read.
    #[error("“{program}”: {error}")]
    Io {
        /// Its name.
        program: &'static str,
        /// What the system says.
        error: io::Error,
    },
    /// It ended with an error.
    #[error("“{program}” ended with {status}: {words}")]
    Failed {
        /// Its name.
        program: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// What it said.
        words: String,
    },
}

/// Runs it, and gives back what it wrote.
///
/// # Errors
/// When it can't be run, or ends with another status than 0.
pub fn output(tools: &Tools, program: &'static str, arguments: &[&OsStr]) -> Result<Vec<u8>, ToolError> {
    let mut all = Vec::new();
    follow(tools, program, arguments, |bytes| {
        all.extend_from_slice(bytes);
        true
    })?;
    Ok(all)
}

/// Runs it and passes on what it writes, piece by piece, until `take` says no.
///
/// # Errors
/// As [`output`]; what was passed on before counts for nothing then.
pub fn follow(
    tools: &Tools,
    program: &'static str,
    arguments: &[&OsStr],
    mut take: impl FnMut(&[u8]) -> bool,
) -> Result<(), ToolError> {
    let io = |error| ToolError::Io { program, error };
    let path = tools.find(program).ok_or(ToolError::Missing(program))?;
    let mut child = Command::new(path)
        .args(arguments)
        .env_clear()
        .envs(tools.environment())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(io)?;
    let read = read(&mut child, &mut take);
    // Its output is closed here where somebody has had enough of it.
    drop(child.stdout.take());
    let ended = child.wait_with_output().map_err(io)?;
    if !read.map_err(io)? || ended.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
    Err(ToolError::Failed { program, status: ended.status, words })
}

/// Whether all was taken.
fn read(child: &mut Child, take: &mut impl FnMut(&[u8]) -> bool) -> io::Result<bool> {
    let Some(stdout) = &mut child.stdout else { return Ok(true) };
    let mut piece = vec![0; PIECE];
    loop {
        let count = match stdout.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        match piece.get(..count) {
            None | Some([]) => return Ok(true),
            Some(bytes) if take(bytes) => {}
            Some(_) => return Ok(false),
        }
    }
}
