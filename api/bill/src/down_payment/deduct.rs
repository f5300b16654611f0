//! Deducting down payments from what is billed of their order.

use super::create::line_of;
use super::rules::{self, TaxGroup};
use super::store::{deducted, taken, uncredited};
use crate::booked;
use crate::invoice::service::lines::{Draft, blank};
use crate::invoice::{installments_of, lines_of, record, view};
use crate::obligation::{self, rules::kept};
use causeway_books::ledger::rules::Advance;
use causeway_contract::Problem;
use causeway_entity::bill::{billables, installments, invoice_lines, invoices};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::refs;
use causeway_master::tax::rules::add_to_summary;
use causeway_master::tax::store::TaxDefs;
use causeway_openapi::object::ExternalRef;
use causeway_value::{Amount, BillableId, BillableStatus, Currency, InvoiceId, InvoiceLineId, InvoiceStatus, OrderId, Overflow, Quantity};
use std::collections::{BTreeMap, BTreeSet};

/// The posted down payments of some orders that have something left, locked, and what is still to be billed of those orders.
#[derive(Clone, Default)]
pub(crate) struct Advances {
    downs: Vec<Down>,
    installments: Vec<installments::Model>,
    /// What waits for an invoice, by order.
    waiting: BTreeMap<OrderId, BTreeSet<BillableId>>,
    /// Orders of which something is not billable yet.
    unfinished: BTreeSet<OrderId>,
}

#[derive(Clone)]
struct Down {
    old: invoices::Model,
    new: invoices::Model,
    lines: Vec<invoice_lines::Model>,
    /// What posted documents took of each line's net, once that was read.
    taken: BTreeMap<InvoiceLineId, Amount>,
    left: Vec<TaxGroup>,
    refs: Vec<ExternalRef>,
}

impl Advances {
    /// Locks the down payments of the orders of these billables that have something left, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn lock(tx: &mut Tx<'_>, billables: &[billables::Model]) -> Result<Self, Problem> {
        Self::lock_again(tx, billables, &[]).await
    }

    /// As [`Advances::lock`] for a draft whose lines that deduct are to be replaced: what those deduct is left again.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn lock_again(tx: &mut Tx<'_>, billables: &[billables::Model], replaced: &[invoice_lines::Model]) -> Result<Self, Problem> {
        let orders: BTreeSet<OrderId> = billables.iter().filter_map(|row| row.order_id).collect();
        let orders: Vec<OrderId> = orders.into_iter().collect();
        let mut found = Vec::new();
        for part in orders.chunks(500) {
            let of_orders = Find::<invoices::Entity>::new().among(invoices::Column::OrderId, part.iter().copied());
            // What nobody has deducted, or what is deducted here.
            let above = if replaced.is_empty() { 0_i64 } else { -1 };
            let posted =
                of_orders.gt(invoices::Column::UndeductedAmount, above).among(invoices::Column::Status, [InvoiceStatus::Posted, InvoiceStatus::Reversed]);
            found.extend(posted.order_by(invoices::Column::Id).lock().all(tx).await?);
        }
        if found.is_empty() {
            return Ok(Self::default());
        }
        let ids: Vec<InvoiceId> = found.iter().map(|row| row.id).collect();
        let lines = lines_of(tx, &ids).await?;
        let deducted = deducted(tx, &lines.iter().map(|line| line.id).collect::<Vec<_>>()).await?;
        let mut refs = tx.external_refs(&ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()).await?;
        let mut advances = Self { installments: installments_of(tx, &ids).await?, ..Self::default() };
        for row in found {
            let own: Vec<invoice_lines::Model> = lines.iter().filter(|line| line.invoice_id == row.id).cloned().collect();
            let mut left = Vec::with_capacity(own.len());
            for line in &own {
                let mut rest = uncredited(line)?;
                if let Some(deducted) = deducted.get(&line.id) {
                    rest.take(deducted)?;
                }
                for line in replaced.iter().filter(|replaced| replaced.deducted_line_id == Some(line.id)) {
                    rest.take(&TaxGroup { tax_ids: Vec::new(), net: line.net_amount, taxes: line.taxes.0.clone() })?;
                }
                left.push(rest);
            }
            let mut new = row.clone();
            for line in replaced.iter().filter(|replaced| own.iter().any(|line| replaced.deducted_line_id == Some(line.id))) {
                new.undeducted_amount = Some(new.undeducted_amount.unwrap_or_default().minus(line.net_amount.plus(line.tax_amount)?)?);
            }
            let refs = refs::shown(refs.remove(&row.id.uuid()).unwrap_or_default());
            advances.downs.push(Down { old: row, new, lines: own, taken: BTreeMap::new(), left, refs });
        }
        advances.read_rest(tx).await?;
        Ok(advances)
    }

    /// Reads what posted documents took: posting needs it, a draft does not.
    ///
    /// # Errors
    /// `amount_overflow`, or when the database fails.
    pub(crate) async fn read_taken(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let lines: Vec<invoice_lines::Model> = self.downs.iter().flat_map(|down| down.lines.iter().cloned()).collect();
        let taken = taken(tx, &lines).await?;
        for down in &mut self.downs {
            down.taken = down.lines.iter().filter_map(|line| Some((line.id, *taken.get(&line.id)?))).collect();
        }
        Ok(())
    }

    /// What is still to be billed of the orders.
    async fn read_rest(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let orders: BTreeSet<OrderId> = self.downs.iter().filter_map(|down| down.new.order_id).collect();
        let orders: Vec<OrderId> = orders.into_iter().collect();
        for row in obligation::of_orders(tx, &orders).await? {
            if row.billable_quantity.0.unsigned_abs() < kept(&row)?.0.unsigned_abs() {
                self.unfinished.insert(row.order_id);
            }
        }
        let waiting = Find::<billables::Entity>::new().among(billables::Column::OrderId, orders);
        let open = [BillableStatus::Pending, BillableStatus::Ready, BillableStatus::Held];
        for row in waiting.among(billables::Column::Status, open).all(tx).await? {
            if let Some(order_id) = row.order_id {
                self.waiting.entry(order_id).or_default().insert(row.id);
            }
        }
        Ok(())
    }

    /// What is to be billed of the orders after this draft, which is not stored yet: each billable, and whether it waits for an invoice.
    pub(crate) fn await_rest<'a>(&mut self, billables: impl Iterator<Item = (&'a billables::Model, bool)>) {
        for (row, waits) in billables {
            let Some(order_id) = row.order_id else { continue };
            let waiting = self.waiting.entry(order_id).or_default();
            if waits {
                waiting.insert(row.id);
            } else {
                waiting.remove(&row.id);
            }
        }
    }

    /// Adds to a draft what it deducts. The billables are those that it bills: they count as billed from now on.
    ///
    /// # Errors
    /// `amount_overflow` when a number does not fit.
    pub(crate) fn deduct(
        &mut self,
        tx: &Tx<'_>,
        taxes: &TaxDefs,
        draft: &mut Draft,
        billables: &[billables::Model],
        currency: Currency,
    ) -> Result<(), Problem> {
        if self.downs.is_empty() {
            return Ok(());
        }
        let order_of: BTreeMap<BillableId, OrderId> = billables.iter().filter_map(|row| Some((row.id, row.order_id?))).collect();
        for (id, order) in &order_of {
            if let Some(waiting) = self.waiting.get_mut(order) {
                waiting.remove(id);
            }
        }
        // What was paid in advance was taxed in full, and paying early lowers the taxes of the rest alone: it is deducted from full taxes.
        let mut upfront = std::mem::take(&mut draft.upfront);
        draft.add_taxes(&upfront)?;
        for order in order_of.values().copied().collect::<BTreeSet<_>>() {
            let is_own = |row: &invoice_lines::Model| row.billable_id.and_then(|id| order_of.get(&id)) == Some(&order);
            let own = draft.rows.iter().filter(|row| is_own(row));
            let billed = rules::groups(own.map(|row| (row.tax_ids.0.as_slice(), row.net_amount, row.taxes.0.as_slice())))?;
            let parts = self.parts(tx, taxes, (order, &billed), draft.taxed.total, currency)?;
            for group in &billed {
                let back = Amount::sum(parts.iter().filter(|part| group.is_like(&part.tax_ids.0)).map(|part| part.net_amount))?;
                let of_group = draft.rows.iter().zip(&mut upfront).filter(|(row, _)| is_own(row) && group.is_like(&row.tax_ids.0));
                rules::keep_share(of_group.map(|(_, taxes)| taxes).collect(), group.net.plus(back)?, group.net)?;
            }
            for row in parts {
                append(draft, row)?;
            }
        }
        draft.add_taxes(&rules::negated(&upfront)?)?;
        draft.upfront = upfront;
        Ok(())
    }

    /// The lines that deduct what is left of an order's down payments from what is billed of it.
    fn parts(
        &mut self,
        tx: &Tx<'_>,
        taxes: &TaxDefs,
        (order, billed): (OrderId, &[TaxGroup]),
        room: Amount,
        currency: Currency,
    ) -> Result<Vec<invoice_lines::Model>, Overflow> {
        let last = !self.unfinished.contains(&order) && self.waiting.get(&order).is_none_or(BTreeSet::is_empty);
        let own = || self.downs.iter().filter(|down| down.new.order_id == Some(order));
        let left: Vec<TaxGroup> = own().flat_map(|down| down.left.iter().cloned()).collect();
        let mut parts = rules::deduct(billed, room, &left, last)?.into_iter();
        let mut rows = Vec::new();
        for down in self.downs.iter_mut().filter(|down| down.new.order_id == Some(order)) {
            for ((line, left), part) in down.lines.iter().zip(&mut down.left).zip(&mut parts) {
                if part.total()?.is_zero() {
                    continue;
                }
                left.take(&part)?;
                down.new.undeducted_amount = Some(down.new.undeducted_amount.unwrap_or_default().minus(part.total()?)?);
                let amounts = line_of(taxes, &part, currency)?;
                let back = part.negated()?;
                rows.push(invoice_lines::Model {
                    deducted_line_id: Some(line.id),
                    description: [Some(line.description.as_str()), down.new.number.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", "),
                    quantity: Quantity(-Quantity::ONE.0),
                    net_amount: back.net,
                    tax_amount: back.tax()?,
                    taxes: causeway_value::Json(back.taxes),
                    ..amounts(blank(tx, line.account_id))
                });
            }
        }
        Ok(rows)
    }

    /// Writes what down payments have left now.
    ///
    /// # Errors
    /// When the object cannot be recorded: a bug.
    pub(crate) fn write(&mut self, ctx: &Ctx, tx: &mut Tx<'_>) -> Result<(), Problem> {
        for down in self.downs.iter_mut().filter(|down| down.new != down.old) {
            down.new.version += 1;
            down.new.updated_at = ctx.now();
            tx.update(&down.old, &down.new);
            let event = if down.new.undeducted_amount < down.old.undeducted_amount { "invoice.deducted" } else { "invoice.undeducted" };
            record(ctx, tx, event, &view(&down.new, &down.lines, &self.installments, down.refs.clone()))?;
            down.old = down.new.clone();
        }
        Ok(())
    }

    /// How the down payments were booked, by line.
    pub(crate) fn booked(&self, company_currency: Currency) -> BTreeMap<InvoiceLineId, Advance> {
        let of = |down: &Down| {
            let conversion = booked::of_invoice(&down.new, company_currency);
            down.taken.iter().map(move |(line, taken)| (*line, Advance { conversion, taken: *taken })).collect::<Vec<_>>()
        };
        self.downs.iter().flat_map(of).collect()
    }

    /// Lines that deduct were posted: the next ones take what is left.
    ///
    /// # Errors
    /// [`Overflow`] when a number does not fit.
    pub(crate) fn took(&mut self, lines: &[invoice_lines::Model]) -> Result<(), Overflow> {
        for line in lines {
            let Some(of) = line.deducted_line_id else { continue };
            if let Some(taken) = self.downs.iter_mut().find_map(|down| down.taken.get_mut(&of)) {
                *taken = taken.minus(line.net_amount)?;
            }
        }
        Ok(())
    }
}

/// Puts a line at the end of a draft.
fn append(draft: &mut Draft, mut row: invoice_lines::Model) -> Result<(), Problem> {
    if let Some(last) = draft.rows.last() {
        row.invoice_id = last.invoice_id;
        row.position = last.position + 1;
    }
    draft.taxed.untaxed = draft.taxed.untaxed.plus(row.net_amount)?;
    draft.taxed.tax = draft.taxed.tax.plus(row.tax_amount)?;
    draft.taxed.total = draft.taxed.untaxed.plus(draft.taxed.tax)?;
    row.taxes.0.iter().try_for_each(|tax| add_to_summary(&mut draft.taxed.taxes, *tax))?;
    draft.rows.push(row);
    Ok(())
}
