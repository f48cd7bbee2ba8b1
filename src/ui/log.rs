//! The log of an installation as the window keeps it.

use std::collections::VecDeque;

use relm4::gtk;
use relm4::gtk::prelude::*;

use crate::i18n::ngettext_f;

/// Lines that are kept; the oldest go first. Each costs a view of it a kilobyte and more.
const MOST_LINES: i32 = 2_000;

/// The text behind every view of the log. Its copies are the same text.
#[derive(Debug, Clone)]
pub(super) struct Log(gtk::TextBuffer);

impl Log {
    /// An empty log.
    pub(super) fn new() -> Self {
        let buffer = gtk::TextBuffer::new(None);
        buffer.set_enable_undo(false);
        Self(buffer)
    }

    /// The buffer, for a view.
    pub(super) fn buffer(&self) -> &gtk::TextBuffer {
        &self.0
    }

    /// The whole text.
    pub(super) fn text(&self) -> String {
        self.0.text(&self.0.start_iter(), &self.0.end_iter(), false).into()
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        self.0.set_text("");
    }

    /// Adds lines; before them `left_out` others are missing.
    pub(super) fn add(&self, lines: &VecDeque<String>, left_out: u64) {
        if lines.is_empty() {
            return;
        }
        let mut text = String::new();
        if left_out > 0 {
            let count = u32::try_from(left_out).unwrap_or(u32::MAX);
            text.push_str(&ngettext_f(
                "… {count} line came too fast and is left out here …",
                "… {count} lines came too fast and are left out here …",
                count,
                &[("count", &left_out.to_string())],
            ));
            text.push('\n');
        }
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        self.0.insert(&mut self.0.end_iter(), &text);
        let surplus = self.0.line_count().saturating_sub(MOST_LINES);
        if surplus > 0
            && let Some(mut kept) = self.0.iter_at_line(surplus)
        {
            self.0.delete(&mut self.0.start_iter(), &mut kept);
        }
    }
}
