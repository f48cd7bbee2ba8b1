//! The page «Summary»: what will be lost, what will be done, and every file that will be written.

mod files;
mod groups;
mod plan;

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::prelude::*;

use self::groups::Groups;
use crate::i18n::gettext;
use crate::pure::answers;
use crate::pure::wizard::{Page, Wizard};
use crate::ui::page::{Said, Show};
use crate::ui::save::{self, Content};

/// The page.
pub(in crate::ui) struct Summary {
    wizard: Option<Rc<Wizard>>,
    groups: Groups,
}

/// What the page is told.
#[derive(Debug)]
pub(in crate::ui) enum Input {
    /// By the window.
    Show(Show),
    /// There is time to make more rows.
    GoOn,
    /// A page is to be gone to.
    GoTo(Page),
    /// The file at this place is to be shown.
    Open(usize),
    /// The answers are to be saved.
    SaveAnswers,
    /// The configuration is to be saved.
    SaveConfiguration,
}

impl From<Show> for Input {
    fn from(show: Show) -> Self {
        Self::Show(show)
    }
}

#[relm4::component(pub(in crate::ui))]
impl Component for Summary {
    type Init = ();
    type Input = Input;
    type Output = Said;
    type CommandOutput = ();

    view! {
        adw::PreferencesPage {
            add = &model.groups.problems.clone(),
            add = &model.groups.losses.clone(),
            add = &model.groups.after.clone(),
            add = &model.groups.steps.clone(),
            add = &model.groups.files.clone(),
            add = &adw::PreferencesGroup {
                set_title: &gettext("Keep for Later"),
                set_description: Some(&gettext(
                    "The answers install the same system once more, with “snowmelt-cli install”. They hold neither the passphrase nor the password.",
                )),
                adw::ButtonRow {
                    set_title: &gettext("Save _Answers…"),
                    set_use_underline: true,
                    connect_activated => Input::SaveAnswers,
                },
                adw::ButtonRow {
                    set_title: &gettext("Save Con_figuration…"),
                    set_use_underline: true,
                    connect_activated => Input::SaveConfiguration,
                },
            },
        }
    }

    fn init(_: (), root: Self::Root, _sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self { wizard: None, groups: Groups::new() };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Show(Show::Enter(wizard) | Show::Changed(wizard)) => {
                if self.wizard.as_ref() != Some(&wizard) {
                    self.groups.show(&wizard, root, sender.input_sender());
                    self.wizard = Some(wizard);
                }
            }
            Input::GoOn => self.groups.go_on(root, sender.input_sender()),
            Input::GoTo(page) => say(&sender, Said::GoTo(page)),
            Input::Open(place) => {
                if let Some(file) = self.files().get(place) {
                    files::open(file, root);
                }
            }
            Input::SaveAnswers => self.save_answers(&sender, root),
            Input::SaveConfiguration => {
                let (window, files) = (save::window_of(root), self.files());
                let output = sender.output_sender().clone();
                let _saving = relm4::spawn_local(async move {
                    if let Some(notice) = files::save(window, files).await {
                        output.emit(Said::Notice(notice));
                    }
                });
            }
        }
    }
}

impl Summary {
    fn files(&self) -> Vec<crate::pure::protocol::ConfigFile> {
        self.wizard.as_ref().map(|wizard| files::of(wizard)).unwrap_or_default()
    }

    fn save_answers(&self, sender: &ComponentSender<Self>, root: &adw::PreferencesPage) {
        let Some(wizard) = &self.wizard else { return };
        let (window, text) = (save::window_of(root), answers::write(wizard.answers()));
        let output = sender.output_sender().clone();
        let _saving = relm4::spawn_local(async move {
            let (title, content) = (gettext("Save the Answers"), Content::Text(text));
            if let Some(notice) = save::save(window, title, "answers.toml", content).await {
                output.emit(Said::Notice(notice));
            }
        });
    }
}

/// The window listens as long as its page is shown.
fn say(sender: &ComponentSender<Summary>, said: Said) {
    let _unheard = sender.output(said);
}
