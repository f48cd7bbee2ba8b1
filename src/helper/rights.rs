//! The rights of root that the helper and all that it runs do without.

use rustix::io::Errno;
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, remove_capability_from_bounding_set, set_capabilities,
};

/// What no installation needs, by capabilities(7): it changes neither the kernel that runs nor its
/// clock, log, audit or security modules, starts nothing anew, and looks into nobody. All else Nix, a
/// boot loader's installation or the new system's activation may need.
const UNNEEDED: [CapabilitySet; 16] = [
    CapabilitySet::AUDIT_CONTROL,
    CapabilitySet::AUDIT_READ,
    CapabilitySet::BLOCK_SUSPEND,
    CapabilitySet::BPF,
    CapabilitySet::CHECKPOINT_RESTORE,
    CapabilitySet::MAC_ADMIN,
    CapabilitySet::MAC_OVERRIDE,
    CapabilitySet::NET_BROADCAST,
    CapabilitySet::NET_RAW,
    CapabilitySet::PERFMON,
    CapabilitySet::SYSLOG,
    CapabilitySet::SYS_BOOT,
    CapabilitySet::SYS_MODULE,
    CapabilitySet::SYS_PACCT,
    CapabilitySet::SYS_TIME,
    CapabilitySet::WAKE_ALARM,
];

/// Gives them up for every program that is started from now on, itself included when it starts itself
/// again. A kernel that does not know one of them has nothing to give up.
pub(super) fn give_up() -> Result<(), Errno> {
    for unneeded in UNNEEDED {
        match remove_capability_from_bounding_set(unneeded) {
            Ok(()) | Err(Errno::INVAL) => {}
            Err(error) => return Err(error),
        }
    }
    // What is inheritable would come back.
    let held = capabilities(None)?;
    set_capabilities(None, CapabilitySets { inheritable: CapabilitySet::empty(), ..held })
}
