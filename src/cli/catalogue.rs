//! `snowmelt-cli catalogue [--json]`

use super::status::Stop;
use super::{output, show};

/// Lists what can survive a restart.
pub(super) fn run(json: bool) -> Result<(), Stop> {
    if json { output::json(&show::json::catalogue()) } else { output::result(&show::catalogue::list()) }
}
