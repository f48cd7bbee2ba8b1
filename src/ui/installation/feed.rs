//! What the engine says, gathered until the window asks for it.
//!
//! The engine may say far more than a window can show. What waits here is bounded, whatever comes
//! and however seldom somebody asks.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::engine::{Failure, Observer, Record, Update};

/// Lines that wait for the window; older ones are counted and left out.
const MOST_LINES: usize = 200;
/// Longest line that the window shows, in characters.
const LONGEST_LINE: usize = 1000;

/// Everything new since the window asked last.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::ui) struct News {
    /// The step that has begun: its place, from 1.
    pub(in crate::ui) begun: Option<usize>,
    /// How far the whole has come, from 0 to 1.
    pub(in crate::ui) fraction: Option<f64>,
    /// What the step is busy with, in words; empty when it isn't known any more.
    pub(in crate::ui) activity: Option<String>,
    /// What the person should know at once.
    pub(in crate::ui) warning: Option<String>,
}

/// Lines of the log that are new since the window asked last.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lines {
    /// The latest ones.
    pub(super) lines: VecDeque<String>,
    /// How many before those are left out here.
    pub(super) left_out: u64,
}

/// The place where news wait, and where everything is kept for the report. Its copies are the same
/// place.
#[derive(Debug, Clone)]
pub(super) struct Feed(Arc<Mutex<Kept>>);

#[derive(Debug)]
struct Kept {
    news: News,
    lines: Lines,
    reminder: Option<String>,
    record: Record,
}

impl Feed {
    /// An empty place.
    pub(super) fn new(record: Record) -> Self {
        Self(Arc::new(Mutex::new(Kept {
            news: News::default(),
            lines: Lines::default(),
            reminder: None,
            record,
        })))
    }

    /// Takes out what has gathered, without the log.
    pub(super) fn take(&self) -> News {
        std::mem::take(&mut self.kept().news)
    }

    /// Takes out what has gathered of the log.
    pub(super) fn take_lines(&self) -> Lines {
        std::mem::take(&mut self.kept().lines)
    }

    /// Takes how a try has ended.
    pub(super) fn fail(&self, failure: &Failure) {
        self.kept().record.fail(failure);
    }

    /// What the person should see to before the restart.
    pub(super) fn reminder(&self) -> Option<String> {
        self.kept().reminder.clone()
    }

    /// The report, as text to save.
    pub(super) fn report(&self) -> String {
        self.kept().record.report()
    }

    /// Where the whole log is, if there is such a file.
    pub(super) fn log(&self) -> Option<PathBuf> {
        self.kept().record.log().map(Path::to_owned)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Whoever panicked here has left whole news behind: nothing is half done in between.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn add(&mut self, line: &str) {
        self.lines.push_back(line.chars().filter(|each| !each.is_control()).take(LONGEST_LINE).collect());
        if self.lines.len() > MOST_LINES {
            let _oldest = self.lines.pop_front();
            self.left_out = self.left_out.saturating_add(1);
        }
    }
}

impl Observer for Feed {
    fn update(&mut self, update: Update) {
        let mut kept = self.kept();
        let Kept { news, lines, reminder, record } = &mut *kept;
        if let Some(line) = record.hear(&update) {
            lines.add(&line);
        }
        match update {
            Update::Started { number, .. } => {
                news.begun = Some(number);
                news.activity = Some(String::new());
            }
            Update::Progress(fraction) => news.fraction = Some(fraction),
            Update::Activity(activity) => news.activity = Some(activity.sentence()),
            Update::Warning(sentence) => news.warning = Some(sentence),
            Update::Reminder(sentence) => *reminder = Some(sentence),
            Update::Log { .. } | Update::Finished { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::plan::StepId;

    fn feed() -> Feed {
        let identity = crate::pure::disk::DiskIdentity {
            wwn: None,
            serial: None,
            vendor: String::new(),
            model: String::new(),
            size: 1 << 36,
        };
        let text = "version = 1\n[disk]\ndevice = \"/dev/sda\"\n[system]\nhost-name = \"melt\"\nkeymap = \"us\"\n[user]\nname = \"ada\"\n";
        let answers = crate::pure::answers::read(text).unwrap();
        let plan = crate::pure::plan::Plan {
            version: 1,
            layout: crate::pure::layout::Layout::new(&answers, identity.size, 1 << 32),
            disk: identity,
            device: "/dev/sda".to_owned(),
            steps: Vec::new(),
        };
        Feed::new(Record::new(&plan, None))
    }

    fn log(number: usize) -> Update {
        Update::Log { source: "nix".to_owned(), line: number.to_string() }
    }

    #[test]
    fn the_latest_is_kept_and_what_is_too_much_is_counted() {
        let mut feed = feed();
        for number in 0..MOST_LINES + 3 {
            feed.update(log(number));
        }
        feed.update(Update::Progress(0.25));
        feed.update(Update::Progress(0.5));
        let log = feed.take_lines();
        assert_eq!((log.lines.len(), log.left_out), (MOST_LINES, 3));
        assert_eq!(log.lines.front().map(String::as_str), Some("nix: 3"));
        assert_eq!(log.lines.back(), Some(&format!("nix: {}", MOST_LINES + 2)));
        assert_eq!(feed.take().fraction, Some(0.5));
        assert_eq!(
            (feed.take(), feed.take_lines()),
            (News::default(), Lines::default()),
            "what was taken is gone"
        );
    }

    #[test]
    fn a_new_step_forgets_what_the_last_one_was_busy_with() {
        let mut feed = feed();
        feed.update(Update::Activity(crate::pure::activity::Activity::Evaluating));
        feed.update(Update::Started {
            step: StepId::CheckInstallation,
            sentence: "Check".to_owned(),
            number: 4,
            count: 5,
        });
        let news = feed.take();
        assert_eq!((news.begun, news.activity.as_deref()), (Some(4), Some("")));
    }

    #[test]
    fn a_line_is_short_and_harmless() {
        let mut feed = feed();
        feed.update(Update::Log { source: "x".to_owned(), line: format!("\u{1b}[2J{}", "y".repeat(9000)) });
        let line = feed.take_lines().lines.pop_front().unwrap();
        assert!(line.starts_with("x: [2Jy"), "{line}");
        assert_eq!(line.chars().count(), LONGEST_LINE);
    }
}
