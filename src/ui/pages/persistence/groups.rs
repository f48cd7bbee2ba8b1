//! The catalogue, group by group.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk::glib;

use super::entry::EntryRow;
use crate::i18n::{gettext, ngettext_f};
use crate::pure::answers::Answers;
use crate::pure::catalogue::{self, Entry};
use crate::pure::wizard::Wizard;
use crate::ui::page::Said;

/// The groups. Their rows are made one at a time when the page is first come to, so that the window
/// neither starts later nor stands still for them.
#[derive(Clone)]
pub(super) struct Groups(Rc<Inner>);

struct Inner {
    groups: Vec<Group>,
    said: relm4::Sender<Said>,
    is_begun: Cell<bool>,
    wizard: RefCell<Option<Rc<Wizard>>>,
}

struct Group {
    widget: adw::PreferencesGroup,
    rows: RefCell<Vec<Row>>,
    more: adw::ButtonRow,
    is_open: Cell<bool>,
}

struct Row {
    row: EntryRow,
    /// It is shown without being asked for.
    is_near: Cell<bool>,
}

impl Groups {
    /// The groups, without rows.
    pub(super) fn new(said: &relm4::Sender<Said>) -> Self {
        let groups = catalogue::groups()
            .iter()
            .map(|group| Group {
                widget: adw::PreferencesGroup::builder().title(group.title()).build(),
                rows: RefCell::new(Vec::new()),
                more: adw::ButtonRow::new(),
                is_open: Cell::new(false),
            })
            .collect();
        let groups = Self(Rc::new(Inner {
            groups,
            said: said.clone(),
            is_begun: Cell::new(false),
            wizard: RefCell::new(None),
        }));
        for (index, group) in groups.0.groups.iter().enumerate() {
            let inner = Rc::downgrade(&groups.0);
            let _handler = group.more.connect_activated(move |_| {
                if let Some(inner) = inner.upgrade()
                    && let Some(group) = inner.groups.get(index)
                {
                    group.turn();
                }
            });
        }
        groups
    }

    /// The widgets, in their order.
    pub(super) fn widgets(&self) -> impl Iterator<Item = &adw::PreferencesGroup> {
        self.0.groups.iter().map(|group| &group.widget)
    }

    /// Shows the page's state as it is come to.
    pub(super) fn enter(&self, wizard: &Rc<Wizard>) {
        let _before = self.0.wizard.replace(Some(Rc::clone(wizard)));
        if !self.0.is_begun.replace(true) {
            self.begin();
            return;
        }
        for group in &self.0.groups {
            group.enter(wizard.answers());
        }
    }

    /// Shows a changed state.
    pub(super) fn refresh(&self, wizard: &Rc<Wizard>) {
        let _before = self.0.wizard.replace(Some(Rc::clone(wizard)));
        for group in &self.0.groups {
            group.refresh(wizard.answers());
        }
    }

    fn begin(&self) {
        let all = self.0.groups.iter().zip(catalogue::groups());
        let mut todo: Vec<(usize, &'static Entry, bool)> = Vec::new();
        for (index, (_, group)) in all.enumerate() {
            let last = group.entries.len().saturating_sub(1);
            todo.extend(group.entries.iter().enumerate().map(|(at, entry)| (index, entry, at == last)));
        }
        let mut todo = todo.into_iter();
        let inner = Rc::downgrade(&self.0);
        let _source = glib::idle_add_local(move || {
            let (Some(inner), Some((index, entry, is_last))) = (inner.upgrade(), todo.next()) else {
                return glib::ControlFlow::Break;
            };
            inner.make(index, entry, is_last);
            glib::ControlFlow::Continue
        });
    }
}

impl Inner {
    fn make(&self, index: usize, entry: &'static Entry, is_last: bool) {
        let wizard = self.wizard.borrow();
        let (Some(group), Some(wizard)) = (self.groups.get(index), wizard.as_ref()) else { return };
        let row = EntryRow::new(entry, &self.said);
        row.show(wizard.answers());
        let is_near = row.is_near(wizard.answers());
        row.widget().set_visible(is_near || group.is_open.get());
        group.widget.add(row.widget());
        group.rows.borrow_mut().push(Row { row, is_near: Cell::new(is_near) });
        if is_last {
            group.widget.add(&group.more);
            group.show_more();
        }
    }
}

impl Group {
    fn enter(&self, answers: &Answers) {
        for row in self.rows.borrow().iter() {
            row.is_near.set(row.row.is_near(answers));
        }
        self.refresh(answers);
    }

    fn refresh(&self, answers: &Answers) {
        for row in self.rows.borrow().iter() {
            row.row.show(answers);
            // What is seen stays until the page is left: a row whose switch was just turned off
            // must not go away under the person's hand.
            row.is_near.set(row.is_near.get() || row.row.is_near(answers));
            row.row.widget().set_visible(row.is_near.get() || self.is_open.get());
        }
        self.show_more();
    }

    /// Shows the rest, or hides it again.
    fn turn(&self) {
        self.is_open.set(!self.is_open.get());
        let rows = self.rows.borrow();
        for row in rows.iter() {
            row.row.widget().set_visible(row.is_near.get() || self.is_open.get());
        }
        if self.is_open.get()
            && let Some(first) = rows.iter().find(|row| !row.is_near.get())
        {
            // Onwards from there, not back to there.
            let _could = first.row.widget().grab_focus();
        }
        self.show_more();
    }

    fn show_more(&self) {
        let hidden = self.rows.borrow().iter().filter(|row| !row.is_near.get()).count();
        let hidden = u32::try_from(hidden).unwrap_or(u32::MAX);
        self.more.set_visible(hidden > 0);
        let title = if self.is_open.get() {
            gettext("Show Fewer")
        } else {
            ngettext_f("Show {count} More", "Show {count} More", hidden, &[("count", &hidden.to_string())])
        };
        self.more.set_title(&title);
    }
}
