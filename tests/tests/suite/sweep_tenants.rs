//! Every place of every operation where an id can stand: another tenant's is like one that never was.

use causeway_contract::{Code, FilterKind, Method, Row};
use causeway_tests::fixture::{Fixture, rows, writes};
use causeway_tests::log::{events, everything};
use causeway_tests::raw::Seen;
use causeway_tests::shapes::{nothing, spots, with};
use causeway_tests::world::World;
use serde_json::{Value, json};

fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} places are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What two answers have in common when they differ in nothing but the id that was asked for.
fn same(first: &Seen, first_id: &str, second: &Seen, second_id: &str) -> bool {
    let plain = |seen: &Seen, id: &str| seen.without_request_id().to_string().replace(id, "ID");
    first.status == second.status && plain(first, first_id) == plain(second, second_id)
}

#[tokio::test]
async fn ids_in_paths() {
    let world = World::start().await;
    let (theirs, ours) = (Fixture::new(&world).await, Fixture::new(&world).await);
    let mut wrong = Vec::new();
    for row in rows().iter().filter(|row| row.path.starts_with("/v1/") && !(row.path_prefixes)().is_empty()) {
        let prefix = (row.path_prefixes)()[0];
        let (body, foreign) = if row.method == Method::Get {
            (None, theirs.ids.get(prefix).cloned().unwrap_or_else(|| panic!("no {prefix}")))
        } else {
            (ours.prepare(row.id).await.body, theirs.prepare(row.id).await.id.expect("an object"))
        };
        let unknown = nothing(prefix);
        let ask = async |id: &str, query: &str| {
            let path = ours.path_with(row, |_| id.to_owned()) + query;
            ours.tenant.raw.request(row.method.word(), &path).maybe(body.as_ref()).send().await
        };
        let before = events(&theirs.tenant).await.len();
        let queries: &[&str] = if row.flags.contains(&causeway_contract::Flag::dry_run) { &["", "?dry_run=true"] } else { &[""] };
        for query in queries {
            let (of_them, of_nobody) = (ask(&foreign, query).await, ask(&unknown, query).await);
            let found = of_them.checked_problem().map(|problem| problem.code);
            if of_them.status != 404 || found != Ok(Code::NotFound) || !same(&of_them, &foreign, &of_nobody, &unknown) {
                wrong.push(format!("{}{query}: {} {} / {}", row.id, of_them.status, of_them.text(), of_nobody.text()));
            }
        }
        // An id of another kind, and no id at all.
        for id in [nothing(if prefix == "inv" { "ord" } else { "inv" }), "1".to_owned(), "%00".to_owned(), format!("{prefix}_")] {
            let seen = ask(&id, "").await;
            if seen.status != 404 || seen.checked_problem().is_err() {
                wrong.push(format!("{} {id}: {} {}", row.id, seen.status, seen.text()));
            }
        }
        if events(&theirs.tenant).await.len() != before {
            wrong.push(format!("{} changed another tenant", row.id));
        }
    }
    none(wrong);
}

/// Bodies in which an id of this place can stand alone, where the full body speaks against it.
fn base(row: &Row, pointer: &str, full: &Value, fixture: &Fixture) -> Value {
    let mut body = full.clone();
    let mut drop = |name: &str| drop(body.as_object_mut().and_then(|fields| fields.remove(name)));
    match (row.id, pointer) {
        ("CreateInvoice", "/billable_ids/0") => {
            drop("order_id");
            drop("lines");
        }
        ("CreateInvoice", "/party_id" | "/company_id") => {
            drop("order_id");
            body["party_id"] = json!(fixture.shop.party);
            body["company_id"] = json!(fixture.shop.company);
        }
        (_, place) if place.starts_with("/audience/") => drop("audience"),
        ("CreateTax", "/group_of/0") => {
            drop("rate");
            body["kind"] = json!("group");
        }
        _ => {}
    }
    body
}

#[tokio::test]
async fn ids_in_bodies() {
    let world = World::start().await;
    let (theirs, ours) = (Fixture::new(&world).await, Fixture::new(&world).await);
    let mut wrong = Vec::new();
    let mut tried = 0;
    for row in writes().iter().filter(|row| row.path.starts_with("/v1/")) {
        let Some(shape) = (row.body)() else { continue };
        let places: Vec<_> = spots(&shape).into_iter().filter(|spot| spot.id_prefix().is_some()).collect();
        if places.is_empty() {
            continue;
        }
        let prepared = ours.prepare(row.id).await;
        let full = prepared.body.clone().expect("a body");
        let log = events(&ours.tenant).await.len();
        for spot in places {
            let prefix = spot.id_prefix().unwrap_or_default();
            let (foreign, unknown) = (theirs.ids.get(prefix).cloned().unwrap_or_else(|| panic!("no {prefix}")), nothing(prefix));
            let ask = async |id: &str| {
                let body = with(&base(row, &spot.pointer, &full, &ours), &shape, &spot.pointer, json!(id));
                prepared.caller.raw.request(row.method.word(), &prepared.path(row)).json(&body).send().await
            };
            let (of_them, of_nobody) = (ask(&foreign).await, ask(&unknown).await);
            tried += 1;
            let named = of_them.checked_problem().is_ok_and(|problem| {
                problem.errors.iter().any(|error| error.code == Code::NotFound && error.pointer.as_deref() == Some(spot.pointer.as_str()))
            });
            if of_them.status != 422 || !named || !same(&of_them, &foreign, &of_nobody, &unknown) {
                wrong.push(format!("{} {}: {} {} / {}", row.id, spot.pointer, of_them.status, of_them.text(), of_nobody.text()));
            }
        }
        if events(&ours.tenant).await.len() != log {
            wrong.push(format!("{} wrote something", row.id));
        }
    }
    assert!(tried > 50, "only {tried} places were tried");
    none(wrong);
}

#[tokio::test]
async fn ids_in_filters() {
    let world = World::start().await;
    let (theirs, ours) = (Fixture::new(&world).await, Fixture::new(&world).await);
    let mut wrong = Vec::new();
    let empty = json!({ "data": [], "has_more": false, "next_cursor": null });
    for (row, list) in rows().iter().filter(|row| row.path.starts_with("/v1/")).filter_map(|row| Some((row, row.list?))) {
        for filter in list.filters {
            let ids = match filter.kind {
                FilterKind::Id(prefix) | FilterKind::Within { prefix, .. } | FilterKind::Inside { prefix, .. } => {
                    vec![theirs.ids.get(prefix).cloned().unwrap_or_else(|| panic!("no {prefix}")), nothing(prefix)]
                }
                FilterKind::AnyId => theirs.ids.values().cloned().collect(),
                _ => continue,
            };
            for id in ids {
                let seen = ours.tenant.raw.get(&format!("{}?{}={id}", row.path, filter.name)).await;
                if seen.status != 200 || seen.json() != empty {
                    wrong.push(format!("{} {}={id}: {} {}", row.id, filter.name, seen.status, seen.text()));
                }
            }
        }
    }
    for (name, id) in [("flow_id", &theirs.ids["flw"]), ("subject_id", &theirs.ids["ord"])] {
        let seen = ours.tenant.raw.get(&format!("/v1/events?{name}={id}")).await;
        if seen.status != 200 || seen.json()["data"] != json!([]) {
            wrong.push(format!("ListEvents {name}: {} {}", seen.status, seen.text()));
        }
    }
    // The log from another tenant's event on is like the log from one that never was.
    for place in ["after", "before"] {
        let [of_them, of_nobody] = [theirs.ids["evt"].clone(), nothing("evt")].map(|id| (format!("/v1/events?{place}={id}"), id));
        let seen = (ours.tenant.raw.get(&of_them.0).await, ours.tenant.raw.get(&of_nobody.0).await);
        if !same(&seen.0, &of_them.1, &seen.1, &of_nobody.1) || (seen.0.ok() && seen.0.json()["data"] != json!([])) {
            wrong.push(format!("ListEvents {place}: {} {}", seen.0.status, seen.0.text()));
        }
    }
    for report in ["trial-balance", "general-ledger", "general-ledger/postings", "margin", "aging", "pipeline", "pipeline-ageing", "forecast"] {
        let [of_them, of_nobody] = [theirs.shop.company.to_string(), nothing("com")];
        let ask = async |id: &str| ours.tenant.raw.get(&format!("/v1/reports/{report}?company_id={id}")).await;
        let seen = (ask(&of_them).await, ask(&of_nobody).await);
        if seen.0.status != 422 || seen.0.problem().code != Code::NotFound || !same(&seen.0, &of_them, &seen.1, &of_nobody) {
            wrong.push(format!("{report}: {} {}", seen.0.status, seen.0.text()));
        }
    }
    none(wrong);
}

#[tokio::test]
async fn cursors() {
    let world = World::start().await;
    let (theirs, ours) = (Fixture::new(&world).await, Fixture::new(&world).await);
    let mut wrong = Vec::new();
    for row in rows().iter().filter(|row| row.path.starts_with("/v1/") && row.list.is_some()) {
        let page = theirs.tenant.raw.get(&format!("{}?limit=1", row.path)).await.success();
        let cursor = page["next_cursor"].as_str().unwrap_or_else(|| panic!("{} has one row only", row.id)).to_owned();
        let mut broken = cursor.clone();
        broken.pop();
        let other_sort = format!("limit=1&sort=created_at&cursor={}", ours_cursor(&ours, row).await);
        for query in [format!("limit=1&cursor={cursor}"), format!("limit=1&cursor={broken}"), "cursor=".to_owned(), "cursor=%2b%00".to_owned(), other_sort] {
            let seen = ours.tenant.raw.get(&format!("{}?{query}", row.path)).await;
            let code = seen.checked_problem().map(|problem| problem.code);
            if !(seen.status == 422 && code == Ok(Code::CursorInvalid) || seen.status == 400 && query.contains("%00")) {
                wrong.push(format!("{} {query}: {} {}", row.id, seen.status, seen.text()));
            }
        }
    }
    none(wrong);
}

async fn ours_cursor(ours: &Fixture, row: &Row) -> String {
    let page = ours.tenant.raw.get(&format!("{}?limit=1", row.path)).await.success();
    page["next_cursor"].as_str().unwrap_or_default().to_owned()
}

/// Two tenants that do the same work see nothing of each other.
#[tokio::test]
async fn lists_show_only_their_own() {
    let world = World::start().await;
    let (theirs, ours) = (Fixture::new(&world).await, Fixture::new(&world).await);
    let seen = everything(&ours.tenant).await;
    let text = serde_json::to_string(&seen).unwrap();
    for row in everything(&theirs.tenant).await.into_values().flatten() {
        let id = row["id"].as_str().unwrap_or_default();
        assert!(!text.contains(id), "{id} is another tenant's");
    }
}
