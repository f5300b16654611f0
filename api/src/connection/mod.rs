//! A connection as it is served (threats 44 and 45): who opens too many is turned away, who does not read what it asked for is let go, and lines end as HTTP says.

mod framing;

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

/// How long what is sent may wait for its reader.
const WRITE_PATIENCE: Duration = Duration::from_secs(15);

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
        Ok(Connection { stream, framing: Framing::default(), stalled: None, _place: place })
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
    /// Since when the client reads nothing.
    stalled: Option<Pin<Box<Sleep>>>,
    _place: Place,
}

impl Connection {
    /// Passes on what writing came to, and gives up when it has been waiting for too long.
    fn patiently<T>(&mut self, context: &mut Context<'_>, written: Poll<Result<T>>) -> Poll<Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(WRITE_PATIENCE)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client does not read")))
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if let Some(fresh) = buffer.filled_mut().get_mut(before..) {
            self.framing.check(fresh);
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
