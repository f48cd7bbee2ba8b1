//! An installation of five hours, by a clock that is only told: what follows it says something sound
//! to the end, and grows no further than it did in the first hour.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::time::Duration;

use snowmelt::engine::{Record, Update};
use snowmelt::pure::answers;
use snowmelt::pure::disk::DiskIdentity;
use snowmelt::pure::estimate::Estimate;
use snowmelt::pure::layout::Layout;
use snowmelt::pure::nix_log::{State, parse};
use snowmelt::pure::plan::Plan;

const HOURS: u64 = 5;
const HOUR: u64 = 3600;
/// How much more memory may be held at the end than after the first hour, in KiB: a line a second
/// kept for ever would come to that.
const GROWTH: u64 = 2048;

const ANSWERS: &str = r#"
version = 1
[disk]
device = "/dev/sda"
[system]
host-name = "melt"
keymap = "us"
[user]
name = "ada"
"#;

/// The memory that this process holds, in KiB (`proc_pid_status(5)`).
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn record() -> Record {
    let answers = answers::read(ANSWERS).unwrap();
    let disk =
        DiskIdentity { wwn: None, serial: None, vendor: String::new(), model: String::new(), size: 1 << 38 };
    let layout = Layout::new(&answers, disk.size, 1 << 32);
    let plan = Plan { version: 1, layout, disk, device: "/dev/sda".to_owned(), steps: Vec::new() };
    Record::new(&plan, None)
}

/// What Nix says in one second: a package is built, with ten lines of its compiler’s.
fn second(now: u64) -> Vec<String> {
    let id = now + 10;
    let path = format!("/nix/store/{}-package-{now}.drv", "a".repeat(32));
    let mut said = vec![format!(
        r#"@nix {{"action":"start","id":{id},"level":3,"type":105,"text":"building {path}","fields":["{path}","",1,1]}}"#
    )];
    said.extend((0..10).map(|line| {
        format!(
            r#"@nix {{"action":"result","id":{id},"type":101,"fields":["cc -c file-{line}.c {}"]}}"#,
            "x".repeat(80)
        )
    }));
    said.push(format!(r#"@nix {{"action":"stop","id":{id}}}"#));
    said
}

#[test]
fn nothing_grows_and_the_time_left_is_told_to_the_end() {
    let (mut nix, mut record, mut estimate) = (State::default(), record(), Estimate::new());
    let announced = format!("these {} derivations will be built:", HOURS * HOUR);
    let _log = nix.hear(parse(&format!(r#"@nix {{"action":"msg","level":3,"msg":"{announced}"}}"#)));
    let (mut first_hour, mut last) = (0, 0.0);
    for now in 0..HOURS * HOUR {
        for line in second(now) {
            for line in nix.hear(parse(&line)) {
                let _shown = record.hear(&Update::Log { source: "nix".to_owned(), line });
            }
        }
        let fraction = nix.fraction();
        assert!(fraction >= last, "it went back from {last} to {fraction}");
        last = fraction;
        let at = Duration::from_secs(now + 1);
        estimate.hear(at, fraction);
        let left = estimate.left(at);
        if now > HOUR / 2 {
            let right = Duration::from_secs(HOURS * HOUR - now);
            let off = left.unwrap().abs_diff(right);
            assert!(off < Duration::from_secs(HOUR / 4), "{left:?} at {now} instead of {right:?}");
        }
        if now == HOUR {
            first_hour = memory();
        }
    }
    assert!(last > 0.999, "{last}");
    assert!(estimate.left(Duration::from_secs(HOURS * HOUR)).unwrap() < Duration::from_secs(60));
    assert!(record.lines().last().unwrap().contains("package-17999"));
    let grown = memory().saturating_sub(first_hour);
    assert!(grown < GROWTH, "{grown} KiB more than after the first hour");
}
