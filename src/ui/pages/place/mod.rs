//! The page «Time and Place»: time zone, language and formats of the new system.

mod lists;
mod words;

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::gtk::glib;
use relm4::prelude::*;

use self::lists::{Choice, Filled, Of};
use crate::i18n::gettext;
use crate::pure::locales::{self, example};
use crate::pure::wizard::Wizard;
use crate::pure::zones::Zone;
use crate::ui::page::{Said, Show};
use crate::ui::pick_dialog::PickDialog;
use crate::ui::problem::Problem;

/// How often the time is looked at, in seconds.
const TICK: u32 = 5;

/// The page.
pub(in crate::ui) struct Place {
    wizard: Option<Rc<Wizard>>,
    zones: Rc<[Zone]>,
    looking: bool,
    zone: adw::ActionRow,
    locale: adw::ActionRow,
    formats: adw::ActionRow,
    problems: [(&'static str, Problem); 3],
    example: adw::PreferencesGroup,
    examples: [adw::ActionRow; 4],
    dialog: Option<PickDialog>,
    choices: Vec<Choice>,
}

/// What the page is told.
#[derive(Debug)]
pub(in crate::ui) enum Input {
    /// By the window.
    Show(Show),
    /// The person wants to choose.
    Open(Of),
    /// The person has chosen what stands at this place in the list.
    Chosen(usize),
    /// Time goes by.
    Tick,
}

impl From<Show> for Input {
    fn from(show: Show) -> Self {
        Self::Show(show)
    }
}

#[relm4::component(pub(in crate::ui))]
impl Component for Place {
    type Init = ();
    type Input = Input;
    type Output = Said;
    type CommandOutput = Filled;

    view! {
        adw::PreferencesPage {
            add = &adw::PreferencesGroup {
                set_title: &gettext("Place"),
                add: &model.zone,
                add: zone_problem.widget(),
            },
            add = &adw::PreferencesGroup {
                set_title: &gettext("New System"),
                set_description: Some(&gettext("What you choose here the installed system has from the start.")),
                add: &model.locale,
                add: locale_problem.widget(),
                add: &model.formats,
                add: formats_problem.widget(),
            },
            add: &model.example,
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let row = |title: String, of: Of| {
            let row = lists::opening_row(&title);
            let input = sender.input_sender().clone();
            let _handler = row.connect_activated(move |_| input.emit(Input::Open(of)));
            row
        };
        let zone = row(gettext("Time zone"), Of::Zones);
        let locale = row(gettext("Language"), Of::Locales);
        let formats = row(gettext("Formats"), Of::Formats);
        let problems = [
            ("system.time-zone", Problem::row(&zone)),
            ("system.locale", Problem::row(&locale)),
            ("system.formats", Problem::row(&formats)),
        ];
        let (example, examples) = lists::example_group();
        let model = Self {
            wizard: None,
            zones: Rc::new([]),
            looking: false,
            zone,
            locale,
            formats,
            problems,
            example,
            examples,
            dialog: None,
            choices: Vec::new(),
        };
        let [(_, zone_problem), (_, locale_problem), (_, formats_problem)] = &model.problems;
        let widgets = view_output!();
        let input = sender.input_sender().clone();
        // It ends with the page.
        let _source = glib::timeout_add_seconds_local(TICK, move || match input.send(Input::Tick) {
            Ok(()) => glib::ControlFlow::Continue,
            Err(_) => glib::ControlFlow::Break,
        });
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Show(Show::Enter(wizard)) => {
                self.wizard = Some(wizard);
                if self.zones.is_empty() && !std::mem::replace(&mut self.looking, true) {
                    sender.spawn_oneshot_command(lists::zones);
                }
                self.show();
            }
            Input::Show(Show::Changed(wizard)) => {
                self.wizard = Some(wizard);
                self.show();
            }
            Input::Open(of) => self.open(of, &sender, root),
            Input::Chosen(place) => {
                self.dialog = None;
                if let Some(choice) = self.choices.get(place).cloned() {
                    // The window listens as long as the page is there.
                    let _unheard =
                        sender.output(Said::edit(move |answers| choice.apply(&mut answers.system)));
                }
            }
            Input::Tick if root.is_mapped() => self.show_zone(),
            Input::Tick => {}
        }
    }

    fn update_cmd(&mut self, filled: Filled, _: ComponentSender<Self>, _: &Self::Root) {
        match filled {
            Filled::Known(zones) => {
                self.zones = zones.into();
                self.show();
            }
            Filled::List(lines) => {
                let (choices, entries): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
                self.choices = choices;
                let now = self.wizard.as_ref().map(|wizard| &wizard.answers().system);
                let chosen = now.and_then(|now| self.choices.iter().position(|choice| choice.is_in(now)));
                if let Some(dialog) = &self.dialog {
                    dialog.fill(entries, chosen);
                }
            }
        }
    }
}

impl Place {
    fn open(&mut self, of: Of, sender: &ComponentSender<Self>, root: &<Self as Component>::Root) {
        let input = sender.input_sender().clone();
        self.choices.clear();
        self.dialog = Some(PickDialog::present(&of.title(), of == Of::Zones, root, move |place| {
            input.emit(Input::Chosen(place));
        }));
        sender.spawn_oneshot_command(move || Filled::List(of.lines()));
    }

    fn show(&self) {
        let Some(wizard) = &self.wizard else { return };
        let system = &wizard.answers().system;
        self.show_zone();
        let title = |name: &str| locales::find(name).map_or_else(|| name.to_owned(), |locale| locale.title());
        self.locale.set_subtitle(&title(&system.locale));
        self.formats.set_subtitle(&match &system.formats {
            Some(formats) => title(formats),
            None => gettext("As is usual for the language"),
        });
        for (key, problem) in &self.problems {
            problem.set(wizard.problem(key));
        }
        let formats = system.formats.as_ref().unwrap_or(&system.locale);
        let found = locales::find(formats).and_then(example);
        self.example.set_visible(found.is_some());
        if let Some(found) = found {
            let date = format!("{}, {}", found.weekday, found.date);
            for (row, text) in self.examples.iter().zip([date, found.time, found.number, found.money]) {
                row.set_subtitle(&text);
            }
        }
    }

    fn show_zone(&self) {
        let Some(wizard) = &self.wizard else { return };
        let text = words::zone(&wizard.answers().system.time_zone, &self.zones);
        if self.zone.subtitle().as_deref() != Some(text.as_str()) {
            self.zone.set_subtitle(&text);
        }
    }
}
