//! The rules that answers must keep, wherever they come from.

use super::{Answers, Problem};

/// Every rule that these answers break.
#[must_use]
pub fn validate(_answers: &Answers) -> Vec<Problem> {
    Vec::new()
}
