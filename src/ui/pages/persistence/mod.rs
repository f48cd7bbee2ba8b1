//! The page «What Survives a Restart».

mod entry;
mod groups;
mod meaning;
mod own;
mod presets;
mod removable;
mod root;
mod session;
mod subvolumes;

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::prelude::*;

use self::groups::Groups;
use self::own::Own;
use self::presets::Presets;
use self::root::Root;
use self::session::Session;
use self::subvolumes::Subvolumes;
use crate::i18n::gettext;
use crate::pure::wizard::{Own as Kind, Wizard};
use crate::ui::page::{Said, Show};
use crate::ui::stretch;

/// The page.
pub(in crate::ui) struct Persistence {
    presets: Presets,
    groups: Groups,
    /// The row that says that nothing in homes is cleared.
    home: adw::ActionRow,
    session: Session,
    own: [Rc<Own>; 2],
    root: Rc<Root>,
    subvolumes: Rc<Subvolumes>,
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
impl SimpleComponent for Persistence {
    type Init = ();
    type Input = Input;
    type Output = Said;

    view! {
        adw::PreferencesPage {}
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let said = sender.output_sender();
        let (always, home) = always();
        let model = Self {
            presets: Presets::new(said),
            groups: Groups::new(said),
            home,
            session: Session::new(said),
            root: Root::new(said),
            own: [Own::new(Kind::Directory, said), Own::new(Kind::File, said)],
            subvolumes: Subvolumes::new(said),
        };
        root.add(&meaning::group());
        root.add(model.presets.widget());
        let mut groups: Vec<_> = model.groups.widgets().cloned().collect();
        groups.extend([model.session.widget().clone(), always]);
        groups.extend(model.own.iter().map(|own| own.widget().clone()));
        groups.extend([model.subvolumes.widget().clone(), model.root.widget().clone()]);
        stretch::add_groups(&root, groups.into_iter());
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, _: ComponentSender<Self>) {
        let wizard = match &input {
            Input::Show(Show::Enter(wizard)) => {
                self.groups.enter(wizard);
                wizard
            }
            Input::Show(Show::Changed(wizard)) => {
                self.groups.refresh(wizard);
                wizard
            }
        };
        self.show(wizard);
    }
}

impl Persistence {
    fn show(&self, wizard: &Rc<Wizard>) {
        self.presets.show(wizard.answers().persist.preset);
        self.session.show(wizard);
        for own in &self.own {
            own.show(wizard);
        }
        self.subvolumes.show(wizard);
        self.home.set_visible(!wizard.answers().root.home);
        self.root.show(wizard);
    }
}

/// What always stays, and the row about homes, which can be cleared too.
fn always() -> (adw::PreferencesGroup, adw::ActionRow) {
    let group = adw::PreferencesGroup::builder().title(gettext("What Always Stays")).build();
    let rows = [
        (
            gettext("Home directories"),
            gettext(
                "Your documents, settings and saved games belong in your home directory: it is there to gather things, so nothing in it is ever cleared.",
            ),
        ),
        (gettext("Programs"), gettext("All that Nix installs is in /nix, which nothing else writes to.")),
        (gettext("Logs"), gettext("What happened before a restart can still be read after it, in /var/log.")),
    ];
    let [home, programs, logs] = rows.map(|(title, sentence)| {
        adw::ActionRow::builder().title(title).subtitle(sentence).title_lines(0).subtitle_lines(0).build()
    });
    for row in [&home, &programs, &logs] {
        group.add(row);
    }
    (group, home)
}
