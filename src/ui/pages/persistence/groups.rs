//! The catalogue, group by group.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

use super::entry::{self, EntryRow};
use crate::i18n::{gettext, ngettext_f};
use crate::pure::answers::Answers;
use crate::pure::catalogue::{self, Entry};
use crate::pure::wizard::Wizard;
use crate::ui::page::Said;
use crate::ui::stretch::{self, Stretch};

/// The groups. Their rows are made a few at a time when the page is first come to, so that the window
/// neither starts later nor stands still for them; those that are shown on request, when they are.
#[derive(Clone)]
pub(super) struct Groups(Rc<Inner>);

struct Inner {
    groups: Vec<Group>,
    said: relm4::Sender<Said>,
    is_begun: Cell<bool>,
    wizard: RefCell<Option<Rc<Wizard>>>,
}

/// A group, and an entry that is to get a row in it, or nothing when it has all that it needs at first.
type Todo = (usize, Option<&'static Entry>);

struct Group {
    widget: adw::PreferencesGroup,
    entries: &'static [Entry],
    rows: RefCell<Vec<Row>>,
    more: adw::ButtonRow,
    /// Whether it has the rows that it needs at first, and the button behind them.
    is_complete: Cell<bool>,
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
                entries: &group.entries,
                rows: RefCell::new(Vec::new()),
                more: adw::ButtonRow::new(),
                is_complete: Cell::new(false),
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
            let _handler = group.more.connect_activated(move |_| Inner::turn(&inner, index));
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
            self.begin(wizard.answers());
            return;
        }
        for group in &self.0.groups {
            group.forget_near(wizard.answers());
        }
        self.refresh(wizard);
    }

    /// Shows a changed state.
    pub(super) fn refresh(&self, wizard: &Rc<Wizard>) {
        let _before = self.0.wizard.replace(Some(Rc::clone(wizard)));
        for group in &self.0.groups {
            group.refresh(wizard.answers(), &self.0.said);
        }
    }

    fn begin(&self, answers: &Answers) {
        let mut todo: VecDeque<Todo> = VecDeque::new();
        for (index, group) in self.0.groups.iter().enumerate() {
            let near = group.entries.iter().filter(|entry| entry::is_near(entry, answers));
            todo.extend(near.map(|entry| (index, Some(entry))));
            todo.push_back((index, None));
        }
        Inner::go_on(&Rc::downgrade(&self.0), todo);
    }
}

impl Inner {
    /// Makes some of the rows that are to be made, and the rest later.
    fn go_on(inner: &Weak<Self>, mut todo: VecDeque<Todo>) {
        let Some(known) = inner.upgrade() else { return };
        let mut stretch = Stretch::begin();
        while !stretch.is_over()
            && let Some((index, entry)) = todo.pop_front()
        {
            known.make(index, entry);
            stretch.count();
        }
        // One that has no rows yet may be hidden; the first one always has.
        if let (false, Some(group)) = (todo.is_empty(), known.groups.first()) {
            let inner = Weak::clone(inner);
            stretch::after_drawing(&group.widget, move || Self::go_on(&inner, todo));
        }
    }

    fn make(&self, index: usize, entry: Option<&'static Entry>) {
        let wizard = self.wizard.borrow();
        let (Some(group), Some(wizard)) = (self.groups.get(index), wizard.as_ref()) else { return };
        match entry {
            Some(entry) => group.add(entry, wizard.answers(), &self.said),
            None => {
                group.widget.add(&group.more);
                group.is_complete.set(true);
                group.refresh(wizard.answers(), &self.said);
            }
        }
    }

    /// Shows the rest of a group, or hides it again.
    fn turn(inner: &Weak<Self>, index: usize) {
        let Some(known) = inner.upgrade() else { return };
        let Some(group) = known.groups.get(index) else { return };
        group.is_open.set(!group.is_open.get());
        group.show_rows();
        group.show_more();
        if group.is_open.get() {
            // The button goes behind the new rows. The toolkit warns of a row that is taken out with
            // the keyboard in it.
            if let Some(root) = group.more.root() {
                root.set_focus(None::<&gtk::Widget>);
            }
            let missing = group.entries.iter().filter(|entry| !group.has(entry));
            Self::go_on(inner, missing.map(|entry| (index, Some(entry))).collect());
            // Onwards from there, not back to there.
            let rows = group.rows.borrow();
            if let Some(first) = rows.iter().find(|row| !row.is_near.get()) {
                let _could = first.row.widget().grab_focus();
            }
        }
    }
}

impl Group {
    fn has(&self, entry: &Entry) -> bool {
        self.rows.borrow().iter().any(|row| row.row.entry().id == entry.id)
    }

    /// Adds an entry's row, before the button.
    fn add(&self, entry: &'static Entry, answers: &Answers, said: &relm4::Sender<Said>) {
        if self.has(entry) {
            return;
        }
        let row = EntryRow::new(entry, said);
        row.show(answers);
        let is_near = entry::is_near(entry, answers);
        row.widget().set_visible(is_near || self.is_open.get());
        if self.is_complete.get() {
            self.widget.remove(&self.more);
        }
        self.widget.add(row.widget());
        if self.is_complete.get() {
            self.widget.add(&self.more);
        }
        self.rows.borrow_mut().push(Row { row, is_near: Cell::new(is_near) });
    }

    fn forget_near(&self, answers: &Answers) {
        for row in self.rows.borrow().iter() {
            row.is_near.set(entry::is_near(row.row.entry(), answers));
        }
    }

    fn refresh(&self, answers: &Answers, said: &relm4::Sender<Said>) {
        for row in self.rows.borrow().iter() {
            row.row.show(answers);
            // What is seen stays until the page is left: a row whose switch was just turned off
            // must not go away under the person's hand.
            row.is_near.set(row.is_near.get() || entry::is_near(row.row.entry(), answers));
        }
        if self.is_complete.get() {
            for entry in self.entries.iter().filter(|entry| entry::is_near(entry, answers)) {
                self.add(entry, answers, said);
            }
        }
        self.show_rows();
        self.show_more();
    }

    fn show_rows(&self) {
        for row in self.rows.borrow().iter() {
            row.row.widget().set_visible(row.is_near.get() || self.is_open.get());
        }
    }

    fn show_more(&self) {
        let near = self.rows.borrow().iter().filter(|row| row.is_near.get()).count();
        let hidden = u32::try_from(self.entries.len().saturating_sub(near)).unwrap_or(u32::MAX);
        self.more.set_visible(hidden > 0);
        let title = if self.is_open.get() {
            gettext("Show Fewer")
        } else {
            ngettext_f("Show {count} More", "Show {count} More", hidden, &[("count", &hidden.to_string())])
        };
        self.more.set_title(&title);
    }
}
