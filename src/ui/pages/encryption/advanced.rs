//! What hardly anybody needs to change about the encrypted volume.

use relm4::adw::prelude::*;
use relm4::gtk::accessible::Property;
use relm4::prelude::*;

use crate::i18n::gettext;
use crate::pure::answers::EncryptionAnswers;
use crate::ui::page::Said;
use crate::ui::problem::Problem;

/// Seconds that cryptsetup lets one try take by itself (`DEFAULT_LUKS2_ITER_TIME`).
const OWN_TIME: f64 = 2.0;

/// The group of rows.
pub(super) struct Advanced {
    answers: EncryptionAnswers,
    name: adw::EntryRow,
    problem: Problem,
    time: adw::SpinRow,
}

/// What the group is told.
#[derive(Debug)]
pub(super) enum Input {
    /// The page is come to: these are the answers.
    Show(EncryptionAnswers),
    /// What is wrong with the volume's name.
    Problem(Option<String>),
    /// The person has typed a name.
    Name(String),
    /// The person has turned the switch.
    Discards(bool),
    /// The person has given a time, in seconds.
    Time(f64),
}

#[relm4::component(pub(super))]
impl SimpleComponent for Advanced {
    type Init = ();
    type Input = Input;
    type Output = Said;

    view! {
        adw::PreferencesGroup {
            #[name = "expander"]
            adw::ExpanderRow {
                set_title: &gettext("Advanced"),
                set_title_lines: 0,

                #[local_ref]
                add_row = name -> adw::EntryRow {
                    set_title: &gettext("Volume name"),
                },
                add_row = model.problem.widget(),
                add_row = &adw::SwitchRow {
                    set_title: &gettext("Tell the disk what is free"),
                    set_subtitle: &gettext("It helps a solid-state disk to stay fast. Whoever has the disk can then see how much of it is in use."),
                    set_title_lines: 0,
                    set_subtitle_lines: 0,
                    #[watch]
                    set_active: model.answers.allow_discards,
                    connect_active_notify[sender] => move |row| sender.input(Input::Discards(row.is_active())),
                },
                #[local_ref]
                add_row = time -> adw::SpinRow {
                    set_title: &gettext("Seconds to open the disk"),
                    set_subtitle: &gettext("The longer it takes you, the longer each guess takes others."),
                    set_title_lines: 0,
                    set_subtitle_lines: 0,
                    set_digits: 1,
                    // With a number of rounds given, no time is measured.
                    #[watch]
                    set_visible: model.answers.pbkdf.iterations.is_none(),
                },
            },
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let name = adw::EntryRow::new();
        let time = adw::SpinRow::with_range(0.5, 10.0, 0.5);
        let input = sender.input_sender().clone();
        let _handler = name.connect_changed(move |row| input.emit(Input::Name(row.text().into())));
        let input = sender.input_sender().clone();
        let _handler = time.connect_value_notify(move |row| input.emit(Input::Time(row.value())));
        let model = Self { answers: EncryptionAnswers::default(), problem: Problem::row(&name), name, time };
        let (name, time) = (&model.name, &model.time);
        let widgets = view_output!();
        // The row that unfolds takes no name from its title.
        widgets
            .expander
            .upcast_ref::<gtk::Widget>()
            .update_property(&[Property::Label(&gettext("Advanced"))]);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>) {
        match input {
            Input::Show(answers) => {
                self.answers = answers;
                // What a field says about being set is what the answers say already.
                if self.name.text() != self.answers.volume_name {
                    self.name.set_text(&self.answers.volume_name);
                }
                self.time.set_value(seconds(&self.answers));
            }
            Input::Problem(sentence) => self.problem.set(sentence),
            Input::Name(name) => {
                if name != self.answers.volume_name {
                    self.answers.volume_name.clone_from(&name);
                    say(&sender, move |answers| answers.volume_name = name);
                }
            }
            Input::Discards(allowed) => {
                if allowed != self.answers.allow_discards {
                    self.answers.allow_discards = allowed;
                    say(&sender, move |answers| answers.allow_discards = allowed);
                }
            }
            Input::Time(value) => {
                if value != seconds(&self.answers) {
                    let time = (value != OWN_TIME).then(|| milliseconds(value));
                    self.answers.pbkdf.time = time;
                    say(&sender, move |answers| answers.pbkdf.time = time);
                }
            }
        }
    }
}

fn say(sender: &ComponentSender<Advanced>, change: impl FnOnce(&mut EncryptionAnswers) + 'static) {
    // The page listens as long as it shows the group.
    let _unheard = sender.output(Said::edit(move |answers| change(&mut answers.encryption)));
}

fn seconds(answers: &EncryptionAnswers) -> f64 {
    answers.pbkdf.time.map_or(OWN_TIME, |milliseconds| f64::from(milliseconds) / 1000.0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the field has limits of its own"
)]
fn milliseconds(seconds: f64) -> u32 {
    (seconds * 1000.0).round() as u32
}
