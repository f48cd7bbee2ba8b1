//! The window: the trail, the pages, and the state behind them.

use std::rc::Rc;
use std::time::Duration;

use relm4::adw::prelude::*;
use relm4::gtk::{gio, glib};
use relm4::prelude::*;

use super::frame::Frame;
use super::installation::{self, Installation};
use super::page::{Content, Said, Show, start};
use super::trail::Trail;
use super::{
    about, accessibility, begin, confirm, interrupted, pages, service, set_direction, shortcuts, stretch,
};
use crate::boundary::{machine, receipt_file};
use crate::engine;
use crate::i18n::{self, gettext, gettext_f};
use crate::pure::secret::Secret;
use crate::pure::wizard::{Disks, Page, Wizard};

/// Below this width the trail gives way to the pages.
const NARROW: &str = "max-width: 760sp";
/// How long a page is seen before the one behind it is made. Both at once would make what the person
/// is just coming to wait.
const BREATH: Duration = Duration::from_millis(400);

/// The window.
pub(super) struct Window {
    wizard: Rc<Wizard>,
    secrets: Secrets,
    page: Page,
    /// The furthest page that was come to.
    reached: Page,
    narrow: bool,
    /// The pages that were needed so far. Whoever looks at the first one waits for no other, and
    /// gives no memory for it.
    pages: Vec<(Page, Box<dyn Content>, Frame)>,
    /// Where pages speak to.
    said: relm4::Sender<Said>,
    navigation: adw::NavigationView,
    trail: Trail,
    toasts: adw::ToastOverlay,
    installation: Option<Controller<Installation>>,
    /// The page that is about to be turned to, with the state that it was told.
    told: Option<(Page, Rc<Wizard>)>,
    /// Whether answers to begin with were looked for.
    suggested: bool,
}

#[derive(Default)]
struct Secrets {
    passphrase: Option<Secret>,
    password: Option<Secret>,
}

impl Secrets {
    /// What the engine gets. The window keeps its own, for the case that it fails.
    fn copy(&self) -> engine::Secrets {
        engine::Secrets {
            passphrase: self.passphrase.as_ref().map(Secret::duplicate),
            password: self
                .password
                .as_ref()
                .map(Secret::duplicate)
                .unwrap_or_else(|| Secret::new(String::new())),
        }
    }
}

/// What the window is told.
#[derive(Debug)]
pub(super) enum Input {
    /// By a page.
    Said(Said),
    /// The person wants to go on.
    Continue,
    /// The person wants to go to a page that they have been on.
    GoTo(Page),
    /// A page has taken the state in, and its widgets are to be given their places.
    LayOut {
        /// The page that was seen.
        from: Page,
        /// The page to be seen.
        to: Page,
    },
    /// All of that is done, and the page can be turned to from the one that was seen then.
    Turn {
        /// The page that was seen.
        from: Page,
        /// The page to be seen.
        to: Page,
    },
    /// Another page is seen.
    Seen(Page),
    /// The first page is seen, and there is time to look around.
    LookAround,
    /// There is time to make the page behind the one that is seen.
    Prepare,
    /// The window has become too narrow for the trail, or wide enough.
    Narrow(bool),
    /// The person has agreed to have the disk erased.
    Install,
    /// The person wants to go on with an installation that was interrupted.
    Resume(Box<engine::Installation>),
    /// By the page of the installation.
    Installation(installation::Output),
    /// The window is to be closed while that page is shown.
    Close,
    /// The person wants to know about the app.
    About,
    /// The person wants to see the desktop's aids.
    Accessibility,
    /// The person wants to know the keyboard shortcuts.
    Shortcuts,
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
            set_default_size: (980, 720),
            set_size_request: (360, 294),

            #[local_ref]
            toasts -> adw::ToastOverlay {
                #[name = "split"]
                adw::OverlaySplitView {
                    set_sidebar_width_fraction: 0.24,
                    set_max_sidebar_width: 260.0,
                    set_min_sidebar_width: 200.0,

                    #[wrap(Some)]
                    set_sidebar = &adw::ToolbarView {
                        add_top_bar = &adw::HeaderBar {
                            set_show_title: false,
                        },
                        #[wrap(Some)]
                        set_content = &gtk::ScrolledWindow {
                            set_hscrollbar_policy: gtk::PolicyType::Never,
                            #[local_ref]
                            trail -> gtk::ListBox {},
                        },
                    },
                    #[local_ref]
                    #[wrap(Some)]
                    set_content = navigation -> adw::NavigationView {},
                },
            },
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let input = sender.input_sender().clone();
        let mut model = Self {
            wizard: Rc::new(Wizard::new(machine::read())),
            secrets: Secrets::default(),
            page: Page::Welcome,
            reached: Page::Welcome,
            narrow: false,
            pages: Vec::new(),
            said: listen_to_pages(sender.input_sender()),
            navigation: adw::NavigationView::new(),
            trail: Trail::new(move |page| input.emit(Input::GoTo(page))),
            toasts: adw::ToastOverlay::new(),
            installation: None,
            told: None,
            suggested: false,
        };
        model.make(Page::Welcome);
        let (navigation, toasts, trail) = (&model.navigation, &model.toasts, model.trail.widget());
        let widgets = view_output!();
        watch_width(&root, &widgets.split, &sender);
        watch_pages(&model.navigation, &widgets.split, &sender);
        watch_close(&root, &model.navigation, &sender);
        actions(&root, &sender);
        model.enter();
        look_around_later(&sender);
        sender.command(|events, shutdown| {
            let looking = async move {
                if let Some(interrupted) = interrupted::look().await {
                    // Nobody listens when the window is closed already.
                    let _unheard = events.send(service::Event::Interrupted(Box::new(interrupted)));
                }
            };
            shutdown.register(looking).drop_on_shutdown()
        });
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Said(said) => self.said(said, &sender),
            Input::Continue if self.page == Page::Summary => self.ask_to_erase(&sender, root),
            Input::Continue => self.go_on(&sender),
            Input::GoTo(page) => self.go_to(page, &sender),
            Input::LayOut { from, to } => self.lay_out(from, to, &sender),
            Input::Turn { from, to } => self.turn(from, to),
            Input::Seen(page) => {
                self.page = page;
                self.enter();
                prepare_later(&sender);
            }
            Input::LookAround => {
                follow(&sender);
                sender.command(|events, shutdown| {
                    shutdown.register(service::follow_surroundings(events)).drop_on_shutdown()
                });
                prepare_later(&sender);
            }
            Input::Prepare => {
                if !std::mem::replace(&mut self.suggested, true) {
                    suggest(&sender, None);
                }
                if let Some(next) = self.page.next() {
                    self.make(next);
                }
            }
            Input::Narrow(narrow) => {
                self.narrow = narrow;
                self.refresh();
            }
            Input::Install => self.install(&sender),
            Input::Resume(installation) => self.carry_out(installation, &sender),
            Input::Installation(output) => self.installation_said(output, root),
            Input::Close => {
                if let Some(installation) = &self.installation {
                    installation.emit(installation::Input::Close);
                }
            }
            Input::About => about::dialog().present(Some(root)),
            Input::Accessibility => accessibility::dialog().present(Some(root)),
            Input::Shortcuts => shortcuts::dialog().present(Some(root)),
        }
    }

    fn update_cmd(&mut self, event: service::Event, sender: ComponentSender<Self>, root: &Self::Root) {
        let mut wizard = Wizard::clone(&self.wizard);
        let disks = match event {
            service::Event::Disks(disks) => Some(Disks::Found(disks.into())),
            service::Event::Failed(error) => {
                Some(Disks::Failed { sentence: error.sentence(), next: error.next(), cause: error.cause() })
            }
            service::Event::Surroundings(now) => {
                wizard.set_surroundings(now.power, now.network);
                None
            }
            service::Event::Suggestion(suggestion) => {
                wizard.suggest(suggestion);
                None
            }
            service::Event::Interrupted(found) => {
                let input = sender.input_sender().clone();
                interrupted::offer(*found, root, move |installation| {
                    input.emit(Input::Resume(Box::new(installation)));
                });
                None
            }
        };
        if let Some(gone) = disks.and_then(|disks| wizard.set_disks(disks)) {
            self.notice(&gettext_f("{disk} is gone. Choose a disk again.", &[("disk", &gone.title())]));
        }
        self.changed(wizard);
    }
}

impl Window {
    fn said(&mut self, said: Said, sender: &ComponentSender<Self>) {
        let mut wizard = Wizard::clone(&self.wizard);
        match said {
            Said::Edit(edit) => wizard.edit(|answers| edit.apply(answers)),
            Said::Choose(object) => wizard.choose(object.as_deref()),
            Said::Passphrase(state, secret) => {
                wizard.set_passphrase(state);
                self.secrets.passphrase = secret;
            }
            Said::Password(state, secret) => {
                wizard.set_password(state);
                self.secrets.password = secret;
            }
            Said::LookAgain => {
                let _nothing_was_chosen = wizard.set_disks(Disks::Looking);
                follow(sender);
            }
            Said::GoTo(page) => self.go_to(page, sender),
            Said::Language(language) => {
                i18n::set_language(&language);
                self.rebuild(sender);
                self.suggested = true;
                suggest(sender, Some(language));
            }
            Said::Notice(text) => self.notice(&text),
        }
        self.changed(wizard);
    }

    /// Takes a new state, and shows it where that is seen.
    fn changed(&mut self, wizard: Wizard) {
        if *self.wizard == wizard {
            return;
        }
        self.wizard = Rc::new(wizard);
        if let Some((content, _)) = self.seen() {
            content.show(Show::Changed(Rc::clone(&self.wizard)));
        }
        self.refresh();
    }

    /// Makes everything that is seen anew, in the language of now. What was answered is in the state.
    fn rebuild(&mut self, sender: &ComponentSender<Self>) {
        set_direction();
        self.told = None;
        self.navigation.replace(&[]);
        for (_, _, frame) in self.pages.drain(..) {
            self.navigation.remove(frame.navigation());
        }
        if let Some(installation) = self.installation.take() {
            self.navigation.remove(installation.widget());
        }
        self.trail.name();
        self.stack_up(self.page);
        prepare_later(sender);
    }

    /// Makes a page, if it is not there yet.
    fn make(&mut self, page: Page) {
        if self.pages.iter().any(|(other, _, _)| *other == page) {
            return;
        }
        let content: Box<dyn Content> = match page {
            Page::Welcome => start::<pages::welcome::Welcome>((), &self.said),
            Page::Keyboard => start::<pages::keyboard::Keyboard>((), &self.said),
            Page::Place => start::<pages::place::Place>((), &self.said),
            Page::Disk => start::<pages::disk::Disk>((), &self.said),
            Page::Encryption => start::<pages::encryption::Encryption>(
                self.secrets.passphrase.as_ref().map(Secret::duplicate),
                &self.said,
            ),
            Page::Persistence => start::<pages::persistence::Persistence>((), &self.said),
            Page::System => start::<pages::system::System>((), &self.said),
            Page::User => {
                start::<pages::user::User>(self.secrets.password.as_ref().map(Secret::duplicate), &self.said)
            }
            Page::Summary => start::<pages::summary::Summary>((), &self.said),
        };
        let mut frame = Frame::new(page, &content.widget());
        if page == Page::Summary {
            frame.set_onwards(erase_button());
        }
        self.navigation.add(frame.navigation());
        self.pages.push((page, content, frame));
    }

    fn made(&self, page: Page) -> Option<(&dyn Content, &Frame)> {
        let (_, content, frame) = self.pages.iter().find(|(other, _, _)| *other == page)?;
        Some((content.as_ref(), frame))
    }

    fn seen(&self) -> Option<(&dyn Content, &Frame)> {
        self.made(self.page)
    }

    /// Sets the page that is seen now, unless that was done just before it was turned to.
    fn enter(&mut self) {
        let told = self.told.take();
        if !told.is_some_and(|(page, state)| page == self.page && Rc::ptr_eq(&state, &self.wizard)) {
            self.tell(self.page);
        }
        self.refresh();
    }

    fn tell(&self, page: Page) {
        if let Some((content, _)) = self.made(page) {
            content.show(Show::Enter(Rc::clone(&self.wizard)));
        }
    }

    /// Turns to a page once it has taken the state in and its widgets have their places. All at once
    /// would let the window stand still.
    fn turn_later(&mut self, to: Page, sender: &ComponentSender<Self>) {
        let from = self.page;
        self.make(to);
        self.tell(to);
        self.told = Some((to, Rc::clone(&self.wizard)));
        let input = sender.input_sender().clone();
        stretch::later(move || input.emit(Input::LayOut { from, to }));
    }

    fn lay_out(&self, from: Page, to: Page, sender: &ComponentSender<Self>) {
        if let Some((_, frame)) = self.made(to) {
            frame.lay_out(self.navigation.width(), self.navigation.height());
        }
        let input = sender.input_sender().clone();
        stretch::later(move || input.emit(Input::Turn { from, to }));
    }

    fn turn(&mut self, from: Page, to: Page) {
        // Who presses a key twice turns one page.
        if self.page != from {
            return;
        }
        if from.next() == Some(to) {
            self.navigation.push_by_tag(to.tag());
        } else {
            self.stack_up(to);
        }
    }

    fn refresh(&self) {
        let problems = self.wizard.problems(self.page);
        if let Some((_, frame)) = self.seen() {
            frame.set_reason(problems.first().map(|problem| problem.sentence.as_str()));
            frame.set_place(self.page, self.narrow);
        }
        self.trail.show(&self.wizard.unfinished(), self.page, self.may_reach());
    }

    /// The furthest page that can be gone to: none behind one that is unfinished.
    fn may_reach(&self) -> Page {
        self.wizard.first_unfinished(self.reached).unwrap_or(self.reached)
    }

    fn go_on(&mut self, sender: &ComponentSender<Self>) {
        let Some(next) = self.page.next() else { return };
        if self.wizard.problems(self.page).is_empty() {
            self.reached = self.reached.max(next);
            self.turn_later(next, sender);
        }
    }

    fn go_to(&mut self, page: Page, sender: &ComponentSender<Self>) {
        if page != self.page && page <= self.may_reach() {
            self.turn_later(page, sender);
        }
    }

    /// Shows a page with those before it behind it, so that Back leads through them.
    fn stack_up(&mut self, page: Page) {
        for other in Page::ALL.into_iter().take_while(|other| *other <= page) {
            self.make(other);
        }
        let tags: Vec<&str> =
            Page::ALL.into_iter().take_while(|other| *other <= page).map(Page::tag).collect();
        self.navigation.replace_with_tags(&tags);
    }

    fn ask_to_erase(&self, sender: &ComponentSender<Self>, root: &adw::ApplicationWindow) {
        if let (Some(disk), true) = (self.wizard.chosen(), self.wizard.problems(Page::Summary).is_empty()) {
            let input = sender.input_sender().clone();
            confirm::erasing(disk, root, move || input.emit(Input::Install));
        }
    }

    /// Begins the installation, if nothing has come in between since the person agreed.
    fn install(&mut self, sender: &ComponentSender<Self>) {
        let Some(Ok(plan)) = self.wizard.plan().filter(|_| self.wizard.problems(Page::Summary).is_empty())
        else {
            self.refresh();
            return;
        };
        let job = engine::Job {
            answers: self.wizard.answers().clone(),
            machine: self.wizard.machine().clone(),
            plan,
        };
        let mut installation = engine::Installation::new(job, self.secrets.copy());
        match receipt_file::place() {
            Ok(path) => installation = installation.with_receipt(&path),
            Err(error) => tracing::warn!("there is no receipt: {error}"),
        }
        self.carry_out(Box::new(installation), sender);
    }

    fn carry_out(&mut self, installation: Box<engine::Installation>, sender: &ComponentSender<Self>) {
        let navigation = &self.navigation;
        let page = self.installation.get_or_insert_with(|| {
            let made = installation_page(sender);
            navigation.add(made.widget());
            made
        });
        page.emit(installation::Input::Start(installation));
        self.navigation.push_by_tag(installation::TAG);
    }

    fn installation_said(&mut self, said: installation::Output, root: &adw::ApplicationWindow) {
        match said {
            installation::Output::Installed => self.secrets = Secrets::default(),
            installation::Output::Back(notice) => {
                let _popped = self.navigation.pop_to_tag(Page::Summary.tag());
                if let Some(notice) = notice {
                    self.notice(&notice);
                }
            }
            installation::Output::Notice(text) => self.notice(&text),
            installation::Output::Close => root.destroy(),
        }
    }

    fn notice(&self, text: &str) {
        let toast = adw::Toast::builder().title(text).use_markup(false).build();
        self.toasts.add_toast(toast);
        self.navigation.upcast_ref::<gtk::Widget>().announce(text, gtk::AccessibleAnnouncementPriority::High);
    }
}

/// What pages say comes to the window by this, whichever they are.
fn listen_to_pages(input: &relm4::Sender<Input>) -> relm4::Sender<Said> {
    let (said, heard) = relm4::channel();
    // It ends when the window is gone.
    let _forwarding = relm4::spawn_local(heard.forward(input.clone(), Input::Said));
    said
}

/// Looks around as soon as there is nothing to draw: on a machine with one processor, whatever does
/// so beside the window holds up the first picture.
fn look_around_later(sender: &ComponentSender<Window>) {
    let input = sender.input_sender().clone();
    let _source = glib::idle_add_local_full(glib::Priority::LOW, move || {
        input.emit(Input::LookAround);
        glib::ControlFlow::Break
    });
}

fn prepare_later(sender: &ComponentSender<Window>) {
    let input = sender.input_sender().clone();
    let _source = glib::timeout_add_local_once(BREATH, move || input.emit(Input::Prepare));
}

fn watch_width(
    window: &adw::ApplicationWindow,
    split: &adw::OverlaySplitView,
    sender: &ComponentSender<Window>,
) {
    let condition = match adw::BreakpointCondition::parse(NARROW) {
        Ok(condition) => condition,
        Err(error) => {
            tracing::error!("{NARROW}: {error}");
            return;
        }
    };
    let breakpoint = adw::Breakpoint::new(condition);
    breakpoint.add_setter(split, "collapsed", Some(&true.to_value()));
    let narrow = sender.input_sender().clone();
    let _handler = breakpoint.connect_apply(move |_| narrow.emit(Input::Narrow(true)));
    let wide = sender.input_sender().clone();
    let _handler = breakpoint.connect_unapply(move |_| wide.emit(Input::Narrow(false)));
    window.add_breakpoint(breakpoint);
}

/// Follows which page is seen. While the system is installed, no other can be gone to.
fn watch_pages(
    navigation: &adw::NavigationView,
    split: &adw::OverlaySplitView,
    sender: &ComponentSender<Window>,
) {
    let input = sender.input_sender().clone();
    let split = split.clone();
    let _handler = navigation.connect_visible_page_notify(move |navigation| {
        let tag = navigation.visible_page().and_then(|page| page.tag());
        let installs = tag.as_deref() == Some(installation::TAG);
        split.set_pin_sidebar(installs);
        split.set_show_sidebar(!installs && !split.is_collapsed());
        if let Some(page) = tag.as_deref().and_then(Page::from_tag) {
            input.emit(Input::Seen(page));
        }
    });
}

/// Lets the page of the installation decide about closing the window as long as it is shown.
fn watch_close(
    window: &adw::ApplicationWindow,
    navigation: &adw::NavigationView,
    sender: &ComponentSender<Window>,
) {
    let input = sender.input_sender().clone();
    let navigation = navigation.clone();
    let _handler = window.connect_close_request(move |_| {
        let tag = navigation.visible_page().and_then(|page| page.tag());
        if tag.as_deref() == Some(installation::TAG) {
            input.emit(Input::Close);
            return glib::Propagation::Stop;
        }
        glib::Propagation::Proceed
    });
}

fn erase_button() -> gtk::Button {
    gtk::Button::builder()
        .label(gettext("_Erase and Install…"))
        .use_underline(true)
        .action_name("win.continue")
        .css_classes(["destructive-action", "pill"])
        .build()
}

fn actions(window: &adw::ApplicationWindow, sender: &ComponentSender<Window>) {
    let told = |name: &str, make: fn() -> Input| {
        let input = sender.input_sender().clone();
        let action = gio::SimpleAction::new(name, None);
        let _handler = action.connect_activate(move |_, _| input.emit(make()));
        window.add_action(&action);
    };
    told("continue", || Input::Continue);
    told("about", || Input::About);
    told("accessibility", || Input::Accessibility);
    told("shortcuts", || Input::Shortcuts);
    let application = relm4::main_application();
    for (action, keys) in shortcuts::ACCELERATORS {
        application.set_accels_for_action(action, keys);
    }
}

fn installation_page(sender: &ComponentSender<Window>) -> Controller<Installation> {
    Installation::builder().launch(()).forward(sender.input_sender(), Input::Installation)
}

/// Looks for answers to begin with.
fn suggest(sender: &ComponentSender<Window>, language: Option<String>) {
    sender.command(|events, shutdown| {
        let looking = async move {
            if let Some(suggestion) = begin::suggestion(language).await {
                // Nobody listens when the window is closed already.
                let _unheard = events.send(service::Event::Suggestion(suggestion));
            }
        };
        shutdown.register(looking).drop_on_shutdown()
    });
}

fn follow(sender: &ComponentSender<Window>) {
    sender.command(|events, shutdown| shutdown.register(service::follow(events)).drop_on_shutdown());
}
