//! The page that shows how an installation goes.

mod steps;

use std::time::{Duration, Instant};

use relm4::adw::prelude::*;
use relm4::gtk::accessible::Property;
use relm4::gtk::pango;
use relm4::prelude::*;

use self::steps::Steps;
use crate::i18n::{gettext, gettext_f, ngettext_f, side_by_side};
use crate::pure::estimate::Estimate;
use crate::ui::installation::News;
use crate::ui::log::Log;
use crate::ui::log_view::{self, LogView};
use crate::ui::stretch;

/// How often the time left is worked out anew.
const BREATH: Duration = Duration::from_secs(1);

/// The page.
pub(in crate::ui) struct Progress {
    steps: Steps,
    log: Controller<LogView>,
    estimate: Estimate,
    began: Instant,
    asked: Instant,
    left: Option<Duration>,
    number: usize,
    fraction: f64,
    activity: String,
    warning: String,
    stopping: bool,
}

/// What the page is told.
#[derive(Debug)]
pub(in crate::ui) enum Input {
    /// An installation of these steps begins.
    Begin(Vec<String>),
    /// Another try begins.
    Again,
    /// What is new since the last time; perhaps nothing.
    News(News),
    /// It is being stopped.
    Stopping,
}

/// What the person wants.
#[derive(Debug)]
pub(in crate::ui) enum Output {
    /// To stop it.
    Cancel,
    /// Something with the log.
    Log(log_view::Output),
}

#[relm4::component(pub(in crate::ui))]
impl Component for Progress {
    type Init = Log;
    type Input = Input;
    type Output = Output;
    type CommandOutput = ();

    view! {
        adw::ToolbarView {
            add_top_bar = &adw::HeaderBar {},
            add_top_bar = &adw::Banner {
                set_use_markup: false,
                #[watch]
                set_title: &model.warning,
                #[watch]
                set_revealed: !model.warning.is_empty(),
            },

            #[wrap(Some)]
            set_content = &gtk::ScrolledWindow {
                set_hscrollbar_policy: gtk::PolicyType::Never,
                #[name = "viewport"]
                gtk::Viewport {
                    set_scroll_to_focus: true,
                    #[wrap(Some)]
                    set_child = &adw::Clamp {
                        set_maximum_size: 720,
                        gtk::Box {
                            set_orientation: gtk::Orientation::Vertical,
                            set_spacing: 12,
                            set_margin_all: 18,

                            gtk::Label {
                                #[watch]
                                set_label: &model.sentence(),
                                set_wrap: true,
                                set_wrap_mode: pango::WrapMode::WordChar,
                                set_justify: gtk::Justification::Center,
                                add_css_class: "title-2",
                            },
                            gtk::ProgressBar {
                                #[watch]
                                set_fraction: model.fraction,
                                update_property: &[Property::Label(&gettext("Progress of the installation"))],
                            },
                            gtk::Label {
                                #[watch]
                                set_label: &model.place(),
                                set_wrap: true,
                                set_justify: gtk::Justification::Center,
                                add_css_class: "numeric",
                            },
                            gtk::Label {
                                #[watch]
                                set_label: &model.activity,
                                // The next one comes soon; a second line would make everything jump.
                                set_ellipsize: pango::EllipsizeMode::Middle,
                                add_css_class: "dim-label",
                                add_css_class: "numeric",
                            },
                            append = model.steps.widget(),
                            #[name = "log"]
                            gtk::Expander {
                                set_label: Some(&gettext("Log")),
                                set_child: Some(model.log.widget()),
                            },
                        },
                    },
                },
            },
            add_bottom_bar = &gtk::Box {
                set_margin_all: 12,
                set_halign: gtk::Align::End,
                gtk::Button {
                    set_label: &gettext("_Cancel…"),
                    set_use_underline: true,
                    add_css_class: "pill",
                    #[watch]
                    set_sensitive: !model.stopping,
                    connect_clicked[sender] => move |_| {
                        // The window listens as long as its page is shown.
                        let _unheard = sender.output(Output::Cancel);
                    },
                },
            },
        }
    }

    fn init(log: Log, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let now = Instant::now();
        let model = Self {
            steps: Steps::new(),
            log: LogView::builder().launch(log).forward(sender.output_sender(), Output::Log),
            estimate: Estimate::new(),
            began: now,
            asked: now,
            left: None,
            number: 0,
            fraction: 0.0,
            activity: String::new(),
            warning: String::new(),
            stopping: false,
        };
        let widgets = view_output!();
        show_when_opened(&widgets.viewport, &widgets.log);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, _: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Begin(steps) => {
                self.steps.set(steps);
                self.fraction = 0.0;
                self.number = 0;
                self.begin();
            }
            Input::Again => self.begin(),
            Input::News(news) => self.hear(news, root),
            Input::Stopping => {
                self.stopping = true;
                self.activity.clear();
                announce(root, &self.sentence());
            }
        }
    }
}

impl Progress {
    fn begin(&mut self) {
        self.estimate = Estimate::new();
        self.began = Instant::now();
        self.asked = self.began;
        self.left = None;
        self.activity.clear();
        self.warning.clear();
        self.stopping = false;
    }

    fn hear(&mut self, news: News, root: &adw::ToolbarView) {
        if let Some(number) = news.begun {
            self.number = number;
            self.steps.begun(number);
            if !self.stopping {
                announce(root, &self.sentence());
            }
        }
        if let Some(activity) = news.activity {
            self.activity = if self.stopping { String::new() } else { activity };
        }
        if let Some(warning) = news.warning {
            announce(root, &warning);
            self.warning = warning;
        }
        let now = self.began.elapsed();
        if let Some(fraction) = news.fraction {
            self.fraction = fraction;
            self.estimate.hear(now, fraction);
        }
        if self.asked.elapsed() >= BREATH {
            self.asked = Instant::now();
            self.left = self.estimate.left(now);
        }
    }

    /// What is being done.
    fn sentence(&self) -> String {
        if self.stopping {
            return gettext("Stopping. This may take a moment.");
        }
        match self.steps.sentence(self.number) {
            Some(sentence) => sentence.to_owned(),
            None => gettext("Asking for the right to install"),
        }
    }

    /// How far it has come, in words.
    fn place(&self) -> String {
        if self.number == 0 || self.stopping {
            return String::new();
        }
        let percent = format!("{:.0}", (self.fraction * 100.0).floor());
        let place = gettext_f(
            // Translators: How far an installation has come.
            "Step {number} of {count} · {percent} %",
            &[
                ("number", &self.number.to_string()),
                ("count", &self.steps.count().to_string()),
                ("percent", &percent),
            ],
        );
        match self.left {
            Some(left) => side_by_side(&[place, left_words(left)]),
            None => place,
        }
    }
}

/// Brings into sight what is opened below it.
fn show_when_opened(viewport: &gtk::Viewport, expander: &gtk::Expander) {
    let viewport = viewport.downgrade();
    let _handler = expander.connect_expanded_notify(move |expander| {
        let (Some(viewport), true) = (viewport.upgrade(), expander.is_expanded()) else { return };
        let opened = expander.clone();
        // It has its place once it was drawn.
        stretch::after_drawing(expander, move || viewport.scroll_to(&opened, None));
    });
}

/// The time left, in whole minutes.
fn left_words(left: Duration) -> String {
    let minutes = u32::try_from(left.as_secs().div_ceil(60)).unwrap_or(u32::MAX);
    if minutes <= 1 {
        return gettext("less than a minute left");
    }
    ngettext_f(
        "about {count} minute left",
        "about {count} minutes left",
        minutes,
        &[("count", &minutes.to_string())],
    )
}

fn announce(root: &adw::ToolbarView, sentence: &str) {
    root.upcast_ref::<gtk::Widget>().announce(sentence, gtk::AccessibleAnnouncementPriority::Medium);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_told_in_whole_minutes() {
        assert_eq!(left_words(Duration::from_secs(20)), "less than a minute left");
        assert_eq!(left_words(Duration::from_secs(61)), "about 2 minutes left");
        assert_eq!(left_words(Duration::from_secs(600)), "about 10 minutes left");
    }
}
