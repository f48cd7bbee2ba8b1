//! Reads answers from TOML.

use toml::de::DeTable;

use super::lines::Lines;
use super::reader::{Reader, Table};
use super::validate::{no_root_on_disk, no_volume};
use super::{
    Answers, DEFAULT_DESKTOP, DEFAULT_ESP_SIZE, DEFAULT_LOCALE, DEFAULT_OLD_ROOTS, DEFAULT_PBKDF,
    DEFAULT_SWAP_KIND, DEFAULT_TIME_ZONE, DEFAULT_VOLUME_NAME, Desktop, DiskAnswers, EncryptionAnswers,
    ExtraSubvolume, FilesystemAnswers, OldRoots, Pbkdf, PbkdfKind, PersistAnswers, PersistModule, Place,
    Preset, Problem, RootAnswers, RootKind, SwapAnswers, SwapKind, SystemAnswers, UserAnswers, VERSION,
    configuration, validate,
};
use crate::i18n::{gettext, gettext_f};
use crate::pure::erasure::Erasure;

/// The words for each way to erase the disk first.
pub(super) const ERASURES: [(&str, Erasure); 4] = [
    ("none", Erasure::None),
    ("discard", Erasure::Discard),
    ("overwrite", Erasure::Overwrite),
    ("firmware", Erasure::Firmware),
];

/// The words for each kind of swap.
pub(super) const SWAP_KINDS: [(&str, SwapKind); 4] = [
    ("none", SwapKind::None),
    ("plain", SwapKind::Plain),
    ("random", SwapKind::Random),
    ("file", SwapKind::File),
];

/// The words for each kind of root.
pub(super) const ROOT_KINDS: [(&str, RootKind); 3] =
    [("rollback", RootKind::Rollback), ("tmpfs", RootKind::Tmpfs), ("keep", RootKind::Keep)];

/// The words for each module that makes what persists appear.
pub(super) const PERSIST_MODULES: [(&str, PersistModule); 2] =
    [("impermanence", PersistModule::Impermanence), ("preservation", PersistModule::Preservation)];

/// The words for each function that derives a key.
pub(super) const PBKDF_KINDS: [(&str, PbkdfKind); 3] =
    [("argon2id", PbkdfKind::Argon2id), ("argon2i", PbkdfKind::Argon2i), ("pbkdf2", PbkdfKind::Pbkdf2)];

/// The words for each desktop.
pub(super) const DESKTOPS: [(&str, Desktop); 4] = [
    ("none", Desktop::None),
    ("gnome", Desktop::Gnome),
    ("plasma", Desktop::Plasma),
    ("xfce", Desktop::Xfce),
];

/// The words for each preset.
pub const PRESETS: [(&str, Preset); 3] =
    [("minimal", Preset::Minimal), ("desktop", Preset::Desktop), ("server", Preset::Server)];

/// Reads answers from the text of a TOML file.
///
/// # Errors
/// Every problem there is, in the order of the text: syntax, unknown and missing keys, wrong types,
/// bad values.
pub fn read(text: &str) -> Result<Answers, Vec<Problem>> {
    let text = without_mark(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader::new(Lines::new(text), &errors);
    let root = Table::root(table.get_ref());

    let version = reader.integer(&root, "version");
    if let Some(version) = version.filter(|version| *version != VERSION) {
        // Another version's keys mean other things, so nothing more can be said of them.
        reader.report(
            "version",
            gettext_f(
                "These answers have version {version}; this Snowmelt reads version {known}. Write them anew, or use the Snowmelt that they were written for.",
                &[("version", &version.to_string()), ("known", &VERSION.to_string())],
            ),
        );
        return Err(reader.only("version"));
    }
    let answers = answers(&mut reader, &root);
    reader.unknown(&root);
    for problem in validate(&answers) {
        reader.broken_rule(problem);
    }
    let problems = reader.problems();
    if problems.is_empty() { Ok(answers) } else { Err(problems) }
}

/// Where the value of `key` stands in the text of a TOML file, for a problem that is found later.
#[must_use]
pub fn place_of(text: &str, key: &str) -> Option<Place> {
    let text = without_mark(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader::new(Lines::new(text), &errors);
    let _answers = answers(&mut reader, &Table::root(table.get_ref()));
    reader.nearest_place(key)
}

/// The text without a byte order mark, which is no part of it, but some editors write one.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Reads every table. A value that is missing or can't be read is reported, and replaced by one
/// that breaks no rule.
fn answers(reader: &mut Reader, root: &Table) -> Answers {
    let disk = reader.table(root, "disk");
    let swap = reader.table(root, "swap");
    let encryption = reader.table(root, "encryption");
    let pbkdf = reader.table(&encryption, "pbkdf");
    let encrypted = reader.boolean(&encryption, "enabled").unwrap_or(true);
    let filesystem = reader.table(root, "filesystem");
    let subvolumes = reader.tables(&filesystem, "subvolumes");
    let root_table = reader.table(root, "root");
    let root_answers = root_answers(reader, &root_table);
    let persist = reader.table(root, "persist");
    let system = reader.table(root, "system");
    let user = reader.table(root, "user");
    let configuration = reader.table(root, "configuration");
    // Whatever desktop was meant, the keys that ask for one are right.
    let unclear = if reader.has(&system, "desktop") { Desktop::Gnome } else { DEFAULT_DESKTOP };
    let desktop = reader.choice(&system, "desktop", &DESKTOPS).unwrap_or(unclear);
    let answers = Answers {
        disk: DiskAnswers {
            device: reader.text(&disk, "device").unwrap_or_else(|| "/dev/null".to_owned()),
            esp_size: reader.size(&disk, "esp-size").unwrap_or(DEFAULT_ESP_SIZE),
            erase: reader.choice(&disk, "erase", &ERASURES).unwrap_or_default(),
        },
        swap: SwapAnswers {
            kind: reader.choice(&swap, "kind", &SWAP_KINDS).unwrap_or(DEFAULT_SWAP_KIND),
            size: reader.size(&swap, "size"),
            zram: reader.boolean(&swap, "zram").unwrap_or(false),
        },
        encryption: EncryptionAnswers {
            enabled: encrypted,
            volume_name: reader
                .text(&encryption, "volume-name")
                .unwrap_or_else(|| DEFAULT_VOLUME_NAME.to_owned()),
            allow_discards: reader.boolean(&encryption, "allow-discards").unwrap_or(false),
            pbkdf: Pbkdf {
                kind: reader.choice(&pbkdf, "kind", &PBKDF_KINDS).unwrap_or(DEFAULT_PBKDF.kind),
                memory: reader.size(&pbkdf, "memory"),
                iterations: reader.integer(&pbkdf, "iterations").map(saturate_u32),
                threads: reader.integer(&pbkdf, "threads").map(saturate_u32),
                time: reader.integer(&pbkdf, "time").map(saturate_u32),
            },
        },
        filesystem: FilesystemAnswers {
            compression_level: reader.integer(&filesystem, "compression-level").map(saturate_i8),
            subvolumes: subvolumes
                .iter()
                .enumerate()
                .map(|(index, table)| ExtraSubvolume {
                    name: reader.text(table, "name").unwrap_or_else(|| format!("unnamed-{index}")),
                    mountpoint: reader
                        .text(table, "mountpoint")
                        .unwrap_or_else(|| format!("/srv/unnamed-{index}")),
                })
                .collect(),
        },
        root: root_answers,
        persist: PersistAnswers {
            preset: reader.choice(&persist, "preset", &PRESETS).unwrap_or_default(),
            with: reader.texts(&persist, "with"),
            without: reader.texts(&persist, "without"),
            directories: reader.texts(&persist, "directories"),
            files: reader.texts(&persist, "files"),
            home: reader.texts(&persist, "home"),
            module: reader.choice(&persist, "module", &PERSIST_MODULES).unwrap_or_default(),
            wifi: reader.boolean(&persist, "wifi").unwrap_or_default(),
        },
        system: SystemAnswers {
            host_name: reader.text(&system, "host-name").unwrap_or_else(|| "nixos".to_owned()),
            time_zone: reader.text(&system, "time-zone").unwrap_or_else(|| DEFAULT_TIME_ZONE.to_owned()),
            locale: reader.text(&system, "locale").unwrap_or_else(|| DEFAULT_LOCALE.to_owned()),
            formats: reader.text(&system, "formats"),
            keymap: reader.optional_text(&system, "keymap", "us"),
            xkb_layout: reader.optional_text(&system, "xkb-layout", "us"),
            xkb_variant: reader.text(&system, "xkb-variant"),
            desktop,
            unfree: reader.boolean(&system, "unfree").unwrap_or(false),
            ssh: reader.boolean(&system, "ssh").unwrap_or(false),
            printing: reader.boolean(&system, "printing").unwrap_or(false),
            bluetooth: reader.boolean(&system, "bluetooth").unwrap_or(false),
            flatpak: reader.boolean(&system, "flatpak").unwrap_or(false),
            firmware_updates: reader.boolean(&system, "firmware-updates").unwrap_or(false),
            release: reader.text(&system, "release"),
        },
        user: UserAnswers {
            name: reader.text(&user, "name").unwrap_or_else(|| "unnamed".to_owned()),
            full_name: reader.text(&user, "full-name").unwrap_or_default(),
            administrator: reader.boolean(&user, "administrator").unwrap_or(true),
            automatic_login: reader.boolean(&user, "automatic-login").unwrap_or(false),
        },
        configuration: configuration::read(reader, &configuration),
    };
    if !encrypted {
        reader.without_use(&encryption, &["volume-name", "allow-discards"], &no_volume());
        reader.without_use(&pbkdf, &["kind", "memory", "iterations", "threads", "time"], &no_volume());
    }
    let tables =
        [disk, swap, encryption, pbkdf, filesystem, root_table, persist, system, user, configuration];
    for table in tables.iter().chain(&subvolumes) {
        reader.unknown(table);
    }
    answers
}

/// Reads `[root]`.
fn root_answers(reader: &mut Reader, root: &Table) -> RootAnswers {
    let kind = reader.choice(root, "kind", &ROOT_KINDS).unwrap_or(RootKind::Rollback);
    let days = reader.integer(root, "keep-days").map(saturate_u32);
    let count = reader.integer(root, "keep-count").map(saturate_u32);
    if kind == RootKind::Tmpfs {
        reader.without_use(root, &["keep-days", "keep-count", "keep-once", "home"], &no_root_on_disk());
    } else if days.is_some() && count.is_some() {
        let both = gettext("Old roots are kept by their age or by their number. Leave one of the two out.");
        reader.without_use(root, &["keep-count"], &both);
    }
    let old_roots = match (days, count) {
        (Some(days), _) => OldRoots::Days(days),
        (None, Some(count)) => OldRoots::Count(count),
        (None, None) => DEFAULT_OLD_ROOTS,
    };
    let read = RootAnswers {
        kind,
        size: reader.size(root, "size"),
        old_roots,
        keep_once: reader.boolean(root, "keep-once").unwrap_or(true),
        home: reader.boolean(root, "home").unwrap_or(false),
    };
    match kind {
        // What is wrong with the rest is reported by its key.
        RootKind::Tmpfs => RootAnswers { kind, size: read.size, ..RootAnswers::default() },
        RootKind::Rollback | RootKind::Keep => read,
    }
}

/// The nearest number that the type holds; the rule for the value then says what it may be.
fn saturate_u32(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}

fn saturate_i8(number: i64) -> i8 {
    i8::try_from(number.clamp(i8::MIN.into(), i8::MAX.into())).unwrap_or(i8::MAX)
}
