//! `snowmelt-audit [--since-boot] [--json]`

use super::{problem, show};
use crate::boundary::audit::Problem;
use crate::boundary::audit::system::{self, Names};
use crate::boundary::audit::top::Top;
use crate::cli::output;
use crate::cli::status::Stop;
use crate::pure::answers::PersistModule;
use crate::pure::audit::sort::Boot;
use crate::pure::audit::{Evidence, Group, mount, sort};

/// Where a system whose mounts don't tell keeps what persists.
const USUAL_PERSIST: &str = "/persist";

/// What was found.
pub(super) struct Found {
    /// Who would lose what.
    pub(super) groups: Vec<Group>,
    /// Whether it is known when the boot was through.
    pub(super) boot_known: bool,
    /// The module that keeps state.
    pub(super) module: PersistModule,
    /// Where it keeps it.
    pub(super) persist: String,
}

/// Lists what would be lost.
pub(super) fn run(top: &Top, only_new: bool, json: bool) -> Result<(), Stop> {
    let found = find(top, only_new).map_err(problem::explain)?;
    if json {
        output::json(&show::json(&found, only_new))
    } else {
        output::result(&show::list(&found, only_new))
    }
}

/// Finds it. Only what is new costs what has changed since the boot; all of it, what is on the root.
pub(super) fn find(top: &Top, only_new: bool) -> Result<Found, Problem> {
    let tools = system::tools();
    let since_boot = top.since_boot()?;
    let from_blank = if only_new && since_boot.is_some() { None } else { Some(top.since_blank()?) };
    let ended = system::boot_ended(&tools)?;
    let boot = match (&since_boot, ended) {
        (Some(since), _) => Boot::Since(since),
        (None, Some(then)) => Boot::Ended(then),
        (None, None) => Boot::Unknown,
    };
    let boot_known = !matches!(boot, Boot::Unknown);
    let nothing = Default::default();
    let found = from_blank.as_ref().or(since_boot.as_ref()).unwrap_or(&nothing);
    let mounts = system::mounts()?;
    // Without the one that was made to look.
    let mounts: Vec<_> = mounts
        .into_iter()
        .filter(|mount| !mount.mountpoint.starts_with(crate::boundary::audit::top::RUN))
        .collect();
    let (copied, units, names) = (system::copied(), system::units(&tools)?, Names::read());
    let evidence = Evidence {
        found,
        boot,
        nested: top.nested()?,
        mounts: &mounts,
        copied: &copied,
        units: &units,
        only_new,
    };
    Ok(Found {
        groups: sort(&evidence, |path| names.look(path)),
        boot_known,
        module: system::module(),
        persist: mount::persist(&mounts).unwrap_or_else(|| USUAL_PERSIST.to_owned()),
    })
}
