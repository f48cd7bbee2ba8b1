//! Writes to the terminal: wrapped, and free of control characters that came from a disk.

use std::io::{ErrorKind, Write};

use super::status::{self, Stop};
use crate::i18n::{gettext, gettext_f};

/// Widest line in columns.
pub(super) const WIDTH: usize = 80;

/// Writes a result to standard output. A reader that has gone away is no failure.
pub(super) fn result(text: &str) -> Result<(), Stop> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Stop::failed(
            gettext("The result could not be written."),
            &error.to_string(),
            gettext("Look where the output goes, then try again."),
        )),
        _ => Ok(()),
    }
}

/// Writes JSON to standard output.
pub(super) fn json(value: &impl serde::Serialize) -> Result<(), Stop> {
    match serde_json::to_string_pretty(value) {
        Ok(text) => result(&format!("{text}\n")),
        Err(error) => Err(Stop::new(
            status::INTERNAL,
            gettext_f("The result can’t be written as JSON: {cause}.", &[("cause", &error.to_string())]),
        )),
    }
}

/// Writes why a command ended to standard error.
pub(super) fn report(stop: &Stop) {
    let lines = stop.paragraphs.iter().flat_map(|paragraph| paragraph.lines());
    note(&lines.map(|line| wrapped(line, 0, 0)).collect::<String>());
}

/// Writes to standard error; there is nowhere to say so when that fails.
pub(super) fn note(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// The text as lines of at most [`WIDTH`] columns, the first indented by `first` and the others by
/// `others`.
pub(super) fn wrapped(text: &str, first: usize, others: usize) -> String {
    let (first, others) = (" ".repeat(first), " ".repeat(others));
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(&first)
        .subsequent_indent(&others)
        .break_words(false)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .word_separator(textwrap::WordSeparator::AsciiSpace);
    let mut lines = textwrap::wrap(&plain(text), options).join("\n");
    lines.push('\n');
    lines
}

/// The text without control characters: a disk's label must neither steer the terminal nor begin a
/// line of its own.
pub(super) fn plain(text: &str) -> String {
    let harmless = |c: char| match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(harmless).collect()
}

/// The text padded with spaces to `columns`.
pub(super) fn padded(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(textwrap::core::display_width(text));
    format!("{text}{}", " ".repeat(missing))
}

/// Columns of the widest of these texts.
pub(super) fn widest<'text>(texts: impl Iterator<Item = &'text str>) -> usize {
    texts.map(textwrap::core::display_width).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_from_a_disk_does_not_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc"), "a\u{fffd}[2Jb\u{fffd}c");
    }

    #[test]
    fn lines_are_wrapped_at_spaces_and_a_long_word_stays_whole() {
        let word = "x".repeat(90);
        let text = wrapped(&format!("short {word} end"), 2, 4);
        assert_eq!(text, format!("  short\n    {word}\n    end\n"));
    }

    #[test]
    fn padding_counts_columns() {
        assert_eq!(padded("中", 4), "中  ");
        assert_eq!(widest(["a", "中文"].into_iter()), 4);
    }
}
