//! The keys of the answers' TOML form.

/// A key of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its path, such as `disk.device`; `[]` stands for any place in a list.
    pub path: &'static str,
    /// An example of its value, for a key that must be there.
    pub required: Option<&'static str>,
}

const fn required(path: &'static str, example: &'static str) -> Key {
    Key { path, required: Some(example) }
}

const fn optional(path: &'static str) -> Key {
    Key { path, required: None }
}

/// Every key there is, in the order in which [`super::write`] writes them and
/// `snowmelt-answers(5)` explains them.
pub const KEYS: &[Key] = &[
    required("version", "1"),
    required("disk.device", "\"/dev/nvme0n1\""),
    optional("disk.esp-size"),
    optional("disk.erase"),
    optional("swap.kind"),
    optional("swap.size"),
    optional("swap.zram"),
    optional("encryption.enabled"),
    optional("encryption.volume-name"),
    optional("encryption.allow-discards"),
    optional("encryption.pbkdf.kind"),
    optional("encryption.pbkdf.memory"),
    optional("encryption.pbkdf.iterations"),
    optional("encryption.pbkdf.threads"),
    optional("encryption.pbkdf.time"),
    optional("filesystem.compression-level"),
    required("filesystem.subvolumes[].name", "\"games\""),
    required("filesystem.subvolumes[].mountpoint", "\"/home/games\""),
    optional("root.kind"),
    optional("root.size"),
    optional("root.keep-days"),
    optional("root.keep-count"),
    optional("root.keep-once"),
    optional("root.home"),
    optional("persist.preset"),
    optional("persist.with"),
    optional("persist.without"),
    optional("persist.directories"),
    optional("persist.files"),
    optional("persist.home"),
    optional("persist.module"),
    optional("persist.wifi"),
    required("system.host-name", "\"laptop\""),
    optional("system.time-zone"),
    optional("system.locale"),
    optional("system.formats"),
    optional("system.keymap"),
    optional("system.xkb-layout"),
    optional("system.xkb-variant"),
    optional("system.desktop"),
    optional("system.unfree"),
    optional("system.ssh"),
    optional("system.printing"),
    optional("system.bluetooth"),
    optional("system.flatpak"),
    optional("system.firmware-updates"),
    optional("system.release"),
    required("user.name", "\"ada\""),
    optional("user.full-name"),
    optional("user.administrator"),
    optional("user.automatic-login"),
    optional("configuration.kind"),
    optional("configuration.flake"),
    optional("configuration.host"),
    optional("configuration.facts"),
];

/// The example for the key at `path`, if that must be there.
pub(super) fn example_if_required(path: &str) -> Option<&'static str> {
    KEYS.iter().find(|key| key.path == path)?.required
}

/// The names that may stand directly in the table at `table`, which is empty for the file itself:
/// keys and the tables between.
pub(super) fn names_in(table: &str) -> Vec<&'static str> {
    let mut names = Vec::new();
    for key in KEYS {
        let rest = if table.is_empty() {
            Some(key.path)
        } else {
            key.path.strip_prefix(table).and_then(|rest| rest.strip_prefix('.'))
        };
        let name = rest.and_then(|rest| rest.split(['.', '[']).next());
        if let Some(name) = name
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// The known key that an unknown `name` in `table` most likely stands for.
///
/// A name of the same table that is spelt alike comes first; then the very same name in another
/// table, which is given with its whole path.
pub(super) fn likely_meant(table: &str, name: &str) -> Option<String> {
    let near = names_in(table)
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(known, &name.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= 1 + known.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance);
    if let Some((_, known)) = near {
        return Some(known.to_owned());
    }
    KEYS.iter().find(|key| key.path.rsplit('.').next() == Some(name)).map(|key| key.path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_table_are_its_own_only() {
        assert_eq!(names_in("encryption"), ["enabled", "volume-name", "allow-discards", "pbkdf"]);
        assert_eq!(names_in("filesystem.subvolumes[]"), ["name", "mountpoint"]);
        assert_eq!(
            names_in(""),
            [
                "version",
                "disk",
                "swap",
                "encryption",
                "filesystem",
                "root",
                "persist",
                "system",
                "user",
                "configuration"
            ]
        );
    }

    #[test]
    fn a_slip_of_the_keyboard_is_recognised() {
        assert_eq!(likely_meant("disk", "esp_size"), Some("esp-size".to_owned()));
        assert_eq!(likely_meant("", "Encyption"), Some("encryption".to_owned()));
        assert_eq!(likely_meant("disk", "host-name"), Some("system.host-name".to_owned()));
        assert_eq!(likely_meant("disk", "colour"), None);
    }
}
