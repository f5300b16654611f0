//! Changing what is owed after it was confirmed: less, more, another price, another term (ORD-08, ORD-18).
//!
//! Less is a cancelled quantity, so that what was made billable before keeps its share of the line. What is on invoices and stands no longer becomes draft
//! credit notes: a proposal that somebody posts.

use super::rules::{awaited, cancellable, kept, open, price_amount};
use super::service::lock_of_order;
use crate::billable::service::{Less, follow_hold, pay_by, shrink};
use crate::invoice::service::propose::{BilledLine, billed_lines, propose};
use causeway_contract::Problem;
use causeway_entity::Held;
use causeway_entity::bill::{billables, obligations};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{Amount, BillableStatus, Day, InvoiceId, Json, OrderId, OrderLineId, Overflow, PaymentTermId, Percent, Price, Quantity, Zone};
use std::collections::BTreeMap;

/// A line as it is agreed from now on. Amounts are those of all that is ordered, in minor units of the line's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restated {
    /// All that is ordered, what was cancelled included.
    pub ordered: Quantity,
    /// The price of `price_base_quantity` units, before discounts.
    pub unit_price: Price,
    /// The line's discount.
    pub discount_percent: Percent,
    /// The document's discount.
    pub document_discount_percent: Percent,
    /// After both discounts, without any tax.
    pub net_amount: Amount,
    /// The tax.
    pub tax_amount: Amount,
}

/// What is owed for an order, locked, with the changes so far.
pub struct Changes {
    before: Vec<obligations::Model>,
    after: Vec<obligations::Model>,
    /// What waits for an invoice.
    waiting: Vec<billables::Model>,
    billed: Vec<BilledLine>,
    /// The company's, in which what waits becomes less.
    zone: Zone,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// All obligations of the order as they are now.
    pub obligations: Vec<obligations::Model>,
    /// Draft credit notes of what is on posted invoices and stands no longer.
    pub credit_notes: Vec<InvoiceId>,
    /// What of each line stays on invoices.
    pub billed: BTreeMap<OrderLineId, Quantity>,
}

impl Changes {
    /// Locks what is owed for an order and what waits to be billed of it, in the order of their ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock(tx: &mut Tx<'_>, order_id: OrderId) -> Result<Self, Problem> {
        let before = lock_of_order(tx, order_id).await?;
        let made = Find::<billables::Entity>::new()
            .eq(billables::Column::OrderId, order_id)
            .ne(billables::Column::Status, BillableStatus::WrittenOff)
            .order_by(billables::Column::Id)
            .lock()
            .all(tx)
            .await?;
        let (invoiced, waiting): (Vec<_>, Vec<_>) = made.into_iter().partition(|row| row.status == BillableStatus::Invoiced);
        let billed = billed_lines(tx, &invoiced.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
        let zone = match waiting.first() {
            Some(row) => tx.must::<companies::Entity>(row.company_id).await?.time_zone,
            None => Zone::UTC,
        };
        Ok(Self { after: before.clone(), before, waiting, billed, zone })
    }

    /// What is owed, with the changes so far.
    #[must_use]
    pub fn obligations(&self) -> &[obligations::Model] {
        &self.after
    }

    /// What is owed for a line, with the changes so far.
    #[must_use]
    pub fn of(&self, line: OrderLineId) -> Option<&obligations::Model> {
        self.after.iter().find(|row| row.id.uuid() == line.uuid())
    }

    /// What of a line is on invoices, drafts included, less what is credited or proposed to be.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn billed(&self, line: OrderLineId) -> Result<Quantity, Overflow> {
        left_of(&self.billed, line)
    }

    /// Takes `by` off what stands of a line. What waits for an invoice shrinks with it.
    ///
    /// # Errors
    /// `amount_overflow` when a number does not fit.
    pub fn lower(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, line: OrderLineId, by: Quantity, reason: &str) -> Result<(), Problem> {
        let Some(row) = self.after.iter_mut().find(|row| row.id.uuid() == line.uuid()) else { return Ok(()) };
        row.cancelled_quantity = row.cancelled_quantity.plus(by)?;
        let (left, day) = (kept(row)?, ctx.today(self.zone));
        for billable in self.waiting.iter_mut().filter(|billable| billable.order_line_id == Some(line)).rev() {
            let excess = row.billable_quantity.minus(left)?;
            if excess.0.signum() == row.ordered_quantity.0.signum() && billable.status != BillableStatus::WrittenOff {
                *billable = shrink(ctx, tx, row, billable, Less { by: excess, day, reason })?;
            }
        }
        Ok(())
    }

    /// Takes off what can still be cancelled of every line.
    ///
    /// # Errors
    /// `amount_overflow` when a number does not fit.
    pub fn end(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, reason: &str) -> Result<(), Problem> {
        let lines: Vec<OrderLineId> = self.after.iter().map(|row| row.id.cast()).collect();
        for line in lines {
            let billed = self.billed(line)?;
            let by = self.of(line).map_or(Ok(Quantity::ZERO), |row| cancellable(row, billed))?;
            if by != Quantity::ZERO {
                self.lower(ctx, tx, line, by, reason)?;
            }
        }
        Ok(())
    }

    /// Agrees a line anew. What is billable already keeps what it comes to.
    ///
    /// # Errors
    /// `amount_overflow` when a number does not fit.
    pub fn restate(&mut self, line: OrderLineId, new: Restated) -> Result<(), Problem> {
        let Some(row) = self.after.iter_mut().find(|row| row.id.uuid() == line.uuid()) else { return Ok(()) };
        row.ordered_quantity = new.ordered;
        row.unit_price = new.unit_price;
        row.discount_percent = new.discount_percent;
        row.document_discount_percent = new.document_discount_percent;
        row.price_amount = price_amount(row)?;
        row.net_amount = new.net_amount;
        row.tax_amount = Some(new.tax_amount);
        Ok(())
    }

    /// What is billed from now on names this as the customer's reference.
    pub fn refer_to(&mut self, reference: Option<&str>) {
        self.after.iter_mut().for_each(|row| row.reference = reference.map(str::to_owned));
    }

    /// Gives what is not invoiced yet another payment term.
    ///
    /// # Errors
    /// When an object cannot be recorded: a bug.
    pub fn pay_by(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, term: Option<PaymentTermId>) -> Result<(), Problem> {
        self.after.iter_mut().for_each(|row| row.payment_term_id = term);
        for billable in self.waiting.iter_mut().filter(|row| row.status != BillableStatus::WrittenOff && row.payment_term_id != term) {
            *billable = pay_by(ctx, tx, billable, term)?;
        }
        Ok(())
    }

    /// Promises a line for a day.
    pub fn promise(&mut self, line: OrderLineId, day: Day) {
        self.after.iter_mut().filter(|row| row.id.uuid() == line.uuid()).for_each(|row| row.promised_date = Some(day));
    }

    /// Gives every line these holds. One that blocks invoices keeps off them what waits for one.
    ///
    /// # Errors
    /// When an object cannot be recorded: a bug.
    pub fn hold(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, holds: &[Held]) -> Result<(), Problem> {
        for billable in &mut self.waiting {
            if let Some(followed) = follow_hold(ctx, tx, billable, holds)? {
                *billable = followed;
            }
        }
        self.after.iter_mut().for_each(|row| row.holds = (!holds.is_empty()).then(|| Json(holds.to_vec())));
        Ok(())
    }

    /// Writes what changed, and proposes to credit what is on invoices and stands no longer.
    ///
    /// # Errors
    /// `state_conflict` when it is on a draft: that one is to be cancelled instead.
    pub async fn write(mut self, ctx: &Ctx, tx: &mut Tx<'_>, reason: &str) -> Result<Written, Problem> {
        let mut excess = BTreeMap::new();
        let mut billed = BTreeMap::new();
        for (old, new) in self.before.iter().zip(&mut self.after) {
            let (line, standing) = (new.id.cast(), left_of(&self.billed, new.id.cast())?);
            // Also what was proposed before and the proposal was dropped.
            let over = standing.minus(kept(new)?)?;
            if over > Quantity::ZERO && new.ordered_quantity > Quantity::ZERO {
                excess.insert(line, over);
            }
            billed.insert(line, standing.minus(over.max(Quantity::ZERO))?);
            if old == new {
                continue;
            }
            // Whether it is late is asked again where the day changed, or whether something is left at all: what was noted once stays noted.
            let waits = |row: &obligations::Model| open(row).map(|open| open != Quantity::ZERO);
            if (waits(old)?, old.promised_date) != (waits(new)?, new.promised_date) {
                new.awaited_date = awaited(new)?;
            }
            new.version += 1;
            new.updated_at = ctx.now();
            tx.update(old, new);
        }
        let credit_notes = propose(ctx, tx, &excess, &self.billed, reason).await?;
        Ok(Written { obligations: self.after, credit_notes, billed })
    }
}

/// What of a line is left on invoices.
fn left_of(billed: &[BilledLine], line: OrderLineId) -> Result<Quantity, Overflow> {
    billed.iter().filter(|billed| billed.line.order_line_id == Some(line)).try_fold(Quantity::ZERO, |sum, billed| sum.plus(billed.left))
}
