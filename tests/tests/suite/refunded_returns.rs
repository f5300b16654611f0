//! Goods that come back for money: they were not delivered any more, and what was billed of them is taken back (DLV-017, CRN-05).

use causeway_contract::{Code, ListQuery};
use causeway_openapi::catalog::op as catalog;
use causeway_openapi::delivery::{Delivery, DeliveryLineInput, ReturnDelivery, ReverseDelivery, op as delivery};
use causeway_openapi::invoice::{CreditInvoice, Invoice, ReverseInvoice, op as invoice};
use causeway_openapi::order::{CancelOrder, Order, op as order};
use causeway_tests::api_key;
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::shop::{self, Shop, line};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{BillingPolicy, InvoiceStatus, OrderStatus, ProductKind};

fn back(order: &Order, quantity: &str, refund: bool) -> ReturnDelivery {
    ReturnDelivery { lines: vec![DeliveryLineInput { order_line_id: order.lines[0].id, quantity: of(quantity) }], refund, reason: "damaged".to_owned() }
}

/// Delivered, returned, invoiced and open.
async fn stands(caller: &Caller, order: &Order) -> [String; 3] {
    let now = caller.get::<order::GetOrder>(order.id).await;
    [now.lines[0].delivered_quantity, now.lines[0].returned_quantity, now.lines[0].invoiced_quantity].map(|quantity| quantity.to_string())
}

async fn waiting(caller: &Caller, order: &Order) -> Vec<(String, String)> {
    deal::billables(caller, order.id).await.into_iter().map(|row| (row.quantity.to_string(), row.amount.0)).collect()
}

async fn refunded(caller: &Caller, shipped: &Delivery, body: &ReturnDelivery) -> Delivery {
    caller.post::<delivery::ReturnDelivery>(shipped.id, body).await
}

#[tokio::test]
async fn what_waits_waits_no_longer_and_what_is_invoiced_is_credited() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.chai, "10")]).await;
    let shipped = deal::ship(&tenant, &order, "10").await;
    // Nothing is invoiced yet.
    let shipper = api_key::limited(&tenant, &["deliveries:read", "deliveries:ship"]).await;
    let refused = shipper.refused::<delivery::ReturnDelivery>(shipped.id, &back(&order, "2", true)).await;
    assert_eq!((refused.code, &refused.meta["permission"]), (Code::PermissionDenied, &"deliveries:reverse".into()));
    let now = refunded(&tenant, &shipped, &back(&order, "2", true)).await;
    assert_eq!((now.lines[0].refunded_quantity, now.lines[0].returned_quantity, now.credit_note_ids.len()), (of("2"), of("0"), 0));
    assert_eq!(waiting(&tenant, &order).await, [("8".to_owned(), "144.00".to_owned())]);
    assert_eq!(stands(&tenant, &order).await, ["8", "0", "0"]);
    verified(&tenant).await;

    // A draft is cancelled first; of a posted invoice a credit note is drafted.
    let draft = deal::invoice_order(&tenant, order.id).await;
    let refused = tenant.refused::<delivery::ReturnDelivery>(shipped.id, &back(&order, "3", true)).await;
    assert!(refused.code == Code::StateConflict && refused.detail.contains(&draft.id.to_string()), "{refused:?}");
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    let now = refunded(&tenant, &shipped, &back(&order, "3", true)).await;
    let note = tenant.get::<invoice::GetInvoice>(now.credit_note_ids[0]).await;
    assert_eq!((note.credited_invoice_id, note.status, note.reason.as_deref()), (Some(posted.id), InvoiceStatus::Draft, Some("damaged")));
    assert_eq!((note.untaxed_amount.0.as_str(), note.total_amount.0.as_str(), note.rebill), ("54.00", "64.26", false));
    verified(&tenant).await;
    deal::post_invoice(&tenant, note.id, None).await;
    assert_eq!(stands(&tenant, &order).await, ["5", "0", "5"]);
    // Exchanged goods are not given back for money again, and no more than was shipped comes back.
    refunded(&tenant, &shipped, &back(&order, "4", false)).await;
    let refused = tenant.refused::<delivery::ReturnDelivery>(shipped.id, &back(&order, "2", true)).await;
    assert_eq!((refused.errors[0].code, refused.errors[0].pointer.as_deref()), (Code::AmountExceedsOpen, Some("/lines/0/quantity")));
    assert_eq!(tenant.refused::<delivery::ReverseDelivery>(shipped.id, &ReverseDelivery::default()).await.code, Code::StateConflict);
    verified(&tenant).await;

    // What came back is open: delivered anew it is billed anew.
    let again = deal::ship(&tenant, &order, "1").await;
    assert_eq!(waiting(&tenant, &order).await, [("1".to_owned(), "18.00".to_owned())]);
    refunded(&tenant, &again, &back(&order, "1", true)).await;
    assert!(waiting(&tenant, &order).await.is_empty());
    verified(&tenant).await;
    // Or the rest is cancelled, and the order is done.
    let cancel = CancelOrder { reason: "they keep five".to_owned() };
    assert_eq!(tenant.post::<order::CancelOrder>(order.id, &cancel).await.status, OrderStatus::Fulfilled);
    verified(&tenant).await;
}

/// An order of ten pieces that are billed with it, and their invoice.
async fn billed_ahead(caller: &Caller, shop: &Shop) -> (Order, Invoice) {
    let ahead = shop::product_body("AHEAD", ProductKind::Goods, BillingPolicy::OnOrder, "10.00", vec![shop.tax]);
    let ahead = caller.post::<catalog::CreateProduct>((), &ahead).await.id;
    let order = deal::confirmed(caller, shop, vec![line(ahead, "10")]).await;
    let draft = deal::invoice_order(caller, order.id).await;
    let posted = deal::post_invoice(caller, draft.id, None).await;
    (order, posted)
}

#[tokio::test]
async fn what_was_billed_ahead_is_credited_too() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (order, posted) = billed_ahead(&tenant, &shop).await;
    let shipped = deal::ship(&tenant, &order, "6").await;
    let now = refunded(&tenant, &shipped, &back(&order, "2", true)).await;
    let note = tenant.get::<invoice::GetInvoice>(now.credit_note_ids[0]).await;
    assert_eq!((note.credited_invoice_id, note.untaxed_amount.0.as_str()), (Some(posted.id), "20.00"));
    // What was credited before is not credited again.
    deal::post_invoice(&tenant, note.id, None).await;
    let rest = tenant.post::<invoice::CreditInvoice>(posted.id, &CreditInvoice::default()).await;
    deal::post_invoice(&tenant, rest.id, None).await;
    assert_eq!(refunded(&tenant, &shipped, &back(&order, "1", true)).await.credit_note_ids, now.credit_note_ids);
    assert_eq!(tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("kind", "credit_note")).await.len(), 2);
    verified(&tenant).await;
}

#[tokio::test]
async fn what_came_back_is_billed_once_when_it_goes_out_again() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    // Billed with its order, and come back for money: delivered anew it is billed with that.
    let (order, _) = billed_ahead(&tenant, &shop).await;
    let shipped = deal::ship(&tenant, &order, "6").await;
    let note = refunded(&tenant, &shipped, &back(&order, "2", true)).await.credit_note_ids[0];
    deal::post_invoice(&tenant, note, None).await;
    deal::ship(&tenant, &order, "6").await;
    assert_eq!(waiting(&tenant, &order).await, [("2".to_owned(), "20.00".to_owned())]);
    verified(&tenant).await;

    // Credited first, and come back later: nothing is credited twice, and it can go out again.
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.chai, "10")]).await;
    let shipped = deal::ship(&tenant, &order, "10").await;
    let posted = deal::post_invoice(&tenant, deal::invoice_order(&tenant, order.id).await.id, None).await;
    let note = tenant.post::<invoice::CreditInvoice>(posted.id, &CreditInvoice::default()).await;
    deal::post_invoice(&tenant, note.id, None).await;
    assert!(refunded(&tenant, &shipped, &back(&order, "10", true)).await.credit_note_ids.is_empty());
    deal::ship(&tenant, &order, "10").await;
    assert_eq!(waiting(&tenant, &order).await, [("10".to_owned(), "180.00".to_owned())]);
    verified(&tenant).await;

    // Come back while its invoice is billed again: what is with the customer is billed, and no more.
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.chai, "10")]).await;
    let shipped = deal::ship(&tenant, &order, "10").await;
    let posted = deal::post_invoice(&tenant, deal::invoice_order(&tenant, order.id).await.id, None).await;
    refunded(&tenant, &shipped, &back(&order, "4", true)).await;
    tenant.post::<invoice::ReverseInvoice>(posted.id, &ReverseInvoice { date: None, rebill: Some(true), reason: "wrong price".to_owned() }).await;
    assert_eq!(waiting(&tenant, &order).await, [("6".to_owned(), "108.00".to_owned())]);
    verified(&tenant).await;
}

#[tokio::test]
async fn what_stands_on_its_invoice_as_no_credit_note_took_it_back_is_not_billed_twice() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.chai, "10")]).await;
    let shipped = deal::ship(&tenant, &order, "4").await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    deal::post_invoice(&tenant, draft.id, None).await;
    let progress = |order: Order| {
        let line = order.lines[0].clone();
        (line.to_invoice_quantity.to_string(), line.invoiced_quantity.to_string(), line.invoiced_amount.0)
    };
    let note = tenant.post::<delivery::ReverseDelivery>(shipped.id, &ReverseDelivery::default()).await.credit_note_ids[0];
    // What is invoiced stays invoiced while the note is a draft.
    assert_eq!(progress(tenant.get::<order::GetOrder>(order.id).await), ("0".to_owned(), "4".to_owned(), "72.00".to_owned()));
    tenant.post::<invoice::CancelInvoice>(note, &causeway_contract::Nothing {}).await;
    verified(&tenant).await;
    // Six more are billed, not ten.
    let again = deal::ship(&tenant, &order, "10").await;
    assert_eq!(waiting(&tenant, &order).await, [("6".to_owned(), "108.00".to_owned())]);
    let draft = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(draft.untaxed_amount.0, "108.00");
    deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!(progress(tenant.get::<order::GetOrder>(order.id).await), ("0".to_owned(), "10".to_owned(), "180.00".to_owned()));
    verified(&tenant).await;

    // Goods that went out again and are billed again keep the note: without it they would be billed twice.
    let note = tenant.post::<delivery::ReverseDelivery>(again.id, &ReverseDelivery::default()).await.credit_note_ids;
    deal::ship(&tenant, &order, "7").await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    let refused = tenant.refused::<invoice::CancelInvoice>(note[0], &causeway_contract::Nothing {}).await;
    assert!(refused.code == Code::StateConflict && refused.detail.contains("twice"), "{refused:?}");
    // What only waits to be billed waits no longer instead.
    tenant.post::<invoice::CancelInvoice>(draft.id, &causeway_contract::Nothing {}).await;
    for note in note {
        tenant.post::<invoice::CancelInvoice>(note, &causeway_contract::Nothing {}).await;
        verified(&tenant).await;
    }
    let now = tenant.get::<order::GetOrder>(order.id).await;
    assert_eq!(progress(now), ("0".to_owned(), "10".to_owned(), "180.00".to_owned()));
    // Cancelling the rest proposes to credit what is not delivered.
    let ended = tenant.post::<order::CancelOrder>(order.id, &CancelOrder { reason: "enough".to_owned() }).await;
    let notes = &ended.last_amendment.as_ref().expect("an amendment").credit_note_ids;
    let note = tenant.get::<invoice::GetInvoice>(notes[0]).await;
    assert_eq!((notes.len(), note.status, note.untaxed_amount.0.as_str()), (1, InvoiceStatus::Draft, "54.00"));
    verified(&tenant).await;
}

#[tokio::test]
async fn goods_that_are_billed_since_before_are_credited_when_they_come_back() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.chai, "20")]).await;
    let mistaken = deal::ship(&tenant, &order, "10").await;
    let posted = deal::invoice_order(&tenant, order.id).await;
    let posted = deal::post_invoice(&tenant, posted.id, None).await;
    let note = tenant.post::<delivery::ReverseDelivery>(mistaken.id, &ReverseDelivery::default()).await.credit_note_ids[0];
    // Four go out while the note is a draft: they wait to be billed, and wait no longer when it is dropped.
    let first = deal::ship(&tenant, &order, "4").await;
    assert_eq!(waiting(&tenant, &order).await, [("4".to_owned(), "72.00".to_owned())]);
    tenant.post::<invoice::CancelInvoice>(note, &causeway_contract::Nothing {}).await;
    assert!(waiting(&tenant, &order).await.is_empty());
    verified(&tenant).await;
    // Eight more go out, of which two are not billed yet.
    let second = deal::ship(&tenant, &order, "8").await;
    assert_eq!(waiting(&tenant, &order).await, [("2".to_owned(), "36.00".to_owned())]);
    // All of them come back for money: the two are not billed, six are credited.
    let now = refunded(&tenant, &second, &back(&order, "8", true)).await;
    let note = tenant.get::<invoice::GetInvoice>(now.credit_note_ids[0]).await;
    assert_eq!((now.credit_note_ids.len(), note.credited_invoice_id, note.untaxed_amount.0.as_str()), (1, Some(posted.id), "108.00"));
    assert!(waiting(&tenant, &order).await.is_empty());
    deal::post_invoice(&tenant, note.id, None).await;
    assert_eq!(stands(&tenant, &order).await, ["4", "0", "4"]);
    verified(&tenant).await;
    // So is what a second mistake shipped.
    let now = tenant.post::<delivery::ReverseDelivery>(first.id, &ReverseDelivery::default()).await;
    let note = tenant.get::<invoice::GetInvoice>(now.credit_note_ids[0]).await;
    assert_eq!((now.credit_note_ids.len(), note.untaxed_amount.0.as_str()), (1, "72.00"));
    deal::post_invoice(&tenant, note.id, None).await;
    assert_eq!(stands(&tenant, &order).await, ["0", "0", "0"]);
    verified(&tenant).await;
}
