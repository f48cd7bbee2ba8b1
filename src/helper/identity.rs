//! Which disk a device is, from the kernel and udev, by the rules by which UDisks2 says it.
//!
//! Source: `udisks_linux_drive_update` in UDisks2 2.10 (`src/udiskslinuxdrive.c`). White space at
//! the ends is not compared: the kernel pads what a drive reports, and UDisks2 cuts it in some
//! places only.

use std::collections::BTreeMap;

use crate::pure::disk::DiskIdentity;

/// What the kernel and udev say about a whole disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Kernel name without `/dev/`.
    pub(super) name: String,
    /// Size in bytes.
    pub(super) size: u64,
    /// udev's properties.
    pub(super) properties: BTreeMap<String, String>,
    /// The attribute `device/serial` in sysfs.
    pub(super) serial: Option<String>,
    /// The attribute `device/model` in sysfs.
    pub(super) model: Option<String>,
    /// The attribute `wwid` in sysfs, which NVMe namespaces have.
    pub(super) wwid: Option<String>,
}

/// Says which disk it is.
pub(super) fn identity(known: &Known) -> DiskIdentity {
    let property = |key: &str| known.properties.get(key).map(String::as_str);
    let yes = |key: &str| property(key) == Some("1");
    let decoded = |encoded: &str, plain: &str| match property(encoded) {
        Some(text) => decode(text).or_else(|| property(plain).map(str::to_owned)),
        None => None,
    };
    let decoded_or_plain =
        |encoded: &str, plain: &str| decoded(encoded, plain).or_else(|| property(plain).map(str::to_owned));
    let extended_wwn = property("ID_WWN_WITH_EXTENSION");

    let (vendor, model, wwn, serial);
    if yes("ID_ATA") {
        vendor = None;
        model = decoded("ID_MODEL_ENC", "ID_MODEL");
        wwn = extended_wwn;
        serial = None;
    } else if yes("ID_SCSI") {
        vendor = decoded("ID_VENDOR_ENC", "ID_VENDOR");
        model = decoded("ID_MODEL_ENC", "ID_MODEL");
        wwn = extended_wwn;
        serial = property("ID_SCSI_SERIAL").map(str::to_owned);
    } else if known.name.starts_with("mmcblk") {
        vendor = None;
        model = property("ID_NAME").map(str::to_owned);
        wwn = None;
        serial = None;
    } else if known.name.starts_with("nvme") {
        vendor = None;
        model = known.model.clone();
        // UDisks2's drive is the controller; the caller takes the WWN of its namespace
        // (`src/udiskslinuxnvmenamespace.c`).
        wwn = known.wwid.as_deref().or(property("ID_WWN"));
        serial = known.serial.clone();
    } else {
        let virtio = |text: &str| known.name.starts_with("vd").then(|| text.to_owned());
        vendor = decoded_or_plain("ID_VENDOR_ENC", "ID_VENDOR");
        model = decoded_or_plain("ID_MODEL_ENC", "ID_MODEL").or_else(|| virtio("VirtIO Disk"));
        wwn = extended_wwn.or_else(|| property("ID_WWN"));
        serial = None;
    }
    let serial = serial
        .or_else(|| property("ID_SERIAL_SHORT").map(str::to_owned))
        .or_else(|| property("ID_SERIAL").map(str::to_owned));
    DiskIdentity {
        wwn: wwn.and_then(trimmed),
        serial: serial.as_deref().and_then(trimmed),
        vendor: vendor.as_deref().and_then(trimmed).unwrap_or_default(),
        model: model.as_deref().and_then(trimmed).unwrap_or_default(),
        size: known.size,
    }
}

/// Whether it is the planned disk.
pub(super) fn is_planned(found: &DiskIdentity, planned: &DiskIdentity) -> bool {
    let planned = DiskIdentity {
        wwn: planned.wwn.as_deref().and_then(trimmed),
        serial: planned.serial.as_deref().and_then(trimmed),
        vendor: planned.vendor.trim().to_owned(),
        model: planned.model.trim().to_owned(),
        size: planned.size,
    };
    found.is_same_disk(&planned)
}

fn trimmed(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Undoes udev's escapes (`\x20`); what follows a broken one is cut off. `None` when what comes out
/// is not UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        bytes.extend_from_slice(before.as_bytes());
        let digits = escape.strip_prefix("\\x").and_then(|digits| digits.get(..2));
        let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
            return String::from_utf8(bytes).ok();
        };
        bytes.push(byte);
        rest = escape.get(4..).unwrap_or_default();
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundary::block::parse_properties;

    fn known(name: &str, entry: &str) -> Known {
        Known {
            name: name.to_owned(),
            size: 1 << 30,
            properties: parse_properties(entry),
            ..Known::default()
        }
    }

    fn told(known: &Known) -> (Option<String>, Option<String>, String, String) {
        let identity = identity(known);
        assert_eq!(identity.size, 1 << 30);
        (identity.wwn, identity.serial, identity.vendor, identity.model)
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_sata_disk_has_no_vendor_and_its_short_serial() {
        let disk = known(
            "sda",
            "S:disk/by-id/wwn-0x5002538d40a1b2c3\nW:12\nE:ID_ATA=1\nE:ID_BUS=ata\nE:ID_MODEL=Samsung_SSD_860\nE:ID_MODEL_ENC=Samsung\\x20SSD\\x20860\\x20EVO\\x20\\x20\nE:ID_SERIAL=Samsung_SSD_860_S3Z9\nE:ID_SERIAL_SHORT=S3Z9\nE:ID_WWN=0x5002538d40a1b2c3\nE:ID_WWN_WITH_EXTENSION=0x5002538d40a1b2c3\nG:systemd\n",
        );
        assert_eq!(
            told(&disk),
            (some("0x5002538d40a1b2c3"), some("S3Z9"), String::new(), "Samsung SSD 860 EVO".to_owned())
        );
    }

    #[test]
    fn a_scsi_disk_has_the_serial_of_its_inquiry() {
        let disk = known(
            "sdb",
            "E:ID_SCSI=1\nE:ID_VENDOR=SNOW\nE:ID_VENDOR_ENC=SNOW\\x20\\x20\\x20\\x20\nE:ID_MODEL=MELT\nE:ID_MODEL_ENC=MELT\\x20DISK\nE:ID_SERIAL=36001405abc\nE:ID_SERIAL_SHORT=6001405abc\nE:ID_SCSI_SERIAL=TRIAL-1\nE:ID_WWN=0x6001405\nE:ID_WWN_WITH_EXTENSION=0x6001405abc\n",
        );
        assert_eq!(
            told(&disk),
            (some("0x6001405abc"), some("TRIAL-1"), "SNOW".to_owned(), "MELT DISK".to_owned())
        );
    }

    #[test]
    fn an_nvme_disk_is_a_namespace_of_its_controller() {
        let mut disk = known("nvme0n1", "E:ID_WWN=eui.0025385\nE:ID_MODEL=X\nE:ID_SERIAL_SHORT=S6\n");
        assert_eq!(identity(&disk).wwn, some("eui.0025385"));
        disk.wwid = some("uuid.5f3c\n");
        disk.model = some("WD_BLACK SN850X 1000GB          ");
        disk.serial = some("22345W800123        ");
        assert_eq!(
            told(&disk),
            (some("uuid.5f3c"), some("22345W800123"), String::new(), "WD_BLACK SN850X 1000GB".to_owned())
        );
        disk.serial = None;
        assert_eq!(identity(&disk).serial, some("S6"));
    }

    #[test]
    fn a_usb_stick_a_virtio_disk_and_a_card_follow_their_own_rules() {
        let stick = known(
            "sdc",
            "E:ID_BUS=usb\nE:ID_VENDOR=Kingston\nE:ID_MODEL=DataTraveler\nE:ID_SERIAL=Kingston_DT_00\n",
        );
        assert_eq!(
            told(&stick),
            (None, some("Kingston_DT_00"), "Kingston".to_owned(), "DataTraveler".to_owned())
        );
        assert_eq!(told(&known("vda", "")), (None, None, String::new(), "VirtIO Disk".to_owned()));
        let card = known("mmcblk0", "E:ID_NAME=SD64G\nE:ID_SERIAL=0x1b2c\n");
        assert_eq!(told(&card), (None, some("0x1b2c"), String::new(), "SD64G".to_owned()));
        assert_eq!(told(&known("ubda", "")), (None, None, String::new(), String::new()));
    }

    #[test]
    fn broken_escapes_end_the_text_and_other_encodings_fall_back() {
        assert_eq!(decode(r"a\x20b"), some("a b"));
        assert_eq!(decode(r"a\x2"), some("a"));
        assert_eq!(decode(r"a\zb"), some("a"));
        assert_eq!(decode(r"\xff"), None);
        let disk = known("sdd", "E:ID_SCSI=1\nE:ID_MODEL=plain\nE:ID_MODEL_ENC=\\xff\n");
        assert_eq!(identity(&disk).model, "plain");
    }

    #[test]
    fn every_part_of_the_identity_counts() {
        let found =
            identity(&known("sda", "E:ID_BUS=usb\nE:ID_VENDOR=V\nE:ID_MODEL=M\nE:ID_SERIAL=S\nE:ID_WWN=W\n"));
        assert!(is_planned(&found, &found));
        let padded = DiskIdentity { serial: some(" S "), model: "M  ".to_owned(), ..found.clone() };
        assert!(is_planned(&found, &padded));
        for other in [
            DiskIdentity { size: 1, ..found.clone() },
            DiskIdentity { wwn: None, ..found.clone() },
            DiskIdentity { wwn: some("X"), ..found.clone() },
            DiskIdentity { serial: None, ..found.clone() },
            DiskIdentity { serial: some("X"), ..found.clone() },
            DiskIdentity { vendor: String::new(), ..found.clone() },
            DiskIdentity { model: "X".to_owned(), ..found.clone() },
        ] {
            assert!(!is_planned(&found, &other), "{other:?}");
        }
    }
}
