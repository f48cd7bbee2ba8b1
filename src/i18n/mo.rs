//! A compiled catalogue of messages, in the form that GNU gettext's manual describes («The Format
//! of GNU MO Files»): sorted, so that it is searched where it lies and never unpacked.

use super::plural::Formula;

/// The file's first number; read the other way round it tells that the bytes are.
const MAGIC: u32 = 0x9504_12de;
/// Bytes of one entry of a table: a text's length and where it begins.
const ENTRY: usize = 8;

/// A catalogue.
#[derive(Debug)]
pub(super) struct Catalogue {
    bytes: Vec<u8>,
    big_endian: bool,
    /// How many messages.
    count: usize,
    /// Where the table of messages begins.
    messages: usize,
    /// Where the table of their translations begins.
    translations: usize,
    plural: Formula,
}

impl Catalogue {
    /// Reads a catalogue; the error says in English what is wrong with it.
    pub(super) fn read(bytes: Vec<u8>) -> Result<Self, &'static str> {
        let mut catalogue = Self {
            bytes,
            big_endian: false,
            count: 0,
            messages: 0,
            translations: 0,
            plural: Formula::of_header(""),
        };
        catalogue.big_endian = match catalogue.number(0) {
            Some(MAGIC) => false,
            Some(other) if other.swap_bytes() == MAGIC => true,
            _ => return Err("it is no catalogue"),
        };
        let place = |at| catalogue.number(at).and_then(|number| usize::try_from(number).ok());
        let (Some(revision), Some(count), Some(messages), Some(translations)) =
            (catalogue.number(4), place(8), place(12), place(16))
        else {
            return Err("it ends too early");
        };
        if revision >> 16 > 1 {
            return Err("its form is too new");
        }
        catalogue.count = count;
        catalogue.messages = messages;
        catalogue.translations = translations;
        if count > 0
            && catalogue.text(messages, count - 1).and(catalogue.text(translations, count - 1)).is_none()
        {
            return Err("it is cut off");
        }
        let header = catalogue.find("").unwrap_or_default();
        let field = |name: &str| header.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        let charset = field("Content-Type:").to_ascii_lowercase();
        if !charset.is_empty() && !charset.contains("utf-8") {
            return Err("it is not in UTF-8");
        }
        catalogue.plural = Formula::of_header(field("Plural-Forms:"));
        Ok(catalogue)
    }

    /// The translation of a message.
    pub(super) fn message(&self, message: &str) -> Option<&str> {
        // The empty message is the header's.
        if message.is_empty() {
            return None;
        }
        self.find(message)?.split('\0').next().filter(|text| !text.is_empty())
    }

    /// The translation of a message that depends on a count, by its singular.
    pub(super) fn plural(&self, singular: &str, count: u32) -> Option<&str> {
        let form = usize::try_from(self.plural.form(u64::from(count))?).ok()?;
        self.find(singular)?.split('\0').nth(form).filter(|text| !text.is_empty())
    }

    /// All forms of a translation, with zero bytes between them.
    fn find(&self, message: &str) -> Option<&str> {
        let (mut from, mut to) = (0, self.count);
        while from < to {
            let middle = from + (to - from) / 2;
            let text = self.text(self.messages, middle)?;
            // Behind a zero byte is the plural, which the order leaves out of account.
            let known = text.split(|byte| *byte == 0).next().unwrap_or_default();
            match known.cmp(message.as_bytes()) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
                std::cmp::Ordering::Equal => {
                    return std::str::from_utf8(self.text(self.translations, middle)?).ok();
                }
            }
        }
        None
    }

    fn text(&self, table: usize, index: usize) -> Option<&[u8]> {
        let entry = index.checked_mul(ENTRY)?.checked_add(table)?;
        let length = usize::try_from(self.number(entry)?).ok()?;
        let start = usize::try_from(self.number(entry.checked_add(4)?)?).ok()?;
        self.bytes.get(start..start.checked_add(length)?)
    }

    fn number(&self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u32::from_be_bytes(*bytes) } else { u32::from_le_bytes(*bytes) })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A catalogue of messages, which must be sorted, with their translations.
    pub(in crate::i18n) fn compiled(entries: &[(&str, &str)], big_endian: bool) -> Vec<u8> {
        let number = |number: usize| {
            let number = u32::try_from(number).unwrap();
            if big_endian { number.to_be_bytes() } else { number.to_le_bytes() }
        };
        let count = entries.len();
        let tables = [28, 28 + count * ENTRY];
        let mut bytes: Vec<u8> = number(MAGIC as usize).to_vec();
        for value in [0, count, tables[0], tables[1], 0, 0] {
            bytes.extend(number(value));
        }
        let mut texts: Vec<u8> = Vec::new();
        let base = 28 + 2 * count * ENTRY;
        for text in entries.iter().map(|entry| entry.0).chain(entries.iter().map(|entry| entry.1)) {
            bytes.extend(number(text.len()));
            bytes.extend(number(base + texts.len()));
            texts.extend(text.as_bytes());
            texts.push(0);
        }
        bytes.extend(texts);
        bytes
    }

    const HEADER: &str = "Content-Type: text/plain; charset=UTF-8\n\
                          Plural-Forms: nplurals=3; plural=n==1 ? 0 : n<5 ? 1 : 2;\n";
    const ENTRIES: [(&str, &str); 5] = [
        ("", HEADER),
        ("Disk", "Dysk"),
        ("Disks", ""),
        ("{count} disk\0{count} disks", "{count} dysk\0{count} dyski\0{count} dysków"),
        ("Öffnen", "Otwórz"),
    ];

    #[test]
    fn messages_are_found_in_either_order_of_bytes() {
        for big_endian in [false, true] {
            let catalogue = Catalogue::read(compiled(&ENTRIES, big_endian)).unwrap();
            assert_eq!(catalogue.message("Disk"), Some("Dysk"));
            assert_eq!(catalogue.message("Öffnen"), Some("Otwórz"));
            for unknown in ["", "Dis", "Diskette", "Disks", "zzz", "{count} disks"] {
                assert_eq!(catalogue.message(unknown), None, "{unknown}");
            }
            let form = |count| catalogue.plural("{count} disk", count);
            assert_eq!(form(1), Some("{count} dysk"));
            assert_eq!(form(4), Some("{count} dyski"));
            assert_eq!(form(0), Some("{count} dyski"));
            assert_eq!(form(5), Some("{count} dysków"));
        }
    }

    #[test]
    fn a_broken_file_is_refused_or_says_nothing() {
        let whole = compiled(&ENTRIES, false);
        for length in 0..whole.len() {
            let cut = whole.get(..length).unwrap().to_vec();
            if let Ok(catalogue) = Catalogue::read(cut) {
                assert!(matches!(catalogue.message("Disk"), None | Some("Dysk")));
            }
        }
        for at in 0..60 {
            let mut broken = whole.clone();
            broken[at] = 0xff;
            if let Ok(catalogue) = Catalogue::read(broken) {
                let _any = (catalogue.message("Disk"), catalogue.plural("{count} disk", 7));
            }
        }
        let latin = [("", "Content-Type: text/plain; charset=ISO-8859-1\n"), ("Disk", "Disque")];
        assert!(Catalogue::read(compiled(&latin, false)).is_err());
    }
}
