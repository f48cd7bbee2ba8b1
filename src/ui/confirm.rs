//! The last question before a disk is erased.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Property;
use relm4::gtk::pango;

use crate::i18n::{gettext, gettext_f, ngettext_f};
use crate::pure::content::losses;
use crate::pure::disk::Disk;
use crate::pure::size;

const CANCEL: &str = "cancel";
const ERASE: &str = "erase";
/// Losses that are listed; the summary has all of them.
const MOST_LISTED: usize = 5;

/// Asks whether the disk may be erased, and calls `yes` when the person has said so twice.
pub(super) fn erasing(disk: &Disk, parent: &impl IsA<gtk::Widget>, yes: impl Fn() + 'static) {
    let name = gettext_f("{disk} ({device})", &[("disk", &disk.title()), ("device", &disk.device)]);
    let dialog = adw::AlertDialog::builder()
        .heading(gettext_f("Erase {disk}?", &[("disk", &name)]))
        .body(lost(disk))
        .close_response(CANCEL)
        .default_response(CANCEL)
        .build();
    dialog.add_response(CANCEL, &gettext("_Cancel"));
    dialog.add_response(ERASE, &gettext("_Erase and Install"));
    dialog.set_response_appearance(ERASE, adw::ResponseAppearance::Destructive);
    dialog.set_response_enabled(ERASE, false);

    let words = gettext_f("I understand that everything on {disk} is erased", &[("disk", &name)]);
    let label = gtk::Label::builder()
        .label(&words)
        .wrap(true)
        .wrap_mode(pango::WrapMode::WordChar)
        .xalign(0.0)
        .build();
    let check = gtk::CheckButton::builder().child(&label).build();
    check.update_property(&[Property::Label(&words)]);
    let asked = dialog.downgrade();
    let _handler = check.connect_toggled(move |check| {
        if let Some(dialog) = asked.upgrade() {
            dialog.set_response_enabled(ERASE, check.is_active());
        }
    });
    dialog.set_extra_child(Some(&check));
    let _handler = dialog.connect_response(Some(ERASE), move |_, _| yes());
    dialog.present(Some(parent));
}

/// What will be lost, in a few lines.
fn lost(disk: &Disk) -> String {
    let losses = losses(disk);
    if losses.is_empty() {
        return gettext(
            "Nothing is recognised on this disk. If there is something on it all the same, it will be lost.",
        );
    }
    let mut lines = vec![gettext("This will be lost and can’t be brought back:")];
    lines.extend(
        losses
            .iter()
            .take(MOST_LISTED)
            .map(|loss| format!("• {} ({}, {})", loss.what, loss.device, size::show(loss.size))),
    );
    let more = losses.len().saturating_sub(MOST_LISTED);
    if more > 0 {
        let count = u32::try_from(more).unwrap_or(u32::MAX);
        lines.push(ngettext_f(
            "and {count} more",
            "and {count} more",
            count,
            &[("count", &count.to_string())],
        ));
    }
    lines.join("\n")
}
