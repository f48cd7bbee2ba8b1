//! A row with a list to choose one thing from, each of which a screen reader can say.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::gtk::{glib, pango};
use relm4::{adw, gtk};

/// The row. The toolkit's own list has items without a name.
pub(super) fn choice_row(title: &str, names: &[&str]) -> adw::ComboRow {
    let row =
        adw::ComboRow::builder().title(title).title_lines(0).model(&gtk::StringList::new(names)).build();
    row.set_list_factory(Some(&factory(&row)));
    row
}

/// The row below it that says what the choice means. As a subtitle that would leave no room for the
/// choice in a narrow window.
pub(super) fn remark() -> adw::ActionRow {
    adw::ActionRow::builder().use_markup(false).title_lines(0).css_classes(["property"]).build()
}

/// The place of a choice among all that the row lists, in their order.
pub(super) fn place<T: PartialEq>(all: &[T], one: &T) -> u32 {
    all.iter().position(|each| each == one).and_then(|place| u32::try_from(place).ok()).unwrap_or_default()
}

/// The choice at a place of the row.
pub(super) fn at<T: Copy>(all: &[T], place: u32) -> Option<T> {
    usize::try_from(place).ok().and_then(|place| all.get(place)).copied()
}

/// Gives the row these entries, with the one at `place` chosen. The row says of another list that its
/// first entry is chosen, which nobody did: `told` is the handler that must not hear it.
pub(super) fn offer(row: &adw::ComboRow, told: &glib::SignalHandlerId, names: &[&str], place: usize) {
    row.block_signal(told);
    if !has(row, names) {
        row.set_model(Some(&gtk::StringList::new(names)));
    }
    row.set_selected(u32::try_from(place).unwrap_or_default());
    row.unblock_signal(told);
}

fn has(row: &adw::ComboRow, names: &[&str]) -> bool {
    row.model().and_downcast::<gtk::StringList>().is_some_and(|list| {
        let shown = (0..list.n_items()).filter_map(|place| list.string(place));
        shown.eq(names.iter().copied())
    })
}

fn factory(row: &adw::ComboRow) -> gtk::SignalListItemFactory {
    let factory = gtk::SignalListItemFactory::new();
    let marks: Rc<RefCell<HashMap<gtk::ListItem, glib::Binding>>> = Rc::default();
    let _handler = factory.connect_setup(|_, item| {
        if let Some(item) = item.downcast_ref::<gtk::ListItem>() {
            item.set_child(Some(&content()));
        }
    });
    let row = row.downgrade();
    let bound = Rc::clone(&marks);
    let _handler = factory.connect_bind(move |_, item| {
        let (Some(item), Some(row)) = (item.downcast_ref::<gtk::ListItem>(), row.upgrade()) else { return };
        if let Some(mark) = show(item, &row) {
            let _before = bound.borrow_mut().insert(item.clone(), mark);
        }
    });
    let _handler = factory.connect_unbind(move |_, item| {
        let item = item.downcast_ref::<gtk::ListItem>();
        if let Some(mark) = item.and_then(|item| marks.borrow_mut().remove(item)) {
            mark.unbind();
        }
    });
    factory
}

/// A label, and the mark of what is chosen behind it.
fn content() -> gtk::Box {
    let content = gtk::Box::builder().spacing(6).build();
    let label = gtk::Label::builder().xalign(0.0).hexpand(true).ellipsize(pango::EllipsizeMode::End).build();
    content.append(&label);
    content.append(
        &gtk::Image::builder()
            .icon_name("object-select-symbolic")
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build(),
    );
    content
}

/// Shows what stands at the item's place; gives what keeps its mark true.
fn show(item: &gtk::ListItem, row: &adw::ComboRow) -> Option<glib::Binding> {
    let text = item.item().and_downcast::<gtk::StringObject>()?.string();
    let label = item.child()?.first_child().and_downcast::<gtk::Label>()?;
    let mark = label.next_sibling()?;
    label.set_text(&text);
    item.set_accessible_label(&text);
    let place = item.position();
    let opacity = move |_: &glib::Binding, chosen: u32| Some(f64::from(u8::from(chosen == place)));
    Some(row.bind_property("selected", &mark, "opacity").transform_to(opacity).sync_create().build())
}
