//! Further subvolumes, which survive as a whole.

use std::cell::RefCell;
use std::rc::Rc;

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Property;

use super::removable::Removable;
use crate::i18n::{gettext, gettext_f};
use crate::pure::answers::ExtraSubvolume;
use crate::pure::wizard::Wizard;
use crate::ui::page::Said;
use crate::ui::problem::Problem;

/// The list of them, and two fields to add one.
pub(super) struct Subvolumes {
    group: adw::PreferencesGroup,
    expander: adw::ExpanderRow,
    list: RefCell<Vec<Removable>>,
    name: Field,
    mountpoint: Field,
    add: adw::ButtonRow,
    said: relm4::Sender<Said>,
    wizard: RefCell<Option<Rc<Wizard>>>,
}

struct Field {
    row: adw::EntryRow,
    problem: Problem,
}

impl Subvolumes {
    /// An empty list.
    pub(super) fn new(said: &relm4::Sender<Said>) -> Rc<Self> {
        let group = adw::PreferencesGroup::builder().title(gettext("Advanced")).build();
        let expander = adw::ExpanderRow::builder()
            .title(gettext("More subvolumes"))
            .subtitle(gettext(
                "Parts of the filesystem with a place of their own, such as one for games at /srv/games. All that is in them survives.",
            ))
            .title_lines(0)
            .subtitle_lines(0)
            .build();
        let name = gettext("More subvolumes");
        expander.upcast_ref::<gtk::Widget>().update_property(&[Property::Label(&name)]);
        group.add(&expander);
        let subvolumes = Rc::new(Self {
            group,
            expander,
            list: RefCell::new(Vec::new()),
            name: Field::new(&gettext("Name of the subvolume")),
            mountpoint: Field::new(&gettext("Its place, such as /srv/games")),
            add: adw::ButtonRow::builder()
                .title(gettext("Add Subvolume"))
                .start_icon_name("list-add-symbolic")
                .build(),
            said: said.clone(),
            wizard: RefCell::new(None),
        });
        subvolumes.lay_out();
        subvolumes.listen();
        subvolumes
    }

    /// The widget.
    pub(super) fn widget(&self) -> &adw::PreferencesGroup {
        &self.group
    }

    /// Shows the list, and what is wrong with it.
    pub(super) fn show(&self, wizard: &Rc<Wizard>) {
        let _before = self.wizard.replace(Some(Rc::clone(wizard)));
        let subvolumes = &wizard.answers().filesystem.subvolumes;
        let is_same = self.list.borrow().len() == subvolumes.len()
            && self
                .list
                .borrow()
                .iter()
                .zip(subvolumes)
                .all(|(row, one)| row.name() == one.name && row.subtitle() == one.mountpoint);
        if !is_same {
            self.rebuild(subvolumes);
        }
        for (index, row) in self.list.borrow().iter().enumerate() {
            let key = |field: &str| format!("filesystem.subvolumes[{index}].{field}");
            let wrong = wizard.problem(&key("name")).or_else(|| wizard.problem(&key("mountpoint")));
            row.set_problem(wrong.as_deref());
        }
        let _complete = self.check();
    }

    fn rebuild(&self, subvolumes: &[ExtraSubvolume]) {
        let has_keyboard = self.group.state_flags().contains(gtk::StateFlags::FOCUS_WITHIN);
        for row in self.list.borrow_mut().drain(..) {
            self.expander.remove(row.widget());
        }
        for widget in self.fixed() {
            self.expander.remove(&widget);
        }
        for subvolume in subvolumes {
            let (said, gone) = (self.said.clone(), subvolume.clone());
            let row = Removable::new(&subvolume.name, &subvolume.mountpoint, move || {
                let gone = gone.clone();
                said.emit(Said::edit(move |answers| {
                    answers.filesystem.subvolumes.retain(|each| *each != gone);
                }));
            });
            self.expander.add_row(row.widget());
            self.list.borrow_mut().push(row);
        }
        self.lay_out();
        if has_keyboard {
            let _could = self.name.row.grab_focus();
        }
    }

    fn fixed(&self) -> [gtk::Widget; 5] {
        [
            self.name.row.clone().upcast(),
            self.name.problem.widget().clone(),
            self.mountpoint.row.clone().upcast(),
            self.mountpoint.problem.widget().clone(),
            self.add.clone().upcast(),
        ]
    }

    fn lay_out(&self) {
        for widget in self.fixed() {
            self.expander.add_row(&widget);
        }
    }

    fn listen(self: &Rc<Self>) {
        for field in [&self.name, &self.mountpoint] {
            let subvolumes = Rc::downgrade(self);
            let _handler = field.row.connect_changed(move |_| {
                if let Some(subvolumes) = subvolumes.upgrade() {
                    let _complete = subvolumes.check();
                }
            });
            let subvolumes = Rc::downgrade(self);
            let _handler = field.row.connect_entry_activated(move |_| {
                if let Some(subvolumes) = subvolumes.upgrade() {
                    subvolumes.take();
                }
            });
        }
        let subvolumes = Rc::downgrade(self);
        let _handler = self.add.connect_activated(move |_| {
            if let Some(subvolumes) = subvolumes.upgrade() {
                subvolumes.take();
            }
        });
    }

    fn typed(&self) -> ExtraSubvolume {
        ExtraSubvolume { name: self.name.text(), mountpoint: self.mountpoint.text() }
    }

    /// Says what is wrong with what is typed; nothing while nothing is.
    fn check(&self) -> bool {
        let typed = self.typed();
        let wizard = self.wizard.borrow();
        let Some(wizard) = wizard.as_ref().filter(|_| !typed.name.is_empty() || !typed.mountpoint.is_empty())
        else {
            self.name.problem.set(None);
            self.mountpoint.problem.set(None);
            return false;
        };
        let wrong = wizard.subvolume_problems(&typed);
        let may = wrong.name.is_none() && wrong.mountpoint.is_none();
        self.name.problem.set(wrong.name);
        self.mountpoint.problem.set(wrong.mountpoint);
        may
    }

    /// Adds what is typed, or says why it can't be.
    fn take(&self) {
        let typed = self.typed();
        if !self.check() {
            self.name.problem.insist();
            self.mountpoint.problem.insist();
            let first = if typed.name.is_empty() { &self.name } else { &self.mountpoint };
            let _could = first.row.grab_focus();
            return;
        }
        let words = gettext_f("{name} is added.", &[("name", &typed.name)]);
        self.said.emit(Said::edit(move |answers| answers.filesystem.subvolumes.push(typed)));
        for field in [&self.name, &self.mountpoint] {
            field.row.set_text("");
            field.problem.forget();
        }
        self.expander
            .upcast_ref::<gtk::Widget>()
            .announce(&words, gtk::AccessibleAnnouncementPriority::Medium);
        let _could = self.name.row.grab_focus();
    }
}

impl Field {
    fn new(title: &str) -> Self {
        let row = adw::EntryRow::builder().title(title).input_hints(gtk::InputHints::NO_SPELLCHECK).build();
        Self { problem: Problem::row(&row), row }
    }

    fn text(&self) -> String {
        self.row.text().trim().to_owned()
    }
}
