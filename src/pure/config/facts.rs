//! What a configuration must know of the disk, as one file: for a flake of the person's.

use super::{Devices, disk, rollback};
use crate::pure::answers::{Answers, RootKind};
use crate::pure::layout::Layout;
use crate::pure::nix::{Attrs, Value, print};

/// The text of the file.
pub(super) fn text(answers: &Answers, layout: &Layout, devices: &Devices) -> String {
    let origin = format!("Written by Snowmelt {} and yours from now on.", env!("CARGO_PKG_VERSION"));
    let purpose =
        "What the configuration must know of its disk: the volume, the filesystems, and the rollback.";
    let mut all = Attrs::new();
    all.entries.extend(entries(disk::value(answers, layout, devices)));
    if answers.root.kind == RootKind::Rollback {
        all.entries.extend(entries(rollback::value(answers, layout, devices)));
    }
    print(&[purpose, &origin], &Value::function(&["pkgs"], all))
}

/// What a module sets.
fn entries(module: Value) -> Vec<crate::pure::nix::Entry> {
    match module {
        Value::Attrs(attrs) => attrs.entries,
        Value::Function(function) => entries(*function.body),
        _ => Vec::new(),
    }
}
