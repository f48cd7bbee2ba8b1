//! A long list to pick one of, with search.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::{Rc, Weak};

use relm4::adw;
use relm4::gtk;
use relm4::gtk::accessible::{Property, Relation};
use relm4::gtk::prelude::*;
use relm4::gtk::{gio, glib};

use crate::i18n::gettext;
use crate::pure::search::{Query, Searchable};
use crate::ui::stretch;

/// How many entries are given to the list at a stretch. The toolkit makes rows for the first two
/// hundred, seen or not, which takes longer than a window may stand still.
const PIECE: usize = 20;

/// One thing to pick.
#[derive(Debug)]
pub(super) struct Entry {
    /// What it is called.
    pub title: String,
    /// What tells it from others, may be empty.
    pub subtitle: String,
    /// The heading that it stands below. Entries with the same one must follow each other.
    pub section: Option<String>,
    /// By what it is found.
    pub searchable: Searchable,
}

/// The list. It shows that it is being filled until [`PickList::fill`] was called.
#[derive(Clone)]
pub(super) struct PickList(Rc<List>);

struct List {
    widget: gtk::Box,
    search: gtk::SearchEntry,
    stack: gtk::Stack,
    view: gtk::ListView,
    store: gio::ListStore,
    selection: gtk::SingleSelection,
    entries: RefCell<Vec<Rc<Entry>>>,
    /// The places of the entries that the search has found.
    found: RefCell<Vec<usize>>,
    /// Which of those found the list holds so far.
    listed: RefCell<Range<usize>>,
    /// Whether the list gets more by itself as soon as there is time.
    goes_on: Cell<bool>,
    picked: Cell<Option<usize>>,
    /// Whether the selection changes by itself, without the person.
    setting: Cell<bool>,
    pick: Box<dyn Fn(usize)>,
}

/// What the list model holds: where an entry stands in the whole list, and the entry.
type Item = (usize, Rc<Entry>);

impl PickList {
    /// An empty list that is called `label`. `pick` is called with the place of the entry that the
    /// person picks, `sections` says whether entries have headings.
    pub(super) fn new(label: &str, sections: bool, pick: impl Fn(usize) + 'static) -> Self {
        let store = gio::ListStore::new::<glib::BoxedAnyObject>();
        let model: gio::ListModel = if sections {
            let sorted = gtk::SortListModel::new(Some(store.clone()), None::<gtk::Sorter>);
            sorted.set_section_sorter(Some(&gtk::CustomSorter::new(by_section)));
            sorted.upcast()
        } else {
            store.clone().upcast()
        };
        let selection =
            gtk::SingleSelection::builder().model(&model).autoselect(false).can_unselect(true).build();
        let view = gtk::ListView::builder()
            .model(&selection)
            .factory(&rows())
            // Else Tab would go through every entry before it leaves the list.
            .tab_behavior(gtk::ListTabBehavior::Item)
            .build();
        if sections {
            view.set_header_factory(Some(&headings()));
        }
        view.update_property(&[Property::Label(label)]);
        let search = gtk::SearchEntry::builder().placeholder_text(gettext("Search")).build();
        search.update_property(&[Property::Label(&gettext("Search"))]);
        search.update_relation(&[Relation::Controls(&[view.upcast_ref()])]);
        // Who types while the list has the keyboard searches.
        search.set_key_capture_widget(Some(&view));
        let stack = stack(&view);
        let widget = gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(12).build();
        widget.append(&search);
        widget.append(&stack);
        let list = Self(Rc::new(List {
            widget,
            search,
            stack,
            view,
            store,
            selection,
            entries: RefCell::default(),
            found: RefCell::default(),
            listed: RefCell::default(),
            goes_on: Cell::default(),
            picked: Cell::default(),
            setting: Cell::default(),
            pick: Box::new(pick),
        }));
        list.connect();
        list
    }

    fn connect(&self) {
        let told = |act: fn(&Self)| {
            let list = Rc::downgrade(&self.0);
            move || {
                if let Some(list) = Weak::upgrade(&list) {
                    act(&Self(list));
                }
            }
        };
        let changed = told(Self::search);
        let _handler = self.0.search.connect_search_changed(move |_| changed());
        let best = told(Self::pick_best);
        let _handler = self.0.search.connect_activate(move |_| best());
        let focus = gtk::EventControllerFocus::new();
        let come_to = told(Self::come_to);
        let _handler = focus.connect_enter(move |_| come_to());
        self.0.view.add_controller(focus);
        // In a window of another height the picked one would lie outside.
        let resized = told(Self::bring_into_view);
        if let Some(adjustment) = self.0.view.vadjustment() {
            let _handler = adjustment.connect_page_size_notify(move |_| resized());
        }
        let selected = told(Self::selected);
        let _handler = self.0.selection.connect_selected_item_notify(move |_| selected());
    }

    /// The widget.
    pub(super) fn widget(&self) -> &gtk::Widget {
        self.0.widget.upcast_ref()
    }

    /// Calls `act` when the person presses Enter on the picked entry, or clicks it twice.
    pub(super) fn connect_activate(&self, act: impl Fn() + 'static) {
        let _handler = self.0.view.connect_activate(move |_, _| act());
    }

    /// Calls `act` when the person presses Escape in the search.
    pub(super) fn connect_stop(&self, act: impl Fn() + 'static) {
        let _handler = self.0.search.connect_stop_search(move |_| act());
    }

    /// Where typing begins a search.
    pub(super) fn focus_search(&self) {
        let _whether = self.0.search.grab_focus();
    }

    /// Sets what there is to pick.
    pub(super) fn fill(&self, entries: Vec<Entry>) {
        *self.0.entries.borrow_mut() = entries.into_iter().map(Rc::new).collect();
        self.search();
        self.show_picked();
    }

    /// Whether it was filled.
    pub(super) fn is_filled(&self) -> bool {
        !self.0.entries.borrow().is_empty()
    }

    /// Shows that the entry at this place is picked.
    pub(super) fn set_picked(&self, place: Option<usize>) {
        if self.0.picked.replace(place) != place {
            self.show_picked();
        }
    }

    /// Lists what the search finds, in the entries' order.
    fn search(&self) {
        let query = Query::new(&self.0.search.text());
        let found: Vec<usize> = self
            .0
            .entries
            .borrow()
            .iter()
            .enumerate()
            .filter(|(_, entry)| query.matches(&entry.searchable))
            .map(|(place, _)| place)
            .collect();
        let is_nothing = found.is_empty();
        *self.0.found.borrow_mut() = found;
        self.list_around(self.0.picked.get());
        if self.is_filled() {
            self.0.stack.set_visible_child_name(if is_nothing { "nothing" } else { "list" });
            if is_nothing {
                self.0.stack.announce(&gettext("Nothing found"), gtk::AccessibleAnnouncementPriority::Medium);
            }
        }
    }

    /// Lists what was found anew, first what is near the entry at this place, or the beginning.
    fn list_around(&self, place: Option<usize>) {
        let list = &self.0;
        let around = {
            let found = list.found.borrow();
            let middle = place.and_then(|place| found.binary_search(&place).ok()).unwrap_or_default();
            let start = middle.saturating_sub(PIECE / 2);
            start..found.len().min(start.saturating_add(PIECE))
        };
        list.setting.set(true);
        list.store.splice(0, list.store.n_items(), &self.items(around.clone()));
        *list.listed.borrow_mut() = around;
        self.select_picked();
        list.setting.set(false);
        self.list_more_later();
    }

    /// Lists a piece more of what was found, behind what is listed and then before it.
    fn list_more(&self) {
        let list = &self.0;
        let Range { start, end } = list.listed.borrow().clone();
        let count = list.found.borrow().len();
        let (piece, at) = if end < count {
            (end..count.min(end.saturating_add(PIECE)), list.store.n_items())
        } else {
            (start.saturating_sub(PIECE)..start, 0)
        };
        *list.listed.borrow_mut() = start.min(piece.start)..end.max(piece.end);
        list.setting.set(true);
        list.store.splice(at, 0, &self.items(piece));
        self.select_picked();
        list.setting.set(false);
        self.list_more_later();
    }

    fn list_more_later(&self) {
        let is_all = *self.0.listed.borrow() == (0..self.0.found.borrow().len());
        if is_all || self.0.goes_on.replace(true) {
            return;
        }
        let list = Rc::downgrade(&self.0);
        stretch::after_drawing(&self.0.view, move || {
            if let Some(list) = Weak::upgrade(&list) {
                list.goes_on.set(false);
                Self(list).list_more();
            }
        });
    }

    /// What the model holds for some of what was found.
    fn items(&self, which: Range<usize>) -> Vec<glib::BoxedAnyObject> {
        let (entries, found) = (self.0.entries.borrow(), self.0.found.borrow());
        let places = found.get(which).unwrap_or_default().iter();
        places
            .filter_map(|place| Some((*place, Rc::clone(entries.get(*place)?))))
            .map(glib::BoxedAnyObject::new::<Item>)
            .collect()
    }

    fn select_picked(&self) {
        let position = self.0.picked.get().and_then(|place| self.position(place));
        self.0.selection.set_selected(position.unwrap_or(gtk::INVALID_LIST_POSITION));
    }

    fn show_picked(&self) {
        if let Some(place) = self.0.picked.get()
            && self.position(place).is_none()
            && self.0.found.borrow().binary_search(&place).is_ok()
        {
            self.list_around(Some(place));
        }
        self.0.setting.set(true);
        self.select_picked();
        self.0.setting.set(false);
        self.bring_into_view();
    }

    /// Scrolls to the picked entry as soon as the list has a size: before, it would scroll to where
    /// nothing is drawn.
    fn bring_into_view(&self) {
        let (list, ticks) = (Rc::downgrade(&self.0), Cell::new(0));
        let _id = self.0.view.add_tick_callback(move |view, _| {
            let Some(list) = list.upgrade() else { return glib::ControlFlow::Break };
            if view.height() > 0 {
                ticks.set(ticks.get() + 1);
            }
            if ticks.get() < 2 {
                return glib::ControlFlow::Continue;
            }
            let position = list.selection.selected();
            if position != gtk::INVALID_LIST_POSITION {
                view.scroll_to(position, gtk::ListScrollFlags::NONE, None);
            }
            glib::ControlFlow::Break
        });
    }

    fn position(&self, place: usize) -> Option<u32> {
        (0..self.0.selection.n_items())
            .find(|position| item(self.0.selection.item(*position)).is_some_and(|item| item.0 == place))
    }

    /// Picks what fits the search best and goes there, so that Enter chooses it the next time.
    fn pick_best(&self) {
        let query = Query::new(&self.0.search.text());
        let best = {
            let (entries, found) = (self.0.entries.borrow(), self.0.found.borrow());
            let rank = |place: &usize| entries.get(*place).and_then(|entry| query.rank(&entry.searchable));
            found.iter().copied().min_by_key(|place| rank(place).unwrap_or(u8::MAX))
        };
        let Some(best) = best else { return };
        if self.position(best).is_none() {
            self.list_around(Some(best));
        }
        if let Some(position) = self.position(best) {
            let flags = gtk::ListScrollFlags::SELECT | gtk::ListScrollFlags::FOCUS;
            self.0.view.scroll_to(position, flags, None);
            let _whether = self.0.view.grab_focus();
        }
    }

    /// Brings the keyboard to the picked entry when it comes to the list. By itself it would come to
    /// the first one, which has no row yet when the list is scrolled away from it.
    fn come_to(&self) {
        let list = Rc::downgrade(&self.0);
        stretch::later(move || {
            let Some(list) = list.upgrade() else { return };
            if list.selection.n_items() > 0 {
                let picked = Some(list.selection.selected()).filter(|at| *at != gtk::INVALID_LIST_POSITION);
                list.view.scroll_to(picked.unwrap_or(0), gtk::ListScrollFlags::FOCUS, None);
            }
        });
    }

    fn selected(&self) {
        let Some((place, _)) = item(self.0.selection.selected_item()) else { return };
        if !self.0.setting.get() && self.0.picked.replace(Some(place)) != Some(place) {
            (self.0.pick)(place);
        }
    }
}

fn item(object: Option<glib::Object>) -> Option<Item> {
    let boxed = object?.downcast::<glib::BoxedAnyObject>().ok()?;
    let item = boxed.try_borrow::<Item>().ok()?;
    Some((item.0, Rc::clone(&item.1)))
}

/// Entries of one section are equal; which comes first is their order in the list.
fn by_section(one: &glib::Object, other: &glib::Object) -> gtk::Ordering {
    match (item(Some(one.clone())), item(Some(other.clone()))) {
        (Some(one), Some(other)) if one.1.section != other.1.section => one.0.cmp(&other.0).into(),
        _ => gtk::Ordering::Equal,
    }
}

fn stack(view: &gtk::ListView) -> gtk::Stack {
    let scrolled = gtk::ScrolledWindow::builder()
        .hscrollbar_policy(gtk::PolicyType::Never)
        .min_content_height(220)
        .vexpand(true)
        .child(view)
        .css_classes(["card"])
        .overflow(gtk::Overflow::Hidden)
        .build();
    let nothing = adw::StatusPage::builder()
        .icon_name("edit-find-symbolic")
        .title(gettext("Nothing found"))
        .css_classes(["compact"])
        .build();
    let looking = adw::Spinner::new();
    looking.upcast_ref::<gtk::Widget>().update_property(&[Property::Label(&gettext("Looking…"))]);
    let stack = gtk::Stack::builder().vexpand(true).build();
    let _page = stack.add_named(&looking, Some("looking"));
    let _page = stack.add_named(&scrolled, Some("list"));
    let _page = stack.add_named(&nothing, Some("nothing"));
    stack
}

fn rows() -> gtk::SignalListItemFactory {
    let factory = gtk::SignalListItemFactory::new();
    let _handler = factory.connect_setup(|_, item| {
        let Some(item) = item.downcast_ref::<gtk::ListItem>() else { return };
        let row = Row::new();
        // Which one is picked is not told by its colour alone.
        let _binding = item.bind_property("selected", &row.mark, "visible").sync_create().build();
        item.set_child(Some(&row.widget));
    });
    let _handler = factory.connect_bind(|_, list_item| {
        let Some(list_item) = list_item.downcast_ref::<gtk::ListItem>() else { return };
        let (Some((_, entry)), Some(row)) =
            (item(list_item.item()), list_item.child().and_then(|child| Row::of(&child)))
        else {
            return;
        };
        row.title.set_label(&entry.title);
        row.subtitle.set_label(&entry.subtitle);
        row.subtitle.set_visible(!entry.subtitle.is_empty());
        list_item.set_accessible_label(&entry.title);
        list_item.set_accessible_description(&entry.subtitle);
    });
    factory
}

/// The widgets of one row.
struct Row {
    widget: gtk::Box,
    title: gtk::Label,
    subtitle: gtk::Label,
    mark: gtk::Image,
}

impl Row {
    fn new() -> Self {
        let label = |classes: &'static [&'static str]| {
            let label =
                gtk::Label::builder().xalign(0.0).wrap(true).natural_wrap_mode(gtk::NaturalWrapMode::None);
            label.wrap_mode(gtk::pango::WrapMode::WordChar).css_classes(classes).build()
        };
        let (title, subtitle) = (label(&[]), label(&["dim-label", "caption"]));
        let texts = gtk::Box::builder().orientation(gtk::Orientation::Vertical).hexpand(true).build();
        texts.append(&title);
        texts.append(&subtitle);
        let mark = gtk::Image::builder()
            .icon_name("object-select-symbolic")
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build();
        let widget = gtk::Box::builder()
            .spacing(12)
            .margin_top(6)
            .margin_bottom(6)
            .margin_start(6)
            .margin_end(6)
            .build();
        widget.append(&texts);
        widget.append(&mark);
        Self { widget, title, subtitle, mark }
    }

    /// The widgets of a row that [`Row::new`] made.
    fn of(widget: &gtk::Widget) -> Option<Self> {
        let widget = widget.downcast_ref::<gtk::Box>()?.clone();
        let texts = widget.first_child()?;
        let title = texts.first_child()?;
        let subtitle = title.next_sibling()?.downcast().ok()?;
        let mark = texts.next_sibling()?.downcast().ok()?;
        Some(Self { widget, title: title.downcast().ok()?, subtitle, mark })
    }
}

fn headings() -> gtk::SignalListItemFactory {
    let factory = gtk::SignalListItemFactory::new();
    let _handler = factory.connect_setup(|_, header| {
        let Some(header) = header.downcast_ref::<gtk::ListHeader>() else { return };
        let label = gtk::Label::builder()
            .xalign(0.0)
            .wrap(true)
            .margin_start(6)
            .margin_end(6)
            .css_classes(["heading"])
            .build();
        header.set_child(Some(&label));
    });
    let _handler = factory.connect_bind(|_, header| {
        let Some(header) = header.downcast_ref::<gtk::ListHeader>() else { return };
        let label = header.child().and_then(|child| child.downcast::<gtk::Label>().ok());
        if let (Some(label), Some((_, entry))) = (label, item(header.item())) {
            label.set_label(entry.section.as_deref().unwrap_or_default());
        }
    });
    factory
}
