//! The page «Keyboard».

use std::rc::Rc;

use relm4::prelude::*;

use crate::pure::wizard::{Page, Wizard};
use crate::ui::page::{Said, Show};

/// The page.
pub(in crate::ui) struct Keyboard {
    #[allow(dead_code, reason = "the page shows nothing yet")]
    wizard: Option<Rc<Wizard>>,
}

/// What the page is told.
#[derive(Debug)]
pub(in crate::ui) enum Input {
    /// By the window.
    Show(Show),
}

impl From<Show> for Input {
    fn from(show: Show) -> Self {
        Self::Show(show)
    }
}

#[relm4::component(pub(in crate::ui))]
impl SimpleComponent for Keyboard {
    type Init = ();
    type Input = Input;
    type Output = Said;

    view! {
        adw::StatusPage {
            set_title: &Page::Keyboard.title(),
        }
    }

    fn init(_: (), root: Self::Root, _sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self { wizard: None };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, _: ComponentSender<Self>) {
        match input {
            Input::Show(Show::Enter(wizard) | Show::Changed(wizard)) => self.wizard = Some(wizard),
        }
    }
}
