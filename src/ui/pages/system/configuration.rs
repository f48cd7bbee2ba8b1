//! Whose configuration is installed: a new one, or a flake of the person's.

use relm4::adw::prelude::*;
use relm4::gtk::glib;
use relm4::prelude::*;
use tokio_util::sync::CancellationToken;

use crate::boundary::own_flake::{Copy, FlakeError};
use crate::i18n::{gettext, ngettext_f, side_by_side};
use crate::pure::answers::{ConfigurationAnswers, OwnFlake};
use crate::pure::wizard::Wizard;
use crate::ui::choice_row::{choice_row, offer, remark};
use crate::ui::page::Said;
use crate::ui::problem::Problem;
use crate::ui::save;

/// The group of rows.
pub(super) struct Configuration {
    is_own: bool,
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
    flake_problem: Problem,
    host_problem: Problem,
    facts_problem: Problem,
}

/// What the group is told.
#[derive(Debug)]
pub(super) enum Input {
    /// The page is come to: this is the answer.
    Show(ConfigurationAnswers),
    /// What is wrong with the flake, with its configuration, and with the file.
    Problems([Option<String>; 3]),
    /// The person has chosen whose it is.
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
                set_selected: u32::from(model.is_own),
            },
            remark() -> adw::ActionRow {
                #[watch]
                set_title: &about(model.is_own),
            },
            #[local_ref]
            flake -> adw::EntryRow {
                #[watch]
                set_visible: model.is_own,
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
                set_visible: model.is_own,
                #[watch]
                set_sensitive: model.looking.is_none() && !model.own.flake.is_empty(),
                connect_activated => Input::Look,
            },
            remark() -> adw::ActionRow {
                #[watch]
                set_visible: model.is_own && !model.told.is_empty(),
                #[watch]
                set_title: &model.told,
            },
            #[local_ref]
            host -> adw::ComboRow {
                #[watch]
                set_visible: model.is_own,
            },
            add = model.host_problem.widget(),
            #[local_ref]
            facts -> adw::EntryRow {
                #[watch]
                set_visible: model.is_own,
            },
            add = model.facts_problem.widget(),
            remark() -> adw::ActionRow {
                #[watch]
                set_visible: model.is_own,
                set_title: &gettext("Your configuration imports this file, such as hosts/mine/disk.nix, which is written into the installed copy. If you leave it empty, nothing is written; the summary shows what your flake must say of the disk."),
            },
        }
    }

    fn init(_: (), _root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let kinds = [gettext("A new one"), gettext("Your own flake")];
        let kind = &choice_row(&gettext("Configuration"), &kinds.each_ref().map(String::as_str));
        let input = sender.input_sender().clone();
        let _handler = kind.connect_selected_notify(move |row| input.emit(Input::Kind(row.selected())));
        let host = choice_row(&gettext("Configuration in it"), &[&same_name()]);
        let input = sender.input_sender().clone();
        let host_chosen = host.connect_selected_notify(move |row| input.emit(Input::Host(row.selected())));
        let flake = entry(&gettext("Its folder, or its Git address"), &sender, Input::Flake);
        let facts = entry(&gettext("File in it for what it must know of the disk"), &sender, Input::Facts);
        let model = Self {
            is_own: false,
            own: OwnFlake { flake: String::new(), host: None, facts: None },
            looking: None,
            told: String::new(),
            hosts: Vec::new(),
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
                self.is_own = answers.own().is_some();
                if let Some(own) = answers.own() {
                    self.own = own.clone();
                }
                self.flake.set_text(&self.own.flake);
                self.facts.set_text(self.own.facts.as_deref().unwrap_or_default());
                self.offer();
            }
            Input::Problems([flake, host, facts]) => {
                self.flake_problem.set(flake);
                self.host_problem.set(host);
                self.facts_problem.set(facts);
            }
            Input::Kind(place) => {
                let is_own = place == 1;
                if self.is_own != is_own {
                    self.is_own = is_own;
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
        let answer = if self.is_own {
            ConfigurationAnswers::OwnFlake(self.own.clone())
        } else {
            ConfigurationAnswers::NewFlake
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

fn about(is_own: bool) -> String {
    if is_own {
        gettext(
            "Your flake decides by itself what the system is, what survives a restart, and who may log in. Of these pages only those about the disk and its encryption count, and the password, which is kept for it.",
        )
    } else {
        gettext("It is written from what you choose on these pages, and is yours to change later.")
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
