//! The conversation: requests in, events out, one request at a time.

use std::io;
use std::time::Duration;

use serde::Deserialize as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::failure;
use super::operations::{Operations, Surroundings};
use super::order::Stage;
use super::report::{self, Events, Report};
use crate::boundary::lines::{Line, Lines, LongLines};
use crate::pure::protocol::{Event, Failure, LONGEST_LINE, Numbered, Request};
use crate::pure::reason::Reason;

/// How long the last events may take to be read at the end.
const FAREWELL: Duration = Duration::from_secs(5);

/// Talks until the input ends or the caller cancels, and leaves nothing mounted or unlocked.
///
/// # Errors
/// When the input can't be read or the output can't be written. Everything is unmounted then, too.
pub async fn converse<R, W>(input: R, output: W, surroundings: Surroundings) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let (events, waiting) = Events::new();
    let writing = report::write(waiting, output);
    tokio::pin!(writing);
    let cancel = CancellationToken::new();
    let mut operations = Operations::new(surroundings, cancel.clone());
    let talk = async {
        let mut conversation = Conversation {
            lines: Lines::new(input, LONGEST_LINE, LongLines::Refuse),
            events,
            stage: Stage::New,
            cancel,
        };
        let talked = conversation.talk(&mut operations).await;
        operations.unmount_all().await;
        operations.lock_volume().await;
        if !matches!(talked, Ok(Ending::Farewell)) {
            operations.lock_what_is_left().await;
        }
        talked.map(drop)
    };
    tokio::pin!(talk);
    tokio::select! {
        talked = &mut talk => {
            // The events that still wait; a caller that does not read them is not waited for.
            match tokio::time::timeout(FAREWELL, writing).await {
                Ok(written) => talked.and(written),
                Err(_elapsed) => talked,
            }
        }
        written = &mut writing => {
            // Nobody reads any more: what runs is stopped by the next event that can't be sent.
            talk.await.and(written)
        }
    }
}

struct Conversation<R> {
    lines: Lines<R>,
    events: Events,
    stage: Stage,
    cancel: CancellationToken,
}

/// How a conversation ends.
enum Ending {
    /// The caller has said so.
    Farewell,
    /// The caller is not there any more.
    Abandoned,
}

/// What a line asks for.
enum Asked {
    Request(Numbered),
    Nonsense(u32, Failure),
    End,
}

impl<R: AsyncRead + Unpin> Conversation<R> {
    async fn talk(&mut self, operations: &mut Operations) -> io::Result<Ending> {
        loop {
            match self.next().await? {
                Asked::End => return Ok(Ending::Abandoned),
                Asked::Nonsense(id, error) => self.events.send(Event::Failed { id, error }).await?,
                Asked::Request(Numbered { id, request: Request::Cancel }) if self.stage != Stage::New => {
                    operations.unmount_all().await;
                    self.events.send(Event::Done { id }).await?;
                    return Ok(Ending::Farewell);
                }
                Asked::Request(Numbered { id, request }) if !self.stage.allows(&request) => {
                    let cause = format!("at the stage {:?}", self.stage);
                    let error = failure(Reason::OutOfOrder, cause);
                    self.events.send(Event::Failed { id, error }).await?;
                }
                Asked::Request(Numbered { id, request }) => {
                    let after = self.stage.after(&request);
                    let (result, end) = self.carry_out(id, request, operations).await?;
                    let event = match result {
                        Ok(()) => {
                            self.stage = after;
                            Event::Done { id }
                        }
                        Err(error) => Event::Failed { id, error },
                    };
                    self.events.send(event).await?;
                    match end {
                        Some(Some(cancelled)) => {
                            operations.unmount_all().await;
                            self.events.send(Event::Done { id: cancelled }).await?;
                            return Ok(Ending::Farewell);
                        }
                        Some(None) => return Ok(Ending::Abandoned),
                        None => {}
                    }
                }
            }
        }
    }

    /// Carries a request out and listens meanwhile. The second value tells that the conversation
    /// ends, and the number of the request that ended it.
    async fn carry_out(
        &mut self,
        id: u32,
        request: Request,
        operations: &mut Operations,
    ) -> io::Result<(Result<(), Failure>, Option<Option<u32>>)> {
        let mut report = Report::new(self.events.clone(), id);
        let performing = operations.perform(request, &mut report);
        tokio::pin!(performing);
        let mut end = None;
        loop {
            let asked = tokio::select! {
                biased;
                result = &mut performing => return Ok((result, end)),
                asked = next(&mut self.lines), if end.is_none() => asked,
            };
            match asked {
                Ok(Asked::Request(Numbered { id, request: Request::Cancel })) => end = Some(Some(id)),
                Ok(Asked::End) | Err(_) => end = Some(None),
                Ok(Asked::Request(Numbered { id, .. })) => {
                    let error = failure(Reason::Busy, "one request at a time");
                    self.events.send(Event::Failed { id, error }).await?;
                }
                Ok(Asked::Nonsense(id, error)) => self.events.send(Event::Failed { id, error }).await?,
            }
            if end.is_some() {
                self.cancel.cancel();
            }
        }
    }

    async fn next(&mut self) -> io::Result<Asked> {
        next(&mut self.lines).await
    }
}

async fn next<R: AsyncRead + Unpin>(lines: &mut Lines<R>) -> io::Result<Asked> {
    Ok(match lines.next().await? {
        // A line without its end is none: the caller was cut off.
        Line::End | Line::Unfinished(_) => Asked::End,
        Line::TooLong => {
            let cause = format!("more than {LONGEST_LINE} bytes");
            Asked::Nonsense(0, failure(Reason::LineTooLong, cause))
        }
        Line::Whole(line) => match serde_json::from_slice(&line) {
            Ok(numbered) => Asked::Request(numbered),
            Err(error) => Asked::Nonsense(number(&line), unreadable(&error)),
        },
    })
}

/// Says where a line is wrong, and nothing of what stands in it: it may be a secret.
fn unreadable(error: &serde_json::Error) -> Failure {
    failure(Reason::Unreadable, format!("{:?} error at column {}", error.classify(), error.column()))
}

/// The number in a line that is no request, or 0.
fn number(line: &[u8]) -> u32 {
    #[derive(serde::Deserialize)]
    struct OnlyNumber {
        id: u32,
    }
    let mut reader = serde_json::Deserializer::from_slice(line);
    OnlyNumber::deserialize(&mut reader).map_or(0, |found| found.id)
}
