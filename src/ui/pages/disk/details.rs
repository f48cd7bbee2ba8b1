//! All that is known of a disk, for whoever asks.

use std::rc::Rc;

use relm4::gtk;

use crate::i18n::{gettext, gettext_f};
use crate::pure::content::{bus_words, table_words};
use crate::pure::disk::Disk;
use crate::pure::refusal::unusable;
use crate::pure::size;

/// Lets the button open the details of this disk. They are made when they are asked for.
pub(super) fn show_on_demand(button: &gtk::MenuButton, disk: &Rc<Disk>) {
    let disk = Rc::clone(disk);
    button.set_create_popup_func(move |button| button.set_popover(Some(&popover(&disk))));
}

fn popover(disk: &Disk) -> gtk::Popover {
    let label = gtk::Label::builder()
        .label(text(disk))
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .max_width_chars(40)
        .xalign(0.0)
        // It can be reached and copied by keyboard.
        .selectable(true)
        .margin_top(6)
        .margin_bottom(6)
        .margin_start(6)
        .margin_end(6)
        .build();
    gtk::Popover::builder().child(&label).build()
}

fn text(disk: &Disk) -> String {
    let identity = &disk.identity;
    let unknown = || gettext("not known");
    let mut lines = vec![
        gettext_f("Name: {name}", &[("name", &disk.device)]),
        gettext_f("Serial number: {serial}", &[("serial", &identity.serial.clone().unwrap_or_else(unknown))]),
        gettext_f(
            // Translators: The World Wide Name of a disk, a number that no other disk has.
            "WWN: {wwn}",
            &[("wwn", &identity.wwn.clone().unwrap_or_else(unknown))],
        ),
        gettext_f(
            "Size: {size} ({bytes} bytes)",
            &[("size", &size::show(identity.size)), ("bytes", &identity.size.to_string())],
        ),
        gettext_f("Attached by: {bus}", &[("bus", &bus_words(disk.bus))]),
        gettext_f("On it: {content}", &[("content", &table_words(disk))]),
    ];
    lines.extend(disk.health.sentence());
    let refusals = unusable(disk);
    if !refusals.is_empty() {
        lines.push(String::new());
        lines.extend(refusals.iter().map(|refusal| refusal.sentence()));
        if !disk.live_medium && !disk.uses.is_empty() {
            lines.push(gettext("As soon as the disk is free, it can be chosen here."));
        }
    }
    lines.join("\n")
}
