//! How far UDisks2 has come with erasing a disk, and how it is stopped.
//!
//! Facts: the interfaces `Job` and `NVMe.Namespace` of UDisks2 2.10, and the list of operations at
//! the end of its documentation.

use std::collections::HashMap;

use zbus::Variant;
use zbus::fdo::ManagedObjects;

use super::objects::{BLOCK, NAMESPACE, Properties};
use super::{SERVICE, Udisks, UdisksError, from_bus};

const JOB: &str = "org.freedesktop.UDisks2.Job";
/// The only one that can be stopped: the others are the disk's own doing.
const OVERWRITES: &str = "format-erase";
const ERASES: [&str; 3] = [OVERWRITES, "ata-secure-erase", "ata-enhanced-secure-erase"];

impl Udisks {
    /// How far the disk at this object path is erased, from 0 to 1, where that is known.
    ///
    /// # Errors
    /// When UDisks2 can't be asked.
    pub async fn erased(&self, disk: &str) -> Result<Option<f64>, UdisksError> {
        let managed = self.managed().await?;
        let drive = drive_of(&managed, disk);
        let about = [Some(disk), drive.as_deref()];
        let all = managed.iter().flat_map(|(path, interfaces)| {
            interfaces.iter().map(move |(name, all)| (path.as_str(), name.as_str(), Properties(all)))
        });
        for (path, interface, properties) in all {
            let fraction = match interface {
                JOB if about.iter().flatten().any(|object| is_about(&properties, object, &ERASES)) => {
                    fraction(&properties)
                }
                NAMESPACE if path == disk => formatted(&properties),
                _ => None,
            };
            if fraction.is_some() {
                return Ok(fraction);
            }
        }
        Ok(None)
    }

    /// Stops writing over the disk at this object path. The call that began it then fails.
    ///
    /// # Errors
    /// When UDisks2 can't be asked, or refuses.
    pub async fn stop_erasing(&self, disk: &str) -> Result<(), UdisksError> {
        for (path, interfaces) in &self.managed().await? {
            let is_it = interfaces
                .iter()
                .any(|(name, all)| name.as_str() == JOB && is_about(&Properties(all), disk, &[OVERWRITES]));
            if is_it {
                let options: HashMap<&str, Variant<'_>> = HashMap::new();
                let stopped = self.connection.call_method(Some(SERVICE), path, Some(JOB), "Cancel", &options);
                let _answer = stopped.await.map_err(from_bus)?;
            }
        }
        Ok(())
    }
}

/// The drive of the disk at this object path: a drive’s own erasure is a job about that
/// (`src/udiskslinuxdriveata.c`).
fn drive_of(managed: &ManagedObjects, disk: &str) -> Option<String> {
    let (_, interfaces) = managed.iter().find(|(path, _)| path.as_str() == disk)?;
    let (_, block) = interfaces.iter().find(|(name, _)| name.as_str() == BLOCK)?;
    Properties(block).object("Drive")
}

/// Whether a job is one of these operations on the disk.
fn is_about(job: &Properties<'_>, disk: &str, operations: &[&str]) -> bool {
    let is_on_it = match job.get("Objects") {
        Some(Variant::Array(objects)) => {
            objects.iter().any(|object| matches!(object, Variant::ObjectPath(path) if path.as_str() == disk))
        }
        _ => false,
    };
    is_on_it && operations.contains(&job.text("Operation").as_str())
}

fn fraction(job: &Properties<'_>) -> Option<f64> {
    match job.get("Progress") {
        Some(Variant::F64(fraction)) if job.flag("ProgressValid") => Some(*fraction),
        _ => None,
    }
}

/// -1 where the drive doesn't tell.
fn formatted(namespace: &Properties<'_>) -> Option<f64> {
    match namespace.get("FormatPercentRemaining") {
        Some(Variant::I32(left)) if (0..=100).contains(left) => Some(1.0 - f64::from(*left) / 100.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zbus::OwnedVariant;

    fn properties(all: Vec<(&str, Variant<'_>)>) -> HashMap<String, OwnedVariant> {
        all.into_iter().map(|(name, value)| (name.to_owned(), value.try_into().unwrap())).collect()
    }

    fn job(operation: &str, object: &str, valid: bool) -> HashMap<String, OwnedVariant> {
        let objects = vec![zbus::ObjectPath::try_from(object.to_owned()).unwrap()];
        properties(vec![
            ("Operation", operation.into()),
            ("Objects", objects.into()),
            ("ProgressValid", valid.into()),
            ("Progress", 0.25.into()),
        ])
    }

    #[test]
    fn a_job_counts_where_it_erases_this_disk_and_knows_how_far_it_is() {
        assert!(is_about(&Properties(&job("format-erase", "/disk", true)), "/disk", &ERASES));
        assert!(!is_about(&Properties(&job("format-erase", "/other", true)), "/disk", &ERASES));
        assert!(!is_about(&Properties(&job("format-mkfs", "/disk", true)), "/disk", &ERASES));
        assert!(!is_about(&Properties(&job("ata-secure-erase", "/disk", true)), "/disk", &[OVERWRITES]));
        assert_eq!(fraction(&Properties(&job("format-erase", "/disk", true))), Some(0.25));
        assert_eq!(fraction(&Properties(&job("format-erase", "/disk", false))), None);
    }

    #[test]
    fn a_drive_tells_what_is_left_or_nothing() {
        let told =
            |left: i32| formatted(&Properties(&properties(vec![("FormatPercentRemaining", left.into())])));
        assert_eq!((told(-1), told(100), told(25)), (None, Some(0.0), Some(0.75)));
        assert_eq!(formatted(&Properties(&properties(Vec::new()))), None);
    }
}
