//! Restarts the machine.

use std::time::Duration;

/// The longest wait for an answer. The person may be asked for a password meanwhile.
const ANSWER_LIMIT: Duration = Duration::from_secs(300);

/// Asks logind to restart the machine (`org.freedesktop.login1(5)`), which may ask the person
/// whether they may.
///
/// # Errors
/// When logind isn't there, or refuses: in its own words.
pub async fn reboot() -> Result<(), String> {
    let asked = async {
        let connection = zbus::Connection::system().await?;
        let interactive = true;
        connection
            .call_method(
                Some("org.freedesktop.login1"),
                "/org/freedesktop/login1",
                Some("org.freedesktop.login1.Manager"),
                "Reboot",
                &(interactive,),
            )
            .await
    };
    match tokio::time::timeout(ANSWER_LIMIT, asked).await {
        Ok(Ok(_answer)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_elapsed) => Err(format!("no answer within {} seconds", ANSWER_LIMIT.as_secs())),
    }
}
