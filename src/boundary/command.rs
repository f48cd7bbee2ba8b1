//! Runs a program to its end: found on a fixed path, with a fixed environment, no shell, its
//! output passed on line by line, and stopped with all its children when it is cancelled.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::future::Future;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use tokio_util::sync::CancellationToken;

use super::lines::{Line, Lines, LongLines};
use crate::pure::secret::Secret;

/// Longest line of output that is passed on whole, in bytes; a longer one comes in pieces.
pub const LONGEST_OUTPUT_LINE: usize = 16 << 10;
/// How many of a program's last lines are kept for the error.
const LAST_WORDS: usize = 12;
/// How long a cancelled program has to end by itself.
const GRACE: Duration = Duration::from_secs(5);
/// How long output is awaited after the program has ended: a child that it left behind may hold
/// the other end of the pipe open for ever.
const DRAIN: Duration = Duration::from_secs(2);

/// Where programs are looked for, and the environment that they get.
#[derive(Debug, Clone)]
pub struct Tools {
    path: OsString,
    temporary: Option<OsString>,
}

impl Tools {
    /// Tools on a search path in the form of `PATH`; parts that are not absolute are left out.
    #[must_use]
    pub fn on_path(path: &str) -> Self {
        let absolute = std::env::split_paths(path).filter(|part| part.is_absolute());
        Self { path: std::env::join_paths(absolute).unwrap_or_default(), temporary: None }
    }

    /// The same tools, which put temporary files into this directory.
    #[must_use]
    pub fn with_temporary(&self, directory: Option<&str>) -> Self {
        Self { path: self.path.clone(), temporary: directory.map(OsString::from) }
    }

    /// The absolute path of `program`, if it is on the search path.
    #[must_use]
    pub fn find(&self, program: &str) -> Option<PathBuf> {
        if program.is_empty() || program.contains('/') {
            return None;
        }
        std::env::split_paths(&self.path).map(|part| part.join(program)).find(|path| is_executable(path))
    }

    /// The whole environment of every program.
    pub fn environment(&self) -> impl Iterator<Item = (&'static str, OsString)> {
        [
            ("PATH", self.path.clone()),
            ("LC_ALL", OsString::from("C.UTF-8")),
            ("HOME", OsString::from("/root")),
        ]
        .into_iter()
        .chain(self.temporary.clone().map(|directory| ("TMPDIR", directory)))
    }
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// What a program reads from its standard input.
#[derive(Debug)]
pub enum Input<'run> {
    /// Nothing: `/dev/null`.
    Nothing,
    /// The secret and a newline.
    Secret(&'run Secret),
}

/// What becomes of a program's standard output. Its standard error is always passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Passed on line by line.
    Lines,
    /// Kept and given back; more than so many bytes are an error.
    Kept {
        /// The most that is kept, in bytes.
        limit: usize,
    },
}

/// Where lines of output go. What it returns is awaited before more is read, so a slow reader
/// slows the program down and nothing piles up in between.
pub trait Listener {
    /// Takes one line without its newline.
    fn line(&mut self, source: &str, line: &str) -> impl Future<Output = io::Result<()>>;
}

/// Why a program gave no result.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It is not on the search path.
    #[error("there is no program “{program}” on the search path")]
    Missing {
        /// Its name.
        program: String,
    },
    /// It was cancelled.
    #[error("“{program}” was stopped")]
    Cancelled {
        /// Its name.
        program: String,
    },
    /// It ended with an error.
    #[error("“{program}” ended with {status}: {last_words}")]
    Failed {
        /// Its name.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The last lines that it wrote.
        last_words: String,
    },
    /// It wrote more than was to be kept.
    #[error("“{program}” wrote more than {limit} bytes")]
    TooMuch {
        /// Its name.
        program: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// It could not be started, or its pipes failed.
    #[error("“{program}” could not be run: {error}")]
    Broken {
        /// Its name.
        program: String,
        /// The kernel's words.
        error: io::Error,
    },
}

/// Runs `program` to its end and returns what was kept of its standard output.
///
/// # Errors
/// When it can't be run, is cancelled, or ends with anything but success.
pub async fn run<L: Listener>(
    tools: &Tools,
    program: &str,
    arguments: &[String],
    input: Input<'_>,
    output: Output,
    listener: &mut L,
    cancel: &CancellationToken,
) -> Result<Vec<u8>, RunError> {
    let broken = |error| RunError::Broken { program: program.to_owned(), error };
    let path = tools.find(program).ok_or_else(|| RunError::Missing { program: program.to_owned() })?;
    if cancel.is_cancelled() {
        return Err(RunError::Cancelled { program: program.to_owned() });
    }
    let mut child = tokio::process::Command::new(path)
        .args(arguments)
        .env_clear()
        .envs(tools.environment())
        .current_dir("/")
        .stdin(if matches!(input, Input::Nothing) { Stdio::null() } else { Stdio::piped() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Its own group, so that its children can be stopped with it.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(broken)?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let heard = RefCell::new(Heard::default());
    let following = follow(child.stdout.take(), child.stderr.take(), program, output, listener, &heard);
    let writing = write_secret(child.stdin.take(), input);
    let talk = async {
        let (written, followed) = tokio::join!(writing, following);
        followed?;
        match written {
            // A program that ends without reading what it was given says why by its status.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    };
    tokio::pin!(talk);

    let ended = tokio::select! {
        biased;
        () = cancel.cancelled() => End::Cancelled,
        talked = &mut talk => match talked {
            // Its pipes are closed, and still it may go on.
            Ok(()) => tokio::select! {
                biased;
                () = cancel.cancelled() => End::Cancelled,
                status = child.wait() => status.map_or_else(End::Broken, End::Exited),
            },
            Err(error) => End::Broken(error),
        },
        status = child.wait() => match status {
            Ok(status) => match tokio::time::timeout(DRAIN, &mut talk).await {
                Ok(Err(error)) => End::Broken(error),
                Ok(Ok(())) | Err(_) => End::Exited(status),
            },
            Err(error) => End::Broken(error),
        },
    };
    if !matches!(ended, End::Exited(_)) {
        stop(&mut child, group).await.map_err(broken)?;
    }
    let heard = heard.take();
    match ended {
        End::Cancelled => Err(RunError::Cancelled { program: program.to_owned() }),
        End::Broken(_) if heard.too_much => {
            Err(RunError::TooMuch { program: program.to_owned(), limit: output.limit() })
        }
        End::Broken(error) => Err(broken(error)),
        End::Exited(status) if status.success() => Ok(heard.kept),
        End::Exited(status) => Err(RunError::Failed {
            program: program.to_owned(),
            status,
            last_words: Vec::from(heard.last).join("\n"),
        }),
    }
}

/// How a run ended.
enum End {
    Exited(ExitStatus),
    Cancelled,
    Broken(io::Error),
}

impl Output {
    fn limit(self) -> usize {
        match self {
            Self::Lines => 0,
            Self::Kept { limit } => limit,
        }
    }
}

async fn write_secret(pipe: Option<ChildStdin>, input: Input<'_>) -> io::Result<()> {
    if let (Some(mut pipe), Input::Secret(secret)) = (pipe, input) {
        pipe.write_all(secret.expose().as_bytes()).await?;
        pipe.write_all(b"\n").await?;
        pipe.shutdown().await?;
    }
    Ok(())
}

/// Asks the whole group to end, and kills it when it does not.
async fn stop(child: &mut Child, group: Option<Pid>) -> io::Result<()> {
    let signal = |signal| match group.map(|group| kill_process_group(group, signal)) {
        None | Some(Ok(()) | Err(rustix::io::Errno::SRCH)) => Ok(()),
        Some(Err(error)) => Err(io::Error::from(error)),
    };
    signal(Signal::TERM)?;
    let in_time = tokio::time::timeout(GRACE, child.wait()).await.is_ok();
    // Also when it ended in time: its children may not have.
    signal(Signal::KILL)?;
    if !in_time {
        let _status = child.wait().await?;
    }
    Ok(())
}

/// What is known of a program's output.
#[derive(Default)]
struct Heard {
    kept: Vec<u8>,
    too_much: bool,
    last: VecDeque<String>,
}

impl Heard {
    fn remember(&mut self, line: &str) {
        if self.last.len() == LAST_WORDS {
            let _oldest = self.last.pop_front();
        }
        self.last.push_back(line.to_owned());
    }

    /// Keeps the bytes, or notes that they are too many.
    fn keep(&mut self, bytes: &[u8], limit: usize) -> io::Result<()> {
        if self.kept.len().saturating_add(bytes.len()) > limit {
            self.too_much = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.kept.extend_from_slice(bytes);
        Ok(())
    }
}

/// Reads both streams until both are closed.
async fn follow<L: Listener>(
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    program: &str,
    output: Output,
    listener: &mut L,
    heard: &RefCell<Heard>,
) -> io::Result<()> {
    let lines = |stream| Lines::new(stream, LONGEST_OUTPUT_LINE, LongLines::Split);
    let (mut kept, mut stdout) = match output {
        Output::Lines => (None, stdout.map(lines)),
        Output::Kept { .. } => (stdout, None),
    };
    let mut stderr = stderr.map(|stream| Lines::new(stream, LONGEST_OUTPUT_LINE, LongLines::Split));
    let mut chunk = vec![0; LONGEST_OUTPUT_LINE];
    loop {
        let line = tokio::select! {
            read = read_some(&mut kept, &mut chunk), if kept.is_some() => {
                let read = read?;
                match chunk.get(..read) {
                    Some(bytes) if read > 0 => heard.borrow_mut().keep(bytes, output.limit())?,
                    _ => kept = None,
                }
                continue;
            }
            line = next_line(&mut stdout), if stdout.is_some() => line?,
            line = next_line(&mut stderr), if stderr.is_some() => line?,
            else => return Ok(()),
        };
        if let Some(line) = line {
            heard.borrow_mut().remember(&line);
            listener.line(program, &line).await?;
        }
    }
}

async fn read_some<R: AsyncRead + Unpin>(source: &mut Option<R>, chunk: &mut [u8]) -> io::Result<usize> {
    match source {
        Some(source) => source.read(chunk).await,
        None => Ok(0),
    }
}

/// The next line, and `None` once at the end, when the stream is given up.
async fn next_line<R: AsyncRead + Unpin>(source: &mut Option<Lines<R>>) -> io::Result<Option<String>> {
    let Some(lines) = source else { return Ok(None) };
    match lines.next().await? {
        Line::Whole(bytes) | Line::Unfinished(bytes) => {
            Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
        }
        Line::TooLong | Line::End => {
            *source = None;
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Heard(Vec<String>);

    impl Listener for Heard {
        async fn line(&mut self, source: &str, line: &str) -> io::Result<()> {
            self.0.push(format!("{source}: {line}"));
            Ok(())
        }
    }

    struct Trial {
        directory: tempfile::TempDir,
        heard: Heard,
        cancel: CancellationToken,
    }

    impl Trial {
        /// A search path on which `trial` is a shell script.
        fn new(script: &str) -> Self {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("trial");
            std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            Self { directory, heard: Heard::default(), cancel: CancellationToken::new() }
        }

        fn tools(&self) -> Tools {
            Tools::on_path(&format!("{}:/usr/bin:/bin", self.directory.path().display()))
        }

        fn run(&mut self, arguments: &[&str], input: Input<'_>, output: Output) -> Result<String, RunError> {
            let arguments: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
            let tools = self.tools();
            block_on(run(&tools, "trial", &arguments, input, output, &mut self.heard, &self.cancel))
                .map(|kept| String::from_utf8(kept).unwrap())
        }
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        // Far longer than any of these takes; a run that never ends fails instead of hanging.
        let limited = async { tokio::time::timeout(Duration::from_secs(120), future).await.unwrap() };
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(limited)
    }

    #[test]
    fn lines_are_passed_on_and_failure_carries_the_last_words() {
        let mut trial = Trial::new("echo \"$1\"; echo 'no space' >&2; exit 3");
        let error = trial.run(&["a b"], Input::Nothing, Output::Lines).unwrap_err();
        let RunError::Failed { status, last_words, .. } = error else { panic!("{error}") };
        assert_eq!(status.code(), Some(3));
        assert!(last_words.contains("no space"), "{last_words}");
        trial.heard.0.sort();
        assert_eq!(trial.heard.0, ["trial: a b", "trial: no space"]);
    }

    #[test]
    fn a_secret_comes_through_the_pipe_only_and_what_is_kept_is_not_logged() {
        let secret = Secret::new("correct horse".to_owned());
        let mut trial = Trial::new("read -r line; echo \"$line\"; echo \"$*\" >&2; env >&2");
        let kept = trial.run(&[], Input::Secret(&secret), Output::Kept { limit: 100 }).unwrap();
        assert_eq!(kept, "correct horse\n");
        assert!(!trial.heard.0.concat().contains("horse"));
    }

    #[test]
    fn a_program_that_does_not_read_its_input_is_judged_by_its_status() {
        let secret = Secret::new("x".repeat(1 << 20));
        let error =
            Trial::new("exec <&-; exit 4").run(&[], Input::Secret(&secret), Output::Lines).unwrap_err();
        assert!(matches!(error, RunError::Failed { status, .. } if status.code() == Some(4)), "{error}");
    }

    #[test]
    fn the_environment_is_ours_alone() {
        let mut trial = Trial::new("env");
        let kept = trial.run(&[], Input::Nothing, Output::Kept { limit: 10_000 }).unwrap();
        let names: std::collections::BTreeSet<&str> = kept
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(name, _)| name)
            // What a shell sets by itself.
            .filter(|name| !["PWD", "OLDPWD", "SHLVL", "_"].contains(name))
            .collect();
        assert_eq!(Vec::from_iter(names), ["HOME", "LC_ALL", "PATH"]);
    }

    #[test]
    fn more_than_may_be_kept_stops_the_program() {
        let error = Trial::new("while :; do echo 0123456789; done")
            .run(&[], Input::Nothing, Output::Kept { limit: 1000 })
            .unwrap_err();
        assert!(matches!(error, RunError::TooMuch { limit: 1000, .. }), "{error}");
    }

    #[test]
    fn a_program_is_found_only_on_the_path_and_never_by_a_path() {
        let trial = Trial::new("");
        assert!(trial.tools().find("trial").is_some());
        for name in ["", "none", "/bin/sh", "../trial", "."] {
            assert_eq!(trial.tools().find(name), None, "{name}");
        }
        assert_eq!(Tools::on_path("relative:.").find("trial"), None);
    }

    #[test]
    fn cancelling_ends_the_program_and_its_children() {
        let mut trial = Trial::new("sleep 1000 & echo $!; trap '' TERM; while :; do sleep 1000; done");
        let cancel = trial.cancel.clone();
        let tools = trial.tools();
        /// Cancels as soon as the program has said something.
        struct Stopper(CancellationToken, Vec<String>);
        impl Listener for Stopper {
            async fn line(&mut self, _source: &str, line: &str) -> io::Result<()> {
                self.1.push(line.to_owned());
                self.0.cancel();
                Ok(())
            }
        }
        let mut stopper = Stopper(cancel.clone(), Vec::new());
        let error = block_on(run(&tools, "trial", &[], Input::Nothing, Output::Lines, &mut stopper, &cancel));
        assert!(matches!(error, Err(RunError::Cancelled { .. })), "{error:?}");
        let child = stopper.1.first().unwrap().clone();
        // The signal is sent; the kernel may take a moment, and the new parent may still wait for it.
        let running = || {
            let state = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
            !(state.is_empty() || state.contains(") Z ") || state.contains(") X "))
        };
        while running() {
            std::thread::yield_now();
        }
        trial.cancel.cancel();
        assert!(matches!(trial.run(&[], Input::Nothing, Output::Lines), Err(RunError::Cancelled { .. })));
    }

    #[test]
    fn a_child_that_is_left_behind_does_not_hold_the_run_up() {
        let mut trial = Trial::new("sleep 1000 & echo $!");
        let _kept = trial.run(&[], Input::Nothing, Output::Lines).unwrap();
        let child = trial.heard.0.first().unwrap().trim_start_matches("trial: ").parse().unwrap();
        rustix::process::kill_process(Pid::from_raw(child).unwrap(), Signal::KILL).unwrap();
    }
}
