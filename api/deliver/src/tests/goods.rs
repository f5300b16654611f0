//! Shipping, backorders and what makes billables.

use super::shop::{Shop, quantity};
use crate::delivery::service::{cancel, create, reverse, ship};
use causeway_bill::billable::service as billable;
use causeway_bill::obligation::{Changes, complete};
use causeway_contract::{Code, Problem};
use causeway_entity::bill::billables;
use causeway_entity::deliver::deliveries;
use causeway_kernel::Find;
use causeway_openapi::delivery::{CreateDelivery, Delivery, DeliveryLineInput, ShipDelivery};
use causeway_openapi::invoice::CreateInvoice;
use causeway_value::{BillableStatus, BillingPolicy, DeliveryId, DeliveryStatus, OrderId, OrderLineId};

impl Shop {
    pub async fn plan(&self, order_id: OrderId, lines: &[(OrderLineId, &str)]) -> Result<Delivery, Problem> {
        let lines = lines.iter().map(|(line, text)| DeliveryLineInput { order_line_id: *line, quantity: quantity(text) }).collect();
        let body = CreateDelivery { order_id, lines, ..CreateDelivery::default() };
        self.write(async move |ctx, tx| create::create(ctx, tx, &body).await).await
    }

    pub async fn ship(&self, id: DeliveryId) -> Result<Delivery, Problem> {
        self.write(async move |ctx, tx| ship::ship(ctx, tx, id, &ShipDelivery::default()).await).await
    }

    pub async fn take_back(&self, id: DeliveryId) -> Result<Delivery, Problem> {
        self.write(async move |ctx, tx| reverse::reverse(ctx, tx, id, Some("wrong parcel")).await).await
    }

    pub async fn delivery(&self, id: DeliveryId) -> deliveries::Model {
        self.db.read(&self.ctx, async |_, tx| tx.must::<deliveries::Entity>(id).await).await.unwrap()
    }

    pub async fn billables(&self, order_id: OrderId) -> Vec<billables::Model> {
        let find = async |_: &causeway_kernel::Ctx, tx: &mut causeway_kernel::Tx<'_>| {
            Find::<billables::Entity>::new().eq(billables::Column::OrderId, order_id).order_by(billables::Column::Id).all(tx).await
        };
        self.db.read(&self.ctx, find).await.unwrap()
    }
}

#[tokio::test]
async fn the_rest_becomes_a_backorder_and_every_part_a_billable() {
    let shop = Shop::open().await;
    let (order, lines) = shop.order(vec![super::shop::Line { discount: "10", ..shop.line("40", "18.00") }]).await;
    let first = shop.plan(order, &[(lines[0], "25")]).await.unwrap();
    assert_eq!((first.number.as_str(), first.status), ("DLV/2026/00001", DeliveryStatus::Ready));
    let first = shop.ship(first.id).await.unwrap();
    assert_eq!((first.status, first.shipped_at.is_some()), (DeliveryStatus::Done, true));
    let rest = shop.delivery(first.backorder_id.unwrap()).await;
    assert_eq!(rest.status, DeliveryStatus::Ready);
    assert!(!complete(&shop.obligations(order).await).unwrap());
    assert_eq!(shop.ship(first.id).await.unwrap_err().code, Code::StateConflict);
    let rest = shop.ship(rest.id).await.unwrap();
    assert_eq!((rest.lines[0].quantity, rest.backorder_id), (quantity("15"), None));
    assert!(complete(&shop.obligations(order).await).unwrap());
    let amounts: Vec<_> = shop.billables(order).await.iter().map(|row| (row.status, row.amount.0)).collect();
    assert_eq!(amounts, [(BillableStatus::Ready, 40_500), (BillableStatus::Ready, 24_300)]);
    assert_eq!(shop.plan(order, &[]).await.unwrap_err().code, Code::StateConflict);
}

#[tokio::test]
async fn nothing_ships_twice() {
    let shop = Shop::open().await;
    let (order, lines) = shop.order(vec![shop.line("10", "1.00"), shop.line("2", "5.00")]).await;
    let problem = shop.plan(order, &[(lines[0], "11"), (OrderLineId::new(), "1"), (lines[0], "1")]).await.unwrap_err();
    let found: Vec<_> = problem.errors.iter().map(|error| (error.code, error.pointer.clone().unwrap())).collect();
    let at = |code, pointer: &str| (code, pointer.to_owned());
    assert_eq!(
        found,
        [at(Code::AmountExceedsOpen, "/lines/0/quantity"), at(Code::NotFound, "/lines/1/order_line_id"), at(Code::InvalidValue, "/lines/2/order_line_id")]
    );
    assert_eq!(shop.plan(OrderId::new(), &[]).await.unwrap_err().errors[0].pointer.as_deref(), Some("/order_id"));
    // Goods are planned once: the error says how much is left, and all of the rest is what nobody planned.
    let part = shop.plan(order, &[(lines[0], "4"), (lines[1], "2")]).await.unwrap();
    let problem = shop.plan(order, &[(lines[0], "7"), (lines[1], "1")]).await.unwrap_err();
    assert_eq!(problem.errors.iter().map(|error| error.code).collect::<Vec<_>>(), [Code::AmountExceedsOpen; 2]);
    assert!(problem.errors[0].detail.contains("at most 6") && problem.errors[1].detail.contains("at most 0"), "{problem:?}");
    let rest = shop.plan(order, &[]).await.unwrap();
    assert_eq!(rest.lines.iter().map(|line| line.quantity).collect::<Vec<_>>(), [quantity("6")]);
    assert_eq!(shop.plan(order, &[]).await.unwrap_err().code, Code::StateConflict);
    // What is planned already is no backorder.
    assert_eq!(shop.ship(part.id).await.unwrap().backorder_id, Some(rest.id));
    assert_eq!(shop.ship(rest.id).await.unwrap().backorder_id, None);
    // A backorder gives way to what is planned of it, and is cut when that ships; what is cancelled is planned by nobody.
    let (order, lines) = shop.order(vec![shop.line("10", "1.00")]).await;
    let first = shop.plan(order, &[(lines[0], "3")]).await.unwrap();
    let backorder = shop.ship(first.id).await.unwrap().backorder_id.unwrap();
    let second = shop.plan(order, &[(lines[0], "5")]).await.unwrap();
    assert_eq!(shop.plan(order, &[(lines[0], "3")]).await.unwrap_err().errors[0].code, Code::AmountExceedsOpen);
    assert_eq!(shop.ship(second.id).await.unwrap().backorder_id, Some(backorder));
    let all = shop.plan(order, &[]).await.unwrap();
    assert_eq!(all.lines.iter().map(|line| line.quantity).collect::<Vec<_>>(), [quantity("2")]);
    assert_eq!(shop.ship(all.id).await.unwrap().backorder_id, None);
    assert_eq!(shop.delivery(backorder).await.status, DeliveryStatus::Cancelled);
}

#[tokio::test]
async fn a_shipment_is_taken_back_and_what_was_billed_of_it_with_it() {
    let shop = Shop::open().await;
    let (order, _) = shop.order(vec![shop.line("3", "10.00")]).await;
    let delivery = shop.plan(order, &[]).await.unwrap();
    shop.ship(delivery.id).await.unwrap();
    let back = shop.take_back(delivery.id).await.unwrap();
    assert_eq!((back.status, back.reason.as_deref()), (DeliveryStatus::Cancelled, Some("wrong parcel")));
    let owed = shop.obligations(order).await;
    assert_eq!((owed[0].delivered_quantity, owed[0].billable_quantity, owed[0].billable_amount.0), (quantity("0"), quantity("0"), 0));
    let again = shop.plan(order, &[]).await.unwrap();
    shop.ship(again.id).await.unwrap();
    shop.bill_order(order, "2026-12-02").await;
    // The credit note of what was billed is drafted with it; somebody posts it.
    let back = shop.take_back(again.id).await.unwrap();
    assert_eq!((back.status, back.credit_note_ids.len()), (DeliveryStatus::Cancelled, 1));
    shop.post(back.credit_note_ids[0], "2026-12-03").await.unwrap();
    let states: Vec<_> = shop.billables(order).await.iter().map(|row| row.status).collect();
    assert_eq!(states, [BillableStatus::WrittenOff, BillableStatus::WrittenOff]);
    assert_eq!(shop.obligations(order).await[0].invoiced_quantity, quantity("0"));
    shop.verify().await;
}

#[tokio::test]
async fn cancelling_takes_what_is_neither_shipped_nor_billed() {
    let shop = Shop::open().await;
    let ahead = super::shop::Line { policy: BillingPolicy::OnOrder, ..shop.line("4", "10.00") };
    let (order, lines) = shop.order(vec![shop.line("10", "1.00"), ahead]).await;
    shop.ship(shop.plan(order, &[(lines[0], "4"), (lines[1], "1")]).await.unwrap().id).await.unwrap();
    let cancelled = shop
        .write(async move |ctx, tx| {
            let mut changes = Changes::lock(tx, order).await?;
            changes.end(ctx, tx, "changed their mind")?;
            let written = changes.write(ctx, tx, "changed their mind").await?;
            cancel::fit_to(ctx, tx, order, &written.obligations).await?;
            Ok(written)
        })
        .await
        .unwrap();
    assert_eq!(cancelled.credit_notes, []);
    let left: Vec<_> = cancelled.obligations.iter().map(|row| (row.cancelled_quantity, row.billable_quantity, row.billable_amount.0)).collect();
    assert_eq!(left, [(quantity("6"), quantity("4"), 400), (quantity("3"), quantity("1"), 1_000)]);
    assert!(complete(&shop.obligations(order).await).unwrap());
    let waiting = shop.billables(order).await;
    assert_eq!(waiting.iter().map(|row| row.amount.0).sum::<i64>(), 1_400);
}

#[tokio::test]
async fn what_is_held_is_not_billed() {
    let shop = Shop::open().await;
    let ahead = super::shop::Line { policy: BillingPolicy::OnOrder, ..shop.line("1", "10.00") };
    let (order, _) = shop.order(vec![ahead]).await;
    let id = shop.billables(order).await[0].id;
    let held = shop.write(async move |ctx, tx| billable::hold(ctx, tx, id, "price is disputed").await).await.unwrap();
    assert_eq!((held.status, held.hold.unwrap().reason.as_str()), (BillableStatus::Held, "price is disputed"));
    let body = CreateInvoice { order_id: Some(order), ..CreateInvoice::default() };
    assert_eq!(shop.bill(body.clone()).await.unwrap_err().code, Code::StateConflict);
    shop.write(async move |ctx, tx| billable::release(ctx, tx, id).await).await.unwrap();
    let draft = shop.bill(body.clone()).await.unwrap();
    let problem = shop.bill(body).await.unwrap_err();
    assert_eq!((problem.code, problem.meta["invoice_id"].as_str()), (Code::StateConflict, Some(draft.id.to_string().as_str())));
    assert_eq!(shop.write(async move |ctx, tx| billable::hold(ctx, tx, id, "late").await).await.unwrap_err().code, Code::StateConflict);
}
