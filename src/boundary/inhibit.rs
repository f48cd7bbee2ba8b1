//! Keeps the machine awake and running, as long as somebody needs it to be.

use std::time::Duration;

use zbus::OwnedFd;

use crate::i18n::gettext;

/// What must not happen: neither what a person starts by mistake nor what a timer starts
/// (`org.freedesktop.login1(5)`).
const WHAT: &str = "shutdown:sleep:idle:handle-lid-switch";
/// The longest wait for an answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// Keeps the machine awake until it is dropped.
#[derive(Debug)]
pub struct Inhibitor {
    /// logind takes the lock away when the last copy of this is closed.
    _lock: OwnedFd,
}

impl Inhibitor {
    /// Asks logind, which shows `why` to whoever wants to shut down nevertheless.
    ///
    /// # Errors
    /// When logind isn't there, or doesn't allow it to this person: in logind's own words.
    pub async fn take(why: &str) -> Result<Self, String> {
        let asked = async {
            let connection = zbus::Connection::system().await?;
            let answer = connection
                .call_method(
                    Some("org.freedesktop.login1"),
                    "/org/freedesktop/login1",
                    Some("org.freedesktop.login1.Manager"),
                    "Inhibit",
                    &(WHAT, "Snowmelt", why, "block"),
                )
                .await?;
            answer.body().deserialize::<OwnedFd>()
        };
        match tokio::time::timeout(ANSWER_LIMIT, asked).await {
            Ok(Ok(lock)) => Ok(Self { _lock: lock }),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_elapsed) => Err(format!("no answer within {} seconds", ANSWER_LIMIT.as_secs())),
        }
    }

    /// What the person is told when it can't be taken.
    #[must_use]
    pub fn refused() -> String {
        gettext(
            "This computer may go to sleep or switch off during the installation. Keep it awake: leave the lid open and the power connected.",
        )
    }
}
