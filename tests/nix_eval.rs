//! What a person types, printed and read again by real Nix: it comes out as it went in.
//!
//! `tests/lab/configurations/strings` runs it where Nix is.

#![allow(clippy::expect_used, reason = "a test that can’t go on fails")]

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Trial};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::Value as Json;
use snowmelt::pure::nix::{Attrs, Path, Value, print};

/// How many texts are made beside those below.
const MADE: usize = 1500;

fn main() -> ExitCode {
    let tests: [(&str, fn()); 3] = [
        ("a_text_is_what_was_typed", a_text_is_what_was_typed),
        ("lines_are_what_was_given", lines_are_what_was_given),
        ("a_name_is_what_was_typed", a_name_is_what_was_typed),
    ];
    let found = Command::new("nix-instantiate").arg("--version").stdout(Stdio::null()).status();
    let is_missing = found.is_err();
    if is_missing {
        eprintln!("nix_eval: skipped: needs the program nix-instantiate");
    }
    let trials = tests.into_iter().map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
        .with_ignored_flag(is_missing)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

/// Texts that a careless printer would stumble over, and many made of their pieces.
fn hostile() -> Vec<String> {
    let known = [
        "",
        "\"",
        "\\",
        "${x}",
        "$${x}",
        "\\${x}",
        "''",
        "''${x}",
        "''\\n",
        "'",
        "a\nb",
        "\n",
        "\r\n",
        "\t",
        " leading",
        "trailing ",
        "else",
        "with",
        "or",
        "inherit",
        "let",
        "rec",
        "null",
        "true",
        "__functor",
        "1st",
        "-x",
        "a.b",
        "a b",
        "#",
        "/* */",
        "\u{202e}txt.exe",
        "\u{2066}\u{2069}\u{200f}\u{200e}",
        "\u{2028}\u{2029}\u{feff}",
        "ß𝕏é\u{301}",
        "\u{1}\u{7f}\u{85}",
        "</script>",
        "$(reboot)",
        "`reboot`",
    ];
    let mut all: Vec<String> = known.into_iter().map(str::to_owned).collect();
    all.extend(["x".repeat(255), "ä".repeat(127), "\"".repeat(255), "${".repeat(127), "'".repeat(255)]);
    let piece = prop_oneof![
        3 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => "[a-z0-9.:/-]{1,8}",
        1 => any::<String>().prop_map(|text| text.replace('\0', "")),
    ];
    let texts = prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat());
    let mut runner = TestRunner::deterministic();
    for _ in 0..MADE {
        all.push(texts.new_tree(&mut runner).expect("a text").current());
    }
    all
}

/// What Nix makes of a printed value.
fn evaluate(value: &Value) -> Json {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("value.nix");
    fs::write(&file, print(&["A comment"], value)).expect("the file");
    let output = Command::new("nix-instantiate")
        .args(["--eval", "--strict", "--json"])
        .arg(&file)
        .env("HOME", folder.path())
        .env("NIX_STORE_DIR", folder.path().join("store"))
        .env("NIX_STATE_DIR", folder.path().join("state"))
        .env("NIX_LOG_DIR", folder.path().join("log"))
        .output()
        .expect("nix-instantiate starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn compare(made: &Json, texts: &[String]) {
    let made = made.as_array().expect("a list");
    assert_eq!(made.len(), texts.len());
    for (made, typed) in made.iter().zip(texts) {
        assert_eq!(made.as_str(), Some(typed.as_str()));
    }
}

fn a_text_is_what_was_typed() {
    let texts = hostile();
    compare(&evaluate(&Value::list(texts.iter().map(String::as_str))), &texts);
}

fn lines_are_what_was_given() {
    let texts = hostile();
    compare(&evaluate(&Value::list(texts.iter().cloned().map(Value::Lines))), &texts);
}

fn a_name_is_what_was_typed() {
    let mut names = hostile();
    names.sort();
    names.dedup();
    let attrs =
        names.iter().fold(Attrs::new(), |attrs, name| attrs.set(Path::default().key(name), name.as_str()));
    let made = evaluate(&attrs.into());
    let made = made.as_object().expect("a set");
    assert_eq!(made.len(), names.len());
    for name in &names {
        assert_eq!(made.get(name).and_then(Json::as_str), Some(name.as_str()));
    }
}
