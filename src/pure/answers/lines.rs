//! Turns offsets in a text into lines and columns.

use super::Place;

/// Where the lines of a text begin.
pub(super) struct Lines<'text> {
    text: &'text str,
    starts: Vec<usize>,
}

impl<'text> Lines<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The place of the byte at `offset`; past the end it is the place of the end.
    pub(super) fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.text.get(start..).unwrap_or_default().char_indices();
        let column = before.take_while(|(at, _)| start + at < offset).count() + 1;
        Place { line, column }
    }

    /// The text of a line, counted from 1, with its newline.
    pub(super) fn line(&self, number: usize) -> &'text str {
        let start = self.starts.get(number.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let end = self.starts.get(number).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let lines = Lines::new("a\nüb = 1\n");
        assert_eq!(lines.place(0), Place { line: 1, column: 1 });
        assert_eq!(lines.place(2), Place { line: 2, column: 1 });
        assert_eq!(lines.place(4), Place { line: 2, column: 2 });
        assert_eq!(lines.place(99), Place { line: 3, column: 1 });
        assert_eq!(lines.line(2), "üb = 1\n");
    }
}
