//! The person's own flake, which comes through the pipe part by part.

use super::{Operations, below_target, file_failed};
use crate::helper::failure;
use crate::pure::plan;
use crate::pure::protocol::{Failure, FlakePart, LARGEST_PART, is_flake_path};
use crate::pure::reason::Reason;

/// Longest text of a symbolic link, in bytes (`PATH_MAX`).
const LONGEST_LINK: usize = 4096;

impl Operations {
    pub(super) fn put_flake_part(&mut self, path: &str, part: &FlakePart) -> Result<(), Failure> {
        let refuse = |field: &str, cause: String| {
            Err(failure(Reason::BadValue { field: format!("flake.{field}") }, cause))
        };
        if !is_flake_path(path) {
            return refuse("path", format!("{path:?} is no path within a flake"));
        }
        if let FlakePart::File { bytes, .. } | FlakePart::More { bytes } = part
            && bytes.0.len() > LARGEST_PART
        {
            return refuse("bytes", format!("{} bytes at once", bytes.0.len()));
        }
        let path = plan::flake_path(path);
        let target = self.target()?;
        let place = below_target(&path);
        let put = match part {
            FlakePart::File { executable, bytes } => {
                target.write(place, if *executable { 0o755 } else { 0o644 }, &bytes.0)
            }
            FlakePart::More { bytes } => target.append(place, &bytes.0),
            FlakePart::Link { to } if to.is_empty() || to.len() > LONGEST_LINK || to.contains('\0') => {
                return refuse("to", format!("{to:?} is no text of a link"));
            }
            FlakePart::Link { to } => target.make_link(place, to.as_ref()),
        };
        put.map_err(|error| file_failed(&path, error))
    }
}
