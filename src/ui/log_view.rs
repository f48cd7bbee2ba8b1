//! Shows the log: it follows, can be searched, copied and saved.

use std::cell::Cell;
use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::gtk::accessible::Property;
use relm4::prelude::*;

use super::log::Log;
use super::stretch;
use crate::i18n::gettext;

/// After so many new lines the view is made to forget what it knows of the old ones.
///
/// GTK 4.18 does not let go of the layouts of all lines that were seen and deleted, some seven
/// kilobytes each, as long as there is something new in each frame; it does when the buffer is set.
const RENEW: usize = 10_000;
/// Pixels from the end that still count as the end.
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
        follow(&model.log, view, &widgets.scrolled);
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
fn follow(log: &Log, view: &gtk::TextView, scrolled: &gtk::ScrolledWindow) {
    let buffer = log.buffer();
    let end = buffer.create_mark(None, &buffer.end_iter(), false);
    // It goes where its text goes: lines that come, and lines that are let go, move everything, too.
    let top = buffer.create_mark(None, &buffer.start_iter(), true);
    let following = Rc::new(Cell::new(true));
    let (seen, watched) = (Rc::clone(&following), view.downgrade());
    let _handler = scrolled.vadjustment().connect_value_changed(move |place| {
        let Some(view) = watched.upgrade() else { return };
        let buffer = view.buffer();
        // While it is renewed the view has another for a moment.
        if top.buffer().as_ref() != Some(&buffer) {
            return;
        }
        let (first, _) = view.line_at_y(view.visible_rect().y());
        if place.value() + place.page_size() >= place.upper() - NEAR {
            seen.set(true);
        } else if first.line() < buffer.iter_at_mark(&top).line() {
            seen.set(false);
        }
        buffer.move_mark(&top, &first);
    });
    let watched = view.downgrade();
    let new = Rc::new(Cell::new(0_usize));
    let counted = Rc::clone(&new);
    let _handler = buffer.connect_insert_text(move |_, _, text| {
        counted.set(counted.get().saturating_add(text.matches('\n').count()));
    });
    let to_end = move || {
        if !following.get() {
            return;
        }
        if new.get() >= RENEW
            && let Some(view) = watched.upgrade()
        {
            new.set(0);
            stretch::later(move || {
                let buffer = view.buffer();
                view.set_buffer(gtk::TextBuffer::NONE);
                view.set_buffer(Some(&buffer));
            });
        }
        let (view, end) = (watched.clone(), end.clone());
        // The view knows where the end is only after it was laid out again.
        stretch::later(move || {
            if let Some(view) = view.upgrade() {
                view.scroll_mark_onscreen(&end);
            }
        });
    };
    let on_map = to_end.clone();
    let _handler = view.connect_map(move |_| on_map());
    let _handler = buffer.connect_changed(move |_| to_end());
}
