//! The steps of a deal, each one call, and the whole way from lead to payment.

use crate::caller::Caller;
use crate::of;
use crate::shop::{Shop, line};
use causeway_contract::{ListQuery, Patch};
use causeway_openapi::billable::{Billable, op as billable};
use causeway_openapi::company::{UpdateCompany, op as company};
use causeway_openapi::crm::{CreateLead, Lead, QualifiedLead, QualifyLead, op as crm};
use causeway_openapi::delivery::{CreateDelivery, Delivery, DeliveryLineInput, ShipDelivery, op as delivery};
use causeway_openapi::identity::{AdvanceClock, op as identity};
use causeway_openapi::integration::op as integration;
use causeway_openapi::invoice::{CreateInvoice, CreditInvoice, Invoice, InvoiceLineInput, PostInvoice, op as invoice};
use causeway_openapi::ledger::{JournalEntry, op as ledger};
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{CreateOrder, HoldOrder, Order, ReleaseOrder, op as order};
use causeway_openapi::payment::{AllocationInput, CreatePayment, CreateRefund, Payment, RegisterPayments, op as payment};
use causeway_openapi::quote::{AcceptQuote, AcceptedQuote, CreateQuote, Quote, op as quote};
use causeway_openapi::report::{TrialBalanceQuery, op as report};
use causeway_value::{HoldKind, InvoiceId, JobStatus, JournalEntryId, OpportunityId, OrderId, PaymentDirection, PaymentMethod, QuoteId, QuoteRules, TaxId};
use std::time::{Duration, Instant};

/// A deal that was carried from lead to payment.
#[derive(Clone, Debug)]
pub struct Deal {
    /// What qualifying the lead made.
    pub qualified: QualifiedLead,
    /// The quote, accepted.
    pub quote: Quote,
    /// The order as it was confirmed.
    pub order: Order,
    /// The delivery, shipped.
    pub delivery: Delivery,
    /// What the shipment made billable, before it was invoiced.
    pub billable: Billable,
    /// The invoice as it was posted.
    pub invoice: Invoice,
    /// The payment of all of it.
    pub payment: Payment,
}

/// Carries a deal over 40 pieces with 10 % off from lead to payment.
///
/// # Panics
/// When a step does not go as the contract says.
pub async fn deal(caller: &Caller, shop: &Shop) -> Deal {
    let lead = lead(caller, shop).await;
    let qualified = caller.post::<crm::QualifyLead>(lead.id, &QualifyLead { party_id: Some(shop.party), ..QualifyLead::default() }).await;
    let quote = approved(caller, shop, Some(qualified.opportunity.id), vec![forty(shop)]).await;
    caller.act::<quote::SendQuote>(quote.id).await;
    let accepted = accept(caller, quote.id).await;
    let order = caller.act::<order::ConfirmOrder>(accepted.order.id).await;
    let delivery = ship(caller, &order, "40").await;
    let billable = billables(caller, order.id).await.into_iter().next().expect("a billable");
    let draft = invoice_order(caller, order.id).await;
    let invoice = post_invoice(caller, draft.id, None).await;
    let payment = pay(caller, shop, &invoice.total_amount.0, &[(invoice.id, &invoice.total_amount.0)]).await;
    Deal { qualified, quote: accepted.quote, order, delivery, billable, invoice, payment }
}

/// 40 pieces with 10 % off: 648.00 and 123.12 of tax.
#[must_use]
pub fn forty(shop: &Shop) -> LineInput {
    LineInput { discount_percent: Some(of("10")), ..line(shop.chai, "40") }
}

/// A lead of the company.
pub async fn lead(caller: &Caller, shop: &Shop) -> Lead {
    let body = CreateLead {
        company_id: shop.company,
        title: "40 chairs".to_owned(),
        contact_name: Some("Amy".to_owned()),
        organization_name: Some("Borealis SAS".to_owned()),
        email: Some("amy@borealis.test".to_owned()),
        source: Some("web".to_owned()),
        ..CreateLead::default()
    };
    caller.post::<crm::CreateLead>((), &body).await
}

/// What a quote to the shop's customer is made of.
#[must_use]
pub fn quote_body(shop: &Shop, lines: Vec<LineInput>) -> CreateQuote {
    CreateQuote { company_id: shop.company, party_id: Some(shop.party), lines: lines.into_iter().map(Into::into).collect(), ..CreateQuote::default() }
}

/// A quote that was submitted and, as nothing must approve, is approved.
pub async fn approved(caller: &Caller, shop: &Shop, opportunity: Option<OpportunityId>, lines: Vec<LineInput>) -> Quote {
    let draft = caller.post::<quote::CreateQuote>((), &CreateQuote { opportunity_id: opportunity, ..quote_body(shop, lines) }).await;
    caller.act::<quote::SubmitQuote>(draft.id).await
}

/// Accepts a quote.
pub async fn accept(caller: &Caller, id: QuoteId) -> AcceptedQuote {
    let body = AcceptQuote { accepted_by: Some("Amy".to_owned()), reference: Some("PO 4711".to_owned()), ..AcceptQuote::default() };
    caller.post::<quote::AcceptQuote>(id, &body).await
}

/// What an order of the shop's customer is made of.
#[must_use]
pub fn order_body(shop: &Shop, lines: Vec<LineInput>) -> CreateOrder {
    CreateOrder { company_id: shop.company, party_id: Some(shop.party), lines, ..CreateOrder::default() }
}

/// A direct order, confirmed.
pub async fn confirmed(caller: &Caller, shop: &Shop, lines: Vec<LineInput>) -> Order {
    let draft = caller.post::<order::CreateOrder>((), &order_body(shop, lines)).await;
    caller.act::<order::ConfirmOrder>(draft.id).await
}

/// A hold that blocks every step.
#[must_use]
pub fn manual_hold(reason: &str) -> HoldOrder {
    HoldOrder { reason: reason.to_owned(), ..HoldOrder::default() }
}

/// Releases every hold of this kind.
#[must_use]
pub fn release(kind: HoldKind) -> ReleaseOrder {
    ReleaseOrder { reason: "a good customer".to_owned(), kind: Some(kind), hold_id: None }
}

/// What quotes and orders of the shop's company may offer without a second person.
pub async fn limit(caller: &Caller, shop: &Shop, rules: QuoteRules) {
    let change = UpdateCompany { quote_rules: Patch::Value(rules), ..UpdateCompany::default() };
    caller.post::<company::UpdateCompany>(shop.company, &change).await;
}

/// A delivery of part of the order's first line, ready.
///
/// # Panics
/// When the order has no line.
pub async fn delivery(caller: &Caller, order: &Order, quantity: &str) -> Delivery {
    let line = DeliveryLineInput { order_line_id: order.lines.first().expect("a line").id, quantity: of(quantity) };
    let body = CreateDelivery { order_id: order.id, lines: vec![line], ..CreateDelivery::default() };
    caller.post::<delivery::CreateDelivery>((), &body).await
}

/// Ships part of the order's first line.
pub async fn ship(caller: &Caller, order: &Order, quantity: &str) -> Delivery {
    let ready = delivery(caller, order, quantity).await;
    caller.post::<delivery::ShipDelivery>(ready.id, &ShipDelivery::default()).await
}

/// The ready billables of an order, oldest first.
pub async fn billables(caller: &Caller, order: OrderId) -> Vec<Billable> {
    let query = ListQuery { sort: Some("created_at".to_owned()), ..ListQuery::by("order_id", order).and("status", "ready") };
    caller.all::<billable::ListBillables, _>(&query).await
}

/// A draft invoice of all that is ready of an order.
pub async fn invoice_order(caller: &Caller, order: OrderId) -> Invoice {
    caller.post::<invoice::CreateInvoice>((), &CreateInvoice { order_id: Some(order), ..CreateInvoice::default() }).await
}

/// What an invoice over one free line without tax is made of.
#[must_use]
pub fn free_invoice_body(shop: &Shop, amount: &str) -> CreateInvoice {
    CreateInvoice { company_id: Some(shop.company), party_id: Some(shop.party), lines: vec![free_line(amount, &[])], ..CreateInvoice::default() }
}

/// One piece of a free line at this price.
#[must_use]
pub fn free_line(price: &str, taxes: &[TaxId]) -> InvoiceLineInput {
    InvoiceLineInput {
        description: Some("Advice".to_owned()),
        quantity: of("1"),
        unit_price: of(price),
        tax_ids: Some(taxes.to_vec()),
        ..InvoiceLineInput::default()
    }
}

/// What pays documents in full by bank is made of: all by one payment, or each by its own.
#[must_use]
pub fn register_body(documents: &[&Invoice], grouped: bool) -> RegisterPayments {
    RegisterPayments {
        invoice_ids: documents.iter().map(|document| document.id).collect(),
        grouped: Some(grouped),
        amount: None,
        difference: None,
        method: PaymentMethod::Bank,
        payment_date: None,
        reference: None,
        metadata: Default::default(),
    }
}

/// A draft invoice over one free line without tax.
pub async fn free_invoice(caller: &Caller, shop: &Shop, amount: &str) -> Invoice {
    caller.post::<invoice::CreateInvoice>((), &free_invoice_body(shop, amount)).await
}

/// A posted invoice over one free line without tax.
pub async fn posted(caller: &Caller, shop: &Shop, amount: &str) -> Invoice {
    let draft = free_invoice(caller, shop, amount).await;
    post_invoice(caller, draft.id, None).await
}

/// Posts an invoice, of today or of `date`.
pub async fn post_invoice(caller: &Caller, id: InvoiceId, date: Option<&str>) -> Invoice {
    caller.post::<invoice::PostInvoice>(id, &PostInvoice { invoice_date: date.map(of), allow_duplicate: None }).await
}

/// A posted credit note that nothing has used: of an invoice that was paid before.
pub async fn unused_credit(caller: &Caller, shop: &Shop, amount: &str) -> Invoice {
    let invoice = posted(caller, shop, amount).await;
    pay(caller, shop, amount, &[(invoice.id, amount)]).await;
    let note = caller.post::<invoice::CreditInvoice>(invoice.id, &CreditInvoice::default()).await;
    post_invoice(caller, note.id, None).await
}

/// What a payment of the shop's customer by bank is made of.
#[must_use]
pub fn payment_body(shop: &Shop, amount: &str, allocations: &[(InvoiceId, &str)]) -> CreatePayment {
    CreatePayment {
        company_id: shop.company,
        party_id: shop.party,
        direction: PaymentDirection::Inbound,
        method: PaymentMethod::Bank,
        amount: amount.into(),
        currency: of("EUR"),
        payment_date: None,
        reference: None,
        status: None,
        allocations: allocations.iter().map(|(invoice, amount)| allocation(*invoice, amount)).collect(),
        invoice_ids: Vec::new(),
        allocate: None,
        difference: None,
        allow_duplicate: None,
        metadata: Default::default(),
        external_refs: Vec::new(),
    }
}

/// The part of a payment that settles an invoice.
#[must_use]
pub fn allocation(invoice: InvoiceId, amount: &str) -> AllocationInput {
    AllocationInput { invoice_id: invoice, amount: amount.into() }
}

/// A payment in Euro, posted and allocated.
pub async fn pay(caller: &Caller, shop: &Shop, amount: &str, allocations: &[(InvoiceId, &str)]) -> Payment {
    caller.post::<payment::CreatePayment>((), &payment_body(shop, amount, allocations)).await
}

/// A journal entry.
///
/// # Panics
/// When its lines do not balance.
pub async fn entry(caller: &Caller, id: Option<JournalEntryId>) -> JournalEntry {
    let entry = caller.get::<ledger::GetJournalEntry>(id.expect("a journal entry")).await;
    let sum = |amounts: Vec<&str>| amounts.into_iter().map(|text| causeway_value::parse_scaled(text, 6).expect("an amount")).sum::<i64>();
    let debit = sum(entry.lines.iter().map(|line| line.debit.0.as_str()).collect());
    assert_eq!(debit, sum(entry.lines.iter().map(|line| line.credit.0.as_str()).collect()), "{entry:?}");
    entry
}

/// Account, debit and credit of the lines of an entry, by account.
#[must_use]
pub fn sides(entry: &JournalEntry) -> Vec<(&str, &str, &str)> {
    let mut sides: Vec<_> = entry.lines.iter().map(|line| (line.account_code.as_str(), line.debit.0.as_str(), line.credit.0.as_str())).collect();
    sides.sort_unstable();
    sides
}

/// What stands on these accounts of the shop's company.
pub async fn balances<const N: usize>(caller: &Caller, shop: &Shop, codes: [&str; N]) -> [String; N] {
    let balance = caller.ask::<report::GetTrialBalance>(&TrialBalanceQuery { company_id: shop.company, ..TrialBalanceQuery::default() }).await;
    codes.map(|code| balance.rows.iter().find(|row| row.account_code == code).map_or_else(|| "0.00".to_owned(), |row| row.balance.0.clone()))
}

/// Advances a sandbox clock and waits until everything that fell due on the way is done.
///
/// # Panics
/// When the job fails, or is not done within 20 seconds.
pub async fn advance(caller: &Caller, to: &str) {
    let job = caller.post::<identity::AdvanceClock>((), &AdvanceClock { to: of(to) }).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let job = caller.get::<integration::GetJob>(job.id).await;
        match job.status {
            JobStatus::Succeeded => return,
            JobStatus::Failed | JobStatus::Cancelled => panic!("the clock does not advance: {job:?}"),
            JobStatus::Queued | JobStatus::Running => assert!(Instant::now() < deadline, "the clock is still on its way: {job:?}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Imports rows, or a file, and waits for the job to end.
///
/// # Panics
/// When it is refused, or does not end within a minute.
pub async fn ended(caller: &Caller, import: &serde_json::Value) -> serde_json::Value {
    let job = caller.raw.post("/v1/imports", import).await.success();
    job_ended(caller, job["id"].as_str().unwrap_or_default()).await
}

/// Waits for a job to end.
///
/// # Panics
/// When it does not end within a minute.
pub async fn job_ended(caller: &Caller, id: &str) -> serde_json::Value {
    let started = Instant::now();
    loop {
        let job = caller.raw.get(&format!("/v1/jobs/{id}")).await.success();
        if !matches!(job["status"].as_str(), Some("queued" | "running")) {
            return job;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{job}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// All that is open of a credit note, paid back.
#[must_use]
pub fn paid_back(note: &Invoice) -> CreateRefund {
    CreateRefund { credit_note_id: Some(note.id), payment_id: None, amount: None, method: PaymentMethod::Bank, refund_date: None, reference: None }
}
