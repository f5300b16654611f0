//! A discount of the total with tax.
//!
//! The total, or what of it follows the price, goes down by exactly the share, rounded once. Each line bears its part of that, each tax goes down in proportion over the document, and the net
//! is what they leave of the line. What does not follow the price stays: taxes per unit, and the part of other taxes that is computed on them. Where
//! discounts are booked by themselves all taxes stay, and the net bears it all.

use super::{Rounded, Stack, TaxPolicy, TaxableLine, TaxedLine, round_together, taxed_line};
use crate::tax::ratio::Ratio;
use causeway_value::{Amount, DiscountBase, Overflow, Percent, TaxId, product};
use std::collections::BTreeMap;

/// Takes the discounts of totals off these lines, all lines of one share of one base together. `missed` is what each price has beyond its line.
pub(super) fn discount(lines: &[TaxableLine], stacks: &[Stack], (taxed, missed): (&mut [TaxedLine], &[Amount]), policy: TaxPolicy) -> Result<(), Overflow> {
    let discount = |line: &TaxableLine| (line.total_discount, line.discount_base);
    let mut discounts: Vec<(Percent, DiscountBase)> = lines.iter().map(discount).filter(|(share, _)| *share != Percent::ZERO).collect();
    discounts.sort_unstable();
    discounts.dedup();
    for (share, base) in discounts {
        let of_share = lines.iter().zip(stacks).zip(taxed.iter_mut()).zip(missed).filter(|(((line, _), _), _)| discount(line) == (share, base));
        let (mut own, missed): (Vec<_>, Vec<_>) = of_share.map(|(((_, stack), taxed), missed)| ((stack, taxed), *missed)).unzip();
        take_off(&mut own, (share, base), Amount::sum(missed)?, policy)?;
    }
    Ok(())
}

fn take_off(lines: &mut [(&Stack, &mut TaxedLine)], (share, base): (Percent, DiscountBase), missed: Amount, policy: TaxPolicy) -> Result<(), Overflow> {
    let stays = lines.iter().map(|(stack, line)| stack.stays(line, policy.step)).collect::<Result<Vec<_>, _>>()?;
    let mut movable = Vec::with_capacity(lines.len());
    for ((_, line), stays) in lines.iter().zip(&stays) {
        movable.push(line.total.minus(Amount::sum(stays.iter().copied())?)?);
    }
    let able = Amount::sum(movable.iter().copied())?;
    let of = match base {
        DiscountBase::TotalWithoutFixedTaxes => able,
        DiscountBase::TotalAmount | DiscountBase::NetAmount => Amount::sum(lines.iter().map(|(_, line)| line.total))?,
    };
    let off = within(product(&[of.plus(missed)?.0, share.0], &[Percent::WHOLE.0])?, able);
    if off.is_zero() {
        return Ok(());
    }
    let (off_share, kept) = (Ratio::of(off.0.into(), able.0.into())?, Ratio::of(able.minus(off)?.0.into(), able.0.into())?);
    let parts = movable.iter().map(|amount| Ratio::whole(amount.0).times(off_share)).collect::<Result<Vec<_>, _>>()?;
    let parts = round_together(&parts, 1)?;
    if policy.full_tax {
        for ((_, line), off) in lines.iter_mut().zip(parts) {
            line.net = line.net.minus(off)?;
            line.total = line.total.minus(off)?;
        }
        return Ok(());
    }
    let taxes = lowered(lines, &stays, kept, policy.step)?;
    for (((stack, line), off), taxes) in lines.iter_mut().zip(parts).zip(taxes) {
        let net = line.total.minus(off)?.minus(Amount::sum(taxes.iter().copied())?)?;
        **line = taxed_line(stack, &Rounded { net, taxes })?;
    }
    Ok(())
}

/// No more than all of `able`, and nothing that would raise it.
fn within(off: i64, able: Amount) -> Amount {
    if off.signum() != able.0.signum() {
        Amount::ZERO
    } else if off.unsigned_abs() > able.0.unsigned_abs() {
        able
    } else {
        Amount(off)
    }
}

/// The taxes of each line after the discount: what of each follows the price goes down, rounded once over the lines.
fn lowered(lines: &[(&Stack, &mut TaxedLine)], stays: &[Vec<Amount>], kept: Ratio, step: i64) -> Result<Vec<Vec<Amount>>, Overflow> {
    let mut taxes = stays.to_vec();
    let mut places: BTreeMap<TaxId, Vec<(usize, usize, Ratio)>> = BTreeMap::new();
    for (index, ((_, line), stays)) in lines.iter().zip(stays).enumerate() {
        for (position, (tax, stays)) in line.taxes.iter().zip(stays).enumerate() {
            let exact = Ratio::whole(tax.amount.minus(*stays)?.0).times(kept)?;
            places.entry(tax.tax_id).or_default().push((index, position, exact));
        }
    }
    for places in places.into_values() {
        let parts = round_together(&places.iter().map(|(_, _, exact)| *exact).collect::<Vec<_>>(), step)?;
        for ((index, position, _), part) in places.into_iter().zip(parts) {
            if let Some(amount) = taxes.get_mut(index).and_then(|line| line.get_mut(position)) {
                *amount = amount.plus(part)?;
            }
        }
    }
    Ok(taxes)
}

impl Stack {
    /// What of each tax does not follow the price.
    fn stays(&self, line: &TaxedLine, step: i64) -> Result<Vec<Amount>, Overflow> {
        let values = self.evaluate(super::Affine::UNKNOWN, &vec![None; self.layers.len()])?;
        let mut stays = Vec::with_capacity(values.len());
        for ((layer, value), tax) in self.layers.iter().zip(values).zip(&line.taxes) {
            stays.push(match layer.part {
                super::Part::Fixed(_) => tax.amount,
                super::Part::OfBase(_) | super::Part::OfPrice(_) => Amount(value.constant.round(step)?),
            });
        }
        Ok(stays)
    }
}

#[cfg(test)]
mod tests;
