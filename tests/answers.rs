//! Answers as people write them: read, judged, and written again.

#![allow(clippy::expect_used, reason = "a test that can’t go on fails")]

use proptest::prelude::*;
use snowmelt::pure::answers::{
    Answers, ConfigurationAnswers, DEFAULT_ESP_SIZE, DEFAULT_PBKDF, Desktop, DiskAnswers, EncryptionAnswers,
    ExtraSubvolume, FilesystemAnswers, OldRoots, OwnFlake, Pbkdf, PbkdfKind, PersistAnswers, PersistModule,
    Place, Preset, Problem, RootAnswers, RootKind, SwapAnswers, SwapKind, SystemAnswers, UserAnswers,
    persisted_path_among, read, validate, write,
};
use snowmelt::pure::erasure::Erasure;
use snowmelt::pure::size::{GIB, KIB, MIB};

const SHORTEST: &str = "\
version = 1
[disk]
device = \"/dev/sda\"
[system]
host-name = \"laptop\"
keymap = \"us\"
[user]
name = \"ada\"
";

/// `key line:column`, in the order of `read`.
fn places(text: &str) -> Vec<String> {
    let shown = |problem: Problem| match problem.place {
        Some(Place { line, column }) => format!("{} {line}:{column}", problem.key),
        None => problem.key,
    };
    read(text).expect_err("this text has problems").into_iter().map(shown).collect()
}

/// What is said of `key`.
fn sentence(text: &str, key: &str) -> String {
    let problems = read(text).expect_err("this text has problems");
    problems.into_iter().find(|problem| problem.key == key).expect("one of this key").sentence
}

#[test]
fn the_shortest_answers_get_the_documented_defaults() {
    let answers = read(SHORTEST).expect("no problem");
    assert_eq!(answers.disk.esp_size, DEFAULT_ESP_SIZE);
    assert_eq!(answers.swap, SwapAnswers { kind: SwapKind::Random, size: None, zram: false });
    assert!(answers.encryption.enabled);
    assert_eq!(answers.encryption.volume_name, "enc");
    assert_eq!(answers.encryption.pbkdf, DEFAULT_PBKDF);
    assert!(!answers.encryption.allow_discards);
    assert_eq!(answers.encryption, EncryptionAnswers::default());
    assert_eq!(answers.filesystem, FilesystemAnswers { compression_level: None, subvolumes: Vec::new() });
    assert_eq!(answers.system.time_zone, "UTC");
    assert_eq!(answers.system.locale, "en_US.UTF-8");
    let system = &answers.system;
    assert_eq!((&system.formats, &system.xkb_layout, &system.xkb_variant), (&None, &None, &None));
    assert_eq!(system.desktop, Desktop::None);
    let switches = [
        system.unfree,
        system.ssh,
        system.printing,
        system.bluetooth,
        system.flatpak,
        system.firmware_updates,
    ];
    assert_eq!(switches, [false; 6]);
    assert_eq!(system.release, None);
    assert!(answers.user.administrator && !answers.user.automatic_login);
}

#[test]
fn the_example_has_no_problem_and_every_key() {
    let text = include_str!("../data/examples/answers.toml");
    let answers = read(text).expect("no problem");
    assert_eq!(answers.swap.size, Some(8 * GIB));
    assert_eq!(answers.filesystem.subvolumes.len(), 1);
    for key in snowmelt::pure::answers::KEYS {
        let name = key.path.rsplit('.').next().expect("a name");
        assert!(text.contains(&format!("{name} = ")), "{} is not in the example", key.path);
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_no_problem() {
    let text = format!("\u{feff}{}", SHORTEST.replace('\n', "\r\n"));
    assert_eq!(read(&text), read(SHORTEST));
}

#[test]
fn every_problem_is_reported_at_once_with_key_line_and_column() {
    let text = "\
version = 1
colour = \"blue\"
[disk]
device = 3
esp_size = \"1 GiB\"
[swap]
kind = \"encrypted\"
size = \"many\"
[encryption]
volume-name = \"a/b\"
pbkdf = { memory = \"1 KiB\", threads = 9 }
[filesystem]
compression-level = 300
[[filesystem.subvolumes]]
name = \"root\"
[persist]
directories = [\"/var/lib/x\", 7, \"/home/ada\"]
files = [
  \"/var/lib/x/y\",
]
[system]
host-name = \"-\"
keymap = \"us\"
[usr]
";
    let expected = [
        "colour 2:1",
        "disk.device 4:10",
        "disk.esp_size 5:1",
        "swap.kind 7:8",
        "swap.size 8:8",
        "encryption.volume-name 10:15",
        "encryption.pbkdf.memory 11:20",
        "encryption.pbkdf.threads 11:39",
        "filesystem.compression-level 13:21",
        "filesystem.subvolumes[0].mountpoint 14:1",
        "filesystem.subvolumes[0].name 15:8",
        "persist.directories[1] 17:30",
        "persist.directories[2] 17:33",
        "persist.files[0] 19:3",
        "system.host-name 22:13",
        "usr 24:2",
        "user.name",
    ];
    assert_eq!(places(text), expected);
}

#[test]
fn a_likely_key_is_named() {
    let with = |line: &str| SHORTEST.replace("[system]", &format!("{line}\n[system]"));
    assert!(sentence(&with("esp_size = 1"), "disk.esp_size").contains("“esp-size”"));
    assert!(sentence(&with("keymap = 1"), "disk.keymap").contains("“system.keymap”"));
    assert!(sentence(&with("colour = 1"), "disk.colour").contains("device, esp-size"));
}

#[test]
fn broken_toml_is_reported_beside_the_rest_and_says_nothing_else_of_its_line() {
    let text = SHORTEST.replace("\"/dev/sda\"", "").replace("\"us\"", "\"u s\"");
    let problems = places(&text);
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with(" 3:"), "{problems:?}");
    assert_eq!(problems[1], "system.keymap 6:10");
    let twice = places(&SHORTEST.replace("keymap", "host-name = \"other\"\nkeymap"));
    assert!(twice.len() == 1 && twice[0].starts_with(" 6:"), "{twice:?}");
}

#[test]
fn nothing_at_all_is_a_list_of_what_must_be_there() {
    assert_eq!(places(""), ["version", "disk.device", "system.host-name", "user.name", "system.keymap"]);
}

#[test]
fn another_version_is_the_only_thing_said() {
    assert_eq!(places("version = 2\nanything = true\n"), ["version 1:11"]);
    assert!(sentence("version = 2\n", "version").contains("version 1"));
}

#[test]
fn rules_across_keys() {
    let cases = [
        ("[swap]\nkind = \"none\"\nsize = \"1 GiB\"", vec!["swap.size 11:8"]),
        ("[encryption.pbkdf]\niterations = 9\ntime = 5", vec!["encryption.pbkdf.time 11:8"]),
        ("[encryption.pbkdf]\nkind = \"pbkdf2\"\nthreads = 1", vec!["encryption.pbkdf.threads 11:11"]),
        (
            "[[filesystem.subvolumes]]\nname = \"a\"\nmountpoint = \"/srv\"\n\
             [[filesystem.subvolumes]]\nname = \"a\"\nmountpoint = \"/srv\"",
            vec!["filesystem.subvolumes[1].name 13:8", "filesystem.subvolumes[1].mountpoint 14:14"],
        ),
        (
            "[[filesystem.subvolumes]]\nname = \"a\"\nmountpoint = \"/srv\"\n\
             [persist]\ndirectories = [\"/srv/x\"]",
            vec!["persist.directories[0] 13:16"],
        ),
        (
            "[[filesystem.subvolumes]]\nname = \"a\"\nmountpoint = \"/srv\"\n\
             [persist]\ndirectories = [7]",
            vec!["persist.directories[0] 13:16"],
        ),
        (
            "[persist]\ndirectories = [\"/opt/a\", \"/opt/a\", \"/opt/a/b\"]\nfiles = [\"/opt/a\", \"/opt/ab\"]",
            vec!["persist.directories[1] 10:26", "persist.directories[2] 10:36", "persist.files[0] 11:10"],
        ),
    ];
    for (more, expected) in cases {
        assert_eq!(places(&format!("{SHORTEST}{more}")), expected, "{more}");
    }
}

#[test]
fn without_encryption_no_key_of_it_may_be_given() {
    let without = format!("{SHORTEST}[encryption]\nenabled = false\n");
    let answers = read(&without).expect("no problem");
    assert_eq!(answers.encryption, EncryptionAnswers::none());
    // Even where it says what holds anyway.
    let text = format!("{without}volume-name = \"enc\"\nallow-discards = false\npbkdf = {{ threads = 9 }}\n");
    let expected =
        ["encryption.volume-name 11:15", "encryption.allow-discards 12:18", "encryption.pbkdf.threads 13:21"];
    assert_eq!(places(&text), expected);
    assert!(sentence(&text, "encryption.pbkdf.threads").contains("no encrypted volume"));
    // As a front end may make them.
    let mut changed = answers;
    changed.encryption.volume_name = "other".to_owned();
    let keys: Vec<String> = validate(&changed).into_iter().map(|problem| problem.key).collect();
    assert_eq!(keys, ["encryption.volume-name"]);
}

#[test]
fn the_keyboard_is_given_once() {
    let with = |lines: &str| SHORTEST.replace("keymap = \"us\"", lines);
    let layout = read(&with("xkb-layout = \"de\"\nxkb-variant = \"neo\"")).expect("no problem").system;
    assert_eq!(layout.keymap, None);
    assert_eq!((layout.xkb_layout.as_deref(), layout.xkb_variant.as_deref()), (Some("de"), Some("neo")));
    for (lines, expected) in [
        ("", vec!["system.keymap 4:1"]),
        ("keymap = \"us\"\nxkb-layout = \"us\"", vec!["system.keymap 6:10"]),
        ("keymap = \"us\"\nxkb-variant = \"neo\"", vec!["system.xkb-variant 7:15"]),
        ("xkb-layout = \"us,de\"", vec!["system.xkb-layout 6:14"]),
        ("xkb-layout = \"de\"\nxkb-variant = \"\"", vec!["system.xkb-variant 7:15"]),
        // What can't be read is no reason to say that it is missing.
        ("xkb-layout = 7", vec!["system.xkb-layout 6:14"]),
        ("keymap = []", vec!["system.keymap 6:10"]),
    ] {
        assert_eq!(places(&with(lines)), expected, "{lines}");
    }
    let broken = places(&with("xkb-layout = "));
    assert!(broken.len() == 1 && broken[0].starts_with(" 6:"), "{broken:?}");
}

#[test]
fn what_needs_a_desktop_is_refused_without_one() {
    let text = |desktop: &str| {
        SHORTEST.replace("[user]", &format!("flatpak = true\n{desktop}\n[user]\nautomatic-login = true"))
    };
    assert_eq!(places(&text("")), ["system.flatpak 7:11", "user.automatic-login 10:19"]);
    assert_eq!(places(&text("desktop = \"none\"")), ["system.flatpak 7:11", "user.automatic-login 10:19"]);
    for desktop in ["gnome", "plasma", "xfce"] {
        assert!(read(&text(&format!("desktop = \"{desktop}\""))).is_ok(), "{desktop}");
    }
    assert_eq!(places(&text("desktop = \"kde\"")), ["system.desktop 8:11"]);
}

#[test]
fn a_flake_of_the_persons_is_named_whole_and_only_where_it_is_wanted() {
    let with = |lines: &str| format!("{SHORTEST}[configuration]\n{lines}\n");
    let answers = read(&with("flake = \"/home/ada/nixos\"")).expect("no problem");
    let own = answers.configuration.own().expect("whoever names a flake means it");
    assert_eq!((own.flake.as_str(), &own.host, &own.facts), ("/home/ada/nixos", &None, &None));
    assert_eq!(answers.host(), answers.system.host_name);
    let answers =
        read(&with("kind = \"own-flake\"\nflake = \"https://example.org/n\"\nhost = \"x1\"")).expect("none");
    assert_eq!(answers.host(), "x1");
    assert!(read(SHORTEST).expect("no problem").configuration.own().is_none());

    let lines = "kind = \"own-flake\"\nhost = \"a.b\"\nfacts = \"../x.nix\"";
    let keys: Vec<String> = read(&with(lines)).expect_err("three").into_iter().map(|each| each.key).collect();
    assert_eq!(keys, ["configuration.flake", "configuration.host", "configuration.facts"]);
    let lines = "kind = \"new-flake\"\nflake = \"/home/ada/nixos\"";
    assert!(sentence(&with(lines), "configuration.flake").contains("own-flake"));
}

#[test]
fn the_user_need_not_be_an_administrator() {
    let nobody = SHORTEST.replace("\"ada\"", "\"ada\"\nadministrator = false");
    assert!(!read(&nobody).expect("no problem").user.administrator);
}

#[test]
fn what_persists_is_named_by_ids_and_only_once() {
    let cases = [
        ("with = [\"bluetoth\"]", vec!["persist.with[0] 10:9"]),
        ("with = [\"docker\", \"docker\"]", vec!["persist.with[1] 10:19"]),
        ("with = [\"docker\"]\nwithout = [\"docker\"]", vec!["persist.without[0] 11:12"]),
        ("without = [\"ids\"]", vec!["persist.without[0] 10:12"]),
        ("without = [\"systemd\", \"nothing-like-it\"]", vec!["persist.without[1] 10:23"]),
        ("preset = \"laptop\"", vec!["persist.preset 10:10"]),
        ("with = [7]", vec!["persist.with[0] 10:9"]),
        // What an entry keeps already.
        ("directories = [\"/var/lib/bluetooth/x\"]", vec!["persist.directories[0] 10:16"]),
        ("files = [\"/etc/machine-id\"]", vec!["persist.files[0] 10:10"]),
        ("without = [\"bluetooth\"]\ndirectories = [\"/var/lib/bluetooth\"]", vec![]),
        ("with = [\"docker\"]\ndirectories = [\"/var/lib/docker\"]", vec!["persist.directories[0] 11:16"]),
        // What holds a listed directory is no file.
        ("files = [\"/opt/a\"]\ndirectories = [\"/opt/a/b\"]", vec!["persist.files[0] 10:10"]),
        ("files = [\"/var/db\"]", vec!["persist.files[0] 10:10"]),
        (
            "directories = [\"/opt\"]\n[[filesystem.subvolumes]]\nname = \"a\"\nmountpoint = \"/opt/games\"",
            vec!["persist.directories[0] 10:16"],
        ),
    ];
    for (more, expected) in cases {
        let text = format!("{SHORTEST}[persist]\n{more}\n");
        let found = if read(&text).is_ok() { Vec::new() } else { places(&text) };
        assert_eq!(found, expected, "{more}");
    }
    let meant = sentence(&format!("{SHORTEST}[persist]\nwith = [\"bluetoth\"]\n"), "persist.with[0]");
    assert!(meant.contains("“bluetooth”"), "{meant}");
    let reason = sentence(&format!("{SHORTEST}[persist]\nwithout = [\"ids\"]\n"), "persist.without[0]");
    assert!(reason.contains("change their owner"), "{reason}");
}

#[test]
fn a_path_is_judged_as_it_is_typed() {
    let mut answers = read(SHORTEST).expect("no problem");
    answers.persist.directories = vec!["/opt/a/b".to_owned()];
    answers.persist.files = vec!["/opt/c".to_owned()];
    let judge = |path: &str| persisted_path_among(path, &answers);
    for good in ["/opt/d", "/opt/a/c", "/var/lib/docker", "/var/lib/systemd-other"] {
        assert_eq!(judge(good), Ok(()), "{good}");
    }
    for (bad, named) in [
        ("/opt/a/b/c", "/opt/a/b"),
        ("/opt/a", "/opt/a/b"),
        ("/opt/c", "listed"),
        ("/var/lib/systemd/timers", "State of systemd"),
        ("/etc/shadow", "/etc/shadow"),
        ("/var/lib/private/x", "/var/lib/private"),
    ] {
        let sentence = judge(bad).expect_err(bad);
        assert!(sentence.contains(named), "{bad}: {sentence}");
    }
}

#[test]
fn sizes_are_texts_with_a_unit_or_bytes() {
    let size = |value: &str| {
        let text = SHORTEST.replace("[system]", &format!("esp-size = {value}\n[system]"));
        read(&text).map(|answers| answers.disk.esp_size)
    };
    assert_eq!(size("\"2GiB\""), Ok(2 * GIB));
    assert_eq!(size("1073741824"), Ok(GIB));
    assert_eq!(size("0x4000_0000"), Ok(GIB));
    for wrong in ["\"100 MiB\"", "-1", "1.5", "true", "\"\""] {
        assert!(size(wrong).is_err(), "{wrong}");
    }
}

/// Below `/srv` nothing is taken; quotes, Nix's antiquotation and any script are allowed there.
fn path() -> impl Strategy<Value = String> {
    "[a-z\u{e4}\u{4e2d}\u{5d0}][a-z \"'$\\{\\}#\u{e4}\u{4e2d}]{0,12}".prop_map(|name| format!("/srv/{name}"))
}

fn some_encryption() -> impl Strategy<Value = EncryptionAnswers> {
    let pbkdf = (proptest::option::of(32..1024_u64), proptest::option::of(4..u32::MAX), 1..4_u32).prop_map(
        |(memory, iterations, threads)| Pbkdf {
            kind: PbkdfKind::Argon2i,
            memory: memory.map(|kib| kib * KIB),
            iterations,
            threads: Some(threads),
            time: iterations.is_none().then_some(1),
        },
    );
    let enabled = ("[a-z0-9][a-zA-Z0-9+_.-]{0,40}x", any::<bool>(), pbkdf).prop_map(
        |(volume_name, allow_discards, pbkdf)| EncryptionAnswers {
            enabled: true,
            volume_name,
            allow_discards,
            pbkdf,
        },
    );
    prop_oneof![3 => enabled, 1 => Just(EncryptionAnswers::none())]
}

fn some_filesystem() -> impl Strategy<Value = FilesystemAnswers> {
    let subvolumes = proptest::collection::btree_map(path(), "[a-z\u{e4}]{6,12}", 0..4).prop_map(|map| {
        map.into_iter()
            .enumerate()
            .map(|(index, (mountpoint, name))| ExtraSubvolume { name: format!("{name}{index}"), mountpoint })
            .collect()
    });
    (proptest::option::of(1..=15_i8), subvolumes)
        .prop_map(|(compression_level, subvolumes)| FilesystemAnswers { compression_level, subvolumes })
}

fn some_persist() -> impl Strategy<Value = PersistAnswers> {
    proptest::collection::btree_set(path(), 0..6).prop_map(|paths| {
        let paths: Vec<String> = paths.into_iter().map(|path| path.replace("/srv", "/opt")).collect();
        let (directories, files) = paths.split_at(paths.len() / 2);
        PersistAnswers {
            preset: Preset::Server,
            with: vec!["docker".to_owned(), "bluetooth".to_owned()],
            without: vec!["systemd".to_owned()],
            directories: directories.to_vec(),
            files: files.to_vec(),
            home: Vec::new(),
            module: if paths.len().is_multiple_of(2) {
                PersistModule::Impermanence
            } else {
                PersistModule::Preservation
            },
            wifi: paths.len() > 3,
        }
    })
}

fn some_system() -> impl Strategy<Value = SystemAnswers> {
    let names = ("[a-z]([a-z0-9-]{0,60}[a-z0-9])?", proptest::option::of("[3-9][0-9]\\.(05|11)"));
    let keyboard = prop_oneof![
        Just((Some("by_bksh-UTF-8".to_owned()), None, None)),
        ("[a-zA-Z0-9_]{1,9}", proptest::option::of("[a-zA-Z0-9_][a-zA-Z0-9_-]{0,9}"))
            .prop_map(|(layout, variant)| (None, Some(layout), variant)),
    ];
    let desktop = prop::sample::select(vec![Desktop::None, Desktop::Gnome, Desktop::Plasma, Desktop::Xfce]);
    (names, keyboard, desktop, any::<[bool; 6]>(), proptest::option::of("[a-z]{2}_[A-Z]{2}\\.UTF-8"))
        .prop_map(|((host_name, release), (keymap, xkb_layout, xkb_variant), desktop, switches, formats)| {
            let [unfree, ssh, printing, bluetooth, flatpak, firmware_updates] = switches;
            SystemAnswers {
                host_name,
                time_zone: "America/Argentina/Ushuaia".to_owned(),
                locale: "sr_RS@latin".to_owned(),
                formats,
                keymap,
                xkb_layout,
                xkb_variant,
                desktop,
                unfree,
                ssh,
                printing,
                bluetooth,
                flatpak,
                firmware_updates,
                release,
            }
        })
}

fn some_configuration() -> impl Strategy<Value = ConfigurationAnswers> {
    let flake = prop_oneof![path(), "(git[+])?(https|ssh)://[a-z]{1,9}/[a-z.~]{1,9}"];
    let (host, facts) = ("[a-z0-9][a-z0-9_-]{0,9}", "[a-z]{1,5}/[a-z]{1,5}\\.nix");
    let own = (flake, proptest::option::of(host), proptest::option::of(facts))
        .prop_map(|(flake, host, facts)| ConfigurationAnswers::OwnFlake(OwnFlake { flake, host, facts }));
    prop_oneof![Just(ConfigurationAnswers::NewFlake), own]
}

fn some_root() -> impl Strategy<Value = RootAnswers> {
    let in_memory = proptest::option::of(256 * MIB..MIB * MIB).prop_map(|size| RootAnswers {
        kind: RootKind::Tmpfs,
        size,
        ..RootAnswers::default()
    });
    let old_roots =
        prop_oneof![(1..=3650_u32).prop_map(OldRoots::Days), (1..=1000_u32).prop_map(OldRoots::Count)];
    let kinds = prop::sample::select(vec![RootKind::Rollback, RootKind::Keep]);
    let on_disk = (kinds, old_roots, any::<[bool; 2]>()).prop_map(|(kind, old_roots, [keep_once, home])| {
        RootAnswers { kind, size: None, old_roots, keep_once, home }
    });
    prop_oneof![1 => in_memory, 3 => on_disk]
}

fn some_answers() -> impl Strategy<Value = Answers> {
    let erasures = prop::sample::select(Erasure::ALL.to_vec());
    let disk = ("[!-~\u{e4} ]{0,20}x", 0..1024_u64, erasures)
        .prop_map(|(device, extra, erase)| DiskAnswers { device, esp_size: 512 * MIB + extra, erase });
    let kinds = prop::sample::select(vec![SwapKind::Random, SwapKind::Plain, SwapKind::File]);
    let swap = (kinds, proptest::option::of(64 * MIB..u64::from(u32::MAX) * 4096), any::<bool>())
        .prop_map(|(kind, size, zram)| SwapAnswers { kind, size, zram });
    let user = ("[a-z][a-z0-9_-]{0,20}9", "[^:\\pC]{0,30}", any::<[bool; 2]>()).prop_map(
        |(name, full_name, [administrator, automatic_login])| UserAnswers {
            name,
            full_name,
            administrator,
            automatic_login,
        },
    );
    let all = (
        disk,
        swap,
        some_encryption(),
        some_filesystem(),
        some_root(),
        some_persist(),
        some_system(),
        user,
        some_configuration(),
    );
    all.prop_filter_map(
        "a name or path that a rule of its own forbids",
        |(disk, swap, encryption, filesystem, root, mut persist, system, user, configuration)| {
            if root.home {
                persist.home = vec!["Documents".to_owned(), "else/a b".to_owned()];
            }
            let answers =
                Answers { disk, swap, encryption, filesystem, root, persist, system, user, configuration };
            validate(&answers).is_empty().then_some(answers)
        },
    )
}

#[test]
fn a_root_has_the_keys_that_are_about_it() {
    let with = |tables: &str| SHORTEST.replace("[system]", &format!("{tables}\n[system]"));
    let keys = |tables: &str| -> Vec<String> {
        let problems = read(&with(tables)).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.key).collect()
    };
    let answers = read(&with("[root]\nkind = \"keep\"\nkeep-count = 3")).expect("no problem");
    assert_eq!(answers.root.kind, RootKind::Keep);
    assert_eq!(answers.root.old_roots, OldRoots::Count(3));
    let in_memory = "[root]\nkind = \"tmpfs\"";
    assert_eq!(keys(&format!("{in_memory}\nsize = \"2 GiB\"")), [""; 0]);
    assert_eq!(keys(&format!("{in_memory}\nkeep-days = 3\nhome = true")), ["root.home", "root.keep-days"]);
    assert_eq!(keys(&format!("{in_memory}\nsize = \"1 MiB\"")), ["root.size"]);
    assert_eq!(keys("[root]\nsize = \"2 GiB\""), ["root.size"]);
    assert_eq!(keys("[root]\nkeep-days = 3\nkeep-count = 3"), ["root.keep-count"]);
    assert_eq!(keys("[root]\nkeep-days = 0"), ["root.keep-days"]);
    assert_eq!(keys("[root]\nkeep-count = 1001"), ["root.keep-count"]);
}

#[test]
fn what_persists_of_a_home_is_listed_exactly_where_it_is_rolled_back() {
    let keys = |home: bool, paths: &str| -> Vec<String> {
        let tables = format!("[root]\nhome = {home}\n[persist]\nhome = [{paths}]\n[system]");
        let problems = read(&SHORTEST.replace("[system]", &tables)).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.key).collect()
    };
    assert_eq!(keys(true, "\"Documents\", \".local/share\""), [""; 0]);
    assert_eq!(keys(true, ""), ["persist.home"]);
    assert_eq!(keys(false, "\"Documents\""), ["persist.home[0]"]);
    for bad in ["/home/ada", "..", "a/../b", "a//b", "", "a/"] {
        assert_eq!(keys(true, &format!("\"{bad}\"")), ["persist.home[0]"], "{bad}");
    }
    assert_eq!(keys(true, "\".local/share\", \".local\""), ["persist.home[0]"]);
    assert_eq!(keys(true, "\"a\", \"a\""), ["persist.home[1]"]);
}

#[test]
fn networks_are_taken_along_only_to_where_they_stay() {
    let keys = |lines: &str| -> Vec<String> {
        let tables = format!("[persist]\nwifi = true\n{lines}\n[system]");
        let problems = read(&SHORTEST.replace("[system]", &tables)).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.key).collect()
    };
    assert_eq!(keys(""), [""; 0], "every preset keeps them");
    assert_eq!(keys("without = [\"networks\"]"), ["persist.wifi"]);
    let own = "without = [\"networks\", \"networkmanager\"]\ndirectories = [\"/etc/NetworkManager/system-connections\"]";
    assert_eq!(keys(own), [""; 0]);
}

#[test]
fn preservation_takes_no_path_that_means_something_in_its_rules() {
    let keys = |module: &str, path: &str| -> Vec<String> {
        let tables = format!("[persist]\nmodule = \"{module}\"\nfiles = [{path}]\n[system]");
        let problems = read(&SHORTEST.replace("[system]", &tables)).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.key).collect()
    };
    for path in ["\"/srv/100%\"", "\"/srv/it's\""] {
        assert_eq!(keys("preservation", path), ["persist.files[0]"], "{path}");
        assert_eq!(keys("impermanence", path), [""; 0], "{path}");
    }
    assert_eq!(keys("preservation", "'/srv/a \"b\" ${c}'"), [""; 0]);
}

/// A NUL can't be in any of Nix's texts, and no other control character belongs into them.
#[test]
fn no_text_may_hold_a_nul() {
    let answers = || read(include_str!("../data/examples/answers.toml")).expect("no problem");
    let fields: [fn(&mut Answers) -> &mut String; 13] = [
        |all| &mut all.encryption.volume_name,
        |all| &mut all.filesystem.subvolumes[0].name,
        |all| &mut all.filesystem.subvolumes[0].mountpoint,
        |all| &mut all.persist.directories[0],
        |all| &mut all.persist.files[0],
        |all| &mut all.persist.home[0],
        |all| &mut all.system.host_name,
        |all| &mut all.system.time_zone,
        |all| &mut all.system.locale,
        |all| all.system.xkb_layout.as_mut().expect("a layout"),
        |all| all.system.xkb_variant.as_mut().expect("a variant"),
        |all| &mut all.user.name,
        |all| &mut all.user.full_name,
    ];
    for (place, field) in fields.iter().enumerate() {
        for nul in ["\0", "x\0y"] {
            let mut changed = answers();
            field(&mut changed).push_str(nul);
            assert!(!validate(&changed).is_empty(), "field {place}: {nul:?}");
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same(answers in some_answers()) {
        let text = write(&answers);
        prop_assert_eq!(read(&text), Ok(answers), "{}", text);
    }

    #[test]
    fn whatever_is_read_gives_answers_or_problems(text in "\\PC{0,200}") {
        if let Err(problems) = read(&text) {
            prop_assert!(!problems.is_empty());
        }
    }

    #[test]
    fn a_broken_file_never_gets_through_in_silence(
        cut in 0..SHORTEST.len(),
        noise in "[\\[\\]=\"',.a-z\n]{1,4}",
    ) {
        let (before, after) = SHORTEST.split_at(cut);
        match read(&format!("{before}{noise}{after}")) {
            Ok(answers) => prop_assert!(validate(&answers).is_empty()),
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                prop_assert!(problems.iter().all(|one| !one.sentence.is_empty()));
            }
        }
    }
}
