//! Whoever copies orders by events or by the instant of their last change has all that they show: whatever verb moves how far an order has come gives it a new
//! version (ORD-13, RPT-15, INT-09).

use causeway_contract::ListQuery;
use causeway_openapi::delivery::{DeliveryLineInput, ReturnDelivery, ReverseDelivery, op as delivery};
use causeway_openapi::down_payment::{CreateDownPayment, op as down_payment};
use causeway_openapi::invoice::{CreditInvoice, CreditLine, op as invoice};
use causeway_openapi::order::{Order, op as order};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, forty};
use causeway_tests::log::events;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::OrderId;
use serde_json::{Value, json};

/// A copy of an order that follows the log.
struct Copy<'a> {
    caller: &'a Caller,
    id: OrderId,
    seen: usize,
}

impl Copy<'_> {
    /// The types of the order's events since it was last asked. The last of them says what the order shows, and the list of what changed has it.
    async fn news(&mut self, after: &str) -> (Vec<String>, Order) {
        let now = self.caller.get::<order::GetOrder>(self.id).await;
        let log: Vec<_> = events(self.caller).await.into_iter().filter(|event| event.subject.id == self.id.to_string()).collect();
        let last = log.last().expect("an event");
        let shown = serde_json::to_value(&now).expect("an order");
        assert_eq!(said(&last.data), said(&shown), "after {after} the log says something else than the order");
        let changed = ListQuery::by("updated_at[gte]", now.updated_at);
        assert!(self.caller.all::<order::ListOrders, _>(&changed).await.contains(&now), "after {after}");
        let kinds = log.into_iter().skip(self.seen).map(|event| event.kind).collect::<Vec<_>>();
        self.seen += kinds.len();
        (kinds, now)
    }
}

/// What an event tells of an order: all but how far drafts and invoices are with its lines, which is looked up when the order is read.
fn said(order: &Value) -> Value {
    let mut order = order.clone();
    order.as_object_mut().expect("an object").retain(|_, field| !field.is_null());
    for line in order["lines"].as_array_mut().expect("lines") {
        line.as_object_mut().expect("a line").retain(|name, _| !["to_invoice_quantity", "drafted_quantity", "invoiced_amount"].contains(&name.as_str()));
    }
    order
}

#[tokio::test]
async fn every_step_of_an_order_is_an_event_of_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let mut copy = Copy { caller: &tenant, id: order.id, seen: 0 };
    assert_eq!(copy.news("confirming").await.0, ["order.created", "order.confirmed"]);
    let updated = ["order.updated"];

    let half = CreateDownPayment { percent: Some(of("10")), ..CreateDownPayment::default() };
    let down = tenant.post::<down_payment::CreateDownPayment>(order.id, &half).await;
    assert_eq!(copy.news("a draft").await.0, [""; 0], "a draft is nothing of the order");
    deal::post_invoice(&tenant, down.id, None).await;
    let (kinds, now) = copy.news("a down payment").await;
    assert_eq!((kinds, now.down_payments_amount.0.as_str(), now.undeducted_amount.0.as_str()), (updated.map(str::to_owned).to_vec(), "77.11", "77.11"));

    let part = deal::ship(&tenant, &order, "15").await;
    let (kinds, now) = copy.news("a part").await;
    assert_eq!((kinds, now.lines[0].delivered_quantity), (updated.map(str::to_owned).to_vec(), of("15")));
    let back = ReturnDelivery {
        lines: vec![DeliveryLineInput { order_line_id: order.lines[0].id, quantity: of("2") }],
        refund: false,
        reason: "scratched".to_owned(),
    };
    tenant.post::<delivery::ReturnDelivery>(part.id, &back).await;
    let (kinds, now) = copy.news("a return").await;
    assert_eq!((kinds, now.lines[0].returned_quantity), (updated.map(str::to_owned).to_vec(), of("2")));

    let draft = deal::invoice_order(&tenant, order.id).await;
    let (kinds, now) = copy.news("a draft that deducts").await;
    assert_eq!((kinds.len(), now.undeducted_amount != now.down_payments_amount), (1, true), "{kinds:?}");
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    let (kinds, now) = copy.news("an invoice").await;
    assert_eq!((kinds, now.lines[0].invoiced_quantity), (updated.map(str::to_owned).to_vec(), of("15")));
    let credit = CreditInvoice { lines: vec![CreditLine { invoice_line_id: posted.lines[0].id, quantity: of("5") }], ..CreditInvoice::default() };
    let note = tenant.post::<invoice::CreditInvoice>(posted.id, &credit).await;
    copy.news("a draft of a credit note").await;
    deal::post_invoice(&tenant, note.id, None).await;
    let (kinds, now) = copy.news("a credit note").await;
    assert_eq!((kinds, now.lines[0].invoiced_quantity), (updated.map(str::to_owned).to_vec(), of("10")));

    // What completes it, and what opens it again, have events of their own: one for each.
    let rest = tenant.get::<delivery::GetDelivery>(part.backorder_id.expect("the rest")).await;
    let rest = tenant.post::<delivery::ShipDelivery>(rest.id, &Default::default()).await;
    assert_eq!(copy.news("the rest").await.0, ["order.fulfilled"]);
    tenant.post::<delivery::ReverseDelivery>(rest.id, &ReverseDelivery { reason: None }).await;
    assert_eq!(copy.news("taking it back").await.0, ["order.reopened"]);

    // Whoever changes an order that went on meanwhile is told.
    let known = copy.news("nothing").await.1.version;
    deal::ship(&tenant, &order, "1").await;
    let path = format!("/v1/orders/{}/hold", order.id);
    let change = async |version: i64| {
        let request = tenant.raw.request("POST", &path).header("if-match", &format!("\"v{version}\""));
        request.json(&json!({ "reason": "ring twice" })).send().await
    };
    assert_eq!(change(known).await.status, 412);
    let now = copy.news("one more").await.1.version;
    assert_eq!((now, change(now).await.status), (known + 1, 200));
    verified(&tenant).await;
}
