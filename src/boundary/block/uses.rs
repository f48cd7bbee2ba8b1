//! Finds everything that uses a disk or a part of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Device, Kernel, Kind, Number};
use crate::pure::disk::{Holder, Use};

impl Kernel {
    /// Everything that uses the disk, its partitions, and what is built on them.
    ///
    /// `mountpoints` adds mounts that the service knows of, which may run in another mount
    /// namespace than this process.
    #[must_use]
    pub fn uses(&self, disk: Number, mountpoints: &BTreeMap<Number, Vec<String>>) -> Vec<Use> {
        let mut uses = Vec::new();
        let mut seen = BTreeSet::from([disk]);
        let mut waiting = vec![disk];
        while let Some(number) = waiting.pop() {
            uses.extend(self.direct_uses(number, mountpoints));
            let partitions = self.devices.iter().filter(|device| device.disk == Some(number));
            let mut above: Vec<Number> = partitions.map(|device| device.number).collect();
            for holder in self.holders(number) {
                let device = self.path(number);
                let use_ = Use::Held { device, holder: self.path(holder.number), kind: role(holder) };
                if !uses.contains(&use_) {
                    uses.push(use_);
                }
                above.push(holder.number);
            }
            // The last pushed is looked at first: keep partitions in their order.
            waiting.extend(above.into_iter().rev().filter(|number| seen.insert(*number)));
        }
        uses
    }

    fn direct_uses(&self, number: Number, mountpoints: &BTreeMap<Number, Vec<String>>) -> Vec<Use> {
        let device = self.path(number);
        let spanning = self.spans.iter().find(|devices| devices.contains(&number));
        let belongs = |other: Number| other == number || spanning.is_some_and(|span| span.contains(&other));
        let seen_here = self.mounts.iter().filter(|mount| mount.device.is_some_and(belongs));
        let seen_there =
            mountpoints.iter().filter(|(other, _)| belongs(**other)).flat_map(|(_, paths)| paths);
        let mut all: Vec<&String> = seen_here.map(|mount| &mount.mountpoint).chain(seen_there).collect();
        all.sort();
        all.dedup();
        let mut uses: Vec<Use> = all
            .into_iter()
            .map(|mountpoint| Use::Mounted { device: device.clone(), mountpoint: mountpoint.clone() })
            .collect();
        if self.swaps.contains(&number) {
            uses.push(Use::Swap { device });
        }
        uses
    }

    /// The devices that are built on this one. A loop device over a block device is one too,
    /// though sysfs does not list it among the holders.
    fn holders(&self, number: Number) -> Vec<&Device> {
        let path = self.path(number);
        let listed = self.device(number).map(|device| device.holders.as_slice()).unwrap_or_default();
        self.devices
            .iter()
            .filter(|other| {
                listed.contains(&other.number)
                    || matches!(&other.kind, Kind::Loop { backing_file, .. } if *backing_file == path)
            })
            .collect()
    }
}

/// What a holder is. The prefixes of `dm/uuid` are those of cryptsetup and LVM.
fn role(holder: &Device) -> Holder {
    match &holder.kind {
        Kind::Mapped { uuid } if uuid.starts_with("CRYPT-") => Holder::Encrypted,
        Kind::Mapped { uuid } if uuid.starts_with("LVM-") => Holder::Lvm,
        Kind::Mapped { .. } => Holder::DeviceMapper,
        Kind::Raid => Holder::Raid,
        Kind::Plain | Kind::Loop { .. } => Holder::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundary::block::{Mount, plain_device as device};

    const SDA: Number = (8, 0);
    const SDA1: Number = (8, 1);
    const SDA2: Number = (8, 2);
    const CRYPT: Number = (253, 0);
    const ROOT: Number = (253, 1);
    const SWAP: Number = (253, 2);

    fn mapped(name: &str, number: Number, uuid: &str, holders: &[Number]) -> Device {
        Device { kind: Kind::Mapped { uuid: uuid.to_owned() }, ..device(name, number, None, holders) }
    }

    fn mount(device: Number, mountpoint: &str) -> Mount {
        Mount {
            device: Some(device),
            mountpoint: mountpoint.to_owned(),
            kind: "ext4".to_owned(),
            options: String::new(),
        }
    }

    /// LVM with a root and a swap, in LUKS, on the second partition.
    fn nested() -> Kernel {
        Kernel {
            devices: vec![
                device("sda", SDA, None, &[]),
                device("sda1", SDA1, Some(SDA), &[]),
                device("sda2", SDA2, Some(SDA), &[CRYPT]),
                device("sdb", (8, 16), None, &[]),
                mapped("dm-0", CRYPT, "CRYPT-LUKS2-0123-enc", &[ROOT, SWAP]),
                mapped("dm-1", ROOT, "LVM-abc", &[]),
                mapped("dm-2", SWAP, "LVM-def", &[]),
            ],
            mounts: vec![mount(ROOT, "/old")],
            swaps: vec![SWAP],
            spans: Vec::new(),
        }
    }

    #[test]
    fn what_lies_deep_in_a_stack_is_found() {
        let held = |device: &str, holder: &str, kind| Use::Held {
            device: device.to_owned(),
            holder: holder.to_owned(),
            kind,
        };
        assert_eq!(
            nested().uses(SDA, &BTreeMap::new()),
            [
                held("/dev/sda2", "/dev/dm-0", Holder::Encrypted),
                held("/dev/dm-0", "/dev/dm-1", Holder::Lvm),
                held("/dev/dm-0", "/dev/dm-2", Holder::Lvm),
                Use::Mounted { device: "/dev/dm-1".to_owned(), mountpoint: "/old".to_owned() },
                Use::Swap { device: "/dev/dm-2".to_owned() },
            ]
        );
        assert_eq!(nested().uses((8, 16), &BTreeMap::new()), []);
    }

    #[test]
    fn a_mount_that_only_the_service_sees_counts_once() {
        let mut kernel = nested();
        kernel.devices.truncate(2);
        kernel.mounts = vec![mount(SDA1, "/boot")];
        let there = BTreeMap::from([(SDA1, vec!["/boot".to_owned(), "/efi".to_owned()])]);
        let mounted = |mountpoint: &str| Use::Mounted {
            device: "/dev/sda1".to_owned(),
            mountpoint: mountpoint.to_owned(),
        };
        assert_eq!(kernel.uses(SDA, &there), [mounted("/boot"), mounted("/efi")]);
    }

    #[test]
    fn every_device_of_a_filesystem_that_spans_several_is_mounted() {
        let mut kernel = nested();
        kernel.mounts = vec![mount((8, 16), "/pool")];
        kernel.spans = vec![vec![SDA1, (8, 16)]];
        let mounted = Use::Mounted { device: "/dev/sda1".to_owned(), mountpoint: "/pool".to_owned() };
        assert!(kernel.uses(SDA, &BTreeMap::new()).contains(&mounted));
    }

    #[test]
    fn a_loop_device_over_a_partition_holds_it() {
        let mut kernel = nested();
        let backing_file = "/dev/sda1".to_owned();
        kernel.devices.push(Device {
            kind: Kind::Loop { backing_file, partitions: false },
            ..device("loop3", (7, 3), None, &[])
        });
        let held = Use::Held {
            device: "/dev/sda1".to_owned(),
            holder: "/dev/loop3".to_owned(),
            kind: Holder::Other,
        };
        assert!(kernel.uses(SDA, &BTreeMap::new()).contains(&held));
    }
}
