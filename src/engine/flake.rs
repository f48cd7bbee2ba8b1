//! The person's own flake: fetched before anything is written, copied when the disk is ready.

use super::failure::Cause;
use super::installation::Run;
use crate::boundary::own_flake::{Copy, FlakeError};
use crate::pure::config;
use crate::pure::protocol::Request;

impl Run<'_> {
    /// Gets a copy, and looks for the configuration in it.
    pub(super) async fn fetch_flake(&mut self, flake: &str, host: &str) -> Result<(), Cause> {
        let copy = Copy::make(flake, self.cancel).await?;
        copy.check_host(host, self.cancel).await?;
        self.held.flake = Some(copy);
        Ok(())
    }

    /// Sends the copy to the helper, with what it must know of the disk where that is wanted.
    pub(super) async fn copy_flake(&mut self, flake: &str, facts: Option<&str>) -> Result<(), Cause> {
        let devices = self.devices().await?;
        let job = &self.held.job;
        let files = config::files(&job.answers, &job.plan.layout, &job.machine, &devices);
        let copy = match self.held.flake.take() {
            Some(copy) => copy,
            // The installation goes on after Snowmelt itself was ended.
            None => Copy::make(flake, self.cancel).await?,
        };
        let sent = self.send_flake(&copy, facts, &files).await;
        // Another try needs it again.
        self.held.flake = Some(copy);
        sent
    }

    async fn send_flake(
        &mut self,
        copy: &Copy,
        facts: Option<&str>,
        files: &[crate::pure::protocol::ConfigFile],
    ) -> Result<(), Cause> {
        if let (Some(path), Some(file)) = (facts, files.first()) {
            copy.add_facts(path, &file.text, self.cancel).await?;
        }
        for path in copy.paths()? {
            let mut parts = copy.parts(&path)?;
            while let Some(part) = parts.next_part()? {
                self.ask(Request::PutFlakePart { path: path.clone(), part }).await?;
            }
        }
        Ok(())
    }
}

impl From<FlakeError> for Cause {
    fn from(error: FlakeError) -> Self {
        if matches!(error, FlakeError::Cancelled) {
            return Self::cancelled();
        }
        Self {
            code: error.code().to_owned(),
            sentence: error.sentence(),
            cause: error.to_string(),
            next: error.next(),
            retry: true,
            helper_gone: false,
        }
    }
}
