//! The one way for a text into Pango markup.

use relm4::gtk::glib;

/// The text such that markup shows it as it is.
pub(super) fn markup(text: &str) -> String {
    glib::markup_escape_text(text).into()
}

#[cfg(test)]
mod tests {
    use super::markup;

    #[test]
    fn nothing_in_a_text_is_taken_for_markup() {
        assert_eq!(markup("<b>A & B</b>"), "&lt;b&gt;A &amp; B&lt;/b&gt;");
    }
}
