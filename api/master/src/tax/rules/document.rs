//! Taxes that are rounded over the document.
//!
//! Each tax is the exact sum of what it is on every line, rounded once. What differs is the net: what the included taxes leave of the price, the exact sum of
//! the nets by itself, or what the taxes leave of the total (vectors TAX-043 to TAX-052). Whatever is rounded over the document, the lines add up to it.

use super::{Rounded, Stack, TaxPolicy, give_rest, round_together};
use crate::tax::ratio::Ratio;
use causeway_value::{Amount, Overflow, TaxId, TaxRounding};
use std::collections::BTreeMap;

/// Whether taxes are computed of amounts that are not rounded before.
#[must_use]
pub const fn takes_exact(rounding: TaxRounding) -> bool {
    matches!(rounding, TaxRounding::PerDocumentExact | TaxRounding::PerDocumentExactTotal | TaxRounding::PerDocumentExactTax)
}

/// Every line with its net and taxes.
pub(super) fn rounded(stacks: &[Stack], policy: TaxPolicy) -> Result<Vec<Rounded>, Overflow> {
    let solved = stacks.iter().map(|stack| stack.solve(&vec![None; stack.layers.len()])).collect::<Result<Vec<_>, _>>()?;
    let taxes = taxes(stacks, &solved, policy.step)?;
    let nets = match policy.rounding {
        TaxRounding::PerDocumentNet | TaxRounding::PerDocumentAdjusted => nets_by_themselves(stacks, &solved, policy.step)?,
        TaxRounding::PerDocumentExact => nets_of(stacks, &prices_together(stacks)?, &taxes)?,
        TaxRounding::PerDocumentExactTotal => nets_of_total(stacks, &solved, &taxes)?,
        TaxRounding::PerLine | TaxRounding::PerDocument | TaxRounding::PerDocumentExactTax => {
            nets_of(stacks, &stacks.iter().map(|stack| stack.amount).collect::<Vec<_>>(), &taxes)?
        }
    };
    Ok(nets.into_iter().zip(taxes).map(|(net, taxes)| Rounded { net, taxes }).collect())
}

/// What the price of each line has beyond its net and the taxes in it: nothing, unless it is adjusted by that.
pub(super) fn missed(stacks: &[Stack], rounded: &[Rounded], rounding: TaxRounding) -> Result<Vec<Amount>, Overflow> {
    if rounding != TaxRounding::PerDocumentAdjusted {
        return Ok(vec![Amount::ZERO; stacks.len()]);
    }
    stacks.iter().zip(rounded).map(|(stack, rounded)| stack.net_after(stack.amount, &rounded.taxes)?.minus(rounded.net)).collect()
}

/// The taxes of every line: each tax is rounded once over all of them.
fn taxes(stacks: &[Stack], solved: &[(Ratio, Vec<Ratio>)], step: i64) -> Result<Vec<Vec<Amount>>, Overflow> {
    let mut places: BTreeMap<TaxId, Vec<(usize, usize, Ratio)>> = BTreeMap::new();
    for (line, (stack, (_, taxes))) in stacks.iter().zip(solved).enumerate() {
        for (position, (layer, exact)) in stack.layers.iter().zip(taxes).enumerate() {
            places.entry(layer.tax.id).or_default().push((line, position, *exact));
        }
    }
    let mut rounded: Vec<Vec<Amount>> = stacks.iter().map(|stack| vec![Amount::ZERO; stack.layers.len()]).collect();
    for places in places.into_values() {
        let parts = round_together(&places.iter().map(|(_, _, exact)| *exact).collect::<Vec<_>>(), step)?;
        for ((line, position, _), part) in places.into_iter().zip(parts) {
            if let Some(amount) = rounded.get_mut(line).and_then(|line| line.get_mut(position)) {
                *amount = part;
            }
        }
    }
    Ok(rounded)
}

/// What the included taxes leave of each price.
fn nets_of(stacks: &[Stack], prices: &[Amount], taxes: &[Vec<Amount>]) -> Result<Vec<Amount>, Overflow> {
    stacks.iter().zip(prices).zip(taxes).map(|((stack, price), taxes)| stack.net_after(*price, taxes)).collect()
}

/// The nets, rounded once over all of them. A step is for taxes: nets keep what the price is beyond its steps, or a price without any tax inside would be bent
/// to them.
fn nets_by_themselves(stacks: &[Stack], solved: &[(Ratio, Vec<Ratio>)], step: i64) -> Result<Vec<Amount>, Overflow> {
    let beyond = stacks.iter().map(|stack| stack.beyond_step(step)).collect::<Result<Vec<_>, _>>()?;
    let steps = solved.iter().zip(&beyond).map(|((net, _), beyond)| net.minus(Ratio::whole(beyond.0))).collect::<Result<Vec<_>, _>>()?;
    round_together(&steps, step)?.into_iter().zip(beyond).map(|(net, beyond)| net.plus(beyond)).collect()
}

/// The prices, rounded once over all of them, and over the lines of the same taxes as far as that allows: so a tax stands beside the sum that it is of.
fn prices_together(stacks: &[Stack]) -> Result<Vec<Amount>, Overflow> {
    let mut groups: BTreeMap<Vec<TaxId>, Vec<usize>> = BTreeMap::new();
    for (line, stack) in stacks.iter().enumerate() {
        groups.entry(stack.layers.iter().map(|layer| layer.tax.id).collect()).or_default().push(line);
    }
    let mut prices = vec![Amount::ZERO; stacks.len()];
    for lines in groups.into_values() {
        let exact: Vec<Ratio> = lines.iter().filter_map(|line| stacks.get(*line)).map(|stack| stack.exact).collect();
        for (line, part) in lines.into_iter().zip(round_together(&exact, 1)?) {
            if let Some(price) = prices.get_mut(line) {
                *price = part;
            }
        }
    }
    let all = Amount(Ratio::round_sum(&stacks.iter().map(|stack| stack.exact).collect::<Vec<_>>(), 1)?);
    let rest = all.minus(Amount::sum(prices.iter().copied())?)?;
    give_rest(&mut prices.iter_mut().collect::<Vec<_>>(), rest, 1)?;
    Ok(prices)
}

/// The nets for which the total is rounded once: what the rounded taxes leave of it.
fn nets_of_total(stacks: &[Stack], solved: &[(Ratio, Vec<Ratio>)], taxes: &[Vec<Amount>]) -> Result<Vec<Amount>, Overflow> {
    let mut nets = nets_of(stacks, &prices_together(stacks)?, taxes)?;
    let exact: Vec<Ratio> = solved.iter().flat_map(|(net, taxes)| std::iter::once(*net).chain(taxes.iter().copied())).collect();
    let untaxed = Amount(Ratio::round_sum(&exact, 1)?).minus(Amount::sum(taxes.iter().flatten().copied())?)?;
    let rest = untaxed.minus(Amount::sum(nets.iter().copied())?)?;
    give_rest(&mut nets.iter_mut().collect::<Vec<_>>(), rest, 1)?;
    Ok(nets)
}
