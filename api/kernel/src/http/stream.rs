//! Streams of server-sent events (INT-10): an answer that goes on.
//!
//! A stream is the same reading query run again and again from the place where it ended. Nothing is kept between two rounds but that place, so a stream
//! ends and begins again on any instance without a gap. A round asks for the credential anew: one that was revoked ends the stream.

use super::call::Incoming;
use super::router::Operation;
use super::standing::Standing;
use super::{App, LocalFuture, header, mask, respond};
use crate::clock::Stopwatch;
use crate::limits::{HEARTBEAT_SECONDS, SLOW_READER_SECONDS, STREAMS};
use crate::{Ctx, Tx, telemetry, wake};
use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_TYPE, HeaderName};
use actix_web::web::Bytes;
use causeway_contract::{Code, Problem};
use serde::Serialize;
use std::convert::Infallible;
use std::fmt::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// The pause between two looks when nobody wakes the stream: events of other instances show after it.
const LOOK: Duration = Duration::from_millis(500);
/// Batches that may wait for a reader.
const WAITING: usize = 4;

/// Where a stream goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At its beginning, or after the event that the caller saw last.
    Start {
        /// The `Last-Event-ID` header.
        last_seen: Option<String>,
    },
    /// After this position.
    At(i64),
}

/// What a round of a stream found.
pub struct Batch<T> {
    /// The events, in order.
    pub items: Vec<Item<T>>,
    /// How far the log was read.
    pub position: i64,
    /// The id of the event there, whether it was sent or not: a caller that connects again goes on after it.
    pub mark: Option<String>,
    /// Whether there is more already.
    pub more: bool,
}

/// One event.
pub struct Item<T> {
    /// Its id.
    pub id: String,
    /// Its type.
    pub name: String,
    /// Itself.
    pub payload: T,
}

/// A batch as it goes out.
pub(crate) struct Frames {
    text: String,
    position: i64,
    mark: Option<String>,
    more: bool,
}

impl Frames {
    pub(crate) fn of<T: Serialize>(ctx: &Ctx, batch: Batch<T>) -> Result<Self, Problem> {
        let mut text = String::new();
        for item in &batch.items {
            // JSON has no line break outside its strings, and inside they are escaped.
            let data = serde_json::to_string(&item.payload).map(|data| mask::text(ctx, data)).map_err(|error| {
                tracing::error!(%error, "an event cannot be written as JSON");
                Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")
            })?;
            let _ = write!(text, "id: {}\nevent: {}\ndata: {data}\n\n", item.id, item.name);
        }
        Ok(Self { text, position: batch.position, mark: batch.mark, more: batch.more })
    }

    /// What a stream begins with. The mark comes last: who connects again goes on after the id that came last, wherever the reading broke off.
    fn opening(&self) -> String {
        format!("retry: 1000\n{}{}", self.text, self.heartbeat())
    }

    /// A sign of life. It moves the caller's `Last-Event-ID` past what did not interest it.
    fn heartbeat(&self) -> String {
        match &self.mark {
            Some(mark) => format!(": alive\nid: {mark}\n\n"),
            None => ": alive\n\n".to_owned(),
        }
    }
}

/// A stream whose types are no longer visible.
pub(crate) trait Tail: Send + Sync {
    /// What comes after `place`.
    fn next<'a, 'c>(&'a self, ctx: &'a Ctx, tx: &'a mut Tx<'c>, place: &'a Place) -> LocalFuture<'a, Result<Frames, Problem>>;
}

/// Who reads a stream.
struct Listener {
    caller: Standing,
    tail: Arc<dyn Tail>,
}

/// Answers with a stream. What is wrong with the request shows before it begins.
pub(crate) async fn open(app: &Arc<App>, operation: &Operation, incoming: &Incoming, ctx: &Ctx, tail: Arc<dyn Tail>) -> Result<HttpResponse, Problem> {
    let too_many = || Problem::new(Code::RateLimited, format!("{STREAMS} streams of this tenant are open here. Close one, or read GET /v1/events."));
    let woken = wake::follow(ctx.tenant).ok_or_else(too_many)?;
    let last_seen = match incoming.request.headers().get("last-event-id") {
        Some(value) => Some(value.to_str().map_err(|_| header(Code::InvalidValue, "Last-Event-ID", "must be the id of an event"))?.to_owned()),
        None => None,
    };
    let listener = Listener { caller: Standing::new(app, operation, &incoming.request, ctx), tail };
    let first = listener.read(&Place::Start { last_seen: last_seen.filter(|id| !id.is_empty()) }).await?;
    let (out, frames) = mpsc::channel(WAITING);
    actix_web::rt::spawn(pump(listener, first, out, woken, app.stopping.clone()));
    Ok(respond::builder(200, &incoming.request_id)
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        // A proxy must not hold back what is meant to arrive at once.
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .streaming(Outflow(frames)))
}

impl Listener {
    async fn read(&self, place: &Place) -> Result<Frames, Problem> {
        let ctx = self.caller.now().await?;
        self.caller.app.db.read(&ctx, async |ctx, tx| self.tail.next(ctx, tx, place).await).await
    }
}

/// Sends what there is, then what comes, until the reader leaves or falls behind, the credential ends, or the server stops.
async fn pump(listener: Listener, first: Frames, out: mpsc::Sender<Bytes>, mut woken: watch::Receiver<()>, mut stopping: watch::Receiver<bool>) {
    let _open = telemetry::open_stream();
    let patience = Duration::from_secs(SLOW_READER_SECONDS);
    let mut frames = first;
    let mut text = frames.opening();
    let mut silence = Stopwatch::start();
    loop {
        if text.is_empty() && silence.micros() >= HEARTBEAT_SECONDS * 1_000_000 {
            text = frames.heartbeat();
        }
        if !text.is_empty() {
            if out.send_timeout(Bytes::from(std::mem::take(&mut text)), patience).await.is_err() {
                tracing::info!(request_id = listener.caller.request_id, "a stream ends: its reader left or does not keep up");
                return;
            }
            silence = Stopwatch::start();
        }
        if !frames.more {
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = out.closed() => return,
                _ = woken.changed() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        match listener.read(&Place::At(frames.position)).await {
            Ok(next) => frames = next,
            // The database is away: the stream waits for it.
            Err(problem) if problem.status >= 500 => {
                frames.more = false;
                continue;
            }
            Err(problem) => {
                tracing::info!(request_id = listener.caller.request_id, %problem, "a stream ends");
                let _ = out.try_send(Bytes::from(format!(": {}\n\n", problem.code)));
                return;
            }
        }
        text.clone_from(&frames.text);
    }
}

/// The body of a stream.
struct Outflow(mpsc::Receiver<Bytes>);

impl futures_core::Stream for Outflow {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_goes_out_before_the_events_that_it_lies_behind() {
        let text = "id: evt_1\nevent: a\ndata: {}\n\nid: evt_2\nevent: b\ndata: {}\n\n".to_owned();
        let opening = Frames { text, position: 3, mark: Some("evt_3".to_owned()), more: false }.opening();
        let ids: Vec<&str> = opening.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
        assert_eq!(ids, ["evt_1", "evt_2", "evt_3"]);
        // Somebody whom nothing interested is answered at once, too.
        let quiet = Frames { text: String::new(), position: 0, mark: None, more: false }.opening();
        assert_eq!(quiet, "retry: 1000\n: alive\n\n");
    }
}
