//! What is billed by hand, billed again after a reversal, and billed once by a supplier (BIL-01, BIL-02, BIL-06, MDM-07).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::billable::{Billable, CreateBillable, op as billable};
use causeway_openapi::delivery::{Delivery, ReverseDelivery, op as delivery};
use causeway_openapi::invoice::{CreateInvoice, CreditInvoice, CreditLine, Invoice, PostInvoice, ReverseInvoice, op as invoice};
use causeway_openapi::order::{Order, op as order};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty};
use causeway_tests::shop::{self, Shop, line, milestones};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{BillableStatus, Direction, InvoiceId, OrderId, OrderStatus, SourceType};

async fn all(caller: &Caller, order: OrderId) -> Vec<Billable> {
    caller.all::<billable::ListBillables, _>(&ListQuery::by("order_id", order)).await
}

async fn taken_back(caller: &Caller, id: InvoiceId) -> Invoice {
    let body = ReverseInvoice { rebill: Some(true), reason: "wrong address".to_owned(), ..ReverseInvoice::default() };
    caller.post::<invoice::ReverseInvoice>(id, &body).await
}

/// An order of which ten of forty pieces and the setup are invoiced, with the shipment and the invoice.
async fn part_invoiced(caller: &Caller, shop: &Shop) -> (Order, Delivery, Invoice) {
    let confirmed = deal::confirmed(caller, shop, vec![forty(shop), line(shop.setup, "1")]).await;
    let shipped = deal::ship(caller, &confirmed, "10").await;
    let draft = deal::invoice_order(caller, confirmed.id).await;
    let posted = deal::post_invoice(caller, draft.id, None).await;
    (confirmed, shipped, posted)
}

#[tokio::test]
async fn what_was_taken_back_is_billed_again_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (confirmed, shipped, wrong) = part_invoiced(&tenant, &shop).await;
    assert_eq!(wrong.total_amount.0, "490.28");
    taken_back(&tenant, wrong.id).await;
    let ready = deal::billables(&tenant, confirmed.id).await;
    assert_eq!(
        ready.iter().map(|row| (row.amount.0.as_str(), row.source_type)).collect::<Vec<_>>(),
        [("162.00", SourceType::Manual), ("250.00", SourceType::Manual)]
    );
    assert_eq!(all(&tenant, confirmed.id).await.iter().filter(|row| row.status == BillableStatus::WrittenOff).count(), 2);
    verified(&tenant).await;
    // Once: nothing is left of the invoice.
    let again = ReverseInvoice { rebill: Some(true), reason: "again".to_owned(), ..ReverseInvoice::default() };
    assert_eq!(tenant.refused::<invoice::ReverseInvoice>(wrong.id, &again).await.code, Code::StateConflict);
    let draft = deal::invoice_order(&tenant, confirmed.id).await;
    let right = deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!(right.total_amount.0, "490.28");
    let invoiced = tenant.get::<order::GetOrder>(confirmed.id).await.lines[0].invoiced_quantity;
    assert_eq!(invoiced, of("10"));
    verified(&tenant).await;
    // Whoever takes the delivery back finds what bills it now: of that a credit note is proposed, and of the invoice that was taken back nothing is left.
    let reason = ReverseDelivery { reason: Some("never left".to_owned()) };
    let reversed = tenant.post::<delivery::ReverseDelivery>(shipped.id, &reason).await;
    assert_eq!(reversed.credit_note_ids.len(), 1);
    let note = tenant.get::<invoice::GetInvoice>(reversed.credit_note_ids[0]).await;
    assert_eq!((note.credited_invoice_id, note.untaxed_amount.0.as_str(), note.lines.len()), (Some(right.id), "162.00", 1));
    verified(&tenant).await;
    deal::post_invoice(&tenant, note.id, None).await;
    assert_eq!(tenant.get::<order::GetOrder>(confirmed.id).await.lines[0].invoiced_quantity, of("0"));
    assert_eq!(deal::billables(&tenant, confirmed.id).await.iter().map(|row| row.amount.0.as_str()).collect::<Vec<_>>(), Vec::<&str>::new());
    verified(&tenant).await;
}

#[tokio::test]
async fn a_reversal_alone_bills_nothing_again() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let confirmed = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    let draft = deal::invoice_order(&tenant, confirmed.id).await;
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    tenant.post::<invoice::ReverseInvoice>(posted.id, &ReverseInvoice { reason: "goodwill".to_owned(), ..ReverseInvoice::default() }).await;
    assert!(deal::billables(&tenant, confirmed.id).await.is_empty());
    verified(&tenant).await;
}

/// A credit of lines may say that they are billed again (BIL-05, CRN-04): a wrong quantity of an invoice is put right by the next one.
#[tokio::test]
async fn lines_that_are_credited_may_be_billed_again() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (confirmed, shipped, wrong) = part_invoiced(&tenant, &shop).await;
    let chai = wrong.lines.iter().find(|line| line.quantity == of("10")).unwrap().id;
    let three = CreditInvoice { lines: vec![CreditLine { invoice_line_id: chai, quantity: of("3") }], rebill: Some(true), ..CreditInvoice::default() };
    let amount = CreditInvoice { amount: Some("10.00".into()), rebill: Some(true), ..CreditInvoice::default() };
    let refused = tenant.refused::<invoice::CreditInvoice>(wrong.id, &amount).await;
    assert_eq!(refused.errors[0].pointer.as_deref(), Some("/rebill"));
    let note = tenant.post::<invoice::CreditInvoice>(wrong.id, &three).await;
    assert!(note.rebill && deal::billables(&tenant, confirmed.id).await.is_empty(), "a draft does nothing yet");
    deal::post_invoice(&tenant, note.id, None).await;
    let invoiced = async || tenant.get::<order::GetOrder>(confirmed.id).await.lines[0].invoiced_quantity;
    let ready = deal::billables(&tenant, confirmed.id).await;
    assert_eq!(ready.iter().map(|row| (row.quantity, row.amount.0.as_str())).collect::<Vec<_>>(), [(of("3"), "48.60")]);
    assert_eq!(invoiced().await, of("7"));
    verified(&tenant).await;

    let draft = deal::invoice_order(&tenant, confirmed.id).await;
    let right = deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!((right.untaxed_amount.0.as_str(), invoiced().await), ("48.60", of("10")));
    // All that remains of the first one as well, and without it nothing comes again.
    let all = CreditInvoice { rebill: Some(true), ..CreditInvoice::default() };
    let note = tenant.post::<invoice::CreditInvoice>(wrong.id, &all).await;
    deal::post_invoice(&tenant, note.id, None).await;
    let ready = deal::billables(&tenant, confirmed.id).await;
    assert_eq!(ready.iter().map(|row| row.amount.0.as_str()).collect::<Vec<_>>(), ["113.40", "250.00"]);
    let note = tenant.post::<invoice::CreditInvoice>(right.id, &CreditInvoice::default()).await;
    deal::post_invoice(&tenant, note.id, None).await;
    assert_eq!(deal::billables(&tenant, confirmed.id).await.len(), 2);
    verified(&tenant).await;
    // Whoever takes the delivery back finds all of it.
    tenant.post::<delivery::ReverseDelivery>(shipped.id, &ReverseDelivery { reason: Some("never left".to_owned()) }).await;
    assert_eq!(deal::billables(&tenant, confirmed.id).await.iter().map(|row| row.amount.0.as_str()).collect::<Vec<_>>(), ["250.00"]);
    verified(&tenant).await;
}

#[tokio::test]
async fn milestones_are_billed_by_hand() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let project = milestones(&tenant).await;
    let confirmed = deal::confirmed(&tenant, &shop, vec![line(project, "1"), line(shop.setup, "1")]).await;
    let reached = CreateBillable {
        order_line_id: confirmed.lines[0].id,
        percent: Some(of("30")),
        description: Some("Design accepted".to_owned()),
        ..CreateBillable::default()
    };
    let first = tenant.post::<billable::CreateBillable>((), &reached).await;
    assert_eq!((first.amount.0.as_str(), first.quantity, first.status), ("3600.00", of("0.3"), BillableStatus::Ready));
    assert_eq!((first.source_type, first.description.as_str()), (SourceType::Manual, "Design accepted"));
    verified(&tenant).await;
    let place = |problem: causeway_contract::Problem| (problem.code, problem.errors[0].pointer.clone().unwrap_or_default());
    let too_much = CreateBillable { percent: Some(of("70.01")), ..reached.clone() };
    assert_eq!(place(tenant.refused::<billable::CreateBillable>((), &too_much).await), (Code::AmountExceedsOpen, "/percent".to_owned()));
    let by_itself = CreateBillable { order_line_id: confirmed.lines[1].id, ..reached.clone() };
    assert_eq!(place(tenant.refused::<billable::CreateBillable>((), &by_itself).await).1, "/order_line_id");
    let both = CreateBillable { quantity: Some(of("0.1")), ..reached.clone() };
    assert_eq!(place(tenant.refused::<billable::CreateBillable>((), &both).await).1, "/percent");
    let rest = CreateBillable { order_line_id: confirmed.lines[0].id, ..CreateBillable::default() };
    assert_eq!(tenant.post::<billable::CreateBillable>((), &rest).await.amount.0, "8400.00");
    assert_eq!(place(tenant.refused::<billable::CreateBillable>((), &rest).await), (Code::AmountExceedsOpen, "/order_line_id".to_owned()));
    let draft = deal::invoice_order(&tenant, confirmed.id).await;
    assert!(draft.lines.iter().any(|line| line.description == "Design accepted"));
    deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!(tenant.get::<order::GetOrder>(confirmed.id).await.status, OrderStatus::Fulfilled);
    verified(&tenant).await;
}

#[tokio::test]
async fn a_suppliers_bill_is_posted_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let bill =
        |number: &str| CreateInvoice { direction: Some(Direction::Purchase), reference: Some(number.to_owned()), ..deal::free_invoice_body(&shop, "100.00") };
    let first = tenant.post::<invoice::CreateInvoice>((), &bill("4711")).await;
    deal::post_invoice(&tenant, first.id, None).await;
    let second = tenant.post::<invoice::CreateInvoice>((), &bill("4711")).await;
    let problem = tenant.refused::<invoice::PostInvoice>(second.id, &PostInvoice::default()).await;
    assert_eq!((problem.code, problem.meta["invoice_id"].as_str()), (Code::StateConflict, Some(first.id.to_string().as_str())));
    let checks = tenant.raw.get(&format!("/v1/invoices/{}/checks", second.id)).await.success();
    assert!(checks["checks"].as_array().unwrap().iter().any(|check| check["name"] == "only_once" && check["result"] == "failed"), "{checks}");
    let meant = PostInvoice { allow_duplicate: Some(true), ..PostInvoice::default() };
    tenant.post::<invoice::PostInvoice>(second.id, &meant).await;
    let other = tenant.post::<invoice::CreateInvoice>((), &bill("4712")).await;
    deal::post_invoice(&tenant, other.id, None).await;
    verified(&tenant).await;
}
