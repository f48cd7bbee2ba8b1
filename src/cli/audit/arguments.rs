//! What may be asked of `snowmelt-audit`.

use std::ffi::OsString;
use std::path::{Component, PathBuf};

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::cli::arguments::{base, flag, value};
use crate::cli::status::{Stop, USAGE};
use crate::cli::usage;
use crate::i18n::{gettext, gettext_f};

/// The program's name.
const PROGRAM: &str = "snowmelt-audit";

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Invocation {
    /// Show the help or the version.
    Show(String),
    /// List what would be lost.
    List {
        /// Only what was made or changed since the boot.
        only_new: bool,
        /// As JSON.
        json: bool,
    },
    /// Remember what the boot has made.
    Mark,
    /// Leave a notice about what is new.
    Watch,
    /// Show the notice.
    Notify,
    /// Copy something back.
    Recover {
        /// What.
        path: PathBuf,
        /// From which old root; from the newest that has it where none is named.
        from: Option<String>,
        /// Whether what is in its place may be replaced.
        replace: bool,
    },
    /// List the old roots that have a path.
    ListOld {
        /// The path.
        path: PathBuf,
    },
}

/// The command line with all its texts, in the person's language.
#[must_use]
pub fn command() -> Command {
    base(Command::new(PROGRAM))
        .about(gettext("Lists what a rollback would delete and nothing would make again"))
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
        .args_conflicts_with_subcommands(true)
        .override_usage(gettext("snowmelt-audit [OPTIONS] or snowmelt-audit COMMAND"))
        .subcommand_help_heading(gettext("Commands"))
        .arg(flag("since-boot", gettext("List only what was made or changed since the boot")))
        .arg(flag("json", gettext("Print JSON, for programs")))
        .subcommand(
            subcommand("recover", gettext("Copy a file or a directory back out of an old root"))
                .override_usage("snowmelt-audit recover PATH [--from ROOT] [--replace] [--list]")
                .arg(
                    Arg::new("path")
                        .value_name(gettext("PATH"))
                        .required(true)
                        .value_parser(value_parser!(PathBuf))
                        .help_heading(gettext("Arguments"))
                        .help(gettext("What to copy back: an absolute path")),
                )
                .arg(
                    value(
                        "from",
                        gettext("ROOT"),
                        gettext("The old root to take it from; by default the newest that has it"),
                    )
                    .conflicts_with("list"),
                )
                .arg(flag("replace", gettext("Replace what is in its place")).conflicts_with("list"))
                .arg(flag("list", gettext("Only list the old roots that have it"))),
        )
        .subcommand(subcommand(
            "mark",
            gettext("Remember what the boot has made; the system does so by itself"),
        ))
        .subcommand(subcommand(
            "watch",
            gettext("Leave a notice about new places; the system does so by itself"),
        ))
        .subcommand(subcommand("notify", gettext("Show the last notice on the desktop")))
}

fn subcommand(name: &'static str, about: String) -> Command {
    base(Command::new(name)).about(about).override_usage(format!("{PROGRAM} {name}"))
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
    Ok(match matches.subcommand() {
        Some(("mark", _)) => Invocation::Mark,
        Some(("watch", _)) => Invocation::Watch,
        Some(("notify", _)) => Invocation::Notify,
        Some(("recover", given)) => {
            let path = plain(given.get_one::<PathBuf>("path").cloned().unwrap_or_default())?;
            if given.get_flag("list") {
                return Ok(Invocation::ListOld { path });
            }
            let from = given.get_one::<String>("from").cloned();
            Invocation::Recover { path, from, replace: given.get_flag("replace") }
        }
        _ => Invocation::List { only_new: matches.get_flag("since-boot"), json: matches.get_flag("json") },
    })
}

/// The path without what makes no difference in it.
///
/// # Errors
/// When it is not absolute, is `/` itself, or goes upwards.
fn plain(path: PathBuf) -> Result<PathBuf, Stop> {
    let goes_up = path.components().any(|part| part == Component::ParentDir);
    if !path.is_absolute() || goes_up || path.file_name().is_none() {
        let path = path.display().to_string();
        let sentence = gettext_f(
            "“{path}” can’t be copied back: a path is absolute and has no “..” in it.",
            &[("path", &path)],
        );
        return Err(Stop::new(USAGE, sentence));
    }
    Ok(path.components().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(arguments: &[&str]) -> Result<Invocation, u8> {
        let all = [PROGRAM].iter().chain(arguments).map(OsString::from);
        parse(all).map_err(|stop| stop.status)
    }

    #[test]
    fn what_is_asked_is_understood() {
        assert_eq!(asked(&[]), Ok(Invocation::List { only_new: false, json: false }));
        assert_eq!(asked(&["--json", "--since-boot"]), Ok(Invocation::List { only_new: true, json: true }));
        assert_eq!(asked(&["mark"]), Ok(Invocation::Mark));
        let path = PathBuf::from("/etc/own");
        let from = Some("2026-11-25_10-00-00.1".to_owned());
        assert_eq!(
            asked(&["recover", "/etc//./own/", "--from", "2026-11-25_10-00-00.1", "--replace"]),
            Ok(Invocation::Recover { path: path.clone(), from, replace: true })
        );
        assert_eq!(asked(&["recover", "--list", "/etc/own"]), Ok(Invocation::ListOld { path }));
    }

    #[test]
    fn what_can_t_be_meant_is_refused() {
        for arguments in [
            &["recover"][..],
            &["recover", "etc/own"],
            &["recover", "/"],
            &["recover", "/etc/../own"],
            &["recover", "/x", "--list", "--replace"],
            &["--json", "mark"],
            &["forget"],
        ] {
            assert_eq!(asked(arguments), Err(USAGE), "{arguments:?}");
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }
}
