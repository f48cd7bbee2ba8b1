//! How what was on a disk is made unreadable before the new system comes, beyond what the new system
//! writes over, and what a disk can do of it.

use serde::{Deserialize, Serialize};

use super::disk::Disk;
use crate::i18n::{gettext, gettext_f, ngettext_f};

/// What a disk that turns writes at least, in bytes a minute: 100 MB a second. Flash is faster.
const PACE: u64 = 60 * 100_000_000;
/// The time for which UDisks2 gives this many minutes is 508 minutes and more
/// (`SecurityEraseUnitMinutes`).
const UNCOUNTED: u32 = 510;

/// How the whole disk is erased first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Erasure {
    /// Not at all.
    #[default]
    None,
    /// The disk is told that nothing on it is needed any more: discard, also called TRIM or UNMAP.
    Discard,
    /// Zeros are written over all of it.
    Overwrite,
    /// The disk erases itself by a command of its own, [`OwnErasure`].
    Firmware,
}

impl Erasure {
    /// All of them, the quickest first.
    pub const ALL: [Self; 4] = [Self::None, Self::Discard, Self::Overwrite, Self::Firmware];
}

/// The command by which a disk erases itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "command")]
pub enum OwnErasure {
    /// ATA's SECURITY ERASE UNIT.
    Ata {
        /// How many minutes it takes, by the disk's own word.
        minutes: u32,
    },
    /// NVMe's Format NVM, with the user data erased. It doesn't say how long it takes.
    Nvme,
}

/// What a disk can do. To be written over, every disk can.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Erasable {
    /// It takes note of what is not needed any more (`queue/discard_max_bytes` in sysfs).
    pub discard: bool,
    /// It can erase itself, and nothing forbids it to.
    pub own: Option<OwnErasure>,
}

impl Erasable {
    /// Whether it can be erased so.
    #[must_use]
    pub fn can(self, erasure: Erasure) -> bool {
        match erasure {
            Erasure::None | Erasure::Overwrite => true,
            Erasure::Discard => self.discard,
            Erasure::Firmware => self.own.is_some(),
        }
    }
}

/// How many minutes it takes to erase this disk so, as far as it can be told; 0 is less than one.
#[must_use]
pub fn minutes(erasure: Erasure, disk: &Disk) -> Option<u32> {
    match (erasure, disk.erasable.own) {
        (Erasure::None | Erasure::Discard, _) => Some(0),
        (Erasure::Overwrite, _) => Some(u32::try_from(disk.identity.size.div_ceil(PACE)).unwrap_or(u32::MAX)),
        (Erasure::Firmware, Some(OwnErasure::Ata { minutes })) => Some(minutes),
        (Erasure::Firmware, Some(OwnErasure::Nvme) | None) => None,
    }
}

/// What it does, and how long it takes on this disk, for the person.
#[must_use]
pub fn about(erasure: Erasure, disk: &Disk) -> String {
    let told = what_it_does(erasure, disk);
    match (erasure, disk.erasable.own) {
        // ATA has a password set before it, which goes when the disk is done (ATA8-ACS, 7.43; UDisks2,
        // `src/udiskslinuxdriveata.c`).
        (Erasure::Firmware, Some(OwnErasure::Ata { .. })) => {
            let warning = gettext(
                "Keep the computer switched on until then: a disk that is interrupted may stay locked.",
            );
            format!("{told} {warning}")
        }
        _ => told,
    }
}

fn what_it_does(erasure: Erasure, disk: &Disk) -> String {
    match (erasure, minutes(erasure, disk)) {
        (Erasure::None, _) => gettext(
            "The new system writes over a part of the disk only. What was on the rest could be brought back with special tools.",
        ),
        (Erasure::Discard, _) => gettext(
            "The disk is told that nothing on it is needed any more, which takes seconds. Most disks then give nothing of it back, but none has to.",
        ),
        (Erasure::Overwrite, minutes) => gettext_f(
            "Zeros are written over the whole disk ({time} at most). Flash keeps copies here and there that this does not reach.",
            &[("time", &words(minutes.unwrap_or_default()))],
        ),
        (Erasure::Firmware, Some(minutes)) if minutes >= UNCOUNTED => gettext(
            "The disk erases itself, also where nothing else reaches (more than 8 hours, by its own word). It can’t be stopped in the meantime.",
        ),
        (Erasure::Firmware, Some(minutes)) => gettext_f(
            "The disk erases itself, also where nothing else reaches ({time}, by its own word). It can’t be stopped in the meantime.",
            &[("time", &words(minutes))],
        ),
        (Erasure::Firmware, None) => gettext(
            "The disk erases itself, also where nothing else reaches (most disks within minutes). It can’t be stopped in the meantime.",
        ),
    }
}

/// A time in whole minutes, or in whole hours where it is long.
fn words(minutes: u32) -> String {
    let minutes = minutes.max(1);
    if minutes < 120 {
        // Translators: How long something takes, in brackets.
        return ngettext_f("{count} minute", "{count} minutes", minutes, &[("count", &minutes.to_string())]);
    }
    let hours = minutes.div_ceil(60);
    ngettext_f("{count} hour", "{count} hours", hours, &[("count", &hours.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::disk::fixture::plain_disk;

    fn disk(size: u64, erasable: Erasable) -> Disk {
        Disk { erasable, ..plain_disk(size) }
    }

    #[test]
    fn a_disk_can_do_what_it_says_and_be_written_over() {
        let own = Some(OwnErasure::Nvme);
        for (erasable, can) in [
            (Erasable::default(), [true, false, true, false]),
            (Erasable { discard: true, own: None }, [true, true, true, false]),
            (Erasable { discard: false, own }, [true, false, true, true]),
        ] {
            assert_eq!(Erasure::ALL.map(|erasure| erasable.can(erasure)), can, "{erasable:?}");
        }
    }

    #[test]
    fn how_long_it_takes_is_told_in_minutes_and_in_hours() {
        let told = |size, own| {
            let disk = disk(size, Erasable { discard: true, own });
            [about(Erasure::Overwrite, &disk), about(Erasure::Firmware, &disk)]
        };
        let [overwrite, firmware] = told(4_000_000_000_000, Some(OwnErasure::Ata { minutes: 2 }));
        assert!(overwrite.contains("(12 hours at most)"), "{overwrite}");
        assert!(firmware.contains("(2 minutes,") && firmware.contains("may stay locked"), "{firmware}");
        assert!(!overwrite.contains("may stay locked"), "{overwrite}");
        let [overwrite, firmware] = told(1_000_000, Some(OwnErasure::Ata { minutes: 510 }));
        assert!(overwrite.contains("(1 minute at most)"), "{overwrite}");
        assert!(firmware.contains("more than 8 hours"), "{firmware}");
        let [overwrite, firmware] = told(500_000_000_000, Some(OwnErasure::Nvme));
        assert!(overwrite.contains("(84 minutes at most)"), "{overwrite}");
        assert!(firmware.contains("within minutes") && !firmware.contains("may stay locked"), "{firmware}");
    }
}
