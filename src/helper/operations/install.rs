//! Running `nixos-install`.

use std::io;

use super::Operations;
use crate::boundary::command::{Input, Listener, Output};
use crate::helper::report::Report;
use crate::pure::plan;
use crate::pure::protocol::Failure;

impl Operations {
    pub(super) async fn install_system(
        &mut self,
        host_name: &str,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let command = plan::install(host_name);
        let mut following = Following { report, build: Build::default() };
        let _nothing = self.run_heard(&command, Input::Nothing, Output::Lines, &mut following).await?;
        Ok(())
    }
}

/// Passes the lines on and tells how far they show it to be.
struct Following<'report> {
    report: &'report mut Report,
    build: Build,
}

impl Listener for Following<'_> {
    async fn line(&mut self, source: &str, line: &str) -> io::Result<()> {
        self.report.line(source, line).await?;
        match self.build.hear(line) {
            Some(fraction) => self.report.progress(fraction).await,
            None => Ok(()),
        }
    }
}

/// What Nix has announced, and what of it is done.
///
/// Source of the lines: `src/libmain/shared.cc` (`printMissing`) and the log messages of
/// `src/libstore` in Nix 2.x; `nixos-install.sh` of nixpkgs.
#[derive(Debug, Default)]
struct Build {
    announced: u32,
    done: u32,
}

/// How far it is when everything is built and copied, and at what comes then.
const BUILT: f64 = 0.9;
const LATER: [(&str, f64); 3] =
    [("installing the boot loader...", 0.92), ("setting up /etc...", 0.96), ("installation finished!", 1.0)];

impl Build {
    /// Takes a line and says how far it is, if the line tells.
    fn hear(&mut self, line: &str) -> Option<f64> {
        if let Some((_, fraction)) = LATER.iter().find(|(text, _)| line == *text) {
            return Some(*fraction);
        }
        if let Some(count) = announced(line) {
            self.announced = self.announced.saturating_add(count);
            return None;
        }
        if !line.starts_with("building '/nix/store/") && !line.starts_with("copying path '/nix/store/") {
            return None;
        }
        self.done = self.done.saturating_add(1);
        // More is copied than was announced when the live store is used as a cache.
        let whole = f64::from(self.announced.max(self.done).saturating_add(1));
        Some(BUILT * f64::from(self.done) / whole)
    }
}

/// How many things a line announces, such as `these 12 derivations will be built:` or
/// `this path will be fetched (1.2 MiB download, 5.6 MiB unpacked):`.
fn announced(line: &str) -> Option<u32> {
    let line = line.trim_end_matches(':');
    let is_announcement = line.ends_with("will be built") || line.contains(" will be fetched");
    match line.split(' ').collect::<Vec<_>>().as_slice() {
        ["this", ..] if is_announcement => Some(1),
        ["these", count, ..] if is_announcement => count.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_follows_what_was_announced() {
        let mut build = Build::default();
        assert_eq!(build.hear("building the configuration in /mnt/persist/etc/nixos..."), None);
        assert_eq!(build.hear("these 2 derivations will be built:"), None);
        assert_eq!(build.hear("  /nix/store/abc-x.drv"), None);
        assert_eq!(build.hear("these 6 paths will be fetched (1.00 MiB download, 5.00 MiB unpacked):"), None);
        let eighth = build.hear("copying path '/nix/store/abc-x' from 'auto'...").unwrap();
        assert!((eighth - BUILT / 9.0).abs() < 1e-9, "{eighth}");
        for _ in 0..100 {
            assert!(build.hear("building '/nix/store/abc-x.drv'...").unwrap() < BUILT);
        }
        assert_eq!(build.hear("installing the boot loader..."), Some(0.92));
        assert_eq!(build.hear("installation finished!"), Some(1.0));
    }

    #[test]
    fn only_announcements_count() {
        assert_eq!(announced("this derivation will be built:"), Some(1));
        assert_eq!(announced("this path will be fetched (0.1 MiB download, 0.2 MiB unpacked):"), Some(1));
        assert_eq!(announced("these 4000000000000 derivations will be built:"), None);
        assert_eq!(announced("these will be built"), None);
        assert_eq!(announced("warning: this will be fetched"), None);
    }
}
