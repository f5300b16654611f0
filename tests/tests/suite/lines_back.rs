//! Lines that give something back keep to the limits of the company as all others do (QTE-07, QTE-08, QTE-13, ORD-18).

use causeway_contract::{Code, Nothing, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::op as order;
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_openapi::quote::op as quote;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{confirmed, order_body, quote_body};
use causeway_tests::shop::{self, Shop, line};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{HoldKind, OrderStatus, QuoteRules, QuoteStatus};

fn back(shop: &Shop, price: Option<&str>) -> LineInput {
    LineInput { unit_price: price.map(of), ..line(shop.chai, "-1") }
}

fn rebate(price: &str) -> LineInput {
    LineInput { description: Some("Rebate".to_owned()), quantity: of("-1"), unit_price: Some(of(price)), ..LineInput::default() }
}

async fn submitted(tenant: &Caller, shop: &Shop, lines: Vec<LineInput>) -> (QuoteStatus, Vec<String>) {
    let draft = tenant.post::<quote::CreateQuote>((), &quote_body(shop, lines)).await;
    let quote = tenant.act::<quote::SubmitQuote>(draft.id).await;
    (quote.status, quote.approval_reasons.into_iter().map(|reason| reason.rule).collect())
}

#[tokio::test]
async fn what_lowers_a_deal_below_the_lists_by_giving_back_waits_for_a_second_person() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let rules = QuoteRules {
        max_discount_percent: Some(of("10")),
        max_price_override_percent: Some(of("5")),
        min_margin_percent: Some(of("20")),
        ..QuoteRules::default()
    };
    let change = |rules| UpdateCompany { quote_rules: Patch::Value(rules), ..UpdateCompany::default() };
    tenant.post::<company::UpdateCompany>(shop.company, &change(rules.clone())).await;

    // Chai is 18.00 in the lists and costs 11.20.
    let ten = line(shop.chai, "10");
    let (status, broken) = submitted(&tenant, &shop, vec![line(shop.chai, "2"), back(&shop, Some("34"))]).await;
    assert_eq!((status, broken), (QuoteStatus::InApproval, ["max_price_override_percent", "min_margin_percent"].map(str::to_owned).to_vec()));
    // An ordinary return, and one that the seller gains by, are nobody's business.
    assert_eq!(submitted(&tenant, &shop, vec![ten.clone(), back(&shop, None)]).await, (QuoteStatus::Approved, Vec::new()));
    assert_eq!(submitted(&tenant, &shop, vec![ten.clone(), back(&shop, Some("9"))]).await, (QuoteStatus::Approved, Vec::new()));

    tenant.post::<company::UpdateCompany>(shop.company, &change(QuoteRules { min_margin_percent: None, ..rules })).await;
    assert_eq!(submitted(&tenant, &shop, vec![ten.clone(), back(&shop, Some("108"))]).await.0, QuoteStatus::InApproval);
    assert_eq!(submitted(&tenant, &shop, vec![ten.clone(), rebate("162")]).await, (QuoteStatus::InApproval, vec!["max_discount_percent".to_owned()]));
    assert_eq!(submitted(&tenant, &shop, vec![ten.clone(), rebate("18")]).await, (QuoteStatus::Approved, Vec::new()), "10 % is what anybody may give");

    // What comes to less than nothing would never be invoiced: it is refused before anybody agrees on it.
    let below = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![line(shop.chai, "1"), rebate("34")])).await;
    let refused = tenant.refused::<quote::SubmitQuote>(below.id, &Nothing {}).await;
    assert!(refused.code == Code::StateConflict && refused.detail.contains("/v1/credit-notes"), "{refused:?}");
    let checks = tenant.raw.get(&format!("/v1/quotes/{}/checks", below.id)).await.success();
    assert_eq!(checks["ready"], serde_json::json!(false));
    let below = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![line(shop.chai, "1"), rebate("34")])).await;
    let refused = tenant.refused::<order::ConfirmOrder>(below.id, &Nothing {}).await;
    assert_eq!((refused.code, refused.meta["total_amount"].as_str().map(|total| total.starts_with('-'))), (Code::StateConflict, Some(true)));

    // An order without a quote, and an amendment, are looked at in the same way.
    let held = confirmed(&tenant, &shop, vec![ten.clone(), rebate("162")]).await;
    assert_eq!((held.status, held.hold_kind), (OrderStatus::Draft, Some(HoldKind::Approval)));
    let order = confirmed(&tenant, &shop, vec![ten]).await;
    assert_eq!((order.status, order.hold_kind), (OrderStatus::Confirmed, None));
    let more = AmendLine { description: Some("Rebate".to_owned()), quantity: Some(of("-1")), unit_price: Some(of("162")), ..AmendLine::default() };
    let body = AmendOrder { reason: "goodwill".to_owned(), lines: vec![more], ..AmendOrder::default() };
    let amended = tenant.post::<amendment::AmendOrder>(order.id, &body).await;
    assert_eq!(amended.hold_kind, Some(HoldKind::Approval));

    // A price below zero that was agreed stands while other things of its line change; a new one is none.
    let below = LineInput { description: Some("Rebate".to_owned()), quantity: of("1"), unit_price: Some(of("-5")), ..LineInput::default() };
    let order = confirmed(&tenant, &shop, vec![line(shop.chai, "100"), below]).await;
    let change = |line: AmendLine| AmendOrder {
        reason: "twice".to_owned(),
        lines: vec![AmendLine { order_line_id: Some(order.lines[1].id), ..line }],
        ..AmendOrder::default()
    };
    let worse = tenant.refused::<amendment::AmendOrder>(order.id, &change(AmendLine { unit_price: Some(of("-6")), ..AmendLine::default() })).await;
    assert_eq!(worse.errors[0].pointer.as_deref(), Some("/lines/0/unit_price"));
    let twice = tenant.post::<amendment::AmendOrder>(order.id, &change(AmendLine { quantity: Some(of("2")), ..AmendLine::default() })).await;
    assert_eq!(twice.untaxed_amount.0, "1790.00");
    verified(&tenant).await;
}
