//! Invoices and credit notes.

use super::shop::{Line, Shop, quantity};
use causeway_bill::invoice::service::{cancel, credit};
use causeway_contract::{Code, Problem};
use causeway_openapi::invoice::{CreateInvoice, CreditInvoice, CreditLine, Invoice, InvoiceGroup, InvoiceLineInput};
use causeway_value::{BillingPolicy, Direction, InvoiceId, InvoiceStatus, OrderId, PaymentState};

impl Shop {
    pub async fn credit(&self, id: InvoiceId, body: CreditInvoice) -> Result<Invoice, Problem> {
        self.write(async move |ctx, tx| credit::credit(ctx, tx, id, &body).await).await
    }

    /// A posted invoice over this net amount with 19 % tax.
    pub async fn sold(&self, price: &'static str, on: &str) -> Invoice {
        let line = Line { policy: BillingPolicy::OnOrder, ..self.line("1", price) };
        let (order, _) = self.order(vec![line]).await;
        self.bill_order(order, on).await
    }
}

fn by_order(order: OrderId) -> CreateInvoice {
    CreateInvoice { order_id: Some(order), ..CreateInvoice::default() }
}

#[tokio::test]
async fn posting_numbers_dates_and_books_an_invoice() {
    let shop = Shop::open().await;
    let line = Line { discount: "10", policy: BillingPolicy::OnOrder, ..shop.line("40", "18.00") };
    let (order, _) = shop.order(vec![line]).await;
    let draft = shop.bill(by_order(order)).await.unwrap();
    assert_eq!((draft.status, draft.number, draft.payment_state), (InvoiceStatus::Draft, None, None));
    assert_eq!([&draft.untaxed_amount.0, &draft.tax_amount.0, &draft.total_amount.0, &draft.open_amount.0], ["648.00", "123.12", "771.12", "771.12"]);
    let posted = shop.post(draft.id, "2026-12-02").await.unwrap();
    assert_eq!((posted.number.as_deref(), posted.payment_state, posted.version), (Some("INV/2026/00001"), Some(PaymentState::Open), 2));
    assert_eq!((posted.installments.len(), posted.installments[0].open_amount.0.as_str()), (1, "771.12"));
    assert_eq!(shop.balances().await, [("1100".to_owned(), 77_112), ("2100".to_owned(), -12_312), ("4000".to_owned(), -64_800)]);
    assert_eq!(shop.obligations(order).await[0].invoiced_quantity, quantity("40"));
    assert_eq!(shop.post(draft.id, "2026-12-02").await.unwrap_err().code, Code::DocumentPosted);
    let late = shop.sold("1.00", "2026-12-05").await;
    assert_eq!(late.number.as_deref(), Some("INV/2026/00002"));
    let (order, _) = shop.order(vec![Line { policy: BillingPolicy::OnOrder, ..shop.line("1", "1.00") }]).await;
    let early = shop.bill(by_order(order)).await.unwrap();
    assert_eq!(shop.post(early.id, "2026-12-04").await.unwrap_err().code, Code::NumberOrder);
    assert_eq!(shop.post(early.id, "2026-12-05").await.unwrap().number.as_deref(), Some("INV/2026/00003"));
    shop.verify().await;
}

#[tokio::test]
async fn a_price_with_its_tax_is_kept_over_all_parts() {
    let shop = Shop::open().await;
    let (order, lines) = shop.order(vec![Line { tax: shop.vat_included, ..shop.line("3", "9.99") }]).await;
    let mut totals = Vec::new();
    for _ in 0..3 {
        let delivery = shop.plan(order, &[(lines[0], "1")]).await.unwrap();
        shop.ship(delivery.id).await.unwrap();
        totals.push(shop.bill_order(order, "2026-12-02").await.total_amount.0);
    }
    assert_eq!(totals, ["9.99", "9.99", "9.99"]);
    shop.verify().await;
}

#[tokio::test]
async fn free_lines_stand_alone_or_beside() {
    let shop = Shop::open().await;
    let free = |price: &str| InvoiceLineInput {
        description: Some("Freight".to_owned()),
        quantity: quantity("2"),
        unit_price: price.parse().unwrap(),
        tax_ids: Some(vec![shop.vat]),
        ..InvoiceLineInput::default()
    };
    let alone = CreateInvoice { company_id: Some(shop.company), party_id: Some(shop.customer), lines: vec![free("5.00")], ..CreateInvoice::default() };
    let draft = shop.bill(alone.clone()).await.unwrap();
    assert_eq!((draft.total_amount.0.as_str(), draft.flow_id.is_some()), ("11.90", true));
    let purchase = CreateInvoice { direction: Some(Direction::Purchase), ..alone.clone() };
    let bill = shop.bill(purchase).await.unwrap();
    assert_eq!(shop.post(bill.id, "2026-12-02").await.unwrap().number.as_deref(), Some("BILL/2026/00001"));
    assert_eq!(shop.balances().await, [("1300".to_owned(), 190), ("2000".to_owned(), -1_190), ("6000".to_owned(), 1_000)]);
    assert_eq!(shop.bill(CreateInvoice { lines: vec![free("-5.00")], ..alone.clone() }).await.unwrap_err().errors[0].pointer.as_deref(), Some("/lines"));
    let (order, _) = shop.order(vec![Line { policy: BillingPolicy::OnOrder, ..shop.line("1", "100.00") }]).await;
    let beside = shop.bill(CreateInvoice { lines: vec![free("-5.00")], ..by_order(order) }).await.unwrap();
    assert_eq!((beside.lines.len(), beside.total_amount.0.as_str(), beside.order_id), (2, "107.10", Some(order)));
    let wrong = InvoiceLineInput { quantity: quantity("1"), discount_percent: "101".parse().ok(), ..InvoiceLineInput::default() };
    let problem = shop.bill(CreateInvoice { lines: vec![wrong], ..CreateInvoice::default() }).await.unwrap_err();
    assert_eq!(problem.errors.iter().map(|error| error.pointer.as_deref().unwrap()).collect::<Vec<_>>(), ["/company_id", "/party_id"]);
}

#[tokio::test]
async fn a_party_is_billed_at_once_or_order_by_order() {
    let shop = Shop::open().await;
    let line = || Line { policy: BillingPolicy::OnOrder, ..shop.line("1", "10.00") };
    let (first, _) = shop.order(vec![line()]).await;
    let (second, _) = shop.order(vec![line()]).await;
    let party = CreateInvoice { party_id: Some(shop.customer), group: Some(InvoiceGroup::Order), ..CreateInvoice::default() };
    let problem = shop.bill(party.clone()).await.unwrap_err();
    assert_eq!(problem.meta["order_ids"].as_array().map(Vec::len), Some(2));
    shop.bill(by_order(first)).await.unwrap();
    assert_eq!(shop.bill(party).await.unwrap().order_id, Some(second));
    let (third, _) = shop.order(vec![line()]).await;
    shop.order(vec![line()]).await;
    let ids = shop.billables(third).await.iter().map(|row| row.id).collect::<Vec<_>>();
    let both = CreateInvoice { billable_ids: ids.clone(), order_id: Some(third), ..CreateInvoice::default() };
    assert_eq!(shop.bill(both).await.unwrap_err().errors[0].pointer.as_deref(), Some("/order_id"));
    let all = shop.bill(CreateInvoice { party_id: Some(shop.customer), ..CreateInvoice::default() }).await.unwrap();
    assert_eq!((all.order_id, all.flow_id, all.total_amount.0.as_str()), (None, None, "23.80"));
    let taken = CreateInvoice { billable_ids: ids, ..CreateInvoice::default() };
    assert_eq!(shop.bill(taken.clone()).await.unwrap_err().code, Code::StateConflict);
    // A draft that is dropped gives them back.
    let dropped = shop.write(async move |ctx, tx| cancel::cancel(ctx, tx, all.id).await).await.unwrap();
    assert_eq!((dropped.status, dropped.payment_state), (InvoiceStatus::Cancelled, None));
    assert_eq!(shop.post(all.id, "2026-12-02").await.unwrap_err().code, Code::StateConflict);
    assert_eq!(shop.bill(taken).await.unwrap().total_amount.0, "11.90");
}

#[tokio::test]
async fn credit_in_full_reverses_what_was_not_paid() {
    let shop = Shop::open().await;
    let invoice = shop.sold("100.00", "2026-12-02").await;
    assert_eq!(
        shop.credit(invoice.id, CreditInvoice { amount: Some("119.01".into()), ..CreditInvoice::default() }).await.unwrap_err().code,
        Code::AmountExceedsOpen
    );
    let part = CreditLine { invoice_line_id: invoice.lines[0].id, quantity: quantity("0.25") };
    let note = shop.credit(invoice.id, CreditInvoice { lines: vec![part], ..CreditInvoice::default() }).await.unwrap();
    let rival = shop.credit(invoice.id, CreditInvoice::default()).await.unwrap();
    let note = shop.post(note.id, "2026-12-03").await.unwrap();
    assert_eq!((note.number.as_deref(), note.total_amount.0.as_str(), note.open_amount.0.as_str()), (Some("CN/2026/00001"), "29.75", "0.00"));
    assert_eq!(shop.invoice(invoice.id).await.payment_state, PaymentState::PartPaid);
    assert_eq!(shop.post(rival.id, "2026-12-03").await.unwrap_err().code, Code::StateConflict);
    let rest = shop.credit(invoice.id, CreditInvoice::default()).await.unwrap();
    assert_eq!(shop.post(rest.id, "2026-12-03").await.unwrap().total_amount.0, "89.25");
    let credited = shop.invoice(invoice.id).await;
    assert_eq!((credited.payment_state, credited.open_amount.0, credited.status), (PaymentState::Reversed, 0, InvoiceStatus::Posted));
    assert_eq!(shop.balances().await, []);
    assert_eq!(shop.credit(invoice.id, CreditInvoice::default()).await.unwrap_err().code, Code::StateConflict);
    shop.verify().await;
}
