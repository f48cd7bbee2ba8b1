//! A passphrase or a password, typed twice.

use relm4::adw::prelude::*;
use relm4::gtk::{gdk, glib};
use relm4::prelude::*;

use super::problem::Problem;
use super::strength::Meter;
use crate::i18n::gettext;
use crate::pure::keyboard::Typeable;
use crate::pure::repeated::{Kind, repeated};
use crate::pure::secret::Secret;
use crate::pure::strength::{Strength, strength};
use crate::pure::wizard::SecretState;

/// The two fields, as a group of a page of preferences. What is typed stays in them: a page that is
/// come back to has nothing to set.
pub(super) struct SecretFields {
    kind: Kind,
    first: Field,
    second: Field,
    /// Says that Caps Lock is on, while it is and one of the fields has the keyboard.
    caps_lock: gtk::Label,
    meter: Meter,
    /// What somebody who guesses would try first.
    known: Vec<String>,
    /// How often something was typed: an opinion of what was typed before is of no use.
    typed: u64,
    /// What the keyboard at start-up can type, where that matters.
    typeable: Option<Typeable>,
    /// Says what of the secret that keyboard can't type.
    typing: gtk::Label,
}

struct Field {
    row: adw::PasswordEntryRow,
    problem: Problem,
    focus: gtk::EventControllerFocus,
}

/// What the fields are told.
#[derive(Debug)]
pub(super) enum Input {
    /// Something was typed.
    Typed,
    /// These words have to do with the person or the machine: they make a secret easy to guess.
    Known(Vec<String>),
    /// The secret is typed at start-up, on a keyboard that can type this.
    Typeable(Typeable),
    /// The keyboard has come to a field or has left one, or Caps Lock was pressed.
    Moved,
}

/// How far the secret has come; it is there when it is ready.
#[derive(Debug)]
pub(super) struct Entered(pub(super) SecretState, pub(super) Option<Secret>);

/// What is thought of the secret that was typed at the count of `at`.
#[derive(Debug)]
pub(super) struct Opinion {
    at: u64,
    strength: Strength,
}

#[relm4::component(pub(super))]
impl Component for SecretFields {
    /// Which secret it is, and the secret itself, where it was typed before the fields were made anew.
    type Init = (Kind, Option<Secret>);
    type Input = Input;
    type Output = Entered;
    type CommandOutput = Opinion;

    view! {
        adw::PreferencesGroup {
            add = &model.first.row.clone(),
            add = model.first.problem.widget(),
            add = &model.second.row.clone(),
            add = model.second.problem.widget(),
            add = &model.caps_lock.clone(),
            add = model.meter.widget(),
            add = &model.typing.clone(),
        }
    }

    fn init(
        (kind, typed): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let (first, second) = match kind {
            Kind::Passphrase => (gettext("Passphrase"), gettext("Repeat passphrase")),
            Kind::Password => (gettext("Password"), gettext("Repeat password")),
        };
        let caps_lock = warning();
        caps_lock.set_label(&gettext("Caps Lock is on."));
        let hint = gettext("A few words that do not belong together are strong and easy to type.");
        let model = Self {
            kind,
            first: Field::new(&first, &sender),
            second: Field::new(&second, &sender),
            caps_lock,
            meter: Meter::new(hint),
            known: Vec::new(),
            typed: 0,
            typeable: None,
            typing: warning(),
        };
        let widgets = view_output!();
        follow_caps_lock(&sender);
        if let Some(secret) = typed {
            for field in [&model.first, &model.second] {
                field.row.set_text(secret.expose());
            }
        } else {
            // What was known of a secret that is not in the fields holds no longer.
            sender.input(Input::Typed);
        }
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _: &Self::Root) {
        match input {
            Input::Typed => {
                let (state, secret) = self.judge();
                self.weigh(&sender);
                self.show_typing();
                // The page listens as long as it shows the fields.
                let _unheard = sender.output(Entered(state, secret));
            }
            Input::Known(known) => {
                if known != self.known {
                    self.known = known;
                    self.weigh(&sender);
                }
            }
            Input::Typeable(typeable) => {
                self.typeable = Some(typeable);
                self.show_typing();
            }
            Input::Moved => {
                let _same_as_before = self.judge();
                self.show_caps_lock();
            }
        }
    }

    fn update_cmd(&mut self, Opinion { at, strength }: Opinion, _: ComponentSender<Self>, _: &Self::Root) {
        if at == self.typed {
            self.meter.show(Some(&strength));
        }
    }
}

impl SecretFields {
    /// Has the strength worked out, beside the main loop: it can take longer than a key press.
    fn weigh(&mut self, sender: &ComponentSender<Self>) {
        self.typed = self.typed.wrapping_add(1);
        let (at, secret, known) = (self.typed, self.first.secret(), self.known.clone());
        if secret.is_empty() {
            self.meter.show(None);
            return;
        }
        sender.spawn_oneshot_command(move || {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            Opinion { at, strength: strength(&secret, &known) }
        });
    }

    /// Says what the keyboard at start-up can't type; which characters, only while they are shown.
    fn show_typing(&self) {
        let typing = self.typeable.as_ref().map(|known| known.typing(self.first.secret().expose()));
        let sentence = typing.and_then(|typing| typing.sentence(self.first.is_shown())).unwrap_or_default();
        if self.typing.label() != sentence {
            self.typing.set_label(&sentence);
            self.typing.set_visible(!sentence.is_empty());
            self.typing.announce(&sentence, gtk::AccessibleAnnouncementPriority::Medium);
        }
    }

    /// Says what is wrong with the fields. Gives how far the secret has come.
    fn judge(&self) -> (SecretState, Option<Secret>) {
        let (first, second) = (self.first.secret(), self.second.secret());
        let judged = repeated(self.kind, &first, &second, !self.second.focus.contains_focus());
        self.first.problem.set(judged.first);
        self.second.problem.set(judged.second);
        (judged.state, (judged.state == SecretState::Ready).then_some(first))
    }

    /// The row's own sign of it is a picture, which nobody hears of.
    fn show_caps_lock(&self) {
        let is_in = [&self.first, &self.second].into_iter().any(|field| field.focus.contains_focus());
        let is_due = is_in && keyboard().is_some_and(|keyboard| keyboard.is_caps_locked());
        let is_new = is_due && !self.caps_lock.is_visible();
        self.caps_lock.set_visible(is_due);
        if is_new {
            self.caps_lock.announce(&self.caps_lock.label(), gtk::AccessibleAnnouncementPriority::Medium);
        }
    }
}

impl Field {
    fn new(title: &str, sender: &ComponentSender<SecretFields>) -> Self {
        let row = adw::PasswordEntryRow::builder()
            .title(title)
            .input_hints(gtk::InputHints::PRIVATE | gtk::InputHints::NO_SPELLCHECK)
            // What can be undone is kept.
            .enable_undo(false)
            .build();
        keep_in_locked_memory(&row);
        let input = sender.input_sender().clone();
        let _handler = row.connect_changed(move |_| input.emit(Input::Typed));
        let focus = gtk::EventControllerFocus::new();
        let input = sender.input_sender().clone();
        let _handler = focus.connect_contains_focus_notify(move |_| input.emit(Input::Moved));
        row.add_controller(focus.clone());
        Self { problem: Problem::row(&row), row, focus }
    }

    /// What is typed. The toolkit hands out a copy, which is taken over.
    fn secret(&self) -> Secret {
        Secret::new(String::from(self.row.text()))
    }

    /// Whether the person has it shown.
    fn is_shown(&self) -> bool {
        self.row.delegate().and_downcast::<gtk::Text>().is_some_and(|text| text.property("visibility"))
    }
}

/// The row's text is held where it is never swapped out, and wiped when it goes. libadwaita sees to
/// that already; it does not promise it.
fn keep_in_locked_memory(row: &adw::PasswordEntryRow) {
    if let Some(text) = row.delegate().and_downcast::<gtk::Text>()
        && !text.buffer().is::<gtk::PasswordEntryBuffer>()
    {
        text.set_buffer(&gtk::PasswordEntryBuffer::new());
    }
}

fn warning() -> gtk::Label {
    gtk::Label::builder()
        .visible(false)
        .wrap(true)
        .xalign(0.0)
        .margin_top(6)
        .css_classes(["warning", "caption"])
        .build()
}

fn keyboard() -> Option<gdk::Device> {
    gdk::Display::default()?.default_seat()?.keyboard()
}

fn follow_caps_lock(sender: &ComponentSender<SecretFields>) {
    if let Some(keyboard) = keyboard() {
        let input = sender.input_sender().clone();
        let _handler: glib::SignalHandlerId =
            keyboard.connect_caps_lock_state_notify(move |_| input.emit(Input::Moved));
    }
}
