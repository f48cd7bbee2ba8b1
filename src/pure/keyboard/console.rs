//! The console's keymap, which the prompt for the passphrase has.

use std::collections::BTreeSet;

use super::Typeable;

/// Longest binary keymap, in bytes: all 256 tables and what comes before them.
pub const LONGEST_KEYMAP: usize = MAGIC.len() + TABLES + TABLES * KEYS * 2;

/// How a binary keymap begins (`lk_dump_bkeymap` of kbd).
const MAGIC: &[u8] = b"bkeymap";
/// As many tables as there may be (`MAX_NR_KEYMAPS` of `linux/keyboard.h`). Each is for the modifiers
/// whose bits its number has.
const TABLES: usize = 256;
/// Keys in a table.
const KEYS: usize = 128;
const SHIFT: usize = 1;
const CONTROL: usize = 4;
const ALT: usize = 8;
/// Symbols that are written as themselves (`KT_LATIN`), and letters that Caps Lock is for as well
/// (`KT_LETTER`).
const LATIN: u16 = 0;
const LETTER: u16 = 11;
/// What the kernel's form of a symbol and the one that programs exchange with it differ by. From here
/// on the kernel's form has a type; below it is a character itself (`kbd_keycode` in `keyboard.c`).
const TYPED: u16 = 0xf000;

/// The keymap that a vconsole.conf(5) names: a name, or a path. `None` for the kernel's own.
#[must_use]
pub fn named_in(vconsole: &str) -> Option<String> {
    let mut values = vconsole.lines().filter_map(|line| line.trim().strip_prefix("KEYMAP="));
    let value = values.next_back()?.trim();
    let quoted = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    let value = quoted('"').or_else(|| quoted('\'')).unwrap_or(value);
    (!value.is_empty()).then(|| value.to_owned())
}

/// Whether it can be a keymap's name or path, which a program may be given.
#[must_use]
pub fn is_keymap(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "/._+-".contains(c);
    !name.is_empty()
        && name.len() <= 1024
        && !name.starts_with('-')
        && name.chars().all(fits)
        && name.split('/').all(|part| part != "..")
}

/// What a binary keymap in Unicode (`loadkeys --bkeymap --unicode`) types, without dead keys and
/// compose sequences; `None` for what is none.
#[must_use]
pub fn typeable(bkeymap: &[u8]) -> Option<Typeable> {
    let (there, mut rest) = bkeymap.strip_prefix(MAGIC)?.split_at_checked(TABLES)?;
    let mut found = Typeable::default();
    for (modifiers, is_there) in there.iter().enumerate() {
        if *is_there == 0 {
            continue;
        }
        let (table, further) = rest.split_at_checked(KEYS * 2)?;
        rest = further;
        if modifiers & (CONTROL | ALT) != 0 {
            continue;
        }
        let characters = table.chunks_exact(2).filter_map(|symbol| match symbol {
            [first, second] => character(u16::from_ne_bytes([*first, *second])),
            _ => None,
        });
        let set: &mut BTreeSet<char> =
            if modifiers & !SHIFT == 0 { &mut found.plain } else { &mut found.further };
        set.extend(characters);
    }
    Some(found)
}

/// The character that a symbol writes, if it writes one.
fn character(symbol: u16) -> Option<char> {
    let symbol = symbol ^ TYPED;
    let character = if symbol < TYPED {
        char::from_u32(symbol.into())?
    } else {
        let [kind, value] = (symbol - TYPED).to_be_bytes();
        [LATIN, LETTER].contains(&kind.into()).then(|| char::from(value))?
    };
    (!character.is_control()).then_some(character)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pure::keyboard::Typing;

    /// A keymap of these tables, each with these symbols on its first keys.
    fn keymap(tables: &[(usize, &[u16])]) -> Vec<u8> {
        let mut all = MAGIC.to_vec();
        all.extend((0..TABLES).map(|table| u8::from(tables.iter().any(|(there, _)| *there == table))));
        for (_, symbols) in tables {
            let symbols = symbols.iter().copied().chain(std::iter::repeat(0x0200));
            all.extend(symbols.take(KEYS).flat_map(u16::to_ne_bytes));
        }
        all
    }

    #[test]
    fn a_table_is_for_its_modifiers() {
        let letter = |c: char| 0x0b00 | u16::try_from(u32::from(c)).unwrap();
        let latin = |c: char| u16::try_from(u32::from(c)).unwrap();
        let unicode = |c: char| u16::try_from(u32::from(c)).unwrap() ^ TYPED;
        let found = typeable(&keymap(&[
            (0, &[letter('a'), letter('ä'), latin('1'), unicode('я'), 0x0009]),
            (1, &[letter('A'), latin('!')]),
            (2, &[latin('@'), unicode('€')]),
            (4, &[latin('c')]),
            (8, &[latin('m')]),
        ]))
        .expect("a keymap");
        assert_eq!(found.plain.iter().collect::<String>(), "!1Aaäя");
        assert_eq!(found.further.iter().collect::<String>(), "@€");
        assert_eq!(found.typing("aäя!"), Typing::Easy);
        assert_eq!(found.typing("cm"), Typing::OutOfReach { characters: vec!['c', 'm'] });
    }

    #[test]
    fn what_is_cut_short_is_no_keymap() {
        let whole = keymap(&[(0, &[]), (255, &[])]);
        assert!(typeable(&whole).is_some());
        for length in [0, 6, 7, 262, 263, whole.len() - 1] {
            assert_eq!(typeable(&whole[..length]), None, "{length}");
        }
        assert_eq!(LONGEST_KEYMAP, 7 + 256 + 65536);
    }

    #[test]
    fn a_configuration_names_its_keymap() {
        assert_eq!(named_in("FONT=x\nKEYMAP=de-latin1\n").as_deref(), Some("de-latin1"));
        assert_eq!(named_in("KEYMAP=us\n  KEYMAP=\"/nix/store/1-map\"").as_deref(), Some("/nix/store/1-map"));
        for none in ["", "#KEYMAP=de", "KEYMAP=\n", "XKBLAYOUT=de", "KEYMAP_TOGGLE=fr"] {
            assert_eq!(named_in(none), None, "{none}");
        }
    }

    #[test]
    fn a_name_is_no_option_and_leads_nowhere_else() {
        for good in
            ["us", "de-latin1-nodeadkeys", "colemak/en-latin9", "/nix/store/0a-keymap", "sr-cy.map.gz"]
        {
            assert!(is_keymap(good), "{good}");
        }
        for bad in ["", "-", "--help", "../us", "/nix/../etc/shadow", "us;id", "us de", "ü"] {
            assert!(!is_keymap(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let _either = typeable(&[MAGIC, &bytes].concat());
        }
    }
}
