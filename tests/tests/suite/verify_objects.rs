//! Objects compared with their records over the API: part by part, and with the findings of `causeway verify` (INV-7, SEC-12).

use causeway_contract::Code;
use causeway_openapi::crm::{CreateLead, op as crm};
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::object::{ObjectsVerification, VerifyObjectsQuery};
use causeway_openapi::session::op as session;
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::person::Person;
use causeway_tests::shop;
use causeway_tests::world::World;
use rusqlite::Connection;
use serde_json::json;

/// Every part, one after the other.
async fn parts(caller: &Caller) -> Vec<ObjectsVerification> {
    let mut parts: Vec<ObjectsVerification> = Vec::new();
    loop {
        let cursor = parts.last().and_then(|part| part.next_cursor.clone());
        if !parts.is_empty() && cursor.is_none() {
            return parts;
        }
        parts.push(caller.ask::<identity::VerifyObjects>(&VerifyObjectsQuery { cursor }).await);
        assert!(parts.len() < 100, "the parts have no end");
    }
}

fn compared(parts: &[ObjectsVerification]) -> i64 {
    parts.iter().filter_map(|part| part.checked.get("objects")).sum()
}

/// References come back in one order, whatever order they were given in: what is shown stays what was recorded (MDM-10, SEC-12).
#[tokio::test]
async fn external_references_have_one_order() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let given = |n: usize| json!([{ "system": "z", "id": n.to_string() }, { "system": "a", "id": n.to_string() }]);
    let shown = |n: usize| json!([{ "system": "a", "id": n.to_string() }, { "system": "z", "id": n.to_string() }]);
    let sold = json!([{ "product_id": shop.chai, "quantity": "1" }]);
    let free = json!([{ "description": "Advice", "quantity": "1", "unit_price": "1.00", "tax_ids": [] }]);
    let bodies = [
        ("/v1/parties", json!({ "name": "Two systems", "kind": "organization", "roles": ["customer"], "country": "DE" })),
        (
            "/v1/products",
            json!({ "code": "TWO", "name": "Two", "kind": "service", "unit": "piece", "list_price": "1.00", "currency": "EUR", "billing_policy": "on_order" }),
        ),
        ("/v1/companies", json!({ "name": "Two", "country": "DE", "currency": "EUR", "time_zone": "Europe/Berlin" })),
        ("/v1/leads", json!({ "company_id": shop.company, "title": "Two" })),
        ("/v1/opportunities", json!({ "company_id": shop.company, "title": "Two" })),
        ("/v1/quotes", json!({ "company_id": shop.company, "party_id": shop.party, "lines": sold })),
        ("/v1/orders", json!({ "company_id": shop.company, "party_id": shop.party, "lines": sold })),
        ("/v1/invoices", json!({ "company_id": shop.company, "party_id": shop.party, "lines": free })),
        (
            "/v1/payments",
            json!({ "company_id": shop.company, "party_id": shop.party, "direction": "inbound", "method": "bank", "amount": "1.00", "currency": "EUR" }),
        ),
    ];
    let mut ids = Vec::new();
    for (n, (path, mut body)) in bodies.into_iter().enumerate() {
        body["external_refs"] = given(n);
        let made = tenant.raw.post(path, &body).await.success();
        let id = made["id"].as_str().unwrap().to_owned();
        let again = tenant.raw.get(&format!("{path}/{id}")).await.success();
        assert_eq!((&made["external_refs"], &again["external_refs"]), (&shown(n), &shown(n)), "{path}");
        ids.push(id);
    }
    let patched = tenant.raw.request("PATCH", &format!("/v1/parties/{}", shop.party)).json(&json!({ "external_refs": given(99) })).send().await.success();
    assert_eq!(patched["external_refs"], shown(99));
    let merged = tenant.raw.post(&format!("/v1/parties/{}/merge", ids[0]), &json!({ "into": shop.party })).await.success();
    let together = json!([{ "system": "a", "id": "0" }, { "system": "a", "id": "99" }, { "system": "z", "id": "0" }, { "system": "z", "id": "99" }]);
    assert_eq!(merged["into"]["external_refs"], together);
    let found = parts(&tenant).await;
    assert!(found.iter().all(|part| part.ok), "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_are_compared_part_by_part() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    deal::deal(&tenant, &shop).await;
    let few = parts(&tenant).await;
    assert!(few.len() == 1 && few[0].ok && compared(&few) > 10, "{few:?}");
    for _ in 0..500 {
        tenant.post::<crm::CreateLead>((), &CreateLead { company_id: shop.company, title: "One of many".to_owned(), ..CreateLead::default() }).await;
    }
    let many = parts(&tenant).await;
    assert!(many.len() > 1 && many.iter().all(|part| part.ok), "{many:?}");
    assert_eq!(compared(&many), compared(&few) + 500);
    // A cursor belongs to its tenant.
    let cursor = many[0].next_cursor.clone().expect("a cursor");
    let stranger = world.sandbox().await;
    let refused = stranger.raw.get(&format!("/v1/audit-entries/verify-objects?cursor={cursor}")).await.problem();
    assert_eq!((refused.status, refused.errors[0].code), (422, Code::CursorInvalid));
    if world.server.place.postgres_url().is_some() {
        // There nobody can change what was written.
        return;
    }
    let conn = Connection::open(world.server.place.sqlite_file()).expect("the file");
    conn.execute("UPDATE quote_lines SET unit_cost = unit_cost + 1000000", []).expect("a change behind the service's back");
    conn.execute("UPDATE leads SET source = 'elsewhere' WHERE source = 'web'", []).expect("another");
    let found: Vec<_> = parts(&tenant).await.into_iter().flat_map(|part| part.breaks).collect();
    let db = causeway::store::open_read_only(&world.server.place.settings()).await.expect("the database");
    let all = causeway::verify::all(&db).await.expect("what the command finds");
    let by_command: Vec<_> = all.into_iter().flat_map(|(_, found)| found.breaks).filter(|found| found.check == "object_as_recorded").collect();
    assert_eq!(found, by_command);
    assert!(found.iter().any(|found| found.detail.starts_with("source at version")), "{found:?}");
    let quote = found.iter().find(|found| found.subject.starts_with("qot_")).expect("the quote");
    assert!(quote.detail.contains(": lines/0/margin_amount: expected \"200.00\", found \"160.00\""), "{quote:?}");
    // Who may not see costs is told that they differ, not what they are.
    let body = CreateApiKey { name: "auditor".to_owned(), scopes: vec!["audit:read".to_owned()], ..CreateApiKey::default() };
    let auditor = tenant.with_key(&tenant.post::<identity::CreateApiKey>((), &body).await.secret);
    let seen: Vec<_> = parts(&auditor).await.into_iter().flat_map(|part| part.breaks).collect();
    assert_eq!(seen.len(), found.len());
    assert!(seen.iter().all(|found| !found.detail.contains("160.00")), "{seen:?}");
}

/// That a session was used is nothing that changes it: somebody at work breaks no comparison (INV-7).
#[tokio::test]
async fn a_session_in_use_is_as_it_was_recorded() {
    let world = World::start_with(|settings| settings.session_idle_seconds = 10).await;
    let tenant = world.sandbox().await;
    let (caller, id) = Person::owner(&tenant).await.signed_in().await;
    let seen = async || caller.get::<session::GetSession>(id).await.last_seen_at;
    let first = seen().await;
    let patience = std::time::Instant::now();
    while seen().await == first {
        assert!(patience.elapsed() < std::time::Duration::from_secs(20), "nobody notes that the session is used");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    for part in parts(&tenant).await {
        assert!(part.ok, "{part:?}");
    }
}
