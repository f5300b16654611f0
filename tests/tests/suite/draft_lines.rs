//! How much a draft bills: less leaves the rest ready to be billed, and it can be billed again (vector DLV-004; BIL-05).

use causeway_contract::{Code, ListQuery, Patch};
use causeway_openapi::billable::{Billable, op as billable};
use causeway_openapi::catalog::{CreateProduct, CreateUnit, op as catalog};
use causeway_openapi::delivery::{ReverseDelivery, op as delivery};
use causeway_openapi::down_payment::{CreateDownPayment, op as down_payment};
use causeway_openapi::invoice::{CreateInvoice, Invoice, KeptLine, UpdateInvoice, op as invoice};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{Order, op as order};
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::shop::{self, line};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{BillableStatus, BillingPolicy, InvoiceLineId, OrderId, ProductKind};

/// These lines of a draft with these quantities, and no others.
fn kept(draft: &Invoice, quantities: &[(usize, &str)]) -> UpdateInvoice {
    let line = |(index, quantity): &(usize, &str)| KeptLine { id: draft.lines[*index].id, quantity: Some(of(quantity)), ..KeptLine::default() };
    UpdateInvoice { lines: Patch::Value(quantities.iter().map(line).collect()), ..UpdateInvoice::default() }
}

async fn changed(caller: &Caller, draft: &Invoice, quantities: &[(usize, &str)]) -> Invoice {
    let changed = caller.post::<invoice::UpdateInvoice>(draft.id, &kept(draft, quantities)).await;
    verified(caller).await;
    changed
}

/// What is ready to be billed and what stands on invoices, drafts counted, of each line of an order.
async fn quantities(caller: &Caller, order: &Order) -> Vec<(String, String)> {
    let all = caller.all::<billable::ListBillables, Billable>(&ListQuery::by("order_id", order.id)).await;
    let sum = |line, status| {
        let own = all.iter().filter(|row| row.order_line_id == Some(line) && row.status == status);
        causeway_value::Quantity(own.map(|row| row.quantity.0).sum()).to_string()
    };
    order.lines.iter().map(|line| (sum(line.id, BillableStatus::Ready), sum(line.id, BillableStatus::Invoiced))).collect()
}

async fn invoiced(caller: &Caller, order: OrderId) -> Vec<String> {
    caller.get::<order::GetOrder>(order).await.lines.iter().map(|line| line.invoiced_quantity.to_string()).collect()
}

fn texts<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.map(|(one, other)| (one.to_owned(), other.to_owned())).to_vec()
}

#[tokio::test]
async fn what_a_draft_bills_less_is_ready_to_be_billed_at_once() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    // 33.33 less 10 %, so that thirds do not come out even.
    let odd = LineInput { unit_price: Some(of("33.33")), discount_percent: Some(of("10")), ..line(shop.setup, "5") };
    let order = deal::confirmed(&tenant, &shop, vec![odd, line(shop.setup, "3")]).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    let lowered = changed(&tenant, &draft, &[(0, "3"), (1, "2")]).await;
    assert_eq!((lowered.version, lowered.lines.len(), lowered.lines[0].id), (2, 2, draft.lines[0].id));
    assert_eq!(quantities(&tenant, &order).await, texts([("2", "3"), ("1", "2")]));
    // Money counts when it is posted.
    assert_eq!(invoiced(&tenant, order.id).await, ["0", "0"]);
    // Back up to what is left, and to the cent what it was; not beyond.
    let raised = changed(&tenant, &draft, &[(0, "4"), (1, "3")]).await;
    assert_eq!(quantities(&tenant, &order).await, texts([("1", "4"), ("0", "3")]));
    let problem = tenant.refused::<invoice::UpdateInvoice>(draft.id, &kept(&raised, &[(0, "5.000001"), (1, "-3")])).await;
    let pointers: Vec<_> = problem.errors.iter().map(|error| (error.code, error.pointer.as_deref().unwrap())).collect();
    assert_eq!(pointers, [(Code::AmountExceedsOpen, "/lines/0/quantity"), (Code::InvalidValue, "/lines/1/quantity")]);
    let back = changed(&tenant, &draft, &[(0, "5"), (1, "3")]).await;
    assert_eq!((&back.total_amount, &back.lines[0].taxes), (&draft.total_amount, &draft.lines[0].taxes));
    assert_eq!(quantities(&tenant, &order).await, texts([("0", "5"), ("0", "3")]));

    // The parts add up to the cent over three invoices.
    changed(&tenant, &draft, &[(0, "2"), (1, "1")]).await;
    let mut net = 0;
    for part in [None, Some("2"), None] {
        let draft = match part {
            None if net == 0 => draft.clone(),
            _ => deal::invoice_order(&tenant, order.id).await,
        };
        if let Some(part) = part {
            changed(&tenant, &draft, &[(0, part), (1, "1")]).await;
        }
        let posted = deal::post_invoice(&tenant, draft.id, None).await;
        net += causeway_value::parse_scaled(&posted.untaxed_amount.0, 2).unwrap();
        verified(&tenant).await;
    }
    assert_eq!(causeway_value::format_scaled(net, 2, 2), order.untaxed_amount.0);
    assert_eq!(invoiced(&tenant, order.id).await, ["5", "3"]);
    let problem = tenant.refused::<invoice::UpdateInvoice>(draft.id, &kept(&draft, &[(0, "1")])).await;
    assert_eq!((problem.status, problem.code), (409, Code::DocumentPosted));
}

#[tokio::test]
async fn lines_leave_a_draft_and_come_back_with_the_next() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "5"), line(shop.setup, "3")]).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    changed(&tenant, &draft, &[(0, "3"), (1, "3")]).await;
    let one = changed(&tenant, &draft, &[(1, "2")]).await;
    assert_eq!((one.lines.len(), one.lines[0].quantity.to_string()), (1, "2".to_owned()));
    // What was split off is put together again: one billable of five, and another draft bills it by one line.
    let ready: Vec<String> = deal::billables(&tenant, order.id).await.iter().map(|row| row.quantity.to_string()).collect();
    assert_eq!(ready.len(), 2);
    assert!(ready.contains(&"5".to_owned()) && ready.contains(&"1".to_owned()), "{ready:?}");
    let other = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(other.lines.len(), 2);
    // Part of a part, on a second draft; then both drafts go.
    changed(&tenant, &other, &[(0, "1"), (1, "1")]).await;
    for draft in [draft.id, other.id] {
        tenant.act::<invoice::CancelInvoice>(draft).await;
        verified(&tenant).await;
    }
    assert_eq!(quantities(&tenant, &order).await, texts([("5", "0"), ("3", "0")]));
    let all = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(all.total_amount, draft.total_amount);

    // What is wrong is named, and a draft keeps a line at least.
    let unknown = KeptLine { id: InvoiceLineId::new(), quantity: None, ..KeptLine::default() };
    let twice = KeptLine { id: all.lines[0].id, quantity: None, ..KeptLine::default() };
    let nothing = KeptLine { id: all.lines[1].id, quantity: Some(of("0")), ..KeptLine::default() };
    let body = UpdateInvoice { lines: Patch::Value(vec![unknown, twice.clone(), twice, nothing]), ..UpdateInvoice::default() };
    let problem = tenant.refused::<invoice::UpdateInvoice>(all.id, &body).await;
    let pointers: Vec<_> = problem.errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
    assert_eq!(pointers, ["/lines/0/id", "/lines/2/id", "/lines/3/quantity"]);
    let problem = tenant.refused::<invoice::UpdateInvoice>(all.id, &kept(&all, &[])).await;
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/lines"));
    // A reference is given later, and lines stay.
    let body = UpdateInvoice { reference: Patch::Value("PO 9".to_owned()), ..UpdateInvoice::default() };
    let named = tenant.post::<invoice::UpdateInvoice>(all.id, &body).await;
    assert_eq!((named.reference.as_deref(), named.lines), (Some("PO 9"), all.lines));
}

#[tokio::test]
async fn a_shipment_is_taken_back_with_all_parts_of_what_it_bills() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.chai, "10")]).await;
    let shipped = deal::ship(&tenant, &order, "10").await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    changed(&tenant, &draft, &[(0, "4")]).await;
    let problem = tenant.refused::<delivery::ReverseDelivery>(shipped.id, &ReverseDelivery::default()).await;
    assert_eq!(problem.code, Code::StateConflict);
    let rest = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(rest.lines[0].quantity.to_string(), "6");
    // The draft of the first part goes while the rest stands on another one.
    tenant.act::<invoice::CancelInvoice>(draft.id).await;
    tenant.act::<invoice::CancelInvoice>(rest.id).await;
    tenant.post::<delivery::ReverseDelivery>(shipped.id, &ReverseDelivery::default()).await;
    assert_eq!(quantities(&tenant, &order).await, texts([("0", "0")]));
    verified(&tenant).await;
}

#[tokio::test]
async fn what_is_deducted_follows_what_is_billed() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "4")]).await;
    // 1190.00; 400.00 in advance.
    let asked = CreateDownPayment { amount: Some("400.00".into()), ..CreateDownPayment::default() };
    let down = tenant.post::<down_payment::CreateDownPayment>(order.id, &asked).await;
    let down = deal::post_invoice(&tenant, down.id, None).await;
    let left = async || tenant.get::<invoice::GetInvoice>(down.id).await.undeducted_amount.unwrap().0;
    let draft = deal::invoice_order(&tenant, order.id).await;
    assert_eq!((draft.lines.len(), draft.total_amount.0.as_str(), left().await.as_str()), (2, "790.00", "0.00"));
    let lowered = changed(&tenant, &draft, &[(0, "1")]).await;
    assert_eq!((lowered.total_amount.0.as_str(), left().await.as_str()), ("0.00", "102.50"));
    let raised = changed(&tenant, &draft, &[(0, "2")]).await;
    assert_eq!((raised.total_amount.0.as_str(), left().await.as_str()), ("195.00", "0.00"));
    let deducts = KeptLine { id: raised.lines[1].id, quantity: None, ..KeptLine::default() };
    let body = UpdateInvoice {
        lines: Patch::Value(vec![KeptLine { id: raised.lines[0].id, quantity: None, ..KeptLine::default() }, deducts]),
        ..UpdateInvoice::default()
    };
    let problem = tenant.refused::<invoice::UpdateInvoice>(draft.id, &body).await;
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/lines/1/id"));
    // Its own lines are no quantities.
    let own =
        tenant.post::<down_payment::CreateDownPayment>(order.id, &CreateDownPayment { amount: Some("1.00".into()), ..CreateDownPayment::default() }).await;
    let problem = tenant.refused::<invoice::UpdateInvoice>(own.id, &kept(&own, &[(0, "1")])).await;
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/lines"));
    tenant.act::<invoice::CancelInvoice>(own.id).await;
    deal::post_invoice(&tenant, draft.id, None).await;
    let last = deal::invoice_order(&tenant, order.id).await;
    let last = deal::post_invoice(&tenant, last.id, None).await;
    assert_eq!(last.total_amount.0, "595.00");
    verified(&tenant).await;
}

#[tokio::test]
async fn a_begun_step_of_a_unit_counts_as_invoiced() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    // DLV-005: 5.13 in steps of 0.1 count 5.2.
    let hours = CreateUnit { code: "hour".to_owned(), category: "time".to_owned(), factor: of("1"), step: Some(of("0.1")), ..CreateUnit::default() };
    assert_eq!(tenant.post::<catalog::CreateUnit>((), &hours).await.step, Some(of("0.1")));
    let problem = tenant.refused::<catalog::CreateUnit>((), &CreateUnit { code: "day".to_owned(), step: Some(of("0")), ..hours }).await;
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/step"));
    let work = shop::product_body("WORK", ProductKind::Service, BillingPolicy::OnOrder, "100.00", vec![shop.tax]);
    let work = tenant.post::<catalog::CreateProduct>((), &CreateProduct { unit: "hour".to_owned(), ..work }).await.id;
    let order = deal::confirmed(&tenant, &shop, vec![line(work, "10")]).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    changed(&tenant, &draft, &[(0, "5.13")]).await;
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!((posted.untaxed_amount.0.as_str(), invoiced(&tenant, order.id).await), ("513.00", vec!["5.2".to_owned()]));
    // The rest is billed to the last minute.
    let rest = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(rest.lines[0].quantity.to_string(), "4.87");
    deal::post_invoice(&tenant, rest.id, None).await;
    assert_eq!(invoiced(&tenant, order.id).await, ["10"]);
    verified(&tenant).await;
}

#[tokio::test]
async fn a_draft_over_two_orders_is_of_the_one_whose_lines_stay() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let mut waiting = Vec::new();
    let mut orders = Vec::new();
    for _ in 0..2 {
        let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
        waiting.extend(deal::billables(&tenant, order.id).await.into_iter().map(|row| row.id));
        orders.push(order);
    }
    let body = CreateInvoice { billable_ids: waiting, ..Default::default() };
    let both = tenant.post::<invoice::CreateInvoice>((), &body).await;
    assert_eq!((both.order_id, both.lines.len()), (None, 2));
    let one = changed(&tenant, &both, &[(0, "1")]).await;
    let of = orders.iter().find(|order| Some(order.lines[0].id) == one.lines[0].order_line_id).expect("its order");
    assert_eq!((one.order_id, one.flow_id), (Some(of.id), Some(of.flow_id)));
}
