//! What is done otherwise for a flake of the person's.

use super::{Step, StepId, persist_path};
use crate::i18n::gettext_f;
use crate::pure::answers::OwnFlake;
use crate::pure::call::{Argument, Call, Command};

/// Where the flake lies in the new system, which is where a new one would.
#[must_use]
pub fn flake_path(path: &str) -> String {
    persist_path(&format!("/etc/nixos/{path}"))
}

/// Whether it is a Git repository elsewhere, not a folder.
#[must_use]
pub fn is_url(flake: &str) -> bool {
    !flake.starts_with('/')
}

/// Clones a Git repository with its history, a folder's or a server's.
#[must_use]
pub fn clone(flake: &str) -> Command {
    // Nix's way to write a URL of Git's; Git itself would look for a program of that name.
    let source = flake.strip_prefix("git+").unwrap_or(flake);
    Command::new("git", ["clone", "--quiet", "--no-hardlinks", "--", source]).with(Argument::Copy)
}

/// Prints the names of the configurations in the flake.
#[must_use]
pub fn list_hosts() -> Command {
    Command::new("nix", ["--extra-experimental-features", "nix-command flakes"])
        .with_all(["eval", "--json", "--no-write-lock-file", "--apply", "builtins.attrNames"])
        .with(Argument::Hosts)
}

/// Shows a new file to Git, without which Nix would not see it. Where a flake is no Git repository
/// nothing needs to be shown.
#[must_use]
pub fn show_to_git(path: &str) -> Command {
    Command::new("git", ["-C"]).with(Argument::Copy).with_all([
        "add",
        "--intent-to-add",
        "--force",
        "--",
        path,
    ])
}

pub(super) fn fetch_calls(flake: &str, host: &str) -> Vec<Call> {
    let fetch = if is_url(flake) {
        Call::Unprivileged(clone(flake))
    } else {
        Call::Check { what: gettext_f("{flake}, and copy what Git tracks of it", &[("flake", flake)]) }
    };
    let check = gettext_f("that {host} is one of them", &[("host", host)]);
    vec![fetch, Call::Unprivileged(list_hosts()), Call::Check { what: check }]
}

pub(super) fn copy_calls(facts: Option<&str>) -> Vec<Call> {
    let show = facts.map(|facts| Call::Unprivileged(show_to_git(facts)));
    let facts = facts.map(|facts| Call::Write { path: flake_path(facts), mode: 0o644 });
    let all = Call::Write { path: flake_path("…"), mode: 0o644 };
    show.into_iter().chain([all]).chain(facts).collect()
}

/// The same steps with the person's flake in the place of a new one: it is fetched while nothing is
/// written yet, and knows by itself what its machine needs.
pub(super) fn with(own: &OwnFlake, host: &str, steps: Vec<Step>) -> Vec<Step> {
    let flake = &own.flake;
    let mut all = Vec::with_capacity(steps.len() + 1);
    for step in steps {
        match step.id() {
            StepId::CheckDisk => {
                all.extend([step, Step::FetchFlake { flake: flake.clone(), host: host.to_owned() }]);
            }
            // What a boot needs beside the disk is the flake’s own.
            StepId::DetectHardware | StepId::Rehearse => {}
            StepId::WriteConfiguration => {
                all.push(Step::CopyFlake { flake: flake.clone(), facts: own.facts.clone() });
            }
            _ => all.push(step),
        }
    }
    all
}
