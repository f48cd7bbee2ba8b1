//! The plan, row by row.

use std::cell::Cell;

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Property;
use relm4::gtk::pango;

use super::groups;
use crate::i18n::{gettext, gettext_f, untranslated};
use crate::pure::bar::{segments, segments_after, words};
use crate::pure::disk::Disk;
use crate::pure::layout::{Layout, Role};
use crate::pure::markup;
use crate::pure::plan::{Step, Undo};
use crate::pure::size;
use crate::ui::disk_bar::DiskBar;

/// The disk as it is and as it will be, each as a bar with its words.
pub(super) fn bars(disk: &Disk, layout: &Layout) -> adw::PreferencesRow {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(6)
        .margin_top(12)
        .margin_bottom(12)
        .margin_start(12)
        .margin_end(12)
        .build();
    for (title, parts) in [
        (gettext("Now"), segments(disk)),
        (gettext("Afterwards"), segments_after(layout, disk.identity.size)),
    ] {
        let heading = gtk::Label::builder().label(&title).xalign(0.0).css_classes(["heading"]).build();
        let caption = gtk::Label::builder()
            .label(words(&parts))
            .wrap(true)
            .xalign(0.0)
            .css_classes(["caption", "dim-label"])
            .margin_bottom(6)
            .build();
        let bar = DiskBar::new(&gettext_f("The disk: {when}", &[("when", &title)]));
        bar.show(parts);
        column.append(&heading);
        column.append(bar.widget());
        column.append(&caption);
    }
    // The keyboard comes to a list by its first row.
    let row = adw::PreferencesRow::builder().child(&column).activatable(false).build();
    row.upcast_ref::<gtk::Widget>()
        .update_property(&[Property::Label(&gettext("The disk now and afterwards"))]);
    row
}

/// What the disk will hold: what it is, and how large or which.
pub(super) fn after(layout: &Layout) -> Vec<(String, String)> {
    let partition = |role| match role {
        Role::Esp => gettext("Boot partition (FAT32)"),
        Role::Swap => gettext("Swap, not encrypted"),
        Role::RandomSwap => gettext("Swap, encrypted with a new key at each boot"),
        Role::Volume => gettext_f(
            "Encrypted volume “{name}” (LUKS2) with Btrfs in it",
            &[("name", layout.volume_name.as_deref().unwrap_or_default())],
        ),
        Role::Filesystem => gettext("Btrfs, not encrypted"),
    };
    let partitions = layout.partitions.iter();
    let mut rows: Vec<_> = partitions.map(|each| (partition(each.role), size::show(each.size))).collect();
    let names: Vec<String> =
        layout.subvolumes.iter().map(|each| format!("{} ({})", each.name, each.mountpoint)).collect();
    rows.push((gettext("Subvolumes in it"), untranslated(&names.join(", "))));
    if let Some(size) = layout.swap_file {
        rows.push((gettext("Swap file in it, for hibernation"), size::show(size)));
    }
    if let Some(size) = layout.memory_root {
        rows.push((gettext("Root in memory, empty at each start"), size::show(size)));
    }
    rows
}

/// A step: its sentence, and behind it the exact calls, and how it is undone.
pub(super) fn row(number: usize, step: &Step) -> adw::ExpanderRow {
    let title = gettext_f(
        // Translators: A step of the plan.
        "{number}. {sentence}",
        &[("number", &number.to_string()), ("sentence", &step.sentence())],
    );
    let row = adw::ExpanderRow::builder().use_markup(false).title_lines(0).subtitle_lines(0).build();
    row.set_title(&title);
    row.upcast_ref::<gtk::Widget>().update_property(&[Property::Label(&title)]);
    if step.is_point_of_no_return() {
        row.set_subtitle(&gettext("From here on, what was on the disk is lost."));
        row.add_prefix(&groups::warning());
    }
    // What is behind it is made when it is looked at: all of it at once would let the page stand still.
    let (step, is_filled) = (step.clone(), Cell::new(false));
    let _handler = row.connect_expanded_notify(move |row| {
        if row.is_expanded() && !is_filled.replace(true) {
            let calls: Vec<String> = step.calls().iter().map(ToString::to_string).collect();
            row.add_row(&exact(&calls.join("\n")));
            row.add_row(&undo(&step));
        }
    });
    row
}

/// Words of a machine, to read and to copy.
fn exact(text: &str) -> adw::PreferencesRow {
    let label = gtk::Label::builder()
        .label(text)
        .wrap(true)
        .wrap_mode(pango::WrapMode::WordChar)
        .selectable(true)
        .xalign(0.0)
        .css_classes(["monospace"])
        .margin_top(12)
        .margin_bottom(12)
        .margin_start(12)
        .margin_end(12)
        .build();
    let row = adw::PreferencesRow::builder().child(&label).activatable(false).focusable(false).build();
    row.upcast_ref::<gtk::Widget>().update_property(&[Property::Label(&gettext("Exact calls"))]);
    row
}

fn undo(step: &Step) -> adw::ActionRow {
    let title = match step.undo() {
        Undo::ChangesNothing => Undo::ChangesNothing.sentence(),
        Undo::Possible(how) => gettext_f("To undo: {how}", &[("how", &how)]),
        Undo::Impossible(why) => gettext_f("It can’t be undone. {why}", &[("why", &why)]),
    };
    let row = groups::row("", "");
    row.set_use_markup(true);
    row.set_title(&format!("<small>{}</small>", markup::escape(&title)));
    row.add_css_class("dim-label");
    row
}
