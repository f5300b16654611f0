//! Proposing credit notes for what is on invoices and stands no longer (ORD-08, ORD-18, CRN-06).

use super::credit::{coins_of, creditable, draft_of, rounding_left};
use crate::billable::rules::{Part, at_most_left};
use crate::billable::service::{Less, shrink, stand_again};
use crate::invoice::rules::{CreditRequest, plan_credit};
use crate::invoice::store::lines_of;
use crate::obligation::rules::kept;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::{billable_reductions, billables, invoice_lines, invoices, obligations};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{Amount, BillableId, BillableStatus, BillingPolicy, InvoiceId, InvoiceLineId, InvoiceStatus, ObligationId, OrderLineId, Quantity};
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

/// What a draft credit note would have taken back stands on its invoice, as the draft is dropped: it is billed, and is not billed a second time when its goods go
/// out again. What waits to be billed of its line waits no longer where nothing more of the line would be left to bill.
///
/// # Errors
/// `state_conflict` when that was billed again meanwhile.
pub(super) async fn dropped(ctx: &Ctx, tx: &mut Tx<'_>, note: &invoices::Model, lines: &[invoice_lines::Model]) -> Result<(), Problem> {
    let of_orders: Vec<&invoice_lines::Model> = lines.iter().filter(|line| line.order_line_id.is_some() && line.credited_line_id.is_some()).collect();
    let (Some(original), false) = (note.credited_invoice_id, of_orders.is_empty()) else { return Ok(()) };
    let owed: Vec<ObligationId> = of_orders.iter().filter_map(|line| line.order_line_id).map(|line| line.cast()).collect();
    let owed = Find::<obligations::Entity>::new().among(obligations::Column::Id, owed).order_by(obligations::Column::Id).lock().all(tx).await?;
    let of_them: Vec<OrderLineId> = owed.iter().map(|row| row.id.cast()).collect();
    let rows = Find::<billables::Entity>::new().among(billables::Column::OrderLineId, of_them).order_by(billables::Column::Id).lock().all(tx).await?;
    let on_it: Vec<&billables::Model> = rows.iter().filter(|row| row.invoice_id == Some(original)).collect();
    let billed = billed_lines(tx, &on_it.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let taken = reductions(tx, &on_it, original).await?;
    let day = ctx.today(tx.must::<companies::Entity>(note.company_id).await?.time_zone);
    for old in owed {
        let mut new = old.clone();
        for line in of_orders.iter().filter(|line| line.order_line_id == Some(old.id.cast())) {
            let Some(billed) = billed.iter().find(|billed| Some(billed.line.id) == line.credited_line_id) else { continue };
            let Some(row) = on_it.iter().find(|row| Some(row.id) == billed.line.billable_id) else { continue };
            let Some(part) = taken.get(&row.id) else { continue };
            let counted = if row.status == BillableStatus::Invoiced { row.quantity } else { Quantity::ZERO };
            let missing = at_most_left(part.quantity, billed.left.plus(line.quantity)?.minus(counted)?);
            let by = at_most_left(line.quantity, missing);
            if by != Quantity::ZERO {
                stand_again(ctx, tx, &mut new, (row, *part), (by, day))?;
            }
        }
        if new.billable_quantity == old.billable_quantity {
            continue;
        }
        let line: OrderLineId = old.id.cast();
        // What is billed on delivery is billed up to what is delivered, or ahead of it by what stands again.
        let most = if old.billing_policy == BillingPolicy::OnDelivery { new.delivered_quantity } else { kept(&new)? };
        let mut over = new.billable_quantity.minus(most)?;
        let waiting = rows.iter().rev().filter(|row| row.order_line_id == Some(line));
        for row in waiting.filter(|row| matches!(row.status, BillableStatus::Pending | BillableStatus::Ready | BillableStatus::Held)) {
            let by = over.min(row.quantity);
            if by > Quantity::ZERO {
                shrink(ctx, tx, &mut new, row, Less { by, day, reason: "The invoice that billed it stands: its credit note was cancelled." })?;
                over = over.minus(by)?;
            }
        }
        let over = new.billable_quantity.minus(kept(&new)?)?;
        if over > Quantity::ZERO && old.ordered_quantity > Quantity::ZERO {
            let detail = format!(
                "The credit note takes back {over} of \"{}\" that is to be billed no longer, or is billed by another invoice. Cancelling it would bill the customer twice: \
                 post it, or first cancel or credit what bills it again.",
                old.description
            );
            return Err(Problem::new(Code::StateConflict, detail).with("order_line_id", line.to_string()));
        }
        new.version += 1;
        new.updated_at = ctx.now();
        tx.update(&old, &new);
    }
    Ok(())
}

/// What was taken off these billables while they stood on this invoice.
async fn reductions(tx: &mut Tx<'_>, rows: &[&billables::Model], invoice: InvoiceId) -> Result<BTreeMap<BillableId, Part>, Problem> {
    let ids = rows.iter().map(|row| row.id);
    let found =
        Find::<billable_reductions::Entity>::new().among(billable_reductions::Column::BillableId, ids).eq(billable_reductions::Column::InvoiceId, invoice);
    let mut taken: BTreeMap<BillableId, Part> = BTreeMap::new();
    for row in found.all(tx).await? {
        let part = taken.entry(row.billable_id).or_default();
        *part = part.plus(Part { quantity: row.quantity, amount: row.amount, price_amount: Amount::ZERO })?;
    }
    Ok(taken)
}

/// What is to be taken off is on a draft.
pub(crate) fn on_a_draft(drafts: &[InvoiceId]) -> Problem {
    let named: Vec<String> = drafts.iter().map(ToString::to_string).collect();
    let detail = format!("What would be taken off stands on a draft: {}. Cancel the draft first: POST /v1/invoices/{{id}}/cancel.", named.join(", "));
    Problem::new(Code::StateConflict, detail).with("invoice_ids", named)
}
