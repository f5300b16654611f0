//! Redis beside the service: it may come, go and come back, and nothing but speed depends on it (F8).

use crate::program::{Program, run};
use causeway_contract::Patch;
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::integration::{StreamQuery, op as integration};
use causeway_openapi::platform::{UpdateTenant, op as platform};
use causeway_tests::caller::Caller;
use causeway_tests::place::Place;
use causeway_tests::unique;
use causeway_tests::world::{administrator, sandbox, tenant};
use causeway_value::TenantMode;
use serde_json::json;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A Redis of one's own on a socket file: no port of the machine is used.
struct Redis(Child);

impl Redis {
    fn start(folder: &Path) -> Option<Self> {
        let socket = folder.join("redis.sock");
        let arguments = ["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket", socket.to_str()?];
        let child = Command::new("redis-server").args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).spawn().ok()?;
        for _ in 0..200 {
            if std::os::unix::net::UnixStream::connect(&socket).is_ok() {
                return Some(Self(child));
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("redis-server does not come up");
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What makes a program use it.
fn at(folder: &Path) -> Vec<String> {
    vec!["--redis-url".to_owned(), format!("redis+unix://{}", folder.join("redis.sock").display())]
}

async fn write(caller: &Caller) -> String {
    caller.raw.post("/v1/categories", &json!({ "name": unique("c") })).await.success()["id"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_comes_and_goes() {
    let folder = TempDir::with_prefix("causeway-redis-").expect("a folder");
    let Some(redis) = Redis::start(folder.path()) else {
        println!("SKIPPED: there is no redis-server here, so nothing was tried with Redis");
        return;
    };
    let place = Place::new().await;
    let arguments = [place.arguments(), at(folder.path())].concat();
    let said = run(&[arguments.clone(), vec!["doctor".to_owned(), "--listen".to_owned(), "127.0.0.1:0".to_owned()]].concat());
    assert!(said.contains("redis") && said.contains("ok: answers"), "{said}");
    let first = Program::start_with(&arguments);
    let tenant = sandbox(&administrator(&first.url).await).await;
    // SQLite has one instance; on PostgreSQL the second one hears of what the first one does.
    let second = place.postgres_url().map(|_| Program::start_with(&arguments));
    let there = Caller::new(second.as_ref().map_or(&first.url, |second| &second.url), &tenant.key);
    let query = StreamQuery { kind: Some("category.created".to_owned()), live: Some(true), ..StreamQuery::default() };
    let mut stream = there.client.stream::<integration::StreamEvents, _>((), &query, None).await.expect("a stream");
    let mut hear = async |what: &str| {
        let watch = Instant::now();
        let id = write(&tenant).await;
        let event = tokio::time::timeout(Duration::from_secs(10), stream.next()).await.expect(what).expect(what).expect(what);
        assert_eq!(event.subject.id, id, "{what}");
        watch.elapsed()
    };
    // A moment for both to find Redis.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut quick: Vec<Duration> = Vec::new();
    for _ in 0..9 {
        quick.push(hear("with Redis").await);
    }
    quick.sort();
    assert!(quick[4] < Duration::from_millis(300), "{quick:?}");
    let key = CreateApiKey { name: "short".to_owned(), scopes: vec!["leads:read".to_owned()], ..CreateApiKey::default() };
    let refused_soon = async |what: &str| {
        let made = tenant.post::<identity::CreateApiKey>((), &key).await;
        let holder = there.with_key(&made.secret);
        assert_eq!(holder.raw.get("/v1/leads").await.status, 200, "{what}");
        tenant.act::<identity::RevokeApiKey>(made.id).await;
        let watch = Instant::now();
        while holder.raw.get("/v1/leads").await.status != 401 {
            assert!(watch.elapsed() < Duration::from_secs(5), "a revoked key still works {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    refused_soon("with Redis").await;
    drop(redis);
    for _ in 0..3 {
        hear("without Redis").await;
    }
    refused_soon("without Redis").await;
    let _redis = Redis::start(folder.path()).expect("redis-server");
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let mut quick: Vec<Duration> = Vec::new();
    for _ in 0..9 {
        quick.push(hear("with Redis again").await);
    }
    quick.sort();
    assert!(quick[4] < Duration::from_millis(300), "{quick:?}");
    first.kill();
    second.into_iter().for_each(Program::kill);
}

/// Two instances of PostgreSQL together allow one rate; on SQLite there is only one, and it counts in Redis all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_share_their_limits() {
    const RATE: usize = 12;
    let folder = TempDir::with_prefix("causeway-redis-").expect("a folder");
    let Some(redis) = Redis::start(folder.path()) else {
        println!("SKIPPED: there is no redis-server here, so nothing was tried with Redis");
        return;
    };
    let place = Place::new().await;
    let arguments = [place.arguments(), at(folder.path())].concat();
    let first = Program::start_with(&arguments);
    let second = place.postgres_url().map(|_| Program::start_with(&arguments));
    let operator = administrator(&first.url).await;
    let noisy = tenant(&operator, TenantMode::Live).await;
    let limit = UpdateTenant { credential_requests_per_minute: Patch::Value(12), ..UpdateTenant::default() };
    operator.post::<platform::UpdateTenant>(noisy.id, &limit).await;
    // A moment for both to find Redis, and to hear of the limit.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let spend = async |what: &str| {
        let body = CreateApiKey { name: what.to_owned(), scopes: vec!["clock:read".to_owned()], ..CreateApiKey::default() };
        let key = noisy.post::<identity::CreateApiKey>((), &body).await.secret;
        let callers = [&first.url, second.as_ref().map_or(&first.url, |second| &second.url)].map(|url| Caller::new(url, &key));
        let mut statuses = Vec::new();
        for number in 0..RATE * 3 {
            statuses.push(callers[number % 2].raw.get("/v1/clock").await.status);
        }
        assert!(statuses.iter().all(|status| [200, 429].contains(status)), "{what}: {statuses:?}");
        statuses.into_iter().filter(|status| *status == 200).count()
    };
    // Some may be paid back on the way, on a slow machine more of them; two instances that count apart let twice as many pass.
    let together = spend("with Redis").await;
    assert!((RATE..2 * RATE).contains(&together), "{together} passed instead of {RATE}");
    // So do those who guess passwords: of 13 tries no instance alone sees more than the ten that are free, and the pauses after those grow.
    let guess = async |caller: &Caller| {
        let body = json!({ "email": "dana@acme.test", "password": "not the right one", "tenant": "acme" });
        caller.nobody().raw.post("/v1/sessions", &body).await.status
    };
    let there = Caller::new(second.as_ref().map_or(&first.url, |second| &second.url), "");
    let mut statuses = Vec::new();
    for number in 0..13 {
        statuses.push(guess(if number % 2 == 0 { &operator } else { &there }).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(statuses.iter().take(10).all(|status| *status == 401) && statuses.iter().skip(10).any(|status| *status == 429), "{statuses:?}");
    drop(redis);
    // Without Redis each counts by itself, and nobody is refused for it.
    let apart = spend("without Redis").await;
    let instances = 1 + usize::from(second.is_some());
    assert!((RATE..(instances + 1) * RATE).contains(&apart), "{apart} passed with {instances} instances");
    first.kill();
    second.into_iter().for_each(Program::kill);
}
