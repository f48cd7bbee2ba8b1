//! A copy of the person's own flake, made without any privileges: with their keys, and nothing that
//! they could not read.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use tokio_util::sync::CancellationToken;

use super::target::Target;
use crate::i18n::{gettext, gettext_f};
use crate::pure::answers::rules;
use crate::pure::call::Command;
use crate::pure::plan;
use crate::pure::protocol::{FlakePart, LARGEST_PART, is_flake_path};

/// The most that a flake may hold with its history, in bytes: it is copied in memory on most live
/// systems, and a folder of that size is seldom the one that was meant.
const LARGEST: u64 = 512 << 20;
/// Schemes that Git may fetch by, also where a repository leads it on: `GIT_ALLOW_PROTOCOL` of
/// git(1). The copy of a folder is `file`.
const PROTOCOLS: &str = "file:https:ssh";

/// How Git starts ssh where the person says nothing else: with nothing to ask either.
const SSH: &str = "ssh -o BatchMode=yes";

/// Why a flake can't be had, or is not what was named.
#[derive(Debug, thiserror::Error)]
pub enum FlakeError {
    /// It was stopped.
    #[error("stopped")]
    Cancelled,
    /// A program can't be started.
    #[error("{program}: {cause}")]
    NotRun {
        /// Its name.
        program: String,
        /// The kernel's words.
        cause: io::Error,
    },
    /// A program failed.
    #[error("{program}: {words}")]
    Failed {
        /// Its name.
        program: String,
        /// What it wrote.
        words: String,
    },
    /// A file can't be read or copied.
    #[error("{path}: {cause}")]
    File {
        /// Its path.
        path: PathBuf,
        /// The kernel's words.
        cause: io::Error,
    },
    /// A name in it can't be sent to the helper.
    #[error("{0:?} is no name that can be copied")]
    Name(PathBuf),
    /// It is larger than a flake is.
    #[error("more than 512 MiB")]
    TooLarge,
    /// There is no `flake.nix` in it.
    #[error("no flake.nix")]
    NoFlake,
    /// It has no configuration of that name.
    #[error("{host:?} is not among {hosts:?}")]
    NoHost {
        /// The name.
        host: String,
        /// Those there are.
        hosts: Vec<String>,
    },
}

impl FlakeError {
    /// A lasting word for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::NotRun { .. } => "program-missing",
            Self::Failed { .. } => "program-failed",
            Self::File { .. } => "file-failed",
            Self::Name(_) | Self::TooLarge => "flake-unfit",
            Self::NoFlake => "no-flake",
            Self::NoHost { .. } => "no-host",
        }
    }

    /// What went wrong, for the person.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Cancelled => gettext("The installation was stopped."),
            Self::NotRun { program, .. } => {
                gettext_f("The program “{program}” is not installed.", &[("program", program)])
            }
            Self::Failed { program, .. } if program == "git" => gettext("Git can’t get your flake."),
            Self::Failed { .. } => gettext("Nix can’t read your flake."),
            Self::File { path, .. } => {
                gettext_f("{path} could not be read or written.", &[("path", &path.display().to_string())])
            }
            Self::Name(path) => gettext_f(
                "The file {file} in your flake has a name that can’t be copied.",
                &[("file", &path.display().to_string())],
            ),
            Self::TooLarge => gettext("Your flake holds more than 512 MiB with its history."),
            Self::NoFlake => gettext("There is no flake.nix in your flake."),
            Self::NoHost { host, hosts } if hosts.is_empty() => {
                gettext_f("Your flake has no configuration “{host}”, nor any other.", &[("host", host)])
            }
            Self::NoHost { host, hosts } => gettext_f(
                "Your flake has no configuration “{host}”. It has: {hosts}.",
                &[("host", host), ("hosts", &hosts.join(", "))],
            ),
        }
    }

    /// What to do next.
    #[must_use]
    pub fn next(&self) -> String {
        match self {
            Self::Cancelled => gettext("Start the installation again when you are ready."),
            Self::NotRun { program, .. } => gettext_f(
                "Start Snowmelt from a NixOS live system, or install the package that has “{program}”.",
                &[("program", program)],
            ),
            Self::Failed { .. } => gettext("Its own words say why. Mend that, and start again."),
            Self::File { .. } | Self::Name(_) | Self::TooLarge | Self::NoFlake => {
                gettext("Mend this in your flake, or name another one, and start again.")
            }
            Self::NoHost { .. } => gettext("Set configuration.host to one that there is, and start again."),
        }
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> FlakeError {
    move |cause| FlakeError::File { path: path.to_owned(), cause }
}

/// A copy that may be added to. It is deleted when it is dropped.
#[derive(Debug)]
pub struct Copy {
    /// Holds the copy; readable by its owner alone.
    _around: tempfile::TempDir,
    folder: PathBuf,
    is_repository: bool,
}

impl Copy {
    /// Gets a copy of the flake in a folder or at a URL: of a Git repository with its history, and of
    /// one in a folder what Git tracks, as it is now; of another folder all of it.
    ///
    /// # Errors
    /// When Git fails, a file can't be read, or there is no `flake.nix`.
    pub async fn make(flake: &str, cancel: &CancellationToken) -> Result<Self, FlakeError> {
        let around = tempfile::tempdir().map_err(failed(&std::env::temp_dir()))?;
        let folder = around.path().join("flake");
        let source = Path::new(flake);
        let is_repository = plan::is_url(flake) || source.join(".git").symlink_metadata().is_ok();
        let copy = Self { _around: around, folder, is_repository };
        if is_repository {
            let _output = copy.run(&plan::clone(flake), cancel).await?;
            if !plan::is_url(flake) {
                copy.take_changes(source, cancel).await?;
            }
        } else {
            fs::create_dir(&copy.folder).map_err(failed(&copy.folder))?;
            for path in walk(source)? {
                copy_one(&source.join(&path), &copy.folder.join(&path))?;
            }
        }
        if copy.folder.join("flake.nix").symlink_metadata().is_err() {
            return Err(FlakeError::NoFlake);
        }
        // What can't be sent is better known now than when the disk is erased.
        let _all = copy.paths()?;
        Ok(copy)
    }

    /// The names of the configurations in it, as Nix tells them.
    ///
    /// # Errors
    /// When Nix fails.
    pub async fn hosts(&self, cancel: &CancellationToken) -> Result<Vec<String>, FlakeError> {
        let command = plan::list_hosts();
        let output = self.run(&command, cancel).await?;
        serde_json::from_slice(&output.stdout).map_err(|error| FlakeError::Failed {
            program: command.program,
            words: format!("{error}: {}", String::from_utf8_lossy(&output.stdout)),
        })
    }

    /// That it has a configuration of this name.
    ///
    /// # Errors
    /// When it hasn't, or Nix fails.
    pub async fn check_host(&self, host: &str, cancel: &CancellationToken) -> Result<(), FlakeError> {
        let hosts = self.hosts(cancel).await?;
        if hosts.iter().any(|other| other == host) {
            return Ok(());
        }
        // Others could not be asked for.
        let hosts = hosts.into_iter().filter(|host| rules::flake_host(host).is_ok()).collect();
        Err(FlakeError::NoHost { host: host.to_owned(), hosts })
    }

    /// Writes what it must know of the disk into it, and shows the file to Git.
    ///
    /// # Errors
    /// When it can't be written, or Git fails.
    pub async fn add_facts(
        &self,
        path: &str,
        text: &str,
        cancel: &CancellationToken,
    ) -> Result<(), FlakeError> {
        let written =
            Target::open(&self.folder).and_then(|target| target.write(path.as_ref(), 0o644, text.as_bytes()));
        written.map_err(failed(Path::new(path)))?;
        if self.is_repository {
            let _output = self.run(&plan::show_to_git(path), cancel).await?;
        }
        Ok(())
    }

    /// The paths of everything in it that is no directory, within it.
    ///
    /// # Errors
    /// When something can't be read, has a name that can't be sent, or there is too much.
    pub fn paths(&self) -> Result<Vec<String>, FlakeError> {
        let mut size = 0_u64;
        let name = |path: PathBuf| match path.to_str() {
            Some(name) if is_flake_path(name) => Ok(name.to_owned()),
            _ => Err(FlakeError::Name(path)),
        };
        let mut paths = Vec::new();
        for path in walk(&self.folder)? {
            let place = self.folder.join(&path);
            size = size.saturating_add(place.symlink_metadata().map_err(failed(&path))?.len());
            paths.push(name(path)?);
        }
        if size > LARGEST { Err(FlakeError::TooLarge) } else { Ok(paths) }
    }

    /// Hands out what is at a path, part by part.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn parts(&self, path: &str) -> Result<Parts, FlakeError> {
        let place = self.folder.join(path);
        let error = || failed(Path::new(path));
        let metadata = place.symlink_metadata().map_err(error())?;
        if metadata.is_symlink() {
            let to = fs::read_link(&place).map_err(error())?;
            let to = to.into_os_string().into_string().map_err(|_| FlakeError::Name(path.into()))?;
            return Ok(Parts {
                path: path.to_owned(),
                link: Some(to),
                file: None,
                executable: false,
                begun: false,
            });
        }
        let file = File::open(&place).map_err(error())?;
        let executable = metadata.permissions().mode() & 0o100 != 0;
        Ok(Parts { path: path.to_owned(), link: None, file: Some(file), executable, begun: false })
    }

    /// Brings what Git tracks in a folder, which a clone has only as it was last committed.
    async fn take_changes(&self, source: &Path, cancel: &CancellationToken) -> Result<(), FlakeError> {
        let tracked = self.tracked(source, cancel).await?;
        for gone in self.tracked(&self.folder, cancel).await?.difference(&tracked) {
            fs::remove_file(self.folder.join(gone)).map_err(failed(gone))?;
        }
        for path in &tracked {
            let place = self.folder.join(path);
            if source.join(path).symlink_metadata().is_ok() {
                copy_one(&source.join(path), &place)?;
            } else if place.symlink_metadata().is_ok() {
                fs::remove_file(&place).map_err(failed(path))?;
            }
        }
        let git = |folder: &Path, arguments: &[&str]| {
            let mut all = vec!["-C".to_owned(), folder.to_string_lossy().into_owned()];
            all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
            all
        };
        let _output =
            output("git", git(&self.folder, &["add", "--intent-to-add", "--force", "--", "."]), cancel)
                .await?;
        // The folder itself is not there in the new system.
        let origin = match output("git", git(source, &["remote", "get-url", "origin"]), cancel).await {
            Ok(found) => String::from_utf8_lossy(&found.stdout).trim_end().to_owned(),
            Err(FlakeError::Failed { .. }) => String::new(),
            Err(error) => return Err(error),
        };
        let change: &[&str] = if rules::flake(&origin).is_ok() && plan::is_url(&origin) {
            &["remote", "set-url", "origin", origin.as_str()]
        } else {
            &["remote", "remove", "origin"]
        };
        let _output = output("git", git(&self.folder, change), cancel).await?;
        Ok(())
    }

    async fn tracked(
        &self,
        folder: &Path,
        cancel: &CancellationToken,
    ) -> Result<BTreeSet<PathBuf>, FlakeError> {
        let folder = folder.to_string_lossy().into_owned();
        let arguments = ["-C", &folder, "ls-files", "-z"].map(str::to_owned);
        let listed = output("git", arguments.to_vec(), cancel).await?;
        let listed = String::from_utf8(listed.stdout).map_err(|error| {
            FlakeError::Name(String::from_utf8_lossy(error.as_bytes()).into_owned().into())
        })?;
        Ok(listed.split_terminator('\0').map(PathBuf::from).collect())
    }

    async fn run(&self, command: &Command, cancel: &CancellationToken) -> Result<Output, FlakeError> {
        output(&command.program, command.resolve_copy(&self.folder.to_string_lossy()), cancel).await
    }
}

/// What is at one path, part by part.
#[derive(Debug)]
pub struct Parts {
    path: String,
    link: Option<String>,
    file: Option<File>,
    executable: bool,
    begun: bool,
}

impl Parts {
    /// The next part; `None` when there is no more.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn next_part(&mut self) -> Result<Option<FlakePart>, FlakeError> {
        if let Some(to) = self.link.take() {
            return Ok(Some(FlakePart::Link { to }));
        }
        let Some(file) = &mut self.file else { return Ok(None) };
        let mut bytes = Vec::new();
        let limit = u64::try_from(LARGEST_PART).unwrap_or(u64::MAX);
        let read = file.take(limit).read_to_end(&mut bytes).map_err(failed(Path::new(&self.path)))?;
        let bytes = crate::pure::bytes::Bytes(bytes);
        // An empty file has one part too.
        if !std::mem::replace(&mut self.begun, true) {
            return Ok(Some(FlakePart::File { executable: self.executable, bytes }));
        }
        Ok((read > 0).then_some(FlakePart::More { bytes }))
    }
}

/// Runs a program in the person's own environment, which has their keys, and with nothing to ask.
async fn output(
    program: &str,
    arguments: Vec<String>,
    cancel: &CancellationToken,
) -> Result<Output, FlakeError> {
    let run = tokio::process::Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ALLOW_PROTOCOL", PROTOCOLS)
        .env("GIT_SSH_COMMAND", std::env::var_os("GIT_SSH_COMMAND").unwrap_or_else(|| SSH.into()))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::select! {
        biased;
        () = cancel.cancelled() => return Err(FlakeError::Cancelled),
        output = run => output.map_err(|cause| FlakeError::NotRun { program: program.to_owned(), cause })?,
    };
    if output.status.success() {
        return Ok(output);
    }
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(FlakeError::Failed { program: program.to_owned(), words: format!("{}: {words}", output.status) })
}

/// Everything below a folder that is no directory, sorted, as paths within it. No link is followed.
fn walk(folder: &Path) -> Result<Vec<PathBuf>, FlakeError> {
    let mut found = Vec::new();
    let mut left = vec![PathBuf::new()];
    while let Some(within) = left.pop() {
        // Joined with nothing, it would end in a slash.
        let place = if within.as_os_str().is_empty() { folder.to_owned() } else { folder.join(&within) };
        for entry in fs::read_dir(&place).map_err(failed(&place))? {
            let entry = entry.map_err(failed(&place))?;
            let path = within.join(entry.file_name());
            let kind = entry.file_type().map_err(failed(&path))?;
            if kind.is_dir() {
                left.push(path);
            } else if kind.is_file() || kind.is_symlink() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Copies a file with its mode, or a link as it is. A folder, such as a submodule's, is passed over.
fn copy_one(from: &Path, to: &Path) -> Result<(), FlakeError> {
    let copied = || {
        let kind = from.symlink_metadata()?.file_type();
        if kind.is_dir() {
            return Ok(());
        }
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        if to.symlink_metadata().is_ok() {
            fs::remove_file(to)?;
        }
        if kind.is_symlink() {
            symlink(fs::read_link(from)?, to)
        } else {
            fs::copy(from, to).map(|_bytes| ())
        }
    };
    copied().map_err(failed(from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(folder: &Path, arguments: &[&str]) {
        let identity =
            ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"];
        let ended = std::process::Command::new("git")
            .arg("-C")
            .arg(folder)
            .args(identity)
            .args(arguments)
            .output()
            .unwrap();
        assert!(ended.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
    }

    fn copy(flake: &Path) -> Result<Copy, FlakeError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(Copy::make(flake.to_str().unwrap(), &CancellationToken::new()))
    }

    fn add_facts(copy: &Copy, path: &str) -> Result<(), FlakeError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(copy.add_facts(path, "{ }\n", &CancellationToken::new()))
    }

    fn own(copy: &Copy) -> Vec<String> {
        copy.paths().unwrap().into_iter().filter(|path| !path.starts_with(".git/")).collect()
    }

    #[test]
    fn of_a_repository_comes_what_git_tracks_as_it_is_now_with_its_history() {
        let folder = tempfile::tempdir().unwrap();
        let flake = folder.path();
        git(flake, &["init", "--quiet"]);
        for name in ["flake.nix", "changed.nix", "deleted.nix", "unlisted.nix", "secret.key"] {
            fs::write(flake.join(name), "old").unwrap();
        }
        symlink("changed.nix", flake.join("link.nix")).unwrap();
        git(flake, &["add", "flake.nix", "changed.nix", "deleted.nix", "unlisted.nix", "link.nix"]);
        git(flake, &["commit", "--quiet", "--message=First"]);
        fs::write(flake.join("changed.nix"), "new").unwrap();
        fs::remove_file(flake.join("deleted.nix")).unwrap();
        git(flake, &["rm", "--quiet", "--cached", "unlisted.nix"]);
        fs::write(flake.join("added.nix"), "new").unwrap();
        git(flake, &["add", "added.nix"]);

        let copy = copy(flake).unwrap();
        assert_eq!(own(&copy), ["added.nix", "changed.nix", "flake.nix", "link.nix"]);
        assert_eq!(fs::read_to_string(copy.folder.join("changed.nix")).unwrap(), "new");
        assert_eq!(fs::read_link(copy.folder.join("link.nix")).unwrap(), Path::new("changed.nix"));
        git(&copy.folder, &["cat-file", "-e", "HEAD:deleted.nix"]);
        git(&copy.folder, &["ls-files", "--error-unmatch", "added.nix"]);

        add_facts(&copy, "hosts/disk.nix").unwrap();
        git(&copy.folder, &["ls-files", "--error-unmatch", "hosts/disk.nix"]);
        assert!(!flake.join("hosts").exists(), "the person's own folder stays as it is");
        let remotes = std::process::Command::new("git").arg("-C").arg(&copy.folder).arg("remote").output();
        assert!(remotes.unwrap().stdout.is_empty(), "nothing leads back to the live system");
    }

    #[test]
    fn another_folder_comes_whole_and_facts_follow_no_link_out_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let (flake, outside) = (folder.path().join("flake"), folder.path().join("outside"));
        fs::create_dir_all(flake.join("hosts")).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(flake.join("flake.nix"), "{ }").unwrap();
        fs::write(flake.join("hosts/a.nix"), "").unwrap();
        symlink(&outside, flake.join("out")).unwrap();
        let copy = copy(&flake).unwrap();
        assert_eq!(own(&copy), ["flake.nix", "hosts/a.nix", "out"]);
        add_facts(&copy, "hosts/disk.nix").unwrap();
        assert!(add_facts(&copy, "out/disk.nix").is_err());
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_flake_or_has_a_name_that_cant_be_sent_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(copy(folder.path()), Err(FlakeError::NoFlake)));
        fs::write(folder.path().join("flake.nix"), "{ }").unwrap();
        fs::write(folder.path().join("a\nb"), "").unwrap();
        assert!(matches!(copy(folder.path()), Err(FlakeError::Name(_))));
        assert!(matches!(copy(&folder.path().join("none")), Err(FlakeError::File { .. })));
    }

    #[test]
    fn a_file_comes_in_parts_that_make_it_up_again() {
        let folder = tempfile::tempdir().unwrap();
        let content: Vec<u8> = (0..LARGEST_PART * 2).map(|at| u8::try_from(at % 251).unwrap()).collect();
        fs::write(folder.path().join("flake.nix"), &content).unwrap();
        fs::write(folder.path().join("empty"), "").unwrap();
        let copy = copy(folder.path()).unwrap();
        let all = |path: &str| {
            let mut parts = copy.parts(path).unwrap();
            let mut all = Vec::new();
            while let Some(part) = parts.next_part().unwrap() {
                all.push(part);
            }
            all
        };
        let bytes: Vec<u8> = all("flake.nix")
            .into_iter()
            .flat_map(|part| match part {
                FlakePart::File { executable: false, bytes } | FlakePart::More { bytes } => bytes.0,
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(bytes == content, "nothing is lost between parts");
        assert_eq!(all("flake.nix").len(), 2);
        assert_eq!(all("empty").len(), 1);
    }
}
