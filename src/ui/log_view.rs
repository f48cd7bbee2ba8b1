//! Shows the log: it follows, can be searched, copied and saved.

use std::cell::Cell;
use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::gtk::accessible::Property;
use relm4::gtk::glib;
use relm4::prelude::*;

use super::log::Log;
use crate::i18n::gettext;

/// Pixels that are no distance: from the end it is still the end.
const NEAR: f64 = 24.0;

/// The view.
pub(super) struct LogView {
    log: Log,
    view: gtk::TextView,
    search: gtk::SearchEntry,
}

/// What the view is told.
#[derive(Debug)]
pub(super) enum Input {
    /// What is searched for has changed.
    Search,
    /// The next place, or the one before.
    Next(bool),
    /// Copy everything.
    Copy,
}

/// What the person wants of the view's owner.
#[derive(Debug)]
pub(super) enum Output {
    /// To save the log.
    Save,
    /// To know that it was copied.
    Copied,
}

#[relm4::component(pub(super))]
impl SimpleComponent for LogView {
    type Init = Log;
    type Input = Input;
    type Output = Output;

    view! {
        gtk::Box {
            set_orientation: gtk::Orientation::Vertical,
            set_spacing: 6,

            adw::WrapBox {
                set_child_spacing: 6,
                set_line_spacing: 6,
                #[local_ref]
                search -> gtk::SearchEntry {
                    set_placeholder_text: Some(&gettext("Search the log")),
                    update_property: &[Property::Label(&gettext("Search the log"))],
                },
                gtk::Button {
                    set_label: &gettext("_Copy Log"),
                    set_use_underline: true,
                    connect_clicked => Input::Copy,
                },
                gtk::Button {
                    set_label: &gettext("_Save Log…"),
                    set_use_underline: true,
                    connect_clicked[sender] => move |_| {
                        // The owner listens as long as the view is there.
                        let _unheard = sender.output(Output::Save);
                    },
                },
            },
            #[name = "scrolled"]
            gtk::ScrolledWindow {
                set_height_request: 260,
                set_vexpand: true,
                add_css_class: "card",
                set_overflow: gtk::Overflow::Hidden,
                #[local_ref]
                view -> gtk::TextView {
                    set_editable: false,
                    set_cursor_visible: true,
                    set_monospace: true,
                    set_wrap_mode: gtk::WrapMode::WordChar,
                    // Tab goes on to what follows.
                    set_accepts_tab: false,
                    set_top_margin: 9,
                    set_bottom_margin: 9,
                    set_left_margin: 12,
                    set_right_margin: 12,
                    update_property: &[Property::Label(&gettext("Log"))],
                },
            },
        }
    }

    fn init(log: Log, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let view = gtk::TextView::with_buffer(log.buffer());
        let search = gtk::SearchEntry::new();
        let model = Self { log, view, search };
        let (view, search) = (&model.view, &model.search);
        let widgets = view_output!();
        follow(view, &widgets.scrolled);
        listen(search, &sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>) {
        match input {
            Input::Search => self.find(true, true),
            Input::Next(forward) => self.find(forward, false),
            Input::Copy => {
                self.view.clipboard().set_text(&self.log.text());
                // The owner listens as long as the view is there.
                let _unheard = sender.output(Output::Copied);
            }
        }
    }
}

impl LogView {
    /// Shows the next place, beginning at what was found last; from the other end if there is none.
    fn find(&self, forward: bool, anew: bool) {
        let buffer = self.log.buffer();
        let words = self.search.text();
        let flags = gtk::TextSearchFlags::CASE_INSENSITIVE | gtk::TextSearchFlags::TEXT_ONLY;
        let (start, end) = buffer.selection_bounds().unwrap_or_else(|| {
            let cursor = buffer.iter_at_mark(&buffer.get_insert());
            (cursor, cursor)
        });
        let found = if words.is_empty() {
            None
        } else if forward {
            let from = if anew { start } else { end };
            from.forward_search(&words, flags, None)
                .or_else(|| buffer.start_iter().forward_search(&words, flags, None))
        } else {
            start
                .backward_search(&words, flags, None)
                .or_else(|| buffer.end_iter().backward_search(&words, flags, None))
        };
        if let Some((mut from, to)) = found {
            buffer.select_range(&from, &to);
            let _scrolled = self.view.scroll_to_iter(&mut from, 0.1, false, 0.0, 0.0);
            self.search.remove_css_class("error");
        } else if words.is_empty() {
            self.search.remove_css_class("error");
        } else {
            self.search.add_css_class("error");
            self.search.announce(&gettext("Not found"), gtk::AccessibleAnnouncementPriority::Medium);
        }
    }
}

fn listen(search: &gtk::SearchEntry, sender: &ComponentSender<LogView>) {
    let told = |input: fn() -> Input| {
        let sender = sender.input_sender().clone();
        move |_: &gtk::SearchEntry| sender.emit(input())
    };
    let _handler = search.connect_search_changed(told(|| Input::Search));
    let _handler = search.connect_activate(told(|| Input::Next(true)));
    let _handler = search.connect_next_match(told(|| Input::Next(true)));
    let _handler = search.connect_previous_match(told(|| Input::Next(false)));
}

/// Keeps the end in sight until the person goes back from it, and again once they have come to it.
///
/// The view lays out what is new piece by piece, and with each piece the end moves on. It is gone after
/// once a frame: from within the signal the view, which is still at work, would take it back, and what
/// is idle may not have its turn as long as there is something to lay out.
fn follow(view: &gtk::TextView, scrolled: &gtk::ScrolledWindow) {
    let adjustment = scrolled.vadjustment();
    let following = Rc::new(Cell::new(true));
    let place = Place::new(view, &adjustment);
    let (seen, watched) = (Rc::clone(&following), view.downgrade());
    let _handler = adjustment.connect_value_changed(move |adjustment| {
        let Some(view) = watched.upgrade() else { return };
        let at_end = end(adjustment) - adjustment.value() <= NEAR;
        if place.went_back(&view, adjustment, at_end) {
            seen.set(false);
        } else if at_end {
            seen.set(true);
        }
    });
    let (watched, waiting) = (view.downgrade(), Rc::new(Cell::new(false)));
    let _handler = adjustment.connect_changed(move |adjustment| {
        let Some(view) = watched.upgrade() else { return };
        if !following.get() || waiting.replace(true) {
            return;
        }
        let (following, waiting, adjustment) = (following.clone(), waiting.clone(), adjustment.clone());
        let _tick = view.add_tick_callback(move |_, _| {
            waiting.set(false);
            if following.get() {
                adjustment.set_value(end(&adjustment));
            }
            glib::ControlFlow::Break
        });
    });
}

/// The value at which the end is in sight.
fn end(adjustment: &gtk::Adjustment) -> f64 {
    (adjustment.upper() - adjustment.page_size()).max(adjustment.lower())
}

/// What is at the top of the view.
///
/// The view scrolls by itself, too, so that this stays where it is while something above it is added,
/// let go or laid out. Who goes back from it is the person.
struct Place {
    line: gtk::TextMark,
    /// Pixels of that line that are out of sight.
    hidden: Cell<i32>,
    /// Pixels of the view's height.
    page: Cell<f64>,
}

impl Place {
    fn new(view: &gtk::TextView, adjustment: &gtk::Adjustment) -> Self {
        let buffer = view.buffer();
        Self {
            line: buffer.create_mark(None, &buffer.start_iter(), true),
            hidden: Cell::new(0),
            page: Cell::new(adjustment.page_size()),
        }
    }

    /// Whether the view was scrolled back from there and not to the end, in one go or in several.
    fn went_back(&self, view: &gtk::TextView, adjustment: &gtk::Adjustment, at_end: bool) -> bool {
        let buffer = view.buffer();
        let (line, _) = view.line_yrange(&buffer.iter_at_mark(&self.line));
        let (before, now) = (line + self.hidden.get(), view.visible_rect().y());
        let resized = self.page.replace(adjustment.page_size()) != adjustment.page_size();
        let back = !resized && !at_end && f64::from(now) < f64::from(before) - NEAR;
        if resized || at_end || back || now > before {
            let (first, above) = view.line_at_y(now);
            buffer.move_mark(&self.line, &first);
            self.hidden.set(now - above);
        }
        back
    }
}
