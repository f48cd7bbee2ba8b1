//! `disk.nix`

use super::devices::{Devices, by_uuid};
use super::systemd;
use crate::pure::answers::Answers;
use crate::pure::layout::{Layout, Role, SWAP_FILE, mount_options};
use crate::pure::nix::{Attrs, Path, Value};
use crate::pure::plan::memory_root_options;

pub(super) fn value(answers: &Answers, layout: &Layout, devices: &Devices) -> Value {
    let file_systems = file_systems(layout, devices);
    let attrs = match &layout.volume_name {
        Some(name) => Attrs::new()
            .set(Path::from("boot.initrd.luks.devices").key(name), volume(answers, devices))
            .explain(
                &[
                    "The volume is named by /dev/mapper: by-uuid systemd would stop waiting for it while the",
                    "prompt still waits for the passphrase.",
                ],
                "fileSystems",
                file_systems,
            ),
        None => Attrs::new().explain(
            &["Nothing of it is encrypted: whoever has the disk can read it."],
            "fileSystems",
            file_systems,
        ),
    };
    swap(attrs, answers, layout, devices).into()
}

fn volume(answers: &Answers, devices: &Devices) -> Attrs {
    let attrs = Attrs::new().set("device", by_uuid(devices.volume_uuid(true)));
    if answers.encryption.allow_discards {
        attrs.explain(
            &["Good for an SSD, and shows whoever has the disk which blocks of it are unused."],
            "allowDiscards",
            true,
        )
    } else {
        attrs
    }
}

fn file_systems(layout: &Layout, devices: &Devices) -> Attrs {
    let device = devices.filesystem_path(layout);
    let root = layout.memory_root.map_or_else(Attrs::new, |size| {
        let options = Attrs::new().set("device", "none").set("fsType", "tmpfs").explain(
            &["So much memory may be filled by what is on it. When it is full, programs can't write."],
            "options",
            Value::list(memory_root_options(size)),
        );
        Attrs::new().explain(
            &["In memory, and empty at every boot. To undo it, put a subvolume in its place."],
            Path::default().key("/"),
            options,
        )
    });
    let all = layout.subvolumes.iter().fold(root, |all, subvolume| {
        let mount = Attrs::new()
            .set("device", device.as_str())
            .set("fsType", "btrfs")
            .set("options", Value::list(mount_options(subvolume, layout.compression_level)))
            .set_some("neededForBoot", subvolume.needed_for_boot.then_some(true));
        all.set(Path::default().key(&subvolume.mountpoint), mount)
    });
    let boot = Attrs::new().set("device", by_uuid(&devices.esp_uuid)).set("fsType", "vfat").explain(
        &["Readable for root alone: the seed of the random generator is kept there."],
        "options",
        Value::list(["fmask=0077", "dmask=0077"]),
    );
    all.set(Path::default().key("/boot"), boot)
}

fn swap(attrs: Attrs, answers: &Answers, layout: &Layout, devices: &Devices) -> Attrs {
    let attrs = swap_on_disk(attrs, answers, layout, devices);
    if answers.swap.zram {
        attrs.explain(
            &["Swap in memory, compressed, which is filled before any on the disk."],
            "zramSwap.enable",
            true,
        )
    } else {
        attrs
    }
}

fn swap_on_disk(attrs: Attrs, answers: &Answers, layout: &Layout, devices: &Devices) -> Attrs {
    let uuid = devices.swap_uuid();
    if layout.swap_file.is_some() {
        return swap_file(attrs, layout, devices);
    }
    if layout.partition(Role::Swap).is_some() {
        let plain = Attrs::new().explain(
            &["Not encrypted: whoever has the disk can read what was swapped out."],
            "device",
            by_uuid(uuid),
        );
        attrs.set("swapDevices", Value::list([plain]))
    } else if layout.partition(Role::RandomSwap).is_some() {
        let device = format!("/dev/disk/by-partuuid/{uuid}");
        let opened = systemd::swap_name(&device);
        let random = Attrs::new()
            .explain(
                &["Not by-uuid: with each boot's new key the swap space has a new UUID."],
                "device",
                device,
            )
            .set("randomEncryption.enable", true)
            .set_some("randomEncryption.allowDiscards", answers.encryption.allow_discards.then_some(true));
        attrs.set("swapDevices", Value::list([random])).explain(
            &[
                "udev may not see the swap space that is made as soon as this is open. It is told to look",
                "again: systemd would wait a minute and a half for it, and start without swap.",
            ],
            Path::from("systemd.services").key(&format!("mkswap-{opened}")),
            Attrs::new().set("postStart", format!("udevadm trigger /dev/mapper/{opened}")),
        )
    } else {
        attrs
    }
}

fn swap_file(attrs: Attrs, layout: &Layout, devices: &Devices) -> Attrs {
    let about: &[&str] = if layout.volume_name.is_some() {
        &["A file, so that a hibernated system is encrypted with all else and woken by the same passphrase."]
    } else {
        &["Not encrypted: whoever has the disk can read what was in memory."]
    };
    attrs
        .explain(about, "swapDevices", Value::list([Attrs::new().set("device", SWAP_FILE)]))
        .explain(
            &[
                "Where a hibernated system lies. A new swap file lies elsewhere; this tells the number:",
                "btrfs inspect-internal map-swapfile -r /swap/swapfile",
                "To do without hibernation, remove these two.",
            ],
            "boot.resumeDevice",
            devices.filesystem_path(layout),
        )
        .set("boot.kernelParams", Value::list([devices.resume_offset()]))
}
