//! What else the machine can do, a switch each.

use relm4::adw;
use relm4::adw::prelude::*;

use crate::i18n::gettext;
use crate::pure::answers::{Desktop, SystemAnswers};
use crate::pure::wizard::Wizard;
use crate::ui::answer_switch::answer_switch;
use crate::ui::page::Said;
use crate::ui::problem::Problem;

/// The switches.
pub(super) struct Services {
    group: adw::PreferencesGroup,
    switches: [(Service, adw::SwitchRow, Problem); 6],
}

/// Where a service stands in the answers.
#[derive(Clone, Copy)]
struct Service {
    key: &'static str,
    get: fn(&SystemAnswers) -> bool,
    set: fn(&mut SystemAnswers, bool),
}

const UNFREE: Service =
    Service { key: "system.unfree", get: |system| system.unfree, set: |system, on| system.unfree = on };
const SSH: Service =
    Service { key: "system.ssh", get: |system| system.ssh, set: |system, on| system.ssh = on };
const PRINTING: Service =
    Service { key: "system.printing", get: |system| system.printing, set: |system, on| system.printing = on };
const BLUETOOTH: Service = Service {
    key: "system.bluetooth",
    get: |system| system.bluetooth,
    set: |system, on| system.bluetooth = on,
};
const FLATPAK: Service =
    Service { key: "system.flatpak", get: |system| system.flatpak, set: |system, on| system.flatpak = on };
const FIRMWARE: Service = Service {
    key: "system.firmware-updates",
    get: |system| system.firmware_updates,
    set: |system, on| system.firmware_updates = on,
};

impl Services {
    /// Switches that tell `said` what the person turns on and off.
    pub(super) fn new(said: &relm4::Sender<Said>) -> Self {
        let group = adw::PreferencesGroup::builder().title(gettext("Software and Services")).build();
        let switches = [
            (UNFREE, gettext("Unfree software")),
            (FLATPAK, gettext("Flatpak")),
            (PRINTING, gettext("Printing")),
            (BLUETOOTH, gettext("Bluetooth")),
            (SSH, gettext("SSH")),
            (FIRMWARE, gettext("Firmware updates")),
        ]
        .map(|(service, title)| {
            let row = answer_switch(&title, said, move |answers, on| (service.set)(&mut answers.system, on));
            let problem = Problem::row(&row);
            group.add(&row);
            group.add(problem.widget());
            (service, row, problem)
        });
        Self { group, switches }
    }

    /// The widget.
    pub(super) fn widget(&self) -> &adw::PreferencesGroup {
        &self.group
    }

    /// Sets the switches.
    pub(super) fn enter(&self, system: &SystemAnswers) {
        for (service, row, _) in &self.switches {
            row.set_active((service.get)(system));
        }
    }

    /// Sets what follows from the answers.
    pub(super) fn refresh(&self, wizard: &Wizard) {
        let problems = wizard.problems_of(self.switches.each_ref().map(|(service, ..)| service.key));
        for ((service, row, problem), found) in self.switches.iter().zip(problems) {
            row.set_subtitle(&sentence(service.key, &wizard.answers().system));
            problem.set(found);
        }
    }
}

/// What a service is good for.
fn sentence(key: &str, system: &SystemAnswers) -> String {
    match key {
        "system.unfree" => {
            gettext("Lets you install programs whose source is not open, such as some drivers and games.")
        }
        "system.flatpak" => gettext("Apps from stores such as Flathub, beside those of NixOS."),
        "system.printing" => gettext("Printers, on a cable or in the network."),
        "system.bluetooth" if system.desktop == Desktop::Gnome => {
            gettext("Headphones, keyboards and phones without a cable. GNOME turns it on by itself.")
        }
        "system.bluetooth" => gettext("Headphones, keyboards and phones without a cable."),
        "system.ssh" => {
            gettext("Lets you log in from another machine, with your password or a key. Off is safer.")
        }
        _ => gettext("Fetches new firmware for this machine and its devices, and asks before installing it."),
    }
}
