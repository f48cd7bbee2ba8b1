//! The Wi-Fi networks that the live session knows.

use std::path::Path;

use super::{Operations, below_target, file_failed};
use crate::boundary::command::Listener as _;
use crate::boundary::target::Target;
use crate::helper::report::Report;
use crate::pure::networks::{file_name, taken_along};
use crate::pure::plan;
use crate::pure::protocol::Failure;
use crate::pure::secret::Secret;

/// What NetworkManager asks of its directory and of a file with a password in it
/// (`nm-settings-keyfile(5)`).
const DIRECTORY_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// Longest file that is read, in bytes; one takes some hundred.
const LONGEST_FILE: u64 = 64 << 10;

impl Operations {
    /// Copies them, with their passwords, to where the new system keeps its own. A network that can't
    /// be read is told of and left out: the person can choose it anew.
    pub(super) async fn take_networks_along(&mut self, report: &mut Report) -> Result<(), Failure> {
        let mut taken = 0;
        for (name, network) in self.networks(report).await? {
            let path = plan::connection_path(&name);
            let target = self.target()?;
            let directory = below_target(&path).parent().unwrap_or(Path::new("/"));
            target
                .make_directory(directory, DIRECTORY_MODE)
                .and_then(|()| target.write(below_target(&path), FILE_MODE, network.expose().as_bytes()))
                .map_err(|error| file_failed(&path, error))?;
            taken += 1;
        }
        let said = format!("Wi-Fi networks of the live session that were taken along: {taken}");
        report.line("helper", &said).await.map_err(super::no_caller)
    }

    /// Their files' names, and what will be in each.
    async fn networks(&self, report: &mut Report) -> Result<Vec<(String, Secret)>, Failure> {
        let mut networks = Vec::new();
        let mut unreadable = Vec::new();
        let live = Target::open(Path::new(plan::CONNECTIONS));
        match live.and_then(|live| live.names(Path::new("/")).map(|names| (live, names))) {
            Ok((live, names)) => {
                let names = names.unwrap_or_default();
                for name in names.iter().filter_map(|name| file_name(name.to_str()?)) {
                    match live.read(Path::new(name), LONGEST_FILE) {
                        Ok(Some(bytes)) => match String::from_utf8(bytes).map(Secret::new) {
                            Ok(text) => {
                                networks.extend(taken_along(&text).map(|network| (name.to_owned(), network)))
                            }
                            Err(_) => unreadable.push("a network is not written in UTF-8".to_owned()),
                        },
                        Ok(None) => {}
                        Err(error) => unreadable.push(format!("a network can’t be read: {error}")),
                    }
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => unreadable.push(format!("NetworkManager’s networks can’t be read: {error}")),
        }
        for said in unreadable {
            report.line("helper", &said).await.map_err(super::no_caller)?;
        }
        Ok(networks)
    }
}
