//! The last question before a disk is erased.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::{Property, Relation};
use relm4::gtk::pango;

use crate::i18n::{gettext, gettext_f, ngettext_f, side_by_side};
use crate::pure::content::{Loss, losses};
use crate::pure::disk::Disk;
use crate::pure::size;
use crate::pure::systems::systems_words;

const CANCEL: &str = "cancel";
const ERASE: &str = "erase";
/// Losses that are listed; the summary has all of them.
const MOST_LISTED: usize = 5;

/// Asks whether the disk may be erased, and calls `yes` when the person has said so twice.
pub(super) fn erasing(disk: &Disk, parent: &impl IsA<gtk::Widget>, yes: impl Fn() + 'static) {
    let losses = losses(disk);
    let title = disk.title();
    let facts: &[&str] = &[&size::show(disk.identity.size), &disk.device];
    let dialog = adw::AlertDialog::builder()
        .heading(gettext_f("Erase {disk}?", &[("disk", &title)]))
        .body(format!("{}\n\n{}", side_by_side(facts), said(&losses)))
        .close_response(CANCEL)
        .default_response(CANCEL)
        .build();
    dialog.add_response(CANCEL, &gettext("_Cancel"));
    dialog.add_response(ERASE, &gettext("_Erase and Install"));
    dialog.set_response_appearance(ERASE, adw::ResponseAppearance::Destructive);
    dialog.set_response_enabled(ERASE, false);

    let list = list(disk, &losses);
    let check = agreement(&title);
    check.update_relation(&[Relation::DescribedBy(&[list.upcast_ref()])]);
    let asked = dialog.downgrade();
    let _handler = check.connect_toggled(move |check| {
        if let Some(dialog) = asked.upgrade() {
            dialog.set_response_enabled(ERASE, check.is_active());
        }
    });
    let below = gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(18).build();
    below.append(&list);
    below.append(&check);
    dialog.set_extra_child(Some(&below));
    let _handler = dialog.connect_response(Some(ERASE), move |_, _| yes());
    dialog.present(Some(parent));
}

/// What stands above the list of losses.
fn said(losses: &[Loss]) -> String {
    if losses.is_empty() {
        gettext(
            "Nothing is recognised on this disk. If there is something on it all the same, it will be lost.",
        )
    } else {
        gettext("This will be lost and can’t be brought back:")
    }
}

/// What will be lost, in a few lines.
fn list(disk: &Disk, losses: &[Loss]) -> gtk::Box {
    let list = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(6)
        .accessible_role(gtk::AccessibleRole::Group)
        .visible(!losses.is_empty())
        .build();
    list.update_property(&[Property::Label(&said(losses))]);
    if let Some(systems) = systems_words(disk) {
        list.append(&line(&systems, &["heading"]));
    }
    for loss in losses.iter().take(MOST_LISTED) {
        list.append(&line(&loss.what, &[]));
        let detail = side_by_side(&[&size::show(loss.size), &loss.device]);
        list.append(&line(&detail, &["caption", "dim-label"]));
    }
    let more = losses.len().saturating_sub(MOST_LISTED);
    if more > 0 {
        let count = u32::try_from(more).unwrap_or(u32::MAX);
        let more =
            ngettext_f("and {count} more", "and {count} more", count, &[("count", &count.to_string())]);
        list.append(&line(&more, &[]));
    }
    list
}

fn line(text: &str, classes: &[&str]) -> gtk::Label {
    gtk::Label::builder()
        .label(text)
        .wrap(true)
        .wrap_mode(pango::WrapMode::WordChar)
        .xalign(0.0)
        .css_classes(classes)
        .build()
}

/// What must be ticked: a click too many erases nothing.
fn agreement(disk: &str) -> gtk::CheckButton {
    let words = gettext_f("I understand that everything on {disk} is erased", &[("disk", disk)]);
    let check = gtk::CheckButton::builder().child(&line(&words, &[])).build();
    check.update_property(&[Property::Label(&words)]);
    check
}
