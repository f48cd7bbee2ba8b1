//! The window.

use relm4::adw::prelude::*;
use relm4::prelude::*;

use super::contents::{self, Contents};
use super::disk_list::{self, Choice, DiskList};
use super::failure::{Failure, Retry};
use super::{about, service};
use crate::i18n::gettext;

/// The window.
pub(super) struct Window {
    page: Page,
    list: Controller<DiskList>,
    contents: Controller<Contents>,
    failure: Controller<Failure>,
}

/// The page that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Loading,
    Failure,
    Empty,
    Disks,
}

impl Page {
    fn name(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Failure => "failure",
            Self::Empty => "empty",
            Self::Disks => "disks",
        }
    }
}

/// What the window is told.
#[derive(Debug)]
pub(super) enum Input {
    /// The person wants another try.
    Retry,
    /// Another disk is chosen, or none.
    Chosen(Choice),
    /// The person wants to know about the app.
    About,
}

#[relm4::component(pub(super))]
impl Component for Window {
    type Init = ();
    type Input = Input;
    type Output = ();
    type CommandOutput = service::Event;

    view! {
        adw::ApplicationWindow {
            set_title: Some("Snowmelt"),
            set_default_size: (640, 680),
            set_size_request: (360, 294),

            adw::ToolbarView {
                add_top_bar = &adw::HeaderBar {
                    pack_end = &gtk::Button {
                        set_icon_name: "help-about-symbolic",
                        set_tooltip_text: Some(&gettext("About Snowmelt")),
                        update_property: &[gtk::accessible::Property::Label(&gettext("About Snowmelt"))],
                        connect_clicked => Input::About,
                    },
                },

                #[wrap(Some)]
                set_content = &gtk::Stack {
                    set_transition_type: gtk::StackTransitionType::Crossfade,
                    add_named[Some(Page::Loading.name())] = &adw::StatusPage {
                        set_title: &gettext("Looking for Disks…"),
                        set_paintable: Some(&adw::SpinnerPaintable::new(Some(&root))),
                    },
                    add_named[Some(Page::Failure.name())] = model.failure.widget(),
                    add_named[Some(Page::Empty.name())] = &adw::StatusPage {
                        set_icon_name: Some("drive-harddisk-symbolic"),
                        set_title: &gettext("No Disks"),
                        set_description: Some(&gettext("Plug in a disk, and it appears here.")),
                    },
                    add_named[Some(Page::Disks.name())] = &adw::PreferencesPage {
                        add = model.list.widget(),
                        add = model.contents.widget(),
                    },
                    #[watch]
                    set_visible_child_name: model.page.name(),
                },
            },
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self {
            page: Page::Loading,
            list: DiskList::builder().launch(()).forward(sender.input_sender(), Input::Chosen),
            contents: Contents::builder().launch(()).detach(),
            failure: Failure::builder().launch(()).forward(sender.input_sender(), |Retry| Input::Retry),
        };
        let widgets = view_output!();
        follow(&sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Retry => {
                self.page = Page::Loading;
                follow(&sender);
            }
            Input::Chosen(Choice(disk)) => self.contents.emit(contents::Show(disk)),
            Input::About => about::dialog().present(Some(root)),
        }
    }

    fn update_cmd(&mut self, event: service::Event, _: ComponentSender<Self>, _: &Self::Root) {
        match event {
            service::Event::Disks(disks) => {
                self.page = if disks.is_empty() { Page::Empty } else { Page::Disks };
                self.list.emit(disk_list::Input::Show(disks));
            }
            service::Event::Failed(error) => {
                self.page = Page::Failure;
                self.failure.emit(error);
            }
        }
    }
}

fn follow(sender: &ComponentSender<Window>) {
    sender.command(|events, shutdown| shutdown.register(service::follow(events)).drop_on_shutdown());
}
