//! Shows the log: it follows, can be searched, copied and saved.

use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::gtk::accessible::Property;
use relm4::prelude::*;

use super::following::Following;
use super::log::Log;
use crate::i18n::gettext;

/// The view.
pub(super) struct LogView {
    log: Log,
    view: gtk::TextView,
    search: gtk::SearchEntry,
    following: Rc<Following>,
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
            #[local_ref]
            scrolled -> gtk::ScrolledWindow {
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
                    // No margin above: with one GTK 4.18 takes the text back by it whenever something
                    // above is laid out (`changed_handler` of gtktextview.c). The class has a padding.
                    add_css_class: "log",
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
        let scrolled = gtk::ScrolledWindow::new();
        listen(&search, &sender);
        let following = Following::new(&view, &scrolled);
        let model = Self { log, view, search, following };
        let (view, search, scrolled) = (&model.view, &model.search, &scrolled);
        let widgets = view_output!();
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
            self.following.give_way();
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
