//! Proposing credit notes for what is on invoices and stands no longer (ORD-08, ORD-18, CRN-06).

use super::credit::{coins_of, creditable, draft_of, rounding_left};
use crate::invoice::rules::{CreditRequest, plan_credit};
use crate::invoice::store::lines_of;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::{invoice_lines, invoices};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{BillableId, InvoiceId, InvoiceLineId, InvoiceStatus, OrderLineId, Quantity};
use std::collections::BTreeMap;

/// A line of an invoice that bills a part of an order.
pub(crate) struct BilledLine {
    /// The line.
    pub line: invoice_lines::Model,
    /// Whether its invoice is posted; else it is a draft.
    pub is_posted: bool,
    /// What of it is neither credited nor on a draft credit note.
    pub left: Quantity,
}

/// The lines that bill these billables, oldest invoice first.
///
/// # Errors
/// When the database fails.
pub(crate) async fn billed_lines(tx: &mut Tx<'_>, billables: &[BillableId]) -> Result<Vec<BilledLine>, Problem> {
    if billables.is_empty() {
        return Ok(Vec::new());
    }
    let lines = Find::<invoice_lines::Entity>::new().among(invoice_lines::Column::BillableId, billables.iter().copied());
    let lines = lines.order_by(invoice_lines::Column::InvoiceId).order_by(invoice_lines::Column::Position).all(tx).await?;
    let ids: Vec<InvoiceId> = lines.iter().map(|line| line.invoice_id).collect();
    let found = Find::<invoices::Entity>::new().among(invoices::Column::Id, ids.iter().copied()).all(tx).await?;
    let status: BTreeMap<InvoiceId, InvoiceStatus> = found.into_iter().map(|invoice| (invoice.id, invoice.status)).collect();
    let notes = Find::<invoices::Entity>::new().among(invoices::Column::CreditedInvoiceId, ids).eq(invoices::Column::Status, InvoiceStatus::Draft);
    let notes: Vec<InvoiceId> = notes.all(tx).await?.into_iter().map(|note| note.id).collect();
    let proposed = lines_of(tx, &notes).await?;
    let mut billed = Vec::with_capacity(lines.len());
    for line in lines {
        let is_posted = match status.get(&line.invoice_id) {
            Some(InvoiceStatus::Cancelled) | None => continue,
            Some(status) => *status != InvoiceStatus::Draft,
        };
        let mut left = line.quantity.minus(line.credited_quantity)?;
        for note in proposed.iter().filter(|note| note.credited_line_id == Some(line.id)) {
            left = left.minus(note.quantity)?;
        }
        billed.push(BilledLine { line, is_posted, left });
    }
    Ok(billed)
}

/// Makes draft credit notes of these quantities by order line, of the latest invoices first.
///
/// # Errors
/// `state_conflict` when a part is on a draft invoice.
pub(crate) async fn propose(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    excess: &BTreeMap<OrderLineId, Quantity>,
    billed: &[BilledLine],
    reason: &str,
) -> Result<Vec<InvoiceId>, Problem> {
    let mut asked: BTreeMap<InvoiceId, Vec<(InvoiceLineId, Quantity)>> = BTreeMap::new();
    for (order_line, over) in excess {
        let mut rest = *over;
        let own = || billed.iter().rev().filter(|billed| billed.line.order_line_id == Some(*order_line));
        for billed in own().filter(|billed| billed.is_posted && billed.left > Quantity::ZERO) {
            let part = rest.min(billed.left);
            if part > Quantity::ZERO {
                asked.entry(billed.line.invoice_id).or_default().push((billed.line.id, part));
                rest = rest.minus(part)?;
            }
        }
        if rest > Quantity::ZERO {
            return Err(on_a_draft(&own().filter(|billed| !billed.is_posted).map(|billed| billed.line.invoice_id).collect::<Vec<_>>()));
        }
    }
    let mut notes = Vec::with_capacity(asked.len());
    for (invoice, quantities) in asked {
        let original = tx.lock::<invoices::Entity>(invoice).await?;
        let lines = lines_of(tx, &[invoice]).await?;
        let left = rounding_left(tx, &original).await?;
        let (of_lines, request) = (lines.iter().map(creditable).collect::<Vec<_>>(), CreditRequest::Lines(quantities));
        let plan = plan_credit(&of_lines, left, &request, original.currency)?;
        let plan = coins_of(&original, plan, &of_lines, left, &request)?;
        notes.push(draft_of(ctx, tx, &original, &lines, &plan, (Some(reason.to_owned()), false)).await?.id);
    }
    Ok(notes)
}

/// What is to be taken off is on a draft.
pub(crate) fn on_a_draft(drafts: &[InvoiceId]) -> Problem {
    let named: Vec<String> = drafts.iter().map(ToString::to_string).collect();
    let detail = format!("What would be taken off stands on a draft: {}. Cancel the draft first: POST /v1/invoices/{{id}}/cancel.", named.join(", "));
    Problem::new(Code::StateConflict, detail).with("invoice_ids", named)
}
