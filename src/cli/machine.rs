//! What the commands ask of the machine, each behind one function.

use super::status::{INTERNAL, Stop};
use crate::boundary::udisks::{Udisks, UdisksError};
use crate::i18n::gettext_f;
use crate::pure::disk::Disk;

/// All disks as UDisks2 and the kernel describe them now.
pub(super) fn disks() -> Result<Vec<Disk>, Stop> {
    block_on(async { Udisks::connect().await?.snapshot().await })?
        .map_err(|error: UdisksError| Stop::failed(error.sentence(), &error.cause(), error.next()))
}

/// Runs a future to its end on this thread.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Stop::new(
            INTERNAL,
            gettext_f("Snowmelt can’t start its own work: {cause}.", &[("cause", &error.to_string())]),
        )
    })?;
    Ok(runtime.block_on(future))
}
