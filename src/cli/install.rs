//! `snowmelt-cli install ANSWERS [--yes] [--passphrase-fd N] [--password-fd N] [--log FILE]`

use std::path::PathBuf;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{info, warn};

use super::answers_file::{self, Source};
use super::status::{REFUSED, SAID_NO, Stop, USAGE};
use super::{confirm, log, machine, output, plan, progress, secrets, show};
use crate::boundary::receipt_file;
use crate::engine::{self, Cancel, DiskState, Failure, Installation, Job, Secrets};
use crate::i18n::{gettext, gettext_f};
use crate::pure::answers::{Answers, SystemAnswers, rules};
use crate::pure::secret::Secret;

/// What `install` was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Options {
    /// Whether the last question is left out.
    pub yes: bool,
    /// File descriptor of the passphrase.
    pub passphrase: Option<u32>,
    /// File descriptor of the password.
    pub password: Option<u32>,
    /// Where the log goes.
    pub log: Option<PathBuf>,
}

/// Installs. Whatever can be wrong with what was given is found before the disk is looked at, and
/// everything is asked before anything is written.
pub(super) fn run(source: &Source, options: &Options) -> Result<(), Stop> {
    descriptors_differ((*source == Source::StandardInput).then_some(0), options)?;
    secrets::forbid_core_dumps()?;
    let answers = answers_file::read(source)?;
    let given = given_secrets(options, &answers)?;
    if let Some(path) = &options.log {
        log::to_file(path)?;
    }
    let disks = machine::disks()?;
    let facts = crate::boundary::machine::read();
    let (disk, plan) =
        plan::work_out(&answers, &facts, &disks).map_err(|refusals| Stop::refused(&refusals))?;
    if !options.yes {
        let terminal = confirm::terminal()?;
        output::result(&show::plan::whole(disk, &plan))?;
        confirm::erasing(terminal, disk)?;
    }
    let secrets = all_secrets(given, &answers)?;
    let mut installation = Installation::new(Job { answers: answers.clone(), machine: facts, plan }, secrets);
    match receipt_file::place() {
        Ok(path) => installation = installation.with_receipt(&path),
        Err(error) => warn!("there is no receipt: {error}"),
    }
    carry_out(installation, &answers)
}

/// What was given by file descriptors.
#[derive(Debug)]
pub(super) struct Given {
    passphrase: Option<Secret>,
    password: Option<Secret>,
}

/// Reads the secrets that are given by file descriptors.
pub(super) fn given_secrets(options: &Options, answers: &Answers) -> Result<Given, Stop> {
    descriptors_differ(None, options)?;
    if options.passphrase.is_some() && !answers.encryption.enabled {
        return Err(Stop::new(
            USAGE,
            gettext("These answers leave the disk unencrypted, so there is no passphrase to give."),
        ));
    }
    let passphrase = options
        .passphrase
        .map(|number| secrets::from_descriptor(number, "--passphrase-fd", rules::passphrase))
        .transpose()?;
    let password = options
        .password
        .map(|number| secrets::from_descriptor(number, "--password-fd", rules::password))
        .transpose()?;
    Ok(Given { passphrase, password })
}

/// Asks for the secrets that were not given.
pub(super) fn all_secrets(given: Given, answers: &Answers) -> Result<Secrets, Stop> {
    Ok(Secrets {
        passphrase: match given.passphrase {
            None if answers.encryption.enabled => Some(ask_passphrase(answers)?),
            given => given,
        },
        password: given.password.map_or_else(|| ask_password(answers), Ok)?,
    })
}

/// Carries an installation out, and says that it is done.
pub(super) fn carry_out(installation: Installation, answers: &Answers) -> Result<(), Stop> {
    machine::block_on(install(installation))??;
    output::result(&done(answers))
}

/// A descriptor can be read once: not for two secrets, and not for a secret and the answers.
fn descriptors_differ(answers: Option<u32>, options: &Options) -> Result<(), Stop> {
    let given: Vec<u32> = [options.passphrase, options.password, answers].into_iter().flatten().collect();
    let twice = given.iter().enumerate().any(|(at, one)| given.iter().take(at).any(|other| other == one));
    if twice {
        return Err(Stop::new(
            USAGE,
            gettext(
                "The answers, the passphrase and the password must come from different file descriptors.",
            ),
        ));
    }
    Ok(())
}

fn ask_passphrase(answers: &Answers) -> Result<Secret, Stop> {
    // The live session may have another keyboard than the installed system's prompt.
    output::note(&output::wrapped(&keyboard(&answers.system), 0, 0));
    secrets::ask(&gettext("Passphrase for the disk:"), &gettext("Once more:"), rules::passphrase)
}

fn keyboard(system: &SystemAnswers) -> String {
    match (&system.xkb_layout, &system.xkb_variant) {
        (Some(layout), Some(variant)) => gettext_f(
            "At every start the passphrase will be typed with the layout “{layout}” in its variant “{variant}”.",
            &[("layout", layout), ("variant", variant)],
        ),
        (Some(layout), None) => gettext_f(
            "At every start the passphrase will be typed with the layout “{layout}”.",
            &[("layout", layout)],
        ),
        (None, _) => gettext_f(
            "At every start the passphrase will be typed with the keymap “{keymap}”.",
            &[("keymap", system.keymap.as_deref().unwrap_or_default())],
        ),
    }
}

fn ask_password(answers: &Answers) -> Result<Secret, Stop> {
    let question = gettext_f("Password for {user}:", &[("user", &answers.user.name)]);
    secrets::ask(&question, &gettext("Once more:"), rules::password)
}

/// Runs the engine, and asks it to stop when the person or the system says so.
async fn install(installation: Installation) -> Result<(), Stop> {
    let cancel = Cancel::new();
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hangup = listen(SignalKind::hangup())?;
    let mut lines = progress::Lines::default();
    let work = engine::install(installation, &cancel, &mut lines);
    tokio::pin!(work);
    loop {
        tokio::select! {
            ended = &mut work => return ended.map_err(|failure| failed(&failure)),
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        if !cancel.is_cancelled() {
            info!("asked to stop");
            output::note(&output::wrapped(&gettext("Stopping; this may take a moment."), 0, 0));
            cancel.cancel();
        }
    }
}

fn listen(kind: SignalKind) -> Result<Signal, Stop> {
    signal(kind).map_err(|error| {
        Stop::failed(
            gettext("Snowmelt can’t listen to signals."),
            &error.to_string(),
            gettext("Nothing was written."),
        )
    })
}

fn failed(failure: &Failure) -> Stop {
    let status = match failure.step {
        _ if failure.is_no() => SAID_NO,
        Some(step) => step.exit_status(),
        None => REFUSED,
    };
    let mut paragraphs = vec![failure.sentence.clone()];
    if let Some(step) = failure.step {
        paragraphs.push(gettext_f("It failed at the step “{step}”.", &[("step", step.word())]));
    }
    if !failure.cause.is_empty() {
        paragraphs.push(failure.cause.clone());
    }
    paragraphs.push(failure.means());
    paragraphs.extend(
        failure
            .left_over
            .iter()
            .map(|what| gettext_f("This could not be put away: {what}", &[("what", what)])),
    );
    paragraphs.push(failure.next.clone());
    if failure.disk != DiskState::Untouched {
        paragraphs.push(gettext(
            "“snowmelt-cli resume” goes on from where it stopped, “snowmelt-cli undo” deletes what was made.",
        ));
    }
    Stop { status, paragraphs }
}

fn done(answers: &Answers) -> String {
    let user = [("user", answers.user.name.as_str())];
    let sentence = if answers.encryption.enabled {
        gettext_f(
            "NixOS is installed. Restart, take out the medium that you started from, type the disk’s passphrase, and log in as {user}.",
            &user,
        )
    } else {
        gettext_f(
            "NixOS is installed. Restart, take out the medium that you started from, and log in as {user}.",
            &user,
        )
    };
    output::wrapped(&sentence, 0, 0)
}
