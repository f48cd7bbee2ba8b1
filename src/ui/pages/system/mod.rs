//! The page «System»: the machine's name, its desktop, and what else it can do.

mod configuration;
mod desktop;
mod services;

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::prelude::*;

use self::configuration::Configuration;
use self::desktop::Desktops;
use self::services::Services;
use crate::i18n::gettext;
use crate::pure::wizard::Wizard;
use crate::ui::page::{Said, Show};
use crate::ui::problem::Problem;
use crate::ui::stretch;

/// The page.
pub(in crate::ui) struct System {
    host_name: adw::EntryRow,
    host_name_problem: Problem,
    desktops: Desktops,
    services: Services,
    configuration: Controller<Configuration>,
}

/// What the page is told.
#[derive(Debug)]
pub(in crate::ui) enum Input {
    /// By the window.
    Show(Show),
    /// The person has typed.
    HostName(String),
    /// By a part of the page, for the window.
    Said(Said),
}

impl From<Show> for Input {
    fn from(show: Show) -> Self {
        Self::Show(show)
    }
}

#[relm4::component(pub(in crate::ui))]
impl SimpleComponent for System {
    type Init = ();
    type Input = Input;
    type Output = Said;

    view! {
        adw::PreferencesPage {
            add = &adw::PreferencesGroup {
                set_title: &gettext("This Machine"),
                set_description: Some(&gettext("The name by which other machines see this one.")),
                add: host_name,
                add: model.host_name_problem.widget(),
            },
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let host_name = adw::EntryRow::builder()
            .title(gettext("Host name"))
            .input_hints(gtk::InputHints::LOWERCASE | gtk::InputHints::NO_SPELLCHECK)
            .build();
        let _handler = host_name.connect_changed({
            let input = sender.input_sender().clone();
            move |row| input.emit(Input::HostName(row.text().into()))
        });
        let host_name_problem = Problem::row(&host_name);
        let output = sender.output_sender().clone();
        let desktops = Desktops::new(move |desktop| {
            output.emit(Said::edit(move |answers| answers.system.desktop = desktop));
        });
        let services = Services::new(sender.output_sender());
        let configuration = Configuration::builder().launch(()).forward(sender.input_sender(), Input::Said);
        let model = Self { host_name, host_name_problem, desktops, services, configuration };
        let host_name = &model.host_name;
        let widgets = view_output!();
        let desktop = adw::PreferencesGroup::builder().title(gettext("Desktop")).build();
        desktop.add(model.desktops.widget());
        let groups = vec![desktop, model.services.widget().clone(), model.configuration.widget().clone()];
        stretch::add_groups(&root, groups.into_iter());
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>) {
        match input {
            Input::Show(Show::Enter(wizard)) => {
                self.host_name.set_text(&wizard.answers().system.host_name);
                self.desktops.show(wizard.answers().system.desktop);
                self.services.enter(&wizard.answers().system);
                self.configuration.emit(configuration::Input::enter(&wizard));
                self.refresh(&wizard);
            }
            Input::Show(Show::Changed(wizard)) => self.refresh(&wizard),
            // The window listens as long as the page is there.
            Input::HostName(name) => {
                let _unheard = sender.output(Said::edit(|answers| answers.system.host_name = name));
            }
            Input::Said(said) => {
                let _unheard = sender.output(said);
            }
        }
    }
}

impl System {
    fn refresh(&self, wizard: &Rc<Wizard>) {
        self.host_name_problem.set(wizard.problem("system.host-name"));
        self.services.refresh(wizard);
        self.configuration.emit(configuration::Input::changed(wizard));
    }
}
