//! A configuration for each combination of choices, in `tests/golden/NAME`, as it was reviewed.
//!
//! `answers.toml` is what was asked for; the rest beside it is what Snowmelt writes for that. After a
//! change that is meant, `SNOWMELT_WRITE_GOLDEN=1 cargo test --no-default-features --test golden`
//! writes them anew, and `git diff` is the review. `tests/lab/configurations/check` evaluates them.

#![allow(clippy::expect_used, reason = "a test that can’t go on fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use snowmelt::pure::answers;
use snowmelt::pure::config::{Devices, files};
use snowmelt::pure::layout::Layout;
use snowmelt::pure::machine::Machine;
use snowmelt::pure::protocol::ConfigFile;
use snowmelt::pure::size::GIB;

/// What the issue of these files asks for at least.
const FEWEST: usize = 24;

fn combinations() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let entries = fs::read_dir(all).expect("the folder");
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn generated(folder: &Path) -> Vec<ConfigFile> {
    let text = fs::read_to_string(folder.join("answers.toml")).expect("the answers");
    let answers = answers::read(&text).expect("no problem");
    let machine = Machine {
        uefi: true,
        memory: 8 * GIB,
        nixos_release: Some("26.05".to_owned()),
        channel: Some("26.05".to_owned()),
        nix_system: "x86_64-linux".to_owned(),
    };
    let layout = Layout::new(&answers, 100 * GIB, machine.memory);
    let devices = Devices {
        volume_uuid: Some("82144284-cf1d-4d65-9999-2e7cdc3c75d4".to_owned()),
        esp_uuid: "FDED-3BCF".to_owned(),
        swap: Some("0d1fc824-623b-4bb8-bf7b-63a3e657889d".to_owned()),
        swap_offset: Some(269_568),
    };
    files(&answers, &layout, &machine, &devices)
}

#[test]
fn every_combination_is_written_as_reviewed() {
    let all = combinations();
    assert!(all.len() >= FEWEST, "{} combinations", all.len());
    let is_writing = env::var_os("SNOWMELT_WRITE_GOLDEN").is_some();
    for folder in &all {
        let files = generated(folder);
        let mut names: BTreeSet<String> = BTreeSet::from(["answers.toml".to_owned()]);
        for file in &files {
            let path = folder.join(file.name.file_name());
            if is_writing {
                fs::write(&path, &file.text).expect("it can be written");
            }
            let reviewed = fs::read_to_string(&path).unwrap_or_default();
            assert!(
                reviewed == file.text,
                "{} is not as reviewed; SNOWMELT_WRITE_GOLDEN=1 writes it anew",
                path.display()
            );
            let _is_new = names.insert(file.name.file_name().to_owned());
        }
        let there: BTreeSet<String> = fs::read_dir(folder)
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        assert_eq!(there, names, "{}", folder.display());
    }
}

#[test]
fn every_file_parses_and_nixfmt_would_change_nothing() {
    for folder in combinations() {
        for file in generated(&folder) {
            let at = format!("{}/{}", folder.display(), file.name.file_name());
            let parsed = rnix::Root::parse(&file.text);
            assert!(parsed.errors().is_empty(), "{at}: {:?}", parsed.errors());
            let formatted = nixfmt_rs::format(&file.text).expect("it parses");
            assert!(formatted == file.text, "{at}:\n{formatted}");
            assert!(file.text.contains(concat!("# Written by Snowmelt ", env!("CARGO_PKG_VERSION"))), "{at}");
        }
    }
}

#[test]
fn no_two_combinations_are_the_same() {
    let mut seen: Vec<(PathBuf, Vec<ConfigFile>)> = Vec::new();
    for folder in combinations() {
        let files = generated(&folder);
        if let Some((other, _)) = seen.iter().find(|(_, other)| *other == files) {
            assert_eq!(other, &folder, "two folders hold the same configuration");
        }
        seen.push((folder, files));
    }
}
