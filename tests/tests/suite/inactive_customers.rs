//! With a customer who is not active any more nothing new is agreed, and what was agreed goes on (ORD-10, QTE-20).

use causeway_contract::{Code, Nothing};
use causeway_openapi::deal_check::{DealCheckName as Name, op as check};
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::invoice_check::CheckResult;
use causeway_openapi::order::op as order;
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_openapi::quote::{AcceptQuote, op as quote};
use causeway_openapi::shared_quote::{AcceptSharedQuote, LinkToken, op as shared};
use causeway_tests::deal::{self, forty, order_body};
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::OrderStatus;
use serde_json::json;

#[tokio::test]
async fn an_inactive_customer_neither_accepts_nor_orders_more() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let confirmed = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let draft = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![forty(&shop)])).await;
    let offered = deal::approved(&tenant, &shop, None, vec![forty(&shop)]).await;
    let link = LinkToken::of(&tenant.act::<shared::ShareQuote>(offered.id).await.token).unwrap();
    let active = async |active: bool| {
        tenant.raw.request("PATCH", &format!("/v1/parties/{}", shop.party)).json(&json!({ "active": active })).send().await.success();
    };
    let to = |quantity: &str| {
        let line = AmendLine { order_line_id: Some(confirmed.lines[0].id), quantity: Some(of(quantity)), ..AmendLine::default() };
        AmendOrder { reason: "otherwise".to_owned(), lines: vec![line], ..AmendOrder::default() }
    };
    active(false).await;
    let refusals = [
        tenant.refused::<order::ConfirmOrder>(draft.id, &Nothing {}).await,
        tenant.refused::<amendment::AmendOrder>(confirmed.id, &to("60")).await,
        tenant.refused::<quote::AcceptQuote>(offered.id, &AcceptQuote::default()).await,
    ];
    for refused in refusals {
        assert!(refused.code == Code::StateConflict && refused.detail.contains("is not active any more"), "{refused:?}");
    }
    // The customer is told whom to ask, and not what the seller's records say.
    let amy = AcceptSharedQuote { name: "Amy".to_owned(), email: "amy@borealis.test".to_owned(), ..AcceptSharedQuote::default() };
    let refused = world.nobody().refused::<shared::AcceptSharedQuote>(link.clone(), &amy).await;
    assert!(refused.code == Code::StateConflict && !refused.detail.contains("active") && refused.meta.is_empty(), "{refused:?}");
    let failed = |checks: Vec<causeway_openapi::deal_check::DealCheck>| -> Vec<Name> {
        checks.into_iter().filter(|check| check.result == CheckResult::Failed).map(|check| check.name).collect()
    };
    assert_eq!(failed(tenant.get::<check::CheckOrder>(draft.id).await.checks), [Name::CustomerActive]);
    assert_eq!(failed(tenant.get::<check::CheckQuote>(offered.id).await.checks), [Name::CustomerActive]);
    // What was confirmed before may become less, and goes out.
    tenant.post::<amendment::AmendOrder>(confirmed.id, &to("30")).await;
    deal::ship(&tenant, &confirmed, "30").await;
    verified(&tenant).await;
    // Nothing is charged or given beside that; what is owed is billed.
    let note = json!({ "company_id": shop.company, "party_id": shop.party, "reason": "a favour", "lines": [{ "description": "Advice", "quantity": "1", "unit_price": "10" }] });
    for refused in [
        tenant.refused::<invoice::CreateInvoice>((), &deal::free_invoice_body(&shop, "10.00")).await,
        tenant.raw.post("/v1/credit-notes", &note).await.problem(),
    ] {
        assert!(refused.errors[0].pointer.as_deref() == Some("/party_id") && refused.errors[0].detail.contains("not active any more"), "{refused:?}");
    }
    let owed = deal::invoice_order(&tenant, confirmed.id).await;
    deal::post_invoice(&tenant, owed.id, None).await;
    verified(&tenant).await;

    active(true).await;
    assert_eq!(tenant.act::<order::ConfirmOrder>(draft.id).await.status, OrderStatus::Confirmed);
    world.nobody().post::<shared::AcceptSharedQuote>(link, &amy).await;
}
