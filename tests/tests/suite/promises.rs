//! What is promised for a day, and what happens when that day passes (STK-04, STK-10, STK-11, STK-13).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::delivery::{ShipDelivery, op as delivery};
use causeway_openapi::order::{Order, PromiseOrder, PromisedLine, op as order};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty};
use causeway_tests::log;
use causeway_tests::of;
use causeway_tests::shop::{self, line};
use causeway_tests::world::{World, set_clock};
use causeway_value::OrderStatus;
use serde_json::json;

async fn late(caller: &Caller) -> Vec<causeway_value::OrderId> {
    caller.all::<order::ListOrders, _>(&ListQuery::by("late", "true")).await.into_iter().map(|order| order.id).collect()
}

async fn events(caller: &Caller, kind: &str) -> usize {
    log::events(caller).await.iter().filter(|event| event.kind == kind).count()
}

fn on(day: &str) -> PromiseOrder {
    PromiseOrder { promised_date: Some(of(day)), lines: Vec::new() }
}

#[tokio::test]
async fn a_promise_that_passes_is_noted_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    set_clock(&tenant, "2026-12-01T09:00:00Z").await;
    let shop = shop::open(&tenant, "").await;
    let order: Order = deal::confirmed(&tenant, &shop, vec![forty(&shop), line(shop.setup, "1")]).await;
    let early = tenant.refused::<order::PromiseOrder>(order.id, &on("2026-11-30")).await;
    assert_eq!((early.code, early.errors[0].pointer.as_deref()), (Code::ValidationFailed, Some("/promised_date")));
    let line = PromisedLine { order_line_id: order.lines[1].id, promised_date: of("2026-12-24") };
    let promised = tenant.post::<order::PromiseOrder>(order.id, &PromiseOrder { lines: vec![line], ..on("2026-12-10") }).await;
    let days: Vec<_> = promised.lines.iter().map(|line| line.promised_date.map(|day| day.to_string())).collect();
    assert_eq!(days, [Some("2026-12-10".to_owned()), Some("2026-12-24".to_owned())]);

    // A part comes in time; the backorder keeps the promise. Another order is delivered in full and is never late.
    let other = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    tenant.post::<order::PromiseOrder>(other.id, &on("2026-12-10")).await;
    deal::ship(&tenant, &other, "40").await;
    let shipped = deal::ship(&tenant, &order, "15").await;
    assert_eq!(shipped.days_late, Some(-9));
    let backorder = tenant.get::<delivery::GetDelivery>(shipped.backorder_id.expect("the rest")).await;
    assert_eq!(backorder.promised_date, Some(of("2026-12-10")));
    deal::advance(&tenant, "2026-12-10T20:00:00Z").await;
    assert_eq!(late(&tenant).await, []);
    deal::advance(&tenant, "2026-12-11T09:00:00Z").await;
    assert_eq!((late(&tenant).await, events(&tenant, "order.late").await), (vec![order.id], 1));
    deal::advance(&tenant, "2026-12-13T09:00:00Z").await;
    assert_eq!(events(&tenant, "order.late").await, 1);

    // Another promise is another case.
    let again = tenant.post::<order::PromiseOrder>(order.id, &on("2026-12-15")).await;
    assert!(!again.late);
    assert_eq!(tenant.get::<delivery::GetDelivery>(backorder.id).await.promised_date, Some(of("2026-12-15")));
    deal::advance(&tenant, "2026-12-17T09:00:00Z").await;
    assert_eq!((late(&tenant).await, events(&tenant, "order.late").await), (vec![order.id], 2));

    // It comes, two days late, and is late no longer once it is fulfilled.
    let rest = tenant.post::<delivery::ShipDelivery>(backorder.id, &ShipDelivery::default()).await;
    assert_eq!(rest.days_late, Some(2));
    let draft = deal::invoice_order(&tenant, order.id).await;
    deal::post_invoice(&tenant, draft.id, None).await;
    let done = tenant.get::<order::GetOrder>(order.id).await;
    assert_eq!((done.status, done.late), (OrderStatus::Fulfilled, false));
    assert_eq!(late(&tenant).await, []);
    assert_eq!(tenant.refused::<order::PromiseOrder>(order.id, &on("2026-12-24")).await.code, Code::StateConflict);
}

/// The flag says what stands: it stays while a line is overdue, whoever is promised what, and goes when that came or is wanted no more.
#[tokio::test]
async fn an_order_is_late_while_a_line_of_it_is() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    set_clock(&tenant, "2026-12-01T09:00:00Z").await;
    let shop = shop::open(&tenant, "").await;
    let promised = async || {
        let order = deal::confirmed(&tenant, &shop, vec![forty(&shop), line(shop.chai, "10")]).await;
        tenant.post::<order::PromiseOrder>(order.id, &on("2026-12-10")).await
    };
    let (order, second, third, fourth) = (promised().await, promised().await, promised().await, promised().await);
    deal::advance(&tenant, "2026-12-12T09:00:00Z").await;
    assert_eq!((late(&tenant).await.len(), events(&tenant, "order.late").await), (4, 4));

    // The same past day again is late, and one line that is promised anew leaves the other overdue.
    assert!(tenant.post::<order::PromiseOrder>(order.id, &on("2026-12-10")).await.late);
    let one = |index: usize, day: &str| PromiseOrder {
        promised_date: None,
        lines: vec![PromisedLine { order_line_id: order.lines[index].id, promised_date: of(day) }],
    };
    assert!(tenant.post::<order::PromiseOrder>(order.id, &one(0, "2027-01-15")).await.late);
    assert!(!tenant.post::<order::PromiseOrder>(order.id, &one(1, "2027-01-10")).await.late);
    deal::advance(&tenant, "2027-01-12T09:00:00Z").await;
    assert_eq!(events(&tenant, "order.late").await, 5);
    let line_of = |order: &Order, index: usize, quantity: &str| json!({ "order_id": order.id, "lines": [{ "order_line_id": order.lines[index].id, "quantity": quantity }] });
    let ship = async |body: &serde_json::Value| {
        let planned = tenant.raw.post("/v1/deliveries", body).await.success();
        tenant.raw.post(&format!("/v1/deliveries/{}/ship", planned["id"].as_str().unwrap()), &json!({})).await.success();
    };
    // A part of what is late leaves it late; all of it does not.
    ship(&line_of(&order, 1, "4")).await;
    assert!(tenant.get::<order::GetOrder>(order.id).await.late);
    ship(&line_of(&order, 1, "6")).await;
    let caught_up = tenant.get::<order::GetOrder>(order.id).await;
    assert_eq!((caught_up.late, caught_up.status, events(&tenant, "order.caught_up").await), (false, OrderStatus::Confirmed, 1));

    // What is not wanted any more is not late.
    let gone = |line: usize, order: &Order| json!({ "reason": "fewer", "lines": [{ "order_line_id": order.lines[line].id, "quantity": "0" }] });
    let amended = tenant.raw.post(&format!("/v1/orders/{}/amend", second.id), &gone(0, &second)).await.success();
    assert_eq!(amended["late"], json!(true));
    ship(&line_of(&second, 1, "10")).await;
    assert!(!tenant.get::<order::GetOrder>(second.id).await.late);
    let fewer = json!({ "reason": "fewer", "lines": [{ "order_line_id": third.lines[0].id, "quantity": "30" }] });
    tenant.raw.post(&format!("/v1/orders/{}/amend", third.id), &fewer).await.success();
    deal::advance(&tenant, "2027-01-13T09:00:00Z").await;
    assert_eq!((tenant.get::<order::GetOrder>(third.id).await.late, events(&tenant, "order.late").await), (true, 5));
    let cancelled = tenant.raw.post(&format!("/v1/orders/{}/cancel", fourth.id), &json!({ "reason": "insolvent" })).await.success();
    assert_eq!((cancelled["status"].as_str(), &cancelled["late"]), (Some("cancelled"), &json!(false)));
    assert_eq!(late(&tenant).await, [third.id]);
    causeway_tests::verified(&tenant).await;
}
