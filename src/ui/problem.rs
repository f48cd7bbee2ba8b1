//! What is wrong with a field, under it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::{Property, Relation, State};
use relm4::gtk::glib;

/// The line under a field that says what is wrong with it. It is shown once the field has something
/// in it or was left; a page that was just come to has no red on it.
///
/// A screen reader says it with the field, and once when it appears or becomes another one.
#[derive(Clone)]
pub(super) struct Problem(Rc<Line>);

struct Line {
    field: gtk::Widget,
    /// What has the keyboard: within a row, the text itself.
    target: gtk::Widget,
    label: gtk::Label,
    /// The row around the label.
    widget: gtk::Widget,
    was_left: Cell<bool>,
    sentence: RefCell<Option<String>>,
}

impl Problem {
    /// For a field that is a row of a list: a row to put right below it.
    pub(super) fn row(field: &impl IsA<gtk::Widget>) -> Self {
        let label = label();
        label.set_margin_top(9);
        label.set_margin_bottom(9);
        label.set_margin_start(12);
        label.set_margin_end(12);
        let row = adw::PreferencesRow::builder()
            .child(&label)
            .activatable(false)
            .selectable(false)
            .focusable(false)
            .build();
        Self::new(field.upcast_ref(), label, row.upcast())
    }

    fn new(field: &gtk::Widget, label: gtk::Label, widget: gtk::Widget) -> Self {
        widget.set_visible(false);
        let line = Rc::new(Line {
            field: field.clone(),
            target: target(field),
            label,
            widget,
            was_left: Cell::new(false),
            sentence: RefCell::new(None),
        });
        let focus = gtk::EventControllerFocus::new();
        let _handler = focus.connect_leave(glib::clone!(
            #[weak]
            line,
            move |_| {
                line.was_left.set(true);
                line.show();
            }
        ));
        field.add_controller(focus);
        Self(line)
    }

    /// The line, to be put below the field.
    pub(super) fn widget(&self) -> &gtk::Widget {
        &self.0.widget
    }

    /// Takes what is wrong with the field now, or that nothing is.
    pub(super) fn set(&self, sentence: Option<String>) {
        let _before = self.0.sentence.replace(sentence);
        self.0.show();
    }

    /// Shows what is wrong even where nothing was typed yet, such as after an attempt to use it.
    pub(super) fn insist(&self) {
        self.0.was_left.set(true);
        self.0.show();
    }

    /// Takes the field for one that nobody has been in yet.
    pub(super) fn forget(&self) {
        self.0.was_left.set(false);
        self.0.show();
    }
}

impl Line {
    fn show(&self) {
        let sentence = self.sentence.borrow();
        let is_due = self.was_left.get() || is_filled(&self.field);
        let shown = sentence.as_deref().filter(|_| is_due);
        let before = self.widget.is_visible().then(|| self.label.label());
        if before.as_deref() == shown {
            return;
        }
        let Some(sentence) = shown else {
            self.widget.set_visible(false);
            self.field.remove_css_class("error");
            self.target.reset_state(gtk::AccessibleState::Invalid);
            self.target.reset_relation(gtk::AccessibleRelation::ErrorMessage);
            return;
        };
        self.label.set_label(sentence);
        self.widget.update_property(&[Property::Label(sentence)]);
        self.widget.set_visible(true);
        self.field.add_css_class("error");
        self.target.update_state(&[State::Invalid(gtk::AccessibleInvalidState::True)]);
        self.target.update_relation(&[Relation::ErrorMessage(&[self.label.upcast_ref()])]);
        self.target.announce(sentence, gtk::AccessibleAnnouncementPriority::Medium);
    }
}

fn label() -> gtk::Label {
    gtk::Label::builder()
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .xalign(0.0)
        .css_classes(["error", "caption"])
        .build()
}

/// What of the field has the keyboard.
fn target(field: &gtk::Widget) -> gtk::Widget {
    let delegate = field.dynamic_cast_ref::<gtk::Editable>().and_then(EditableExt::delegate);
    delegate.and_then(|inner| inner.dynamic_cast::<gtk::Widget>().ok()).unwrap_or_else(|| field.clone())
}

/// Whether something is in the field; where nothing is typed, there always is.
fn is_filled(field: &gtk::Widget) -> bool {
    field.dynamic_cast_ref::<gtk::Editable>().is_none_or(|field| !field.text().is_empty())
}
