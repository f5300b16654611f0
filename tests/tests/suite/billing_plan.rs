//! What a billing run promises: what was looked at is what is billed, and what it tells afterwards is what was made (BIL-01, BIL-05, BIL-10).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::billing_run::{BillingRun, CommitBillingRun, CreateBillingRun, op as billing_run};
use causeway_openapi::down_payment::{CreateDownPayment, op as down_payment};
use causeway_openapi::party::{MergeParty, op as party};
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::shop::{self, Shop, line, party_body};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{BillingRunItemStatus, BillingRunStatus, OrderId};
use serde_json::json;

async fn plan(caller: &Caller, shop: &Shop) -> BillingRun {
    let body = CreateBillingRun { company_id: shop.company, post: Some(true), ..CreateBillingRun::default() };
    caller.post::<billing_run::CreateBillingRun>((), &body).await
}

fn hash(run: &BillingRun) -> CommitBillingRun {
    CommitBillingRun { hash: run.hash.clone() }
}

async fn half_in_advance(caller: &Caller, order: OrderId) {
    let body = CreateDownPayment { percent: Some(of("50")), ..CreateDownPayment::default() };
    let draft = caller.post::<down_payment::CreateDownPayment>(order, &body).await;
    deal::post_invoice(caller, draft.id, None).await;
}

async fn customer(caller: &Caller, shop: &Shop, name: &str) -> Shop {
    Shop { party: caller.post::<party::CreateParty>((), &party_body(name)).await.id, ..shop.clone() }
}

#[tokio::test]
async fn a_plan_that_comes_to_something_else_is_not_committed() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    let planned = plan(&tenant, &shop).await;
    half_in_advance(&tenant, order.id).await;
    let refused = tenant.refused::<billing_run::CommitBillingRun>(planned.id, &hash(&planned)).await;
    assert_eq!((refused.status, refused.code), (409, Code::StateConflict));
    let told = "Invoice 1 of the plan comes to 297.50 EUR, and comes to 148.75 EUR now.";
    assert!(refused.detail.contains(told) && refused.meta["differences"] == json!([told]), "{refused:?}");
    let again = plan(&tenant, &shop).await;
    assert_ne!(again.hash, planned.hash);
    let refused = tenant.refused::<billing_run::CommitBillingRun>(again.id, &hash(&planned)).await;
    assert!(refused.detail.contains("not that of this plan"), "{refused:?}");
    let done = tenant.post::<billing_run::CommitBillingRun>(again.id, &hash(&again)).await;
    assert_eq!((done.status, done.totals), (BillingRunStatus::Done, again.totals));
    verified(&tenant).await;
}

/// What cannot be made comes to nothing that could be shown, and not to 0.00.
#[tokio::test]
async fn what_cannot_be_made_has_no_amounts_in_the_plan() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    // What is given back is billable at once, what is sold when it is delivered.
    deal::confirmed(&tenant, &shop, vec![line(shop.chai, "40"), line(shop.setup, "-1")]).await;
    let planned = plan(&tenant, &shop).await;
    assert_eq!((planned.invoice_count, planned.failed_count, planned.totals.len()), (1, 1, 0));
    let items = tenant.all::<billing_run::ListBillingRunItems, _>(&ListQuery::by("billing_run_id", planned.id)).await;
    let item = items.first().expect("an invoice");
    assert_eq!((item.status, &item.untaxed_amount, &item.tax_amount, &item.total_amount), (BillingRunItemStatus::Failed, &None, &None, &None));
    assert!(item.failure.as_deref().is_some_and(|failure| failure.contains("-297.50 EUR")), "{item:?}");
    verified(&tenant).await;
}

#[tokio::test]
async fn a_run_that_is_done_comes_to_what_it_made() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let rules = json!({ "document_rules": { "invoice_post": { "fields": ["party_email"] } } });
    tenant.raw.request("PATCH", &format!("/v1/companies/{}", shop.company)).json(&rules).send().await.success();
    tenant.raw.request("PATCH", &format!("/v1/parties/{}", shop.party)).json(&json!({ "email": "amy@borealis.test" })).send().await.success();
    let unknown = customer(&tenant, &shop, "Unknown").await;
    tenant.raw.request("PATCH", &format!("/v1/parties/{}", unknown.party)).json(&json!({ "contacts": [] })).send().await.success();
    // A few are made at once, many by a job.
    for (orders, sum, change) in [(1, "297.50", None), (20, "5950.00", Some("5652.50"))] {
        for _ in 0..orders {
            deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
        }
        if change.is_none() {
            deal::confirmed(&tenant, &unknown, vec![line(shop.setup, "1")]).await;
        }
        let planned = plan(&tenant, &shop).await;
        assert_eq!((planned.refused_count, planned.totals[0].invoices), (1, orders + 1));
        let run = tenant.post::<billing_run::CommitBillingRun>(planned.id, &hash(&planned)).await;
        deal::job_ended(&tenant, &run.job_id.expect("a job").to_string()).await;
        let done = tenant.get::<billing_run::GetBillingRun>(run.id).await;
        assert_eq!((done.status, done.failed_count), (BillingRunStatus::Done, 1));
        assert_eq!((done.totals[0].invoices, done.totals[0].total_amount.0.as_str()), (orders, sum));
        assert_eq!(done.changes.first().map(|change| change.total_amount.0.as_str()), change);
    }
    verified(&tenant).await;
}

/// MDM-01, MDM-09: places in a run are the run's, and what was paid in advance is left of the party that remains.
#[tokio::test]
async fn a_merge_leaves_runs_and_down_payments_true() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let twin = customer(&tenant, &shop, "Twin").await;
    deal::confirmed(&tenant, &twin, vec![line(shop.setup, "1")]).await;
    deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    let planned = plan(&tenant, &shop).await;
    tenant.post::<billing_run::CommitBillingRun>(planned.id, &hash(&planned)).await;
    let order = deal::confirmed(&tenant, &twin, vec![line(shop.setup, "2")]).await;
    plan(&tenant, &shop).await;
    half_in_advance(&tenant, order.id).await;
    tenant.post::<party::MergeParty>(twin.party, &MergeParty { into: shop.party }).await;
    verified(&tenant).await;
    let items = tenant.all::<billing_run::ListBillingRunItems, _>(&ListQuery::by("billing_run_id", planned.id)).await;
    let mut places: Vec<i64> = items.iter().map(|item| item.position).collect();
    places.sort_unstable();
    assert_eq!(places, [1, 2]);
    let rest = plan(&tenant, &shop).await;
    tenant.post::<billing_run::CommitBillingRun>(rest.id, &hash(&rest)).await;
    verified(&tenant).await;
}
