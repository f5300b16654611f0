//! Many at once: one order per quote, no receipt spent twice, no gap in numbers.

use causeway_contract::{Code, ListQuery};
use causeway_openapi::client::Options;
use causeway_openapi::crm::op as crm;
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::order::op as order;
use causeway_openapi::party::{CreateParty, op as party};
use causeway_openapi::payment::{AllocatePayment, op as payment};
use causeway_openapi::quote::{AcceptQuote, op as quote};
use causeway_tests::deal::{self, allocation, approved, forty};
use causeway_tests::log::events;
use causeway_tests::of;
use causeway_tests::raw::{Request, Seen};
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::{AllocationState, PaymentState};
use serde_json::json;
use std::cell::Cell;
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
        callers.spawn(async move {
            caller
                .refusal::<payment::AllocatePayment>(receipt, &AllocatePayment { allocations: vec![allocation(id, "10.00")], ..AllocatePayment::default() })
                .await
        });
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

/// The answers to the same request, sent by many at once.
pub async fn at_once(count: usize, request: impl Fn() -> Request) -> Vec<Seen> {
    let mut callers = JoinSet::new();
    for _ in 0..count {
        callers.spawn(request().send());
    }
    callers.join_all().await
}

/// How many succeeded; all others must have been refused with one of these codes.
fn successes(answers: &[Seen], codes: &[Code]) -> usize {
    let refused: Vec<_> = answers.iter().filter(|answer| !answer.ok()).collect();
    assert!(refused.iter().all(|answer| codes.contains(&answer.problem().code)), "{refused:?}");
    answers.len() - refused.len()
}

#[tokio::test]
async fn what_is_unique_is_made_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let owner = json!({ "name": "Dana", "email": "dana@once.test" });
    let reference = json!([{ "system": "crm", "id": "0015" }]);
    let product = json!({
        "code": "ONCE", "name": "Once", "kind": "goods", "unit": "piece", "list_price": "1.00", "currency": "EUR", "billing_policy": "on_delivery"
    });
    for (caller, path, body, code) in [
        (&world.platform, "/admin/v1/tenants", json!({ "name": "Once", "slug": "once", "mode": "live", "owner": owner }), Code::AlreadyExists),
        (&tenant.owner, "/v1/products", product, Code::AlreadyExists),
        (&tenant.owner, "/v1/units", json!({ "code": "dozen", "category": "count", "factor": "12" }), Code::AlreadyExists),
        (&tenant.owner, "/v1/users", json!({ "name": "Eve", "email": "eve@acme.test" }), Code::AlreadyExists),
        (&tenant.owner, "/v1/roles", json!({ "name": "clerk" }), Code::AlreadyExists),
        (&tenant.owner, "/v1/accounts", json!({ "company_id": shop.company, "code": "4999", "name": "More", "kind": "income" }), Code::AlreadyExists),
        (&tenant.owner, "/v1/exchange-rates", json!({ "currency": "USD", "base": "EUR", "date": "2026-12-01", "rate": "0.9" }), Code::AlreadyExists),
    ] {
        let answers = at_once(8, || caller.raw.request("POST", path).json(&body)).await;
        assert_eq!(successes(&answers, &[code]), 1, "{path}");
    }
    // Under an external reference all of them get what the first one made.
    let lead = json!({ "company_id": shop.company, "title": "Once", "external_refs": reference });
    let answers = at_once(8, || tenant.raw.request("POST", "/v1/leads").json(&lead)).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    let ids: BTreeSet<String> = answers.into_iter().map(|answer| answer.success()["id"].to_string()).collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn a_version_is_changed_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let path = format!("/v1/parties/{}", shop.party);
    let answers = at_once(16, || tenant.raw.request("PATCH", &path).header("if-match", "\"v1\"").json(&json!({ "name": "Borealis SA" }))).await;
    assert_eq!(successes(&answers, &[Code::VersionConflict]), 1);
    // Without a tag all of them happen, one after the other.
    let names = Cell::new(0);
    let named = || {
        names.set(names.get() + 1);
        tenant.raw.request("PATCH", &path).json(&json!({ "name": format!("Borealis {}", names.get()) }))
    };
    let answers = at_once(16, named).await;
    assert_eq!(successes(&answers, &[]), 16);
    assert_eq!(tenant.raw.get(&path).await.success()["version"], 18);
}

#[tokio::test]
async fn goods_are_shipped_and_billed_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let draft = tenant.post::<order::CreateOrder>((), &deal::order_body(&shop, vec![forty(&shop)])).await;
    let confirm = format!("/v1/orders/{}/confirm", draft.id);
    assert_eq!(successes(&at_once(8, || tenant.raw.request("POST", &confirm)).await, &[Code::StateConflict]), 1);
    let order = tenant.get::<order::GetOrder>(draft.id).await;

    let line = order.lines.first().unwrap().id;
    let all = json!({ "order_id": order.id, "lines": [{ "order_line_id": line, "quantity": "30" }] });
    let mut paths = Vec::new();
    for made in at_once(4, || tenant.raw.request("POST", "/v1/deliveries").json(&all)).await {
        if made.ok() {
            paths.push(format!("/v1/deliveries/{}/ship", made.json()["id"].as_str().unwrap()));
        }
    }
    let mut shipping = JoinSet::new();
    for path in paths.iter().chain(&paths) {
        shipping.spawn(tenant.raw.request("POST", path).send());
    }
    let shipped = shipping.join_all().await;
    assert!(successes(&shipped, &[Code::StateConflict, Code::AmountExceedsOpen, Code::ValidationFailed]) >= 1);
    let delivered = tenant.get::<order::GetOrder>(order.id).await.lines.first().unwrap().delivered_quantity;
    assert!(delivered >= of("30") && delivered <= of("40"), "{delivered} were delivered");

    let bill = json!({ "order_id": order.id });
    let answers = at_once(16, || tenant.raw.request("POST", "/v1/invoices").json(&bill)).await;
    assert_eq!(successes(&answers, &[Code::StateConflict, Code::ValidationFailed, Code::NotFound]), 1);
    let made = answers.iter().find(|answer| answer.ok()).unwrap().json();
    let post = format!("/v1/invoices/{}/post", made["id"].as_str().unwrap());
    assert_eq!(successes(&at_once(8, || tenant.raw.request("POST", &post)).await, &[Code::DocumentPosted, Code::StateConflict]), 1);
    let invoices = tenant.all::<invoice::ListInvoices, _>(&ListQuery::default()).await;
    assert_eq!((invoices.len(), invoices.first().and_then(|invoice| invoice.number.as_deref())), (1, Some("INV/2026/00001")));
    assert!(tenant.get::<causeway_openapi::ledger::op::VerifyLedger>(()).await.ok);
}

#[tokio::test]
async fn an_invoice_is_credited_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let invoice = deal::posted(&tenant, &shop, "100.00").await;
    let credit = format!("/v1/invoices/{}/credit", invoice.id);
    let mut posting = JoinSet::new();
    for draft in at_once(8, || tenant.raw.request("POST", &credit).json(&json!({ "amount": "40.00" }))).await {
        if draft.ok() {
            posting.spawn(tenant.raw.request("POST", &format!("/v1/invoices/{}/post", draft.json()["id"].as_str().unwrap())).send());
        }
    }
    let posted = posting.join_all().await;
    assert!(posted.iter().all(|answer| answer.ok() || [409, 422].contains(&answer.problem().status)), "{posted:?}");
    assert_eq!(posted.iter().filter(|answer| answer.ok()).count(), 2);
    assert_eq!(tenant.get::<invoice::GetInvoice>(invoice.id).await.open_amount.0, "20.00");
    assert!(tenant.get::<causeway_openapi::ledger::op::VerifyLedger>(()).await.ok);
}

/// Documents that lock each other's rows in every order end without a deadlock that anyone sees.
#[tokio::test]
async fn payments_across_invoices_do_not_lock_each_other_out() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (one, two) = (deal::posted(&tenant, &shop, "100.00").await.id, deal::posted(&tenant, &shop, "100.00").await.id);
    let mut callers = JoinSet::new();
    for number in 0..20 {
        let (first, second) = if number % 2 == 0 { (one, two) } else { (two, one) };
        let (caller, body) = (tenant.owner.clone(), deal::payment_body(&shop, "10.00", &[(first, "5.00"), (second, "5.00")]));
        callers.spawn(async move { caller.refusal::<payment::CreatePayment>((), &body).await });
    }
    let outcomes = callers.join_all().await;
    assert!(outcomes.iter().all(Option::is_none), "{outcomes:?}");
    for id in [one, two] {
        assert_eq!(tenant.get::<invoice::GetInvoice>(id).await.open_amount.0, "0.00");
    }
    assert!(tenant.get::<causeway_openapi::ledger::op::VerifyLedger>(()).await.ok);
}

/// A limit that has room for three orders lets exactly three of sixteen confirm, whoever comes first (PAY-09).
#[tokio::test]
async fn a_credit_limit_is_used_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let limited = CreateParty { credit_limit: Some("2400.00".into()), ..shop::party_body("Boreas") };
    let shop = shop::Shop { party: tenant.post::<party::CreateParty>((), &limited).await.id, ..shop };
    let policy = json!({ "company_id": shop.company, "action": "block" });
    tenant.raw.post("/v1/credit-policies", &policy).await.success();
    let mut confirming = JoinSet::new();
    for _ in 0..16 {
        let draft = tenant.post::<order::CreateOrder>((), &deal::order_body(&shop, vec![forty(&shop)])).await;
        confirming.spawn(tenant.raw.request("POST", &format!("/v1/orders/{}/confirm", draft.id)).send());
    }
    assert_eq!(successes(&confirming.join_all().await, &[Code::CreditLimitExceeded]), 3);
    assert_eq!(tenant.all::<order::ListOrders, _>(&ListQuery::by("status", "confirmed").and("party_id", shop.party)).await.len(), 3);
    let credit = tenant.raw.get(&format!("/v1/parties/{}/credit?company_id={}", shop.party, shop.company)).await.success();
    assert_eq!((credit["exposure"].as_str(), credit["available"].as_str()), (Some("2313.36"), Some("86.64")));
}

/// Refunds at once of what was paid too much: never more than was paid.
#[tokio::test]
async fn what_was_paid_is_paid_back_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let paid = deal::pay(&tenant, &shop, "100.00", &[]).await;
    let note = deal::unused_credit(&tenant, &shop, "100.00").await;
    for (name, id) in [("payment_id", paid.id.to_string()), ("credit_note_id", note.id.to_string())] {
        let refund = json!({ name: id, "amount": "60.00", "method": "bank" });
        let answers = at_once(8, || tenant.raw.request("POST", "/v1/refunds").json(&refund)).await;
        assert_eq!(successes(&answers, &[Code::AmountExceedsOpen]), 1, "{name}");
    }
    let verified = tenant.raw.get("/v1/ledger/verify").await.success();
    assert_eq!(verified["ok"], true, "{verified}");
}

#[tokio::test]
async fn a_billing_run_is_committed_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    deal::confirmed(&tenant, &shop, vec![shop::line(shop.setup, "1")]).await;
    let run = tenant.raw.post("/v1/billing-runs", &json!({ "company_id": shop.company, "post": true })).await.success();
    let path = format!("/v1/billing-runs/{}/commit", run["id"].as_str().unwrap());
    let answers = at_once(8, || tenant.raw.request("POST", &path).json(&json!({ "hash": run["hash"] }))).await;
    assert_eq!(successes(&answers, &[Code::StateConflict]), 1);
    assert_eq!(tenant.all::<invoice::ListInvoices, _>(&ListQuery::default()).await.len(), 1);
}
