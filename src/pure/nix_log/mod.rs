//! What Nix says of its work with `--log-format internal-json`: read line by line, and turned into
//! how far it is, what it does at the moment, and lines for the log.

mod line;
mod state;

pub use line::{Kind, Said, parse};
pub use state::State;
