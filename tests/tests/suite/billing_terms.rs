//! What is billed together is due as it was agreed, and nothing is billed before its day (QTE-21, BIL-05).

use causeway_contract::{Code, ListQuery, Nothing};
use causeway_openapi::billable::{CreateBillable, op as billable};
use causeway_openapi::billing_run::{CommitBillingRun, CreateBillingRun, op as billing_run};
use causeway_openapi::invoice::{CreateInvoice, InvoiceGroup, op as invoice};
use causeway_openapi::invoice_check::{CheckResult, InvoiceCheckName as Name, InvoiceChecksQuery, op as check};
use causeway_openapi::order::{CreateOrder, op as order};
use causeway_openapi::term::op as term;
use causeway_tests::deal;
use causeway_tests::shop::{self, line, percent_after, term_body};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use serde_json::json;

#[tokio::test]
async fn orders_with_other_terms_are_other_invoices() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let late = tenant.post::<term::CreatePaymentTerm>((), &term_body("NET60", vec![percent_after("100", 60)])).await.id;
    // The first has the customer's own term.
    deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    let body = CreateOrder { payment_term_id: Some(late), ..deal::order_body(&shop, vec![line(shop.setup, "2")]) };
    let second = tenant.post::<order::CreateOrder>((), &body).await;
    tenant.act::<order::ConfirmOrder>(second.id).await;

    let together = CreateInvoice { company_id: Some(shop.company), party_id: Some(shop.party), ..CreateInvoice::default() };
    let refused = tenant.refused::<invoice::CreateInvoice>((), &together).await;
    assert_eq!((refused.errors[0].code, refused.errors[0].pointer.as_deref()), (Code::InvalidValue, Some("/payment_term_id")), "{refused:?}");
    let mut named = vec![shop.term.to_string(), late.to_string()];
    named.sort_unstable();
    let mut told: Vec<String> = serde_json::from_value(refused.meta["payment_term_ids"].clone()).unwrap();
    told.sort_unstable();
    assert_eq!(told, named);
    // Somebody may decide; whoever looks at the draft is told.
    let draft = tenant.post::<invoice::CreateInvoice>((), &CreateInvoice { payment_term_id: Some(shop.term), ..together }).await;
    let checks = tenant.client.call::<check::CheckInvoice>(draft.id, &InvoiceChecksQuery::default(), &Nothing {}).await.unwrap().checks;
    let terms = checks.iter().find(|check| check.name == Name::Terms).expect("the check");
    assert!(terms.result == CheckResult::Warning && terms.detail.as_deref().is_some_and(|detail| detail.contains(&late.to_string())), "{terms:?}");
    tenant.act::<invoice::CancelInvoice>(draft.id).await;

    let run = CreateBillingRun { company_id: shop.company, group: Some(InvoiceGroup::Party), ..CreateBillingRun::default() };
    let run = tenant.post::<billing_run::CreateBillingRun>((), &run).await;
    assert_eq!((run.invoice_count, run.failed_count), (2, 0));
    tenant.post::<billing_run::CommitBillingRun>(run.id, &CommitBillingRun { hash: run.hash }).await;
    let drafts = tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("status", "draft")).await;
    let mut made: Vec<_> = drafts.iter().map(|draft| (draft.untaxed_amount.0.as_str(), draft.payment_term_id)).collect();
    made.sort_unstable();
    assert_eq!(made, [("250.00", Some(shop.term)), ("500.00", Some(late))]);
    verified(&tenant).await;
}

#[tokio::test]
async fn nothing_is_billed_before_its_day() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let project = shop::milestones(&tenant).await;
    let order = deal::confirmed(&tenant, &shop, vec![line(project, "1")]).await;
    let part = |billable_date| CreateBillable { order_line_id: order.lines[0].id, quantity: None, percent: Some(of("50")), billable_date, description: None };
    let now = tenant.post::<billable::CreateBillable>((), &part(None)).await;
    let day = now.billable_date.plus_days(10);
    let later = tenant.post::<billable::CreateBillable>((), &part(Some(day))).await;
    let by_party = CreateInvoice { company_id: Some(shop.company), party_id: Some(shop.party), ..CreateInvoice::default() };
    let by_order = CreateInvoice { order_id: Some(order.id), ..CreateInvoice::default() };
    for body in [&by_party, &by_order] {
        let draft = tenant.post::<invoice::CreateInvoice>((), body).await;
        assert_eq!((draft.lines.len(), draft.untaxed_amount.0.as_str()), (1, "6000.00"));
        tenant.act::<invoice::CancelInvoice>(draft.id).await;
    }
    deal::invoice_order(&tenant, order.id).await;
    // What is left is named with its day, however it is asked for.
    let by_id = CreateInvoice { billable_ids: vec![later.id], ..CreateInvoice::default() };
    for body in [&by_party, &by_order, &by_id] {
        let refused = tenant.refused::<invoice::CreateInvoice>((), body).await;
        assert_eq!((refused.code, &refused.meta["billable_date"]), (Code::StateConflict, &json!(day)), "{refused:?}");
    }
    deal::advance(&tenant, &format!("{day}T09:00:00Z")).await;
    assert_eq!(tenant.post::<invoice::CreateInvoice>((), &by_id).await.untaxed_amount.0, "6000.00");
    verified(&tenant).await;
}
