//! The characters that a keyboard layout can type, from libxkbcommon.

use xkbcommon::xkb;

use crate::pure::keyboard::{Layout, Typeable};

/// What the layout can type without compose sequences and dead keys; `None` where libxkbcommon does
/// not know the layout.
#[must_use]
pub fn typeable(layout: &Layout) -> Option<Typeable> {
    // The binding takes the names as C strings, and would panic over a zero byte.
    if !layout.is_sound() {
        return None;
    }
    let mut context = xkb::Context::new(xkb::CONTEXT_NO_FLAGS);
    // It would write its complaints to standard error.
    context.set_log_level(xkb::LogLevel::Critical);
    let keymap = xkb::Keymap::new_from_names(
        &context,
        "evdev",
        "pc105",
        layout.layout.as_str(),
        layout.variant.as_str(),
        Some(String::new()),
        xkb::KEYMAP_COMPILE_NO_FLAGS,
    )?;
    let mut found = Typeable::default();
    keymap.key_for_each(|keymap, key| {
        for level in 0..keymap.num_levels_for_key(key, 0) {
            // More than one symbol is a sequence, which the console has no keymap for.
            if let [symbol] = keymap.key_get_syms_by_level(key, 0, level)
                && let Some(character) = char::from_u32(xkb::keysym_to_utf32(*symbol))
                && !character.is_control()
            {
                // The first two levels are the key alone and with Shift.
                let set = if level < 2 { &mut found.plain } else { &mut found.further };
                let _new = set.insert(character);
            }
        }
    });
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::keyboard::Typing;

    fn of(layout: &str, variant: &str) -> Option<Typeable> {
        typeable(&Layout {
            layout: layout.to_owned(),
            variant: variant.to_owned(),
            description: String::new(),
            languages: Vec::new(),
            countries: Vec::new(),
        })
    }

    #[test]
    fn layouts_type_what_is_on_their_keys() {
        let us = of("us", "").expect("xkeyboard-config is installed");
        assert_eq!(us.typing("Correct horse #1 ~|\\"), Typing::Easy);
        assert_eq!(us.typing("für"), Typing::OutOfReach { characters: vec!['ü'] });
        let german = of("de", "").unwrap();
        assert_eq!(german.typing("Größe"), Typing::Easy);
        assert_eq!(german.typing("a@b"), Typing::Further { characters: vec!['@'] });
        // The dead acute is on a key, an é is not.
        assert_eq!(german.typing("é"), Typing::OutOfReach { characters: vec!['é'] });
        let russian = of("ru", "").unwrap();
        assert_eq!(russian.typing("пароль"), Typing::Easy);
        assert_eq!(russian.typing("z"), Typing::OutOfReach { characters: vec!['z'] });
        let french = of("fr", "").unwrap();
        assert_eq!(french.typing("1é"), Typing::Easy);
    }

    #[test]
    fn what_is_no_layout_has_no_keys() {
        assert_eq!(of("no-such-layout", ""), None);
        assert_eq!(of("us\0", ""), None);
        assert_eq!(of("", ""), None);
    }
}
