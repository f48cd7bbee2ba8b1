//! `snowmelt-cli disks [--json]`

use super::status::Stop;
use super::{machine, output, show};

/// Lists the disks, and what speaks against installing on each.
pub(super) fn run(json: bool) -> Result<(), Stop> {
    let disks = machine::disks()?;
    if json { output::json(&show::json::disks(&disks)) } else { output::result(&show::disks::list(&disks)) }
}
