//! What `snowmelt-audit` asks of the running system, and does on its disk.

pub mod recover;
pub mod system;
pub mod told;
pub mod tool;
pub mod top;

use std::io;
use std::path::{Path, PathBuf};

use crate::pure::audit::stream::StreamError;
use tool::ToolError;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The root is no Btrfs subvolume, or the filesystem's top level itself.
    #[error("the root is no Btrfs subvolume")]
    NoSubvolume,
    /// There is no blank snapshot.
    #[error("there is no {0} at the top level of the filesystem")]
    NoBlank(String),
    /// There is no old root of this name.
    #[error("there is no old root {0}")]
    NoOldRoot(String),
    /// The old root does not have the path.
    #[error("the old root {root} has no {path}")]
    NotThere {
        /// The old root's name.
        root: String,
        /// The path.
        path: String,
    },
    /// There is something where the copy would go.
    #[error("there is something at {0}")]
    Taken(String),
    /// A link is on the way, which could lead anywhere.
    #[error("{0} leads through a symbolic link")]
    Link(String),
    /// It is a mount point, which can't be replaced.
    #[error("something is mounted at {0}")]
    Mounted(String),
    /// A program failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// What Btrfs says can't be read.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// A call failed.
    #[error("{place}: {error}")]
    Io {
        /// Where.
        place: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// Adds the place to what a call says.
fn at(place: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Problem {
    move |error| Problem::Io { place: place.as_ref().to_owned(), error }
}
