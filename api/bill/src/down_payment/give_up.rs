//! What is paid in advance of an order that will not come, or of less.

use crate::invoice::lines_of;
use crate::invoice::rules::{CreditRequest, plan_credit};
use crate::invoice::service::credit::{creditable_lines, draft_of, rounding_left};
use crate::invoice::service::propose::on_a_draft;
use causeway_contract::Problem;
use causeway_entity::bill::invoices;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{Amount, InvoiceId, InvoiceStatus, OrderId};

/// Makes draft credit notes of what the down payments of an order that was cancelled have left, for somebody to post.
///
/// # Errors
/// `state_conflict` naming a down payment that is still a draft: that one is to be cancelled instead.
pub async fn propose_rest(ctx: &Ctx, tx: &mut Tx<'_>, order_id: OrderId, reason: &str) -> Result<Vec<InvoiceId>, Problem> {
    let found = standing(tx, order_id).await?;
    must_be_posted(&found)?;
    let mut notes = Vec::new();
    for original in found.iter().filter(|row| row.undeducted_amount > Some(Amount::ZERO)) {
        notes.push(credit(ctx, tx, original, &CreditRequest::All, reason).await?);
    }
    Ok(notes)
}

/// Makes draft credit notes of what the down payments of an order have left beyond what is still `to_bill` of it, the latest ones first.
///
/// # Errors
/// `state_conflict` naming a down payment that is still a draft: that one is to be cancelled instead.
pub async fn propose_beyond(ctx: &Ctx, tx: &mut Tx<'_>, order_id: OrderId, to_bill: Amount, reason: &str) -> Result<Vec<InvoiceId>, Problem> {
    let found = standing(tx, order_id).await?;
    let ids = found.iter().map(|row| row.id);
    let proposed = if found.is_empty() {
        Vec::new()
    } else {
        Find::<invoices::Entity>::new().among(invoices::Column::CreditedInvoiceId, ids).eq(invoices::Column::Status, InvoiceStatus::Draft).all(tx).await?
    };
    let proposed_of = |id: InvoiceId| Amount::sum(proposed.iter().filter(|note| note.credited_invoice_id == Some(id)).map(|note| note.total_amount));
    let mut open = Vec::with_capacity(found.len());
    for row in &found {
        open.push((row, row.undeducted_amount.unwrap_or_default().minus(proposed_of(row.id)?)?.max(Amount::ZERO)));
    }
    let mut beyond = Amount::sum(open.iter().map(|(_, open)| *open))?.minus(to_bill)?;
    if beyond > Amount::ZERO {
        must_be_posted(&found)?;
    }
    let mut notes = Vec::new();
    for (original, open) in open.into_iter().rev() {
        let part = open.min(beyond);
        if part > Amount::ZERO {
            notes.push(credit(ctx, tx, original, &CreditRequest::Amount(part), reason).await?);
            beyond = beyond.minus(part)?;
        }
    }
    Ok(notes)
}

/// The down payments of an order that were not cancelled, locked, oldest first.
async fn standing(tx: &mut Tx<'_>, order_id: OrderId) -> Result<Vec<invoices::Model>, Problem> {
    let found = Find::<invoices::Entity>::new().eq(invoices::Column::OrderId, order_id).ne(invoices::Column::Status, InvoiceStatus::Cancelled);
    found.when("undeducted_amount IS NOT NULL", Vec::new()).order_by(invoices::Column::Id).lock().all(tx).await
}

fn must_be_posted(downs: &[invoices::Model]) -> Result<(), Problem> {
    let drafts: Vec<InvoiceId> = downs.iter().filter(|row| row.status == InvoiceStatus::Draft).map(|row| row.id).collect();
    if drafts.is_empty() { Ok(()) } else { Err(on_a_draft(&drafts)) }
}

async fn credit(ctx: &Ctx, tx: &mut Tx<'_>, original: &invoices::Model, request: &CreditRequest, reason: &str) -> Result<InvoiceId, Problem> {
    let lines = lines_of(tx, &[original.id]).await?;
    let left = rounding_left(tx, original).await?;
    let plan = plan_credit(&creditable_lines(tx, original, &lines).await?, left, request, original.currency)?;
    Ok(draft_of(ctx, tx, original, &lines, &plan, (Some(reason.to_owned()), false)).await?.id)
}
