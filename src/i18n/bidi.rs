//! Text of two directions in one line.
//!
//! Without a sign, whoever draws a line takes the first letter for the direction of all of it and
//! moves brackets and slashes between Arabic and Latin words to the wrong side. The signs are those
//! of the Unicode Standard Annex 9, «Unicode Bidirectional Algorithm». They are for what is drawn:
//! a terminal may show them as boxes, and what is copied must not hold them.

use std::borrow::Cow;

/// What follows, up to [`END`], is put together by itself, in the direction of its first letter.
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
/// The end of what [`FIRST_STRONG_ISOLATE`] began.
const END: char = '\u{2069}';
/// A letter from right to left that can't be seen: it gives the line its direction.
const RIGHT_TO_LEFT_MARK: char = '\u{200f}';

/// A value as it is put into a message, `rtl` being the message's direction. It stays as it is
/// where nothing can change places.
pub(super) fn isolated(value: &str, rtl: bool) -> Cow<'_, str> {
    if rtl || value.chars().any(is_right_to_left) {
        Cow::Owned(format!("{FIRST_STRONG_ISOLATE}{value}{END}"))
    } else {
        Cow::Borrowed(value)
    }
}

/// A text that is the beginning of a line, which has the direction of the language and not that of
/// its first letter.
pub(super) fn line(text: String, rtl: bool) -> String {
    if rtl && !text.is_empty() { format!("{RIGHT_TO_LEFT_MARK}{text}") } else { text }
}

/// Whether a letter is written from right to left: the blocks that the Unicode Character Database
/// (DerivedBidiClass.txt) keeps for such scripts.
const fn is_right_to_left(letter: char) -> bool {
    matches!(letter,
        '\u{0590}'..='\u{08ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stands_by_itself_where_it_could_change_places() {
        assert_eq!(isolated("/dev/sda", true), "\u{2068}/dev/sda\u{2069}");
        assert_eq!(isolated("قرص", false), "\u{2068}قرص\u{2069}");
        assert_eq!(isolated("/dev/sda", false), "/dev/sda");
    }

    #[test]
    fn a_line_begins_where_its_language_does() {
        assert_eq!(line("sda".to_owned(), true), "\u{200f}sda");
        assert_eq!(line("sda".to_owned(), false), "sda");
        assert_eq!(line(String::new(), true), "");
    }
}
