//! Reads the answers file that a command is given.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::output::{plain, wrapped};
use super::status::{BAD_ANSWERS, Stop};
use crate::boundary::zone;
use crate::i18n::{gettext, gettext_f, ngettext_f};
use crate::pure::answers::{self, Answers, Problem};

/// Largest answers file in bytes; real ones are about a thousandth of it.
const LARGEST: u64 = 1 << 20;

/// Where answers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    StandardInput,
}

impl Source {
    /// The file at `path`, or standard input for `-`.
    pub(super) fn new(path: &Path) -> Self {
        if path == Path::new("-") { Self::StandardInput } else { Self::File(path.to_owned()) }
    }

    fn name(&self) -> String {
        match self {
            Self::File(path) => plain(&path.to_string_lossy()),
            Self::StandardInput => "-".to_owned(),
        }
    }
}

/// Reads and checks the answers.
pub(super) fn read(source: &Source) -> Result<Answers, Stop> {
    let unreadable = |cause: &str| {
        let values = [("file", source.name()), ("cause", cause.to_owned())];
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Stop::new(BAD_ANSWERS, gettext_f("The answers in {file} can’t be read: {cause}.", &values))
    };
    let mut bytes = Vec::new();
    let read = match source {
        Source::File(path) => {
            File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        }
        Source::StandardInput => std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes),
    };
    let length = read.map_err(|error| unreadable(&error.to_string()))?;
    if u64::try_from(length).is_ok_and(|length| length > LARGEST) {
        return Err(unreadable(&gettext("it is larger than 1 MiB")));
    }
    let text = String::from_utf8(bytes).map_err(|error| unreadable(&error.to_string()))?;
    let answers = answers::read(&text).map_err(|problems| bad(source, &problems))?;
    // Only the running system can tell, so it is no rule of the answers.
    if zone::is_known(&answers.system.time_zone) == Some(false) {
        let key = "system.time-zone";
        let sentence = gettext_f("There is no time zone “{zone}”.", &[("zone", &answers.system.time_zone)]);
        let problem = Problem { key: key.to_owned(), place: answers::place_of(&text, key), sentence };
        return Err(bad(source, &[problem]));
    }
    Ok(answers)
}

/// `FILE:LINE:COLUMN: KEY` as compilers write it, with the sentence below.
pub(super) fn bad(source: &Source, problems: &[Problem]) -> Stop {
    let file = source.name();
    let mut paragraphs: Vec<String> = problems
        .iter()
        .map(|problem| {
            let place = problem.place.map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
            let key =
                if problem.key.is_empty() { String::new() } else { format!(" {}", plain(&problem.key)) };
            let sentence = wrapped(&problem.sentence, 4, 4);
            format!("{file}{place}:{key}\n{}", sentence.trim_end_matches('\n'))
        })
        .collect();
    let count = u32::try_from(problems.len()).unwrap_or(u32::MAX);
    paragraphs.push(ngettext_f(
        "{count} problem. “man snowmelt-answers” explains every key.",
        "{count} problems. “man snowmelt-answers” explains every key.",
        count,
        &[("count", &count.to_string())],
    ));
    Stop { status: BAD_ANSWERS, paragraphs }
}
