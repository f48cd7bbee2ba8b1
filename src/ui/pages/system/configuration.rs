//! Whose configuration is installed: a new one, or a flake of the person's.

use relm4::adw::prelude::*;
use relm4::gtk::glib;
use relm4::prelude::*;
use tokio_util::sync::CancellationToken;

use crate::boundary::own_flake::{Copy, FlakeError};
use crate::i18n::{gettext, ngettext_f, side_by_side};
use crate::pure::answers::{ConfigurationAnswers, OwnFlake};
use crate::pure::wizard::Wizard;
use crate::ui::choice_row::{at, choice_row, offer, place, remark};
use crate::ui::page::Said;
use crate::ui::problem::Problem;
use crate::ui::save;

/// The group of rows.
pub(super) struct Configuration {
    kind: Kind,
    /// What is typed of the person's flake; it stays while another configuration is chosen.
    own: OwnFlake,
    /// Stops the look at a flake that is under way, if one is.
    looking: Option<CancellationToken>,
    /// What the last look has found, or why it has found nothing.
    told: String,
    /// What the list of configurations offers behind its first entry.
    hosts: Vec<String>,
    flake: adw::EntryRow,
    facts: adw::EntryRow,
    host: adw::ComboRow,
    /// Tells what is chosen from the list of configurations.
    host_chosen: glib::SignalHandlerId,
    kind_problem: Problem,
    flake_problem: Problem,
    host_problem: Problem,
    facts_problem: Problem,
}

/// Whose it is, and of which kind, in the order of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    NewFlake,
    Channels,
    OwnFlake,
}

const KINDS: [Kind; 3] = [Kind::NewFlake, Kind::Channels, Kind::OwnFlake];

/// What the group is told.
#[derive(Debug)]
pub(super) enum Input {
    /// The page is come to: this is the answer.
    Show(ConfigurationAnswers),
    /// What is wrong with the kind, with the flake, with its configuration, and with the file.
    Problems([Option<String>; 4]),
    /// The person has chosen a kind.
    Kind(u32),
    /// The person has typed where the flake is.
    Flake(String),
    /// The person wants to choose its folder.
    Folder,
    /// They have.
    FolderChosen(String),
    /// The person wants to know what is in it.
    Look,
    /// The person has chosen from the list of configurations.
    Host(u32),
    /// The person has typed the name of the file.
    Facts(String),
}

/// What a look at the flake at the first text has found.
#[derive(Debug)]
pub(super) struct Found(String, Result<Vec<String>, FlakeError>);

impl Input {
    /// Everything, from the state.
    pub(super) fn enter(wizard: &Wizard) -> Self {
        Self::Show(wizard.answers().configuration.clone())
    }

    /// What follows from the state.
    pub(super) fn changed(wizard: &Wizard) -> Self {
        Self::Problems(wizard.problems_of([
            "configuration.kind",
            "configuration.flake",
            "configuration.host",
            "configuration.facts",
        ]))
    }
}

#[relm4::component(pub(super))]
impl Component for Configuration {
    type Init = ();
    type Input = Input;
    type Output = Said;
    type CommandOutput = Found;

    view! {
        adw::PreferencesGroup {
            set_title: &gettext("Configuration"),
            #[local_ref]
            kind -> adw::ComboRow {
                #[watch]
                set_selected: place(&KINDS, &model.kind),
            },
            add = model.kind_problem.widget(),
            remark() -> adw::ActionRow {
                #[watch]
                set_title: &model.kind.about(),
            },
            #[local_ref]
            flake -> adw::EntryRow {
                #[watch]
                set_visible: model.is_own(),
                add_suffix = &gtk::Button {
                    set_icon_name: "folder-open-symbolic",
                    set_tooltip_text: Some(&gettext("Choose its folder")),
                    set_valign: gtk::Align::Center,
                    add_css_class: "flat",
                    connect_clicked => Input::Folder,
                },
            },
            add = model.flake_problem.widget(),
            adw::ButtonRow {
                set_title: &gettext("Look for Its Configurations"),
                #[watch]
                set_visible: model.is_own(),
                #[watch]
                set_sensitive: model.looking.is_none() && !model.own.flake.is_empty(),
                connect_activated => Input::Look,
            },
            remark() -> adw::ActionRow {
                #[watch]
                set_visible: model.is_own() && !model.told.is_empty(),
                #[watch]
                set_title: &model.told,
            },
            #[local_ref]
            host -> adw::ComboRow {
                #[watch]
                set_visible: model.is_own(),
            },
            add = model.host_problem.widget(),
            #[local_ref]
            facts -> adw::EntryRow {
                #[watch]
                set_visible: model.is_own(),
            },
            add = model.facts_problem.widget(),
            remark() -> adw::ActionRow {
                #[watch]
                set_visible: model.is_own(),
                set_title: &gettext("Your configuration imports this file, such as hosts/mine/disk.nix, which is written into the installed copy. If you leave it empty, nothing is written; the summary shows what your flake must say of the disk."),
            },
        }
    }

    fn init(_: (), _root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let kinds = KINDS.map(Kind::title);
        let kind = &choice_row(&gettext("Configuration"), &kinds.each_ref().map(String::as_str));
        let input = sender.input_sender().clone();
        let _handler = kind.connect_selected_notify(move |row| input.emit(Input::Kind(row.selected())));
        let host = choice_row(&gettext("Configuration in it"), &[&same_name()]);
        let input = sender.input_sender().clone();
        let host_chosen = host.connect_selected_notify(move |row| input.emit(Input::Host(row.selected())));
        let flake = entry(&gettext("Its folder, or its Git address"), &sender, Input::Flake);
        let facts = entry(&gettext("File in it for what it must know of the disk"), &sender, Input::Facts);
        let model = Self {
            kind: Kind::NewFlake,
            own: OwnFlake { flake: String::new(), host: None, facts: None },
            looking: None,
            told: String::new(),
            hosts: Vec::new(),
            kind_problem: Problem::row(kind),
            flake_problem: Problem::row(&flake),
            host_problem: Problem::row(&host),
            facts_problem: Problem::row(&facts),
            flake,
            facts,
            host,
            host_chosen,
        };
        let (flake, facts, host) = (&model.flake, &model.facts, &model.host);
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Show(answers) => {
                self.kind = Kind::of(&answers);
                if let Some(own) = answers.own() {
                    self.own = own.clone();
                }
                self.flake.set_text(&self.own.flake);
                self.facts.set_text(self.own.facts.as_deref().unwrap_or_default());
                self.offer();
            }
            Input::Problems([kind, flake, host, facts]) => {
                self.kind_problem.set(kind);
                self.flake_problem.set(flake);
                self.host_problem.set(host);
                self.facts_problem.set(facts);
            }
            Input::Kind(place) => {
                if let Some(kind) = at(&KINDS, place).filter(|kind| *kind != self.kind) {
                    self.kind = kind;
                    self.say(&sender);
                }
            }
            Input::Flake(flake) => {
                if self.own.flake != flake {
                    self.own.flake = flake;
                    self.stop_looking();
                    self.told.clear();
                    self.hosts.clear();
                    self.offer();
                    self.say(&sender);
                }
            }
            Input::Folder => choose_folder(root, &sender),
            Input::FolderChosen(folder) => self.flake.set_text(&folder),
            Input::Look => self.look(&sender),
            Input::Host(place) => {
                let place = usize::try_from(place).ok().and_then(|place| place.checked_sub(1));
                let host = place.and_then(|place| self.hosts.get(place)).cloned();
                if self.own.host != host {
                    self.own.host = host;
                    self.say(&sender);
                }
            }
            Input::Facts(facts) => {
                let facts = (!facts.is_empty()).then_some(facts);
                if self.own.facts != facts {
                    self.own.facts = facts;
                    self.say(&sender);
                }
            }
        }
    }

    fn update_cmd(&mut self, Found(flake, found): Found, sender: ComponentSender<Self>, _: &Self::Root) {
        if self.own.flake != flake || matches!(found, Err(FlakeError::Cancelled)) {
            return;
        }
        self.looking = None;
        match found {
            Ok(hosts) => {
                self.told = how_many(&hosts);
                // With one there is nothing to choose.
                if let [only] = &hosts[..] {
                    self.own.host = Some(only.clone());
                }
                self.hosts = hosts;
                self.offer();
                self.say(&sender);
            }
            Err(error) => {
                tracing::warn!(code = error.code(), "the flake can’t be looked at: {error}");
                self.told = side_by_side(&[&error.sentence(), &error.to_string()]);
            }
        }
        self.host
            .upcast_ref::<gtk::Widget>()
            .announce(&self.told, gtk::AccessibleAnnouncementPriority::Medium);
    }
}

impl Configuration {
    fn is_own(&self) -> bool {
        self.kind == Kind::OwnFlake
    }

    fn look(&mut self, sender: &ComponentSender<Self>) {
        self.stop_looking();
        let (cancel, flake) = (CancellationToken::new(), self.own.flake.clone());
        self.looking = Some(cancel.clone());
        self.told = gettext("Looking…");
        sender.oneshot_command(async move {
            let found = async { Copy::make(&flake, &cancel).await?.hosts(&cancel).await };
            let found = found.await;
            Found(flake, found)
        });
    }

    fn stop_looking(&mut self) {
        if let Some(looking) = self.looking.take() {
            looking.cancel();
        }
    }

    /// Puts into the list what was found, and what is answered in any case.
    fn offer(&mut self) {
        if let Some(host) = &self.own.host
            && !self.hosts.contains(host)
        {
            self.hosts.insert(0, host.clone());
        }
        let same = same_name();
        let names: Vec<&str> = [&same].into_iter().chain(&self.hosts).map(String::as_str).collect();
        let place = self.own.host.as_ref().and_then(|host| self.hosts.iter().position(|known| known == host));
        offer(&self.host, &self.host_chosen, &names, place.map_or(0, |place| place + 1));
    }

    fn say(&self, sender: &ComponentSender<Self>) {
        let answer = match self.kind {
            Kind::NewFlake => ConfigurationAnswers::NewFlake,
            Kind::Channels => ConfigurationAnswers::Channels,
            Kind::OwnFlake => ConfigurationAnswers::OwnFlake(self.own.clone()),
        };
        // The page listens as long as it shows the group.
        let _unheard = sender.output(Said::edit(move |answers| answers.configuration = answer));
    }
}

impl Drop for Configuration {
    fn drop(&mut self) {
        self.stop_looking();
    }
}

fn entry(title: &str, sender: &ComponentSender<Configuration>, typed: fn(String) -> Input) -> adw::EntryRow {
    let row = adw::EntryRow::builder().title(title).input_hints(gtk::InputHints::NO_SPELLCHECK).build();
    let input = sender.input_sender().clone();
    let _handler = row.connect_changed(move |row| input.emit(typed(row.text().into())));
    row
}

fn choose_folder(root: &adw::PreferencesGroup, sender: &ComponentSender<Configuration>) {
    let window = save::window_of(root);
    let sender = sender.clone();
    let _chosen = relm4::spawn_local(async move {
        match save::folder(window, gettext("Choose the Folder of Your Flake")).await {
            Ok(folder) => sender.input(Input::FolderChosen(folder.to_string_lossy().into_owned())),
            Err(Some(told)) => {
                // The page listens as long as it shows the group.
                let _unheard = sender.output(Said::Notice(told));
            }
            Err(None) => {}
        }
    });
}

impl Kind {
    fn of(answers: &ConfigurationAnswers) -> Self {
        match answers {
            ConfigurationAnswers::NewFlake => Self::NewFlake,
            ConfigurationAnswers::Channels => Self::Channels,
            ConfigurationAnswers::OwnFlake(_) => Self::OwnFlake,
        }
    }

    fn title(self) -> String {
        match self {
            Self::NewFlake => gettext("A new flake"),
            Self::Channels => gettext("New files, with channels"),
            Self::OwnFlake => gettext("Your own flake"),
        }
    }

    fn about(self) -> String {
        match self {
            Self::NewFlake => gettext(
                "It is written from what you choose on these pages, and is yours to change later. A rebuild takes the same sources until you update them.",
            ),
            Self::Channels => gettext(
                "It is written from what you choose on these pages, and is yours to change later. Without a flake: it is built from the channel of this live system, and nix-channel brings newer ones.",
            ),
            Self::OwnFlake => gettext(
                "Your flake decides by itself what the system is, what survives a restart, and who may log in. Of these pages only those about the disk and its encryption count, and the password, which is kept for it.",
            ),
        }
    }
}

/// The first entry of the list.
fn same_name() -> String {
    // Translators: Of the configurations in a flake, the one whose name is the host name.
    gettext("With the host name")
}

fn how_many(hosts: &[String]) -> String {
    let count = u32::try_from(hosts.len()).unwrap_or(u32::MAX);
    ngettext_f(
        "There is {count} configuration in it.",
        "There are {count} configurations in it.",
        count,
        &[("count", &count.to_string())],
    )
}
