//! The taxes of a document.
//!
//! A line comes with its amount after discounts, rounded once (rules, "Price of a line" 5): without its excluded taxes, with its included ones. Every tax
//! has a base: the net of the line, plus the earlier taxes that affect bases when it lets its own be affected. Percent takes a share of the base, division
//! a share of the base with all division taxes on the same base added, fixed an amount per unit. Included taxes make the net an unknown; the equation is
//! linear and is solved exactly.
//!
//! Rounding follows the company: `per_line` rounds each tax of each line, and what builds on it uses the rounded amount. The others sum the exact amounts per
//! tax over the document, round once, and spread the difference over the lines, the smallest amount to each, largest first (`document`). All but two keep the
//! price that the customer saw: the net is what the included taxes leave of it. `per_document_net` rounds the net by itself, too, and may miss that price by
//! the smallest amount; `per_document_adjusted` does so, and says what it missed (requirements BIL-05, BIL-14; vectors TAX-…).
//!
//! A discount of the total with tax comes last, off what the lines and their taxes come to (vectors PRICE-026, PRICE-027, TAX-055).

mod document;
mod included;
mod off_total;

pub use super::ratio::Ratio;
use causeway_contract::{Code, FieldError};
pub use causeway_entity::TaxAmount;
use causeway_value::{Amount, Currency, DiscountBase, DiscountPosting, Overflow, Percent, Quantity, TaxId, TaxKind, TaxRounding};
pub use document::takes_exact;
pub use included::price_with;

/// A tax as far as computing needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxDef {
    /// Which tax.
    pub id: TaxId,
    /// How it is computed. A group adds nothing itself: see [`flatten`].
    pub kind: TaxKind,
    /// Percent and division: the share. Fixed: the amount per unit, in millionths of the currency's major unit.
    pub rate: Percent,
    /// Whether the price contains it.
    pub included: bool,
    /// The order of evaluation; equal ones keep the order in which they are given.
    pub sequence: i64,
    /// Whether later taxes are computed on top of it.
    pub affects_base: bool,
    /// Whether it is computed on top of earlier ones that affect bases.
    pub base_affected: bool,
}

/// A tax with the members that it stands for when it is a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupedTax {
    /// The tax or the group.
    pub tax: TaxDef,
    /// The members of a group, none for other taxes.
    pub members: Vec<TaxDef>,
}

/// A line to be taxed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaxableLine {
    /// Quantity times price less discounts, rounded: contains the included taxes and no others. May be zero or negative.
    pub amount: Amount,
    /// The same before it is rounded, for documents that round their sums alone; none for an amount that is what it is.
    pub exact: Option<Ratio>,
    /// For fixed taxes; its sign matters only when the amount is zero.
    pub quantity: Quantity,
    /// The taxes of the line, groups flattened.
    pub taxes: Vec<TaxDef>,
    /// The share that its document takes off the total with tax; zero for a line whose discounts are in its amount. Lines of one share have one total.
    pub total_discount: Percent,
    /// What that is a share of.
    pub discount_base: DiscountBase,
}

/// How a document's taxes are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxPolicy {
    /// Per line or per document: the company's setting, kept on the document.
    pub rounding: TaxRounding,
    /// The smallest amount of a tax, in minor units: 1, or 5 where taxes are rounded to five cents (TAX-006).
    pub step: i64,
    /// Whether a discount of the total leaves the taxes of the full price, and all of it is off the net (PRICE-019).
    pub full_tax: bool,
}

impl TaxPolicy {
    /// Rounding to the minor unit.
    #[must_use]
    pub const fn of(rounding: TaxRounding) -> Self {
        Self { rounding, step: 1, full_tax: false }
    }

    /// The policy that a document keeps.
    #[must_use]
    pub fn kept(rounding: TaxRounding, step: Option<Amount>, posting: DiscountPosting) -> Self {
        Self { rounding, step: step.map_or(1, |step| step.0.max(1)), full_tax: posting == DiscountPosting::DiscountAccount }
    }
}

/// A line with its taxes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaxedLine {
    /// Without any tax.
    pub net: Amount,
    /// The sum of its taxes.
    pub tax: Amount,
    /// Net and tax.
    pub total: Amount,
    /// Each tax, in the order of evaluation.
    pub taxes: Vec<TaxAmount>,
}

/// A document with its taxes. The lines add up to each of its amounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaxedDocument {
    /// The lines, in the order given.
    pub lines: Vec<TaxedLine>,
    /// The sum per tax, in the order of first use.
    pub taxes: Vec<TaxAmount>,
    /// The sum of the nets.
    pub untaxed: Amount,
    /// The sum of the taxes.
    pub tax: Amount,
    /// Untaxed and tax.
    pub total: Amount,
    /// What the price that the customer saw has beyond that: to be paid, and booked as rounding. Zero unless taxes are rounded `per_document_adjusted`.
    pub rounding: Amount,
}

/// The taxes of one line alone.
///
/// # Errors
/// [`Overflow`] as for [`compute_document`].
pub fn compute_line(line: &TaxableLine, policy: TaxPolicy, currency: Currency) -> Result<TaxedLine, Overflow> {
    let document = compute_document(std::slice::from_ref(line), policy, currency)?;
    Ok(document.lines.into_iter().next().unwrap_or_default())
}

/// The taxes of a document whose amounts are in `currency`.
///
/// # Errors
/// [`Overflow`] when a number does not fit, the document comes to more than an amount can be ([`Amount::within`]), or when the taxes leave no net to solve for: division taxes of 100 % or more outside of the price, included
/// taxes of −100 % together.
pub fn compute_document(lines: &[TaxableLine], policy: TaxPolicy, currency: Currency) -> Result<TaxedDocument, Overflow> {
    let stack = |line: &TaxableLine| -> Result<Stack, Overflow> {
        let stack = Stack::of(line, currency.minor_units())?;
        Ok(if takes_exact(policy.rounding) { stack.unrounded(line) } else { stack })
    };
    let stacks = lines.iter().map(stack).collect::<Result<Vec<_>, _>>()?;
    let rounded = match policy.rounding {
        TaxRounding::PerLine => stacks.iter().map(|stack| per_line(stack, policy.step)).collect::<Result<Vec<_>, _>>()?,
        _ => document::rounded(&stacks, policy)?,
    };
    let missed = document::missed(&stacks, &rounded, policy.rounding)?;
    let mut taxed = stacks.iter().zip(rounded).map(|(stack, rounded)| taxed_line(stack, &rounded)).collect::<Result<Vec<_>, _>>()?;
    off_total::discount(lines, &stacks, (&mut taxed, &missed), policy)?;
    let mut document = TaxedDocument { rounding: Amount::sum(missed)?, ..TaxedDocument::default() };
    for line in taxed {
        document.untaxed = document.untaxed.plus(line.net)?;
        document.tax = document.tax.plus(line.tax)?;
        for part in &line.taxes {
            add_to_summary(&mut document.taxes, *part)?;
        }
        document.lines.push(line);
    }
    document.untaxed.within(currency)?;
    document.total = document.untaxed.plus(document.tax)?.within(currency)?;
    Ok(document)
}

/// The taxes in the order of their sequence, each group replaced by its members: they stand where the group stood, in their own order.
#[must_use]
pub fn flatten(taxes: &[GroupedTax]) -> Vec<TaxDef> {
    let mut sorted: Vec<&GroupedTax> = taxes.iter().collect();
    sorted.sort_by_key(|grouped| grouped.tax.sequence);
    let mut flat = Vec::with_capacity(sorted.len());
    for grouped in sorted {
        if grouped.tax.kind != TaxKind::Group {
            flat.push(grouped.tax);
            continue;
        }
        let mut members = grouped.members.clone();
        members.sort_by_key(|member| member.sequence);
        flat.extend(members.into_iter().map(|member| TaxDef { sequence: grouped.tax.sequence, ..member }));
    }
    flat
}

/// What is wrong with a tax as somebody enters it (BIL-13): a share that leaves no net cannot be computed.
#[must_use]
pub fn check_tax(kind: TaxKind, rate: Percent, included: bool) -> Vec<FieldError> {
    let wrong = match kind {
        TaxKind::Percent if rate.0 <= -Percent::WHOLE.0 || rate.0 > 10 * Percent::WHOLE.0 => "must be more than -100 and at most 1000",
        TaxKind::Division if rate < Percent::ZERO || rate > Percent::WHOLE => "must be from 0 to 100",
        TaxKind::Division if !included && rate == Percent::WHOLE => "must be less than 100 unless the price includes the tax",
        TaxKind::Group if rate != Percent::ZERO => "must be 0 for a group: its members have the rates",
        _ => return Vec::new(),
    };
    vec![FieldError::pointer(Code::InvalidValue, "/rate", wrong)]
}

/// How a tax follows from its base.
#[derive(Clone, Copy)]
enum Part {
    /// A multiple of the base.
    OfBase(Ratio),
    /// Whatever the base is.
    Fixed(Ratio),
    /// A share of a price that is nothing but tax: division taxes of 100 % together, which leave no base.
    OfPrice(Ratio),
}

struct Layer {
    tax: TaxDef,
    /// How many earlier taxes are in its base. Taxes of one level have the same base.
    level: usize,
    part: Part,
}

/// A line with its taxes in the order of evaluation.
struct Stack {
    amount: Amount,
    /// What its taxes are computed of: the amount, or what it was before it was rounded.
    exact: Ratio,
    layers: Vec<Layer>,
}

/// Net and taxes in minor units, the taxes in the order of the stack.
struct Rounded {
    net: Amount,
    taxes: Vec<Amount>,
}

/// `slope` times the unknown, plus `constant`.
#[derive(Clone, Copy)]
struct Affine {
    slope: Ratio,
    constant: Ratio,
}

impl Affine {
    const ZERO: Self = Self { slope: Ratio::ZERO, constant: Ratio::ZERO };
    const UNKNOWN: Self = Self { slope: Ratio::ONE, constant: Ratio::ZERO };

    fn constant(constant: Ratio) -> Self {
        Self { slope: Ratio::ZERO, constant }
    }

    fn plus(self, other: Self) -> Result<Self, Overflow> {
        Ok(Self { slope: self.slope.plus(other.slope)?, constant: self.constant.plus(other.constant)? })
    }

    fn times(self, factor: Ratio) -> Result<Self, Overflow> {
        Ok(Self { slope: self.slope.times(factor)?, constant: self.constant.times(factor)? })
    }

    fn at(self, unknown: Ratio) -> Result<Ratio, Overflow> {
        self.slope.times(unknown)?.plus(self.constant)
    }
}

impl Stack {
    /// The stack of a line whose amount is in parts of which a major unit has so many.
    fn of(line: &TaxableLine, minor_units: i64) -> Result<Self, Overflow> {
        let mut taxes: Vec<TaxDef> = line.taxes.iter().filter(|tax| tax.kind != TaxKind::Group).copied().collect();
        taxes.sort_by_key(|tax| tax.sequence);
        let mut affecting = 0;
        let mut levels = Vec::with_capacity(taxes.len());
        for tax in &taxes {
            levels.push(if tax.base_affected { affecting } else { 0 });
            affecting += usize::from(tax.affects_base);
        }
        let mut layers = Vec::with_capacity(taxes.len());
        for (tax, level) in taxes.iter().zip(&levels) {
            let part = match tax.kind {
                TaxKind::Fixed => Part::Fixed(fixed_amount(line, tax.rate, minor_units)?),
                TaxKind::Division => {
                    let together = taxes.iter().zip(&levels).filter(|(other, at)| *at == level && is_division(other, tax.included));
                    division_part(tax, together.map(|(other, _)| other.rate))?
                }
                TaxKind::Percent | TaxKind::Group => Part::OfBase(share(tax.rate)?),
            };
            layers.push(Layer { tax: *tax, level: *level, part });
        }
        Ok(Self { amount: line.amount, exact: Ratio::whole(line.amount.0), layers })
    }

    /// The same, of its amount before that was rounded.
    fn unrounded(self, line: &TaxableLine) -> Self {
        Self { exact: line.exact.unwrap_or(self.exact), ..self }
    }

    /// Every tax as a function of the unknown, with the ones in `known` given.
    fn evaluate(&self, net: Affine, known: &[Option<Amount>]) -> Result<Vec<Affine>, Overflow> {
        let mut below = Affine::ZERO;
        let mut values = Vec::with_capacity(self.layers.len());
        for (layer, known) in self.layers.iter().zip(known) {
            let base = if layer.tax.base_affected { net.plus(below)? } else { net };
            let value = match (known, layer.part) {
                (Some(amount), _) => Affine::constant(Ratio::whole(amount.0)),
                (None, Part::OfBase(factor)) => base.times(factor)?,
                (None, Part::Fixed(amount)) => Affine::constant(amount),
                (None, Part::OfPrice(share)) => Affine::UNKNOWN.times(share)?,
            };
            if layer.tax.affects_base {
                below = below.plus(value)?;
            }
            values.push(value);
        }
        Ok(values)
    }

    /// The exact net and taxes for which net and included taxes make the amount of the line. The unknown is the net, or the price when that is all tax.
    fn solve(&self, known: &[Option<Amount>]) -> Result<(Ratio, Vec<Ratio>), Overflow> {
        let all_tax = self.layers.iter().zip(known).any(|(layer, known)| known.is_none() && matches!(layer.part, Part::OfPrice(_)));
        let net = if all_tax { Affine::ZERO } else { Affine::UNKNOWN };
        let values = self.evaluate(net, known)?;
        let mut price = net;
        for (layer, value) in self.layers.iter().zip(&values) {
            if layer.tax.included {
                price = price.plus(*value)?;
            }
        }
        let unknown = self.exact.minus(price.constant)?.over(price.slope)?;
        let taxes = values.into_iter().map(|value| value.at(unknown)).collect::<Result<Vec<_>, _>>()?;
        Ok((net.at(unknown)?, taxes))
    }

    /// What the line's amount is beyond a multiple of `step`.
    fn beyond_step(&self, step: i64) -> Result<Amount, Overflow> {
        self.amount.0.checked_rem(step).map(Amount).ok_or(Overflow)
    }

    /// What the included taxes leave of a price.
    fn net_after(&self, price: Amount, taxes: &[Amount]) -> Result<Amount, Overflow> {
        let included = self.layers.iter().zip(taxes).filter(|(layer, _)| layer.tax.included);
        price.minus(Amount::sum(included.map(|(_, amount)| *amount))?)
    }
}

fn share(rate: Percent) -> Result<Ratio, Overflow> {
    Ratio::of(rate.0.into(), Percent::WHOLE.0.into())
}

fn is_division(tax: &TaxDef, included: bool) -> bool {
    tax.kind == TaxKind::Division && tax.included == included
}

/// Division taxes on one base are shares of one price, not one after another: each adds its rate over what all of them leave (TAX-019, TAX-032).
fn division_part(tax: &TaxDef, together: impl Iterator<Item = Percent>) -> Result<Part, Overflow> {
    let all: i128 = together.map(|rate| i128::from(rate.0)).sum();
    let left = i128::from(Percent::WHOLE.0) - all;
    if left == 0 && tax.included {
        return Ok(Part::OfPrice(share(tax.rate)?));
    }
    if left <= 0 {
        return Err(Overflow);
    }
    Ok(Part::OfBase(Ratio::of(tax.rate.0.into(), left)?))
}

/// The rate per unit times the units. The units have the sign of the line, so that two negatives, price and quantity, make a positive tax.
fn fixed_amount(line: &TaxableLine, rate: Percent, minor_units: i64) -> Result<Ratio, Overflow> {
    let quantity = i128::from(line.quantity.0);
    let units = match line.amount.0.signum() {
        0 => quantity,
        sign => quantity.abs() * i128::from(sign),
    };
    let top = units.checked_mul(rate.0.into()).and_then(|top| top.checked_mul(minor_units.into())).ok_or(Overflow)?;
    Ratio::of(top, i128::from(Quantity::ONE.0) * 1_000_000)
}

/// Fixed taxes first, then the included ones from the outermost level inwards, then the excluded ones outwards: each is rounded before others build on it.
fn per_line(stack: &Stack, step: i64) -> Result<Rounded, Overflow> {
    let mut known: Vec<Option<Amount>> = vec![None; stack.layers.len()];
    for (layer, known) in stack.layers.iter().zip(&mut known) {
        if let Part::Fixed(amount) = layer.part {
            *known = Some(Amount(amount.round(step)?));
        }
    }
    let mut levels: Vec<usize> = stack.layers.iter().filter(|layer| layer.tax.included).map(|layer| layer.level).collect();
    levels.sort_unstable();
    levels.dedup();
    for level in levels.into_iter().rev() {
        let (_, exact) = stack.solve(&known)?;
        for ((layer, known), exact) in stack.layers.iter().zip(&mut known).zip(exact) {
            if layer.tax.included && layer.level == level && known.is_none() {
                *known = Some(Amount(exact.round(step)?));
            }
        }
    }
    let included: Vec<Amount> = known.iter().map(|known| known.unwrap_or_default()).collect();
    let net = stack.net_after(stack.amount, &included)?;
    let mut below = Amount::ZERO;
    let mut taxes = Vec::with_capacity(known.len());
    for (layer, known) in stack.layers.iter().zip(known) {
        let base = if layer.tax.base_affected { net.plus(below)? } else { net };
        let amount = match (known, layer.part) {
            (Some(amount), _) => amount,
            (None, Part::OfBase(factor)) => Amount(Ratio::whole(base.0).times(factor)?.round(step)?),
            (None, Part::Fixed(exact) | Part::OfPrice(exact)) => Amount(exact.round(step)?),
        };
        if layer.tax.affects_base {
            below = below.plus(amount)?;
        }
        taxes.push(amount);
    }
    Ok(Rounded { net, taxes })
}

/// Rounds the exact sum once and gives each part its own rounding; the difference goes, one step each, to the largest parts first.
fn round_together(exact: &[Ratio], step: i64) -> Result<Vec<Amount>, Overflow> {
    let mut parts = exact.iter().map(|part| part.round(step).map(Amount)).collect::<Result<Vec<_>, _>>()?;
    let rest = Amount(Ratio::round_sum(exact, step)?).minus(Amount::sum(parts.iter().copied())?)?;
    give_rest(&mut parts.iter_mut().collect::<Vec<_>>(), rest, step)?;
    Ok(parts)
}

/// Gives what is left over to these parts, one step each, the largest first.
fn give_rest(parts: &mut [&mut Amount], mut rest: Amount, step: i64) -> Result<(), Overflow> {
    let one = Amount(if rest.0 < 0 { step.checked_neg().ok_or(Overflow)? } else { step });
    parts.sort_by_key(|part| std::cmp::Reverse(part.0.unsigned_abs()));
    while !rest.is_zero() && !parts.is_empty() {
        for part in parts.iter_mut() {
            if rest.is_zero() {
                break;
            }
            **part = part.plus(one)?;
            rest = rest.minus(one)?;
        }
    }
    Ok(())
}

fn taxed_line(stack: &Stack, rounded: &Rounded) -> Result<TaxedLine, Overflow> {
    let mut below = Amount::ZERO;
    let mut taxes = Vec::with_capacity(rounded.taxes.len());
    for (layer, amount) in stack.layers.iter().zip(&rounded.taxes) {
        let base = if layer.tax.base_affected { rounded.net.plus(below)? } else { rounded.net };
        if layer.tax.affects_base {
            below = below.plus(*amount)?;
        }
        taxes.push(TaxAmount { tax_id: layer.tax.id, base, amount: *amount });
    }
    let tax = Amount::sum(rounded.taxes.iter().copied())?;
    Ok(TaxedLine { net: rounded.net, tax, total: rounded.net.plus(tax)?, taxes })
}

/// Adds what a tax comes to on one line to the summary of a document, tax by tax, in the order of first use.
///
/// # Errors
/// [`Overflow`] when a sum does not fit.
pub fn add_to_summary(summary: &mut Vec<TaxAmount>, part: TaxAmount) -> Result<(), Overflow> {
    match summary.iter_mut().find(|sum| sum.tax_id == part.tax_id) {
        Some(sum) => {
            sum.base = sum.base.plus(part.base)?;
            sum.amount = sum.amount.plus(part.amount)?;
        }
        None => summary.push(part),
    }
    Ok(())
}

/// What each tax comes to in all of these, tax by tax, in the order of first use.
///
/// # Errors
/// [`Overflow`] when a sum does not fit.
pub fn summary<'a>(parts: impl IntoIterator<Item = &'a TaxAmount>) -> Result<Vec<TaxAmount>, Overflow> {
    let mut summary = Vec::new();
    parts.into_iter().try_for_each(|part| add_to_summary(&mut summary, *part))?;
    Ok(summary)
}

#[cfg(test)]
mod tests;
