//! The graphical app.
//!
//! A component a file. What is decided about disks is decided in [`crate::pure`]; here it is only
//! shown.

mod about;
mod accessibility;
mod answer_switch;
mod begin;
mod choice_row;
mod confirm;
mod crash;
mod crash_window;
mod disk_bar;
mod following;
mod frame;
mod gib;
mod installation;
mod interrupted;
mod log;
mod log_view;
mod page;
mod pages;
mod pick_dialog;
mod pick_list;
mod problem;
mod renderer;
mod save;
mod secret_fields;
mod service;
mod session_layout;
mod shortcuts;
mod strength;
mod stretch;
mod trail;
mod window;

use std::process::ExitCode;

use relm4::{adw, gtk};
use tracing_subscriber::filter::EnvFilter;

use crate::i18n::{self, gettext};

/// The application's id, on the bus and in the names of its desktop file and icon.
pub const APPLICATION_ID: &str = "org.snowmelt.Installer";

/// What libadwaita's own style has no class for.
const STYLE: &str = include_str!("../../data/style.css");

/// Runs the app until its window is closed.
pub fn run() -> ExitCode {
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .try_init();
    if let Err(error) = log {
        eprintln!("snowmelt: {error}");
    }
    renderer::choose();
    i18n::init();
    i18n::set_drawn();
    crash::watch();
    // Without a display the toolkit would end the program with a panic.
    if let Err(error) = gtk::init() {
        tracing::error!("{error}");
        eprintln!(
            "snowmelt: {}",
            gettext("There is no display to show a window on. Use “snowmelt-cli” in a terminal.")
        );
        return ExitCode::FAILURE;
    }
    set_direction();
    gtk::Window::set_default_icon_name(APPLICATION_ID);
    let Some(after) = crash::told() else {
        let app = relm4::RelmApp::new(APPLICATION_ID);
        relm4::set_global_css(STYLE);
        keep_text_readable();
        app.run::<window::Window>(());
        return ExitCode::SUCCESS;
    };
    // The name on the bus may still be that of the process before this one.
    let flags = gtk::gio::ApplicationFlags::NON_UNIQUE;
    let alone = adw::Application::new(Some(APPLICATION_ID), flags);
    relm4::RelmApp::from_app(alone).with_args(Vec::new()).run::<crash_window::CrashWindow>(after);
    ExitCode::SUCCESS
}

/// How opaque pale text is. libadwaita's 55 % of its text colour is a contrast of about 3 to 1 on a
/// card, and 4.5 to 1 is what everybody can read (WCAG 2.2, 1.4.3); its high contrast is enough.
const PALE: &str = ":root { --dim-opacity: 75%; }";

/// Makes pale text readable, but for where the desktop's high contrast has done so already.
fn keep_text_readable() {
    let Some(display) = gtk::gdk::Display::default() else { return };
    let provider = gtk::CssProvider::new();
    let set = move |style: &adw::StyleManager| {
        provider.load_from_string(if style.is_high_contrast() { "" } else { PALE });
        gtk::style_context_add_provider_for_display(
            &display,
            &provider,
            gtk::STYLE_PROVIDER_PRIORITY_APPLICATION,
        );
    };
    let style = adw::StyleManager::default();
    set(&style);
    let _handler = style.connect_high_contrast_notify(set);
}

/// Lets lines begin where the language of the messages begins them.
fn set_direction() {
    let direction = if i18n::is_rtl() { gtk::TextDirection::Rtl } else { gtk::TextDirection::Ltr };
    gtk::Widget::set_default_direction(direction);
}
