//! The plan as a person reads it: what will be lost, what will be there, and every step.

use crate::cli::output::{padded, plain, widest, wrapped};
use crate::i18n::{gettext, gettext_f};
use crate::pure::content::{Loss, losses};
use crate::pure::disk::Disk;
use crate::pure::layout::Role;
use crate::pure::plan::{Plan, Step, Undo};
use crate::pure::size;
use crate::pure::systems::systems_words;

/// The whole plan.
pub(in crate::cli) fn whole(disk: &Disk, plan: &Plan) -> String {
    let mut text = heading(disk);
    text.push('\n');
    text.push_str(&lost(disk));
    text.push('\n');
    text.push_str(&layout(plan));
    text.push('\n');
    text.push_str(&wrapped(&gettext("What will be done"), 0, 0));
    for (index, step) in plan.steps.iter().enumerate() {
        text.push_str(&one_step(index + 1, step));
    }
    text
}

fn heading(disk: &Disk) -> String {
    let values = [
        ("device", disk.device.as_str()),
        ("title", &disk.title()),
        ("size", &size::show(disk.identity.size)),
    ];
    wrapped(&gettext_f("NixOS will be installed on {device} ({title}, {size}).", &values), 0, 0)
}

/// What will be lost on the disk.
pub(in crate::cli) fn lost(disk: &Disk) -> String {
    let mut text = wrapped(&gettext("What will be lost"), 0, 0);
    let losses = losses(disk);
    if losses.is_empty() {
        let sentence = gettext(
            "Nothing is recognised on this disk. If there is something on it all the same, it will be lost.",
        );
        text.push_str(&wrapped(&sentence, 4, 4));
        return text;
    }
    if let Some(systems) = systems_words(disk) {
        text.push_str(&wrapped(&systems, 4, 4));
    }
    let sizes: Vec<String> = losses.iter().map(|loss| size::show(loss.size)).collect();
    let device_width = widest(losses.iter().map(|loss| loss.device.as_str()));
    let size_width = widest(sizes.iter().map(String::as_str));
    for (Loss { device, what, .. }, size) in losses.iter().zip(&sizes) {
        let row =
            format!("    {}  {}  {}", padded(device, device_width), padded(size, size_width), plain(what));
        text.push_str(&row);
        text.push('\n');
    }
    let all = gettext_f(
        "Everything on {device} will be lost, whether it is listed here or not.",
        &[("device", &disk.device)],
    );
    text.push_str(&wrapped(&all, 4, 4));
    text
}

fn layout(plan: &Plan) -> String {
    let mut text = wrapped(&gettext("What will be there"), 0, 0);
    let rows: Vec<(String, String)> = plan
        .layout
        .partitions
        .iter()
        .map(|partition| {
            let what = match partition.role {
                Role::Esp => gettext("boot partition (FAT32)"),
                Role::Swap => gettext("swap, not encrypted"),
                Role::RandomSwap => gettext("swap, encrypted with a new key at each boot"),
                Role::Volume => gettext_f(
                    "encrypted volume “{name}” (LUKS2) with Btrfs in it",
                    &[("name", plan.layout.volume_name.as_deref().unwrap_or_default())],
                ),
                Role::Filesystem => gettext("Btrfs, not encrypted"),
            };
            (size::show(partition.size), what)
        })
        .collect();
    let width = widest(rows.iter().map(|(size, _)| size.as_str()));
    for (size, what) in &rows {
        text.push_str(&wrapped(&format!("{}  {what}", padded(size, width)), 4, 4 + width + 2));
    }
    let name_width = widest(plan.layout.subvolumes.iter().map(|each| each.name.as_str()));
    for subvolume in &plan.layout.subvolumes {
        let row = format!("{}  {}", padded(&subvolume.name, name_width), plain(&subvolume.mountpoint));
        text.push_str(&wrapped(&row, 4 + width + 4, 4 + width + 4 + name_width + 2));
    }
    text
}

fn one_step(number: usize, step: &Step) -> String {
    let mut text = String::new();
    if step.is_point_of_no_return() {
        text.push_str(&wrapped(&gettext("From here on, what was on the disk is lost."), 0, 0));
    }
    text.push_str(&wrapped(&format!("{number:>3}. {}", step.sentence()), 0, 5));
    for call in step.calls() {
        text.push_str(&wrapped(&call.to_string(), 7, 11));
    }
    let undo = match step.undo() {
        Undo::ChangesNothing => Undo::ChangesNothing.sentence(),
        Undo::Possible(how) => gettext_f("To undo: {how}", &[("how", &how)]),
        Undo::Impossible(why) => gettext_f("It can’t be undone. {why}", &[("why", &why)]),
    };
    text.push_str(&wrapped(&undo, 5, 5));
    text
}
