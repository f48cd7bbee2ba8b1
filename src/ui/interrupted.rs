//! Offers to go on with an installation that was interrupted.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

use crate::boundary::{machine, receipt_file};
use crate::engine::{self, Found, Installation, Secrets};
use crate::i18n::{gettext, gettext_f};
use crate::pure::answers::rules;
use crate::pure::receipt::Receipt;
use crate::pure::secret::Secret;

const NOT_NOW: &str = "not-now";
const GO_ON: &str = "go-on";

/// An interrupted installation, with its receipt's place.
#[derive(Debug)]
pub(super) struct Interrupted {
    found: Found,
    receipt: PathBuf,
}

/// Looks for one that can be gone on with; what speaks against it is for the log.
pub(super) async fn look() -> Option<Interrupted> {
    let receipt = receipt_file::place().ok()?;
    let text = receipt_file::read(&receipt)
        .inspect_err(|error| tracing::warn!("the receipt can’t be read: {error}"))
        .ok()??;
    let (read, answers) =
        Receipt::read(&text).inspect_err(|useless| tracing::warn!("the receipt: {useless}")).ok()?;
    let found = engine::find_again(read, answers, machine::read()).await;
    let found = found
        .inspect_err(|failure| tracing::warn!("the receipt: {}: {}", failure.code, failure.cause))
        .ok()?;
    // Before the partitions are made there is nothing that is worth going on with.
    found.has_partitions().then_some(Interrupted { found, receipt })
}

/// Asks whether to go on, and for the secrets that this takes; calls `yes` with the installation.
pub(super) fn offer(
    interrupted: Interrupted,
    parent: &impl IsA<gtk::Widget>,
    yes: impl Fn(Installation) + 'static,
) {
    let job = &interrupted.found.job;
    let step = job.plan.steps.iter().find(|step| Some(step.id()) == interrupted.found.next());
    let step = step.map(crate::pure::plan::Step::sentence).unwrap_or_default();
    let dialog = adw::AlertDialog::builder()
        .heading(gettext("Go On with the Installation?"))
        .body(gettext_f(
            "An installation on {device} was interrupted. It can go on with this step: {step}. Type the passphrase and the password that you chose for it.",
            &[("device", &job.plan.device), ("step", &step)],
        ))
        .close_response(NOT_NOW)
        .default_response(GO_ON)
        .build();
    dialog.add_response(NOT_NOW, &gettext("_Not Now"));
    dialog.add_response(GO_ON, &gettext("_Go On"));
    dialog.set_response_appearance(GO_ON, adw::ResponseAppearance::Suggested);
    dialog.set_response_enabled(GO_ON, false);

    let passphrase = job.answers.encryption.enabled.then(|| row(&gettext("Passphrase")));
    let password = row(&gettext("Password"));
    let rows = adw::PreferencesGroup::new();
    for row in passphrase.iter().chain([&password]) {
        rows.add(row);
        let (asked, passphrase, password) = (dialog.downgrade(), passphrase.clone(), password.clone());
        let _handler = row.connect_changed(move |_| {
            if let Some(dialog) = asked.upgrade() {
                dialog.set_response_enabled(GO_ON, secrets(passphrase.as_ref(), &password).is_some());
            }
        });
    }
    dialog.set_extra_child(Some(&rows));
    let interrupted = Rc::new(RefCell::new(Some(interrupted)));
    let _handler = dialog.connect_response(Some(GO_ON), move |_, _| {
        let given = secrets(passphrase.as_ref(), &password);
        if let (Some(secrets), Some(Interrupted { found, receipt })) = (given, interrupted.take()) {
            yes(Installation::resume(found, secrets, &receipt));
        }
    });
    dialog.present(Some(parent));
}

fn row(title: &str) -> adw::PasswordEntryRow {
    adw::PasswordEntryRow::builder().title(title).build()
}

/// What was typed, once it can be what was chosen.
fn secrets(passphrase: Option<&adw::PasswordEntryRow>, password: &adw::PasswordEntryRow) -> Option<Secrets> {
    let typed = |row: &adw::PasswordEntryRow| Secret::new(row.text().to_string());
    let password = typed(password);
    rules::password(&password).ok()?;
    let passphrase = passphrase.map(typed);
    passphrase.as_ref().map_or(Ok(()), rules::passphrase).ok()?;
    Some(Secrets { passphrase, password })
}
