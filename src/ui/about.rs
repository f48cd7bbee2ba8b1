//! The dialog about the app.

use relm4::adw;

use super::APPLICATION_ID;
use crate::i18n::gettext;

/// The dialog, ready to be presented.
pub(super) fn dialog() -> adw::AboutDialog {
    adw::AboutDialog::builder()
        .application_name("Snowmelt")
        .application_icon(APPLICATION_ID)
        .version(env!("CARGO_PKG_VERSION"))
        .developer_name(gettext("The Snowmelt contributors"))
        .comments(gettext(
            "Installs NixOS on an encrypted disk, with a root that cleans itself at every boot.",
        ))
        .license_type(relm4::gtk::License::Gpl30)
        .build()
}
