//! Lines that give something back keep to the limits of the company as all others do (QTE-07, QTE-08, QTE-13, ORD-18).

use causeway_contract::{Code, Nothing, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::op as order;
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_openapi::quote::{CreateQuote, op as quote};
use causeway_openapi::shared_quote::op as shared;
use causeway_tests::caller::Caller;
use causeway_tests::deal::{confirmed, limit, order_body, quote_body};
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
    assert_eq!(
        (status, broken),
        (QuoteStatus::InApproval, ["max_price_override_percent", "min_margin_percent", "max_discount_percent"].map(str::to_owned).to_vec())
    );
    // What anybody may give is nobody's business, and neither is less than that.
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

/// A listed product that comes back on paper at the price of its list lowers what is paid for those that go out as a rebate in words does, and saves no cost.
#[tokio::test]
async fn nothing_goes_out_for_less_because_it_comes_back_on_paper() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let given_back = |quantity: &str| line(shop.chai, quantity);
    // What is told of an order that nobody limits: ten pieces cost ten times 11.20, whatever comes back on paper.
    let order = confirmed(&tenant, &shop, vec![line(shop.chai, "10"), given_back("-9")]).await;
    assert_eq!((order.status, order.untaxed_amount.0.as_str()), (OrderStatus::Confirmed, "18.00"));
    assert_eq!(order.margin_amount.map(|amount| amount.0).as_deref(), Some("-94.00"));
    let report = tenant.raw.get(&format!("/v1/reports/margin?company_id={}&by=order", shop.company)).await.success();
    assert_eq!((report["total"]["amount"].as_str(), report["total"]["cost_amount"].as_str()), (Some("18.00"), Some("112.00")), "{report}");

    let rules = QuoteRules {
        max_discount_percent: Some(of("10")),
        max_price_override_percent: Some(of("5")),
        min_margin_percent: Some(of("20")),
        ..QuoteRules::default()
    };
    limit(&tenant, &shop, rules).await;
    let both = ["min_margin_percent", "max_discount_percent"].map(str::to_owned).to_vec();
    assert_eq!(submitted(&tenant, &shop, vec![line(shop.chai, "10"), given_back("-9")]).await, (QuoteStatus::InApproval, both.clone()));
    // Another product does as well.
    let other = LineInput { unit_price: None, ..line(shop.setup, "-1") };
    assert_eq!(submitted(&tenant, &shop, vec![line(shop.chai, "20"), other]).await, (QuoteStatus::InApproval, both.clone()));
    // What the customer may choose is offered like the rest, and nobody gets it through the link before somebody said yes.
    let mut lines: Vec<_> = vec![line(shop.chai, "10"), given_back("-9")].into_iter().map(Into::into).collect::<Vec<causeway_openapi::quote::QuoteLineInput>>();
    lines[1].optional = Some(true);
    let offered = tenant.post::<quote::CreateQuote>((), &CreateQuote { lines, ..quote_body(&shop, Vec::new()) }).await;
    let offered = tenant.act::<quote::SubmitQuote>(offered.id).await;
    assert_eq!((offered.status, offered.approval_reasons.iter().map(|reason| reason.rule.clone()).collect::<Vec<_>>()), (QuoteStatus::InApproval, both));
    assert!(tenant.refusal::<shared::ShareQuote>(offered.id, &Nothing {}).await.is_some());

    // An order without a quote, and an amendment that adds such a line, wait for somebody.
    let held = confirmed(&tenant, &shop, vec![line(shop.chai, "10"), given_back("-9")]).await;
    assert_eq!((held.status, held.hold_kind), (OrderStatus::Draft, Some(HoldKind::Approval)));
    let order = confirmed(&tenant, &shop, vec![line(shop.chai, "10")]).await;
    assert_eq!(order.status, OrderStatus::Confirmed);
    let amended = async |line: AmendLine| {
        let body = AmendOrder { reason: "otherwise".to_owned(), lines: vec![line], ..AmendOrder::default() };
        tenant.post::<amendment::AmendOrder>(order.id, &body).await
    };
    // Taking away what was ordered is another thing: that is not delivered.
    let fewer = amended(AmendLine { order_line_id: Some(order.lines[0].id), quantity: Some(of("9")), ..AmendLine::default() }).await;
    assert_eq!((fewer.untaxed_amount.0.as_str(), fewer.hold_kind), ("162.00", None));
    let back = amended(AmendLine { product_id: Some(shop.chai), quantity: Some(of("-8")), ..AmendLine::default() }).await;
    assert_eq!((back.untaxed_amount.0.as_str(), back.hold_kind), ("18.00", Some(HoldKind::Approval)));
    verified(&tenant).await;
}

/// Five percent below the list and ten percent off that are 14.5 % off.
#[tokio::test]
async fn a_price_below_the_lists_and_a_discount_on_it_add_up() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    limit(&tenant, &shop, QuoteRules { max_discount_percent: Some(of("10")), max_price_override_percent: Some(of("5")), ..QuoteRules::default() }).await;
    let sold = |price: &str, discount: &str| LineInput {
        unit_price: Some(of(price)),
        price_override_reason: Some("a good customer".to_owned()),
        discount_percent: Some(of(discount)),
        ..line(shop.chai, "10")
    };
    assert_eq!(submitted(&tenant, &shop, vec![sold("17.10", "5")]).await, (QuoteStatus::Approved, Vec::new()), "9.75 % is within 10 %");
    assert_eq!(submitted(&tenant, &shop, vec![sold("18.00", "10")]).await, (QuoteStatus::Approved, Vec::new()));
    let draft = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![sold("17.10", "10")])).await;
    let waits = tenant.act::<quote::SubmitQuote>(draft.id).await;
    let [reason] = waits.approval_reasons.as_slice() else { panic!("{waits:?}") };
    assert_eq!((waits.status, reason.rule.as_str(), reason.line, reason.value.as_str()), (QuoteStatus::InApproval, "max_discount_percent", Some(1), "14.5"));
    assert!(reason.because.contains("14.5 % together"), "{}", reason.because);
    let held = confirmed(&tenant, &shop, vec![sold("17.10", "10")]).await;
    assert_eq!((held.status, held.hold_kind), (OrderStatus::Draft, Some(HoldKind::Approval)));
}
