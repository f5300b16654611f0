//! What changes of an order after it was confirmed, and what follows from it (ORD-08, ORD-13, ORD-18, CRN-06).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::billing_run::{CommitBillingRun, op as billing_run};
use causeway_openapi::catalog::op as catalog;
use causeway_openapi::delivery::op as delivery;
use causeway_openapi::invoice::op as invoice;
use causeway_openapi::order::{CancelOrder, Order, ReleaseOrder, op as order};
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty};
use causeway_tests::person::manager;
use causeway_tests::shop::{self, line};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{
    BillableStatus, BillingPolicy, DeliveryStatus, HoldKind, InvoiceKind, InvoiceStatus, LineChange, OrderId, OrderStatus, ProductKind, QuoteRules,
};
use serde_json::json;

fn amended(reason: &str, lines: Vec<AmendLine>) -> AmendOrder {
    AmendOrder { reason: reason.to_owned(), lines, ..AmendOrder::default() }
}

/// The `index`-th line of an order from now on.
fn from_now_on(order: &Order, index: usize, quantity: &str) -> AmendLine {
    AmendLine { order_line_id: order.lines.get(index).map(|line| line.id), quantity: Some(of(quantity)), ..AmendLine::default() }
}

async fn amend(caller: &Caller, id: OrderId, body: &AmendOrder) -> Order {
    caller.post::<amendment::AmendOrder>(id, body).await
}

/// Kind, standing quantity, and net change of each line of the last amendment.
fn changes(order: &Order) -> Vec<(LineChange, String, String)> {
    let last = order.last_amendment.as_ref().expect("an amendment");
    last.changes.iter().map(|line| (line.change, line.quantity.to_string(), line.net_change.0.clone())).collect()
}

fn total(order: &Order) -> (&str, &str) {
    (&order.untaxed_amount.0, &order.total_amount.0)
}

#[tokio::test]
async fn more_less_another_price_and_new_lines_leave_what_has_begun() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    assert_eq!((total(&order), order.amendments, order.last_amendment.is_none()), (("648.00", "771.12"), 0, true));

    // Nothing has begun: the line itself changes. A dry run says the same and writes nothing.
    let body = amended("they need more", vec![from_now_on(&order, 0, "50")]);
    let dry = tenant.raw.post(&format!("/v1/orders/{}/amend?dry_run=true", order.id), &serde_json::to_value(&body).unwrap()).await.success();
    assert_eq!((dry["total_amount"].as_str(), dry["amendments"].as_i64()), (Some("963.90"), Some(1)));
    assert_eq!(tenant.get::<order::GetOrder>(order.id).await.amendments, 0);
    let order = amend(&tenant, order.id, &body).await;
    assert_eq!((total(&order), order.lines.len()), (("810.00", "963.90"), 1));
    assert_eq!(changes(&order), [(LineChange::Raised, "50".to_owned(), "162.00".to_owned())]);

    // 15 are delivered, 10 more are planned. Another price makes a line of the rest, and new lines are priced like any.
    deal::ship(&tenant, &order, "15").await;
    let planned = tenant.all::<delivery::ListDeliveries, _>(&ListQuery::by("order_id", order.id).and("status", "ready")).await;
    assert_eq!(planned.first().unwrap().lines.first().unwrap().quantity, of("35"));
    let cheaper = AmendLine { unit_price: Some(of("17.00")), price_override_reason: Some("volume".to_owned()), ..from_now_on(&order, 0, "45") };
    let setup = AmendLine { product_id: Some(shop.setup), quantity: Some(of("1")), ..AmendLine::default() };
    let order = amend(&tenant, order.id, &amended("volume price", vec![cheaper, setup])).await;
    // 15 × 18.00 and 30 × 17.00, each less 10 %, and 250.00.
    assert_eq!((total(&order), order.lines.len(), order.amendments), (("952.00", "1132.88"), 3, 2));
    let kinds: Vec<_> = changes(&order).into_iter().map(|(change, quantity, _)| (change, quantity)).collect();
    assert_eq!(kinds, [(LineChange::Lowered, "15".to_owned()), (LineChange::Added, "30".to_owned()), (LineChange::Added, "1".to_owned())]);
    assert_eq!((order.lines[1].replaces_line_id, order.lines[1].amendment), (Some(order.lines[0].id), Some(2)));
    assert_eq!(order.lines[0].cancelled_quantity, of("35"));
    // The planned delivery of the old line is cut to nothing; what is billed on order is ready.
    assert_eq!(tenant.get::<delivery::GetDelivery>(planned.first().unwrap().id).await.status, DeliveryStatus::Cancelled);
    assert_eq!(deal::billables(&tenant, order.id).await.len(), 2);

    // What is delivered cannot be taken back by words, what is there keeps its product, and nothing is not a change.
    let wrong = AmendLine { product_id: Some(shop.setup), ..from_now_on(&order, 0, "14") };
    let unknown = AmendLine { order_line_id: Some(causeway_value::OrderLineId::new()), quantity: Some(of("1")), ..AmendLine::default() };
    let problem = tenant.refused::<amendment::AmendOrder>(order.id, &amended(" ", vec![wrong, unknown, AmendLine::default()])).await;
    let pointers: Vec<_> = problem.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
    assert_eq!(pointers, ["/reason", "/lines/0/product_id", "/lines/0/quantity", "/lines/1/order_line_id", "/lines/2/quantity"]);
    let nothing = tenant.refused::<amendment::AmendOrder>(order.id, &amended("nothing", vec![from_now_on(&order, 1, "30")])).await;
    assert_eq!(nothing.errors.first().and_then(|error| error.pointer.as_deref()), Some("/lines"));
    verified(&tenant).await;

    // Everything is delivered and billed: the order is fulfilled, until something comes on top.
    let rest = tenant.raw.post("/v1/deliveries", &json!({ "order_id": order.id })).await.success();
    tenant.raw.post(&format!("/v1/deliveries/{}/ship", rest["id"].as_str().unwrap()), &json!({})).await.success();
    assert_eq!(tenant.get::<order::GetOrder>(order.id).await.status, OrderStatus::Confirmed, "the setup is not billed");
    let draft = deal::invoice_order(&tenant, order.id).await;
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!((posted.untaxed_amount.0.as_str(), posted.total_amount.0.as_str()), ("952.00", "1132.88"));
    assert_eq!(tenant.get::<order::GetOrder>(order.id).await.status, OrderStatus::Fulfilled);
    let order = amend(&tenant, order.id, &amended("two more", vec![from_now_on(&order, 1, "32")])).await;
    assert_eq!((order.status, order.amendments), (OrderStatus::Confirmed, 3));
    let numbers: Vec<i64> =
        tenant.all::<amendment::ListOrderAmendments, _>(&ListQuery::by("order_id", order.id)).await.into_iter().map(|amendment| amendment.number).collect();
    assert_eq!(numbers, [3, 2, 1]);
    verified(&tenant).await;
}

#[tokio::test]
async fn what_is_invoiced_and_stands_no_longer_is_proposed_to_be_credited() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    // Goods that are billed when ordered.
    let ahead = shop::product_body("AHEAD", ProductKind::Goods, BillingPolicy::OnOrder, "10.00", vec![shop.tax]);
    let ahead = tenant.post::<causeway_openapi::catalog::op::CreateProduct>((), &ahead).await.id;
    let order = deal::confirmed(&tenant, &shop, vec![line(ahead, "10"), line(shop.chai, "40")]).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    // It is on a draft: that one goes first.
    let less = amended("fewer", vec![from_now_on(&order, 0, "6")]);
    let problem = tenant.refused::<amendment::AmendOrder>(order.id, &less).await;
    assert!(problem.code == Code::StateConflict && problem.meta.contains_key("invoice_ids"), "{problem:?}");
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    let order = amend(&tenant, order.id, &less).await;
    let [note] = order.last_amendment.as_ref().unwrap().credit_note_ids.as_slice() else { panic!("{order:?}") };
    let note = tenant.get::<invoice::GetInvoice>(*note).await;
    assert_eq!((note.kind, note.status, note.credited_invoice_id), (InvoiceKind::CreditNote, InvoiceStatus::Draft, Some(posted.id)));
    assert_eq!((note.untaxed_amount.0.as_str(), note.total_amount.0.as_str(), note.reason.as_deref()), ("40.00", "47.60", Some("fewer")));
    // What is proposed is not proposed again.
    let order = amend(&tenant, order.id, &amended("fewer still", vec![from_now_on(&order, 0, "5")])).await;
    let second = tenant.get::<invoice::GetInvoice>(order.last_amendment.as_ref().unwrap().credit_note_ids[0]).await;
    assert_eq!(second.untaxed_amount.0, "10.00");
    verified(&tenant).await;

    // Cancelling the rest of it: 3 of the goods billed ahead came, and 10 of the others.
    deal::post_invoice(&tenant, note.id, None).await;
    deal::post_invoice(&tenant, second.id, None).await;
    deal::ship(&tenant, &order, "3").await;
    let lines = json!({ "order_id": order.id, "lines": [{ "order_line_id": order.lines[1].id, "quantity": "10" }] });
    let other = tenant.raw.post("/v1/deliveries", &lines).await.success();
    tenant.raw.post(&format!("/v1/deliveries/{}/ship", other["id"].as_str().unwrap()), &json!({})).await.success();
    let cancelled = tenant.post::<order::CancelOrder>(order.id, &CancelOrder { reason: "insolvent".to_owned() }).await;
    assert_eq!((cancelled.status, cancelled.cancelled_reason.as_deref()), (OrderStatus::Fulfilled, Some("insolvent")));
    // 3 × 10.00 and 10 × 18.00.
    assert_eq!(total(&cancelled), ("210.00", "249.90"));
    let [note] = cancelled.last_amendment.as_ref().unwrap().credit_note_ids.as_slice() else { panic!("{cancelled:?}") };
    assert_eq!(tenant.get::<invoice::GetInvoice>(*note).await.untaxed_amount.0, "20.00");
    let ready = deal::billables(&tenant, order.id).await;
    assert_eq!(ready.iter().map(|row| (row.amount.0.as_str(), row.status)).collect::<Vec<_>>(), [("180.00", BillableStatus::Ready)]);
    let open = tenant.all::<delivery::ListDeliveries, _>(&ListQuery::by("order_id", order.id).and("status", "ready")).await;
    assert!(open.is_empty(), "{open:?}");
    assert_eq!(tenant.refused::<order::CancelOrder>(order.id, &CancelOrder { reason: "again".to_owned() }).await.code, Code::StateConflict);
    verified(&tenant).await;

    // Paid ahead and nothing delivered: all of it is cancelled, and all is proposed to be credited.
    let order = deal::confirmed(&tenant, &shop, vec![line(ahead, "2")]).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    deal::post_invoice(&tenant, draft.id, None).await;
    let cancelled = tenant.post::<order::CancelOrder>(order.id, &CancelOrder { reason: "changed their mind".to_owned() }).await;
    assert_eq!((cancelled.status, total(&cancelled)), (OrderStatus::Cancelled, ("20.00", "23.80")));
    assert_eq!(cancelled.last_amendment.unwrap().credit_note_ids.len(), 1);
    let refused = tenant.refused::<amendment::AmendOrder>(order.id, &amended("more", vec![from_now_on(&order, 0, "5")])).await;
    assert_eq!(refused.code, Code::StateConflict);
    verified(&tenant).await;
}

#[tokio::test]
async fn a_proposal_that_was_dropped_comes_again() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let ahead = shop::product_body("AHEAD", ProductKind::Goods, BillingPolicy::OnOrder, "10.00", vec![shop.tax]);
    let ahead = tenant.post::<causeway_openapi::catalog::op::CreateProduct>((), &ahead).await.id;
    let order = deal::confirmed(&tenant, &shop, vec![line(ahead, "10"), line(shop.chai, "40")]).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    deal::post_invoice(&tenant, draft.id, None).await;
    let order = amend(&tenant, order.id, &amended("fewer", vec![from_now_on(&order, 0, "6")])).await;
    let proposed = |order: &Order| order.last_amendment.as_ref().unwrap().credit_note_ids.clone();
    tenant.act::<invoice::CancelInvoice>(proposed(&order)[0]).await;
    // Another line changes, and what is still billed too much is proposed with it.
    let order = amend(&tenant, order.id, &amended("fewer of the others", vec![from_now_on(&order, 1, "39")])).await;
    let [again] = proposed(&order)[..] else { panic!("{order:?}") };
    assert_eq!(tenant.get::<invoice::GetInvoice>(again).await.untaxed_amount.0, "40.00");
    verified(&tenant).await;
}

#[tokio::test]
async fn more_takes_credit_and_a_lower_price_a_second_person() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    tenant.raw.patch(&format!("/v1/parties/{}", shop.party), &json!({ "credit_limit": "1000.00" })).await.success();
    let rules = QuoteRules { max_price_override_percent: Some(of("5")), ..QuoteRules::default() };
    tenant.raw.patch(&format!("/v1/companies/{}", shop.company), &json!({ "quote_rules": rules })).await.success();
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    // 771.12 stand; 60 would make 1156.68.
    let over = amend(&tenant, order.id, &amended("more", vec![from_now_on(&order, 0, "60")])).await;
    assert_eq!((over.hold_kind, over.total_amount.0.as_str()), (Some(HoldKind::Credit), "1156.68"));
    let under = amend(&tenant, order.id, &amended("less", vec![from_now_on(&order, 0, "40")])).await;
    assert_eq!(under.holds.len(), 1, "a hold is released by who may, or by a check");
    let free = tenant.act::<order::RecheckOrder>(order.id).await;
    assert_eq!(free.holds.len(), 0);

    let cheap = AmendLine { unit_price: Some(of("16.00")), ..from_now_on(&order, 0, "40") };
    let held = amend(&tenant, order.id, &amended("a favour", vec![cheap])).await;
    let last = held.last_amendment.as_ref().unwrap();
    assert!(held.hold_kind == Some(HoldKind::Approval) && last.approval_reasons.len() == 1, "{held:?}");
    assert_eq!(changes(&held), [(LineChange::Repriced, "40".to_owned(), "-72.00".to_owned())]);
    let ready = deal::delivery(&tenant, &order, "40").await;
    let problem = tenant.refused::<delivery::ShipDelivery>(ready.id, &Default::default()).await;
    assert!(problem.detail.contains("approval hold"), "{problem:?}");
    // Who amended it is not the second person.
    let release = ReleaseOrder { reason: "fine".to_owned(), kind: Some(HoldKind::Approval), hold_id: None };
    assert_eq!(tenant.refused::<order::ReleaseOrder>(order.id, &release).await.code, Code::SegregationOfDuties);
    let boss = manager(&tenant).await;
    boss.post::<order::ReleaseOrder>(order.id, &release).await;
    tenant.post::<delivery::ShipDelivery>(ready.id, &Default::default()).await;
    assert_eq!(tenant.get::<order::GetOrder>(order.id).await.status, OrderStatus::Fulfilled);
    verified(&tenant).await;
}

/// An order of services alone is fulfilled when it is billed, by hand or by a billing run (ORD-13).
#[tokio::test]
async fn services_are_done_when_they_are_billed() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let by_hand = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "2")]).await;
    let draft = deal::invoice_order(&tenant, by_hand.id).await;
    assert_eq!(tenant.get::<order::GetOrder>(by_hand.id).await.status, OrderStatus::Confirmed);
    deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!(tenant.get::<order::GetOrder>(by_hand.id).await.status, OrderStatus::Fulfilled);
    let term = AmendOrder { reason: "later".to_owned(), payment_term_id: causeway_contract::Patch::Null, ..AmendOrder::default() };
    let by_run = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
    let changed = amend(&tenant, by_run.id, &term).await;
    assert_eq!((changed.payment_term_id, changed.status), (None, OrderStatus::Confirmed));
    let run = serde_json::from_value(json!({ "company_id": shop.company, "post": true })).unwrap();
    let run = tenant.post::<billing_run::CreateBillingRun>((), &run).await;
    tenant.post::<billing_run::CommitBillingRun>(run.id, &CommitBillingRun { hash: run.hash }).await;
    assert_eq!(tenant.get::<order::GetOrder>(by_run.id).await.status, OrderStatus::Fulfilled);
    verified(&tenant).await;
}

#[tokio::test]
async fn what_is_invoiced_and_ordered_again_is_not_billed_again() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let setup = shop::product_body("SETTING-UP", ProductKind::Service, BillingPolicy::OnOrder, "500.00", vec![shop.tax]);
    let setup = tenant.post::<catalog::CreateProduct>((), &setup).await.id;
    let order = deal::confirmed(&tenant, &shop, vec![line(setup, "2"), line(shop.chai, "1")]).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    deal::post_invoice(&tenant, draft.id, None).await;
    let order = amend(&tenant, order.id, &amended("one is enough", vec![from_now_on(&order, 0, "1")])).await;
    let note = order.last_amendment.as_ref().unwrap().credit_note_ids[0];
    tenant.post::<invoice::CancelInvoice>(note, &causeway_contract::Nothing {}).await;
    let refused = tenant.refused::<amendment::AmendOrder>(order.id, &amended("three", vec![from_now_on(&order, 0, "3")])).await;
    assert_eq!((refused.errors.len(), refused.errors[0].pointer.as_deref()), (1, Some("/lines/0/quantity")));
    let order = amend(&tenant, order.id, &amended("two after all", vec![from_now_on(&order, 0, "2")])).await;
    assert_eq!(changes(&order), [(LineChange::Raised, "2".to_owned(), "500.00".to_owned())]);
    let now = tenant.get::<order::GetOrder>(order.id).await;
    assert_eq!((now.lines.len(), now.lines[0].invoiced_amount.0.as_str(), now.lines[0].to_invoice_quantity), (2, "1000.00", of("0")));
    verified(&tenant).await;
}
