//! What can go wrong with UDisks2, in words.

use zbus::DBusError;

use crate::i18n::{gettext, gettext_f};

const PREFIX: &str = "org.freedesktop.UDisks2.Error.";

/// A failure of UDisks2 or of the way to it.
///
/// [`UdisksError::sentence`] is for the person, [`UdisksError::cause`] for the log, and
/// [`UdisksError::next`] says what the person can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UdisksError {
    /// The system bus or the service can't be reached.
    #[error("UDisks2 can't be reached: {cause}")]
    Unreachable {
        /// What the bus said.
        cause: String,
    },
    /// The service refused a call or failed in it.
    #[error("{name}: {text}")]
    Daemon {
        /// The D-Bus error's name.
        name: String,
        /// The service's own words.
        text: String,
    },
    /// The service answered what it should not.
    #[error("unexpected answer of UDisks2: {cause}")]
    Answer {
        /// What was wrong with the answer.
        cause: String,
    },
    /// The kernel's tables can't be read.
    #[error("can't read the kernel's tables: {cause}")]
    Kernel {
        /// The operating system's words.
        cause: String,
    },
    /// What a call has made did not appear.
    #[error("{what} of {object} did not appear within {seconds} seconds")]
    NotSettled {
        /// The object that was waited on.
        object: String,
        /// What was waited for, such as a property's name.
        what: &'static str,
        /// How long, in seconds.
        seconds: u64,
    },
    /// A call needs what the caller did not give: a passphrase, or a partition that is not made yet.
    #[error("the call needs {what}, which was not given")]
    Incomplete {
        /// What is missing.
        what: String,
    },
}

impl UdisksError {
    /// A lasting word for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "disk-service-unreachable",
            Self::Daemon { .. } if self.is_wrong_passphrase() => "wrong-passphrase",
            Self::Daemon { .. } => match self.kind() {
                "NotAuthorizedDismissed" => "dismissed",
                "NotAuthorized" | "NotAuthorizedCanObtain" => "not-authorised",
                _ => "disk-service-failed",
            },
            Self::Answer { .. } => "disk-service-answer",
            Self::Kernel { .. } => "kernel-tables",
            Self::NotSettled { .. } => "not-settled",
            Self::Incomplete { .. } => "internal",
        }
    }

    /// What went wrong, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Unreachable { .. } => gettext("The disk service UDisks2 can’t be reached."),
            Self::Daemon { .. } if self.is_wrong_passphrase() => {
                gettext("This passphrase does not unlock the new system’s disk.")
            }
            Self::Daemon { text, .. } => match self.kind() {
                "NotAuthorizedDismissed" => gettext("The request for authorisation was dismissed."),
                "NotAuthorized" | "NotAuthorizedCanObtain" => {
                    gettext("This user is not allowed to change the disk.")
                }
                "DeviceBusy" => gettext_f("The disk is in use: {text}", &[("text", text)]),
                "Timedout" => gettext_f("The disk took too long: {text}", &[("text", text)]),
                _ => gettext_f("The disk service reports: {text}", &[("text", text)]),
            },
            Self::Answer { .. } => gettext("The disk service UDisks2 gave an answer that makes no sense."),
            Self::Kernel { .. } => gettext("The kernel’s tables of disks and mounts can’t be read."),
            Self::NotSettled { object, .. } => gettext_f(
                "What was just made on the disk did not appear in time ({object}).",
                &[("object", object)],
            ),
            Self::Incomplete { what } => {
                gettext_f("A step was started too early: {what} is missing.", &[("what", what)])
            }
        }
    }

    /// The technical cause, with the service's own error name and text.
    #[must_use]
    pub fn cause(&self) -> String {
        self.to_string()
    }

    /// Whether UDisks2 did what it was asked for, and then waited in vain for udev to tell of it
    /// (`udisks_daemon_wait_for_object_sync` in `udisksdaemon.c`).
    #[must_use]
    pub fn is_impatience(&self) -> bool {
        matches!(self, Self::Daemon { text, .. } if text.contains("Timed out waiting for object"))
    }

    /// Whether a passphrase unlocks nothing (`bd_crypto_luks_open` in libblockdev's `crypto.c`, which
    /// says so in English alone).
    #[must_use]
    pub fn is_wrong_passphrase(&self) -> bool {
        matches!(self, Self::Daemon { text, .. } if text.contains("Incorrect passphrase"))
    }

    /// What the person can do about it.
    #[must_use]
    pub fn next(&self) -> String {
        match self {
            Self::Unreachable { .. } => {
                gettext("Check that the service runs (“systemctl status udisks2”), then try again.")
            }
            Self::Daemon { .. } if self.is_wrong_passphrase() => gettext(
                "Open Snowmelt again, or call “snowmelt-cli resume”, and type the passphrase that was chosen for this installation.",
            ),
            Self::Daemon { .. } => match self.kind() {
                "NotAuthorizedDismissed" => gettext("Try again and authorise the request."),
                "NotAuthorized" | "NotAuthorizedCanObtain" => {
                    gettext("Log in as a user who may administer this system, then try again.")
                }
                "DeviceBusy" => gettext("Close what uses the disk, then try again."),
                _ => gettext(
                    "Try again. If it fails again, the kernel’s log (“journalctl -k”) says whether the disk has errors.",
                ),
            },
            Self::Answer { .. } | Self::Kernel { .. } | Self::Incomplete { .. } => {
                gettext("Try again. If it fails again, please report it with the log.")
            }
            Self::NotSettled { .. } => gettext(
                "Try again. If it fails again, the kernel’s log (“journalctl -k”) says whether the disk has errors.",
            ),
        }
    }

    /// Whether the person was asked for authorisation and said no.
    #[must_use]
    pub fn is_dismissed(&self) -> bool {
        self.kind() == "NotAuthorizedDismissed"
    }

    /// The last part of UDisks2's own error name, such as `DeviceBusy`
    /// (`udisks_error_entries` in `udiskserror.c`); empty for other errors.
    fn kind(&self) -> &str {
        match self {
            Self::Daemon { name, .. } => name.strip_prefix(PREFIX).unwrap_or_default(),
            _ => "",
        }
    }
}

/// Sorts an error of the bus library, keeping the service's own name and text.
pub(super) fn from_bus(error: zbus::Error) -> UdisksError {
    match error {
        // The bus had systemd start the service, and systemd would not.
        zbus::Error::MethodError(name, text, _) if name.as_str().starts_with("org.freedesktop.systemd1.") => {
            UdisksError::Unreachable { cause: format!("{}: {}", name.as_str(), text.unwrap_or_default()) }
        }
        zbus::Error::MethodError(name, text, _) => {
            UdisksError::Daemon { name: name.to_string(), text: text.unwrap_or_default() }
        }
        zbus::Error::FDO(error) => {
            let name = error.name().to_string();
            let text = error.description().unwrap_or_default().to_owned();
            // These come from the bus itself: the service isn't there, or couldn't be started.
            let from_the_bus = ["ServiceUnknown", "NameHasNoOwner", "NoReply", "Disconnected", "NoServer"]
                .iter()
                .any(|kind| name.strip_prefix("org.freedesktop.DBus.Error.") == Some(kind))
                || name.starts_with("org.freedesktop.DBus.Error.Spawn.");
            if from_the_bus {
                UdisksError::Unreachable { cause: format!("{name}: {text}") }
            } else {
                UdisksError::Daemon { name, text }
            }
        }
        zbus::Error::Connection(..) | zbus::Error::InputOutput(_) | zbus::Error::Handshake(_) => {
            UdisksError::Unreachable { cause: error.to_string() }
        }
        other => UdisksError::Answer { cause: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn daemon(kind: &str) -> UdisksError {
        UdisksError::Daemon {
            name: format!("{PREFIX}{kind}"),
            text: "Error wiping device: Device or resource busy".to_owned(),
        }
    }

    #[test]
    fn the_daemons_words_reach_the_person_and_its_name_the_log() {
        let error = daemon("Failed");
        assert!(error.sentence().contains("Error wiping device: Device or resource busy"));
        assert!(error.cause().starts_with("org.freedesktop.UDisks2.Error.Failed: "));
    }

    #[test]
    fn waiting_in_vain_is_told_from_what_failed() {
        let text = "Error synchronizing after initial wipe: Timed out waiting for object".to_owned();
        assert!(UdisksError::Daemon { name: format!("{PREFIX}Failed"), text }.is_impatience());
        assert!(!daemon("Failed").is_impatience());
    }

    #[test]
    fn a_wrong_passphrase_is_called_one() {
        let text = "Error unlocking /dev/sda3: Failed to activate device: Incorrect passphrase.".to_owned();
        let error = UdisksError::Daemon { name: format!("{PREFIX}Failed"), text };
        assert_eq!(error.code(), "wrong-passphrase");
        assert!(!error.sentence().contains("/dev/sda3"), "{}", error.sentence());
        assert_ne!(error.next(), daemon("Failed").next());
    }

    #[test]
    fn a_dismissed_question_is_told_from_a_refusal() {
        assert!(daemon("NotAuthorizedDismissed").is_dismissed());
        assert!(!daemon("NotAuthorized").is_dismissed());
        assert_ne!(daemon("NotAuthorizedDismissed").next(), daemon("NotAuthorized").next());
    }

    #[test]
    fn a_missing_service_is_unreachable() {
        let error = zbus::Error::FDO(Box::new(zbus::fdo::Error::ServiceUnknown("no such name".to_owned())));
        assert!(
            matches!(from_bus(error), UdisksError::Unreachable { cause } if cause.contains("no such name"))
        );
        let error = zbus::Error::FDO(Box::new(zbus::fdo::Error::InvalidArgs("bad".to_owned())));
        assert!(matches!(from_bus(error), UdisksError::Daemon { text, .. } if text == "bad"));
    }
}
