//! The page that says why there are no disks to show.

use relm4::adw::prelude::*;
use relm4::prelude::*;

use super::escape::markup;
use crate::boundary::udisks::UdisksError;
use crate::i18n::gettext;

/// The page.
pub(super) struct Failure {
    sentence: String,
    help: String,
}

/// The person wants another try.
#[derive(Debug)]
pub(super) struct Retry;

#[relm4::component(pub(super))]
impl SimpleComponent for Failure {
    type Init = ();
    type Input = UdisksError;
    type Output = Retry;

    view! {
        adw::StatusPage {
            set_icon_name: Some("dialog-error-symbolic"),
            #[watch]
            set_title: &model.sentence,
            #[watch]
            set_description: Some(&model.help),

            gtk::Button {
                set_label: &gettext("_Try Again"),
                set_use_underline: true,
                set_halign: gtk::Align::Center,
                add_css_class: "pill",
                add_css_class: "suggested-action",
                connect_clicked[sender] => move |_| {
                    // The window listens as long as its page is shown.
                    let _unheard = sender.output(Retry);
                },
            },
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self { sentence: String::new(), help: String::new() };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, error: UdisksError, _: ComponentSender<Self>) {
        self.sentence = error.sentence();
        self.help = markup(&format!("{}\n\n{}", error.next(), error.cause()));
    }
}
