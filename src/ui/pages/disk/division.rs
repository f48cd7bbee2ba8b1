//! How the disk is divided: the boot partition and swap.

use relm4::adw::prelude::*;
use relm4::prelude::*;

use crate::i18n::gettext;
use crate::pure::answers::rules::{LARGEST_ESP, LARGEST_SWAP, SMALLEST_ESP};
use crate::pure::answers::{DiskAnswers, SwapAnswers, SwapKind, default_swap_size, hibernation_swap_size};
use crate::pure::size::GIB;
use crate::pure::wizard::Wizard;
use crate::ui::choice_row::{at, choice_row, place, remark};
use crate::ui::gib::{bytes_of, gib_of};
use crate::ui::page::Said;
use crate::ui::problem::Problem;

/// Sizes of the boot partition that can be chosen by themselves, in bytes.
const OFFERED: [u64; 2] = [GIB, 2 * GIB];
/// Kinds of swap in the order of their list.
const KINDS: [SwapKind; 4] = [SwapKind::None, SwapKind::Random, SwapKind::File, SwapKind::Plain];

/// The group of rows.
pub(super) struct Division {
    esp_size: u64,
    /// Another size than those offered is wanted.
    is_other: bool,
    swap: SwapKind,
    /// Size of swap in bytes; it is remembered while there is none.
    swap_size: u64,
    /// Whether the size is the kind's own, and changes with it.
    is_default: bool,
    /// The machine's memory in bytes.
    memory: u64,
    zram: bool,
    esp_problem: Problem,
    size_problem: Problem,
    esp: adw::SpinRow,
    size: adw::SpinRow,
}

/// What the group is told.
#[derive(Debug)]
pub(super) enum Input {
    /// The page is come to: these are the answers, and the memory in bytes.
    Show(DiskAnswers, SwapAnswers, u64),
    /// What is wrong with the size of the boot partition, and with that of swap.
    Problems([Option<String>; 2]),
    /// The person has chosen from the list of sizes.
    Offer(u32),
    /// The person has given a size for the boot partition, in GiB.
    EspSize(f64),
    /// The person has chosen from the list of kinds.
    Kind(u32),
    /// The person has given a size for swap, in GiB.
    SwapSize(f64),
    /// The person has turned swap in memory on or off.
    Zram(bool),
}

impl Input {
    /// Everything, from the state.
    pub(super) fn enter(wizard: &Wizard) -> Self {
        let answers = wizard.answers();
        Self::Show(answers.disk.clone(), answers.swap.clone(), wizard.machine().memory)
    }

    /// What follows from the state.
    pub(super) fn changed(wizard: &Wizard) -> Self {
        Self::Problems(wizard.problems_of(["disk.esp-size", "swap.size"]))
    }
}

#[relm4::component(pub(super))]
impl SimpleComponent for Division {
    type Init = ();
    type Input = Input;
    type Output = Said;

    view! {
        adw::PreferencesGroup {
            set_title: &gettext("How It Is Divided"),
            set_description: Some(&gettext("A larger boot partition keeps more earlier versions of the system. What is left of the disk is for the system and your files.")),

            #[local_ref]
            boot -> adw::ComboRow {
                #[watch]
                set_selected: model.offer(),
            },
            #[local_ref]
            esp -> adw::SpinRow {
                set_title: &gettext("Size of the boot partition in GiB"),
                set_title_lines: 0,
                #[watch]
                set_visible: model.is_other,
            },
            add = model.esp_problem.widget(),
            #[local_ref]
            swap -> adw::ComboRow {
                #[watch]
                set_selected: place(&KINDS, &model.swap),
            },
            remark() -> adw::ActionRow {
                #[watch]
                set_title: &about(model.swap),
            },
            #[local_ref]
            size -> adw::SpinRow {
                set_title: &gettext("Size of swap in GiB"),
                set_title_lines: 0,
                #[watch]
                set_visible: model.swap != SwapKind::None,
            },
            add = model.size_problem.widget(),
            adw::SwitchRow {
                set_title: &gettext("Compressed swap in memory"),
                set_subtitle: &gettext("Makes room in memory by compressing what is seldom used, before anything goes to the disk."),
                set_title_lines: 0,
                set_subtitle_lines: 0,
                #[watch]
                set_active: model.zram,
                connect_active_notify[sender] => move |row| sender.input(Input::Zram(row.is_active())),
            },
        }
    }

    fn init(_: (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let esp = spin(SMALLEST_ESP, LARGEST_ESP);
        let size = spin(GIB / 2, LARGEST_SWAP);
        let input = sender.input_sender().clone();
        let _handler = esp.connect_value_notify(move |row| input.emit(Input::EspSize(row.value())));
        let input = sender.input_sender().clone();
        let _handler = size.connect_value_notify(move |row| input.emit(Input::SwapSize(row.value())));
        let model = Self {
            esp_size: GIB,
            is_other: false,
            swap: SwapKind::None,
            swap_size: GIB,
            is_default: true,
            memory: GIB,
            zram: false,
            esp_problem: Problem::row(&esp),
            size_problem: Problem::row(&size),
            esp,
            size,
        };
        let offers = [gettext("1 GiB"), gettext("2 GiB"), gettext("Other…")];
        let boot = &choice_row(&gettext("Boot partition"), &offers.each_ref().map(String::as_str));
        let input = sender.input_sender().clone();
        let _handler = boot.connect_selected_notify(move |row| input.emit(Input::Offer(row.selected())));
        let kinds = KINDS.map(name);
        let swap = &choice_row(&gettext("Swap"), &kinds.each_ref().map(String::as_str));
        let input = sender.input_sender().clone();
        let _handler = swap.connect_selected_notify(move |row| input.emit(Input::Kind(row.selected())));
        let (esp, size) = (&model.esp, &model.size);
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>) {
        match input {
            Input::Show(disk, swap, memory) => self.show(&disk, &swap, memory),
            Input::Problems([esp, swap]) => {
                self.esp_problem.set(esp);
                self.size_problem.set(swap);
            }
            Input::Offer(place) => match usize::try_from(place).ok().and_then(|place| OFFERED.get(place)) {
                Some(size) => {
                    self.is_other = false;
                    self.set_esp(*size, &sender);
                }
                None => self.is_other = true,
            },
            Input::EspSize(gib) => {
                // The other row's own value is of no account while it is not seen.
                if self.is_other && gib_of(self.esp_size) != gib {
                    self.set_esp(bytes_of(gib), &sender);
                }
            }
            Input::Kind(place) => {
                let kind = at(&KINDS, place);
                if let Some(kind) = kind.filter(|kind| *kind != self.swap) {
                    self.swap = kind;
                    if self.is_default {
                        self.swap_size = self.default();
                        self.size.set_value(gib_of(self.swap_size));
                    }
                    self.say_swap(&sender);
                }
            }
            Input::SwapSize(gib) => {
                if gib_of(self.swap_size) != gib {
                    self.swap_size = bytes_of(gib);
                    self.is_default = self.swap_size == self.default();
                    self.say_swap(&sender);
                }
            }
            Input::Zram(zram) => {
                if zram != self.zram {
                    self.zram = zram;
                    self.say_swap(&sender);
                }
            }
        }
    }
}

impl Division {
    fn show(&mut self, disk: &DiskAnswers, swap: &SwapAnswers, memory: u64) {
        self.esp_size = disk.esp_size;
        self.is_other |= !OFFERED.contains(&disk.esp_size);
        self.memory = memory;
        self.swap = swap.kind;
        self.zram = swap.zram;
        if swap.kind != SwapKind::None {
            self.swap_size = swap.size.unwrap_or(self.default());
            self.is_default = self.swap_size == self.default();
        }
        self.esp.set_value(gib_of(self.esp_size));
        self.size.set_value(gib_of(self.swap_size));
    }

    /// The size that swap has unless the person says otherwise, in bytes.
    fn default(&self) -> u64 {
        match self.swap {
            SwapKind::File => hibernation_swap_size(self.memory),
            SwapKind::None | SwapKind::Random | SwapKind::Plain => default_swap_size(self.memory),
        }
    }

    fn offer(&self) -> u32 {
        let offered = OFFERED.iter().position(|size| *size == self.esp_size);
        let place = offered.filter(|_| !self.is_other).unwrap_or(OFFERED.len());
        u32::try_from(place).unwrap_or_default()
    }

    fn set_esp(&mut self, size: u64, sender: &ComponentSender<Self>) {
        if self.esp_size == size {
            return;
        }
        self.esp_size = size;
        self.esp.set_value(gib_of(size));
        // The page listens as long as it shows the group.
        let _unheard = sender.output(Said::edit(move |answers| answers.disk.esp_size = size));
    }

    fn say_swap(&self, sender: &ComponentSender<Self>) {
        let kind = self.swap;
        let is_own = kind != SwapKind::None && !self.is_default;
        let size = is_own.then_some(self.swap_size);
        let zram = self.zram;
        let _unheard =
            sender.output(Said::edit(move |answers| answers.swap = SwapAnswers { kind, size, zram }));
    }
}

fn name(kind: SwapKind) -> String {
    match kind {
        // Translators: Which swap there is to be.
        SwapKind::None => gettext("None"),
        SwapKind::Random => gettext("Encrypted"),
        SwapKind::File => gettext("For hibernation"),
        SwapKind::Plain => gettext("Not encrypted"),
    }
}

/// What the kind means.
fn about(kind: SwapKind) -> String {
    match kind {
        SwapKind::None => {
            gettext("When memory is full, programs are ended. The computer can sleep, but not hibernate.")
        }
        SwapKind::Random => gettext(
            "Takes what does not fit into memory, encrypted with a new key at each start. The computer can sleep, but not hibernate.",
        ),
        SwapKind::Plain => gettext(
            "Takes what does not fit into memory. What was in memory can be read from the disk later, without the passphrase.",
        ),
        SwapKind::File => gettext(
            "Takes what does not fit into memory, and all of memory when the computer hibernates. It is encrypted if the disk is; if not, what was in memory can be read from the disk later. It must be as large as memory at least.",
        ),
    }
}

/// A field for a size, with its limits in bytes.
fn spin(smallest: u64, largest: u64) -> adw::SpinRow {
    let row = adw::SpinRow::with_range(gib_of(smallest), gib_of(largest), 0.5);
    row.set_digits(1);
    row
}
