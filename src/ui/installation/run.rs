//! Runs the engine on a thread of its own, so that the window never waits for it.

use std::io;
use std::thread;

use relm4::Sender;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::feed::Feed;
use crate::boundary::log_file::LogFile;
use crate::engine::{Cancel, Failure, Installation, Record};

/// How a try has ended.
#[derive(Debug)]
pub(in crate::ui) enum Ended {
    /// The system is installed, and everything is put away.
    Done,
    /// It failed. Where the failure says that another try may help, the thread waits for it.
    Failed(Failure),
    /// It was put away without another try; this could not be.
    PutAway(Vec<String>),
}

enum Order {
    Again(Cancel),
    PutAway,
}

/// An installation that runs. When it is dropped, what runs is stopped and put away.
pub(super) struct Runner {
    feed: Feed,
    cancel: Cancel,
    orders: UnboundedSender<Order>,
}

impl Runner {
    /// Begins the installation. Each try's end is told to `ended`.
    ///
    /// # Errors
    /// When the system gives no thread for it.
    pub(super) fn start(installation: Installation, ended: Sender<Ended>) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (orders, received) = unbounded_channel();
        let log = LogFile::create().inspect_err(|error| tracing::warn!("there is no log file: {error}")).ok();
        let (feed, cancel) = (Feed::new(Record::new(&installation.job().plan, log)), Cancel::new());
        let (observer, first) = (feed.clone(), cancel.clone());
        // It ends by itself, once everything is put away.
        let _thread = thread::Builder::new().name("installation".to_owned()).spawn(move || {
            runtime.block_on(tries(installation, first, observer, received, ended));
        })?;
        Ok(Self { feed, cancel, orders })
    }

    /// Where everything that it says is gathered, for as long as anybody wants it.
    pub(super) fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Asks the present try to stop.
    pub(super) fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Tries again, after a failure that allows it. Whether anybody has heard.
    pub(super) fn again(&mut self) -> bool {
        self.cancel = Cancel::new();
        self.orders.send(Order::Again(self.cancel.clone())).is_ok()
    }

    /// Puts everything away, after a failure. Whether anybody has heard.
    pub(super) fn put_away(&self) -> bool {
        self.orders.send(Order::PutAway).is_ok()
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

async fn tries(
    mut installation: Installation,
    mut cancel: Cancel,
    mut observer: Feed,
    mut orders: UnboundedReceiver<Order>,
    ended: Sender<Ended>,
) {
    // Nobody listens when the window is gone already.
    loop {
        let Err(failure) = installation.run(&cancel, &mut observer).await else {
            let _unheard = ended.send(Ended::Done);
            return;
        };
        let again = failure.retry;
        observer.fail(&failure);
        let _unheard = ended.send(Ended::Failed(failure));
        match orders.recv().await {
            Some(Order::Again(next)) if again => cancel = next,
            Some(_) | None => break,
        }
    }
    let left_over = installation.put_away().await;
    let _unheard = ended.send(Ended::PutAway(left_over));
}
