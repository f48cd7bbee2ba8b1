//! Work on many widgets, in stretches between which the window can draw and listen.

use std::cell::Cell;
use std::time::{Duration, Instant};

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::glib;

/// How long is worked at a stretch: the window must not stand still meanwhile. A row takes a few
/// milliseconds to make, and there can be dozens.
pub(super) const LENGTH: Duration = Duration::from_millis(10);
/// How many are changed at a stretch. Each is measured and drawn only afterwards, when no clock is
/// looked at any more.
const MOST_CHANGES: usize = 6;

/// What is done before the window may draw again.
pub(super) struct Stretch {
    end: Instant,
    changes: usize,
}

impl Stretch {
    /// A stretch that begins now.
    pub(super) fn begin() -> Self {
        Self { end: Instant::now() + LENGTH, changes: 0 }
    }

    /// One more widget was made, changed or taken away.
    pub(super) fn count(&mut self) {
        self.changes += 1;
    }

    /// Whether the rest is for [`after_drawing`]. Something is always done, however slow the machine is.
    pub(super) fn is_over(&self) -> bool {
        self.changes > 0 && (self.changes >= MOST_CHANGES || Instant::now() >= self.end)
    }
}

/// Goes on when there is nothing more urgent, such as a frame or a key press.
pub(super) fn later(go_on: impl FnOnce() + 'static) {
    let _source = glib::idle_add_local_once(go_on);
}

/// Goes on once the widget has been drawn with what is in it so far: each frame then measures and
/// draws no more than one stretch. A widget that is not seen waits until it is.
pub(super) fn after_drawing(widget: &impl IsA<gtk::Widget>, go_on: impl FnOnce() + 'static) {
    let go_on = Cell::new(Some(go_on));
    let _id = widget.add_tick_callback(move |_, _| {
        if let Some(go_on) = go_on.take() {
            // Drawing comes right behind, and before whatever is idle.
            later(go_on);
        }
        glib::ControlFlow::Break
    });
}

/// Puts groups on a page below what is there already, some after each time it was drawn: a page is
/// measured as a whole when it is first seen, also what is far below.
pub(super) fn add_groups(page: &adw::PreferencesPage, mut groups: std::vec::IntoIter<adw::PreferencesGroup>) {
    let next = page.downgrade();
    after_drawing(page, move || {
        let Some(page) = next.upgrade() else { return };
        let mut stretch = Stretch::begin();
        while !stretch.is_over()
            && let Some(group) = groups.next()
        {
            page.add(&group);
            stretch.count();
        }
        if groups.len() > 0 {
            add_groups(&page, groups);
        }
    });
}
