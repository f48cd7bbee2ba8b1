//! How costly it is to try a passphrase.

use super::Operations;
use crate::boundary::command::{Input, Output};
use crate::helper::device::Devices;
use crate::helper::failure;
use crate::helper::report::Report;
use crate::pure::answers::Pbkdf;
use crate::pure::plan;
use crate::pure::protocol::Failure;
use crate::pure::reason::Reason;
use crate::pure::secret::Secret;

impl Operations {
    /// Converts the volume's key slot. cryptsetup itself checks the figures against what LUKS2 takes.
    pub(super) async fn set_key_derivation(
        &mut self,
        pbkdf: &Pbkdf,
        passphrase: &Secret,
        report: &mut Report,
    ) -> Result<(), Failure> {
        if !self.devices.as_ref().is_some_and(Devices::is_encrypted) {
            return Err(failure(Reason::OutOfOrder, "there is no encrypted volume"));
        }
        let command = plan::set_key_derivation(pbkdf);
        let _no_output = self.run_with(&command, Input::Secret(passphrase), Output::Lines, report).await?;
        Ok(())
    }
}
