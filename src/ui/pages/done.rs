//! The page after an installation that has succeeded.

use relm4::adw::prelude::*;
use relm4::prelude::*;

use crate::i18n::{gettext, gettext_f};
use crate::pure::markup;

/// The page.
pub(in crate::ui) struct Done {
    /// Who logs in, and whether a passphrase is asked for before.
    user: String,
    encrypted: bool,
    log: String,
    /// What to see to before the restart; mostly nothing.
    reminder: String,
    restarting: bool,
}

/// What the page is told.
#[derive(Debug)]
pub(in crate::ui) enum Input {
    /// A system for this user was installed.
    Show {
        /// Login name.
        user: String,
        /// Whether the disk asks for a passphrase.
        encrypted: bool,
        /// Where the whole log is, in a sentence; perhaps nowhere.
        log: String,
        /// What to see to before the restart.
        reminder: Option<String>,
    },
    /// The computer is asked to restart, or could not be.
    Restarting(bool),
}

/// What the person wants.
#[derive(Debug)]
pub(in crate::ui) enum Output {
    /// To restart.
    Restart,
    /// To save the log.
    SaveLog,
    /// To go on using the live session.
    Close,
}

#[relm4::component(pub(in crate::ui))]
impl Component for Done {
    type Init = ();
    type Input = Input;
    type Output = Output;
    type CommandOutput = ();

    view! {
        adw::ToolbarView {
            add_top_bar = &adw::HeaderBar {},

            #[wrap(Some)]
            set_content = &adw::StatusPage {
                set_icon_name: Some("object-select-symbolic"),
                set_title: &gettext("NixOS Is Installed"),
                set_description: Some(&gettext("From the next start on, this computer runs its new system.")),

                adw::Clamp {
                    set_maximum_size: 480,
                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 24,
                        adw::PreferencesGroup {
                            set_title: &gettext("Before You Restart"),
                            #[watch]
                            set_visible: !model.reminder.is_empty(),
                            adw::ActionRow {
                                add_prefix = &gtk::Image {
                                    set_icon_name: Some("dialog-warning-symbolic"),
                                    add_css_class: "warning",
                                    set_accessible_role: gtk::AccessibleRole::Presentation,
                                },
                                set_use_markup: false,
                                #[watch]
                                set_title: &model.reminder,
                                set_title_lines: 0,
                                set_title_selectable: true,
                            },
                        },
                        adw::PreferencesGroup {
                            set_title: &gettext("What Comes Next"),
                            #[watch]
                            set_description: (!model.log.is_empty()).then_some(markup::escape(&model.log)).as_deref(),
                            adw::ActionRow {
                                set_title: &gettext("Restart, and take out the medium that you started from"),
                                set_title_lines: 0,
                            },
                            adw::ActionRow {
                                #[watch]
                                set_visible: model.encrypted,
                                set_title: &gettext("Type the disk’s passphrase when the computer asks for it"),
                                set_title_lines: 0,
                            },
                            adw::ActionRow {
                                set_use_markup: false,
                                #[watch]
                                set_title: &model.login(),
                                set_title_lines: 0,
                            },
                        },
                    },
                },
            },
            add_bottom_bar = &adw::WrapBox {
                set_margin_all: 12,
                set_child_spacing: 12,
                set_line_spacing: 12,
                set_align: 1.0,
                gtk::Button {
                    set_label: &gettext("_Save Log…"),
                    set_use_underline: true,
                    add_css_class: "pill",
                    connect_clicked[sender] => move |_| say(&sender, Output::SaveLog),
                },
                gtk::Button {
                    set_label: &gettext("_Keep Using the Live System"),
                    set_use_underline: true,
                    add_css_class: "pill",
                    connect_clicked[sender] => move |_| say(&sender, Output::Close),
                },
                gtk::Button {
                    set_label: &gettext("_Restart Now"),
                    set_use_underline: true,
                    add_css_class: "pill",
                    add_css_class: "suggested-action",
                    #[watch]
                    set_sensitive: !model.restarting,
                    connect_clicked[sender] => move |_| say(&sender, Output::Restart),
                },
            },
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self {
            user: String::new(),
            encrypted: true,
            log: String::new(),
            reminder: String::new(),
            restarting: false,
        };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, _: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Show { user, encrypted, log, reminder } => {
                self.user = user;
                self.log = log;
                self.encrypted = encrypted;
                self.reminder = reminder.unwrap_or_default();
                let said = format!("{} {}", gettext("NixOS Is Installed"), self.reminder);
                root.upcast_ref::<gtk::Widget>()
                    .announce(said.trim_end(), gtk::AccessibleAnnouncementPriority::High);
            }
            Input::Restarting(restarting) => self.restarting = restarting,
        }
    }
}

impl Done {
    fn login(&self) -> String {
        gettext_f("Log in as {user}", &[("user", &self.user)])
    }
}

/// The window listens as long as its page is shown.
fn say(sender: &ComponentSender<Done>, output: Output) {
    let _unheard = sender.output(output);
}
