//! The scripts of the generated `rollback.nix`, run for real on a Btrfs filesystem.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that can’t go on fails")]

#[path = "rollback/disk.rs"]
mod disk;
#[path = "rollback/scripts.rs"]
mod scripts;

use std::process::ExitCode;

use disk::{Disk, Trouble, missing};
use libtest_mimic::{Arguments, Trial};
use scripts::{cleanup, rollback};

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

/// Into how many tests the longest ones are divided.
const SHARES: usize = 4;

fn main() -> ExitCode {
    let tests: [(&str, fn()); 16] = [
        ("an_empty_root_is_rolled_back", an_empty_root_is_rolled_back),
        ("a_used_root_is_moved_aside_whole", a_used_root_is_moved_aside_whole),
        (
            "what_the_blank_snapshot_holds_is_on_the_new_root",
            what_the_blank_snapshot_holds_is_on_the_new_root,
        ),
        ("every_boot_of_a_clock_that_stands_still_keeps_its_old_root", clock_that_stands_still),
        ("the_power_may_go_before_any_command_twice_1", || power_cuts(0)),
        ("the_power_may_go_before_any_command_twice_2", || power_cuts(1)),
        ("the_power_may_go_before_any_command_twice_3", || power_cuts(2)),
        ("the_power_may_go_before_any_command_twice_4", || power_cuts(3)),
        ("any_command_may_fail_1", || failures(0)),
        ("any_command_may_fail_2", || failures(1)),
        ("any_command_may_fail_3", || failures(2)),
        ("any_command_may_fail_4", || failures(3)),
        ("without_a_blank_snapshot_the_present_root_stays", no_blank_snapshot),
        ("without_any_root_there_is_an_empty_one", no_root_at_all),
        ("the_work_does_not_grow_with_the_root", the_work_does_not_grow_with_the_root),
        ("old_roots_are_deleted_after_14_days_but_the_latest", old_roots_are_deleted),
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

/// Boots once, and checks all that must hold after any boot that went well.
fn boot(disk: &Disk) {
    let kept = disk.kept();
    let run = disk.run(&rollback(), Trouble::None);
    assert!(run.succeeded, "{}", run.errors);
    assert_eq!(disk.listing("root"), disk.listing("root-blank"), "the root equals the blank snapshot");
    assert_eq!(disk.kept(), kept, "nothing else has changed");
    assert_eq!(disk.inside("ls -d root-new 2>/dev/null || true"), "", "nothing is left over");
}

fn an_empty_root_is_rolled_back() {
    let disk = Disk::installed();
    boot(&disk);
    boot(&disk);
    assert_eq!(disk.old_roots().len(), 2);
}

fn a_used_root_is_moved_aside_whole() {
    let disk = Disk::installed();
    let _ = disk.inside(USED_ROOT);
    let before = disk.listing("root");
    boot(&disk);
    let [old] = <[String; 1]>::try_from(disk.old_roots()).expect("one old root");
    assert_eq!(disk.listing(&format!("'old-roots/{old}'")), before);
    let nested = disk.inside(&format!("cat 'old-roots/{old}/var/lib/machines/a b/ c/file'"));
    assert_eq!(nested, "nested\n");
    // The new root can be written to, though its source can't.
    let _ = disk.inside("touch root/file");
}

fn what_the_blank_snapshot_holds_is_on_the_new_root() {
    let disk = Disk::installed();
    let _ = disk.inside(
        "btrfs subvolume delete root-blank; mkdir root/etc; echo x > root/etc/x
        btrfs subvolume snapshot -r root root-blank; rm -r root/etc",
    );
    boot(&disk);
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
    let commands = number_of_commands();
    for first in (1 + share..=commands).step_by(SHARES) {
        let disk = Disk::installed();
        // The second cut comes at the boot that repairs what the first one left. A third of the
        // pairs, spread over all, has every state that the script can leave.
        for second in (1 + first % 3..=commands).step_by(3) {
            let _ = disk.inside(&format!("{USED_ROOT}\necho {second} > root/etc/file"));
            let (before, kept) = (disk.listing("root"), disk.kept());
            let run = disk.run(&rollback(), Trouble::PowerCut(first));
            assert!(run.was_cut, "cut {first} came");
            let _ = disk.run(&rollback(), Trouble::PowerCut(second));
            assert_eq!(disk.kept(), kept, "cuts {first} and {second}");
            boot(&disk);
            let old = disk.inside(&format!("grep -lsx {second} old-roots/*/etc/file || true"));
            let [old] = <[&str; 1]>::try_from(old.lines().collect::<Vec<_>>()).expect("it is kept, once");
            let old = old.strip_suffix("/etc/file").expect("a file of the old root");
            assert_eq!(disk.listing(&format!("'{old}'")), before, "cuts {first} and {second}");
        }
    }
}

fn failures(share: usize) {
    let numbers = (1 + share..=number_of_commands()).step_by(SHARES);
    // One command fails, or two one after the other.
    for (first, last) in numbers.flat_map(|first| [(first, first), (first, first + 1)]) {
        let disk = Disk::installed();
        let _ = disk.inside(USED_ROOT);
        let (before, kept) = (disk.listing("root"), disk.kept());
        let run = disk.run(&rollback(), Trouble::Failure(first, last));
        assert!(run.errors.contains("made to fail"), "failure {first} came");
        assert_eq!(disk.kept(), kept, "failures {first} to {last}");
        let is_rolled_back = disk.listing("root") == disk.listing("root-blank");
        if is_rolled_back {
            let old = disk.old_roots().pop().expect("an old root");
            assert_eq!(disk.listing(&format!("'old-roots/{old}'")), before, "failures {first} to {last}");
        } else {
            assert_eq!(disk.listing("root"), before, "failures {first} to {last} leave the root as it was");
            assert!(!run.succeeded, "failures {first} to {last} are told");
        }
        assert_eq!(
            run.errors.contains("THE ROOT WAS NOT ROLLED BACK"),
            !is_rolled_back && run.commands > 2,
            "failures {first} to {last}: what is said is true once there is something mounted: {}",
            run.errors
        );
        boot(&disk);
    }
}

fn no_blank_snapshot() {
    let disk = Disk::installed();
    let _ = disk.inside(USED_ROOT);
    let _ = disk.inside("btrfs subvolume delete root-blank");
    let before = disk.inside("find root -printf '%p %y %m %i %T@\\n' | sort");
    let run = disk.run(&rollback(), Trouble::None);
    assert!(!run.succeeded);
    assert!(run.errors.contains("<3>rollback: The blank snapshot root-blank is missing."), "{}", run.errors);
    assert!(run.errors.contains("<3>rollback: THE ROOT WAS NOT ROLLED BACK."), "{}", run.errors);
    assert_eq!(disk.inside("find root -printf '%p %y %m %i %T@\\n' | sort"), before);
    assert_eq!(disk.old_roots(), [""; 0]);
}

fn no_root_at_all() {
    let disk = Disk::installed();
    let _ = disk.inside("btrfs subvolume delete root-blank root");
    let run = disk.run(&rollback(), Trouble::None);
    assert!(!run.succeeded);
    assert!(run.errors.contains("<3>rollback: There is no root left."), "{}", run.errors);
    assert_eq!(disk.listing("root"), "");
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
    let kept = disk.kept();
    let run = disk.run(&cleanup(), Trouble::None);
    assert!(run.succeeded, "{}", run.errors);
    assert_eq!(disk.old_roots(), ["directory", "file", "future one", "link", "young one"]);
    assert_eq!(disk.kept(), kept);
    assert_eq!(disk.inside("btrfs subvolume list . | grep -c ancient || true"), "0\n");

    // The latest one stays, however old it is.
    let _ = disk.inside("cd old-roots; touch -d '-2 years' 'future one'; touch -d '-1 year' 'young one'");
    let run = disk.run(&cleanup(), Trouble::None);
    assert!(run.succeeded, "{}", run.errors);
    assert_eq!(disk.old_roots(), ["directory", "file", "link", "young one"]);
    let run = disk.run(&cleanup(), Trouble::None);
    assert!(run.succeeded, "{}", run.errors);
    assert_eq!(disk.old_roots(), ["directory", "file", "link", "young one"]);
}

fn number_of_commands() -> usize {
    let disk = Disk::installed();
    let _ = disk.inside(USED_ROOT);
    let run = disk.run(&rollback(), Trouble::None);
    assert!(run.succeeded, "{}", run.errors);
    run.commands
}
