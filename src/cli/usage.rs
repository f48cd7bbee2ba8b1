//! Explains a command line that asks for nothing that there is.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::arguments::PROGRAM;
use super::status::{Stop, USAGE};
use crate::i18n::{gettext, gettext_f};

/// What is wrong with the command line of `program`, and where to look.
pub(super) fn explain(program: &str, error: &Error) -> Stop {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Stop::new(USAGE, error.to_string().trim_end().to_owned());
    }
    let mut paragraphs = vec![sentence(error)];
    let suggestion = context(error, ContextKind::SuggestedArg)
        .or_else(|| context(error, ContextKind::SuggestedSubcommand))
        .or_else(|| context(error, ContextKind::SuggestedValue));
    if let Some(suggestion) = suggestion {
        paragraphs.push(gettext_f("Did you mean “{meant}”?", &[("meant", &suggestion)]));
    }
    paragraphs.push(see_help(program));
    Stop { status: USAGE, paragraphs }
}

/// No command was given.
pub(super) fn no_command() -> Stop {
    Stop { status: USAGE, paragraphs: vec![gettext("A command is missing."), see_help(PROGRAM)] }
}

fn see_help(program: &str) -> String {
    gettext_f("“{program} --help” lists what there is.", &[("program", program)])
}

fn sentence(error: &Error) -> String {
    let argument = context(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = context(error, ContextKind::InvalidValue).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => gettext_f("There is no “{argument}”.", &[("argument", &argument)]),
        ErrorKind::InvalidSubcommand => {
            let command = context(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            gettext_f("There is no command “{command}”.", &[("command", &command)])
        }
        ErrorKind::MissingRequiredArgument => {
            gettext_f("This is missing: {argument}.", &[("argument", &argument)])
        }
        ErrorKind::MissingSubcommand => gettext("A command is missing."),
        ErrorKind::InvalidValue if value.is_empty() => {
            gettext_f("{argument} needs a value.", &[("argument", &argument)])
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            gettext_f("“{value}” is no value for {argument}.", &[("value", &value), ("argument", &argument)])
        }
        ErrorKind::ArgumentConflict => gettext_f(
            "{argument} can be given only once, and not with everything.",
            &[("argument", &argument)],
        ),
        ErrorKind::InvalidUtf8 => gettext("An argument is not valid UTF-8."),
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            gettext_f("{argument} takes one value.", &[("argument", &argument)])
        }
        _ => gettext("The command line can’t be understood."),
    }
}

fn context(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::StyledStrs(texts) => {
            Some(texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
}
