//! `snowmelt-cli config ANSWERS --out DIR [--disko] [--force]`

use std::path::Path;

use super::answers_file::{self, Source};
use super::status::{INTERNAL, REFUSED, Stop};
use super::{machine, output};
use crate::boundary::export::{self, ExportError};
use crate::i18n::gettext;
use crate::pure::answers::Answers;
use crate::pure::config::{self, Devices};
use crate::pure::layout::Layout;
use crate::pure::protocol::ConfigFile;
use crate::pure::refusal::find_disk;

/// Writes the configuration that would be installed. It looks at no disk, so the names that only a
/// partitioned disk has are left for the reader to fill in.
pub(super) fn run(source: &Source, out: &Path, disko: bool, force: bool) -> Result<(), Stop> {
    let answers = answers_file::read(source)?;
    let machine = crate::boundary::machine::read();
    // The configuration names partitions and never their sizes, so any disk's size will do.
    let layout = Layout::new(&answers, 0, machine.memory);
    let mut files = config::files(&answers, &layout, &machine, &Devices::unknown());
    if disko {
        files.push(describe(source, &answers, &layout)?);
    }
    let written = export::write(out, &files, force).map_err(|error| match error {
        ExportError::Exist(_) => Stop {
            status: REFUSED,
            paragraphs: vec![
                error.sentence(),
                gettext("Choose another directory, or replace them with --force."),
            ],
        },
        ExportError::Write { .. } => Stop::new(INTERNAL, error.sentence()),
    })?;
    let mut text: String =
        written.iter().map(|path| output::plain(&path.display().to_string()) + "\n").collect();
    text.push_str(&output::wrapped(
        &gettext(
            "The UUIDs of the partitions are still to be filled in, and hardware-configuration.nix is made on the machine itself by nixos-generate-config --no-filesystems.",
        ),
        0,
        0,
    ));
    output::result(&text)
}

/// `disko.nix`. The disk is looked for, because only its name in `/dev/disk/by-id` can't be another
/// disk's on another machine; without UDisks2, or the disk, the name in the answers must do.
fn describe(source: &Source, answers: &Answers, layout: &Layout) -> Result<ConfigFile, Stop> {
    let disks = machine::disks().unwrap_or_default();
    let disk = find_disk(&disks, &answers.disk.device).ok();
    config::disko(answers, layout, disk).map_err(|problems| answers_file::bad(source, &problems))
}
