//! The page «Keyboard»: the layout of the keyboard, and a field to try it in.

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::prelude::*;

use crate::boundary::keyboard;
use crate::i18n::gettext;
use crate::pure::answers::SystemAnswers;
use crate::pure::keyboard::Layout;
use crate::pure::wizard::Wizard;
use crate::ui::page::{Said, Show};
use crate::ui::pick_list::{Entry, PickList};
use crate::ui::session_layout;

/// The page.
pub(in crate::ui) struct Keyboard {
    list: PickList,
    layouts: Vec<Layout>,
    wizard: Option<Rc<Wizard>>,
    looking: bool,
    failure: adw::Banner,
}

/// What the page is told.
#[derive(Debug)]
pub(in crate::ui) enum Input {
    /// By the window.
    Show(Show),
    /// The person has picked the layout at this place.
    Picked(usize),
}

impl From<Show> for Input {
    fn from(show: Show) -> Self {
        Self::Show(show)
    }
}

/// The layouts that the system knows, each with how it is listed, or what to tell the person.
#[derive(Debug)]
pub(in crate::ui) struct Found(Result<(Vec<Layout>, Vec<Entry>), String>);

#[relm4::component(pub(in crate::ui))]
impl Component for Keyboard {
    type Init = ();
    type Input = Input;
    type Output = Said;
    type CommandOutput = Found;

    view! {
        gtk::Box {
            set_orientation: gtk::Orientation::Vertical,
            append: failure,
            gtk::ScrolledWindow {
                set_hscrollbar_policy: gtk::PolicyType::Never,
                set_vexpand: true,
                adw::Clamp {
                    set_maximum_size: 600,
                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 18,
                        set_margin_top: 18,
                        set_margin_bottom: 18,
                        set_margin_start: 12,
                        set_margin_end: 12,

                        gtk::Label {
                            set_label: &gettext(
                                "With this layout you also type the passphrase when the computer starts.",
                            ),
                            set_wrap: true,
                            set_xalign: 0.0,
                        },
                        append: list,
                        adw::PreferencesGroup {
                            set_title: &gettext("Try It"),
                            set_description: Some(&try_note()),
                            adw::EntryRow {
                                set_title: &gettext("Type here to try it"),
                                set_input_hints: gtk::InputHints::NO_SPELLCHECK,
                            },
                        },
                    },
                },
            },
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let input = sender.input_sender().clone();
        let model = Self {
            list: PickList::new(&gettext("Keyboard layouts"), false, move |place| {
                input.emit(Input::Picked(place));
            }),
            layouts: Vec::new(),
            wizard: None,
            looking: false,
            failure: adw::Banner::builder().use_markup(false).build(),
        };
        let (list, failure) = (model.list.widget(), &model.failure);
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _: &Self::Root) {
        match input {
            Input::Show(Show::Enter(wizard)) => {
                self.wizard = Some(wizard);
                if self.layouts.is_empty() && !std::mem::replace(&mut self.looking, true) {
                    sender.spawn_oneshot_command(look);
                }
                self.show_answer();
            }
            // The answer may be a suggestion that has only just come.
            Input::Show(Show::Changed(wizard)) => {
                self.wizard = Some(wizard);
                self.show_answer();
            }
            Input::Picked(place) => {
                if let Some(layout) = self.layouts.get(place) {
                    session_layout::set(layout);
                    let Layout { layout, variant, .. } = layout.clone();
                    // The window listens as long as the page is there.
                    let _unheard = sender.output(Said::edit(move |answers| {
                        answers.system.keymap = None;
                        answers.system.xkb_layout = Some(layout);
                        answers.system.xkb_variant = Some(variant).filter(|variant| !variant.is_empty());
                    }));
                }
            }
        }
    }

    fn update_cmd(&mut self, found: Found, _: ComponentSender<Self>, _: &Self::Root) {
        self.looking = false;
        match found.0 {
            Ok((layouts, entries)) => {
                self.layouts = layouts;
                self.list.fill(entries);
                self.show_answer();
            }
            Err(sentence) => {
                self.failure.set_title(&sentence);
                self.failure.set_revealed(true);
                self.list.widget().set_visible(false);
            }
        }
    }
}

impl Keyboard {
    fn show_answer(&self) {
        if let Some(wizard) = &self.wizard {
            let system = &wizard.answers().system;
            self.list.set_picked(self.layouts.iter().position(|layout| is_answer(layout, system)));
        }
    }
}

fn is_answer(layout: &Layout, system: &SystemAnswers) -> bool {
    system.xkb_layout.as_deref() == Some(layout.layout.as_str())
        && system.xkb_variant.as_deref().unwrap_or_default() == layout.variant
}

fn look() -> Found {
    let found = keyboard::layouts().map_err(|error| {
        tracing::error!("{error}");
        format!("{} {}", error.sentence(), error.next())
    });
    Found(found.map(|layouts| {
        let entries = layouts.iter().map(entry).collect();
        (layouts, entries)
    }))
}

fn entry(layout: &Layout) -> Entry {
    let codes = match layout.variant.as_str() {
        "" => layout.layout.clone(),
        variant => format!("{} ({variant})", layout.layout),
    };
    Entry { title: layout.name(), subtitle: codes, section: None, searchable: layout.searchable() }
}

fn try_note() -> String {
    if session_layout::can_set() {
        gettext("The layout you choose is used in this session at once.")
    } else {
        gettext("The field types with this session’s own layout, which the desktop’s settings change.")
    }
}
