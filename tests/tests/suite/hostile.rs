//! Bytes that no honest client sends, and clients that are slow, silent or gone (threats 44 to 47, faults F16 to F18). All of it on loopback.

use causeway_contract::{Code, Method};
use causeway_openapi::catalog::op as catalog;
use causeway_tests::fixture::{Fixture, rows};
use causeway_tests::log::pages;
use causeway_tests::unique;
use causeway_tests::world::World;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn connect(world: &World) -> TcpStream {
    TcpStream::connect(world.server.url.trim_start_matches("http://")).await.expect("a connection")
}

/// Everything that the server says until it closes; `None` when it has not closed by then.
async fn until_closed(stream: &mut TcpStream, patience: Duration) -> Option<String> {
    let mut said = Vec::new();
    match tokio::time::timeout(patience, stream.read_to_end(&mut said)).await {
        // A reset is an end, too.
        Ok(_) => Some(String::from_utf8_lossy(&said).into_owned()),
        Err(_) => None,
    }
}

fn answers(said: &str) -> usize {
    said.matches("HTTP/1.1 ").count()
}

#[tokio::test]
async fn requests_that_two_parsers_would_read_differently() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let key = format!("Authorization: Bearer {}\r\n", tenant.key);
    let inner = format!("GET /v1/me HTTP/1.1\r\nHost: x\r\n{key}\r\n");
    let post = |headers: &str, body: &str| format!("POST /v1/categories HTTP/1.1\r\nHost: x\r\n{key}Content-Type: application/json\r\n{headers}\r\n{body}");
    let chunks = "2\r\n{}\r\n0\r\n\r\n";
    let probes = [
        format!("GET /v1/me HTTP/1.1\nHost: x\r\n{key}\r\n"),
        format!("GET /v1/me HTTP/1.1\r\nHost: x\n{key}\r\n"),
        format!("GET /v1/me HTTP/1.1\r\nHost: x\r\n{key}\n"),
        format!("GET /v1/me HTTP/1.1\r\nHost: x\r\nX: y\rZ: a\r\n{key}\r\n"),
        format!("GET /v1/me HTTP/1.1\r\nHost: x\r\nX : y\r\n{key}\r\n"),
        format!("GET /v1/me HTTP/1.1\r\nHost: x\r\nX: y\r\n folded\r\n{key}\r\n"),
        format!("GET /v1/me HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n{key}\r\n"),
        format!("GET /v1/me HTTP/9.9\r\nHost: x\r\n{key}\r\n"),
        format!("GET  /v1/me HTTP/1.1\r\nHost: x\r\n{key}\r\n"),
        format!("GE T /v1/me HTTP/1.1\r\nHost: x\r\n{key}\r\n"),
        post(&format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", 13), &format!("0\r\n\r\n{inner}")),
        post("Content-Length: 2\r\nContent-Length: 90\r\n", &format!("{{}}{inner}")),
        post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"),
        post("Content-Length: +2\r\n", "{}"),
        post("Content-Length: -2\r\n", "{}"),
        post("Content-Length: 0x2\r\n", "{}"),
        post("Content-Length: 2, 2\r\n", "{}"),
        post("Transfer-Encoding: xchunked\r\n", chunks),
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", chunks),
        post("Transfer-Encoding: identity, chunked, identity\r\n", chunks),
        post("Transfer-Encoding : chunked\r\n", chunks),
        post("Transfer-Encoding:\u{b}chunked\r\n", chunks),
        post("Transfer-Encoding: chunked\r\n", "2\n{}\r\n0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\n", "-2\r\n{}\r\n0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
    ];
    let mut wrong = Vec::new();
    for probe in &probes {
        let mut stream = connect(&world).await;
        stream.write_all(probe.as_bytes()).await.expect("sent");
        match until_closed(&mut stream, Duration::from_secs(8)).await {
            Some(said) if answers(&said) == 1 && said.starts_with("HTTP/1.1 4") => {}
            Some(said) if said.is_empty() => {}
            other => wrong.push(format!("{probe:?}\n  {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), probes.len(), wrong.join("\n"));
    // What is right goes on, two requests in one packet included.
    let mut stream = connect(&world).await;
    stream.write_all([inner.as_str(), &inner.replace("Host: x", "Host: x\r\nConnection: close")].concat().as_bytes()).await.expect("sent");
    let said = until_closed(&mut stream, Duration::from_secs(8)).await.expect("an end");
    assert_eq!(said.matches("HTTP/1.1 200").count(), 2, "{said}");
    assert!(pages(&tenant, "/v1/categories", "limit=200").await.is_empty(), "something came through");
}

/// Heads, bodies and the time between requests are limited; others are served meanwhile.
#[tokio::test]
async fn slow_clients_are_let_go() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let mut slow_heads = Vec::new();
    for _ in 0..50 {
        let mut stream = connect(&world).await;
        stream.write_all(b"GET /v1/me HTTP/1.1\r\nHost:").await.expect("sent");
        slow_heads.push(stream);
    }
    let mut slow_bodies = Vec::new();
    for _ in 0..50 {
        let mut stream = connect(&world).await;
        let head = format!(
            "POST /v1/categories HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{{",
            tenant.key
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        slow_bodies.push(stream);
    }
    // Answered before its body has ended, which it never does.
    let mut unread = connect(&world).await;
    unread.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n").await.expect("sent");
    let mut idle = connect(&world).await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("sent");
    let begun = Instant::now();
    for _ in 0..100 {
        let watch = Instant::now();
        assert_eq!(tenant.raw.get("/v1/me").await.status, 200);
        assert!(watch.elapsed() < Duration::from_secs(2));
    }
    let patience = Duration::from_secs(20);
    for stream in &mut slow_heads {
        let said = until_closed(stream, patience).await.expect("a slow head is let go");
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    }
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    assert!(until_closed(&mut idle, patience).await.expect("an idle connection ends").starts_with("HTTP/1.1 200"));
    for stream in &mut slow_bodies {
        // It drips on; that changes nothing.
        let _ = stream.write_all(b" ").await;
        let said = until_closed(stream, patience).await.expect("a slow body is let go");
        assert!(said.starts_with("HTTP/1.1 408") && said.contains("\"code\":\"timeout\""), "{said}");
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(until_closed(&mut unread, patience).await.expect("a body that never ends is let go").starts_with("HTTP/1.1 200"));
}

/// Who asks for a stream and does not read it is dropped, however much happens.
#[tokio::test]
async fn a_stream_that_nobody_reads() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let open = async || {
        let text = world.platform.raw.get("/metrics").await.text();
        let line = text.lines().find(|line| line.starts_with("causeway_streams ")).expect("the number of streams").to_owned();
        line.rsplit(' ').next().and_then(|number| number.parse::<u64>().ok()).expect("a number")
    };
    let mut stream = connect(&world).await;
    stream.write_all(format!("GET /v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n", tenant.key).as_bytes()).await.expect("sent");
    let begun = Instant::now();
    while open().await == 0 {
        assert!(begun.elapsed() < Duration::from_secs(5), "the stream does not open");
    }
    let id = tenant.raw.post("/v1/categories", &json!({ "name": "long" })).await.success()["id"].as_str().expect("an id").to_owned();
    // More than the buffers of both sides hold: 25 kB before and after each change.
    for round in 0..400 {
        let metadata: Value =
            (0..50).map(|key| (format!("k{key}"), Value::String(format!("{round}{}", "x".repeat(480))))).collect::<serde_json::Map<_, _>>().into();
        tenant.raw.request("PATCH", &format!("/v1/categories/{id}")).json(&json!({ "metadata": metadata })).send().await.success();
    }
    let begun = Instant::now();
    while open().await > 0 {
        assert!(begun.elapsed() < Duration::from_secs(40), "the stream is kept for a reader who does not read");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// A client that goes away after sending changes nothing about its write: it is done once, and the key tells.
#[tokio::test]
async fn clients_that_do_not_wait() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    for round in 0..40 {
        let (name, key) = (unique("gone"), format!("gone-{round}"));
        let body = json!({ "name": name }).to_string();
        let mut stream = connect(&world).await;
        let head = format!(
            "POST /v1/categories HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n",
            tenant.key,
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).await.expect("sent");
        drop(stream);
        tenant.raw.request("POST", "/v1/categories").idempotent(&key).bytes(body).send().await.success();
    }
    assert_eq!(tenant.all::<catalog::ListCategories, _>(&causeway_contract::ListQuery::default()).await.len(), 40);
}

/// No answer may be kept by a cache, read as another type, or used by another origin.
#[tokio::test]
async fn every_answer_is_private() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let mut wrong = Vec::new();
    for row in rows().iter().filter(|row| row.method == Method::Get) {
        let caller = if row.path.starts_with("/v1/") { &fixture.tenant.owner } else { &fixture.platform };
        for path in [format!("{}?{}", fixture.path(row), fixture.query(row)), format!("{}?nonsense=1", fixture.path(row))] {
            let seen = caller.raw.request("GET", &path).header("origin", "https://elsewhere.test").send().await;
            let kept = seen.header("cache-control") != Some("no-store");
            let guessed = seen.header("x-content-type-options") != Some("nosniff");
            if kept || guessed || seen.header("access-control-allow-origin").is_some() || seen.header("set-cookie").is_some() {
                wrong.push(format!("{path}: {:?}", seen.headers));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let preflight = fixture.tenant.raw.request("OPTIONS", "/v1/orders").header("origin", "https://elsewhere.test").send().await;
    assert_eq!((preflight.status, preflight.problem().code), (405, Code::MethodNotAllowed));
}
