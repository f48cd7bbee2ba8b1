//! What an installation has said so far: for the log on disk, the log that is shown, and the report.

use std::collections::VecDeque;
use std::time::Instant;

use tracing::warn;

use super::{Failure, Update};
use crate::boundary::log_file::LogFile;
use crate::pure::plan::{Plan, StepId};
use crate::pure::report::{self, StepState, Why};

/// How many lines are kept in memory, and how many bytes in all.
const MOST_LINES: usize = 5000;
const MOST_BYTES: usize = 2 << 20;
/// How many of the last lines a report has.
const REPORTED: usize = 200;

/// Follows an installation. A front end hands it everything that its observer is told.
#[derive(Debug)]
pub struct Record {
    plan: Plan,
    states: Vec<StepState>,
    lines: VecDeque<String>,
    bytes: usize,
    log: Option<LogFile>,
    began: Instant,
    failure: Option<Failure>,
}

impl Record {
    /// Begins with nothing. The log file is optional: an installation goes on without one.
    #[must_use]
    pub fn new(plan: &Plan, log: Option<LogFile>) -> Self {
        Self {
            plan: plan.clone(),
            states: vec![StepState::default(); plan.steps.len()],
            lines: VecDeque::new(),
            bytes: 0,
            log,
            began: Instant::now(),
            failure: None,
        }
    }

    /// Takes one piece of news, and gives the line for a log that follows, if there is one.
    pub fn hear(&mut self, update: &Update) -> Option<String> {
        let line = match update {
            Update::Started { step, sentence, number, count } => {
                self.failure = None;
                self.mark(*step, StepState::Running);
                format!("— {number}/{count} {sentence}")
            }
            Update::Finished { step } => {
                self.mark(*step, StepState::Done);
                return None;
            }
            Update::Log { source, line } => format!("{source}: {line}"),
            Update::Warning(sentence) | Update::Reminder(sentence) => sentence.clone(),
            Update::Progress(_) | Update::Activity(_) => return None,
        };
        self.keep(&line);
        Some(line)
    }

    /// Takes how a try ended.
    pub fn fail(&mut self, failure: &Failure) {
        if let Some(step) = failure.step {
            self.mark(step, StepState::Failed);
        }
        self.keep(&format!("{}: {}", failure.code, failure.sentence));
        for line in failure.cause.lines().chain(failure.left_over.iter().map(String::as_str)) {
            self.keep(line);
        }
        self.failure = Some(failure.clone());
    }

    /// How each step of the plan stands.
    #[must_use]
    pub fn states(&self) -> &[StepState] {
        &self.states
    }

    /// The last lines, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// Where everything is, from the first line on.
    #[must_use]
    pub fn log(&self) -> Option<&std::path::Path> {
        self.log.as_ref().map(LogFile::path)
    }

    /// The report, as text to save.
    #[must_use]
    pub fn report(&self) -> String {
        let means = self.failure.as_ref().map(Failure::means).unwrap_or_default();
        let why = self.failure.as_ref().map(|failure| Why {
            code: &failure.code,
            sentence: &failure.sentence,
            cause: &failure.cause,
            means: &means,
        });
        let before = self.lines.len().saturating_sub(REPORTED);
        report::text(env!("CARGO_PKG_VERSION"), &self.plan, &self.states, why, self.lines().skip(before))
    }

    /// Sets a step's state. Steps behind it that another try goes through again wait anew.
    fn mark(&mut self, step: StepId, state: StepState) {
        let Some(place) = self.plan.steps.iter().position(|other| other.id() == step) else { return };
        for (other, held) in self.states.iter_mut().enumerate().skip(place) {
            *held = if other == place { state } else { StepState::Waiting };
        }
    }

    fn keep(&mut self, line: &str) {
        let line: String = line.chars().filter(|character| !character.is_control()).collect();
        if let Some(log) = &mut self.log
            && let Err(error) = log.write(self.began.elapsed(), &line)
        {
            warn!("the log can’t be written any more: {error}");
            self.log = None;
        }
        self.bytes = self.bytes.saturating_add(line.len());
        self.lines.push_back(line);
        while self.lines.len() > MOST_LINES || self.bytes > MOST_BYTES {
            let Some(oldest) = self.lines.pop_front() else { return };
            self.bytes = self.bytes.saturating_sub(oldest.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::DiskState;
    use super::*;
    use crate::pure::answers;
    use crate::pure::layout::Layout;
    use crate::pure::plan::Step;
    use crate::pure::size::GIB;

    fn record() -> Record {
        let text = "version = 1\n[disk]\ndevice = \"/dev/sda\"\n[system]\nhost-name = \"melt\"\nkeymap = \"us\"\n[user]\nname = \"ada\"\n";
        let answers = answers::read(text).unwrap();
        let disk = crate::pure::disk::DiskIdentity {
            wwn: None,
            serial: Some("S-1".to_owned()),
            vendor: "ACME".to_owned(),
            model: "Anvil".to_owned(),
            size: 64 * GIB,
        };
        let plan = Plan {
            version: 1,
            layout: Layout::aligned(&answers, disk.size, GIB, 1 << 20),
            disk,
            device: "/dev/sda".to_owned(),
            steps: vec![
                Step::TakeBlankSnapshot { replaced: Vec::new() },
                Step::InstallSystem { host_name: Some("melt".to_owned()) },
                Step::CheckInstallation,
            ],
        };
        let folder = tempfile::tempdir().unwrap();
        Record::new(&plan, Some(LogFile::create_in(folder.path()).unwrap()))
    }

    fn started(step: StepId) -> Update {
        Update::Started { step, sentence: "s".to_owned(), number: 1, count: 3 }
    }

    fn log(line: String) -> Update {
        Update::Log { source: "nix".to_owned(), line }
    }

    #[test]
    fn the_report_has_what_somebody_else_needs() {
        let mut record = record();
        let _line = record.hear(&started(StepId::TakeBlankSnapshot));
        let _line = record.hear(&Update::Finished { step: StepId::TakeBlankSnapshot });
        let _line = record.hear(&started(StepId::InstallSystem));
        for number in 0..300 {
            let _line = record.hear(&log(format!("line {number}")));
        }
        record.fail(&Failure {
            step: Some(StepId::InstallSystem),
            code: "program-failed".to_owned(),
            sentence: "It failed.".to_owned(),
            cause: "no space\nleft".to_owned(),
            next: String::new(),
            disk: DiskState::Erased,
            retry: true,
            left_over: Vec::new(),
        });
        assert_eq!(record.states(), [StepState::Done, StepState::Failed, StepState::Waiting]);
        let report = record.report();
        for part in [
            env!("CARGO_PKG_VERSION"),
            "ACME Anvil, /dev/sda, 64.0 GiB, S-1",
            "It failed. (program-failed)",
            "    no space",
            "[done]",
            "[failed]",
            "(check-installation)",
            "nix: line 299",
        ] {
            assert!(report.contains(part), "{part} is not in:\n{report}");
        }
        assert!(!report.contains("nix: line 50\n"), "only the last lines");
    }

    #[test]
    fn another_try_begins_with_clean_states() {
        let mut record = record();
        for step in [StepId::TakeBlankSnapshot, StepId::InstallSystem] {
            let _line = record.hear(&Update::Finished { step });
        }
        let _line = record.hear(&started(StepId::TakeBlankSnapshot));
        assert_eq!(record.states(), [StepState::Running, StepState::Waiting, StepState::Waiting]);
    }

    #[test]
    fn memory_is_bounded_whatever_comes() {
        let mut record = record();
        for _ in 0..3 * MOST_LINES {
            let _line = record.hear(&log("x".repeat(1000)));
        }
        assert!(record.lines().count() <= MOST_LINES);
        assert!(record.lines().map(str::len).sum::<usize>() <= MOST_BYTES);
        let _line = record.hear(&log("a\u{1b}[2Jb".to_owned()));
        assert_eq!(record.lines().last(), Some("nix: a[2Jb"));
    }
}
