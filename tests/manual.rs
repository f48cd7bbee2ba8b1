//! The manual pages say what the programs do: no key, option, step or number more or less.

#![allow(clippy::expect_used, reason = "a test that can’t go on fails")]

use std::collections::{BTreeMap, BTreeSet};

use snowmelt::cli::status;
use snowmelt::pure::answers::{self, KEYS};
use snowmelt::pure::plan::StepId;

const ANSWERS_PAGE: &str = include_str!("../data/man/snowmelt-answers.5");
const CLI_PAGE: &str = include_str!("../data/man/snowmelt-cli.1");
const AUDIT_PAGE: &str = include_str!("../data/man/snowmelt-audit.8");

/// Every step there is. The match makes a new one fail to compile until it is listed.
fn all_steps() -> Vec<StepId> {
    use StepId as S;
    let next = |step| match step {
        S::CheckDisk => Some(S::FetchFlake),
        S::FetchFlake => Some(S::EraseDisk),
        S::EraseDisk => Some(S::CreatePartitionTable),
        S::CreatePartitionTable => Some(S::CreateEsp),
        S::CreateEsp => Some(S::CreateSwap),
        S::CreateSwap => Some(S::CreateVolume),
        S::CreateVolume => Some(S::SetKeyDerivation),
        S::SetKeyDerivation => Some(S::CreateSubvolumes),
        S::CreateSubvolumes => Some(S::TakeBlankSnapshot),
        S::TakeBlankSnapshot => Some(S::MountTarget),
        S::MountTarget => Some(S::CreateSwapFile),
        S::CreateSwapFile => Some(S::DetectHardware),
        S::DetectHardware => Some(S::WriteConfiguration),
        S::WriteConfiguration => Some(S::CopyFlake),
        S::CopyFlake => Some(S::SeedPersist),
        S::SeedPersist => Some(S::SetPassword),
        S::SetPassword => Some(S::InstallSystem),
        S::InstallSystem => Some(S::CheckInstallation),
        S::CheckInstallation => Some(S::Rehearse),
        S::Rehearse => Some(S::CloseTarget),
        S::CloseTarget => None,
    };
    std::iter::successors(Some(S::CheckDisk), |step| next(*step)).collect()
}

/// The text of a section, from its heading to the next one.
fn section<'page>(page: &'page str, name: &str) -> &'page str {
    let (_, rest) = page.split_once(&format!("\n.Sh {name}\n")).expect("the section");
    rest.split("\n.Sh ").next().expect("its text")
}

#[test]
fn every_key_has_its_entry_and_every_entry_its_key() {
    let entries: Vec<&str> = ANSWERS_PAGE.lines().filter_map(|line| line.strip_prefix(".It Ic ")).collect();
    let keys: Vec<&str> = KEYS.iter().map(|key| key.path).collect();
    assert_eq!(entries, keys);
}

#[test]
fn a_key_is_said_to_be_required_exactly_where_it_is() {
    for key in KEYS {
        let (_, entry) = ANSWERS_PAGE.split_once(&format!(".It Ic {}\n", key.path)).expect("the entry");
        let entry = entry.split("\n.It ").next().expect("its text");
        let entry = entry.split("\n.El").next().expect("its text");
        assert_eq!(entry.contains("\n.Em required"), key.required.is_some(), "{}", key.path);
        let speaks_of_absence = entry.contains("default") || entry.contains("Without it");
        assert!(key.required.is_some() || speaks_of_absence, "what holds without {}?", key.path);
    }
}

#[test]
fn the_shortest_example_reads_without_a_problem() {
    let (_, example) =
        ANSWERS_PAGE.split_once("The shortest answers:\n.Bd -literal -offset indent\n").expect("it");
    let (shortest, rest) = example.split_once("\n.Ed").expect("its end");
    assert_eq!(answers::read(shortest).map(|_| ()), Ok(()));
    let (_, more) = rest.split_once(".Bd -literal -offset indent\n").expect("the second example");
    let (more, _) = more.split_once("\n.Ed").expect("its end");
    assert_eq!(answers::read(&format!("{shortest}\n{more}\n")).map(|_| ()), Ok(()));
}

#[test]
fn every_command_and_option_is_explained() {
    let command = snowmelt::cli::command();
    let description = section(CLI_PAGE, "DESCRIPTION");
    let mut options_there = BTreeSet::new();
    for subcommand in command.get_subcommands() {
        let name = subcommand.get_name();
        assert!(section(CLI_PAGE, "SYNOPSIS").contains(&format!(".Cm {name}\n")), "synopsis of {name}");
        let (_, text) = description.split_once(&format!(".Ss {name}\n")).expect("a part for each command");
        let text = text.split("\n.Ss ").next().expect("its text");
        for option in subcommand.get_opts().chain(subcommand.get_arguments()) {
            let Some(long) = option.get_long() else { continue };
            if long == "help" {
                continue;
            }
            let entry = format!(".It Fl -{long}");
            assert!(
                text.lines().any(|line| line == entry || line.starts_with(&format!("{entry} Ar "))),
                "{name} --{long}"
            );
            let _new = options_there.insert(format!("{name} {long}"));
        }
        let explained = text.lines().filter(|line| line.starts_with(".It Fl -")).count();
        let there = options_there.iter().filter(|option| option.starts_with(&format!("{name} "))).count();
        assert_eq!(explained, there, "the options of {name}");
    }
    let parts = description.lines().filter(|line| line.starts_with(".Ss ")).count();
    assert_eq!(parts, command.get_subcommands().count() + 1, "one part a command, and the common options");
}

#[test]
fn every_command_and_option_of_the_audit_is_explained() {
    let command = snowmelt::cli::audit::command();
    let description = section(AUDIT_PAGE, "DESCRIPTION");
    let (own, parts) = description.split_once("\n.Ss ").expect("parts for the commands");
    let explained = |text: &str| -> BTreeSet<String> {
        let names = text.lines().filter_map(|line| line.strip_prefix(".It Fl -"));
        names.map(|name| name.split(' ').next().unwrap_or_default().to_owned()).collect()
    };
    let there = |command: &clap::Command| -> BTreeSet<String> {
        let names = command.get_arguments().filter_map(|option| option.get_long());
        names.filter(|name| !["help", "version"].contains(name)).map(str::to_owned).collect()
    };
    assert_eq!(explained(own), there(&command));
    for subcommand in command.get_subcommands() {
        let name = subcommand.get_name();
        let synopsis = section(AUDIT_PAGE, "SYNOPSIS");
        assert!(synopsis.lines().any(|line| line == format!(".Cm {name}")), "synopsis of {name}");
        let text = parts.split("\n.Ss ").find(|part| part.starts_with(&format!("{name}\n")));
        assert_eq!(explained(text.expect("a part for each command")), there(subcommand), "{name}");
    }
}

#[test]
fn every_exit_status_is_explained() {
    let text = section(CLI_PAGE, "EXIT STATUS");
    let mut explained = BTreeMap::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(number) = line.strip_prefix(".It ") {
            let about = (*lines.peek().expect("a text for each")).to_owned();
            let _other = explained.insert(number.parse::<u8>().expect("a number"), about);
        }
    }
    let general = [0, status::INTERNAL, status::USAGE, status::BAD_ANSWERS, status::REFUSED, status::SAID_NO];
    let steps = all_steps();
    let mut all: Vec<u8> = general.into_iter().chain(steps.iter().map(|step| step.exit_status())).collect();
    all.sort_unstable();
    assert_eq!(explained.keys().copied().collect::<Vec<u8>>(), all);
    for step in steps {
        let about = &explained[&step.exit_status()];
        assert_eq!(about.split(' ').nth(1), Some(step.word()), "{about}");
    }
}
