//! UDisks2's objects, read from one answer of its object manager.

use std::collections::{BTreeMap, HashMap};

use zbus::{OwnedVariant, Variant, fdo::ManagedObjects};

use crate::boundary::block::Number;
use crate::pure::health::{Health, Trouble};

pub(super) const BLOCK: &str = "org.freedesktop.UDisks2.Block";
const PARTITION: &str = "org.freedesktop.UDisks2.Partition";
const TABLE: &str = "org.freedesktop.UDisks2.PartitionTable";
const FILESYSTEM: &str = "org.freedesktop.UDisks2.Filesystem";
const ENCRYPTED: &str = "org.freedesktop.UDisks2.Encrypted";
const DRIVE: &str = "org.freedesktop.UDisks2.Drive";
const ATA: &str = "org.freedesktop.UDisks2.Drive.Ata";
const NVME: &str = "org.freedesktop.UDisks2.NVMe.Controller";
pub(super) const NAMESPACE: &str = "org.freedesktop.UDisks2.NVMe.Namespace";

/// What UDisks2 knows, by object path.
#[derive(Debug, Default)]
pub(super) struct Objects {
    pub(super) blocks: BTreeMap<String, Block>,
    pub(super) drives: BTreeMap<String, Drive>,
}

/// An object with the interface `Block`, and the other interfaces of the same object.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub(super) device: String,
    pub(super) number: Number,
    pub(super) size: u64,
    pub(super) read_only: bool,
    pub(super) symlinks: Vec<String>,
    pub(super) id_usage: String,
    pub(super) id_type: String,
    pub(super) id_label: String,
    pub(super) id_uuid: String,
    pub(super) hint_ignore: bool,
    /// Object path, `None` where UDisks2 gives `/`.
    pub(super) drive: Option<String>,
    pub(super) partition: Option<Partition>,
    /// `PartitionTable.Type`
    pub(super) table: Option<String>,
    pub(super) mountpoints: Vec<String>,
    /// `NVMe.Namespace.WWN`, where it is a namespace of an NVMe drive. UDisks2 takes the kernel's
    /// `wwid`, which every namespace has.
    pub(super) namespace: Option<String>,
    /// `Encrypted.CleartextDevice`
    pub(super) cleartext: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Partition {
    pub(super) number: u32,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) uuid: String,
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) table: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Drive {
    pub(super) vendor: String,
    pub(super) model: String,
    pub(super) serial: String,
    pub(super) wwn: String,
    pub(super) connection_bus: String,
    pub(super) removable: bool,
    pub(super) optical: bool,
    pub(super) ata: bool,
    /// How long the drive takes to erase itself, in minutes; 0 where it can't now.
    pub(super) erase_minutes: u32,
    pub(super) health: Health,
}

impl Objects {
    /// Reads an answer of `GetManagedObjects`. A property that is missing or of another type
    /// counts as empty, as UDisks2 itself does for what it does not know.
    pub(super) fn new(managed: &ManagedObjects) -> Self {
        let mut objects = Self::default();
        for (path, interfaces) in managed {
            let find = |name: &str| {
                interfaces
                    .iter()
                    .find(|(interface, _)| interface.as_str() == name)
                    .map(|(_, all)| Properties(all))
            };
            if let Some(block) = find(BLOCK) {
                let partition = find(PARTITION).map(|properties| properties.partition());
                let block = Block {
                    partition,
                    namespace: find(NAMESPACE).map(|properties| properties.text("WWN")),
                    table: find(TABLE).map(|properties| properties.text("Type")),
                    mountpoints: find(FILESYSTEM)
                        .map(|properties| properties.paths("MountPoints"))
                        .unwrap_or_default(),
                    cleartext: find(ENCRYPTED).and_then(|properties| properties.object("CleartextDevice")),
                    ..block.block()
                };
                let _replaced = objects.blocks.insert(path.to_string(), block);
            }
            if let Some(drive) = find(DRIVE) {
                let (ata, nvme) = (find(ATA), find(NVME));
                let health = match (&ata, &nvme) {
                    (Some(ata), _) => ata.ata_health(),
                    (None, Some(nvme)) => nvme.nvme_health(),
                    (None, None) => Health::Unknown,
                };
                let drive = Drive {
                    ata: ata.is_some(),
                    erase_minutes: ata.map(|ata| ata.erase_minutes()).unwrap_or_default(),
                    health,
                    ..drive.drive()
                };
                let _replaced = objects.drives.insert(path.to_string(), drive);
            }
        }
        objects
    }
}

/// The properties of one interface.
pub(super) struct Properties<'all>(pub(super) &'all HashMap<String, OwnedVariant>);

impl Properties<'_> {
    pub(super) fn get(&self, name: &str) -> Option<&Variant<'static>> {
        self.0.get(name).map(|value| &**value)
    }

    pub(super) fn text(&self, name: &str) -> String {
        match self.get(name) {
            Some(Variant::Str(text)) => text.as_str().to_owned(),
            _ => String::new(),
        }
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Variant::Bool(true)))
    }

    fn number(&self, name: &str) -> u64 {
        match self.get(name) {
            Some(Variant::U64(number)) => *number,
            Some(Variant::U32(number)) => u64::from(*number),
            _ => 0,
        }
    }

    /// `SmartUpdated` is 0 until the drive was asked, and always where it knows no SMART.
    fn was_asked(&self) -> bool {
        self.number("SmartUpdated") > 0
    }

    fn ata_health(&self) -> Health {
        if !(self.flag("SmartSupported") && self.flag("SmartEnabled") && self.was_asked()) {
            return Health::Unknown;
        }
        // -1 where it is not known.
        let count = |name| match self.get(name) {
            Some(Variant::I64(count)) => *count,
            Some(Variant::I32(count)) => i64::from(*count),
            _ => 0,
        };
        let failing = self.flag("SmartFailing") || count("SmartNumAttributesFailing") > 0;
        let troubles = [
            failing.then_some(Trouble::Failing),
            (count("SmartNumBadSectors") > 0).then_some(Trouble::BadSectors),
        ];
        Health::of(troubles.into_iter().flatten().collect())
    }

    /// A drive that the firmware has frozen at the start takes no command about its security.
    fn erase_minutes(&self) -> u32 {
        match self.get("SecurityEraseUnitMinutes") {
            Some(Variant::I32(minutes)) if !self.flag("SecurityFrozen") => {
                u32::try_from(*minutes).unwrap_or_default()
            }
            _ => 0,
        }
    }

    fn nvme_health(&self) -> Health {
        if !self.was_asked() {
            return Health::Unknown;
        }
        let Some(Variant::Array(warnings)) = self.get("SmartCriticalWarning") else { return Health::Good };
        let troubles = warnings.iter().filter_map(|warning| match warning {
            Variant::Str(word) => Some(match word.as_str() {
                "spare" => Trouble::WornOut,
                "temperature" => Trouble::Temperature,
                "degraded" => Trouble::Unreliable,
                "readonly" | "pmr_readonly" => Trouble::ReadOnly,
                "volatile_mem" => Trouble::UnsafeCache,
                // A bit of a later standard: it stands for something critical.
                _ => Trouble::Failing,
            }),
            _ => None,
        });
        Health::of(troubles.collect())
    }

    pub(super) fn object(&self, name: &str) -> Option<String> {
        match self.get(name) {
            Some(Variant::ObjectPath(path)) if path.as_str() != "/" => Some(path.as_str().to_owned()),
            _ => None,
        }
    }

    /// A file name: `ay` with a zero byte at its end.
    fn path(&self, name: &str) -> String {
        self.get(name).and_then(file_name).unwrap_or_default()
    }

    /// Several file names: `aay`.
    fn paths(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some(Variant::Array(all)) => all.iter().filter_map(file_name).collect(),
            _ => Vec::new(),
        }
    }

    fn block(&self) -> Block {
        let number = self.number("DeviceNumber");
        Block {
            device: self.path("Device"),
            number: (rustix::fs::major(number), rustix::fs::minor(number)),
            size: self.number("Size"),
            read_only: self.flag("ReadOnly"),
            symlinks: self.paths("Symlinks"),
            id_usage: self.text("IdUsage"),
            id_type: self.text("IdType"),
            id_label: self.text("IdLabel"),
            id_uuid: self.text("IdUUID"),
            hint_ignore: self.flag("HintIgnore"),
            drive: self.object("Drive"),
            ..Block::default()
        }
    }

    fn partition(&self) -> Partition {
        Partition {
            number: u32::try_from(self.number("Number")).unwrap_or_default(),
            kind: self.text("Type"),
            name: self.text("Name"),
            uuid: self.text("UUID"),
            offset: self.number("Offset"),
            size: self.number("Size"),
            table: self.object("Table"),
        }
    }

    fn drive(&self) -> Drive {
        let media = match self.get("MediaCompatibility") {
            Some(Variant::Array(all)) => {
                all.iter().any(|kind| matches!(kind, Variant::Str(kind) if kind.starts_with("optical")))
            }
            _ => false,
        };
        Drive {
            vendor: self.text("Vendor"),
            model: self.text("Model"),
            serial: self.text("Serial"),
            wwn: self.text("WWN"),
            connection_bus: self.text("ConnectionBus"),
            removable: self.flag("Removable") || self.flag("MediaRemovable"),
            optical: media || self.flag("Optical"),
            ata: false,
            erase_minutes: 0,
            health: Health::Unknown,
        }
    }
}

fn file_name(value: &Variant<'_>) -> Option<String> {
    let Variant::Array(bytes) = value else { return None };
    let bytes: Vec<u8> = bytes
        .iter()
        .map_while(|byte| match byte {
            Variant::U8(0) => None,
            Variant::U8(byte) => Some(*byte),
            _ => None,
        })
        .collect();
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_ends_at_its_zero_byte() {
        assert_eq!(file_name(&Variant::from(b"/dev/sda\0".to_vec())).as_deref(), Some("/dev/sda"));
        assert_eq!(file_name(&Variant::from("text")), None);
    }

    fn properties(all: &[(&str, Variant<'static>)]) -> HashMap<String, OwnedVariant> {
        let owned = |value: &Variant<'static>| OwnedVariant::try_from(value.clone()).unwrap();
        all.iter().map(|(name, value)| ((*name).to_owned(), owned(value))).collect()
    }

    /// Properties as udisks2 2.10 gives them for drives that were asked.
    #[test]
    fn a_drives_own_word_is_its_health() {
        let ata = |updated: u64, failing: bool, sectors: i64| {
            let all = properties(&[
                ("SmartSupported", Variant::from(true)),
                ("SmartEnabled", Variant::from(true)),
                ("SmartUpdated", Variant::from(updated)),
                ("SmartFailing", Variant::from(failing)),
                ("SmartNumBadSectors", Variant::from(sectors)),
                ("SmartNumAttributesFailing", Variant::from(0_i32)),
            ]);
            Properties(&all).ata_health()
        };
        assert_eq!(ata(0, false, 0), Health::Unknown, "it was not asked yet");
        assert_eq!(ata(1_760_000_000, false, -1), Health::Good);
        assert_eq!(ata(1_760_000_000, true, 0), Health::of(vec![Trouble::Failing]));
        assert_eq!(ata(1_760_000_000, false, 8), Health::of(vec![Trouble::BadSectors]));
        let nvme = |warnings: Vec<&'static str>| {
            let all = properties(&[
                ("SmartUpdated", Variant::from(1_760_000_000_u64)),
                ("SmartCriticalWarning", Variant::from(warnings)),
            ]);
            Properties(&all).nvme_health()
        };
        assert_eq!(nvme(Vec::new()), Health::Good);
        assert_eq!(
            nvme(vec!["temperature", "spare"]),
            Health::of(vec![Trouble::WornOut, Trouble::Temperature])
        );
        assert_eq!(nvme(vec!["from_the_future"]), Health::of(vec![Trouble::Failing]));
        let silent = properties(&[("SmartSupported", Variant::from(false))]);
        assert_eq!(Properties(&silent).ata_health(), Health::Unknown);
        assert_eq!(Properties(&silent).nvme_health(), Health::Unknown);
    }

    #[test]
    fn a_drive_that_is_frozen_does_not_erase_itself() {
        let minutes = |minutes: i32, frozen: bool| {
            let minutes = Variant::from(minutes);
            let all = properties(&[
                ("SecurityEraseUnitMinutes", minutes),
                ("SecurityFrozen", Variant::from(frozen)),
            ]);
            Properties(&all).erase_minutes()
        };
        assert_eq!((minutes(12, false), minutes(12, true), minutes(0, false)), (12, 0, 0));
        assert_eq!(Properties(&HashMap::new()).erase_minutes(), 0);
    }

    #[test]
    fn missing_properties_are_empty() {
        let none = HashMap::new();
        let block = Properties(&none).block();
        assert_eq!((block.device.as_str(), block.size, block.drive), ("", 0, None));
    }
}
