//! `disko.nix`: the same disk for disko, which partitions from a description. Nobody needs it; it is
//! exported on request.
//!
//! Source of the options: disko's `lib/types/*.nix` (March 2026).

use super::Devices;
use crate::i18n::gettext;
use crate::pure::answers::{Answers, DEFAULT_PBKDF, Problem};
use crate::pure::disk::Disk;
use crate::pure::layout::{
    FILESYSTEM_LABEL, Layout, PlannedPartition, Role, SWAP_DIRECTORY, SWAP_FILE, Subvolume, mount_options,
};
use crate::pure::nix::{Attrs, Path, Value, print};
use crate::pure::plan::{key_derivation_options, memory_root_options};
use crate::pure::protocol::{ConfigFile, ConfigFileName};
use crate::pure::size::{KIB, MIB};

/// Where the links with a disk's lasting names are.
const BY_ID: &str = "/dev/disk/by-id/";

/// Mounts the top level. disko runs this and what follows when all subvolumes are there, with the
/// filesystem's device in `$device`, and again whenever it is asked to make what is missing.
const TOP: &str = include_str!("disko-top.sh");
/// Takes a blank snapshot.
const BLANK: &str = include_str!("disko-blank.sh");

/// `disko.nix` for these answers. `disk` is the one that they name, where it is in this machine.
///
/// # Errors
/// What disko would write into its shell scripts as it is, and a shell would not take as one word.
pub fn disko(answers: &Answers, layout: &Layout, disk: Option<&Disk>) -> Result<ConfigFile, Vec<Problem>> {
    let device = device(&answers.disk.device, disk);
    let problems = problems(answers, &device);
    if !problems.is_empty() {
        return Err(problems);
    }
    let origin = format!("Written by Snowmelt {} and yours from now on.", env!("CARGO_PKG_VERSION"));
    let header = [
        "The same disk for disko: to erase it and make it anew, run disko with this file. It then stands in",
        "the place of disk.nix in the configuration, beside disko's own module.",
        &origin,
    ];
    let text = print(&header, &value(answers, layout, &device));
    Ok(ConfigFile { name: ConfigFileName::Disko, text })
}

/// A name of the disk that no other disk ever has: disko erases whatever has it.
fn device(selector: &str, disk: Option<&Disk>) -> String {
    let links = disk.into_iter().flat_map(|disk| &disk.links);
    let mut links: Vec<&String> = links.filter(|link| link.starts_with(BY_ID)).collect();
    // Names with a model say more to a reader than numbers alone.
    links.sort_by_key(|link| link.contains("/wwn-") || link.contains("/nvme-eui."));
    match links.first() {
        Some(link) => (*link).clone(),
        None if selector.starts_with("/dev/") => selector.to_owned(),
        None => format!("{BY_ID}ID-OF-THE-DISK"),
    }
}

fn problems(answers: &Answers, device: &str) -> Vec<Problem> {
    let subvolumes = answers.filesystem.subvolumes.iter().enumerate();
    let subvolumes = subvolumes.flat_map(|(index, subvolume)| {
        [
            (format!("filesystem.subvolumes[{index}].name"), subvolume.name.as_str()),
            (format!("filesystem.subvolumes[{index}].mountpoint"), subvolume.mountpoint.as_str()),
        ]
    });
    let all = [("disk.device".to_owned(), device)].into_iter().chain(subvolumes);
    let plain = |c: char| c.is_alphanumeric() || "-_.@+/:,=%".contains(c);
    all.filter(|(_, text)| !text.chars().all(plain))
        .map(|(key, _)| Problem {
            key,
            place: None,
            sentence: gettext(
                // xgettext:no-c-format
                "disko puts this into shell scripts as it is, so that it can have only letters, digits and - _ . @ + / : , = % in it.",
            ),
        })
        .collect()
}

fn value(answers: &Answers, layout: &Layout, device: &str) -> Value {
    let partitions = layout.partitions.iter().fold(Attrs::new(), |all, partition| {
        all.set(Path::default().key(partition.role.word()), slice(answers, layout, partition))
    });
    let table = Attrs::new().set("type", "gpt").set("partitions", partitions);
    let disk = Attrs::new().set("type", "disk").set("device", device).set("content", table);
    let needed = layout.subvolumes.iter().filter(|subvolume| subvolume.needed_for_boot);
    let attrs = Attrs::new().set("disko.devices.disk.main", disk);
    let attrs = match layout.memory_root {
        Some(bytes) => attrs.set(
            Path::from("disko.devices.nodev").key("/"),
            Attrs::new().set("fsType", "tmpfs").set("mountOptions", Value::list(memory_root_options(bytes))),
        ),
        None => attrs,
    };
    let attrs = match (&layout.swap_file, &layout.volume_name) {
        (Some(_), Some(name)) => attrs
            .explain(
                &["Where a hibernated system lies; btrfs inspect-internal map-swapfile -r tells the offset."],
                "boot.resumeDevice",
                format!("/dev/mapper/{name}"),
            )
            .set("boot.kernelParams", Value::list([Devices::unknown().resume_offset()])),
        _ => attrs,
    };
    let comment: [&[&str]; 2] = [&["disko knows nothing of what stage 1 needs."], &[]];
    let comments = comment.into_iter().chain(std::iter::repeat(&[][..]));
    needed
        .zip(comments)
        .fold(attrs, |attrs, (subvolume, comment)| {
            let path = Path::from("fileSystems").key(&subvolume.mountpoint);
            attrs.explain(
                comment,
                Path { parts: [path.parts, vec!["neededForBoot".to_owned()]].concat() },
                true,
            )
        })
        .into()
}

fn slice(answers: &Answers, layout: &Layout, partition: &PlannedPartition) -> Attrs {
    let (code, size, content) = match partition.role {
        Role::Esp => ("EF00", size(partition.size), esp()),
        Role::Swap => ("8200", size(partition.size), plain_swap()),
        Role::RandomSwap => ("8308", size(partition.size), random_swap(answers)),
        Role::Volume => ("8309", "100%".to_owned(), volume(answers, layout)),
        Role::Filesystem => ("8300", "100%".to_owned(), filesystem(layout)),
    };
    Attrs::new().set("size", size).set("type", code).set("content", content)
}

/// A size as `sgdisk` takes it, whose units are powers of 1024.
fn size(bytes: u64) -> String {
    if bytes.is_multiple_of(MIB) { format!("{}M", bytes / MIB) } else { format!("{}K", bytes / KIB) }
}

fn esp() -> Attrs {
    Attrs::new()
        .set("type", "filesystem")
        .set("format", "vfat")
        .set("extraArgs", Value::list(["-F", "32", "-n", "BOOT"]))
        .set("mountpoint", "/boot")
        .explain(
            &["Readable for root alone: the seed of the random generator is kept there."],
            "mountOptions",
            Value::list(["fmask=0077", "dmask=0077"]),
        )
}

fn plain_swap() -> Attrs {
    Attrs::new().set("type", "swap").set("extraArgs", Value::list(["--label", "SWAP"]))
}

fn random_swap(answers: &Answers) -> Attrs {
    let swap = Attrs::new().set("type", "swap").set("randomEncryption", true);
    if answers.encryption.allow_discards {
        swap.explain(&["Without a policy disko does not allow discards."], "discardPolicy", "both")
    } else {
        swap
    }
}

fn volume(answers: &Answers, layout: &Layout) -> Attrs {
    let encryption = &answers.encryption;
    let mut cost = vec!["--type".to_owned(), "luks2".to_owned()];
    if encryption.pbkdf != DEFAULT_PBKDF {
        cost.extend(key_derivation_options(&encryption.pbkdf));
    }
    let volume = Attrs::new()
        .set("type", "luks")
        .set("name", encryption.volume_name.as_str())
        .set("extraFormatArgs", Value::list(cost));
    let volume = if encryption.allow_discards {
        volume.explain(
            &["Good for an SSD, and shows whoever has the disk which blocks of it are unused."],
            "settings.allowDiscards",
            true,
        )
    } else {
        volume
    };
    volume.set("content", filesystem(layout))
}

fn filesystem(layout: &Layout) -> Attrs {
    let subvolumes = layout.subvolumes.iter().fold(Attrs::new(), |all, subvolume| {
        all.set(Path::default().key(&subvolume.name), mounted(layout, subvolume))
    });
    let filesystem = Attrs::new()
        .set("type", "btrfs")
        .set("extraArgs", Value::list(["--label", FILESYSTEM_LABEL]))
        .set("subvolumes", subvolumes);
    if layout.replaced.is_empty() {
        return filesystem;
    }
    let snapshots: String = layout
        .replaced
        .iter()
        .map(|each| BLANK.replace("@BLANK@", each.blank()).replace("@SUBVOLUME@", each.subvolume()))
        .collect();
    filesystem.explain(
        &["What a rollback returns to: a snapshot that is taken while nothing was written yet."],
        "postCreateHook",
        Value::Lines(format!("{TOP}{snapshots}")),
    )
}

fn mounted(layout: &Layout, subvolume: &Subvolume) -> Attrs {
    // disko adds subvol= by itself.
    let options = mount_options(subvolume, layout.compression_level);
    let options = options.into_iter().filter(|option| !option.starts_with("subvol="));
    let mounted = Attrs::new()
        .set("mountpoint", subvolume.mountpoint.as_str())
        .set("mountOptions", Value::list(options));
    let file = layout.swap_file.filter(|_| subvolume.mountpoint == SWAP_DIRECTORY);
    let name = SWAP_FILE.rsplit('/').next().unwrap_or_default();
    let path = || Path { parts: ["swap", name, "size"].map(str::to_owned).to_vec() };
    file.into_iter().fold(mounted, |mounted, bytes| mounted.set(path(), size(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_exact_in_units_of_sgdisk() {
        assert_eq!(size(1024 * MIB), "1024M");
        assert_eq!(size(33_553_920), "32767K");
    }

    #[test]
    fn without_the_disk_its_name_is_the_answers_or_plain_to_see() {
        assert_eq!(device("/dev/nvme0n1", None), "/dev/nvme0n1");
        assert_eq!(device("S1234567", None), "/dev/disk/by-id/ID-OF-THE-DISK");
    }
}
