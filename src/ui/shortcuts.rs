//! The keyboard shortcuts: which there are, and the dialog that names them.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

use crate::i18n::gettext;

/// Shortcuts of the window's actions, by the action's full name.
pub(super) const ACCELERATORS: [(&str, &[&str]); 4] = [
    ("win.continue", &["<Alt>Right"]),
    ("win.accessibility", &["<Control><Shift>a"]),
    ("win.shortcuts", &["F1", "<Control>question"]),
    ("window.close", &["<Control>q", "<Control>w"]),
];

/// The dialog, ready to be presented.
pub(super) fn dialog() -> adw::PreferencesDialog {
    let group = adw::PreferencesGroup::new();
    for (what, accelerator) in [
        (gettext("Continue"), "<Alt>Right"),
        (gettext("Back"), "<Alt>Left"),
        (gettext("Main menu"), "F10"),
        (gettext("Accessibility"), "<Control><Shift>a"),
        (gettext("Keyboard shortcuts"), "F1"),
        (gettext("Close the window"), "<Control>q"),
    ] {
        group.add(&row(&what, accelerator));
    }
    let page = adw::PreferencesPage::new();
    page.add(&group);
    let dialog = adw::PreferencesDialog::builder().title(gettext("Keyboard Shortcuts")).build();
    dialog.add(&page);
    dialog
}

fn row(what: &str, accelerator: &str) -> adw::ActionRow {
    let keys = gtk::accelerator_parse(accelerator)
        .map(|(key, modifiers)| gtk::accelerator_get_label(key, modifiers).to_string())
        .unwrap_or_default();
    let label = gtk::Label::builder().label(&keys).css_classes(["dim-label", "numeric"]).build();
    let row = adw::ActionRow::builder().title(what).use_markup(false).title_lines(0).focusable(true).build();
    row.add_suffix(&label);
    row.upcast_ref::<gtk::Widget>()
        .update_relation(&[gtk::accessible::Relation::DescribedBy(&[label.upcast_ref()])]);
    row
}
