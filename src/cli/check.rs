//! `snowmelt-cli check ANSWERS`

use super::answers_file::{self, Source};
use super::output;
use super::status::Stop;
use crate::i18n::gettext;

/// Reads the answers and says whether they are in order.
pub(super) fn run(source: &Source) -> Result<(), Stop> {
    let _answers = answers_file::read(source)?;
    output::result(&output::wrapped(&gettext("The answers are in order."), 0, 0))
}
