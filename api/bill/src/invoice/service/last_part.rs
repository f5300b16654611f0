//! The last part of an order line whose document's discount is taken off the total with tax, or whose document computes its taxes of exact amounts.
//!
//! What is rounded once over a document may miss what was ordered by the smallest amounts in parts that are invoiced apart. The part that completes a line
//! takes what the others left, in net and in tax (rule 25 of the vectors). Taxes of other lines are those of their own net, part by part.

use super::lines::Draft;
use crate::obligation::rules::kept;
use causeway_contract::Problem;
use causeway_entity::bill::{billables, invoice_lines, obligations};
use causeway_kernel::{Find, Tx};
use causeway_master::pricing::amounts::cumulative_amount;
use causeway_master::tax::rules::{summary, takes_exact};
use causeway_value::{Amount, BillableId, BillableStatus, Json, ObligationId, OrderId, OrderLineId, Overflow, Percent, Quantity};
use std::collections::BTreeMap;

/// Billables and lines that are read in one query.
const AT_ONCE: usize = 500;

/// What invoices bill already of order lines whose parts may miss them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Billed {
    lines: BTreeMap<OrderLineId, Line>,
}

/// An order line: what stands of it and comes to what, and the parts of it that are billed.
#[derive(Clone, Debug)]
struct Line {
    kept: Quantity,
    net: Amount,
    tax: Amount,
    /// The least amount of its taxes.
    step: Amount,
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug)]
struct Part {
    billable: BillableId,
    quantity: Quantity,
    net: Amount,
    tax: Amount,
}

impl Billed {
    /// Reads what invoices bill of the order lines of these billables; `owed` are their obligations. Nothing is asked where no discount is of the total and no
    /// tax is of exact amounts.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn read(tx: &mut Tx<'_>, rows: &[billables::Model], owed: &BTreeMap<ObligationId, obligations::Model>) -> Result<Self, Problem> {
        let mut billed = Self::default();
        let mut orders: Vec<OrderId> = Vec::new();
        for row in rows {
            let Some(owed) = row.order_line_id.and_then(|line| owed.get(&line.cast())) else { continue };
            let off_total = row.total_discount_percent.is_some_and(|share| share != Percent::ZERO);
            if !off_total && !owed.tax_rounding.is_some_and(takes_exact) {
                continue;
            }
            if let Some(line) = Line::of(owed)? {
                billed.lines.insert(owed.id.cast(), line);
                orders.push(owed.order_id);
            }
        }
        orders.sort_unstable();
        orders.dedup();
        for orders in orders.chunks(AT_ONCE) {
            let find = Find::<billables::Entity>::new().among(billables::Column::OrderId, orders.iter().copied());
            let mut found = find.eq(billables::Column::Status, BillableStatus::Invoiced).all(tx).await?;
            found.retain(|row| row.order_line_id.is_some_and(|line| billed.lines.contains_key(&line)));
            for rows in found.chunks(AT_ONCE) {
                billed.take(tx, rows).await?;
            }
        }
        Ok(billed)
    }

    async fn take(&mut self, tx: &mut Tx<'_>, rows: &[billables::Model]) -> Result<(), Problem> {
        let lines = Find::<invoice_lines::Entity>::new().among(invoice_lines::Column::BillableId, rows.iter().map(|row| row.id)).all(tx).await?;
        for row in rows {
            let billing = lines.iter().find(|line| line.billable_id == Some(row.id) && Some(line.invoice_id) == row.invoice_id);
            let (Some(billing), Some(line)) = (billing, row.order_line_id.and_then(|line| self.lines.get_mut(&line))) else { continue };
            // What of it was credited and is billed again counts there.
            let share = |whole: Amount| cumulative_amount(whole, row.quantity, billing.quantity);
            let part = Part { billable: row.id, quantity: row.quantity, net: share(billing.net_amount)?, tax: share(billing.tax_amount)? };
            line.parts.push(part);
        }
        Ok(())
    }

    /// Lets the lines of a draft that complete their order lines take what the others left of them. The next draft counts what this one bills.
    ///
    /// # Errors
    /// [`Overflow`] when an amount does not fit.
    pub(super) fn exhaust(&mut self, draft: &mut Draft) -> Result<(), Overflow> {
        // What is owed knows nothing of taxes that are lowered up front.
        if self.lines.is_empty() || !draft.upfront.is_empty() {
            return Ok(());
        }
        let own: Vec<Option<BillableId>> = draft.rows.iter().map(|row| row.billable_id).collect();
        self.lines.values_mut().for_each(|line| line.parts.retain(|part| !own.contains(&Some(part.billable))));
        for index in 0..draft.rows.len() {
            let Some(row) = draft.rows.get(index) else { continue };
            let Some(line) = row.order_line_id.and_then(|line| self.lines.get_mut(&line)) else { continue };
            let Some(billable) = row.billable_id else { continue };
            let part = Part { billable, quantity: row.quantity, net: row.net_amount, tax: row.tax_amount };
            let last = line.last(part)?;
            line.parts.push(last);
            correct(draft, index, (last.net.minus(part.net)?, last.tax.minus(part.tax)?))?;
        }
        Ok(())
    }
}

impl Line {
    /// None while its tax is not known.
    fn of(owed: &obligations::Model) -> Result<Option<Self>, Overflow> {
        let Some(tax) = owed.tax_amount else { return Ok(None) };
        let kept = kept(owed)?;
        let of_kept = |whole| cumulative_amount(whole, kept, owed.ordered_quantity);
        let step = owed.tax_step.unwrap_or(Amount(1));
        Ok(Some(Self { kept, net: of_kept(owed.net_amount)?, tax: of_kept(tax)?, step, parts: Vec::new() }))
    }

    /// The next part, with what is left of the line when it completes it. What is further from that than rounding goes was agreed anew meanwhile, and stays.
    fn last(&self, part: Part) -> Result<Part, Overflow> {
        let before = self.parts.iter().try_fold((Quantity::ZERO, Amount::ZERO, Amount::ZERO), |(quantity, net, tax), part| {
            Ok::<_, Overflow>((quantity.plus(part.quantity)?, net.plus(part.net)?, tax.plus(part.tax)?))
        })?;
        if before.0.plus(part.quantity)? != self.kept {
            return Ok(part);
        }
        let rest = Part { net: self.net.minus(before.1)?, tax: self.tax.minus(before.2)?, ..part };
        let roundings = u64::try_from(self.parts.len()).unwrap_or(u64::MAX).saturating_add(1);
        let within = |missed: Amount, step: Amount| missed.0.unsigned_abs() <= roundings.saturating_mul(step.0.unsigned_abs());
        let fits = within(rest.net.minus(part.net)?, self.step) && within(rest.tax.minus(part.tax)?, self.step);
        Ok(if fits { rest } else { part })
    }
}

/// Gives a line of a draft this much more net and tax; the greatest of its taxes takes that.
fn correct(draft: &mut Draft, index: usize, (net, tax): (Amount, Amount)) -> Result<(), Overflow> {
    let (Some(row), Some(line)) = (draft.rows.get_mut(index), draft.taxed.lines.get_mut(index)) else { return Ok(()) };
    if net.is_zero() && tax.is_zero() || line.taxes.is_empty() && !tax.is_zero() {
        return Ok(());
    }
    let before = line.net;
    line.net = line.net.plus(net)?;
    for tax in line.taxes.iter_mut().filter(|tax| tax.base == before) {
        tax.base = line.net;
    }
    if let Some(greatest) = line.taxes.iter_mut().max_by_key(|tax| tax.amount.0.unsigned_abs()) {
        greatest.amount = greatest.amount.plus(tax)?;
    }
    line.tax = line.tax.plus(tax)?;
    line.total = line.net.plus(line.tax)?;
    row.discount_amount = row.discount_amount.map(|discount| discount.minus(net)).transpose()?;
    (row.net_amount, row.tax_amount, row.taxes) = (line.net, line.tax, Json(line.taxes.clone()));
    draft.taxed.taxes = summary(draft.taxed.lines.iter().flat_map(|line| &line.taxes))?;
    draft.taxed.untaxed = draft.taxed.untaxed.plus(net)?;
    draft.taxed.tax = draft.taxed.tax.plus(tax)?;
    draft.taxed.total = draft.taxed.untaxed.plus(draft.taxed.tax)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billable::rules::tests::line;

    fn part(quantity: i64, net: i64, tax: i64) -> Part {
        Part { billable: BillableId::new(), quantity: Quantity(quantity), net: Amount(net), tax: Amount(tax) }
    }

    /// 7 × 18.00 with 19 % less 3 %: 122.22 and 23.22, of which 3 and 2 are billed.
    fn seven(parts: Vec<Part>) -> Line {
        let owed = obligations::Model { tax_amount: Some(Amount(2_322)), ..line(7, 12_222, 12_600) };
        Line { parts, ..Line::of(&owed).unwrap().unwrap() }
    }

    #[test]
    fn the_part_that_completes_a_line_takes_what_the_others_left() {
        let last = |parts: Vec<Part>, next: Part| seven(parts).last(next).map(|part| (part.net.0, part.tax.0)).unwrap();
        let billed = || vec![part(3, 5_238, 995), part(2, 3_492, 663)];
        assert_eq!(last(billed(), part(2, 3_492, 663)), (3_492, 664));
        // Whichever part it is.
        assert_eq!(last(vec![part(2, 3_492, 663), part(2, 3_492, 664)], part(3, 5_238, 995)), (5_238, 995));
        assert_eq!(last(billed(), part(1, 1_746, 332)), (1_746, 332), "it does not complete the line");
        assert_eq!(last(Vec::new(), part(7, 12_223, 2_322)), (12_222, 2_322));
        // A price that was agreed anew is no rounding.
        assert_eq!(last(vec![part(3, 6_000, 1_140), part(2, 3_492, 663)], part(2, 3_492, 663)), (3_492, 663));
    }

    #[test]
    fn what_was_cancelled_is_not_missed() {
        let owed = obligations::Model { tax_amount: Some(Amount(2_322)), cancelled_quantity: Quantity(2), ..line(7, 12_222, 12_600) };
        let line = Line { parts: vec![part(3, 5_238, 995)], ..Line::of(&owed).unwrap().unwrap() };
        assert_eq!((line.net, line.tax), (Amount(8_730), Amount(1_659)));
        assert_eq!(line.last(part(2, 3_492, 663)).map(|part| part.tax), Ok(Amount(664)));
    }
}
