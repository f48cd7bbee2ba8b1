//! `snowmelt-cli resume [RECEIPT]` and `snowmelt-cli undo [RECEIPT]`

use std::path::PathBuf;

use super::install::{self, Options};
use super::status::{BAD_ANSWERS, REFUSED, Stop};
use super::{log, machine, output, secrets};
use crate::boundary::receipt_file;
use crate::engine::{self, Failure, Installation};
use crate::i18n::{gettext, gettext_f};
use crate::pure::answers::Answers;
use crate::pure::receipt::Receipt;

/// Goes on with an installation that was interrupted.
pub(super) fn run(receipt: Option<PathBuf>, options: &Options) -> Result<(), Stop> {
    secrets::forbid_core_dumps()?;
    let (path, receipt, answers) = read(receipt)?;
    let given = install::given_secrets(options, &answers)?;
    if let Some(path) = &options.log {
        log::to_file(path)?;
    }
    let facts = crate::boundary::machine::read();
    let found = machine::block_on(engine::find_again(receipt, answers.clone(), facts))?
        .map_err(|failure| refused(&failure))?;
    if let Some(step) = found.next() {
        output::note(&output::wrapped(
            &gettext_f("The installation goes on at the step “{step}”.", &[("step", step.word())]),
            0,
            0,
        ));
    }
    let secrets = install::all_secrets(given, &answers)?;
    install::carry_out(Installation::resume(found, secrets, &path), &answers)
}

/// Deletes what an interrupted installation has made.
pub(super) fn undo(receipt: Option<PathBuf>) -> Result<(), Stop> {
    let (path, receipt, _answers) = read(receipt)?;
    machine::block_on(engine::undo(&receipt))?.map_err(|failure| refused(&failure))?;
    receipt_file::remove(&path).map_err(|error| unreadable(&path, &error.to_string()))?;
    output::result(&output::wrapped(
        &gettext("The partitions that the interrupted installation has made are deleted."),
        0,
        0,
    ))
}

fn read(receipt: Option<PathBuf>) -> Result<(PathBuf, Receipt, Answers), Stop> {
    let path = match receipt {
        Some(path) => path,
        None => receipt_file::place().map_err(|error| {
            Stop::new(
                BAD_ANSWERS,
                gettext_f("There is no place for a receipt: {cause}.", &[("cause", &error.to_string())]),
            )
        })?,
    };
    let text = receipt_file::read(&path).map_err(|error| unreadable(&path, &error.to_string()))?;
    let text = text.ok_or_else(|| {
        Stop::new(
            BAD_ANSWERS,
            gettext_f(
                "There is no interrupted installation: {file} does not exist.",
                &[("file", &output::plain(&path.to_string_lossy()))],
            ),
        )
    })?;
    let (receipt, answers) =
        Receipt::read(&text).map_err(|useless| unreadable(&path, &useless.to_string()))?;
    Ok((path, receipt, answers))
}

fn unreadable(path: &std::path::Path, cause: &str) -> Stop {
    let values = [("file", output::plain(&path.to_string_lossy())), ("cause", cause.to_owned())];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Stop::new(BAD_ANSWERS, gettext_f("The receipt {file} can’t be used: {cause}.", &values))
}

fn refused(failure: &Failure) -> Stop {
    Stop { status: REFUSED, paragraphs: vec![failure.sentence.clone(), failure.next.clone()] }
}
