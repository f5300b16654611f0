//! What a part of a line comes to.

use crate::obligation::rules::kept;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::obligations;
use causeway_master::pricing::amounts::cumulative_amount;
use causeway_value::{Amount, Overflow, Percent, Quantity, product};

/// A quantity of a line with what it comes to, in minor units of the line's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// How much of the line.
    pub quantity: Quantity,
    /// Without any tax.
    pub amount: Amount,
    /// With the taxes that the price includes.
    pub price_amount: Amount,
}

impl Part {
    /// Both together.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        Ok(Self {
            quantity: self.quantity.plus(other.quantity)?,
            amount: self.amount.plus(other.amount)?,
            price_amount: self.price_amount.plus(other.price_amount)?,
        })
    }

    /// The share of a quantity, and the rest: both add up to the whole.
    ///
    /// # Errors
    /// [`Overflow`] when a number does not fit.
    pub fn split(self, quantity: Quantity) -> Result<(Self, Self), Overflow> {
        let share = |whole: Amount| cumulative_amount(whole, quantity, self.quantity);
        let kept = Self { quantity, amount: share(self.amount)?, price_amount: share(self.price_amount)? };
        let rest = Self {
            quantity: self.quantity.minus(quantity)?,
            amount: self.amount.minus(kept.amount)?,
            price_amount: self.price_amount.minus(kept.price_amount)?,
        };
        Ok((kept, rest))
    }
}

/// The next part of a line to become billable: the share of everything up to it, less what the line made billable before (rules, "Price of a line" 6).
/// The last part takes the residue.
///
/// # Errors
/// `amount_exceeds_open` when more than was ordered would be billed, `amount_overflow` when a number does not fit.
pub fn next_part(line: &obligations::Model, quantity: Quantity) -> Result<Part, Problem> {
    let (ordered, cumulative) = (line.ordered_quantity, line.billable_quantity.plus(quantity)?);
    if cumulative.0.unsigned_abs() > ordered.0.unsigned_abs() || cumulative.0.signum() == -ordered.0.signum() {
        return Err(Problem::new(
            Code::AmountExceedsOpen,
            format!("{cumulative} of the line would be billed, but only {ordered} were ordered. Bill at most what was ordered."),
        ));
    }
    let share = |whole: Amount, before: Amount| -> Result<Amount, Overflow> {
        let next = cumulative_amount(whole, cumulative, ordered)?.minus(before)?;
        // After a part in the middle was taken back, what is left may be a cent ahead of its share; then the next part waits for the line to catch up.
        Ok(if next.0.signum() == -whole.0.signum() { Amount::ZERO } else { next })
    };
    Ok(Part { quantity, amount: share(line.net_amount, line.billable_amount)?, price_amount: share(line.price_amount, line.billable_price_amount)? })
}

/// The quantity that somebody makes billable: as given, the share of what was ordered, or all that is left to bill of what stands.
///
/// # Errors
/// `invalid_value` for a quantity that is nothing or goes the other way; `amount_exceeds_open` for more than is left; both name the field.
pub fn manual_quantity(line: &obligations::Model, quantity: Option<Quantity>, percent: Option<Percent>) -> Result<Quantity, Problem> {
    let left = kept(line)?.minus(line.billable_quantity)?;
    let (asked, pointer) = match (quantity, percent) {
        (Some(quantity), _) => (quantity, "/quantity"),
        (None, Some(percent)) => (Quantity(product(&[line.ordered_quantity.0, percent.0], &[Percent::WHOLE.0])?), "/percent"),
        (None, None) => (left, "/order_line_id"),
    };
    // Fewer may stand than were billed before the line was lowered.
    if left.0.signum() != line.ordered_quantity.0.signum() {
        return Err(Problem::field(Code::AmountExceedsOpen, "/order_line_id", "names a line of which nothing is left to bill"));
    }
    if asked.0.signum() != line.ordered_quantity.0.signum() {
        let detail = if line.ordered_quantity > Quantity::ZERO { "must be more than 0" } else { "must be less than 0: the line gives back" };
        return Err(Problem::field(Code::InvalidValue, pointer, detail));
    }
    if asked.0.unsigned_abs() > left.0.unsigned_abs() {
        let detail = format!("is {asked} of the line, and only {left} are left to bill. Bill at most that");
        return Err(Problem::field(Code::AmountExceedsOpen, pointer, detail));
    }
    Ok(asked)
}

/// A quantity that is billed again, as far as so much of its line is left to bill: what was cancelled meanwhile is not.
#[must_use]
pub fn at_most_left(quantity: Quantity, left: Quantity) -> Quantity {
    if left.0.signum() != quantity.0.signum() {
        Quantity::ZERO
    } else if left.0.unsigned_abs() < quantity.0.unsigned_abs() {
        left
    } else {
        quantity
    }
}

/// What of a part is taken back when its quantity falls by `by`; all of it when `by` is as much or more.
///
/// # Errors
/// [`Overflow`] when a number does not fit.
pub fn taken_back(part: Part, by: Quantity) -> Result<Part, Overflow> {
    if by.0.unsigned_abs() >= part.quantity.0.unsigned_abs() {
        return Ok(part);
    }
    let left = part.quantity.minus(by)?;
    let lost = |amount: Amount| amount.minus(cumulative_amount(amount, left, part.quantity)?);
    Ok(Part { quantity: by, amount: lost(part.amount)?, price_amount: lost(part.price_amount)? })
}

/// The discount that a line's and its document's make together: 10 % and 10 % are 19 %.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn combined_discount(line: Percent, document: Percent) -> Result<Percent, Overflow> {
    let rest = |discount: Percent| Percent::WHOLE.0.checked_sub(discount.0).ok_or(Overflow);
    let kept = product(&[rest(line)?, rest(document)?], &[Percent::WHOLE.0])?;
    rest(Percent(kept)).map(Percent)
}

#[cfg(test)]
pub(crate) mod tests;
