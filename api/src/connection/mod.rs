//! A connection as it is served (threats 44 and 45): who opens too many is turned away, who does not read what it asked for is let go, and lines end as HTTP says.

mod framing;
mod unfinished;

use actix_web::rt::net::TcpStream;
use causeway_kernel::http::Proxies;
use framing::Framing;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::io::{Error, ErrorKind, Result};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};
use unfinished::Unfinished;

/// How long what is sent may wait for a reader who takes less than [`WRITE_LEAST`].
const WRITE_PATIENCE: Duration = Duration::from_secs(15);
/// Bytes that a reader must take in this time: 1 KiB a second.
const WRITE_LEAST: usize = 15 * 1_024;

/// How many connections each address holds.
#[derive(Clone)]
pub struct Doorkeeper {
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
    most: usize,
    /// Everybody comes through these, so they are not counted.
    proxies: Proxies,
}

/// The place of one connection; it is given back when the connection ends.
struct Place {
    keeper: Doorkeeper,
    address: IpAddr,
}

impl Doorkeeper {
    /// Lets each address hold at most `most` connections; trusted proxies hold as many as they like.
    #[must_use]
    pub fn new(most: usize, proxies: Proxies) -> Self {
        Self { open: Arc::default(), most, proxies }
    }

    /// The connection, if its address may have another one.
    ///
    /// # Errors
    /// When it may not, or is gone already: the connection closes.
    pub fn admit(&self, stream: TcpStream) -> Result<Connection> {
        let address = stream.peer_addr()?.ip();
        let mut open = self.open.lock();
        let count = open.entry(address).or_default();
        if *count >= self.most && !self.proxies.trusts(address) {
            return Err(Error::new(ErrorKind::ConnectionRefused, "this address has too many connections"));
        }
        *count += 1;
        let place = Place { keeper: self.clone(), address };
        Ok(Connection { stream, framing: Framing::default(), unfinished: Unfinished::default(), stalled: None, _place: place })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.keeper.open.lock();
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// A connection of a client.
pub struct Connection {
    stream: TcpStream,
    framing: Framing,
    unfinished: Unfinished,
    stalled: Option<Stalled>,
    _place: Place,
}

/// A reader who is waited for.
struct Stalled {
    /// Until when.
    patience: Pin<Box<Sleep>>,
    /// What it has taken meanwhile.
    taken: usize,
}

impl Connection {
    /// What is known of the body that it is receiving.
    #[must_use]
    pub fn unfinished(&self) -> Unfinished {
        self.unfinished.clone()
    }

    /// Passes on how much was written, and gives up on a reader who takes next to nothing.
    fn patiently(&mut self, context: &mut Context<'_>, written: Poll<Result<usize>>) -> Poll<Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = &written {
            if let Some(stalled) = &mut self.stalled {
                stalled.taken = stalled.taken.saturating_add(*bytes);
            }
            return written;
        }
        if written.is_ready() {
            return written;
        }
        let fresh = || Stalled { patience: Box::pin(sleep(WRITE_PATIENCE)), taken: 0 };
        let stalled = self.stalled.get_or_insert_with(fresh);
        ready!(stalled.patience.as_mut().poll(context));
        if stalled.taken < WRITE_LEAST {
            return Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client does not read")));
        }
        *stalled = fresh();
        // So that the end of the new patience wakes this connection.
        let _ = stalled.patience.as_mut().poll(context);
        Poll::Pending
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if let Some(fresh) = buffer.filled_mut().get_mut(before..) {
            self.framing.check(fresh);
            self.unfinished.received(fresh.len(), self.framing.inside_body());
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.patiently(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        // Everything that was to be sent is on its way.
        self.stalled = None;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn an_address_has_so_many_connections() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let keeper = Doorkeeper::new(2, Proxies::default());
        let mut clients = Vec::new();
        let mut admitted = async || {
            clients.push(TcpStream::connect(address).await.unwrap());
            keeper.admit(listener.accept().await.unwrap().0)
        };
        let (first, second) = (admitted().await, admitted().await);
        assert!(first.is_ok() && second.is_ok() && admitted().await.is_err());
        drop(first);
        assert!(admitted().await.is_ok());
        drop(second);
        assert!(keeper.open.lock().is_empty());
    }

    #[tokio::test]
    async fn a_trusted_proxy_has_as_many_as_it_needs() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let keeper = Doorkeeper::new(1, Proxies::read(&["127.0.0.0/8".to_owned()], causeway_kernel::http::ProxyHeader::default()).unwrap());
        let mut held = Vec::new();
        for _ in 0..3 {
            let client = TcpStream::connect(address).await.unwrap();
            held.push((client, keeper.admit(listener.accept().await.unwrap().0).unwrap()));
        }
    }
}
