//! One disk in the list.

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::gtk::accessible::Property;
use relm4::prelude::*;

use super::details;
use crate::i18n::{gettext, gettext_f, ngettext_f, side_by_side, untranslated};
use crate::pure::bar;
use crate::pure::content::{bus_words, table_words};
use crate::pure::disk::{Bus, Disk};
use crate::pure::health::Health;
use crate::pure::refusal::{Refusal, unusable};
use crate::pure::size;
use crate::ui::disk_bar::DiskBar;

/// The row of one disk.
pub(super) struct DiskRow {
    disk: Rc<Disk>,
    /// Why it can't be chosen.
    refusals: Vec<Refusal>,
    chosen: bool,
    bar: DiskBar,
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
    /// It is to be the chosen one now.
    Choose,
    /// The person has turned the row's button on or off.
    Toggled(bool),
}

#[relm4::component(pub(super))]
impl Component for DiskRow {
    type Init = Init;
    type Input = Input;
    type Output = Chosen;
    type CommandOutput = ();

    view! {
        // No row of the library's own has room for a bar below its title.
        gtk::ListBoxRow {
            #[watch]
            set_activatable: model.refusals.is_empty(),
            #[watch]
            update_property: &[Property::Label(&model.disk.title()), Property::Description(&model.spoken())],

            gtk::Box {
                set_orientation: gtk::Orientation::Vertical,
                set_spacing: 9,
                set_margin_top: 12,
                set_margin_bottom: 12,
                set_margin_start: 12,
                set_margin_end: 12,

                gtk::Box {
                    set_spacing: 12,

                    #[name = "choice"]
                    gtk::CheckButton {
                        set_group: Some(&init.group),
                        set_valign: gtk::Align::Center,
                        #[watch]
                        set_sensitive: model.refusals.is_empty(),
                        #[watch]
                        set_active: model.chosen,
                        #[watch]
                        update_property: &[
                            Property::Label(&model.choice_label()),
                            Property::Description(&model.spoken()),
                        ],
                    },
                    gtk::Image {
                        #[watch]
                        set_icon_name: Some(icon(model.disk.bus)),
                        set_icon_size: gtk::IconSize::Large,
                        set_accessible_role: gtk::AccessibleRole::Presentation,
                    },
                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 3,
                        set_hexpand: true,
                        set_valign: gtk::Align::Center,

                        // Names of disks and labels of filesystems are anybody's text: no markup.
                        gtk::Label {
                            set_xalign: 0.0,
                            set_wrap: true,
                            set_wrap_mode: gtk::pango::WrapMode::WordChar,
                            #[watch]
                            set_label: &untranslated(&model.disk.title()),
                        },
                        gtk::Label {
                            set_xalign: 0.0,
                            set_wrap: true,
                            set_wrap_mode: gtk::pango::WrapMode::WordChar,
                            add_css_class: "caption",
                            add_css_class: "dim-label",
                            #[watch]
                            set_label: &model.facts(),
                        },
                        gtk::Label {
                            set_xalign: 0.0,
                            set_wrap: true,
                            set_wrap_mode: gtk::pango::WrapMode::WordChar,
                            add_css_class: "caption",
                            add_css_class: "warning",
                            #[watch]
                            set_label: &model.warning(),
                            #[watch]
                            set_visible: !model.warning().is_empty(),
                        },
                    },
                    #[name = "more"]
                    gtk::MenuButton {
                        set_icon_name: "view-more-symbolic",
                        set_valign: gtk::Align::Center,
                        add_css_class: "flat",
                        #[watch]
                        set_tooltip_text: Some(&model.details_label()),
                        #[watch]
                        update_property: &[Property::Label(&model.details_label())],
                    },
                },
                #[local_ref]
                bar -> gtk::DrawingArea {},
            },
        }
    }

    fn init(init: Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let refusals = unusable(&init.disk);
        let bar = DiskBar::new(&gettext("What is on the disk now"));
        bar.show(bar::segments(&init.disk));
        let model = Self { disk: init.disk, refusals, chosen: false, bar };
        let bar = model.bar.widget();
        let widgets = view_output!();
        let _handler =
            widgets.choice.connect_toggled(move |button| sender.input(Input::Toggled(button.is_active())));
        details::show_on_demand(&widgets.more, &model.disk);
        ComponentParts { model, widgets }
    }

    fn update_with_view(
        &mut self,
        widgets: &mut Self::Widgets,
        input: Input,
        sender: ComponentSender<Self>,
        _: &Self::Root,
    ) {
        match input {
            Input::Show(disk) => {
                self.refusals = unusable(&disk);
                self.bar.show(bar::segments(&disk));
                details::show_on_demand(&widgets.more, &disk);
                self.disk = disk;
            }
            Input::Choose if !self.chosen && self.refusals.is_empty() => self.chosen = true,
            Input::Choose => return,
            Input::Toggled(chosen) => {
                self.chosen = chosen;
                if chosen {
                    // The list listens as long as it shows the row.
                    let _unheard = sender.output(Chosen(self.disk.object.clone()));
                }
            }
        }
        self.update_view(widgets, sender);
    }
}

impl DiskRow {
    fn choice_label(&self) -> String {
        gettext_f("Install on {disk}", &[("disk", &self.disk.title())])
    }

    fn details_label(&self) -> String {
        gettext_f("Details of {disk}", &[("disk", &self.disk.title())])
    }

    /// Size, how it is attached, its name; and what is on it.
    fn facts(&self) -> String {
        let disk = &self.disk;
        let mut facts = vec![size::show(disk.identity.size), bus_words(disk.bus)];
        if disk.title() != disk.device {
            facts.push(disk.device.clone());
        }
        format!("{}\n{}", side_by_side(&facts), table_words(disk))
    }

    /// Why it can't be chosen, or should not be.
    fn warning(&self) -> String {
        let Some(first) = self.refusals.first() else {
            let health = &self.disk.health;
            return match health {
                Health::Troubled { .. } => health.sentence().unwrap_or_default(),
                Health::Unknown | Health::Good => String::new(),
            };
        };
        // A stack of volumes can have dozens of uses; the first says what to do, and the details
        // have them all. The live medium is mounted, of course.
        let more = u32::try_from(self.refusals.len().saturating_sub(1)).unwrap_or(u32::MAX);
        if self.disk.live_medium || more == 0 {
            return first.sentence();
        }
        let rest = ngettext_f(
            "There is {count} more reason.",
            "There are {count} more reasons.",
            more,
            &[("count", &more.to_string())],
        );
        format!("{}\n{rest}", first.sentence())
    }

    /// What a screen reader says of the row beside its title.
    fn spoken(&self) -> String {
        let parts = bar::words(&bar::segments(&self.disk));
        let lines = [self.warning(), self.facts(), parts];
        lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
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
