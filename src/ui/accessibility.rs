//! The dialog with the desktop's own aids for seeing, hearing and typing.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk::gio;

use crate::i18n::gettext;
use crate::pure::accessibility::{Aid, Kind};

/// The dialog, ready to be presented.
pub(super) fn dialog() -> adw::PreferencesDialog {
    let group = adw::PreferencesGroup::builder()
        .description(gettext("These are the desktop’s own settings. They work at once, in every program."))
        .build();
    let mut none = true;
    for aid in Aid::ALL {
        if let Some(row) = row(aid) {
            group.add(&row);
            none = false;
        }
    }
    if none {
        group.set_description(Some(&gettext("This desktop has no such settings that Snowmelt knows.")));
    }
    let page = adw::PreferencesPage::new();
    page.add(&group);
    let dialog = adw::PreferencesDialog::builder().title(gettext("Accessibility")).build();
    dialog.add(&page);
    dialog
}

/// The switch for an aid, where the desktop has it.
fn row(aid: Aid) -> Option<adw::SwitchRow> {
    let setting = aid.setting();
    let schema = gio::SettingsSchemaSource::default()?.lookup(setting.schema, true)?;
    if !schema.has_key(setting.key) {
        return None;
    }
    let settings = gio::Settings::new_full(&schema, None::<&gio::SettingsBackend>, None);
    let row = adw::SwitchRow::builder().title(aid.name()).build();
    match setting.kind {
        Kind::Switch => settings.bind(setting.key, &row, "active").build(),
        kind @ Kind::Number { off, on } => {
            settings
                .bind(setting.key, &row, "active")
                .mapping(move |value, _| Some(kind.is_on(value.get::<f64>()?).to_value()))
                .set_mapping(move |value, _| {
                    let number = if value.get::<bool>().ok()? { on } else { off };
                    Some(number.to_variant())
                })
                .build();
        }
    }
    Some(row)
}
