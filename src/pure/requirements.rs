//! What a machine must have for an installation, checked against what it has now.

use super::disk::Disk;
use super::refusal::unusable;
use super::size::{self, GIB, MIB};
use crate::i18n::{gettext, gettext_f, ngettext_f};

/// Memory in bytes below which building a system fails or freezes the live session. A machine with
/// 2 GB, some of it the graphics’, has more.
pub const SMALLEST_MEMORY: u64 = 1536 * MIB;
/// Memory in bytes from which an installation goes smoothly: what a machine with 4 GB has.
pub const GOOD_MEMORY: u64 = 3584 * MIB;
/// A battery that has less than this, in percent, may not last for an installation.
const LOW_BATTERY: u8 = 40;

/// What is known of the machine at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Whether it was started by UEFI firmware.
    pub uefi: bool,
    /// Memory in bytes.
    pub memory: u64,
    /// What it runs on.
    pub power: Power,
    /// What it reaches.
    pub network: Network,
    /// What it could be installed on.
    pub disks: Disks,
}

/// What the machine runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// Nobody has answered yet.
    Looking,
    /// Nobody knows, as on a machine without UPower. It says nothing against an installation.
    Unknown,
    /// The mains.
    Mains,
    /// A battery.
    Battery {
        /// What is left in it, where that is known.
        percent: Option<u8>,
    },
}

/// What the machine reaches, by NetworkManager's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Nobody has answered yet.
    Looking,
    /// There is no NetworkManager to ask.
    Unknown,
    /// Nothing.
    Offline,
    /// A connection is being made.
    Connecting,
    /// A page that wants a login before anything else.
    Portal,
    /// A network, but not the internet.
    Limited,
    /// The internet.
    Online,
}

/// What the machine could be installed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disks {
    /// The list of disks is not there yet.
    Looking,
    /// The disk service can't be reached.
    Unreachable,
    /// The list is there.
    Seen {
        /// How many disks can be used and are large enough.
        fitting: usize,
        /// Size in bytes of the largest disk that can be used, 0 without one.
        largest: u64,
        /// Size in bytes that the smallest disk must have.
        needed: u64,
    },
}

impl Disks {
    /// Counts the disks that can be used and have at least `needed` bytes.
    #[must_use]
    pub fn seen(disks: &[Disk], needed: u64) -> Self {
        let usable = || disks.iter().filter(|disk| unusable(disk).is_empty()).map(|disk| disk.identity.size);
        Self::Seen {
            fitting: usable().filter(|size| *size >= needed).count(),
            largest: usable().max().unwrap_or_default(),
            needed,
        }
    }
}

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// How the machine was started.
    Firmware,
    /// Memory.
    Memory,
    /// A disk to install on.
    Disk,
    /// The network.
    Network,
    /// Mains or battery.
    Power,
}

/// How it stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Fine.
    Fine,
    /// Not known yet.
    Looking,
    /// An installation may fail, or can't be finished as things are.
    Warning,
    /// There can be no installation.
    Blocking,
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub subject: Subject,
    /// How it stands.
    pub state: State,
    /// What it is about, in a word or two.
    pub title: String,
    /// How it stands, in one sentence.
    pub sentence: String,
    /// What to do about it, where there is anything to do.
    pub next: Option<String>,
}

/// Checks everything, in a lasting order.
#[must_use]
pub fn checks(facts: &Facts) -> Vec<Check> {
    vec![
        firmware(facts.uefi),
        memory(facts.memory),
        disk(facts.disks),
        network(facts.network),
        power(facts.power),
    ]
}

/// The worst of all states.
#[must_use]
pub fn worst(checks: &[Check]) -> State {
    checks.iter().map(|check| check.state).max().unwrap_or(State::Fine)
}

fn firmware(uefi: bool) -> Check {
    let (state, sentence, next) = if uefi {
        (State::Fine, gettext("Started by UEFI firmware."), None)
    } else {
        (
            State::Blocking,
            gettext("This computer was not started in UEFI mode, which the new system needs."),
            Some(gettext(
                "Restart, turn UEFI boot on in the firmware’s settings, and start the live system again.",
            )),
        )
    };
    Check { subject: Subject::Firmware, state, title: gettext("Firmware"), sentence, next }
}

fn memory(memory: u64) -> Check {
    let shown = size::show(memory);
    let values = [("size", shown.as_str())];
    let (state, sentence, next) = if memory < SMALLEST_MEMORY {
        (
            State::Blocking,
            gettext_f("{size} of memory are too little: building the new system takes 2 GB.", &values),
            Some(gettext("Put more memory in, or give the virtual machine more.")),
        )
    } else if memory < GOOD_MEMORY {
        (
            State::Warning,
            gettext_f("{size} of memory are enough for a small system only.", &values),
            Some(gettext("Close other programs during the installation.")),
        )
    } else {
        (State::Fine, gettext_f("{size} of memory.", &values), None)
    };
    Check { subject: Subject::Memory, state, title: gettext("Memory"), sentence, next }
}

fn disk(disks: Disks) -> Check {
    let (state, sentence, next) = match disks {
        Disks::Looking => (State::Looking, gettext("Looking for disks…"), None),
        Disks::Unreachable => (
            State::Blocking,
            gettext("The disk service UDisks2 can’t be reached."),
            Some(gettext("Check that the service runs (“systemctl status udisks2”), then try again.")),
        ),
        Disks::Seen { fitting: 0, largest: 0, .. } => (
            State::Blocking,
            gettext("There is no disk that can be used."),
            Some(gettext("Plug a disk in: it is noticed at once.")),
        ),
        Disks::Seen { fitting: 0, largest, needed } => (
            State::Blocking,
            gettext_f(
                "The largest disk that can be used has {size}; {needed} are needed.",
                &[("size", &size::show(largest)), ("needed", &size::show(needed))],
            ),
            Some(gettext("Plug a larger disk in: it is noticed at once.")),
        ),
        Disks::Seen { fitting, .. } => {
            let count = u32::try_from(fitting).unwrap_or(u32::MAX);
            let sentence = ngettext_f(
                "{count} disk is large enough.",
                "{count} disks are large enough.",
                count,
                &[("count", &count.to_string())],
            );
            (State::Fine, sentence, None)
        }
    };
    Check { subject: Subject::Disk, state, title: gettext("Disk"), sentence, next }
}

fn network(network: Network) -> Check {
    let connect = || Some(gettext("Connect to a network in the system’s menu."));
    let (state, sentence, next) = match network {
        Network::Looking => (State::Looking, gettext("Looking for a network…"), None),
        Network::Unknown => (
            State::Warning,
            gettext("Whether there is a network can’t be told: NetworkManager does not answer."),
            Some(gettext("Make sure that this computer is online: the new system is downloaded.")),
        ),
        Network::Offline => (
            State::Warning,
            gettext("This computer is not connected, and the new system is downloaded."),
            connect(),
        ),
        Network::Connecting => (State::Looking, gettext("Connecting…"), None),
        Network::Portal => (
            State::Warning,
            gettext("The network wants a login before it lets anything through."),
            Some(gettext("Open a web page in a browser and log in there.")),
        ),
        Network::Limited => (
            State::Warning,
            gettext("There is a network, but it does not reach the internet."),
            Some(gettext("Check the router, or connect to another network.")),
        ),
        Network::Online => (State::Fine, gettext("Connected."), None),
    };
    Check { subject: Subject::Network, state, title: gettext("Network"), sentence, next }
}

fn power(power: Power) -> Check {
    let plug_in = || Some(gettext("Plug the power supply in."));
    let (state, sentence, next) = match power {
        Power::Looking => (State::Looking, gettext("Looking for the power supply…"), None),
        Power::Unknown => (State::Fine, gettext("No battery is known of."), None),
        Power::Mains => (State::Fine, gettext("Runs on mains power."), None),
        Power::Battery { percent: Some(percent) } if percent < LOW_BATTERY => (
            State::Warning,
            gettext_f(
                // xgettext:no-c-format
                "Runs on a battery with {percent} % left, which may not last.",
                &[("percent", &percent.to_string())],
            ),
            plug_in(),
        ),
        Power::Battery { percent: Some(percent) } => (
            State::Warning,
            // xgettext:no-c-format
            gettext_f("Runs on a battery with {percent} % left.", &[("percent", &percent.to_string())]),
            plug_in(),
        ),
        Power::Battery { percent: None } => (State::Warning, gettext("Runs on a battery."), plug_in()),
    };
    Check { subject: Subject::Power, state, title: gettext("Power"), sentence, next }
}

/// Size in bytes that a disk must have at the least, by the answers that Snowmelt begins with.
pub const SMALLEST_DISK: u64 = super::layout::SMALLEST_VOLUME + super::answers::DEFAULT_ESP_SIZE + GIB;

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Facts {
        Facts {
            uefi: true,
            memory: 16 * GIB,
            power: Power::Mains,
            network: Network::Online,
            disks: Disks::Seen { fitting: 1, largest: 500 * GIB, needed: SMALLEST_DISK },
        }
    }

    fn state(facts: &Facts, subject: Subject) -> State {
        checks(facts).into_iter().find(|check| check.subject == subject).unwrap().state
    }

    #[test]
    fn a_good_machine_has_nothing_to_mend() {
        let checks = checks(&good());
        assert_eq!(worst(&checks), State::Fine);
        assert!(checks.iter().all(|check| check.next.is_none() && !check.sentence.contains('{')));
    }

    #[test]
    fn whatever_is_not_fine_says_what_to_do() {
        let mut all = Vec::new();
        for memory in [0, SMALLEST_MEMORY, u64::MAX] {
            for uefi in [true, false] {
                all.push(Facts { memory, uefi, ..good() });
            }
        }
        use Network::*;
        all.extend(
            [Looking, Unknown, Offline, Connecting, Portal, Limited]
                .map(|network| Facts { network, ..good() }),
        );
        let powers = [Power::Looking, Power::Unknown]
            .into_iter()
            .chain([None, Some(0), Some(90)].map(|percent| Power::Battery { percent }));
        all.extend(powers.map(|power| Facts { power, ..good() }));
        let none = Disks::Seen { fitting: 0, largest: 0, needed: GIB };
        let small = Disks::Seen { fitting: 0, largest: GIB, needed: 8 * GIB };
        all.extend([Disks::Looking, Disks::Unreachable, none, small].map(|disks| Facts { disks, ..good() }));
        for facts in all {
            for check in checks(&facts) {
                assert_eq!(check.next.is_some(), check.state >= State::Warning, "{check:?}");
                assert!(!check.sentence.is_empty() && !check.sentence.contains(['{', '}']), "{check:?}");
            }
        }
    }

    #[test]
    fn two_gigabytes_of_memory_warn_and_one_is_too_little() {
        let memory = |memory| state(&Facts { memory, ..good() }, Subject::Memory);
        assert_eq!(memory(GIB), State::Blocking);
        // As the kernel of a machine with 2 GB and shared graphics counts.
        assert_eq!(memory(1900 * MIB), State::Warning);
        assert_eq!(memory(3800 * MIB), State::Fine);
    }

    #[test]
    fn only_what_can_never_work_blocks() {
        assert_eq!(state(&Facts { uefi: false, ..good() }, Subject::Firmware), State::Blocking);
        assert_eq!(state(&Facts { network: Network::Offline, ..good() }, Subject::Network), State::Warning);
        let power = Power::Battery { percent: Some(3) };
        assert_eq!(state(&Facts { power, ..good() }, Subject::Power), State::Warning);
        assert_eq!(state(&Facts { power: Power::Unknown, ..good() }, Subject::Power), State::Fine);
        let disks = Disks::seen(&[], SMALLEST_DISK);
        assert_eq!(state(&Facts { disks, ..good() }, Subject::Disk), State::Blocking);
    }
}
