//! The page after an installation that has failed, or that was stopped.

use relm4::adw::prelude::*;
use relm4::gtk::accessible::Property;
use relm4::gtk::pango;
use relm4::prelude::*;

use crate::i18n::gettext;
use crate::ui::stretch;

/// The page.
pub(in crate::ui) struct Failed {
    story: Story,
    busy: bool,
    left_over: Vec<adw::ActionRow>,
    group: adw::PreferencesGroup,
}

/// What has happened, in words.
#[derive(Debug, Clone, Default)]
pub(in crate::ui) struct Story {
    /// In two or three words.
    pub(in crate::ui) title: String,
    /// In a sentence.
    pub(in crate::ui) sentence: String,
    /// Which step it was, in a sentence; empty when it was none.
    pub(in crate::ui) step: String,
    /// The daemon's or program's own last words; perhaps none.
    pub(in crate::ui) cause: String,
    /// What it means for the disk.
    pub(in crate::ui) means: String,
    /// What to do next.
    pub(in crate::ui) next: String,
    /// What could not be put away.
    pub(in crate::ui) left_over: Vec<String>,
    /// Where the whole log is, in a sentence; perhaps nowhere.
    pub(in crate::ui) log: String,
    /// What another try is called, where there may be one.
    pub(in crate::ui) again: Option<String>,
}

/// What the page is told.
#[derive(Debug)]
pub(in crate::ui) enum Input {
    /// This has happened.
    Show(Box<Story>),
    /// Everything is being put away, or is so now.
    Busy(bool),
    /// The person wants the program's own words.
    Copy,
}

/// What the person wants.
#[derive(Debug)]
pub(in crate::ui) enum Output {
    /// Another try.
    Again,
    /// To go back to the summary.
    StartOver,
    /// A report to keep.
    SaveReport,
    /// To know that the words were copied.
    Copied,
}

#[relm4::component(pub(in crate::ui))]
impl Component for Failed {
    type Init = ();
    type Input = Input;
    type Output = Output;
    type CommandOutput = ();

    view! {
        adw::ToolbarView {
            add_top_bar = &adw::HeaderBar {},

            #[wrap(Some)]
            set_content = &gtk::ScrolledWindow {
                set_hscrollbar_policy: gtk::PolicyType::Never,
                adw::Clamp {
                    set_maximum_size: 640,
                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 18,
                        set_margin_all: 18,

                        gtk::Image {
                            set_icon_name: Some("dialog-warning-symbolic"),
                            set_pixel_size: 96,
                            add_css_class: "dim-label",
                            set_accessible_role: gtk::AccessibleRole::Presentation,
                        },
                        gtk::Label {
                            #[watch]
                            set_label: &model.story.title,
                            set_wrap: true,
                            set_justify: gtk::Justification::Center,
                            add_css_class: "title-1",
                        },
                        gtk::Label {
                            #[watch]
                            set_label: &model.story.sentence,
                            set_wrap: true,
                            set_wrap_mode: pango::WrapMode::WordChar,
                            set_justify: gtk::Justification::Center,
                        },
                        #[local_ref]
                        group -> adw::PreferencesGroup {
                            set_title: &gettext("What Has Happened"),
                            add = &row() -> adw::ActionRow {
                                set_title: &gettext("Step"),
                                #[watch]
                                set_subtitle: &model.story.step,
                                #[watch]
                                set_visible: !model.story.step.is_empty(),
                            },
                            add = &row() -> adw::ActionRow {
                                set_title: &gettext("What it means for the disk"),
                                #[watch]
                                set_subtitle: &model.story.means,
                                #[watch]
                                set_visible: !model.story.means.is_empty(),
                            },
                            add = &row() -> adw::ActionRow {
                                set_title: &gettext("What to do next"),
                                #[watch]
                                set_subtitle: &model.story.next,
                                #[watch]
                                set_visible: !model.story.next.is_empty(),
                            },
                        },
                        gtk::Label {
                            #[watch]
                            set_label: &model.story.log,
                            #[watch]
                            set_visible: !model.story.log.is_empty(),
                            set_wrap: true,
                            set_wrap_mode: pango::WrapMode::WordChar,
                            set_justify: gtk::Justification::Center,
                            set_selectable: true,
                            add_css_class: "dim-label",
                        },
                        adw::PreferencesGroup {
                            set_title: &gettext("In the Program’s Own Words"),
                            #[watch]
                            set_visible: !model.story.cause.is_empty(),
                            #[wrap(Some)]
                            set_header_suffix = &gtk::Button {
                                set_icon_name: "edit-copy-symbolic",
                                set_tooltip_text: Some(&gettext("Copy")),
                                update_property: &[Property::Label(&gettext("Copy the program’s words"))],
                                add_css_class: "flat",
                                connect_clicked => Input::Copy,
                            },
                            #[local_ref]
                            words -> adw::PreferencesRow {
                                set_activatable: false,
                                set_focusable: false,
                                #[wrap(Some)]
                                set_child = &gtk::Label {
                                    #[watch]
                                    set_label: &model.story.cause,
                                    set_wrap: true,
                                    set_wrap_mode: pango::WrapMode::WordChar,
                                    set_selectable: true,
                                    set_xalign: 0.0,
                                    set_margin_all: 12,
                                    add_css_class: "monospace",
                                },
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
                #[name = "report"]
                gtk::Button {
                    set_label: &gettext("Save Re_port…"),
                    set_use_underline: true,
                    add_css_class: "pill",
                },
                gtk::Button {
                    set_label: &gettext("_Start Over"),
                    set_use_underline: true,
                    add_css_class: "pill",
                    #[watch]
                    set_sensitive: !model.busy,
                    connect_clicked[sender] => move |_| say(&sender, Output::StartOver),
                },
                #[name = "again"]
                gtk::Button {
                    #[watch]
                    set_label: model.story.again.as_deref().unwrap_or_default(),
                    set_use_underline: true,
                    add_css_class: "pill",
                    add_css_class: "suggested-action",
                    #[watch]
                    set_visible: model.story.again.is_some(),
                    #[watch]
                    set_sensitive: !model.busy,
                },
            },
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self {
            story: Story::default(),
            busy: false,
            left_over: Vec::new(),
            group: adw::PreferencesGroup::new(),
        };
        let group = &model.group;
        let words = &adw::PreferencesRow::new();
        words
            .upcast_ref::<gtk::Widget>()
            .update_property(&[Property::Label(&gettext("The program’s own words"))]);
        let widgets = view_output!();
        let saver = sender.clone();
        let _handler = widgets.report.connect_clicked(move |_| say(&saver, Output::SaveReport));
        let _handler = widgets.again.connect_clicked(move |_| say(&sender, Output::Again));
        ComponentParts { model, widgets }
    }

    fn update_with_view(
        &mut self,
        widgets: &mut Self::Widgets,
        input: Input,
        sender: ComponentSender<Self>,
        root: &Self::Root,
    ) {
        match input {
            Input::Show(story) => {
                self.busy = false;
                self.show(*story);
                let first = if self.story.again.is_some() { &widgets.again } else { &widgets.report };
                focus_later(first);
                let spoken = format!("{} {} {}", self.story.title, self.story.sentence, self.story.means);
                root.upcast_ref::<gtk::Widget>().announce(&spoken, gtk::AccessibleAnnouncementPriority::High);
            }
            Input::Busy(busy) => self.busy = busy,
            Input::Copy => {
                root.clipboard().set_text(&self.story.cause);
                say(&sender, Output::Copied);
            }
        }
        self.update_view(widgets, sender);
    }
}

impl Failed {
    fn show(&mut self, story: Story) {
        for row in self.left_over.drain(..) {
            self.group.remove(&row);
        }
        for what in &story.left_over {
            let row = row();
            row.set_title(&gettext("This could not be put away"));
            row.set_subtitle(what);
            self.group.add(&row);
            self.left_over.push(row);
        }
        self.story = story;
    }
}

/// Gives a button the keyboard once the page is seen. By itself it would come to the first text that
/// can be copied, and mark all of it.
fn focus_later(button: &gtk::Button) {
    let button = button.downgrade();
    stretch::later(move || {
        if let Some(button) = button.upgrade() {
            let _whether = button.grab_focus();
        }
    });
}

/// A row for somebody else's words: no markup, and nothing cut off.
fn row() -> adw::ActionRow {
    adw::ActionRow::builder()
        .use_markup(false)
        .title_lines(0)
        .subtitle_lines(0)
        .subtitle_selectable(true)
        .css_classes(["property"])
        .build()
}

/// The window listens as long as its page is shown.
fn say(sender: &ComponentSender<Failed>, output: Output) {
    let _unheard = sender.output(output);
}
