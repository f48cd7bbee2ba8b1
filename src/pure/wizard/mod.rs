//! The state behind the pages: what was answered so far, what is known of the machine and its
//! disks, and what keeps a page from being left.
//!
//! It has no rules of its own: [`validate`] and [`Plan::new`] decide, and a [`Page`] only gathers
//! what concerns it. Secrets are not in it; it knows whether they are there ([`SecretState`]).

mod own;
mod page;
mod suggestion;

pub use own::{Own, SubvolumeProblems};
pub use page::Page;
pub use suggestion::{Present, Suggestion};

use std::rc::Rc;

use super::answers::{
    Answers, ConfigurationAnswers, DEFAULT_ESP_SIZE, DEFAULT_LOCALE, DEFAULT_PBKDF, DEFAULT_SWAP_KIND,
    DEFAULT_TIME_ZONE, DEFAULT_VOLUME_NAME, Desktop, DiskAnswers, EncryptionAnswers, FilesystemAnswers,
    PersistAnswers, Preset, Problem, RootAnswers, SwapAnswers, SystemAnswers, UserAnswers, validate,
};
use super::catalogue;
use super::disk::Disk;
use super::erasure::Erasure;
use super::layout::Layout;
use super::machine::Machine;
use super::plan::Plan;
use super::refusal::{Refusal, missing_channel, refusals};
use super::requirements::{self, Check, Facts, Network, Power, SMALLEST_DISK, State, Subject};
use crate::i18n::gettext;

/// How far a secret that is typed twice has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SecretState {
    /// Nothing is typed.
    #[default]
    Empty,
    /// What is typed breaks a rule, which the page tells by itself.
    Refused,
    /// The second one is not typed yet, or differs.
    NotRepeated,
    /// Both are the same and may be used.
    Ready,
}

/// What is known of the disks.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Disks {
    /// Nothing yet.
    #[default]
    Looking,
    /// The disks as they are now. A change of the state does not copy them.
    Found(Rc<[Disk]>),
    /// They can't be listed.
    Failed {
        /// What went wrong, for the person.
        sentence: String,
        /// What to do next.
        next: String,
        /// The service's own words.
        cause: String,
    },
}

/// The state behind the pages.
#[derive(Debug, Clone, PartialEq)]
pub struct Wizard {
    answers: Answers,
    machine: Machine,
    disks: Disks,
    chosen: Option<Rc<Disk>>,
    passphrase: SecretState,
    password: SecretState,
    /// The person has chosen what to begin with in what survives; it no longer follows the desktop.
    is_preset_chosen: bool,
    power: Power,
    network: Network,
    suggestion: Suggestion,
}

impl Wizard {
    /// Nothing is answered yet but what has a default.
    #[must_use]
    pub fn new(machine: Machine) -> Self {
        Self {
            answers: unanswered(),
            machine,
            disks: Disks::default(),
            chosen: None,
            passphrase: SecretState::default(),
            password: SecretState::default(),
            is_preset_chosen: false,
            power: Power::Looking,
            network: Network::Looking,
            suggestion: Suggestion::default(),
        }
    }

    /// The answers as they are typed now; they may break rules.
    #[must_use]
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The machine.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// The disks.
    #[must_use]
    pub fn disks(&self) -> &Disks {
        &self.disks
    }

    /// The chosen disk, as it is now.
    #[must_use]
    pub fn chosen(&self) -> Option<&Rc<Disk>> {
        self.chosen.as_ref()
    }

    /// How far the passphrase has come.
    #[must_use]
    pub fn passphrase(&self) -> SecretState {
        self.passphrase
    }

    /// How far the password has come.
    #[must_use]
    pub fn password(&self) -> SecretState {
        self.password
    }

    /// Changes answers. Until the person has chosen one, the preset of what survives follows the
    /// desktop.
    pub fn edit(&mut self, change: impl FnOnce(&mut Answers)) {
        let (preset, desktop) = (self.answers.persist.preset, self.answers.system.desktop);
        change(&mut self.answers);
        let Answers { persist, system, .. } = &mut self.answers;
        self.is_preset_chosen |= persist.preset != preset;
        if !self.is_preset_chosen && system.desktop != desktop {
            catalogue::set_preset(persist, system, fitting_preset(system.desktop));
        }
    }

    /// Chooses the disk at this UDisks2 object, or none.
    pub fn choose(&mut self, object: Option<&str>) {
        let found = match &self.disks {
            Disks::Found(disks) => disks.iter().find(|disk| Some(disk.object.as_str()) == object),
            Disks::Looking | Disks::Failed { .. } => None,
        };
        let found = found.cloned().map(Rc::new);
        self.take(found);
    }

    /// Takes what is known of the disks now. Returns the disk that was chosen until now when it is
    /// not there any longer: the choice is cleared then. Another disk in its place, even of the
    /// same model, is another disk.
    pub fn set_disks(&mut self, disks: Disks) -> Option<Rc<Disk>> {
        self.disks = disks;
        let chosen = self.chosen.take()?;
        let now = match &self.disks {
            Disks::Found(disks) => disks
                .iter()
                .find(|disk| disk.object == chosen.object && disk.identity.is_same_disk(&chosen.identity)),
            Disks::Looking | Disks::Failed { .. } => None,
        };
        // One that is as it was stays the same one, which whoever shows it sees at a glance.
        let now = now.map(|disk| if *disk == *chosen { Rc::clone(&chosen) } else { Rc::new(disk.clone()) });
        let gone = now.is_none().then_some(chosen);
        self.take(now);
        gone
    }

    fn take(&mut self, disk: Option<Rc<Disk>>) {
        let all = match &self.disks {
            Disks::Found(disks) => &disks[..],
            Disks::Looking | Disks::Failed { .. } => &[],
        };
        self.answers.disk.device = disk.as_ref().map(|disk| disk.lasting_name(all)).unwrap_or_default();
        self.chosen = disk;
    }

    /// Notes how far the passphrase has come.
    pub fn set_passphrase(&mut self, state: SecretState) {
        self.passphrase = state;
    }

    /// Notes how far the password has come.
    pub fn set_password(&mut self, state: SecretState) {
        self.password = state;
    }

    /// Notes what the machine runs on and what it reaches.
    pub fn set_surroundings(&mut self, power: Power, network: Network) {
        self.power = power;
        self.network = network;
    }

    /// Takes answers to begin with, in place of those of an earlier suggestion. What the person has
    /// changed stays.
    pub fn suggest(&mut self, suggestion: Suggestion) {
        self.suggestion.replace(&suggestion, &mut self.answers);
        self.suggestion = suggestion;
    }

    /// How the machine fulfils what an installation needs.
    #[must_use]
    pub fn checks(&self) -> Vec<Check> {
        requirements::checks(&Facts {
            uefi: self.machine.uefi,
            memory: self.machine.memory,
            power: self.power,
            network: self.network,
            disks: match &self.disks {
                Disks::Looking => requirements::Disks::Looking,
                Disks::Found(disks) => requirements::Disks::seen(disks, SMALLEST_DISK),
                Disks::Failed { .. } => requirements::Disks::Unreachable,
            },
        })
    }

    /// What no page can mend: the machine has to be started again.
    fn machine_problems(&self) -> impl Iterator<Item = Problem> {
        // A disk can be plugged in, and its own page says what each one lacks.
        let lasting = |check: &Check| matches!(check.subject, Subject::Firmware | Subject::Memory);
        self.checks()
            .into_iter()
            .filter(move |check| check.state == State::Blocking && lasting(check))
            .map(|check| problem("machine", check.sentence))
    }

    /// Names that somebody who guesses a secret would try first: the person's and the machine's.
    #[must_use]
    pub fn known_words(&self) -> Vec<String> {
        let (user, system) = (&self.answers.user, &self.answers.system);
        vec![user.full_name.clone(), user.name.clone(), system.host_name.clone()]
    }

    /// The layout that the chosen disk would get.
    #[must_use]
    pub fn layout(&self) -> Option<Layout> {
        let disk = self.chosen.as_ref()?;
        Some(Layout::aligned(&self.answers, disk.identity.size, self.machine.memory, disk.alignment))
    }

    /// The plan, if a disk is chosen and nothing stands against it.
    ///
    /// # Errors
    /// Every reason why the answers can't be carried out on this disk.
    #[must_use]
    pub fn plan(&self) -> Option<Result<Plan, Vec<Refusal>>> {
        self.chosen.as_ref().map(|disk| Plan::new(&self.answers, &self.machine, disk))
    }

    /// What keeps `page` from being left, with the answer that it concerns.
    #[must_use]
    pub fn problems(&self, page: Page) -> Vec<Problem> {
        let broken = validate(&self.answers);
        if page == Page::Summary {
            return Page::ALL.into_iter().flat_map(|other| self.of_page(other, &broken)).collect();
        }
        self.of_page(page, &broken)
    }

    /// What keeps one page from being left. `broken` are the rules that the answers break: going
    /// through them is what takes time, so it is done once for all pages. The summary has none of
    /// its own.
    fn of_page(&self, page: Page, broken: &[Problem]) -> Vec<Problem> {
        let mut found: Vec<Problem> = broken
            .iter()
            // The page chooses among disks, it has no name typed.
            .filter(|problem| problem.key != "disk.device" && Page::of_key(&problem.key) == page)
            .cloned()
            .collect();
        match page {
            Page::Welcome => found.extend(self.machine_problems()),
            Page::Disk => found.splice(0..0, self.disk_problems()).for_each(drop),
            Page::System => found.extend(
                missing_channel(&self.machine, &self.answers)
                    .map(|refusal| problem("configuration.kind", refusal.sentence())),
            ),
            Page::Encryption if self.answers.encryption.enabled => {
                found.extend(secret_problem("passphrase", self.passphrase))
            }
            Page::User => found.extend(secret_problem("password", self.password)),
            _ => {}
        }
        found
    }

    fn disk_problems(&self) -> Vec<Problem> {
        let (Some(disk), Some(layout)) = (&self.chosen, self.layout()) else {
            return vec![problem("disk.device", gettext("Choose a disk."))];
        };
        refusals(&self.machine, disk, &layout, &self.answers)
            .iter()
            .filter(|refusal| !is_about_elsewhere(refusal))
            .map(|refusal| {
                let key = match refusal {
                    Refusal::SwapTooSmall { .. } => "swap.size",
                    Refusal::NotErasable { .. } => "disk.erase",
                    _ => "disk.device",
                };
                problem(key, refusal.sentence())
            })
            .collect()
    }

    /// What is wrong with the answer at `key`.
    #[must_use]
    pub fn problem(&self, key: &str) -> Option<String> {
        let [problem] = self.problems_of([key]);
        problem
    }

    /// The same for several keys of one page, with the rules gone through once.
    #[must_use]
    pub fn problems_of<const COUNT: usize>(&self, keys: [&str; COUNT]) -> [Option<String>; COUNT] {
        let page = match keys.first().copied() {
            Some("passphrase") => Page::Encryption,
            Some("password") => Page::User,
            Some("machine") => Page::Welcome,
            Some(key) => Page::of_key(key),
            None => return keys.map(|_| None),
        };
        let problems = self.problems(page);
        keys.map(|key| {
            problems.iter().find(|problem| problem.key == key).map(|problem| problem.sentence.clone())
        })
    }

    /// The pages that can't be left yet, in their order.
    #[must_use]
    pub fn unfinished(&self) -> Vec<Page> {
        let broken = validate(&self.answers);
        Page::ALL.into_iter().filter(|page| !self.of_page(*page, &broken).is_empty()).collect()
    }

    /// The first page, up to `last`, that can't be left yet.
    #[must_use]
    pub fn first_unfinished(&self, last: Page) -> Option<Page> {
        self.unfinished().into_iter().find(|page| *page <= last)
    }
}

/// Whether another page tells of it.
fn is_about_elsewhere(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::NoUefi | Refusal::NoChannel | Refusal::OtherChannel { .. })
}

fn problem(key: &str, sentence: String) -> Problem {
    Problem { key: key.to_owned(), place: None, sentence }
}

fn secret_problem(key: &str, state: SecretState) -> Option<Problem> {
    let sentence = match (key, state) {
        (_, SecretState::Ready) => return None,
        ("passphrase", SecretState::Empty) => gettext("Choose a passphrase."),
        ("passphrase", SecretState::Refused) => gettext("This passphrase can’t be used."),
        ("passphrase", SecretState::NotRepeated) => gettext("Type the same passphrase a second time."),
        (_, SecretState::Empty) => gettext("Choose a password."),
        (_, SecretState::Refused) => gettext("This password can’t be used."),
        (_, SecretState::NotRepeated) => gettext("Type the same password a second time."),
    };
    Some(problem(key, sentence))
}

/// What most people with this desktop want to survive.
fn fitting_preset(desktop: Desktop) -> Preset {
    match desktop {
        Desktop::None => Preset::Server,
        Desktop::Gnome | Desktop::Plasma | Desktop::Xfce => Preset::Desktop,
    }
}

fn unanswered() -> Answers {
    // Whoever starts from a graphical session expects one.
    let desktop = Desktop::Gnome;
    Answers {
        disk: DiskAnswers { device: String::new(), esp_size: DEFAULT_ESP_SIZE, erase: Erasure::None },
        swap: SwapAnswers { kind: DEFAULT_SWAP_KIND, size: None, zram: false },
        encryption: EncryptionAnswers {
            enabled: true,
            volume_name: DEFAULT_VOLUME_NAME.to_owned(),
            allow_discards: false,
            pbkdf: DEFAULT_PBKDF,
        },
        filesystem: FilesystemAnswers { compression_level: None, subvolumes: Vec::new() },
        root: RootAnswers::default(),
        persist: PersistAnswers { preset: fitting_preset(desktop), ..PersistAnswers::default() },
        system: SystemAnswers {
            host_name: "nixos".to_owned(),
            time_zone: DEFAULT_TIME_ZONE.to_owned(),
            locale: DEFAULT_LOCALE.to_owned(),
            formats: None,
            keymap: None,
            xkb_layout: Some("us".to_owned()),
            xkb_variant: None,
            desktop,
            unfree: false,
            ssh: false,
            printing: true,
            bluetooth: true,
            flatpak: false,
            firmware_updates: true,
            release: None,
        },
        user: UserAnswers {
            name: String::new(),
            full_name: String::new(),
            administrator: true,
            automatic_login: false,
        },
        configuration: ConfigurationAnswers::NewFlake,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pure::answers::SwapKind;
    use crate::pure::disk::fixture::plain_disk;
    use crate::pure::disk::{Bus, DiskIdentity};
    use crate::pure::size::GIB;

    fn disk(object: &str, serial: &str, size: u64) -> Disk {
        let plain = plain_disk(size);
        Disk {
            identity: DiskIdentity {
                serial: Some(serial.to_owned()),
                vendor: "Acme".to_owned(),
                model: "Rocket".to_owned(),
                ..plain.identity
            },
            device: format!("/dev/{object}"),
            object: object.to_owned(),
            bus: Bus::Scsi,
            ..plain
        }
    }

    fn machine() -> Machine {
        Machine {
            uefi: true,
            memory: 4 * GIB,
            nixos_release: Some("26.05".to_owned()),
            channel: Some("26.05".to_owned()),
            nix_system: "x86_64-linux".to_owned(),
        }
    }

    fn found(disk: Disk) -> Disks {
        Disks::Found(Rc::new([disk]))
    }

    fn answered() -> Wizard {
        let mut wizard = Wizard::new(machine());
        assert_eq!(wizard.set_disks(found(disk("sda", "1", 64 * GIB))), None);
        wizard.choose(Some("sda"));
        wizard.edit(|answers| answers.user.name = "ada".to_owned());
        wizard.set_passphrase(SecretState::Ready);
        wizard.set_password(SecretState::Ready);
        wizard
    }

    #[test]
    fn a_swap_file_that_cannot_hold_the_memory_is_told_beside_its_size() {
        let mut wizard = answered();
        wizard.edit(|answers| answers.swap = SwapAnswers { kind: SwapKind::File, size: None, zram: true });
        assert_eq!(wizard.problem("swap.size"), None);
        wizard.edit(|answers| answers.swap.size = Some(3 * GIB));
        assert!(wizard.problem("swap.size").is_some());
        assert_eq!(wizard.problem("disk.device"), None);
        // Without hibernation any size will do.
        wizard.edit(|answers| answers.swap.kind = SwapKind::Plain);
        assert_eq!(wizard.problem("swap.size"), None);
    }

    #[test]
    fn the_answers_name_the_disk_by_what_it_is_called_at_another_start_too() {
        assert_eq!(answered().answers().disk.device, "1");
        // Two that say the same of themselves are told apart by their links.
        let mut twins = [disk("sda", "1", 64 * GIB), disk("sdb", "1", 64 * GIB)];
        twins[0].links = vec!["/dev/disk/by-label/x".to_owned(), "/dev/disk/by-path/pci-1".to_owned()];
        let name = |twins: &[Disk]| {
            let mut wizard = Wizard::new(machine());
            assert_eq!(wizard.set_disks(Disks::Found(twins.into())), None);
            wizard.choose(Some("sda"));
            let name = wizard.answers().disk.device.clone();
            assert!(twins[0].answers_to(&name) && !twins[1].answers_to(&name), "{name}");
            name
        };
        assert_eq!(name(&twins), "/dev/disk/by-path/pci-1");
        twins[0].links.push("/dev/disk/by-id/acme-1".to_owned());
        assert_eq!(name(&twins), "/dev/disk/by-id/acme-1");
        twins[0].identity.wwn = Some("0x5".to_owned());
        assert_eq!(name(&twins), "0x5");
        twins[0].identity.serial = Some("2".to_owned());
        assert_eq!(name(&twins), "2");
        for nameless in [" ", "a\nb"] {
            twins[0].identity.serial = Some(nameless.to_owned());
            assert_eq!(name(&twins), "0x5");
        }
        twins[0].links.clear();
        twins[0].identity.wwn = None;
        assert_eq!(name(&twins), "/dev/sda");
    }

    #[test]
    fn a_new_wizard_asks_for_what_has_no_default() {
        let wizard = Wizard::new(machine());
        let unfinished: Vec<Page> = Page::ALL
            .into_iter()
            .filter(|page| *page != Page::Summary && !wizard.problems(*page).is_empty())
            .collect();
        assert_eq!(unfinished, [Page::Disk, Page::Encryption, Page::User]);
        assert_eq!(wizard.first_unfinished(Page::Summary), Some(Page::Disk));
        assert_eq!(wizard.problem("disk.device"), Some("Choose a disk.".to_owned()));
    }

    #[test]
    fn all_answered_is_a_plan() {
        let wizard = answered();
        assert_eq!(wizard.first_unfinished(Page::Summary), None);
        assert_eq!(wizard.problems(Page::Summary), []);
        assert!(matches!(wizard.plan(), Some(Ok(_))));
    }

    #[test]
    fn a_rule_is_told_on_its_page_and_on_the_summary() {
        let mut wizard = answered();
        wizard.edit(|answers| answers.user.name = "root".to_owned());
        assert_eq!(wizard.problems(Page::User).len(), 1);
        assert_eq!(wizard.problems(Page::Summary), wizard.problems(Page::User));
        assert!(wizard.problem("user.name").is_some());
        assert_eq!(wizard.problems(Page::System), []);
    }

    #[test]
    fn the_preset_follows_the_desktop_until_one_is_chosen() {
        let mut wizard = Wizard::new(machine());
        let preset = |wizard: &Wizard| wizard.answers().persist.preset;
        assert_eq!(preset(&wizard), Preset::Desktop);
        wizard.edit(|answers| answers.system.desktop = Desktop::None);
        assert_eq!(preset(&wizard), Preset::Server);
        wizard.edit(|answers| answers.system.desktop = Desktop::Xfce);
        assert_eq!(preset(&wizard), Preset::Desktop);
        wizard.edit(|answers| {
            catalogue::set_preset(&mut answers.persist, &answers.system, Preset::Minimal);
        });
        wizard.edit(|answers| answers.system.desktop = Desktop::None);
        assert_eq!(preset(&wizard), Preset::Minimal);
    }

    #[test]
    fn a_disk_that_goes_takes_the_choice_with_it() {
        let mut wizard = answered();
        // Another of the same model in the same slot.
        let gone = wizard.set_disks(found(disk("sda", "2", 64 * GIB)));
        assert_eq!(gone.and_then(|disk| disk.identity.serial.clone()), Some("1".to_owned()));
        assert_eq!(wizard.chosen(), None);
        assert_eq!(wizard.answers().disk.device, "");
        assert_eq!(wizard.first_unfinished(Page::Summary), Some(Page::Disk));
    }

    #[test]
    fn a_disk_that_stays_is_seen_as_it_is_now() {
        let mut wizard = answered();
        let mut now = disk("sda", "1", 64 * GIB);
        now.read_only = true;
        assert_eq!(wizard.set_disks(found(now)), None);
        assert!(wizard.chosen().is_some_and(|disk| disk.read_only));
        assert_eq!(wizard.problems(Page::Disk).len(), 1);
    }

    #[test]
    fn typing_copies_no_disk() {
        let mut wizard = answered();
        let before = wizard.clone();
        wizard.edit(|answers| answers.system.host_name.push('x'));
        assert!(
            matches!((before.disks(), wizard.disks()), (Disks::Found(a), Disks::Found(b)) if Rc::ptr_eq(a, b))
        );
        assert!(before.chosen().zip(wizard.chosen()).is_some_and(|(a, b)| Rc::ptr_eq(a, b)));
        // Nor does news that are none.
        let _none = wizard.set_disks(found(disk("sda", "1", 64 * GIB)));
        assert!(before.chosen().zip(wizard.chosen()).is_some_and(|(a, b)| Rc::ptr_eq(a, b)));
    }

    #[test]
    fn a_disk_that_is_too_small_is_told_on_its_page() {
        let mut wizard = answered();
        let _none = wizard.set_disks(found(disk("sdb", "3", GIB)));
        wizard.choose(Some("sdb"));
        assert!(matches!(wizard.plan(), Some(Err(_))));
        assert_eq!(wizard.problems(Page::Disk).len(), 1);
    }

    #[test]
    fn secrets_must_be_there_and_repeated() {
        let mut wizard = answered();
        for state in [SecretState::Empty, SecretState::Refused, SecretState::NotRepeated] {
            wizard.set_passphrase(state);
            assert_eq!(wizard.problems(Page::Encryption).len(), 1, "{state:?}");
        }
        wizard.set_passphrase(SecretState::Ready);
        assert_eq!(wizard.problems(Page::Encryption), []);
    }

    #[test]
    fn a_machine_without_uefi_is_told_at_once() {
        for unfit in [Machine { uefi: false, ..machine() }, Machine { memory: GIB, ..machine() }] {
            let wizard = Wizard::new(unfit);
            assert_eq!(wizard.first_unfinished(Page::Summary), Some(Page::Welcome));
            let told = wizard.problem("machine");
            assert!(wizard.checks().iter().any(|check| Some(&check.sentence) == told.as_ref()));
        }
    }

    #[test]
    fn a_missing_channel_is_told_where_it_is_chosen() {
        let mut wizard = answered();
        wizard.edit(|answers| answers.configuration = ConfigurationAnswers::Channels);
        assert_eq!(wizard.problems(Page::System), [], "the machine has one");
        assert_eq!(wizard.first_unfinished(Page::Summary), None);
        wizard.machine.channel = None;
        assert!(wizard.problem("configuration.kind").is_some());
        assert_eq!(wizard.problems(Page::Disk), [], "it is told once");
        assert_eq!(wizard.first_unfinished(Page::Summary), Some(Page::System));
    }

    #[test]
    fn what_can_change_meanwhile_keeps_nobody_on_the_first_page() {
        let mut wizard = Wizard::new(machine());
        let _none = wizard.set_disks(Disks::Found(Rc::new([])));
        wizard.set_surroundings(Power::Battery { percent: Some(3) }, Network::Offline);
        assert_eq!(requirements::worst(&wizard.checks()), State::Blocking);
        assert_eq!(wizard.problems(Page::Welcome), []);
        assert_eq!(wizard.first_unfinished(Page::Summary), Some(Page::Disk));
    }

    #[test]
    fn a_suggestion_fills_in_what_nobody_has_changed() {
        let mut wizard = Wizard::new(machine());
        let german = Suggestion { locale: "de_DE.UTF-8".to_owned(), ..Suggestion::default() };
        wizard.suggest(german);
        assert_eq!(wizard.answers().system.locale, "de_DE.UTF-8");
        wizard.suggest(Suggestion::default());
        assert_eq!(wizard.answers().system.locale, DEFAULT_LOCALE);
        wizard.edit(|answers| answers.system.locale = "fr_FR.UTF-8".to_owned());
        wizard.suggest(Suggestion { layout: "de".to_owned(), ..Suggestion::default() });
        assert_eq!(wizard.answers().system.locale, "fr_FR.UTF-8");
        assert_eq!(wizard.answers().system.xkb_layout.as_deref(), Some("de"));
    }
}
