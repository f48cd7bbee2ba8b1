//! The list of disks, one of which can be chosen.

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::prelude::*;

use super::row::{self, Chosen, DiskRow};
use crate::i18n::{gettext, gettext_f};
use crate::pure::disk::Disk;

/// The list.
pub(super) struct DiskList {
    rows: Vec<Row>,
    /// Belongs to the rows' radio group and is never shown: while it is on, no disk is chosen.
    none: gtk::CheckButton,
}

struct Row {
    disk: Rc<Disk>,
    controller: Controller<DiskRow>,
}

/// What the list is told.
#[derive(Debug)]
pub(super) enum Input {
    /// The disks as they are now, and the UDisks2 object of the chosen one.
    Show {
        /// The disks.
        disks: Vec<Disk>,
        /// The choice.
        chosen: Option<String>,
    },
    /// A row was chosen.
    Chosen(String),
}

/// The UDisks2 object of the disk that is chosen now.
#[derive(Debug)]
pub(in crate::ui) struct Choice(pub(super) Option<String>);

#[relm4::component(pub(super))]
impl Component for DiskList {
    type Init = ();
    type Input = Input;
    type Output = Choice;
    type CommandOutput = ();

    view! {
        adw::PreferencesGroup {
            set_title: &gettext("Disks"),
            set_description: Some(&gettext("Everything on the disk that you choose will be erased.")),

            #[name = "list"]
            gtk::ListBox {
                set_selection_mode: gtk::SelectionMode::None,
                add_css_class: "boxed-list",
                update_property: &[gtk::accessible::Property::Label(&gettext("Disks"))],
            },
        }
    }

    fn init(_: (), root: Self::Root, _sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let none = gtk::CheckButton::builder().active(true).build();
        let model = Self { rows: Vec::new(), none };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update_with_view(
        &mut self,
        widgets: &mut Self::Widgets,
        input: Input,
        sender: ComponentSender<Self>,
        _: &Self::Root,
    ) {
        match input {
            Input::Show { disks, chosen } => {
                for news in self.show(disks, &widgets.list, &sender) {
                    widgets.list.announce(&news, gtk::AccessibleAnnouncementPriority::Medium);
                }
                self.choose(chosen.as_deref());
            }
            Input::Chosen(object) => {
                let _unheard = sender.output(Choice(Some(object)));
            }
        }
    }
}

impl DiskList {
    /// Brings the rows into line with the disks, leaving a row that stays where it is, so that
    /// focus and choice stay too. Gives what a person who can't see the list must be told.
    fn show(&mut self, disks: Vec<Disk>, list: &gtk::ListBox, sender: &ComponentSender<Self>) -> Vec<String> {
        let first_time = self.rows.is_empty();
        let mut news = Vec::new();
        self.rows.retain(|row| {
            let stays = disks.iter().any(|disk| is_same(disk, &row.disk));
            if !stays {
                list.remove(row.controller.widget());
                news.push(gettext_f("{disk} is gone", &[("disk", &row.disk.title())]));
            }
            stays
        });
        for (index, disk) in disks.into_iter().enumerate() {
            let place = self.rows.iter().position(|row| is_same(&row.disk, &disk));
            if let Some(row) = place.and_then(|place| self.rows.get_mut(place)) {
                if *row.disk != disk {
                    row.disk = Rc::new(disk);
                    row.controller.emit(row::Input::Show(Rc::clone(&row.disk)));
                }
                continue;
            }
            if !first_time {
                news.push(gettext_f("{disk} was plugged in", &[("disk", &disk.title())]));
            }
            let disk = Rc::new(disk);
            let init = row::Init { disk: Rc::clone(&disk), group: self.none.clone() };
            let controller = DiskRow::builder()
                .launch(init)
                .forward(sender.input_sender(), |Chosen(disk)| Input::Chosen(disk));
            // Both come in the order of device names, so what is already there is in order too.
            let at = index.min(self.rows.len());
            list.insert(controller.widget(), i32::try_from(at).unwrap_or(-1));
            self.rows.insert(at, Row { disk, controller });
        }
        news
    }

    /// Turns on the row of the chosen disk, or none.
    fn choose(&self, chosen: Option<&str>) {
        match self.rows.iter().find(|row| Some(row.disk.object.as_str()) == chosen) {
            Some(row) => row.controller.emit(row::Input::Choose),
            None => self.none.set_active(true),
        }
    }
}

/// Whether both are the same disk in the same place. A disk that was pulled and another that was
/// plugged in under the same name are two.
fn is_same(one: &Disk, other: &Disk) -> bool {
    one.object == other.object && one.identity.is_same_disk(&other.identity)
}
