//! What an installation has done to a disk, so that another process can go on with it or undo it.
//!
//! There is no secret in it: going on asks for them again.

use serde::{Deserialize, Serialize};

use super::answers::{self, Answers};
use super::disk::{Disk, DiskIdentity};
use super::layout::{Layout, Role};
use super::plan::{Plan, Step, StepId};

/// The version of the receipt's form.
pub const VERSION: u32 = 1;

/// What has been done so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Receipt {
    /// [`VERSION`].
    pub version: u32,
    /// What the person chose, as an answers file: its form outlives that of the program.
    pub answers: String,
    /// The disk.
    pub disk: DiskIdentity,
    /// The partitions that were made, once all of them were.
    pub partitions: Vec<Made>,
    /// The steps that are done, in their order.
    pub done: Vec<StepId>,
}

/// A partition that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Made {
    /// What it is for.
    pub role: Role,
    /// Its UUID in the partition table.
    pub uuid: String,
}

/// Why a receipt is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Useless {
    /// It can't be read as one.
    #[error("it is no receipt: {0}")]
    Unreadable(String),
    /// Another version of the program has written it.
    #[error("it has version {0}, and this program reads version {VERSION}")]
    OtherVersion(u64),
    /// Its answers have problems.
    #[error("its answers can’t be used: {0}")]
    Answers(String),
}

impl Receipt {
    /// Nothing is done yet.
    #[must_use]
    pub fn new(answers: &Answers, disk: &DiskIdentity) -> Self {
        Self {
            version: VERSION,
            answers: answers::write(answers),
            disk: disk.clone(),
            partitions: Vec::new(),
            done: Vec::new(),
        }
    }

    /// Reads one, with its answers.
    ///
    /// # Errors
    /// When it is none, of another version, or its answers have problems.
    pub fn read(text: &str) -> Result<(Self, Answers), Useless> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| Useless::Unreadable(error.to_string()))?;
        match value.get("version").and_then(serde_json::Value::as_u64) {
            Some(version) if version == u64::from(VERSION) => {}
            Some(version) => return Err(Useless::OtherVersion(version)),
            None => return Err(Useless::Unreadable("it has no version".to_owned())),
        }
        let receipt: Self =
            serde_json::from_value(value).map_err(|error| Useless::Unreadable(error.to_string()))?;
        let answers = answers::read(&receipt.answers).map_err(|problems| {
            let said = problems.iter().map(|problem| format!("{}: {}", problem.key, problem.sentence));
            Useless::Answers(said.collect::<Vec<_>>().join(" "))
        })?;
        Ok((receipt, answers))
    }

    /// Its text.
    ///
    /// # Errors
    /// When it can't be written as JSON.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// The place in the plan of the first step that is not done; the very first one as long as the
    /// partitions are not all known, because only a look at the disk gives the right to erase it.
    ///
    /// What comes before the first write to the disk is in no receipt, and is not asked after. What the
    /// rehearsal has found is in none either: it is gone through again, so that nobody is told to
    /// restart by a process that has not seen it.
    #[must_use]
    pub fn next(&self, plan: &Plan) -> usize {
        if self.partitions.is_empty() {
            return 0;
        }
        let is_open = |step: &Step| step.id() == StepId::Rehearse || !self.done.contains(&step.id());
        let first_write = plan.steps.iter().position(Step::is_point_of_no_return).unwrap_or_default();
        let open = plan.steps.iter().skip(first_write).position(is_open);
        open.map_or(plan.steps.len(), |place| first_write + place)
    }

    /// The partitions that are still there: all of them, or the first ones after an undoing that was
    /// cut short, which deletes the last one first.
    ///
    /// None where it was not undoing that took the others away.
    #[must_use]
    pub fn standing(&self, disk: &Disk) -> Option<&[Made]> {
        let is_there =
            |made: &Made| disk.partitions.iter().any(|found| found.uuid.eq_ignore_ascii_case(&made.uuid));
        let count = self.partitions.iter().take_while(|made| is_there(made)).count();
        let (standing, gone) = self.partitions.split_at_checked(count)?;
        let was_undone = !gone.iter().any(is_there) && (count > 0 || disk.partitions.is_empty());
        was_undone.then_some(standing)
    }

    /// Whether the disk has exactly the partitions that were made, where the layout has them.
    #[must_use]
    pub fn fits(&self, disk: &Disk, layout: &Layout) -> bool {
        let as_made = layout.partitions.len() == self.partitions.len()
            && layout
                .partitions
                .iter()
                .zip(&self.partitions)
                .all(|(planned, made)| planned.role == made.role);
        let as_found = disk.partitions.len() == layout.partitions.len()
            && disk.partitions.iter().zip(&layout.partitions).zip(&self.partitions).all(
                |((found, planned), made)| {
                    (found.offset, found.size) == (planned.offset, planned.size)
                        && found.uuid.eq_ignore_ascii_case(&made.uuid)
                },
            );
        as_made && as_found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::disk::Partition;
    use crate::pure::disk::fixture::{plain_disk, plain_partition};

    const OLD: &str = include_str!("../../tests/data/receipt-1.json");

    #[test]
    fn a_receipt_of_the_first_version_is_read() {
        let (receipt, answers) = Receipt::read(OLD).unwrap();
        assert_eq!(answers.user.name, "anna");
        assert_eq!(receipt.disk.serial.as_deref(), Some("SNOW0001"));
        assert_eq!(receipt.done.last(), Some(&StepId::SetPassword));
        assert_eq!(receipt.partitions.len(), 3);
        assert_eq!(Receipt::read(&receipt.text().unwrap()).unwrap().0, receipt);
    }

    /// Steps as a plan has them, without what they are about.
    fn plan() -> Plan {
        let steps = vec![
            Step::CheckDisk { device: "/dev/sda".to_owned(), title: String::new() },
            Step::FetchFlake { flake: String::new(), host: String::new() },
            Step::CreatePartitionTable { disk: String::new(), device: "/dev/sda".to_owned() },
            Step::CreateSubvolumes { subvolumes: Vec::new() },
            Step::DetectHardware,
            Step::SeedPersist { channel: None, wifi: false },
        ];
        let (receipt, answers) = Receipt::read(OLD).unwrap();
        let layout = Layout::new(&answers, receipt.disk.size, 1 << 30);
        Plan { version: 1, disk: receipt.disk, device: "/dev/sda".to_owned(), layout, steps }
    }

    #[test]
    fn what_was_interrupted_goes_on_where_it_stopped() {
        let (mut receipt, _) = Receipt::read(OLD).unwrap();
        let made = receipt.partitions.clone();
        // As an installation writes it: the look at the disk is not in it.
        receipt.done = vec![StepId::CreatePartitionTable, StepId::CreateSubvolumes];
        assert_eq!(receipt.next(&plan()), 4);
        receipt.done.push(StepId::DetectHardware);
        assert_eq!(receipt.next(&plan()), 5);
        receipt.done.push(StepId::SeedPersist);
        assert_eq!(receipt.next(&plan()), 6);
        receipt.partitions.clear();
        assert_eq!(receipt.next(&plan()), 0, "what is on the disk is not known");
        receipt.partitions = made;
        receipt.done = vec![StepId::CreatePartitionTable];
        assert_eq!(receipt.next(&plan()), 3);
    }

    #[test]
    fn nothing_is_closed_without_a_rehearsal_that_was_seen() {
        let (mut receipt, _) = Receipt::read(OLD).unwrap();
        let mut plan = plan();
        let rehearse = Step::Rehearse {
            subvolumes: Vec::new(),
            compression_level: None,
            memory_root: None,
            replaced: Vec::new(),
            unlock: true,
        };
        plan.steps.extend([rehearse, Step::CloseTarget { lock: true }]);
        receipt.done = plan.steps.iter().skip(2).map(Step::id).collect();
        assert_eq!(receipt.next(&plan), 6);
    }

    #[test]
    fn an_undoing_that_was_cut_short_can_be_gone_on_with() {
        let (receipt, _) = Receipt::read(OLD).unwrap();
        let uuids: Vec<String> = receipt.partitions.iter().map(|made| made.uuid.to_uppercase()).collect();
        let standing = |uuids: &[&str]| {
            let partitions =
                uuids.iter().map(|uuid| Partition { uuid: (*uuid).to_owned(), ..plain_partition(1) });
            let disk = Disk { partitions: partitions.collect(), ..plain_disk(receipt.disk.size) };
            receipt.standing(&disk).map(<[Made]>::len)
        };
        let [esp, swap, volume] = [0, 1, 2].map(|place: usize| uuids[place].as_str());
        assert_eq!(standing(&[esp, swap, volume]), Some(3));
        assert_eq!(standing(&[esp, swap]), Some(2));
        assert_eq!(standing(&[esp, "somebody's"]), Some(1));
        assert_eq!(standing(&[]), Some(0));
        assert_eq!(standing(&[esp, volume]), None, "one in the middle is gone");
        assert_eq!(standing(&[swap, volume]), None, "the first is gone");
        assert_eq!(standing(&["somebody's"]), None, "all are gone, and others are there");
    }

    #[test]
    fn what_is_none_is_refused_with_a_reason() {
        let fails = |text: &str| Receipt::read(text).unwrap_err();
        assert!(matches!(fails(""), Useless::Unreadable(_)));
        assert!(matches!(fails("{}"), Useless::Unreadable(_)));
        assert_eq!(fails(&OLD.replace("\"version\": 1,", "\"version\": 2,")), Useless::OtherVersion(2));
        assert!(matches!(fails(&OLD.replace("\"done\"", "\"made\"")), Useless::Unreadable(_)));
        assert!(matches!(fails(&OLD.replace("\"set-password\"", "\"melt\"")), Useless::Unreadable(_)));
        assert!(matches!(fails(&OLD.replace("anna", "root")), Useless::Answers(_)));
    }
}
