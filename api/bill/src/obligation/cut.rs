//! Bringing confirmed lines down to what is still wanted of them: cancelling and amending (ORD-08, ORD-18).
//!
//! What waits to be billed shrinks with its line. What stands on posted invoices beyond what is wanted is to be credited: the caller proposes it. A draft
//! invoice is in the way, because nobody can say whether it will be posted.

use super::service::lock_of_order;
use crate::billable::service as billable;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::{billables, invoice_lines, invoices, obligations};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{BillableStatus, BillingPolicy, InvoiceId, InvoiceLineId, InvoiceStatus, OrderId, Quantity};
use std::collections::BTreeMap;

/// What is to be credited, by invoice.
pub type Credits = BTreeMap<InvoiceId, Vec<(InvoiceLineId, Quantity)>>;

/// What cancelling the open rest of an order left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// The order's obligations as they are now.
    pub obligations: Vec<obligations::Model>,
    /// Whether something was delivered or earned and therefore stays.
    pub kept: bool,
    /// What was billed and will not be delivered.
    pub credits: Credits,
}

/// What of an order is billed: what waits, and what stands on which invoice.
pub struct Billed {
    billables: Vec<billables::Model>,
    lines: Vec<invoice_lines::Model>,
    drafts: Vec<InvoiceId>,
}

impl Billed {
    /// What is billed of an order, the billables locked in the order of their ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock(tx: &mut Tx<'_>, order_id: OrderId) -> Result<Self, Problem> {
        let billables = Find::<billables::Entity>::new()
            .eq(billables::Column::OrderId, order_id)
            .ne(billables::Column::Status, BillableStatus::WrittenOff)
            .order_by(billables::Column::Id)
            .lock()
            .all(tx)
            .await?;
        let on_invoices: Vec<_> = billables.iter().filter(|row| row.status == BillableStatus::Invoiced).map(|row| row.id).collect();
        let (mut lines, mut drafts) = (Vec::new(), Vec::new());
        if !on_invoices.is_empty() {
            lines = Find::<invoice_lines::Entity>::new()
                .among(invoice_lines::Column::BillableId, on_invoices)
                .is_null(invoice_lines::Column::CreditedLineId)
                .order_by_desc(invoice_lines::Column::Id)
                .all(tx)
                .await?;
            let ids: Vec<InvoiceId> = lines.iter().map(|line| line.invoice_id).collect();
            let found = Find::<invoices::Entity>::new().among(invoices::Column::Id, ids).all(tx).await?;
            let of_status = |status| found.iter().filter(move |row| row.status == status).map(|row| row.id);
            drafts = of_status(InvoiceStatus::Draft).collect();
            let dropped: Vec<InvoiceId> = of_status(InvoiceStatus::Cancelled).collect();
            lines.retain(|line| !dropped.contains(&line.invoice_id));
        }
        Ok(Self { billables, lines, drafts })
    }

    /// Brings what is billed of a line down to `wanted`: what waits shrinks, and what is posted beyond it is added to `credits`. The counters of `line`
    /// move in memory; the caller writes its row.
    ///
    /// # Errors
    /// `state_conflict` when a draft invoice bills more than is wanted.
    pub fn cut(
        &self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        line: &mut obligations::Model,
        wanted: Quantity,
        reason: &str,
        credits: &mut Credits,
    ) -> Result<(), Problem> {
        for waiting in self.billables.iter().filter(|row| row.order_line_id == Some(line.id.cast()) && row.status != BillableStatus::Invoiced) {
            let excess = line.billable_quantity.minus(wanted)?;
            if excess.0.signum() == line.ordered_quantity.0.signum() {
                billable::shrink(ctx, tx, line, waiting, excess, reason)?;
            }
        }
        let own = || self.lines.iter().filter(|row| row.order_line_id == Some(line.id.cast()));
        let mut billed = Quantity::ZERO;
        for row in own() {
            billed = billed.plus(row.quantity)?.minus(row.credited_quantity)?;
        }
        let mut excess = billed.minus(wanted)?;
        for row in own() {
            if excess <= Quantity::ZERO {
                break;
            }
            if self.drafts.contains(&row.invoice_id) {
                let detail = "A draft invoice bills what is to be taken off. Post that invoice or cancel it, then try again.";
                return Err(Problem::new(Code::StateConflict, detail).with("invoice_id", row.invoice_id.to_string()));
            }
            let part = row.quantity.minus(row.credited_quantity)?.min(excess);
            if part > Quantity::ZERO {
                credits.entry(row.invoice_id).or_default().push((row.id, part));
                excess = excess.minus(part)?;
            }
        }
        Ok(())
    }

    /// What of a line stands on invoices, drafts included.
    ///
    /// # Errors
    /// When it does not fit.
    fn invoiced(&self, line: &obligations::Model) -> Result<Quantity, Problem> {
        let own = self.billables.iter().filter(|row| row.order_line_id == Some(line.id.cast()) && row.status == BillableStatus::Invoiced);
        own.map(|row| row.quantity).try_fold(Quantity::ZERO, Quantity::plus).map_err(Into::into)
    }
}

/// Cancels what of an order is neither delivered nor earned. Billables that wait for the cancelled quantity shrink or are written off; what was billed of it
/// is to be credited.
///
/// # Errors
/// `state_conflict` when a draft invoice bills what is cancelled.
pub async fn cancel_open(ctx: &Ctx, tx: &mut Tx<'_>, order_id: OrderId) -> Result<Cancelled, Problem> {
    let before = lock_of_order(tx, order_id).await?;
    let billed = Billed::lock(tx, order_id).await?;
    let mut cancelled = Cancelled { obligations: Vec::with_capacity(before.len()), kept: false, credits: Credits::new() };
    for old in before {
        let mut new = old.clone();
        let kept = kept_after_cancelling(&old, billed.invoiced(&old)?)?;
        billed.cut(ctx, tx, &mut new, kept, "The order was cancelled.", &mut cancelled.credits)?;
        new.cancelled_quantity = new.ordered_quantity.minus(kept)?;
        cancelled.kept |= kept != Quantity::ZERO;
        if new != old {
            new.version += 1;
            new.updated_at = ctx.now();
            tx.update(&old, &new);
        }
        cancelled.obligations.push(new);
    }
    Ok(cancelled)
}

/// What of a line stays when its order is cancelled: what is delivered, and of work what was earned. A line that gives back stays once it is invoiced.
fn kept_after_cancelling(line: &obligations::Model, invoiced: Quantity) -> Result<Quantity, Problem> {
    if line.ordered_quantity < Quantity::ZERO {
        let whole = line.ordered_quantity.minus(line.cancelled_quantity)?;
        return Ok(if invoiced == Quantity::ZERO { Quantity::ZERO } else { whole });
    }
    Ok(match line.billing_policy {
        BillingPolicy::OnOrder | BillingPolicy::OnDelivery => line.delivered_quantity,
        BillingPolicy::Milestone | BillingPolicy::Time | BillingPolicy::Recurring | BillingPolicy::Usage => line.delivered_quantity.max(line.billable_quantity),
    })
}
