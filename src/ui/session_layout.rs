//! The keyboard layout of the running session, as far as it is ours to set: GNOME keeps it in its
//! settings. Other desktops keep their own, in ways of their own.

use relm4::gtk::gio;
use relm4::gtk::glib::prelude::*;
use relm4::gtk::prelude::*;

use crate::pure::keyboard::Layout;

const SCHEMA: &str = "org.gnome.desktop.input-sources";
const KEY: &str = "sources";

/// Whether the session takes a layout from us.
pub(super) fn can_set() -> bool {
    settings().is_some()
}

/// Lets the session have this layout and no other, where it takes one from us.
pub(super) fn set(layout: &Layout) {
    let Some(settings) = settings() else { return };
    let source = if layout.variant.is_empty() {
        layout.layout.clone()
    } else {
        format!("{}+{}", layout.layout, layout.variant)
    };
    if let Err(error) = settings.set_value(KEY, &vec![("xkb".to_owned(), source)].to_variant()) {
        tracing::warn!("the session keeps its layout: {error}");
    }
}

fn settings() -> Option<gio::Settings> {
    let desktops = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    let schema = gio::SettingsSchemaSource::default()?.lookup(SCHEMA, true)?;
    let ours = desktops.split(':').any(|desktop| desktop == "GNOME") && schema.has_key(KEY);
    let settings = ours.then(|| gio::Settings::new_full(&schema, None::<&gio::SettingsBackend>, None))?;
    settings.is_writable(KEY).then_some(settings)
}
