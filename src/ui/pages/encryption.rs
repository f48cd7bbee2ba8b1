//! The page «Encryption».

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::prelude::*;

use crate::pure::repeated::Kind;
use crate::pure::wizard::Wizard;
use crate::ui::page::{Said, Show};
use crate::ui::secret_fields::{Entered, SecretFields};

/// The page.
pub(in crate::ui) struct Encryption {
    #[allow(dead_code, reason = "the page shows nothing of it yet")]
    wizard: Option<Rc<Wizard>>,
    passphrase: Controller<SecretFields>,
}

/// What the page is told.
#[derive(Debug)]
pub(in crate::ui) enum Input {
    /// By the window.
    Show(Show),
    /// A passphrase was typed.
    Entered(Entered),
}

impl From<Show> for Input {
    fn from(show: Show) -> Self {
        Self::Show(show)
    }
}

#[relm4::component(pub(in crate::ui))]
impl SimpleComponent for Encryption {
    type Init = ();
    type Input = Input;
    type Output = Said;

    view! {
        adw::PreferencesPage {
            add = model.passphrase.widget(),
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let passphrase =
            SecretFields::builder().launch(Kind::Passphrase).forward(sender.input_sender(), Input::Entered);
        let model = Self { wizard: None, passphrase };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>) {
        match input {
            Input::Show(Show::Enter(wizard) | Show::Changed(wizard)) => self.wizard = Some(wizard),
            Input::Entered(Entered(state, secret)) => {
                // The window listens as long as the page is there.
                let _unheard = sender.output(Said::Passphrase(state, secret));
            }
        }
    }
}
