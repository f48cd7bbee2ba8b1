//! UDisks2 and the kernel as they really answer: disks in every state that a person may bring.
//!
//! These tests write to disks, so they run only in a lab guest that has the disks which
//! `tests/lab/boundary` gives it; they are found by their serial numbers, and nothing else is
//! touched. Each test has disks of its own.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this file is a test; Clippy sees that only of functions marked so"
)]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use futures_util::StreamExt;
use snowmelt::boundary::surroundings::{self, Surroundings};
use snowmelt::boundary::udisks::{Context, Udisks, UdisksError};
use snowmelt::boundary::{keyboard, session, zone};
use snowmelt::pure::call::{Call, DbusCall, Object, Value};
use snowmelt::pure::disk::{Bus, Disk, Holder, Table, Use};
use snowmelt::pure::layout::{PlannedPartition, Role};
use snowmelt::pure::plan::Step;
use snowmelt::pure::requirements::{Network, Power};
use snowmelt::pure::secret::Secret;
use snowmelt::pure::size::MIB;

/// Far longer than udev and UDisks2 take, for a machine under load.
const LIMIT: Duration = Duration::from_secs(300);

/// Runs a script that sets a disk up, with the disk's device as `$1`, and gives what it printed.
fn shell(script: &str, arguments: &[&str]) -> String {
    let output =
        Command::new("bash").args(["-euc", script, "bash"]).args(arguments).output().expect("bash runs");
    assert!(
        output.status.success(),
        "{script}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { tokio::time::timeout(LIMIT, future).await.expect("it ends in time") })
}

async fn disk(udisks: &Udisks, serial: &str) -> Disk {
    let disks = udisks.snapshot().await.expect("a snapshot");
    disks
        .into_iter()
        .find(|disk| disk.identity.serial.as_deref() == Some(serial))
        .unwrap_or_else(|| panic!("the guest has no disk {serial}"))
}

/// Waits until the disk is as it should be, through the stream of changes.
async fn until(udisks: &Udisks, serial: &str, what: &str, holds: impl Fn(&Disk) -> bool) -> Disk {
    let mut changes = Box::pin(udisks.watch().await.expect("changes"));
    let mut last = None;
    let found = async {
        while let Some(disks) = changes.next().await {
            let disks = disks.expect("a snapshot");
            let disk = disks.into_iter().find(|disk| disk.identity.serial.as_deref() == Some(serial));
            if let Some(disk) = disk.as_ref().filter(|disk| holds(disk)) {
                return disk.clone();
            }
            last = disk;
        }
        panic!("the stream of changes ended");
    };
    match tokio::time::timeout(LIMIT / 3, found).await {
        Ok(disk) => disk,
        Err(_) => panic!("{serial} never was {what}; at last: {last:#?}"),
    }
}

async fn set_up(serial: &str, script: &str) -> (Udisks, String) {
    let udisks = Udisks::connect().await.expect("UDisks2 runs");
    let device = disk(&udisks, serial).await.device;
    let _output = shell(script, &[&device]);
    (udisks, device)
}

fn held(device: &str, holder: &str, kind: Holder) -> Use {
    Use::Held { device: device.to_owned(), holder: holder.to_owned(), kind }
}

fn mounted(device: &str, mountpoint: &str) -> Use {
    Use::Mounted { device: device.to_owned(), mountpoint: mountpoint.to_owned() }
}

/// The kernel's name for a device link.
fn kernel_name(link: &str) -> String {
    shell("readlink -f \"$1\"", &[link])
}

#[test]
#[ignore = "needs a lab guest"]
fn a_blank_disk_is_free_and_tells_who_it_is() {
    wait(async {
        let udisks = Udisks::connect().await.expect("UDisks2 runs");
        let disk = disk(&udisks, "BLANK").await;
        assert_eq!((disk.identity.vendor.as_str(), disk.identity.model.as_str()), ("ACME", "Anvil 16"));
        assert_eq!(disk.identity.size, 16 * MIB);
        let wwn = disk.identity.wwn.as_deref().expect("a WWN");
        assert!(wwn.starts_with("0x6"), "{wwn}");
        assert_eq!(disk.bus, Bus::Scsi);
        assert_eq!((disk.table, disk.content, disk.partitions, disk.uses), (None, None, vec![], vec![]));
        assert!(!disk.read_only && !disk.live_medium);
        assert!(disk.links.iter().any(|link| link.starts_with("/dev/disk/by-id/")), "{:?}", disk.links);
        assert_eq!(kernel_name(&disk.links[0]), disk.device);
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn a_read_only_disk_is_seen_to_be_one() {
    wait(async {
        let udisks = Udisks::connect().await.expect("UDisks2 runs");
        assert!(disk(&udisks, "READONLY").await.read_only);
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn a_mounted_filesystem_is_named_with_its_place() {
    wait(async {
        let (udisks, device) = set_up(
            "MOUNTED",
            r#"printf 'label: gpt\nsize=100M, name="my data"\n,\n' | sfdisk -q "$1"
               udevadm settle
               mkfs.ext4 -q -L old -U 01234567-89ab-cdef-0123-456789abcdef "${1}1"
               mkdir -p '/srv/my disk' && mount "${1}1" '/srv/my disk'"#,
        )
        .await;
        let disk = until(&udisks, "MOUNTED", "mounted", |disk| {
            !disk.uses.is_empty() && disk.partitions.iter().any(|part| part.content.is_some())
        })
        .await;
        assert_eq!(disk.table, Some(Table::Gpt));
        assert_eq!(disk.uses, [mounted(&format!("{device}1"), "/srv/my disk")]);
        let [data, rest] = &disk.partitions[..] else { panic!("{:?}", disk.partitions) };
        assert_eq!((data.number, data.name.as_str(), data.size), (1, "my data", 100 * MIB));
        let content = data.content.as_ref().expect("a filesystem");
        assert_eq!(
            (content.usage.as_str(), content.kind.as_str(), content.label.as_str()),
            ("filesystem", "ext4", "old")
        );
        assert_eq!(content.uuid, "01234567-89ab-cdef-0123-456789abcdef");
        assert_eq!((rest.number, &rest.content), (2, &None));
        assert!(rest.offset >= data.offset + data.size);
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn active_swap_is_a_use() {
    wait(async {
        let (udisks, device) = set_up(
            "SWAP",
            r#"printf 'label: dos\n,,82\n' | sfdisk -q "$1"; udevadm settle
               mkswap -q "${1}1"; swapon "${1}1""#,
        )
        .await;
        let disk = until(&udisks, "SWAP", "swap", |disk| !disk.uses.is_empty()).await;
        assert_eq!(disk.table, Some(Table::Dos));
        assert_eq!(disk.uses, [Use::Swap { device: format!("{device}1") }]);
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn an_unlocked_volume_holds_its_partition() {
    wait(async {
        let (udisks, device) = set_up(
            "UNLOCKED",
            r#"printf 'label: gpt\n,\n' | sfdisk -q "$1"; udevadm settle
               printf key | cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "${1}1" -
               printf key | cryptsetup open "${1}1" lab-unlocked -"#,
        )
        .await;
        let disk = until(&udisks, "UNLOCKED", "held", |disk| !disk.uses.is_empty()).await;
        let holder = kernel_name("/dev/mapper/lab-unlocked");
        assert_eq!(disk.uses, [held(&format!("{device}1"), &holder, Holder::Encrypted)]);
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn an_active_logical_volume_holds_the_disk() {
    wait(async {
        let (udisks, device) = set_up(
            "LVM0E",
            r#"lvm="--devices $1 -qqy"; pvcreate $lvm "$1"; vgcreate $lvm labvg "$1"; lvcreate $lvm -L 32M -n one labvg"#,
        )
        .await;
        let disk =
            until(&udisks, "LVM0E", "held", |disk| !disk.uses.is_empty() && disk.content.is_some()).await;
        assert_eq!(disk.uses, [held(&device, &kernel_name("/dev/labvg/one"), Holder::Lvm)]);
        assert_eq!(disk.content.map(|content| content.kind).as_deref(), Some("LVM2_member"));
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn a_running_array_holds_both_of_its_disks() {
    wait(async {
        let udisks = Udisks::connect().await.expect("UDisks2 runs");
        let one = disk(&udisks, "ARRAY1").await.device;
        let two = disk(&udisks, "ARRAY2").await.device;
        let _output = shell(
            r#"yes | mdadm --create /dev/md77 --quiet --level=1 --raid-devices=2 --metadata=1.2 "$1" "$2""#,
            &[&one, &two],
        );
        for (serial, device) in [("ARRAY1", one), ("ARRAY2", two)] {
            let disk = until(&udisks, serial, "held", |disk| !disk.uses.is_empty()).await;
            assert_eq!(disk.uses, [held(&device, "/dev/md77", Holder::Raid)]);
        }
        let shown = udisks.snapshot().await.expect("a snapshot");
        assert!(shown.iter().all(|disk| disk.device != "/dev/md77"), "an array is not a disk");
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn what_paths_and_caches_are_made_of_is_held() {
    wait(async {
        let (udisks, device) = set_up(
            "STACK7",
            r#"dmsetup create lab-paths --uuid mpath-lab --table \
                 "0 $(blockdev --getsz "$1") multipath 0 0 1 1 round-robin 0 1 1 $1 1""#,
        )
        .await;
        let disk = until(&udisks, "STACK7", "held", |disk| !disk.uses.is_empty()).await;
        assert_eq!(disk.uses, [held(&device, &kernel_name("/dev/mapper/lab-paths"), Holder::DeviceMapper)]);

        let cache = shell(
            r#"dmsetup remove lab-paths; modprobe bcache; make-bcache --bdev "$1" > /dev/null; udevadm settle
               disk=/sys/class/block/${1#/dev/}
               [ -e $disk/bcache ] || echo "$1" > /sys/fs/bcache/register
               echo /dev/$(basename "$(readlink -f $disk/bcache/dev)")"#,
            &[&device],
        );
        let expected = [held(&device, &cache, Holder::Other)];
        let _disk = until(&udisks, "STACK7", "held by its cache", |disk| disk.uses == expected).await;
        let shown = udisks.snapshot().await.expect("a snapshot");
        assert!(shown.iter().all(|disk| disk.device != cache), "a cache is not a disk");
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn what_lies_deep_in_a_stack_is_found() {
    wait(async {
        let (udisks, device) = set_up(
            "NESTED",
            r#"printf 'label: gpt\n,\n' | sfdisk -q "$1"; udevadm settle
               printf key | cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "${1}1" -
               printf key | cryptsetup open "${1}1" lab-nested -
               pvcreate -qqy /dev/mapper/lab-nested; vgcreate -qqy labnest /dev/mapper/lab-nested
               lvcreate -qqy -L 32M -n data labnest; lvcreate -qqy -L 32M -n swap labnest
               mkfs.ext4 -q /dev/labnest/data; mkdir -p /srv/nested; mount /dev/labnest/data /srv/nested
               mkswap -q /dev/labnest/swap; swapon /dev/labnest/swap"#,
        )
        .await;
        let disk = until(&udisks, "NESTED", "used five times", |disk| disk.uses.len() == 5).await;
        let crypt = kernel_name("/dev/mapper/lab-nested");
        let data = kernel_name("/dev/labnest/data");
        let swap = kernel_name("/dev/labnest/swap");
        for expected in [
            held(&format!("{device}1"), &crypt, Holder::Encrypted),
            held(&crypt, &data, Holder::Lvm),
            held(&crypt, &swap, Holder::Lvm),
            mounted(&data, "/srv/nested"),
            Use::Swap { device: swap.clone() },
        ] {
            assert!(disk.uses.contains(&expected), "{expected:?} is not in {:#?}", disk.uses);
        }
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn every_disk_of_a_btrfs_that_spans_two_is_mounted() {
    wait(async {
        let udisks = Udisks::connect().await.expect("UDisks2 runs");
        let one = disk(&udisks, "SPAN1").await.device;
        let two = disk(&udisks, "SPAN2").await.device;
        let _output = shell(
            r#"mkfs.btrfs -q -f -m raid1 -d raid1 "$1" "$2"; mkdir -p /srv/span; mount "$1" /srv/span"#,
            &[&one, &two],
        );
        for (serial, device) in [("SPAN1", one), ("SPAN2", two)] {
            let disk = until(&udisks, serial, "mounted", |disk| !disk.uses.is_empty()).await;
            assert_eq!(disk.uses, [mounted(&device, "/srv/span")]);
        }
    });
}

/// The serial numbers of the disks that the live system comes from, once `serial` is mounted or not.
async fn live_media(udisks: &Udisks, serial: &str, mounted: bool) -> Vec<String> {
    let _disk = until(udisks, serial, "as it should be", |disk| disk.uses.is_empty() != mounted).await;
    let disks = udisks.snapshot().await.expect("a snapshot");
    disks.into_iter().filter(|disk| disk.live_medium).filter_map(|disk| disk.identity.serial).collect()
}

#[test]
#[ignore = "needs a lab guest"]
fn the_live_medium_is_known_however_the_system_was_started() {
    wait(async {
        // An image that was written to a stick, whose filesystem lies on the whole disk.
        let (udisks, device) =
            set_up("LIVE", r#"mkfs.vfat -I "$1" > /dev/null; mkdir -p /iso; mount -o ro "$1" /iso"#).await;
        assert_eq!(live_media(&udisks, "LIVE", true).await, ["LIVE"]);

        // Copied to memory: the stick may go.
        let _output = shell(
            "umount /iso; mkdir -p /nix/.ro-store /run/copy; mount -t tmpfs copy /run/copy
             truncate -s 8M /run/copy/store; mkfs.ext4 -q /run/copy/store; mount -o loop,ro /run/copy/store /nix/.ro-store",
            &[],
        );
        assert_eq!(live_media(&udisks, "LIVE", false).await, [""; 0]);

        // Started over the network, with the store in the initrd.
        let _output = shell("umount /nix/.ro-store /run/copy", &[]);
        assert_eq!(live_media(&udisks, "LIVE", false).await, [""; 0]);

        // Ventoy shows a file of the stick as a disk, by a device-mapper device over a part of its
        // partition.
        let _output = shell(
            r#"printf 'label: dos\n,,c\n' | sfdisk -q "$1"; udevadm settle
               dmsetup create lab-ventoy --table "0 65536 linear ${1}1 8192"
               mkfs.vfat /dev/mapper/lab-ventoy > /dev/null; mount -o ro /dev/mapper/lab-ventoy /iso"#,
            &[&device],
        );
        assert_eq!(live_media(&udisks, "LIVE", true).await, ["LIVE"]);
        let _output = shell(r#"umount /iso; dmsetup remove lab-ventoy; wipefs -qa "$1""#, &[&device]);
        assert_eq!(live_media(&udisks, "LIVE", false).await, [""; 0]);
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn the_live_medium_is_known_through_its_loop_device() {
    wait(async {
        let (udisks, _device) = set_up(
            "LIVE",
            r#"printf 'label: dos\n,,c,*\n' | sfdisk -q "$1"; udevadm settle
               mkfs.vfat -n STICK "${1}1" >/dev/null; mkdir -p /findiso /nix/.ro-store; mount "${1}1" /findiso
               truncate -s 8M /findiso/store.img; mkfs.ext4 -q /findiso/store.img
               mount -o loop,ro /findiso/store.img /nix/.ro-store"#,
        )
        .await;
        let disk = until(&udisks, "LIVE", "mounted", |disk| !disk.uses.is_empty()).await;
        assert!(disk.live_medium);
        let disks = udisks.snapshot().await.expect("a snapshot");
        let live: Vec<&str> =
            disks.iter().filter(|disk| disk.live_medium).map(|disk| disk.device.as_str()).collect();
        assert_eq!(live, [disk.device.as_str()], "nothing else is");
        assert!(disks.iter().all(|disk| !disk.device.starts_with("/dev/loop")), "its loop device is no disk");
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn a_disk_appears_when_it_is_plugged_and_goes_when_it_is_pulled() {
    wait(async {
        let udisks = Udisks::connect().await.expect("UDisks2 runs");
        let mut changes = Box::pin(udisks.watch().await.expect("changes"));
        let shows =
            |disks: &[Disk]| disks.iter().any(|disk| disk.identity.serial.as_deref() == Some("HOT0F"));
        let first = changes.next().await.expect("a first snapshot").expect("a snapshot");
        assert!(!shows(&first));
        for (command, there) in [("plug", true), ("pull", false)] {
            let _output = shell(r#"lab-disk "$1" hot"#, &[command]);
            loop {
                let disks = changes.next().await.expect("the stream goes on").expect("a snapshot");
                if shows(&disks) == there {
                    break;
                }
            }
        }
    });
}

fn dbus_calls(step: &Step) -> Vec<DbusCall> {
    let only_dbus = |call| if let Call::Dbus(call) = call { call } else { panic!("{call}") };
    step.calls().into_iter().map(only_dbus).collect()
}

/// The partitioning of a plan, carried out as the plan shows it, on disks with small and with
/// large sectors.
#[test]
#[ignore = "needs a lab guest"]
fn the_plans_calls_make_what_the_plan_says() {
    for (serial, sector) in [("FRESH", 512), ("FRESH4K", 4096)] {
        wait(make_everything(serial, sector));
    }
}

async fn make_everything(serial: &str, sector: u64) {
    let udisks = Udisks::connect().await.expect("UDisks2 runs");
    let disk = disk(&udisks, serial).await;
    let passphrase = Secret::new("correct horse “battery” $(staple)".to_owned());
    let mut context = Context::new();
    let table = Step::CreatePartitionTable { disk: disk.object.clone(), device: disk.device.clone() };
    assert_eq!(udisks.call(&dbus_calls(&table)[0], &context, None).await, Ok(None));

    let mut next = disk.alignment;
    let mut place = |role, size: u64| {
        let size = (size * MIB).next_multiple_of(disk.alignment);
        let partition = PlannedPartition { role, offset: next, size };
        next += size;
        partition
    };
    let esp = place(Role::Esp, 512);
    let swap = place(Role::Swap, 64);
    let random = place(Role::RandomSwap, 64);
    let volume = place(Role::Volume, 220);
    let clear = place(Role::Filesystem, 140);
    let object = disk.object.clone();
    let mut made = Vec::new();
    for (partition, step) in [
        (esp, Step::CreateEsp { disk: object.clone(), partition: esp }),
        (swap, Step::CreateSwap { disk: object.clone(), partition: swap }),
        (random, Step::CreateSwap { disk: object.clone(), partition: random }),
        (volume, Step::CreateVolume { disk: object.clone(), partition: volume }),
        (clear, Step::CreateVolume { disk: object.clone(), partition: clear }),
    ] {
        let [create, later @ ..] = &dbus_calls(&step)[..] else { panic!("{step:?} calls nothing") };
        if partition.role == Role::Volume {
            let refused = udisks.call(create, &context, None).await;
            assert!(matches!(refused, Err(UdisksError::Incomplete { .. })), "{refused:?}");
        }
        let path =
            udisks.call(create, &context, Some(&passphrase)).await.expect("it is made").expect("a path");
        context.insert(partition.role, path.clone());
        for call in later {
            assert_eq!(udisks.call(call, &context, None).await, Ok(None), "{call}");
        }
        made.push(match partition.role {
            Role::RandomSwap => udisks.made_partition(&path).await.expect("a partition"),
            Role::Volume => udisks.made_volume(&path).await.expect("a volume"),
            Role::Esp | Role::Swap | Role::Filesystem => udisks.made_content(&path).await.expect("content"),
        });
    }

    let table: serde_json::Value =
        serde_json::from_str(&shell(r#"sfdisk -J "$1""#, &[&disk.device])).expect("sfdisk's JSON");
    let table = &table["partitiontable"];
    assert_eq!((table["label"].as_str(), table["sectorsize"].as_u64()), (Some("gpt"), Some(sector)));
    let entries = table["partitions"].as_array().expect("partitions");
    assert_eq!(entries.len(), 5);
    for ((entry, partition), seen) in entries.iter().zip([esp, swap, random, volume, clear]).zip(&made) {
        assert_eq!(entry["start"].as_u64(), Some(partition.offset / sector), "{entry}");
        assert_eq!(entry["size"].as_u64(), Some(partition.size / sector), "{entry}");
        assert_eq!(
            entry["type"].as_str().map(str::to_lowercase).as_deref(),
            Some(partition.role.type_guid())
        );
        assert_eq!(entry["node"].as_str(), Some(seen.device.as_str()));
        assert_eq!(entry["uuid"].as_str().map(str::to_lowercase), Some(seen.partition_uuid.clone()));
    }
    let blkid = |device: &str, tag: &str| shell(r#"blkid -p -s "$2" -o value "$1" || true"#, &[device, tag]);
    let [esp, swap, random, volume, filesystem] = &made[..] else { panic!("{made:?}") };
    assert_eq!((blkid(&esp.device, "TYPE"), blkid(&esp.device, "LABEL")), ("vfat".into(), "BOOT".into()));
    assert_eq!(blkid(&esp.device, "VERSION"), "FAT32");
    assert_eq!(blkid(&esp.device, "UUID"), esp.content_uuid);
    assert_eq!(
        (blkid(&swap.device, "TYPE"), blkid(&swap.device, "UUID")),
        ("swap".into(), swap.content_uuid.clone())
    );
    assert_eq!((blkid(&random.device, "TYPE").as_str(), random.content_uuid.as_str()), ("", ""));
    assert_eq!(
        (blkid(&filesystem.device, "TYPE"), blkid(&filesystem.device, "LABEL")),
        ("btrfs".into(), "NIXOS".into())
    );
    assert_eq!(blkid(&filesystem.device, "UUID"), filesystem.content_uuid);
    assert_eq!(shell(r#"cryptsetup luksUUID "$1""#, &[&volume.device]), volume.content_uuid);
    let clear = volume.cleartext.as_ref().expect("it is unlocked");
    assert_eq!(
        (blkid(&clear.device, "TYPE"), blkid(&clear.device, "LABEL")),
        ("btrfs".into(), "NIXOS".into())
    );
    assert_eq!(blkid(&clear.device, "UUID"), clear.filesystem_uuid);
    let dump = shell(r#"cryptsetup luksDump "$1""#, &[&volume.device]);
    assert!(dump.contains("Version:       \t2"), "{dump}");

    // Erasing a disk that is in use must fail, with the daemon's own words.
    let again = udisks
        .call(
            &dbus_calls(&Step::CreatePartitionTable { disk: object, device: disk.device.clone() })[0],
            &context,
            None,
        )
        .await;
    let Err(error @ UdisksError::Daemon { .. }) = again else { panic!("{again:?}") };
    assert!(error.cause().contains("org.freedesktop.UDisks2.Error."), "{}", error.cause());
    let after = disk_again(&udisks, serial).await;
    assert_eq!(after.partitions.len(), 5, "nothing was lost: {after:#?}");

    let lock = DbusCall {
        object: Object::Made(Role::Volume),
        interface: "org.freedesktop.UDisks2.Encrypted",
        method: "Lock",
        arguments: vec![Value::Options(Vec::new())],
    };
    assert_eq!(udisks.call(&lock, &context, None).await, Ok(None));
    let disk = until(&udisks, serial, "free", |disk| disk.uses.is_empty()).await;
    assert!(!Path::new(&clear.device).exists(), "{disk:#?}");
    let _output = shell(
        r#"printf %s "$2" | cryptsetup open --test-passphrase "$1" -"#,
        &[&volume.device, passphrase.expose()],
    );
}

async fn disk_again(udisks: &Udisks, serial: &str) -> Disk {
    until(udisks, serial, "whole", |disk| disk.partitions.len() == 5).await
}

/// NetworkManager and UPower as they really answer, on a machine without a network and without a battery.
#[test]
#[ignore = "needs a lab guest"]
fn power_and_network_are_followed_as_their_services_come_and_go() {
    wait(async {
        let mut seen = Box::pin(surroundings::watch());
        let mut last = Surroundings::LOOKING;
        let mut until = async |wanted: Surroundings| {
            while last != wanted {
                last = seen.next().await.expect("it goes on");
            }
        };
        // The bus starts UPower for whoever asks it, and NetworkManager for nobody.
        until(Surroundings { power: Power::Mains, network: Network::Unknown }).await;
        let _output = shell("systemctl start NetworkManager", &[]);
        until(Surroundings { power: Power::Mains, network: Network::Offline }).await;
        let _output = shell("systemctl stop NetworkManager", &[]);
        until(Surroundings { power: Power::Mains, network: Network::Unknown }).await;
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn the_live_session_tells_its_settings_and_has_the_lists_for_them() {
    let session = wait(session::read());
    assert_eq!(session.chassis, "vm");
    let zones = zone::list();
    assert!(zones.len() > 300, "only {} time zones", zones.len());
    assert!(session.time_zone == "Etc/UTC" || zones.iter().any(|zone| zone.name == session.time_zone));
    let layouts = keyboard::layouts().expect("a list of keyboard layouts");
    assert!(layouts.iter().any(|known| known.layout == session.layout), "{session:?}");
}
