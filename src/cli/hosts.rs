//! `snowmelt-cli hosts FLAKE [--json]`

use super::status::{Stop, USAGE};
use super::{machine, output};
use crate::boundary::own_flake::Copy;
use crate::engine::Cancel;
use crate::i18n::gettext_f;
use crate::pure::answers::rules;

/// Lists the configurations in a flake, for `configuration.host` in the answers.
pub(super) fn run(flake: &str, json: bool) -> Result<(), Stop> {
    let flake = whole(flake)?;
    rules::flake(&flake).map_err(|sentence| Stop::new(USAGE, sentence))?;
    let never = Cancel::new();
    let hosts = machine::block_on(async { Copy::make(&flake, &never).await?.hosts(&never).await })?
        .map_err(|error| Stop::failed(error.sentence(), &error.to_string(), error.next()))?;
    if json {
        return output::json(&hosts);
    }
    output::result(&hosts.iter().map(|host| output::plain(host) + "\n").collect::<String>())
}

/// A folder's absolute path, or the URL as it is.
fn whole(flake: &str) -> Result<String, Stop> {
    if flake.contains("://") || flake.is_empty() {
        return Ok(flake.to_owned());
    }
    let unreadable = |cause: &str| {
        Stop::new(
            USAGE,
            gettext_f("{file} can’t be read: {cause}.", &[("file", &output::plain(flake)), ("cause", cause)]),
        )
    };
    let path = std::fs::canonicalize(flake).map_err(|error| unreadable(&error.to_string()))?;
    path.into_os_string().into_string().map_err(|_| unreadable("UTF-8"))
}
