//! What persists from the beginning: the machine's identity, its SSH keys, the user's password.

use std::path::Path;

use super::{Operations, below_target, file_failed};
use crate::boundary::command::{Input, Output};
use crate::helper::report::Report;
use crate::helper::{failure, names};
use crate::pure::layout::PERSIST;
use crate::pure::plan;
use crate::pure::protocol::{Failure, PersistDirectory};
use crate::pure::reason::Reason;
use crate::pure::secret::Secret;

/// Mode of the directory of password hashes, and of each of them.
const PASSWORDS_MODE: u32 = 0o700;
const PASSWORD_MODE: u32 = 0o600;
/// Everybody may read the machine id, nobody writes it (`machine-id(5)`).
const MACHINE_ID_MODE: u32 = 0o444;
const KEYS_MODE: u32 = 0o755;
/// Nobody else looks into root's home; the list itself is no secret (nix-channel(1)).
const ROOT_HOME_MODE: u32 = 0o700;
const CHANNELS_MODE: u32 = 0o644;
/// Longest hash, in bytes (`CRYPT_OUTPUT_SIZE` of `crypt(3)`).
const LONGEST_HASH: usize = 384;

impl Operations {
    pub(super) async fn seed_persist(
        &mut self,
        directories: &[PersistDirectory],
        report: &mut Report,
    ) -> Result<(), Failure> {
        for directory in directories {
            names::check_path("directories.path", &directory.path)?;
            if directory.mode > 0o7777 {
                let cause = format!("{} has the mode {:o}", directory.path, directory.mode);
                return Err(failure(Reason::BadValue { field: "directories.mode".to_owned() }, cause));
            }
        }
        let target = self.target()?;
        for directory in directories {
            let path = format!("{PERSIST}{}", directory.path);
            target
                .make_directory(path.as_ref(), directory.mode)
                .map_err(|error| file_failed(&path, error))?;
        }
        drop(target);
        self.make_machine_id()?;
        self.make_host_keys(report).await
    }

    /// Subscribes root to the release's channel. A retry keeps what is there.
    pub(super) fn subscribe(&mut self, release: &str) -> Result<(), Failure> {
        let path = plan::channels_path();
        let failed = |error: std::io::Error| file_failed(&path, error);
        let target = self.target()?;
        if target.file_size(below_target(&path)).map_err(failed)?.is_some() {
            return Ok(());
        }
        let parent = below_target(&path).parent().unwrap_or(Path::new("/"));
        target.make_directory(parent, ROOT_HOME_MODE).map_err(failed)?;
        target
            .write(below_target(&path), CHANNELS_MODE, plan::channel_list(release).as_bytes())
            .map_err(failed)
    }

    /// A retry keeps the id that is there.
    fn make_machine_id(&self) -> Result<(), Failure> {
        let path = plan::machine_id_path();
        let failed = |error: std::io::Error| file_failed(&path, error);
        if self.target()?.file_size(below_target(&path)).map_err(failed)?.is_some() {
            return Ok(());
        }
        let id = format!("{}\n", uuid::Uuid::new_v4().simple());
        self.write(&path, MACHINE_ID_MODE, id.as_bytes())
    }

    async fn make_host_keys(&mut self, report: &mut Report) -> Result<(), Failure> {
        let directory = plan::host_keys_path();
        let made = self.target()?.make_directory(below_target(&directory), KEYS_MODE);
        made.map_err(|error| file_failed(&directory, error))?;
        self.run_all(&plan::make_host_keys(), report).await
    }

    pub(super) async fn set_password(
        &mut self,
        user: &str,
        password: &Secret,
        report: &mut Report,
    ) -> Result<(), Failure> {
        // mkpasswd takes one line.
        if password.is_empty() || password.expose().contains(['\n', '\r', '\0']) {
            let cause = "it is empty, or has a line break or a NUL in it";
            return Err(failure(Reason::BadValue { field: "password".to_owned() }, cause));
        }
        let command = plan::hash_password();
        let output = Output::Kept { limit: LONGEST_HASH };
        let hash = self.run_with(&command, Input::Secret(password), output, report).await?;
        let hash = std::str::from_utf8(&hash).map(str::trim_end).unwrap_or_default();
        if !is_hash(hash) {
            let reason = Reason::ProgramFailed { program: command.program, status: None };
            return Err(failure(reason, "what it printed is no yescrypt hash"));
        }
        let path = plan::password_path(user);
        if let Some(directory) = below_target(&path).parent() {
            let made = self.target()?.make_directory(directory, PASSWORDS_MODE);
            made.map_err(|error| file_failed(&path, error))?;
        }
        self.write(&path, PASSWORD_MODE, format!("{hash}\n").as_bytes())
    }
}

/// Whether the text has the form of a yescrypt hash (`crypt(5)`).
pub(super) fn is_hash(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "./$".contains(c);
    let rest = text.strip_prefix("$y$").unwrap_or_default();
    rest.split('$').count() == 3 && rest.split('$').all(|part| !part.is_empty()) && rest.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::is_hash;

    #[test]
    fn only_a_whole_yescrypt_hash_is_one() {
        assert!(is_hash("$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7"));
        for text in ["", "x", "$6$salt$hash", "$y$", "$y$j9T$salt$", "$y$j9T$salt$ha:sh", "$y$j9T$a$b\n$c"] {
            assert!(!is_hash(text), "{text:?}");
        }
    }
}
