//! The page «Disk»: which disk, and how it is divided.

mod details;
mod division;
mod erasing;
mod failure;
mod list;
mod losses;
mod row;

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::prelude::*;

use self::division::Division;
use self::erasing::Erasing;
use self::failure::{Failure, Retry};
use self::list::{Choice, DiskList};
use self::losses::Losses;
use crate::i18n::gettext;
use crate::pure::wizard::{Disks, Wizard};
use crate::ui::page::{Said, Show};

/// The page.
pub(in crate::ui) struct Disk {
    state: State,
    list: Controller<DiskList>,
    losses: Controller<Losses>,
    erasing: Controller<Erasing>,
    division: Controller<Division>,
    failure: Controller<Failure>,
}

/// What the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Looking,
    Failure,
    Empty,
    Disks,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Looking => "looking",
            Self::Failure => "failure",
            Self::Empty => "empty",
            Self::Disks => "disks",
        }
    }
}

/// What the page is told.
#[derive(Debug)]
pub(in crate::ui) enum Input {
    /// By the window.
    Show(Show),
    /// A disk was chosen, or none is any longer.
    Chosen(Choice),
    /// By a part of the page, for the window.
    Said(Said),
    /// The person wants another try.
    Retry,
}

impl From<Show> for Input {
    fn from(show: Show) -> Self {
        Self::Show(show)
    }
}

#[relm4::component(pub(in crate::ui))]
impl SimpleComponent for Disk {
    type Init = ();
    type Input = Input;
    type Output = Said;

    view! {
        gtk::Stack {
            set_transition_type: gtk::StackTransitionType::Crossfade,
            add_named[Some(State::Looking.name())] = &adw::StatusPage {
                set_title: &gettext("Looking for Disks…"),
                set_paintable: Some(&adw::SpinnerPaintable::new(Some(&root))),
            },
            add_named[Some(State::Failure.name())] = model.failure.widget(),
            add_named[Some(State::Empty.name())] = &adw::StatusPage {
                set_icon_name: Some("drive-harddisk-symbolic"),
                set_title: &gettext("No Disks"),
                set_description: Some(&gettext("Plug in a disk, and it appears here.")),
            },
            add_named[Some(State::Disks.name())] = &adw::PreferencesPage {
                add = model.list.widget(),
                add = model.losses.widget(),
                add = model.erasing.widget(),
                add = model.division.widget(),
            },
            #[watch]
            set_visible_child_name: model.state.name(),
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self {
            state: State::Looking,
            list: DiskList::builder().launch(()).forward(sender.input_sender(), Input::Chosen),
            losses: Losses::builder().launch(()).detach(),
            erasing: Erasing::builder().launch(()).forward(sender.input_sender(), Input::Said),
            division: Division::builder().launch(()).forward(sender.input_sender(), Input::Said),
            failure: Failure::builder().launch(()).forward(sender.input_sender(), |Retry| Input::Retry),
        };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>) {
        match input {
            Input::Show(Show::Enter(wizard)) => {
                self.division.emit(division::Input::enter(&wizard));
                self.show(&wizard);
            }
            Input::Show(Show::Changed(wizard)) => self.show(&wizard),
            // The window listens as long as the page is there.
            Input::Said(said) => {
                let _unheard = sender.output(said);
            }
            Input::Chosen(Choice(object)) => {
                let _unheard = sender.output(Said::Choose(object));
            }
            Input::Retry => {
                let _unheard = sender.output(Said::LookAgain);
            }
        }
    }
}

impl Disk {
    fn show(&mut self, wizard: &Rc<Wizard>) {
        self.state = match wizard.disks() {
            Disks::Looking => State::Looking,
            Disks::Failed { .. } => State::Failure,
            Disks::Found(disks) if disks.is_empty() => State::Empty,
            Disks::Found(_) => State::Disks,
        };
        match wizard.disks() {
            Disks::Failed { sentence, next, cause } => self
                .failure
                .emit(failure::Show { sentence: sentence.clone(), help: format!("{next}\n\n{cause}") }),
            Disks::Found(disks) => self.list.emit(list::Input::Show {
                disks: Rc::clone(disks),
                chosen: wizard.chosen().map(|disk| disk.object.clone()),
            }),
            Disks::Looking => {}
        }
        self.losses.emit(losses::Show(wizard.chosen().cloned()));
        self.erasing.emit(erasing::Input::show(wizard));
        self.division.emit(division::Input::changed(wizard));
    }
}
