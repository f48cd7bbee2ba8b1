//! The desktops, one card each.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Property;

use crate::i18n::gettext;
use crate::pure::answers::Desktop;

/// How wide a card is at least, in characters of its sentence; as many cards stand beside each
/// other as there is room for.
const WIDTH: i32 = 26;

/// The cards.
pub(super) struct Desktops {
    cards: adw::WrapBox,
    buttons: Vec<(Desktop, gtk::CheckButton)>,
}

impl Desktops {
    /// `choose` is called with the desktop that the person chooses.
    pub(super) fn new(choose: impl Fn(Desktop) + Clone + 'static) -> Self {
        let cards = adw::WrapBox::builder()
            .child_spacing(12)
            .line_spacing(12)
            .justify(adw::JustifyMode::Fill)
            .justify_last_line(true)
            .line_homogeneous(true)
            .accessible_role(gtk::AccessibleRole::RadioGroup)
            .build();
        cards.upcast_ref::<gtk::Widget>().update_property(&[Property::Label(&gettext("Desktop"))]);
        let mut buttons: Vec<(Desktop, gtk::CheckButton)> = Vec::new();
        for (desktop, name, sentence) in desktops() {
            let button = card(&name, &sentence);
            button.set_group(buttons.first().map(|(_, first)| first));
            let choose = choose.clone();
            let _handler = button.connect_toggled(move |button| {
                if button.is_active() {
                    choose(desktop);
                }
            });
            cards.append(&button);
            buttons.push((desktop, button));
        }
        Self { cards, buttons }
    }

    /// The widget.
    pub(super) fn widget(&self) -> &adw::WrapBox {
        &self.cards
    }

    /// Shows which one is chosen.
    pub(super) fn show(&self, chosen: Desktop) {
        for (desktop, button) in &self.buttons {
            if *desktop == chosen {
                button.set_active(true);
            }
        }
    }
}

fn desktops() -> [(Desktop, String, String); 4] {
    [
        (
            Desktop::Gnome,
            gettext("GNOME"),
            gettext("Calm and simple. Works well with touch, keyboard and screen reader."),
        ),
        (
            Desktop::Plasma,
            gettext("KDE Plasma"),
            gettext("A panel and a menu, and settings for almost everything."),
        ),
        (Desktop::Xfce, gettext("Xfce"), gettext("Light and traditional, for older machines too.")),
        (
            Desktop::None,
            gettext("No desktop"),
            gettext("A console to log in to. For servers, or to build your own."),
        ),
    ]
}

fn card(name: &str, sentence: &str) -> gtk::CheckButton {
    let words = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(3)
        .valign(gtk::Align::Center)
        .hexpand(true)
        .build();
    let label = |text: &str, class: &str| {
        gtk::Label::builder()
            .label(text)
            .wrap(true)
            .xalign(0.0)
            .width_chars(WIDTH)
            .max_width_chars(WIDTH)
            .css_classes([class])
            .build()
    };
    words.append(&label(name, "heading"));
    words.append(&label(sentence, "dim-label"));
    let card =
        gtk::CheckButton::builder().child(&words).hexpand(true).css_classes(["card", "activatable"]).build();
    card.update_property(&[Property::Label(name), Property::Description(sentence)]);
    card
}
