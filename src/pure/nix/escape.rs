//! The only place where text becomes Nix source.
//!
//! Sources: the Nix manual's chapters «String literal» and «Identifiers», and Nix' own lexer.

/// Words that can't be attribute names without quotes. `or` is among them because Nix reads it
/// as an operator after a selection.
const KEYWORDS: [&str; 9] = ["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then"];

/// A string literal that evaluates to exactly `text`.
///
/// Nix has no NUL in strings; answers with one are refused, and here it would become U+FFFD so
/// that the file still parses.
pub(super) fn string(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            '\0' => literal.push('\u{fffd}'),
            '$' if rest.peek() == Some(&'{') => literal.push_str("\\$"),
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}

/// An attribute name: as it is where Nix takes it as an identifier, otherwise quoted.
pub(super) fn attribute(name: &str) -> String {
    let mut letters = name.chars();
    let starts_well = letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    let goes_on_well =
        letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '\''));
    if starts_well && goes_on_well && name != "with" && !KEYWORDS.contains(&name) {
        name.to_owned()
    } else {
        string(name)
    }
}

/// One line inside an indented string (`''`) that evaluates to exactly `line`.
pub(super) fn indented_line(line: &str) -> String {
    let mut literal = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(next) = rest.chars().next() {
        let (taken, written) = if rest.starts_with("''") {
            (2, "'''")
        // Written out, the quote and the escape after it would be read as an escaped pair of
        // quotes and an open interpolation.
        } else if rest.starts_with("'${") {
            (3, "''\\'''${")
        } else if rest.starts_with("${") {
            (2, "''${")
        } else {
            literal.push(next);
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
            continue;
        };
        literal.push_str(written);
        rest = rest.get(taken..).unwrap_or_default();
    }
    literal
}

/// Whether an indented string can hold `text` unchanged, and `nixfmt` would leave it so: it ends
/// its last line, has text at the first column of its first line, and no control character or
/// blank at the end of a line.
pub(super) fn fits_indented(text: &str) -> bool {
    let starts_at_margin = text.chars().next().is_some_and(|first| !first.is_whitespace());
    starts_at_margin
        && text.ends_with('\n')
        // Not lines(), which would hide a carriage return.
        && text.split('\n').all(|line| !line.ends_with(char::is_whitespace) && !line.contains(char::is_control))
}
