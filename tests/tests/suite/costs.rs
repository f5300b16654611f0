//! What things cost and what is earned on them: shown to who may see it, and to nobody else, wherever it stands (SEC-07, threat 10).

use causeway_contract::{COSTS, Method, Patch, relations, tells_cost};
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::line::LineInput;
use causeway_openapi::quote::{UpdateQuote, op as quote};
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::fixture::{Fixture, rows};
use causeway_tests::raw::Seen;
use causeway_tests::shop::{self, line};
use causeway_tests::world::World;
use serde_json::Value;

/// A caller with every right but that one.
async fn without_costs(caller: &Caller) -> Caller {
    let all = caller.get::<identity::GetPermissions>(()).await.permissions;
    let scopes = all.into_iter().filter(|permission| permission != COSTS).collect();
    let key = CreateApiKey { name: "clerk".to_owned(), scopes, ..CreateApiKey::default() };
    caller.with_key(&caller.post::<identity::CreateApiKey>((), &key).await.secret)
}

/// The costs and margins that a value tells, and sentences about them.
fn told(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let explains = fields.contains_key("rule");
            // What changed is told field by field: there the name is a value.
            if fields.get("field").and_then(Value::as_str).is_some_and(tells_cost) {
                let said = ["before", "after"].iter().filter(|name| fields.get(**name).is_some_and(|said| !said.is_null()));
                found.extend(said.map(|name| format!("{at}/{name}")));
            }
            for (name, field) in fields.iter().filter(|(name, _)| *name != "metadata") {
                let place = format!("{at}/{name}");
                match field {
                    Value::String(text) if explains && text.contains(' ') && tells_cost(text) => found.push(place),
                    Value::Object(_) | Value::Array(_) => told_inside(tells_cost(name), field, &place, found),
                    Value::Null => {}
                    _ if tells_cost(name) => found.push(place),
                    _ => {}
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| told(item, at, found)),
        _ => {}
    }
}

/// Below a name that tells a cost, every value does.
fn told_inside(telling: bool, value: &Value, at: &str, found: &mut Vec<String>) {
    if telling {
        let values: Vec<&Value> = value.as_object().map(|fields| fields.values().collect()).unwrap_or_default();
        found.extend(values.iter().filter(|value| !value.is_null()).map(|_| at.to_owned()));
    } else {
        told(value, at, found);
    }
}

fn seen(answer: &Seen) -> Vec<String> {
    let mut found = Vec::new();
    if answer.ok() && answer.header("content-type") == Some("application/json") {
        told(&answer.json(), "", &mut found);
    }
    found
}

/// The cells of a CSV file that tell a cost.
fn cells(answer: &Seen) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(answer.bytes.as_slice());
    let telling: Vec<usize> = reader.headers().expect("a head").iter().enumerate().filter(|(_, name)| tells_cost(name)).map(|(at, _)| at).collect();
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.flat_map(|row| telling.iter().filter_map(|at| row.get(*at).filter(|cell| !cell.is_empty()).map(str::to_owned)).collect::<Vec<_>>()).collect()
}

/// Every operation that reads, as JSON, as CSV and expanded; every good call of one that writes.
#[tokio::test]
async fn no_answer_tells_who_may_not_see() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let clerk = without_costs(&fixture.tenant.owner).await;
    let all = rows();
    let (mut leaks, mut shown) = (Vec::new(), 0);
    for row in all.iter().filter(|row| row.path.starts_with("/v1/") && row.permission.split(':').next() != Some("any")) {
        if row.method != Method::Get {
            let prepared = fixture.prepare(row.id).await;
            if prepared.caller.key == fixture.tenant.owner.key {
                let caller = clerk.clone();
                let answer = causeway_tests::plan::Prepared { caller, ..prepared }.call(row).await;
                leaks.extend(seen(&answer).into_iter().map(|place| format!("{} {place}", row.id)));
            }
            continue;
        }
        if row.media == "text/event-stream" {
            continue;
        }
        let expand: Vec<String> = relations(row, &all).into_iter().map(|relation| relation.name).collect();
        let path = format!("{}?{}", fixture.path(row), fixture.query(row));
        let mut paths = vec![path.clone()];
        if !expand.is_empty() {
            paths.push(format!("{path}&expand={}{}", expand.join(","), if row.page { "&limit=20" } else { "" }));
        }
        for path in paths {
            shown += seen(&fixture.tenant.raw.get(&path).await).len();
            leaks.extend(seen(&clerk.raw.get(&path).await).into_iter().map(|place| format!("{} {path} {place}", row.id)));
        }
        if row.page {
            let file = |caller: &Caller| caller.raw.request("GET", &path).header("accept", "text/csv");
            shown += cells(&file(&fixture.tenant.owner).send().await).len();
            leaks.extend(cells(&file(&clerk).send().await).into_iter().map(|cell| format!("{} as CSV: {cell}", row.id)));
        }
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
    assert!(shown > 50, "the owner saw only {shown} costs: the sweep looks past them");
    // The stream begins with the whole log, the product among it.
    let begins = |caller: &Caller| caller.raw.request("GET", "/v1/events/stream?type=product.created");
    let (whole, masked) = (begins(&fixture.tenant.owner).send().await, begins(&clerk).send().await);
    assert!(whole.text().contains("\"cost\":\""), "{}", whole.text());
    assert!(masked.text().contains("\"cost\":null") && !masked.text().contains("\"cost\":\""), "{}", masked.text());
}

/// A salesperson sees the quote, not what it earns, and not why it waits when that would tell.
#[tokio::test]
async fn a_salesperson_sees_prices_and_no_margins() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let rep = causeway_tests::person::Person::hire_as(&fixture.tenant, "sales_rep").await.session().await;
    let manager = causeway_tests::person::Person::hire_as(&fixture.tenant, "sales_manager").await.session().await;
    let quote = fixture.prepare("CreateQuote").await.call(rows().iter().find(|row| row.id == "CreateQuote").expect("the row")).await.success();
    let path = format!("/v1/quotes/{}", quote["id"].as_str().expect("an id"));
    let (theirs, whole) = (rep.raw.get(&path).await.success(), manager.raw.get(&path).await.success());
    assert!(whole["margin_amount"].is_string() && theirs["margin_amount"].is_null() && theirs["margin_percent"].is_null());
    assert_eq!((&theirs["total_amount"], &theirs["lines"][0]["unit_price"]), (&whole["total_amount"], &whole["lines"][0]["unit_price"]));
    let me = rep.get::<identity::GetMe>(()).await;
    assert!(!me.permissions.iter().any(|permission| permission == COSTS));
}

/// What was earned before and is earned now stands in the changes of a quote as a value, and is told to nobody who may not see it in the quote.
#[tokio::test]
async fn what_changed_tells_no_margin() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let clerk = without_costs(&tenant).await;
    let first = deal::approved(&tenant, &shop, None, vec![line(shop.chai, "10")]).await;
    let second = tenant.act::<quote::ReviseQuote>(first.id).await;
    let lines = vec![LineInput { discount_percent: Some("10".parse().expect("a percentage")), ..line(shop.chai, "10") }.into()];
    tenant.post::<quote::UpdateQuote>(second.id, &UpdateQuote { lines: Patch::Value(lines), ..UpdateQuote::default() }).await;
    let path = format!("/v1/quotes/{}/changes", second.id);
    let margin = async |caller: &Caller| {
        let changes = caller.raw.get(&path).await.success();
        let found = changes["fields"].as_array().expect("fields").iter().find(|change| change["field"] == "margin_amount").cloned();
        found.map(|change| (change["before"].clone(), change["after"].clone()))
    };
    assert_eq!(margin(&tenant).await, Some(("68.00".into(), "50.00".into())));
    assert_eq!(margin(&clerk).await, Some((Value::Null, Value::Null)), "that it changed, not to what");
    assert_eq!(seen(&clerk.raw.get(&path).await), Vec::<String>::new());
    assert!(clerk.raw.get(&path).await.text().contains("total_amount"));
}
