//! What the machine runs on and what it reaches, as UPower and NetworkManager tell, and how that
//! changes.
//!
//! Facts about their objects are those of UPower 1.90 (`org.freedesktop.UPower.xml`) and
//! NetworkManager 1.52 (`org.freedesktop.NetworkManager.xml`).

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::time::Duration;

use futures_util::future::{self, ready};
use futures_util::stream::{self, Stream, StreamExt};
use zbus::{MatchRule, MessageStream, OwnedVariant, Variant, message::Type};

use crate::pure::requirements::{Network, Power};

const UPOWER: &str = "org.freedesktop.UPower";
const UPOWER_ROOT: &str = "/org/freedesktop/UPower";
const DISPLAY_DEVICE: &str = "/org/freedesktop/UPower/devices/DisplayDevice";
const NETWORK_MANAGER: &str = "org.freedesktop.NetworkManager";
const NETWORK_ROOT: &str = "/org/freedesktop/NetworkManager";
/// The longest wait for a service to start and answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// Signals that may wait: what they say is asked for again anyway.
const QUEUE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(63);

/// What is around the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surroundings {
    /// What it runs on.
    pub power: Power,
    /// What it reaches.
    pub network: Network,
}

impl Surroundings {
    /// Before anybody has answered.
    pub const LOOKING: Self = Self { power: Power::Looking, network: Network::Looking };
    /// Where there is nobody to ask.
    pub const UNKNOWN: Self = Self { power: Power::Unknown, network: Network::Unknown };
}

/// Follows the surroundings: first as soon as one of the services has answered, then after every
/// change that makes a difference. A service that is not there counts as unknown until it comes.
///
/// Without a system bus all is unknown, and the stream ends there. It needs a running tokio runtime
/// with timers.
pub fn watch() -> impl Stream<Item = Surroundings> + Send {
    stream::once(zbus::Connection::system()).flat_map(|bus| match bus {
        Ok(bus) => watch_on(bus).boxed(),
        Err(error) => {
            tracing::warn!("power and network are not known, there is no system bus: {error}");
            stream::iter([Surroundings::UNKNOWN]).boxed()
        }
    })
}

fn watch_on(bus: zbus::Connection) -> impl Stream<Item = Surroundings> + Send {
    let power = follow(bus.clone(), UPOWER, UPOWER_ROOT, power).map(Change::Power);
    let network = follow(bus, NETWORK_MANAGER, NETWORK_ROOT, network).map(Change::Network);
    stream::select(power, network).scan(Surroundings::LOOKING, |seen, change| {
        match change {
            Change::Power(power) => seen.power = power,
            Change::Network(network) => seen.network = network,
        }
        ready(Some(*seen))
    })
}

enum Change {
    Power(Power),
    Network(Network),
}

/// Reads a value now and again after each signal of a service's objects, and gives it where it
/// differs from the one before.
fn follow<T, R, F>(
    bus: zbus::Connection,
    service: &'static str,
    root: &'static str,
    read: R,
) -> impl Stream<Item = T> + Send
where
    T: Copy + PartialEq + Send + 'static,
    R: Fn(zbus::Connection) -> F + Copy + Send + 'static,
    F: Future<Output = T> + Send,
{
    // Subscribed before the first look, so that nothing is missed between.
    let signals = async move {
        let signals = subscribe(&bus, service, root).await.unwrap_or_else(|error| {
            tracing::warn!("changes of {service} can't be followed: {error}");
            stream::empty().boxed()
        });
        stream::iter([()]).chain(signals).then(move |()| read(bus.clone()))
    };
    stream::once(signals)
        .flatten()
        .scan(None, |last, value| {
            let new = *last != Some(value);
            *last = Some(value);
            ready(Some(new.then_some(value)))
        })
        .filter_map(ready)
}

async fn subscribe(
    bus: &zbus::Connection,
    service: &str,
    root: &str,
) -> zbus::Result<stream::BoxStream<'static, ()>> {
    let objects = MatchRule::builder().msg_type(Type::Signal).sender(service).path_namespace(root).build()?;
    // When the service comes or goes, everything may be different.
    let owner = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender("org.freedesktop.DBus")
        .interface("org.freedesktop.DBus")
        .member("NameOwnerChanged")
        .arg(0, service)
        .build()?;
    let objects = MessageStream::for_match_rule(objects, bus, Some(QUEUE)).await?;
    let owner = MessageStream::for_match_rule(owner, bus, Some(QUEUE)).await?;
    Ok(stream::select(objects, owner).map(|_| ()).boxed())
}

/// The properties of an object, or nothing where the service does not answer.
async fn properties(
    bus: &zbus::Connection,
    service: &str,
    path: &str,
    interface: &str,
) -> Option<HashMap<String, OwnedVariant>> {
    let arguments = (interface,);
    let call =
        bus.call_method(Some(service), path, Some("org.freedesktop.DBus.Properties"), "GetAll", &arguments);
    match tokio::time::timeout(ANSWER_LIMIT, call).await {
        Ok(Ok(answer)) => answer.body().deserialize().ok(),
        Ok(Err(error)) => {
            tracing::debug!("{service}: {error}");
            None
        }
        Err(_) => {
            tracing::warn!("{service} does not answer");
            None
        }
    }
}

async fn power(bus: zbus::Connection) -> Power {
    let (daemon, battery) = future::join(
        properties(&bus, UPOWER, UPOWER_ROOT, UPOWER),
        properties(&bus, UPOWER, DISPLAY_DEVICE, "org.freedesktop.UPower.Device"),
    )
    .await;
    daemon.map_or(Power::Unknown, |daemon| power_of(&daemon, battery.as_ref()))
}

fn power_of(
    daemon: &HashMap<String, OwnedVariant>,
    battery: Option<&HashMap<String, OwnedVariant>>,
) -> Power {
    match daemon.get("OnBattery").map(|value| &**value) {
        Some(Variant::Bool(true)) => {}
        Some(Variant::Bool(false)) => return Power::Mains,
        _ => return Power::Unknown,
    }
    let present =
        battery.filter(|all| matches!(all.get("IsPresent").map(|value| &**value), Some(Variant::Bool(true))));
    let percent = present.and_then(|all| match all.get("Percentage").map(|value| &**value) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
        Some(Variant::F64(percent)) if (0.0..=100.0).contains(percent) => Some(percent.round() as u8),
        _ => None,
    });
    Power::Battery { percent }
}

async fn network(bus: zbus::Connection) -> Network {
    let manager = properties(&bus, NETWORK_MANAGER, NETWORK_ROOT, NETWORK_MANAGER).await;
    manager.map_or(Network::Unknown, |manager| network_of(&manager))
}

fn network_of(manager: &HashMap<String, OwnedVariant>) -> Network {
    let number = |name: &str| match manager.get(name).map(|value| &**value) {
        Some(Variant::U32(number)) => *number,
        _ => 0,
    };
    // NMConnectivityState says most, where it is known; NMState the rest.
    match (number("State"), number("Connectivity")) {
        (0, 0) => Network::Unknown,
        (40, _) => Network::Connecting,
        (_, 4) => Network::Online,
        (_, 2) => Network::Portal,
        (_, 3) => Network::Limited,
        // Connected as far as NetworkManager can tell, which checks no connectivity then.
        (70, 0) => Network::Online,
        (50 | 60, _) => Network::Limited,
        _ => Network::Offline,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(values: &[(&str, Variant<'static>)]) -> HashMap<String, OwnedVariant> {
        let owned = |value: &Variant<'static>| OwnedVariant::try_from(value.clone()).unwrap();
        values.iter().map(|(name, value)| ((*name).to_owned(), owned(value))).collect()
    }

    #[test]
    fn a_battery_counts_only_while_it_is_used() {
        let daemon = |battery: bool| all(&[("OnBattery", Variant::from(battery))]);
        let device = |present: bool, percent: f64| {
            all(&[("IsPresent", Variant::from(present)), ("Percentage", Variant::from(percent))])
        };
        let battery = |percent| Power::Battery { percent };
        assert_eq!(power_of(&daemon(false), Some(&device(true, 50.0))), Power::Mains);
        assert_eq!(power_of(&daemon(true), Some(&device(true, 49.6))), battery(Some(50)));
        assert_eq!(power_of(&daemon(true), Some(&device(false, 49.6))), battery(None));
        for percent in [f64::NAN, -1.0, 1e9] {
            assert_eq!(power_of(&daemon(true), Some(&device(true, percent))), battery(None));
        }
        assert_eq!(power_of(&daemon(true), None), battery(None));
        assert_eq!(power_of(&all(&[]), None), Power::Unknown);
    }

    #[test]
    fn connectivity_counts_more_than_the_state() {
        let network = |state: u32, connectivity: u32| {
            network_of(&all(&[
                ("State", Variant::from(state)),
                ("Connectivity", Variant::from(connectivity)),
            ]))
        };
        assert_eq!(network(70, 4), Network::Online);
        assert_eq!(network(70, 0), Network::Online, "connectivity checks may be turned off");
        assert_eq!(network(70, 2), Network::Portal);
        assert_eq!(network(60, 3), Network::Limited);
        assert_eq!(network(50, 1), Network::Limited);
        assert_eq!(network(40, 1), Network::Connecting);
        assert_eq!(network(20, 1), Network::Offline);
        assert_eq!(network(10, 0), Network::Offline, "asleep");
        assert_eq!(network_of(&all(&[])), Network::Unknown);
    }
}
