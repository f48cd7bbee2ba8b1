//! The helper's part of the plan: what it runs as root, and where it writes.

use crate::pure::answers::{Answers, Pbkdf, PbkdfKind, RootKind};
use crate::pure::call::{Argument, Command};
use crate::pure::layout::{PERSIST, REHEARSAL, Replaced, SWAP_FILE, Subvolume, TARGET, mount_options};
use crate::pure::protocol::ConfigFileName;
use crate::pure::size::KIB;

/// Where the top level of the filesystem is mounted while subvolumes are made: the same place,
/// before the new root covers it.
pub const TOP_LEVEL: &str = TARGET;

/// The user with all rights.
pub const ROOT_USER: &str = "root";

/// Every file of the configuration that Snowmelt may write itself, in the order of writing.
pub const WRITTEN_FILES: [ConfigFileName; 5] = [
    ConfigFileName::Flake,
    ConfigFileName::Configuration,
    ConfigFileName::Disk,
    ConfigFileName::Rollback,
    ConfigFileName::Persistence,
];

/// Those of [`WRITTEN_FILES`] that these answers need: nothing is rolled back where the root is in
/// memory, and a channel stands in the place of a flake.
#[must_use]
pub fn written_files(answers: &Answers) -> Vec<ConfigFileName> {
    let needs = |name: &ConfigFileName| match name {
        ConfigFileName::Rollback => answers.root.kind != RootKind::Tmpfs,
        ConfigFileName::Flake => !answers.uses_channel(),
        _ => true,
    };
    WRITTEN_FILES.into_iter().filter(needs).collect()
}

/// Tells the disk that nothing on it is needed any more. As long as anything uses the disk it
/// refuses (blkdiscard(8), without `--force`).
#[must_use]
pub fn discard() -> Command {
    Command::new("blkdiscard", ["--verbose"]).with(Argument::Disk)
}

/// Makes trying a passphrase as costly as the answers say. It reads the passphrase from its standard
/// input (cryptsetup-luksConvertKey(8)).
#[must_use]
pub fn set_key_derivation(pbkdf: &Pbkdf) -> Command {
    let command = Command::new("cryptsetup", ["luksConvertKey", "--batch-mode"]);
    let options = key_derivation_options(pbkdf).into_iter().map(Argument::Text);
    options.fold(command, Command::with).with(Argument::EncryptedPartition)
}

/// cryptsetup's options for the cost of trying a passphrase.
#[must_use]
pub fn key_derivation_options(pbkdf: &Pbkdf) -> Vec<String> {
    let kind = match pbkdf.kind {
        PbkdfKind::Argon2id => "argon2id",
        PbkdfKind::Argon2i => "argon2i",
        PbkdfKind::Pbkdf2 => "pbkdf2",
    };
    let mut options = vec!["--pbkdf".to_owned(), kind.to_owned()];
    for (option, value) in [
        ("--pbkdf-memory", pbkdf.memory.map(|bytes| bytes / KIB)),
        ("--pbkdf-force-iterations", pbkdf.iterations.map(u64::from)),
        ("--pbkdf-parallel", pbkdf.threads.map(u64::from)),
        ("--iter-time", pbkdf.time.map(u64::from)),
    ] {
        if let Some(value) = value {
            options.extend([option.to_owned(), value.to_string()]);
        }
    }
    options
}

/// Makes the subvolumes at the top level.
#[must_use]
pub fn create_subvolumes(subvolumes: &[Subvolume]) -> Vec<Command> {
    let mut commands = vec![mount_top_level()];
    commands.extend(subvolumes.iter().map(|subvolume| {
        Command::new("btrfs", ["subvolume", "create", &format!("{TOP_LEVEL}/{}", subvolume.name)])
    }));
    commands.extend(leave_top_level());
    commands
}

/// Takes the blank snapshots.
#[must_use]
pub fn take_blank_snapshot(replaced: &[Replaced]) -> Vec<Command> {
    let mut commands = vec![mount_top_level()];
    commands.extend(replaced.iter().map(|each| {
        let (subvolume, blank) = (each.subvolume(), each.blank());
        Command::new(
            "btrfs",
            [
                "subvolume",
                "snapshot",
                "-r",
                &format!("{TOP_LEVEL}/{subvolume}"),
                &format!("{TOP_LEVEL}/{blank}"),
            ],
        )
    }));
    commands.extend(leave_top_level());
    commands
}

/// Mounts the new system. A root in memory is one during the installation too, which writes only a
/// few MiB outside of the subvolumes.
#[must_use]
pub fn mount_target(
    subvolumes: &[Subvolume],
    compression_level: Option<i8>,
    memory_root: Option<u64>,
) -> Vec<Command> {
    let in_memory = memory_root.map(|bytes| {
        let options = memory_root_options(bytes).join(",");
        Command::new("mount", ["--mkdir", "-t", "tmpfs", "-o", &options, "none", TARGET])
    });
    let mut commands: Vec<Command> = in_memory.into_iter().collect();
    commands.extend(subvolumes.iter().map(|subvolume| {
        let options = mount_options(subvolume, compression_level).join(",");
        Command::new("mount", ["--mkdir", "-t", "btrfs", "-o", &options])
            .with(Argument::Volume)
            .with(Argument::Text(target_path(&subvolume.mountpoint)))
    }));
    commands.push(
        Command::new("mount", ["--mkdir", "-t", "vfat", "-o", "fmask=0077,dmask=0077"])
            .with(Argument::Esp)
            .with(Argument::Text(target_path("/boot"))),
    );
    commands
}

/// Mount options of a root in memory (tmpfs(5)). Without a mode everybody could write to it.
#[must_use]
pub fn memory_root_options(bytes: u64) -> Vec<String> {
    vec!["mode=0755".to_owned(), format!("size={bytes}")]
}

/// Makes the swap file, whose blocks are neither copied on write nor compressed. What is told of it
/// afterwards is only true of a file that is on the disk.
#[must_use]
pub fn make_swap_file(size: u64) -> Vec<Command> {
    let path = target_path(SWAP_FILE);
    vec![
        // What an earlier try has left may be half a file.
        Command::new("rm", ["--force", &path]),
        Command::new("btrfs", ["filesystem", "mkswapfile", "--size", &size.to_string(), &path]),
        flush(&path),
    ]
}

/// Prints where on the device the swap file begins, in pages, as the kernel parameter
/// `resume_offset` wants it.
#[must_use]
pub fn locate_swap_file() -> Command {
    Command::new("btrfs", ["inspect-internal", "map-swapfile", "-r", &target_path(SWAP_FILE)])
}

/// Prints the hardware part of the configuration.
///
/// `--no-filesystems`, because the scanner loses mount options, `neededForBoot` and swap under a
/// random key.
#[must_use]
pub fn generate_config() -> Command {
    Command::new("nixos-generate-config", ["--root", TARGET, "--no-filesystems", "--show-hardware-config"])
}

/// Where the SSH host keys of the new system lie.
#[must_use]
pub fn host_keys_path() -> String {
    persist_path("/etc/ssh")
}

/// Makes the SSH host keys that the first boot would otherwise make on the root that melts.
///
/// ssh-keygen leaves it to the kernel when they are written to the disk.
#[must_use]
pub fn make_host_keys() -> Vec<Command> {
    let directory = host_keys_path();
    let mut commands = Vec::new();
    for kind in ["ed25519", "rsa"] {
        let path = format!("{directory}/ssh_host_{kind}_key");
        // What an earlier try has left may be empty, and nobody knows it yet.
        commands.push(Command::new("rm", ["--force", &path, &format!("{path}.pub")]));
        commands.push(Command::new("ssh-keygen", ["-q", "-t", kind, "-N", "", "-C", "", "-f", &path]));
    }
    commands.push(flush(&directory));
    commands
}

/// Hashes the password, which it reads from its standard input.
#[must_use]
pub fn hash_password() -> Command {
    Command::new("mkpasswd", ["--method=yescrypt", "--stdin"])
}

/// Where what is built is unpacked meanwhile: on the disk, because the live system's own place for
/// that is in memory, and the new root may be too. Nix uses it for the same (`build-dir` in
/// nix.conf(5), since 2.30).
pub const BUILD_DIRECTORY: &str = "/nix/var/nix/builds";

/// Where NixOS's channel of the live session's root lies, and of the installed system's
/// (`nix.nixPath` in `nixos/modules/config/nix-channel.nix`; an image's own is put there by
/// `nixos/modules/installer/cd-dvd/channel.nix`).
pub const CHANNEL: &str = "/nix/var/nix/profiles/per-user/root/channels/nixos";

/// Builds the configuration of `host_name` in the flake, or the one without a flake, in the store of
/// the new system, and prints its path.
///
/// This is what `nixos-install` does by itself, the live system's store as a cache included. It is
/// done here because `nixos-install` doesn't pass `--log-format` on, without which nobody can tell
/// how far it is.
#[must_use]
pub fn build(host_name: Option<&str>) -> Command {
    let command = Command::new("nix", ["--extra-experimental-features", "nix-command flakes", "build"]);
    let command = if let Some(host_name) = host_name {
        let flake = persist_path("/etc/nixos");
        let system = format!("{flake}#nixosConfigurations.\"{host_name}\".config.system.build.toplevel");
        command.with(Argument::Text(system))
    } else {
        let nixpkgs = format!("nixpkgs={CHANNEL}");
        let configuration = format!("nixos-config={}", config_path(ConfigFileName::Configuration));
        command.with_all(["--file", "<nixpkgs/nixos>", "system", "-I", &nixpkgs, "-I", &configuration])
    };
    command
        .with_all(["--store", TARGET, "--extra-substituters", "auto?trusted=1"])
        .with_all(["--no-link", "--print-out-paths", "--log-format", "internal-json"])
        .with_temporary(&format!("{TARGET}{BUILD_DIRECTORY}"))
}

/// Holds the new system’s store against Nix’s database, file by file, and mends what is not whole
/// (nix-store(1)).
#[must_use]
pub fn check_store() -> Command {
    Command::new("nix-store", ["--verify", "--check-contents", "--repair", "--store", TARGET])
        .with_all(["--option", "extra-substituters", "auto?trusted=1"])
        .with_temporary(&format!("{TARGET}{BUILD_DIRECTORY}"))
}

/// Has Nix take nothing in the new system’s store for there.
#[must_use]
pub fn forget_store() -> Command {
    Command::new("rm", ["--recursive", "--force", "--one-file-system", "--"])
        .with(Argument::Text(format!("{TARGET}/nix/var/nix/db")))
}

/// Installs the system that was built. Without a flake `nixos-install` also copies the live session's
/// channel, which the next rebuild begins with.
#[must_use]
pub fn install(from_flake: bool) -> Command {
    let command = Command::new("nixos-install", ["--root", TARGET, "--no-root-password"]);
    let command = if from_flake { command.with_all(["--no-channel-copy"]) } else { command };
    command.with_all(["--system"]).with(Argument::System)
}

/// Where the rollback's script lies while it is rehearsed. Only root can write there.
pub const REHEARSED_SCRIPT: &str = "/run/snowmelt/rehearsal.sh";

/// Where the rehearsed script mounts the copies: below the target, so that whatever cuts it off,
/// they are unmounted with the target.
pub const REHEARSAL_PLACE: &str = "/mnt/rehearsal";

/// Copies what the rollback works on.
#[must_use]
pub fn copy_for_rehearsal(replaced: &[Replaced]) -> Vec<Command> {
    let place = format!("{TOP_LEVEL}/{REHEARSAL}");
    let snapshot = |options: &[&str], name: &str| {
        let (from, to) = (format!("{TOP_LEVEL}/{name}"), format!("{place}/{name}"));
        let mut command = Command::new("btrfs", ["subvolume", "snapshot"]);
        for text in options.iter().copied().chain([from.as_str(), to.as_str()]) {
            command = command.with(Argument::Text(text.to_owned()));
        }
        command
    };
    let mut commands = vec![mount_top_level(), Command::new("btrfs", ["subvolume", "create", &place])];
    commands.extend(
        replaced.iter().flat_map(|each| [snapshot(&[], each.subvolume()), snapshot(&["-r"], each.blank())]),
    );
    commands.extend(leave_top_level());
    commands
}

/// Runs the rollback on the copies.
#[must_use]
pub fn rehearse_rollback() -> Command {
    Command::new("bash", ["-e", REHEARSED_SCRIPT]).with(Argument::Volume)
}

/// Deletes the copies: these subvolumes below [`REHEARSAL`], and that itself.
#[must_use]
pub fn remove_rehearsal(names: &[&str]) -> Vec<Command> {
    let place = format!("{TOP_LEVEL}/{REHEARSAL}");
    let below = names.iter().map(|name| format!("{place}/{name}"));
    below.chain([place.clone()]).map(|path| Command::new("btrfs", ["subvolume", "delete", &path])).collect()
}

/// Hashes the password again with the settings and the salt of a hash, which are no secret, and
/// reads it from its standard input (mkpasswd(1)).
#[must_use]
pub fn hash_again(setting: &str) -> Command {
    Command::new("mkpasswd", ["--stdin", "--salt", setting])
}

/// Translates a keymap of the console, by its name or the path of its file, into its binary form
/// (loadkeys(1)), which [`super::super::keyboard::console`] reads.
#[must_use]
pub fn read_keymap(keymap: &str) -> Command {
    Command::new("loadkeys", ["--quiet", "--unicode", "--bkeymap", "--", keymap])
}

/// Flushes and unmounts everything below the target. The root itself may be in memory.
#[must_use]
pub fn close_target() -> Vec<Command> {
    vec![flush(&persist_path("")), Command::new("umount", ["--recursive", TARGET])]
}

/// Where a file of the configuration is written.
#[must_use]
pub fn config_path(name: ConfigFileName) -> String {
    persist_path(&format!("/etc/nixos/{}", name.file_name()))
}

/// Where the machine id is written.
#[must_use]
pub fn machine_id_path() -> String {
    persist_path("/etc/machine-id")
}

/// Where the channels that root is subscribed to are listed, on the target (nix-channel(1)).
#[must_use]
pub fn channels_path() -> String {
    persist_path(CHANNEL_LIST)
}

/// The same in the installed system.
pub const CHANNEL_LIST: &str = "/root/.nix-channels";

/// What is listed there at first, as NixOS itself would write it (`system.defaultChannel` in
/// `nixos/modules/config/nix-channel.nix`).
#[must_use]
pub fn channel_list(release: &str) -> String {
    format!("https://channels.nixos.org/nixos-{release} nixos\n")
}

/// Where NetworkManager keeps the networks that it knows (`NetworkManager.conf(5)`).
pub const CONNECTIONS: &str = "/etc/NetworkManager/system-connections";

/// Where one of them is written, on the target.
#[must_use]
pub fn connection_path(file: &str) -> String {
    persist_path(&format!("{CONNECTIONS}/{file}"))
}

/// Whose passwords are set: the user's, and root's where the user is no administrator.
pub fn password_owners(user: &str, root_too: bool) -> impl Iterator<Item = &str> {
    std::iter::once(user).chain(root_too.then_some(ROOT_USER))
}

/// Where a user's password hash is written, on the target.
#[must_use]
pub fn password_path(user: &str) -> String {
    format!("{TARGET}{}", installed_password_path(user))
}

/// Where the installed system reads a user's password hash.
#[must_use]
pub fn installed_password_path(user: &str) -> String {
    format!("{PERSIST}/passwords/{user}")
}

pub(super) fn persist_path(path: &str) -> String {
    format!("{TARGET}{PERSIST}{path}")
}

fn target_path(mountpoint: &str) -> String {
    if mountpoint == "/" { TARGET.to_owned() } else { format!("{TARGET}{mountpoint}") }
}

/// Mounts the top level of the filesystem at [`TOP_LEVEL`].
#[must_use]
pub fn mount_top_level() -> Command {
    Command::new("mount", ["--mkdir", "-t", "btrfs", "-o", "subvolid=5"])
        .with(Argument::Volume)
        .with(Argument::Text(TOP_LEVEL.to_owned()))
}

/// Flushes it to the disk and unmounts it. Without the flush nobody would be told of what could not
/// be written: umount(8) succeeds nevertheless.
#[must_use]
pub fn leave_top_level() -> [Command; 2] {
    [flush(TARGET), Command::new("umount", [TOP_LEVEL])]
}

/// Writes all of the filesystem that this path is in to the disk, or fails (`syncfs(2)`).
fn flush(path: &str) -> Command {
    Command::new("sync", ["--file-system", path])
}
