//! What the running system says about itself.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::tool::{self, ToolError};
use super::{Problem, at};
use crate::boundary::block;
use crate::boundary::command::Tools;
use crate::pure::answers::PersistModule;
use crate::pure::audit::mount::{self, Mount};
use crate::pure::audit::unit::{self, Unit};
use crate::pure::audit::{Look, line};

/// Where programs are looked for: what the package was built with, then a NixOS system's own
/// places, then other systems'.
const SEARCH_PATH: &str = match option_env!("SNOWMELT_TOOLS") {
    Some(tools) => tools,
    None => "",
};
const SYSTEM_PATH: &str =
    "/run/current-system/sw/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Where the configuration is.
const CONFIGURATION: &str = "/etc/nixos";
/// Where NixOS's activation lists the files that it copied, and not linked, to `/etc`
/// (`setup-etc.pl`).
const COPIED: &str = "/etc/.clean";

/// The programs that are run.
#[must_use]
pub fn tools() -> Tools {
    Tools::on_path(&format!("{SEARCH_PATH}:{SYSTEM_PATH}"))
}

/// What is mounted.
///
/// # Errors
/// When the kernel's table can't be read.
pub fn mounts() -> Result<Vec<Mount>, Problem> {
    let place = "/proc/self/mountinfo";
    let table = fs::read_to_string(place).map_err(at(place))?;
    Ok(mount::parse(&table, block::unescape))
}

/// The services that are loaded.
///
/// # Errors
/// When systemd does not answer.
pub fn units(tools: &Tools) -> Result<Vec<Unit>, ToolError> {
    let property = format!("--property={}", unit::PROPERTIES);
    let shown = systemctl(tools, &["show", "--type=service", "--all", &property, "*.service"])?;
    Ok(unit::parse(&shown))
}

/// When the boot was through, in seconds since 1970; `None` while it is not.
///
/// # Errors
/// When systemd does not answer.
pub fn boot_ended(tools: &Tools) -> Result<Option<u64>, ToolError> {
    let shown = systemctl(tools, &["show", "--timestamp=unix", "--value", "--property=FinishTimestamp"])?;
    Ok(shown.trim().strip_prefix('@').and_then(|seconds| seconds.parse().ok()))
}

fn systemctl(tools: &Tools, arguments: &[&str]) -> Result<String, ToolError> {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    tool::output(tools, "systemctl", &arguments).map(|shown| String::from_utf8_lossy(&shown).into_owned())
}

/// The files that NixOS's activation copied to `/etc`, relative to it.
#[must_use]
pub fn copied() -> BTreeSet<String> {
    fs::read_to_string(COPIED).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// The module that the configuration keeps state with.
#[must_use]
pub fn module() -> PersistModule {
    let files = fs::read_dir(CONFIGURATION).into_iter().flatten().flatten().map(|entry| entry.path());
    let nix = files.filter(|path| path.extension().is_some_and(|ending| ending == "nix"));
    line::module_in(&nix.filter_map(|path| fs::read_to_string(path).ok()).collect::<String>())
}

/// The names of users and groups.
#[derive(Debug, Default)]
pub struct Names {
    users: BTreeMap<u32, String>,
    groups: BTreeMap<u32, String>,
}

impl Names {
    /// Those of the system's own lists.
    #[must_use]
    pub fn read() -> Self {
        let list = |place: &str| fs::read_to_string(place).map(|list| parse(&list)).unwrap_or_default();
        Self { users: list("/etc/passwd"), groups: list("/etc/group") }
    }

    /// What a path looks like now; `None` where it is gone.
    #[must_use]
    pub fn look(&self, path: &str) -> Option<Look> {
        let metadata = Path::new(path).symlink_metadata().ok()?;
        let name =
            |names: &BTreeMap<u32, String>, id| names.get(&id).cloned().unwrap_or_else(|| id.to_string());
        Some(Look {
            directory: metadata.is_dir(),
            size: metadata.len(),
            mode: metadata.mode() & 0o7777,
            owner: name(&self.users, metadata.uid()),
            group: name(&self.groups, metadata.gid()),
        })
    }
}

/// Parses `passwd(5)` or `group(5)`: both have the name first and the number third.
fn parse(list: &str) -> BTreeMap<u32, String> {
    let one = |line: &str| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        Some((fields.nth(1)?.parse().ok()?, name.to_owned()))
    };
    // Of two names for one number the first counts, as it does for libc.
    list.lines().rev().filter_map(one).collect()
}
