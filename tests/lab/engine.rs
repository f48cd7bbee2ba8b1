//! Installations that go wrong: tries that fail, helpers that are killed, a disk service that
//! restarts, and people who cancel.
//!
//! They erase disks and replace programs, so they run only in a lab guest that has the disks which
//! `tests/lab/engine` gives it. A test has a disk of its own, or one that is erased as it begins.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this file is a test; Clippy sees that only of functions marked so"
)]

#[path = "nvme.rs"]
mod nvme;

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use snowmelt::boundary::machine;
use snowmelt::boundary::udisks::Udisks;
use snowmelt::engine::{Cancel, DiskState, Failure, Installation, Job, Secrets, Update};
use snowmelt::pure::activity::Activity;
use snowmelt::pure::answers;
use snowmelt::pure::content::losses;
use snowmelt::pure::disk::Disk;
use snowmelt::pure::plan::{Plan, StepId};
use snowmelt::pure::refusal::{Refusal, find_disk, unusable};
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

async fn disks() -> Vec<Disk> {
    Udisks::connect().await.expect("UDisks2 runs").snapshot().await.expect("disks")
}

/// An installation on the disk with this serial number, as a front end begins it.
async fn installation(serial: &str) -> Installation {
    erasing(serial, "none").await
}

/// The same, with the disk erased first in this way.
async fn erasing(serial: &str, erase: &str) -> Installation {
    let text = format!(
        "version = 1\n[disk]\ndevice = \"{serial}\"\nerase = \"{erase}\"\n[swap]\nkind = \"none\"\n\
         [encryption.pbkdf]\nkind = \"pbkdf2\"\niterations = 1000\n\
         [system]\nhost-name = \"snow\"\nkeymap = \"us\"\nrelease = \"26.05\"\n[user]\nname = \"anna\"\n"
    );
    let answers = answers::read(&text).expect("good answers");
    let disks = disks().await;
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

    /// What it saw before a step began.
    fn until(&self, step: StepId) -> Vec<Update> {
        let all = self.0.lock().expect("no panic");
        all.iter().take_while(|update| !started(update, step)).cloned().collect()
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

    fn reminders(&self) -> Vec<String> {
        let all = self.0.lock().expect("no panic");
        all.iter()
            .filter_map(|update| match update {
                Update::Reminder(sentence) => Some(sentence.clone()),
                _ => None,
            })
            .collect()
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

/// Runs it until an update is such that it is cancelled; gives how it ends.
async fn cancelled_at(
    installation: &mut Installation,
    seen: &Seen,
    mut is_it: impl FnMut(&Update) -> bool + Send,
) -> Failure {
    let cancel = Cancel::new();
    let stop = cancel.clone();
    let mut observer = seen.and(move |update| {
        if is_it(update) {
            stop.cancel();
        }
    });
    installation.run(&cancel, &mut observer).await.expect_err("it is cancelled")
}

/// Another try, until everything is made of which UDisks2 has a part: it begins with the look at the disk.
async fn begins_anew(installation: &mut Installation) {
    let seen = Seen::default();
    let is_made = |update: &Update| started(update, StepId::TakeBlankSnapshot);
    let failure = cancelled_at(installation, &seen, is_made).await;
    assert_eq!(failure.code, Failure::CANCELLED, "{failure:?}");
    assert_eq!(seen.steps().first(), Some(&StepId::CheckDisk), "the disk is looked at again");
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
        let last = [StepId::InstallSystem, StepId::CheckInstallation, StepId::Rehearse, StepId::CloseTarget];
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
        let is_mounted = |update: &Update| started(update, StepId::DetectHardware);
        let failure = cancelled_at(&mut second, &Seen::default(), is_mounted).await;
        assert_eq!((failure.code.as_str(), failure.retry), (Failure::CANCELLED, false));
        assert_eq!(failure.left_over, Vec::<String>::new());
    });
    nothing_is_left("after the second one was cancelled");
}

#[test]
#[ignore = "needs a lab guest"]
fn a_helper_that_dies_while_udisks2_works_is_missed_at_once() {
    wait(async {
        let mut installation = installation("C0").await;
        let kill = |update: &Update| {
            if matches!(update, Update::Log { line, .. } if line.contains("vfat")) {
                kill_helper();
            }
        };
        let failure = fails(&mut installation, Seen::default().and(kill)).await;
        assert_eq!((failure.step, failure.code.as_str()), (Some(StepId::CreateVolume), "helper-died"));
        assert!(failure.retry, "{failure:?}");
        begins_anew(&mut installation).await;
    });
    nothing_is_left("after it was cancelled");
}

#[test]
#[ignore = "needs a lab guest"]
fn a_disk_service_that_restarts_is_found_again() {
    wait(async {
        let mut installation = installation("D0").await;
        let restart = |update: &Update| {
            if started(update, StepId::CreateVolume) {
                // A moment later, in the middle of the call.
                let _later = std::thread::spawn(|| shell("sleep 0.3; systemctl restart udisks2"));
            }
        };
        let failure = fails(&mut installation, Seen::default().and(restart)).await;
        assert_eq!(failure.step, Some(StepId::CreateVolume), "{failure:?}");
        assert!(failure.retry, "{failure:?}");

        begins_anew(&mut installation).await;
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

/// Nix without a network, in its own words, for so many builds. Everything else is the real one.
fn without_network(builds: u32) -> Instead {
    let script = format!(
        r#"file=/run/builds-without-network
case " $* " in *" build "*)
  count=$(cat "$file" 2> /dev/null || echo 0)
  if [ "$count" -lt {builds} ]; then
    echo "$((count + 1))" > "$file"
    echo '@nix {{"action":"msg","level":0,"msg":"error: unable to download '"'"'https://cache.nixos.org/nar/0.nar.xz'"'"': Could not resolve hostname (6) Could not resolve host: cache.nixos.org"}}' >&2
    exit 1
  fi ;;
esac
exec {FIRST}/nix.aside "$@""#
    );
    let _anew = shell("rm -f /run/builds-without-network");
    Instead::of("nix", &script)
}

#[test]
#[ignore = "needs a lab guest"]
fn a_network_that_is_gone_is_waited_for() {
    let _instead = without_network(2);
    wait(async {
        let mut installation = installation("E1").await;
        let seen = Seen::default();
        installation.run(&Cancel::new(), &mut seen.and(|_| {})).await.expect("it goes on by itself");
        assert!(seen.activities().contains("The network is gone"), "{}", seen.activities());
        assert_eq!(seen.steps().iter().filter(|step| **step == StepId::InstallSystem).count(), 1);
        let fractions = seen.fractions();
        assert!(fractions.is_sorted() && fractions.last() == Some(&1.0), "{fractions:?}");
    });
    assert_eq!(shell("cat /run/builds-without-network"), "2");
    nothing_is_left("after the installation");
}

#[test]
#[ignore = "needs a lab guest"]
fn waiting_for_the_network_can_be_cancelled() {
    let _instead = without_network(1000);
    wait(async {
        let mut installation = installation("F1").await;
        let waits = |update: &Update| matches!(update, Update::Activity(Activity::Waiting));
        let failure = cancelled_at(&mut installation, &Seen::default(), waits).await;
        assert_eq!((failure.code.as_str(), failure.step), (Failure::CANCELLED, Some(StepId::InstallSystem)));
        assert_eq!(failure.left_over, Vec::<String>::new());
    });
    nothing_is_left("after it was cancelled");
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

/// Far behind what an installation writes first.
const FAR: &str = "4000";

fn far_away(device: &str) -> String {
    shell(&format!("dd if={device} bs=1M skip={FAR} count=1 iflag=direct status=none | tr -d '\\0'"))
}

fn mark(device: &str, words: &str) {
    let _marked = shell(&format!(
        "printf %s {words} | dd of={device} bs=1M seek={FAR} conv=notrunc,fsync status=none; sync"
    ));
}

#[test]
#[ignore = "needs a lab guest"]
fn a_disk_that_erases_itself_is_not_left_locked() {
    let device = wait(device("D0"));
    let has_password = || shell(&format!("/usr/lib/udev/ata_id --export {device} | grep SECURITY_ENABLED"));
    let unlocked = "ID_ATA_FEATURE_SET_SECURITY_ENABLED=0";
    mark(&device, "what-was-there");
    let refuses = "/run/lab-ata-refuses";
    std::fs::write(refuses, "").expect("the disk can be told to refuse");
    wait(async {
        let mut installation = erasing("D0", "firmware").await;
        let failure = fails(&mut installation, Seen::default().and(|_| {})).await;
        std::fs::remove_file(refuses).expect("it is there");
        assert_eq!((failure.step, failure.retry), (Some(StepId::EraseDisk), true), "{failure:?}");
        assert_eq!(far_away(&device), "what-was-there");
        assert_eq!(has_password(), unlocked, "UDisks2 sets one before the disk erases itself");

        let seen = Seen::default();
        let is_done = |update: &Update| started(update, StepId::TakeBlankSnapshot);
        let failure = cancelled_at(&mut installation, &seen, is_done).await;
        assert_eq!(failure.code, Failure::CANCELLED, "{failure:?}");
        assert_eq!(far_away(&device), "");
        assert_eq!(has_password(), unlocked);
        let steps = seen.steps();
        assert_eq!(steps.get(..2), Some([StepId::CheckDisk, StepId::EraseDisk].as_slice()));
        let calls = seen.everything();
        assert!(calls.contains("ata-secure-erase"), "{calls}");
        let until_table = seen.until(StepId::CreatePartitionTable);
        let told = until_table.iter().filter(|update| matches!(update, Update::Progress(_))).count();
        assert!(told > 2, "it is told how far it is: {until_table:?}");
    });
    nothing_is_left("after it was cancelled");
}

#[test]
#[ignore = "needs a lab guest"]
fn a_locked_disk_is_refused_until_its_password_is_off() {
    // udev and UDisks2 may still be looking at it.
    let look_until_it_is = |locked: bool| {
        wait(async {
            loop {
                if let Ok(disk) = find_disk(&disks().await, "D0")
                    && disk.locked == locked
                {
                    return (disk.device.clone(), unusable(disk));
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        })
    };
    assert_eq!(look_until_it_is(false).1, []);
    // As when power is lost while it erases itself: UDisks2 has given it this password by then.
    let _device = shell(
        "lab-disk pull melter; { printf xxxx; head -c 28 /dev/zero; } > /run/lab-ata-melter.password
        lab-disk plug melter; lab-disk wait melter",
    );
    let (device, refusals) = look_until_it_is(true);
    assert_eq!(refusals, [Refusal::DiskLocked { device: device.clone() }]);
    let read = format!("dd if={device} of=/dev/null bs=4096 count=1 iflag=direct 2>&1 || echo failed");
    assert!(shell(&read).ends_with("failed"), "nothing can be read from it");
    // What its refusal says.
    let _unlocked = shell(&format!(
        "hdparm --security-unlock xxxx {device}; hdparm --security-disable xxxx {device}
        udevadm trigger {device}"
    ));
    assert_eq!(look_until_it_is(false).1, []);
    assert!(!shell(&read).ends_with("failed"));
}

#[test]
#[ignore = "needs a lab guest"]
fn a_disk_is_written_over_once_and_that_can_be_stopped() {
    let device = wait(device("F1"));
    mark(&device, "what-was-there");
    assert_eq!(far_away(&device), "what-was-there");

    let mut erasing_now = false;
    let is_under_way = |update: &Update| {
        erasing_now |= started(update, StepId::EraseDisk);
        erasing_now && matches!(update, Update::Progress(_))
    };
    let failure = wait(async {
        let mut installation = erasing("F1", "overwrite").await;
        cancelled_at(&mut installation, &Seen::default(), is_under_way).await
    });
    assert_eq!((failure.code.as_str(), failure.step), (Failure::CANCELLED, Some(StepId::EraseDisk)));
    assert_eq!((failure.disk, failure.left_over.len()), (DiskState::Erased, 0), "{failure:?}");
    assert_eq!(far_away(&device), "what-was-there", "it was stopped before it came there");
    assert_eq!(shell("busctl tree --list org.freedesktop.UDisks2 | grep -c jobs/ || :"), "0");

    wait(async {
        let mut installation = erasing("F1", "overwrite").await;
        let seen = Seen::default();
        let kill = |update: &Update| {
            if started(update, StepId::CreateEsp) {
                let _killed = shell("systemctl kill --signal=KILL udisks2");
            }
        };
        let failure = fails(&mut installation, seen.and(kill)).await;
        assert!(failure.retry && failure.step == Some(StepId::CreateEsp), "{failure:?}");
        assert_eq!(far_away(&device), "");
        let told = seen.fractions().iter().filter(|fraction| **fraction < 0.9).count();
        assert!(told > 5, "it is told how far it is: {:?}", seen.fractions());

        mark(&device, "not-erased-again");
        let again = Seen::default();
        let is_done = |update: &Update| started(update, StepId::CreateEsp);
        let failure = cancelled_at(&mut installation, &again, is_done).await;
        assert_eq!(failure.code, Failure::CANCELLED);
        let first = [StepId::CheckDisk, StepId::EraseDisk, StepId::CreatePartitionTable, StepId::CreateEsp];
        assert_eq!(again.steps(), first);
        assert_eq!(far_away(&device), "not-erased-again");
    });
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
    // The volume is locked by then, but nobody has waited for the helper, which ends by itself.
    for _ in 0..300 {
        if shell("pgrep -f [s]nowmelt-helper || :").is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    nothing_is_left("after it was dropped");
}

#[test]
#[ignore = "needs a lab guest"]
fn a_passphrase_that_the_prompt_can_not_type_is_told_of() {
    // The answers name the keymap “us”; what that types is up to the live system.
    let keymap = |layout: &str| {
        let made = "mkdir -p /usr/share/keymaps; ckbcomp -layout";
        shell(&format!("{made} {layout} > /usr/share/keymaps/us.map 2> /dev/null"))
    };
    wait(async {
        for (layout, told) in [("us", 0), ("ru", 1)] {
            let _written = keymap(layout);
            let mut installation = installation("E0").await;
            let seen = Seen::default();
            installation.run(&Cancel::new(), &mut seen.and(|_| {})).await.expect("it succeeds");
            let reminders = seen.reminders();
            assert_eq!(reminders.len(), told, "{layout}: {reminders:?}");
            if let Some(reminder) = reminders.first() {
                // What it says is to be done can be done.
                let (_, command) = reminder.split_once(": sudo ").expect("a command");
                let _added = shell(&format!(
                    "printf 'canary of the mine\nнора\n' | {command} --batch-mode --iter-time 10"
                ));
                let volume = command.rsplit(' ').next().expect("a device");
                let _opened =
                    shell(&format!("printf нора | cryptsetup open --test-passphrase --key-file - {volume}"));
            }
        }
    });
    let _gone = shell("rm /usr/share/keymaps/us.map");
    nothing_is_left("after the installations");
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

/// The device name that the disk with this serial number has now.
async fn device(serial: &str) -> String {
    find_disk(&disks().await, serial).expect("the guest has the disk").device.clone()
}

/// How many sectors were written to this device, since the guest has started
/// (`Documentation/ABI/stable/sysfs-block` of the kernel: the seventh field).
fn sectors_written(device: &str) -> String {
    shell(&format!("awk '{{print $7}}' /sys/class/block/{}/stat", device.trim_start_matches("/dev/")))
}

/// The same of what lies below these disks.
fn written(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| sectors_written(&shell(&format!("lab-disk image {name}")))).collect()
}

#[test]
#[ignore = "needs a lab guest"]
fn a_disk_that_sits_where_another_one_was_is_not_written_to() {
    const BOTH: [&str; 2] = ["left", "right"];
    wait(async {
        // Same size, same model; only what tells them apart is another.
        let before = written(&BOTH);
        // Whichever is plugged first gets the first name that is free.
        let _ordered = shell(
            "lab-disk pull left; lab-disk pull right
             lab-disk plug left; lab-disk wait left; lab-disk plug right; lab-disk wait right; udevadm settle",
        );
        let mut first = installation("1A").await;
        let place = device("1A").await;
        let _swapped = shell(
            "lab-disk pull left; lab-disk pull right
             lab-disk plug right; lab-disk wait right; lab-disk plug left; lab-disk wait left; udevadm settle",
        );
        assert_eq!(device("2B").await, place, "they have changed places");
        let failure = fails(&mut first, Seen::default().and(|_| {})).await;
        assert_eq!(
            (failure.code.as_str(), failure.disk),
            ("wrong-disk", DiskState::Untouched),
            "{failure:?}"
        );

        // Now the right one is planned for, and the left one alone is there, in its place.
        let mut second = installation("2B").await;
        let _other = shell(
            "lab-disk pull left; lab-disk pull right; lab-disk plug left; lab-disk wait left; udevadm settle",
        );
        assert_eq!(device("1A").await, place, "the other one is in the slot");
        let failure = fails(&mut second, Seen::default().and(|_| {})).await;
        assert_eq!(
            (failure.code.as_str(), failure.disk),
            ("wrong-disk", DiskState::Untouched),
            "{failure:?}"
        );
        assert_eq!(written(&BOTH), before, "not one sector is written to either");
        let _back = shell("lab-disk plug right; lab-disk wait right");
    });
}

#[test]
#[ignore = "needs a lab guest"]
fn the_disk_that_the_answers_lie_on_is_not_erased() {
    let _mounted = shell(
        "read -r _ disk _ < <(lab-disk list | grep -w ANSWERS0); mkfs.ext4 -q $disk; mkdir -p /run/stick
         mount $disk /run/stick
         printf '%s\n' 'version = 1' '[disk]' 'device = \"ANSWERS0\"' '[swap]' 'kind = \"none\"' '[system]' \
           'host-name = \"snow\"' 'keymap = \"us\"' '[user]' 'name = \"anna\"' > /run/stick/answers.toml",
    );
    let refused = shell("snowmelt-cli plan /run/stick/answers.toml 2>&1 && echo accepted || echo status $?");
    assert!(refused.ends_with("status 4") && refused.contains("/run/stick"), "{refused}");
    // Also where only another namespace has it mounted, which no table shows.
    let hidden = shell(
        "cp /run/stick/answers.toml /run/answers.toml
         unshare --mount --propagation private sleep 60 & hidden=$!; sleep 1; umount /run/stick
         snowmelt-cli plan /run/answers.toml > /dev/null 2>&1 && echo planned
         printf 'a long passphrase' > /run/p; printf 'a long password' > /run/w
         snowmelt-cli install /run/answers.toml --yes --passphrase-fd 4 --password-fd 5 4< /run/p 5< /run/w 2>&1 || echo status $?
         kill $hidden; wait || :; rm /run/p /run/w",
    );
    assert!(hidden.contains("status 21") || hidden.contains("status 20"), "{hidden}");
    assert!(hidden.contains("in use") || hidden.contains("busy"), "{hidden}");
    let still =
        shell("read -r _ disk _ < <(lab-disk list | grep -w ANSWERS0); blkid -p -o value -s TYPE $disk");
    assert_eq!(still, "ext4", "nothing was written");
    nothing_is_left("after the refusal");
}

#[test]
#[ignore = "needs a lab guest"]
fn what_was_on_the_disk_does_not_come_back_to_life() {
    // Old things at the places where something looks for them: on the whole disk, and where the new
    // partitions begin (1 MiB, and 1 GiB behind that) and end.
    let _planted = shell(
        r#"read -r _ disk _ < <(lab-disk list | grep -w LEFT0E)
        size=$(blockdev --getsize64 $disk)
        part=$(losetup --find --show --offset $((1 << 20)) --sizelimit $((1 << 30)) $disk)
        mkfs.ext4 -q $part; losetup -d $part
        part=$(losetup --find --show --offset $((1025 << 20)) --sizelimit $((2 << 30)) $disk)
        mkfs.btrfs -q $part; losetup -d $part
        truncate -s 64M /run/pv; pv=$(losetup --find --show /run/pv); pvcreate --devices $pv -qqy $pv; losetup -d $pv
        dd if=/run/pv of=$disk bs=512 skip=1 seek=$(((1025 << 11) + 1)) count=1 conv=notrunc status=none
        python3 - $disk $size <<'P'
import struct, sys
disk, size = open(sys.argv[1], "r+b", buffering=0), int(sys.argv[2])
def put(place, data):
    disk.seek(place // 4096 * 4096)
    block = bytearray(disk.read(4096)); at = place % 4096
    block[at:at + len(data)] = data
    disk.seek(place // 4096 * 4096); disk.write(block)
# ISO9660: the primary volume descriptor.
put(32768, b"\1CD001\1\0" + b"LINUX".ljust(32) + b"OLD_MEDIUM".ljust(32))
# md 1.0, whose superblock is at the end of its member.
sector = (size // 512 - 16) & ~7
put(sector * 512, struct.pack("<II", 0xA92B4EFC, 1).ljust(144, b"\0") + struct.pack("<Q", sector))
disk.flush()
P
        sync; echo change > /sys/class/block/${disk#/dev/}/uevent; udevadm settle"#,
    );
    let types =
        |device: &str| shell(&format!("wipefs --noheadings --output TYPE {device} | sort -u | xargs"));
    let disk = shell("read -r _ disk _ < <(lab-disk list | grep -w LEFT0E); echo $disk");
    let planted = types(&disk);
    for kind in ["iso9660", "linux_raid_member"] {
        assert!(planted.contains(kind), "{kind} was planted: {planted}");
    }
    wait(async {
        make_volumes("LEFT0E").await;
    });
    assert_eq!(types(&disk), "PMBR gpt");
    assert_eq!(types(&format!("{disk}1")), "vfat");
    assert_eq!(types(&format!("{disk}2")), "crypto_LUKS");
    let claimed =
        shell(&format!("mdadm --examine {disk} {disk}1 {disk}2 2>&1 | grep -c 'Magic : a92b4efc' || :"));
    assert_eq!(claimed, "0", "no array has it");
    let volumes = shell(&format!("pvs --noheadings --devices {disk},{disk}1,{disk}2 2>/dev/null || :"));
    assert_eq!(volumes, "", "no volume group has it");
    nothing_is_left("after it was cancelled");
}

/// Makes the partitions and what is in them, and stops before they are mounted.
async fn make_volumes(serial: &str) {
    let mut installation = installation(serial).await;
    let cancel = Cancel::new();
    let stop = cancel.clone();
    let mut until_mounted = Seen::default().and(move |update| {
        if started(update, StepId::MountTarget) {
            stop.cancel();
        }
    });
    let failure = installation.run(&cancel, &mut until_mounted).await.expect_err("it is cancelled");
    assert_eq!(failure.code, Failure::CANCELLED, "{failure:?}");
}

/// Where the four labels of a ZFS member lie on a disk: two at its beginning, two at its end.
const ZFS_LABELS: &str = "size -= size % (256 << 10)
labels = [0, 256 << 10, size - (512 << 10), size - (256 << 10)]";

#[test]
#[ignore = "needs a lab guest"]
fn a_zfs_pool_is_named_before_it_goes_and_does_not_come_back_to_life() {
    let disk = shell("read -r _ disk _ < <(lab-disk list | grep -w LEFT0E); echo $disk");
    let planted = format!(
        r#"python3 - {disk} $(blockdev --getsize64 {disk}) <<'P'
import struct, sys
disk, size = open(sys.argv[1], "r+b", buffering=0), int(sys.argv[2])
{ZFS_LABELS}
def pair(name, kind, value):
    name = name.encode()
    body = struct.pack(">I", len(name)) + name.ljust(-(-len(name) // 4) * 4, b"\0") + struct.pack(">II", kind, 1) + value
    return struct.pack(">II", len(body) + 8, len(body) + 8) + body
number = lambda name, value: pair(name, 8, struct.pack(">Q", value))
text = lambda name, value: pair(name, 9, struct.pack(">I", len(value)) + value.ljust(-(-len(value) // 4) * 4, b"\0"))
# A list of names and values in XDR, and below it uberblocks of one KiB each.
list = (b"\1\1\0\0" + struct.pack(">II", 0, 1) + number("version", 5000) + text("name", b"tank") + number("state", 0)
        + number("txg", 4) + number("pool_guid", 0x1234567890) + number("guid", 0x9876543210) + bytes(8))
block = struct.pack("<QQQQQ", 0x00BAB10C, 5000, 4, 0x1234567890, 1700000000).ljust(1024, b"\0")
for label in labels:
    disk.seek(label + (16 << 10)); disk.write(list.ljust(4096, b"\0"))
    disk.seek(label + (128 << 10)); disk.write(block * 32)
disk.flush()
P
        sync; echo change > /sys/class/block/{}/uevent; udevadm settle"#,
        disk.trim_start_matches("/dev/")
    );
    let _planted = shell(&planted);
    assert_eq!(shell(&format!("blkid -p -o value -s TYPE {disk}")), "zfs_member");
    wait(async {
        let disks = disks().await;
        let lost = losses(find_disk(&disks, "LEFT0E").expect("the guest has the disk"));
        let what: Vec<&str> = lost.iter().map(|loss| loss.what.as_str()).collect();
        assert_eq!(what, ["part of a ZFS pool “tank”"]);

        make_volumes("LEFT0E").await;
    });
    // ZFS reads the lists first: without one there is no pool.
    let lists = format!(
        r#"python3 - {disk} $(blockdev --getsize64 {disk}) <<'P'
import sys
disk, size = open(sys.argv[1], "rb"), int(sys.argv[2])
{ZFS_LABELS}
def begins(label):
    disk.seek(label + (16 << 10))
    return disk.read(4)
print(sum(begins(label) == b"\1\1\0\0" for label in labels))
P"#
    );
    assert_eq!(shell(&lists), "0", "no label is left");
    for part in ["", "1", "2"] {
        let types = shell(&format!("wipefs --noheadings --output TYPE {disk}{part} | sort -u | xargs"));
        assert!(!types.contains("zfs"), "{disk}{part}: {types}");
    }
    nothing_is_left("after it was cancelled");
    // Another test has the disk too: there can be no more than sixteen.
    let _blank =
        shell(&format!("wipefs --quiet --all {disk}?* {disk}; blockdev --rereadpt {disk}; udevadm settle"));
}
