//! The configuration's files.

use std::collections::BTreeSet;

use super::{Operations, file_failed};
use crate::boundary::command::{Input, Output};
use crate::helper::failure;
use crate::helper::report::Report;
use crate::pure::plan::{self, WRITTEN_FILES};
use crate::pure::protocol::{ConfigFile, ConfigFileName, Failure};
use crate::pure::reason::Reason;

/// Permission bits of the configuration's files: they hold nothing secret.
const MODE: u32 = 0o644;
/// The most that `nixos-generate-config` may print, in bytes; it prints one or two thousand.
const LONGEST_HARDWARE_FILE: usize = 1 << 20;

impl Operations {
    pub(super) async fn detect_hardware(&mut self, report: &mut Report) -> Result<(), Failure> {
        let command = plan::generate_config();
        let output = Output::Kept { limit: LONGEST_HARDWARE_FILE };
        let text = self.run_with(&command, Input::Nothing, output, report).await?;
        let path = plan::config_path(ConfigFileName::Hardware);
        match std::str::from_utf8(&text) {
            Ok(text) if !text.trim().is_empty() => self.write(&path, MODE, text.as_bytes()),
            Ok(_) => Err(file_failed(&path, format!("{} printed nothing", command.program))),
            Err(error) => Err(file_failed(&path, format!("{} printed no UTF-8: {error}", command.program))),
        }
    }

    pub(super) fn write_configuration(&mut self, files: &[ConfigFile]) -> Result<(), Failure> {
        let mut seen = BTreeSet::new();
        for file in files {
            if !WRITTEN_FILES.contains(&file.name) || !seen.insert(file.name) {
                let cause = format!("{} is not to be written here, or twice", file.name.file_name());
                return Err(failure(Reason::BadValue { field: "files.name".to_owned() }, cause));
            }
        }
        for file in files {
            self.write(&plan::config_path(file.name), MODE, file.text.as_bytes())?;
        }
        Ok(())
    }
}
