//! Redis beside the service: it may come, go and come back, and nothing but speed depends on it (F8).

use crate::program::{Program, run};
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::integration::{StreamQuery, op as integration};
use causeway_tests::caller::Caller;
use causeway_tests::place::Place;
use causeway_tests::unique;
use causeway_tests::world::{administrator, sandbox};
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
    let url = format!("redis+unix://{}", folder.path().join("redis.sock").display());
    let arguments = [place.arguments(), vec!["--redis-url".to_owned(), url]].concat();
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
