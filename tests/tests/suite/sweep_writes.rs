//! Every operation that writes: repeated with its key it acts once; with a stale tag it does not act.

use causeway_contract::{Audience, Code, Row};
use causeway_tests::api_key;
use causeway_tests::fixture::{Fixture, rows, writes};
use causeway_tests::log::events;
use causeway_tests::person::Person;
use causeway_tests::plan::Prepared;
use causeway_tests::raw::Seen;
use causeway_tests::unique;
use causeway_tests::world::World;

fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} operations are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

async fn keyed(row: &Row, prepared: &Prepared, key: &str) -> Seen {
    prepared.request(row).idempotent(key).send().await
}

#[tokio::test]
async fn a_repeated_key_gives_the_same_bytes_and_acts_once() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let mut wrong = Vec::new();
    for row in writes() {
        let prepared = fixture.prepare(row.id).await;
        let key = unique("key");
        let first = keyed(&row, &prepared, &key).await;
        if first.status != row.success || first.header("idempotent-replayed").is_some() {
            wrong.push(format!("{}: {} {}", row.id, first.status, first.text()));
            continue;
        }
        let log = events(&fixture.tenant).await.len();
        let second = keyed(&row, &prepared, &key).await;
        let same = second.status == first.status && second.bytes == first.bytes && second.header("etag") == first.header("etag");
        if !same || second.header("idempotent-replayed") != Some("true") {
            wrong.push(format!("{} again: {} {:?} {} / {}", row.id, second.status, second.headers, first.text(), second.text()));
        }
        let mut other = prepared.body.clone().map(|body| body.to_string()).unwrap_or_default();
        other.push_str(if other.is_empty() { "{}" } else { " " });
        let third = prepared.caller.raw.request(row.method.word(), &prepared.path(&row)).bytes(other).idempotent(&key).send().await;
        if third.status != 422 || third.checked_problem().map(|problem| problem.code) != Ok(Code::IdempotencyKeyReused) {
            wrong.push(format!("{} with other content: {} {}", row.id, third.status, third.text()));
        }
        if events(&fixture.tenant).await.len() != log {
            wrong.push(format!("{} acted again", row.id));
        }
    }
    none(wrong);
    // After one of everything, every invariant of the stored data holds.
    crate::program::verify(&world.server.place, true);
}

/// One effect per key and tenant (INV-2): what another credential of the tenant sends under a key that was used is refused, and done once all the same.
#[tokio::test]
async fn a_key_is_used_once_in_a_tenant() {
    let world = World::start().await;
    let first = world.sandbox().await;
    let second = api_key::limited(&first, &["*:*"]).await;
    let (person, _) = Person::owner(&first).await.signed_in().await;
    let tea = serde_json::json!({ "name": "Tea" });
    let made = first.raw.request("POST", "/v1/categories").idempotent("k").json(&tea).send().await;
    assert_eq!(made.status, 201, "{}", made.text());
    let log = events(&first).await.len();
    for (other, name) in [(&second, "Tea"), (&second, "Coffee"), (&person, "Tea")] {
        let refused = other.raw.request("POST", "/v1/categories").idempotent("k").json(&serde_json::json!({ "name": name })).send().await.problem();
        assert_eq!((refused.status, refused.code), (422, Code::IdempotencyKeyReused));
        assert!(refused.detail.contains("another API key or person") && refused.detail.contains("other content") == (name != "Tea"), "{}", refused.detail);
    }
    assert_eq!(events(&first).await.len(), log);
    // At once, too.
    let send = |caller: &causeway_tests::caller::Caller| {
        let request = caller.raw.request("POST", "/v1/categories").idempotent("at once").json(&serde_json::json!({ "name": "Cocoa" }));
        async move { request.send().await.status }
    };
    let (one, other) = tokio::join!(send(&first), send(&second));
    let mut statuses = [one, other];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
}

/// A key belongs to its tenant, its method and its path.
#[tokio::test]
async fn keys_of_others_are_other_keys() {
    let world = World::start().await;
    let (first, second) = (world.sandbox().await, world.sandbox().await);
    let body = serde_json::json!({ "name": "Tea" });
    let made = first.raw.request("POST", "/v1/categories").idempotent("k").json(&body).send().await;
    for other in [
        second.raw.request("POST", "/v1/categories").idempotent("k").json(&body).send().await,
        first.raw.request("POST", "/v1/categories").idempotent("k2").json(&serde_json::json!({ "name": "Coffee" })).send().await,
    ] {
        assert_eq!((other.status, other.header("idempotent-replayed")), (201, None), "{}", other.text());
        assert_ne!(other.bytes, made.bytes);
    }
    for bad in ["", &"x".repeat(256)] {
        let seen = first.raw.request("POST", "/v1/categories").idempotent(bad).json(&body).send().await;
        assert_eq!((seen.status, seen.problem().errors.first().and_then(|error| error.header.clone())), (422, Some("Idempotency-Key".to_owned())));
    }
}

/// A refused request leaves its key free.
#[tokio::test]
async fn a_refusal_is_not_kept() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let unit = |factor: &str| serde_json::json!({ "code": "dozen", "category": "count", "factor": factor });
    assert_eq!(tenant.raw.request("POST", "/v1/units").idempotent("k").json(&unit("0")).send().await.status, 422);
    assert_eq!(tenant.raw.request("POST", "/v1/units").idempotent("k").json(&unit("12")).send().await.status, 201);
    let taken = tenant.raw.request("POST", "/v1/units").idempotent("l").json(&unit("12")).send().await;
    assert_eq!((taken.status, taken.problem().code), (409, Code::AlreadyExists));
}

#[tokio::test]
async fn stale_tags_stop_writes_and_fresh_ones_save_reads() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let mut wrong = Vec::new();
    for row in writes().into_iter().filter(|row| !(row.path_prefixes)().is_empty()) {
        let prepared = fixture.prepare(row.id).await;
        let object = prepared.path(&row);
        let object = object.split('/').take(4 + usize::from(object.starts_with("/admin/"))).collect::<Vec<_>>().join("/");
        let read = prepared.caller.raw.get(&object).await;
        let Some(tag) = read.header("etag").map(str::to_owned) else {
            wrong.push(format!("{}: {object} has no ETag: {}", row.id, read.text()));
            continue;
        };
        let version = format!("\"v{}", read.json()["version"]);
        if !tag.starts_with(&format!("{version}-")) {
            wrong.push(format!("{}: {tag} does not begin with the version", row.id));
        }
        let known = prepared.caller.raw.request("GET", &object).header("if-none-match", &tag).send().await;
        if known.status != 304 || !known.bytes.is_empty() || known.header("etag") != Some(tag.as_str()) {
            wrong.push(format!("{}: If-None-Match gives {}", row.id, known.status));
        }
        // The version alone does not tell all that is shown.
        let version = format!("{version}\"");
        if prepared.caller.raw.request("GET", &object).header("if-none-match", &version).send().await.status != 200 {
            wrong.push(format!("{}: {version} saves reading it", row.id));
        }
        for (stale, status) in [("\"v9999\"", 412), ("\"v0\"", 412), ("\"v9999-AAAA\"", 412), ("v1", 422), ("W/\"v1\"", 422), ("\"v-1\"", 422)] {
            let seen = prepared.request(&row).header("if-match", stale).send().await;
            if seen.status != status || seen.checked_problem().is_err() {
                wrong.push(format!("{} If-Match {stale}: {} {}", row.id, seen.status, seen.text()));
            }
        }
        let fresh = prepared.request(&row).header("if-match", &tag).send().await;
        if fresh.status != row.success {
            wrong.push(format!("{} If-Match {tag}: {} {}", row.id, fresh.status, fresh.text()));
            continue;
        }
        let after = prepared.caller.raw.get(&object).await;
        // What makes another object of this one leaves it as it is.
        if after.header("etag") == Some(tag.as_str())
            && !["CreditInvoice", "CopyPriceList", "CancelJob", "DuplicateQuote", "CreateDownPayment"].contains(&row.id)
        {
            wrong.push(format!("{} left its object at {tag}", row.id));
        }
    }
    none(wrong);
}

/// What is read has a tag exactly when it has a version.
#[tokio::test]
async fn objects_have_tags() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let mut wrong = Vec::new();
    for row in rows().into_iter().filter(|row| row.path.ends_with("/{id}") && row.method == causeway_contract::Method::Get) {
        let caller = if (row.audience)() == Audience::Tenant { &fixture.tenant.owner } else { &fixture.platform };
        let seen = caller.raw.get(&fixture.path(&row)).await;
        let object = seen.success();
        let expected = object.get("version").map(|version| format!("\"v{version}-"));
        if seen.header("etag").is_some() != expected.is_some() || !seen.header("etag").unwrap_or_default().starts_with(&expected.unwrap_or_default()) {
            wrong.push(format!("{}: {:?}", row.id, seen.header("etag")));
        }
        for member in ["id", "object"] {
            if !object[member].is_string() {
                wrong.push(format!("{} has no {member}", row.id));
            }
        }
    }
    none(wrong);
}
