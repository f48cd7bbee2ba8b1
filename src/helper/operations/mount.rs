//! Mounting the new system.

use std::io;

use super::Operations;
use crate::boundary::block::Kernel;
use crate::helper::failure;
use crate::helper::report::Report;
use crate::pure::layout::Subvolume;
use crate::pure::plan;
use crate::pure::protocol::Failure;
use crate::pure::reason::Reason;

impl Operations {
    pub(super) async fn mount_target(
        &mut self,
        subvolumes: &[Subvolume],
        compression_level: Option<i8>,
        memory_root: Option<u64>,
        report: &mut Report,
    ) -> Result<(), Failure> {
        self.check_target_is_free()?;
        self.mounted = true;
        self.run_all(&plan::mount_target(subvolumes, compression_level, memory_root), report).await
    }

    /// Refuses when something is mounted at the target, or it is a link that leads elsewhere.
    pub(super) fn check_target_is_free(&self) -> Result<(), Failure> {
        let target = &self.surroundings.target;
        let taken =
            |cause: String| failure(Reason::TargetTaken { target: target.display().to_string() }, cause);
        match target.symlink_metadata() {
            Ok(metadata) if !metadata.is_dir() => return Err(taken("it is not a directory".to_owned())),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(taken(error.to_string())),
            _ => {}
        }
        match self.mounted_below_target() {
            Ok(places) if places.is_empty() => Ok(()),
            Ok(places) => Err(taken(format!("mounted there: {}", places.join(", ")))),
            Err(error) => Err(taken(error.to_string())),
        }
    }

    /// The mountpoints at and below the target, in the order in which they were mounted.
    pub(super) fn mounted_below_target(&self) -> io::Result<Vec<String>> {
        let target = &self.surroundings.target;
        let mounts = Kernel::read()?.mounts;
        let places = mounts.into_iter().map(|mount| mount.mountpoint);
        Ok(places.filter(|place| std::path::Path::new(place).starts_with(target)).collect())
    }
}
