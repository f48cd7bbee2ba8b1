//! What is on the chosen disk, and would be lost.

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::prelude::*;

use crate::i18n::{gettext, side_by_side, untranslated};
use crate::pure::bar::{SegmentKind, kinds};
use crate::pure::content::{Loss, losses};
use crate::pure::disk::Disk;
use crate::pure::size;
use crate::ui::disk_bar::patch;

/// The group of rows, one for each thing that would be lost.
pub(super) struct Losses {
    disk: Option<Rc<Disk>>,
    rows: Vec<adw::ActionRow>,
}

/// The chosen disk, if any.
#[derive(Debug)]
pub(super) struct Show(pub(super) Option<Rc<Disk>>);

#[relm4::component(pub(super))]
impl Component for Losses {
    type Init = ();
    type Input = Show;
    type Output = ();
    type CommandOutput = ();

    view! {
        adw::PreferencesGroup {
            set_title: &gettext("What Would Be Erased"),
            set_visible: false,
        }
    }

    fn init(_: (), root: Self::Root, _sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self { disk: None, rows: Vec::new() };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, Show(disk): Show, _: ComponentSender<Self>, root: &Self::Root) {
        if self.disk == disk {
            return;
        }
        self.disk = disk;
        for row in self.rows.drain(..) {
            root.remove(&row);
        }
        root.set_visible(self.disk.is_some());
        let Some(disk) = &self.disk else { return };
        self.rows = losses(disk).iter().zip(kinds(disk)).map(|(loss, kind)| row(loss, kind)).collect();
        if self.rows.is_empty() {
            self.rows
                .push(plain_row(&gettext("Nothing is recognised on this disk"), &untranslated(&disk.device)));
        }
        for row in &self.rows {
            root.add(row);
        }
    }
}

fn row(loss: &Loss, kind: SegmentKind) -> adw::ActionRow {
    let row = plain_row(&loss.what, &side_by_side(&[&size::show(loss.size), &loss.device]));
    row.add_prefix(&patch(kind));
    row
}

fn plain_row(title: &str, subtitle: &str) -> adw::ActionRow {
    // Labels of filesystems are anybody's text, so there is no markup.
    let row = adw::ActionRow::builder().use_markup(false).title_lines(0).build();
    row.set_title(title);
    row.set_subtitle(subtitle);
    row
}
