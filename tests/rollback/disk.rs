//! A disk for one test: a Btrfs filesystem on a loop device, with the subvolumes of an
//! installation, gone when the test is through.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The commands that the scripts call. Each call is counted, and one can be made to go wrong.
const COMMANDS: [&str; 10] =
    ["btrfs", "date", "find", "mkdir", "mount", "mv", "rmdir", "stat", "touch", "umount"];

/// The name of the file behind the disk.
const IMAGE: &str = "image";

/// What happens to one command of a run.
#[derive(Clone, Copy)]
pub(crate) enum Trouble {
    None,
    /// The power goes before the command with this number, counted from 1.
    PowerCut(usize),
    /// The commands from the first to the last of these numbers do nothing and fail.
    Failure(usize, usize),
}

/// How a run of a script ended.
pub(crate) struct Run {
    pub(crate) succeeded: bool,
    /// Whether the power went.
    pub(crate) was_cut: bool,
    /// How many commands were called.
    pub(crate) commands: usize,
    pub(crate) errors: String,
}

/// What is on a disk.
pub(crate) struct State {
    /// What must never change, byte for byte, with the subvolumes' ids.
    pub(crate) kept: String,
    /// Names, kinds and permissions of what is on the root.
    pub(crate) root: String,
    /// The same for the blank snapshot.
    pub(crate) blank: String,
    /// What else is at the top level.
    pub(crate) left_over: String,
    /// The same as `root` for each old root that has the mark.
    pub(crate) marked_old_roots: Vec<String>,
}

pub(crate) struct Disk {
    directory: TempDir,
    device: String,
}

impl Disk {
    /// A disk as it is after the installation: the root is empty, the others are not.
    pub(crate) fn installed() -> Self {
        let directory = directory();
        let image = directory.path().join(IMAGE);
        fs::File::create(&image).and_then(|file| file.set_len(256 << 20)).expect("an image");
        let _ = must(Command::new("mkfs.btrfs").arg("--quiet").arg(&image));
        let disk = Self::attached(directory);
        let _ = disk.inside(
            "for each in root home nix persist log; do btrfs subvolume create $each; done
            btrfs subvolume snapshot -r root root-blank
            for each in home nix persist log; do echo $each > $each/kept; done
            btrfs subvolume create 'home/a subvolume'
            echo deep > 'home/a subvolume/kept'",
        );
        disk
    }

    /// A disk with what is in this image. Two of one filesystem must not be there at once: Btrfs
    /// takes them for one.
    pub(crate) fn copy_of(image: &Path) -> Self {
        let directory = directory();
        copy(image, &directory.path().join(IMAGE));
        Self::attached(directory)
    }

    fn attached(directory: TempDir) -> Self {
        let image = directory.path().join(IMAGE);
        let device = must(Command::new("losetup").args(["--find", "--show"]).arg(&image)).trim().to_owned();
        let disk = Self { directory, device };
        fs::create_dir(disk.path("top")).expect("a mount point");
        fs::create_dir(disk.path("bin")).expect("a directory");
        for command in COMMANDS {
            let wrapper = disk.path("bin").join(command);
            fs::write(&wrapper, include_str!("wrapper.sh")).expect("a wrapper");
            fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).expect("its permissions");
        }
        disk
    }

    /// Copies what is on the disk into a file.
    pub(crate) fn save(&self, image: &Path) {
        copy(&self.path(IMAGE), image);
    }

    /// Runs a script of the generated configuration as [`Disk::run`] does, over another device that
    /// passes on to this disk what is done to it.
    pub(crate) fn run_over(&mut self, device: &str, script: &str) -> Run {
        let own = std::mem::replace(&mut self.device, device.to_owned());
        let run = self.run(script, Trouble::None);
        self.device = own;
        run
    }

    /// The device that the filesystem lies on.
    pub(crate) fn device(&self) -> &str {
        &self.device
    }

    /// Runs shell commands at the top level of the filesystem. Gives back what they print.
    pub(crate) fn inside(&self, script: &str) -> String {
        let prelude = "mount -t btrfs -o subvolid=5 \"$DEVICE\" \"$TOP\" && cd \"$TOP\"\n";
        let mut command = namespace();
        let _ = command
            .args(["bash", "-euo", "pipefail", "-c", &format!("{prelude}{script}")])
            .env("DEVICE", &self.device)
            .env("TOP", self.path("top"));
        must(&mut command)
    }

    /// Runs a script of the generated configuration, as systemd would on this disk.
    pub(crate) fn run(&self, script: &str, trouble: Trouble) -> Run {
        let own = script.strip_prefix("device=/dev/mapper/enc\n").expect("the device comes first");
        // NixOS runs every unit's script with `bash -e`.
        let text = format!("#!/bin/bash -e\ndevice={}\n{own}", self.device);
        fs::write(self.path("script"), text).expect("the script");
        fs::write(self.path("count"), "0").expect("the counter");
        let (stop, first, last) = match trouble {
            Trouble::None => (0, 0, 0),
            Trouble::PowerCut(number) => (number, 0, 0),
            Trouble::Failure(first, last) => (0, first, last),
        };
        let path = std::env::var("PATH").expect("a PATH");
        let mut command = namespace();
        let _ = command
            .args(["bash", "-euc", "mount -t tmpfs tmpfs /run; PATH=$BIN:$PATH exec bash -e \"$SCRIPT\""])
            .env("BIN", self.path("bin"))
            .env("SCRIPT", self.path("script"))
            .env("REAL_PATH", path)
            .env("COUNT", self.path("count"))
            .env("STOP_AT", stop.to_string())
            .env("FAIL_FROM", first.to_string())
            .env("FAIL_TO", last.to_string())
            // The power cut kills this group.
            .process_group(0);
        let output = command.output().expect("unshare starts");
        let commands = fs::read_to_string(self.path("count")).expect("the counter");
        Run {
            succeeded: output.status.success(),
            was_cut: output.status.signal() == Some(9),
            commands: commands.trim().parse().expect("a number"),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// What is on the disk. `mark` tells the old root that is asked for from the others: it is a
    /// line of its `/etc/file`.
    pub(crate) fn state(&self, mark: &str) -> State {
        let printed = self.inside(&format!(
            "names() {{ (cd \"$1\" && find . -mindepth 1 -printf '%P %y %m\\n' | sort); }}
            next() {{ printf '\\x1e'; }}
            find home nix persist log -mindepth 1 -printf '%p %y %m %i %T@\\n' | sort
            find home nix persist log -type f -exec sha256sum {{}} + | sort
            for each in home nix persist log; do btrfs inspect-internal rootid $each; done
            next; if [ -e root ]; then names root; else echo none; fi
            next; [ ! -e root-blank ] || names root-blank
            next; for each in *; do
              case $each in home|nix|persist|log|root|root-blank|old-roots) ;; *) echo \"$each\" ;; esac
            done
            next; for each in old-roots/*; do
              if grep -qsx '{mark}' \"$each/etc/file\"; then next; names \"$each\"; fi
            done",
        ));
        let mut parts = printed.split('\x1e').map(str::to_owned);
        let mut part = || parts.next().expect("a part for each question");
        let (kept, root, blank, left_over, _) = (part(), part(), part(), part(), part());
        State { kept, root, blank, left_over, marked_old_roots: parts.collect() }
    }

    /// The names of the old roots.
    pub(crate) fn old_roots(&self) -> Vec<String> {
        let names = self.inside("[ ! -e old-roots ] || ls -A old-roots");
        names.lines().map(str::to_owned).collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Else Btrfs takes a copy with an older generation for a stale one, and refuses it.
        let _ = Command::new("btrfs").args(["device", "scan", "--forget", &self.device]).output();
        let _ = Command::new("losetup").args(["--detach", &self.device]).status();
    }
}

/// In memory where that can be had: the many commits of these tests wait for no real disk.
pub(crate) fn directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let directory = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    directory.expect("a temporary directory")
}

pub(crate) fn copy(from: &Path, to: &Path) {
    let _ = must(Command::new("cp").arg("--sparse=always").args([from, to]));
}

/// Why these tests can't run here, if they can't.
pub(crate) fn missing() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("needs root, for loop devices and mounts".to_owned());
    }
    let filesystems = fs::read_to_string("/proc/filesystems").unwrap_or_default();
    if !filesystems.lines().any(|line| line.trim() == "btrfs") {
        return Some("needs a kernel with Btrfs".to_owned());
    }
    if !Path::new("/dev/loop-control").exists() {
        return Some("needs loop devices".to_owned());
    }
    ["mkfs.btrfs", "btrfs", "losetup", "unshare"].into_iter().find_map(|program| {
        let found = Command::new(program)
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        found.is_err().then(|| format!("needs the program {program}"))
    })
}

/// A command whose mounts nobody else sees, and which end with it.
fn namespace() -> Command {
    let mut command = Command::new("unshare");
    let _ = command.args(["--mount", "--propagation", "private", "--"]).stdin(Stdio::null());
    command
}

pub(crate) fn must(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().expect("the program is there");
    assert!(status.success(), "{command:?}: {status}\n{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).expect("text")
}
