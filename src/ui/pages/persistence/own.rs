//! The person's own directories, or files.

use std::cell::RefCell;
use std::rc::Rc;

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

use super::removable::{Removable, add_button};
use crate::i18n::{gettext, gettext_f};
use crate::pure::wizard::{Own as Kind, Wizard};
use crate::ui::page::Said;
use crate::ui::problem::Problem;

/// The list of them, and a field to add one.
pub(super) struct Own {
    group: adw::PreferencesGroup,
    list: RefCell<Vec<Removable>>,
    field: adw::EntryRow,
    problem: Problem,
    add: gtk::Button,
    said: relm4::Sender<Said>,
    wizard: RefCell<Option<Rc<Wizard>>>,
    kind: Kind,
}

impl Own {
    /// An empty list.
    pub(super) fn new(kind: Kind, said: &relm4::Sender<Said>) -> Rc<Self> {
        let (title, description, field, add) = match kind {
            Kind::Directory => (
                gettext("Your Own Directories"),
                gettext("With all that is in them, such as /var/lib/games."),
                gettext("Another directory"),
                gettext("Add Directory"),
            ),
            Kind::File => (
                gettext("Your Own Files"),
                gettext("Single files, such as /etc/adjtime."),
                gettext("Another file"),
                gettext("Add File"),
            ),
        };
        let group = adw::PreferencesGroup::builder().title(title).description(description).build();
        let field = adw::EntryRow::builder()
            .title(field)
            .input_purpose(gtk::InputPurpose::Url)
            .input_hints(gtk::InputHints::NO_SPELLCHECK)
            .build();
        let add = add_button(&add);
        field.add_suffix(&add);
        let problem = Problem::row(&field);
        let own = Rc::new(Self {
            group,
            list: RefCell::new(Vec::new()),
            field,
            problem,
            add,
            said: said.clone(),
            wizard: RefCell::new(None),
            kind,
        });
        own.lay_out();
        own.listen();
        own
    }

    /// The widget.
    pub(super) fn widget(&self) -> &adw::PreferencesGroup {
        &self.group
    }

    /// Shows the list, and what is wrong with it.
    pub(super) fn show(&self, wizard: &Rc<Wizard>) {
        let _before = self.wizard.replace(Some(Rc::clone(wizard)));
        let paths = self.kind.paths(wizard.answers());
        let is_same = self.list.borrow().iter().map(Removable::name).eq(paths.iter().map(String::as_str));
        if !is_same {
            self.rebuild(paths);
        }
        for (index, row) in self.list.borrow().iter().enumerate() {
            row.set_problem(wizard.problem(&self.kind.key(index)).as_deref());
        }
        self.check();
    }

    fn rebuild(&self, paths: &[String]) {
        let has_keyboard = self.group.state_flags().contains(gtk::StateFlags::FOCUS_WITHIN);
        for row in self.list.borrow_mut().drain(..) {
            self.group.remove(row.widget());
        }
        self.group.remove(&self.field);
        self.group.remove(self.problem.widget());
        for path in paths {
            let (said, kind, gone) = (self.said.clone(), self.kind, path.clone());
            let row = Removable::new(path, "", move || {
                let gone = gone.clone();
                said.emit(Said::edit(move |answers| {
                    kind.paths_mut(answers).retain(|path| *path != gone);
                }));
            });
            self.group.add(row.widget());
            self.list.borrow_mut().push(row);
        }
        self.lay_out();
        if has_keyboard {
            let _could = self.field.grab_focus();
        }
    }

    fn lay_out(&self) {
        self.group.add(&self.field);
        self.group.add(self.problem.widget());
    }

    fn listen(self: &Rc<Self>) {
        let own = Rc::downgrade(self);
        let _handler = self.field.connect_changed(move |_| {
            if let Some(own) = own.upgrade() {
                own.check();
            }
        });
        let own = Rc::downgrade(self);
        let add = move || {
            if let Some(own) = own.upgrade() {
                own.take();
            }
        };
        let _handler = self.field.connect_entry_activated({
            let add = add.clone();
            move |_| add()
        });
        let _handler = self.add.connect_clicked(move |_| add());
    }

    fn path(&self) -> String {
        self.field.text().trim().to_owned()
    }

    /// Says what is wrong with what is typed.
    fn check(&self) {
        let (path, wizard) = (self.path(), self.wizard.borrow());
        let wrong = match wizard.as_ref() {
            Some(wizard) if !path.is_empty() => wizard.own_path_problem(self.kind, &path),
            // An empty field adds nothing; there is nothing wrong with it.
            _ => None,
        };
        self.add.set_sensitive(!path.is_empty() && wrong.is_none());
        self.problem.set(wrong);
    }

    /// Adds what is typed.
    fn take(&self) {
        let path = self.path();
        if !self.add.is_sensitive() {
            return;
        }
        let kind = self.kind;
        let words = gettext_f("{name} is added.", &[("name", &path)]);
        self.field.upcast_ref::<gtk::Widget>().announce(&words, gtk::AccessibleAnnouncementPriority::Medium);
        self.field.set_text("");
        self.problem.forget();
        let _could = self.field.grab_focus();
        self.said.emit(Said::edit(move |answers| kind.paths_mut(answers).push(path)));
    }
}
