//! `snowmelt-cli config ANSWERS --out DIR [--force]`

use std::path::Path;

use super::answers_file::{self, Source};
use super::output;
use super::status::{INTERNAL, REFUSED, Stop};
use crate::boundary::export::{self, ExportError};
use crate::boundary::machine;
use crate::i18n::gettext;
use crate::pure::config::{Devices, files};
use crate::pure::layout::Layout;

/// Writes the configuration that would be installed. It looks at no disk, so the names that only a
/// partitioned disk has are left for the reader to fill in.
pub(super) fn run(source: &Source, out: &Path, force: bool) -> Result<(), Stop> {
    let answers = answers_file::read(source)?;
    let machine = machine::read();
    // The configuration names partitions and never their sizes, so any disk's size will do.
    let layout = Layout::new(&answers, 0, machine.memory);
    let files = files(&answers, &layout, &machine, &Devices::unknown());
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
