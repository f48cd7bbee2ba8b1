//! Where the swap file lies.

use super::{Operations, no_caller};
use crate::boundary::command::{Input, Output};
use crate::helper::failure;
use crate::helper::report::Report;
use crate::pure::plan;
use crate::pure::protocol::Failure;
use crate::pure::reason::Reason;

/// The most that is read of the number that btrfs prints, in bytes.
const LONGEST_NUMBER: usize = 64;

impl Operations {
    pub(super) async fn locate_swap_file(&mut self, report: &mut Report) -> Result<(), Failure> {
        let command = plan::locate_swap_file();
        let output = Output::Kept { limit: LONGEST_NUMBER };
        let printed = self.run_with(&command, Input::Nothing, output, report).await?;
        let offset = offset(&printed).ok_or_else(|| {
            let reason = Reason::ProgramFailed { program: command.program, status: None };
            failure(reason, format!("it printed no offset: {}", String::from_utf8_lossy(&printed)))
        })?;
        report.swap_file(offset).await.map_err(no_caller)
    }
}

/// The one number that was printed. No file begins where the superblock lies.
fn offset(printed: &[u8]) -> Option<u64> {
    std::str::from_utf8(printed).ok()?.trim_end().parse().ok().filter(|offset| *offset > 0)
}

#[cfg(test)]
mod tests {
    use super::offset;

    #[test]
    fn only_one_number_is_an_offset() {
        assert_eq!(offset(b"269568\n"), Some(269_568));
        for wrong in ["", "\n", "0\n", "-1", "1 2", "0x10", "Resume offset: 7"] {
            assert_eq!(offset(wrong.as_bytes()), None, "{wrong:?}");
        }
    }
}
