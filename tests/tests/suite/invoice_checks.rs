//! What is looked at before an invoice is posted, by name (BIL-04, BIL-05, BIL-07).

use causeway_contract::{Code, Nothing};
use causeway_openapi::invoice::{CreditInvoice, CreditLine, PostInvoice, op as invoice};
use causeway_openapi::invoice_check::{CheckResult, InvoiceCheckName as Name, InvoiceChecks, InvoiceChecksQuery, op as check};
use causeway_openapi::order::op as order;
use causeway_openapi::party::{CreateParty, op as party};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty};
use causeway_tests::of;
use causeway_tests::shop::{self, Shop, party_body};
use causeway_tests::world::World;
use causeway_value::InvoiceId;
use serde_json::json;

async fn checked(caller: &Caller, id: InvoiceId, date: Option<&str>) -> InvoiceChecks {
    let query = InvoiceChecksQuery { invoice_date: date.map(of) };
    let answer = caller.client.call::<check::CheckInvoice>(id, &query, &Nothing {}).await;
    answer.unwrap_or_else(|error| panic!("{error}"))
}

fn ended(checks: &InvoiceChecks, result: CheckResult) -> Vec<Name> {
    checks.checks.iter().filter(|check| check.result == result).map(|check| check.name).collect()
}

#[tokio::test]
async fn what_fails_is_refused_all_at_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    deal::ship(&tenant, &order, "40").await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    let found = checked(&tenant, draft.id, None).await;
    assert!(found.ready && ended(&found, CheckResult::Failed).is_empty() && ended(&found, CheckResult::Warning).is_empty(), "{found:?}");
    let passed = ended(&found, CheckResult::Passed);
    let expected = [
        Name::Draft,
        Name::Complete,
        Name::NotHeld,
        Name::AsBilled,
        Name::Rate,
        Name::Accounts,
        Name::NumberOrder,
        Name::PeriodOpen,
        Name::LineTaxes,
        Name::NotBeforeBillables,
        Name::DownPayments,
        Name::Terms,
        Name::PartyAddress,
        Name::PartyTaxId,
    ];
    assert_eq!(passed, expected);

    // It is held, a later one has a number, and the books are locked on the day.
    deal::posted(&tenant, &shop, "1.00").await;
    let year = tenant.raw.post("/v1/fiscal-years", &json!({ "company_id": shop.company, "year": 2026 })).await.success();
    let lock = format!("/v1/fiscal-years/{}/lock", year["id"].as_str().unwrap());
    tenant.raw.post(&lock, &json!({ "through": "2026-06-30", "reason": "half a year" })).await.success();
    let held = tenant.post::<order::HoldOrder>(order.id, &deal::manual_hold("disputed")).await;
    let found = checked(&tenant, draft.id, Some("2026-05-01")).await;
    assert!(!found.ready);
    assert_eq!(ended(&found, CheckResult::Failed), [Name::NotHeld, Name::NumberOrder, Name::PeriodOpen]);
    assert_eq!(found.checks.iter().filter_map(|check| check.code.as_deref()).collect::<Vec<_>>(), ["state_conflict", "number_order", "period_locked"]);
    let early = PostInvoice { invoice_date: Some(of("2026-05-01")), allow_duplicate: None };
    let problem = tenant.refused::<invoice::PostInvoice>(draft.id, &early).await;
    let named: Vec<&str> = problem.meta["checks"].as_array().unwrap().iter().filter_map(|check| check["name"].as_str()).collect();
    assert_eq!((problem.code, named), (Code::StateConflict, vec!["not_held", "number_order", "period_open"]));
    for part in ["3 checks fail", "disputed", "date of the last INV", "locked through 2026-06-30"] {
        assert!(problem.detail.contains(part), "{part}: {}", problem.detail);
    }
    // One alone answers as it always does.
    let one = tenant.refused::<invoice::PostInvoice>(draft.id, &PostInvoice::default()).await;
    assert!(one.code == Code::StateConflict && one.meta.contains_key("holds") && !one.detail.contains("checks fail"), "{one:?}");
    let hold = held.holds.first().unwrap().id;
    tenant.raw.post(&format!("/v1/orders/{}/release", order.id), &json!({ "reason": "settled", "hold_id": hold })).await.success();
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    let found = checked(&tenant, posted.id, None).await;
    assert_eq!((found.ready, ended(&found, CheckResult::Failed)), (false, vec![Name::Draft]));
}

#[tokio::test]
async fn what_is_unusual_is_a_warning() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let nowhere = CreateParty { addresses: Vec::new(), ..party_body("Nowhere") };
    let nowhere = Shop { party: tenant.post::<party::CreateParty>((), &nowhere).await.id, ..shop.clone() };
    let draft = deal::free_invoice(&tenant, &nowhere, "10.00").await;
    let found = checked(&tenant, draft.id, None).await;
    assert!(found.ready);
    assert_eq!(ended(&found, CheckResult::Warning), [Name::LineTaxes, Name::PartyAddress, Name::PartyTaxId]);
    deal::post_invoice(&tenant, draft.id, None).await;

    // Another term than the order's; a credit note that another one has overtaken.
    let term = tenant.post::<causeway_openapi::term::op::CreatePaymentTerm>((), &shop::term_body("NET60", vec![shop::percent_after("100", 60)])).await.id;
    let order = deal::order_body(&shop, vec![shop::line(shop.setup, "1")]);
    let order = causeway_openapi::order::CreateOrder { payment_term_id: Some(shop.term), ..order };
    let order = tenant.post::<order::CreateOrder>((), &order).await;
    tenant.act::<order::ConfirmOrder>(order.id).await;
    let later = causeway_openapi::invoice::CreateInvoice { order_id: Some(order.id), payment_term_id: Some(term), ..Default::default() };
    let later = tenant.post::<invoice::CreateInvoice>((), &later).await;
    assert_eq!(ended(&checked(&tenant, later.id, None).await, CheckResult::Warning), [Name::Terms]);
    let posted = deal::post_invoice(&tenant, later.id, None).await;
    let note = async || tenant.post::<invoice::CreditInvoice>(posted.id, &Default::default()).await;
    let (first, second) = (note().await, note().await);
    deal::post_invoice(&tenant, first.id, None).await;
    assert_eq!(ended(&checked(&tenant, second.id, None).await, CheckResult::Failed), [Name::Remaining]);
}

/// Each line of a note remains, and all of them together are more than what the invoice has left: checks say it before posting does.
#[tokio::test]
async fn a_note_beyond_its_whole_invoice_is_foreseen() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let mut body = deal::free_invoice_body(&shop, "10.00");
    body.lines[0].quantity = of("10");
    body.lines.push(deal::free_line("-20.00", &[]));
    let draft = tenant.post::<invoice::CreateInvoice>((), &body).await;
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!(posted.total_amount.0, "80.00");
    let half = CreditInvoice { lines: vec![CreditLine { invoice_line_id: posted.lines[0].id, quantity: of("5") }], ..CreditInvoice::default() };
    let (first, second) = (tenant.post::<invoice::CreditInvoice>(posted.id, &half).await, tenant.post::<invoice::CreditInvoice>(posted.id, &half).await);
    deal::post_invoice(&tenant, first.id, None).await;
    assert_eq!(ended(&checked(&tenant, second.id, None).await, CheckResult::Failed), [Name::Remaining]);
    let refused = tenant.refused::<invoice::PostInvoice>(second.id, &PostInvoice::default()).await;
    assert!(refused.code == Code::StateConflict && refused.detail.contains("more than what remains of the invoice"), "{refused:?}");
}
