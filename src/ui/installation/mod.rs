//! The page that an installation has: how it goes, and how it has ended.

mod feed;
mod run;
mod words;

use std::time::Duration;

use relm4::adw::prelude::*;
use relm4::gtk::glib;
use relm4::prelude::*;

pub(super) use self::feed::News;
use self::feed::{Feed, Lines};
use self::run::{Ended, Runner};
use super::log::Log;
use super::pages::{done, failed, progress};
use super::save::{self, Content};
use super::{crash, log_view};
use crate::boundary::reboot;
use crate::engine::{self, Failure, Job};
use crate::i18n::{gettext, gettext_f};

/// The page's word in the window's navigation.
pub(super) const TAG: &str = "installation";
/// How often the page takes in what is new.
const TICK: Duration = Duration::from_millis(100);
/// After how many of those the log is gone on with: nobody reads it faster. It waits then until nothing
/// else is to be done, because that is when GTK 4.18 frees the layouts of lines that are gone, some nine
/// kilobytes each (`purge_text_line_display_in_idle`).
const LOG_TICKS: u32 = 5;
/// After how many it waits no longer.
const MOST_LOG_TICKS: u32 = 50;

/// The page.
pub(super) struct Installation {
    state: State,
    runner: Option<Runner>,
    /// What the last one has said; it outlives its thread.
    feed: Option<Feed>,
    /// Counts the installations: what an earlier one still says is passed over.
    number: u64,
    job: Option<Job>,
    /// The place of the step that runs, from 1.
    step: usize,
    failure: Option<Failure>,
    log: Log,
    progress: Controller<progress::Progress>,
    failed: Controller<failed::Failed>,
    done: Controller<done::Done>,
    tick: Option<glib::SourceId>,
    /// How many ticks ago the log was gone on with.
    log_waits: u32,
    awake: Option<u32>,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Running,
    Failed,
    /// A failed one is put away; then the person goes back, or the window closes.
    PuttingAway {
        close: bool,
    },
    Done,
}

impl State {
    fn page(self) -> &'static str {
        match self {
            Self::Idle | Self::Running => "progress",
            Self::Failed | Self::PuttingAway { .. } => "failed",
            Self::Done => "done",
        }
    }

    fn title(self) -> String {
        match self {
            Self::Idle | Self::Running => gettext("Installing NixOS"),
            Self::Failed | Self::PuttingAway { .. } => gettext("Not Installed"),
            Self::Done => gettext("Installed"),
        }
    }
}

/// What the page is told.
#[derive(Debug)]
pub(super) enum Input {
    /// Begin.
    Start(Box<engine::Installation>),
    /// Look for news.
    Tick,
    /// There is time to go on with the log.
    Rested,
    /// A try of the installation with this number has ended.
    Ended(u64, Box<Ended>),
    /// By the page that shows how it goes.
    Progress(progress::Output),
    /// By the page for failures.
    Failed(failed::Output),
    /// By the last page.
    Done(done::Output),
    /// The person has said that it is to be stopped.
    Stop,
    /// The window is to be closed.
    Close,
}

/// What the window is told.
#[derive(Debug)]
pub(super) enum Output {
    /// The system is installed; nobody needs the secrets any more.
    Installed,
    /// The summary is to be shown again, with a notice.
    Back(Option<String>),
    /// A short notice.
    Notice(String),
    /// The window may close.
    Close,
}

#[relm4::component(pub(super))]
impl Component for Installation {
    type Init = ();
    type Input = Input;
    type Output = Output;
    type CommandOutput = Result<(), String>;

    view! {
        adw::NavigationPage {
            set_tag: Some(TAG),
            set_can_pop: false,
            #[watch]
            set_title: &model.state.title(),
            #[wrap(Some)]
            set_child = &gtk::Stack {
                set_transition_type: gtk::StackTransitionType::Crossfade,
                add_named[Some("progress")] = model.progress.widget(),
                add_named[Some("failed")] = model.failed.widget(),
                add_named[Some("done")] = model.done.widget(),
                #[watch]
                set_visible_child_name: model.state.page(),
            },
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let log = Log::new();
        let input = sender.input_sender();
        let model = Self {
            state: State::Idle,
            runner: None,
            feed: None,
            number: 0,
            job: None,
            step: 0,
            failure: None,
            progress: progress::Progress::builder().launch(log.clone()).forward(input, Input::Progress),
            failed: failed::Failed::builder().launch(()).forward(input, Input::Failed),
            done: done::Done::builder().launch(()).forward(input, Input::Done),
            log,
            tick: None,
            log_waits: 0,
            awake: None,
        };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Start(installation) => self.start(*installation, &sender, root),
            Input::Tick => self.ticked(&sender),
            Input::Rested if self.log_waits >= LOG_TICKS => self.hear_log(),
            Input::Rested => {}
            Input::Ended(number, ended) if number == self.number => self.ended(*ended, &sender),
            Input::Ended(..) => {}
            Input::Progress(progress::Output::Cancel) => self.ask_whether_to_stop(&sender, root),
            Input::Progress(progress::Output::Log(log_view::Output::Copied))
            | Input::Failed(failed::Output::Copied) => say(&sender, Output::Notice(gettext("Copied"))),
            Input::Progress(progress::Output::Log(log_view::Output::Save))
            | Input::Done(done::Output::SaveLog) => self.save_log(&sender, root),
            Input::Failed(failed::Output::Again) => self.again(&sender, root),
            Input::Failed(failed::Output::StartOver) => self.leave(false, &sender),
            Input::Failed(failed::Output::SaveReport) => self.save_report(&sender, root),
            Input::Done(done::Output::Restart) => {
                self.done.emit(done::Input::Restarting(true));
                sender.oneshot_command(reboot::reboot());
            }
            Input::Done(done::Output::Close) => self.leave(true, &sender),
            Input::Stop => self.stop(),
            Input::Close if self.state == State::Running => self.ask_whether_to_stop(&sender, root),
            Input::Close => self.leave(true, &sender),
        }
    }

    fn update_cmd(&mut self, restarted: Result<(), String>, sender: ComponentSender<Self>, _: &Self::Root) {
        if let Err(cause) = restarted {
            tracing::warn!("restarting: {cause}");
            self.done.emit(done::Input::Restarting(false));
            say(
                &sender,
                Output::Notice(gettext_f(
                    "The computer can’t be restarted from here: {cause}. Use the desktop’s own menu.",
                    &[("cause", &cause)],
                )),
            );
        }
    }
}

impl Installation {
    fn start(
        &mut self,
        installation: engine::Installation,
        sender: &ComponentSender<Self>,
        root: &adw::NavigationPage,
    ) {
        self.number += 1;
        self.step = 0;
        self.failure = None;
        self.log.clear();
        let job = installation.job().clone();
        let steps = job.plan.steps.iter().map(crate::pure::plan::Step::sentence).collect();
        self.progress.emit(progress::Input::Begin(steps));
        crash::note(Some(&job.plan));
        self.job = Some(job);
        let (ended, heard) = relm4::channel();
        let number = self.number;
        let forward =
            heard.forward(sender.input_sender().clone(), move |end| Input::Ended(number, Box::new(end)));
        // It ends with the thread.
        let _forwarding = relm4::spawn_local(forward);
        match Runner::start(installation, ended) {
            Ok(runner) => {
                self.feed = Some(runner.feed().clone());
                self.runner = Some(runner);
                self.run(sender, root);
            }
            Err(error) => {
                tracing::error!("no thread for the installation: {error}");
                say(sender, Output::Back(Some(words::no_thread(&error))));
            }
        }
    }

    fn again(&mut self, sender: &ComponentSender<Self>, root: &adw::NavigationPage) {
        if self.runner.as_mut().is_some_and(Runner::again) {
            self.progress.emit(progress::Input::Again);
            self.run(sender, root);
        } else {
            self.leave(false, sender);
        }
    }

    /// What every try begins with.
    fn run(&mut self, sender: &ComponentSender<Self>, root: &adw::NavigationPage) {
        self.state = State::Running;
        self.stay_awake(root);
        let input = sender.input_sender().clone();
        let tick = glib::timeout_add_local(TICK, move || {
            input.emit(Input::Tick);
            glib::ControlFlow::Continue
        });
        if let Some(before) = self.tick.replace(tick) {
            before.remove();
        }
    }

    fn stay_awake(&mut self, root: &adw::NavigationPage) {
        use gtk::ApplicationInhibitFlags as Flags;
        if self.awake.is_none() {
            let what = Flags::LOGOUT | Flags::SUSPEND | Flags::IDLE;
            let why = gettext("NixOS is being installed.");
            let window = save::window_of(root);
            let cookie = relm4::main_application().inhibit(window.as_ref(), what, Some(&why));
            // 0 is no inhibition (gtk_application_inhibit).
            self.awake = (cookie != 0).then_some(cookie);
        }
    }

    fn ticked(&mut self, sender: &ComponentSender<Self>) {
        self.hear();
        self.log_waits += 1;
        if self.log_waits == LOG_TICKS {
            let input = sender.input_sender().clone();
            let _source = glib::idle_add_local_full(glib::Priority::LOW, move || {
                input.emit(Input::Rested);
                glib::ControlFlow::Break
            });
        } else if self.log_waits >= MOST_LOG_TICKS {
            self.hear_log();
        }
    }

    fn hear(&mut self) {
        let Some(feed) = &self.feed else { return };
        let news = feed.take();
        if let Some(step) = news.begun {
            self.step = step;
        }
        self.progress.emit(progress::Input::News(news));
    }

    fn hear_log(&mut self) {
        let Some(feed) = &self.feed else { return };
        let Lines { lines, left_out } = feed.take_lines();
        self.log.add(&lines, left_out);
        self.log_waits = 0;
    }

    /// What every try ends with.
    fn rest(&mut self) {
        self.hear();
        self.hear_log();
        if let Some(tick) = self.tick.take() {
            tick.remove();
        }
        if let Some(cookie) = self.awake.take() {
            relm4::main_application().uninhibit(cookie);
        }
    }

    fn ended(&mut self, ended: Ended, sender: &ComponentSender<Self>) {
        self.rest();
        match ended {
            Ended::Done => {
                crash::note(None);
                let reminder = self.runner.take().and_then(|runner| runner.feed().reminder());
                self.state = State::Done;
                if let Some(job) = &self.job {
                    let (user, encrypted) = (job.answers.user.name.clone(), job.answers.encryption.enabled);
                    let log = self.log_place();
                    self.done.emit(done::Input::Show { user, encrypted, log, reminder });
                }
                say(sender, Output::Installed);
            }
            Ended::Failed(failure) if failure.is_no() => {
                crash::note(None);
                self.runner = None;
                self.state = State::Idle;
                let notice = format!("{} {}", failure.sentence, failure.means());
                say(sender, Output::Back(Some(notice)));
            }
            Ended::Failed(failure) => {
                if !failure.retry {
                    self.runner = None;
                }
                self.fail(failure);
            }
            Ended::PutAway(left_over) => self.was_put_away(left_over, sender),
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.state = State::Failed;
        let story = words::story(&failure, self.job.as_ref(), self.log_place());
        self.failed.emit(failed::Input::Show(Box::new(story)));
        self.failure = Some(failure);
    }

    fn was_put_away(&mut self, left_over: Vec<String>, sender: &ComponentSender<Self>) {
        crash::note(None);
        self.runner = None;
        let State::PuttingAway { close } = self.state else { return };
        match self.failure.take() {
            Some(failure) if !left_over.is_empty() => {
                self.fail(Failure { retry: false, left_over, ..failure });
            }
            _ => {
                self.state = State::Idle;
                say(sender, if close { Output::Close } else { Output::Back(None) });
            }
        }
    }

    /// Leaves the page, once nothing is mounted or unlocked any more.
    fn leave(&mut self, close: bool, sender: &ComponentSender<Self>) {
        match self.state {
            State::Running => {}
            State::PuttingAway { .. } => self.state = State::PuttingAway { close },
            State::Failed if self.runner.as_ref().is_some_and(Runner::put_away) => {
                self.state = State::PuttingAway { close };
                self.failed.emit(failed::Input::Busy(true));
                say(sender, Output::Notice(gettext("Unmounting and locking. This may take a moment.")));
            }
            State::Failed | State::Idle | State::Done => {
                self.runner = None;
                if !close {
                    self.state = State::Idle;
                }
                say(sender, if close { Output::Close } else { Output::Back(None) });
            }
        }
    }

    fn ask_whether_to_stop(&self, sender: &ComponentSender<Self>, root: &adw::NavigationPage) {
        let input = sender.input_sender().clone();
        words::ask_whether_to_stop(self.is_erased(), root, move || input.emit(Input::Stop));
    }

    /// Where the whole log is, in words; empty where there is no such file.
    fn log_place(&self) -> String {
        let path = self.feed.as_ref().and_then(Feed::log);
        path.map(|path| {
            gettext_f(
                "The whole log is {file}, until this computer is restarted.",
                &[("file", &path.display().to_string())],
            )
        })
        .unwrap_or_default()
    }

    /// Whether the step from which there is no way back has begun.
    fn is_erased(&self) -> bool {
        let steps = self.job.iter().flat_map(|job| &job.plan.steps);
        steps.take(self.step).any(crate::pure::plan::Step::is_point_of_no_return)
    }

    fn stop(&mut self) {
        if self.state != State::Running {
            return;
        }
        if let Some(runner) = &self.runner {
            runner.cancel();
            self.progress.emit(progress::Input::Stopping);
        }
    }

    fn save_log(&self, sender: &ComponentSender<Self>, root: &adw::NavigationPage) {
        // The window keeps only the end of a long one.
        let whole = self.feed.as_ref().and_then(Feed::log);
        let log = whole.map_or_else(|| Content::Text(self.log.text()), Content::File);
        self.save(gettext("Save the Log"), "snowmelt.log", log, sender, root);
    }

    fn save_report(&self, sender: &ComponentSender<Self>, root: &adw::NavigationPage) {
        let report = self.feed.as_ref().map(Feed::report).unwrap_or_default();
        self.save(gettext("Save the Report"), "snowmelt-report.txt", Content::Text(report), sender, root);
    }

    fn save(
        &self,
        title: String,
        name: &'static str,
        content: Content,
        sender: &ComponentSender<Self>,
        root: &adw::NavigationPage,
    ) {
        let (window, output) = (save::window_of(root), sender.output_sender().clone());
        let _saving = relm4::spawn_local(async move {
            if let Some(notice) = save::save(window, title, name, content).await {
                output.emit(Output::Notice(notice));
            }
        });
    }
}

/// The window listens as long as it is there.
fn say(sender: &ComponentSender<Installation>, output: Output) {
    let _unheard = sender.output(output);
}
