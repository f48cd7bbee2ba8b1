//! Which keymap the prompt for the passphrase will have, and what it can type.

use std::path::Path;

use super::rehearse::{follow, read_linked};
use super::{Operations, no_caller};
use crate::boundary::command::{Input, Listener as _, Output};
use crate::helper::report::Report;
use crate::pure::keyboard::{Typeable, console};
use crate::pure::layout::TARGET;
use crate::pure::plan;
use crate::pure::protocol::Failure;
use crate::pure::reason::Reason;

/// Longest vconsole.conf, in bytes.
const LONGEST: u64 = 64 << 10;

impl Operations {
    /// Tells what the console's keymap of the mounted system can type. A keymap with a path is the
    /// system's own file (`console.useXkbConfig` makes one); one with a name is looked for where the
    /// live system has its keymaps (loadkeys(1)). Where it can't be found out only the log is told.
    pub(super) async fn tell_keymap(&mut self, system: &Path, report: &mut Report) -> Result<(), Failure> {
        let unknown = match self.keymap(system) {
            Ok(name) => match self.read_keymap(&name, report).await {
                Ok(Some(known)) => return report.keymap(&known).await.map_err(no_caller),
                Ok(None) => format!("what loadkeys makes of the keymap {name} is no keymap"),
                Err(failure) if failure.reason == Reason::Cancelled => return Err(failure),
                Err(failure) => format!("the keymap {name} can’t be looked at: {}", failure.cause),
            },
            Err(unknown) => unknown,
        };
        report.line("helper", &unknown).await.map_err(no_caller)
    }

    /// The keymap that the system's console has.
    fn keymap(&self, system: &Path) -> Result<String, String> {
        let target = self.target().map_err(|failure| failure.cause)?;
        let text = read_linked(&target, &system.join("etc/vconsole.conf"), LONGEST)
            .map_err(|error| format!("the console’s configuration can’t be read: {error}"))?;
        let name = text.and_then(|text| console::named_in(&String::from_utf8_lossy(&text)));
        let name = name.ok_or("the system names no keymap for its console")?;
        if !console::is_keymap(&name) {
            return Err(format!("no keymap is called {name:?}"));
        }
        if !name.starts_with('/') {
            return Ok(name);
        }
        let path = follow(&target, Path::new(&name)).map_err(|error| error.to_string())?;
        let below = path.strip_prefix("/").unwrap_or(&path);
        Ok(Path::new(TARGET).join(below).to_string_lossy().into_owned())
    }

    async fn read_keymap(&mut self, name: &str, report: &mut Report) -> Result<Option<Typeable>, Failure> {
        let output = Output::Kept { limit: console::LONGEST_KEYMAP };
        let bytes = self.run_with(&plan::read_keymap(name), Input::Nothing, output, report).await?;
        Ok(console::typeable(&bytes))
    }
}
