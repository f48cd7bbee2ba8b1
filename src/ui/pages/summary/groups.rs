//! The groups of rows that follow from the state.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Property;

use super::{Input, files, plan};
use crate::i18n::{gettext, gettext_f};
use crate::pure::content::losses;
use crate::pure::disk::Disk;
use crate::pure::size;
use crate::pure::wizard::{Page, Wizard};

/// The groups.
pub(super) struct Groups {
    pub(super) problems: adw::PreferencesGroup,
    pub(super) losses: adw::PreferencesGroup,
    pub(super) after: adw::PreferencesGroup,
    pub(super) steps: adw::PreferencesGroup,
    pub(super) files: adw::PreferencesGroup,
    rows: Vec<(adw::PreferencesGroup, gtk::Widget)>,
}

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
        }
    }

    /// Shows what follows from the state.
    pub(super) fn show(&mut self, wizard: &Wizard, input: &relm4::Sender<Input>) {
        for (group, row) in self.rows.drain(..) {
            group.remove(&row);
        }
        self.show_problems(wizard, input);
        if let Some(disk) = wizard.chosen() {
            self.show_losses(disk);
        }
        if let (Some(layout), Some(disk)) = (wizard.layout(), wizard.chosen()) {
            self.add(&self.after.clone(), &plan::bars(disk, &layout));
            for row in plan::after(&layout) {
                self.add(&self.after.clone(), &row);
            }
        }
        if let Some(Ok(plan)) = wizard.plan() {
            for (number, step) in (1..).zip(&plan.steps) {
                self.add(&self.steps.clone(), &plan::row(number, step));
            }
            for (place, file) in files::of(wizard).iter().enumerate() {
                let input = input.clone();
                let row = files::row(file, move || input.emit(Input::Open(place)));
                self.add(&self.files.clone(), &row);
            }
        }
        for group in [&self.problems, &self.losses, &self.after, &self.steps, &self.files] {
            group.set_visible(self.rows.iter().any(|(other, _)| other == group));
        }
    }

    fn show_problems(&mut self, wizard: &Wizard, input: &relm4::Sender<Input>) {
        for page in Page::ALL.into_iter().filter(|page| *page != Page::Summary) {
            for problem in wizard.problems(page) {
                let row = row(&problem.sentence, &page.title());
                row.add_prefix(&warning());
                let button =
                    gtk::Button::builder().label(gettext("Go There")).valign(gtk::Align::Center).build();
                button.update_property(&[Property::Label(&gettext_f(
                    "Go to the page “{page}”",
                    &[("page", &page.title())],
                ))]);
                let input = input.clone();
                let _handler = button.connect_clicked(move |_| input.emit(Input::GoTo(page)));
                row.add_suffix(&button);
                row.set_activatable_widget(Some(&button));
                self.add(&self.problems.clone(), &row);
            }
        }
    }

    fn show_losses(&mut self, disk: &Disk) {
        let values = [("disk", disk.title()), ("size", size::show(disk.identity.size))];
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let all = row(&gettext_f("Everything on {disk} ({size}) is erased", &values), &disk.device);
        all.add_prefix(&warning());
        self.add(&self.losses.clone(), &all);
        let losses = losses(disk);
        if losses.is_empty() {
            let nothing = gettext(
                "Nothing is recognised on this disk. If there is something on it all the same, it will be lost.",
            );
            self.add(&self.losses.clone(), &row(&nothing, ""));
        }
        for loss in &losses {
            let detail = format!("{} · {}", size::show(loss.size), loss.device);
            self.add(&self.losses.clone(), &row(&loss.what, &detail));
        }
    }

    fn add(&mut self, group: &adw::PreferencesGroup, row: &impl IsA<gtk::Widget>) {
        group.add(row);
        self.rows.push((group.clone(), row.clone().upcast()));
    }
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
