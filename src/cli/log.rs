//! The log file of an installation.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use tracing_subscriber::filter::EnvFilter;

use super::status::{Stop, USAGE};
use crate::i18n::gettext_f;

/// What is written down: everything of Snowmelt's own, and only trouble of the libraries.
const FILTER: &str = "warn,snowmelt=debug";

/// Writes everything from now on to the end of the file at `path`, which is made for its owner
/// alone if need be. A log holds no secret, but it names what is on the machine.
pub(super) fn to_file(path: &Path) -> Result<(), Stop> {
    let wrong = |cause: &str| {
        let file = path.display().to_string();
        Stop::new(
            USAGE,
            gettext_f("The log {file} can’t be written: {cause}.", &[("file", &file), ("cause", cause)]),
        )
    };
    let file: File = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| wrong(&error.to_string()))?;
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(FILTER))
        .with_ansi(false)
        .with_writer(std::sync::Mutex::new(file))
        .try_init()
        .map_err(|error| wrong(&error.to_string()))
}
