//! `snowmelt-cli plan ANSWERS [--json]`

use super::answers_file::{self, Source};
use super::status::{REFUSED, Stop};
use super::{machine, output, show};
use crate::pure::answers::Answers;
use crate::pure::disk::Disk;
use crate::pure::machine::Machine;
use crate::pure::plan::Plan;
use crate::pure::refusal::{Refusal, find_disk};

/// Shows what an installation would do.
pub(super) fn run(source: &Source, json: bool) -> Result<(), Stop> {
    let answers = answers_file::read(source)?;
    let disks = machine::disks()?;
    match work_out(&answers, &crate::boundary::machine::read(), &disks) {
        Ok((disk, plan)) if json => output::json(&show::json::plan(disk, &plan)),
        Ok((disk, plan)) => output::result(&show::plan::whole(disk, &plan)),
        Err(refusals) if json => {
            output::json(&show::json::refusals(&refusals))?;
            Err(Stop { status: REFUSED, paragraphs: Vec::new() })
        }
        Err(refusals) => Err(Stop::refused(&refusals)),
    }
}

/// Finds the disk and works out the plan for it.
///
/// # Errors
/// Every reason why that can't be.
pub(super) fn work_out<'disks>(
    answers: &Answers,
    machine: &Machine,
    disks: &'disks [Disk],
) -> Result<(&'disks Disk, Plan), Vec<Refusal>> {
    let disk = find_disk(disks, &answers.disk.device).map_err(|refusal| {
        let firmware = (!machine.uefi).then_some(Refusal::NoUefi);
        firmware.into_iter().chain([refusal]).collect::<Vec<_>>()
    })?;
    Ok((disk, Plan::new(answers, machine, disk)?))
}
