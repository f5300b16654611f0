//! A door before the server: what goes through it can be cut, refused or held.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A door on a port of its own.
pub struct Door {
    /// The address to use instead of the server's.
    pub url: String,
    shut: Arc<AtomicBool>,
    held: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Door {
    /// A door before the server at this address.
    pub fn before(url: &str) -> Self {
        let server = url.strip_prefix("http://").expect("an address").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shut = Arc::new(AtomicBool::new(false));
        let open: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
        let held = Arc::new(AtomicBool::new(false));
        let (closed, through, silent) = (Arc::clone(&shut), Arc::clone(&open), Arc::clone(&held));
        std::thread::spawn(move || {
            for caller in listener.incoming().map_while(Result::ok) {
                if closed.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(called) = TcpStream::connect(&server) else { continue };
                let mut list = through.lock().expect("the list");
                for stream in [&caller, &called] {
                    list.extend(stream.try_clone());
                }
                pass(&caller, &called, &silent);
                pass(&called, &caller, &silent);
            }
        });
        Self { url, shut, held, open }
    }

    /// Cuts every connection and refuses new ones.
    pub fn shut(&self) {
        self.shut.store(true, Ordering::SeqCst);
        for stream in self.open.lock().expect("the list").drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
    }

    /// Takes what comes and passes nothing on, as a server does that hangs.
    pub fn hold(&self) {
        self.held.store(true, Ordering::SeqCst);
    }

    /// Passes on what was held.
    pub fn release(&self) {
        self.held.store(false, Ordering::SeqCst);
    }

    /// Lets everything through again.
    pub fn reopen(&self) {
        self.shut.store(false, Ordering::SeqCst);
    }
}

fn pass(from: &TcpStream, to: &TcpStream, held: &Arc<AtomicBool>) {
    let held = Arc::clone(held);
    let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else { return };
    std::thread::spawn(move || {
        let mut part = [0; 16 * 1024];
        while let Ok(count) = from.read(&mut part) {
            while held.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(10));
            }
            if count == 0 || to.write_all(&part[..count]).is_err() {
                break;
            }
        }
        to.shutdown(Shutdown::Both).ok();
    });
}
