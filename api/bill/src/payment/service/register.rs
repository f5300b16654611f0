//! Paying documents in full, by one payment together or each by its own (vectors MATCH-005 to MATCH-007).

use super::create::create;
use super::settle::{discounts_on, payable};
use super::targets::way_of;
use crate::write_off::rules::Discount;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::invoices;
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Tx};
use causeway_master::{check, money};
use causeway_openapi::payment::{AllocationInput, CreatePayment, RegisterPayments, RegisteredPayments};
use causeway_value::{Amount, CompanyId, Day, InvoiceId, InvoiceStatus, PaymentDirection};
use std::collections::{BTreeMap, BTreeSet};

/// Pays these documents. Grouped, one payment nets what goes the other way; otherwise each document has its own payment of all that is due of it, and
/// credits are paid in the opposite direction. What is due of an invoice is what is open, less the discount for paying it that early: whoever pays that has
/// paid it (PAY-23).
///
/// # Errors
/// `permission_denied`; every wrong field; `rate_missing`; `account_missing`.
pub async fn register(ctx: &Ctx, tx: &mut Tx<'_>, body: &RegisterPayments) -> Result<RegisteredPayments, Problem> {
    let documents = documents(tx, body).await?;
    let discounts = discounts(ctx, tx, body.payment_date, &documents).await?;
    let mut payments = Vec::new();
    if body.grouped.unwrap_or(true) {
        payments.push(create(ctx, tx, &together(body, &documents, &discounts)?).await?);
    } else {
        for document in &documents {
            payments.push(create(ctx, tx, &alone(body, document, payable(document, &discounts)?)).await?);
        }
    }
    Ok(RegisteredPayments { object: "registered_payments".to_owned(), payments })
}

/// The documents, in the order in which they are named. Each has something open.
async fn documents(tx: &mut Tx<'_>, body: &RegisterPayments) -> Result<Vec<invoices::Model>, Problem> {
    let mut errors = Vec::new();
    check::each_once(body.invoice_ids.iter().copied(), "/invoice_ids", &mut errors);
    if body.invoice_ids.is_empty() {
        errors.push(FieldError::pointer(Code::Required, "/invoice_ids", "must name at least one document"));
    }
    if body.grouped == Some(false) && body.difference.is_some() {
        errors.push(FieldError::pointer(Code::InvalidValue, "/difference", "needs grouped payments: each of the others is all that is open of its document"));
    }
    let wanted: Vec<(InvoiceId, String)> = (0..).zip(&body.invoice_ids).map(|(index, id): (usize, _)| (*id, format!("/invoice_ids/{index}"))).collect();
    // Who pays the same ones meanwhile comes after.
    let found = check::lock_all::<invoices::Entity, _>(tx, invoices::Column::Id, |row| row.id, &wanted, &mut errors).await?;
    let mut told = BTreeSet::new();
    for (id, pointer) in &wanted {
        let detail = match found.get(id) {
            Some(row) if row.status != InvoiceStatus::Posted => "names a document that is not posted; post it first",
            Some(row) if row.open_amount <= Amount::ZERO => "names a document of which nothing is open",
            _ => continue,
        };
        // One that is named twice is told once what is wrong with it.
        if told.insert(*id) {
            errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
        }
    }
    errors.sort_by_key(|error| wanted.iter().position(|(_, pointer)| error.pointer.as_ref() == Some(pointer)));
    check::finish(errors)?;
    Ok(body.invoice_ids.iter().filter_map(|id| found.get(id).cloned()).collect())
}

/// The discounts that the documents have when they are paid on `date`, or today: what customers save, and what we save of suppliers' bills (EPD-017).
async fn discounts(ctx: &Ctx, tx: &mut Tx<'_>, date: Option<Day>, documents: &[invoices::Model]) -> Result<BTreeMap<InvoiceId, Discount>, Problem> {
    let mut found = BTreeMap::new();
    let companies: BTreeSet<CompanyId> = documents.iter().filter(|row| row.early_discount.is_some()).map(|row| row.company_id).collect();
    for id in companies {
        let day = match date {
            Some(date) => date,
            None => ctx.today(tx.must::<companies::Entity>(id).await?.time_zone),
        };
        found.extend(discounts_on(tx, id, documents.iter().filter(|row| row.company_id == id), day).await?);
    }
    Ok(found)
}

/// One payment of all, of the amount that was typed or else of what they come to together. What goes the other way than the payment has no discount: it is
/// netted, not paid.
fn together(body: &RegisterPayments, documents: &[invoices::Model], discounts: &BTreeMap<InvoiceId, Discount>) -> Result<CreatePayment, Problem> {
    let first = documents.first().ok_or_else(Problem::not_found)?;
    if let Some(index) = documents.iter().position(|document| document.currency != first.currency) {
        let detail = "names a document in another currency; pay it by a payment of its own: `grouped` false";
        return Err(Problem::field(Code::InvalidValue, format!("/invoice_ids/{index}"), detail));
    }
    let owed = |paid: Option<PaymentDirection>| {
        documents.iter().try_fold(Amount::ZERO, |sum, document| {
            let way = way_of(document);
            let due = if paid == Some(way) { payable(document, discounts)? } else { document.open_amount };
            if way == PaymentDirection::Inbound { sum.plus(due) } else { sum.minus(due) }
        })
    };
    let in_full = owed(None)?;
    let owed = if in_full > Amount::ZERO {
        owed(Some(PaymentDirection::Inbound))?.max(Amount::ZERO)
    } else {
        owed(Some(PaymentDirection::Outbound))?.min(Amount::ZERO)
    };
    if owed.is_zero() {
        let detail = "come to nothing together: settle the invoices with the credit notes, POST /v1/invoices/{id}/allocate";
        return Err(Problem::field(Code::InvalidValue, "/invoice_ids", detail));
    }
    let mut errors = Vec::new();
    let typed = body.amount.as_ref().and_then(|text| money::amount(text, first.currency, "/amount", &mut errors));
    check::finish(errors)?;
    let amount = match typed {
        Some(amount) => amount,
        None => owed.max(owed.negated()?),
    };
    let direction = if owed > Amount::ZERO { PaymentDirection::Inbound } else { PaymentDirection::Outbound };
    Ok(CreatePayment { invoice_ids: body.invoice_ids.clone(), difference: body.difference, ..payment(body, first, direction, amount) })
}

/// A payment of all that is due of one document. What was typed for all of them counts for none.
fn alone(body: &RegisterPayments, document: &invoices::Model, due: Amount) -> CreatePayment {
    let payment = payment(body, document, way_of(document), due);
    CreatePayment { allocations: vec![AllocationInput { invoice_id: document.id, amount: payment.amount.clone() }], ..payment }
}

fn payment(body: &RegisterPayments, document: &invoices::Model, direction: PaymentDirection, amount: Amount) -> CreatePayment {
    CreatePayment {
        company_id: document.company_id,
        party_id: document.party_id,
        direction,
        method: body.method,
        amount: amount.text(document.currency),
        currency: document.currency,
        payment_date: body.payment_date,
        reference: body.reference.clone(),
        status: None,
        allocations: Vec::new(),
        invoice_ids: Vec::new(),
        allocate: None,
        difference: None,
        // What it pays is open, so it was not paid before; and two documents may be of one amount.
        allow_duplicate: Some(true),
        metadata: body.metadata.clone(),
        external_refs: Vec::new(),
    }
}
