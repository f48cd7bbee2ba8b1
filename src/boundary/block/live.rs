//! Finds the disks that the running live system comes from.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Kernel, Kind, Mount, Number};

/// Where a running system has its medium mounted: NixOS's live image (`iso-image.nix` of nixpkgs),
/// Debian's live-boot and Fedora's dmsquash-live; and the root itself.
const PLACES: [&str; 7] = [
    "/",
    "/iso",
    "/nix/.ro-store",
    "/nix/store",
    "/run/live/medium",
    "/run/live/rootfs",
    "/run/initramfs/live",
];

/// The whole disks that the running system comes from, through every layer: overlay, loop device,
/// device-mapper, partition.
#[must_use]
pub fn live_disks(kernel: &Kernel) -> BTreeSet<Number> {
    let mut disks = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<Number> = Vec::new();
    for place in PLACES {
        // What was mounted over the same place earlier is still below it.
        let mounts = kernel.mounts.iter().filter(|mount| mount.mountpoint == place);
        waiting.extend(mounts.flat_map(|mount| behind(kernel, mount)));
    }
    while let Some(number) = waiting.pop() {
        if !seen.insert(number) {
            continue;
        }
        let below = below(kernel, number);
        if below.is_empty() {
            let _new = disks.insert(number);
        }
        waiting.extend(below);
    }
    disks
}

/// The devices behind a mount, through the layers of an overlay.
fn behind(kernel: &Kernel, mount: &Mount) -> Vec<Number> {
    if let Some(device) = mount.device {
        let span = kernel.spans.iter().find(|devices| devices.contains(&device));
        return span.cloned().unwrap_or_else(|| vec![device]);
    }
    if mount.kind != "overlay" {
        return Vec::new();
    }
    mount
        .options
        .split(',')
        .filter_map(|option| option.split_once('='))
        .filter(|(name, _)| ["lowerdir", "lowerdir+", "datadir+", "upperdir"].contains(name))
        .flat_map(|(_, layers)| layers.split(':'))
        .filter_map(|layer| device_of_path(kernel, layer))
        .collect()
}

/// What a device is directly made of; nothing for a whole disk.
fn below(kernel: &Kernel, number: Number) -> Vec<Number> {
    let Some(device) = kernel.device(number) else { return Vec::new() };
    let mut below: Vec<Number> = device.disk.into_iter().collect();
    below.extend(
        kernel.devices.iter().filter(|other| other.holders.contains(&number)).map(|other| other.number),
    );
    if let Kind::Loop { backing_file, .. } = &device.kind {
        let named = kernel.devices.iter().find(|other| format!("/dev/{}", other.name) == *backing_file);
        below.extend(named.map(|other| other.number).or_else(|| device_of_path(kernel, backing_file)));
    }
    below
}

/// The device of the filesystem that `path` lies on: that of the longest mountpoint above it, the
/// latest where several are mounted over each other.
fn device_of_path(kernel: &Kernel, path: &str) -> Option<Number> {
    kernel
        .mounts
        .iter()
        .filter(|mount| Path::new(path).starts_with(&mount.mountpoint))
        .max_by_key(|mount| mount.mountpoint.len())
        .and_then(|mount| mount.device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundary::block::{Device, plain_device as device};

    const STICK: Number = (8, 16);
    const STICK1: Number = (8, 17);
    const LOOP: Number = (7, 0);
    const DM: Number = (253, 0);

    fn mount(device: Option<Number>, mountpoint: &str, kind: &str, options: &str) -> Mount {
        Mount {
            device,
            mountpoint: mountpoint.to_owned(),
            kind: kind.to_owned(),
            options: options.to_owned(),
        }
    }

    fn squashfs(backing_file: &str) -> Device {
        let backing_file = backing_file.to_owned();
        Device { kind: Kind::Loop { backing_file, partitions: false }, ..device("loop0", LOOP, None, &[]) }
    }

    /// NixOS's live image on a USB stick beside an internal disk that is mounted elsewhere.
    fn stick() -> Kernel {
        Kernel {
            devices: vec![
                device("sda", (8, 0), None, &[]),
                device("sda1", (8, 1), Some((8, 0)), &[]),
                device("sdb", STICK, None, &[]),
                device("sdb1", STICK1, Some(STICK), &[]),
                squashfs("/iso/nix-store.squashfs"),
            ],
            mounts: vec![
                mount(None, "/", "tmpfs", "rw"),
                mount(Some(STICK1), "/iso", "iso9660", "ro"),
                mount(Some(LOOP), "/nix/.ro-store", "squashfs", "ro"),
                mount(
                    None,
                    "/nix/store",
                    "overlay",
                    "rw,lowerdir=/nix/.ro-store,upperdir=/nix/.rw-store/store",
                ),
                mount(Some((8, 1)), "/home/me/data", "ext4", "rw"),
            ],
            ..Kernel::default()
        }
    }

    #[test]
    fn the_stick_is_found_and_nothing_else() {
        assert_eq!(live_disks(&stick()), BTreeSet::from([STICK]));
    }

    #[test]
    fn the_stick_is_found_through_the_loop_device_alone() {
        let mut kernel = stick();
        kernel.mounts.retain(|mount| mount.mountpoint != "/iso");
        kernel.mounts.push(mount(Some(STICK), "/findiso", "vfat", "rw"));
        kernel.devices.retain(|device| device.number != LOOP);
        kernel.devices.push(squashfs("/findiso/nix-store.squashfs"));
        assert_eq!(live_disks(&kernel), BTreeSet::from([STICK]));
    }

    #[test]
    fn the_stick_is_found_through_an_overlay_root() {
        let mut kernel = stick();
        kernel.mounts = vec![
            mount(Some(STICK1), "/lower", "iso9660", "ro"),
            mount(
                None,
                "/",
                "overlay",
                "rw,lowerdir=/lower/system:/other,upperdir=/ram/up,workdir=/ram/work",
            ),
        ];
        assert_eq!(live_disks(&kernel), BTreeSet::from([STICK]));
    }

    #[test]
    fn the_stick_is_found_below_device_mapper() {
        let mut kernel = stick();
        kernel.devices.retain(|device| device.number != STICK1);
        kernel.devices.push(device("dm-0", DM, None, &[]));
        for device in &mut kernel.devices {
            if device.number == STICK {
                device.holders.push(DM);
            }
        }
        kernel.mounts = vec![mount(Some(DM), "/iso", "iso9660", "ro")];
        assert_eq!(live_disks(&kernel), BTreeSet::from([STICK]));
    }

    #[test]
    fn a_system_in_memory_comes_from_no_disk() {
        let mut kernel = stick();
        kernel.mounts =
            vec![mount(None, "/", "tmpfs", "rw"), mount(Some(STICK1), "/media/stick", "vfat", "rw")];
        assert_eq!(live_disks(&kernel), BTreeSet::new());
    }
}
