//! The last question before a disk is erased.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};

use super::status::{SAID_NO, Stop, USAGE};
use super::{output, show};
use crate::i18n::{gettext, gettext_f};
use crate::pure::disk::Disk;

/// The controlling terminal (tty(4)). Not standard input, which may carry the answers.
const TERMINAL: &str = "/dev/tty";
/// Longest answer in bytes that is read.
const LONGEST_ANSWER: u64 = 4096;

/// The terminal to ask on.
///
/// # Errors
/// When there is none; nobody can say yes then.
pub(super) fn terminal() -> Result<File, Stop> {
    OpenOptions::new().read(true).write(true).open(TERMINAL).map_err(|error| no_terminal(&error))
}

fn no_terminal(error: &std::io::Error) -> Stop {
    Stop {
        status: USAGE,
        paragraphs: vec![
            gettext_f("There is no terminal to ask on: {cause}.", &[("cause", &error.to_string())]),
            gettext("Give --yes to install without a question."),
        ],
    }
}

/// Says once more what will be lost, which a long plan has moved out of sight, asks the person to
/// type the disk's name, and goes on only if they do.
pub(super) fn erasing(mut terminal: File, disk: &Disk) -> Result<(), Stop> {
    let name = short_name(disk);
    let question = gettext_f(
        "Type “{name}” to erase this disk and install, or anything else to stop:",
        &[("name", name)],
    );
    let prompt = format!("\n{}\n{} ", show::plan::lost(disk), output::wrapped(&question, 0, 0).trim_end());
    let asked = terminal.write_all(prompt.as_bytes()).and_then(|()| terminal.flush());
    asked.map_err(|error| no_terminal(&error))?;
    let mut answer = String::new();
    let _count = BufReader::new(terminal.take(LONGEST_ANSWER))
        .read_line(&mut answer)
        .map_err(|error| no_terminal(&error))?;
    if is_yes(&answer, disk) {
        return Ok(());
    }
    Err(Stop::new(SAID_NO, gettext("That is not its name. Nothing was written.")))
}

/// The disk's device name without the directory.
fn short_name(disk: &Disk) -> &str {
    disk.device.strip_prefix("/dev/").unwrap_or(&disk.device)
}

fn is_yes(answer: &str, disk: &Disk) -> bool {
    let answer = answer.trim();
    answer == disk.device || answer == short_name(disk)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::disk::DiskIdentity;

    #[test]
    fn only_the_disks_own_name_is_a_yes() {
        let identity = DiskIdentity {
            wwn: None,
            serial: Some("S1".to_owned()),
            vendor: String::new(),
            model: String::new(),
            size: 1,
        };
        let disk =
            Disk { device: "/dev/nvme0n1".to_owned(), identity, ..crate::pure::disk::fixture::plain_disk(1) };
        for yes in ["nvme0n1\n", "/dev/nvme0n1\n", " nvme0n1 "] {
            assert!(is_yes(yes, &disk), "{yes:?}");
        }
        for no in ["", "\n", "yes\n", "y", "nvme0n1p1", "nvme1n1", "S1", "NVME0N1"] {
            assert!(!is_yes(no, &disk), "{no:?}");
        }
    }
}
