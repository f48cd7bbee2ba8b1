//! Subvolumes and the blank snapshot.

use std::path::Path;

use super::{Operations, file_failed};
use crate::helper::failure;
use crate::helper::report::Report;
use crate::pure::layout::{ROOT_SUBVOLUME, Subvolume};
use crate::pure::plan;
use crate::pure::protocol::Failure;
use crate::pure::reason::Reason;

impl Operations {
    pub(super) async fn create_subvolumes(
        &mut self,
        subvolumes: &[Subvolume],
        report: &mut Report,
    ) -> Result<(), Failure> {
        self.check_target_is_free()?;
        self.mounted = true;
        self.run_all(&plan::create_subvolumes(subvolumes), report).await?;
        self.mounted = false;
        Ok(())
    }

    pub(super) async fn take_blank_snapshot(&mut self, report: &mut Report) -> Result<(), Failure> {
        self.check_target_is_free()?;
        self.mounted = true;
        for (place, command) in plan::take_blank_snapshot().iter().enumerate() {
            // The first one mounts the top level; only then is the root there to be looked at.
            if place == 1 {
                self.check_root_is_empty()?;
            }
            self.run(command, report).await?;
        }
        self.mounted = false;
        Ok(())
    }

    fn check_root_is_empty(&self) -> Result<(), Failure> {
        let names = self.target()?.names(Path::new(ROOT_SUBVOLUME));
        let names = names.map_err(|error| file_failed(ROOT_SUBVOLUME, error))?.unwrap_or_default();
        match names.first() {
            None => Ok(()),
            Some(name) => Err(failure(Reason::RootNotBlank, format!("{} is in it", name.display()))),
        }
    }
}
