//! The window of a process that follows a panic.

use std::os::unix::process::CommandExt as _;

use relm4::adw::prelude::*;
use relm4::prelude::*;

use super::crash::After;
use super::pages::failed::{self, Failed, Story};
use super::save::{self, Content};
use crate::engine;
use crate::i18n::{gettext, gettext_f};

/// The window.
pub(super) struct CrashWindow {
    after: After,
    report: String,
    page: Controller<Failed>,
    toasts: adw::ToastOverlay,
}

#[relm4::component(pub(super))]
impl Component for CrashWindow {
    type Init = After;
    type Input = failed::Output;
    type Output = ();
    /// What could not be put away.
    type CommandOutput = Vec<String>;

    view! {
        adw::ApplicationWindow {
            set_title: Some("Snowmelt"),
            set_default_size: (760, 640),
            set_size_request: (360, 294),
            #[local_ref]
            toasts -> adw::ToastOverlay {
                set_child: Some(model.page.widget()),
            },
        }
    }

    fn init(after: After, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let report = std::fs::read_to_string(&after.report).unwrap_or_default();
        let page = Failed::builder().launch(()).forward(sender.input_sender(), |output| output);
        page.emit(failed::Input::Show(Box::new(story(&after, &report, Vec::new()))));
        let model = Self { after, report, page, toasts: adw::ToastOverlay::new() };
        let toasts = &model.toasts;
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, said: failed::Output, sender: ComponentSender<Self>, root: &Self::Root) {
        match said {
            failed::Output::Again => {}
            failed::Output::Copied => self.toasts.add_toast(adw::Toast::new(&gettext("Copied"))),
            failed::Output::SaveReport => {
                let (window, report, toasts) = (root.clone(), self.report.clone(), self.toasts.clone());
                let _saving = relm4::spawn_local(async move {
                    let (title, report) = (gettext("Save the Report"), Content::Text(report));
                    let window = Some(window.upcast());
                    if let Some(notice) = save::save(window, title, "snowmelt-report.txt", report).await {
                        toasts.add_toast(adw::Toast::builder().title(notice).use_markup(false).build());
                    }
                });
            }
            failed::Output::StartOver => {
                self.page.emit(failed::Input::Busy(true));
                let disk = self.after.disk.clone();
                sender.oneshot_command(async move {
                    match disk {
                        Some((device, identity)) => engine::lock_what_is_left(&device, &identity).await,
                        None => Vec::new(),
                    }
                });
            }
        }
    }

    fn update_cmd(&mut self, left_over: Vec<String>, _: ComponentSender<Self>, _: &Self::Root) {
        let mut left_over = left_over;
        if left_over.is_empty() {
            left_over.push(begin_again());
        }
        self.page.emit(failed::Input::Show(Box::new(story(&self.after, &self.report, left_over))));
    }
}

/// Begins the program anew. Gives why that isn't possible.
fn begin_again() -> String {
    match std::env::current_exe() {
        Ok(program) => std::process::Command::new(program).exec().to_string(),
        Err(error) => error.to_string(),
    }
}

fn story(after: &After, report: &str, left_over: Vec<String>) -> Story {
    let means = match &after.disk {
        Some((device, _)) => gettext_f(
            "An installation on {disk} was under way. What was on the disk may be gone, and the new system is not complete. What was mounted is unmounted; starting over locks the disk.",
            &[("disk", device)],
        ),
        None => gettext("No installation was under way."),
    };
    let log = if after.report.as_os_str().is_empty() {
        String::new()
    } else {
        gettext_f(
            "The report is {file}, until this computer is restarted.",
            &[("file", &after.report.display().to_string())],
        )
    };
    Story {
        title: gettext("Snowmelt Itself Failed"),
        sentence: gettext("Something went wrong in Snowmelt that nobody had thought of."),
        step: String::new(),
        cause: report.to_owned(),
        means,
        next: gettext("Save the report and send it to whoever looks after Snowmelt, then start over."),
        left_over,
        log,
        again: None,
    }
}
