//! The page that says why there are no disks to show.

use relm4::adw::prelude::*;
use relm4::prelude::*;

use crate::i18n::gettext;
use crate::pure::markup;

/// The page.
pub(super) struct Failure {
    sentence: String,
    help: String,
}

/// What went wrong.
#[derive(Debug)]
pub(super) struct Show {
    /// In a sentence.
    pub(super) sentence: String,
    /// What to do next, and the service's own words.
    pub(super) help: String,
}

/// The person wants another try.
#[derive(Debug)]
pub(super) struct Retry;

#[relm4::component(pub(super))]
impl SimpleComponent for Failure {
    type Init = ();
    type Input = Show;
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

    fn update(&mut self, show: Show, _: ComponentSender<Self>) {
        self.sentence = show.sentence;
        self.help = markup::escape(&show.help);
    }
}
