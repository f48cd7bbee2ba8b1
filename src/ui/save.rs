//! Asks for a file and writes a text into it.

use relm4::gtk;
use relm4::gtk::gio;
use relm4::gtk::prelude::*;

use crate::i18n::{gettext, gettext_f};

/// Asks where, and writes. Gives what the person is to be told, or nothing when they changed their
/// mind.
pub(super) async fn text(
    window: Option<gtk::Window>,
    title: String,
    name: &str,
    text: String,
) -> Option<String> {
    let dialog = gtk::FileDialog::builder().title(title).initial_name(name).modal(true).build();
    let file = match dialog.save_future(window.as_ref()).await {
        Ok(file) => file,
        Err(error) => return refused(&error),
    };
    let written = file
        .replace_contents_future(text.into_bytes(), None, false, gio::FileCreateFlags::REPLACE_DESTINATION)
        .await;
    Some(match written {
        Ok(_) => gettext_f("Saved as {file}.", &[("file", &shown(&file))]),
        Err((_, error)) => gettext_f(
            "{file} can’t be written: {cause}.",
            &[("file", &shown(&file)), ("cause", error.message())],
        ),
    })
}

/// Asks for a folder. `Err` is what the person is to be told, or nothing when they changed their
/// mind.
pub(super) async fn folder(
    window: Option<gtk::Window>,
    title: String,
) -> Result<std::path::PathBuf, Option<String>> {
    let dialog = gtk::FileDialog::builder().title(title).modal(true).build();
    let folder = dialog.select_folder_future(window.as_ref()).await.map_err(|error| refused(&error))?;
    folder.path().ok_or_else(|| Some(gettext("This folder isn’t on this computer. Choose another one.")))
}

/// The window that a widget is in.
pub(super) fn window_of(widget: &impl IsA<gtk::Widget>) -> Option<gtk::Window> {
    widget.root().and_downcast()
}

fn refused(error: &gtk::glib::Error) -> Option<String> {
    if error.matches(gtk::DialogError::Dismissed) || error.matches(gtk::DialogError::Cancelled) {
        return None;
    }
    tracing::warn!("the dialog for files: {error}");
    Some(gettext_f("No file can be chosen: {cause}.", &[("cause", error.message())]))
}

fn shown(file: &gio::File) -> String {
    file.path().map_or_else(|| file.uri().into(), |path| path.display().to_string())
}
