//! A server inside the test's process, on a free port.

use crate::place::Place;
use causeway::settings::Settings;
use causeway::{server, store};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// A server that runs as long as this value lives.
pub struct Server {
    /// Where it listens: `http://127.0.0.1:49152`.
    pub url: String,
    /// Where its data are.
    pub place: Place,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts one on new data.
    ///
    /// # Panics
    /// When it cannot start.
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// Starts one on new data with other settings.
    ///
    /// # Panics
    /// When it cannot start.
    pub async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let place = Place::new().await;
        let mut settings = place.settings();
        change(&mut settings);
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, started) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let running = match store::open(&settings).await {
                    Ok(db) => server::start(&settings, db).await,
                    Err(error) => Err(error),
                };
                // `running` must live until the end: it holds the server.
                let _ = ready.send(running.as_ref().map(|running| running.address).map_err(Clone::clone));
                if running.is_ok() {
                    let _ = stopped.await;
                }
            });
        });
        let address = started.await.expect("the server's thread lives").unwrap_or_else(|error| panic!("the server does not start: {error}"));
        Self { url: format!("http://{address}"), place, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Connections of the test's clients may be open still: nobody waits for them.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
