//! The unprivileged side of the pipe to the helper.

use std::ffi::OsStr;
use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::lines::{Line, Lines, LongLines};
use crate::i18n::{gettext, gettext_f};
use crate::pure::activity::Activity;
use crate::pure::keyboard::Typeable;
use crate::pure::protocol::{Event, Failure, LONGEST_LINE, Numbered, Request, VERSION};

/// Where the helper is installed.
pub const HELPER: &str = match option_env!("SNOWMELT_HELPER") {
    Some(path) => path,
    None => "/usr/libexec/snowmelt-helper",
};
/// pkexec's exit statuses (`pkexec(1)`): the person dismissed the dialog; not authorised, or there
/// is nobody to ask.
const DISMISSED: i32 = 126;
const NOT_AUTHORISED: i32 = 127;
/// How long the helper may take to end after its input was closed. It has to stop what runs and to
/// unmount; when that takes longer, it goes on by itself.
const LEAVE: Duration = Duration::from_secs(30);
/// How much of its standard error is kept, in lines.
const LAST_WORDS: usize = 20;
/// Longest line of standard error that is kept whole, in bytes.
const LONGEST_WORDS: usize = 4096;

/// What the helper tells while it carries a request out.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// How far the request has come, from 0 to 1; it never goes back.
    Progress(f64),
    /// What the request is busy with now.
    Activity(Activity),
    /// A line for the log.
    Log {
        /// Who said it: a program's name, or `helper`.
        source: String,
        /// The line.
        line: String,
    },
    /// Where the swap file lies: the kernel's `resume_offset`.
    SwapFile(u64),
    /// What the keymap can type that the prompt for the passphrase will have.
    Keymap(Typeable),
}

/// Why the helper did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum HelperError {
    /// The program that starts it is not there or can't be run.
    #[error("{program} could not be started: {error}")]
    NotStarted {
        /// The program, such as `pkexec`.
        program: String,
        /// The kernel's words.
        error: io::Error,
    },
    /// The person closed the dialog that asks for the password.
    #[error("pkexec: the dialog was dismissed. {words}")]
    Dismissed {
        /// pkexec's own words.
        words: String,
    },
    /// The person may not do this, or nobody could be asked.
    #[error("pkexec: not authorised. {words}")]
    NotAuthorised {
        /// pkexec's own words.
        words: String,
    },
    /// It ended without having been asked to.
    #[error("the helper ended with {status}: {words}")]
    Died {
        /// How it ended.
        status: String,
        /// The last lines of its standard error.
        words: String,
    },
    /// What it said can't be understood.
    #[error("the helper said something unexpected: {what}")]
    Unexpected {
        /// What was wrong with it.
        what: String,
    },
    /// It refused, or failed at it.
    #[error("{}: {}", .0.reason.code(), .0.cause)]
    Failed(Failure),
}

impl HelperError {
    /// A lasting word for scripts and tests.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotStarted { .. } => "helper-not-started",
            Self::Dismissed { .. } => "dismissed",
            Self::NotAuthorised { .. } => "not-authorised",
            Self::Died { .. } => "helper-died",
            Self::Unexpected { .. } => "helper-unexpected",
            Self::Failed(failure) => failure.reason.code(),
        }
    }

    /// What went wrong, in one sentence for the person.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::NotStarted { program, .. } => gettext_f(
                "“{program}”, which asks for the right to install, can’t be started.",
                &[("program", program)],
            ),
            Self::Dismissed { .. } => gettext("The question for the administrator’s password was closed."),
            Self::NotAuthorised { .. } => gettext(
                "You are not allowed to install on this computer. Administrators are: members of the group “wheel”, or of “sudo” on some systems.",
            ),
            Self::Died { .. } => {
                gettext("The part of Snowmelt that writes to the disk has ended unexpectedly.")
            }
            Self::Unexpected { .. } => gettext(
                "The part of Snowmelt that writes to the disk said something that can’t be understood.",
            ),
            Self::Failed(failure) => failure.reason.sentence(),
        }
    }

    /// The cause for the log.
    #[must_use]
    pub fn cause(&self) -> String {
        match self {
            Self::Failed(failure) => failure.cause.clone(),
            other => other.to_string(),
        }
    }

    /// What to do next, in one sentence.
    #[must_use]
    pub fn next(&self) -> String {
        match self {
            Self::NotStarted { program, .. } => gettext_f(
                "Install polkit’s “{program}”, or start Snowmelt from a live system that has it.",
                &[("program", program)],
            ),
            Self::Dismissed { .. } => gettext("Start the installation again and enter the password."),
            Self::NotAuthorised { .. } => gettext(
                "Ask an administrator to install, or log in to a desktop session, where the administrator’s password can be asked for.",
            ),
            Self::Died { .. } => gettext("Look into the log, and try again."),
            Self::Unexpected { .. } => gettext("Close Snowmelt, update it as a whole, and start it again."),
            Self::Failed(failure) => failure.reason.next(),
        }
    }
}

/// The helper, running and greeted.
///
/// When this is dropped its input is closed: the helper stops what runs, unmounts and ends by
/// itself. [`HelperClient::close`] also waits for that.
#[derive(Debug)]
pub struct HelperClient {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<ChildStdout>,
    words: Words,
    last_id: u32,
}

/// The last words on standard error, once it is closed.
#[derive(Debug)]
struct Words(Option<oneshot::Receiver<String>>);

impl HelperClient {
    /// Starts the installed helper through pkexec, which may ask the person for a password, and
    /// greets it.
    ///
    /// # Errors
    /// When the person is not allowed to, or did not want to, or the helper does not answer as it
    /// should.
    pub async fn start() -> Result<Self, HelperError> {
        Self::start_program("pkexec", [HELPER]).await
    }

    /// Starts a program that talks as the helper does, and greets it.
    ///
    /// # Errors
    /// As [`HelperClient::start`].
    pub async fn start_program<A: AsRef<OsStr>>(
        program: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Self, HelperError> {
        let not_started = |error| HelperError::NotStarted { program: program.to_owned(), error };
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(not_started)?;
        let lost = || not_started(io::ErrorKind::BrokenPipe.into());
        let input = child.stdin.take().ok_or_else(lost)?;
        let output = child.stdout.take().ok_or_else(lost)?;
        let words = Words::collect(child.stderr.take());
        let mut client = Self {
            child,
            input: Some(input),
            output: Lines::new(output, LONGEST_LINE, LongLines::Refuse),
            words,
            last_id: 0,
        };
        let greeted = client.request(Request::Hello { protocol: VERSION }, |_| {}).await;
        match greeted {
            Ok(()) => Ok(client),
            // Only a program that has not greeted can be pkexec itself.
            Err(HelperError::Died { status, words }) => Err(match client.exit_code() {
                Some(DISMISSED) => HelperError::Dismissed { words },
                Some(NOT_AUTHORISED) => HelperError::NotAuthorised { words },
                _ => HelperError::Died { status, words },
            }),
            Err(error) => Err(error),
        }
    }

    /// Looks whether it still runs. Who asks it for nothing for a while learns of its end only so.
    ///
    /// # Errors
    /// When it has ended.
    pub async fn look(&mut self) -> Result<(), HelperError> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(_)) | Err(_) => Err(self.death().await),
        }
    }

    /// Asks for one thing and waits until it is done. Dropping the future does not stop the helper;
    /// [`HelperClient::close`] does.
    ///
    /// # Errors
    /// When the helper refuses or fails, or has ended.
    pub async fn request(
        &mut self,
        request: Request,
        mut on_news: impl FnMut(News),
    ) -> Result<(), HelperError> {
        self.last_id += 1;
        let id = self.last_id;
        if self.send(&Numbered { id, request }).await.is_err() {
            return Err(self.death().await);
        }
        loop {
            let line = match self.output.next().await {
                Ok(Line::Whole(line)) => line,
                Ok(Line::TooLong) => return Err(unexpected("a line that is too long")),
                Ok(Line::End | Line::Unfinished(_)) | Err(_) => return Err(self.death().await),
            };
            let event: Event =
                serde_json::from_slice(&line).map_err(|error| unexpected(&error.to_string()))?;
            match event {
                // What an earlier request, whose future was dropped, still has to say.
                Event::Progress { id: other, .. }
                | Event::Activity { id: other, .. }
                | Event::Log { id: other, .. }
                | Event::SwapFile { id: other, .. }
                | Event::Keymap { id: other, .. }
                | Event::Done { id: other }
                    if other != id => {}
                Event::Failed { id: other, .. } if other != id && other != 0 => {}
                Event::Progress { fraction, .. } => on_news(News::Progress(fraction)),
                Event::Activity { activity, .. } => on_news(News::Activity(activity)),
                Event::Log { source, line, .. } => on_news(News::Log { source, line }),
                Event::SwapFile { offset, .. } => on_news(News::SwapFile(offset)),
                Event::Keymap { plain, further, .. } => {
                    let (plain, further) = (plain.chars().collect(), further.chars().collect());
                    on_news(News::Keymap(Typeable { plain, further }));
                }
                Event::Done { .. } => return Ok(()),
                Event::Failed { error, .. } => return Err(HelperError::Failed(error)),
            }
        }
    }

    /// Ends the helper: whatever runs is stopped, everything is unmounted. Waits for its end, but
    /// no longer than half a minute.
    ///
    /// # Errors
    /// When it did not end in time or ended badly.
    pub async fn close(mut self) -> Result<(), HelperError> {
        // Without this word it takes its caller for dead, and is patient. One that is dead itself is
        // told of below.
        let farewell = Numbered { id: self.last_id.wrapping_add(1), request: Request::Cancel };
        let _may_be_dead = self.send(&farewell).await;
        drop(self.input.take());
        // Its last events are read, so that it does not wait for them to be.
        let ended = async {
            while matches!(self.output.next().await, Ok(Line::Whole(_) | Line::TooLong)) {}
            self.child.wait().await
        };
        match tokio::time::timeout(LEAVE, ended).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => {
                Err(HelperError::Died { status: status.to_string(), words: self.words.last().await })
            }
            Ok(Err(error)) => Err(unexpected(&error.to_string())),
            Err(_elapsed) => Err(unexpected("it does not end")),
        }
    }

    async fn send(&mut self, request: &Numbered) -> io::Result<()> {
        let mut line = Zeroizing::new(serialised(request)?);
        line.push(b'\n');
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        input.write_all(&line).await?;
        input.flush().await
    }

    /// The error for a helper that has closed its output.
    async fn death(&mut self) -> HelperError {
        drop(self.input.take());
        let status = match tokio::time::timeout(LEAVE, self.child.wait()).await {
            Ok(Ok(status)) => status.to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(_elapsed) => "a closed pipe, still running".to_owned(),
        };
        HelperError::Died { status, words: self.words.last().await }
    }

    fn exit_code(&mut self) -> Option<i32> {
        self.child.try_wait().ok().flatten().and_then(|status| status.code())
    }
}

/// The request as JSON, in a buffer that never had to grow: growing would leave a copy of a secret
/// behind.
fn serialised(request: &Numbered) -> io::Result<Vec<u8>> {
    struct Counter(usize);
    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    serde_json::to_writer(&mut counter, request)?;
    let mut line = Vec::with_capacity(counter.0 + 1);
    serde_json::to_writer(&mut line, request)?;
    Ok(line)
}

fn unexpected(what: &str) -> HelperError {
    HelperError::Unexpected { what: what.to_owned() }
}

impl Words {
    /// Reads standard error beside everything else, so that nobody blocks on it.
    fn collect(stderr: Option<tokio::process::ChildStderr>) -> Self {
        let Some(stderr) = stderr else { return Self(None) };
        let (sender, receiver) = oneshot::channel();
        let _reader = tokio::spawn(async move {
            let mut lines = Lines::new(stderr, LONGEST_WORDS, LongLines::Split);
            let mut last = std::collections::VecDeque::new();
            while let Ok(Line::Whole(line) | Line::Unfinished(line)) = lines.next().await {
                if last.len() == LAST_WORDS {
                    let _oldest: Option<String> = last.pop_front();
                }
                last.push_back(String::from_utf8_lossy(&line).into_owned());
            }
            // Nobody may want to know any more.
            let _unwanted = sender.send(Vec::from(last).join("\n"));
        });
        Self(Some(receiver))
    }

    async fn last(&mut self) -> String {
        match self.0.take() {
            Some(receiver) => match tokio::time::timeout(Duration::from_secs(1), receiver).await {
                Ok(Ok(words)) => words,
                Ok(Err(_)) | Err(_) => String::new(),
            },
            None => String::new(),
        }
    }
}
