//! The privileged side: carries out typed requests as root.
//!
//! It is started once for an installation, through pkexec, and talks [`crate::pure::protocol`]
//! over its standard input and output. It trusts nobody: not the caller's names, not the caller's
//! word for which disk it is, not the filesystem that it writes into.
//!
//! # Its own world
//! It runs in its own mount and process namespaces. What it mounts is seen by nobody else, and when
//! it ends, however it ends, the kernel ends everything that it started and unmounts everything
//! that it mounted.

mod conversation;
mod device;
mod identity;
mod leftover;
mod names;
mod operations;
mod order;
mod report;
mod rights;
mod start;
mod volume;

pub use conversation::converse;
pub use operations::{Operations, Surroundings};
pub use start::run;

use crate::boundary::command::RunError;
use crate::pure::protocol::Failure;
use crate::pure::reason::Reason;

/// A failure with its cause.
fn failure(reason: Reason, cause: impl ToString) -> Failure {
    Failure { reason, cause: cause.to_string() }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let cause = error.to_string();
        let reason = match error {
            RunError::Missing { program } => Reason::ProgramMissing { program },
            RunError::Cancelled { .. } => Reason::Cancelled,
            RunError::Failed { program, status, .. } => {
                Reason::ProgramFailed { program, status: status.code() }
            }
            RunError::TooMuch { program, .. } | RunError::Broken { program, .. } => {
                Reason::ProgramFailed { program, status: None }
            }
        };
        Self { reason, cause }
    }
}
