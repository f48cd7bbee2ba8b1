//! What is said when an installation is stopped or has failed.

use relm4::adw;
use relm4::adw::prelude::*;

use crate::engine::{DiskState, Failure, Job};
use crate::i18n::{gettext, gettext_f};
use crate::pure::plan::{Step, StepId};
use crate::ui::pages::failed::Story;

const GO_ON: &str = "go-on";
const STOP: &str = "stop";

/// Asks whether the installation is to be stopped, and calls `yes` if so.
pub(super) fn ask_whether_to_stop(erased: bool, parent: &adw::NavigationPage, yes: impl Fn() + 'static) {
    let disk = if erased {
        gettext(
            "What was on the disk is gone already, and the new system is not complete: the disk will not start a computer. Nothing stays mounted or unlocked.",
        )
    } else {
        gettext("Nothing was written to the disk yet.")
    };
    let dialog = adw::AlertDialog::builder()
        .heading(gettext("Stop the Installation?"))
        .body(disk)
        .close_response(GO_ON)
        .default_response(GO_ON)
        .build();
    dialog.add_response(GO_ON, &gettext("_Go On Installing"));
    dialog.add_response(STOP, &gettext("_Stop"));
    dialog.set_response_appearance(STOP, adw::ResponseAppearance::Destructive);
    let _handler = dialog.connect_response(Some(STOP), move |_, _| yes());
    dialog.present(Some(parent));
}

/// What the person is told when there is no thread.
pub(super) fn no_thread(error: &std::io::Error) -> String {
    gettext_f(
        "Snowmelt can’t start its own work: {cause}. Nothing was written to the disk.",
        &[("cause", &error.to_string())],
    )
}

/// A failure in the words of the page for it.
pub(super) fn story(failure: &Failure, job: Option<&Job>, log: String) -> Story {
    let title = if failure.code == Failure::CANCELLED {
        gettext("The Installation Was Stopped")
    } else if failure.disk == DiskState::Installed {
        gettext("Installed, but Not Finished")
    } else {
        gettext("The Installation Failed")
    };
    let again = failure.retry.then(|| match failure.step {
        Some(_) => gettext("_Retry This Step"),
        None => gettext("_Try Again"),
    });
    Story {
        title,
        sentence: failure.sentence.clone(),
        step: failure.step.and_then(|step| sentence(step, job)).unwrap_or_default(),
        cause: failure.cause.clone(),
        means: failure.means(),
        next: failure.next.clone(),
        left_over: failure.left_over.clone(),
        log,
        again,
    }
}

fn sentence(step: StepId, job: Option<&Job>) -> Option<String> {
    job?.plan.steps.iter().find(|each| each.id() == step).map(Step::sentence)
}
