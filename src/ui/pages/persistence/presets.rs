//! The presets, one of which everything begins with.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Property;

use crate::i18n::gettext;
use crate::pure::answers::{PRESETS, Preset};
use crate::pure::catalogue;
use crate::ui::page::Said;

/// The choice.
pub(super) struct Presets {
    group: adw::PreferencesGroup,
    toggles: adw::ToggleGroup,
    sentence: gtk::Label,
}

impl Presets {
    /// Tells `said` what the person chooses.
    pub(super) fn new(said: &relm4::Sender<Said>) -> Self {
        let toggles = adw::ToggleGroup::builder().homogeneous(true).build();
        toggles.upcast_ref::<gtk::Widget>().update_property(&[Property::Label(&gettext("Begin With"))]);
        for (word, preset) in PRESETS {
            toggles.add(adw::Toggle::builder().name(word).label(title(preset)).build());
        }
        let said = said.clone();
        let _handler = toggles.connect_active_name_notify(move |toggles| {
            let name = toggles.active_name();
            let Some((_, preset)) = PRESETS.into_iter().find(|(word, _)| Some(*word) == name.as_deref())
            else {
                return;
            };
            said.emit(Said::edit(move |answers| {
                if answers.persist.preset != preset {
                    catalogue::set_preset(&mut answers.persist, &answers.system, preset);
                }
            }));
        });
        let sentence = gtk::Label::builder().wrap(true).xalign(0.0).css_classes(["dim-label"]).build();
        let group = adw::PreferencesGroup::builder().title(gettext("Begin With")).build();
        let content = gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(12).build();
        content.append(&toggles);
        content.append(&sentence);
        group.add(&content);
        Self { group, toggles, sentence }
    }

    /// The widget.
    pub(super) fn widget(&self) -> &adw::PreferencesGroup {
        &self.group
    }

    /// Shows which one is chosen.
    pub(super) fn show(&self, chosen: Preset) {
        let word = PRESETS.into_iter().find(|(_, preset)| *preset == chosen).map(|(word, _)| word);
        if self.toggles.active_name().as_deref() != word {
            self.toggles.set_active_name(word);
        }
        self.sentence.set_label(&sentence(chosen));
    }
}

fn title(preset: Preset) -> String {
    match preset {
        Preset::Minimal => gettext("Minimal"),
        // Translators: A machine that somebody works at.
        Preset::Desktop => gettext("Desktop"),
        Preset::Server => gettext("Server"),
    }
}

fn sentence(preset: Preset) -> String {
    match preset {
        Preset::Minimal => gettext("Only what hardly anybody can do without."),
        Preset::Desktop => gettext("For a machine that you work at: printers, sound, the login screen too."),
        Preset::Server => gettext("For a machine that others connect to: certificates and services too."),
    }
}
