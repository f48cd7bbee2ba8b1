//! `snowmelt-cli` as people run it, where neither root nor a disk is needed.

#![allow(clippy::expect_used, reason = "a test that can’t go on fails")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_snowmelt-cli");
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/examples/answers.toml");

/// Runs it in English, with `input` on standard input, and where it can reach no system bus.
fn run(arguments: &[&str], input: &str) -> Output {
    run_command(Command::new(PROGRAM).args(arguments).env("LC_ALL", "C.UTF-8"), input)
}

fn run_command(command: &mut Command, input: &str) -> Output {
    let mut child = command
        .env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // It may end without reading: that is no failure of the test.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("it ends by itself")
}

#[test]
fn good_answers_pass_from_a_file_and_from_standard_input() {
    let text = std::fs::read_to_string(EXAMPLE).expect("the example");
    for output in [run(&["check", EXAMPLE], ""), run(&["check", "-"], &text)] {
        assert_eq!(status(&output), 0, "{}", err(&output));
        assert_eq!(out(&output), "The answers are in order.\n");
        assert_eq!(err(&output), "");
    }
}

#[test]
fn bad_answers_are_listed_with_their_places_and_nothing_is_a_result() {
    let output = run(&["check", "-"], "version = 1\n[disk]\ndevcie = 3\nesp-size = \"1 MiB\"\n");
    assert_eq!(status(&output), 3);
    assert_eq!(out(&output), "");
    let text = err(&output);
    assert!(
        text.contains("-:3:1: disk.devcie\n    There is no such key. Did you mean “device”?\n"),
        "{text}"
    );
    assert!(text.contains("-:4:12: disk.esp-size\n"), "{text}");
    assert!(text.contains("-: user.name\n") || text.contains(": user.name\n"), "{text}");
    assert!(text.contains("6 problems."), "{text}");
}

#[test]
fn the_catalogue_is_listed_for_people_and_for_programs() {
    let output = run(&["catalogue"], "");
    assert_eq!(status(&output), 0, "{}", err(&output));
    let text = out(&output);
    assert!(text.contains("\n  bluetooth: Bluetooth [minimal, desktop]\n      Paired devices.\n"), "{text}");
    assert!(text.contains("\n      /var/lib/bluetooth\n"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");

    let output = run(&["catalogue", "--json"], "");
    assert_eq!(status(&output), 0, "{}", err(&output));
    let json: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    let entries = json["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .flat_map(|group| group["entries"].as_array().expect("entries").clone());
    let bluetooth = entries.into_iter().find(|entry| entry["id"] == "bluetooth").expect("the entry");
    let directory = serde_json::json!([{ "path": "/var/lib/bluetooth", "mode": "0700" }]);
    assert_eq!(bluetooth["directories"], directory);
    assert_eq!(bluetooth["when"], "bluetooth");
    assert_eq!(bluetooth["presets"], serde_json::json!(["minimal", "desktop"]));
}

#[test]
fn answers_that_cannot_be_read_are_bad_answers() {
    let output = run(&["check", "/nonexistent/answers.toml"], "");
    assert_eq!(status(&output), 3);
    assert!(err(&output).contains("/nonexistent/answers.toml"));
    let output = run(&["check", "-"], &" ".repeat((1 << 20) + 1));
    assert_eq!(status(&output), 3);
    assert!(err(&output).contains("1 MiB"), "{}", err(&output));
}

#[test]
fn a_control_character_in_a_problem_does_not_reach_the_terminal() {
    let output = run(&["check", "-"], "\"\\u001b[2J\" = 1\n");
    assert_eq!(status(&output), 3);
    assert!(!err(&output).contains('\u{1b}'), "{:?}", err(&output));
}

#[test]
fn a_wrong_command_line_names_what_is_wrong() {
    let cases: [(&[&str], &str); 8] = [
        (&["dicks"], "There is no command “dicks”."),
        (&["disks", "--jsn"], "There is no “--jsn”."),
        (&["check"], "This is missing: <ANSWERS>."),
        (&["config", EXAMPLE], "--out <DIR>"),
        (&["config", EXAMPLE, "--out"], "--out <DIR> needs a value."),
        (&["install", EXAMPLE, "--passphrase-fd", "x"], "“x” is no value for --passphrase-fd <N>."),
        (&["install", EXAMPLE, "--passphrase", "secret"], "There is no “--passphrase”."),
        (&["check", EXAMPLE, "other"], "There is no “other”."),
    ];
    for (arguments, expected) in cases {
        let output = run(arguments, "");
        assert_eq!(status(&output), 2, "{arguments:?}");
        assert!(err(&output).contains(expected), "{arguments:?}: {}", err(&output));
        assert_eq!(out(&output), "", "{arguments:?}");
    }
    let output = run(&[], "");
    assert_eq!(status(&output), 2);
    assert!(err(&output).contains("Usage:"));
}

#[test]
fn help_fits_into_80_columns() {
    for arguments in
        [vec!["--help"], vec!["disks", "-h"], vec!["plan", "-h"], vec!["config", "-h"], vec!["install", "-h"]]
    {
        let output = run(&arguments, "");
        assert_eq!(status(&output), 0);
        let text = out(&output);
        assert!(text.contains("Usage:"), "{text}");
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}

#[test]
fn without_udisks2_the_disks_are_an_internal_failure() {
    for arguments in [vec!["disks"], vec!["disks", "--json"], vec!["plan", EXAMPLE]] {
        let output = run(&arguments, "");
        assert_eq!(status(&output), 1, "{arguments:?}");
        assert!(err(&output).contains("UDisks2 can’t be reached"), "{}", err(&output));
        assert_eq!(out(&output), "");
    }
}

#[test]
fn the_configuration_is_written_without_any_disk_and_never_overwritten_unasked() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("new/configuration");
    let target = target.to_str().expect("UTF-8");
    let output = run(&["config", EXAMPLE, "--out", target], "");
    assert_eq!(status(&output), 0, "{}", err(&output));
    let flake = Path::new(target).join("flake.nix");
    let written = std::fs::read_to_string(&flake).expect("flake.nix");
    assert!(written.contains("nixos-26.05"), "{written}");
    assert!(out(&output).contains("flake.nix\n"));

    std::fs::write(&flake, "mine").expect("my own");
    let output = run(&["config", EXAMPLE, "--out", target], "");
    assert_eq!(status(&output), 4);
    assert_eq!(std::fs::read_to_string(&flake).expect("still there"), "mine");
    let output = run(&["config", EXAMPLE, "--out", target, "--force"], "");
    assert_eq!(status(&output), 0);
    assert_eq!(std::fs::read_to_string(&flake).expect("there"), written);
}

#[test]
fn the_disk_is_described_for_disko_only_when_asked_and_only_where_disko_takes_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().to_str().expect("UTF-8");
    let answers = std::fs::read_to_string(EXAMPLE).expect("the example");
    let output = run(&["config", EXAMPLE, "--out", target], "");
    assert_eq!(status(&output), 0, "{}", err(&output));
    assert!(!folder.path().join("disko.nix").exists());
    let output = run(&["config", "-", "--out", target, "--force", "--disko"], &answers);
    assert_eq!(status(&output), 0, "{}", err(&output));
    let written = std::fs::read_to_string(folder.path().join("disko.nix")).expect("it");
    assert!(written.contains("device = \"/dev/nvme0n1\";"), "{written}");
    assert!(out(&output).contains("disko.nix\n"));

    let spaced = answers.replace("name = \"games\"", "name = \"my games\"");
    let output = run(&["config", "-", "--out", target, "--force", "--disko"], &spaced);
    assert_eq!(status(&output), 3);
    assert!(err(&output).contains("filesystem.subvolumes[0].name"), "{}", err(&output));
}

#[test]
fn secrets_that_no_prompt_would_take_are_refused_before_the_disk_is_looked_at() {
    let cases = [
        ("", "empty"),
        ("hunter2\nhunter3\n", "line break"),
        ("hunter2", "UDisks2"),
        ("hunter2\n", "UDisks2"),
    ];
    for (passphrase, expected) in cases {
        let output = run(&["install", EXAMPLE, "--yes", "--passphrase-fd", "0"], passphrase);
        let expected_status = if expected == "UDisks2" { 1 } else { 2 };
        assert_eq!(status(&output), expected_status, "{passphrase:?}: {}", err(&output));
        assert!(err(&output).contains(expected), "{passphrase:?}: {}", err(&output));
        let first_word = passphrase.split_whitespace().next();
        assert!(
            first_word.is_none_or(|word| !err(&output).contains(word) || word == "with"),
            "{}",
            err(&output)
        );
    }
    let output = run(&["install", EXAMPLE, "--yes", "--passphrase-fd", "99"], "");
    assert_eq!(status(&output), 2);
    assert!(err(&output).contains("file descriptor 99"), "{}", err(&output));
    let output = run(&["install", "-", "--yes", "--passphrase-fd", "0"], "x");
    assert_eq!(status(&output), 2);
    assert!(err(&output).contains("different file"), "{}", err(&output));
}

#[test]
fn a_passphrase_for_a_disk_that_is_not_encrypted_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("answers.toml");
    let text = "version = 1\n[disk]\ndevice = \"x\"\n[encryption]\nenabled = false\n\
                [system]\nhost-name = \"x\"\nkeymap = \"us\"\n[user]\nname = \"ada\"\n";
    std::fs::write(&file, text).expect("a file");
    let file = file.to_str().expect("UTF-8");
    let output = run(&["install", file, "--yes", "--passphrase-fd", "0"], "hunter2\n");
    assert_eq!(status(&output), 2);
    assert!(err(&output).contains("leave the disk unencrypted"), "{}", err(&output));
    // Without one nothing is asked before the disk is looked for.
    let output = run(&["install", file, "--yes", "--password-fd", "0"], "hunter2\n");
    assert_eq!(status(&output), 1, "{}", err(&output));
    assert!(err(&output).contains("UDisks2"), "{}", err(&output));
}

#[test]
fn messages_are_in_the_language_of_the_environment() {
    let folder = tempfile::tempdir().expect("a folder");
    let (programs, messages) = (folder.path().join("bin"), folder.path().join("share/locale/de/LC_MESSAGES"));
    std::fs::create_dir_all(&programs).expect("a folder");
    std::fs::create_dir_all(&messages).expect("a folder");
    let program = programs.join("snowmelt-cli");
    let _size = std::fs::copy(PROGRAM, &program).expect("a copy");
    let compiled = Command::new("msgfmt")
        .args(["--check", "--output-file"])
        .arg(messages.join("snowmelt.mo"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("po/de.po"))
        .status()
        .expect("msgfmt of gettext is needed");
    assert!(compiled.success());
    let check = |language: &str| {
        let mut command = Command::new(&program);
        // No such locale is installed for sure, and none has to be.
        let command = command.args(["check", EXAMPLE]).env("LC_ALL", "de_DE.UTF-8");
        let output = run_command(command.env("LANGUAGE", language), "");
        assert_eq!(status(&output), 0, "{}", err(&output));
        out(&output)
    };
    assert_eq!(check(""), "Die Antworten sind in Ordnung.\n");
    assert_eq!(check("en"), "The answers are in order.\n");
}
