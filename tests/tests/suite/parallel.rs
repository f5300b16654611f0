//! Many at once: one order per quote, no receipt spent twice, no gap in numbers.

use causeway_contract::{Code, ListQuery};
use causeway_openapi::client::Options;
use causeway_openapi::crm::op as crm;
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::order::op as order;
use causeway_openapi::payment::{AllocatePayment, op as payment};
use causeway_openapi::quote::{AcceptQuote, op as quote};
use causeway_tests::deal::{self, allocation, approved, forty};
use causeway_tests::log::events;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::{AllocationState, PaymentState};
use serde_json::json;
use std::collections::BTreeSet;
use tokio::task::JoinSet;

#[tokio::test]
async fn thirty_two_acceptances_make_one_order() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let quote = approved(&tenant, &shop, None, vec![forty(&shop)]).await;
    let mut callers = JoinSet::new();
    for _ in 0..32 {
        let (caller, id) = (tenant.owner.clone(), quote.id);
        callers.spawn(async move { caller.send::<quote::AcceptQuote>(id, &AcceptQuote::default(), Options::default()).await });
    }
    let answers = callers.join_all().await;
    assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1);
    assert_eq!(answers.iter().map(|answer| answer.body.order.id).collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(tenant.all::<order::ListOrders, _>(&ListQuery::by("quote_id", quote.id)).await.len(), 1);
    let log = events(&tenant).await;
    assert_eq!(log.iter().filter(|event| event.kind == "quote.accepted").count(), 1);
}

#[tokio::test]
async fn a_receipt_is_spent_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let mut invoices = Vec::new();
    for _ in 0..32 {
        invoices.push(deal::posted(&tenant, &shop, "10.00").await.id);
    }
    let receipt = deal::pay(&tenant, &shop, "100.00", &[]).await;
    let mut callers = JoinSet::new();
    for id in invoices.clone() {
        let (caller, receipt) = (tenant.owner.clone(), receipt.id);
        callers
            .spawn(async move { caller.refusal::<payment::AllocatePayment>(receipt, &AllocatePayment { allocations: vec![allocation(id, "10.00")] }).await });
    }
    let outcomes = callers.join_all().await;
    let refused: Vec<_> = outcomes.iter().flatten().collect();
    assert!(refused.iter().all(|problem| problem.code == Code::AmountExceedsOpen), "{refused:?}");
    assert_eq!(outcomes.len() - refused.len(), 10);
    let now = tenant.get::<payment::GetPayment>(receipt.id).await;
    assert_eq!((now.unallocated_amount.0.as_str(), now.allocation_state, now.allocations.len()), ("0.00", AllocationState::Allocated, 10));
    let paid = tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("payment_state", "paid")).await;
    assert_eq!(paid.len(), 10);
    assert!(paid.iter().all(|invoice| invoice.payment_state == Some(PaymentState::Paid)));
}

#[tokio::test]
async fn an_invoice_is_settled_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let invoice = deal::posted(&tenant, &shop, "100.00").await;
    let mut callers = JoinSet::new();
    for _ in 0..16 {
        let (caller, body) = (tenant.owner.clone(), deal::payment_body(&shop, "30.00", &[(invoice.id, "30.00")]));
        callers.spawn(async move { caller.refusal::<payment::CreatePayment>((), &body).await });
    }
    let outcomes = callers.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_none()).count(), 3, "{outcomes:?}");
    assert_eq!(tenant.get::<invoice::GetInvoice>(invoice.id).await.open_amount.0, "10.00");
    // Refused payments took no number.
    let mut numbers: Vec<String> =
        tenant.all::<payment::ListPayments, _>(&ListQuery::default()).await.into_iter().filter_map(|payment| payment.number).collect();
    numbers.sort();
    assert_eq!(numbers, ["PAY/2026/00001", "PAY/2026/00002", "PAY/2026/00003"]);
}

#[tokio::test]
async fn sixteen_posting_at_once_leave_no_gap() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let mut callers = JoinSet::new();
    for _ in 0..16 {
        let (caller, shop) = (tenant.owner.clone(), shop.clone());
        callers.spawn(async move {
            let mut numbers = Vec::new();
            for _ in 0..5 {
                numbers.push(deal::posted(&caller, &shop, "10.00").await.number.expect("a number"));
            }
            numbers
        });
    }
    let mut numbers: Vec<String> = callers.join_all().await.into_iter().flatten().collect();
    numbers.sort();
    let expected: Vec<String> = (1..=80).map(|number| format!("INV/2026/{number:05}")).collect();
    assert_eq!(numbers, expected);
    let entries =
        tenant.all::<causeway_openapi::ledger::op::ListJournalEntries, _>(&ListQuery { sort: Some("number".to_owned()), ..ListQuery::default() }).await;
    assert!(entries.windows(2).all(|pair| pair[1].previous_hash.as_ref() == Some(&pair[0].hash)), "the chain is broken");
    assert!(tenant.get::<causeway_openapi::ledger::op::VerifyLedger>(()).await.ok);
    events(&tenant).await;
}

#[tokio::test]
async fn a_key_sent_many_times_at_once_acts_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let body = json!({ "company_id": shop.company, "title": "40 chairs" });
    let mut callers = JoinSet::new();
    for _ in 0..16 {
        let request = tenant.raw.request("POST", "/v1/leads").idempotent("once").json(&body);
        callers.spawn(request.send());
    }
    let answers = callers.join_all().await;
    assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.header("idempotent-replayed").is_none()).count(), 1);
    assert_eq!(answers.iter().map(|answer| answer.bytes.clone()).collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(tenant.all::<crm::ListLeads, _>(&ListQuery::default()).await.len(), 1);
}
