//! What a person can save of an installation that failed, and send to somebody who may know why.

use super::disk::DiskIdentity;
use super::plan::{Plan, Step};
use super::size;
use crate::i18n::{gettext, gettext_f};

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StepState {
    /// Its turn has not come.
    #[default]
    Waiting,
    /// It is under way.
    Running,
    /// It is done.
    Done,
    /// It has failed.
    Failed,
}

impl StepState {
    /// In a word, for the person.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Waiting => gettext("not begun"),
            Self::Running => gettext("under way"),
            Self::Done => gettext("done"),
            Self::Failed => gettext("failed"),
        }
    }
}

/// Why it failed, in texts.
#[derive(Debug, Clone, Copy)]
pub struct Why<'report> {
    /// The lasting word.
    pub code: &'report str,
    /// For the person.
    pub sentence: &'report str,
    /// In the words of the program or daemon.
    pub cause: &'report str,
    /// What it means for the disk.
    pub means: &'report str,
}

/// The whole report. `states` stand in the order of the plan's steps, `lines` are the log's last.
///
/// None of this can hold a secret: a plan has none, and lines of the log come without.
#[must_use]
pub fn text<'lines>(
    version: &str,
    plan: &Plan,
    states: &[StepState],
    why: Option<Why<'_>>,
    lines: impl Iterator<Item = &'lines str>,
) -> String {
    let mut report =
        vec![gettext_f("Report of an installation by Snowmelt {version}", &[("version", version)])];
    report.push(String::new());
    report.push(gettext_f("Disk: {disk}", &[("disk", &disk(&plan.disk, &plan.device))]));
    if let Some(why) = why {
        report.push(String::new());
        report.push(gettext_f(
            "Failure: {sentence} ({code})",
            &[("sentence", why.sentence), ("code", why.code)],
        ));
        report.push(why.means.to_owned());
        report.extend(why.cause.lines().map(|line| format!("    {line}")));
    }
    report.push(String::new());
    report.push(gettext("Steps:"));
    let states = states.iter().copied().chain(std::iter::repeat(StepState::Waiting));
    report.extend(plan.steps.iter().zip(states).map(|(step, state)| step_line(step, state)));
    report.push(String::new());
    report.push(gettext("The last lines of the log:"));
    report.extend(lines.map(|line| format!("    {line}")));
    report.push(String::new());
    report.join("\n")
}

fn step_line(step: &Step, state: StepState) -> String {
    format!("    [{}] {} ({})", state.word(), step.sentence(), step.id().word())
}

fn disk(identity: &DiskIdentity, device: &str) -> String {
    let part = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let parts = [
        format!("{} {}", identity.vendor, identity.model).trim().to_owned(),
        device.to_owned(),
        size::show(identity.size),
        part(&identity.serial),
        part(&identity.wwn),
    ];
    parts.join(", ")
}
