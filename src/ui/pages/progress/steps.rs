//! The list of steps, and how far it has come.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Property;

use crate::i18n::{gettext, gettext_f};

const WAITING: &str = "waiting";
const RUNNING: &str = "running";
const DONE: &str = "done";

/// The list.
pub(super) struct Steps {
    group: adw::PreferencesGroup,
    rows: Vec<(String, adw::ActionRow, gtk::Stack)>,
}

impl Steps {
    /// An empty list.
    pub(super) fn new() -> Self {
        Self { group: adw::PreferencesGroup::builder().title(gettext("Steps")).build(), rows: Vec::new() }
    }

    /// The widget.
    pub(super) fn widget(&self) -> &adw::PreferencesGroup {
        &self.group
    }

    /// Lists these steps, none of them begun.
    pub(super) fn set(&mut self, sentences: Vec<String>) {
        for (_, row, _) in self.rows.drain(..) {
            self.group.remove(&row);
        }
        for sentence in sentences {
            // A disk's name is in some of them, so there is no markup.
            let row = adw::ActionRow::builder().use_markup(false).title_lines(0).build();
            row.set_title(&sentence);
            let mark = mark();
            row.add_prefix(&mark);
            // Its title alone would not say how the step stands.
            row.upcast_ref::<gtk::Widget>().reset_relation(gtk::AccessibleRelation::LabelledBy);
            self.group.add(&row);
            self.rows.push((sentence, row, mark));
        }
        self.begun(0);
    }

    /// Marks the step at this place, counted from 1, as under way and those before it as done; 0 is
    /// none.
    pub(super) fn begun(&self, number: usize) {
        for (place, (sentence, row, mark)) in (1..).zip(&self.rows) {
            let (name, spoken) = if place < number {
                (DONE, gettext_f("{step}: done", &[("step", sentence)]))
            } else if place == number {
                (RUNNING, gettext_f("{step}: under way", &[("step", sentence)]))
            } else {
                (WAITING, gettext_f("{step}: not begun", &[("step", sentence)]))
            };
            mark.set_visible_child_name(name);
            row.upcast_ref::<gtk::Widget>().update_property(&[Property::Label(&spoken)]);
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// What the step at this place, counted from 1, does.
    pub(super) fn sentence(&self, number: usize) -> Option<&str> {
        self.rows.get(number.checked_sub(1)?).map(|(sentence, _, _)| sentence.as_str())
    }
}

/// The mark of a step: its shape says how it stands, and its row says it in words.
fn mark() -> gtk::Stack {
    let stack = gtk::Stack::builder().valign(gtk::Align::Center).build();
    let quiet = |icon: &str| {
        gtk::Image::builder().icon_name(icon).accessible_role(gtk::AccessibleRole::Presentation).build()
    };
    let waiting = quiet("content-loading-symbolic");
    waiting.add_css_class("dim-label");
    let done = quiet("object-select-symbolic");
    done.add_css_class("success");
    let running = adw::Spinner::builder().accessible_role(gtk::AccessibleRole::Presentation).build();
    let _page = stack.add_named(&waiting, Some(WAITING));
    let _page = stack.add_named(&running, Some(RUNNING));
    let _page = stack.add_named(&done, Some(DONE));
    stack
}
