//! `rollback.nix`

use super::{Devices, shell, systemd};
use crate::pure::layout::{Layout, REHEARSAL};
use crate::pure::nix::{Attrs, Path, Value};
use crate::pure::plan::REHEARSAL_PLACE;

/// The service in the initrd.
const ROLLBACK_SERVICE: &str = "rollback";
/// The service that deletes old roots, and its timer.
const CLEANUP_SERVICE: &str = "old-roots-cleanup";

/// Runs before the root is mounted, so its cost must not depend on what is on the root: two
/// renames and one snapshot, no listing, no deletion.
const ROLLBACK: &str = include_str!("rollback.sh");
/// Deletes old roots, when the system is long up.
const CLEANUP: &str = include_str!("cleanup.sh");

pub(super) fn value(layout: &Layout, devices: &Devices) -> Value {
    let device = devices.filesystem_path(layout);
    let attrs = Attrs::new()
        .explain(
            &["The default since NixOS 26.05, and what the service below is for."],
            "boot.initrd.systemd.enable",
            true,
        )
        .explain(
            &[
                "Moves the root aside, as old-roots/DATE at the top level of the filesystem, and puts a",
                "snapshot of root-blank into its place. The power may go at any moment: whatever is left",
                "then, the next boot comes up with a root.",
            ],
            Path::from("boot.initrd.systemd.services").key(ROLLBACK_SERVICE),
            rollback_service(layout, &device),
        )
        .explain(
            &[
                "Deletes old roots after 14 days; the latest one always stays. To look into them, mount",
                "the device below with -o subvolid=5.",
            ],
            Path::from("systemd.services").key(CLEANUP_SERVICE),
            cleanup_service(&device),
        )
        .set(
            Path::from("systemd.timers").key(CLEANUP_SERVICE),
            Attrs::new()
                .set("wantedBy", Value::list(["timers.target"]))
                .set("timerConfig.OnBootSec", "15min")
                .set("timerConfig.OnUnitActiveSec", "1d"),
        );
    Value::function(&["pkgs"], attrs)
}

fn rollback_service(layout: &Layout, device: &str) -> Attrs {
    let device_unit = systemd::device_unit(device);
    let unlock = layout.volume_name.as_ref();
    let unlock = unlock.map(|name| format!("systemd-cryptsetup@{}.service", systemd::escape(name)));
    let resume = "local-fs-pre.target".to_owned();
    let after = [Some(device_unit.clone()), unlock, Some(resume)].into_iter().flatten();
    Attrs::new()
        .set("description", "Roll the root back to its blank snapshot")
        .explain(
            &[
                "Not requiredBy: when it fails, a system on the old root is better than none. The failure",
                "is shown on the console, and in the journal.",
            ],
            "wantedBy",
            Value::list(["initrd.target"]),
        )
        .set("requires", Value::list([device_unit.as_str()]))
        .explain(
            &[
                "local-fs-pre.target comes after the attempt to resume from hibernation. A rollback",
                "before it would change the filesystem under the system that wakes up.",
            ],
            "after",
            Value::list(after),
        )
        .set("before", Value::list(["sysroot.mount"]))
        .set("unitConfig.DefaultDependencies", false)
        .explain(
            &["Should the initrd be run through again, the root in use must not be moved."],
            "unitConfig.ConditionPathIsMountPoint",
            "!/sysroot",
        )
        .set("serviceConfig.Type", "oneshot")
        .set("serviceConfig.RemainAfterExit", true)
        .set("serviceConfig.StandardError", "journal+console")
        .set("script", script(device, ROLLBACK))
}

/// The same script for copies of the root and the blank snapshot, which are below the subvolume
/// [`REHEARSAL`] as the originals are at the top level. The device is its argument.
#[must_use]
pub fn rehearsal() -> String {
    let script = ROLLBACK.replacen("subvolid=5", &format!("subvol={REHEARSAL}"), 1).replacen(
        "top=/run/rollback",
        &format!("top={REHEARSAL_PLACE}"),
        1,
    );
    format!("device=$1\n{script}")
}

fn cleanup_service(device: &str) -> Attrs {
    Attrs::new()
        .set("description", "Delete old roots")
        .set("path", Value::list([Value::Raw("pkgs.btrfs-progs"), Value::Raw("pkgs.util-linux")]))
        .set("serviceConfig.Type", "oneshot")
        .explain(&["The mount in the script is seen by nobody else."], "serviceConfig.PrivateMounts", true)
        .set("serviceConfig.CPUSchedulingPolicy", "idle")
        .set("serviceConfig.IOSchedulingClass", "idle")
        .set("script", script(device, CLEANUP))
}

fn script(device: &str, text: &str) -> Value {
    Value::Lines(format!("device={}\n{text}", shell::word(device)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rehearsed_script_differs_in_its_places_only() {
        let script = rehearsal();
        let changed: Vec<&str> = script
            .lines()
            .skip(1)
            .zip(ROLLBACK.lines())
            .filter(|(one, other)| one != other)
            .map(|(one, _)| one)
            .collect();
        assert_eq!(
            changed,
            ["top=/mnt/rehearsal", "mount -t btrfs -o subvol=rehearsal \"$device\" \"$top\""]
        );
        assert_eq!(script.lines().count(), ROLLBACK.lines().count() + 1);
    }
}
