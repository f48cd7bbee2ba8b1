//! How hard a secret is to guess: as a bar, in a word, and what would make it harder.

use relm4::gtk;
use relm4::gtk::accessible::Property;
use relm4::gtk::prelude::*;

use crate::i18n::{gettext, gettext_f};
use crate::pure::strength::{Grade, Strength};

/// The bar and its words.
pub(super) struct Meter {
    whole: gtk::Box,
    bar: gtk::LevelBar,
    word: gtk::Label,
    advice: gtk::Label,
    /// What stands there while nothing is typed.
    hint: String,
}

impl Meter {
    /// An empty bar with a hint.
    pub(super) fn new(hint: String) -> Self {
        let bar = gtk::LevelBar::builder()
            .mode(gtk::LevelBarMode::Discrete)
            .max_value(full())
            .hexpand(true)
            .valign(gtk::Align::Center)
            .build();
        // The names are the toolkit's own, for its colours.
        bar.add_offset_value(gtk::LEVEL_BAR_OFFSET_LOW, level(Grade::Weak));
        bar.add_offset_value(gtk::LEVEL_BAR_OFFSET_HIGH, level(Grade::Good));
        bar.add_offset_value(gtk::LEVEL_BAR_OFFSET_FULL, full());
        bar.update_property(&[Property::Label(&gettext("Strength"))]);
        let word = gtk::Label::builder().css_classes(["caption-heading"]).build();
        let advice = gtk::Label::builder()
            .wrap(true)
            .xalign(0.0)
            .label(&hint)
            .css_classes(["caption", "dim-label"])
            .build();
        let line = gtk::Box::builder().spacing(12).build();
        line.append(&bar);
        line.append(&word);
        let whole =
            gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(6).margin_top(12).build();
        whole.append(&line);
        whole.append(&advice);
        let meter = Self { whole, bar, word, advice, hint };
        meter.show(None);
        meter
    }

    /// The widget.
    pub(super) fn widget(&self) -> &gtk::Box {
        &self.whole
    }

    /// Shows what is thought of what is typed, or that nothing is. A screen reader says the word
    /// when it becomes another one.
    pub(super) fn show(&self, strength: Option<&Strength>) {
        let Some(strength) = strength else {
            self.bar.set_value(0.0);
            self.bar.reset_property(gtk::AccessibleProperty::ValueText);
            self.word.set_label("");
            self.word.set_visible(false);
            self.advice.set_label(&self.hint);
            return;
        };
        self.bar.set_value(level(strength.grade));
        let word = strength.grade.word();
        self.bar.update_property(&[Property::ValueText(&word)]);
        self.word.set_visible(true);
        if self.word.label() != word {
            self.word.set_label(&word);
            let spoken = gettext_f("Strength: {word}", &[("word", &word)]);
            self.word.announce(&spoken, gtk::AccessibleAnnouncementPriority::Low);
        }
        self.advice.set_label(&strength.advice.join(" "));
    }
}

/// The bar's value: even the weakest is not nothing.
fn level(grade: Grade) -> f64 {
    f64::from(grade.level()) + 1.0
}

fn full() -> f64 {
    level(Grade::Strong)
}
