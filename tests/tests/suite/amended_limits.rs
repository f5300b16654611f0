//! An amendment of a quantity is held against the limits as a new order is: more of what was granted, less than a quantity break asks for, and parts of a bundle
//! without the rest (QTE-08, ORD-18, APR-18).

use causeway_openapi::line::LineInput;
use causeway_openapi::order::{Order, ReleaseOrder, op as order};
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_openapi::quote::{ApproveQuote, op as quote};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, order_body, quote_body};
use causeway_tests::person::manager;
use causeway_tests::shop::{self, Shop, line};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{HoldKind, OrderStatus, QuoteStatus};
use serde_json::json;

async fn limited(tenant: &Caller, shop: &Shop, rules: serde_json::Value) {
    let body = json!({ "quote_rules": rules });
    tenant.raw.request("PATCH", &format!("/v1/companies/{}", shop.company)).json(&body).send().await.success();
}

/// Amends lines of an order to these quantities.
async fn amended(caller: &Caller, order: &Order, quantities: &[(usize, &str)]) -> Order {
    let to = |(index, quantity): &(usize, &str)| AmendLine {
        order_line_id: order.lines.get(*index).map(|line| line.id),
        quantity: Some(of(quantity)),
        ..AmendLine::default()
    };
    let body = AmendOrder { reason: "otherwise after all".to_owned(), lines: quantities.iter().map(to).collect(), ..AmendOrder::default() };
    caller.post::<amendment::AmendOrder>(order.id, &body).await
}

/// Why a second person has to look at the last amendment; nothing when nobody has to.
fn asked(order: &Order) -> Vec<String> {
    let reasons = order.last_amendment.as_ref().expect("an amendment").approval_reasons.clone();
    assert_eq!(!reasons.is_empty(), order.holds.iter().any(|hold| hold.kind == HoldKind::Approval), "{order:?}");
    reasons
}

fn release() -> ReleaseOrder {
    ReleaseOrder { reason: "fine".to_owned(), kind: Some(HoldKind::Approval), hold_id: None }
}

#[tokio::test]
async fn the_price_of_a_hundred_is_not_that_of_one() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let rules = json!([{ "product_id": shop.chai, "min_quantity": "100", "price": "15.00" }]);
    let list = json!({ "code": "BREAK", "currency": "EUR", "priority": 10, "rules": rules });
    let list = tenant.raw.post("/v1/price-lists", &list).await.success();
    let own = json!({ "price_list_id": list["id"] });
    tenant.raw.request("PATCH", &format!("/v1/parties/{}", shop.party)).json(&own).send().await.success();
    limited(&tenant, &shop, json!({ "max_price_override_percent": "5" })).await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.chai, "200")]).await;
    assert_eq!((order.status, order.untaxed_amount.0.as_str()), (OrderStatus::Confirmed, "3000.00"));
    // Fewer, and still a hundred; more, at the price that more costs.
    let fewer = amended(&tenant, &order, &[(0, "120")]).await;
    assert_eq!(asked(&fewer), [""; 0]);
    assert_eq!(asked(&amended(&tenant, &order, &[(0, "150")]).await), [""; 0]);
    let one = amended(&tenant, &order, &[(0, "1")]).await;
    let [reason] = asked(&one).try_into().unwrap();
    assert!(reason.contains("is 16.666667 % below 18.00 of the lists"), "{reason}");
    assert_eq!(one.untaxed_amount.0, "15.00", "what was agreed stays, and waits");
    manager(&tenant).await.post::<order::ReleaseOrder>(order.id, &release()).await;

    // Lists that rose meanwhile are nothing to who takes less, and a promise anew to who takes more.
    let other = deal::confirmed(&tenant, &shop, vec![line(shop.chai, "10")]).await;
    let dearer = json!({ "list_price": "20.00" });
    tenant.raw.request("PATCH", &format!("/v1/products/{}", shop.chai)).json(&dearer).send().await.success();
    assert_eq!(asked(&amended(&tenant, &other, &[(0, "9")]).await), [""; 0]);
    let [reason] = asked(&amended(&tenant, &other, &[(0, "11")]).await).try_into().unwrap();
    assert!(reason.contains("is 10 % below 20.00 of the lists"), "{reason}");
    // What is not sold any more has no price of today.
    let gone = json!({ "active": false });
    tenant.raw.request("PATCH", &format!("/v1/products/{}", shop.chai)).json(&gone).send().await.success();
    let [reason] = asked(&amended(&tenant, &other, &[(0, "12")]).await).try_into().unwrap();
    assert!(reason.contains("what the lists give for CHAI today is not known"), "{reason}");
    let order = amended(&tenant, &other, &[(0, "5")]).await;
    assert_eq!(order.last_amendment.unwrap().approval_reasons, [""; 0], "less of it is no promise");
    verified(&tenant).await;
}

#[tokio::test]
async fn what_was_approved_for_ten_is_not_approved_for_a_thousand() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    limited(&tenant, &shop, json!({ "max_discount_percent": "10", "min_margin_percent": "20" })).await;
    let boss = manager(&tenant).await;
    let off = |percent: &str| LineInput { discount_percent: Some(of(percent)), ..line(shop.chai, "10") };
    // Of an order that somebody else released.
    let held = deal::confirmed(&tenant, &shop, vec![off("30")]).await;
    assert_eq!((held.status, held.hold_kind), (OrderStatus::Draft, Some(HoldKind::Approval)));
    boss.post::<order::ReleaseOrder>(held.id, &release()).await;
    let order = tenant.act::<order::ConfirmOrder>(held.id).await;
    assert_eq!(asked(&amended(&tenant, &order, &[(0, "8")]).await), [""; 0], "less of what was approved");
    let more = asked(&amended(&tenant, &order, &[(0, "1000")]).await);
    assert_eq!(more, ["line and document take 30 % off; more than 10 % needs a second person", "less remains after cost than the company asks for"]);

    // And of a quote that was approved and accepted.
    let body = quote_body(&shop, vec![off("20")]);
    let draft = tenant.post::<quote::CreateQuote>((), &body).await;
    assert_eq!(tenant.act::<quote::SubmitQuote>(draft.id).await.status, QuoteStatus::InApproval);
    boss.post::<quote::ApproveQuote>(draft.id, &ApproveQuote::default()).await;
    let order = deal::accept(&tenant, draft.id).await.order;
    let order = tenant.act::<order::ConfirmOrder>(order.id).await;
    let more = asked(&amended(&tenant, &order, &[(0, "11")]).await);
    assert_eq!(more, ["line and document take 20 % off; more than 10 % needs a second person"]);
    // What keeps to the limits may grow.
    let plain = deal::confirmed(&tenant, &shop, vec![off("10")]).await;
    assert_eq!(asked(&amended(&tenant, &plain, &[(0, "500")]).await), [""; 0]);
    verified(&tenant).await;
}

#[tokio::test]
async fn a_part_of_a_bundle_is_not_sold_at_its_share() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let kit = json!({ "code": "KIT", "name": "Kit", "kind": "bundle", "unit": "piece", "list_price": "143.00", "currency": "EUR", "billing_policy": "on_order",
        "components": [{ "product_id": shop.chai, "quantity": "2" }, { "product_id": shop.setup, "quantity": "1" }] });
    let kit = tenant.raw.post("/v1/products", &kit).await.success();
    let kit: causeway_value::ProductId = serde_json::from_value(kit["id"].clone()).unwrap();
    limited(&tenant, &shop, json!({ "max_price_override_percent": "5" })).await;
    let draft = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![line(kit, "3")])).await;
    let order = tenant.act::<order::ConfirmOrder>(draft.id).await;
    assert_eq!((order.status, order.lines.len(), order.untaxed_amount.0.as_str()), (OrderStatus::Confirmed, 2, "429.00"));
    // Fewer bundles are bundles.
    assert_eq!(asked(&amended(&tenant, &order, &[(0, "4"), (1, "2")]).await), [""; 0]);
    // The tea alone costs 18.00 a piece, and half of that in the bundle.
    let [reason] = asked(&amended(&tenant, &order, &[(1, "0")]).await).try_into().unwrap();
    assert!(reason.contains("is 50 % below") && reason.contains("of the lists"), "{reason}");
}
