//! The one way by which text gets into a shell script.

/// A word of a POSIX shell that expands to exactly `text`.
pub(super) fn word(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+:@,=".contains(letter);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn plain_text_stays_and_the_rest_is_quoted() {
        assert_eq!(word("/dev/mapper/enc-1"), "/dev/mapper/enc-1");
        assert_eq!(word(""), "''");
        assert_eq!(word("a b"), "'a b'");
        assert_eq!(word("$(it's)"), "'$(it'\\''s)'");
    }
}
