//! Subvolumes and their blank snapshots.

use std::ffi::OsString;
use std::iter;
use std::path::Path;

use super::{Operations, file_failed};
use crate::helper::failure;
use crate::helper::report::Report;
use crate::pure::layout::{Replaced, Subvolume};
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
        let mut commands = plan::create_subvolumes(subvolumes).into_iter();
        if let Some(mount) = commands.next() {
            self.run(&mount, report).await?;
        }
        // Another try finds those that were made before.
        let there = self.names_in("")?;
        let names = subvolumes.iter().map(|each| Some(&each.name)).chain(iter::repeat(None));
        for (command, name) in commands.zip(names) {
            if name.is_none_or(|name| !there.iter().any(|other| other == name.as_str())) {
                self.run(&command, report).await?;
            }
        }
        self.mounted = false;
        Ok(())
    }

    pub(super) async fn take_blank_snapshot(
        &mut self,
        replaced: &[Replaced],
        report: &mut Report,
    ) -> Result<(), Failure> {
        self.check_target_is_free()?;
        self.mounted = true;
        let mut commands = plan::take_blank_snapshot(replaced).into_iter();
        // The first one mounts the top level; only then is anything there to be looked at.
        if let Some(mount) = commands.next() {
            self.run(&mount, report).await?;
        }
        for (command, each) in commands.zip(replaced.iter().map(Some).chain(iter::repeat(None))) {
            if let Some(each) = each {
                self.check_is_empty(*each)?;
                // Another try finds the one that was taken before.
                if self.names_in("")?.iter().any(|name| name == each.blank()) {
                    continue;
                }
            }
            self.run(&command, report).await?;
        }
        self.mounted = false;
        Ok(())
    }

    fn check_is_empty(&self, replaced: Replaced) -> Result<(), Failure> {
        match self.names_in(replaced.subvolume())?.first() {
            None => Ok(()),
            Some(name) => Err(failure(Reason::RootNotBlank, format!("{} is in it", name.display()))),
        }
    }

    /// What is in a directory of the top level, which is mounted.
    fn names_in(&self, directory: &str) -> Result<Vec<OsString>, Failure> {
        let names = self.target()?.names(Path::new(directory));
        Ok(names.map_err(|error| file_failed(directory, error))?.unwrap_or_default())
    }
}
