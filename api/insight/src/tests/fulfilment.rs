//! Orders that do not go as planned: parts, cancelled rests, shipments taken back.

use super::shop::{Shop, body};
use causeway_bill::invoice;
use causeway_deliver::delivery;
use causeway_openapi::order::Order;
use causeway_sell::order;
use causeway_value::InvoiceId;
use serde_json::{Value, json};

async fn product(shop: &Shop, code: &str, kind: &str, policy: &str) -> String {
    let product = json!({"code": code, "name": code, "kind": kind, "unit": "piece", "list_price": "3.33", "currency": "EUR", "billing_policy": policy});
    shop.run(async move |ctx, tx| causeway_master::catalog::product::create(ctx, tx, &body(product.clone())).await).await.id.to_string()
}

async fn confirmed(shop: &Shop, lines: Value) -> Order {
    let order = json!({"company_id": shop.company_id, "party_id": shop.party_id, "lines": lines, "discount_percent": "7"});
    let (order, _) = shop.run(async move |ctx, tx| order::service::create(ctx, tx, &body(order.clone())).await).await;
    shop.run(async move |ctx, tx| order::service::confirm(ctx, tx, order.id).await).await
}

async fn billed(shop: &Shop, order: &Order) -> InvoiceId {
    let draft = json!({"order_id": order.id});
    let draft = shop.run(async move |ctx, tx| invoice::service::create::create(ctx, tx, &body(draft.clone())).await).await;
    shop.run(async move |ctx, tx| invoice::service::post::post(ctx, tx, draft.id, &body(json!({}))).await).await;
    draft.id
}

#[tokio::test]
async fn counters_are_sums_whatever_happens() {
    given_back(&Shop::open().await).await;
}

/// A shipment that is billed, credited and taken back, and one that is taken back before.
pub(super) async fn given_back(shop: &Shop) {
    let unit = json!({"code": "piece", "name": "Piece", "category": "count", "factor": "1"});
    shop.attempt(async move |ctx, tx| causeway_master::catalog::unit::create(ctx, tx, &body(unit.clone())).await).await;
    let goods = product(shop, "CHAI", "goods", "on_delivery").await;
    let work = product(shop, "WORK", "service", "on_order").await;
    let lines = json!([{"product_id": goods, "quantity": "7"}, {"product_id": work, "quantity": "2.5"}, {"product_id": goods, "quantity": "3"}]);
    let order = confirmed(shop, lines).await;
    shop.is_whole("after confirming").await;
    let part = json!({"order_id": order.id, "lines": [{"order_line_id": order.lines[0].id, "quantity": "2"}]});
    let part = shop.run(async move |ctx, tx| delivery::service::create::create(ctx, tx, &body(part.clone())).await).await;
    let part = shop.run(async move |ctx, tx| delivery::service::ship::ship(ctx, tx, part.id, &body(json!({}))).await).await;
    shop.is_whole("after a part").await;
    let first = billed(shop, &order).await;
    shop.is_whole("after billing the part").await;
    let rest = part.backorder_id.unwrap();
    let second = shop.run(async move |ctx, tx| delivery::service::ship::ship(ctx, tx, rest, &body(json!({}))).await).await;
    shop.is_whole("after the rest").await;
    shop.run(async move |ctx, tx| delivery::service::reverse::reverse(ctx, tx, second.id, Some("Not ours")).await).await;
    shop.is_whole("after taking the rest back").await;
    let credit = shop.run(async move |ctx, tx| invoice::service::credit::credit(ctx, tx, first, &body(json!({}))).await).await;
    shop.is_whole("with a draft credit note").await;
    shop.run(async move |ctx, tx| invoice::service::post::post(ctx, tx, credit.id, &body(json!({}))).await).await;
    shop.is_whole("after crediting").await;
    let part_id = part.id;
    shop.run(async move |ctx, tx| delivery::service::reverse::reverse(ctx, tx, part_id, None).await).await;
    shop.is_whole("after taking the part back").await;
    let id = order.id;
    shop.attempt(async move |ctx, tx| order::service::cancel(ctx, tx, id, &body(json!({"reason": "No more"}))).await).await;
    shop.is_whole("after trying to cancel").await;
}

#[tokio::test]
async fn a_cancelled_order_is_never_billed() {
    let shop = Shop::open().await;
    let unit = json!({"code": "piece", "name": "Piece", "category": "count", "factor": "1"});
    shop.attempt(async move |ctx, tx| causeway_master::catalog::unit::create(ctx, tx, &body(unit.clone())).await).await;
    let goods = product(&shop, "CHAI", "goods", "on_order").await;
    let order = confirmed(&shop, json!([{"product_id": goods, "quantity": "5"}, {"product_id": goods, "quantity": "-1"}])).await;
    shop.is_whole("after confirming").await;
    let id = order.id;
    shop.run(async move |ctx, tx| delivery::service::create::create(ctx, tx, &body(json!({"order_id": id}))).await).await;
    shop.run(async move |ctx, tx| order::service::cancel(ctx, tx, id, &body(json!({"reason": "Too late"}))).await).await;
    shop.is_whole("after cancelling").await;
    let draft = json!({"order_id": id});
    assert!(shop.attempt(async move |ctx, tx| invoice::service::create::create(ctx, tx, &body(draft.clone())).await).await.is_none());
}
