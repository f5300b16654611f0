//! Taking allocations and payments back.

use super::settle::write;
use super::targets::Targets;
use super::{changed, must_be};
use crate::booked;
use crate::payment::rules::{allocation_state, check_taken_back, taken_together};
use crate::payment::settle::{Settlement, taken_back_at};
use crate::payment::view::{allocations_of, offsets_of, record, view};
use crate::write_off::service as write_off;
use causeway_books::ledger::service::reverse as reverse_entry;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::{allocations, payment_offsets, payments};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Tx};
use causeway_master::{check, refs};
use causeway_openapi::payment::{Payment, ReversePayment};
use causeway_value::{AllocationId, AllocationState, Amount, Day, Instant, InvoiceId, OffsetKind, PaymentDifference, PaymentId, PaymentStatus};

/// Takes allocations back: what they settled is open again on both sides, and their exchange differences are reversed. What belongs to an installment that
/// gives back goes together.
///
/// # Errors
/// `not_found`, with a pointer for an allocation of another payment; `state_conflict` when one was taken back before or the payment is not posted.
pub async fn unallocate(ctx: &Ctx, tx: &mut Tx<'_>, id: PaymentId, ids: &[AllocationId]) -> Result<Payment, Problem> {
    let old = tx.lock::<payments::Entity>(id).await?;
    must_be(&old, PaymentStatus::Posted, "Only the allocations of a posted payment can be taken back.")?;
    let mut all = allocations_of(tx, &[id]).await?;
    check_taken_back(ids, &all, "payment")?;
    let together = taken_together(ids, &all)?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let mut new = changed(ctx, &old);
    let today = ctx.today(company.time_zone);
    let targets = take_back(ctx, tx, &company, &mut new, &mut all, |row| together.contains(&row.id), ("payment.unallocated", today)).await?;
    tx.update(&old, &new);
    let offsets = offsets_of(tx, &[id]).await?;
    let payment = view(&new, &all, &offsets, refs::of(tx, id.uuid()).await?);
    record(ctx, tx, "payment.unallocated", &payment)?;
    write(ctx, tx, targets, &[], "invoice.unallocated", today).await?;
    Ok(payment)
}

/// Takes a posted payment back: its allocations first, then its journal entry by a reversing one.
///
/// # Errors
/// `not_found`; every wrong field; `period_locked`; `state_conflict` when it is not posted.
pub async fn reverse(ctx: &Ctx, tx: &mut Tx<'_>, id: PaymentId, body: &ReversePayment) -> Result<Payment, Problem> {
    let mut errors = Vec::new();
    check::not_blank(&body.reason, "/reason", &mut errors);
    check::finish(errors)?;
    let old = tx.lock::<payments::Entity>(id).await?;
    must_be(&old, PaymentStatus::Posted, "Only a posted payment can be taken back.")?;
    let mut all = allocations_of(tx, &[id]).await?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let today = ctx.today(company.time_zone);
    let mut errors = Vec::new();
    write_off::check_date((body.date, "/date"), (old.payment_date, "the payment"), today, &mut errors);
    check::finish(errors)?;
    let mut new = changed(ctx, &old);
    let day = body.date.unwrap_or(today).max(old.payment_date);
    let mut offsets = offsets_of(tx, &[id]).await?;
    must_not_be_refunded(&old, &offsets)?;
    let named = |problem| booked::of_day(problem, "/date");
    let targets = take_back(ctx, tx, &company, &mut new, &mut all, |_| true, ("payment.unallocated", day)).await.map_err(named)?;
    give_offsets_back(ctx, tx, &company, &mut offsets, day).await.map_err(named)?;
    if let Some(entry) = old.journal_entry_id {
        let reversal = reverse_entry(ctx, tx, &company, entry, day, "payment.reversed").await.map_err(named)?;
        new.reversal_entry_id = Some(reversal.id);
    }
    new.status = PaymentStatus::Reversed;
    new.reversal_reason = Some(body.reason.clone());
    // Nothing of it is left to settle anything.
    new.unallocated_amount = Amount::ZERO;
    new.allocation_state = AllocationState::Unallocated;
    tx.update(&old, &new);
    let payment = view(&new, &all, &offsets, refs::of(tx, id.uuid()).await?);
    record(ctx, tx, "payment.reversed", &payment)?;
    write(ctx, tx, targets, &[], "invoice.unallocated", today).await?;
    Ok(payment)
}

/// Drops a draft or a scheduled payment, of which nothing is booked: one with a wrong amount is recorded anew.
///
/// # Errors
/// `not_found`; `document_posted` when it is none any more.
pub async fn cancel(ctx: &Ctx, tx: &mut Tx<'_>, id: PaymentId) -> Result<Payment, Problem> {
    let old = tx.lock::<payments::Entity>(id).await?;
    if old.status != PaymentStatus::Scheduled {
        must_be(&old, PaymentStatus::Draft, "Only a draft or a scheduled payment can be dropped; what is posted is taken back.")?;
    }
    let new = payments::Model { status: PaymentStatus::Cancelled, planned: None, unallocated_amount: Amount::ZERO, ..changed(ctx, &old) };
    tx.update(&old, &new);
    let payment = view(&new, &[], &[], refs::of(tx, id.uuid()).await?);
    record(ctx, tx, "payment.cancelled", &payment)?;
    Ok(payment)
}

/// What was paid back of a payment must come back first. The refund itself names the payment on the other side, too, and goes the other way.
fn must_not_be_refunded(payment: &payments::Model, offsets: &[payment_offsets::Model]) -> Result<(), Problem> {
    let refunded = offsets.iter().filter(|row| row.kind == OffsetKind::Refund && row.reversed_at.is_none()).find_map(|row| row.counterpart_id);
    match refunded {
        // Ids are made in time order, and a refund is later than what it pays back.
        Some(refund) if refund > payment.id => {
            let detail = "A part of the payment was paid back. Take the refund back first.";
            Err(Problem::new(Code::StateConflict, detail).with("refund_id", refund.to_string()))
        }
        _ => Ok(()),
    }
}

/// Takes back what was kept as income, and gives what was paid back to the payment that it came from.
async fn give_offsets_back(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, offsets: &mut [payment_offsets::Model], day: Day) -> Result<(), Problem> {
    for row in offsets.iter_mut().filter(|row| row.reversed_at.is_none()) {
        let old = row.clone();
        row.reversed_at = Some(taken_back_at(ctx, company, day.max(old.day)));
        tx.update(&old, row);
        if let Some(entry) = old.journal_entry_id {
            // Not the event of money that moves: reports count that.
            let event = if old.kind == OffsetKind::Surplus { "payment.surplus_released" } else { "payment.refund_reversed" };
            reverse_entry(ctx, tx, company, entry, day.max(old.day), event).await?;
        }
        if let Some(origin) = old.counterpart_id {
            give_back(ctx, tx, (old.payment_id, origin), taken_back_at(ctx, company, day.max(old.day))).await?;
        }
    }
    Ok(())
}

async fn give_back(ctx: &Ctx, tx: &mut Tx<'_>, (refund, origin): (PaymentId, PaymentId), at: Instant) -> Result<(), Problem> {
    let old = tx.lock::<payments::Entity>(origin).await?;
    let mut offsets = offsets_of(tx, &[origin]).await?;
    let mut new = changed(ctx, &old);
    for row in offsets.iter_mut().filter(|row| row.counterpart_id == Some(refund) && row.reversed_at.is_none()) {
        let before = row.clone();
        row.reversed_at = Some(at);
        tx.update(&before, row);
        new.unallocated_amount = new.unallocated_amount.plus(before.amount)?;
    }
    new.allocation_state = allocation_state(new.amount, new.unallocated_amount);
    tx.update(&old, &new);
    let allocations = allocations_of(tx, &[origin]).await?;
    let shown = view(&new, &allocations, &offsets, refs::of(tx, origin.uuid()).await?);
    record(ctx, tx, "payment.refund_reversed", &shown)
}

/// Takes the chosen allocations back that still count, and gives their amounts to the payment and the invoices, in memory.
async fn take_back(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    payment: &mut payments::Model,
    all: &mut [allocations::Model],
    chosen: impl Fn(&allocations::Model) -> bool,
    (event, day): (&'static str, Day),
) -> Result<Targets, Problem> {
    let mut ids: Vec<InvoiceId> = all.iter().filter(|row| row.reversed_at.is_none() && chosen(row)).map(|row| row.invoice_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut settlement = Settlement::lock(tx, &ids).await?;
    for row in all.iter_mut().filter(|row| row.reversed_at.is_none() && chosen(row)) {
        let old = row.clone();
        settlement.reopen(&old)?;
        payment.unallocated_amount = payment.unallocated_amount.plus(old.source_amount)?;
        if let Some(entry) = old.journal_entry_id {
            reverse_entry(ctx, tx, company, entry, day.max(old.day), event).await?;
        }
        row.reversed_at = Some(taken_back_at(ctx, company, day.max(old.day)));
        tx.update(&old, row);
    }
    // What came with the payment goes with it: a discount, a fee, a difference. So does the discount that another payment closed the invoice with.
    for row in write_off::going_with(tx, Some(payment.id), &ids).await? {
        write_off::take_back(ctx, tx, company, &mut settlement, &row, None, day).await?;
    }
    payment.allocation_state = allocation_state(payment.amount, payment.unallocated_amount);
    Ok(Targets { settlement, wanted: Vec::new(), group: Vec::new(), difference: PaymentDifference::KeepOpen })
}
