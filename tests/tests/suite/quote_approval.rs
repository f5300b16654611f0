//! What a quote may grant without a second person (QTE-07 to QTE-10, QTE-13).

use causeway_contract::{Code, Patch};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::op as order;
use causeway_openapi::quote::{AcceptQuote, ApproveQuote, CreateQuote, DuplicateQuote, Quote, RejectQuote, UpdateQuote, op as quote};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{accept, advance, forty, order_body, quote_body};
use causeway_tests::person::manager;
use causeway_tests::shop::{self, Shop, line};
use causeway_tests::world::World;
use causeway_tests::{day, of};
use causeway_value::{QuoteRules, QuoteStatus};

async fn strict(tenant: &Caller, shop: &Shop) {
    let rules = QuoteRules {
        max_discount_percent: Some(of("10")),
        max_price_override_percent: Some(of("5")),
        min_margin_percent: Some(of("20")),
        payment_term_ids: Vec::new(),
        validity_days: Some(30),
        min_lead_days: None,
        tax_override: None,
    };
    let change = UpdateCompany { quote_rules: Patch::Value(rules.clone()), ..UpdateCompany::default() };
    assert_eq!(tenant.post::<company::UpdateCompany>(shop.company, &change).await.quote_rules, rules);
}

async fn submitted(tenant: &Caller, shop: &Shop, lines: Vec<LineInput>, discount: &str) -> Quote {
    let body = CreateQuote { discount_percent: Some(of(discount)), ..quote_body(shop, lines) };
    let draft = tenant.post::<quote::CreateQuote>((), &body).await;
    tenant.act::<quote::SubmitQuote>(draft.id).await
}

#[tokio::test]
async fn what_breaks_a_rule_waits_for_somebody_else() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    strict(&tenant, &shop).await;
    let quote = submitted(&tenant, &shop, vec![forty(&shop)], "10").await;
    let reasons: Vec<_> = quote.approval_reasons.iter().map(|reason| (reason.rule.as_str(), reason.line, reason.value.as_str())).collect();
    assert_eq!((quote.status, reasons), (QuoteStatus::InApproval, vec![("max_discount_percent", Some(1), "19")]));
    assert_eq!(tenant.refused::<quote::AcceptQuote>(quote.id, &AcceptQuote::default()).await.code, Code::StateConflict);
    assert_eq!(tenant.refused::<quote::SendQuote>(quote.id, &causeway_contract::Nothing {}).await.code, Code::StateConflict);
    let own = tenant.refused::<quote::ApproveQuote>(quote.id, &ApproveQuote::default()).await;
    assert_eq!((own.status, own.code), (403, Code::SegregationOfDuties));

    // Another key of the same person is no other person (threat 11).
    let key = CreateApiKey { name: "twin".to_owned(), scopes: vec!["quotes:*".to_owned()], ..CreateApiKey::default() };
    let twin = tenant.with_key(&tenant.post::<identity::CreateApiKey>((), &key).await.secret);
    assert_eq!(twin.refused::<quote::ApproveQuote>(quote.id, &ApproveQuote::default()).await.code, Code::SegregationOfDuties);

    let boss = manager(&tenant).await;
    let approved = boss.post::<quote::ApproveQuote>(quote.id, &ApproveQuote { comment: Some("once".to_owned()) }).await;
    assert_eq!((approved.status, approved.approval_comment.as_deref()), (QuoteStatus::Approved, Some("once")));
    assert_eq!(boss.refused::<quote::ApproveQuote>(quote.id, &ApproveQuote::default()).await.code, Code::StateConflict);
    assert_eq!(accept(&tenant, quote.id).await.order.untaxed_amount, quote.untaxed_amount);
}

#[tokio::test]
async fn a_rejected_quote_is_changed_and_submitted_again() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    strict(&tenant, &shop).await;
    let dear = LineInput { unit_price: Some(of("14.00")), ..line(shop.chai, "10") };
    let quote = submitted(&tenant, &shop, vec![dear], "0").await;
    let rules: Vec<_> = quote.approval_reasons.iter().map(|reason| reason.rule.as_str()).collect();
    // 14.00 instead of 18.00 is 22.2 % below, and 20 % of it remain, which is not too little.
    assert_eq!((quote.status, rules), (QuoteStatus::InApproval, vec!["max_price_override_percent"]));
    let boss = manager(&tenant).await;
    let rejected = boss.post::<quote::RejectQuote>(quote.id, &RejectQuote { reason: "too low".to_owned() }).await;
    assert_eq!((rejected.status, rejected.approval_comment.as_deref()), (QuoteStatus::Draft, Some("too low")));
    let change = UpdateQuote { lines: Patch::Value(vec![line(shop.chai, "10").into()]), ..UpdateQuote::default() };
    tenant.post::<quote::UpdateQuote>(quote.id, &change).await;
    let again = tenant.act::<quote::SubmitQuote>(quote.id).await;
    assert_eq!((again.status, again.approval_reasons.len(), again.approval_comment), (QuoteStatus::Approved, 0, None));
}

#[tokio::test]
async fn within_the_rules_a_quote_is_approved_at_once_and_ends_when_the_company_says() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    strict(&tenant, &shop).await;
    let quote = submitted(&tenant, &shop, vec![forty(&shop)], "0").await;
    assert_eq!((quote.status, quote.approval_reasons.len()), (QuoteStatus::Approved, 0));
    assert_eq!(quote.valid_until, Some(quote.quote_date.plus_days(30)));
    let body = CreateQuote { valid_until: Some(day("2027-06-30")), ..quote_body(&shop, vec![forty(&shop)]) };
    assert_eq!(tenant.post::<quote::CreateQuote>((), &body).await.valid_until, Some(day("2027-06-30")));
}

/// Prices that are kept bind the seller as long as the offer lasts, and are no way around the limits of a new one (QTE-06, QTE-14).
#[tokio::test]
async fn old_prices_are_held_against_those_of_today() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    strict(&tenant, &shop).await;
    let old = submitted(&tenant, &shop, vec![line(shop.chai, "10")], "0").await;
    assert_eq!(old.status, QuoteStatus::Approved);
    advance(&tenant, "2026-12-20T09:00:00Z").await;
    // Nothing is dearer yet.
    let same = tenant.post::<quote::DuplicateQuote>(old.id, &DuplicateQuote::default()).await;
    assert_eq!(tenant.act::<quote::SubmitQuote>(same.id).await.status, QuoteStatus::Approved);
    let dearer = serde_json::json!({ "list_price": "36.00", "cost": "30.00" });
    tenant.raw.request("PATCH", &format!("/v1/products/{}", shop.chai)).json(&dearer).send().await.success();
    let copy = tenant.post::<quote::DuplicateQuote>(old.id, &DuplicateQuote::default()).await;
    let checks = tenant.get::<causeway_openapi::deal_check::op::CheckQuote>(copy.id).await;
    let told = |checks: &causeway_openapi::deal_check::QuoteChecks| {
        checks.checks.iter().any(|check| check.detail.as_deref().is_some_and(|detail| detail.contains("of 2026-12-02 is 50 % below 36.00 of the lists today")))
    };
    assert!(told(&checks), "{checks:?}");
    let revision = tenant.act::<quote::ReviseQuote>(old.id).await;
    for draft in [copy, revision] {
        assert_eq!(draft.untaxed_amount.0, "180.00", "the price is kept");
        let waiting = tenant.act::<quote::SubmitQuote>(draft.id).await;
        let reasons: Vec<_> = waiting.approval_reasons.iter().map(|reason| (reason.rule.as_str(), reason.line)).collect();
        assert_eq!((waiting.status, reasons), (QuoteStatus::InApproval, vec![("max_price_override_percent", Some(1)), ("min_margin_percent", None)]));
    }
    // Priced anew it is as any other, and one whose product is not sold any more has no price of today.
    let lines = Patch::Value(vec![line(shop.chai, "10").into()]);
    let fresh = tenant.post::<quote::DuplicateQuote>(same.id, &DuplicateQuote::default()).await;
    let fresh = tenant.post::<quote::UpdateQuote>(fresh.id, &UpdateQuote { lines, ..UpdateQuote::default() }).await;
    assert_eq!(
        (fresh.untaxed_amount.0.as_str(), tenant.act::<quote::SubmitQuote>(fresh.id).await.approval_reasons.len()),
        ("360.00", 1),
        "the margin is too small"
    );
    tenant.raw.request("PATCH", &format!("/v1/products/{}", shop.chai)).json(&serde_json::json!({ "active": false })).send().await.success();
    let gone = tenant.post::<quote::DuplicateQuote>(same.id, &DuplicateQuote::default()).await;
    let gone = tenant.act::<quote::SubmitQuote>(gone.id).await;
    assert!(gone.approval_reasons.iter().any(|reason| reason.value == "unknown" && reason.because.contains("not sold any more")), "{gone:?}");
}

/// QTE-07, QTE-08: a discount that is given as an amount is kept as the share that it is, and held against the same limit.
#[tokio::test]
async fn an_amount_off_a_line_is_judged_as_its_share() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    strict(&tenant, &shop).await;
    let off = |amount: &str| LineInput { discount_amount: Some(amount.into()), ..line(shop.chai, "40") };
    for (amount, percent, net, status) in [
        ("72.00", "10", "648.00", QuoteStatus::Approved),
        ("72.01", "10.001389", "647.99", QuoteStatus::InApproval),
        ("0.00", "0", "720.00", QuoteStatus::Approved),
    ] {
        let quote = submitted(&tenant, &shop, vec![off(amount)], "0").await;
        let line = &quote.lines[0];
        assert_eq!((line.discount_percent.to_string().as_str(), line.net_amount.0.as_str(), quote.status), (percent, net, status), "{amount}");
    }
    let pointers = async |line: LineInput| {
        let problem = tenant.refused::<quote::CreateQuote>((), &quote_body(&shop, vec![line])).await;
        problem.errors.into_iter().filter_map(|error| error.pointer).collect::<Vec<_>>()
    };
    for wrong in [off("720.01"), off("-1.00"), off("1.001"), LineInput { discount_percent: Some(of("10")), ..off("72.00") }] {
        assert_eq!(pointers(wrong.clone()).await, ["/lines/0/discount_amount"], "{wrong:?}");
    }
    let order = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![off("20.00")])).await;
    assert_eq!((order.lines[0].net_amount.0.as_str(), order.lines[0].discount_percent.to_string().as_str()), ("700.00", "2.777778"));
}
