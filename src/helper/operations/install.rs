//! Building the system and running `nixos-install`.

use std::io;
use std::path::Path;

use super::Operations;
use crate::boundary::command::{Input, Listener, Output};
use crate::helper::failure;
use crate::helper::report::Report;
use crate::pure::activity::Activity;
use crate::pure::nix_log::{self, State};
use crate::pure::plan;
use crate::pure::protocol::Failure;
use crate::pure::reason::Reason;

/// How far the step is when the system is built, and at what `nixos-install` says then
/// (`nixos-install.sh` of nixpkgs; `activation-script.nix`).
const BUILT: f64 = 0.9;
const LATER: [(&str, f64, Option<Activity>); 3] = [
    ("installing the boot loader...", 0.92, Some(Activity::BootLoader)),
    ("setting up /etc...", 0.96, Some(Activity::Activating)),
    ("installation finished!", 1.0, None),
];
/// The most that is read of the store path that `nix build` prints, in bytes.
const LONGEST_PATH: usize = 4 << 10;

impl Operations {
    pub(super) async fn install_system(
        &mut self,
        host_name: &str,
        report: &mut Report,
    ) -> Result<(), Failure> {
        self.target()?
            .make_directory(super::below_target(plan::BUILD_DIRECTORY), 0o755)
            .map_err(|error| super::file_failed(plan::BUILD_DIRECTORY, error))?;
        let command = plan::build(host_name);
        let mut following = Following { report, nix: State::default() };
        let output = Output::Kept { limit: LONGEST_PATH };
        let built = self.run_heard(&command, Input::Nothing, output, &mut following).await;
        let errors = following.nix.errors();
        let printed = built.map_err(|error| with_words(error, &errors))?;
        let system = system_path(&printed).ok_or_else(|| {
            let reason = Reason::ProgramFailed { program: command.program.clone(), status: None };
            failure(reason, format!("it printed no store path: {}", String::from_utf8_lossy(&printed)))
        })?;
        if let Some(devices) = &mut self.devices {
            devices.paths.system = system;
        }
        let _nothing = self
            .run_heard(&plan::install(), Input::Nothing, Output::Lines, &mut Finishing { report })
            .await?;
        Ok(())
    }
}

/// Nix's own errors in the place of the lines of its log format.
fn with_words(error: Failure, errors: &str) -> Failure {
    match error.reason {
        Reason::ProgramFailed { .. } if !errors.is_empty() => Failure { cause: errors.to_owned(), ..error },
        _ => error,
    }
}

/// The one store path that was printed.
fn system_path(printed: &[u8]) -> Option<String> {
    let path = std::str::from_utf8(printed).ok()?.trim_end_matches('\n');
    let name = path.strip_prefix("/nix/store/")?;
    // The characters of a store path's name (`checkName` in Nix's `src/libstore/path.cc`).
    let plain = |c: char| c.is_ascii_alphanumeric() || "+-._?=".contains(c);
    let is_one = !name.is_empty() && !name.starts_with('.') && name.chars().all(plain);
    (is_one && Path::new(path).is_absolute()).then(|| path.to_owned())
}

/// Follows `nix build`.
struct Following<'report> {
    report: &'report mut Report,
    nix: State,
}

impl Listener for Following<'_> {
    async fn line(&mut self, source: &str, line: &str) -> io::Result<()> {
        // What Snowmelt says of the command itself.
        if source == "helper" {
            return self.report.line(source, line).await;
        }
        for line in self.nix.hear(nix_log::parse(line)) {
            self.report.line(source, &line).await?;
        }
        self.report.activity(self.nix.activity());
        let fraction = BUILT * self.nix.fraction();
        self.report.progress(fraction).await
    }
}

/// Follows `nixos-install` after the build.
struct Finishing<'report> {
    report: &'report mut Report,
}

impl Listener for Finishing<'_> {
    async fn line(&mut self, source: &str, line: &str) -> io::Result<()> {
        self.report.line(source, line).await?;
        match LATER.iter().find(|(text, _, _)| line == *text) {
            Some((_, fraction, activity)) => {
                activity.iter().for_each(|activity| self.report.activity(activity.clone()));
                self.report.progress(*fraction).await
            }
            None => self.report.progress(BUILT).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_store_path_is_one() {
        let path = "/nix/store/abc-nixos-system-snow-26.05";
        assert_eq!(system_path(format!("{path}\n").as_bytes()).as_deref(), Some(path));
        for wrong in
            ["", "\n", "/nix/store/", "/nix/store/..", "/nix/store/a/b", "/etc", "/nix/store/a\n/nix/store/b"]
        {
            assert_eq!(system_path(wrong.as_bytes()), None, "{wrong:?}");
        }
    }
}
