//! The log of events as a follower reads it, and everything that a tenant's lists show.

use crate::caller::Caller;
use crate::unique;
use causeway_contract::{Audience, Method};
use causeway_openapi::catalog::{CreateCategory, op as catalog};
use causeway_openapi::integration::{Event, EventsQuery, op as integration};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Every event up to now, oldest first, the marker's own left out.
///
/// On PostgreSQL events get their numbers after commit. A marker is written, and the log is read until it shows: by then all that was committed before shows, too.
///
/// # Panics
/// When the marker does not show within 20 seconds.
pub async fn events(caller: &Caller) -> Vec<Event> {
    let marker = caller.post::<catalog::CreateCategory>((), &CreateCategory { name: unique("marker"), ..CreateCategory::default() }).await;
    let marker = marker.id.to_string();
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut log: Vec<Event> = Vec::new();
    loop {
        let query = EventsQuery { after: log.last().map(|event| event.id), limit: Some(200), ..EventsQuery::default() };
        let page = caller.ask::<integration::ListEvents>(&query).await;
        log.extend(page.data);
        if log.iter().any(|event| event.subject.id == marker) {
            check(&log);
            return log.into_iter().filter(|event| !is_marker(event)).collect();
        }
        assert!(Instant::now() < deadline, "the log does not go on after {} events", log.len());
        if !page.has_more {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn is_marker(event: &Event) -> bool {
    event.subject.kind == "category" && event.data.get("name").and_then(Value::as_str).is_some_and(|name| name.starts_with("marker-"))
}

/// The log has no gap, and the versions of every object follow each other.
fn check(log: &[Event]) {
    let sequences: Vec<i64> = log.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..).take(log.len()).collect::<Vec<i64>>(), "the log has a gap");
    let mut versions: BTreeMap<&str, i64> = BTreeMap::new();
    for event in log {
        let before = versions.insert(&event.subject.id, event.subject_version).unwrap_or_default();
        // An account of a chart has no record before its first change.
        let of_a_chart = before == 0 && event.kind == "account.updated";
        assert_eq!(event.subject_version, before + 1 + i64::from(of_a_chart), "{} of {} {}", event.kind, event.subject.kind, event.subject.id);
        // What was erased says nothing of before.
        let erased = event.data.is_null() || event.kind.ends_with(".erased");
        assert_eq!(event.previous.is_null(), before == 0 || erased, "{} of {}: {}", event.kind, event.subject.id, event.previous);
    }
}

/// Everything that the lists of a tenant show, by operation. Left out are the log and the audit trail, which [`events`] reads, what was refused, and the marker's categories.
pub async fn everything(caller: &Caller) -> BTreeMap<&'static str, Vec<Value>> {
    let mut all = BTreeMap::new();
    for row in causeway_openapi::rows() {
        let listed = row.method == Method::Get && row.list.is_some() && (row.audience)() == Audience::Tenant;
        if listed && !["ListAuditEntries", "ListSecurityEvents", "ListCategories"].contains(&row.id) {
            all.insert(row.id, pages(caller, row.path, "limit=200").await);
        }
    }
    all
}

/// All rows of a list or of the log, page by page.
///
/// # Panics
/// When a page is refused, or pages do not end.
pub async fn pages(caller: &Caller, path: &str, query: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut cursor = String::new();
    let place = if path == "/v1/events" { "after" } else { "cursor" };
    for _ in 0..10_000 {
        let page = caller.raw.get(&format!("{path}?{query}{cursor}")).await.success();
        rows.extend(page["data"].as_array().expect("rows").iter().cloned());
        assert_eq!(page["has_more"].as_bool(), Some(page["next_cursor"].is_string()), "{path}?{query}");
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&{place}={next}"),
            None => return rows,
        }
    }
    panic!("{path}?{query} does not end");
}
