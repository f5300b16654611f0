//! Paying back what is left of a credit note or of a payment (requirement CRN-02).

use super::create::{book, draft, made, posted_event};
use super::settle::company_unallocated;
use super::{changed, must_be};
use crate::booked;
use crate::payment::rules::allocation_state;
use crate::payment::settle::control;
use crate::payment::view::{allocations_of, offsets_of, record, view};
use crate::write_off::service as write_off;
use causeway_books::ledger::rules::exchange_difference;
use causeway_books::ledger::service::{PostEntry, post as post_entry};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::{invoices, payment_offsets, payments};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Tx};
use causeway_master::account::lookup::chart;
use causeway_master::{check, money, refs};
use causeway_openapi::payment::{AllocationInput, CreatePayment, CreateRefund, Payment};
use causeway_value::{
    Amount, Currency, Direction, InvoiceKind, InvoiceStatus, OffsetKind, PaymentDirection, PaymentId, PaymentOffsetId, PaymentStatus, product,
};

/// Pays back what is left of a credit note or of a payment, never more.
///
/// # Errors
/// Every wrong field; `amount_exceeds_open`; `state_conflict` when nothing is left; `rate_missing`; `account_missing`.
pub async fn refund(ctx: &Ctx, tx: &mut Tx<'_>, body: &CreateRefund) -> Result<Payment, Problem> {
    let mut errors = Vec::new();
    let note = tx.named::<invoices::Entity, _>(body.credit_note_id, "/credit_note_id", &mut errors).await?;
    let payment = tx.named::<payments::Entity, _>(body.payment_id, "/payment_id", &mut errors).await?;
    if note.as_ref().is_some_and(|note| note.kind != InvoiceKind::CreditNote) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/credit_note_id", "names an invoice; only a credit note is paid back"));
    }
    match (body.credit_note_id.is_some(), body.payment_id.is_some()) {
        (false, false) => errors.push(FieldError::pointer(Code::Required, "/credit_note_id", "is required without payment_id")),
        (true, true) => errors.push(FieldError::pointer(Code::InvalidValue, "/payment_id", "cannot stand beside credit_note_id; give one of them")),
        _ => {}
    }
    let currency = note.as_ref().map(|note| note.currency).or(payment.as_ref().map(|payment| payment.currency));
    let amount = match (&body.amount, currency) {
        (Some(text), Some(currency)) => money::amount(text, currency, "/amount", &mut errors),
        _ => None,
    };
    check::finish(errors)?;
    match (note, payment) {
        (Some(note), _) => of_note(ctx, tx, body, &note, amount).await,
        (None, Some(payment)) => of_payment(ctx, tx, body, payment.id, amount).await,
        (None, None) => Err(Problem::not_found()),
    }
}

/// How much is paid back: what is asked for, within what is left.
fn within(asked: Option<Amount>, left: Amount, currency: Currency) -> Result<Amount, Problem> {
    if left <= Amount::ZERO {
        return Err(Problem::new(Code::StateConflict, "Nothing is left to be paid back."));
    }
    match asked {
        Some(amount) if amount <= Amount::ZERO => Err(Problem::field(Code::InvalidValue, "/amount", "must be more than 0")),
        Some(amount) if amount > left => {
            Err(Problem::field(Code::AmountExceedsOpen, "/amount", format!("is more than what is left: at most {} {currency}", left.text(currency))))
        }
        asked => Ok(asked.unwrap_or(left)),
    }
}

async fn of_note(ctx: &Ctx, tx: &mut Tx<'_>, body: &CreateRefund, note: &invoices::Model, asked: Option<Amount>) -> Result<Payment, Problem> {
    let note = tx.lock::<invoices::Entity>(note.id).await?;
    if let Some(date) = body.refund_date {
        let company = tx.must::<companies::Entity>(note.company_id).await?;
        let mut errors = Vec::new();
        write_off::not_ahead(date, ctx.today(company.time_zone), "/refund_date", &mut errors);
        check::finish(errors)?;
    }
    if note.status != InvoiceStatus::Posted {
        return Err(Problem::new(Code::StateConflict, "Only a posted credit note is paid back. Post it first.").with("status", note.status.to_string()));
    }
    let amount = within(asked, note.open_amount, note.currency)?.text(note.currency);
    let direction = if note.direction == Direction::Sale { PaymentDirection::Outbound } else { PaymentDirection::Inbound };
    let allocations = vec![AllocationInput { invoice_id: note.id, amount: amount.clone() }];
    let payment = CreatePayment { allocations, ..outgoing(body, &note.company_id, &note.party_id, direction, amount, note.currency) };
    made(ctx, tx, &payment, "/refund_date", |_, _| Ok(())).await
}

fn outgoing(
    body: &CreateRefund,
    company_id: &causeway_value::CompanyId,
    party_id: &causeway_value::PartyId,
    direction: PaymentDirection,
    amount: causeway_value::AmountText,
    currency: Currency,
) -> CreatePayment {
    CreatePayment {
        company_id: *company_id,
        party_id: *party_id,
        direction,
        method: body.method,
        amount,
        currency,
        payment_date: body.refund_date,
        reference: body.reference.clone(),
        status: None,
        allocations: Vec::new(),
        invoice_ids: Vec::new(),
        allocate: None,
        difference: None,
        allow_duplicate: Some(true),
        metadata: Default::default(),
        external_refs: Vec::new(),
    }
}

async fn of_payment(ctx: &Ctx, tx: &mut Tx<'_>, body: &CreateRefund, id: PaymentId, asked: Option<Amount>) -> Result<Payment, Problem> {
    let old = tx.lock::<payments::Entity>(id).await?;
    must_be(&old, PaymentStatus::Posted, "Only a posted payment is paid back.")?;
    let amount = within(asked, old.unallocated_amount, old.currency)?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let mut errors = Vec::new();
    let earliest = (old.payment_date, "the payment that is paid back");
    write_off::check_date((body.refund_date, "/refund_date"), earliest, ctx.today(company.time_zone), &mut errors);
    check::finish(errors)?;
    let allocations = allocations_of(tx, &[id]).await?;
    let mut offsets = offsets_of(tx, &[id]).await?;
    let left = company_unallocated(&old, &allocations, &offsets)?;
    let company_amount = if amount == old.unallocated_amount { left } else { Amount(product(&[left.0, amount.0], &[old.unallocated_amount.0])?) };
    let direction = if old.direction == PaymentDirection::Inbound { PaymentDirection::Outbound } else { PaymentDirection::Inbound };
    let input = outgoing(body, &old.company_id, &old.party_id, direction, amount.text(old.currency), old.currency);
    let mut refund = draft(ctx, tx, &input, &company, amount, old.settles);
    // Without a date it is today, or the day of a payment that is ahead.
    refund.payment_date = refund.payment_date.max(old.payment_date);
    refund.flow_id = old.flow_id;
    book(ctx, tx, &company, &mut refund).await.map_err(|problem| booked::of_day(problem, "/refund_date"))?;
    let journal_entry_id = book_difference(ctx, tx, &company, &old, company_amount, &refund).await?;
    let offset = |payment_id, counterpart, company_amount, journal_entry_id| payment_offsets::Model {
        tenant_id: old.tenant_id,
        id: PaymentOffsetId::new(),
        company_id: company.id,
        payment_id,
        counterpart_id: Some(counterpart),
        kind: OffsetKind::Refund,
        amount,
        company_amount,
        day: refund.payment_date,
        journal_entry_id,
        reversed_at: None,
        created_at: ctx.now(),
    };
    let (taken, given) = (offset(id, refund.id, company_amount, None), offset(refund.id, id, refund.company_amount, journal_entry_id));
    refund.unallocated_amount = Amount::ZERO;
    refund.allocation_state = allocation_state(refund.amount, Amount::ZERO);
    let mut new = changed(ctx, &old);
    new.unallocated_amount = old.unallocated_amount.minus(amount)?;
    new.allocation_state = allocation_state(new.amount, new.unallocated_amount);
    tx.insert(refund.clone());
    tx.update(&old, &new);
    tx.insert(taken.clone());
    tx.insert(given.clone());
    let shown = view(&refund, &[], &[given], Vec::new());
    record(ctx, tx, posted_event(refund.direction), &shown)?;
    offsets.push(taken);
    let original = view(&new, &allocations, &offsets, refs::of(tx, id.uuid()).await?);
    record(ctx, tx, "payment.refunded", &original)?;
    Ok(shown)
}

/// What the money is worth now and what it was booked for may differ: the difference is realised.
async fn book_difference(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    original: &payments::Model,
    company_amount: Amount,
    refund: &payments::Model,
) -> Result<Option<causeway_value::JournalEntryId>, Problem> {
    let difference = match original.direction {
        PaymentDirection::Inbound => company_amount.minus(refund.company_amount)?,
        PaymentDirection::Outbound => refund.company_amount.minus(company_amount)?,
    };
    if difference.is_zero() {
        return Ok(None);
    }
    let accounts = chart(tx, company.id, &[], &[]).await?;
    let lines = exchange_difference(difference, control(original.settles), original.party_id, original.currency, &|purpose| accounts.purpose(purpose))?;
    let entry = PostEntry {
        day: refund.payment_date,
        event: "payment.refunded",
        document_type: "payment",
        document_id: refund.id.uuid(),
        flow_id: refund.flow_id,
        lines,
    };
    Ok(Some(post_entry(ctx, tx, company, entry).await?.id))
}
