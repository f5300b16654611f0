//! Billing runs: planned, looked at, committed once (BIL-01 to BIL-06).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::billable::{HoldBillable, op as billable};
use causeway_openapi::billing_run::{BillingRun, BillingRunItem, CommitBillingRun, CreateBillingRun, op as billing_run};
use causeway_openapi::integration::op as integration;
use causeway_openapi::invoice::{InvoiceGroup, op as invoice};
use causeway_openapi::invoice_check::InvoiceCheckName as Name;
use causeway_openapi::order::{CreateOrder, op as order};
use causeway_openapi::party::op as party;
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::shop::{self, Shop, line, party_body};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{BillingRunItemStatus, BillingRunStatus, InvoiceStatus, JobStatus};
use serde_json::json;
use std::time::{Duration, Instant};

fn all(shop: &Shop) -> CreateBillingRun {
    CreateBillingRun { company_id: shop.company, post: Some(true), ..CreateBillingRun::default() }
}

async fn plan(caller: &Caller, body: &CreateBillingRun) -> BillingRun {
    caller.post::<billing_run::CreateBillingRun>((), body).await
}

fn hash(run: &BillingRun) -> CommitBillingRun {
    CommitBillingRun { hash: run.hash.clone() }
}

async fn other_customer(caller: &Caller, shop: &Shop) -> Shop {
    Shop { party: caller.post::<party::CreateParty>((), &party_body("Other")).await.id, ..shop.clone() }
}

#[tokio::test]
async fn a_run_is_planned_looked_at_and_committed_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let nothing = tenant.refused::<billing_run::CreateBillingRun>((), &all(&shop)).await;
    assert_eq!(nothing.code, Code::StateConflict);
    let other = other_customer(&tenant, &shop).await;
    for customer in [&shop, &shop, &other] {
        deal::confirmed(&tenant, customer, vec![line(shop.setup, "1")]).await;
    }
    let held = deal::confirmed(&tenant, &other, vec![line(shop.setup, "2")]).await;
    let held = deal::billables(&tenant, held.id).await.remove(0);
    tenant.post::<billable::HoldBillable>(held.id, &HoldBillable { reason: "price disputed".to_owned() }).await;

    let by_order = plan(&tenant, &all(&shop)).await;
    assert_eq!((by_order.status, by_order.invoice_count, by_order.billable_count, by_order.held_count), (BillingRunStatus::Planned, 3, 3, 1));
    assert_eq!((by_order.totals[0].invoices, by_order.totals[0].total_amount.0.as_str()), (3, "892.50"));
    assert_eq!((by_order.held[0].billable_id, by_order.held[0].reason.as_deref()), (held.id, Some("price disputed")));
    let by_party = plan(&tenant, &CreateBillingRun { group: Some(InvoiceGroup::Party), ..all(&shop) }).await;
    // A plan that nobody committed billed nothing that this one could be compared with.
    assert_eq!((by_party.invoice_count, by_party.previous_run_id, by_party.changes.len()), (2, None, 0));
    let by_flow = plan(&tenant, &CreateBillingRun { group: Some(InvoiceGroup::Flow), ..all(&shop) }).await;
    assert_eq!(by_flow.invoice_count, 3);
    // Nothing was billed, and another plan's hash commits nothing.
    assert!(tenant.all::<invoice::ListInvoices, _>(&ListQuery::default()).await.is_empty());
    let problem = tenant.refused::<billing_run::CommitBillingRun>(by_party.id, &hash(&by_order)).await;
    assert_eq!((problem.status, problem.code), (409, Code::StateConflict));

    let done = tenant.post::<billing_run::CommitBillingRun>(by_party.id, &hash(&by_party)).await;
    assert_eq!((done.status, done.failed_count, done.job_id.is_some()), (BillingRunStatus::Done, 0, true));
    let invoices = tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("status", "posted")).await;
    assert_eq!(invoices.iter().map(|invoice| invoice.total_amount.0.as_str()).collect::<Vec<_>>(), ["297.50", "595.00"]);
    let items = tenant.all::<billing_run::ListBillingRunItems, _>(&ListQuery::by("billing_run_id", by_party.id)).await;
    assert!(items.iter().all(|item| item.status == BillingRunItemStatus::Invoiced && invoices.iter().any(|invoice| Some(invoice.id) == item.invoice_id)));
    // Twice is a conflict, and so is a plan whose billables are gone.
    for run in [&by_party, &by_order] {
        assert_eq!(tenant.refused::<billing_run::CommitBillingRun>(run.id, &hash(run)).await.code, Code::StateConflict);
    }
    // The next one is compared with what was billed last of the same scope.
    deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    let next = plan(&tenant, &all(&shop)).await;
    assert_eq!((next.previous_run_id, next.changes[0].invoices, next.changes[0].total_amount.0.as_str()), (Some(by_party.id), -1, "-595.00"));
    let of_one = plan(&tenant, &CreateBillingRun { party_id: Some(shop.party), ..all(&shop) }).await;
    assert_eq!((of_one.previous_run_id, of_one.changes.len()), (None, 0));
    verified(&tenant).await;
}

#[tokio::test]
async fn a_plan_that_changed_is_not_committed() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    let planned = plan(&tenant, &CreateBillingRun { post: None, ..all(&shop) }).await;
    deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    let problem = tenant.refused::<billing_run::CommitBillingRun>(planned.id, &hash(&planned)).await;
    assert_eq!((problem.status, problem.code), (409, Code::StateConflict));
    let planned = plan(&tenant, &CreateBillingRun { post: None, ..all(&shop) }).await;
    tenant.post::<billing_run::CommitBillingRun>(planned.id, &hash(&planned)).await;
    let drafts = tenant.all::<invoice::ListInvoices, _>(&ListQuery::default()).await;
    assert!(drafts.len() == 2 && drafts.iter().all(|invoice| invoice.status == InvoiceStatus::Draft));
}

/// Bills what waits, at once, and answers the invoices of the run.
async fn billed(caller: &Caller, body: &CreateBillingRun) -> Vec<BillingRunItem> {
    let planned = plan(caller, body).await;
    caller.post::<billing_run::CommitBillingRun>(planned.id, &hash(&planned)).await;
    let mut items = caller.all::<billing_run::ListBillingRunItems, _>(&ListQuery::by("billing_run_id", planned.id)).await;
    items.sort_by_key(|item| item.position);
    items
}

async fn ordered(caller: &Caller, shop: &Shop, reference: Option<&str>) {
    let body = CreateOrder { reference: reference.map(str::to_owned), ..deal::order_body(shop, vec![line(shop.setup, "1")]) };
    let draft = caller.post::<order::CreateOrder>((), &body).await;
    caller.act::<order::ConfirmOrder>(draft.id).await;
}

#[tokio::test]
async fn what_a_run_cannot_post_says_everything_in_its_way() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let rules = json!({ "document_rules": { "invoice_post": { "fields": ["reference", "party_email"] } } });
    tenant.raw.request("PATCH", &format!("/v1/companies/{}", shop.company)).json(&rules).send().await.success();
    let known = json!({ "email": "amy@borealis.test" });
    tenant.raw.request("PATCH", &format!("/v1/parties/{}", shop.party)).json(&known).send().await.success();
    let unknown = other_customer(&tenant, &shop).await;
    let nobody = json!({ "contacts": [] });
    tenant.raw.request("PATCH", &format!("/v1/parties/{}", unknown.party)).json(&nobody).send().await.success();
    ordered(&tenant, &shop, Some("PO 1")).await;
    ordered(&tenant, &unknown, None).await;
    let year = tenant.raw.post("/v1/fiscal-years", &json!({ "company_id": shop.company, "year": 2026 })).await.success();
    let lock = format!("/v1/fiscal-years/{}/lock", year["id"].as_str().unwrap());
    tenant.raw.post(&lock, &json!({ "through": "2026-06-30", "reason": "half a year" })).await.success();

    let early = CreateBillingRun { invoice_date: Some(of("2026-05-01")), ..all(&shop) };
    // The plan says it before anything is billed; drafts ask for nothing of it.
    let planned = plan(&tenant, &early).await;
    assert_eq!((planned.refused_count, planned.failed_count), (2, 0));
    let mut items = tenant.all::<billing_run::ListBillingRunItems, _>(&ListQuery::by("billing_run_id", planned.id)).await;
    items.sort_by_key(|item| item.position);
    let foreseen: Vec<Vec<Name>> = items.iter().map(|item| item.checks.iter().map(|check| check.name).collect()).collect();
    assert_eq!(foreseen, [vec![Name::PeriodOpen], vec![Name::Complete, Name::PeriodOpen]]);
    assert!(items.iter().all(|item| item.status == BillingRunItemStatus::Planned));
    assert_eq!(plan(&tenant, &CreateBillingRun { post: None, ..early.clone() }).await.refused_count, 0);
    let items = billed(&tenant, &early).await;
    let failed: Vec<Vec<Name>> = items.iter().map(|item| item.checks.iter().map(|check| check.name).collect()).collect();
    assert_eq!(failed, [vec![Name::PeriodOpen], vec![Name::Complete, Name::PeriodOpen]]);
    let failure = items[1].failure.as_deref().unwrap();
    for part in ["2 checks fail", "`/reference`, `/party_id`", "locked through 2026-06-30"] {
        assert!(failure.contains(part), "{part}: {failure}");
    }
    // Nothing of it is left: the same billables are billed when nothing is in the way any more, each customer by its own reference or else by the run's.
    tenant.raw.request("PATCH", &format!("/v1/parties/{}", unknown.party)).json(&known).send().await.success();
    let items = billed(&tenant, &CreateBillingRun { reference: Some("Framework 7".to_owned()), ..all(&shop) }).await;
    assert!(items.iter().all(|item| item.checks.is_empty() && item.failure.is_none()), "{items:?}");
    let invoices = tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("status", "posted")).await;
    let mut told: Vec<_> = invoices.iter().map(|invoice| (invoice.number.as_deref(), invoice.reference.as_deref())).collect();
    told.sort_unstable();
    assert_eq!(told, [(Some("INV/2026/00001"), Some("PO 1")), (Some("INV/2026/00002"), Some("Framework 7"))]);
    // One invoice of orders with different references names none of them.
    for reference in ["PO 2", "PO 3"] {
        ordered(&tenant, &shop, Some(reference)).await;
    }
    let items = billed(&tenant, &CreateBillingRun { group: Some(InvoiceGroup::Party), ..all(&shop) }).await;
    assert_eq!(items[0].checks.iter().map(|check| check.name).collect::<Vec<_>>(), [Name::Complete]);
    verified(&tenant).await;
}

#[tokio::test]
async fn many_invoices_are_a_job() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for _ in 0..45 {
        deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    }
    let planned = plan(&tenant, &all(&shop)).await;
    let running = tenant.post::<billing_run::CommitBillingRun>(planned.id, &hash(&planned)).await;
    assert_eq!(running.status, BillingRunStatus::Running);
    let deadline = Instant::now() + Duration::from_secs(30);
    let job = loop {
        let job = tenant.get::<integration::GetJob>(running.job_id.expect("a job")).await;
        if matches!(job.status, JobStatus::Succeeded | JobStatus::Failed) || Instant::now() > deadline {
            break job;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!((job.status, job.progress.done), (JobStatus::Succeeded, 45), "{job:?}");
    assert_eq!(tenant.get::<billing_run::GetBillingRun>(planned.id).await.status, BillingRunStatus::Done);
    let mut numbers: Vec<String> =
        tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("status", "posted")).await.into_iter().filter_map(|invoice| invoice.number).collect();
    numbers.sort();
    assert_eq!(numbers, (1..=45).map(|number| format!("INV/2026/{number:05}")).collect::<Vec<_>>());
    verified(&tenant).await;
}
