//! The scripts of the generated `rollback.nix`, run for real on a Btrfs filesystem.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that can’t go on fails")]

#[path = "rollback/disk.rs"]
mod disk;
#[path = "rollback/scripts.rs"]
mod scripts;
#[path = "rollback/writes.rs"]
mod writes;

use std::process::ExitCode;

use disk::{Disk, State, Trouble, missing};
use libtest_mimic::{Arguments, Trial};
use scripts::{cleanup, rollback, rollback_home};
use snowmelt::pure::answers::OldRoots;

/// Old files, subvolumes nested three deep, and names that a careless script would cut.
const USED_ROOT: &str = "\
mkdir -p root/etc root/var/lib
echo old > root/etc/file
btrfs subvolume create root/var/lib/machines
btrfs subvolume create 'root/var/lib/machines/a b'
btrfs subvolume create 'root/var/lib/machines/a b/ c'
echo nested > 'root/var/lib/machines/a b/ c/file'
btrfs subvolume snapshot -r 'root/var/lib/machines/a b/ c' $'root/new\\nline'
";

/// Old roots, of which two are to be deleted, one of them with subvolumes in it.
const OLD_ROOTS: &str = "\
mkdir -p old-roots
for age in 40 30 1; do btrfs subvolume snapshot root-blank \"old-roots/$age days\"; done
btrfs subvolume create 'old-roots/40 days/nested'
for age in 40 30 1; do touch -d \"-$age days\" \"old-roots/$age days\"; done
";

/// Into how many tests the longest ones are divided.
const SHARES: usize = 4;

fn main() -> ExitCode {
    let tests: [(&str, fn()); 24] = [
        ("the_root_is_rolled_back_at_every_boot", the_root_is_rolled_back_at_every_boot),
        (
            "what_the_blank_snapshot_holds_is_on_the_new_root",
            what_the_blank_snapshot_holds_is_on_the_new_root,
        ),
        ("every_boot_of_a_clock_that_stands_still_keeps_its_old_root", clock_that_stands_still),
        ("the_power_may_go_before_any_command_twice_1", || power_cuts(0)),
        ("the_power_may_go_before_any_command_twice_2", || power_cuts(1)),
        ("the_power_may_go_before_any_command_twice_3", || power_cuts(2)),
        ("the_power_may_go_before_any_command_twice_4", || power_cuts(3)),
        ("the_power_may_go_at_every_write_of_a_rollback", || cuts_at_writes("", &rollback())),
        ("the_power_may_go_at_every_write_of_a_rollback_of_home", home_cuts_at_writes),
        ("the_power_may_go_at_a_write_and_at_one_of_the_next_boot_1", || two_cuts_at_writes(0)),
        ("the_power_may_go_at_a_write_and_at_one_of_the_next_boot_2", || two_cuts_at_writes(1)),
        ("the_power_may_go_at_a_write_and_at_one_of_the_next_boot_3", || two_cuts_at_writes(2)),
        ("the_power_may_go_at_every_write_while_old_roots_are_deleted", || {
            cuts_at_writes(OLD_ROOTS, &cleanup(OldRoots::Days(14)));
        }),
        ("any_command_may_fail_1", || failures(0)),
        ("any_command_may_fail_2", || failures(1)),
        ("any_command_may_fail_3", || failures(2)),
        ("any_command_may_fail_4", || failures(3)),
        ("without_a_blank_snapshot_the_present_root_stays", no_blank_snapshot),
        ("without_any_root_there_is_an_empty_one", no_root_at_all),
        ("the_work_does_not_grow_with_the_root", the_work_does_not_grow_with_the_root),
        ("old_roots_are_deleted_after_14_days_but_the_latest", old_roots_are_deleted),
        ("old_roots_are_kept_by_their_number", old_roots_by_number),
        ("old_roots_of_twenty_boots_of_a_moving_clock", twenty_boots),
        ("home_is_rolled_back_by_itself", home_is_rolled_back),
    ];
    let missing = missing();
    if let Some(reason) = &missing {
        eprintln!("rollback: skipped: {reason}");
    }
    let trials = tests
        .into_iter()
        .map(|(name, test)| {
            Trial::test(name, move || {
                test();
                Ok(())
            })
            .with_ignored_flag(missing.is_some())
        })
        .collect();
    let mut arguments = Arguments::from_args();
    // They wait for mounts more than they compute.
    arguments.test_threads = arguments.test_threads.or(Some(6));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Fills the root with what a careless script would stumble over, and this mark.
fn use_root(disk: &Disk, mark: &str) -> State {
    let _ = disk.inside(&format!("{USED_ROOT}\necho '{mark}' > root/etc/file"));
    disk.state(mark)
}

/// Boots once, and checks all that must hold after any boot that went well. `before` is the disk
/// as it was when its root with this mark was in use.
fn boot(disk: &Disk, mark: &str, before: &State) {
    let run = disk.run(&rollback(), Trouble::None);
    assert!(run.succeeded, "{}", run.errors);
    is_rolled_back(&disk.state(mark), before);
}

fn is_rolled_back(now: &State, before: &State) {
    assert_eq!(now.root, now.blank, "the root equals the blank snapshot");
    assert_eq!(now.kept, before.kept, "nothing else has changed");
    assert_eq!(now.left_over, "", "nothing is left over");
    assert_eq!(now.marked_old_roots, [before.root.as_str()], "the old root is kept whole, and once");
}

fn the_root_is_rolled_back_at_every_boot() {
    let disk = Disk::installed();
    assert!(disk.run(&rollback(), Trouble::None).succeeded, "the first boot");
    for mark in ["first", "second"] {
        let before = use_root(&disk, mark);
        assert_ne!(before.root, before.blank);
        boot(&disk, mark, &before);
    }
    assert_eq!(disk.old_roots().len(), 3);
    let nested = disk.inside("cat old-roots/*/var/lib/machines/'a b'/' c'/file");
    assert_eq!(nested, "nested\nnested\n");
    // The new root can be written to, though its source can't.
    let _ = disk.inside("touch root/file");
}

fn what_the_blank_snapshot_holds_is_on_the_new_root() {
    let disk = Disk::installed();
    let _ = disk.inside(
        "btrfs subvolume delete root-blank; mkdir root/etc; echo x > root/etc/x
        btrfs subvolume snapshot -r root root-blank; rm -r root/etc",
    );
    let before = use_root(&disk, "used");
    boot(&disk, "used", &before);
    assert_eq!(disk.inside("cat root/etc/x"), "x\n");
}

fn clock_that_stands_still() {
    let disk = Disk::installed();
    let frozen =
        rollback().replace("$(date +%Y-%m-%d_%H-%M-%S)", "$(date --date=@0 --utc +%Y-%m-%d_%H-%M-%S)");
    assert_ne!(frozen, rollback(), "the script asks for the date");
    for boot in 0..3 {
        let _ = disk.inside(&format!("echo {boot} > root/boot"));
        assert!(disk.run(&frozen, Trouble::None).succeeded);
    }
    assert_eq!(disk.inside("sort old-roots/*/boot"), "0\n1\n2\n");
    assert_eq!(disk.old_roots(), ["1970-01-01_00-00-00.1", "1970-01-01_00-00-00.2", "1970-01-01_00-00-00.3"]);
}

fn power_cuts(share: usize) {
    let disk = Disk::installed();
    let commands = number_of_commands(&disk);
    for first in (1 + share..=commands).step_by(SHARES) {
        // The second cut comes at the boot that repairs what the first one left. A third of the
        // pairs, spread over all, has every state that the script can leave.
        for second in (1 + first % 3..=commands).step_by(3) {
            let mark = format!("cuts {first} and {second}");
            let before = use_root(&disk, &mark);
            let run = disk.run(&rollback(), Trouble::PowerCut(first));
            assert!(run.was_cut, "the first of {mark} came");
            let _ = disk.run(&rollback(), Trouble::PowerCut(second));
            assert_eq!(disk.state(&mark).kept, before.kept, "{mark}");
            boot(&disk, &mark, &before);
        }
    }
}

/// The power goes after each of a script's writes, and each time the next boot comes up.
fn cuts_at_writes(before: &str, script: &str) {
    const MARK: &str = "writes";
    let directory = disk::directory();
    let image = directory.path().join("image");
    let mut disk = Disk::installed();
    let _ = disk.inside(before);
    let before = use_root(&disk, MARK);
    disk.save(&image);
    let (run, writes) = writes::recorded(&mut disk, script);
    assert!(run.succeeded, "{}", run.errors);
    let after = disk.old_roots();
    drop(disk);
    assert!(writes.len() > 10, "only {} writes", writes.len());
    for (number, write) in writes.iter().enumerate() {
        write.repeat(&image);
        let disk = Disk::copy_of(&image);
        // What Btrfs has not committed is as if it had never been done.
        assert_eq!(disk.state(MARK).kept, before.kept, "after write {number} of {}", writes.len());
        boot(&disk, MARK, &before);
        // The script does the rest of what it was doing.
        let run = disk.run(script, Trouble::None);
        assert!(run.succeeded, "after write {number}: {}", run.errors);
        assert_eq!(disk.state(MARK).kept, before.kept, "after write {number}, in the end");
    }
    let disk = Disk::copy_of(&image);
    assert_eq!(disk.old_roots(), after, "all that was written was repeated");
}

/// The power goes after a write of a rollback, and again after one of the boot that follows: of the
/// first ones every other, of the second ones a sixth, another sixth each time.
fn two_cuts_at_writes(share: usize) {
    const MARK: &str = "two cuts";
    let directory = disk::directory();
    let (first, second) = (directory.path().join("first"), directory.path().join("second"));
    let mut disk = Disk::installed();
    let before = use_root(&disk, MARK);
    disk.save(&first);
    let (run, writes) = writes::recorded(&mut disk, &rollback());
    assert!(run.succeeded, "{}", run.errors);
    drop(disk);
    let mut pairs = 0;
    for (number, write) in writes.iter().enumerate() {
        write.repeat(&first);
        if number % 6 != 2 * share {
            continue;
        }
        let mut disk = Disk::copy_of(&first);
        let (run, repairing) = writes::recorded(&mut disk, &rollback());
        assert!(run.succeeded, "{}", run.errors);
        drop(disk);
        disk::copy(&first, &second);
        for (after, write) in repairing.iter().enumerate() {
            write.repeat(&second);
            if after % 6 == (number / 2) % 6 {
                let disk = Disk::copy_of(&second);
                let mark = format!("after write {number} and write {after}");
                assert_eq!(disk.state(MARK).kept, before.kept, "{mark}");
                boot(&disk, MARK, &before);
                pairs += 1;
            }
        }
    }
    assert!(pairs > 10, "only {pairs} pairs");
}

/// What a rollback of `/home` must not touch.
const BESIDE_HOME: &str = "\
find root nix persist log -mindepth 1 -printf '%p %y %m %i %T@\\n' | sort
find root nix persist log -type f -exec sha256sum {} + | sort";
/// What it makes of the home.
const HOMES: &str = "\
ls -A home
for old in old-homes/*; do
  if [ -e \"$old/ada/mark\" ]; then find \"$old\" -mindepth 1 -printf '%P %y %m\\n' | sort; cat \"$old/ada/mark\"; fi
done
for each in *; do
  case $each in home|nix|persist|log|root|root-blank|home-blank|old-homes) ;; *) echo \"left over: $each\" ;; esac
done";

fn home_cuts_at_writes() {
    let directory = disk::directory();
    let image = directory.path().join("image");
    let mut disk = Disk::installed();
    let _ = disk.inside(
        "btrfs subvolume delete 'home/a subvolume'; btrfs subvolume delete home; btrfs subvolume create home
        btrfs subvolume snapshot -r home home-blank; mkdir home/ada; echo used > home/ada/mark
        btrfs subvolume create home/ada/nested; touch home/ada/nested/{1..50}; echo y > root/y",
    );
    let beside = disk.inside(BESIDE_HOME);
    disk.save(&image);
    let (run, writes) = writes::recorded(&mut disk, &rollback_home());
    assert!(run.succeeded, "{}", run.errors);
    let homes = disk.inside(HOMES);
    assert!(homes.ends_with("used\n") && homes.contains("ada/nested/50"), "{homes}");
    drop(disk);
    assert!(writes.len() > 10, "only {} writes", writes.len());
    for (number, write) in writes.iter().enumerate() {
        write.repeat(&image);
        let disk = Disk::copy_of(&image);
        let run = disk.run(&rollback_home(), Trouble::None);
        assert!(run.succeeded, "after write {number}: {}", run.errors);
        assert_eq!(disk.inside(HOMES), homes, "after write {number} of {}", writes.len());
        assert_eq!(disk.inside(BESIDE_HOME), beside, "after write {number}");
    }
}

fn failures(share: usize) {
    let disk = Disk::installed();
    let numbers = (1 + share..=number_of_commands(&disk)).step_by(SHARES);
    // One command fails, or two one after the other.
    for (first, last) in numbers.flat_map(|first| [(first, first), (first, first + 1)]) {
        let mark = format!("failures {first} to {last}");
        let before = use_root(&disk, &mark);
        let run = disk.run(&rollback(), Trouble::Failure(first, last));
        let now = disk.state(&mark);
        assert!(run.errors.contains("made to fail"), "{mark} came");
        assert_eq!(now.kept, before.kept, "{mark}");
        let was_rolled_back = now.root == now.blank;
        if was_rolled_back {
            is_rolled_back(&now, &before);
        } else {
            assert_eq!(now.root, before.root, "{mark} leave the root as it was");
            assert!(!run.succeeded, "{mark} are told");
        }
        let can_tell = run.commands > 2;
        assert_eq!(
            run.errors.contains("THE ROOT WAS NOT ROLLED BACK"),
            !was_rolled_back && can_tell,
            "{mark}: what is said is true once the filesystem is mounted: {}",
            run.errors
        );
        if !was_rolled_back {
            boot(&disk, &mark, &before);
        }
    }
}

fn no_blank_snapshot() {
    let disk = Disk::installed();
    let _ = disk.inside("btrfs subvolume delete root-blank");
    let before = use_root(&disk, "used");
    let id = disk.inside("btrfs inspect-internal rootid root");
    let run = disk.run(&rollback(), Trouble::None);
    assert!(!run.succeeded);
    assert!(run.errors.contains("<3>rollback: The blank snapshot root-blank is missing."), "{}", run.errors);
    assert!(run.errors.contains("<3>rollback: THE ROOT WAS NOT ROLLED BACK."), "{}", run.errors);
    let now = disk.state("used");
    assert_eq!((now.root, now.kept, now.left_over), (before.root, before.kept, String::new()));
    assert_eq!(disk.inside("btrfs inspect-internal rootid root"), id);
    assert_eq!(disk.old_roots(), [""; 0]);
}

fn no_root_at_all() {
    let disk = Disk::installed();
    let _ = disk.inside("btrfs subvolume delete root-blank root");
    let run = disk.run(&rollback(), Trouble::None);
    assert!(!run.succeeded);
    assert!(run.errors.contains("<3>rollback: There is no root left."), "{}", run.errors);
    assert_eq!(disk.state("none").root, "");
    let _ = disk.inside("btrfs subvolume show root");
}

fn the_work_does_not_grow_with_the_root() {
    let disk = Disk::installed();
    let empty = disk.run(&rollback(), Trouble::None);
    let _ = disk.inside(
        "for a in {1..5}; do btrfs subvolume create root/$a; for b in {1..5}; do btrfs subvolume create root/$a/$b
        for c in {1..5}; do btrfs subvolume create root/$a/$b/$c; touch root/$a/$b/$c/{1..20}; done; done; done",
    );
    let full = disk.run(&rollback(), Trouble::None);
    assert!(full.succeeded, "{}", full.errors);
    assert_eq!(full.commands, empty.commands);
}

fn old_roots_are_deleted() {
    let disk = Disk::installed();
    for name in ["ancient", "older", "young", "future"] {
        let _ = disk.inside(USED_ROOT);
        let _ = disk.inside(&format!(
            "mkdir -p old-roots; mv root 'old-roots/{name} one'; btrfs subvolume snapshot root-blank root"
        ));
    }
    let _ = disk.inside(
        "cd old-roots
        touch -d '-4 years' 'ancient one'; touch -d '-15 days' 'older one'
        touch -d '-13 days' 'young one'; touch -d '+9 years' 'future one'
        # Read-only, so that what is nested in it can't be deleted without more ado.
        btrfs property set 'ancient one' ro true
        ln -s ../home link; mkdir directory; touch -d '+20 years' directory; echo x > file",
    );
    let kept = disk.state("none").kept;
    let run = disk.run(&cleanup(OldRoots::Days(14)), Trouble::None);
    assert!(run.succeeded, "{}", run.errors);
    assert_eq!(disk.old_roots(), ["directory", "file", "future one", "link", "young one"]);
    assert_eq!(disk.state("none").kept, kept);
    assert_eq!(disk.inside("btrfs subvolume list . | grep -c ancient || true"), "0\n");

    // The latest one stays, however old it is.
    let _ = disk.inside("cd old-roots; touch -d '-2 years' 'future one'; touch -d '-1 year' 'young one'");
    let run = disk.run(&cleanup(OldRoots::Days(14)), Trouble::None);
    assert!(run.succeeded, "{}", run.errors);
    assert_eq!(disk.old_roots(), ["directory", "file", "link", "young one"]);
    let run = disk.run(&cleanup(OldRoots::Days(14)), Trouble::None);
    assert!(run.succeeded, "{}", run.errors);
    assert_eq!(disk.old_roots(), ["directory", "file", "link", "young one"]);
}

fn old_roots_by_number() {
    let disk = Disk::installed();
    for number in 0..6 {
        let _ = disk.inside(&format!(
            "mkdir -p old-roots old-homes; for all in roots homes; do
            btrfs subvolume snapshot root-blank \"old-$all/number {number}\"
            touch -d '-{number} hours' \"old-$all/number {number}\"; done"
        ));
    }
    let run = disk.run(&cleanup(OldRoots::Count(2)), Trouble::None);
    assert!(run.succeeded, "{}", run.errors);
    assert_eq!(disk.old_roots(), ["number 0", "number 1"]);
    assert_eq!(disk.inside("ls -A old-homes"), "number 0\nnumber 1\n");
    let run = disk.run(&cleanup(OldRoots::Count(1)), Trouble::None);
    assert!(run.succeeded, "{}", run.errors);
    assert_eq!(disk.old_roots(), ["number 0"]);
}

/// The script as it would run at this moment, in seconds since 1970.
fn at(script: &str, moment: u64) -> String {
    script
        .replace("$(date +", &format!("$(date --date=@{moment} +"))
        .replace("touch --no-create", &format!("touch --date=@{moment} --no-create"))
}

fn twenty_boots() {
    const DAY: u64 = 24 * 60 * 60;
    let disk = Disk::installed();
    let now: u64 = disk.inside("date +%s").trim().parse().expect("a number");
    let tidy = cleanup(OldRoots::Days(14));
    let boot = |number: u64, moment: u64| {
        let _ = disk.inside(&format!("echo {number} > root/boot"));
        let run = disk.run(&at(&rollback(), moment), Trouble::None);
        assert!(run.succeeded, "{}", run.errors);
        let run = disk.run(&at(&tidy, moment), Trouble::None);
        assert!(run.succeeded, "{}", run.errors);
        disk.inside("sort -n old-roots/*/boot").lines().map(|line| line.parse().expect("a number")).collect()
    };
    // Once a day: those of two weeks stay, and today's.
    for number in 0..18 {
        let left: Vec<u64> = boot(number, now + (number + 1) * DAY);
        let expected: Vec<u64> = (number.saturating_sub(14)..=number).collect();
        assert_eq!(left, expected, "boot {number}");
    }
    // After a long journey the latest one is old, and stays.
    let left: Vec<u64> = boot(18, now + 200 * DAY);
    assert_eq!(left, [18]);
    // A clock that has lost the time deletes nothing.
    let left: Vec<u64> = boot(19, now);
    assert_eq!(left, [18, 19]);
    let kept = disk.state("none").kept;
    assert!(kept.contains("home/kept"), "{kept}");
}

fn home_is_rolled_back() {
    let disk = Disk::installed();
    let _ = disk.inside(
        "btrfs subvolume delete 'home/a subvolume'; btrfs subvolume delete home; btrfs subvolume create home
        btrfs subvolume snapshot -r home home-blank; mkdir home/ada; echo x > home/ada/x; echo y > root/y",
    );
    let run = disk.run(&rollback_home(), Trouble::None);
    assert!(run.succeeded, "{}", run.errors);
    assert_eq!(disk.inside("ls -A home; cat old-homes/*/ada/x root/y"), "x\ny\n");
    assert_eq!(disk.old_roots(), [""; 0]);
    // Without its blank snapshot it stays, and is told of by its own name.
    let _ = disk.inside("btrfs subvolume delete home-blank; echo z > home/z");
    let run = disk.run(&rollback_home(), Trouble::None);
    assert!(!run.succeeded);
    assert!(run.errors.contains("The blank snapshot home-blank is missing."), "{}", run.errors);
    assert!(run.errors.contains("THE HOME WAS NOT ROLLED BACK."), "{}", run.errors);
    assert_eq!(disk.inside("cat home/z"), "z\n");
}

fn number_of_commands(disk: &Disk) -> usize {
    let run = disk.run(&rollback(), Trouble::None);
    assert!(run.succeeded, "{}", run.errors);
    run.commands
}
