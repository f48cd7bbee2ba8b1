//! Asks for a file and writes a text into it.

use std::path::PathBuf;

use relm4::gtk;
use relm4::gtk::gio;
use relm4::gtk::prelude::*;

use crate::i18n::{gettext, gettext_f};

/// What is to be saved.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// A text.
    Text(String),
    /// What is in a file.
    File(PathBuf),
}

impl Content {
    async fn write(self, to: &gio::File) -> Result<(), gtk::glib::Error> {
        match self {
            Self::Text(text) => {
                let flags = gio::FileCreateFlags::REPLACE_DESTINATION;
                let written = to.replace_contents_future(text.into_bytes(), None, false, flags).await;
                written.map(|_| ()).map_err(|(_, error)| error)
            }
            Self::File(path) => {
                let (copied, _progress) = gio::File::for_path(path).copy_future(
                    to,
                    gio::FileCopyFlags::OVERWRITE,
                    gtk::glib::Priority::DEFAULT,
                );
                copied.await
            }
        }
    }
}

/// Asks where, and writes. Gives what the person is to be told, or nothing when they changed their
/// mind.
pub(super) async fn save(
    window: Option<gtk::Window>,
    title: String,
    name: &str,
    content: Content,
) -> Option<String> {
    let dialog = gtk::FileDialog::builder().title(title).initial_name(name).modal(true).build();
    let file = match dialog.save_future(window.as_ref()).await {
        Ok(file) => file,
        Err(error) => return refused(&error),
    };
    Some(match content.write(&file).await {
        Ok(()) => gettext_f("Saved as {file}.", &[("file", &shown(&file))]),
        Err(error) => gettext_f(
            "{file} can’t be written: {cause}.",
            &[("file", &shown(&file)), ("cause", error.message())],
        ),
    })
}

/// Asks for a folder. `Err` is what the person is to be told, or nothing when they changed their
/// mind.
pub(super) async fn folder(window: Option<gtk::Window>, title: String) -> Result<PathBuf, Option<String>> {
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
