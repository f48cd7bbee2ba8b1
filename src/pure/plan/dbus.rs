//! UDisks2's part of the plan.
//!
//! Source of methods and options: `data/org.freedesktop.UDisks2.xml` of UDisks2 2.10.

use crate::pure::call::{DbusCall, Object, Value};
use crate::pure::erasure::OwnErasure;
use crate::pure::layout::{FILESYSTEM_LABEL, PlannedPartition, Role};

const BLOCK: &str = "org.freedesktop.UDisks2.Block";
const TABLE: &str = "org.freedesktop.UDisks2.PartitionTable";
const PARTITION: &str = "org.freedesktop.UDisks2.Partition";
const NAMESPACE: &str = "org.freedesktop.UDisks2.NVMe.Namespace";
const ENCRYPTED: &str = "org.freedesktop.UDisks2.Encrypted";

/// Writes an empty GPT. There is no `tear-down` option, so UDisks2 refuses a disk that is in use.
pub(super) fn format_table(disk: &str) -> DbusCall {
    DbusCall {
        object: Object::Disk(disk.to_owned()),
        interface: BLOCK,
        method: "Format",
        arguments: vec![Value::Text("gpt".to_owned()), Value::Options(Vec::new())],
    }
}

/// Writes zeros over the whole disk, and leaves it without a partition table.
pub(super) fn overwrite(disk: &str) -> DbusCall {
    format_erased(disk, "zero")
}

/// Has the disk erase itself.
///
/// An enhanced erase of ATA's is not asked for: disks differ in what they make of it.
pub(super) fn erase_itself(disk: &str, own: OwnErasure) -> DbusCall {
    match own {
        OwnErasure::Ata { .. } => format_erased(disk, "ata-secure-erase"),
        OwnErasure::Nvme => DbusCall {
            object: Object::Disk(disk.to_owned()),
            interface: NAMESPACE,
            method: "FormatNamespace",
            arguments: vec![Value::Options(vec![("secure_erase", Value::Text("user_data".to_owned()))])],
        },
    }
}

fn format_erased(disk: &str, erase: &str) -> DbusCall {
    DbusCall {
        object: Object::Disk(disk.to_owned()),
        interface: BLOCK,
        method: "Format",
        arguments: vec![
            Value::Text("empty".to_owned()),
            Value::Options(vec![("erase", Value::Text(erase.to_owned()))]),
        ],
    }
}

pub(super) fn create_esp(disk: &str, partition: &PlannedPartition) -> Vec<DbusCall> {
    let options = vec![("label", Value::Text("BOOT".to_owned()))];
    vec![create_and_format(disk, partition, "vfat", options), set_type(partition.role)]
}

/// Swap under a random key gets no content: each boot writes its own.
pub(super) fn create_swap(disk: &str, partition: &PlannedPartition) -> Vec<DbusCall> {
    let create = if partition.role == Role::RandomSwap {
        DbusCall {
            object: Object::Disk(disk.to_owned()),
            interface: TABLE,
            method: "CreatePartition",
            arguments: placement(partition),
        }
    } else {
        create_and_format(disk, partition, "swap", vec![("label", Value::Text("SWAP".to_owned()))])
    };
    vec![create, set_type(partition.role)]
}

/// The key derivation is not among the options: UDisks2 knows it only from 2.11 on, and passes over
/// an option that it doesn't know. [`super::set_key_derivation`] sets it where the answers do.
///
/// The partition keeps the type that it is made with.
pub(super) fn create_volume(disk: &str, partition: &PlannedPartition) -> DbusCall {
    let mut options = vec![("label", Value::Text(FILESYSTEM_LABEL.to_owned()))];
    if partition.role == Role::Volume {
        options.push(("encrypt.passphrase", Value::Passphrase));
        options.push(("encrypt.type", Value::Text("luks2".to_owned())));
    }
    create_and_format(disk, partition, "btrfs", options)
}

/// Locks the volume again.
#[must_use]
pub fn lock_volume() -> DbusCall {
    DbusCall {
        object: Object::Made(Role::Volume),
        interface: ENCRYPTED,
        method: "Lock",
        arguments: vec![Value::Options(Vec::new())],
    }
}

/// Unlocks the volume again, for another try.
#[must_use]
pub fn unlock_volume() -> DbusCall {
    DbusCall {
        object: Object::Made(Role::Volume),
        interface: ENCRYPTED,
        method: "Unlock",
        arguments: vec![Value::Passphrase, Value::Options(Vec::new())],
    }
}

/// Deletes a partition again.
#[must_use]
pub fn delete_partition(role: Role) -> DbusCall {
    DbusCall {
        object: Object::Made(role),
        interface: PARTITION,
        method: "Delete",
        arguments: vec![Value::Options(Vec::new())],
    }
}

fn set_type(role: Role) -> DbusCall {
    DbusCall {
        object: Object::Made(role),
        interface: PARTITION,
        method: "SetType",
        arguments: vec![Value::Text(role.type_guid().to_owned()), Value::Options(Vec::new())],
    }
}

fn create_and_format(
    disk: &str,
    partition: &PlannedPartition,
    format: &str,
    options: Vec<(&'static str, Value)>,
) -> DbusCall {
    let mut arguments = placement(partition);
    arguments.extend([Value::Text(format.to_owned()), Value::Options(options)]);
    DbusCall {
        object: Object::Disk(disk.to_owned()),
        interface: TABLE,
        method: "CreatePartitionAndFormat",
        arguments,
    }
}

/// The partition gets neither type nor name here, so that it is plain Linux data. For each of them
/// UDisks2 would write the table once more, and while it creates a partition it holds the lock that
/// libblockdev waits half a second for before each writing (`write_label` in `part.c`). It does not
/// hold it for `SetType`. Nothing finds a partition by its name.
fn placement(partition: &PlannedPartition) -> Vec<Value> {
    vec![
        Value::U64(partition.offset),
        Value::U64(partition.size),
        Value::Text(String::new()),
        Value::Text(String::new()),
        Value::Options(Vec::new()),
    ]
}
