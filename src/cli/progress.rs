//! Shows how an installation goes: one line for each step, and one now and then within a long one.

use tracing::{debug, info, warn};

use super::output;
use crate::engine::{Observer, Update};

/// Percent between two lines of the same step.
const STRIDE: u8 = 5;

/// Writes lines such as `[ 12%] Create the boot partition (1 GiB)` to standard output, and
/// everything to the log.
#[derive(Debug, Default)]
pub(super) struct Lines {
    percent: u8,
    shown: u8,
    sentence: String,
}

impl Observer for Lines {
    fn update(&mut self, update: Update) {
        match update {
            Update::Started { step, sentence, number, count } => {
                info!(step = step.word(), "step {number} of {count}");
                self.sentence = sentence;
                self.show();
            }
            Update::Progress(fraction) => {
                self.percent = self.percent.max(whole_percent(fraction));
                if self.percent == 100 || self.percent >= self.shown.saturating_add(STRIDE) {
                    self.show();
                }
            }
            Update::Warning(sentence) | Update::Reminder(sentence) => {
                warn!("{sentence}");
                output::note(&output::wrapped(&sentence, 0, 0));
            }
            Update::Activity(activity) => debug!("{}", activity.sentence()),
            Update::Log { source, line } => debug!("{source}: {line}"),
            Update::Finished { step } => info!(step = step.word(), "done"),
        }
    }
}

impl Lines {
    fn show(&mut self) {
        self.shown = self.percent;
        let line = format!("[{:>3}%] {}", self.percent, self.sentence);
        // Whoever reads the progress may go away; the installation goes on.
        let _ = output::result(&output::wrapped(&line, 0, 7));
    }
}

/// Whole percent that are surely reached.
fn whole_percent(fraction: f64) -> u8 {
    (0..=100).rev().find(|percent| f64::from(*percent) / 100.0 <= fraction).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::whole_percent;

    #[test]
    fn percent_are_rounded_down_and_stay_within_bounds() {
        assert_eq!(whole_percent(0.0), 0);
        assert_eq!(whole_percent(0.999), 99);
        assert_eq!(whole_percent(1.0), 100);
        assert_eq!(whole_percent(7.0), 100);
        assert_eq!(whole_percent(-1.0), 0);
        assert_eq!(whole_percent(f64::NAN), 0);
    }
}
