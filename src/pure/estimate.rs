//! How long an installation will still take, as far as it can be told.
//!
//! The clock is the caller's: every time here is the time since the installation began.

use core::time::Duration;
use std::collections::VecDeque;

/// Nothing is said earlier: the first steps say nothing about how fast packages come.
const FIRST: Duration = Duration::from_secs(20);
/// Nor before so much is done.
const LEAST: f64 = 0.05;
/// How far back the pace is measured.
const WINDOW: Duration = Duration::from_secs(120);
/// Least time between two points that are kept.
const SPACING: Duration = Duration::from_secs(2);
/// Nothing longer is ever said: it would be a guess.
const LONGEST: Duration = Duration::from_secs(6 * 60 * 60);
/// How much of a change of the estimate shows at once.
const SMOOTHING: f64 = 0.2;

/// Watches the fraction and works out what is left.
#[derive(Debug, Clone, Default)]
pub struct Estimate {
    points: VecDeque<(Duration, f64)>,
    /// What was said last, and when, in seconds.
    said: Option<(Duration, f64)>,
}

impl Estimate {
    /// Nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes how far it has come at a time. A fraction below an earlier one is passed over.
    pub fn hear(&mut self, at: Duration, fraction: f64) {
        let newer = match self.points.back() {
            Some((last, reached)) => at >= *last + SPACING && fraction >= *reached,
            None => fraction.is_finite(),
        };
        if !newer {
            return;
        }
        self.points.push_back((at, fraction));
        // One point from before the window stays, to measure from.
        while self.points.get(1).is_some_and(|(second, _)| *second + WINDOW <= at) {
            let _old = self.points.pop_front();
        }
    }

    /// What is left at a time, if it can be told. Asked now and then it falls as time goes by, and
    /// does not jump.
    pub fn left(&mut self, at: Duration) -> Option<Duration> {
        let raw = self.raw(at)?;
        let smooth = match self.said {
            Some((before, said)) => {
                let expected = (said - at.saturating_sub(before).as_secs_f64()).max(0.0);
                expected + SMOOTHING * (raw - expected)
            }
            None => raw,
        };
        self.said = Some((at, smooth));
        (smooth <= LONGEST.as_secs_f64()).then(|| Duration::from_secs_f64(smooth.max(0.0)))
    }

    /// By the pace of the whole, and by that of the last while, whichever says longer: what is slow
    /// now may stay so, and a burst of quick steps promises nothing.
    fn raw(&self, at: Duration) -> Option<f64> {
        let (_, reached) = *self.points.back()?;
        let (from, base) = *self.points.front()?;
        if at < FIRST || reached < LEAST {
            return None;
        }
        let left = (1.0 - reached).max(0.0);
        let whole = left * at.as_secs_f64() / reached;
        let gone = at.saturating_sub(from).as_secs_f64();
        let recent = reached - base;
        // Standing still for the whole window says nothing about how long it stays so.
        let lately = if recent > 0.0 { left * gone / recent } else { whole };
        Some(whole.max(lately).min(2.0 * LONGEST.as_secs_f64()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn nothing_is_said_at_the_beginning() {
        let mut estimate = Estimate::new();
        assert_eq!(estimate.left(seconds(100)), None);
        estimate.hear(seconds(0), 0.0);
        estimate.hear(seconds(10), 0.5);
        assert_eq!(estimate.left(seconds(10)), None);
        let mut slow = Estimate::new();
        slow.hear(seconds(0), 0.0);
        slow.hear(seconds(100), 0.01);
        assert_eq!(slow.left(seconds(100)), None);
    }

    #[test]
    fn an_even_pace_is_told_within_a_tenth() {
        let mut estimate = Estimate::new();
        for now in (0..1000).step_by(5) {
            estimate.hear(seconds(now), f64::from(u32::try_from(now).unwrap()) / 1000.0);
            if let Some(left) = estimate.left(seconds(now)) {
                let right = 1000.0 - seconds(now).as_secs_f64();
                assert!((left.as_secs_f64() - right).abs() <= 0.1 * right + 10.0, "{left:?} at {now}");
            }
        }
        assert!(estimate.left(seconds(995)).unwrap() < seconds(20));
    }

    #[test]
    fn a_slower_pace_makes_it_longer_but_not_at_once() {
        let mut estimate = Estimate::new();
        for now in 0..=100 {
            estimate.hear(seconds(now), seconds(now).as_secs_f64() / 200.0);
        }
        let before = estimate.left(seconds(100)).unwrap();
        // From here on ten times slower.
        let mut last = before;
        for now in 101..=300 {
            estimate.hear(seconds(now), 0.5 + (seconds(now).as_secs_f64() - 100.0) / 2000.0);
            let left = estimate.left(seconds(now)).unwrap();
            let grown = left.saturating_sub(last);
            assert!(grown < Duration::from_secs(200), "from {last:?} to {left:?} at {now}");
            last = left;
        }
        assert!(last > before * 4, "{last:?}");
    }

    proptest! {
        #[test]
        fn it_is_never_absurd(points in prop::collection::vec((0..200_000_u64, any::<f64>()), 0..50)) {
            let mut estimate = Estimate::new();
            for (at, fraction) in points {
                estimate.hear(seconds(at), fraction);
                if let Some(left) = estimate.left(seconds(at)) {
                    prop_assert!(left <= LONGEST);
                }
            }
        }
    }
}
