//! A disk as a bar of its parts.

use std::cell::RefCell;
use std::f64::consts::{FRAC_PI_2, PI};
use std::rc::Rc;

use relm4::adw::{self, AccentColor};
use relm4::gtk::accessible::Property;
use relm4::gtk::prelude::*;
use relm4::gtk::{self, cairo, gdk};

use crate::pure::bar::{Segment, SegmentKind, shares, words};

/// Height of the bar, in pixels.
const HEIGHT: i32 = 16;
/// Least width of a part, and the gap between two, in pixels.
const SMALLEST: f64 = 6.0;
const GAP: f64 = 2.0;
const RADIUS: f64 = 5.0;

/// The bar. It is drawn by hand, since no widget of the toolkit has parts in proportion.
pub(super) struct DiskBar {
    area: gtk::DrawingArea,
    segments: Rc<RefCell<Vec<Segment>>>,
}

impl DiskBar {
    /// A bar without parts; `name` is what a screen reader calls it. The parts are its description.
    pub(super) fn new(name: &str) -> Self {
        let segments: Rc<RefCell<Vec<Segment>>> = Rc::default();
        let area = area(HEIGHT);
        area.set_hexpand(true);
        area.set_accessible_role(gtk::AccessibleRole::Img);
        area.update_property(&[Property::Label(name)]);
        let drawn = Rc::clone(&segments);
        area.set_draw_func(move |area, context, width, _| {
            draw(area, context, f64::from(width), &drawn.borrow());
        });
        Self { area, segments }
    }

    /// The widget.
    pub(super) fn widget(&self) -> &gtk::DrawingArea {
        &self.area
    }

    /// Shows these parts.
    pub(super) fn show(&self, segments: Vec<Segment>) {
        if *self.segments.borrow() == segments {
            return;
        }
        let words = words(&segments);
        self.area.update_property(&[Property::Description(&words)]);
        self.area.set_tooltip_text(Some(&words));
        let _before = self.segments.replace(segments);
        self.area.queue_draw();
    }
}

/// A small patch in the colour of this kind, to stand beside its words.
pub(super) fn patch(kind: SegmentKind) -> gtk::DrawingArea {
    let area = area(HEIGHT);
    area.set_content_width(HEIGHT);
    area.set_valign(gtk::Align::Center);
    area.set_accessible_role(gtk::AccessibleRole::Presentation);
    area.set_draw_func(move |area, context, width, height| {
        let (width, height) = (f64::from(width), f64::from(height));
        let is_drawn = rounded(context, 0.0, width, height, RADIUS, RADIUS)
            .and_then(|()| fill(context, &color(area, kind)));
        note(is_drawn);
    });
    area
}

fn area(height: i32) -> gtk::DrawingArea {
    gtk::DrawingArea::builder().content_height(height).build()
}

fn draw(area: &gtk::DrawingArea, context: &cairo::Context, width: f64, segments: &[Segment]) {
    let shares = shares(segments, SMALLEST / width.max(1.0));
    let last = segments.len().saturating_sub(1);
    let is_mirrored = area.direction() == gtk::TextDirection::Rtl;
    let mut at = 0.0;
    for (index, (segment, share)) in segments.iter().zip(shares).enumerate() {
        let wide = share * width;
        let gap = if index == last { 0.0 } else { GAP };
        let start = if is_mirrored { width - at - wide + gap } else { at };
        let (first, end) = if is_mirrored { (last, 0) } else { (0, last) };
        let left = if index == first { RADIUS } else { 0.0 };
        let right = if index == end { RADIUS } else { 0.0 };
        let is_drawn = context
            .save()
            .and_then(|()| {
                context.translate(start, 0.0);
                rounded(context, 0.0, (wide - gap).max(1.0), f64::from(HEIGHT), left, right)
            })
            .and_then(|()| fill(context, &color(area, segment.kind)))
            .and_then(|()| context.restore());
        note(is_drawn);
        at += wide;
    }
}

/// A path around a rectangle whose corners to the left and to the right are rounded.
fn rounded(
    context: &cairo::Context,
    start: f64,
    width: f64,
    height: f64,
    left: f64,
    right: f64,
) -> Result<(), cairo::Error> {
    let (left, right) = (left.min(width / 2.0), right.min(width / 2.0));
    context.new_path();
    context.arc(start + width - right, right, right, -FRAC_PI_2, 0.0);
    context.arc(start + width - right, height - right, right, 0.0, FRAC_PI_2);
    context.arc(start + left, height - left, left, FRAC_PI_2, PI);
    context.arc(start + left, left, left, PI, PI + FRAC_PI_2);
    context.close_path();
    context.status()
}

fn fill(context: &cairo::Context, color: &gdk::RGBA) -> Result<(), cairo::Error> {
    context.set_source_color(color);
    context.fill()
}

/// A bar that can't be drawn is empty; its words are there all the same.
fn note(drawn: Result<(), cairo::Error>) {
    if let Err(error) = drawn {
        tracing::debug!("a bar can’t be drawn: {error}");
    }
}

/// The colour of a kind. The desktop's own accent colours stand out from either background; free
/// space is a shade of the text's colour.
fn color(area: &gtk::DrawingArea, kind: SegmentKind) -> gdk::RGBA {
    let accent = match kind {
        SegmentKind::Free => {
            let text = area.color();
            return gdk::RGBA::new(text.red(), text.green(), text.blue(), 0.2);
        }
        SegmentKind::Boot => AccentColor::Orange,
        SegmentKind::Windows => AccentColor::Blue,
        SegmentKind::Data => AccentColor::Green,
        SegmentKind::Swap => AccentColor::Yellow,
        SegmentKind::Encrypted => AccentColor::Purple,
        SegmentKind::Member => AccentColor::Pink,
        SegmentKind::Unknown => AccentColor::Slate,
    };
    accent.to_standalone_rgba(adw::StyleManager::default().is_dark())
}
