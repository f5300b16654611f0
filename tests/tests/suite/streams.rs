//! The stream of events: everything once and in order, from any place, for as long as the credential and the server live.

use causeway_contract::Code;
use causeway_openapi::catalog::{CreateCategory, op as catalog};
use causeway_openapi::client::EventStream;
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::integration::{Event, EventOrder, EventsQuery, StreamQuery, op as integration};
use causeway_tests::caller::Caller;
use causeway_tests::log::events;
use causeway_tests::shapes::nothing;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_tests::{deal, unique};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

async fn open(caller: &Caller, query: &StreamQuery, last_id: Option<&str>) -> EventStream<Event> {
    caller.client.stream::<integration::StreamEvents, _>((), query, last_id).await.expect("a stream")
}

async fn next(stream: &mut EventStream<Event>) -> Event {
    tokio::time::timeout(SOON, stream.next()).await.expect("an event comes").expect("a whole event").expect("the stream goes on")
}

async fn up_to(stream: &mut EventStream<Event>, last: &Event) -> Vec<Event> {
    let mut seen = Vec::new();
    while seen.last() != Some(last) {
        seen.push(next(stream).await);
    }
    seen
}

async fn write(caller: &Caller) -> String {
    caller.post::<catalog::CreateCategory>((), &CreateCategory { name: unique("tea"), ..CreateCategory::default() }).await.id.to_string()
}

#[tokio::test]
async fn the_log_as_it_grows() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    deal::deal(&tenant, &shop).await;
    let log = events(&tenant).await;
    let mut whole = open(&tenant, &StreamQuery::default(), None).await;
    assert_eq!(up_to(&mut whole, log.last().unwrap()).await, log);
    // What happens now arrives now; someone who listens from now on hears nothing else.
    let mut live = open(&tenant, &StreamQuery { live: Some(true), ..StreamQuery::default() }, None).await;
    let watch = std::time::Instant::now();
    let id = write(&tenant).await;
    let heard = next(&mut live).await;
    assert_eq!(heard.subject.id, id);
    assert!(watch.elapsed() < Duration::from_secs(2), "{:?}", watch.elapsed());
    while next(&mut whole).await != heard {}
}

#[tokio::test]
async fn another_stream_goes_on_without_a_gap() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let mut seen = Vec::new();
    let mut last_id: Option<String> = None;
    for round in 0..5 {
        let written = tokio::spawn({
            let caller = tenant.owner.clone();
            async move {
                for _ in 0..20 {
                    write(&caller).await;
                }
            }
        });
        let mut stream = open(&tenant, &StreamQuery::default(), last_id.as_deref()).await;
        for _ in 0..15 + round {
            seen.push(next(&mut stream).await);
        }
        last_id = stream.last_id().map(str::to_owned);
        written.await.unwrap();
    }
    let log = events(&tenant).await;
    let mut stream = open(&tenant, &StreamQuery::default(), last_id.as_deref()).await;
    seen.extend(up_to(&mut stream, log.last().unwrap()).await);
    // The marker's own events stand in the stream, but not in the log that is compared.
    let sequences: Vec<i64> = seen.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..).take(seen.len()).collect::<Vec<_>>());
    // `after` says the same as the header.
    let after = StreamQuery { after: Some(seen[2].id), ..StreamQuery::default() };
    assert_eq!(next(&mut open(&tenant, &after, None).await).await, seen[3]);
}

#[tokio::test]
async fn only_what_is_asked_for() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let mut invoices = open(&tenant, &StreamQuery { kind: Some("invoice.posted".to_owned()), ..StreamQuery::default() }, None).await;
    let made = deal::deal(&tenant, &shop).await;
    let posted = next(&mut invoices).await;
    assert_eq!((posted.kind.as_str(), posted.subject.id), ("invoice.posted", made.invoice.id.to_string()));
    let query = StreamQuery { subject_id: Some(posted.flow_id.map(|_| made.order.id.to_string()).unwrap()), ..StreamQuery::default() };
    let mut order = open(&tenant, &query, None).await;
    let mut deal = open(&tenant, &StreamQuery { flow_id: posted.flow_id, ..StreamQuery::default() }, None).await;
    for _ in 0..2 {
        assert_eq!(next(&mut order).await.subject.id, made.order.id.to_string());
        assert_eq!(next(&mut deal).await.flow_id, posted.flow_id);
    }
    // Another tenant's stream has nothing of it.
    let stranger = world.sandbox().await;
    let id = write(&stranger).await;
    let mut theirs = open(&stranger, &StreamQuery { kind: Some("category.created".to_owned()), ..StreamQuery::default() }, None).await;
    assert_eq!(next(&mut theirs).await.subject.id, id);
}

#[tokio::test]
async fn a_revoked_key_ends_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let body = CreateApiKey { name: "listener".to_owned(), scopes: ["events:read", "categories:read"].map(str::to_owned).to_vec(), ..CreateApiKey::default() };
    let key = tenant.post::<identity::CreateApiKey>((), &body).await;
    let mut stream = open(&tenant.with_key(&key.secret), &StreamQuery { live: Some(true), ..StreamQuery::default() }, None).await;
    write(&tenant).await;
    // Where events are numbered after their commit, what was written before the stream opened may still come first.
    while next(&mut stream).await.kind != "category.created" {}
    tenant.act::<identity::RevokeApiKey>(key.id).await;
    write(&tenant).await;
    let end = async {
        // Its own revocation is nothing that it may hear of.
        while let Some(event) = stream.next().await.expect("a clean end") {
            assert_ne!(event.kind, "category.created", "a revoked key hears on");
        }
    };
    tokio::time::timeout(SOON, end).await.expect("an end");
}

/// All pages of the newest first, two events at a time; what is written between two of them is none of theirs.
async fn newest_first(caller: &Caller, query: EventsQuery, writer: &Caller) -> Vec<Event> {
    let mut seen: Vec<Event> = Vec::new();
    loop {
        let before = seen.last().map(|event| event.id).or(query.before);
        let asked = EventsQuery { before, sort: Some(EventOrder::NewestFirst), limit: Some(2), ..query.clone() };
        let page = caller.ask::<integration::ListEvents>(&asked).await;
        let last = page.data.last().map(|event| event.id.to_string());
        assert_eq!(page.next_cursor, last.filter(|_| page.has_more));
        seen.extend(page.data);
        if !page.has_more {
            return seen;
        }
        write(writer).await;
    }
}

/// People look at what happened last (INT-10): the same events under the same rights, from the other end.
#[tokio::test]
async fn the_newest_come_first() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    for _ in 0..3 {
        write(&tenant).await;
    }
    let log = events(&tenant).await;
    let last = log.last().expect("an event").id;
    let upto = EventsQuery { before: Some(last), ..EventsQuery::default() };
    let turned = |events: &[Event]| events.iter().rev().cloned().collect::<Vec<_>>();
    assert_eq!(newest_first(&tenant, upto.clone(), &tenant).await, turned(&log[..log.len() - 1]));
    // Between two events, from either end, and only those of a type.
    let kind = Some("category.created".to_owned());
    let between = EventsQuery { after: Some(log[0].id), kind, ..upto.clone() };
    let forwards = tenant.ask::<integration::ListEvents>(&EventsQuery { limit: Some(200), ..between.clone() }).await.data;
    let wanted: Vec<Event> = log[1..log.len() - 1].iter().filter(|event| event.kind == "category.created").cloned().collect();
    assert_eq!((forwards.len(), &forwards), (2, &wanted));
    assert_eq!(newest_first(&tenant, between, &tenant).await, turned(&wanted));
    // Nobody is told of what they may not read, nor is a page shorter for it.
    let scopes = ["events:read", "categories:read"].map(str::to_owned).to_vec();
    let key = tenant.post::<identity::CreateApiKey>((), &CreateApiKey { name: "reader".to_owned(), scopes, ..CreateApiKey::default() }).await;
    let reader = tenant.with_key(&key.secret);
    let told: Vec<Event> = newest_first(&reader, upto, &tenant).await;
    assert!(told.len() >= 2 && told.iter().all(|event| ["category", "tenant"].contains(&event.subject.kind.as_str())), "{told:?}");
    // As a file, too.
    let file = tenant.raw.request("GET", &format!("/v1/events?sort=-sequence&before={last}")).header("accept", "text/csv").send().await.text();
    let written = file.lines().skip(1).filter_map(|line| line.split(',').next());
    assert!(log[..log.len() - 1].iter().rev().map(|event| event.id.to_string()).eq(written.map(str::to_owned)), "{file}");
    let other = world.sandbox().await;
    for id in [events(&other).await[0].id.to_string(), nothing("evt")] {
        let seen = tenant.raw.get(&format!("/v1/events?sort=-sequence&before={id}")).await.problem();
        assert_eq!((seen.code, seen.errors[0].parameter.as_deref()), (Code::NotFound, Some("before")));
    }
    assert_eq!(tenant.raw.get("/v1/events?sort=-created_at").await.problem().errors[0].parameter.as_deref(), Some("sort"));
}

#[tokio::test]
async fn a_place_that_is_none() {
    let world = World::start().await;
    let (tenant, other) = (world.sandbox().await, world.sandbox().await);
    let theirs = events(&other).await.first().expect("an event").id.to_string();
    for id in [theirs, nothing("evt")] {
        let seen = tenant.raw.get(&format!("/v1/events/stream?after={id}")).await.problem();
        assert_eq!((seen.code, seen.errors[0].parameter.as_deref()), (Code::NotFound, Some("after")));
        let seen = tenant.raw.request("GET", "/v1/events/stream").header("last-event-id", &id).send().await.problem();
        assert_eq!((seen.status, seen.errors[0].header.as_deref()), (422, Some("Last-Event-ID")));
    }
    assert_eq!(tenant.raw.get("/v1/events/stream?limit=1").await.problem().code, Code::UnknownParameter);
    let seen = tenant.raw.get("/v1/events/stream").await;
    assert_eq!((seen.status, seen.header("content-type"), seen.header("cache-control")), (200, Some("text/event-stream"), Some("no-store")));
}
