//! One deal from the lead to the money.

use super::shop::{Shop, body};
use crate::flow::service::flow;
use causeway_bill::{invoice, payment};
use causeway_contract::Code;
use causeway_deliver::delivery;
use causeway_openapi::report::Flow;
use causeway_sell::{lead, order, quote};
use causeway_value::FlowId;
use serde_json::json;

async fn told(shop: &Shop, id: FlowId) -> Flow {
    shop.read(async |ctx, tx| flow(ctx, tx, id).await).await
}

fn documents(flow: &Flow) -> Vec<(&str, &str)> {
    flow.documents.iter().map(|document| (document.kind.as_str(), document.status.as_str())).collect()
}

/// The deal of a shop: its flow, after everything was paid.
pub(super) async fn traded(shop: &Shop) -> FlowId {
    let vat = json!({"company_id": shop.company_id, "code": "VAT19", "name": "VAT 19 %", "kind": "percent", "rate": "19"});
    let vat = shop.run(async move |ctx, tx| causeway_master::tax::service::create(ctx, tx, &body(vat.clone())).await).await;
    let unit = json!({"code": "piece", "name": "Piece", "category": "count", "factor": "1"});
    let made = shop.db.write(&shop.ctx, async move |ctx: &causeway_kernel::Ctx, tx: &mut causeway_kernel::Tx<'_>| {
        causeway_master::catalog::unit::create(ctx, tx, &body(unit.clone())).await
    });
    // Every tenant may start with it.
    let _ = made.await;
    let product = json!({"code": "CHAI", "name": "Chai", "kind": "goods", "unit": "piece", "list_price": "18.00", "currency": "EUR", "cost": "11.20",
        "billing_policy": "on_delivery", "tax_ids": [vat.id]});
    let product = shop.run(async move |ctx, tx| causeway_master::catalog::product::create(ctx, tx, &body(product.clone())).await).await;
    let new = json!({"company_id": shop.company_id, "title": "40 chairs", "organization_name": "Borealis SAS"});
    let new = shop.run(async move |ctx, tx| lead::service::create(ctx, tx, &body(new.clone())).await).await;
    let flow_id = new.flow_id;
    let wanted = json!({"party_id": shop.party_id, "expected_value": "9000.00", "currency": "EUR"});
    let qualified = shop.run(async move |ctx, tx| lead::qualify::qualify(ctx, tx, new.id, &body(wanted.clone())).await).await;
    shop.at("2026-07-01T10:00:00Z").await;
    let offer = json!({"company_id": shop.company_id, "opportunity_id": qualified.opportunity.id,
        "lines": [{"product_id": product.id, "quantity": "40", "discount_percent": "10"}]});
    let offer = shop.run(async move |ctx, tx| quote::service::create(ctx, tx, &body(offer.clone())).await).await;
    shop.run(async move |ctx, tx| quote::service::submit(ctx, tx, offer.id).await).await;
    shop.run(async move |ctx, tx| quote::service::send(ctx, tx, offer.id).await).await;
    let waiting = told(shop, flow_id).await.blocked_by.unwrap();
    assert_eq!((waiting.kind.as_str(), waiting.id), ("quote", offer.id.to_string()));
    shop.at("2026-07-02T10:00:00Z").await;
    let accepted = shop.run(async move |ctx, tx| quote::service::accept(ctx, tx, offer.id, &body(json!({"accepted_by": "Amy"}))).await).await.0;
    let order_id = accepted.order.id;
    shop.run(async move |ctx, tx| order::service::confirm(ctx, tx, order_id).await).await;
    assert_eq!(told(shop, flow_id).await.blocked_by, None);
    shop.is_whole("after confirming").await;
    let line = accepted.order.lines[0].id;
    let planned = json!({"order_id": order_id, "lines": [{"order_line_id": line, "quantity": "15"}]});
    let planned = shop.run(async move |ctx, tx| delivery::service::create::create(ctx, tx, &body(planned.clone())).await).await;
    let shipped = shop.run(async move |ctx, tx| delivery::service::ship::ship(ctx, tx, planned.id, &body(json!({}))).await).await;
    shop.is_whole("after shipping a part").await;
    let rest = shipped.backorder_id.unwrap();
    shop.run(async move |ctx, tx| delivery::service::ship::ship(ctx, tx, rest, &body(json!({}))).await).await;
    let draft = json!({"order_id": order_id});
    let draft = shop.run(async move |ctx, tx| invoice::service::create::create(ctx, tx, &body(draft.clone())).await).await;
    shop.is_whole("with a draft").await;
    let posted = shop.run(async move |ctx, tx| invoice::service::post::post(ctx, tx, draft.id, &body(json!({}))).await).await;
    assert_eq!(posted.total_amount.0, "771.12");
    shop.at("2026-07-05T10:00:00Z").await;
    let late = told(shop, flow_id).await.blocked_by.unwrap();
    assert_eq!((late.kind.as_str(), late.since.to_string().as_str()), ("invoice", "2026-07-02T22:00:00.000000Z"));
    let money = json!({"company_id": shop.company_id, "party_id": shop.party_id, "direction": "inbound", "method": "bank", "amount": "771.12",
        "currency": "EUR", "allocations": [{"invoice_id": posted.id, "amount": "771.12"}]});
    shop.run(async move |ctx, tx| payment::service::create::create(ctx, tx, &body(money.clone())).await).await;
    flow_id
}

#[tokio::test]
async fn a_deal_is_one_story() {
    let shop = Shop::open().await;
    let id = traded(&shop).await;
    shop.is_whole("after the money").await;
    let story = told(&shop, id).await;
    let wanted = [
        ("lead", "qualified"),
        ("opportunity", "won"),
        ("quote", "accepted"),
        ("order", "confirmed"),
        ("delivery", "done"),
        ("delivery", "done"),
        ("invoice", "posted"),
        ("payment", "posted"),
    ];
    assert_eq!(documents(&story), wanted);
    assert_eq!(story.blocked_by, None);
    let answered = story.steps.iter().find(|step| step.from == "quote.sent").unwrap();
    assert_eq!(answered.waited_seconds, 86_400);
    let total: i64 = story.steps.iter().map(|step| step.waited_seconds).sum();
    assert_eq!(total, 4 * 86_400 + 3_600);
    let other = FlowId::new();
    let missing = shop.db.read(&shop.ctx, async move |ctx: &causeway_kernel::Ctx, tx: &mut causeway_kernel::Tx<'_>| flow(ctx, tx, other).await).await;
    assert_eq!(missing.unwrap_err().code, Code::NotFound);
}
