//! A bare libadwaita window with one button: what `build-aux/bench` holds the app against.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::glib;

fn main() -> glib::ExitCode {
    let app = adw::Application::builder().application_id("org.snowmelt.BareWindow").build();
    let _handler = app.connect_activate(|app| {
        let button = gtk::Button::builder()
            .label("_Continue")
            .use_underline(true)
            .halign(gtk::Align::Center)
            .valign(gtk::Align::Center)
            .build();
        let view = adw::ToolbarView::builder().content(&button).build();
        view.add_top_bar(&adw::HeaderBar::new());
        let window = adw::ApplicationWindow::builder()
            .application(app)
            .title("Bare Window")
            .default_width(980)
            .default_height(720)
            .content(&view)
            .build();
        window.present();
    });
    app.run()
}
