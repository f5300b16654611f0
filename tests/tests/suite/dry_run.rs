//! Trying without effect: the full result, nothing written, no number used.

use causeway_contract::Flag;
use causeway_tests::fixture::{Fixture, writes};
use causeway_tests::log::{events, everything};
use causeway_tests::world::World;
use serde_json::Value;

/// The numbers and amounts of an answer: what a dry run must foretell. Ids, instants and hashes are made anew each time.
fn foretold(answer: &Value) -> Value {
    match answer {
        Value::Array(items) => items.iter().map(foretold).collect(),
        Value::Object(fields) => fields.iter().filter(|(name, _)| !told_anew(name)).map(|(name, field)| (name.clone(), foretold(field))).collect(),
        other => other.clone(),
    }
}

fn told_anew(name: &str) -> bool {
    name == "id" || name.ends_with("_id") || name.ends_with("_ids") || name.ends_with("_at") || name.ends_with("hash") || name == "since"
}

#[tokio::test]
async fn a_dry_run_foretells_and_writes_nothing() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let tried: Vec<_> = writes().into_iter().filter(|row| row.flags.contains(&Flag::dry_run)).collect();
    assert!(!tried.is_empty());
    for row in tried {
        let prepared = fixture.prepare(row.id).await;
        let (before, log) = (everything(&fixture.tenant).await, events(&fixture.tenant).await.len());
        let path = format!("{}?dry_run=true", prepared.path(&row));
        let dry = fixture.tenant.raw.request(row.method.word(), &path).maybe(prepared.body.as_ref()).idempotent("dry").send().await;
        assert_eq!(dry.status, row.success, "{}: {}", row.id, dry.text());
        assert_eq!(everything(&fixture.tenant).await, before, "{} wrote something", row.id);
        assert_eq!(events(&fixture.tenant).await.len(), log, "{} wrote an event", row.id);
        // The key is still free, and the real thing gives what was foretold, the number included.
        let path = prepared.path(&row);
        let real = fixture.tenant.raw.request(row.method.word(), &path).maybe(prepared.body.as_ref()).idempotent("dry").send().await;
        assert_eq!(real.header("idempotent-replayed"), None, "{}", row.id);
        assert_eq!(foretold(&real.success()), foretold(&dry.json()), "{}", row.id);
    }
}
