//! What the user may do, and how they come in.

use relm4::adw;
use relm4::adw::prelude::*;

use crate::i18n::gettext;
use crate::pure::answers::{Answers, Desktop, UserAnswers};
use crate::pure::wizard::Wizard;
use crate::ui::answer_switch::answer_switch;
use crate::ui::page::Said;
use crate::ui::problem::Problem;

/// The switches.
pub(super) struct Rights {
    group: adw::PreferencesGroup,
    administrator: adw::SwitchRow,
    automatic_login: adw::SwitchRow,
    login_problem: Problem,
}

impl Rights {
    /// Switches that tell `said` what the person turns on and off.
    pub(super) fn new(said: &relm4::Sender<Said>) -> Self {
        let group = adw::PreferencesGroup::builder().title(gettext("Rights")).build();
        let administrator =
            answer_switch(&gettext("Administrator"), said, |answers, on| answers.user.administrator = on);
        let automatic_login =
            answer_switch(&gettext("Automatic login"), said, |answers, on| answers.user.automatic_login = on);
        let login_problem = Problem::row(&automatic_login);
        group.add(&administrator);
        group.add(&automatic_login);
        group.add(login_problem.widget());
        Self { group, administrator, automatic_login, login_problem }
    }

    /// The widget.
    pub(super) fn widget(&self) -> &adw::PreferencesGroup {
        &self.group
    }

    /// Sets the switches.
    pub(super) fn enter(&self, user: &UserAnswers) {
        self.administrator.set_active(user.administrator);
        self.automatic_login.set_active(user.automatic_login);
    }

    /// Sets what follows from the answers.
    pub(super) fn refresh(&self, wizard: &Wizard) {
        let answers = wizard.answers();
        self.administrator.set_subtitle(&rights(answers.user.administrator));
        self.automatic_login.set_subtitle(&login(answers));
        // What is on already can always be turned off.
        self.automatic_login
            .set_sensitive(answers.system.desktop != Desktop::None || answers.user.automatic_login);
        self.login_problem.set(wizard.problem("user.automatic-login"));
    }
}

fn rights(administrator: bool) -> String {
    if administrator {
        gettext("You can change everything on this machine, by typing your password.")
    } else {
        gettext(
            "You can change your own files only. To look after the machine there is the user “root”, who gets the same password as you: change it after the first start.",
        )
    }
}

fn login(answers: &Answers) -> String {
    if answers.system.desktop == Desktop::None {
        gettext("Only a desktop can log you in by itself.")
    } else if answers.encryption.enabled {
        gettext(
            "The desktop opens without asking for your password. While the machine is off, the disk’s passphrase still protects everything on it.",
        )
    } else {
        gettext(
            "The desktop opens without asking for your password. The disk isn’t encrypted, so whoever has the machine has your files.",
        )
    }
}
