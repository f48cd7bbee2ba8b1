//! The page «You»: the first user.

mod rights;

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::prelude::*;

use self::rights::Rights;
use crate::i18n::gettext;
use crate::pure::repeated::Kind;
use crate::pure::secret::Secret;
use crate::pure::suggest;
use crate::pure::wizard::Wizard;
use crate::ui::page::{Said, Show};
use crate::ui::problem::Problem;
use crate::ui::secret_fields::{self, Entered, SecretFields};
use crate::ui::stretch;

/// The page.
pub(in crate::ui) struct User {
    full_name: adw::EntryRow,
    full_name_problem: Problem,
    /// The full name from which the user name follows, as long as it does.
    followed: String,
    name: adw::EntryRow,
    name_problem: Problem,
    password: Controller<SecretFields>,
    rights: Rights,
}

/// What the page is told.
#[derive(Debug)]
pub(in crate::ui) enum Input {
    /// By the window.
    Show(Show),
    /// The person has typed their full name.
    FullName(String),
    /// The person has typed their user name, or it was suggested.
    Name(String),
    /// How far the password has come.
    Password(Entered),
}

impl From<Show> for Input {
    fn from(show: Show) -> Self {
        Self::Show(show)
    }
}

#[relm4::component(pub(in crate::ui))]
impl SimpleComponent for User {
    /// The password, where it was typed before the page was made anew.
    type Init = Option<Secret>;
    type Input = Input;
    type Output = Said;

    view! {
        adw::PreferencesPage {
            add = &adw::PreferencesGroup {
                set_title: &gettext("Names"),
                set_description: Some(&gettext("The full name is for people to read. The user name is for logging in, and names your home directory.")),
                add: full_name,
                add: model.full_name_problem.widget(),
                add: name,
                add: model.name_problem.widget(),
            },
        }
    }

    fn init(typed: Option<Secret>, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let full_name = field(&gettext("Full name"), gtk::InputPurpose::Name, &sender, Input::FullName);
        let name = field(&gettext("User name"), gtk::InputPurpose::FreeForm, &sender, Input::Name);
        name.set_input_hints(gtk::InputHints::LOWERCASE | gtk::InputHints::NO_SPELLCHECK);
        let model = Self {
            full_name_problem: Problem::row(&full_name),
            full_name,
            followed: String::new(),
            name_problem: Problem::row(&name),
            name,
            password: SecretFields::builder()
                .launch((Kind::Password, typed))
                .forward(sender.input_sender(), Input::Password),
            rights: Rights::new(sender.output_sender()),
        };
        let (full_name, name) = (&model.full_name, &model.name);
        let widgets = view_output!();
        let groups = vec![model.password.widget().clone(), model.rights.widget().clone()];
        stretch::add_groups(&root, groups.into_iter());
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>) {
        let said = match input {
            Input::Show(Show::Enter(wizard)) => return self.enter(&wizard),
            Input::Show(Show::Changed(wizard)) => return self.refresh(&wizard),
            Input::FullName(full_name) => {
                self.suggest(&full_name);
                Said::edit(|answers| answers.user.full_name = full_name)
            }
            Input::Name(name) => Said::edit(|answers| answers.user.name = name),
            Input::Password(Entered(state, secret)) => Said::Password(state, secret),
        };
        // The window listens as long as the page is there.
        let _unheard = sender.output(said);
    }
}

impl User {
    fn enter(&mut self, wizard: &Rc<Wizard>) {
        let user = &wizard.answers().user;
        self.followed.clone_from(&user.full_name);
        self.full_name.set_text(&user.full_name);
        self.name.set_text(&user.name);
        self.rights.enter(user);
        self.refresh(wizard);
    }

    fn refresh(&self, wizard: &Rc<Wizard>) {
        self.full_name_problem.set(wizard.problem("user.full-name"));
        self.name_problem.set(wizard.problem("user.name"));
        self.rights.refresh(wizard);
        self.password.emit(secret_fields::Input::Known(wizard.known_words()));
    }

    /// Lets the user name follow the full one until the person has typed another.
    fn suggest(&mut self, full_name: &str) {
        let before = std::mem::replace(&mut self.followed, full_name.to_owned());
        if let Some(name) = suggest::following(&self.name.text(), &before, full_name) {
            self.name.set_text(&name);
        }
    }
}

fn field(
    title: &str,
    purpose: gtk::InputPurpose,
    sender: &ComponentSender<User>,
    typed: fn(String) -> Input,
) -> adw::EntryRow {
    let row = adw::EntryRow::builder().title(title).input_purpose(purpose).build();
    let input = sender.input_sender().clone();
    let _handler = row.connect_changed(move |row| input.emit(typed(row.text().into())));
    row
}
