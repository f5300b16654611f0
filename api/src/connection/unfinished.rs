//! Requests that never end (threat 45): a body that stops coming, or comes byte by byte, holds its connection for a while and no longer.
//!
//! What reads a body gives up by itself, but whoever is answered before his body has ended is read no further, so nobody would notice that it never does.

use causeway_kernel::limits::BODY_SECONDS;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

const SECONDS: u64 = BODY_SECONDS + 3;
/// How long a body may bring less than [`LEAST`]: a little longer than its reader waits, so that the answer to that goes out.
const PATIENCE: Duration = Duration::from_secs(SECONDS);
/// Bytes that a body must bring in this time, unless it ends: 1 KiB a second.
const LEAST: u64 = SECONDS * 1_024;

/// What is known of the body that a connection is receiving.
#[derive(Clone, Default)]
pub struct Unfinished(Arc<State>);

#[derive(Default)]
struct State {
    /// Whether a body has begun and not ended.
    open: AtomicBool,
    /// Bytes that arrived since the connection began.
    bytes: AtomicU64,
    begun: Notify,
}

impl Unfinished {
    /// Says what came in, and whether a body is to go on after it.
    pub fn received(&self, bytes: usize, open: bool) {
        self.0.bytes.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
        if self.0.open.swap(open, Ordering::Relaxed) != open && open {
            self.0.begun.notify_one();
        }
    }

    /// Ends when a body was waited for in vain.
    pub async fn given_up(&self) {
        self.missing_for(PATIENCE).await;
    }

    async fn missing_for(&self, patience: Duration) {
        loop {
            while !self.0.open.load(Ordering::Relaxed) {
                self.0.begun.notified().await;
            }
            let before = self.0.bytes.load(Ordering::Relaxed);
            tokio::time::sleep(patience).await;
            if self.0.open.load(Ordering::Relaxed) && self.0.bytes.load(Ordering::Relaxed) - before < LEAST {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(100);

    #[tokio::test]
    async fn a_body_that_stops_coming_is_given_up() {
        let body = Unfinished::default();
        body.received(100, true);
        tokio::time::timeout(SHORT * 100, body.missing_for(SHORT)).await.unwrap();
    }

    #[tokio::test]
    async fn a_body_that_ends_or_flows_is_waited_for() {
        let body = Unfinished::default();
        let waited = || tokio::time::timeout(SHORT * 3, body.missing_for(SHORT));
        assert!(waited().await.is_err(), "nothing was asked");
        body.received(100, true);
        body.received(100, false);
        assert!(waited().await.is_err(), "it ended");
        body.received(100, true);
        let flows = async {
            for _ in 0..40 {
                tokio::time::sleep(SHORT / 10).await;
                body.received(usize::try_from(LEAST).unwrap(), true);
            }
        };
        tokio::select! {
            () = body.missing_for(SHORT) => panic!("it flows"),
            () = flows => {}
        }
    }
}
