//! What an order without a quote may grant without a second person, and what an unapproved amendment may not do (QTE-08, QTE-14, QTE-18, ORD-18, ORD-20).

use causeway_contract::{Code, Patch};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{CreateOrder, Order, UpdateOrder, op as order};
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_openapi::party::{CreateParty, op as party};
use causeway_openapi::quote::{CreateQuote, UpdateQuote, op as quote};
use causeway_tests::api_key;
use causeway_tests::deal::{self, forty, limit, order_body, quote_body, release};
use causeway_tests::person::manager;
use causeway_tests::shop::{self, Shop, line, party_body};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{BillableStatus, HoldKind, HoldStep, OrderStatus, QuoteRules, QuoteStatus};
use serde_json::json;

fn off(shop: &Shop, percent: &str) -> LineInput {
    LineInput { discount_percent: Some(of(percent)), ..line(shop.chai, "10") }
}

fn stands(order: &Order) -> (OrderStatus, Option<HoldKind>) {
    (order.status, order.hold_kind)
}

#[tokio::test]
async fn an_order_that_no_quote_agreed_keeps_to_the_limits_of_quotes() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    limit(&tenant, &shop, QuoteRules { max_discount_percent: Some(of("10")), ..QuoteRules::default() }).await;
    // What keeps to them is confirmed at once.
    assert_eq!(stands(&deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await), (OrderStatus::Confirmed, None));

    let held = deal::confirmed(&tenant, &shop, vec![forty(&shop), off(&shop, "90")]).await;
    assert_eq!(stands(&held), (OrderStatus::Draft, Some(HoldKind::Approval)));
    let reason = &held.holds.first().expect("a hold").reason;
    assert!(reason.contains("line 2: line and document take 90 % off"), "{reason}");
    assert_eq!(tenant.refused::<order::ConfirmOrder>(held.id, &causeway_contract::Nothing {}).await.code, Code::StateConflict);
    // Neither who asked nor who may only release orders is the second person.
    assert_eq!(tenant.refused::<order::ReleaseOrder>(held.id, &release(HoldKind::Approval)).await.code, Code::SegregationOfDuties);
    let clerk = api_key::limited(&tenant, &["orders:release"]).await;
    assert_eq!(clerk.refused::<order::ReleaseOrder>(held.id, &release(HoldKind::Approval)).await.code, Code::PermissionDenied);
    let boss = manager(&tenant).await;
    boss.post::<order::ReleaseOrder>(held.id, &release(HoldKind::Approval)).await;
    assert_eq!(stands(&tenant.act::<order::ConfirmOrder>(held.id).await), (OrderStatus::Confirmed, None));
    verified(&tenant).await;
}

#[tokio::test]
async fn an_approval_covers_the_order_as_it_was_and_nothing_else() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    limit(&tenant, &shop, QuoteRules { max_discount_percent: Some(of("10")), ..QuoteRules::default() }).await;
    let boss = manager(&tenant).await;
    let held = deal::confirmed(&tenant, &shop, vec![off(&shop, "20")]).await;
    boss.post::<order::ReleaseOrder>(held.id, &release(HoldKind::Approval)).await;
    // Another discount is another question; back at what was approved, it is approved.
    let lines = |percent: &str| UpdateOrder { lines: Patch::Value(vec![off(&shop, percent)]), ..UpdateOrder::default() };
    tenant.post::<order::UpdateOrder>(held.id, &lines("30")).await;
    assert_eq!(stands(&tenant.act::<order::ConfirmOrder>(held.id).await), (OrderStatus::Draft, Some(HoldKind::Approval)));
    // Changing it takes back what was asked.
    let noted = UpdateOrder { notes: Patch::Value("Thank you".to_owned()), ..UpdateOrder::default() };
    assert_eq!(tenant.post::<order::UpdateOrder>(held.id, &noted).await.holds.len(), 1);
    assert_eq!(tenant.post::<order::UpdateOrder>(held.id, &lines("20")).await.hold_kind, None);
    assert_eq!(stands(&tenant.act::<order::ConfirmOrder>(held.id).await), (OrderStatus::Confirmed, None));

    // A hold that somebody placed by hand and released covers nothing.
    let other = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![off(&shop, "50")])).await;
    let by_hand = json!({ "kind": "approval", "reason": "wait" });
    tenant.raw.post(&format!("/v1/orders/{}/hold", other.id), &by_hand).await.success();
    tenant.post::<order::ReleaseOrder>(other.id, &release(HoldKind::Approval)).await;
    assert_eq!(stands(&tenant.act::<order::ConfirmOrder>(other.id).await), (OrderStatus::Draft, Some(HoldKind::Approval)));

    // What a quote agreed was looked at with the quote.
    let body = CreateQuote { ..quote_body(&shop, vec![off(&shop, "40")]) };
    let asked = tenant.post::<quote::CreateQuote>((), &body).await;
    tenant.act::<quote::SubmitQuote>(asked.id).await;
    manager(&tenant).await.post::<quote::ApproveQuote>(asked.id, &Default::default()).await;
    let ordered = deal::accept(&tenant, asked.id).await.order;
    assert_eq!(stands(&tenant.act::<order::ConfirmOrder>(ordered.id).await), (OrderStatus::Confirmed, None));
    verified(&tenant).await;
}

#[tokio::test]
async fn neither_a_line_without_a_cost_nor_a_gift_switches_the_margin_limit_off() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    limit(&tenant, &shop, QuoteRules { min_margin_percent: Some(of("20")), ..QuoteRules::default() }).await;
    let asked = async |lines: Vec<LineInput>| {
        let draft = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, lines)).await;
        let quote = tenant.act::<quote::SubmitQuote>(draft.id).await;
        let reasons: Vec<_> = quote.approval_reasons.into_iter().map(|reason| (reason.rule, reason.line, reason.value)).collect();
        (quote.status, reasons)
    };
    let told = |line, value: &str| ("min_margin_percent".to_owned(), line, value.to_owned());
    let freight = LineInput {
        product_id: None,
        description: Some("Freight".to_owned()),
        unit_price: Some(of("0.01")),
        tax_ids: Some(Vec::new()),
        ..line(shop.chai, "1")
    };
    assert_eq!(asked(vec![forty(&shop)]).await, (QuoteStatus::Approved, Vec::new()));
    // Half price is below cost, whatever stands beside it: 9.00 for what costs 11.20.
    let cheap = asked(vec![off(&shop, "50"), freight]).await;
    assert_eq!(cheap, (QuoteStatus::InApproval, vec![told(Some(2), "unknown"), told(None, "-24.444444")]));
    assert_eq!(asked(vec![off(&shop, "100")]).await, (QuoteStatus::InApproval, vec![told(None, "none")]));
    // An order is asked the same, in words that tell no margin.
    let held = deal::confirmed(&tenant, &shop, vec![off(&shop, "100")]).await;
    assert_eq!(
        held.holds.first().map(|hold| hold.reason.as_str()),
        Some("Confirming it needs a second person: less remains after cost than the company asks for.")
    );
}

#[tokio::test]
async fn what_an_amendment_agreed_without_leave_is_not_billed() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    limit(&tenant, &shop, QuoteRules { max_discount_percent: Some(of("10")), ..QuoteRules::default() }).await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "2"), forty(&shop)]).await;
    assert_eq!(deal::billables(&tenant, order.id).await.len(), 1);
    let cheaper = AmendLine { order_line_id: Some(order.lines[0].id), discount_percent: Some(of("60")), ..AmendLine::default() };
    let favour = AmendOrder { reason: "a favour".to_owned(), lines: vec![cheaper], ..AmendOrder::default() };
    let held = tenant.post::<amendment::AmendOrder>(order.id, &favour).await;
    let hold = held.holds.first().expect("a hold");
    assert_eq!((hold.kind, hold.blocks.as_slice()), (HoldKind::Approval, [HoldStep::Confirm, HoldStep::Ship, HoldStep::Invoice].as_slice()));
    assert_eq!(deal::billables(&tenant, order.id).await, []);
    let boss = manager(&tenant).await;
    boss.post::<order::ReleaseOrder>(order.id, &release(HoldKind::Approval)).await;
    let ready = deal::billables(&tenant, order.id).await;
    assert!(!ready.is_empty() && ready.iter().all(|row| row.status == BillableStatus::Ready), "{ready:?}");
    verified(&tenant).await;
}

#[tokio::test]
async fn a_draft_goes_to_another_customer_in_another_currency_with_lines_priced_anew() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    shop::rate(&tenant, "USD", "2026-11-01", "1.25").await;
    let limit = CreateParty { credit_limit: Some("1.00".into()), ..party_body("Notos") };
    let other = tenant.post::<party::CreateParty>((), &limit).await.id;
    let draft = tenant.post::<order::CreateOrder>((), &CreateOrder { party_id: Some(other), ..order_body(&shop, vec![forty(&shop)]) }).await;
    assert_eq!(draft.payment_term_id, None);
    // It is over the limit of the wrong customer, and somebody even took that risk.
    assert_eq!(tenant.act::<order::ConfirmOrder>(draft.id).await.hold_kind, Some(HoldKind::Credit));
    let bare = UpdateOrder { party_id: Patch::Value(shop.party), ..UpdateOrder::default() };
    let refused = tenant.refused::<order::UpdateOrder>(draft.id, &bare).await;
    assert_eq!(refused.errors.first().and_then(|error| error.pointer.as_deref()), Some("/lines"));
    let moved = UpdateOrder { lines: Patch::Value(vec![forty(&shop)]), ..bare };
    let moved = tenant.post::<order::UpdateOrder>(draft.id, &moved).await;
    assert_eq!((moved.party_id, moved.payment_term_id, moved.holds.len(), moved.total_amount.0.as_str()), (shop.party, Some(shop.term), 0, "771.12"));
    let unknown = UpdateOrder { party_id: Patch::Value(causeway_value::PartyId::new()), lines: Patch::Value(vec![forty(&shop)]), ..UpdateOrder::default() };
    assert_eq!(tenant.refused::<order::UpdateOrder>(draft.id, &unknown).await.errors[0].pointer.as_deref(), Some("/party_id"));

    let offered = tenant.post::<quote::CreateQuote>((), &CreateQuote { party_id: Some(other), ..quote_body(&shop, vec![forty(&shop)]) }).await;
    let dollars = UpdateQuote {
        party_id: Patch::Value(shop.party),
        currency: Patch::Value(of("USD")),
        lines: Patch::Value(vec![forty(&shop).into()]),
        ..UpdateQuote::default()
    };
    let dollars = tenant.post::<quote::UpdateQuote>(offered.id, &dollars).await;
    assert_eq!((dollars.party_id, dollars.currency, dollars.payment_term_id), (shop.party, of("USD"), Some(shop.term)));
    assert_ne!(dollars.untaxed_amount, offered.untaxed_amount);
    // What a quote fixed stays with its customer.
    tenant.act::<quote::SubmitQuote>(dollars.id).await;
    let ordered = deal::accept(&tenant, dollars.id).await.order;
    let back = UpdateOrder { party_id: Patch::Value(other), lines: Patch::Value(vec![forty(&shop)]), ..UpdateOrder::default() };
    assert_eq!(tenant.refused::<order::UpdateOrder>(ordered.id, &back).await.code, Code::StateConflict);
    verified(&tenant).await;
}
