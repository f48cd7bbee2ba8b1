//! Installations that go wrong: tries that fail, helpers that are killed, a disk service that
//! restarts, and people who cancel.
//!
//! They erase disks and replace programs, so they run only in a lab guest that has the disks which
//! `tests/lab/engine` gives it. Each test has a disk of its own.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this file is a test; Clippy sees that only of functions marked so"
)]

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use snowmelt::boundary::machine;
use snowmelt::boundary::udisks::Udisks;
use snowmelt::engine::{Cancel, DiskState, Failure, Installation, Job, Secrets, Update};
use snowmelt::pure::answers;
use snowmelt::pure::plan::{Plan, StepId};
use snowmelt::pure::refusal::find_disk;
use snowmelt::pure::secret::Secret;

/// Far longer than an installation takes, for a machine under load.
const LIMIT: Duration = Duration::from_secs(900);
const PASSPHRASE: &str = "canary of the mine";
const PASSWORD: &str = "canary of the cage";
/// Found before the system's own by the helper.
const FIRST: &str = "/usr/local/bin";

fn shell(script: &str) -> String {
    let output = Command::new("bash").args(["-euc", script]).output().expect("bash runs");
    assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { tokio::time::timeout(LIMIT, future).await.expect("it ends in time") })
}

/// An installation on the disk with this serial number, as a front end begins it.
async fn installation(serial: &str) -> Installation {
    let text = format!(
        "version = 1\n[disk]\ndevice = \"{serial}\"\n[swap]\nkind = \"none\"\n\
         [encryption.pbkdf]\nkind = \"pbkdf2\"\niterations = 1000\n\
         [system]\nhost-name = \"snow\"\nkeymap = \"us\"\nrelease = \"26.05\"\n[user]\nname = \"anna\"\n"
    );
    let answers = answers::read(&text).expect("good answers");
    let disks = Udisks::connect().await.expect("UDisks2 runs").snapshot().await.expect("disks");
    let machine = machine::read();
    let disk = find_disk(&disks, serial).expect("the guest has the disk");
    let plan = Plan::new(&answers, &machine, disk).expect("it can be installed on");
    let secrets = Secrets {
        passphrase: Some(Secret::new(PASSPHRASE.to_owned())),
        password: Secret::new(PASSWORD.to_owned()),
    };
    Installation::new(Job { answers, machine, plan }, secrets)
}

/// What an observer has seen.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Update>>>);

impl Seen {
    /// An observer that also does something at each update.
    fn and<F: FnMut(&Update) + Send>(&self, mut then: F) -> impl FnMut(Update) + Send + use<F> {
        let all = Arc::clone(&self.0);
        move |update| {
            then(&update);
            all.lock().expect("no panic").push(update);
        }
    }

    fn steps(&self) -> Vec<StepId> {
        let all = self.0.lock().expect("no panic");
        all.iter()
            .filter_map(|update| match update {
                Update::Started { step, .. } => Some(*step),
                _ => None,
            })
            .collect()
    }

    fn fractions(&self) -> Vec<f64> {
        let all = self.0.lock().expect("no panic");
        all.iter()
            .filter_map(|update| match update {
                Update::Progress(fraction) => Some(*fraction),
                _ => None,
            })
            .collect()
    }

    fn activities(&self) -> String {
        let all = self.0.lock().expect("no panic");
        let mut said: Vec<String> = all
            .iter()
            .filter_map(|update| match update {
                Update::Activity(activity) => Some(activity.sentence()),
                _ => None,
            })
            .collect();
        said.dedup();
        said.join("\n")
    }

    fn everything(&self) -> String {
        format!("{:?}", self.0.lock().expect("no panic"))
    }
}

/// A program of its own in the place of one that the helper runs, as long as this lives.
struct Instead(String);

impl Instead {
    fn of(program: &str, script: &str) -> Self {
        let path = format!("{FIRST}/{program}");
        let aside = format!("test ! -e {path} || mv {path} {path}.aside");
        let _moved = shell(&aside);
        std::fs::write(&path, format!("#!/bin/bash\n{script}\n")).expect("a script");
        let _mode = shell(&format!("chmod 755 {path}"));
        Self(path)
    }
}

impl Drop for Instead {
    fn drop(&mut self) {
        let path = &self.0;
        let _back = shell(&format!("rm -f {path}; test ! -e {path}.aside || mv {path}.aside {path}"));
    }
}

fn started(update: &Update, wanted: StepId) -> bool {
    matches!(update, Update::Started { step, .. } if *step == wanted)
}

/// Kills the helper as the kernel would when memory runs out.
fn kill_helper() {
    let _killed = shell("pkill -9 -f [s]nowmelt-helper.*in-own-namespaces");
}

/// Nothing is mounted by any helper, nothing is unlocked, nothing of Nix runs.
fn nothing_is_left(what: &str) {
    assert_eq!(shell("pgrep -af [s]nowmelt-helper || :"), "", "{what}: a helper runs");
    assert_eq!(shell("pgrep -a '^nix' | grep -v nix-daemon || :"), "", "{what}: Nix runs");
    assert_eq!(shell("ls /dev/mapper | grep -v control || :"), "", "{what}: a volume is unlocked");
    assert_eq!(
        shell("cat /proc/*/mountinfo 2>/dev/null | grep -c ' /mnt' || :"),
        "0",
        "{what}: something is mounted"
    );
}

async fn fails(installation: &mut Installation, observer: impl FnMut(Update) + Send) -> Failure {
    let mut observer = observer;
    installation.run(&Cancel::new(), &mut observer).await.expect_err("it fails")
}

#[test]
#[ignore = "needs a lab guest"]
fn a_program_that_fails_once_is_tried_again() {
    let failing = "if mkdir /run/failed-once; then echo 'no snow today' >&2; exit 1; fi\nexec /usr/bin/nixos-install \"$@\"";
    let _instead = Instead::of("nixos-install", failing);
    wait(async {
        let mut installation = installation("A0").await;
        let seen = Seen::default();
        let failure = fails(&mut installation, seen.and(|_| {})).await;
        assert_eq!(failure.step, Some(StepId::InstallSystem), "{failure:?}");
        assert_eq!((failure.code.as_str(), failure.disk), ("program-failed", DiskState::Erased));
        assert!(failure.retry && failure.left_over.is_empty(), "{failure:?}");
        assert!(failure.cause.contains("no snow today"), "{}", failure.cause);
        assert_ne!(shell("pgrep -f [s]nowmelt-helper || :"), "", "the helper waits");

        let again = Seen::default();
        installation.run(&Cancel::new(), &mut again.and(|_| {})).await.expect("the second try succeeds");
        let last = [StepId::InstallSystem, StepId::CheckInstallation, StepId::CloseTarget];
        assert_eq!(again.steps(), last);
        let fractions = [seen.fractions(), again.fractions()].concat();
        assert!(fractions.is_sorted() && fractions.last() == Some(&1.0), "{fractions:?}");
        assert!(seen.activities().contains("Building "), "{}", seen.activities());
        assert!(seen.activities().contains("Copying "), "{}", seen.activities());
        assert!(again.activities().contains("boot loader"), "{}", again.activities());
        for secret in [PASSPHRASE, PASSWORD] {
            assert!(!seen.everything().contains(secret) && !again.everything().contains(secret));
        }
    });
    nothing_is_left("after the second try");
}

#[test]
#[ignore = "needs a lab guest"]
fn a_helper_that_is_killed_is_started_anew() {
    wait(async {
        let mut installation = installation("B0").await;
        let seen = Seen::default();
        let mut killed = false;
        let kill = |update: &Update| {
            if !killed && matches!(update, Update::Activity(_)) {
                killed = true;
                kill_helper();
            }
        };
        let failure = fails(&mut installation, seen.and(kill)).await;
        assert_eq!((failure.step, failure.code.as_str()), (Some(StepId::InstallSystem), "helper-died"));
        assert!(failure.retry, "{failure:?}");
        let again = Seen::default();
        installation.run(&Cancel::new(), &mut again.and(|_| {})).await.expect("the second try succeeds");
        assert_eq!(again.steps().first(), Some(&StepId::InstallSystem));
    });
    nothing_is_left("after the second try");
}

#[test]
#[ignore = "needs a lab guest"]
fn a_dead_helper_can_be_put_away_and_the_disk_be_used_at_once() {
    wait(async {
        let mut first = installation("C0").await;
        let kill = |update: &Update| {
            if started(update, StepId::WriteConfiguration) {
                kill_helper();
            }
        };
        let failure = fails(&mut first, Seen::default().and(kill)).await;
        assert_eq!((failure.step, failure.code.as_str()), (Some(StepId::WriteConfiguration), "helper-died"));
        assert_eq!(first.put_away().await, Vec::<String>::new());
        nothing_is_left("after it was put away");

        // Starting over: what the first one has left on the disk is in nobody's way.
        let mut second = installation("C0").await;
        let cancel = Cancel::new();
        let stop = cancel.clone();
        let mut until_mounted = Seen::default().and(move |update| {
            if started(update, StepId::DetectHardware) {
                stop.cancel();
            }
        });
        let failure = second.run(&cancel, &mut until_mounted).await.expect_err("it is cancelled");
        assert_eq!((failure.code.as_str(), failure.retry), (Failure::CANCELLED, false));
        assert_eq!(failure.left_over, Vec::<String>::new());
    });
    nothing_is_left("after the second one was cancelled");
}

#[test]
#[ignore = "needs a lab guest"]
fn a_disk_service_that_restarts_is_found_again() {
    wait(async {
        let mut installation = installation("D0").await;
        let restart = |update: &Update| {
            if started(update, StepId::CreateVolume) {
                // A moment later, in the middle of the call.
                let _later = Command::new("sh")
                    .args(["-c", "sleep 0.3; systemctl restart udisks2"])
                    .spawn()
                    .expect("sh runs");
            }
        };
        let failure = fails(&mut installation, Seen::default().and(restart)).await;
        assert_eq!(failure.step, Some(StepId::CreateVolume), "{failure:?}");
        assert!(failure.retry, "{failure:?}");

        let again = Seen::default();
        let cancel = Cancel::new();
        let stop = cancel.clone();
        let mut observer = again.and(move |update| {
            if started(update, StepId::TakeBlankSnapshot) {
                stop.cancel();
            }
        });
        let failure = installation.run(&cancel, &mut observer).await.expect_err("it is cancelled");
        assert_eq!(failure.code, Failure::CANCELLED, "{failure:?}");
        assert_eq!(again.steps().first(), Some(&StepId::CheckDisk), "the disk is looked at again");
    });
    nothing_is_left("after it was cancelled");
}

#[test]
#[ignore = "needs a lab guest"]
fn a_disk_service_that_restarts_while_nix_builds_is_not_noticed() {
    let _instead =
        Instead::of("nixos-install", "systemctl restart udisks2\nexec /usr/bin/nixos-install \"$@\"");
    wait(async {
        let mut installation = installation("E0").await;
        installation.run(&Cancel::new(), &mut Seen::default().and(|_| {})).await.expect("it succeeds");
    });
    nothing_is_left("after the installation");
}

/// Cancels a moment after a step has begun; gives the failure and how long it took to stop.
async fn cancelled(serial: &str, step: StepId, after: Duration) -> (Failure, Duration) {
    let mut installation = installation(serial).await;
    let cancel = Cancel::new();
    let (stop, asked) = (cancel.clone(), Arc::new(Mutex::new(None)));
    let when = Arc::clone(&asked);
    let mut observer = Seen::default().and(move |update| {
        if started(update, step) {
            let (stop, when) = (stop.clone(), Arc::clone(&when));
            let _thread = std::thread::spawn(move || {
                std::thread::sleep(after);
                *when.lock().expect("no panic") = Some(Instant::now());
                stop.cancel();
            });
        }
    });
    let failure = installation.run(&cancel, &mut observer).await.expect_err("it is cancelled");
    let asked = asked.lock().expect("no panic").expect("it was cancelled");
    (failure, asked.elapsed())
}

#[test]
#[ignore = "needs a lab guest"]
fn cancelling_while_the_volume_is_made_waits_for_it_and_locks_it() {
    let (failure, took) = wait(cancelled("F0", StepId::CreateVolume, Duration::from_millis(300)));
    assert_eq!((failure.code.as_str(), failure.disk), (Failure::CANCELLED, DiskState::Erased), "{failure:?}");
    assert_eq!(failure.left_over, Vec::<String>::new());
    println!("cancelled while the volume was made: {took:?}");
    assert!(took < Duration::from_secs(60), "{took:?}");
    nothing_is_left("after it was cancelled");
}

#[test]
#[ignore = "needs a lab guest"]
fn cancelling_while_nix_builds_ends_all_of_it() {
    let (failure, took) = wait(cancelled("A1", StepId::InstallSystem, Duration::from_secs(5)));
    assert_eq!((failure.code.as_str(), failure.step), (Failure::CANCELLED, Some(StepId::InstallSystem)));
    assert_eq!(failure.left_over, Vec::<String>::new());
    println!("cancelled while Nix built: {took:?}");
    assert!(took < Duration::from_secs(15), "{took:?}");
    nothing_is_left("after it was cancelled");
}

#[test]
#[ignore = "needs a lab guest"]
fn dropping_it_puts_it_away_too() {
    let failing = Instead::of("nixos-generate-config", "exit 1");
    wait(async {
        let mut installation = installation("B1").await;
        let failure = fails(&mut installation, Seen::default().and(|_| {})).await;
        assert_eq!(failure.step, Some(StepId::DetectHardware), "{failure:?}");
        drop(installation);
    });
    drop(failing);
    nothing_is_left("after it was dropped");
}

#[test]
#[ignore = "needs a lab guest"]
fn a_disk_that_is_swapped_before_another_try_is_not_written_to() {
    let _instead = Instead::of("nixos-generate-config", "exit 1");
    wait(async {
        let mut installation = installation("C1").await;
        let failure = fails(&mut installation, Seen::default().and(|_| {})).await;
        assert!(failure.retry);
        // The disk goes away, with everything that was open on it.
        let _pulled = shell("lab-disk pull swapped");
        let again = Seen::default();
        let failure = fails(&mut installation, again.and(|_| {})).await;
        assert_eq!((failure.code.as_str(), failure.retry), ("wrong-disk", false), "{failure:?}");
        assert_eq!(again.steps(), []);
    });
    assert!(!Path::new("/mnt/persist").exists());
}

#[test]
#[ignore = "needs a lab guest"]
fn a_program_that_repeats_a_secret_is_not_repeated() {
    let _instead = Instead::of("mkpasswd", "cat >&2; echo; exit 1");
    wait(async {
        let mut installation = installation("D1").await;
        let seen = Seen::default();
        let failure = fails(&mut installation, seen.and(|_| {})).await;
        assert_eq!((failure.step, failure.retry), (Some(StepId::SetPassword), true), "{failure:?}");
        assert!(failure.cause.contains("secret"), "{}", failure.cause);
        assert!(!format!("{failure:?}{}", seen.everything()).contains(PASSWORD));
        assert_eq!(installation.put_away().await, Vec::<String>::new());
    });
    nothing_is_left("after it was put away");
}
