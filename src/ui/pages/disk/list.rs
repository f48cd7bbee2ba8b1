//! The list of disks, one of which can be chosen.

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::prelude::*;

use super::row::{self, Chosen, DiskRow};
use crate::i18n::{gettext, gettext_f};
use crate::pure::disk::Disk;
use crate::ui::stretch::{self, Stretch};

/// The list.
pub(super) struct DiskList {
    rows: Vec<Row>,
    /// What is to be shown.
    disks: Rc<[Disk]>,
    chosen: Option<String>,
    /// What is still to be done until the rows are as the disks.
    work: Work,
    /// Whether it goes on by itself as soon as there is time.
    goes_on: bool,
    /// Belongs to the rows' radio group and is never shown: while it is on, no disk is chosen.
    none: gtk::CheckButton,
}

struct Row {
    disk: Rc<Disk>,
    controller: Controller<DiskRow>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Nothing was ever shown. What comes first is no news.
    First,
    /// What comes is news.
    Later,
    Done,
}

/// What the list is told.
#[derive(Debug)]
pub(super) enum Input {
    /// The disks as they are now, and the UDisks2 object of the chosen one.
    Show {
        /// The disks.
        disks: Rc<[Disk]>,
        /// The choice.
        chosen: Option<String>,
    },
    /// There is time to make more rows.
    GoOn,
    /// The row in this place was activated.
    Activated(usize),
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
            set_description: Some(&gettext("Everything on the disk that you choose will be erased.")),

            #[name = "list"]
            gtk::ListBox {
                set_selection_mode: gtk::SelectionMode::None,
                add_css_class: "boxed-list",
                update_property: &[gtk::accessible::Property::Label(&gettext("Disks"))],
            },
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let none = gtk::CheckButton::builder().active(true).build();
        let model = Self {
            rows: Vec::new(),
            disks: Rc::new([]),
            chosen: None,
            work: Work::First,
            goes_on: false,
            none,
        };
        let widgets = view_output!();
        let _handler = widgets.list.connect_row_activated(move |_, row| {
            if let Ok(place) = usize::try_from(row.index()) {
                sender.input(Input::Activated(place));
            }
        });
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
                let is_same = Rc::ptr_eq(&disks, &self.disks);
                if is_same && chosen == self.chosen {
                    return;
                }
                self.chosen = chosen;
                if !is_same {
                    self.disks = disks;
                    if self.work == Work::Done {
                        self.work = Work::Later;
                    }
                }
                // What comes while there is still something to do is done with that.
                if !self.goes_on {
                    self.bring(&widgets.list, &sender);
                }
            }
            Input::GoOn => {
                self.goes_on = false;
                self.bring(&widgets.list, &sender);
            }
            Input::Activated(place) => {
                if let Some(row) = self.rows.get(place) {
                    row.controller.emit(row::Input::Choose);
                }
            }
            Input::Chosen(object) => {
                self.chosen = Some(object.clone());
                let _unheard = sender.output(Choice(Some(object)));
            }
        }
    }
}

impl DiskList {
    /// Brings the rows into line with the disks, as far as it can be done at a stretch.
    fn bring(&mut self, list: &gtk::ListBox, sender: &ComponentSender<Self>) {
        let work = self.work;
        for news in self.show(list, sender) {
            if work == Work::Later {
                list.announce(&news, gtk::AccessibleAnnouncementPriority::Medium);
            }
        }
        match self.rows.iter().find(|row| Some(&row.disk.object) == self.chosen.as_ref()) {
            Some(row) => row.controller.emit(row::Input::Choose),
            None => self.none.set_active(true),
        }
    }

    /// Leaves a row that stays where it is, so that focus and choice stay too. Gives what a person
    /// who can't see the list must be told.
    fn show(&mut self, list: &gtk::ListBox, sender: &ComponentSender<Self>) -> Vec<String> {
        let disks = Rc::clone(&self.disks);
        let (mut news, mut stretch) = (Vec::new(), Stretch::begin());
        let gone = |row: &Row| !disks.iter().any(|disk| is_same(disk, &row.disk));
        while let Some(place) = self.rows.iter().position(gone) {
            if stretch.is_over() {
                self.go_on_later(list, sender);
                return news;
            }
            let row = self.rows.remove(place);
            take_out(list, row.controller.widget());
            news.push(gettext_f("{disk} is gone", &[("disk", &row.disk.title())]));
            stretch.count();
        }
        for (index, disk) in disks.iter().enumerate() {
            let row = self.rows.iter_mut().find(|row| is_same(&row.disk, disk));
            if row.as_ref().is_some_and(|row| *row.disk == *disk) {
                continue;
            }
            if stretch.is_over() {
                self.go_on_later(list, sender);
                return news;
            }
            stretch.count();
            if let Some(row) = row {
                row.disk = Rc::new(disk.clone());
                row.controller.emit(row::Input::Show(Rc::clone(&row.disk)));
                continue;
            }
            news.push(gettext_f("{disk} was plugged in", &[("disk", &disk.title())]));
            let disk = Rc::new(disk.clone());
            let init = row::Init { disk: Rc::clone(&disk), group: self.none.clone() };
            let controller = DiskRow::builder()
                .launch(init)
                .forward(sender.input_sender(), |Chosen(disk)| Input::Chosen(disk));
            // Both come in the order of device names, so what is already there is in order too.
            let at = index.min(self.rows.len());
            list.insert(controller.widget(), i32::try_from(at).unwrap_or(-1));
            self.rows.insert(at, Row { disk, controller });
        }
        self.work = Work::Done;
        news
    }

    fn go_on_later(&mut self, list: &gtk::ListBox, sender: &ComponentSender<Self>) {
        self.goes_on = true;
        let input = sender.input_sender().clone();
        stretch::after_drawing(list, move || input.emit(Input::GoOn));
    }
}

/// Takes a row out of the list. If it has the keyboard, that goes to its neighbour first: the toolkit
/// warns of a row that is taken out with the keyboard in it, and leaves the keyboard nowhere.
fn take_out(list: &gtk::ListBox, row: &gtk::ListBoxRow) {
    if row.state_flags().contains(gtk::StateFlags::FOCUS_WITHIN) {
        let index = row.index();
        let neighbour =
            list.row_at_index(index.saturating_add(1)).or_else(|| list.row_at_index(index.checked_sub(1)?));
        let moved = neighbour.is_some_and(|neighbour| neighbour.grab_focus());
        if let (false, Some(root)) = (moved, list.root()) {
            root.set_focus(None::<&gtk::Widget>);
        }
    }
    list.remove(row);
}

/// Whether both are the same disk in the same place. A disk that was pulled and another that was
/// plugged in under the same name are two.
fn is_same(one: &Disk, other: &Disk) -> bool {
    one.object == other.object && one.identity.is_same_disk(&other.identity)
}
