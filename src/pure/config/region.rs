//! Time, language and keyboard of `configuration.nix`.

use crate::pure::answers::{Answers, SystemAnswers};
use crate::pure::nix::{Attrs, Path};

/// What follows the locale of formats: everything but the language of messages, the order of
/// letters and what a letter is (locale(7)).
const FORMATS: [&str; 9] = [
    "LC_ADDRESS",
    "LC_IDENTIFICATION",
    "LC_MEASUREMENT",
    "LC_MONETARY",
    "LC_NAME",
    "LC_NUMERIC",
    "LC_PAPER",
    "LC_TELEPHONE",
    "LC_TIME",
];

pub(super) fn add(attrs: Attrs, answers: &Answers) -> Attrs {
    let system = &answers.system;
    let attrs = attrs
        .set("time.timeZone", system.time_zone.as_str())
        .set("i18n.defaultLocale", system.locale.as_str());
    let attrs = match &system.formats {
        Some(formats) if *formats != system.locale => {
            let settings = FORMATS
                .into_iter()
                .fold(Attrs::new(), |all, name| all.set(Path::from(name), formats.as_str()));
            attrs.explain(
                &["Dates, numbers, money and paper follow another country's habits than the language."],
                "i18n.extraLocaleSettings",
                settings,
            )
        }
        _ => attrs,
    };
    keyboard(attrs, system, answers.encryption.enabled)
}

/// The keyboard, also of the prompt for the passphrase: NixOS gives the initrd the console's.
fn keyboard(attrs: Attrs, system: &SystemAnswers, is_encrypted: bool) -> Attrs {
    let Some(layout) = &system.xkb_layout else {
        let at_prompt: &[&str] =
            if is_encrypted { &["Also at the prompt for the disk's passphrase."] } else { &[] };
        return attrs.explain(at_prompt, "console.keyMap", system.keymap.as_deref().unwrap_or("us"));
    };
    let console: &[&str] = if is_encrypted {
        &["The same layout on the console, which includes the prompt for the disk's passphrase."]
    } else {
        &["The same layout on the console."]
    };
    attrs
        .set("services.xserver.xkb.layout", layout.as_str())
        .set_some("services.xserver.xkb.variant", system.xkb_variant.as_deref())
        .explain(console, "console.useXkbConfig", true)
}
