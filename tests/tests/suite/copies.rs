//! A duplicate keeps who wrote its prices, and its checks name what is otherwise today (SEC-02, QTE-03, QTE-10).

use causeway_contract::Code;
use causeway_openapi::deal_check::{DealCheckName as Name, op as check};
use causeway_openapi::invoice_check::CheckResult;
use causeway_openapi::line::LineInput;
use causeway_openapi::quote::{ApproveQuote, DuplicateQuote, op as quote};
use causeway_tests::caller::Caller;
use causeway_tests::deal::quote_body;
use causeway_tests::of;
use causeway_tests::person::Person;
use causeway_tests::shop::{self, line};
use causeway_tests::world::World;
use causeway_value::{QuoteId, QuoteStatus};
use serde_json::json;

async fn copy(caller: &Caller, id: QuoteId) -> QuoteId {
    caller.post::<quote::DuplicateQuote>(id, &DuplicateQuote::default()).await.id
}

#[tokio::test]
async fn who_wrote_the_prices_does_not_approve_a_copy_of_them() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let rules = json!({ "quote_rules": { "max_discount_percent": "10" } });
    tenant.raw.request("PATCH", &format!("/v1/companies/{}", shop.company)).json(&rules).send().await.success();
    let mia = Person::hire_as(&tenant, "sales_manager").await.session().await;
    let rob = Person::hire_as(&tenant, "sales_rep").await.session().await;
    let eve = Person::hire_as(&tenant, "sales_manager").await.session().await;
    let dear = LineInput { discount_percent: Some(of("30")), ..line(shop.chai, "10") };
    let made = mia.post::<quote::CreateQuote>((), &quote_body(&shop, vec![dear])).await;
    // A copy of a copy, and a revision of that, are of the same hand.
    let copied = copy(&rob, copy(&rob, made.id).await).await;
    let revised = rob.act::<quote::ReviseQuote>(copied).await;
    assert_eq!(rob.act::<quote::SubmitQuote>(revised.id).await.status, QuoteStatus::InApproval);
    let refused = mia.refused::<quote::ApproveQuote>(revised.id, &ApproveQuote::default()).await;
    assert_eq!((refused.status, refused.code), (403, Code::SegregationOfDuties));
    assert_eq!(eve.post::<quote::ApproveQuote>(revised.id, &ApproveQuote::default()).await.status, QuoteStatus::Approved);
}

#[tokio::test]
async fn a_copy_names_what_is_not_sold_and_taxed_otherwise_today() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let made = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![line(shop.chai, "10"), line(shop.setup, "1")])).await;
    let warned = async |id: QuoteId, name: Name| {
        let checks = tenant.get::<check::CheckQuote>(id).await.checks;
        let found = checks.into_iter().find(|check| check.name == name).expect("a check");
        assert_eq!(found.result == CheckResult::Warning, found.detail.is_some());
        found.detail.unwrap_or_default()
    };
    let same = copy(&tenant, made.id).await;
    assert_eq!((warned(same, Name::LineTaxes).await, warned(same, Name::LineProducts).await), (String::new(), String::new()));
    let reduced = shop::percent_tax(shop.company, "VAT7", "7");
    let reduced = tenant.post::<causeway_openapi::tax::op::CreateTax>((), &reduced).await.id;
    tenant.raw.request("PATCH", &format!("/v1/products/{}", shop.chai)).json(&json!({ "tax_ids": [reduced] })).send().await.success();
    tenant.raw.request("PATCH", &format!("/v1/products/{}", shop.setup)).json(&json!({ "active": false })).send().await.success();
    let copied = copy(&tenant, made.id).await;
    let taxes = warned(copied, Name::LineTaxes).await;
    assert!(taxes.starts_with("The lines 1 have other taxes than products and tax rules determine for this customer today"), "{taxes}");
    let gone = warned(copied, Name::LineProducts).await;
    assert!(gone.starts_with("The lines 2 have products that are not sold any more"), "{gone}");
}

/// Prices and costs change while a day lasts: what is copied is held against those of now, as what is typed is (QTE-08, QTE-14, QTE-18).
#[tokio::test]
async fn a_copy_of_the_same_day_is_held_against_the_prices_and_costs_of_now() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let product = format!("/v1/products/{}", shop.chai);
    tenant.raw.patch(&product, &json!({ "list_price": "100.00", "cost": "50.00" })).await.success();
    let rules = json!({ "quote_rules": { "max_price_override_percent": "5", "min_margin_percent": "20" } });
    tenant.raw.patch(&format!("/v1/companies/{}", shop.company), &rules).await.success();
    let made = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![line(shop.chai, "10")])).await;
    let submitted = async |id: QuoteId| {
        let quote = tenant.act::<quote::SubmitQuote>(id).await;
        let broken: Vec<String> = quote.approval_reasons.into_iter().map(|reason| reason.rule).collect();
        (quote.status, broken)
    };
    assert_eq!(submitted(copy(&tenant, made.id).await).await, (QuoteStatus::Approved, vec![]));
    tenant.raw.patch(&product, &json!({ "list_price": "110.00", "cost": "90.00" })).await.success();
    let both = || vec!["max_price_override_percent".to_owned(), "min_margin_percent".to_owned()];
    let copied = copy(&tenant, made.id).await;
    let told = tenant.get::<check::CheckQuote>(copied).await.checks;
    let told: Vec<_> = told.into_iter().filter(|check| check.result == CheckResult::Warning).filter_map(|check| check.detail).collect();
    assert!(told.iter().any(|detail| detail.contains("9.090909 %")) && told.iter().any(|detail| detail.contains("10 % remain")), "{told:?}");
    assert_eq!(submitted(copied).await, (QuoteStatus::InApproval, both()));
    let revised = tenant.act::<quote::ReviseQuote>(made.id).await;
    assert_eq!(submitted(revised.id).await, (QuoteStatus::InApproval, both()));
}
