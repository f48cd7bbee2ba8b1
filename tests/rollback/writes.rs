//! What a script writes to its disk, block by block, in an order in which it may have got there.
//!
//! The log's form: `drivers/md/dm-log-writes.c` of the kernel, and its
//! `Documentation/admin-guide/device-mapper/log-writes.rst`. What lies between two flushes comes in
//! the order of its completion, and what was never flushed comes last.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::Command;

use crate::disk::{Disk, Run, directory, must};

const MAGIC: u64 = 0x006a_7366_7773_6872;
const SECTOR: u64 = 512;
/// Flags of an entry.
const DISCARD: u64 = 4;
const MARK: u64 = 8;

/// One write.
pub(crate) struct Write {
    offset: u64,
    data: Vec<u8>,
}

impl Write {
    /// Does the same to a disk's image.
    pub(crate) fn repeat(&self, image: &Path) {
        let image = File::options().write(true).open(image).expect("the image opens");
        image.write_all_at(&self.data, self.offset).expect("the image can be written to");
    }
}

/// Runs a script, and gives what it has written.
pub(crate) fn recorded(disk: &mut Disk, script: &str) -> (Run, Vec<Write>) {
    let directory = directory();
    let log = directory.path().join("log");
    File::create(&log).and_then(|file| file.set_len(256 << 20)).expect("a file");
    let onto = must(Command::new("losetup").args(["--find", "--show"]).arg(&log)).trim().to_owned();
    let name = format!("writes-{}", onto.rsplit('/').next().unwrap_or_default());
    let sectors = must(Command::new("blockdev").args(["--getsz", disk.device()]));
    let table = format!("0 {} log-writes {} {onto}", sectors.trim(), disk.device());
    let _ = Command::new("modprobe").arg("dm-log-writes").status();
    let _ = must(Command::new("dmsetup").args(["create", &name, "--table", &table]));
    let device = format!("/dev/mapper/{name}");
    let run = disk.run_over(&device, script);
    // The disk is its filesystem's only device again.
    let _ = Command::new("btrfs").args(["device", "scan", "--forget", &device]).output();
    let _ = must(Command::new("dmsetup").args(["remove", "--retry", &name]));
    let _ = must(Command::new("losetup").args(["--detach", &onto]));
    (run, read(&fs::read(&log).expect("the log")))
}

fn read(log: &[u8]) -> Vec<Write> {
    let bytes = |place: u64, length: u64| {
        let range = usize::try_from(place).expect("a place in memory")..;
        let length = usize::try_from(length).expect("a size in memory");
        log.get(range).and_then(|rest| rest.get(..length)).expect("the log is whole")
    };
    let number = |place: u64| u64::from_le_bytes(bytes(place, 8).try_into().expect("eight bytes"));
    assert_eq!(number(0), MAGIC, "the log is one");
    assert_eq!(number(24) & 0xffff_ffff, SECTOR, "sectors have the usual size");
    let mut place = SECTOR;
    let mut writes = Vec::new();
    for _ in 0..number(16) {
        let (offset, length) = (number(place) * SECTOR, number(place + 8) * SECTOR);
        let (flags, marked) = (number(place + 16), number(place + 24));
        place += SECTOR;
        if flags & MARK != 0 {
            place += marked.next_multiple_of(SECTOR);
        } else if flags & DISCARD != 0 {
            let length = usize::try_from(length).expect("a size in memory");
            writes.push(Write { offset, data: vec![0; length] });
        } else if length > 0 {
            writes.push(Write { offset, data: bytes(place, length).to_vec() });
            place += length;
        }
    }
    writes
}
