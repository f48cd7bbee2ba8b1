//! A passphrase or a password, typed twice.

use relm4::adw::prelude::*;
use relm4::gtk::{gdk, glib};
use relm4::prelude::*;

use super::problem::Problem;
use crate::i18n::gettext;
use crate::pure::repeated::{Kind, repeated};
use crate::pure::secret::Secret;
use crate::pure::wizard::SecretState;

/// The two fields, as a group of a page of preferences. What is typed stays in them: a page that is
/// come back to has nothing to set.
pub(super) struct SecretFields {
    kind: Kind,
    first: Field,
    second: Field,
    /// Says that Caps Lock is on, while it is and one of the fields has the keyboard.
    caps_lock: gtk::Label,
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
    /// The keyboard has come to a field or has left one, or Caps Lock was pressed.
    Moved,
}

/// How far the secret has come; it is there when it is ready.
#[derive(Debug)]
pub(super) struct Entered(pub(super) SecretState, pub(super) Option<Secret>);

#[relm4::component(pub(super))]
impl Component for SecretFields {
    type Init = Kind;
    type Input = Input;
    type Output = Entered;
    type CommandOutput = ();

    view! {
        adw::PreferencesGroup {
            add = &model.first.row.clone(),
            add = model.first.problem.widget(),
            add = &model.second.row.clone(),
            add = model.second.problem.widget(),
            add = &model.caps_lock.clone(),
        }
    }

    fn init(kind: Kind, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let (first, second) = match kind {
            Kind::Passphrase => (gettext("Passphrase"), gettext("Repeat Passphrase")),
            Kind::Password => (gettext("Password"), gettext("Repeat Password")),
        };
        let caps_lock = gtk::Label::builder()
            .label(gettext("Caps Lock is on."))
            .visible(false)
            .wrap(true)
            .xalign(0.0)
            .margin_top(6)
            .css_classes(["warning", "caption"])
            .build();
        let model = Self {
            kind,
            first: Field::new(&first, &sender),
            second: Field::new(&second, &sender),
            caps_lock,
        };
        let widgets = view_output!();
        follow_caps_lock(&sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _: &Self::Root) {
        match input {
            Input::Typed => {
                let (state, secret) = self.judge();
                // The page listens as long as it shows the fields.
                let _unheard = sender.output(Entered(state, secret));
            }
            Input::Moved => {
                let _same_as_before = self.judge();
                self.show_caps_lock();
            }
        }
    }
}

impl SecretFields {
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
