//! How a down payment is spread over the groups of taxes of an order, and what an invoice deducts of it (vectors DLV-007 to DLV-014).
//!
//! Amounts contain their taxes. Of a share of a group each tax has its part, rounded alone, so that equal taxes stay equal, and the net takes the rest: the
//! parts of a down payment add up to what was asked, to the cent, and all that is deducted adds up to the down payment.

use crate::invoice::rules::largest_remainder;
use causeway_master::tax::rules::{TaxAmount, add_to_summary, summary};
use causeway_value::{Amount, Overflow, Percent, TaxId, product};

/// Lines that have the same taxes, together; or a part of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaxGroup {
    /// The taxes of the lines, in the order of the first line.
    pub tax_ids: Vec<TaxId>,
    /// Without tax.
    pub net: Amount,
    /// Each tax that comes of them.
    pub taxes: Vec<TaxAmount>,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A share of the total.
    Percent(Percent),
    /// An amount, tax included.
    Amount(Amount),
}

impl TaxGroup {
    /// The tax.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn tax(&self) -> Result<Amount, Overflow> {
        Amount::sum(self.taxes.iter().map(|tax| tax.amount))
    }

    /// Net and tax.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn total(&self) -> Result<Amount, Overflow> {
        self.net.plus(self.tax()?)
    }

    /// Whether it has the same taxes as another.
    #[must_use]
    pub fn is_like(&self, tax_ids: &[TaxId]) -> bool {
        let sorted = |ids: &[TaxId]| {
            let mut ids = ids.to_vec();
            ids.sort_unstable();
            ids
        };
        sorted(&self.tax_ids) == sorted(tax_ids)
    }

    /// Adds another part of the same taxes.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn add(&mut self, net: Amount, taxes: &[TaxAmount]) -> Result<(), Overflow> {
        self.net = self.net.plus(net)?;
        taxes.iter().try_for_each(|tax| add_to_summary(&mut self.taxes, *tax))
    }

    /// Takes a part of it away.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn take(&mut self, part: &Self) -> Result<(), Overflow> {
        let part = part.negated()?;
        self.add(part.net, &part.taxes)
    }

    /// The same the other way round.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn negated(&self) -> Result<Self, Overflow> {
        let taxes = self.taxes.iter().map(|tax: &TaxAmount| tax.negated()).collect::<Result<_, Overflow>>()?;
        Ok(Self { tax_ids: self.tax_ids.clone(), net: self.net.negated()?, taxes })
    }

    /// A part of it that comes to `amount`, which lies between zero and its total.
    pub(super) fn share(&self, amount: Amount) -> Result<Self, Overflow> {
        let total = self.total()?;
        if amount == total {
            return Ok(self.clone());
        }
        let part = |whole: Amount| product(&[whole.0, amount.0], &[total.0]).map(Amount);
        let each = |tax: &TaxAmount| Ok(TaxAmount { tax_id: tax.tax_id, base: part(tax.base)?, amount: part(tax.amount)? });
        let mut share = Self { tax_ids: self.tax_ids.clone(), net: Amount::ZERO, taxes: self.taxes.iter().map(each).collect::<Result<_, Overflow>>()? };
        share.net = amount.minus(share.tax()?)?;
        if share.is_within(self) {
            return Ok(share);
        }
        // Of so little that the price cannot take what rounding the taxes leaves, all of it takes part.
        let weights: Vec<Amount> = std::iter::once(self.net).chain(self.taxes.iter().map(|tax| tax.amount)).collect();
        let mut parts = largest_remainder(amount, &weights)?.into_iter();
        share.net = parts.next().unwrap_or_default();
        share.taxes.iter_mut().zip(parts).for_each(|(tax, part)| tax.amount = part);
        Ok(share)
    }

    /// Whether each amount of it lies between zero and the same one of `whole`.
    pub(super) fn is_within(&self, whole: &Self) -> bool {
        let fits = |part: Amount, whole: Amount| (part.is_zero() || part.0.signum() == whole.0.signum()) && part.0.unsigned_abs() <= whole.0.unsigned_abs();
        let of_whole = |tax: &TaxAmount| whole.taxes.iter().find(|other| other.tax_id == tax.tax_id).map_or(Amount::ZERO, |other| other.amount);
        fits(self.net, whole.net) && self.taxes.iter().all(|tax| fits(tax.amount, of_whole(tax)))
    }
}

/// Lines with the same taxes put together, in the order of first use. Each comes as its taxes, its net and what each tax comes to.
///
/// # Errors
/// [`Overflow`] when a sum does not fit.
pub fn groups<'a>(lines: impl IntoIterator<Item = (&'a [TaxId], Amount, &'a [TaxAmount])>) -> Result<Vec<TaxGroup>, Overflow> {
    let mut groups: Vec<TaxGroup> = Vec::new();
    for (tax_ids, net, taxes) in lines {
        if let Some(group) = groups.iter_mut().find(|group| group.is_like(tax_ids)) {
            group.add(net, taxes)?;
        } else {
            let mut group = TaxGroup { tax_ids: tax_ids.to_vec(), ..TaxGroup::default() };
            group.add(net, taxes)?;
            groups.push(group);
        }
    }
    Ok(groups)
}

/// Leaves of what lines have of each tax the share that `rest` is of `whole`, to the cent over all of them.
///
/// # Errors
/// [`Overflow`] when a number does not fit.
pub fn keep_share(mut lines: Vec<&mut Vec<TaxAmount>>, rest: Amount, whole: Amount) -> Result<(), Overflow> {
    if rest == whole || whole.is_zero() {
        return Ok(());
    }
    let sums = summary(lines.iter().flat_map(|taxes| taxes.iter()))?;
    let share = |amount: Amount| product(&[amount.0, rest.0], &[whole.0]).map(Amount);
    for sum in sums {
        let mut own: Vec<&mut TaxAmount> = lines.iter_mut().flat_map(|taxes| taxes.iter_mut()).filter(|tax| tax.tax_id == sum.tax_id).collect();
        let amounts: Vec<Amount> = own.iter().map(|tax| tax.amount).collect();
        let amounts =
            if sum.amount.is_zero() { amounts.iter().map(|amount| share(*amount)).collect() } else { largest_remainder(share(sum.amount)?, &amounts) };
        for (tax, amount) in own.iter_mut().zip(amounts?) {
            tax.base = share(tax.base)?;
            tax.amount = amount;
        }
    }
    Ok(())
}

/// The taxes of lines the other way round.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn negated(lines: &[Vec<TaxAmount>]) -> Result<Vec<Vec<TaxAmount>>, Overflow> {
    lines.iter().map(|taxes| taxes.iter().map(|tax: &TaxAmount| tax.negated()).collect()).collect()
}

/// What is asked of an order that comes to `total`, as an amount: nothing of one that comes to nothing (DLV-009).
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn amount(asked: Asked, total: Amount) -> Result<Amount, Overflow> {
    match asked {
        _ if total <= Amount::ZERO => Ok(Amount::ZERO),
        Asked::Amount(amount) => Ok(amount),
        Asked::Percent(percent) => product(&[total.0, percent.0], &[Percent::WHOLE.0]).map(Amount),
    }
}

/// An amount, spread over the groups of an order in proportion to what each comes to; what gives back takes no part. It must be within what the others
/// come to. Of nothing each group has its part, which is nothing.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn spread(groups: &[TaxGroup], amount: Amount) -> Result<Vec<TaxGroup>, Overflow> {
    let totals = groups.iter().map(TaxGroup::total).collect::<Result<Vec<_>, _>>()?;
    if amount.is_zero() {
        let nothing = |group: &TaxGroup| TaxGroup { tax_ids: group.tax_ids.clone(), ..TaxGroup::default() };
        return Ok(groups.iter().map(nothing).collect());
    }
    let weights: Vec<Amount> = totals.into_iter().map(|total| total.max(Amount::ZERO)).collect();
    let parts = largest_remainder(amount, &weights)?;
    groups.iter().zip(parts).filter(|(_, part)| !part.is_zero()).map(|(group, part)| group.share(part)).collect()
}

/// What an invoice deducts of each of `left`, which is what down payment lines of an order have left, oldest first. `billed` is what it bills of the
/// order, and `room` what the whole invoice comes to so far. Of each group of taxes at most what the invoice bills of it is deducted; the order's `last`
/// invoice then deducts the rest as far as it comes to something.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn deduct(billed: &[TaxGroup], room: Amount, left: &[TaxGroup], last: bool) -> Result<Vec<TaxGroup>, Overflow> {
    let total = billed.iter().try_fold(Amount::ZERO, |sum, group| sum.plus(group.total()?))?;
    let mut room = room.min(total);
    let mut left = left.to_vec();
    let mut parts: Vec<TaxGroup> = left.iter().map(|line| TaxGroup { tax_ids: line.tax_ids.clone(), ..TaxGroup::default() }).collect();
    for group in billed {
        let mut open = group.clone();
        for (line, part) in left.iter_mut().zip(&mut parts).filter(|(line, _)| line.is_like(&group.tax_ids)) {
            let most = open.total()?.min(room);
            let taken = move_over(line, part, most, Some(&open))?;
            open.take(&taken)?;
            room = room.minus(taken.total()?)?;
        }
    }
    if last {
        for (line, part) in left.iter_mut().zip(&mut parts) {
            let taken = move_over(line, part, room, None)?;
            room = room.minus(taken.total()?)?;
        }
    }
    Ok(parts)
}

/// Moves at most `most` from a line to the part that is deducted of it, and answers what was moved: net and taxes as they are billed where they fit.
fn move_over(line: &mut TaxGroup, part: &mut TaxGroup, most: Amount, billed: Option<&TaxGroup>) -> Result<TaxGroup, Overflow> {
    let total = line.total()?;
    let amount = total.min(most);
    if amount <= Amount::ZERO {
        return Ok(TaxGroup::default());
    }
    let taken = match billed {
        Some(billed) if amount < total && billed.total()? == amount && billed.is_within(line) => billed.clone(),
        _ => line.share(amount)?,
    };
    line.take(&taken)?;
    part.add(taken.net, &taken.taxes)?;
    Ok(taken)
}

#[cfg(test)]
mod tests;
