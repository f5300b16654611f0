//! What instances of one installation tell each other through Redis: that a log has grown, that rights have changed, and that somebody tried to sign in; and
//! the connection over which they share their counts (`limit`).
//!
//! Hints only. Without Redis, or while it is away, followers of a log look by themselves twice a second and a changed right is seen within a second:
//! losing it costs time, never an event and never a refusal.

use crate::{crypto, rights, wake};
use causeway_value::TenantId;
use parking_lot::RwLock;
use redis::aio::{MultiplexedConnection, PubSubStream};
use std::pin::Pin;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

/// Where hints are told.
const CHANNEL: &str = "causeway:hints";
/// Hints that may wait; more are lost, which is no harm.
const WAITING: usize = 1_024;
/// The pause before Redis is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// How often this instance tells itself that it is there.
const PING: Duration = Duration::from_secs(2);
/// The longest that Redis may take for a step, and that this instance may hear nothing, not even itself.
const PATIENCE: Duration = Duration::from_secs(3);

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
        /// How far the try has come.
        turn: Turn,
        /// Under which names it is counted: digests, so that nobody who listens reads who it was.
        names: Vec<[u8; 32]>,
    },
}

/// How far a try to sign in has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It has begun, and counts as wrong until something else is told.
    Begun,
    /// It was right.
    Right,
    /// Nobody looked at its password, so it was no try.
    Unseen,
}

impl Turn {
    const ALL: [Self; 3] = [Self::Begun, Self::Right, Self::Unseen];

    const fn word(self) -> &'static str {
        match self {
            Self::Begun => "tried",
            Self::Right => "right",
            Self::Unseen => "unseen",
        }
    }
}

/// What hears of tries to sign in at other instances: how far the try has come, and the names that it is counted under.
pub type Attempts = fn(Turn, &[[u8; 32]]);

impl Hint {
    fn text(&self, from: Uuid) -> String {
        match self {
            Self::Log(tenant) => format!("{} log {}", from.simple(), tenant.uuid().simple()),
            Self::Rights => format!("{} rights", from.simple()),
            Self::Attempt { turn, names } => {
                let words = names.iter().map(|name| format!(" {}", crypto::encode(name)));
                format!("{} {}{}", from.simple(), turn.word(), words.collect::<String>())
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
            (word, Some(first)) => {
                let turn = Turn::ALL.into_iter().find(|turn| turn.word() == word)?;
                let name = |word: &str| crypto::decode(word)?.try_into().ok();
                let names = std::iter::once(first).chain(words).map(name).collect::<Option<Vec<[u8; 32]>>>()?;
                Some(Self::Attempt { turn, names })
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

/// Whether an address can be one of Redis at all, without asking it.
///
/// # Errors
/// What is wrong with it.
pub fn check_address(url: &str) -> Result<(), String> {
    redis::Client::open(url).map(drop).map_err(|error| error.to_string())
}

/// Asks Redis once, at the start: what it refuses then it refuses for ever, while one that is away may come back.
///
/// # Errors
/// A sentence that says what to do: Redis does not take the user or the password.
pub async fn admitted(url: &str) -> Result<(), String> {
    let ask = async { redis::Client::open(url)?.get_multiplexed_async_connection().await.map(drop) };
    match in_time(ask).await {
        Err(error) if error.kind() == redis::ErrorKind::AuthenticationFailed => Err(format!(
            "The setting redis_url is refused by Redis ({error}): check its user and password, for example: redis_url = \"redis://user:password@127.0.0.1:6379/0\""
        )),
        _ => Ok(()),
    }
}

/// Tells and hears hints until the process ends.
pub async fn run(url: String) {
    let own = Uuid::new_v4();
    let (out, mut waiting) = mpsc::channel(WAITING);
    if OUT.set(out).is_err() {
        return;
    }
    let mut away = false;
    loop {
        let ended = session(&url, own, &mut waiting).await;
        *TELLER.write() = None;
        // Said once, not each second that it lasts.
        if CONNECTED.swap(false, Ordering::Relaxed) || !away {
            let error = ended.err().map(|error| error.to_string());
            tracing::warn!(error, "Redis is away: this instance goes on by itself and tries again");
        }
        away = true;
        tokio::time::sleep(PAUSE).await;
    }
}

/// What Redis answers, if it does so in time: it may swallow a command, or the network may, without the connection ending.
async fn in_time<T>(answer: impl Future<Output = redis::RedisResult<T>>) -> redis::RedisResult<T> {
    tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| Err(silent("it does not answer")))
}

fn silent(why: &'static str) -> redis::RedisError {
    (redis::ErrorKind::Io, why).into()
}

/// Says that this instance is there; only itself listens.
fn ping(own: Uuid) -> String {
    format!("{} ping", own.simple())
}

async fn connect(url: &str) -> redis::RedisResult<(MultiplexedConnection, PubSubStream)> {
    let client = redis::Client::open(url)?;
    let teller = client.get_multiplexed_async_connection().await?;
    let mut hearer = client.get_async_pubsub().await?;
    hearer.subscribe(CHANNEL).await?;
    Ok((teller, hearer.into_on_message()))
}

async fn publish(teller: &mut MultiplexedConnection, text: String) -> redis::RedisResult<()> {
    in_time(redis::cmd("PUBLISH").arg(CHANNEL).arg(text).query_async::<i64>(teller)).await.map(drop)
}

async fn session(url: &str, own: Uuid, waiting: &mut mpsc::Receiver<Hint>) -> redis::RedisResult<()> {
    let (mut teller, mut heard) = in_time(connect(url)).await?;
    *TELLER.write() = Some(teller.clone());
    CONNECTED.store(true, Ordering::Relaxed);
    tracing::info!("Redis answers: instances tell each other what changes, and share limits");
    // What was missed while it was away.
    rights::changed_elsewhere();
    let mut pings = tokio::time::interval(PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The hearing connection may be open on this side only: what this instance tells must come back to it.
    let mut silence = std::pin::pin!(tokio::time::sleep(PING + PATIENCE));
    loop {
        let message = std::future::poll_fn(|context| futures_core::Stream::poll_next(Pin::new(&mut heard), context));
        tokio::select! {
            biased;
            message = message => {
                let Some(message) = message else { return Err(silent("it closed the connection")) };
                silence.as_mut().reset(tokio::time::Instant::now() + PING + PATIENCE);
                match Hint::read(&message.get_payload::<String>()?, own) {
                    Some(Hint::Log(tenant)) => wake::wake_here(tenant),
                    Some(Hint::Rights) => rights::changed_elsewhere(),
                    Some(Hint::Attempt { turn, names }) => {
                        if let Some(heard) = ATTEMPTS.get() {
                            heard(turn, &names);
                        }
                    }
                    None => {}
                }
            }
            () = &mut silence => return Err(silent("what is told to it is not heard")),
            _ = pings.tick() => publish(&mut teller, ping(own)).await?,
            hint = waiting.recv() => {
                let Some(hint) = hint else { return Ok(()) };
                publish(&mut teller, hint.text(own)).await?;
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
    match tokio::time::timeout(PATIENCE, ask).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(format!("{error}; check REDIS_URL, for example redis://127.0.0.1:6379/0, or leave it out")),
        Err(_) => Err("Redis does not answer within 3 seconds; check REDIS_URL, or leave it out".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    #[test]
    fn hints_are_read_as_they_are_told() {
        let (here, there) = (Uuid::new_v4(), Uuid::new_v4());
        let names = vec![crypto::sha256(&[b"one"]), crypto::sha256(&[b"other"])];
        let tried = |turn| Hint::Attempt { turn, names: names.clone() };
        for hint in [Hint::Rights, Hint::Log(TenantId::from_uuid(Uuid::now_v7()))].into_iter().chain(Turn::ALL.map(tried)) {
            assert_eq!(Hint::read(&hint.text(there), here), Some(hint.clone()));
            assert_eq!(Hint::read(&hint.text(here), here), None);
        }
        for nonsense in [
            "",
            "x",
            "log",
            &format!("{there} log"),
            &ping(there),
            &format!("{there} log x"),
            &format!("{there} rights now"),
            &format!("{there} tried"),
            &format!("{there} right AA"),
        ] {
            assert_eq!(Hint::read(nonsense, here), None, "{nonsense}");
        }
    }

    /// What is refused for ever is told at the start; one that is away is waited for.
    #[tokio::test]
    async fn a_wrong_password_is_no_outage() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let mut said = [0; 4_096];
                if let Ok(1..) = connection.read(&mut said).await {
                    let no = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
                    let _ = connection.write_all(no.repeat(4).as_bytes()).await;
                }
            }
        });
        let refused = admitted(&format!("redis://me:wrong@{at}")).await.unwrap_err();
        assert!(refused.starts_with("The setting redis_url is refused by Redis"), "{refused}");
        assert_eq!(admitted("redis://127.0.0.1:1").await, Ok(()));
    }

    /// A Redis that says yes to everything: it confirms a subscription if `confirms`, and never hands on what it is told.
    async fn deaf_redis(confirms: bool) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut said = [0; 4_096];
                    while let Ok(length @ 1..) = connection.read(&mut said).await {
                        let said = String::from_utf8_lossy(&said[..length]).into_owned();
                        let commands = said.matches('*').count();
                        let answer = match (said.contains("SUBSCRIBE"), said.contains("PUBLISH")) {
                            (true, _) if confirms => format!("*3\r\n$9\r\nsubscribe\r\n${}\r\n{CHANNEL}\r\n:1\r\n", CHANNEL.len()),
                            (true, _) => String::new(),
                            (_, true) => ":1\r\n".repeat(commands),
                            _ => "+OK\r\n".repeat(commands),
                        };
                        if connection.write_all(answer.as_bytes()).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        url
    }

    #[tokio::test]
    async fn a_redis_that_hands_nothing_on_is_left() {
        for (confirms, error) in [(false, "it does not answer"), (true, "what is told to it is not heard")] {
            let url = deaf_redis(confirms).await;
            let (_out, mut waiting) = mpsc::channel(1);
            let ended = tokio::time::timeout(PATIENCE * 4, session(&url, Uuid::new_v4(), &mut waiting)).await.expect("an end");
            *TELLER.write() = None;
            assert!(ended.unwrap_err().to_string().contains(error), "{error}");
        }
    }
}
