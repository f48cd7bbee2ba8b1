//! The page «Welcome»: what Snowmelt does, the language, and whether the machine has what it needs.

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::gtk::accessible::Property;
use relm4::prelude::*;

use crate::i18n::{self, gettext};
use crate::pure::locales::{InterfaceLanguage, interface_languages};
use crate::pure::requirements::{Check, State};
use crate::ui::APPLICATION_ID;
use crate::ui::choice_row::choice_row;
use crate::ui::page::{Said, Show};

/// The page.
pub(in crate::ui) struct Welcome {
    languages: Rc<[InterfaceLanguage]>,
    language: adw::ComboRow,
    needs: adw::PreferencesGroup,
    rows: Vec<Need>,
    focused: bool,
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
impl SimpleComponent for Welcome {
    type Init = ();
    type Input = Input;
    type Output = Said;

    view! {
        adw::PreferencesPage {
            add = &adw::PreferencesGroup {
                add: &greeting(),
            },
            add = &adw::PreferencesGroup {
                add: language,
                add: &accessibility(),
            },
            #[local_ref]
            add = needs -> adw::PreferencesGroup {
                set_title: &gettext("What This Computer Needs"),
            },
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let languages: Rc<[InterfaceLanguage]> =
            interface_languages().filter(|language| i18n::is_installed(language.code)).collect();
        let language = language_row(&languages);
        let _handler = language.connect_selected_notify({
            let (languages, output) = (Rc::clone(&languages), sender.output_sender().clone());
            move |row| {
                let chosen = usize::try_from(row.selected()).ok().and_then(|place| languages.get(place));
                if let Some(chosen) = chosen.filter(|chosen| chosen.code != i18n::language()) {
                    output.emit(Said::Language(chosen.code.to_owned()));
                }
            }
        });
        let needs = adw::PreferencesGroup::new();
        let model = Self { languages, language, needs, rows: Vec::new(), focused: false };
        let (language, needs) = (&model.language, &model.needs);
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, _: ComponentSender<Self>) {
        match input {
            Input::Show(Show::Enter(wizard)) => {
                self.show_language();
                self.show_needs(&wizard.checks());
                // The first thing that is asked, and where a change of language has come from.
                if !std::mem::replace(&mut self.focused, true) {
                    let _whether = self.language.grab_focus();
                }
            }
            Input::Show(Show::Changed(wizard)) => self.show_needs(&wizard.checks()),
        }
    }
}

impl Welcome {
    fn show_language(&self) {
        let now = i18n::language();
        let place = self.languages.iter().position(|language| language.code == now).unwrap_or_default();
        if let Ok(place) = u32::try_from(place) {
            self.language.set_selected(place);
        }
    }

    fn show_needs(&mut self, checks: &[Check]) {
        for (place, check) in checks.iter().enumerate() {
            match self.rows.get_mut(place) {
                Some(row) => row.show(check, true),
                None => {
                    let mut row = Need::new();
                    row.show(check, false);
                    self.needs.add(&row.row);
                    self.rows.push(row);
                }
            }
        }
    }
}

/// One thing that the machine needs.
struct Need {
    row: adw::ActionRow,
    state: gtk::Image,
    shown: Option<Check>,
}

impl Need {
    fn new() -> Self {
        let state = gtk::Image::new();
        let row = adw::ActionRow::builder()
            .use_markup(false)
            .title_lines(0)
            .subtitle_lines(0)
            // Whoever can't see it must be able to come to it.
            .focusable(true)
            .build();
        row.add_prefix(&state);
        Self { row, state, shown: None }
    }

    /// Shows how it stands; `aloud` when that is news to somebody who is on the page.
    fn show(&mut self, check: &Check, aloud: bool) {
        if self.shown.as_ref() == Some(check) {
            return;
        }
        let text = match &check.next {
            Some(next) => format!("{} {next}", check.sentence),
            None => check.sentence.clone(),
        };
        self.row.set_title(&check.title);
        self.row.set_subtitle(&text);
        let (icon, class, word) = match check.state {
            State::Fine => ("object-select-symbolic", "success", gettext("Fine")),
            State::Looking => ("content-loading-symbolic", "dim-label", gettext("Being checked")),
            State::Warning => ("dialog-warning-symbolic", "warning", gettext("Warning")),
            State::Blocking => ("dialog-error-symbolic", "error", gettext("Must be mended")),
        };
        self.state.set_icon_name(Some(icon));
        self.state.set_css_classes(&[class]);
        self.state.set_tooltip_text(Some(&word));
        self.state.update_property(&[Property::Label(&word)]);
        self.row
            .upcast_ref::<gtk::Widget>()
            .update_property(&[Property::Description(&format!("{word}: {text}"))]);
        if aloud && check.state != State::Looking {
            self.row
                .upcast_ref::<gtk::Widget>()
                .announce(&format!("{}: {text}", check.title), gtk::AccessibleAnnouncementPriority::Medium);
        }
        self.shown = Some(check.clone());
    }
}

fn greeting() -> gtk::Box {
    let icon = gtk::Image::builder()
        .icon_name(APPLICATION_ID)
        .pixel_size(80)
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build();
    let label = |text: &str, classes: &'static [&'static str]| {
        gtk::Label::builder()
            .label(text)
            .wrap(true)
            .justify(gtk::Justification::Center)
            .css_classes(classes)
            .build()
    };
    let greeting = gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(12).build();
    greeting.append(&icon);
    greeting.append(&label(&gettext("Install NixOS with Snowmelt"), &["title-1"]));
    greeting.append(&label(
        &gettext(
            "An encrypted disk, and a system that is clean at every start but for what you want to keep.",
        ),
        &[],
    ));
    greeting
}

fn language_row(languages: &[InterfaceLanguage]) -> adw::ComboRow {
    let names: Vec<&str> = languages.iter().map(|language| language.name).collect();
    choice_row(&gettext("Language"), &names)
}

fn accessibility() -> adw::ActionRow {
    let row = adw::ActionRow::builder()
        .title(gettext("Accessibility"))
        .subtitle(gettext("Large text, high contrast, screen reader, on-screen keyboard"))
        .subtitle_lines(0)
        .activatable(true)
        .action_name("win.accessibility")
        .build();
    row.add_suffix(&gtk::Image::from_icon_name("go-next-symbolic"));
    row
}
