//! One entry of the catalogue.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Property;
use relm4::gtk::glib;

use crate::i18n::{gettext, gettext_f};
use crate::pure::answers::Answers;
use crate::pure::catalogue::{self, Entry, Fit, State, When};
use crate::ui::page::Said;

/// The row of one entry: a switch, and the paths behind it.
pub(super) struct EntryRow {
    entry: &'static Entry,
    row: adw::ExpanderRow,
    switch: gtk::Switch,
    /// How it is shown.
    shown: RefCell<Option<State>>,
    /// While the switch is set by the program, nobody has chosen anything.
    is_set: Rc<Cell<bool>>,
}

impl EntryRow {
    /// A row that tells `said` what the person turns on and off.
    pub(super) fn new(entry: &'static Entry, said: &relm4::Sender<Said>) -> Self {
        let title = entry.title();
        let switch = gtk::Switch::builder().valign(gtk::Align::Center).build();
        switch.update_property(&[Property::Label(&title)]);
        let row = adw::ExpanderRow::builder()
            .use_markup(false)
            .title(title)
            .title_lines(0)
            .subtitle_lines(0)
            .build();
        // The row in the list is around the one that is seen, and has no name of its own.
        row.upcast_ref::<gtk::Widget>().update_property(&[Property::Label(&entry.title())]);
        row.add_suffix(&switch);
        // What is inside is made when it is looked at: there are many rows.
        let is_filled = Cell::new(false);
        let _handler = row.connect_expanded_notify(move |row| {
            if row.is_expanded() && !is_filled.replace(true) {
                fill(row, entry);
            }
        });
        let is_set = Rc::new(Cell::new(false));
        let said = said.clone();
        let _handler = switch.connect_active_notify(glib::clone!(
            #[strong]
            is_set,
            move |switch| {
                if !is_set.get() {
                    let on = switch.is_active();
                    said.emit(Said::edit(move |answers| toggle(answers, entry, on)));
                }
            }
        ));
        Self { entry, row, switch, shown: RefCell::new(None), is_set }
    }

    /// The widget.
    pub(super) fn widget(&self) -> &adw::ExpanderRow {
        &self.row
    }

    /// Shows how the entry stands with the answers.
    pub(super) fn show(&self, answers: &Answers) {
        let state = catalogue::state(self.entry, &answers.persist, &answers.system);
        if self.shown.replace(Some(state)) == Some(state) {
            return;
        }
        let _before = self.is_set.replace(true);
        self.switch.set_active(state.is_on());
        let _before = self.is_set.replace(false);
        let is_free = !matches!(state, State::Required | State::Covered(_));
        self.switch.set_sensitive(is_free);
        let sentence = sentence(self.entry, state);
        self.switch.update_property(&[Property::Description(&sentence)]);
        self.row.set_subtitle(&sentence);
    }

    /// The entry.
    pub(super) fn entry(&self) -> &'static Entry {
        self.entry
    }
}

/// Whether an entry concerns the system that was chosen; the others are shown on request.
pub(super) fn is_near(entry: &Entry, answers: &Answers) -> bool {
    match catalogue::state(entry, &answers.persist, &answers.system) {
        State::Required | State::Preset | State::Added | State::TakenOut => true,
        // There is nothing to decide about a part of another.
        State::Covered(_) => false,
        State::Off => match catalogue::fit(entry, &answers.system) {
            Fit::Used => true,
            Fit::Possible => entry.when == When::Hardware,
            Fit::Unused => false,
        },
    }
}

fn toggle(answers: &mut Answers, entry: &Entry, on: bool) {
    if let Err(reason) = catalogue::toggle(&mut answers.persist, &answers.system, &entry.id, on) {
        // Its switch can't be moved.
        tracing::error!("{}: {reason}", entry.id);
    }
}

fn sentence(entry: &Entry, state: State) -> String {
    match state {
        State::Required => entry.required().unwrap_or_default(),
        State::Covered(other) => {
            gettext_f("It survives as a part of “{entry}”.", &[("entry", &other.title())])
        }
        // Translators: What is lost at a restart where the switch is off, as a sentence.
        _ => gettext_f("Without it: {loss}", &[("loss", &entry.lost())]),
    }
}

fn fill(row: &adw::ExpanderRow, entry: &Entry) {
    row.add_row(&fact(&entry.what(), &entry.note().unwrap_or_default()));
    for directory in &entry.directories {
        row.add_row(&fact(&gettext("Directory"), &directory.path));
    }
    for file in &entry.files {
        row.add_row(&fact(&gettext("File"), file));
    }
}

fn fact(title: &str, subtitle: &str) -> adw::ActionRow {
    adw::ActionRow::builder()
        .use_markup(false)
        .title(title)
        .subtitle(subtitle)
        .title_lines(0)
        .subtitle_lines(0)
        .subtitle_selectable(!subtitle.is_empty())
        .build()
}
