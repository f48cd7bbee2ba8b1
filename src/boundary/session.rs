//! What the live session is set to already: keyboard, locale, time zone, and what kind of machine
//! it runs on, by systemd's own services. What can't be asked is empty.

use std::time::Duration;

use zbus::{OwnedVariant, Variant};

/// The longest wait for a service to start and answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// Settings of the live session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Session {
    /// Keyboard layouts of the desktop, joined by commas (`locale1` `X11Layout`).
    pub layout: String,
    /// Their variants (`locale1` `X11Variant`).
    pub variant: String,
    /// Keymap of the console (`locale1` `VConsoleKeymap`).
    pub keymap: String,
    /// Locale (`LANG` of `locale1` `Locale`).
    pub locale: String,
    /// Time zone (`timedate1` `Timezone`).
    pub time_zone: String,
    /// Kind of machine, such as `laptop` (`hostname1` `Chassis`).
    pub chassis: String,
}

/// Asks for all of it.
///
/// It needs a running tokio runtime with timers.
pub async fn read() -> Session {
    let bus = match zbus::Connection::system().await {
        Ok(bus) => bus,
        Err(error) => {
            tracing::warn!("the session's settings are not known, there is no system bus: {error}");
            return Session::default();
        }
    };
    let ask = |service: &'static str, name: &'static str| property(&bus, service, name);
    let (layout, variant, keymap, locale, time_zone, chassis) = tokio::join!(
        ask("locale1", "X11Layout"),
        ask("locale1", "X11Variant"),
        ask("locale1", "VConsoleKeymap"),
        ask("locale1", "Locale"),
        ask("timedate1", "Timezone"),
        ask("hostname1", "Chassis"),
    );
    Session {
        layout: text(layout.as_ref()),
        variant: text(variant.as_ref()),
        keymap: text(keymap.as_ref()),
        locale: lang(locale.as_ref()),
        time_zone: text(time_zone.as_ref()),
        chassis: text(chassis.as_ref()),
    }
}

/// A property of `org.freedesktop.SERVICE`, whose object and interface have the same name.
async fn property(bus: &zbus::Connection, service: &str, name: &str) -> Option<OwnedVariant> {
    let destination = format!("org.freedesktop.{service}");
    let path = format!("/org/freedesktop/{service}");
    let interface = Some("org.freedesktop.DBus.Properties");
    let arguments = (destination.as_str(), name);
    let call = bus.call_method(Some(destination.as_str()), path, interface, "Get", &arguments);
    match tokio::time::timeout(ANSWER_LIMIT, call).await {
        Ok(Ok(answer)) => answer.body().deserialize().ok(),
        Ok(Err(error)) => {
            tracing::debug!("{destination}: {error}");
            None
        }
        Err(_) => {
            tracing::warn!("{destination} does not answer");
            None
        }
    }
}

fn text(value: Option<&OwnedVariant>) -> String {
    match value.map(|value| &**value) {
        Some(Variant::Str(text)) => text.as_str().to_owned(),
        _ => String::new(),
    }
}

/// `LANG` among settings such as `LANG=de_DE.UTF-8`.
fn lang(value: Option<&OwnedVariant>) -> String {
    let Some(Variant::Array(settings)) = value.map(|value| &**value) else { return String::new() };
    let lang = settings.iter().find_map(|setting| match setting {
        Variant::Str(setting) => setting.as_str().strip_prefix("LANG=").map(ToOwned::to_owned),
        _ => None,
    });
    lang.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_found_among_the_settings() {
        let settings = |all: &[&'static str]| {
            OwnedVariant::try_from(Variant::from(all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>()))
                .unwrap()
        };
        assert_eq!(lang(Some(&settings(&["LC_TIME=C", "LANG=de_DE.UTF-8"]))), "de_DE.UTF-8");
        assert_eq!(lang(Some(&settings(&[]))), "");
        assert_eq!(lang(None), "");
        assert_eq!(text(Some(&settings(&["x"]))), "");
    }
}
