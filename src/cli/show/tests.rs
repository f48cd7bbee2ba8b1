use proptest::prelude::*;

use super::{disks, json, plan};
use crate::cli::output::WIDTH;
use crate::pure::answers::{self, Answers, ConfigurationAnswers, EncryptionAnswers, OwnFlake};
use crate::pure::disk::{Bus, Content, Disk, DiskIdentity, Holder, Partition, Table, Use};
use crate::pure::erasure::{Erasable, Erasure, OwnErasure};
use crate::pure::layout::Role;
use crate::pure::machine::Machine;
use crate::pure::plan::{Plan, Step, StepId};
use crate::pure::refusal::Refusal;
use crate::pure::size::{GIB, MIB};

fn some_answers() -> Answers {
    answers::read(include_str!("../../../data/examples/answers.toml")).unwrap()
}

fn machine() -> Machine {
    Machine {
        uefi: true,
        memory: 8 * GIB,
        nixos_release: None,
        channel: None,
        nix_system: "x86_64-linux".to_owned(),
    }
}

fn partition(number: u32, size: u64, kind: &str, label: &str) -> Partition {
    let usage = "filesystem".to_owned();
    Partition {
        number,
        device: format!("/dev/nvme0n1p{number}"),
        offset: 0,
        size,
        kind: String::new(),
        name: String::new(),
        uuid: String::new(),
        content: Some(Content { usage, kind: kind.to_owned(), label: label.to_owned(), uuid: String::new() }),
    }
}

fn disk() -> Disk {
    Disk {
        identity: DiskIdentity {
            wwn: Some("eui.0025385b01234567".to_owned()),
            serial: Some("S5GXNX0T123456".to_owned()),
            vendor: String::new(),
            model: "Samsung SSD 980".to_owned(),
            size: 100 * GIB,
        },
        device: "/dev/nvme0n1".to_owned(),
        number: (259, 0),
        links: vec!["/dev/disk/by-id/nvme-Samsung".to_owned()],
        object: "/org/freedesktop/UDisks2/block_devices/nvme0n1".to_owned(),
        bus: Bus::Nvme,
        removable: false,
        read_only: false,
        locked: false,
        health: crate::pure::health::Health::Unknown,
        erasable: Erasable::default(),
        alignment: 1 << 20,
        table: Some(Table::Gpt),
        content: None,
        partitions: vec![partition(1, 512 * MIB, "vfat", "EFI"), partition(2, 90 * GIB, "ext4", "my data")],
        uses: Vec::new(),
        live_medium: false,
    }
}

#[test]
fn the_plan_says_first_what_is_lost_then_every_step_with_its_calls_and_undo() {
    let disk = disk();
    let plan = Plan::new(&some_answers(), &machine(), &disk).unwrap();
    let text = plan::whole(&disk, &plan);
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("no {what:?} in:\n{text}"));
    assert!(
        text.starts_with("NixOS will be installed on /dev/nvme0n1 (Samsung SSD 980, 100.0 GiB).\n"),
        "{text}"
    );
    assert!(at("What will be lost") < at("ext4 filesystem “my data”"));
    assert!(at("ext4 filesystem “my data”") < at("What will be there"));
    assert!(at("What will be there") < at("What will be done"));
    assert!(at("  1. Check that") < at("From here on"));
    assert!(at("From here on") < at("  2. Erase /dev/nvme0n1"));
    assert!(at("  2. Erase") < at("UDisks2.Block.Format(\"gpt\", {})"));
    for step in &plan.steps {
        for call in step.calls() {
            for word in call.to_string().split_whitespace() {
                let _place = at(word);
            }
        }
    }
    for undo in plan.steps.iter().map(|step| step.undo().sentence()) {
        let first_word = undo.split_whitespace().next().unwrap();
        let _place = at(first_word);
    }
    assert!(at("  2. Erase") < at("It can’t be undone."));
    assert!(at("It can’t be undone.") < at("  3. "));
}

#[test]
fn a_plan_without_encryption_has_no_passphrase_and_nothing_to_lock() {
    let disk = disk();
    let mut answers = some_answers();
    answers.encryption = EncryptionAnswers::none();
    let plan = Plan::new(&answers, &machine(), &disk).unwrap();
    let text = plan::whole(&disk, &plan);
    for word in ["LUKS", "encrypt.", "passphrase", " lock", ".Lock", "cryptsetup", "encrypted volume"] {
        assert!(!text.contains(word), "{word} in:\n{text}");
    }
    assert!(text.contains("Btrfs, not encrypted"), "{text}");
    assert!(!plan.steps.iter().any(|step| step.id() == StepId::SetKeyDerivation));
    let volume = plan.layout.partition(Role::Filesystem).unwrap();
    let made = plan.steps.iter().find(|step| step.id() == StepId::CreateVolume).unwrap();
    let calls: Vec<String> = made.calls().iter().map(ToString::to_string).collect();
    let expected = format!(
        "UDisks2.PartitionTable.CreatePartitionAndFormat({}, {}, \"\", \"\", {{}}, \"btrfs\", {{\"label\": \"NIXOS\"}}) on {}",
        volume.offset, volume.size, disk.object
    );
    assert_eq!(calls, [expected]);
}

#[test]
fn where_the_user_is_no_administrator_root_gets_a_password_too() {
    let written = |administrator| {
        let mut answers = some_answers();
        answers.user.administrator = administrator;
        let plan = Plan::new(&answers, &machine(), &disk()).unwrap();
        let step = plan.steps.into_iter().find(|step| step.id() == StepId::SetPassword).unwrap();
        let calls: Vec<String> = step.calls().iter().map(ToString::to_string).collect();
        calls.into_iter().filter(|call| call.starts_with("write")).collect::<Vec<_>>()
    };
    let file = |user| format!("write /mnt/persist/passwords/{user} (mode 0600)");
    assert_eq!(written(true), [file("ada")]);
    assert_eq!(written(false), [file("ada"), file("root")]);
}

#[test]
fn a_disk_in_use_is_listed_with_the_reason() {
    let mut used = disk();
    used.uses = vec![
        Use::Mounted { device: "/dev/nvme0n1p2".to_owned(), mountpoint: "/data".to_owned() },
        Use::Held { device: "/dev/nvme0n1p1".to_owned(), holder: "/dev/dm-0".to_owned(), kind: Holder::Lvm },
    ];
    let text = disks::list(&[used, disk()]);
    assert!(text.contains("it is mounted at /data"), "{text}");
    assert!(text.contains("the logical volume /dev/dm-0"), "{text}");
    assert_eq!(text.matches("Can be installed on.").count(), 1, "{text}");
    assert!(text.contains("GPT with 2 partitions"), "{text}");
    assert!(disks::list(&[]).contains("no disk"));
}

#[test]
fn json_carries_what_a_program_needs() {
    let disk = disk();
    let listed = serde_json::to_value(json::disks(std::slice::from_ref(&disk))).unwrap();
    assert_eq!(listed["version"], 1);
    assert_eq!(listed["disks"][0]["device"], "/dev/nvme0n1");
    assert_eq!(listed["disks"][0]["identity"]["serial"], "S5GXNX0T123456");
    assert_eq!(listed["disks"][0]["usable"], true);

    let plan = Plan::new(&some_answers(), &machine(), &disk).unwrap();
    let planned = serde_json::to_value(json::plan(&disk, &plan)).unwrap();
    assert_eq!(planned["layout"]["partitions"][0]["offset"], MIB);
    assert_eq!(planned["layout"]["volume-name"], "enc");
    assert_eq!(planned["losses"].as_array().unwrap().len(), 2);
    let steps = planned["steps"].as_array().unwrap();
    assert_eq!(steps.len(), plan.steps.len());
    assert_eq!(steps[1]["id"], "create-partition-table");
    assert_eq!(steps[1]["exit-status"], 21);
    assert_eq!(steps[1]["point-of-no-return"], true);
    assert_eq!(steps[1]["calls"][0]["kind"], "dbus");
    assert_eq!(steps[1]["calls"][0]["method"], "Format");
    assert!(steps[1]["calls"][0]["text"].as_str().unwrap().contains("Format"));

    let refused = serde_json::to_value(json::refusals(&[Refusal::NoUefi])).unwrap();
    assert_eq!(refused["refusals"][0]["code"], "no-uefi");
}

#[test]
fn json_of_a_plan_names_the_passphrase_and_never_holds_one() {
    let disk = disk();
    let plan = Plan::new(&some_answers(), &machine(), &disk).unwrap();
    let text = serde_json::to_string(&json::plan(&disk, &plan)).unwrap();
    assert!(text.contains("‹passphrase›"));
}

proptest! {
    /// Labels and models come from whoever made the disk.
    #[test]
    fn nothing_on_a_disk_steers_the_terminal(label in "\\PC{0,20}[\u{1b}\n\r\u{7}\u{9b}]\\PC{0,20}") {
        let mut disk = disk();
        disk.partitions = vec![partition(1, GIB, "ext4", &label)];
        disk.identity.model.clone_from(&label);
        disk.identity.serial = Some(label.clone());
        let plan = Plan::new(&some_answers(), &machine(), &disk).unwrap();
        for text in [disks::list(std::slice::from_ref(&disk)), plan::whole(&disk, &plan)] {
            prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        }
    }
}

#[test]
fn lines_fit_where_no_single_word_is_longer() {
    let disk = disk();
    let plan = Plan::new(&some_answers(), &machine(), &disk).unwrap();
    let text = plan::whole(&disk, &plan) + &disks::list(std::slice::from_ref(&disk));
    for line in text.lines() {
        let words = line.split_whitespace().count();
        assert!(line.chars().count() <= WIDTH || words == 1, "{line}");
    }
}

#[test]
fn a_disk_is_erased_as_it_can_be_before_anything_else_is_written() {
    let mut answers = some_answers();
    let mut disk = disk();
    let mut second = |erasure, erasable| {
        answers.disk.erase = erasure;
        disk.erasable = erasable;
        let plan = Plan::new(&answers, &machine(), &disk).map_err(|refusals| {
            refusals.iter().map(|refusal| refusal.code().to_owned()).collect::<Vec<_>>()
        })?;
        let step = &plan.steps[1];
        assert!(step.is_point_of_no_return(), "{step:?}");
        Ok::<_, Vec<String>>(step.calls().iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let on = "on /org/freedesktop/UDisks2/block_devices/nvme0n1";
    let none = Erasable::default();
    let own = |own| Erasable { own: Some(own), ..none };
    assert_eq!(second(Erasure::None, none).unwrap(), [format!("UDisks2.Block.Format(\"gpt\", {{}}) {on}")]);
    assert_eq!(
        second(Erasure::Overwrite, none).unwrap(),
        [format!("UDisks2.Block.Format(\"empty\", {{\"erase\": \"zero\"}}) {on}")]
    );
    assert_eq!(
        second(Erasure::Firmware, own(OwnErasure::Ata { minutes: 4 })).unwrap(),
        [format!("UDisks2.Block.Format(\"empty\", {{\"erase\": \"ata-secure-erase\"}}) {on}")]
    );
    assert_eq!(
        second(Erasure::Firmware, own(OwnErasure::Nvme)).unwrap(),
        [format!("UDisks2.NVMe.Namespace.FormatNamespace({{\"secure_erase\": \"user_data\"}}) {on}")]
    );
    assert_eq!(
        second(Erasure::Discard, Erasable { discard: true, own: None }).unwrap(),
        ["blkdiscard --verbose ‹disk›"]
    );
    for erasure in [Erasure::Discard, Erasure::Firmware] {
        assert_eq!(second(erasure, none).unwrap_err(), ["not-erasable"]);
    }
}

#[test]
fn without_a_flake_the_live_sessions_channel_is_built_from_and_copied() {
    let mut answers = some_answers();
    answers.configuration = ConfigurationAnswers::Channels;
    answers.persist.wifi = true;
    let planned = |channel: Option<&str>| {
        Plan::new(&answers, &Machine { channel: channel.map(str::to_owned), ..machine() }, &disk())
            .map_err(|refusals| refusals.iter().map(Refusal::code).collect::<Vec<_>>())
    };
    assert_eq!(planned(None).unwrap_err(), ["no-channel"]);
    let plan = planned(Some("26.05")).unwrap();
    let calls = |id| {
        let step = plan.steps.iter().find(|step| step.id() == id).unwrap();
        step.calls().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        calls(StepId::InstallSystem),
        [
            "TMPDIR=/mnt/nix/var/nix/builds nix --extra-experimental-features 'nix-command flakes' build --file '<nixpkgs/nixos>' system -I nixpkgs=/nix/var/nix/profiles/per-user/root/channels/nixos -I nixos-config=/mnt/persist/etc/nixos/configuration.nix --store /mnt --extra-substituters 'auto?trusted=1' --no-link --print-out-paths --log-format internal-json",
            "nixos-install --root /mnt --no-root-password --system ‹the system that was built›",
        ]
    );
    assert!(!calls(StepId::WriteConfiguration).iter().any(|call| call.contains("flake.nix")));
    let seeds = calls(StepId::SeedPersist);
    assert_eq!(
        seeds[seeds.len() - 2..],
        [
            "write /mnt/persist/root/.nix-channels (mode 0644)",
            "write /mnt/persist/etc/NetworkManager/system-connections/… (mode 0600)",
        ]
    );
    answers.system.release = Some("25.11".to_owned());
    let refused = Plan::new(&answers, &Machine { channel: Some("26.05".to_owned()), ..machine() }, &disk());
    let sentence = refused.unwrap_err()[0].sentence();
    assert!(sentence.contains("of release 26.05, not 25.11"), "{sentence}");
}

#[test]
fn a_flake_of_the_persons_is_fetched_before_the_disk_is_erased() {
    let mut answers = some_answers();
    let own = |flake: &str, facts: Option<&str>| OwnFlake {
        flake: flake.to_owned(),
        host: Some("x1".to_owned()),
        facts: facts.map(str::to_owned),
    };
    answers.configuration =
        ConfigurationAnswers::OwnFlake(own("git+ssh://git@example.org/n", Some("hosts/x1/disk.nix")));
    let plan = Plan::new(&answers, &machine(), &disk()).unwrap();
    let at = |id: StepId| plan.steps.iter().position(|step| step.id() == id);
    let erased = plan.steps.iter().position(Step::is_point_of_no_return);
    assert_eq!((at(StepId::CheckDisk), at(StepId::FetchFlake), erased), (Some(0), Some(1), Some(2)));
    assert_eq!((at(StepId::DetectHardware), at(StepId::WriteConfiguration)), (None, None));
    let calls = |id| {
        let calls = plan.steps[at(id).unwrap()].calls();
        calls.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        calls(StepId::FetchFlake)[..2],
        [
            "as yourself: git clone --quiet --no-hardlinks -- ssh://git@example.org/n ‹copy›",
            "as yourself: nix --extra-experimental-features 'nix-command flakes' eval --json --no-write-lock-file --apply builtins.attrNames ‹copy›#nixosConfigurations",
        ]
    );
    assert_eq!(
        calls(StepId::CopyFlake),
        [
            "as yourself: git -C ‹copy› add --intent-to-add --force -- hosts/x1/disk.nix",
            "write /mnt/persist/etc/nixos/… (mode 0644)",
            "write /mnt/persist/etc/nixos/hosts/x1/disk.nix (mode 0644)",
        ]
    );
    assert!(calls(StepId::InstallSystem)[0].contains("nixosConfigurations.\"x1\"."));

    answers.configuration = ConfigurationAnswers::OwnFlake(own("/home/ada/nixos", None));
    let plan = Plan::new(&answers, &machine(), &disk()).unwrap();
    let copy = plan.steps.iter().find(|step| step.id() == StepId::CopyFlake).unwrap();
    assert_eq!(copy.calls().len(), 1, "nothing but the flake");
}
