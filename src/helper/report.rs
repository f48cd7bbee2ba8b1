//! Events on their way to the caller.

use std::io;

use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;

use crate::boundary::command::{LONGEST_OUTPUT_LINE, Listener};
use crate::pure::progress::Fraction;
use crate::pure::protocol::Event;

/// How many events wait at most; after that, who reports waits.
const WAITING: usize = 64;
/// Smallest step of progress that is worth an event.
const SMALLEST_STEP: f64 = 0.002;

/// Where events go. Each is written whole or not at all, whatever is cancelled.
#[derive(Debug, Clone)]
pub(super) struct Events(mpsc::Sender<Event>);

impl Events {
    /// The queue and its other end.
    pub(super) fn new() -> (Self, mpsc::Receiver<Event>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), receiver)
    }

    /// Hands an event over.
    pub(super) async fn send(&self, event: Event) -> io::Result<()> {
        self.0.send(event).await.map_err(|_closed| io::ErrorKind::BrokenPipe.into())
    }
}

/// Writes events as they come, until nobody sends any more.
pub(super) async fn write<W: AsyncWrite + Unpin>(
    mut events: mpsc::Receiver<Event>,
    mut output: W,
) -> io::Result<()> {
    while let Some(event) = events.recv().await {
        let mut line = serde_json::to_vec(&event)?;
        line.push(b'\n');
        output.write_all(&line).await?;
        output.flush().await?;
    }
    Ok(())
}

/// Reports on one request.
#[derive(Debug)]
pub(super) struct Report {
    events: Events,
    id: u32,
    fraction: Fraction,
    told: f64,
}

impl Report {
    pub(super) fn new(events: Events, id: u32) -> Self {
        Self { events, id, fraction: Fraction::default(), told: 0.0 }
    }

    /// How far the request has come, from 0 to 1; going back or hardly moving is not told.
    pub(super) async fn progress(&mut self, fraction: f64) -> io::Result<()> {
        let _moved = self.fraction.advance_to(fraction);
        let fraction = self.fraction.value();
        if fraction - self.told < SMALLEST_STEP {
            return Ok(());
        }
        self.told = fraction;
        self.events.send(Event::Progress { id: self.id, fraction }).await
    }
}

impl Listener for Report {
    async fn line(&mut self, source: &str, line: &str) -> io::Result<()> {
        // Bytes that were no UTF-8 have become longer.
        let end = line.floor_char_boundary(LONGEST_OUTPUT_LINE);
        let line = line.get(..end).unwrap_or_default().to_owned();
        self.events.send(Event::Log { id: self.id, source: source.to_owned(), line }).await
    }
}
