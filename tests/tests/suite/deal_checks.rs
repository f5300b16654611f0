//! What stands in the way of a deal, and what finance would stumble over, by name (CRM-17).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::deal_check::{DealCheck, DealCheckName as Name, DealStep, OrderChecks, QuoteChecks, op as check};
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_openapi::invoice_check::CheckResult;
use causeway_openapi::order::{CreateOrder, op as order};
use causeway_openapi::party::{CreateParty, op as party};
use causeway_openapi::quote::{CreateQuote, op as quote};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty};
use causeway_tests::of;
use causeway_tests::person::manager;
use causeway_tests::shop::{self, line, party_body};
use causeway_tests::world::World;
use causeway_value::{OrderId, OrderStatus, QuoteId};
use serde_json::json;

async fn of_quote(caller: &Caller, id: QuoteId) -> QuoteChecks {
    caller.get::<check::CheckQuote>(id).await
}

async fn of_order(caller: &Caller, id: OrderId) -> OrderChecks {
    caller.get::<check::CheckOrder>(id).await
}

fn ended(checks: &[DealCheck], result: CheckResult) -> Vec<Name> {
    checks.iter().filter(|check| check.result == result).map(|check| check.name).collect()
}

/// A check fails exactly where the step is refused.
async fn agrees(caller: &Caller, path: &str, ready: bool) {
    let seen = caller.raw.post(&format!("{path}?dry_run=true"), &json!({})).await;
    assert_eq!(seen.status < 300, ready, "{path}: {}", seen.text());
}

#[tokio::test]
async fn an_order_is_looked_at_before_it_is_confirmed() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    // Abroad, in another currency, on credit that is used up, a supplier only, with nothing that finance needs.
    let stranger = CreateParty { roles: vec![causeway_value::PartyRole::Supplier], credit_limit: Some("1.00".into()), ..party_body("Boreas") };
    let stranger = tenant.post::<party::CreateParty>((), &stranger).await.id;
    let free = causeway_openapi::line::LineInput { unit_price: Some(of("0")), tax_ids: Some(Vec::new()), ..line(shop.chai, "1") };
    let body = CreateOrder { party_id: Some(stranger), currency: Some(of("USD")), ..deal::order_body(&shop, vec![free, forty(&shop)]) };
    tenant
        .raw
        .patch(&format!("/v1/companies/{}", shop.company), &json!({ "document_rules": { "order_confirm": { "fields": ["reference"] } } }))
        .await
        .success();
    tenant.raw.patch(&format!("/v1/parties/{stranger}"), &json!({ "currency": "EUR" })).await.success();
    tenant.raw.post("/v1/exchange-rates", &json!({ "currency": "USD", "base": "EUR", "date": "2020-01-01", "rate": "0.9" })).await.success();
    tenant.raw.post("/v1/credit-policies", &json!({ "company_id": shop.company, "action": "block" })).await.success();
    let draft = tenant.post::<order::CreateOrder>((), &body).await;
    let found = of_order(&tenant, draft.id).await;
    assert_eq!((found.step, found.ready), (DealStep::Confirm, false));
    assert_eq!(ended(&found.checks, CheckResult::Failed), [Name::Customer, Name::Complete, Name::Credit]);
    for name in [Name::Currency, Name::PaymentTerm] {
        assert!(ended(&found.checks, CheckResult::Warning).contains(&name), "{name:?}: {:?}", found.checks);
    }
    let complete = found.checks.iter().find(|check| check.name == Name::Complete).unwrap();
    let detail = complete.detail.as_deref().unwrap_or_default();
    assert!(detail.starts_with("`/reference` is required") && detail.matches("is required").count() == 1, "said once: {detail}");
    let codes: Vec<_> = found.checks.iter().filter_map(|check| check.code.as_deref()).collect();
    assert_eq!(codes, ["state_conflict", "validation_failed", "credit_limit_exceeded"]);
    let confirm = format!("/v1/orders/{}/confirm", draft.id);
    agrees(&tenant, &confirm, false).await;

    // One after the other is set right, and it is refused until nothing fails.
    tenant.raw.patch(&format!("/v1/parties/{stranger}"), &json!({ "roles": ["customer"], "credit_limit": null })).await.success();
    agrees(&tenant, &confirm, false).await;
    tenant.raw.patch(&format!("/v1/orders/{}", draft.id), &json!({ "reference": "PO 1", "payment_term_id": shop.term })).await.success();
    let held = tenant.post::<order::HoldOrder>(draft.id, &deal::manual_hold("ask first")).await;
    assert_eq!(ended(&of_order(&tenant, draft.id).await.checks, CheckResult::Failed), [Name::NotHeld]);
    agrees(&tenant, &confirm, false).await;
    tenant.raw.post(&format!("/v1/orders/{}/release", draft.id), &json!({ "reason": "asked", "hold_id": held.holds[0].id })).await.success();
    let found = of_order(&tenant, draft.id).await;
    assert!(found.ready && !ended(&found.checks, CheckResult::Warning).contains(&Name::PaymentTerm), "{found:?}");
    let lines = |name| found.checks.iter().find(|check| check.name == name).and_then(|check| check.detail.clone()).unwrap_or_default();
    assert!(lines(Name::LinePrices).contains("lines 1 "), "{found:?}");
    agrees(&tenant, &confirm, true).await;
    tenant.act::<order::ConfirmOrder>(draft.id).await;
    let found = of_order(&tenant, draft.id).await;
    assert_eq!((found.ready, ended(&found.checks, CheckResult::Failed), found.checks.len()), (false, vec![Name::State], 1));
}

#[tokio::test]
async fn an_order_of_nothing_is_not_confirmed() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let draft = tenant.post::<order::CreateOrder>((), &deal::order_body(&shop, vec![line(shop.chai, "0"), line(shop.setup, "0")])).await;
    assert_eq!(ended(&of_order(&tenant, draft.id).await.checks, CheckResult::Failed), [Name::Lines]);
    let problem = tenant.refused::<order::ConfirmOrder>(draft.id, &Default::default()).await;
    assert!(problem.code == Code::StateConflict && problem.detail.contains("none with a quantity"), "{problem:?}");
    // A line of nothing among others is a line that somebody left in.
    let some = tenant.post::<order::CreateOrder>((), &deal::order_body(&shop, vec![line(shop.chai, "0"), line(shop.setup, "1")])).await;
    assert_eq!(tenant.act::<order::ConfirmOrder>(some.id).await.status, OrderStatus::Confirmed);
}

#[tokio::test]
async fn a_quote_is_looked_at_before_it_is_submitted_and_accepted() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    tenant.raw.request("PUT", "/v1/clock").json(&json!({ "now": "2026-12-01T09:00:00Z" })).send().await.success();
    let shop = shop::open(&tenant, "").await;
    let deal = json!({ "company_id": shop.company, "party_id": shop.party, "title": "Chairs", "expected_value": "2000.00", "currency": "EUR" });
    let opportunity = tenant.raw.post("/v1/opportunities", &deal).await.success();
    let rules = json!({ "document_rules": { "quote_submit": { "fields": ["reference"] } }, "quote_rules": { "max_discount_percent": "5" } });
    tenant.raw.patch(&format!("/v1/companies/{}", shop.company), &rules).await.success();
    let body = CreateQuote {
        opportunity_id: Some(of(opportunity["id"].as_str().unwrap())),
        valid_until: Some(of("2026-12-10")),
        payment_term_id: Some(shop.term),
        ..deal::quote_body(&shop, vec![forty(&shop)])
    };
    let draft = tenant.post::<quote::CreateQuote>((), &body).await;
    let found = of_quote(&tenant, draft.id).await;
    assert_eq!((found.step, found.ready, ended(&found.checks, CheckResult::Failed)), (DealStep::Submit, false, vec![Name::Complete]));
    let warned = ended(&found.checks, CheckResult::Warning);
    // 648.00 are far from 2,000.00, and 10 % off need a second person.
    assert!([Name::OpportunityAmount, Name::Limits].iter().all(|name| warned.contains(name)) && !warned.contains(&Name::Dates), "{found:?}");
    tenant.raw.patch(&format!("/v1/quotes/{}", draft.id), &json!({ "reference": "RFQ 7" })).await.success();
    assert!(of_quote(&tenant, draft.id).await.ready);

    let waiting = tenant.act::<quote::SubmitQuote>(draft.id).await;
    let accept = format!("/v1/quotes/{}/accept", draft.id);
    let found = of_quote(&tenant, waiting.id).await;
    assert_eq!((found.step, ended(&found.checks, CheckResult::Failed)), (DealStep::Accept, vec![Name::State]));
    agrees(&tenant, &accept, false).await;
    let second = manager(&tenant).await;
    second.raw.post(&format!("/v1/quotes/{}/approve", draft.id), &json!({})).await.success();
    assert!(of_quote(&tenant, draft.id).await.ready);
    agrees(&tenant, &accept, true).await;
    // Its last day has passed.
    deal::advance(&tenant, "2026-12-11T09:00:00Z").await;
    let found = of_quote(&tenant, draft.id).await;
    assert!(!found.ready, "{found:?}");
    agrees(&tenant, &accept, false).await;
    // Looking at it writes nothing.
    assert_eq!(tenant.all::<order::ListOrders, _>(&ListQuery::default()).await.len(), 0);
}

#[tokio::test]
async fn who_may_not_see_costs_is_told_that_the_margin_is_too_small_but_not_what_it_is() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    tenant.raw.patch(&format!("/v1/companies/{}", shop.company), &json!({ "quote_rules": { "min_margin_percent": "90" } })).await.success();
    let offered = tenant.post::<quote::CreateQuote>((), &deal::quote_body(&shop, vec![forty(&shop)])).await;
    let body = CreateApiKey { name: "seller".to_owned(), scopes: vec!["quotes:read".to_owned()], ..CreateApiKey::default() };
    let seller = tenant.with_key(&tenant.post::<identity::CreateApiKey>((), &body).await.secret);
    let mut told = Vec::new();
    for caller in [&*tenant, &seller] {
        let margin = of_quote(caller, offered.id).await.checks.into_iter().find(|check| check.name == Name::Margin).expect("the check");
        assert_eq!(margin.result, CheckResult::Warning);
        told.push(margin.detail.expect("why"));
    }
    assert!(told[0].contains("30.86"), "{told:?}");
    assert_eq!(told[1], "The margin is below the limit of the company.");
}

/// The books take no rate as old as this: whoever is about to confirm hears it now, not when the invoice is posted.
#[tokio::test]
async fn a_rate_that_is_too_old_for_the_books_is_told_before_anything_is_invoiced() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    tenant.raw.patch(&format!("/v1/companies/{}", shop.company), &json!({ "max_rate_age_days": 30 })).await.success();
    let rate = |date: &str| json!({ "currency": "USD", "base": "EUR", "date": date, "rate": "0.9" });
    tenant.raw.post("/v1/exchange-rates", &rate("2026-08-01")).await.success();
    let body = CreateOrder { currency: Some(of("USD")), ..deal::order_body(&shop, vec![line(shop.chai, "1")]) };
    let draft = tenant.post::<order::CreateOrder>((), &body).await;
    let told = async || of_order(&tenant, draft.id).await.checks.into_iter().find(|check| check.name == Name::Rate).map(|check| (check.result, check.detail));
    let (result, detail) = told().await.expect("a check");
    assert!(result == CheckResult::Warning && detail.as_deref().is_some_and(|detail| detail.contains("2026-08-01")), "{result:?} {detail:?}");
    tenant.raw.post("/v1/exchange-rates", &rate("2026-11-30")).await.success();
    assert_eq!(told().await.map(|(result, _)| result), Some(CheckResult::Passed));
}

/// A customer's reference that another order has may be the same order, sent again (MDM-07).
#[tokio::test]
async fn an_order_that_seems_to_come_again_is_told() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let ordered = async |reference: &str| {
        let body = CreateOrder { reference: Some(reference.to_owned()), ..deal::order_body(&shop, vec![line(shop.chai, "1")]) };
        tenant.post::<order::CreateOrder>((), &body).await
    };
    let (first, second, other) = (ordered("PO 7").await, ordered("PO 7").await, ordered("PO 8").await);
    let told = async |id| of_order(&tenant, id).await.checks.into_iter().find(|check| check.name == Name::OnlyOnce).map(|check| (check.result, check.detail));
    let (result, detail) = told(second.id).await.expect("a check");
    assert!(result == CheckResult::Warning && detail.is_some_and(|detail| detail.contains(&first.number)));
    assert_eq!(told(other.id).await, Some((CheckResult::Passed, None)));
    tenant.raw.post(&format!("/v1/orders/{}/cancel", first.id), &json!({ "reason": "sent twice" })).await.success();
    assert_eq!(told(second.id).await, Some((CheckResult::Passed, None)));
}
