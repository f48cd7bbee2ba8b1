//! The files of the configuration: each can be read, and all can be saved.

use std::cell::Cell;

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Property;
use relm4::gtk::gio;
use sourceview5::prelude::*;

use super::groups;
use crate::boundary::export;
use crate::i18n::{gettext, gettext_f};
use crate::pure::config::{self, Devices};
use crate::pure::protocol::{ConfigFile, ConfigFileName};
use crate::pure::wizard::Wizard;
use crate::ui::save;

/// The description of the language Nix, in data/.
const LANGUAGE: &str = "snowmelt-nix";

/// The files as they would be written now.
pub(super) fn of(wizard: &Wizard) -> Vec<ConfigFile> {
    match wizard.layout() {
        Some(layout) => config::files(wizard.answers(), &layout, wizard.machine(), &Devices::unknown()),
        None => Vec::new(),
    }
}

/// The row of a file; `open` is called when it is to be read.
pub(super) fn row(file: &ConfigFile, open: impl Fn() + 'static) -> adw::ActionRow {
    let row = groups::row(file.name.file_name(), &purpose(file.name));
    row.set_activatable(true);
    row.add_suffix(
        &gtk::Image::builder()
            .icon_name("go-next-symbolic")
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build(),
    );
    let _handler = row.connect_activated(move |_| open());
    row
}

/// What the file is about, in the person's language; its own comments are English, as its reader
/// expects of Nix.
fn purpose(name: ConfigFileName) -> String {
    match name {
        ConfigFileName::Flake => gettext("Where the system comes from"),
        ConfigFileName::Configuration => gettext("The system itself: its name, region, desktop and users"),
        ConfigFileName::Disk => gettext("The disk, and what is mounted where"),
        ConfigFileName::Rollback => gettext("What every start does with the root"),
        ConfigFileName::Persistence => gettext("What is kept in /persist"),
        ConfigFileName::Facts | ConfigFileName::Disko => gettext("What there is to know about the disk"),
        ConfigFileName::Hardware => gettext("The drivers that this machine needs"),
    }
}

/// Shows a file, with the colours of its language, in light or dark as the rest.
pub(super) fn open(file: &ConfigFile, parent: &adw::PreferencesPage) {
    let name = file.name.file_name();
    let buffer = buffer(&file.text);
    let view = sourceview5::View::builder()
        .buffer(&buffer)
        .editable(false)
        .monospace(true)
        .show_line_numbers(true)
        .accepts_tab(false)
        .wrap_mode(gtk::WrapMode::WordChar)
        .top_margin(12)
        .bottom_margin(12)
        .left_margin(6)
        .right_margin(12)
        .build();
    view.upcast_ref::<gtk::TextView>()
        .update_property(&[Property::Label(&gettext_f("Text of {file}", &[("file", name)]))]);
    let scrolled = gtk::ScrolledWindow::builder().child(&view).vexpand(true).build();
    let toolbar = adw::ToolbarView::builder().content(&scrolled).build();
    toolbar.add_top_bar(&adw::HeaderBar::new());
    let dialog = adw::Dialog::builder()
        .title(name)
        .content_width(800)
        .content_height(640)
        .child(&toolbar)
        .focus_widget(&view)
        .build();
    let style = adw::StyleManager::default();
    colour(&buffer, &style);
    let following = style.connect_dark_notify(move |style| colour(&buffer, style));
    let following = Cell::new(Some(following));
    let _handler = dialog.connect_closed(move |_| {
        if let Some(following) = following.take() {
            style.disconnect(following);
        }
    });
    dialog.present(Some(parent));
}

fn buffer(text: &str) -> sourceview5::Buffer {
    let buffer = sourceview5::Buffer::new(None);
    // Without the file that describes the language there are no colours; the text is the same.
    buffer.set_language(sourceview5::LanguageManager::default().language(LANGUAGE).as_ref());
    buffer.set_text(text);
    buffer.place_cursor(&buffer.start_iter());
    buffer
}

fn colour(buffer: &sourceview5::Buffer, style: &adw::StyleManager) {
    let name = if style.is_dark() { "Adwaita-dark" } else { "Adwaita" };
    buffer.set_style_scheme(sourceview5::StyleSchemeManager::default().scheme(name).as_ref());
}

/// Asks for a folder and writes the files there. Gives what the person is to be told, or nothing
/// when they changed their mind.
pub(super) async fn save(window: Option<gtk::Window>, files: Vec<ConfigFile>) -> Option<String> {
    let folder = match save::folder(window, gettext("Choose a Folder for the Configuration")).await {
        Ok(folder) => folder,
        Err(notice) => return notice,
    };
    let written =
        gio::spawn_blocking(move || export::write(&folder, &files, false).map(|_paths| folder)).await;
    Some(match written {
        Ok(Ok(folder)) => gettext_f("Saved in {folder}.", &[("folder", &folder.display().to_string())]),
        Ok(Err(error)) => error.sentence(),
        Err(_panicked) => gettext("The configuration could not be saved."),
    })
}
