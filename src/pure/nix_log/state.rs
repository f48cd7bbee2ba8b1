//! What Nix is at, gathered from all it has said.

use std::collections::{BTreeMap, VecDeque};

use super::line::{INFO, Kind, Said};
use crate::pure::activity::{Activity, address_name, store_name};
use crate::pure::progress::Fraction;
use crate::pure::size::{GIB, KIB, MIB};

/// Activities that are followed at once; Nix has some hundred. More are not counted.
const MOST_ACTIVITIES: usize = 10_000;
/// What a build is worth beside a byte that is copied. A system has hundreds of builds that write a
/// file and gigabytes to copy: this makes the builds a tenth of the whole.
const BUILD: u64 = 2 * MIB;
/// The part of the whole that goes by until Nix knows what there is to do.
const EVALUATED: f64 = 0.1;
/// How many lines of errors are kept, each cut to so many characters.
const LAST_ERRORS: usize = 30;
const LONGEST_ERROR: usize = 1000;

/// Follows Nix, line by line.
#[derive(Debug, Default)]
pub struct State {
    activities: BTreeMap<u64, Running>,
    totals: BTreeMap<Kind, Total>,
    announced: Announced,
    fraction: Fraction,
    errors: VecDeque<String>,
}

/// An activity that has begun and not ended.
#[derive(Debug)]
struct Running {
    kind: Kind,
    fields: Vec<String>,
    /// Its place among those of its kind, from 1.
    number: u64,
    done: u64,
    expected: u64,
    expects: BTreeMap<Kind, u64>,
}

/// What is known of a kind beside its activities that run.
#[derive(Debug, Default)]
struct Total {
    started: u64,
    /// Done by activities that have ended.
    done: u64,
    /// What other activities expect of it.
    expected: u64,
}

/// What Nix has announced before it began, and what was done before that: the sources of the
/// configuration are copied first, and are not part of it.
#[derive(Debug, Default)]
struct Announced {
    heard: bool,
    copied_before: u64,
    paths_before: u64,
    builds: u64,
    paths: u64,
    bytes: u64,
}

impl State {
    /// Takes what a line says, and gives the lines for the log that it holds.
    pub fn hear(&mut self, said: Said) -> Vec<String> {
        match said {
            Said::Start { id, kind, level, text, fields } => {
                self.start(id, kind, fields);
                if level <= INFO && !text.is_empty() { lines(&text) } else { Vec::new() }
            }
            Said::Stop { id } => {
                self.stop(id);
                Vec::new()
            }
            Said::Progress { id, done, expected } => {
                if let Some(activity) = self.activities.get_mut(&id) {
                    (activity.done, activity.expected) = (done, expected);
                }
                Vec::new()
            }
            Said::Expected { id, kind, count } => {
                if let Some(activity) = self.activities.get_mut(&id) {
                    let before = activity.expects.insert(kind, count).unwrap_or(0);
                    let total = self.totals.entry(kind).or_default();
                    total.expected = total.expected.saturating_sub(before).saturating_add(count);
                }
                Vec::new()
            }
            Said::Built { id, line } => {
                let name = self.activities.get(&id).and_then(|activity| activity.fields.first());
                lines(&format!("{}> {line}", name.map_or_else(String::new, |path| store_name(path))))
            }
            Said::Message { level, text } => {
                self.announce(&text);
                if level == 0 {
                    self.keep(&text);
                }
                if level <= INFO { lines(&text) } else { Vec::new() }
            }
            Said::Plain(text) => {
                self.announce(&text);
                self.keep(&text);
                lines(&text)
            }
            Said::Nothing => Vec::new(),
        }
    }

    /// How far Nix has come, from 0 to 1. It never goes back: where Nix finds more to do, it stands
    /// still until that is caught up with.
    pub fn fraction(&mut self) -> f64 {
        let reached = self.reached();
        let _moved = self.fraction.advance_to(reached);
        self.fraction.value()
    }

    /// What is going on now; the youngest of what runs.
    #[must_use]
    pub fn activity(&self) -> Activity {
        let shown =
            |kind| matches!(kind, Kind::CopyPath | Kind::Build | Kind::FetchTree | Kind::FileTransfer);
        let known = self.announced.heard;
        let youngest = self.activities.values().rev().find(|activity| {
            shown(activity.kind)
                && activity.fields.first().is_some_and(|field| !field.is_empty())
                // A package's own download is a file transfer below the package.
                && !(known && activity.kind == Kind::FileTransfer)
        });
        let Some(youngest) = youngest else { return Activity::Evaluating };
        let first = youngest.fields.first().map(String::as_str).unwrap_or_default();
        let number = youngest.number;
        match youngest.kind {
            Kind::Build => {
                Activity::Building { name: store_name(first), number, count: self.builds().max(number) }
            }
            // A source of the configuration, which Nix needs before it knows what is to be done.
            Kind::CopyPath if !known => Activity::Fetching { name: store_name(first) },
            Kind::CopyPath => {
                let number = number.saturating_sub(self.announced.paths_before).max(1);
                let (name, count) = (store_name(first), self.announced.paths.max(number));
                let source = youngest.fields.get(1).map(String::as_str).unwrap_or_default();
                if source.starts_with("http") || source.starts_with("s3:") {
                    Activity::Downloading { name, number, count }
                } else {
                    Activity::Copying { name, number, count }
                }
            }
            _ => Activity::Fetching { name: address_name(first) },
        }
    }

    /// The last errors, for the person.
    #[must_use]
    pub fn errors(&self) -> String {
        self.errors.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    fn announce(&mut self, line: &str) {
        let first = !self.announced.heard;
        self.announced.hear(line);
        if first && self.announced.heard {
            self.announced.copied_before = self.done(Kind::CopyPath);
            self.announced.paths_before = self.totals.get(&Kind::CopyPath).map_or(0, |total| total.started);
        }
    }

    fn start(&mut self, id: u64, kind: Kind, fields: Vec<String>) {
        if self.activities.len() >= MOST_ACTIVITIES {
            return;
        }
        let total = self.totals.entry(kind).or_default();
        total.started = total.started.saturating_add(1);
        let number = total.started;
        let fresh = Running { kind, fields, number, done: 0, expected: 0, expects: BTreeMap::new() };
        let _replaced = self.activities.insert(id, fresh);
    }

    fn stop(&mut self, id: u64) {
        let Some(activity) = self.activities.remove(&id) else { return };
        let total = self.totals.entry(activity.kind).or_default();
        total.done = total.done.saturating_add(activity.done);
        if activity.kind == Kind::Build {
            // Builds have no progress of their own.
            total.done = total.done.saturating_add(1);
        }
        for (kind, count) in activity.expects {
            let total = self.totals.entry(kind).or_default();
            total.expected = total.expected.saturating_sub(count);
        }
    }

    fn running(&self, kind: Kind) -> impl Iterator<Item = &Running> {
        self.activities.values().filter(move |activity| activity.kind == kind)
    }

    fn done(&self, kind: Kind) -> u64 {
        let ended = self.totals.get(&kind).map_or(0, |total| total.done);
        self.running(kind).fold(ended, |sum, activity| sum.saturating_add(activity.done))
    }

    fn expected(&self, kind: Kind) -> u64 {
        let total = self.totals.get(&kind);
        let ended = total.map_or(0, |total| total.done);
        let running = self.running(kind).fold(ended, |sum, activity| sum.saturating_add(activity.expected));
        running.max(total.map_or(0, |total| total.expected))
    }

    fn builds(&self) -> u64 {
        self.expected(Kind::Builds).max(self.announced.builds)
    }

    fn reached(&self) -> f64 {
        // Until then it fetches inputs and evaluates.
        if !self.announced.heard {
            let (done, expected) = (self.done(Kind::FileTransfer), self.expected(Kind::FileTransfer));
            return EVALUATED / 2.0 * ratio(done, expected);
        }
        let builds = self.done(Kind::Builds).max(self.done(Kind::Build));
        let before = self.announced.copied_before;
        let copied = self.done(Kind::CopyPath).saturating_sub(before);
        let done = copied.saturating_add(builds.saturating_mul(BUILD));
        let bytes = self.expected(Kind::CopyPath).saturating_sub(before).max(self.announced.bytes);
        let all = bytes.saturating_add(self.builds().saturating_mul(BUILD));
        EVALUATED + (1.0 - EVALUATED) * ratio(done, all)
    }

    fn keep(&mut self, text: &str) {
        for line in lines(text) {
            if self.errors.len() == LAST_ERRORS {
                let _oldest = self.errors.pop_front();
            }
            self.errors.push_back(line.chars().take(LONGEST_ERROR).collect());
        }
    }
}

impl Announced {
    /// Lines such as `these 12 derivations will be built:` or `this path will be fetched (1.2 MiB
    /// download, 5.6 MiB unpacked):` (`printMissing` in Nix's `src/libmain/shared.cc`).
    fn hear(&mut self, line: &str) {
        let count = match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["this", ..] => Some(1),
            ["these", count, ..] => count.parse().ok(),
            _ => None,
        };
        let Some(count) = count else { return };
        if line.trim_end_matches(':').ends_with("will be built") {
            self.heard = true;
            self.builds = self.builds.saturating_add(count);
        } else if line.contains(" will be fetched") {
            self.heard = true;
            self.paths = self.paths.saturating_add(count);
            self.bytes = self.bytes.saturating_add(unpacked(line).unwrap_or(0));
        }
    }
}

/// The size in `… (1.2 MiB download, 5.6 GiB unpacked):`, in bytes.
fn unpacked(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once(" download, ")?;
    let (number, rest) = rest.split_once(' ')?;
    let unit = match rest.split(' ').next()? {
        "KiB" => KIB,
        "MiB" => MIB,
        "GiB" => GIB,
        _ => return None,
    };
    // Whole units and hundredths, without a detour over fractions.
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let (whole, hundredths): (u64, u64) =
        (whole.parse().ok()?, format!("{part:0<2}").get(..2)?.parse().ok()?);
    whole.checked_mul(unit)?.checked_add(unit / 100 * hundredths)
}

#[allow(clippy::cast_precision_loss, reason = "a fraction for a bar needs no more than 52 bits")]
fn ratio(done: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { (done as f64 / all as f64).clamp(0.0, 1.0) }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::parse;
    use super::*;

    fn message(text: &str) -> Said {
        Said::Message { level: INFO, text: text.to_owned() }
    }

    fn start(id: u64, kind: Kind, fields: &[&str]) -> Said {
        let fields = fields.iter().map(|&field| field.to_owned()).collect();
        Said::Start { id, kind, level: INFO, text: format!("activity {id}"), fields }
    }

    fn path(name: &str) -> String {
        format!("/nix/store/{}-{name}", "a".repeat(32))
    }

    #[test]
    fn copies_and_builds_move_it_and_what_is_found_later_does_not_move_it_back() {
        let mut state = State::default();
        assert_eq!(state.activity(), Activity::Evaluating);
        let _log = state.hear(message("this derivation will be built:"));
        let _log =
            state.hear(message("these 2 paths will be fetched (1.00 MiB download, 8.00 MiB unpacked):"));
        assert!((state.fraction() - EVALUATED).abs() < 1e-9);
        let _log = state.hear(start(1, Kind::CopyPath, &[&path("linux"), "https://cache.nixos.org"]));
        let linux = Activity::Downloading { name: "linux".to_owned(), number: 1, count: 2 };
        assert_eq!(state.activity(), linux);
        let _log = state.hear(Said::Progress { id: 1, done: 4 * MIB, expected: 6 * MIB });
        let part = state.fraction();
        assert!((part - (EVALUATED + 0.9 * 0.4)).abs() < 1e-9, "{part}");
        // Now a whole lot more is expected.
        let _log = state.hear(start(2, Kind::Other, &[]));
        let _log = state.hear(Said::Expected { id: 2, kind: Kind::CopyPath, count: 800 * MIB });
        assert!((state.fraction() - part).abs() < 1e-9);
        let _log = state.hear(Said::Stop { id: 2 });
        let _log = state.hear(Said::Progress { id: 1, done: 8 * MIB, expected: 8 * MIB });
        let _log = state.hear(Said::Stop { id: 1 });
        let _log = state.hear(start(3, Kind::Build, &[&path("etc.drv")]));
        assert_eq!(state.activity(), Activity::Building { name: "etc".to_owned(), number: 1, count: 1 });
        assert!(state.fraction() < 1.0);
        let _log = state.hear(Said::Stop { id: 3 });
        assert!((state.fraction() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_comes_from_the_live_system_is_copied_not_downloaded() {
        let mut state = State::default();
        let _log = state.hear(start(1, Kind::CopyPath, &[&path("source"), "auto", "/mnt"]));
        assert_eq!(state.activity(), Activity::Fetching { name: "source".to_owned() });
        let _log = state.hear(Said::Stop { id: 1 });
        let _log = state.hear(message("this path will be fetched (1.00 MiB download, 8.00 MiB unpacked):"));
        let _log = state.hear(start(1, Kind::CopyPath, &[&path("bash"), "auto", "/mnt"]));
        assert_eq!(state.activity(), Activity::Copying { name: "bash".to_owned(), number: 1, count: 1 });
    }

    /// What Nix 2.26 said as it built the lab's sample; most lines of progress are left out.
    const REAL: &str = include_str!("../../../tests/data/nix-build.log");

    #[test]
    fn a_real_build_is_followed_from_its_beginning_to_its_end() {
        let mut state = State::default();
        let (mut fractions, mut said, mut log) = (Vec::new(), Vec::new(), Vec::new());
        for line in REAL.lines() {
            log.extend(state.hear(parse(line)));
            fractions.push(state.fraction());
            said.push(state.activity());
            if !state.announced.heard {
                assert!(state.fraction() <= EVALUATED, "at {line}");
            }
        }
        assert!(fractions.is_sorted());
        assert!(state.fraction() > 0.999, "{}", state.fraction());
        let between = fractions.iter().filter(|one| (0.2..0.8).contains(*one)).count();
        assert!(between > 50, "it moves in between: {between}");
        said.dedup();
        let copied = |number| move |activity: &Activity| matches!(activity, Activity::Copying { number: one, count: 12, .. } if *one == number);
        assert!(said.iter().any(copied(1)) && said.iter().any(copied(12)), "{said:#?}");
        let system = Activity::Building { name: "nixos-system-sample-26.05".to_owned(), number: 1, count: 1 };
        assert!(said.contains(&system), "{said:#?}");
        assert!(log.iter().any(|line| line.starts_with("building '/nix/store/")), "{log:#?}");
        assert!(!log.iter().any(|line| line.contains("@nix") || line.contains('\u{1b}')), "{log:#?}");
    }

    #[test]
    fn the_log_has_what_a_person_would_be_shown() {
        let mut state = State::default();
        assert_eq!(state.hear(start(1, Kind::Build, &[&path("x.drv")])), ["activity 1"]);
        let quiet = Said::Start { id: 2, kind: Kind::Other, level: 4, text: "q".to_owned(), fields: vec![] };
        assert!(state.hear(quiet).is_empty());
        assert_eq!(state.hear(Said::Built { id: 1, line: "cc".to_owned() }), ["x> cc"]);
        assert_eq!(
            state.hear(Said::Message { level: 0, text: "error:\n  no\n".to_owned() }),
            ["error:", "  no"]
        );
        assert!(state.hear(Said::Message { level: 5, text: "noise".to_owned() }).is_empty());
        assert_eq!(state.errors(), "error:\n  no");
    }

    #[test]
    fn sizes_are_read_in_every_unit() {
        let line = |size| format!("these 3 paths will be fetched (1 KiB download, {size} unpacked):");
        assert_eq!(unpacked(&line("1.50 GiB")), Some(GIB + GIB / 100 * 50));
        assert_eq!(unpacked(&line("7 MiB")), Some(7 * MIB));
        assert_eq!(unpacked(&line("7 parsecs")), None);
        assert_eq!(unpacked(&line("99999999999999999999 GiB")), None);
    }

    fn any_said() -> impl Strategy<Value = Said> {
        let kind = prop_oneof![
            Just(Kind::CopyPath),
            Just(Kind::CopyPaths),
            Just(Kind::Builds),
            Just(Kind::Build),
            Just(Kind::FileTransfer),
            Just(Kind::Other)
        ];
        let number = || prop_oneof![0..100_u64, any::<u64>()];
        prop_oneof![
            (0..9_u64, kind.clone()).prop_map(|(id, kind)| start(id, kind, &["/nix/store/x"])),
            (0..9_u64).prop_map(|id| Said::Stop { id }),
            (0..9_u64, number(), number()).prop_map(|(id, done, expected)| Said::Progress {
                id,
                done,
                expected
            }),
            (0..9_u64, kind, number()).prop_map(|(id, kind, count)| Said::Expected { id, kind, count }),
            (0..u64::MAX).prop_map(|count| message(&format!("these {count} derivations will be built:"))),
        ]
    }

    proptest! {
        #[test]
        fn it_never_goes_back_whatever_nix_says(all in prop::collection::vec(any_said(), 0..60)) {
            let mut state = State::default();
            let mut last = 0.0;
            for said in all {
                let _log = state.hear(said);
                let fraction = state.fraction();
                prop_assert!((last..=1.0).contains(&fraction));
                let _activity = state.activity();
                last = fraction;
            }
        }

        #[test]
        fn any_text_is_survived(text in prop::collection::vec("(@nix )?\\PC{0,60}", 0..20)) {
            let mut state = State::default();
            for line in text {
                let _log = state.hear(parse(&line));
            }
            prop_assert!(state.fraction() <= 1.0);
        }
    }
}
