//! `snowmelt-audit watch` and `notify`: a notice on the desktop about new places.
//!
//! The one runs as root, at times; the other in a session, when there is a notice. So root never
//! talks to a session, and no session needs to be asked.

use std::collections::{BTreeSet, HashMap};

use super::list;
use super::problem::explain;
use crate::boundary::audit::told;
use crate::boundary::audit::top::Top;
use crate::cli::output::plain;
use crate::cli::status::Stop;
use crate::i18n::{gettext, gettext_f, ngettext_f};
use crate::pure::markup;

/// How many places a notice names.
const NAMED: usize = 3;

/// Leaves a notice about the places that were not told of yet.
pub(super) fn watch(top: &Top) -> Result<(), Stop> {
    let found = list::find(top, true).map_err(explain)?;
    let places = found.groups.into_iter().flat_map(|group| group.places).map(|place| place.path);
    let places: BTreeSet<String> = places.collect();
    let own = top.own().map_err(explain)?;
    let new = told::new_ones(&own, &places).map_err(explain)?;
    told::leave_notice(&new).map_err(explain)
}

/// Shows the last notice on the desktop of the session that this runs in, and one that takes its place
/// meanwhile: systemd does not start again for it what still runs (`PathChanged` in systemd.path(5)).
pub(super) fn notify() -> Result<(), Stop> {
    let mut last = Vec::new();
    loop {
        let places = told::notice().map_err(explain)?;
        if places.is_empty() || places == last {
            return Ok(());
        }
        notify_of(&places)?;
        last = places;
    }
}

fn notify_of(places: &[String]) -> Result<(), Stop> {
    let (title, text) = words(places);
    let shown = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())
        .and_then(|runtime| runtime.block_on(show(&title, &text)).map_err(|error| error.to_string()));
    shown.map_err(|cause| {
        Stop::failed(
            gettext("The notice could not be shown."),
            &cause,
            gettext("It needs a desktop that shows notices."),
        )
    })
}

fn words(places: &[String]) -> (String, String) {
    let count = u32::try_from(places.len()).unwrap_or(u32::MAX);
    let title = ngettext_f(
        "Something new would not survive a restart",
        "{count} new things would not survive a restart",
        count,
        &[("count", &count.to_string())],
    );
    let named: Vec<&str> = places.iter().take(NAMED).map(String::as_str).collect();
    let text = gettext_f(
        "{places} — “sudo snowmelt-audit” says what would keep it.",
        &[("places", &named.join(", "))],
    );
    (title, text)
}

/// Calls `Notify` of the Desktop Notifications Specification.
///
/// The body is markup where the desktop has the capability `body-markup`, and plain text elsewhere.
async fn show(title: &str, text: &str) -> zbus::Result<()> {
    let bus = zbus::Connection::session().await?;
    let name = "org.freedesktop.Notifications";
    let desktop = zbus::Proxy::new(&bus, name, "/org/freedesktop/Notifications", name).await?;
    let capabilities: Vec<String> = desktop.call("GetCapabilities", &()).await?;
    // A path may hold anything.
    let text = plain(text);
    let is_markup = capabilities.iter().any(|capability| capability == "body-markup");
    let text = if is_markup { markup::escape(&text) } else { text };
    let hints: HashMap<&str, zbus::Variant<'_>> = HashMap::new();
    let notice = ("Snowmelt", 0_u32, "drive-harddisk", title, text, Vec::<&str>::new(), hints, -1_i32);
    let _id: u32 = desktop.call("Notify", &notice).await?;
    Ok(())
}
