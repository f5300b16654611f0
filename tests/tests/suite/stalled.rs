//! Orders that stand too long are told once, with what they wait for, until they move on (ORD-11, ORD-12).

use causeway_contract::{ListQuery, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::order::{Order, PromiseOrder, ReleaseOrder, op as order};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, advance, forty, order_body};
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_tests::{log, of};
use causeway_value::{OrderId, OrderRules, OrderStatus};
use serde_json::json;

async fn stalled(caller: &Caller) -> Vec<OrderId> {
    caller.all::<order::ListOrders, _>(&ListQuery::by("stalled", "true")).await.into_iter().map(|order| order.id).collect()
}

async fn told(caller: &Caller) -> usize {
    log::events(caller).await.iter().filter(|event| event.kind == "order.stalled").count()
}

#[tokio::test]
async fn what_stands_too_long_is_told_once_with_its_blocker() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    tenant.raw.request("PUT", "/v1/clock").json(&json!({ "now": "2026-12-01T09:00:00Z" })).send().await.success();
    let shop = shop::open(&tenant, "").await;
    let draft = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![forty(&shop)])).await;
    let held = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![forty(&shop)])).await;
    tenant.post::<order::HoldOrder>(held.id, &deal::manual_hold("the address is missing")).await;
    let confirmed: Order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    deal::ship(&tenant, &confirmed, "15").await;
    let done = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    deal::ship(&tenant, &done, "40").await;

    // Without a rule everything may stand.
    advance(&tenant, "2026-12-20T09:00:00Z").await;
    assert_eq!((stalled(&tenant).await, told(&tenant).await), (vec![], 0));
    let rules = OrderRules { draft_days: Some(30), confirmed_days: Some(40), ..OrderRules::default() };
    tenant.post::<company::UpdateCompany>(shop.company, &UpdateCompany { order_rules: Patch::Value(rules), ..UpdateCompany::default() }).await;
    advance(&tenant, "2026-12-31T08:59:00Z").await;
    assert_eq!(stalled(&tenant).await, []);
    advance(&tenant, "2026-12-31T10:00:00Z").await;
    assert_eq!(stalled(&tenant).await, [held.id, draft.id]);
    let reason = async |id| tenant.get::<order::GetOrder>(id).await.stalled_reason.unwrap_or_default();
    assert_eq!(reason(draft.id).await, "A draft for more than 30 days: nobody confirmed it");
    assert_eq!(reason(held.id).await, "A draft for more than 30 days: the manual hold is not released: the address is missing");
    advance(&tenant, "2027-01-20T09:00:00Z").await;
    assert_eq!((stalled(&tenant).await, told(&tenant).await), (vec![confirmed.id, held.id, draft.id], 3));
    assert_eq!(reason(confirmed.id).await, format!("Confirmed for more than 40 days: 25 of {} are not delivered", confirmed.lines[0].description));
    // It says what it waits for now, also when a part comes or comes back.
    let part = deal::ship(&tenant, &confirmed, "5").await;
    assert_eq!(reason(confirmed.id).await, format!("Confirmed for more than 40 days: 20 of {} are not delivered", confirmed.lines[0].description));
    tenant.raw.post(&format!("/v1/deliveries/{}/reverse", part.id), &json!({ "reason": "the wrong ones" })).await.success();
    assert_eq!(reason(confirmed.id).await, format!("Confirmed for more than 40 days: 25 of {} are not delivered", confirmed.lines[0].description));
    assert_eq!(told(&tenant).await, 5);

    // Who moves on stands anew.
    tenant.act::<order::ConfirmOrder>(draft.id).await;
    tenant.post::<order::ReleaseOrder>(held.id, &ReleaseOrder { reason: "found".to_owned(), ..ReleaseOrder::default() }).await;
    deal::ship(&tenant, &confirmed, "25").await;
    assert_eq!(stalled(&tenant).await, []);
    // What waited for a hold waits for something else now, and is told again with that.
    advance(&tenant, "2027-01-20T10:00:00Z").await;
    assert_eq!((stalled(&tenant).await, told(&tenant).await), (vec![held.id], 6));
    assert_eq!(reason(held.id).await, "A draft for more than 30 days: nobody confirmed it");
    tenant.post::<order::HoldOrder>(held.id, &deal::manual_hold("the tax number is wrong")).await;
    advance(&tenant, "2027-03-10T09:00:00Z").await;
    assert_eq!((stalled(&tenant).await, told(&tenant).await), (vec![held.id, draft.id], 8));
    assert_eq!(reason(held.id).await, "A draft for more than 30 days: the manual hold is not released: the tax number is wrong");
    assert_eq!(tenant.all::<order::ListOrders, _>(&ListQuery::by("stalled", "false")).await.len(), 2);
}

/// A shipment that is all of one overdue line, while another one is overdue still, changes its order once.
#[tokio::test]
async fn what_is_late_and_stands_too_long_is_shipped_line_by_line() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    tenant.raw.request("PUT", "/v1/clock").json(&json!({ "now": "2026-12-01T09:00:00Z" })).send().await.success();
    let shop = shop::open(&tenant, "").await;
    let rules = OrderRules { confirmed_days: Some(7), ..OrderRules::default() };
    tenant.post::<company::UpdateCompany>(shop.company, &UpdateCompany { order_rules: Patch::Value(rules), ..UpdateCompany::default() }).await;
    let made = deal::confirmed(&tenant, &shop, vec![forty(&shop), shop::line(shop.chai, "10")]).await;
    tenant.post::<order::PromiseOrder>(made.id, &PromiseOrder { promised_date: Some(of("2026-12-05")), lines: Vec::new() }).await;
    advance(&tenant, "2026-12-20T09:00:00Z").await;
    let read = async || tenant.get::<order::GetOrder>(made.id).await;
    assert!(read().await.late && read().await.stalled_reason.is_some());
    let before = read().await.version;
    let ship = async |line: usize, quantity: &str| {
        let body = json!({ "order_id": made.id, "lines": [{ "order_line_id": made.lines[line].id, "quantity": quantity }] });
        let planned = tenant.raw.post("/v1/deliveries", &body).await.success();
        tenant.raw.post(&format!("/v1/deliveries/{}/ship", planned["id"].as_str().unwrap()), &json!({})).await.success();
    };
    ship(0, "40").await;
    let rest = read().await;
    let waits = format!("Confirmed for more than 7 days: 10 of {} are not delivered", made.lines[1].description);
    assert_eq!((rest.late, rest.stalled_reason, rest.version), (true, Some(waits), before + 1));
    ship(1, "10").await;
    let done = read().await;
    assert_eq!((done.status, done.late, done.stalled_reason), (OrderStatus::Fulfilled, false, None));
    causeway_tests::verified(&tenant).await;
}
