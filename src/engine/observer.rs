//! What a front end is told while an installation runs.

use crate::pure::activity::Activity;
use crate::pure::plan::{Step, StepId};

/// One piece of news.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// A step begins.
    Started {
        /// Its lasting name.
        step: StepId,
        /// What it does, for the person.
        sentence: String,
        /// Its place, from 1.
        number: usize,
        /// How many steps there are.
        count: usize,
    },
    /// The whole installation's progress, from 0 to 1; it never goes back.
    Progress(f64),
    /// What the present step is busy with, until the next one or the end of the step; a few a
    /// second at most.
    Activity(Activity),
    /// A line for the log.
    Log {
        /// Who said it.
        source: String,
        /// The line.
        line: String,
    },
    /// Something that the person should know, and that stops nothing.
    Warning(String),
    /// What the person should see to before the restart; it stops nothing.
    Reminder(String),
    /// A step is done.
    Finished {
        /// Its lasting name.
        step: StepId,
    },
}

/// Whoever wants to know. It must not block: the installation waits for it.
pub trait Observer: Send {
    /// Takes one piece of news.
    fn update(&mut self, update: Update);
}

impl<F: FnMut(Update) + Send> Observer for F {
    fn update(&mut self, update: Update) {
        self(update);
    }
}

/// Turns the progress within steps into the progress of the whole, by the steps' weights.
#[derive(Debug)]
pub(super) struct Progress {
    whole: crate::pure::progress::Fraction,
    total: u32,
    finished: u32,
    current: u32,
}

impl Progress {
    pub(super) fn new(steps: &[Step]) -> Self {
        Self {
            whole: crate::pure::progress::Fraction::default(),
            total: steps.iter().map(Step::weight).sum::<u32>().max(1),
            finished: 0,
            current: 0,
        }
    }

    /// Begins the step at this place; another try may begin at an earlier one.
    pub(super) fn start(&mut self, steps: &[Step], place: usize) {
        self.finished = steps.iter().take(place).map(Step::weight).sum();
        self.current = steps.get(place).map_or(0, Step::weight);
    }

    /// Takes how far the present step has come, and returns the whole's new value if it moved.
    pub(super) fn within(&mut self, fraction: f64) -> Option<f64> {
        let reached = f64::from(self.finished) + f64::from(self.current) * fraction.clamp(0.0, 1.0);
        self.whole.advance_to(reached / f64::from(self.total)).then(|| self.whole.value())
    }

    pub(super) fn finish(&mut self) -> Option<f64> {
        self.finished += self.current;
        self.current = 0;
        self.within(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;
    use crate::pure::plan::Step;

    #[test]
    fn it_grows_by_weight_and_ends_at_one() {
        let steps = [
            Step::TakeBlankSnapshot { replaced: Vec::new() },
            Step::InstallSystem { host_name: Some("melt".to_owned()) },
        ];
        let mut progress = Progress::new(&steps);
        let mut seen = Vec::new();
        for place in 0..steps.len() {
            progress.start(&steps, place);
            seen.extend(progress.within(0.5));
            seen.extend(progress.within(0.25));
            seen.extend(progress.finish());
        }
        assert!(seen.is_sorted(), "{seen:?}");
        assert_eq!(seen.len(), 4);
        assert!(seen[1] < 0.1, "the snapshot is a small part: {seen:?}");
        assert_eq!(seen.last(), Some(&1.0));
    }
}
