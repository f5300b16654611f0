//! An amendment of a quantity is held against the limits as a new order is: more of what was granted, less than a quantity break asks for, and parts of a bundle
//! without the rest (QTE-08, ORD-18, APR-18).

use causeway_openapi::line::LineInput;
use causeway_openapi::order::{CancelOrder, Order, op as order};
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_openapi::quote::{ApproveQuote, op as quote};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, limit, order_body, quote_body, release};
use causeway_tests::person::manager;
use causeway_tests::shop::{self, line};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{HoldKind, OrderStatus, QuoteRules, QuoteStatus};
use serde_json::json;

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

#[tokio::test]
async fn the_price_of_a_hundred_is_not_that_of_one() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let rules = json!([{ "product_id": shop.chai, "min_quantity": "100", "price": "15.00" }]);
    let list = json!({ "code": "BREAK", "currency": "EUR", "priority": 10, "rules": rules });
    let list = tenant.raw.post("/v1/price-lists", &list).await.success();
    let own = json!({ "price_list_id": list["id"] });
    tenant.raw.patch(&format!("/v1/parties/{}", shop.party), &own).await.success();
    limit(&tenant, &shop, QuoteRules { max_price_override_percent: Some(of("5")), ..QuoteRules::default() }).await;
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
    manager(&tenant).await.post::<order::ReleaseOrder>(order.id, &release(HoldKind::Approval)).await;

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
    limit(&tenant, &shop, QuoteRules { max_discount_percent: Some(of("10")), min_margin_percent: Some(of("20")), ..QuoteRules::default() }).await;
    let boss = manager(&tenant).await;
    let off = |percent: &str| LineInput { discount_percent: Some(of(percent)), ..line(shop.chai, "10") };
    // Of an order that somebody else released.
    let held = deal::confirmed(&tenant, &shop, vec![off("30")]).await;
    assert_eq!((held.status, held.hold_kind), (OrderStatus::Draft, Some(HoldKind::Approval)));
    boss.post::<order::ReleaseOrder>(held.id, &release(HoldKind::Approval)).await;
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
    limit(&tenant, &shop, QuoteRules { max_price_override_percent: Some(of("5")), ..QuoteRules::default() }).await;
    let draft = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![line(kit, "3")])).await;
    let order = tenant.act::<order::ConfirmOrder>(draft.id).await;
    assert_eq!((order.status, order.lines.len(), order.untaxed_amount.0.as_str()), (OrderStatus::Confirmed, 2, "429.00"));
    // Fewer bundles are bundles.
    assert_eq!(asked(&amended(&tenant, &order, &[(0, "4"), (1, "2")]).await), [""; 0]);
    // The tea alone costs 18.00 a piece, and half of that in the bundle.
    let [reason] = asked(&amended(&tenant, &order, &[(1, "0")]).await).try_into().unwrap();
    assert!(reason.contains("is 50 % below") && reason.contains("of the lists"), "{reason}");
}

/// Cancelling the rest leaves less as an amendment does: one that was delivered does not cost what a hundred cost each (ORD-08).
#[tokio::test]
async fn a_cancelled_rest_leaves_no_price_of_a_hundred() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let rules = json!([{ "product_id": shop.chai, "min_quantity": "100", "price": "15.00" }]);
    let list = json!({ "code": "BREAK", "currency": "EUR", "priority": 10, "rules": rules, "audience": { "tenant": true } });
    tenant.raw.post("/v1/price-lists", &list).await.success();
    let cancel = CancelOrder { reason: "they need no more".to_owned() };
    let order = async |shipped: &str| {
        let order = deal::confirmed(&tenant, &shop, vec![line(shop.chai, "200")]).await;
        deal::ship(&tenant, &order, shipped).await;
        tenant.post::<order::CancelOrder>(order.id, &cancel).await
    };
    // Where nobody limits anything, nobody is asked.
    let free = order("1").await;
    assert_eq!((free.status, asked(&free), free.untaxed_amount.0.as_str()), (OrderStatus::Fulfilled, vec![], "15.00"));
    limit(&tenant, &shop, QuoteRules { max_price_override_percent: Some(of("5")), ..QuoteRules::default() }).await;
    assert_eq!(asked(&order("100").await), [""; 0], "a hundred are a hundred");
    let one = order("1").await;
    let [reason] = asked(&one).try_into().unwrap();
    assert!(reason.contains("is 16.666667 % below 18.00 of the lists"), "{reason}");
    // What was agreed is billed once a second person said yes to it.
    assert_eq!((one.status, one.untaxed_amount.0.as_str()), (OrderStatus::Fulfilled, "15.00"));
    let held = deal::billables(&tenant, one.id).await;
    assert_eq!(held.len(), 0, "{held:?}");
    manager(&tenant).await.post::<order::ReleaseOrder>(one.id, &release(HoldKind::Approval)).await;
    assert_eq!(deal::invoice_order(&tenant, one.id).await.untaxed_amount.0, "15.00");
    verified(&tenant).await;
}

/// A line that is added leaves too little as more of a line does, however little the order left before (QTE-08, APR-18).
#[tokio::test]
async fn an_added_line_is_held_against_the_margin() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    limit(&tenant, &shop, QuoteRules { min_margin_percent: Some(of("20")), ..QuoteRules::default() }).await;
    let boss = manager(&tenant).await;
    // Of an order that leaves a ninth, which somebody said yes to.
    let add = async |price: &str| {
        let cheap = LineInput { discount_percent: Some(of("30")), ..line(shop.chai, "10") };
        let held = deal::confirmed(&tenant, &shop, vec![cheap]).await;
        boss.post::<order::ReleaseOrder>(held.id, &release(HoldKind::Approval)).await;
        let order = tenant.act::<order::ConfirmOrder>(held.id).await;
        let line = AmendLine {
            product_id: Some(shop.chai),
            quantity: Some(of("10")),
            unit_price: Some(of(price)),
            price_override_reason: Some("asked for".to_owned()),
            ..AmendLine::default()
        };
        let body = AmendOrder { reason: "more".to_owned(), lines: vec![line], ..AmendOrder::default() };
        asked(&tenant.post::<amendment::AmendOrder>(order.id, &body).await)
    };
    assert_eq!(add("15.00").await, [""; 0], "a quarter of it is left");
    assert_eq!(add("13.20").await, ["less remains after cost than the company asks for"]);
    verified(&tenant).await;
}
