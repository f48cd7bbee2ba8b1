//! The generated configuration as a whole.

#![allow(clippy::expect_used, reason = "a test that can’t go on fails")]

use std::path::Path;
use std::{env, fs};

use proptest::prelude::*;
use rnix::SyntaxKind;
use snowmelt::pure::answers::rules::is_at_or_below;
use snowmelt::pure::answers::{
    self, Answers, ConfigurationAnswers, Desktop, EncryptionAnswers, ExtraSubvolume, OwnFlake, PRESETS,
    PersistAnswers, SwapKind,
};
use snowmelt::pure::catalogue;
use snowmelt::pure::config::{Devices, files, persisted_directories, persisted_files};
use snowmelt::pure::layout::Layout;
use snowmelt::pure::machine::Machine;
use snowmelt::pure::plan::WRITTEN_FILES;
use snowmelt::pure::protocol::{ConfigFile, ConfigFileName};
use snowmelt::pure::size::{GIB, MIB};

const ANSWERS: &str = "\
version = 1
[disk]
device = \"/dev/sda\"
[system]
host-name = \"laptop\"
keymap = \"de-latin1\"
time-zone = \"Europe/Berlin\"
locale = \"de_DE.UTF-8\"
[user]
name = \"ada\"
";

fn answers() -> Answers {
    answers::read(ANSWERS).expect("no problem")
}

fn machine() -> Machine {
    Machine {
        uefi: true,
        memory: 8 * GIB,
        nixos_release: Some("25.11".to_owned()),
        channel: None,
        nix_system: "x86_64-linux".to_owned(),
    }
}

fn layout(answers: &Answers) -> Layout {
    Layout::new(answers, 100 * GIB, machine().memory)
}

fn devices() -> Devices {
    Devices {
        volume_uuid: Some("82144284-cf1d-4d65-9999-2e7cdc3c75d4".to_owned()),
        esp_uuid: "FDED-3BCF".to_owned(),
        swap: Some("0d1fc824-623b-4bb8-bf7b-63a3e657889d".to_owned()),
        swap_offset: Some(269_568),
    }
}

fn generate(answers: &Answers) -> Vec<ConfigFile> {
    files(answers, &layout(answers), &machine(), &devices())
}

fn text(answers: &Answers, name: ConfigFileName) -> String {
    generate(answers).into_iter().find(|file| file.name == name).expect("the file is generated").text
}

/// Asserts that `text` has `lines`, one after the other, whatever their indentation.
fn assert_lines(text: &str, lines: &str) {
    let trimmed = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    assert!(trimmed(text).contains(&trimmed(lines)), "{lines}\nis not in\n{text}");
}

#[test]
fn the_plan_names_the_files_that_are_written() {
    let names: Vec<ConfigFileName> = generate(&answers()).iter().map(|file| file.name).collect();
    assert_eq!(names, WRITTEN_FILES);
}

#[test]
fn nixfmt_would_change_nothing() {
    let mut many = answers::read(include_str!("../data/examples/answers.toml")).expect("no problem");
    for (kind, discards) in [(SwapKind::None, true), (SwapKind::Plain, false), (SwapKind::Random, true)] {
        many.swap.kind = kind;
        many.swap.size = None;
        many.encryption.allow_discards = discards;
        many.encryption.volume_name = "x-".repeat(16);
        many.user.administrator = discards;
        let mut plain = answers();
        plain.swap = many.swap.clone();
        plain.encryption = EncryptionAnswers::none();
        for desktop in [Desktop::None, Desktop::Gnome, Desktop::Plasma, Desktop::Xfce] {
            many.system.desktop = desktop;
            for file in generate(&many).iter().chain(&generate(&plain)) {
                let formatted = nixfmt_rs::format(&file.text).expect("it parses");
                assert_eq!(formatted, file.text, "{}", file.name.file_name());
            }
        }
    }
}

#[test]
fn nothing_needs_the_installer_later() {
    for file in generate(&answers()) {
        let below_header: Vec<&str> = file.text.lines().skip(2).collect();
        assert!(!below_header.join("\n").to_lowercase().contains("snowmelt"), "{}", file.name.file_name());
        assert!(file.text.contains(&format!("# Written by Snowmelt {}", env!("CARGO_PKG_VERSION"))));
    }
}

#[test]
fn the_release_is_the_answers_or_the_machines_or_the_default() {
    let mut answers = answers();
    let of = |answers: &Answers, machine: &Machine| {
        let files = files(answers, &layout(answers), machine, &devices());
        let all: String = files.into_iter().map(|file| file.text).collect();
        assert_eq!(all.matches("nixos-2").count(), 1);
        let after = all.split("github:NixOS/nixpkgs/nixos-").nth(1).expect("nixpkgs is an input");
        let release = after.split('"').next().expect("the string ends").to_owned();
        assert_lines(&all, &format!("system.stateVersion = \"{release}\";"));
        release
    };
    assert_eq!(of(&answers, &machine()), "25.11");
    assert_eq!(of(&answers, &Machine { nixos_release: None, ..machine() }), answers::DEFAULT_RELEASE);
    answers.system.release = Some("26.11".to_owned());
    assert_eq!(of(&answers, &machine()), "26.11");
}

#[test]
fn the_system_is_as_answered() {
    let mut answers = answers();
    answers.user.full_name = "Ada \"Countess\" ${x}".to_owned();
    let text = text(&answers, ConfigFileName::Configuration);
    for line in [
        "networking.hostName = \"laptop\";",
        "time.timeZone = \"Europe/Berlin\";",
        "i18n.defaultLocale = \"de_DE.UTF-8\";",
        "console.keyMap = \"de-latin1\";",
        "users.mutableUsers = false;",
        "description = \"Ada \\\"Countess\\\" \\${x}\";",
        "hashedPasswordFile = \"/persist/passwords/ada\";",
        "systemd-boot.editor = false;",
        "systemd-boot.configurationLimit = 10;",
    ] {
        assert_lines(&text, line);
    }
    answers.disk.esp_size = 512 * MIB;
    assert_lines(
        &self::text(&answers, ConfigFileName::Configuration),
        "systemd-boot.configurationLimit = 5;",
    );
}

/// The lines of a text, without comments and indentation.
fn plain_lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// What these answers add to `configuration.nix`.
fn added(change: impl Fn(&mut Answers)) -> String {
    let mut changed = answers();
    change(&mut changed);
    let (before, after) =
        (text(&answers(), ConfigFileName::Configuration), text(&changed, ConfigFileName::Configuration));
    let before = plain_lines(&before);
    plain_lines(&after).into_iter().filter(|line| !before.contains(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_desktop_is_what_its_modules_do_not_turn_on_by_themselves() {
    let with = |desktop| added(|answers| answers.system.desktop = desktop);
    assert_eq!(with(Desktop::None), "");
    assert_eq!(
        with(Desktop::Gnome),
        "services.displayManager.gdm.enable = true;\nservices.desktopManager.gnome.enable = true;"
    );
    assert_eq!(
        with(Desktop::Plasma),
        "services.displayManager.sddm.enable = true;\n\
         services.displayManager.sddm.wayland.enable = true;\n\
         services.desktopManager.plasma6.enable = true;\n\
         security.rtkit.enable = true;"
    );
    assert_eq!(
        with(Desktop::Xfce),
        "services.xserver.enable = true;\n\
         services.xserver.displayManager.lightdm.enable = true;\n\
         services.xserver.desktopManager.xfce.enable = true;\n\
         security.rtkit.enable = true;"
    );
}

#[test]
fn each_switch_is_one_option() {
    for (change, expected) in [
        (
            &(|all: &mut Answers| all.system.unfree = true) as &dyn Fn(&mut Answers),
            "nixpkgs.config.allowUnfree",
        ),
        (&|all| all.system.ssh = true, "services.openssh.enable"),
        (&|all| all.system.printing = true, "services.printing.enable"),
        (&|all| all.system.bluetooth = true, "hardware.bluetooth.enable"),
        (&|all| all.system.flatpak = true, "services.flatpak.enable"),
        (&|all| all.system.firmware_updates = true, "services.fwupd.enable"),
    ] {
        assert_eq!(added(change), format!("{expected} = true;"));
    }
}

#[test]
fn what_a_desktop_has_or_lacks_beside_a_switch() {
    let both = |desktop: Desktop, text: &str| {
        let alone = added(|answers| answers.system.desktop = desktop);
        let more = added(|answers| {
            answers.system.desktop = desktop;
            answers.system.bluetooth = true;
            answers.system.flatpak = true;
        });
        assert_eq!(more.strip_prefix(&format!("{alone}\n")), Some(text), "{desktop:?}");
    };
    both(Desktop::Gnome, "services.flatpak.enable = true;");
    both(Desktop::Plasma, "hardware.bluetooth.enable = true;\nservices.flatpak.enable = true;");
    both(
        Desktop::Xfce,
        "hardware.bluetooth.enable = true;\n\
         services.blueman.enable = true;\n\
         services.flatpak.enable = true;\n\
         xdg.portal.enable = true;\n\
         xdg.portal.extraPortals = [ pkgs.xdg-desktop-portal-gtk ];",
    );
}

#[test]
fn automatic_login_names_the_user() {
    let added = added(|answers| answers.user.automatic_login = true);
    let login = "services.displayManager.autoLogin";
    assert_eq!(added, format!("{login}.enable = true;\n{login}.user = \"ada\";"));
}

#[test]
fn the_keyboard_is_the_same_everywhere() {
    let layout = |variant: Option<&str>| {
        added(|answers| {
            answers.system.keymap = None;
            answers.system.xkb_layout = Some("de".to_owned());
            answers.system.xkb_variant = variant.map(str::to_owned);
        })
    };
    let xkb = "services.xserver.xkb";
    assert_eq!(layout(None), format!("{xkb}.layout = \"de\";\nconsole.useXkbConfig = true;"));
    assert_eq!(
        layout(Some("neo")),
        format!("{xkb}.layout = \"de\";\n{xkb}.variant = \"neo\";\nconsole.useXkbConfig = true;")
    );
}

#[test]
fn formats_are_written_where_they_differ_from_the_language() {
    let formats = |locale: &str| added(|answers| answers.system.formats = Some(locale.to_owned()));
    assert_eq!(formats("de_DE.UTF-8"), "");
    let added = formats("en_DK.UTF-8");
    assert!(added.starts_with("i18n.extraLocaleSettings = {\n"), "{added}");
    assert_eq!(added.matches(" = \"en_DK.UTF-8\";").count(), 9, "{added}");
    for name in ["LC_TIME", "LC_MONETARY", "LC_NUMERIC", "LC_MEASUREMENT", "LC_PAPER"] {
        assert_lines(&added, &format!("{name} = \"en_DK.UTF-8\";"));
    }
    for name in ["LC_MESSAGES", "LC_CTYPE", "LC_COLLATE", "LC_ALL"] {
        assert!(!added.contains(name), "{name}");
    }
}

#[test]
fn each_kind_of_swap_is_named_as_nixos_wants_it() {
    let mut answers = answers();
    answers.swap.kind = SwapKind::None;
    assert!(!text(&answers, ConfigFileName::Disk).contains("swap"), "nothing of swap");
    answers.swap.kind = SwapKind::Plain;
    assert_lines(
        &text(&answers, ConfigFileName::Disk),
        "swapDevices = [
        {
        # Not encrypted: whoever has the disk can read what was swapped out.
        device = \"/dev/disk/by-uuid/0d1fc824-623b-4bb8-bf7b-63a3e657889d\";
        }
        ];",
    );
    answers.swap.kind = SwapKind::Random;
    answers.encryption.allow_discards = true;
    let random = text(&answers, ConfigFileName::Disk);
    assert_lines(&random, "device = \"/dev/disk/by-partuuid/0d1fc824-623b-4bb8-bf7b-63a3e657889d\";");
    assert_lines(&random, "randomEncryption.enable = true;\nrandomEncryption.allowDiscards = true;");
}

#[test]
fn filesystems_have_their_options_and_devices() {
    let mut answers = answers();
    answers.encryption.volume_name = "my-disk".to_owned();
    answers.filesystem.compression_level = Some(7);
    let text = text(&answers, ConfigFileName::Disk);
    assert_lines(
        &text,
        "boot.initrd.luks.devices.my-disk = {
        device = \"/dev/disk/by-uuid/82144284-cf1d-4d65-9999-2e7cdc3c75d4\";
        };",
    );
    for (path, name, needed) in [
        ("/", "root", ""),
        ("/home", "home", ""),
        ("/nix", "nix", ""),
        ("/persist", "persist", "neededForBoot = true;\n"),
        ("/var/log", "log", "neededForBoot = true;\n"),
    ] {
        let options =
            format!("options = [\n\"subvol={name}\"\n\"compress=zstd:7\"\n\"noatime\"\n];\n{needed}}};");
        assert_lines(
            &text,
            &format!("\"{path}\" = {{\ndevice = \"/dev/mapper/my-disk\";\nfsType = \"btrfs\";\n{options}"),
        );
    }
    assert_lines(&text, "device = \"/dev/disk/by-uuid/FDED-3BCF\";\nfsType = \"vfat\";");
    assert_lines(&text, "\"fmask=0077\"\n\"dmask=0077\"");
    assert!(!text.contains("allowDiscards"));
}

#[test]
fn without_encryption_everything_is_on_the_filesystem_itself() {
    let mut answers = answers();
    answers.encryption = EncryptionAnswers::none();
    let device = "/dev/disk/by-uuid/82144284-cf1d-4d65-9999-2e7cdc3c75d4";
    let disk = text(&answers, ConfigFileName::Disk);
    assert_eq!(disk.matches(&format!("device = \"{device}\";")).count(), 5, "{disk}");
    // Swap under a random key needs no encrypted volume.
    assert_lines(&disk, "randomEncryption.enable = true;");
    let rollback = text(&answers, ConfigFileName::Rollback);
    let unit = "dev-disk-by\\\\x2duuid-82144284\\\\x2dcf1d\\\\x2d4d65\\\\x2d9999\\\\x2d2e7cdc3c75d4.device";
    assert_lines(&rollback, &format!("requires = [\n\"{unit}\"\n];"));
    assert_lines(&rollback, &format!("after = [\n\"{unit}\"\n\"local-fs-pre.target\"\n];"));
    assert_eq!(rollback.matches(&format!("device={device}\n")).count(), 2, "both scripts use it");
    let all: String = generate(&answers).into_iter().map(|file| file.text.to_lowercase()).collect();
    // The opened swap space is a device of its own.
    let all = all.replace("/dev/mapper/dev-disk-byx2dpartuuid", "");
    for word in ["luks", "/dev/mapper", "cryptsetup", "passphrase"] {
        assert!(!all.contains(word), "{word} in:\n{all}");
    }
    let unknown = files(&answers, &layout(&answers), &machine(), &Devices::unknown());
    let unknown: String = unknown.into_iter().map(|file| file.text).collect();
    assert_eq!(unknown.matches("/dev/disk/by-uuid/UUID-OF-THE-SYSTEM-PARTITION").count(), 7, "{unknown}");
}

#[test]
fn where_the_user_is_no_administrator_root_has_a_password_of_its_own() {
    let mut answers = answers();
    let configuration = text(&answers, ConfigFileName::Configuration);
    assert!(!configuration.contains("users.users.root"), "{configuration}");
    answers.user.administrator = false;
    let configuration = text(&answers, ConfigFileName::Configuration);
    assert_lines(&configuration, "users.users.root.hashedPasswordFile = \"/persist/passwords/root\";");
    assert_lines(&configuration, "extraGroups = [ \"networkmanager\" ];");
    assert!(!configuration.contains("wheel"), "{configuration}");
}

#[test]
fn the_rollback_waits_for_the_volume_and_the_resume_and_comes_before_the_root() {
    let mut answers = answers();
    answers.encryption.volume_name = "my-disk".to_owned();
    let text = text(&answers, ConfigFileName::Rollback);
    assert_lines(&text, "requires = [ \"dev-mapper-my\\\\x2ddisk.device\" ];");
    assert_lines(
        &text,
        "after = [
        \"dev-mapper-my\\\\x2ddisk.device\"
        \"systemd-cryptsetup@my\\\\x2ddisk.service\"
        \"local-fs-pre.target\"
        ];",
    );
    assert_lines(&text, "before = [ \"sysroot.mount\" ];");
    assert_lines(&text, "wantedBy = [ \"initrd.target\" ];");
    assert_eq!(text.matches("device=/dev/mapper/my-disk\n").count(), 2, "both scripts use the volume");
}

#[test]
fn what_persists_is_listed_once_and_never_where_it_survives_anyway() {
    let mut answers = answers();
    answers.persist.with = vec!["docker".to_owned()];
    answers.persist.without = vec!["sudo".to_owned()];
    answers.persist.directories =
        ["/var/lib/nixos", "/var/lib/docker", "/etc/NetworkManager", "/games/saves"]
            .map(str::to_owned)
            .into();
    answers.persist.files = ["/etc/machine-id", "/etc/my file"].map(str::to_owned).into();
    answers.filesystem.subvolumes = vec![
        ExtraSubvolume { name: "games".to_owned(), mountpoint: "/games".to_owned() },
        ExtraSubvolume { name: "bluetooth".to_owned(), mountpoint: "/var/lib/bluetooth".to_owned() },
    ];
    let layout = layout(&answers);
    let directories: Vec<(String, u32)> =
        persisted_directories(&answers, &layout).into_iter().map(|each| (each.path, each.mode)).collect();
    let expected = [
        ("/etc/nixos", 0o755),
        ("/var/lib/nixos", 0o755),
        ("/var/lib/systemd", 0o755),
        ("/var/lib/sbctl", 0o700),
        ("/etc/secureboot", 0o755),
        ("/var/lib/NetworkManager", 0o700),
        ("/var/lib/docker", 0o710),
        ("/etc/NetworkManager", 0o755),
    ];
    assert_eq!(directories, expected.map(|(path, mode)| (path.to_owned(), mode)));
    let files = persisted_files(&answers, &layout);
    assert_eq!(files.len(), 6, "{files:?}");
    assert_eq!(files.last().map(String::as_str), Some("/etc/my file"));

    let text = text(&answers, ConfigFileName::Persistence);
    for (path, mode) in expected {
        let line = if mode == 0o755 {
            format!("\"{path}\"")
        } else {
            format!("directory = \"{path}\";\nmode = \"{mode:04o}\";")
        };
        assert_lines(&text, &line);
    }
    assert_lines(&text, "\"/etc/my file\"");
}

/// Every preset, and every entry at once.
fn every_choice() -> Vec<PersistAnswers> {
    let preset = |preset| PersistAnswers { preset, ..PersistAnswers::default() };
    let mut all: Vec<PersistAnswers> = PRESETS.iter().map(|(_, each)| preset(*each)).collect();
    let with = catalogue::entries().map(|entry| entry.id.clone()).collect();
    all.push(PersistAnswers { with, ..PersistAnswers::default() });
    all
}

#[test]
fn whatever_is_chosen_from_the_catalogue_no_path_is_there_twice_or_in_another() {
    for persist in every_choice() {
        let answers = Answers { persist, ..answers() };
        let layout = layout(&answers);
        let directories: Vec<String> =
            persisted_directories(&answers, &layout).into_iter().map(|each| each.path).collect();
        let files = persisted_files(&answers, &layout);
        for (index, path) in directories.iter().chain(&files).enumerate() {
            let within = |(at, other): (usize, &String)| at != index && is_at_or_below(path, other);
            assert!(!directories.iter().enumerate().any(within), "{path}");
        }
        let kept = |path: &str| directories.iter().chain(&files).any(|base| is_at_or_below(path, base));
        for entry in catalogue::chosen(&answers.persist, &answers.system) {
            assert!(entry.paths().all(kept), "{} is lost", entry.id);
        }
        let text = text(&answers, ConfigFileName::Persistence);
        assert_eq!(nixfmt_rs::format(&text).expect("it parses"), text);
    }
}

/// tests/lab/standin/selftest evaluates the file with real Nix.
#[test]
fn the_whole_catalogue_is_written_as_reviewed() {
    let persist = every_choice().pop().expect("the one with every entry");
    let written = text(&Answers { persist, ..answers() }, ConfigFileName::Persistence);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/whole-catalogue.nix");
    if env::var_os("SNOWMELT_WRITE_GOLDEN").is_some() {
        fs::write(&path, &written).expect("it can be written");
    }
    let reviewed = fs::read_to_string(&path).expect("the golden file");
    assert_eq!(written, reviewed, "SNOWMELT_WRITE_GOLDEN=1 writes it anew, for review");
}

#[test]
fn each_entry_is_explained_once() {
    let mut answers = answers();
    answers.persist.with = vec!["ollama".to_owned(), "private".to_owned(), "firmware".to_owned()];
    let text = text(&answers, ConfigFileName::Persistence);
    assert_lines(
        &text,
        "# History and downloaded lists of firmware updates.\n\"/var/lib/fwupd\"\n\"/var/cache/fwupd\"",
    );
    assert_eq!(text.matches("/var/lib/private").count(), 1, "two entries share it");
}

#[test]
fn saved_networks_can_be_read_by_root_alone() {
    let text = text(&answers(), ConfigFileName::Persistence);
    assert_lines(&text, "directory = \"/etc/NetworkManager/system-connections\";\nmode = \"0700\";");
}

#[test]
fn of_a_flake_of_the_persons_only_what_the_disk_needs_is_written() {
    let mut answers = answers();
    let (disk, rollback) = (text(&answers, ConfigFileName::Disk), text(&answers, ConfigFileName::Rollback));
    let own = OwnFlake { flake: "/home/ada/nixos".to_owned(), host: None, facts: None };
    answers.configuration = ConfigurationAnswers::OwnFlake(own);
    let files = generate(&answers);
    assert_eq!(files.iter().map(|file| file.name).collect::<Vec<_>>(), [ConfigFileName::Facts]);
    let facts = &files[0].text;
    assert_eq!(nixfmt_rs::format(facts).expect("it parses"), *facts);
    for part in [disk, rollback] {
        let body = part
            .lines()
            .skip_while(|line| line.starts_with('#'))
            .map(str::trim)
            .filter(|line| !line.is_empty() && !"{}:".contains(line));
        for line in body.filter(|line| !line.starts_with("{ ")) {
            assert!(facts.contains(line), "{line}\nis not in\n{facts}");
        }
    }
    assert!(!facts.contains("environment.persistence") && !facts.contains("networking"), "{facts}");
}

#[test]
fn what_is_not_known_yet_is_plain_to_see() {
    let answers = answers();
    let all: String = files(&answers, &layout(&answers), &machine(), &Devices::unknown())
        .into_iter()
        .map(|file| file.text)
        .collect();
    for name in ["ENCRYPTED", "BOOT", "SWAP"] {
        assert!(all.contains(&format!("UUID-OF-THE-{name}-PARTITION\"")), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    // Even without the answers' own rules nobody can put an expression into a file.
    #[test]
    fn what_is_typed_never_becomes_code(
        typed in prop_oneof!["[ -~\n\t]{0,30}", "(\\$\\{|\"|''|\\\\|\\$|x){0,12}"],
        as_layout in any::<bool>(),
    ) {
        let mut answers = answers();
        answers.encryption.volume_name.clone_from(&typed);
        answers.persist.directories = vec![format!("/{typed}")];
        answers.persist.files = vec![format!("/f{typed}")];
        answers.filesystem.subvolumes = vec![ExtraSubvolume { name: typed.clone(), mountpoint: format!("/m{typed}") }];
        answers.system.release = Some(typed.clone());
        let system = &mut answers.system;
        for field in [&mut system.host_name, &mut system.locale, &mut system.time_zone] {
            field.clone_from(&typed);
        }
        system.formats = Some(format!("{typed}x"));
        if as_layout {
            system.keymap = None;
            system.xkb_layout = Some(typed.clone());
            system.xkb_variant = Some(typed.clone());
        } else {
            system.keymap = Some(typed.clone());
        }
        answers.user.automatic_login = true;
        answers.user.name.clone_from(&typed);
        answers.user.full_name = typed;
        for file in generate(&answers) {
            let parsed = rnix::Root::parse(&file.text);
            prop_assert!(parsed.errors().is_empty(), "{:?} in {}", parsed.errors(), file.text);
            let has_code = parsed.syntax().descendants().any(|node| {
                matches!(node.kind(), SyntaxKind::NODE_INTERPOL | SyntaxKind::NODE_DYNAMIC)
            });
            prop_assert!(!has_code, "{}", file.text);
        }
    }
}
