//! Where an installation goes on after a failure.

use crate::pure::plan::{Step, StepId};

/// The place in `steps` at which another try begins when the step at `failed` has failed.
///
/// Until something lies in the new filesystem, that is the very first step: a call of UDisks2 that
/// failed may have left a half-made partition, and only the look at the disk in
/// [`Step::CheckDisk`] gives the right to erase it again. Everything later is made so that it can
/// be repeated, save the last looks, which find the same until the system is installed again.
pub(super) fn begins_at(steps: &[Step], failed: usize, something_in_filesystem: bool) -> usize {
    if !something_in_filesystem {
        return 0;
    }
    match steps.get(failed).map(Step::id) {
        Some(StepId::CheckInstallation | StepId::Rehearse) => {
            steps.iter().position(|step| step.id() == StepId::SetPassword).unwrap_or(failed)
        }
        _ => failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps() -> Vec<Step> {
        vec![
            Step::CheckDisk { device: "/dev/sda".to_owned(), title: String::new() },
            Step::CreatePartitionTable { disk: String::new(), device: "/dev/sda".to_owned() },
            Step::CreateSubvolumes { subvolumes: Vec::new() },
            Step::SetPassword { user: "ada".to_owned(), root_too: false },
            Step::InstallSystem { host_name: Some("melt".to_owned()) },
            Step::CheckInstallation,
            Step::CloseTarget { lock: true },
        ]
    }

    #[test]
    fn partitions_are_only_made_again_after_the_disk_was_looked_at_again() {
        let steps = steps();
        for failed in 0..3 {
            assert_eq!(begins_at(&steps, failed, false), 0);
        }
    }

    #[test]
    fn what_is_in_the_filesystem_is_kept() {
        let steps = steps();
        assert_eq!(begins_at(&steps, 2, true), 2);
        assert_eq!(begins_at(&steps, 4, true), 4);
        assert_eq!(begins_at(&steps, 6, true), 6);
    }

    #[test]
    fn a_system_that_is_not_whole_is_installed_again() {
        assert_eq!(begins_at(&steps(), 5, true), 3);
    }
}
