//! How an installation ends when it doesn't succeed.

use crate::boundary::helper_client::HelperError;
use crate::boundary::udisks::UdisksError;
use crate::i18n::gettext;
use crate::pure::plan::StepId;

/// What the failure means for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskState {
    /// Nothing was written.
    Untouched,
    /// What was on it is lost, and what is on it now does not boot yet.
    Erased,
    /// The system is installed; only what follows the installation failed.
    Installed,
}

impl DiskState {
    /// The sentence for the person.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::Untouched => gettext("Nothing was written to the disk."),
            Self::Erased => gettext("What was on the disk is gone, and the new system is not complete."),
            Self::Installed => gettext("The new system is on the disk."),
        }
    }
}

/// Why an installation ended, at which step, and what it means.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Failure {
    /// The step; `None` when it ended before the first one.
    pub step: Option<StepId>,
    /// A lasting word for scripts.
    pub code: String,
    /// What went wrong, for the person.
    pub sentence: String,
    /// The daemon's or program's own words, for the log.
    pub cause: String,
    /// What to do next.
    pub next: String,
    /// What it means for the disk.
    pub disk: DiskState,
    /// Whether running the installation again, which goes on at this step, may succeed. Until then
    /// the helper stays, with what it has mounted, and the volume stays unlocked. Where this is
    /// false, everything is put away already.
    pub retry: bool,
    /// What could not be put away: still mounted or unlocked, in the words of whoever refused.
    pub left_over: Vec<String>,
}

impl Failure {
    /// The person stopped it.
    pub const CANCELLED: &str = "cancelled";
    /// The person closed the dialog that asks for the administrator's password. At the beginning
    /// that is no failure.
    pub const DISMISSED: &str = "dismissed";

    /// Whether the person said no before anything was written.
    #[must_use]
    pub fn is_no(&self) -> bool {
        self.disk == DiskState::Untouched && matches!(self.code.as_str(), Self::CANCELLED | Self::DISMISSED)
    }

    /// What it means for the disk, in sentences for the person.
    #[must_use]
    pub fn means(&self) -> String {
        let second = match (self.disk, self.retry) {
            (DiskState::Untouched | DiskState::Installed, _) => return self.disk.sentence(),
            (DiskState::Erased, true) => {
                gettext("What was made so far is kept, so that the installation can go on from there.")
            }
            (DiskState::Erased, false) if self.left_over.is_empty() => gettext(
                "Nothing of it is still mounted or unlocked; installing again starts from the beginning.",
            ),
            (DiskState::Erased, false) => gettext("Installing again starts from the beginning."),
        };
        format!("{} {second}", self.disk.sentence())
    }
}

/// Why a step failed, before it is known what that means.
#[derive(Debug)]
pub(super) struct Cause {
    pub(super) code: String,
    pub(super) sentence: String,
    pub(super) cause: String,
    pub(super) next: String,
    /// Whether another try may succeed.
    pub(super) retry: bool,
    /// Whether the helper is of no use any more.
    pub(super) helper_gone: bool,
}

impl From<UdisksError> for Cause {
    fn from(error: UdisksError) -> Self {
        Self {
            code: error.code().to_owned(),
            sentence: error.sentence(),
            cause: error.cause(),
            next: error.next(),
            // Another try has the same passphrase.
            retry: !error.is_wrong_passphrase(),
            helper_gone: false,
        }
    }
}

impl From<HelperError> for Cause {
    fn from(error: HelperError) -> Self {
        let (retry, helper_gone) = match &error {
            HelperError::Failed(failure) => (!failure.reason.is_lasting(), false),
            HelperError::NotStarted { .. }
            | HelperError::Dismissed { .. }
            | HelperError::NotAuthorised { .. }
            | HelperError::Died { .. }
            | HelperError::Unexpected { .. } => (true, true),
        };
        Self {
            code: error.code().to_owned(),
            sentence: error.sentence(),
            cause: error.cause(),
            next: error.next(),
            retry,
            helper_gone,
        }
    }
}

impl Cause {
    pub(super) fn cancelled() -> Self {
        Self {
            code: Failure::CANCELLED.to_owned(),
            sentence: gettext("The installation was cancelled."),
            cause: String::new(),
            next: gettext("Start it again whenever you like."),
            retry: false,
            helper_gone: false,
        }
    }

    pub(super) fn internal(what: &str) -> Self {
        Self {
            code: "internal".to_owned(),
            sentence: gettext("Snowmelt lost track of its own work."),
            cause: what.to_owned(),
            next: gettext("Please report this with the log."),
            retry: false,
            helper_gone: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::protocol;
    use crate::pure::reason::Reason;

    fn failed(reason: Reason) -> Cause {
        HelperError::Failed(protocol::Failure { reason, cause: String::new() }).into()
    }

    #[test]
    fn another_try_is_offered_where_it_may_help_and_a_dead_helper_is_given_up() {
        let program = || "nixos-install".to_owned();
        let failed_program = failed(Reason::ProgramFailed { program: program(), status: Some(1) });
        assert_eq!((failed_program.retry, failed_program.helper_gone), (true, false));
        assert!(!failed(Reason::LiveMedium { device: "/dev/sda".to_owned() }).retry);
        assert!(!failed(Reason::OutOfOrder).retry);
        let died = Cause::from(HelperError::Died { status: "9".to_owned(), words: String::new() });
        assert_eq!((died.retry, died.helper_gone), (true, true));
        assert!(!Cause::cancelled().retry);
    }

    #[test]
    fn what_is_said_of_the_disk_fits_what_is_kept() {
        let mut failure = Failure {
            step: Some(StepId::InstallSystem),
            code: "program-failed".to_owned(),
            sentence: String::new(),
            cause: String::new(),
            next: String::new(),
            disk: DiskState::Erased,
            retry: true,
            left_over: Vec::new(),
        };
        assert!(failure.means().contains("is kept"), "{}", failure.means());
        failure.retry = false;
        assert!(failure.means().contains("Nothing of it is still mounted"), "{}", failure.means());
        failure.left_over.push("busy".to_owned());
        assert!(!failure.means().contains("Nothing of it"), "{}", failure.means());
        failure.disk = DiskState::Untouched;
        assert!(!failure.is_no());
        failure.code = "dismissed".to_owned();
        assert!(failure.is_no());
    }
}
