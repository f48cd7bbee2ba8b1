//! Keeps the end of a text in sight while it grows, until the person goes back in it, and again once they
//! have come to its end.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use relm4::adw::prelude::*;
use relm4::gtk::{self, gdk, glib};

use super::stretch;

/// Pixels that are no distance: from the end it is still the end.
const NEAR: f64 = 24.0;
/// Microseconds in which the text is the person's who has just done something there. GTK takes 200
/// milliseconds to where a key leads (`ANIMATION_DURATION` of gtkscrolledwindow.c), and never gets there
/// if somebody else sets the place.
const THEIRS: i64 = 300_000;
/// Frames of which the same holds, however long they take.
const FRAMES: u32 = 3;

/// What keeps the end in sight.
///
/// The view lays out what is new piece by piece, and with each piece the end moves on. It is gone after
/// once a frame: from within the adjustment's signal the view, which is still at work, would take it back,
/// and what is idle may not have its turn as long as there is something to lay out.
#[derive(Debug)]
pub(super) struct Following {
    view: glib::WeakRef<gtk::TextView>,
    adjustment: gtk::Adjustment,
    /// Whether the end is to be in sight.
    on: Cell<bool>,
    /// Whether the next frame is waited for.
    waiting: Cell<bool>,
    theirs: Cell<Option<Theirs>>,
    place: Place,
}

/// What is known of the person's last doing.
#[derive(Debug, Clone, Copy)]
struct Theirs {
    /// Where the end was. Who gets there has come to the end, wherever it is by then.
    end: f64,
    /// Microseconds of the frame clock when the first frame after it began.
    since: Option<i64>,
    /// How many frames there were.
    frames: u32,
}

impl Following {
    /// Begins at the end of what `view` shows in `scrolled`.
    pub(super) fn new(view: &gtk::TextView, scrolled: &gtk::ScrolledWindow) -> Rc<Self> {
        let adjustment = scrolled.vadjustment();
        let following = Rc::new(Self {
            view: view.downgrade(),
            place: Place::new(view, &adjustment),
            adjustment,
            on: Cell::new(true),
            waiting: Cell::new(false),
            theirs: Cell::new(None),
        });
        following.listen(scrolled);
        following
    }

    /// Leaves the place to the person for a moment, who is about to go somewhere.
    pub(super) fn give_way(self: &Rc<Self>) {
        self.theirs.set(Some(Theirs { end: self.end(), since: None, frames: 0 }));
        self.wait();
    }

    fn listen(self: &Rc<Self>, scrolled: &gtk::ScrolledWindow) {
        let _handler = self.adjustment.connect_value_changed(glib::clone!(
            #[weak(rename_to = following)]
            self,
            move |_| following.moved()
        ));
        let _handler = self.adjustment.connect_changed(glib::clone!(
            #[weak(rename_to = following)]
            self,
            move |_| {
                if following.on.get() {
                    following.wait();
                }
            }
        ));
        let events = gtk::EventControllerLegacy::new();
        events.set_propagation_phase(gtk::PropagationPhase::Capture);
        let _handler = events.connect_event(glib::clone!(
            #[weak(rename_to = following)]
            self,
            #[upgrade_or]
            glib::Propagation::Proceed,
            move |_, event| {
                if moves(event) {
                    following.give_way();
                }
                glib::Propagation::Proceed
            }
        ));
        scrolled.add_controller(events);
    }

    /// The value at which the end is in sight.
    fn end(&self) -> f64 {
        (self.adjustment.upper() - self.adjustment.page_size()).max(self.adjustment.lower())
    }

    /// Something else is in sight.
    fn moved(&self) {
        let Some(view) = self.view.upgrade() else { return };
        let theirs = self.theirs.get();
        let end = theirs.map_or_else(|| self.end(), |theirs| theirs.end.min(self.end()));
        let at_end = end - self.adjustment.value() <= NEAR;
        if self.place.went_back(&view, &self.adjustment, at_end, theirs.is_some()) {
            self.on.set(false);
        } else if at_end {
            self.on.set(true);
        }
    }

    /// Goes to the end at the next frame that is not the person's.
    fn wait(self: &Rc<Self>) {
        let Some(view) = self.view.upgrade() else { return };
        if self.waiting.replace(true) {
            return;
        }
        let following = Rc::clone(self);
        let _tick = view.add_tick_callback(move |_, clock| following.tick(clock.frame_time()));
    }

    fn tick(&self, now: i64) -> glib::ControlFlow {
        if let Some(theirs) = self.theirs.get() {
            let since = theirs.since.unwrap_or(now);
            if theirs.frames < FRAMES || now - since < THEIRS {
                let frames = theirs.frames.saturating_add(1);
                self.theirs.set(Some(Theirs { since: Some(since), frames, ..theirs }));
                return glib::ControlFlow::Continue;
            }
            self.theirs.set(None);
        }
        self.waiting.set(false);
        // Before it has a size each line is as high as it has characters.
        if self.on.get() && self.adjustment.page_size() > 0.0 {
            self.go_to_end();
        }
        glib::ControlFlow::Break
    }

    /// Goes to the end, or towards it. Only what is in sight is sure to be laid out, a line at least, and
    /// that moves the end on; at a line a frame it would be long until the last one is seen.
    fn go_to_end(&self) {
        let began = Instant::now();
        while began.elapsed() < stretch::LENGTH {
            let end = self.end();
            self.adjustment.set_value(end);
            if self.end() <= end {
                break;
            }
        }
    }
}

/// What is at the top of the view.
///
/// The view scrolls by itself, too, so that this stays where it is while something above it is added,
/// let go or laid out. Who goes back from it is the person.
#[derive(Debug)]
struct Place {
    line: gtk::TextMark,
    /// Pixels of that line that are out of sight.
    hidden: Cell<i32>,
    /// Pixels of the text's height and the view's.
    heights: Cell<(f64, f64)>,
}

impl Place {
    fn new(view: &gtk::TextView, adjustment: &gtk::Adjustment) -> Self {
        let buffer = view.buffer();
        Self {
            line: buffer.create_mark(None, &buffer.start_iter(), true),
            hidden: Cell::new(0),
            heights: Cell::new((adjustment.upper(), adjustment.page_size())),
        }
    }

    /// Whether the view was scrolled back from there and not to the end, in one go or in several.
    /// `theirs`: the person has just done something.
    fn went_back(
        &self,
        view: &gtk::TextView,
        adjustment: &gtk::Adjustment,
        at_end: bool,
        theirs: bool,
    ) -> bool {
        let buffer = view.buffer();
        let (line, height) = view.line_yrange(&buffer.iter_at_mark(&self.line));
        // The line may have been higher then, in a view that was not as wide.
        let (before, now) = (line + self.hidden.get().min(height), view.visible_rect().y());
        let heights = (adjustment.upper(), adjustment.page_size());
        let old = self.heights.replace(heights);
        // While it lays out text the view may by itself stand at what was the end.
        let back = (theirs || heights == old) && !at_end && f64::from(now) < f64::from(before) - NEAR;
        if heights.1 != old.1 || at_end || back || now > before {
            let (first, above) = view.line_at_y(now);
            buffer.move_mark(&self.line, &first);
            self.hidden.set(now - above);
        }
        back
    }
}

/// Whether a person moves something by that, and not only the pointer over it.
fn moves(event: &gdk::Event) -> bool {
    match event.event_type() {
        gdk::EventType::KeyPress
        | gdk::EventType::Scroll
        | gdk::EventType::ButtonPress
        | gdk::EventType::TouchBegin
        | gdk::EventType::TouchUpdate => true,
        gdk::EventType::MotionNotify => event.modifier_state().contains(gdk::ModifierType::BUTTON1_MASK),
        _ => false,
    }
}
