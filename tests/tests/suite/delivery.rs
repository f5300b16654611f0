//! Delivering in parts: backorders, and billing that adds up to what was ordered.

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::client::Options;
use causeway_openapi::delivery::{
    CancelDelivery, ConfirmReceipt, CreateDelivery, DeliveryLineInput, ReturnDelivery, ReverseDelivery, ShipDelivery, UpdateDelivery, op as delivery,
};
use causeway_openapi::invoice::{CreditInvoice, CreditLine, KeptLine, UpdateInvoice, op as invoice};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{Order, OrderLine, op as order};
use causeway_tests::deal::{self, forty};
use causeway_tests::log::events;
use causeway_tests::shop::{self, line};
use causeway_tests::world::World;
use causeway_tests::{of, pointers, verified};
use causeway_value::{DeliveryStatus, InvoiceKind, InvoiceStatus, OrderStatus};
use serde_json::json;

#[tokio::test]
async fn the_rest_of_a_partial_delivery_becomes_a_backorder() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;

    let first = deal::ship(&tenant, &order, "15").await;
    let backorder = tenant.get::<delivery::GetDelivery>(first.backorder_id.expect("a backorder")).await;
    assert_eq!((backorder.status, backorder.lines.first().unwrap().quantity), (DeliveryStatus::Ready, of("25")));
    let now = tenant.get::<order::GetOrder>(order.id).await;
    assert_eq!((now.status, now.lines.first().unwrap().delivered_quantity), (OrderStatus::Confirmed, of("15")));

    // All that remains waits in the backorder.
    let more = DeliveryLineInput { order_line_id: order.lines.first().unwrap().id, quantity: of("26") };
    let problem = tenant.refused::<delivery::CreateDelivery>((), &CreateDelivery { order_id: order.id, lines: vec![more], ..Default::default() }).await;
    assert!([409, 422].contains(&problem.status), "{problem:?}");

    let second = tenant.post::<delivery::ShipDelivery>(backorder.id, &ShipDelivery::default()).await;
    assert_eq!((second.status, second.backorder_id), (DeliveryStatus::Done, None));
    let amounts: Vec<String> = deal::billables(&tenant, order.id).await.into_iter().map(|billable| billable.amount.0).collect();
    assert_eq!(amounts, ["243.00", "405.00"]);
    let invoice = deal::invoice_order(&tenant, order.id).await;
    assert_eq!((invoice.untaxed_amount.0.as_str(), invoice.total_amount.0.as_str()), ("648.00", "771.12"));
    assert_eq!(tenant.refused::<delivery::ShipDelivery>(second.id, &ShipDelivery::default()).await.code, Code::StateConflict);
}

/// Thirds of 10.00: each part is what is due so far less what was billed before.
#[tokio::test]
async fn the_last_part_takes_the_residue() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let third = LineInput { unit_price: Some(of("3.333333")), tax_ids: Some(Vec::new()), ..line(shop.chai, "3") };
    let order = deal::confirmed(&tenant, &shop, vec![third]).await;
    assert_eq!(order.untaxed_amount.0, "10.00");
    let mut billed = Vec::new();
    for _ in 0..3 {
        deal::ship(&tenant, &order, "1").await;
        let draft = deal::invoice_order(&tenant, order.id).await;
        billed.push(deal::post_invoice(&tenant, draft.id, None).await.untaxed_amount.0);
    }
    assert_eq!(billed, ["3.33", "3.34", "3.33"]);
    assert_eq!(tenant.get::<order::GetOrder>(order.id).await.status, OrderStatus::Fulfilled);
    // The backorders on the way were for what the next delivery brought: none waits for nothing.
    let waiting = tenant.all::<delivery::ListDeliveries, _>(&ListQuery::by("order_id", order.id).and("status", "ready")).await;
    assert_eq!(waiting, []);
}

#[tokio::test]
async fn nothing_is_billed_twice() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    deal::ship(&tenant, &order, "40").await;
    let billable = deal::billables(&tenant, order.id).await.first().unwrap().id;
    deal::invoice_order(&tenant, order.id).await;
    let again = causeway_openapi::invoice::CreateInvoice { billable_ids: vec![billable], ..Default::default() };
    let problem = tenant.refused::<invoice::CreateInvoice>((), &again).await;
    assert!([409, 422].contains(&problem.status), "{problem:?}");
    assert_eq!(tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("order_id", order.id)).await.len(), 1);
}

#[tokio::test]
async fn a_shipment_is_taken_back_and_what_was_invoiced_of_it_proposed_to_be_credited() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let shipped = deal::ship(&tenant, &order, "40").await;
    let reversed = tenant.post::<delivery::ReverseDelivery>(shipped.id, &Default::default()).await;
    assert!(reversed.reversed_at.is_some());
    assert!(deal::billables(&tenant, order.id).await.is_empty());
    assert_eq!(tenant.get::<order::GetOrder>(order.id).await.lines.first().unwrap().delivered_quantity, of("0"));

    let again = deal::ship(&tenant, &order, "40").await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    // A draft is cancelled instead.
    let problem = tenant.refused::<delivery::ReverseDelivery>(again.id, &Default::default()).await;
    assert!(problem.code == Code::StateConflict && problem.detail.contains(&draft.id.to_string()), "{problem:?}");
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    let dry = Options { dry_run: true, ..Options::default() };
    let would = tenant.send::<delivery::ReverseDelivery>(again.id, &Default::default(), dry).await;
    assert_eq!((would.body.status, would.body.credit_note_ids.len()), (DeliveryStatus::Cancelled, 1));
    let reversed = tenant.post::<delivery::ReverseDelivery>(again.id, &ReverseDelivery { reason: Some("refused at the door".to_owned()) }).await;
    assert_eq!(tenant.get::<delivery::GetDelivery>(again.id).await, reversed);
    let note = tenant.get::<invoice::GetInvoice>(reversed.credit_note_ids[0]).await;
    assert_eq!((note.status, note.kind, note.credited_invoice_id), (InvoiceStatus::Draft, InvoiceKind::CreditNote, Some(posted.id)));
    assert_eq!((note.total_amount, note.lines[0].quantity), (posted.total_amount.clone(), of("40")));
    assert!(events(&tenant).await.iter().any(|event| event.kind == "delivery.reversed" && event.data["credit_note_ids"][0] == json!(note.id)));
    verified(&tenant).await;
    // The goods go out again and are billed again; the note takes back what was billed before.
    deal::post_invoice(&tenant, note.id, None).await;
    deal::ship(&tenant, &order, "40").await;
    let second = deal::invoice_order(&tenant, order.id).await;
    deal::post_invoice(&tenant, second.id, None).await;
    let line = tenant.get::<order::GetOrder>(order.id).await.lines.remove(0);
    assert_eq!((line.delivered_quantity, line.invoiced_quantity), (of("40"), of("40")));
    verified(&tenant).await;
}

/// DLV-004: what stands on a draft waits for no other invoice, and is invoiced money and quantity only once it is posted.
#[tokio::test]
async fn a_draft_takes_what_is_to_be_invoiced_and_only_posting_counts_as_invoiced() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.chai, "5")]).await;
    deal::ship(&tenant, &order, "3").await;
    let counted = async || tenant.get::<order::GetOrder>(order.id).await.lines.first().unwrap().invoiced_quantity;
    assert_eq!((deal::billables(&tenant, order.id).await.len(), counted().await), (1, of("0")));
    let draft = deal::invoice_order(&tenant, order.id).await;
    assert_eq!((deal::billables(&tenant, order.id).await.len(), counted().await), (0, of("0")));
    tenant.act::<invoice::CancelInvoice>(draft.id).await;
    assert_eq!(deal::billables(&tenant, order.id).await.len(), 1);
    let draft = deal::invoice_order(&tenant, order.id).await;
    deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!((deal::billables(&tenant, order.id).await.len(), counted().await), (0, of("3")));
}

/// DLV-004: changing quantities of a draft changes what is to be invoiced at once; money is invoiced when it is posted, and no more when it is credited.
#[tokio::test]
async fn an_order_line_tells_what_is_drafted_and_what_is_to_be_invoiced() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let confirmed = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "5"), line(shop.setup, "3")]).await;
    let told = |order: &Order| {
        let of = |line: &OrderLine| (line.to_invoice_quantity.to_string(), line.drafted_quantity.to_string(), line.invoiced_quantity.to_string());
        (order.lines.iter().map(of).collect::<Vec<_>>(), order.lines.iter().map(|line| line.invoiced_amount.0.clone()).collect::<Vec<_>>())
    };
    let counts = |rows: [[&str; 3]; 2]| rows.map(|[waiting, drafted, invoiced]| (waiting.to_owned(), drafted.to_owned(), invoiced.to_owned())).to_vec();
    let now = async || told(&tenant.get::<order::GetOrder>(confirmed.id).await);
    assert_eq!(told(&confirmed), (counts([["5", "0", "0"], ["3", "0", "0"]]), vec!["0.00".to_owned(); 2]));
    assert_eq!(now().await, told(&confirmed));
    let draft = deal::invoice_order(&tenant, confirmed.id).await;
    assert_eq!(now().await.0, counts([["0", "5", "0"], ["0", "3", "0"]]));
    let kept = |at: usize, quantity: &str| KeptLine { id: draft.lines[at].id, quantity: Some(of(quantity)), dimensions: None };
    let change = UpdateInvoice { lines: Patch::Value(vec![kept(0, "3"), kept(1, "2")]), ..UpdateInvoice::default() };
    let draft = tenant.post::<invoice::UpdateInvoice>(draft.id, &change).await;
    assert_eq!(now().await, (counts([["2", "3", "0"], ["1", "2", "0"]]), vec!["0.00".to_owned(); 2]));
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    let nets: Vec<_> = posted.lines.iter().map(|line| line.net_amount.0.clone()).collect();
    assert_eq!(now().await, (counts([["2", "0", "3"], ["1", "0", "2"]]), nets.clone()));
    let of_line = CreditLine { invoice_line_id: posted.lines[1].id, quantity: of("2") };
    let note = tenant.post::<invoice::CreditInvoice>(posted.id, &CreditInvoice { lines: vec![of_line], ..CreditInvoice::default() }).await;
    assert_eq!(now().await.1, nets, "a draft credit takes nothing back");
    deal::post_invoice(&tenant, note.id, None).await;
    assert_eq!(now().await, (counts([["2", "0", "3"], ["1", "0", "0"]]), vec![nets[0].clone(), "0.00".to_owned()]));
    verified(&tenant).await;
}

#[tokio::test]
async fn what_comes_back_without_a_refund_stays_delivered() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.chai, "10")]).await;
    let shipped = deal::ship(&tenant, &order, "10").await;
    // DLV-017: all ten come back and are exchanged.
    let line_id = order.lines[0].id;
    let back = |quantity: &str, refund| ReturnDelivery {
        lines: vec![DeliveryLineInput { order_line_id: line_id, quantity: of(quantity) }],
        refund,
        reason: "exchanged".to_owned(),
    };
    for refund in [true, false] {
        let problem = tenant.refused::<delivery::ReturnDelivery>(shipped.id, &back("11", refund)).await;
        let pointers: Vec<_> = problem.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
        assert_eq!(pointers, ["/lines/0/quantity"]);
    }
    for quantity in ["4", "6"] {
        tenant.post::<delivery::ReturnDelivery>(shipped.id, &back(quantity, false)).await;
    }
    let returned = tenant.get::<delivery::GetDelivery>(shipped.id).await;
    assert_eq!((returned.status, returned.lines[0].returned_quantity.to_string()), (DeliveryStatus::Done, "10".to_owned()));
    let now = tenant.get::<order::GetOrder>(order.id).await;
    let quantities = [now.lines[0].delivered_quantity, now.lines[0].returned_quantity, now.lines[0].invoiced_quantity].map(|quantity| quantity.to_string());
    assert_eq!(quantities, ["10", "10", "0"]);
    // Nothing is to be shipped again, and all of it is billed.
    assert_eq!(deal::billables(&tenant, order.id).await[0].quantity.to_string(), "10");
    let problem = tenant.refused::<delivery::ReverseDelivery>(shipped.id, &ReverseDelivery::default()).await;
    assert_eq!(problem.code, Code::StateConflict);
    verified(&tenant).await;
}

/// A delivery is changed while it is planned, cancelled, and received once it shipped (STK-04, STK-07).
#[tokio::test]
async fn a_delivery_is_planned_cancelled_and_received() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let planned = deal::delivery(&tenant, &order, "15").await;
    let change = |ship_date: &str| UpdateDelivery {
        ship_date: Patch::Value(of(ship_date)),
        carrier: Patch::Value("Post".to_owned()),
        tracking: Patch::Value("1Z".to_owned()),
        ..UpdateDelivery::default()
    };
    assert_eq!(pointers(&tenant.refused::<delivery::UpdateDelivery>(planned.id, &change("2062-12-04")).await), ["/ship_date"]);
    let changed = tenant.post::<delivery::UpdateDelivery>(planned.id, &change("2028-03-01")).await;
    assert_eq!((changed.ship_date, changed.carrier.as_deref(), changed.tracking.as_deref()), (Some(of("2028-03-01")), Some("Post"), Some("1Z")));
    let early = UpdateDelivery { received_by: Patch::Value("Amy".to_owned()), ..UpdateDelivery::default() };
    assert_eq!(pointers(&tenant.refused::<delivery::UpdateDelivery>(planned.id, &early).await), ["/received_by"]);
    // It is planned for the year after next: what ships today says so.
    assert_eq!(pointers(&tenant.refused::<delivery::ShipDelivery>(planned.id, &ShipDelivery::default()).await), ["/ship_date"]);

    let why = CancelDelivery { reason: "the truck broke down".to_owned() };
    let cancelled = tenant.post::<delivery::CancelDelivery>(planned.id, &why).await;
    assert_eq!((cancelled.status, cancelled.reason.as_deref(), cancelled.lines.len()), (DeliveryStatus::Cancelled, Some("the truck broke down"), 1));
    assert_eq!(tenant.refused::<delivery::CancelDelivery>(planned.id, &why).await.code, Code::StateConflict);
    assert_eq!(tenant.refused::<delivery::UpdateDelivery>(planned.id, &change("2026-12-04")).await.code, Code::StateConflict);
    assert_eq!(tenant.refused::<delivery::ShipDelivery>(planned.id, &ShipDelivery::default()).await.code, Code::StateConflict);

    // What it was to ship is open again.
    let shipped = deal::ship(&tenant, &order, "40").await;
    assert_eq!(tenant.refused::<delivery::CancelDelivery>(shipped.id, &why).await.code, Code::StateConflict);
    assert_eq!(pointers(&tenant.refused::<delivery::UpdateDelivery>(shipped.id, &change("2026-12-04")).await), ["/ship_date"]);
    let receipt = |day: Option<&str>| ConfirmReceipt { received_by: "Amy".to_owned(), received_date: day.map(of) };
    for wrong in ["2026-12-01", "2026-12-03"] {
        assert_eq!(pointers(&tenant.refused::<delivery::ConfirmReceipt>(shipped.id, &receipt(Some(wrong))).await), ["/received_date"]);
    }
    let received = tenant.post::<delivery::ConfirmReceipt>(shipped.id, &receipt(None)).await;
    assert_eq!((received.received_date, received.received_by.as_deref()), (Some(of("2026-12-02")), Some("Amy")));
    assert_eq!(tenant.refused::<delivery::ConfirmReceipt>(shipped.id, &receipt(None)).await.code, Code::StateConflict);
    // What was received was no mistake, unless that was one.
    assert_eq!(tenant.refused::<delivery::ReverseDelivery>(shipped.id, &ReverseDelivery::default()).await.code, Code::StateConflict);
    let corrected = UpdateDelivery { tracking: Patch::Value("2Z".to_owned()), received_by: Patch::Value("Bob".to_owned()), ..UpdateDelivery::default() };
    assert_eq!(tenant.post::<delivery::UpdateDelivery>(shipped.id, &corrected).await.received_by.as_deref(), Some("Bob"));
    let mistake = UpdateDelivery { received_date: Patch::Null, ..UpdateDelivery::default() };
    let taken_back = tenant.post::<delivery::UpdateDelivery>(shipped.id, &mistake).await;
    assert_eq!((taken_back.received_date, taken_back.received_by, taken_back.tracking.as_deref()), (None, None, Some("2Z")));
    tenant.post::<delivery::ReverseDelivery>(shipped.id, &ReverseDelivery::default()).await;
    verified(&tenant).await;
}

#[tokio::test]
async fn nothing_ships_before_its_order_was_confirmed() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.chai, "2")]).await;
    let planned = deal::delivery(&tenant, &order, "2").await;
    let on = |day: causeway_value::Day| ShipDelivery { ship_date: Some(day), ..ShipDelivery::default() };
    let refused = tenant.refused::<delivery::ShipDelivery>(planned.id, &on(order.order_date.plus_days(-1))).await;
    assert_eq!(pointers(&refused), ["/ship_date"]);
    assert!(refused.errors[0].detail.contains(&order.order_date.to_string()), "{refused:?}");
    tenant.post::<delivery::ShipDelivery>(planned.id, &on(order.order_date)).await;
}
