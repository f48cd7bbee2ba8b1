//! The one way for a text into markup: GTK's labels, and the body of a desktop's notice.

/// The text such that markup shows it as it is.
///
/// Control characters become references, as `g_markup_escape_text` of GLib's manual has them: GMarkup
/// refuses them as they are.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\'' => escaped.push_str("&apos;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(character),
            _ if character.is_control() => escaped.push_str(&format!("&#x{:x};", u32::from(character))),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_in_a_text_is_taken_for_markup() {
        assert_eq!(escape("<b>A & “B”</b>\n"), "&lt;b&gt;A &amp; “B”&lt;/b&gt;\n");
        assert_eq!(escape("it's \"&lt;\""), "it&apos;s &quot;&amp;lt;&quot;");
        assert_eq!(escape("a\u{1b}[1m\u{7f}"), "a&#x1b;[1m&#x7f;");
    }
}
