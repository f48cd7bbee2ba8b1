//! A switch that stands for one answer.

use relm4::adw;

use super::page::Said;
use crate::pure::answers::Answers;

/// The row of a switch; `set` changes the answers to what the person turns it to.
pub(super) fn answer_switch(
    title: &str,
    said: &relm4::Sender<Said>,
    set: impl Fn(&mut Answers, bool) + Copy + 'static,
) -> adw::SwitchRow {
    let row = adw::SwitchRow::builder().title(title).title_lines(0).subtitle_lines(0).build();
    let said = said.clone();
    let _handler = row.connect_active_notify(move |row| {
        let on = row.is_active();
        said.emit(Said::edit(move |answers| set(answers, on)));
    });
    row
}
