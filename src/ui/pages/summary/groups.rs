//! The groups of rows that follow from the state.

use std::collections::VecDeque;
use std::rc::Rc;

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Property;

use super::{Input, files, plan};
use crate::i18n::{gettext, gettext_f, side_by_side, untranslated};
use crate::pure::content::losses;
use crate::pure::disk::Disk;
use crate::pure::layout::Layout;
use crate::pure::plan::Plan;
use crate::pure::protocol::ConfigFile;
use crate::pure::size;
use crate::pure::systems::systems_words;
use crate::pure::wizard::{Page, Wizard};
use crate::ui::stretch::{self, Stretch};

/// The groups.
pub(super) struct Groups {
    pub(super) problems: adw::PreferencesGroup,
    pub(super) losses: adw::PreferencesGroup,
    pub(super) after: adw::PreferencesGroup,
    pub(super) steps: adw::PreferencesGroup,
    pub(super) files: adw::PreferencesGroup,
    rows: Vec<(adw::PreferencesGroup, gtk::Widget)>,
    /// Rows that are still to be made, in their order.
    due: VecDeque<(adw::PreferencesGroup, Make)>,
    /// Whether it goes on by itself as soon as there is time.
    goes_on: bool,
    shown: Option<Shown>,
}

/// From what the rows follow. Whoever reads them keeps their place while nothing of it changes.
#[derive(PartialEq)]
struct Shown {
    problems: Vec<(Page, String)>,
    disk: Option<Rc<Disk>>,
    layout: Option<Layout>,
    plan: Option<Plan>,
    files: Vec<ConfigFile>,
}

impl Shown {
    fn of(wizard: &Wizard) -> Self {
        let pages = Page::ALL.into_iter().filter(|page| *page != Page::Summary);
        Self {
            problems: pages
                .flat_map(|page| {
                    wizard.problems(page).into_iter().map(move |problem| (page, problem.sentence))
                })
                .collect(),
            disk: wizard.chosen().cloned(),
            layout: wizard.layout(),
            plan: wizard.plan().and_then(Result::ok),
            files: files::of(wizard),
        }
    }
}

/// Makes a row.
type Make = Box<dyn FnOnce() -> gtk::Widget>;

impl Groups {
    /// All of them, empty.
    pub(super) fn new() -> Self {
        let group = |title: String| adw::PreferencesGroup::builder().title(title).visible(false).build();
        let files = group(gettext("Configuration"));
        files.set_description(Some(&gettext(
            "These files describe the new system, and are yours to change later. What is known only once the disk is divided stands in capital letters.",
        )));
        Self {
            problems: group(gettext("Still to Do")),
            losses: group(gettext("What Will Be Lost")),
            after: group(gettext("What Will Be There")),
            steps: group(gettext("What Will Be Done")),
            files,
            rows: Vec::new(),
            due: VecDeque::new(),
            goes_on: false,
            shown: None,
        }
    }

    /// Shows what follows from the state, as far as it can be done at a stretch; `input` is told to
    /// [`Groups::go_on`].
    pub(super) fn show(
        &mut self,
        wizard: &Wizard,
        page: &adw::PreferencesPage,
        input: &relm4::Sender<Input>,
    ) {
        let shown = Shown::of(wizard);
        if self.shown.as_ref() == Some(&shown) {
            return;
        }
        self.due.clear();
        for (group, row) in self.rows.drain(..) {
            group.remove(&row);
        }
        self.list(&shown, input);
        self.shown = Some(shown);
        for group in [&self.problems, &self.losses, &self.after, &self.steps, &self.files] {
            group.set_visible(self.due.iter().any(|(other, _)| other == group));
        }
        if !self.goes_on {
            self.go_on(page, input);
        }
    }

    fn list(&mut self, shown: &Shown, input: &relm4::Sender<Input>) {
        for (page, sentence) in shown.problems.clone() {
            let input = input.clone();
            self.add(&self.problems.clone(), move || problem_row(&sentence, page, input));
        }
        if let Some(disk) = &shown.disk {
            self.list_losses(disk);
        }
        if let (Some(layout), Some(disk)) = (shown.layout.clone(), shown.disk.clone()) {
            let (group, rows) = (self.after.clone(), plan::after(&layout));
            self.add(&group, move || plan::bars(&disk, &layout));
            for (title, detail) in rows {
                self.add(&group, move || row(&title, &detail));
            }
        }
        let Some(plan) = &shown.plan else { return };
        for (number, step) in (1..).zip(plan.steps.clone()) {
            self.add(&self.steps.clone(), move || plan::row(number, &step));
        }
        for (place, file) in shown.files.clone().into_iter().enumerate() {
            let input = input.clone();
            self.add(&self.files.clone(), move || files::row(&file, move || input.emit(Input::Open(place))));
        }
    }

    /// Makes more of the rows.
    pub(super) fn go_on(&mut self, page: &adw::PreferencesPage, input: &relm4::Sender<Input>) {
        let mut stretch = Stretch::begin();
        while !stretch.is_over()
            && let Some((group, make)) = self.due.pop_front()
        {
            let row = make();
            group.add(&row);
            self.rows.push((group, row));
            stretch.count();
        }
        self.goes_on = !self.due.is_empty();
        if self.goes_on {
            let input = input.clone();
            stretch::after_drawing(page, move || input.emit(Input::GoOn));
        }
    }

    fn list_losses(&mut self, disk: &Disk) {
        let values = [("disk", disk.title()), ("size", size::show(disk.identity.size))];
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (all, device) = (gettext_f("Everything on {disk} ({size}) is erased", &values), &disk.device);
        let (group, device) = (self.losses.clone(), untranslated(device));
        self.add(&group, move || {
            let row = row(&all, &device);
            row.add_prefix(&warning());
            row
        });
        let losses = losses(disk);
        if losses.is_empty() {
            let nothing = gettext(
                "Nothing is recognised on this disk. If there is something on it all the same, it will be lost.",
            );
            self.add(&group, move || row(&nothing, ""));
        }
        if let Some(systems) = systems_words(disk) {
            self.add(&group, move || row(&systems, ""));
        }
        for loss in losses {
            let detail = side_by_side(&[size::show(loss.size), loss.device]);
            self.add(&group, move || row(&loss.what, &detail));
        }
    }

    fn add<Row: IsA<gtk::Widget>>(
        &mut self,
        group: &adw::PreferencesGroup,
        make: impl FnOnce() -> Row + 'static,
    ) {
        self.due.push_back((group.clone(), Box::new(|| make().upcast())));
    }
}

/// What is still to do on another page, with the way there.
fn problem_row(sentence: &str, page: Page, input: relm4::Sender<Input>) -> adw::ActionRow {
    let row = row(sentence, &page.title());
    row.add_prefix(&warning());
    let button = gtk::Button::builder().label(gettext("Go There")).valign(gtk::Align::Center).build();
    button.update_property(&[Property::Label(&gettext_f(
        "Go to the page “{page}”",
        &[("page", &page.title())],
    ))]);
    let _handler = button.connect_clicked(move |_| input.emit(Input::GoTo(page)));
    row.add_suffix(&button);
    row.set_activatable_widget(Some(&button));
    row
}

/// A row for anybody's words: no markup, and nothing cut off.
pub(super) fn row(title: &str, subtitle: &str) -> adw::ActionRow {
    let row = adw::ActionRow::builder().use_markup(false).title_lines(0).subtitle_lines(0).build();
    row.set_title(title);
    row.set_subtitle(subtitle);
    row
}

/// A sign that says nothing that the row doesn't.
pub(super) fn warning() -> gtk::Image {
    gtk::Image::builder()
        .icon_name("dialog-warning-symbolic")
        .css_classes(["warning"])
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build()
}
