//! The passphrase and the password: from a file descriptor, or asked for twice on the terminal.
//! Never from an argument or the environment, which others can read.

use std::io::Read;
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::process::{
    PidfdFlags, PidfdGetfdFlags, Resource, Rlimit, getpid, pidfd_getfd, pidfd_open, setrlimit,
};
use zeroize::{Zeroize, Zeroizing};

use super::output;
use super::status::{INTERNAL, SAID_NO, Stop, USAGE};
use crate::i18n::{gettext, gettext_f};
use crate::pure::answers::rules::{LONGEST_SECRET, Verdict};
use crate::pure::secret::Secret;

/// Keeps the picture of this process's memory, secrets and all, off every disk, should it crash
/// (core(5)).
pub(super) fn forbid_core_dumps() -> Result<(), Stop> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).map_err(|error| {
        Stop::new(
            INTERNAL,
            gettext_f("Snowmelt can’t start its own work: {cause}.", &[("cause", &error.to_string())]),
        )
    })
}

/// Reads a secret to the end of a file descriptor that the caller has opened for us.
///
/// One newline at the end is not part of it: `echo` and every editor write one.
pub(super) fn from_descriptor(
    number: u32,
    option: &str,
    rule: fn(&Secret) -> Verdict,
) -> Result<Secret, Stop> {
    let wrong = |cause: &str| {
        let values = [("option", option), ("number", &number.to_string()), ("cause", cause)];
        Stop::new(USAGE, gettext_f("{option}: file descriptor {number} can’t be used: {cause}", &values))
    };
    let descriptor = duplicate(number).map_err(|error| wrong(&error.to_string()))?;
    // Its room is there from the beginning: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * LONGEST_SECRET));
    let limit = u64::try_from(LONGEST_SECRET + 2).unwrap_or(u64::MAX);
    let mut input = std::fs::File::from(descriptor).take(limit);
    let mut part = Zeroizing::new([0_u8; LONGEST_SECRET]);
    loop {
        let count = match input.read(part.as_mut_slice()) {
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(wrong(&error.to_string())),
        };
        match part.get(..count) {
            None | Some([]) => break,
            Some(read) => bytes.extend_from_slice(read),
        }
    }
    if bytes.last() == Some(&b'\n') {
        let _newline = bytes.pop();
    }
    let secret = match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Secret::new(text),
        Err(error) => {
            error.into_bytes().zeroize();
            return Err(wrong(&gettext("what it gives is not valid UTF-8.")));
        }
    };
    rule(&secret).map_err(|sentence| wrong(&sentence))?;
    Ok(secret)
}

/// A descriptor of our own for the same open file. A number alone can't be turned into one without
/// `unsafe`; pidfd_getfd(2) on ourselves can do it. Where a sandbox forbids that, the file is opened
/// again by its name in `/proc` (proc(5)), which asks for its permissions once more.
fn duplicate(number: u32) -> std::io::Result<OwnedFd> {
    let raw = i32::try_from(number).map_err(|_| Errno::BADF)?;
    let ourselves = pidfd_open(getpid(), PidfdFlags::empty());
    match ourselves.and_then(|ourselves| pidfd_getfd(ourselves, raw, PidfdGetfdFlags::empty())) {
        Ok(descriptor) => Ok(descriptor),
        Err(Errno::NOSYS | Errno::PERM) => {
            std::fs::File::open(format!("/proc/self/fd/{number}")).map(OwnedFd::from)
        }
        Err(error) => Err(error.into()),
    }
}

/// Asks on the terminal until both times the same was typed, and it keeps the rule.
pub(super) fn ask(first: &str, again: &str, rule: fn(&Secret) -> Verdict) -> Result<Secret, Stop> {
    loop {
        let secret = prompt(first)?;
        if let Err(sentence) = rule(&secret) {
            output::note(&output::wrapped(&sentence, 0, 0));
            continue;
        }
        if prompt(again)?.expose() == secret.expose() {
            return Ok(secret);
        }
        output::note(&output::wrapped(&gettext("The two are not the same. Once more:"), 0, 0));
    }
}

fn prompt(text: &str) -> Result<Secret, Stop> {
    rpassword::prompt_password(format!("{text} ")).map(Secret::new).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::Interrupted => {
            Stop::new(SAID_NO, gettext("Nothing was written."))
        }
        _ => Stop {
            status: USAGE,
            paragraphs: vec![
                gettext_f("There is no terminal to ask on: {cause}.", &[("cause", &error.to_string())]),
                gettext("Give the secrets with --passphrase-fd and --password-fd."),
            ],
        },
    })
}
