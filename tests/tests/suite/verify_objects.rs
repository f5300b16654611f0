//! Objects compared with their records over the API: part by part, and with the findings of `causeway verify` (INV-7, SEC-12).

use causeway_contract::Code;
use causeway_openapi::crm::{CreateLead, op as crm};
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::object::{ObjectsVerification, VerifyObjectsQuery};
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::shop;
use causeway_tests::world::World;
use rusqlite::Connection;

/// What is earned on the quote of the deal, as its record says it.
const MARGIN: &str = r#""margin_amount":"200.00""#;

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
    assert!(quote.detail.contains(MARGIN), "{quote:?}");
    // Who may not see costs is told that they differ, not what they are.
    let body = CreateApiKey { name: "auditor".to_owned(), scopes: vec!["audit:read".to_owned()], ..CreateApiKey::default() };
    let auditor = tenant.with_key(&tenant.post::<identity::CreateApiKey>((), &body).await.secret);
    let seen: Vec<_> = parts(&auditor).await.into_iter().flat_map(|part| part.breaks).collect();
    assert_eq!(seen.len(), found.len());
    assert!(seen.iter().all(|found| !found.detail.contains(MARGIN)), "{seen:?}");
}
