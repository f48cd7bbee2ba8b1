//! What the new system takes over from the live session.

use relm4::adw;
use relm4::adw::prelude::*;

use crate::i18n::gettext;
use crate::pure::wizard::Wizard;
use crate::ui::answer_switch::answer_switch;
use crate::ui::page::Said;
use crate::ui::problem::Problem;

/// The group of rows.
pub(super) struct Session {
    group: adw::PreferencesGroup,
    wifi: adw::SwitchRow,
    wifi_problem: Problem,
}

impl Session {
    /// Tells `said` what the person turns on and off.
    pub(super) fn new(said: &relm4::Sender<Said>) -> Self {
        let group = adw::PreferencesGroup::builder().title(gettext("From This Session")).build();
        let wifi = answer_switch(&gettext("Wi-Fi networks"), said, |answers, on| answers.persist.wifi = on);
        wifi.set_subtitle(&gettext(
            "Those that are known now, with their passwords, so that the new system is online at its first start.",
        ));
        let wifi_problem = Problem::row(&wifi);
        group.add(&wifi);
        group.add(wifi_problem.widget());
        Self { group, wifi, wifi_problem }
    }

    /// The widget.
    pub(super) fn widget(&self) -> &adw::PreferencesGroup {
        &self.group
    }

    /// Shows the answer, and what is wrong with it.
    pub(super) fn show(&self, wizard: &Wizard) {
        self.wifi.set_active(wizard.answers().persist.wifi);
        self.wifi_problem.set(wizard.problem("persist.wifi"));
    }
}
