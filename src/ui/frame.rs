//! What is around every page: its title, and the way onwards.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::gtk::accessible::Relation;

use crate::i18n::{gettext, gettext_f};
use crate::pure::wizard::Page;

/// The frame of one page.
pub(super) struct Frame {
    navigation: adw::NavigationPage,
    title: adw::WindowTitle,
    reason: gtk::Label,
    onwards: gtk::Button,
    bar: gtk::Box,
}

impl Frame {
    /// A frame around a page's content. `onwards` is what its button says; the window's action
    /// `win.continue` is behind it.
    pub(super) fn new(page: Page, content: &gtk::Widget) -> Self {
        let title = adw::WindowTitle::new(&page.title(), "");
        let header = adw::HeaderBar::builder().title_widget(&title).build();
        header.pack_end(&menu());

        let reason =
            gtk::Label::builder().wrap(true).xalign(0.0).hexpand(true).css_classes(["dim-label"]).build();
        let onwards = gtk::Button::builder()
            .label(gettext("_Continue"))
            .use_underline(true)
            .action_name("win.continue")
            .css_classes(["suggested-action", "pill"])
            .build();
        onwards.update_relation(&[Relation::DescribedBy(&[reason.upcast_ref()])]);
        let bar = gtk::Box::builder()
            .spacing(12)
            .margin_top(12)
            .margin_bottom(12)
            .margin_start(18)
            .margin_end(18)
            .build();
        bar.append(&reason);
        bar.append(&onwards);

        let view = adw::ToolbarView::builder().content(content).build();
        view.add_top_bar(&header);
        view.add_bottom_bar(&bar);
        let navigation =
            adw::NavigationPage::builder().title(page.title()).tag(page.tag()).child(&view).build();
        Self { navigation, title, reason, onwards, bar }
    }

    /// The page for the navigation view.
    pub(super) fn navigation(&self) -> &adw::NavigationPage {
        &self.navigation
    }

    /// Works out where everything on the page goes when it is of this size, before it is seen. The
    /// first picture of it then needs less time at a stretch.
    pub(super) fn lay_out(&self, width: i32, height: i32) {
        let page = &self.navigation;
        // The toolkit complains of less than what a widget must have.
        let (least, ..) = page.measure(gtk::Orientation::Horizontal, -1);
        let width = width.max(least);
        let (least, ..) = page.measure(gtk::Orientation::Vertical, width);
        let height = height.max(least);
        page.size_allocate(&gtk::Allocation::new(0, 0, width, height), -1);
    }

    /// Where the person is, for windows too narrow for the trail.
    pub(super) fn set_place(&self, page: Page, narrow: bool) {
        let place = gettext_f(
            // Translators: Under the title of a page.
            "Step {number} of {count}",
            &[("number", &page.number().to_string()), ("count", &Page::ALL.len().to_string())],
        );
        self.title.set_subtitle(if narrow { &place } else { "" });
    }

    /// Says why the person can't go on yet, or lets them.
    pub(super) fn set_reason(&self, reason: Option<&str>) {
        self.onwards.set_sensitive(reason.is_none());
        let text = reason.unwrap_or_default();
        if self.reason.label() != text {
            self.reason.set_label(text);
        }
        // The reason can be reached by keyboard, for whoever can't see it.
        self.reason.set_selectable(reason.is_some());
    }

    /// Replaces the button by the page's own way onwards.
    pub(super) fn set_onwards(&mut self, button: gtk::Button) {
        self.bar.remove(&self.onwards);
        button.update_relation(&[Relation::DescribedBy(&[self.reason.upcast_ref()])]);
        self.bar.append(&button);
        self.onwards = button;
    }
}

fn menu() -> gtk::MenuButton {
    let items = gtk::gio::Menu::new();
    items.append(Some(&gettext("_Accessibility")), Some("win.accessibility"));
    items.append(Some(&gettext("_Keyboard Shortcuts")), Some("win.shortcuts"));
    items.append(Some(&gettext("_About Snowmelt")), Some("win.about"));
    let button = gtk::MenuButton::builder()
        .icon_name("open-menu-symbolic")
        .tooltip_text(gettext("Main Menu"))
        .menu_model(&items)
        .primary(true)
        .build();
    button.update_property(&[gtk::accessible::Property::Label(&gettext("Main Menu"))]);
    button
}
