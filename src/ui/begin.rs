//! Finds out what the answers may begin with.

use crate::boundary::session::{self, Session};
use crate::boundary::{keyboard, zone};
use crate::pure::locales::interface_languages;
use crate::pure::wizard::{Present, Suggestion};

/// What the live session and the language of the interface suggest; the language is there when the
/// person has chosen it. `None` is never the person's matter.
pub(super) async fn suggestion(language: Option<String>) -> Option<Suggestion> {
    let session = session::read().await;
    // The list of layouts is a megabyte of XML.
    let found = relm4::spawn_blocking(move || suggested(&session, language.as_deref())).await;
    found.inspect_err(|error| tracing::error!("no suggestion: {error}")).ok()
}

fn suggested(session: &Session, language: Option<&str>) -> Suggestion {
    let language = language.and_then(|code| interface_languages().find(|known| known.code == code));
    let layouts = keyboard::layouts().unwrap_or_else(|error| {
        tracing::warn!("{error}");
        Vec::new()
    });
    let present = Present {
        layout: &session.layout,
        variant: &session.variant,
        locale: &session.locale,
        time_zone: &session.time_zone,
    };
    Suggestion::new(language, present, &layouts, &zone::list())
}
