//! Whether an entry belongs to the system that was chosen.

use super::entry::{Entry, When};
use crate::pure::answers::{Desktop, SystemAnswers};

/// How an entry stands to the system that will be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// The system has what it keeps.
    Used,
    /// The answers don't tell: it depends on the machine, or on what its owner turns on later.
    Possible,
    /// The system comes without it. To choose it nevertheless does no harm: its directories are
    /// empty until something uses them.
    Unused,
}

/// How `entry` stands to the system of these answers.
#[must_use]
pub fn fit(entry: &Entry, system: &SystemAnswers) -> Fit {
    let is_used = match entry.when {
        When::Hardware | When::Later => return Fit::Possible,
        When::Always => true,
        When::Ssh => system.ssh,
        When::Desktop => system.desktop != Desktop::None,
        When::Gnome => system.desktop == Desktop::Gnome,
        When::Plasma => system.desktop == Desktop::Plasma,
        When::Xfce => system.desktop == Desktop::Xfce,
        When::Printing => system.printing,
        When::Bluetooth => system.bluetooth,
        When::Flatpak => system.flatpak,
        When::FirmwareUpdates => system.firmware_updates,
    };
    if is_used { Fit::Used } else { Fit::Unused }
}
