//! A row that the person has added and can remove again.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Property;

use crate::i18n::gettext_f;

/// The row.
pub(super) struct Removable {
    row: adw::ActionRow,
    name: String,
    subtitle: String,
}

impl Removable {
    /// A row for what is called `name`; `remove` is called when the person wants it away.
    pub(super) fn new(name: &str, subtitle: &str, remove: impl Fn() + 'static) -> Self {
        let row = adw::ActionRow::builder()
            .use_markup(false)
            .title(name)
            .subtitle(subtitle)
            .title_lines(0)
            .subtitle_lines(0)
            .build();
        let words = gettext_f("Remove {name}", &[("name", name)]);
        let button = gtk::Button::builder()
            .icon_name("list-remove-symbolic")
            .tooltip_text(&words)
            .valign(gtk::Align::Center)
            .css_classes(["flat"])
            .build();
        button.update_property(&[Property::Label(&words)]);
        let _handler = button.connect_clicked(move |_| remove());
        row.add_suffix(&button);
        Self { row, name: name.to_owned(), subtitle: subtitle.to_owned() }
    }

    /// The widget.
    pub(super) fn widget(&self) -> &adw::ActionRow {
        &self.row
    }

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What stands below it.
    pub(super) fn subtitle(&self) -> &str {
        &self.subtitle
    }

    /// Says what is wrong with it.
    pub(super) fn set_problem(&self, sentence: Option<&str>) {
        let shown = match sentence {
            Some(sentence) if self.subtitle.is_empty() => sentence.to_owned(),
            Some(sentence) => format!("{}\n{sentence}", self.subtitle),
            None => self.subtitle.clone(),
        };
        if self.row.subtitle().as_deref() == Some(shown.as_str()) {
            return;
        }
        self.row.set_subtitle(&shown);
        if let Some(sentence) = sentence {
            self.row.add_css_class("error");
            self.row
                .upcast_ref::<gtk::Widget>()
                .announce(sentence, gtk::AccessibleAnnouncementPriority::Medium);
        } else {
            self.row.remove_css_class("error");
        }
    }
}

/// A button beside a field, that adds what is typed in it.
pub(super) fn add_button(words: &str) -> gtk::Button {
    let button = gtk::Button::builder()
        .icon_name("list-add-symbolic")
        .tooltip_text(words)
        .valign(gtk::Align::Center)
        .sensitive(false)
        .css_classes(["flat"])
        .build();
    button.update_property(&[Property::Label(words)]);
    button
}
