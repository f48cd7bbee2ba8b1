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
use crate::pure::trouble::{self, Free, Trouble};

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
        host_name: Option<&str>,
        report: &mut Report,
    ) -> Result<(), Failure> {
        self.target()?
            .make_directory(super::below_target(plan::BUILD_DIRECTORY), 0o755)
            .map_err(|error| super::file_failed(plan::BUILD_DIRECTORY, error))?;
        let command = plan::build(host_name);
        let mut repeated = 0;
        let printed = loop {
            let mut following = Following { report, nix: State::default() };
            let output = Output::Kept { limit: LONGEST_PATH };
            let built = self.run_heard(&command, Input::Nothing, output, &mut following).await;
            let errors = following.nix.errors();
            match built {
                Ok(printed) => break printed,
                Err(error) => self.wait(with_words(error, &errors), &mut repeated, report).await?,
            }
        };
        let system = system_path(&printed).ok_or_else(|| {
            let reason = Reason::ProgramFailed { program: command.program.clone(), status: None };
            failure(reason, format!("it printed no store path: {}", String::from_utf8_lossy(&printed)))
        })?;
        if let Some(devices) = &mut self.devices {
            devices.paths.system = system;
        }
        loop {
            let mut finishing = Finishing { report };
            let install = plan::install(host_name.is_some());
            match self.run_heard(&install, Input::Nothing, Output::Lines, &mut finishing).await {
                // It copies the channel where it finds one, and says nothing where it doesn't.
                Ok(_nothing) if host_name.is_none() => return super::check::check_channel(&self.target()?),
                Ok(_nothing) => return Ok(()),
                Err(error) => self.wait(error, &mut repeated, report).await?,
            }
        }
    }

    /// Makes sure that all of the store is there that Nix takes for there. Nix writes its database out at
    /// once, and the store’s files when the filesystem gets to it: what an I/O error, or a disk that was
    /// pulled out, has cut off can be in the one and not in the other.
    pub(super) async fn check_store(&mut self, report: &mut Report) -> Result<(), Failure> {
        match self.run(&plan::check_store(), report).await {
            Err(error) if matches!(error.reason, Reason::ProgramFailed { .. }) => {
                let said = "what can’t be mended is forgotten, and copied or downloaded again";
                report.line("helper", said).await.map_err(super::no_caller)?;
                self.run(&plan::forget_store(), report).await
            }
            ended => ended,
        }
    }

    /// Waits for a network that is gone, so that the same can be run again: what Nix has built and
    /// downloaded by then stays. Fails at once with whatever no waiting mends.
    async fn wait(&self, error: Failure, repeated: &mut u32, report: &mut Report) -> Result<(), Failure> {
        let error = self.explained(error);
        let pause = match error.reason {
            Reason::NetworkLost => trouble::pause(*repeated),
            _ => None,
        };
        let Some(pause) = pause else { return Err(error) };
        *repeated = repeated.saturating_add(1);
        let said = format!("the network is gone; the next try is in {} seconds", pause.as_secs());
        report.line("helper", &said).await.map_err(super::no_caller)?;
        report.activity(Activity::Waiting);
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(failure(Reason::Cancelled, error.cause)),
            () = tokio::time::sleep(pause) => Ok(()),
        }
    }

    /// The reason behind a program's failure, where its words tell one or there is no space left.
    fn explained(&self, error: Failure) -> Failure {
        if !matches!(error.reason, Reason::ProgramFailed { .. }) {
            return error;
        }
        let free = self.free();
        let reason = match trouble::trouble(&error.cause) {
            Some(Trouble::Network) => Some(Reason::NetworkLost),
            Some(Trouble::NoSpace) => Some(Reason::NoSpace { full: trouble::full(&error.cause, free) }),
            None => trouble::exhausted(free).map(|full| Reason::NoSpace { full }),
        };
        match reason {
            Some(reason) => Failure { reason, ..error },
            None => error,
        }
    }

    fn free(&self) -> Free {
        let free = |path: &Path| {
            let filesystem = rustix::fs::statvfs(path).ok()?;
            Some(filesystem.f_bavail.saturating_mul(filesystem.f_frsize))
        };
        let target = &self.surroundings.target;
        Free {
            boot: free(&target.join("boot")),
            disk: free(&target.join("nix")),
            memory: free(Path::new("/")),
        }
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
