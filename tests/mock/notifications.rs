//! A mock of what shows notices on a desktop: it writes down what it is told to show.
//!
//! For the lab's installed systems, which have a session and no screen. `tests/lab/audit` has a real one.

use std::collections::HashMap;
use std::env;
use std::fs::File;
use std::io::Write;

use anyhow::Context;
use zbus::Variant;

const NAME: &str = "org.freedesktop.Notifications";

struct Notifications {
    shown: File,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned(), "body-markup".to_owned()]
    }

    // The specification has as many.
    #[allow(clippy::too_many_arguments)]
    fn notify(
        &mut self,
        program: &str,
        replaced: u32,
        _icon: &str,
        title: &str,
        body: &str,
        actions: Vec<String>,
        _hints: HashMap<String, Variant<'_>>,
        _timeout: i32,
    ) -> zbus::fdo::Result<u32> {
        let line = format!("{program}|{replaced}|{title}|{body}|{}\n", actions.len());
        self.shown
            .write_all(line.as_bytes())
            .map(|()| 1)
            .map_err(|error| zbus::fdo::Error::Failed(error.to_string()))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let file = env::args_os().nth(1).context("where to write what is shown")?;
    let shown = File::create(file).context("the file for what is shown")?;
    let _bus = zbus::connection::Builder::session()
        .serve_at("/org/freedesktop/Notifications", Notifications { shown })
        .name(NAME)
        .build()
        .await?;
    std::future::pending().await
}
