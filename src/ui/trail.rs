//! The trail: which pages there are, which are done, and where the person is.

use std::cell::Cell;
use std::rc::Rc;

use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::{Property, State};

use crate::i18n::{gettext, gettext_f};
use crate::pure::wizard::Page;

/// The list of pages beside them.
pub(super) struct Trail {
    list: gtk::ListBox,
    /// The row of the page that is seen. The arrow keys move the list's selection, which stands for
    /// where the person is and not for where the keyboard is.
    now: Rc<Cell<Option<i32>>>,
    rows: Vec<(Page, gtk::ListBoxRow, gtk::Image)>,
}

impl Trail {
    /// The list; `go` is called with a page that the person wants to go to.
    pub(super) fn new(go: impl Fn(Page) + 'static) -> Self {
        let list = gtk::ListBox::builder()
            .selection_mode(gtk::SelectionMode::Single)
            .css_classes(["navigation-sidebar"])
            .build();
        let _handler = list.connect_row_activated(move |_, row| {
            let page = usize::try_from(row.index()).ok().and_then(|index| Page::ALL.get(index));
            if let Some(page) = page {
                go(*page);
            }
        });
        let now: Rc<Cell<Option<i32>>> = Rc::default();
        let seen = Rc::clone(&now);
        let _handler = list.connect_row_selected(move |list, row| {
            let right = seen.get().and_then(|index| list.row_at_index(index));
            if right.is_some() && right.as_ref() != row {
                list.select_row(right.as_ref());
            }
        });
        let mut trail = Self { list, now, rows: Vec::new() };
        trail.name();
        trail
    }

    /// Names the pages anew, in the language of now.
    pub(super) fn name(&mut self) {
        self.now.set(None);
        self.list.remove_all();
        self.list.update_property(&[Property::Label(&gettext("Steps"))]);
        self.rows = Page::ALL
            .into_iter()
            .map(|page| {
                let (row, mark) = row(page);
                self.list.append(&row);
                (page, row, mark)
            })
            .collect();
    }

    /// The widget.
    pub(super) fn widget(&self) -> &gtk::ListBox {
        &self.list
    }

    /// Marks the pages: `unfinished` can't be left yet, `reached` is the furthest one that may be
    /// gone to.
    pub(super) fn show(&self, unfinished: &[Page], now: Page, reached: Page) {
        for (page, row, mark) in &self.rows {
            let done = *page < reached && !unfinished.contains(page);
            let may = *page <= reached;
            row.set_sensitive(may);
            mark.set_visible(done);
            let spoken =
                if done { gettext_f("{page}, done", &[("page", &page.title())]) } else { page.title() };
            row.update_property(&[Property::Label(&spoken)]);
            row.update_state(&[State::Selected(Some(*page == now))]);
            if *page == now {
                self.now.set(Some(row.index()));
                self.list.select_row(Some(row));
            }
        }
    }
}

fn row(page: Page) -> (gtk::ListBoxRow, gtk::Image) {
    let line = gtk::Box::builder().spacing(9).build();
    let label = gtk::Label::builder().label(page.title()).xalign(0.0).hexpand(true).wrap(true).build();
    let mark = gtk::Image::builder()
        .icon_name("object-select-symbolic")
        .accessible_role(gtk::AccessibleRole::Presentation)
        .visible(false)
        .build();
    line.append(&label);
    line.append(&mark);
    (gtk::ListBoxRow::builder().child(&line).build(), mark)
}
