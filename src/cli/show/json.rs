//! JSON for programs. Each form carries its version; a field is added without a new one, and never
//! changes its meaning.

use serde::Serialize;

use crate::pure::call::Call;
use crate::pure::catalogue::{self, Entry, When};
use crate::pure::content::{Loss, losses};
use crate::pure::disk::Disk;
use crate::pure::plan::{Plan, Step, StepId, Undo};
use crate::pure::refusal::{Refusal, unusable};
use crate::pure::systems::systems;

/// The version of these forms.
const VERSION: u32 = 1;

/// `disks --json`
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Disks<'a> {
    version: u32,
    disks: Vec<OneDisk<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct OneDisk<'a> {
    #[serde(flatten)]
    disk: &'a Disk,
    title: String,
    usable: bool,
    refusals: Vec<OneRefusal>,
}

/// A reason, with the words for it.
#[derive(Debug, Serialize)]
struct OneRefusal {
    code: &'static str,
    sentence: String,
    details: Refusal,
}

/// `catalogue --json`
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Catalogue {
    version: u32,
    groups: Vec<OneGroup>,
}

#[derive(Debug, Serialize)]
struct OneGroup {
    id: &'static str,
    title: String,
    entries: Vec<OneEntry>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct OneEntry {
    id: &'static str,
    title: String,
    what: String,
    lost: String,
    note: Option<String>,
    required: Option<String>,
    when: When,
    presets: Vec<&'static str>,
    directories: Vec<OneDirectory>,
    files: &'static [String],
    source: &'static [String],
}

#[derive(Debug, Serialize)]
struct OneDirectory {
    path: &'static str,
    /// In octal, as `chmod` and NixOS take it.
    mode: String,
}

/// `plan --json` where the answers can be carried out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::cli) struct OnePlan<'a> {
    version: u32,
    disk: &'a Disk,
    layout: &'a crate::pure::layout::Layout,
    systems: Vec<&'static str>,
    losses: Vec<Loss>,
    steps: Vec<OneStep<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct OneStep<'a> {
    id: StepId,
    sentence: String,
    point_of_no_return: bool,
    exit_status: u8,
    calls: Vec<OneCall>,
    undo: Undo,
    details: &'a Step,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct OneCall {
    text: String,
    #[serde(flatten)]
    call: Call,
}

/// `plan --json` where they can't.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Refusals {
    version: u32,
    refusals: Vec<OneRefusal>,
}

pub(in crate::cli) fn disks(disks: &[Disk]) -> Disks<'_> {
    let disks = disks.iter().map(|disk| {
        let refusals = unusable(disk);
        OneDisk { disk, title: disk.title(), usable: refusals.is_empty(), refusals: explained(&refusals) }
    });
    Disks { version: VERSION, disks: disks.collect() }
}

pub(in crate::cli) fn catalogue() -> Catalogue {
    let entry = |entry: &'static Entry| OneEntry {
        id: &entry.id,
        title: entry.title(),
        what: entry.what(),
        lost: entry.lost(),
        note: entry.note(),
        required: entry.required(),
        when: entry.when,
        presets: catalogue::presets_with(entry).map(|(word, _)| word).collect(),
        directories: entry
            .directories
            .iter()
            .map(|each| OneDirectory { path: &each.path, mode: format!("{:04o}", each.mode) })
            .collect(),
        files: &entry.files,
        source: &entry.source,
    };
    let groups = catalogue::groups().iter().map(|group| OneGroup {
        id: &group.id,
        title: group.title(),
        entries: group.entries.iter().map(entry).collect(),
    });
    Catalogue { version: VERSION, groups: groups.collect() }
}

pub(in crate::cli) fn plan<'a>(disk: &'a Disk, plan: &'a Plan) -> OnePlan<'a> {
    let steps = plan.steps.iter().map(|step| OneStep {
        id: step.id(),
        sentence: step.sentence(),
        point_of_no_return: step.is_point_of_no_return(),
        exit_status: step.id().exit_status(),
        calls: step.calls().into_iter().map(|call| OneCall { text: call.to_string(), call }).collect(),
        undo: step.undo(),
        details: step,
    });
    OnePlan {
        version: plan.version,
        disk,
        layout: &plan.layout,
        systems: systems(disk),
        losses: losses(disk),
        steps: steps.collect(),
    }
}

pub(in crate::cli) fn refusals(refusals: &[Refusal]) -> Refusals {
    Refusals { version: VERSION, refusals: explained(refusals) }
}

fn explained(refusals: &[Refusal]) -> Vec<OneRefusal> {
    let explain = |refusal: &Refusal| OneRefusal {
        code: refusal.code(),
        sentence: refusal.sentence(),
        details: refusal.clone(),
    };
    refusals.iter().map(explain).collect()
}
