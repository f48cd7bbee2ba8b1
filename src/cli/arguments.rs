//! What may be asked on the command line.
//!
//! Built rather than derived, because every text goes through gettext, which a derived `help` does
//! not.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::answers_file::Source;
use super::install::Options;
use super::output::WIDTH;
use super::status::Stop;
use super::usage;
use crate::i18n::gettext;

/// The program's name.
pub(super) const PROGRAM: &str = "snowmelt-cli";

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Invocation {
    /// Show the help or the version.
    Show(String),
    /// List the disks.
    Disks {
        /// As JSON.
        json: bool,
    },
    /// List what can survive a restart.
    Catalogue {
        /// As JSON.
        json: bool,
    },
    /// List a flake's configurations.
    Hosts {
        /// The folder or URL.
        flake: String,
        /// As JSON.
        json: bool,
    },
    /// Check the answers.
    Check {
        /// Where they are.
        answers: Source,
    },
    /// Show the plan.
    Plan {
        /// Where the answers are.
        answers: Source,
        /// As JSON.
        json: bool,
    },
    /// Write the configuration that would be installed.
    Config {
        /// Where the answers are.
        answers: Source,
        /// The directory to write it to.
        out: PathBuf,
        /// Whether a description of the disk for disko is written beside it.
        disko: bool,
        /// Whether files that are there already are replaced.
        force: bool,
    },
    /// Install.
    Install(Source, Options),
    /// Go on with an interrupted installation.
    Resume(Option<PathBuf>, Options),
    /// Undo one.
    Undo(Option<PathBuf>),
}

/// The command line with all its texts, in the person's language.
#[must_use]
pub fn command() -> Command {
    let json = || flag("json", gettext("Print JSON, for programs"));
    subcommands([
        subcommand("disks", gettext("List the disks, and what speaks against installing on each"))
            .arg(json()),
        subcommand("catalogue", gettext("List what can survive a restart, for persist.with in the answers"))
            .arg(json()),
        subcommand("hosts", gettext("List the configurations in a flake of your own"))
            .arg(
                Arg::new("flake")
                    .value_name(gettext("FLAKE"))
                    .required(true)
                    .help_heading(gettext("Arguments"))
                    .help(gettext("A folder, or a Git repository’s URL")),
            )
            .arg(json()),
        subcommand("check", gettext("Check answers, and report every problem at once")).arg(answers()),
        subcommand("plan", gettext("Show what an installation would do, and do nothing"))
            .arg(answers())
            .arg(json()),
        subcommand("config", gettext("Write the configuration that would be installed, touching no disk"))
            .arg(answers())
            .arg(
                value("out", gettext("DIR"), gettext("The directory to write it to; it is made if need be"))
                    .required(true)
                    .value_parser(value_parser!(PathBuf)),
            )
            .arg(flag("disko", gettext("Describe the disk for disko too, in disko.nix")))
            .arg(flag("force", gettext("Replace files that are there already"))),
        subcommand("install", gettext("Erase the disk and install NixOS on it"))
            .arg(answers())
            .arg(flag("yes", gettext("Don’t show the plan, and don’t ask before the disk is erased")))
            .args(running()),
        subcommand("resume", gettext("Go on with an installation that was interrupted"))
            .arg(receipt())
            .args(running()),
        subcommand("undo", gettext("Delete the partitions that an interrupted installation has made"))
            .arg(receipt()),
    ])
}

/// What every command takes that installs.
fn running() -> [Arg; 3] {
    [
        descriptor("passphrase-fd", gettext("Read the disk’s passphrase from file descriptor N")),
        descriptor("password-fd", gettext("Read the user’s password from file descriptor N")),
        value("log", gettext("FILE"), gettext("Write everything that happens to the end of FILE"))
            .value_parser(value_parser!(PathBuf)),
    ]
}

fn receipt() -> Arg {
    Arg::new("receipt")
        .value_name(gettext("RECEIPT"))
        .value_parser(value_parser!(PathBuf))
        .help_heading(gettext("Arguments"))
        .help(gettext("The receipt of the installation; without it, the one that this session has left"))
}

fn subcommands<const COUNT: usize>(commands: [Command; COUNT]) -> Command {
    base(Command::new(PROGRAM))
        .about(gettext("Installs NixOS on an encrypted disk, with a root that cleans itself at every boot"))
        .version(env!("CARGO_PKG_VERSION"))
        .arg(
            Arg::new("version")
                .long("version")
                .short('V')
                .action(ArgAction::Version)
                .help(gettext("Print the version")),
        )
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand_value_name(gettext("COMMAND"))
        .subcommand_help_heading(gettext("Commands"))
        .subcommands(commands.map(with_usage))
}

/// The line on how to use a command, in which clap's own word for options is put into the person's
/// language.
fn with_usage(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace("[OPTIONS]", &gettext("[OPTIONS]"));
    command.override_usage(format!("{PROGRAM} {usage}"))
}

fn subcommand(name: &'static str, about: String) -> Command {
    base(Command::new(name)).about(about)
}

pub(super) fn base(command: Command) -> Command {
    let template = format!("{{about}}\n\n{} {{usage}}\n\n{{all-args}}\n", gettext("Usage:"));
    command
        .help_template(template)
        .max_term_width(WIDTH)
        .disable_help_flag(true)
        .next_help_heading(gettext("Options"))
        .arg(
            Arg::new("help").long("help").short('h').action(ArgAction::Help).help(gettext("Print this help")),
        )
}

fn answers() -> Arg {
    Arg::new("answers")
        .value_name(gettext("ANSWERS"))
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help_heading(gettext("Arguments"))
        .help(gettext("The answers file, or - for standard input; see snowmelt-answers(5)"))
}

pub(super) fn flag(name: &'static str, help: String) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

pub(super) fn value(name: &'static str, value: String, help: String) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn descriptor(name: &'static str, help: String) -> Arg {
    value(name, gettext("N"), help).value_parser(value_parser!(u32))
}

/// Reads the command line, the program's name first.
///
/// # Errors
/// When it asks for nothing that there is.
pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation, Stop> {
    match command().try_get_matches_from(arguments) {
        Ok(matches) => invocation(&matches),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            Ok(Invocation::Show(error.to_string()))
        }
        Err(error) => Err(usage::explain(PROGRAM, &error)),
    }
}

fn invocation(matches: &ArgMatches) -> Result<Invocation, Stop> {
    match matches.subcommand() {
        Some(("disks", given)) => Ok(Invocation::Disks { json: given.get_flag("json") }),
        Some(("catalogue", given)) => Ok(Invocation::Catalogue { json: given.get_flag("json") }),
        Some(("hosts", given)) => Ok(Invocation::Hosts {
            flake: given.get_one::<String>("flake").cloned().unwrap_or_default(),
            json: given.get_flag("json"),
        }),
        Some(("check", given)) => Ok(Invocation::Check { answers: source(given) }),
        Some(("plan", given)) => {
            Ok(Invocation::Plan { answers: source(given), json: given.get_flag("json") })
        }
        Some(("config", given)) => Ok(Invocation::Config {
            answers: source(given),
            out: given.get_one::<PathBuf>("out").cloned().unwrap_or_default(),
            disko: given.get_flag("disko"),
            force: given.get_flag("force"),
        }),
        Some(("install", given)) => {
            Ok(Invocation::Install(source(given), options(given, given.get_flag("yes"))))
        }
        Some(("resume", given)) => {
            Ok(Invocation::Resume(given.get_one::<PathBuf>("receipt").cloned(), options(given, true)))
        }
        Some(("undo", given)) => Ok(Invocation::Undo(given.get_one::<PathBuf>("receipt").cloned())),
        _ => Err(usage::no_command()),
    }
}

fn options(given: &ArgMatches, yes: bool) -> Options {
    Options {
        yes,
        passphrase: given.get_one::<u32>("passphrase-fd").copied(),
        password: given.get_one::<u32>("password-fd").copied(),
        log: given.get_one::<PathBuf>("log").cloned(),
    }
}

fn source(given: &ArgMatches) -> Source {
    given.get_one::<PathBuf>("answers").map_or(Source::StandardInput, |path| Source::new(path))
}
