//! One disk in the list.

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::gtk::accessible::Property;
use relm4::prelude::*;

use crate::i18n::{gettext, gettext_f, ngettext_f};
use crate::pure::content::{bus_words, table_words};
use crate::pure::disk::{Bus, Disk};
use crate::pure::refusal::{Refusal, unusable};
use crate::pure::size;

/// The row of one disk.
pub(super) struct DiskRow {
    disk: Rc<Disk>,
    /// Why it can't be chosen.
    refusals: Vec<Refusal>,
    chosen: bool,
}

/// What a row begins with.
pub(super) struct Init {
    /// The disk.
    pub(super) disk: Rc<Disk>,
    /// The radio group that all rows belong to.
    pub(super) group: gtk::CheckButton,
}

/// The disk with this UDisks2 object has been chosen.
#[derive(Debug)]
pub(super) struct Chosen(pub(super) String);

/// What a row is told.
#[derive(Debug)]
pub(super) enum Input {
    /// The disk is now like this.
    Show(Rc<Disk>),
    /// It is the chosen one now.
    Choose,
    /// The person has turned the row's button on or off.
    Toggled(bool),
}

#[relm4::component(pub(super))]
impl SimpleComponent for DiskRow {
    type Init = Init;
    type Input = Input;
    type Output = Chosen;

    view! {
        adw::ActionRow {
            // Names of disks and labels of filesystems are anybody's text.
            set_use_markup: false,
            set_subtitle_lines: 0,
            set_activatable_widget: Some(&choice),
            #[watch]
            set_title: &model.disk.title(),
            #[watch]
            set_subtitle: &model.details(),

            // Prefixes are put before each other: the button comes first.
            add_prefix = &gtk::Image {
                #[watch]
                set_icon_name: Some(icon(model.disk.bus)),
                set_icon_size: gtk::IconSize::Large,
                set_accessible_role: gtk::AccessibleRole::Presentation,
            },
            #[name = "choice"]
            add_prefix = &gtk::CheckButton {
                set_group: Some(&init.group),
                set_valign: gtk::Align::Center,
                #[watch]
                set_sensitive: model.refusals.is_empty(),
                #[watch]
                set_active: model.chosen,
                #[watch]
                update_property: &[Property::Label(&model.choice_label())],
            },
            add_suffix = &gtk::Image {
                #[watch]
                set_visible: !model.refusals.is_empty(),
                set_icon_name: Some("dialog-warning-symbolic"),
                set_tooltip_text: Some(&gettext("Can’t be installed on")),
                update_property: &[Property::Label(&gettext("Can’t be installed on"))],
            },
        }
    }

    fn init(init: Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let refusals = unusable(&init.disk);
        let model = Self { disk: init.disk, refusals, chosen: false };
        let widgets = view_output!();
        let _handler =
            widgets.choice.connect_toggled(move |button| sender.input(Input::Toggled(button.is_active())));
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>) {
        match input {
            Input::Show(disk) => {
                self.refusals = unusable(&disk);
                self.disk = disk;
            }
            Input::Choose => self.chosen = true,
            Input::Toggled(chosen) => {
                self.chosen = chosen;
                if chosen {
                    // The list listens as long as it shows the row.
                    let _unheard = sender.output(Chosen(self.disk.object.clone()));
                }
            }
        }
    }
}

impl DiskRow {
    fn choice_label(&self) -> String {
        gettext_f("Install on {disk}", &[("disk", &self.disk.title())])
    }

    /// Size, how it is attached, its name; what is on it; and why it can't be chosen.
    fn details(&self) -> String {
        let disk = &self.disk;
        let mut facts = vec![size::show(disk.identity.size), bus_words(disk.bus)];
        if disk.title() != disk.device {
            facts.push(disk.device.clone());
        }
        let mut lines = vec![facts.join(" · "), table_words(disk)];
        if let Some(first) = self.refusals.first() {
            lines.push(first.sentence());
        }
        // A stack of volumes can have dozens of uses; the first says what to do. The live medium is
        // mounted, of course.
        if disk.live_medium {
            return lines.join("\n");
        }
        let more = u32::try_from(self.refusals.len().saturating_sub(1)).unwrap_or(u32::MAX);
        if more > 0 {
            lines.push(ngettext_f(
                "There is {count} more reason.",
                "There are {count} more reasons.",
                more,
                &[("count", &more.to_string())],
            ));
        }
        lines.join("\n")
    }
}

/// The icon for a disk that is attached like this; all are in GTK's own or Adwaita's theme.
fn icon(bus: Bus) -> &'static str {
    match bus {
        Bus::Nvme => "drive-harddisk-solidstate-symbolic",
        Bus::Usb => "drive-harddisk-usb-symbolic",
        Bus::Mmc => "media-flash-symbolic",
        Bus::Ata | Bus::Scsi | Bus::Virtual | Bus::Other => "drive-harddisk-symbolic",
    }
}
