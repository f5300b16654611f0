//! What an order says besides its prices: sections, promised days and conditions, from the start and by amendment (ORD-01, ORD-18, QTE-01, QTE-11).

use causeway_contract::{Code, Patch};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{CreateOrder, Order, UpdateOrder, op as order};
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_openapi::quote::{CreateQuote, op as quote};
use causeway_tests::deal::{self, forty};
use causeway_tests::shop::{self, line};
use causeway_tests::world::World;
use causeway_tests::{of, pointers, verified};
use causeway_value::{HoldKind, LineChange};
use serde_json::json;

/// Heading, number of lines and sum of each section.
fn sections(order: &Order) -> Vec<(Option<&str>, u32, &str)> {
    order.sections.iter().map(|section| (section.title.as_deref(), section.lines, section.untaxed_amount.0.as_str())).collect()
}

fn amended(reason: &str) -> AmendOrder {
    AmendOrder { reason: reason.to_owned(), ..AmendOrder::default() }
}

#[tokio::test]
async fn a_direct_order_has_sections_promises_and_conditions() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    tenant.raw.request("PUT", "/v1/clock").json(&json!({ "now": "2026-12-01T09:00:00Z" })).send().await.success();
    let shop = shop::open(&tenant, "").await;
    let below = |title: &str, line: LineInput| LineInput { section: Some(title.to_owned()), ..line };
    let chai = LineInput { lead_days: Some(14), ..below("Drinks", forty(&shop)) };
    let setup = LineInput { promised_date: Some(of("2026-12-24")), ..below("Services", line(shop.setup, "1")) };
    let body = CreateOrder { terms: Some("No returns.".to_owned()), ..deal::order_body(&shop, vec![chai.clone(), setup.clone()]) };
    let draft = tenant.post::<order::CreateOrder>((), &body).await;
    assert_eq!(sections(&draft), [(Some("Drinks"), 1, "648.00"), (Some("Services"), 1, "250.00")]);
    let days: Vec<_> = draft.lines.iter().map(|line| line.promised_date.map(|day| day.to_string())).collect();
    assert_eq!((days, draft.terms.as_deref()), (vec![Some("2026-12-15".to_owned()), Some("2026-12-24".to_owned())], Some("No returns.")));

    let wrong = LineInput { promised_date: Some(of("2026-11-30")), section: Some(" ".to_owned()), ..chai.clone() };
    let problem = tenant.refused::<order::CreateOrder>((), &CreateOrder { lines: vec![wrong], ..body.clone() }).await;
    assert_eq!(pointers(&problem), ["/lines/0/promised_date", "/lines/0/lead_days", "/lines/0/section"]);

    let change = UpdateOrder { terms: Patch::Value("Returns within 14 days.".to_owned()), lines: Patch::Value(vec![setup]), ..UpdateOrder::default() };
    let changed = tenant.post::<order::UpdateOrder>(draft.id, &change).await;
    assert_eq!((sections(&changed), changed.terms.as_deref()), (vec![(Some("Services"), 1, "250.00")], Some("Returns within 14 days.")));
    let confirmed = tenant.act::<order::ConfirmOrder>(draft.id).await;

    // A line that is added later says the same, counted from that day.
    let added =
        AmendLine { product_id: Some(shop.chai), quantity: Some(of("1")), section: Some("Drinks".to_owned()), lead_days: Some(3), ..AmendLine::default() };
    let more = tenant.post::<amendment::AmendOrder>(confirmed.id, &AmendOrder { lines: vec![added], ..amended("one more") }).await;
    assert_eq!(sections(&more), [(Some("Services"), 1, "250.00"), (Some("Drinks"), 1, "18.00")]);
    assert_eq!(more.lines[1].promised_date, Some(of("2026-12-04")));
    let fixed = AmendLine { order_line_id: Some(more.lines[0].id), section: Some("Other".to_owned()), lead_days: Some(3), ..AmendLine::default() };
    let problem = tenant.refused::<amendment::AmendOrder>(confirmed.id, &AmendOrder { lines: vec![fixed], ..amended("other") }).await;
    assert_eq!(pointers(&problem), ["/lines/0/section", "/lines/0/lead_days"]);
    verified(&tenant).await;
}

#[tokio::test]
async fn the_conditions_of_a_quote_are_those_of_its_order() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let body = CreateQuote { terms: Some("No returns.".to_owned()), ..deal::quote_body(&shop, vec![forty(&shop)]) };
    let offered = tenant.post::<quote::CreateQuote>((), &body).await;
    tenant.act::<quote::SubmitQuote>(offered.id).await;
    let ordered = deal::accept(&tenant, offered.id).await.order;
    assert_eq!(ordered.terms.as_deref(), Some("No returns."));
    // They were accepted: only an amendment changes them, once the order is confirmed.
    let change = UpdateOrder { terms: Patch::Null, ..UpdateOrder::default() };
    assert_eq!(tenant.refused::<order::UpdateOrder>(ordered.id, &change).await.code, Code::StateConflict);
    tenant.act::<order::ConfirmOrder>(ordered.id).await;
    let free = tenant.post::<amendment::AmendOrder>(ordered.id, &AmendOrder { terms: Patch::Null, ..amended("they may") }).await;
    assert_eq!((free.terms, free.total_amount.0.as_str()), (None, "771.12"));
}

#[tokio::test]
async fn an_amendment_changes_what_the_order_says() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let change = AmendOrder {
        reference: Patch::Value("PO 2".to_owned()),
        notes: Patch::Value("Ring twice.".to_owned()),
        terms: Patch::Value("No returns.".to_owned()),
        ..amended("their new order number")
    };
    let after = tenant.post::<amendment::AmendOrder>(order.id, &change).await;
    let last = after.last_amendment.expect("an amendment");
    let fields: Vec<_> = last.fields.iter().map(|field| (field.field.as_str(), field.before.as_deref(), field.after.as_deref())).collect();
    let expected = [("reference", None, Some("PO 2")), ("notes", None, Some("Ring twice.")), ("terms", None, Some("No returns."))];
    assert_eq!((fields, last.number, last.total_change.0.as_str()), (expected.to_vec(), 1, "0.00"));
    assert_eq!((after.reference.as_deref(), after.notes.as_deref(), after.terms.as_deref()), (Some("PO 2"), Some("Ring twice."), Some("No returns.")));
    // The same again changes nothing.
    assert_eq!(pointers(&tenant.refused::<amendment::AmendOrder>(order.id, &change).await), ["/lines"]);
    // What is billed from now on names it.
    deal::ship(&tenant, &order, "40").await;
    assert_eq!(deal::invoice_order(&tenant, order.id).await.reference.as_deref(), Some("PO 2"));
    verified(&tenant).await;
}

#[tokio::test]
async fn another_discount_reaches_what_is_neither_delivered_nor_invoiced() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    // Nothing has begun: the line itself changes, and what is owed with it.
    let whole = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let change = AmendOrder { discount_percent: Some(of("5")), ..amended("loyal") };
    let whole = tenant.post::<amendment::AmendOrder>(whole.id, &change).await;
    assert_eq!((whole.untaxed_amount.0.as_str(), whole.discount_percent, whole.lines.len()), ("615.60", of("5"), 1));
    assert_eq!(whole.last_amendment.as_ref().unwrap().changes[0].change, LineChange::Repriced);
    deal::ship(&tenant, &whole, "40").await;
    assert_eq!(deal::invoice_order(&tenant, whole.id).await.untaxed_amount.0, "615.60");

    // Of the goods 15 are delivered; the setup waits for its invoice. Both keep what they had; the rest is a line of its own.
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop), line(shop.setup, "1")]).await;
    deal::ship(&tenant, &order, "15").await;
    let dry = tenant.raw.post(&format!("/v1/orders/{}/amend?dry_run=true", order.id), &serde_json::to_value(&change).unwrap()).await.success();
    let order = tenant.post::<amendment::AmendOrder>(order.id, &change).await;
    // 15 x 18.00 less 10 %, 25 x 18.00 less 10 % and 5 %, and 250.00 less 5 %.
    assert_eq!((order.untaxed_amount.0.as_str(), dry["untaxed_amount"].as_str()), ("865.25", Some("865.25")));
    let lines: Vec<_> = order.lines.iter().map(|line| (line.net_amount.0.as_str(), line.document_discount_percent)).collect();
    assert_eq!(lines, [("243.00", Some(of("0"))), ("0.00", Some(of("0"))), ("384.75", None), ("237.50", None)]);
    let last = order.last_amendment.as_ref().unwrap();
    assert_eq!((last.fields[0].field.as_str(), last.untaxed_change.0.as_str()), ("discount_percent", "-32.75"));
    verified(&tenant).await;
    let rest = tenant.raw.post("/v1/deliveries", &json!({ "order_id": order.id })).await.success();
    tenant.raw.post(&format!("/v1/deliveries/{}/ship", rest["id"].as_str().unwrap()), &json!({})).await.success();
    let draft = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(deal::post_invoice(&tenant, draft.id, None).await.untaxed_amount.0, "865.25");
    // Everything is delivered and invoiced: nothing could take it any more.
    let late = AmendOrder { discount_percent: Some(of("7")), ..amended("too late") };
    assert_eq!(pointers(&tenant.refused::<amendment::AmendOrder>(order.id, &late).await), ["/discount_percent"]);
    verified(&tenant).await;

    // What is beyond the company's limit waits for a second person: 10 % and 5 % are 14.5 %.
    let rules = json!({ "quote_rules": { "max_discount_percent": "12" } });
    tenant.raw.request("PATCH", &format!("/v1/companies/{}", shop.company)).json(&rules).send().await.success();
    let dear = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let dear = tenant.post::<amendment::AmendOrder>(dear.id, &change).await;
    assert_eq!((dear.hold_kind, dear.last_amendment.map(|last| last.approval_reasons.len())), (Some(HoldKind::Approval), Some(1)));
}
