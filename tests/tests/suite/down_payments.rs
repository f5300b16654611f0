//! What a customer pays of an order in advance, and what its invoices deduct (rule 33; DLV-007 to DLV-014; BIL-03, CRN-04).

use causeway_contract::{Code, ListQuery, Nothing};
use causeway_openapi::billing_run::{CommitBillingRun, CreateBillingRun, op as billing_run};
use causeway_openapi::credit::{CreditQuery, op as credit};
use causeway_openapi::down_payment::{CreateDownPayment, op as down_payment};
use causeway_openapi::invoice::{CreateInvoice, CreditInvoice, CreditLine, Invoice, InvoiceGroup, op as invoice};
use causeway_openapi::invoice_check::{CheckResult, InvoiceCheckName, op as check};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{CancelOrder, CreateOrder, Order, op as order};
use causeway_openapi::order_amendment::{AmendLine, AmendOrder, op as amendment};
use causeway_openapi::tax::{CreateTax, op as tax};
use causeway_tests::caller::Caller;
use causeway_tests::deal::{self, balances, entry, forty, sides};
use causeway_tests::shop::{self, Shop, line, rate};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{BillableStatus, InvoiceId, InvoiceKind, InvoiceStatus, OrderId, TaxId};
use serde_json::json;
use tokio::task::JoinSet;

fn amount(text: &str) -> CreateDownPayment {
    CreateDownPayment { amount: Some(text.into()), ..CreateDownPayment::default() }
}

fn percent(text: &str) -> CreateDownPayment {
    CreateDownPayment { percent: Some(of(text)), ..CreateDownPayment::default() }
}

async fn asked(caller: &Caller, order: OrderId, body: &CreateDownPayment) -> Invoice {
    let draft = caller.post::<down_payment::CreateDownPayment>(order, body).await;
    assert_eq!((draft.status, draft.kind, draft.order_id), (InvoiceStatus::Draft, InvoiceKind::Invoice, Some(order)));
    deal::post_invoice(caller, draft.id, None).await
}

/// What the order shows: its down payments, and what of them is not deducted.
async fn shown(caller: &Caller, order: OrderId) -> (String, String) {
    let order = caller.get::<order::GetOrder>(order).await;
    (order.down_payments_amount.0, order.undeducted_amount.0)
}

async fn left(caller: &Caller, invoice: &Invoice) -> String {
    caller.get::<invoice::GetInvoice>(invoice.id).await.undeducted_amount.expect("a down payment").0
}

/// Net and total of each line.
fn lines(invoice: &Invoice) -> Vec<(String, String)> {
    let total = |line: &causeway_openapi::invoice::InvoiceLine| {
        let cents = |text: &str| causeway_value::parse_scaled(text, 2).unwrap();
        causeway_value::format_scaled(cents(&line.net_amount.0) + cents(&line.tax_amount.0), 2, 2)
    };
    invoice.lines.iter().map(|line| (line.net_amount.0.clone(), total(line))).collect()
}

fn texts<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.map(|(net, total)| (net.to_owned(), total.to_owned())).to_vec()
}

async fn exposure(caller: &Caller, shop: &Shop) -> [String; 5] {
    let query = CreditQuery { company_id: Some(shop.company), amount: None };
    let credit = caller.client.call::<credit::GetCredit>(shop.party, &query, &Nothing {}).await.unwrap_or_else(|error| panic!("{error}"));
    [credit.open_receivables, credit.billables, credit.obligations, credit.unallocated, credit.exposure].map(|amount| amount.0)
}

/// A line without a product: billable as soon as it is ordered.
fn free(quantity: &str, unit_price: &str, tax_ids: Vec<TaxId>) -> LineInput {
    LineInput { description: Some("Work".to_owned()), quantity: of(quantity), unit_price: Some(of(unit_price)), tax_ids: Some(tax_ids), ..LineInput::default() }
}

#[tokio::test]
async fn the_final_invoice_deducts_every_down_payment() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    // DLV-007: 2530.00, twice 50.00 in advance.
    let ordered = [("5", "280.00"), ("4", "180.00"), ("3", "90.00"), ("2", "70.00")].map(|(quantity, price)| free(quantity, price, Vec::new()));
    let order = deal::confirmed(&tenant, &shop, ordered.to_vec()).await;
    assert_eq!((order.total_amount.0.as_str(), order.down_payments_amount.0.as_str()), ("2530.00", "0.00"));
    let first = asked(&tenant, order.id, &amount("50.00")).await;
    assert_eq!((first.total_amount.0.as_str(), first.undeducted_amount.as_ref().unwrap().0.as_str()), ("50.00", "50.00"));
    assert_eq!(sides(&entry(&tenant, first.journal_entry_id).await), [("1100", "50.00", "0.00"), ("2200", "0.00", "50.00")]);
    asked(&tenant, order.id, &amount("50.00")).await;
    assert_eq!(shown(&tenant, order.id).await, ("100.00".to_owned(), "100.00".to_owned()));
    // What is to be billed knows nothing of it, and a down payment is no revenue.
    assert_eq!(deal::billables(&tenant, order.id).await.len(), 4);
    assert_eq!(balances(&tenant, &shop, ["2200", "4000"]).await, ["-100.00", "0.00"]);
    assert_eq!(exposure(&tenant, &shop).await, ["100.00", "2530.00", "0.00", "100.00", "2530.00"]);
    verified(&tenant).await;

    let draft = deal::invoice_order(&tenant, order.id).await;
    assert_eq!((draft.total_amount.0.as_str(), draft.lines.len()), ("2430.00", 6));
    // A draft deducts: nothing is left for another. Dropping it gives it back.
    assert_eq!(left(&tenant, &first).await, "0.00");
    assert_eq!(exposure(&tenant, &shop).await, ["2530.00", "0.00", "0.00", "0.00", "2530.00"]);
    verified(&tenant).await;
    tenant.act::<invoice::CancelInvoice>(draft.id).await;
    assert_eq!(left(&tenant, &first).await, "50.00");
    verified(&tenant).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    let last = deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!((last.total_amount.0.as_str(), last.lines[4].net_amount.0.as_str()), ("2430.00", "-50.00"));
    assert_eq!(last.lines[4].deducted_line_id, Some(first.lines[0].id));
    assert_eq!(last.lines[4].description, format!("Down payment {}, {}", order.number, first.number.as_deref().unwrap()));
    let invoices = tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("order_id", order.id).and("status", "posted")).await;
    assert_eq!(invoices.len(), 3);
    assert_eq!(shown(&tenant, order.id).await, ("100.00".to_owned(), "0.00".to_owned()));
    assert_eq!(balances(&tenant, &shop, ["1100", "2200", "4000"]).await, ["2530.00", "0.00", "-2530.00"]);
    verified(&tenant).await;

    // Taking the final invoice back takes the deduction back.
    let reason = causeway_openapi::invoice::ReverseInvoice { date: None, rebill: None, reason: "wrong".to_owned() };
    let note = tenant.post::<invoice::ReverseInvoice>(last.id, &reason).await;
    assert_eq!(note.total_amount.0, "2430.00");
    assert_eq!((left(&tenant, &first).await, shown(&tenant, order.id).await.1), ("50.00".to_owned(), "100.00".to_owned()));
    assert_eq!(balances(&tenant, &shop, ["1100", "2200", "4000"]).await, ["100.00", "-100.00", "0.00"]);
    verified(&tenant).await;
}

async fn tax(caller: &Caller, shop: &Shop, rate: &str, included: bool) -> TaxId {
    let body = CreateTax { included: Some(included), ..shop::percent_tax(shop.company, &format!("T{rate}{included}"), rate) };
    caller.post::<tax::CreateTax>((), &body).await.id
}

#[tokio::test]
async fn a_down_payment_is_split_by_groups_of_taxes() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (fifteen, ten, inside) = (tax(&tenant, &shop, "15", false).await, tax(&tenant, &shop, "10", false).await, tax(&tenant, &shop, "10", true).await);
    let hundred = |tax_ids: &[TaxId]| free("2", "100.00", tax_ids.to_vec());
    let quarter_off = |line: LineInput| LineInput { discount_percent: Some(of("25")), ..line };
    let breakdown = vec![hundred(&[fifteen, ten]), hundred(&[ten]), hundred(&[ten]), hundred(&[])];
    let included = vec![hundred(&[inside, ten]), hundred(&[ten]), hundred(&[ten]), hundred(&[])];
    let discounted = vec![hundred(&[ten]), quarter_off(hundred(&[ten])), hundred(&[fifteen]), hundred(&[])];
    // id, lines, asked, what each group comes to, total, what is left for the final invoice
    let rows = [
        ("DLV-010", &breakdown, percent("50"), [("100.00", "125.00"), ("200.00", "220.00"), ("100.00", "100.00")], "445.00", "445.00"),
        ("DLV-011", &breakdown, amount("222.50"), [("50.00", "62.50"), ("100.00", "110.00"), ("50.00", "50.00")], "222.50", "667.50"),
        ("DLV-013", &included, percent("50"), [("90.91", "109.09"), ("200.00", "220.00"), ("100.00", "100.00")], "429.09", "429.09"),
        ("DLV-014", &discounted, percent("50"), [("175.00", "192.50"), ("100.00", "115.00"), ("100.00", "100.00")], "407.50", "407.50"),
    ];
    for (id, ordered, body, expected, total, rest) in rows {
        let order = deal::confirmed(&tenant, &shop, ordered.clone()).await;
        let paid = asked(&tenant, order.id, &body).await;
        assert_eq!((lines(&paid), paid.total_amount.0.as_str()), (texts(expected), total), "{id}");
        let tax_of = |tax_id| paid.taxes.iter().find(|part| part.tax_id == tax_id).map(|part| part.amount.0.as_str());
        if id == "DLV-010" {
            assert_eq!((tax_of(ten), tax_of(fifteen)), (Some("30.00"), Some("15.00")));
        }
        let draft = deal::invoice_order(&tenant, order.id).await;
        assert_eq!(draft.total_amount.0, rest, "{id}");
        deal::post_invoice(&tenant, draft.id, None).await;
        assert_eq!(shown(&tenant, order.id).await, (total.to_owned(), "0.00".to_owned()), "{id}");
    }
    assert_eq!(balances(&tenant, &shop, ["2200"]).await, ["0.00"]);
    verified(&tenant).await;
}

/// Half of 41.65 is 20.825: each half is rounded up, and there is one cent less than both.
#[tokio::test]
async fn shares_that_make_the_whole_exhaust_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![free("1", "35.00", vec![shop.tax])]).await;
    assert_eq!(asked(&tenant, order.id, &percent("50")).await.total_amount.0, "20.83");
    assert_eq!(asked(&tenant, order.id, &percent("50")).await.total_amount.0, "20.82");
    let problem = tenant.refused::<down_payment::CreateDownPayment>(order.id, &percent("1")).await;
    assert_eq!(problem.code, Code::AmountExceedsOpen);
    let draft = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(deal::post_invoice(&tenant, draft.id, None).await.total_amount.0, "0.00");
    assert_eq!(balances(&tenant, &shop, ["2200", "4000"]).await, ["0.00", "-35.00"]);
    verified(&tenant).await;
}

#[tokio::test]
async fn a_partial_invoice_deducts_no_more_than_it_bills_and_a_credit_lessens_what_is_deducted() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    // 40 pieces: 771.12.
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let paid = asked(&tenant, order.id, &amount("400.00")).await;
    assert_eq!(exposure(&tenant, &shop).await, ["400.00", "0.00", "771.12", "400.00", "771.12"]);
    deal::ship(&tenant, &order, "15").await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    // 289.17 are billed, and all of it is paid in advance: 110.83 are left.
    assert_eq!((lines(&draft), draft.total_amount.0.as_str()), (texts([("243.00", "289.17"), ("-243.00", "-289.17")]), "0.00"));
    deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!(left(&tenant, &paid).await, "110.83");
    verified(&tenant).await;

    // DLV-008: what is credited of the down payment is not deducted; what is deducted cannot be credited.
    let more = tenant.refused::<invoice::CreditInvoice>(paid.id, &CreditInvoice { amount: Some("110.84".into()), ..CreditInvoice::default() }).await;
    assert_eq!((more.code, more.errors[0].pointer.as_deref()), (Code::AmountExceedsOpen, Some("/amount")), "{more:?}");
    let note = tenant.post::<invoice::CreditInvoice>(paid.id, &CreditInvoice { amount: Some("60.00".into()), ..CreditInvoice::default() }).await;
    let all = tenant.post::<invoice::CreditInvoice>(paid.id, &CreditInvoice::default()).await;
    assert_eq!(all.total_amount.0, "110.83");
    deal::post_invoice(&tenant, note.id, None).await;
    assert_eq!((left(&tenant, &paid).await, shown(&tenant, order.id).await), ("50.83".to_owned(), ("340.00".to_owned(), "50.83".to_owned())));
    assert_eq!(tenant.refused::<invoice::PostInvoice>(all.id, &Default::default()).await.code, Code::StateConflict);
    verified(&tenant).await;

    let delivered = deal::ship(&tenant, &order, "25").await;
    assert!(delivered.backorder_id.is_none());
    let draft = deal::invoice_order(&tenant, order.id).await;
    // 481.95 less the 50.83.
    assert_eq!(draft.total_amount.0, "431.12");
    // The draft has deducted all that credit notes left.
    assert_eq!(tenant.refused::<invoice::CreditInvoice>(paid.id, &CreditInvoice::default()).await.code, Code::StateConflict);
    let last = deal::post_invoice(&tenant, draft.id, None).await;
    assert_eq!((left(&tenant, &paid).await.as_str(), balances(&tenant, &shop, ["2200", "4000"]).await), ("0.00", ["0.00".to_owned(), "-648.00".to_owned()]));

    // A part of the deduction is credited: it is there to be deducted again.
    let deduction = last.lines.last().unwrap();
    let lines = [(last.lines[0].id, "25"), (deduction.id, "-0.5")].map(|(id, quantity)| CreditLine { invoice_line_id: id, quantity: of(quantity) });
    let note = tenant.post::<invoice::CreditInvoice>(last.id, &CreditInvoice { lines: lines.to_vec(), ..CreditInvoice::default() }).await;
    deal::post_invoice(&tenant, note.id, None).await;
    assert_ne!(left(&tenant, &paid).await, "0.00");
    verified(&tenant).await;
}

#[tokio::test]
async fn what_cannot_be_asked_in_advance_is_refused() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let draft = tenant.post::<order::CreateOrder>((), &deal::order_body(&shop, vec![forty(&shop)])).await;
    let refused = async |order: OrderId, body: &CreateDownPayment| {
        let problem = tenant.refused::<down_payment::CreateDownPayment>(order, body).await;
        (problem.code, problem.errors.first().map(|error| (error.code, error.pointer.clone().unwrap_or_default())))
    };
    assert_eq!(refused(draft.id, &percent("50")).await.0, Code::StateConflict);
    let order: Order = tenant.act::<order::ConfirmOrder>(draft.id).await;
    for (body, code, pointer) in [
        (CreateDownPayment::default(), Code::Required, "/percent"),
        (CreateDownPayment { percent: Some(of("5")), ..amount("5.00") }, Code::InvalidValue, "/amount"),
        (percent("0"), Code::InvalidValue, "/percent"),
        (percent("100.01"), Code::InvalidValue, "/percent"),
        (amount("0.00"), Code::InvalidValue, "/amount"),
        (amount("1.001"), Code::TooManyDecimals, "/amount"),
        (amount("771.13"), Code::AmountExceedsOpen, "/amount"),
    ] {
        assert_eq!(refused(order.id, &body).await.1, Some((code, pointer.to_owned())), "{body:?}");
    }
    // Drafts count, and so does what is billed.
    tenant.post::<down_payment::CreateDownPayment>(order.id, &percent("30")).await;
    deal::ship(&tenant, &order, "15").await;
    let billed = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(billed.total_amount.0, "289.17", "what is not posted is not deducted");
    // 771.12 less 231.34 less 289.17.
    assert_eq!(refused(order.id, &amount("250.62")).await.1.unwrap().0, Code::AmountExceedsOpen);
    assert_eq!(tenant.post::<down_payment::CreateDownPayment>(order.id, &amount("250.61")).await.total_amount.0, "250.61");
    // DLV-009: of an order that comes to nothing nothing is asked.
    let nothing = LineInput { discount_percent: Some(of("100")), ..line(shop.setup, "1") };
    let nothing = deal::confirmed(&tenant, &shop, vec![nothing]).await;
    let zero = asked(&tenant, nothing.id, &amount("50.00")).await;
    assert_eq!((zero.total_amount.0.as_str(), zero.lines.len(), zero.undeducted_amount.unwrap().0.as_str()), ("0.00", 1, "0.00"));
    // A hold on billing holds down payments, too.
    let held = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let waiting = tenant.post::<down_payment::CreateDownPayment>(held.id, &percent("10")).await;
    tenant.post::<order::HoldOrder>(held.id, &deal::manual_hold("disputed")).await;
    assert_eq!(refused(held.id, &percent("10")).await.0, Code::StateConflict);
    assert_eq!(tenant.refused::<invoice::PostInvoice>(waiting.id, &Default::default()).await.code, Code::StateConflict);
    verified(&tenant).await;
}

#[tokio::test]
async fn what_was_paid_in_advance_of_a_cancelled_order_is_proposed_to_be_credited() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let paid = asked(&tenant, order.id, &percent("50")).await;
    let draft = tenant.post::<down_payment::CreateDownPayment>(order.id, &percent("10")).await;
    let insolvent = CancelOrder { reason: "insolvent".to_owned() };
    let problem = tenant.refused::<order::CancelOrder>(order.id, &insolvent).await;
    assert_eq!((problem.code, problem.meta["invoice_ids"][0].as_str()), (Code::StateConflict, Some(draft.id.to_string().as_str())));
    tenant.act::<invoice::CancelInvoice>(draft.id).await;
    let cancelled = tenant.post::<order::CancelOrder>(order.id, &insolvent).await;
    let [note] = cancelled.last_amendment.as_ref().unwrap().credit_note_ids.as_slice() else { panic!("{cancelled:?}") };
    let note = deal::post_invoice(&tenant, *note, None).await;
    assert_eq!((note.credited_invoice_id, note.total_amount.0.as_str(), left(&tenant, &paid).await.as_str()), (Some(paid.id), "385.56", "0.00"));
    assert_eq!(balances(&tenant, &shop, ["1100", "2200"]).await, ["0.00", "0.00"]);
    verified(&tenant).await;
}

#[tokio::test]
async fn grouped_invoices_and_billing_runs_deduct_order_by_order() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let mut downs = Vec::new();
    let mut orders = Vec::new();
    for _ in 0..3 {
        // 250.00 and 47.50 of tax.
        let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "1")]).await;
        downs.push(asked(&tenant, order.id, &percent("40")).await);
        orders.push(order);
    }
    let by_party = CreateInvoice { company_id: Some(shop.company), party_id: Some(shop.party), group: Some(InvoiceGroup::Party), ..CreateInvoice::default() };
    let together = tenant.post::<invoice::CreateInvoice>((), &by_party).await;
    assert_eq!((together.total_amount.0.as_str(), together.lines.len()), ("535.50", 6));
    tenant.act::<invoice::CancelInvoice>(together.id).await;
    let plan = CreateBillingRun { company_id: shop.company, post: Some(true), ..CreateBillingRun::default() };
    let run = tenant.post::<billing_run::CreateBillingRun>((), &plan).await;
    assert_eq!((run.invoice_count, run.totals[0].total_amount.0.as_str()), (3, "535.50"));
    assert_eq!(left(&tenant, &downs[0]).await, "119.00", "a plan deducts nothing");
    tenant.post::<billing_run::CommitBillingRun>(run.id, &CommitBillingRun { hash: run.hash.clone() }).await;
    for (order, down) in orders.iter().zip(&downs) {
        assert_eq!((left(&tenant, down).await, shown(&tenant, order.id).await), ("0.00".to_owned(), ("119.00".to_owned(), "0.00".to_owned())));
        let billed = tenant.all::<causeway_openapi::billable::op::ListBillables, _>(&ListQuery::by("order_id", order.id)).await;
        assert!(billed.iter().all(|row| row.status == BillableStatus::Invoiced));
    }
    assert_eq!(balances(&tenant, &shop, ["2200", "4100"]).await, ["0.00", "-750.00"]);
    verified(&tenant).await;
}

#[tokio::test]
async fn what_was_paid_in_advance_keeps_its_rate() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    tenant.raw.request("PUT", "/v1/clock").json(&serde_json::json!({ "now": "2026-12-01T09:00:00Z" })).send().await.success();
    let shop = shop::open(&tenant, "").await;
    rate(&tenant, "USD", "2026-12-01", "0.90").await;
    rate(&tenant, "USD", "2026-12-10", "0.80").await;
    let body = CreateOrder { currency: Some(of("USD")), ..deal::order_body(&shop, vec![free("1", "1000.00", Vec::new())]) };
    let draft = tenant.post::<order::CreateOrder>((), &body).await;
    let order = tenant.act::<order::ConfirmOrder>(draft.id).await;
    let paid = asked(&tenant, order.id, &percent("50")).await;
    assert_eq!(sides(&entry(&tenant, paid.journal_entry_id).await), [("1100", "450.00", "0.00"), ("2200", "0.00", "450.00")]);
    deal::advance(&tenant, "2026-12-10T09:00:00Z").await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    let last = deal::post_invoice(&tenant, draft.id, None).await;
    // 500.00 USD are open at 0.80; what was paid in advance comes off at 0.90, and is earned at that (IFRIC 22): no rate moves an advance.
    assert_eq!(balances(&tenant, &shop, ["1100", "2200", "4000", "7000"]).await, ["850.00", "0.00", "-850.00", "0.00"], "{last:?}");
    verified(&tenant).await;
    let reason = causeway_openapi::invoice::ReverseInvoice { date: None, rebill: None, reason: "wrong".to_owned() };
    tenant.post::<invoice::ReverseInvoice>(last.id, &reason).await;
    assert_eq!(balances(&tenant, &shop, ["1100", "2200", "4000"]).await, ["450.00", "-450.00", "0.00"]);
    verified(&tenant).await;
}

#[tokio::test]
async fn the_last_deduction_leaves_nothing_on_advances() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    rate(&tenant, "USD", "2026-12-01", "0.337").await;
    let one = || free("1", "10.05", Vec::new());
    let body = CreateOrder { currency: Some(of("USD")), ..deal::order_body(&shop, vec![one(), one(), one(), one()]) };
    let draft = tenant.post::<order::CreateOrder>((), &body).await;
    let order = tenant.act::<order::ConfirmOrder>(draft.id).await;
    // 40.20 USD are 13.55 EUR; four times 10.05 USD would be 3.39 each, 13.56 together.
    let down = asked(&tenant, order.id, &percent("100")).await;
    assert_eq!(balances(&tenant, &shop, ["2200"]).await, ["-13.55"]);
    let bill = async |count: usize| {
        let waiting = deal::billables(&tenant, order.id).await;
        let billable_ids = waiting.iter().take(count).map(|row| row.id).collect();
        let draft = tenant.post::<invoice::CreateInvoice>((), &CreateInvoice { billable_ids, ..CreateInvoice::default() }).await;
        deal::post_invoice(&tenant, draft.id, None).await
    };
    let first = bill(1).await;
    assert_eq!((first.total_amount.0.as_str(), balances(&tenant, &shop, ["2200"]).await), ("0.00", ["-10.16".to_owned()]));
    // What is taken back comes again, part by part.
    let reason = causeway_openapi::invoice::ReverseInvoice { date: None, rebill: None, reason: "wrong".to_owned() };
    let second = bill(1).await;
    tenant.post::<invoice::ReverseInvoice>(second.id, &reason).await;
    assert_eq!(balances(&tenant, &shop, ["2200"]).await, ["-10.16"]);
    bill(2).await;
    // What nobody delivers any more is given back; then nothing is left.
    let note = tenant.post::<invoice::CreditInvoice>(down.id, &CreditInvoice::default()).await;
    assert_eq!(note.total_amount.0, "10.05");
    deal::post_invoice(&tenant, note.id, None).await;
    assert_eq!(balances(&tenant, &shop, ["2200"]).await, ["0.00"]);
    verified(&tenant).await;
}

#[tokio::test]
async fn an_order_for_less_than_was_paid_in_advance_proposes_to_give_the_rest_back() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    // 1190.00, of which 600.00 and 300.00 are paid in advance.
    let order = deal::confirmed(&tenant, &shop, vec![line(shop.setup, "4")]).await;
    asked(&tenant, order.id, &amount("600.00")).await;
    let second = asked(&tenant, order.id, &amount("300.00")).await;
    let from_now_on = |quantity: &str| AmendOrder {
        reason: "they need less".to_owned(),
        lines: vec![AmendLine { order_line_id: Some(order.lines[0].id), quantity: Some(of(quantity)), ..AmendLine::default() }],
        ..AmendOrder::default()
    };
    let notes = |order: &Order| order.last_amendment.as_ref().unwrap().credit_note_ids.clone();
    // 892.50 are less than 900.00.
    let amended = tenant.post::<amendment::AmendOrder>(order.id, &from_now_on("3")).await;
    let [note] = notes(&amended)[..] else { panic!("{amended:?}") };
    let note = tenant.get::<invoice::GetInvoice>(note).await;
    assert_eq!((note.status, note.total_amount.0.as_str(), note.credited_invoice_id), (InvoiceStatus::Draft, "7.50", Some(second.id)));
    // What is proposed already counts; the latest down payment is given back first.
    let amended = tenant.post::<amendment::AmendOrder>(order.id, &from_now_on("2")).await;
    let more = notes(&amended);
    let mut totals = Vec::new();
    for id in &more {
        totals.push(deal::post_invoice(&tenant, *id, None).await.total_amount.0);
    }
    assert_eq!(totals, ["292.50", "5.00"]);
    tenant.act::<invoice::CancelInvoice>(note.id).await;
    let last = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(last.total_amount.0, "0.00");
    deal::post_invoice(&tenant, last.id, None).await;
    assert_eq!(shown(&tenant, order.id).await, ("602.50".to_owned(), "7.50".to_owned()));
    verified(&tenant).await;
}

#[tokio::test]
async fn what_is_asked_in_advance_can_be_paid_in_coins() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let coins = json!({ "rounding_rules": [{ "currency": "EUR", "cash": { "step": "0.05" } }] });
    tenant.raw.request("PATCH", &format!("/v1/companies/{}", shop.company)).json(&coins).send().await.success();
    // 30 % of 107.70 are 32.31.
    let order = deal::confirmed(&tenant, &shop, vec![free("1", "107.70", Vec::new())]).await;
    let down = asked(&tenant, order.id, &percent("30")).await;
    assert_eq!((down.total_amount.0.as_str(), down.rounding_amount.0.as_str(), down.installments[0].amount.0.as_str()), ("32.30", "0.00", "32.30"));
    let problem = tenant.refused::<down_payment::CreateDownPayment>(order.id, &amount("10.01")).await;
    assert!(problem.errors[0].pointer.as_deref() == Some("/amount") && problem.detail.contains("0.05 EUR"), "{problem:?}");
    let last = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(deal::post_invoice(&tenant, last.id, None).await.total_amount.0, "75.40");
    verified(&tenant).await;
}

#[tokio::test]
async fn discounts_that_are_booked_by_themselves_and_steps_of_taxes_stay_what_the_order_says() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let settings = json!({ "discount_posting": "discount_account", "document_discount_base": "total_amount", "rounding_rules": [{ "currency": "EUR", "tax_step": "0.05" }] });
    tenant.raw.request("PATCH", &format!("/v1/companies/{}", shop.company)).json(&settings).send().await.success();
    let codes = ["1100", "2100", "2200", "4100", "4800"];
    // 1000.00 less 7 %, with 19 % of that; in advance 30 % of 1106.70.
    let of_line = LineInput { discount_percent: Some(of("7")), ..line(shop.setup, "4") };
    let order = deal::confirmed(&tenant, &shop, vec![of_line]).await;
    let down = asked(&tenant, order.id, &percent("30")).await;
    assert_eq!((order.total_amount.0.as_str(), down.total_amount.0.as_str()), ("1106.70", "332.01"));
    assert_eq!(balances(&tenant, &shop, codes).await, ["332.01", "-53.01", "-279.00", "0.00", "0.00"]);
    let last = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(deal::post_invoice(&tenant, last.id, None).await.total_amount.0, "774.69");
    assert_eq!(balances(&tenant, &shop, codes).await, ["1106.70", "-176.70", "0.00", "-1000.00", "70.00"]);
    verified(&tenant).await;
    // 10 % off the total of 1190.00 leaves the tax of the full price.
    let body = CreateOrder { discount_percent: Some(of("10")), ..deal::order_body(&shop, vec![line(shop.setup, "4")]) };
    let order = tenant.post::<order::CreateOrder>((), &body).await;
    let order = tenant.act::<order::ConfirmOrder>(order.id).await;
    assert_eq!((order.untaxed_amount.0.as_str(), order.tax_amount.0.as_str()), ("881.00", "190.00"));
    asked(&tenant, order.id, &percent("50")).await;
    let last = deal::invoice_order(&tenant, order.id).await;
    assert_eq!(deal::post_invoice(&tenant, last.id, None).await.total_amount.0, "535.50");
    assert_eq!(balances(&tenant, &shop, codes).await, ["2177.70", "-366.70", "0.00", "-2000.00", "189.00"]);
    verified(&tenant).await;
}

/// What stands in the way of posting a document, and what somebody should look at.
async fn told(caller: &Caller, id: InvoiceId) -> Vec<(InvoiceCheckName, CheckResult)> {
    let found = caller.get::<check::CheckInvoice>(id).await.checks.into_iter().map(|check| (check.name, check.result));
    found.filter(|(name, result)| *result != CheckResult::Passed && *name != InvoiceCheckName::LineTaxes).collect()
}

/// Every posted invoice of an order, added up.
async fn posted_of(caller: &Caller, order: OrderId) -> String {
    let posted = caller.all::<invoice::ListInvoices, _>(&ListQuery::by("order_id", order).and("status", "posted")).await;
    let cents: i64 = posted.iter().map(|invoice| causeway_value::parse_scaled(&invoice.total_amount.0, 2).unwrap()).sum();
    causeway_value::format_scaled(cents, 2, 2)
}

#[tokio::test]
async fn what_is_billed_is_not_paid_in_advance_as_well() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let ordered = async || deal::confirmed(&tenant, &shop, vec![free("10", "7.77", vec![shop.tax])]).await;
    let half = async |order: &Order| tenant.post::<down_payment::CreateDownPayment>(order.id, &percent("50")).await;
    // A draft bills all of it without the down payment, which was a draft, too.
    let order = ordered().await;
    let (down, whole) = (half(&order).await, deal::invoice_order(&tenant, order.id).await);
    assert_eq!((down.total_amount.0.as_str(), whole.total_amount.0.as_str()), ("46.23", "92.46"));
    assert_eq!(told(&tenant, down.id).await, [(InvoiceCheckName::WithinOrder, CheckResult::Failed)]);
    assert_eq!(told(&tenant, whole.id).await, [(InvoiceCheckName::DownPayments, CheckResult::Warning)]);
    let problem = tenant.refused::<invoice::PostInvoice>(down.id, &Default::default()).await;
    assert_eq!((problem.code, problem.meta["invoice_ids"][0].as_str()), (Code::StateConflict, Some(whole.id.to_string().as_str())), "{problem:?}");
    tenant.act::<invoice::CancelInvoice>(whole.id).await;
    deal::post_invoice(&tenant, down.id, None).await;
    let rest = deal::invoice_order(&tenant, order.id).await;
    assert_eq!((rest.total_amount.0.as_str(), told(&tenant, rest.id).await), ("46.23", Vec::new()));
    deal::post_invoice(&tenant, rest.id, None).await;
    assert_eq!(posted_of(&tenant, order.id).await, "92.46");
    // Billed first, nothing is left to be paid in advance.
    let order = ordered().await;
    let (down, whole) = (half(&order).await, deal::invoice_order(&tenant, order.id).await);
    deal::post_invoice(&tenant, whole.id, None).await;
    let problem = tenant.refused::<invoice::PostInvoice>(down.id, &Default::default()).await;
    assert!(problem.code == Code::StateConflict && problem.detail.contains("cancel this draft"), "{problem:?}");
    // Until that is taken back and waits to be billed again.
    let reason = causeway_openapi::invoice::ReverseInvoice { date: None, rebill: Some(true), reason: "too early".to_owned() };
    tenant.post::<invoice::ReverseInvoice>(whole.id, &reason).await;
    deal::post_invoice(&tenant, down.id, None).await;
    assert_eq!(deal::invoice_order(&tenant, order.id).await.total_amount.0, "46.23");
    // A part that is billed meanwhile leaves room for it: what comes next deducts it.
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    let down = half(&order).await;
    deal::ship(&tenant, &order, "15").await;
    let part = deal::invoice_order(&tenant, order.id).await;
    deal::post_invoice(&tenant, down.id, None).await;
    assert_eq!(told(&tenant, part.id).await, [(InvoiceCheckName::DownPayments, CheckResult::Warning)]);
    deal::post_invoice(&tenant, part.id, None).await;
    deal::ship(&tenant, &order, "25").await;
    let rest = deal::invoice_order(&tenant, order.id).await;
    // 771.12 less 289.17 and 385.56.
    assert_eq!(rest.total_amount.0, "96.39");
    deal::post_invoice(&tenant, rest.id, None).await;
    assert_eq!((posted_of(&tenant, order.id).await, shown(&tenant, order.id).await.1), ("771.12".to_owned(), "0.00".to_owned()));
    verified(&tenant).await;
}

#[tokio::test]
async fn billing_and_paying_in_advance_at_once_never_exceed_the_order() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let mut orders = Vec::new();
    let mut callers = JoinSet::new();
    for _ in 0..12 {
        let order = deal::confirmed(&tenant, &shop, vec![free("10", "7.77", vec![shop.tax])]).await;
        let down = tenant.post::<down_payment::CreateDownPayment>(order.id, &percent("50")).await;
        let (caller, id) = (tenant.owner.clone(), down.id);
        callers.spawn(async move { caller.refusal::<invoice::PostInvoice>(id, &Default::default()).await });
        let (caller, id) = (tenant.owner.clone(), order.id);
        callers.spawn(async move {
            let body = CreateInvoice { order_id: Some(id), ..CreateInvoice::default() };
            caller.refusal::<invoice::CreateInvoice>((), &body).await
        });
        orders.push((order, down));
    }
    let refused: Vec<_> = callers.join_all().await.into_iter().flatten().collect();
    assert!(refused.iter().all(|problem| problem.code == Code::StateConflict), "{refused:?}");
    for (order, down) in orders {
        let drafts = tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("order_id", order.id).and("status", "draft")).await;
        for draft in drafts.iter().filter(|draft| draft.id != down.id) {
            deal::post_invoice(&tenant, draft.id, None).await;
        }
        assert_eq!(posted_of(&tenant, order.id).await, "92.46");
    }
    verified(&tenant).await;
}

/// What an invoice deducts is split into net and tax as it bills them, what is given back by its share: a cent may lie on either side.
#[tokio::test]
async fn what_is_given_back_after_the_last_deduction_is_exactly_the_rest() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let seven = tax(&tenant, &shop, "7", false).await;
    let inside = tax(&tenant, &shop, "19", true).await;
    let cases = [
        ("3", "19.99", "1", shop.tax, "11.89"),
        ("7", "9.99", "2", shop.tax, "17.83"),
        ("55", "3.333333", "0.5", seven, "96.29"),
        ("4", "25.00", "1", inside, "25.00"),
    ];
    for (quantity, price, kept, tax_id, given_back) in cases {
        let order = deal::confirmed(&tenant, &shop, vec![free(quantity, price, vec![tax_id])]).await;
        let down = asked(&tenant, order.id, &percent("50")).await;
        let less = AmendOrder {
            reason: "they need less".to_owned(),
            lines: vec![AmendLine { order_line_id: Some(order.lines[0].id), quantity: Some(of(kept)), ..AmendLine::default() }],
            ..AmendOrder::default()
        };
        let amended = tenant.post::<amendment::AmendOrder>(order.id, &less).await;
        let [note] = amended.last_amendment.as_ref().unwrap().credit_note_ids[..] else { panic!("{price}: {amended:?}") };
        let last = deal::invoice_order(&tenant, order.id).await;
        assert_eq!(deal::post_invoice(&tenant, last.id, None).await.total_amount.0, "0.00", "{price}");
        assert_eq!(left(&tenant, &down).await, given_back, "{price}");
        assert_eq!(told(&tenant, note).await, [], "{price}");
        let note = deal::post_invoice(&tenant, note, None).await;
        assert_eq!((note.total_amount.0.as_str(), left(&tenant, &down).await.as_str()), (given_back, "0.00"), "{price}");
    }
    assert_eq!(balances(&tenant, &shop, ["2200"]).await, ["0.00"]);
    verified(&tenant).await;
}

/// Rule 18, EPD-013: what was paid in advance was taxed in full. A discount that lowers the tax up front lowers that of the rest alone.
#[tokio::test]
async fn a_discount_up_front_is_of_what_is_left_to_pay() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let cases = [
        ("10", "1000.00", "80", ["200.00", "34.20"]),
        ("2", "100.00", "50", ["50.00", "9.31"]),
        ("10", "1000.00", "100", ["0.00", "0.00"]),
        // Without anything in advance, all of it.
        ("10", "1000.00", "", ["1000.00", "171.00"]),
    ];
    for (discount, price, share, rest) in cases {
        let term = json!({
            "code": causeway_tests::unique("UP"), "name": "Up front", "installments": [{ "percent": "100", "days": 30 }],
            "early_discount": { "percent": discount, "days": 10, "tax_mode": "upfront" },
        });
        let term = tenant.raw.post("/v1/payment-terms", &term).await.success();
        let body = CreateOrder { payment_term_id: Some(of(term["id"].as_str().unwrap())), ..deal::order_body(&shop, vec![free("1", price, vec![shop.tax])]) };
        let order = tenant.post::<order::CreateOrder>((), &body).await;
        let order = tenant.act::<order::ConfirmOrder>(order.id).await;
        if !share.is_empty() {
            asked(&tenant, order.id, &percent(share)).await;
        }
        let draft = deal::invoice_order(&tenant, order.id).await;
        assert_eq!([draft.untaxed_amount.0.as_str(), draft.tax_amount.0.as_str()], rest, "{discount} % of {price}, {share} % in advance");
        let taxes = draft.lines.iter().map(|line| causeway_value::parse_scaled(&line.tax_amount.0, 2).unwrap()).sum::<i64>();
        assert_eq!(causeway_value::format_scaled(taxes, 2, 2), rest[1]);
        // The same when its lines are given anew, and by a run.
        let kept = vec![json!({ "id": draft.lines[0].id })];
        let again = tenant.raw.request("PATCH", &format!("/v1/invoices/{}", draft.id)).json(&json!({ "lines": kept })).send().await.success();
        assert_eq!([again["untaxed_amount"].as_str(), again["tax_amount"].as_str()], rest.map(Some));
        tenant.act::<invoice::CancelInvoice>(draft.id).await;
        let run = CreateBillingRun { company_id: shop.company, post: Some(true), ..CreateBillingRun::default() };
        let run = tenant.post::<billing_run::CreateBillingRun>((), &run).await;
        let done = tenant.post::<billing_run::CommitBillingRun>(run.id, &CommitBillingRun { hash: run.hash }).await;
        assert_eq!([done.totals[0].untaxed_amount.0.as_str(), done.totals[0].tax_amount.0.as_str()], rest);
        verified(&tenant).await;
    }
}
