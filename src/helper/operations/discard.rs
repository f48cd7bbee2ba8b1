//! Tells a disk that nothing on it is needed any more.

use super::Operations;
use crate::boundary::command::{Input, Output};
use crate::helper::device::WholeDisk;
use crate::helper::report::Report;
use crate::pure::disk::DiskIdentity;
use crate::pure::plan;
use crate::pure::protocol::Failure;

impl Operations {
    /// The program itself opens the disk exclusively, so that the kernel refuses what came to be used
    /// after the last look.
    pub(super) async fn discard_disk(
        &mut self,
        planned: &DiskIdentity,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let disk = WholeDisk::open(planned, &mut self.lock).await?;
        let command = plan::discard();
        let arguments = disk.resolve(&command);
        let _no_output =
            self.run_resolved(&command, &arguments, Input::Nothing, Output::Lines, report).await?;
        Ok(())
    }
}
