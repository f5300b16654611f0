//! What instances of one installation tell each other through Redis: that a log has grown, that rights have changed, and that somebody tried to sign in; and
//! the connection over which they share their counts (`limit`).
//!
//! Hints only. Without Redis, or while it is away, followers of a log look by themselves twice a second and a changed right is seen within a second:
//! losing it costs time, never an event and never a refusal.

use crate::{crypto, rights, wake};
use causeway_value::TenantId;
use parking_lot::RwLock;
use redis::aio::MultiplexedConnection;
use std::pin::Pin;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Where hints are told.
const CHANNEL: &str = "causeway:hints";
/// Hints that may wait; more are lost, which is no harm.
const WAITING: usize = 1_024;
/// The pause before Redis is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest silence before the connection is tried.
const SILENCE: Duration = Duration::from_secs(2);

static OUT: OnceLock<mpsc::Sender<Hint>> = OnceLock::new();
static TELLER: RwLock<Option<MultiplexedConnection>> = RwLock::new(None);
static ATTEMPTS: OnceLock<Attempts> = OnceLock::new();
static CONNECTED: AtomicBool = AtomicBool::new(false);

/// Something that other instances should hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The log of this tenant has grown.
    Log(TenantId),
    /// A right was given or taken away.
    Rights,
    /// Somebody tried to sign in.
    Attempt {
        /// Whether the try turned out to be right, which takes back that it was counted.
        right: bool,
        /// Under which names it is counted: digests, so that nobody who listens reads who it was.
        names: Vec<[u8; 32]>,
    },
}

/// What hears of tries to sign in at other instances: whether the try was right, and the names that it is counted under.
pub type Attempts = fn(bool, &[[u8; 32]]);

impl Hint {
    fn text(&self, from: Uuid) -> String {
        match self {
            Self::Log(tenant) => format!("{} log {}", from.simple(), tenant.uuid().simple()),
            Self::Rights => format!("{} rights", from.simple()),
            Self::Attempt { right, names } => {
                let words = names.iter().map(|name| format!(" {}", crypto::encode(name)));
                format!("{} {}{}", from.simple(), if *right { "right" } else { "tried" }, words.collect::<String>())
            }
        }
    }

    /// The hint of a text; `None` for this instance's own and for what is no hint.
    fn read(text: &str, own: Uuid) -> Option<Self> {
        let mut words = text.split(' ');
        if words.next()?.parse::<Uuid>().ok()? == own {
            return None;
        }
        match (words.next()?, words.next()) {
            ("log", Some(tenant)) => Some(Self::Log(TenantId::from_uuid(tenant.parse().ok()?))),
            ("rights", None) => Some(Self::Rights),
            (word @ ("tried" | "right"), Some(first)) => {
                let name = |word: &str| crypto::decode(word)?.try_into().ok();
                let names = std::iter::once(first).chain(words).map(name).collect::<Option<Vec<[u8; 32]>>>()?;
                Some(Self::Attempt { right: word == "right", names })
            }
            _ => None,
        }
    }
}

/// Has `listener` hear of every try to sign in elsewhere, from the start on.
pub fn hear_attempts(listener: Attempts) {
    let _ = ATTEMPTS.set(listener);
}

/// Tells the other instances, if there is a way to.
pub fn tell(hint: Hint) {
    if let Some(out) = OUT.get().filter(|_| CONNECTED.load(Ordering::Relaxed)) {
        let _ = out.try_send(hint);
    }
}

/// The connection to Redis while there is one. Many may use it at once; none may wait long for it.
pub(crate) fn connection() -> Option<MultiplexedConnection> {
    TELLER.read().clone()
}

/// Tells and hears hints until the process ends.
pub async fn run(url: String) {
    let own = Uuid::new_v4();
    let (out, mut waiting) = mpsc::channel(WAITING);
    if OUT.set(out).is_err() {
        return;
    }
    loop {
        let ended = session(&url, own, &mut waiting).await;
        *TELLER.write() = None;
        if CONNECTED.swap(false, Ordering::Relaxed) {
            let error = ended.err().map(|error| error.to_string());
            tracing::warn!(error, "Redis is away: this instance goes on by itself and tries again");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn session(url: &str, own: Uuid, waiting: &mut mpsc::Receiver<Hint>) -> redis::RedisResult<()> {
    let client = redis::Client::open(url)?;
    let mut teller = client.get_multiplexed_async_connection().await?;
    let mut hearer = client.get_async_pubsub().await?;
    hearer.subscribe(CHANNEL).await?;
    let mut heard = hearer.into_on_message();
    *TELLER.write() = Some(teller.clone());
    CONNECTED.store(true, Ordering::Relaxed);
    tracing::info!("Redis answers: instances tell each other what changes, and share limits");
    // What was missed while it was away.
    rights::changed_elsewhere();
    loop {
        let message = std::future::poll_fn(|context| futures_core::Stream::poll_next(Pin::new(&mut heard), context));
        tokio::select! {
            message = message => {
                let Some(message) = message else { return Ok(()) };
                match Hint::read(&message.get_payload::<String>()?, own) {
                    Some(Hint::Log(tenant)) => wake::wake_here(tenant),
                    Some(Hint::Rights) => rights::changed_elsewhere(),
                    Some(Hint::Attempt { right, names }) => {
                        if let Some(heard) = ATTEMPTS.get() {
                            heard(right, &names);
                        }
                    }
                    None => {}
                }
            }
            hint = waiting.recv() => {
                let Some(hint) = hint else { return Ok(()) };
                redis::cmd("PUBLISH").arg(CHANNEL).arg(hint.text(own)).query_async::<i64>(&mut teller).await?;
            }
            () = tokio::time::sleep(SILENCE) => {
                redis::cmd("PING").query_async::<String>(&mut teller).await?;
            }
        }
    }
}

/// Whether Redis answers at this address.
///
/// # Errors
/// A sentence that says what to do.
pub async fn check(url: &str) -> Result<(), String> {
    let ask = async {
        let mut connection = redis::Client::open(url)?.get_multiplexed_async_connection().await?;
        redis::cmd("PING").query_async::<String>(&mut connection).await
    };
    match tokio::time::timeout(Duration::from_secs(3), ask).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(format!("{error}; check REDIS_URL, for example redis://127.0.0.1:6379/0, or leave it out")),
        Err(_) => Err("Redis does not answer within 3 seconds; check REDIS_URL, or leave it out".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_read_as_they_are_told() {
        let (here, there) = (Uuid::new_v4(), Uuid::new_v4());
        let names = vec![crypto::sha256(&[b"one"]), crypto::sha256(&[b"other"])];
        let tried = |right| Hint::Attempt { right, names: names.clone() };
        for hint in [Hint::Rights, Hint::Log(TenantId::from_uuid(Uuid::now_v7())), tried(false), tried(true)] {
            assert_eq!(Hint::read(&hint.text(there), here), Some(hint.clone()));
            assert_eq!(Hint::read(&hint.text(here), here), None);
        }
        for nonsense in [
            "",
            "x",
            "log",
            &format!("{there} log"),
            &format!("{there} log x"),
            &format!("{there} rights now"),
            &format!("{there} tried"),
            &format!("{there} right AA"),
        ] {
            assert_eq!(Hint::read(nonsense, here), None, "{nonsense}");
        }
    }
}
