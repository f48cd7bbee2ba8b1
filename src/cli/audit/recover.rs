//! `snowmelt-audit recover`

use std::path::Path;

use super::problem::explain;
use crate::boundary::audit::recover::{look, recover};
use crate::boundary::audit::system;
use crate::boundary::audit::top::Top;
use crate::cli::output::{self, plain, wrapped};
use crate::cli::status::{REFUSED, Stop};
use crate::i18n::{gettext, gettext_f};
use crate::pure::size;

/// Copies a path back.
pub(super) fn run(top: &Top, path: &Path, from: Option<&str>, replace: bool) -> Result<(), Stop> {
    let newest = || -> Result<String, Stop> {
        for root in top.old_roots().map_err(explain)? {
            if look(top, &root, path).map_err(explain)?.is_some() {
                return Ok(root);
            }
        }
        Err(nowhere(path))
    };
    let root = from.map_or_else(newest, |root| Ok(root.to_owned()))?;
    recover(top, &system::tools(), &root, path, replace).map_err(explain)?;
    let path = path.display().to_string();
    let done = gettext_f("“{path}” is back, from the old root {root}.", &[("path", &path), ("root", &root)]);
    output::result(&wrapped(&done, 0, 0))
}

/// Lists the old roots that have it.
pub(super) fn list(top: &Top, path: &Path) -> Result<(), Stop> {
    let mut text = String::new();
    for root in top.old_roots().map_err(explain)? {
        let Some(old) = look(top, &root, path).map_err(explain)? else { continue };
        let what = if old.directory { gettext("a directory") } else { size::show(old.size) };
        text.push_str(&format!("{}  {what}\n", plain(&root)));
    }
    if text.is_empty() { Err(nowhere(path)) } else { output::result(&text) }
}

fn nowhere(path: &Path) -> Stop {
    let path = path.display().to_string();
    Stop {
        status: REFUSED,
        paragraphs: vec![
            gettext_f("No old root that is kept has “{path}”.", &[("path", &path)]),
            gettext("Old roots are deleted some time after they were moved aside."),
        ],
    }
}
