//! Events on their way to the caller.

use std::collections::BTreeSet;
use std::io;

use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{mpsc, watch};
use tokio::time::{Duration, Instant, sleep_until};

use crate::boundary::command::{LONGEST_OUTPUT_LINE, Listener};
use crate::pure::activity::Activity;
use crate::pure::keyboard::Typeable;
use crate::pure::progress::Fraction;
use crate::pure::protocol::Event;

/// How many events wait at most; after that, who reports waits.
const WAITING: usize = 64;
/// Smallest step of progress that is worth an event.
const SMALLEST_STEP: f64 = 0.002;

/// Least time between two activities that are told. Those in between are never written: only the
/// latest is of interest.
const PAUSE: Duration = Duration::from_millis(250);

/// How many bytes of events are put together at most before they are written.
const LARGEST_WRITE: usize = 64 << 10;

/// Where events go. Each is written whole or not at all, whatever is cancelled.
#[derive(Debug, Clone)]
pub(super) struct Events {
    queue: mpsc::Sender<Event>,
    activity: watch::Sender<Option<(u32, Activity)>>,
}

/// The other end.
#[derive(Debug)]
pub(super) struct Waiting {
    queue: mpsc::Receiver<Event>,
    activity: watch::Receiver<Option<(u32, Activity)>>,
}

impl Events {
    /// The queue and its other end.
    pub(super) fn new() -> (Self, Waiting) {
        let (queue, events) = mpsc::channel(WAITING);
        let (activity, activities) = watch::channel(None);
        (Self { queue, activity }, Waiting { queue: events, activity: activities })
    }

    /// Hands an event over.
    pub(super) async fn send(&self, event: Event) -> io::Result<()> {
        self.queue.send(event).await.map_err(|_closed| io::ErrorKind::BrokenPipe.into())
    }
}

/// Writes events as they come, until nobody sends any more.
pub(super) async fn write<W: AsyncWrite + Unpin>(mut waiting: Waiting, mut output: W) -> io::Result<()> {
    let mut next_activity = Instant::now();
    let mut lines = Vec::new();
    loop {
        let event = tokio::select! {
            event = waiting.queue.recv() => match event {
                Some(event) => event,
                None => return Ok(()),
            },
            activity = next(&mut waiting.activity, next_activity) => {
                next_activity = Instant::now() + PAUSE;
                match activity {
                    Some((id, activity)) => Event::Activity { id, activity },
                    None => continue,
                }
            }
        };
        lines.clear();
        append(&mut lines, &event)?;
        // What waits already goes with it: where a program writes a hundred thousand short lines a
        // second, as many writes would hold it up.
        while lines.len() < LARGEST_WRITE
            && let Ok(event) = waiting.queue.try_recv()
        {
            append(&mut lines, &event)?;
        }
        output.write_all(&lines).await?;
        output.flush().await?;
    }
}

fn append(lines: &mut Vec<u8>, event: &Event) -> io::Result<()> {
    serde_json::to_writer(&mut *lines, event)?;
    lines.push(b'\n');
    Ok(())
}

/// The latest activity, once there is a new one and it is time to tell.
async fn next(
    activity: &mut watch::Receiver<Option<(u32, Activity)>>,
    from: Instant,
) -> Option<(u32, Activity)> {
    sleep_until(from).await;
    if activity.changed().await.is_err() {
        // There will be none any more; the queue says when all is over.
        std::future::pending::<()>().await;
    }
    activity.borrow_and_update().clone()
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

    /// Where the swap file lies.
    pub(super) async fn swap_file(&mut self, offset: u64) -> io::Result<()> {
        self.events.send(Event::SwapFile { id: self.id, offset }).await
    }

    /// What the prompt's keymap can type.
    pub(super) async fn keymap(&mut self, known: &Typeable) -> io::Result<()> {
        let text = |characters: &BTreeSet<char>| characters.iter().collect();
        let (plain, further) = (text(&known.plain), text(&known.further));
        self.events.send(Event::Keymap { id: self.id, plain, further }).await
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

impl Report {
    /// What the request is busy with.
    pub(super) fn activity(&self, activity: Activity) {
        let _told = self.events.activity.send_if_modified(|present| {
            let new = Some((self.id, activity));
            let differs = *present != new;
            *present = new;
            differs
        });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_activities_few_are_told_and_the_last_one_always() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let said = runtime.block_on(async {
            let (events, waiting) = Events::new();
            let report = Report::new(events.clone(), 7);
            let talk = async {
                for number in 0..1000 {
                    report.activity(Activity::Building { name: "x".to_owned(), number, count: 1000 });
                    tokio::task::yield_now().await;
                }
                tokio::time::sleep(PAUSE * 2).await;
                events.send(Event::Done { id: 7 }).await.unwrap();
                drop((report, events));
            };
            let mut output = Vec::new();
            let (written, ()) = tokio::join!(write(waiting, &mut output), talk);
            written.unwrap();
            String::from_utf8(output).unwrap()
        });
        let lines: Vec<&str> = said.lines().collect();
        assert!((2..20).contains(&lines.len()), "{said}");
        assert!(lines[lines.len() - 2].contains("\"number\":999"), "{said}");
        assert!(lines[lines.len() - 1].contains("done"), "{said}");
    }
}
