//! What becomes of the root at each start: for those who want it otherwise.

use std::cell::Cell;
use std::rc::Rc;

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Property;

use crate::i18n::gettext;
use crate::pure::answers::rules::{MOST_DAYS, MOST_OLD_ROOTS};
use crate::pure::answers::{
    DEFAULT_HOME, OldRoots, PersistModule, RootAnswers, RootKind, default_memory_root_size,
};
use crate::pure::size::GIB;
use crate::pure::wizard::Wizard;
use crate::ui::choice_row::{at, choice_row, place};
use crate::ui::gib::{bytes_of, gib_of};
use crate::ui::page::Said;

/// Kinds of root in the order of their list.
const KINDS: [RootKind; 3] = [RootKind::Rollback, RootKind::Tmpfs, RootKind::Keep];
/// Modules in the order of their list.
const MODULES: [PersistModule; 2] = [PersistModule::Impermanence, PersistModule::Preservation];
/// Largest root in memory that can be chosen here, in GiB.
const LARGEST: f64 = 1024.0;

/// The group of rows.
pub(super) struct Root {
    group: adw::PreferencesGroup,
    kind: adw::ComboRow,
    about: gtk::Label,
    about_row: gtk::ListBoxRow,
    size: adw::SpinRow,
    by: adw::ComboRow,
    days: adw::SpinRow,
    count: adw::SpinRow,
    once: adw::SwitchRow,
    home: adw::SwitchRow,
    module: adw::ComboRow,
    said: relm4::Sender<Said>,
    /// Whether the rows are being filled, and what they say is nobody's choice.
    is_showing: Cell<bool>,
    memory: Cell<u64>,
}

impl Root {
    /// The rows, with nothing in them.
    pub(super) fn new(said: &relm4::Sender<Said>) -> Rc<Self> {
        let group = adw::PreferencesGroup::builder().build();
        let title = gettext("How the root is cleared");
        let expander = adw::ExpanderRow::builder()
            .title(&title)
            .subtitle(gettext(
                "What becomes of all that doesn’t survive, and how long it can be fetched back.",
            ))
            .title_lines(0)
            .subtitle_lines(0)
            .build();
        expander.upcast_ref::<gtk::Widget>().update_property(&[Property::Label(&title)]);
        group.add(&expander);
        let about = gtk::Label::builder()
            .wrap(true)
            .xalign(0.0)
            .margin_top(9)
            .margin_bottom(9)
            .margin_start(12)
            .margin_end(12)
            .css_classes(["caption", "dim-label"])
            .build();
        let about_row = gtk::ListBoxRow::builder().activatable(false).child(&about).build();
        let root = Rc::new(Self {
            group,
            kind: choice(&gettext("The root"), &KINDS.map(name)),
            about,
            about_row,
            size: number(&gettext("Size of the root in GiB"), 0.5, LARGEST, 0.5),
            by: choice(
                &gettext("Old roots are kept"),
                // Translators: Old roots are kept by their age, or so many of them.
                &[gettext("By their age"), gettext("By their number")],
            ),
            days: number(&gettext("Days for which they are kept"), 1.0, f64::from(MOST_DAYS), 1.0),
            count: number(&gettext("How many are kept"), 1.0, f64::from(MOST_OLD_ROOTS), 1.0),
            once: switch(
                &gettext("An entry in the boot menu to keep the root once"),
                &gettext(
                    "For when something was left in the wrong place. Changes to the system take a little longer.",
                ),
            ),
            home: switch(
                &gettext("Clear home directories too"),
                &gettext(
                    "Only usual folders such as Documents, settings and keys survive. All that is saved elsewhere in a home is gone after a restart.",
                ),
            ),
            module: choice(
                // Translators: A module of NixOS: Impermanence or Preservation.
                &gettext("Module that keeps what survives"),
                &["Impermanence".to_owned(), "Preservation".to_owned()],
            ),
            said: said.clone(),
            is_showing: Cell::new(false),
            memory: Cell::new(GIB),
        });
        // What stands there when the other one is chosen for the first time.
        root.days.set_value(14.0);
        root.count.set_value(20.0);
        for row in root.rows() {
            expander.add_row(&row);
        }
        root.listen();
        root
    }

    /// The widget.
    pub(super) fn widget(&self) -> &adw::PreferencesGroup {
        &self.group
    }

    /// Shows what is chosen.
    pub(super) fn show(&self, wizard: &Wizard) {
        let answers = wizard.answers();
        let root = &answers.root;
        self.is_showing.set(true);
        self.memory.set(wizard.machine().memory);
        self.kind.set_selected(place(&KINDS, &root.kind));
        self.about.set_label(&about(root.kind));
        self.about_row.update_property(&[Property::Label(&about(root.kind))]);
        let size = root.size.unwrap_or_else(|| default_memory_root_size(self.memory.get()));
        self.size.set_value(gib_of(size));
        let by_age = match root.old_roots {
            OldRoots::Days(days) => {
                self.days.set_value(f64::from(days));
                true
            }
            OldRoots::Count(count) => {
                self.count.set_value(f64::from(count));
                false
            }
        };
        self.by.set_selected(u32::from(!by_age));
        self.once.set_active(root.keep_once);
        self.home.set_active(root.home);
        self.module.set_selected(place(&MODULES, &answers.persist.module));
        let is_on_disk = root.kind != RootKind::Tmpfs;
        self.size.set_visible(!is_on_disk);
        self.days.set_visible(is_on_disk && by_age);
        self.count.set_visible(is_on_disk && !by_age);
        for row in [self.by.upcast_ref::<gtk::Widget>(), self.once.upcast_ref(), self.home.upcast_ref()] {
            row.set_visible(is_on_disk);
        }
        self.is_showing.set(false);
    }

    fn rows(&self) -> [gtk::Widget; 9] {
        [
            self.kind.clone().upcast(),
            self.about_row.clone().upcast(),
            self.size.clone().upcast(),
            self.by.clone().upcast(),
            self.days.clone().upcast(),
            self.count.clone().upcast(),
            self.once.clone().upcast(),
            self.home.clone().upcast(),
            self.module.clone().upcast(),
        ]
    }

    fn listen(self: &Rc<Self>) {
        let root = Rc::downgrade(self);
        let hear = move |change: fn(&Self)| {
            if let Some(root) = root.upgrade().filter(|root| !root.is_showing.get()) {
                change(&root);
            }
        };
        let heard = hear.clone();
        let _handler = self.kind.connect_selected_notify(move |_| heard(Self::take_kind));
        let heard = hear.clone();
        let _handler = self.size.connect_value_notify(move |_| heard(Self::take_size));
        let heard = hear.clone();
        let _handler = self.by.connect_selected_notify(move |_| heard(Self::take_old_roots));
        for row in [&self.days, &self.count] {
            let heard = hear.clone();
            let _handler = row.connect_value_notify(move |_| heard(Self::take_old_roots));
        }
        let heard = hear.clone();
        let _handler = self.once.connect_active_notify(move |_| heard(Self::take_once));
        let heard = hear.clone();
        let _handler = self.home.connect_active_notify(move |_| heard(Self::take_home));
        let _handler = self.module.connect_selected_notify(move |_| hear(Self::take_module));
    }

    fn take_kind(&self) {
        let Some(kind) = at(&KINDS, self.kind.selected()) else { return };
        self.said.emit(Said::edit(move |answers| {
            answers.root = if kind == RootKind::Tmpfs {
                answers.persist.home.clear();
                RootAnswers { kind, ..RootAnswers::default() }
            } else {
                RootAnswers { kind, size: None, ..answers.root.clone() }
            };
        }));
    }

    fn take_size(&self) {
        let bytes = bytes_of(self.size.value());
        let size = (bytes != default_memory_root_size(self.memory.get())).then_some(bytes);
        self.said.emit(Said::edit(move |answers| answers.root.size = size));
    }

    fn take_old_roots(&self) {
        let old_roots = if self.by.selected() == 0 {
            OldRoots::Days(whole(self.days.value()))
        } else {
            OldRoots::Count(whole(self.count.value()))
        };
        self.said.emit(Said::edit(move |answers| answers.root.old_roots = old_roots));
    }

    fn take_once(&self) {
        let is_on = self.once.is_active();
        self.said.emit(Said::edit(move |answers| answers.root.keep_once = is_on));
    }

    fn take_home(&self) {
        let is_on = self.home.is_active();
        self.said.emit(Said::edit(move |answers| {
            answers.root.home = is_on;
            let usual = DEFAULT_HOME.into_iter().filter(|_| is_on);
            answers.persist.home = usual.map(str::to_owned).collect();
        }));
    }

    fn take_module(&self) {
        let Some(module) = at(&MODULES, self.module.selected()) else { return };
        self.said.emit(Said::edit(move |answers| answers.persist.module = module));
    }
}

fn choice(title: &str, names: &[String]) -> adw::ComboRow {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    choice_row(title, &names)
}

fn number(title: &str, smallest: f64, largest: f64, step: f64) -> adw::SpinRow {
    let row = adw::SpinRow::with_range(smallest, largest, step);
    row.set_title(title);
    row.set_title_lines(0);
    row.set_digits(u32::from(step < 1.0));
    row
}

fn switch(title: &str, subtitle: &str) -> adw::SwitchRow {
    adw::SwitchRow::builder().title(title).subtitle(subtitle).title_lines(0).subtitle_lines(0).build()
}

fn name(kind: RootKind) -> String {
    match kind {
        // Translators: What becomes of the root at each start.
        RootKind::Rollback => gettext("Rolled back"),
        RootKind::Tmpfs => gettext("In memory"),
        RootKind::Keep => gettext("Kept as it is"),
    }
}

/// What the kind means.
fn about(kind: RootKind) -> String {
    match kind {
        RootKind::Rollback => gettext(
            "At each start a blank root takes its place. The old one is kept for a while, so that something can be fetched back.",
        ),
        RootKind::Tmpfs => gettext(
            "It is empty at each start, and nothing of it can be fetched back. What is on it takes memory from programs.",
        ),
        RootKind::Keep => gettext(
            "Nothing is cleared. Everything is laid out so that one line in the configuration begins to roll it back.",
        ),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the field has limits of its own"
)]
fn whole(number: f64) -> u32 {
    number.round() as u32
}
