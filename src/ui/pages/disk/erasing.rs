//! Whether and how the whole disk is erased first.

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::gtk::glib;
use relm4::prelude::*;

use crate::i18n::gettext;
use crate::pure::disk::Disk;
use crate::pure::erasure::{Erasure, about};
use crate::pure::wizard::Wizard;
use crate::ui::choice_row::{at, choice_row, offer, remark};
use crate::ui::page::Said;
use crate::ui::problem::Problem;

/// The group of rows.
pub(super) struct Erasing {
    disk: Option<Rc<Disk>>,
    chosen: Erasure,
    /// What the list offers, in its order.
    offered: Vec<Erasure>,
    row: adw::ComboRow,
    /// Tells what is chosen from the list.
    handler: glib::SignalHandlerId,
    problem: Problem,
}

/// What the group is told.
#[derive(Debug)]
pub(super) enum Input {
    /// This is the state.
    Show {
        /// The chosen disk, if any.
        disk: Option<Rc<Disk>>,
        /// What is answered.
        chosen: Erasure,
        /// What is wrong with that.
        problem: Option<String>,
    },
    /// The person has chosen from the list.
    Choose(u32),
}

impl Input {
    /// Everything, from the state.
    pub(super) fn show(wizard: &Wizard) -> Self {
        Self::Show {
            disk: wizard.chosen().cloned(),
            chosen: wizard.answers().disk.erase,
            problem: wizard.problem("disk.erase"),
        }
    }
}

#[relm4::component(pub(super))]
impl SimpleComponent for Erasing {
    type Init = ();
    type Input = Input;
    type Output = Said;

    view! {
        adw::PreferencesGroup {
            #[watch]
            set_visible: model.disk.is_some(),
            #[local_ref]
            row -> adw::ComboRow {},
            remark() -> adw::ActionRow {
                #[watch]
                set_title: &model.about(),
            },
            add = model.problem.widget(),
        }
    }

    fn init(_: (), _root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        // Translators: Before a row of choices such as “No” and “Overwrite with zeros”.
        let row = choice_row(&gettext("Erase the whole disk first"), &[&name(Erasure::None)]);
        let input = sender.input_sender().clone();
        let handler = row.connect_selected_notify(move |row| input.emit(Input::Choose(row.selected())));
        let model = Self {
            disk: None,
            chosen: Erasure::None,
            offered: vec![Erasure::None],
            problem: Problem::row(&row),
            handler,
            row,
        };
        let row = &model.row;
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>) {
        match input {
            Input::Show { disk, chosen, problem } => {
                self.disk = disk;
                self.chosen = chosen;
                self.offer();
                self.problem.set(problem);
            }
            Input::Choose(place) => {
                let erasure = at(&self.offered, place);
                if let Some(erasure) = erasure.filter(|erasure| *erasure != self.chosen) {
                    self.chosen = erasure;
                    // The page listens as long as it shows the group.
                    let _unheard = sender.output(Said::edit(move |answers| answers.disk.erase = erasure));
                }
            }
        }
    }
}

impl Erasing {
    /// Offers what the disk can, and what is chosen in any case: what is wrong with that is said.
    fn offer(&mut self) {
        let can = |erasure: &Erasure| self.disk.as_ref().is_some_and(|disk| disk.erasable.can(*erasure));
        self.offered =
            Erasure::ALL.into_iter().filter(|erasure| can(erasure) || *erasure == self.chosen).collect();
        let place = self.offered.iter().position(|erasure| *erasure == self.chosen).unwrap_or_default();
        let names: Vec<String> = self.offered.iter().map(|erasure| name(*erasure)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        offer(&self.row, &self.handler, &names, place);
    }

    fn about(&self) -> String {
        self.disk.as_ref().map(|disk| about(self.chosen, disk)).unwrap_or_default()
    }
}

fn name(erasure: Erasure) -> String {
    match erasure {
        // Translators: The whole disk is not erased first.
        Erasure::None => gettext("No"),
        // Translators: The disk is told that nothing on it is needed any more (TRIM).
        Erasure::Discard => gettext("Discard"),
        Erasure::Overwrite => gettext("Overwrite with zeros"),
        // Translators: The disk has a command to erase itself.
        Erasure::Firmware => gettext("By the disk itself"),
    }
}
