//! Messages in the person's language.
//!
//! The source text is English and is its own message id. Placeholders stand in braces, so that a
//! translator sees what they are and may reorder them.
//!
//! Messages are gettext's, but are not looked up by libc: that needs the language's locale to be
//! installed, of which a live system has hardly one, and keeps to the language that the process
//! began with. What the toolkit itself says stays in the process's locale.

mod bidi;
mod mo;
mod plural;
mod wanted;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use mo::Catalogue;

/// The gettext domain, and the name of the installed `.mo` files.
pub const DOMAIN: &str = "snowmelt";

/// Where the `.mo` files were installed, known when Snowmelt is built.
const LOCALE_DIR: Option<&str> = option_env!("SNOWMELT_LOCALEDIR");

/// Languages that are written from right to left, by their ISO 639 codes.
const RIGHT_TO_LEFT: [&str; 11] = ["ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];

/// What stands between facts in one line.
const SEPARATOR: &str = " · ";

/// Whether messages are drawn in a window, with what they hold kept in its place.
static DRAWN: AtomicBool = AtomicBool::new(false);

static MESSAGES: LazyLock<RwLock<Messages>> = LazyLock::new(|| RwLock::new(Messages::new(locale_dir())));

/// Names that another package has translated already: its gettext domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Names of countries (iso-codes).
    Countries,
    /// Names of languages (iso-codes).
    Languages,
    /// Names of keyboard layouts (xkeyboard-config).
    Keyboards,
}

impl Domain {
    const fn name(self) -> &'static str {
        match self {
            Self::Countries => "iso_3166-1",
            Self::Languages => "iso_639-3",
            Self::Keyboards => "xkeyboard-config",
        }
    }

    /// The directory given when Snowmelt was built, then the ones of a system: NixOS's and everyone
    /// else's.
    fn dir(self) -> PathBuf {
        let given = match self {
            Self::Countries | Self::Languages => option_env!("SNOWMELT_ISO_CODES"),
            Self::Keyboards => option_env!("SNOWMELT_XKB"),
        };
        given
            .map(|package| Path::new(package).join("share/locale"))
            .into_iter()
            .chain(["/run/current-system/sw/share/locale", "/usr/share/locale"].map(PathBuf::from))
            .find(|dir| dir.is_dir())
            .unwrap_or_default()
    }
}

/// The languages that messages are wanted in, and the catalogues that were needed so far.
#[derive(Debug)]
struct Messages {
    dir: PathBuf,
    languages: Vec<String>,
    catalogues: BTreeMap<&'static str, Arc<Vec<(String, Catalogue)>>>,
}

impl Messages {
    fn new(dir: PathBuf) -> Self {
        Self { dir, languages: Vec::new(), catalogues: BTreeMap::new() }
    }

    fn set_languages(&mut self, languages: Vec<String>) {
        self.languages = languages;
        self.catalogues.clear();
    }

    /// The catalogues of a domain with the names of their languages, the most wanted first.
    fn load(&mut self, domain: &'static str, dir: &Path) -> Arc<Vec<(String, Catalogue)>> {
        let languages = &self.languages;
        Arc::clone(
            self.catalogues.entry(domain).or_insert_with(|| Arc::new(catalogues(languages, domain, dir))),
        )
    }
}

fn catalogues(languages: &[String], domain: &str, dir: &Path) -> Vec<(String, Catalogue)> {
    let mut found = Vec::new();
    for wanted in languages {
        let here = wanted::directories(wanted);
        let catalogue = here.into_iter().find_map(|name| catalogue(&dir.join(file(&name, domain)), name));
        let missing = catalogue.is_none();
        found.extend(catalogue);
        // What comes after English in the list is less wanted than the messages as they are.
        if missing && wanted::is_source(wanted) {
            break;
        }
    }
    found
}

fn catalogue(path: &Path, language: String) -> Option<(String, Catalogue)> {
    let bytes = std::fs::read(path).ok()?;
    match Catalogue::read(bytes) {
        Ok(catalogue) => Some((language, catalogue)),
        Err(problem) => {
            tracing::warn!("{}: {problem}", path.display());
            None
        }
    }
}

/// Where a domain's messages in a language are, below the directory for all.
fn file(language: &str, domain: &str) -> PathBuf {
    [language, "LC_MESSAGES", &format!("{domain}.mo")].iter().collect()
}

/// Takes the person's language from the environment. Where there are no messages in it, they stay
/// English.
pub fn init() {
    // A variable that is no text names no language.
    set_languages(wanted::wanted(|name| std::env::var(name).ok()));
}

/// From now on what is put into a message keeps its place in it, whatever the directions of the two.
///
/// For a window. A terminal may draw the signs that this needs, and whoever searches for the text of a
/// file would not find it.
pub fn set_drawn() {
    DRAWN.store(true, Ordering::Relaxed);
}

/// A text that nobody translates and that is a line of its own, such as the name of a disk or a path.
#[must_use]
pub fn untranslated(text: &str) -> String {
    side_by_side(&[text])
}

/// Short facts in one line, such as a size and a path.
#[must_use]
pub fn side_by_side<Fact: AsRef<str>>(facts: &[Fact]) -> String {
    let facts = facts.iter().map(AsRef::as_ref);
    match drawn() {
        Drawn::Elsewhere => facts.collect::<Vec<_>>().join(SEPARATOR),
        Drawn::InWindow { rtl } => {
            let facts: Vec<_> = facts.map(|fact| bidi::isolated(fact, rtl)).collect();
            bidi::line(facts.join(SEPARATOR), rtl)
        }
    }
}

/// From now on messages are in this language, by its name in `po/LINGUAS`; `en` is the source's.
///
/// What was translated before stays as it is.
pub fn set_language(language: &str) {
    let sound = wanted::is_sound(language).then(|| language.to_owned());
    set_languages(sound.into_iter().collect());
}

fn set_languages(languages: Vec<String>) {
    MESSAGES.write().unwrap_or_else(PoisonError::into_inner).set_languages(languages);
}

/// The language that messages are in, by its name in `po/LINGUAS`, or `en`.
#[must_use]
pub fn language() -> String {
    own().first().map_or_else(|| "en".to_owned(), |(language, _)| language.clone())
}

/// Whether there are messages in this language.
#[must_use]
pub fn is_installed(language: &str) -> bool {
    language == "en" || (wanted::is_sound(language) && locale_dir().join(file(language, DOMAIN)).is_file())
}

/// Whether the language that messages are in is written from right to left.
#[must_use]
pub fn is_rtl() -> bool {
    RIGHT_TO_LEFT.contains(&wanted::language_of(&language()))
}

/// The catalogues of Snowmelt's own messages.
fn own() -> Arc<Vec<(String, Catalogue)>> {
    let known = MESSAGES.read().unwrap_or_else(PoisonError::into_inner).catalogues.get(DOMAIN).cloned();
    known.unwrap_or_else(|| {
        let mut messages = MESSAGES.write().unwrap_or_else(PoisonError::into_inner);
        let dir = messages.dir.clone();
        messages.load(DOMAIN, &dir)
    })
}

/// The catalogues of names.
fn of_names(domain: Domain) -> Arc<Vec<(String, Catalogue)>> {
    let known =
        MESSAGES.read().unwrap_or_else(PoisonError::into_inner).catalogues.get(domain.name()).cloned();
    known.unwrap_or_else(|| {
        let mut messages = MESSAGES.write().unwrap_or_else(PoisonError::into_inner);
        messages.load(domain.name(), &domain.dir())
    })
}

/// The directory given when Snowmelt was built; else `share/locale` beside the program's own
/// directory, as in every installation prefix; else the system's.
fn locale_dir() -> PathBuf {
    if let Some(dir) = LOCALE_DIR {
        return PathBuf::from(dir);
    }
    let beside = std::env::current_exe().ok().and_then(|program| {
        let dir = program.parent()?.parent()?.join("share/locale");
        dir.is_dir().then_some(dir)
    });
    beside.unwrap_or_else(|| PathBuf::from("/usr/share/locale"))
}

/// Translates a text of `data/catalogue.toml`, which `build-aux/pot` gives to the translators.
#[must_use]
pub(crate) fn translated(text: &str) -> String {
    message_in(&own(), text)
}

/// Translates a message that has no placeholder.
#[must_use]
pub fn gettext(message: &str) -> String {
    message_in(&own(), message)
}

/// Translates a message and fills its placeholders: `{name}` becomes the value given for `name`.
///
/// A value is inserted as it is and never searched for placeholders again; in a window it keeps its
/// place (see [`set_drawn`]).
#[must_use]
pub fn gettext_f(message: &str, values: &[(&str, &str)]) -> String {
    fill(&message_in(&own(), message), values, drawn())
}

/// Translates a message that depends on a count, and fills its placeholders.
#[must_use]
pub fn ngettext_f(singular: &str, plural: &str, count: u32, values: &[(&str, &str)]) -> String {
    let own = own();
    let found = own.iter().find_map(|(_, catalogue)| catalogue.plural(singular, count));
    fill(found.unwrap_or(if count == 1 { singular } else { plural }), values, drawn())
}

/// An English name in the person's language, or as it is where its package isn't installed or has
/// no such name.
#[must_use]
pub fn name_in(domain: Domain, english: &str) -> String {
    message_in(&of_names(domain), english)
}

fn message_in(catalogues: &[(String, Catalogue)], message: &str) -> String {
    let found = catalogues.iter().find_map(|(_, catalogue)| catalogue.message(message));
    found.unwrap_or(message).to_owned()
}

/// How messages are drawn.
#[derive(Clone, Copy)]
enum Drawn {
    /// By a terminal, or into a file.
    Elsewhere,
    /// In a window.
    InWindow { rtl: bool },
}

fn drawn() -> Drawn {
    if DRAWN.load(Ordering::Relaxed) { Drawn::InWindow { rtl: is_rtl() } } else { Drawn::Elsewhere }
}

fn fill(template: &str, values: &[(&str, &str)], drawn: Drawn) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let (before, from_brace) = rest.split_at(start);
        filled.push_str(before);
        let known = values.iter().find_map(|(name, value)| {
            let after = from_brace.strip_prefix('{')?.strip_prefix(name)?;
            Some((value, after.strip_prefix('}')?))
        });
        match known {
            Some((value, after)) => {
                match drawn {
                    Drawn::Elsewhere => filled.push_str(value),
                    Drawn::InWindow { rtl } => filled.push_str(&bidi::isolated(value, rtl)),
                }
                rest = after;
            }
            None => {
                filled.push('{');
                rest = from_brace.strip_prefix('{').unwrap_or_default();
            }
        }
    }
    filled.push_str(rest);
    match drawn {
        // The direction of a line is that of its first letter, even of one in a value.
        Drawn::InWindow { rtl } if template.starts_with('{') => bidi::line(filled, rtl),
        Drawn::InWindow { .. } | Drawn::Elsewhere => filled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in_any_order_and_never_searched_again() {
        assert_eq!(
            fill("{b} before {a}, {a} twice", &[("a", "{b}"), ("b", "two")], Drawn::Elsewhere),
            "two before {b}, {b} twice"
        );
    }

    #[test]
    fn a_brace_that_names_nothing_stays() {
        assert_eq!(fill("{ x } {unknown} {", &[("x", "1")], Drawn::Elsewhere), "{ x } {unknown} {");
    }

    #[test]
    fn in_a_window_a_value_keeps_its_place() {
        let drawn = |template, rtl| fill(template, &[("disk", "/dev/sda")], Drawn::InWindow { rtl });
        assert_eq!(drawn("محو {disk}؟", true), "محو \u{2068}/dev/sda\u{2069}؟");
        assert_eq!(drawn("{disk} اختفى", true), "\u{200f}\u{2068}/dev/sda\u{2069} اختفى");
        assert_eq!(drawn("{disk} is gone", false), "/dev/sda is gone");
    }

    #[test]
    fn a_name_that_no_package_knows_stays_as_it_is() {
        for name in ["", "Atlantis", "no\0string"] {
            assert_eq!(name_in(Domain::Countries, name), name);
        }
    }

    /// What “Disk” is in the languages, where there are messages in German, Brazilian Portuguese and,
    /// broken, in French.
    fn disk_in(languages: &[&str]) -> (String, String) {
        let dir = tempfile::tempdir().unwrap();
        let put = |language: &str, bytes: Vec<u8>| {
            let path = dir.path().join(file(language, DOMAIN));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        put("de", mo::tests::compiled(&[("Disk", "Datenträger"), ("Size", "Größe")], false));
        put("pt_BR", mo::tests::compiled(&[("Disk", "Disco")], false));
        put("fr", b"nothing".to_vec());
        let mut messages = Messages::new(dir.path().to_owned());
        // As after a change of language.
        messages.set_languages(vec!["de".to_owned()]);
        assert_eq!(message_in(&messages.load(DOMAIN, dir.path()), "Disk"), "Datenträger");
        messages.set_languages(languages.iter().map(|name| (*name).to_owned()).collect());
        let loaded = messages.load(DOMAIN, dir.path());
        (message_in(&loaded, "Disk"), message_in(&loaded, "Size"))
    }

    #[test]
    fn the_most_wanted_language_that_has_a_message_says_it() {
        let said = |disk: &str, size: &str| (disk.to_owned(), size.to_owned());
        assert_eq!(disk_in(&[]), said("Disk", "Size"));
        assert_eq!(disk_in(&["de_AT.UTF-8"]), said("Datenträger", "Größe"));
        assert_eq!(disk_in(&["pt_BR", "de"]), said("Disco", "Größe"));
        assert_eq!(disk_in(&["pt_PT", "fr", "de"]), said("Datenträger", "Größe"));
        assert_eq!(disk_in(&["pt_BR", "en_GB", "de"]), said("Disco", "Size"));
    }
}
