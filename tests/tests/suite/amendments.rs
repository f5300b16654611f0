//! Confirmed orders change: numbered amendments, cancelled rests, and credit notes over what was billed too much (ORD-08, ORD-18).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_openapi::delivery::op as delivery;
use causeway_openapi::order::{CancelOrder, Order, op as order};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty};
use causeway_tests::of;
use causeway_tests::shop::{self, line, percent_after, term_body};
use causeway_tests::world::World;
use causeway_value::{DeliveryStatus, InvoiceKind, InvoiceStatus, OrderStatus};

fn amended(lines: Vec<AmendLine>) -> AmendOrder {
    AmendOrder { reason: "the customer called".to_owned(), lines, payment_term_id: None }
}

fn quantity(order: &Order, quantity: &str) -> AmendLine {
    AmendLine { id: Some(order.lines.first().expect("a line").id), quantity: Some(of(quantity)), ..AmendLine::default() }
}

async fn cancelled(caller: &Caller, order: &Order) -> Order {
    caller.post::<order::CancelOrder>(order.id, &CancelOrder { reason: "changed their mind".to_owned() }).await
}

#[tokio::test]
async fn more_of_one_line_another_line_and_later_payment() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let term = term_body("NET60", vec![percent_after("100", 60)]);
    let term = tenant.post::<causeway_openapi::term::op::CreatePaymentTerm>((), &term).await.id;
    let added = AmendLine { product_id: Some(shop.setup), quantity: Some(of("1")), ..AmendLine::default() };
    let body = AmendOrder { payment_term_id: Some(term), ..amended(vec![quantity(&order, "50"), added]) };
    let after = tenant.post::<amendment::AmendOrder>(order.id, &body).await;
    // 50 × 18.00 less 10 % and 250.00 of setup.
    assert_eq!((after.untaxed_amount.0.as_str(), after.lines.len(), after.payment_term_id), ("1060.00", 2, Some(term)));
    let made = after.consequences.and_then(|led_to| led_to.amendment).expect("an amendment");
    assert_eq!((made.number, made.before.untaxed_amount.0.as_str(), made.after.untaxed_amount.0.as_str()), (1, "648.00", "1060.00"));
    let second = tenant.post::<amendment::AmendOrder>(order.id, &amended(vec![quantity(&order, "20")])).await;
    assert_eq!(second.untaxed_amount.0, "574.00");
    let list = tenant.all::<amendment::ListOrderAmendments, _>(&ListQuery::by("order_id", order.id)).await;
    assert_eq!(list.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 1]);
    // What was added is billed on order; what is shipped is billed as amended.
    deal::ship(&tenant, &order, "20").await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    let invoice = deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!(invoice.untaxed_amount.0, "574.00");
    assert_eq!(tenant.get::<order::GetOrder>(order.id).await.status, OrderStatus::Fulfilled);
    crate::crash::verify(&world.server.place, true);
}

#[tokio::test]
async fn never_below_what_is_delivered_and_billed_parts_keep_their_price() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    deal::ship(&tenant, &order, "15").await;
    let pointer = async |line: AmendLine| {
        let problem = tenant.refused::<amendment::AmendOrder>(order.id, &amended(vec![line])).await;
        problem.errors.first().and_then(|error| error.pointer.clone())
    };
    assert_eq!(pointer(quantity(&order, "14")).await.as_deref(), Some("/lines/0/quantity"));
    let dearer = AmendLine { unit_price: Some(of("19.00")), ..quantity(&order, "40") };
    assert_eq!(pointer(dearer).await.as_deref(), Some("/lines/0/unit_price"));
    // The backorder follows.
    let after = tenant.post::<amendment::AmendOrder>(order.id, &amended(vec![quantity(&order, "15")])).await;
    assert_eq!((after.status, after.untaxed_amount.0.as_str()), (OrderStatus::Fulfilled, "243.00"));
    let waiting = tenant.all::<delivery::ListDeliveries, _>(&ListQuery::by("order_id", order.id).and("status", "ready")).await;
    assert_eq!(waiting, []);
    assert_eq!(tenant.refused::<amendment::AmendOrder>(order.id, &amended(Vec::new())).await.status, 422);
    let draft = tenant.post::<order::CreateOrder>((), &deal::order_body(&shop, vec![forty(&shop)])).await;
    let line = AmendLine { product_id: Some(shop.chai), quantity: Some(of("1")), ..AmendLine::default() };
    assert_eq!(tenant.refused::<amendment::AmendOrder>(draft.id, &amended(vec![line])).await.code, Code::StateConflict);
    crate::crash::verify(&world.server.place, true);
}

#[tokio::test]
async fn what_was_billed_too_much_is_proposed_as_a_credit() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "4")]).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    let problem = tenant.refused::<amendment::AmendOrder>(order.id, &amended(vec![quantity(&order, "3")])).await;
    assert_eq!((problem.code, problem.meta["invoice_id"].as_str()), (Code::StateConflict, Some(draft.id.to_string().as_str())));
    let invoice = deal::post_invoice(&tenant, draft.id, None).await;
    let after = tenant.post::<amendment::AmendOrder>(order.id, &amended(vec![quantity(&order, "3")])).await;
    let note = after.consequences.expect("consequences").credit_notes.into_iter().next().expect("a credit note");
    assert_eq!((note.kind, note.status, note.credited_invoice_id), (InvoiceKind::CreditNote, InvoiceStatus::Draft, Some(invoice.id)));
    assert_eq!(note.untaxed_amount.0, "250.00");
    let posted = deal::post_invoice(&tenant, note.id, None).await;
    assert_eq!(posted.status, InvoiceStatus::Posted);
    let row = tenant.all::<amendment::ListOrderAmendments, _>(&ListQuery::by("order_id", order.id)).await;
    assert_eq!(row.first().map(|row| row.credit_note_ids.clone()), Some(vec![note.id]));
    crate::crash::verify(&world.server.place, true);
}

#[tokio::test]
async fn the_rest_of_a_partly_shipped_order_is_cancelled() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let first = deal::ship(&tenant, &order, "15").await;
    let now = cancelled(&tenant, &order).await;
    let line = now.lines.first().expect("a line");
    assert_eq!((now.status, line.delivered_quantity, line.cancelled_quantity), (OrderStatus::Fulfilled, of("15"), of("25")));
    let backorder = tenant.get::<delivery::GetDelivery>(first.backorder_id.expect("a backorder")).await;
    assert_eq!(backorder.status, DeliveryStatus::Cancelled);
    let draft = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(draft.untaxed_amount.0, "243.00");
    let again = tenant.refused::<order::CancelOrder>(order.id, &CancelOrder { reason: "again".to_owned() }).await;
    assert_eq!(again.code, Code::StateConflict);
    crate::crash::verify(&world.server.place, true);
}

#[tokio::test]
async fn cancelling_what_was_billed_on_order_proposes_its_credit() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1"), forty(&shop)]).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    let invoice = deal::post_invoice(&tenant, draft.id, None).await;
    let now = cancelled(&tenant, &order).await;
    assert_eq!(now.status, OrderStatus::Cancelled);
    let notes = now.consequences.expect("consequences").credit_notes;
    assert_eq!(notes.iter().map(|note| (note.credited_invoice_id, note.untaxed_amount.0.as_str())).collect::<Vec<_>>(), [(Some(invoice.id), "250.00")]);
    crate::crash::verify(&world.server.place, true);
}
