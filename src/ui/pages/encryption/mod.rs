//! The page «Encryption»: the passphrase that opens the disk, or that there is none.

mod advanced;

use relm4::adw::prelude::*;
use relm4::prelude::*;

use self::advanced::Advanced;
use crate::boundary::{keyboard, keymap};
use crate::i18n::{gettext, gettext_f};
use crate::pure::answers::{EncryptionAnswers, SystemAnswers};
use crate::pure::keyboard::{Layout, Typeable, ascii};
use crate::pure::repeated::Kind;
use crate::pure::secret::Secret;
use crate::pure::wizard::Wizard;
use crate::ui::page::{Said, Show};
use crate::ui::secret_fields::{self, Entered, SecretFields};

/// The page.
pub(in crate::ui) struct Encryption {
    /// The answers while there is encryption: they come back with it.
    answers: EncryptionAnswers,
    is_on: bool,
    passphrase: Controller<SecretFields>,
    advanced: Controller<Advanced>,
    /// The keyboard that the page knows of: console keymap, layout, variant.
    keyboard: [Option<String>; 3],
    /// With which layout the passphrase is typed at start-up.
    at_start: String,
}

/// What the page is told.
#[derive(Debug)]
pub(in crate::ui) enum Input {
    /// By the window.
    Show(Show),
    /// A passphrase was typed.
    Entered(Entered),
    /// By a part of the page, for the window.
    Said(Said),
    /// The person thinks of going without encryption.
    Ask,
    /// The person goes without encryption, or goes back.
    Encrypt(bool),
}

/// The keyboard at start-up: what it is called, and what it can type.
#[derive(Debug)]
pub(in crate::ui) struct AtStart(String, Typeable);

impl From<Show> for Input {
    fn from(show: Show) -> Self {
        Self::Show(show)
    }
}

#[relm4::component(pub(in crate::ui))]
impl Component for Encryption {
    /// The passphrase, where it was typed before the page was made anew.
    type Init = Option<Secret>;
    type Input = Input;
    type Output = Said;
    type CommandOutput = AtStart;

    view! {
        adw::PreferencesPage {
            #[wrap(Some)]
            set_banner = &adw::Banner {
                set_title: &gettext("This disk will not be encrypted"),
                set_button_label: Some(&gettext("_Encrypt It")),
                #[watch]
                set_revealed: !model.is_on,
                connect_button_clicked => Input::Encrypt(true),
            },
            add = &adw::PreferencesGroup {
                #[watch]
                set_description: Some(&model.meaning()),
            },
            #[local_ref]
            add = fields -> adw::PreferencesGroup {
                #[watch]
                set_visible: model.is_on,
            },
            add = &adw::PreferencesGroup {
                #[watch]
                set_visible: model.is_on,
                #[watch]
                set_description: Some(&model.at_start),
            },
            #[local_ref]
            add = advanced -> adw::PreferencesGroup {
                #[watch]
                set_visible: model.is_on,
            },
            add = &adw::PreferencesGroup {
                #[watch]
                set_visible: model.is_on,

                adw::ButtonRow {
                    set_title: &gettext("Install Without Encryption…"),
                    add_css_class: "destructive-action",
                    connect_activated => Input::Ask,
                },
            },
        }
    }

    fn init(typed: Option<Secret>, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let passphrase = SecretFields::builder()
            .launch((Kind::Passphrase, typed))
            .forward(sender.input_sender(), Input::Entered);
        let advanced = Advanced::builder().launch(()).forward(sender.input_sender(), Input::Said);
        let model = Self {
            answers: EncryptionAnswers::default(),
            is_on: true,
            passphrase,
            advanced,
            keyboard: [const { None }; 3],
            at_start: String::new(),
        };
        let (fields, advanced) = (model.passphrase.widget(), model.advanced.widget());
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Show(Show::Enter(wizard)) => {
                self.show(&wizard);
                self.advanced.emit(advanced::Input::Show(self.answers.clone()));
                self.passphrase.emit(secret_fields::Input::Known(wizard.known_words()));
                self.look_at_keyboard(&wizard.answers().system, &sender);
            }
            Input::Show(Show::Changed(wizard)) => self.show(&wizard),
            // The window listens as long as the page is there.
            Input::Entered(Entered(state, secret)) => {
                let _unheard = sender.output(Said::Passphrase(state, secret));
            }
            Input::Said(said) => {
                let _unheard = sender.output(said);
            }
            Input::Ask => ask(root, &sender),
            Input::Encrypt(is_on) => {
                let wanted = if is_on { self.answers.clone() } else { EncryptionAnswers::none() };
                let _unheard = sender.output(Said::edit(move |answers| answers.encryption = wanted));
                if !is_on {
                    let said = gettext("This disk will not be encrypted");
                    root.upcast_ref::<gtk::Widget>()
                        .announce(&said, gtk::AccessibleAnnouncementPriority::Medium);
                }
            }
        }
    }

    fn update_cmd(&mut self, found: AtStart, _: ComponentSender<Self>, _: &Self::Root) {
        let AtStart(layout, typeable) = found;
        self.at_start = gettext_f(
            "When the computer starts, you type the passphrase with the keyboard layout “{layout}”.",
            &[("layout", &layout)],
        );
        self.passphrase.emit(secret_fields::Input::Typeable(typeable));
    }
}

impl Encryption {
    fn show(&mut self, wizard: &Wizard) {
        let answers = &wizard.answers().encryption;
        self.is_on = answers.enabled;
        if self.is_on {
            self.answers = answers.clone();
        }
        self.advanced.emit(advanced::Input::Problem(wizard.problem("encryption.volume-name")));
    }

    fn meaning(&self) -> String {
        if self.is_on {
            gettext(
                "Without the passphrase nobody can read what is on the disk, even if the computer is lost or stolen. You type it each time the computer starts. If you forget it, everything on the disk is lost: nobody can bring it back.",
            )
        } else {
            gettext(
                "Whoever has the disk can read everything on it. The computer starts without asking for a passphrase.",
            )
        }
    }

    /// Finds out, beside the main loop, what the keyboard is called and can type.
    fn look_at_keyboard(&mut self, system: &SystemAnswers, sender: &ComponentSender<Self>) {
        let keyboard = [system.keymap.clone(), system.xkb_layout.clone(), system.xkb_variant.clone()];
        if self.keyboard == keyboard {
            return;
        }
        self.keyboard.clone_from(&keyboard);
        sender.spawn_oneshot_command(move || at_start(keyboard));
    }
}

fn at_start([keymap, layout, variant]: [Option<String>; 3]) -> AtStart {
    let (Some(layout), variant) = (layout, variant.unwrap_or_default()) else {
        return AtStart(keymap.unwrap_or_default(), ascii());
    };
    let bare = Layout { layout, variant, description: String::new(), languages: vec![], countries: vec![] };
    let typeable = keymap::typeable(&bare).unwrap_or_else(ascii);
    let known = keyboard::layouts().unwrap_or_else(|error| {
        tracing::warn!("{}", error.cause());
        Vec::new()
    });
    let named = known.iter().find(|each| each.layout == bare.layout && each.variant == bare.variant);
    AtStart(named.map_or_else(|| bare.layout.clone(), Layout::name), typeable)
}

/// The one warning before there is no encryption.
fn ask(page: &adw::PreferencesPage, sender: &ComponentSender<Encryption>) {
    let dialog = adw::AlertDialog::new(
        Some(&gettext("Install Without Encryption?")),
        Some(&gettext(
            "Whoever gets hold of the disk can then read everything on it: after a theft, a loss, a repair or a sale. This can’t be changed later without installing again.",
        )),
    );
    dialog.add_responses(&[("keep", &gettext("_Keep Encryption")), ("without", &gettext("_Do Not Encrypt"))]);
    dialog.set_response_appearance("without", adw::ResponseAppearance::Destructive);
    dialog.set_default_response(Some("keep"));
    dialog.set_close_response("keep");
    let input = sender.input_sender().clone();
    let _handler = dialog.connect_response(Some("without"), move |_, _| input.emit(Input::Encrypt(false)));
    dialog.present(Some(page));
}
