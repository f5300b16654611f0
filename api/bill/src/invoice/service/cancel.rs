//! Dropping a draft.

use super::must_be_draft;
use super::propose::dropped;
use crate::billable::split::Families;
use crate::down_payment;
use crate::invoice::store::lines_of;
use crate::invoice::view::{record, view};
use causeway_contract::Problem;
use causeway_entity::bill::invoices;
use causeway_kernel::{Ctx, Tx};
use causeway_master::refs;
use causeway_openapi::invoice::Invoice;
use causeway_value::{Amount, InvoiceId, InvoiceKind, InvoiceStatus, TaxStatus};

/// Drops a draft that is not to be posted. Its billables wait for an invoice again, and what it deducted of down payments is deducted by the next. What a credit
/// note proposed to take back stays billed by its invoice.
///
/// # Errors
/// `not_found`; `document_posted`; `state_conflict` when it was dropped before, or what a credit note takes back was billed again.
pub async fn cancel(ctx: &Ctx, tx: &mut Tx<'_>, id: InvoiceId) -> Result<Invoice, Problem> {
    let old = tx.lock::<invoices::Entity>(id).await?;
    must_be_draft(&old)?;
    let lines = lines_of(tx, &[id]).await?;
    let mut families = Families::lock(tx, id).await?;
    let undeducted_amount = old.undeducted_amount.map(|_| Amount::ZERO);
    let mut new = invoices::Model { status: InvoiceStatus::Cancelled, undeducted_amount, version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
    // Nobody asks an engine for the taxes of what is dropped.
    new.tax_status = old.tax_status.filter(|status| *status != TaxStatus::Pending);
    tx.update(&old, &new);
    let invoice = view(&new, &lines, &[], refs::of(tx, id.uuid()).await?);
    record(ctx, tx, "invoice.cancelled", &invoice)?;
    match old.kind {
        InvoiceKind::Invoice => down_payment::give_back(ctx, tx, &lines).await?,
        InvoiceKind::CreditNote => dropped(ctx, tx, &old, &lines).await?,
    }
    for billable in lines.iter().filter_map(|line| line.billable_id) {
        families.give_back(ctx, billable)?;
    }
    families.write(ctx, tx)?;
    Ok(invoice)
}
