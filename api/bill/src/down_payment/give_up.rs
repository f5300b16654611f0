//! What is paid in advance of an order that will not come.

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
    let found = Find::<invoices::Entity>::new().eq(invoices::Column::OrderId, order_id).ne(invoices::Column::Status, InvoiceStatus::Cancelled);
    let found = found.when("undeducted_amount IS NOT NULL", Vec::new()).order_by(invoices::Column::Id).lock().all(tx).await?;
    let drafts: Vec<InvoiceId> = found.iter().filter(|row| row.status == InvoiceStatus::Draft).map(|row| row.id).collect();
    if !drafts.is_empty() {
        return Err(on_a_draft(&drafts));
    }
    let mut notes = Vec::new();
    for original in found.iter().filter(|row| row.undeducted_amount > Some(Amount::ZERO)) {
        let lines = lines_of(tx, &[original.id]).await?;
        let left = rounding_left(tx, original).await?;
        let plan = plan_credit(&creditable_lines(tx, original, &lines).await?, left, &CreditRequest::All, original.currency)?;
        notes.push(draft_of(ctx, tx, original, &lines, &plan, Some(reason.to_owned())).await?.id);
    }
    Ok(notes)
}
