//! `rollback.nix`

use super::{Devices, shell, systemd};
use crate::pure::answers::{Answers, OldRoots};
use crate::pure::layout::{Layout, REHEARSAL, Replaced};
use crate::pure::nix::{Attrs, Path, Value};
use crate::pure::plan::REHEARSAL_PLACE;

/// The services in the initrd.
const ROLLBACK_SERVICE: &str = "rollback";
const HOME_SERVICE: &str = "rollback-home";
/// The entry of the boot menu that leaves them out, and the kernel parameter by which they know. A
/// dot in it keeps it from systemd and from the first program's arguments: the kernel takes it for a
/// module's (kernel-command-line(7)).
const KEEP_ENTRY: &str = "keep-root-once";
const SKIP_PARAMETER: &str = "rollback.skip";
/// The service that deletes old roots, and its timer.
const CLEANUP_SERVICE: &str = "old-roots-cleanup";

/// Runs before the root is mounted, so its cost must not depend on what is on the root: two
/// renames and one snapshot, no listing, no deletion.
const ROLLBACK: &str = include_str!("rollback.sh");
/// Deletes old roots, when the system is long up.
const CLEANUP: &str = include_str!("cleanup.sh");
/// Which of them, by when they were in use or by their place among the others.
const OLD_BY_AGE: &str = include_str!("old-by-age.sh");
const OLD_BY_NUMBER: &str = include_str!("old-by-number.sh");

pub(super) fn value(answers: &Answers, layout: &Layout, devices: &Devices) -> Value {
    let device = devices.filesystem_path(layout);
    let root = &answers.root;
    let mut attrs = Attrs::new().explain(
        &["The default since NixOS 26.05, and what the service below is for."],
        "boot.initrd.systemd.enable",
        true,
    );
    for replaced in &layout.replaced {
        let (service, about): (&str, &[&str]) = match replaced {
            Replaced::Root => (
                ROLLBACK_SERVICE,
                &[
                    "Moves the root aside, as old-roots/DATE at the top level of the filesystem, and puts a",
                    "snapshot of root-blank into its place. The power may go at any moment: whatever is left",
                    "then, the next boot comes up with a root.",
                ],
            ),
            Replaced::Home => (
                HOME_SERVICE,
                &[
                    "The same for /home, with home-blank and old-homes. To keep /home as it is, remove this",
                    "service and what persistence.nix has of the user.",
                ],
            ),
        };
        attrs = attrs.explain(
            about,
            Path::from("boot.initrd.systemd.services").key(service),
            rollback_service(*replaced, root.keep_once, layout, &device),
        );
    }
    if root.keep_once {
        attrs = attrs.explain(
            &[
                "An entry of the boot menu that keeps the root this once: the services above see the",
                "kernel parameter. It shares the kernel and all else, and costs a second evaluation at each",
                "rebuild; remove it to do without.",
            ],
            Path::from("specialisation").key(KEEP_ENTRY).key("configuration").key("boot").key("kernelParams"),
            Value::list([SKIP_PARAMETER]),
        );
    }
    let attrs = attrs
        .explain(
            match root.old_roots {
                OldRoots::Days(_) => &[
                    "Deletes old roots when so many days have passed; the latest one always stays. To look",
                    "into them, mount the device below with -o subvolid=5.",
                ],
                OldRoots::Count(_) => &[
                    "Deletes old roots but the latest so many. To look into them, mount the device below",
                    "with -o subvolid=5.",
                ],
            },
            Path::from("systemd.services").key(CLEANUP_SERVICE),
            cleanup_service(root.old_roots, layout, &device),
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

fn rollback_service(replaced: Replaced, may_skip: bool, layout: &Layout, device: &str) -> Attrs {
    let device_unit = systemd::device_unit(device);
    let unlock = layout.volume_name.as_ref();
    let unlock = unlock.map(|name| format!("systemd-cryptsetup@{}.service", systemd::escape(name)));
    let resume = "local-fs-pre.target".to_owned();
    let after = [Some(device_unit.clone()), unlock, Some(resume)].into_iter().flatten();
    let description = match replaced {
        Replaced::Root => "Roll the root back to its blank snapshot",
        Replaced::Home => "Roll /home back to its blank snapshot",
    };
    Attrs::new()
        .set("description", description)
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
        .set_some("unitConfig.ConditionKernelCommandLine", may_skip.then(|| format!("!{SKIP_PARAMETER}")))
        .set("serviceConfig.Type", "oneshot")
        .set("serviceConfig.RemainAfterExit", true)
        .set("serviceConfig.StandardError", "journal+console")
        .set("script", script(device, &format!("name={}\n{ROLLBACK}", replaced.subvolume())))
}

/// The same script for copies of what is replaced and of its blank snapshot, which are below the
/// subvolume [`REHEARSAL`] as the originals are at the top level. The device is its argument.
#[must_use]
pub fn rehearsal(replaced: Replaced) -> String {
    let script = ROLLBACK.replacen("subvolid=5", &format!("subvol={REHEARSAL}"), 1).replacen(
        "top=/run/rollback-$name",
        &format!("top={REHEARSAL_PLACE}"),
        1,
    );
    format!("device=$1\nname={}\n{script}", replaced.subvolume())
}

fn cleanup_service(old_roots: OldRoots, layout: &Layout, device: &str) -> Attrs {
    let places: Vec<&str> = layout.replaced.iter().map(|each| each.old()).collect();
    let (kept, is_old) = match old_roots {
        OldRoots::Days(days) => (format!("days={days}"), OLD_BY_AGE),
        OldRoots::Count(count) => (format!("count={count}"), OLD_BY_NUMBER),
    };
    let text = format!("places={}\n{kept}\n{is_old}{CLEANUP}", shell::word(&places.join(" ")));
    Attrs::new()
        .set("description", "Delete old roots")
        .set("path", Value::list([Value::Raw("pkgs.btrfs-progs"), Value::Raw("pkgs.util-linux")]))
        .set("serviceConfig.Type", "oneshot")
        .explain(&["The mount in the script is seen by nobody else."], "serviceConfig.PrivateMounts", true)
        .set("serviceConfig.CPUSchedulingPolicy", "idle")
        .set("serviceConfig.IOSchedulingClass", "idle")
        .set("script", script(device, &text))
}

fn script(device: &str, text: &str) -> Value {
    Value::Lines(format!("device={}\n{text}", shell::word(device)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rehearsed_script_differs_in_its_places_only() {
        let script = rehearsal(Replaced::Root);
        let changed: Vec<&str> = script
            .lines()
            .skip(2)
            .zip(ROLLBACK.lines())
            .filter(|(one, other)| one != other)
            .map(|(one, _)| one)
            .collect();
        assert_eq!(
            changed,
            ["top=/mnt/rehearsal", "mount -t btrfs -o subvol=rehearsal \"$device\" \"$top\""]
        );
        assert_eq!(script.lines().count(), ROLLBACK.lines().count() + 2);
    }
}
