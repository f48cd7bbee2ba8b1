//! What a rollback means, in words and in a picture.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Property;

use crate::i18n::gettext;

/// The picture's parts in the icon theme; as symbolic icons they take on the colours of the text.
const RUNNING: &str = "org.snowmelt.Installer-running-symbolic";
const RESTART: &str = "system-reboot-symbolic";
const RESTARTED: &str = "org.snowmelt.Installer-restarted-symbolic";

/// The group with both.
pub(super) fn group() -> adw::PreferencesGroup {
    let group = adw::PreferencesGroup::new();
    let words = gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(18).build();
    words.append(&label(
        &gettext(
            "At every start the system is as clean as on its first day: whatever has gathered in it since then melts away. What you choose on this page stays, and so do your home directory, installed programs and logs.",
        ),
        0.0,
    ));
    words.append(&picture());
    group.add(&words);
    group
}

fn picture() -> gtk::Widget {
    let parts = adw::WrapBox::builder()
        .child_spacing(24)
        .line_spacing(12)
        .align(0.5)
        .halign(gtk::Align::Center)
        .accessible_role(gtk::AccessibleRole::Img)
        .build();
    parts.append(&part(RUNNING, 96, &gettext("While it runs")));
    parts.append(&part(RESTART, 32, &gettext("Restart")));
    parts.append(&part(RESTARTED, 96, &gettext("Afterwards")));
    let parts: gtk::Widget = parts.upcast();
    parts.update_property(&[
        Property::Label(&gettext("The system before and after a restart")),
        Property::Description(&gettext(
            "Two boxes with two shelves each. On the upper shelf of the first one lie papers; on that of the second one they have melted to drops. The folder on the lower shelf is the same in both.",
        )),
    ]);
    parts
}

fn part(icon: &str, size: i32, caption: &str) -> gtk::Box {
    let part = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(6)
        .valign(gtk::Align::Center)
        .build();
    let image = gtk::Image::builder()
        .icon_name(icon)
        .pixel_size(size)
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build();
    part.append(&image);
    let caption = label(caption, 0.5);
    caption.set_css_classes(&["caption", "dim-label"]);
    part.append(&caption);
    part
}

fn label(text: &str, xalign: f32) -> gtk::Label {
    gtk::Label::builder().label(text).wrap(true).xalign(xalign).build()
}
