//! Settling invoices with a payment.

use super::targets::{Payer, Targets};
use super::{announce, changed, must_be};
use crate::booked;
use crate::invoice::lines_of;
use crate::payment::rules::{Source, allocation_state, source_company_amount};
use crate::payment::settle::{self, Origin};
use crate::payment::view::{allocations_of, record, view};
use causeway_contract::{Code, Problem};
use causeway_entity::bill::{allocations, payments};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Tx};
use causeway_master::rate::lookup::rates;
use causeway_master::{check, refs};
use causeway_openapi::payment::{AllocationInput, Payment};
use causeway_value::{Amount, Currency, Day, InvoiceId, Overflow, PaymentId, PaymentStatus};

/// Settles invoices with what is left of a posted payment. The allocations count from today, or from the payment or the invoice when that is later.
///
/// # Errors
/// `not_found`; `state_conflict` when it is not posted; every wrong field; `amount_exceeds_open`; `rate_missing`; `account_missing`.
pub async fn allocate(ctx: &Ctx, tx: &mut Tx<'_>, id: PaymentId, inputs: &[AllocationInput]) -> Result<Payment, Problem> {
    let old = tx.lock::<payments::Entity>(id).await?;
    must_be(&old, PaymentStatus::Posted, "Only a posted payment can be allocated.")?;
    if inputs.is_empty() {
        return Err(Problem::field(Code::Required, "/allocations", "must name at least one invoice"));
    }
    let mut errors = Vec::new();
    let payer = Payer { company_id: old.company_id, party_id: old.party_id, direction: old.direction, currency: old.currency, settles: Some(old.settles) };
    let mut targets = Targets::lock(tx, payer, inputs, &mut errors).await?;
    check::finish(errors)?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let mut all = allocations_of(tx, &[id]).await?;
    let mut new = changed(ctx, &old);
    let today = ctx.today(company.time_zone);
    let added = settle(ctx, tx, &company, &mut new, &all, &mut targets, today).await?;
    tx.update(&old, &new);
    for allocation in &added {
        tx.insert(allocation.clone());
    }
    all.extend(added);
    let payment = view(&new, &all, refs::of(tx, id.uuid()).await?);
    record(ctx, tx, "payment.allocated", &payment)?;
    write(ctx, tx, targets, "invoice.allocated").await?;
    announce(ctx, tx, "payment.allocated", &new).await?;
    Ok(payment)
}

/// Takes what is asked for from the payment and from the open amounts, in memory. The rows are the caller's to write.
pub(super) async fn settle(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    payment: &mut payments::Model,
    earlier: &[allocations::Model],
    targets: &mut Targets,
    day: Day,
) -> Result<Vec<allocations::Model>, Problem> {
    if targets.wanted.is_empty() {
        return Ok(Vec::new());
    }
    let source = Source {
        direction: payment.direction,
        currency: payment.currency,
        unallocated: payment.unallocated_amount,
        company_unallocated: company_unallocated(payment, earlier)?,
        conversion: booked::of_payment(payment, company.currency),
    };
    let pairs: Vec<(Currency, Currency)> = targets.settlement.invoices().map(|invoice| (payment.currency, invoice.currency)).collect();
    let table = rates(tx, pairs, payment.payment_date).await?;
    let origin = Origin::of_payment(payment, day, source);
    let (plan, rows) = settle::allocate(ctx, tx, company, &origin, &mut targets.settlement, &targets.wanted, &|from, to| table.find(from, to)).await?;
    payment.unallocated_amount = plan.unallocated;
    payment.allocation_state = allocation_state(payment.amount, plan.unallocated);
    Ok(rows)
}

/// What the payment was booked for, less what its allocations used.
fn company_unallocated(payment: &payments::Model, earlier: &[allocations::Model]) -> Result<Amount, Overflow> {
    let mut left = payment.company_amount;
    for row in earlier.iter().filter(|row| row.reversed_at.is_none()) {
        left = left.minus(source_company_amount(payment.direction, row.company_amount, row.exchange_difference)?)?;
    }
    Ok(left)
}

/// Writes the invoices that were settled or opened again.
pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, targets: Targets, event: &'static str) -> Result<(), Problem> {
    let ids: Vec<InvoiceId> = targets.settlement.invoices().map(|invoice| invoice.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let lines = lines_of(tx, &ids).await?;
    targets.settlement.write(ctx, tx, event, Amount::ZERO, &lines).await
}
