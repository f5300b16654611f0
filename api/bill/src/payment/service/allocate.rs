//! Settling invoices with a payment.

use super::settle::{settle, write};
use super::targets::{Ask, Payer, Targets};
use super::{announce, changed, must_be};
use crate::payment::view::{allocations_of, offsets_of, record, view};
use causeway_contract::{Code, Problem};
use causeway_entity::bill::payments;
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Tx};
use causeway_master::{check, refs};
use causeway_openapi::payment::{AllocatePayment, Payment};
use causeway_value::{PaymentId, PaymentStatus};

/// Settles invoices with what is left of a posted payment. The allocations count from today, or from the payment or the invoice when that is later.
///
/// # Errors
/// `not_found`; `state_conflict` when it is not posted; every wrong field; `amount_exceeds_open`; `rate_missing`; `account_missing`.
pub async fn allocate(ctx: &Ctx, tx: &mut Tx<'_>, id: PaymentId, body: &AllocatePayment) -> Result<Payment, Problem> {
    let old = tx.lock::<payments::Entity>(id).await?;
    must_be(&old, PaymentStatus::Posted, "Only a posted payment can be allocated.")?;
    let ask = Ask::of_more(body);
    if ask.is_nothing() {
        return Err(Problem::field(Code::Required, "/allocations", "must name at least one invoice, unless invoice_ids or allocate do"));
    }
    let mut errors = Vec::new();
    let payer = Payer { company_id: old.company_id, party_id: old.party_id, direction: old.direction, currency: old.currency, settles: Some(old.settles) };
    let mut targets = Targets::lock(tx, payer, ask, &mut errors).await?;
    check::finish(errors)?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let mut all = allocations_of(tx, &[id]).await?;
    let mut offsets = offsets_of(tx, &[id]).await?;
    let mut new = changed(ctx, &old);
    let today = ctx.today(company.time_zone);
    let settled = settle(ctx, tx, &company, &mut new, (&all, &offsets), &mut targets, today).await?;
    tx.update(&old, &new);
    settled.insert_own(tx);
    all.extend(settled.allocations.iter().cloned());
    offsets.extend(settled.offsets.iter().cloned());
    let payment = view(&new, &all, &offsets, refs::of(tx, id.uuid()).await?);
    record(ctx, tx, "payment.allocated", &payment)?;
    settled.insert_others(ctx, tx)?;
    write(ctx, tx, targets, &settled.netted, "invoice.allocated", today).await?;
    announce(ctx, tx, "payment.allocated", &new).await?;
    Ok(payment)
}
