//! A dialog to pick one of many.

use std::cell::Cell;
use std::rc::Rc;

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

use super::pick_list::{Entry, PickList};
use crate::i18n::gettext;

/// The dialog, until it is filled with a spinner in it.
#[derive(Clone)]
pub(super) struct PickDialog {
    dialog: adw::Dialog,
    list: PickList,
    picked: Rc<Cell<Option<usize>>>,
    choose: gtk::Button,
}

impl PickDialog {
    /// Shows the dialog over `parent`. `chosen` is called with the place of the entry that the person
    /// chooses; closing the dialog otherwise changes nothing.
    pub(super) fn present(
        title: &str,
        sections: bool,
        parent: &impl IsA<gtk::Widget>,
        chosen: impl Fn(usize) + 'static,
    ) -> Self {
        let picked = Rc::new(Cell::new(None));
        let choose = gtk::Button::builder()
            .label(gettext("Choose"))
            .css_classes(["suggested-action"])
            .sensitive(false)
            .build();
        let list = {
            let (picked, choose) = (Rc::clone(&picked), choose.clone());
            PickList::new(title, sections, move |place| {
                picked.set(Some(place));
                choose.set_sensitive(true);
            })
        };
        list.widget().set_margin_start(12);
        list.widget().set_margin_end(12);
        list.widget().set_margin_bottom(12);
        let cancel = gtk::Button::with_label(&gettext("Cancel"));
        let header =
            adw::HeaderBar::builder().show_start_title_buttons(false).show_end_title_buttons(false).build();
        header.pack_start(&cancel);
        header.pack_end(&choose);
        let view = adw::ToolbarView::builder().content(list.widget()).build();
        view.add_top_bar(&header);
        let dialog =
            adw::Dialog::builder().title(title).content_width(460).content_height(620).child(&view).build();
        let made = Self { dialog, list, picked, choose };
        made.connect(&cancel, Rc::new(chosen));
        made.dialog.present(Some(parent));
        made.list.focus_search();
        made
    }

    fn connect(&self, cancel: &gtk::Button, chosen: Rc<dyn Fn(usize)>) {
        let dialog = self.dialog.downgrade();
        let close = Rc::new(move || {
            if let Some(dialog) = dialog.upgrade() {
                let _whether = dialog.close();
            }
        });
        let stopped = Rc::clone(&close);
        self.list.connect_stop(move || stopped());
        let _handler = cancel.connect_clicked(move |_| close());
        let (dialog, picked) = (self.dialog.downgrade(), Rc::clone(&self.picked));
        let done = Rc::new(move || {
            if let (Some(dialog), Some(place)) = (dialog.upgrade(), picked.get()) {
                chosen(place);
                let _whether = dialog.close();
            }
        });
        // The dialog holds the list: its search works as long as it is there.
        let list = self.list.clone();
        let _handler = self.dialog.connect_closed(move |_| drop(list.clone()));
        let clicked = Rc::clone(&done);
        let _handler = self.choose.connect_clicked(move |_| clicked());
        self.list.connect_activate(move || done());
    }

    /// Sets what there is to pick, and what is picked at first.
    pub(super) fn fill(&self, entries: Vec<Entry>, picked: Option<usize>) {
        self.picked.set(picked);
        self.choose.set_sensitive(picked.is_some());
        self.list.set_picked(picked);
        self.list.fill(entries);
    }
}
