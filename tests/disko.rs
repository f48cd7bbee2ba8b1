//! The description of the disk for disko.

#![allow(clippy::expect_used, reason = "a test that can’t go on fails")]

use std::path::Path;
use std::{env, fs};

use snowmelt::pure::answers::{self, Answers, EncryptionAnswers, RootAnswers, RootKind, SwapKind};
use snowmelt::pure::config::disko;
use snowmelt::pure::layout::Layout;
use snowmelt::pure::size::GIB;

fn example() -> Answers {
    answers::read(include_str!("../data/examples/answers.toml")).expect("no problem")
}

fn text(answers: &Answers) -> String {
    let layout = Layout::new(answers, 0, 8 * GIB);
    disko(answers, &layout, None).expect("nothing in it that a shell would split").text
}

/// tests/lab/configurations/check evaluates it with real Nix, against the names of disko's options.
#[test]
fn the_example_is_described_as_reviewed() {
    let written = text(&example());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/disko.nix");
    if env::var_os("SNOWMELT_WRITE_GOLDEN").is_some() {
        fs::write(&path, &written).expect("it can be written");
    }
    let reviewed = fs::read_to_string(&path).expect("the golden file");
    assert_eq!(written, reviewed, "SNOWMELT_WRITE_GOLDEN=1 writes it anew, for review");
}

#[test]
fn nixfmt_would_change_nothing() {
    let mut answers = example();
    for kind in [SwapKind::None, SwapKind::Plain, SwapKind::Random, SwapKind::File] {
        answers.swap.kind = kind;
        answers.swap.size = None;
        for encryption in [EncryptionAnswers::none(), EncryptionAnswers::default()] {
            answers.encryption = EncryptionAnswers { allow_discards: encryption.enabled, ..encryption };
            let text = text(&answers);
            assert_eq!(nixfmt_rs::format(&text).expect("it parses"), text);
        }
    }
}

#[test]
fn each_kind_of_swap_is_what_the_installation_makes() {
    let mut answers = example();
    answers.swap.size = None;
    let mut of = |kind| {
        answers.swap.kind = kind;
        text(&answers)
    };
    assert!(!of(SwapKind::None).contains("swap"));
    let plain = of(SwapKind::Plain);
    assert!(plain.contains("size = \"4096M\";\n          type = \"8200\";"), "{plain}");
    assert!(!plain.contains("randomEncryption"), "{plain}");
    let random = of(SwapKind::Random);
    assert!(random.contains("type = \"8308\";") && random.contains("randomEncryption = true;"), "{random}");
}

#[test]
fn without_encryption_the_filesystem_lies_on_the_partition() {
    let mut answers = example();
    answers.encryption = EncryptionAnswers::none();
    let text = text(&answers);
    assert!(!text.contains("luks"), "{text}");
    assert!(
        text.contains("type = \"8300\";\n          content = {\n            type = \"btrfs\";"),
        "{text}"
    );
    assert!(text.contains("postCreateHook"), "{text}");
}

#[test]
fn each_kind_of_root_has_the_snapshots_that_it_returns_to() {
    let mut answers = example();
    answers.root.home = true;
    let text = text(&answers);
    assert!(
        text.contains("\"$top/root\" \"$top/root-blank\"") && text.contains("\"$top/home-blank\""),
        "{text}"
    );
    let in_memory = RootAnswers { kind: RootKind::Tmpfs, size: Some(GIB), ..RootAnswers::default() };
    let text = self::text(&Answers { root: in_memory, ..example() });
    assert!(!text.contains("postCreateHook") && text.contains("disko.devices.nodev.\"/\" = {"), "{text}");
    let mut hibernating = example();
    hibernating.swap.kind = SwapKind::File;
    let text = self::text(&hibernating);
    assert!(text.contains("swap.swapfile.size = \"8192M\";") && text.contains("boot.resumeDevice"), "{text}");
}

#[test]
fn what_its_scripts_would_split_or_expand_is_refused_with_all_of_its_keys() {
    let mut answers = example();
    answers.disk.device = "/dev/disk/by-id/a b".to_owned();
    let subvolume = &mut answers.filesystem.subvolumes[0];
    subvolume.name = "vm images".to_owned();
    subvolume.mountpoint = "/srv/$(reboot)".to_owned();
    let layout = Layout::new(&answers, 0, 8 * GIB);
    let problems = disko(&answers, &layout, None).expect_err("disko quotes nothing");
    let keys: Vec<String> = problems.into_iter().map(|problem| problem.key).collect();
    let subvolume = |name: &str| format!("filesystem.subvolumes[0].{name}");
    assert_eq!(keys, ["disk.device".to_owned(), subvolume("name"), subvolume("mountpoint")]);
}
