//! The list of disks.

use crate::cli::output::{padded, plain, widest, wrapped};
use crate::i18n::{gettext, gettext_f};
use crate::pure::content::{bus_words, table_words};
use crate::pure::disk::Disk;
use crate::pure::refusal::{Refusal, unusable};
use crate::pure::size;

/// One paragraph a disk: its names and size, what is on it, and whether it can be used.
pub(in crate::cli) fn list(disks: &[Disk]) -> String {
    if disks.is_empty() {
        return wrapped(&gettext("UDisks2 knows of no disk."), 0, 0);
    }
    let sizes: Vec<String> = disks.iter().map(|disk| size::show(disk.identity.size)).collect();
    let buses: Vec<String> = disks.iter().map(|disk| bus_words(disk.bus)).collect();
    let device_width = widest(disks.iter().map(|disk| disk.device.as_str()));
    let size_width = widest(sizes.iter().map(String::as_str));
    let bus_width = widest(buses.iter().map(String::as_str));
    let mut text = String::new();
    for ((disk, size), bus) in disks.iter().zip(&sizes).zip(&buses) {
        let head = format!(
            "{}  {}{size}  {}  {}",
            padded(&disk.device, device_width),
            padded("", size_width.saturating_sub(widest(std::iter::once(size.as_str())))),
            padded(bus, bus_width),
            plain(&disk.title()),
        );
        text.push_str(head.trim_end());
        text.push('\n');
        for line in details(disk) {
            text.push_str(&wrapped(&line, 4, 6));
        }
    }
    text
}

fn details(disk: &Disk) -> Vec<String> {
    let mut lines = Vec::new();
    let names = [
        disk.identity
            .serial
            .as_deref()
            .map(|serial| gettext_f("serial number {serial}", &[("serial", serial)])),
        disk.identity.wwn.as_deref().map(|wwn| gettext_f("WWN {wwn}", &[("wwn", wwn)])),
        disk.removable.then(|| gettext("removable")),
    ];
    let names: Vec<String> = names.into_iter().flatten().collect();
    if !names.is_empty() {
        lines.push(names.join(", "));
    }
    lines.push(table_words(disk));
    let refusals = unusable(disk);
    if refusals.is_empty() {
        lines.push(gettext("Can be installed on."));
    } else {
        lines.extend(refusals.iter().map(Refusal::sentence));
    }
    lines
}
