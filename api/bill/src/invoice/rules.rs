//! What a credit note takes back of an invoice (requirements CRN-01, CRN-04, CRN-05; vectors MATCH-013 to MATCH-022).
//!
//! Each part is taken from what remains: a quantity takes its share of the remaining net and of each remaining tax, rounded apart (MATCH-019); the whole
//! remaining quantity takes all that remains, so that the last credit exhausts the line to the cent (MATCH-022). An amount contains its tax and is spread
//! over the remaining lines and, inside each, over net and taxes, by largest remainder, never beyond what remains.

use causeway_contract::{Code, Problem};
use causeway_master::tax::rules::TaxAmount;
use causeway_value::{Amount, Coins, Currency, InvoiceLineId, Overflow, Quantity, product};

/// A tax of a posted invoice line, with what credit notes took of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditableTax {
    /// As it was invoiced.
    pub invoiced: TaxAmount,
    /// What credit notes took of its base.
    pub credited_base: Amount,
    /// What credit notes took of it.
    pub credited: Amount,
}

/// A line of a posted invoice, with what credit notes took of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditableLine {
    /// Which line.
    pub id: InvoiceLineId,
    /// As it was invoiced.
    pub quantity: Quantity,
    /// As it was invoiced, without tax.
    pub net: Amount,
    /// What credit notes took of the quantity.
    pub credited_quantity: Quantity,
    /// What credit notes took of the net.
    pub credited_net: Amount,
    /// Its discounts that are booked by themselves.
    pub discount: Amount,
    /// What credit notes took of those.
    pub credited_discount: Amount,
    /// Whether it deducts what was paid in advance, so that it lowers what is to be paid and not what was sold.
    pub deducts: bool,
    /// Its taxes.
    pub taxes: Vec<CreditableTax>,
}

/// What is to be credited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreditRequest {
    /// All that remains.
    All,
    /// These quantities.
    Lines(Vec<(InvoiceLineId, Quantity)>),
    /// This amount, tax included.
    Amount(Amount),
}

/// A line of a credit note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditLine {
    /// The line that it takes back from.
    pub invoice_line_id: InvoiceLineId,
    /// How much of the quantity. Zero when only the price goes down.
    pub quantity: Quantity,
    /// Without tax.
    pub net: Amount,
    /// Of the discounts that are booked by themselves.
    pub discount: Amount,
    /// The sum of its taxes.
    pub tax: Amount,
    /// Its taxes.
    pub taxes: Vec<TaxAmount>,
}

/// A credit note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditPlan {
    /// Its lines, in the order of the invoice; of a request by lines, in its order.
    pub lines: Vec<CreditLine>,
    /// Without tax.
    pub untaxed: Amount,
    /// The tax.
    pub tax: Amount,
    /// What was rounded when the invoice was made: the credit that takes the last of its lines takes that, too.
    pub rounding: Amount,
    /// All of it.
    pub total: Amount,
}

/// Plans the credit note that is asked for. `rounding` is what is left of the invoice's rounding, `currency` the invoice's.
///
/// # Errors
/// `amount_exceeds_open` at `/lines/{index}/quantity` or `/amount` for more than what remains; `not_found` for a line of another invoice; `invalid_value`
/// for a line named twice, a quantity of the wrong sign, an amount that is not positive; `state_conflict` when nothing remains; `amount_overflow`.
pub fn plan_credit(lines: &[CreditableLine], rounding: Amount, request: &CreditRequest, currency: Currency) -> Result<CreditPlan, Problem> {
    let remaining = lines.iter().map(Remaining::of).collect::<Result<Vec<_>, _>>()?;
    if remaining.iter().all(Remaining::is_nothing) && rounding.is_zero() {
        return Err(Problem::new(
            Code::StateConflict,
            "Nothing remains to be credited: credit notes, and what invoices deduct of a down payment, have taken back the whole invoice.",
        ));
    }
    let credited = match request {
        CreditRequest::All => remaining.iter().filter(|line| !line.is_nothing()).map(Remaining::all).collect(),
        CreditRequest::Lines(asked) => by_quantity(&remaining, asked)?,
        CreditRequest::Amount(amount) => by_amount(&remaining, rounding, *amount, currency)?,
    };
    let untaxed = Amount::sum(credited.iter().map(|line| line.net))?;
    let tax = Amount::sum(credited.iter().map(|line| line.tax))?;
    let rounding = if exhausts(&remaining, &credited) { rounding } else { Amount::ZERO };
    Ok(CreditPlan { lines: credited, untaxed, tax, rounding, total: untaxed.plus(tax)?.plus(rounding)? })
}

/// Whether credited lines take all that remains.
fn exhausts(remaining: &[Remaining], credited: &[CreditLine]) -> bool {
    remaining.iter().all(|line| line.is_nothing() || credited.contains(&line.all()))
}

/// Refuses a credit note by lines that comes to more than what remains of the invoice (rule 24 of the vectors): a line that lowers it was never charged. What
/// it deducts of a down payment was paid, and does not lower what may be credited.
///
/// # Errors
/// `amount_exceeds_open` at `/lines`; `amount_overflow`.
pub fn must_remain(plan: &CreditPlan, lines: &[CreditableLine], rounding: Amount, currency: Currency) -> Result<(), Problem> {
    let charged = lines.iter().filter(|line| !line.deducts).map(Remaining::of).collect::<Result<Vec<_>, _>>()?;
    let most = Amount::sum(charged.iter().map(|line| line.total))?.plus(rounding.max(Amount::ZERO))?.max(Amount::ZERO);
    if plan.total <= most {
        return Ok(());
    }
    let (total, most) = (plan.total.text(currency), most.text(currency));
    let detail = format!(
        "come to {total} {currency} with tax, which is more than what remains to be credited: {most} {currency}. Credit the lines that lower the invoice with \
         them, or give an amount"
    );
    Err(Problem::field(Code::AmountExceedsOpen, "/lines", detail))
}

/// The credit of a part in the coins in which its invoice was rounded: the difference is a rounding of its own, and the last credit takes what is left of all
/// roundings. A part is not rounded beyond what remains. `rounding` is what is left of the invoice's.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn in_coins(plan: CreditPlan, lines: &[CreditableLine], rounding: Amount, coins: Coins) -> Result<CreditPlan, Overflow> {
    let remaining = lines.iter().map(Remaining::of).collect::<Result<Vec<_>, _>>()?;
    if plan.total <= Amount::ZERO || exhausts(&remaining, &plan.lines) {
        return Ok(plan);
    }
    let all = Amount::sum(remaining.iter().map(|line| line.total))?.plus(rounding)?;
    let rounded = coins.round(plan.total)?;
    let missed = plan.total.minus(all)?;
    // What exceeds the rest by more than a coin does so because the rest deducts a down payment: that is no limit.
    let total = if rounded > all && all >= Amount::ZERO && missed < coins.step { all } else { rounded };
    Ok(CreditPlan { rounding: total.minus(plan.total)?, total, ..plan })
}

/// What credit notes have left of a line.
struct Remaining {
    id: InvoiceLineId,
    quantity: Quantity,
    net: Amount,
    discount: Amount,
    taxes: Vec<TaxAmount>,
    tax: Amount,
    total: Amount,
}

impl Remaining {
    fn of(line: &CreditableLine) -> Result<Self, Overflow> {
        let quantity = Quantity(line.quantity.0.checked_sub(line.credited_quantity.0).ok_or(Overflow)?);
        let net = line.net.minus(line.credited_net)?;
        let mut taxes = Vec::with_capacity(line.taxes.len());
        for tax in &line.taxes {
            let TaxAmount { tax_id, base, amount } = tax.invoiced;
            taxes.push(TaxAmount { tax_id, base: base.minus(tax.credited_base)?, amount: amount.minus(tax.credited)? });
        }
        let tax = Amount::sum(taxes.iter().map(|tax| tax.amount))?;
        let discount = line.discount.minus(line.credited_discount)?;
        Ok(Self { id: line.id, quantity, net, discount, taxes, tax, total: net.plus(tax)? })
    }

    fn is_nothing(&self) -> bool {
        self.quantity == Quantity::ZERO && self.net.is_zero() && self.taxes.iter().all(|tax| tax.amount.is_zero())
    }

    fn all(&self) -> CreditLine {
        CreditLine { invoice_line_id: self.id, quantity: self.quantity, net: self.net, discount: self.discount, tax: self.tax, taxes: self.taxes.clone() }
    }

    /// The share of a quantity that is within the remaining one.
    fn part(&self, quantity: Quantity) -> Result<CreditLine, Overflow> {
        if quantity == self.quantity {
            return Ok(self.all());
        }
        let share = |whole: Amount| product(&[whole.0, quantity.0], &[self.quantity.0]).map(Amount);
        let mut taxes = Vec::with_capacity(self.taxes.len());
        for tax in &self.taxes {
            taxes.push(TaxAmount { tax_id: tax.tax_id, base: share(tax.base)?, amount: share(tax.amount)? });
        }
        let tax = Amount::sum(taxes.iter().map(|tax| tax.amount))?;
        Ok(CreditLine { invoice_line_id: self.id, quantity, net: share(self.net)?, discount: share(self.discount)?, tax, taxes })
    }

    /// An amount of the line, tax included, that is within the remaining one. The quantity stays until the line is exhausted.
    fn share(&self, amount: Amount) -> Result<CreditLine, Overflow> {
        if amount == self.total {
            return Ok(self.all());
        }
        let weights: Vec<Amount> = std::iter::once(self.net).chain(self.taxes.iter().map(|tax| tax.amount)).collect();
        let mut parts = largest_remainder(amount, &weights)?.into_iter();
        let net = parts.next().unwrap_or_default();
        let mut taxes = Vec::with_capacity(self.taxes.len());
        for (tax, part) in self.taxes.iter().zip(parts) {
            let base = Amount(product(&[tax.base.0, amount.0], &[self.total.0])?);
            taxes.push(TaxAmount { tax_id: tax.tax_id, base, amount: part });
        }
        let tax = Amount::sum(taxes.iter().map(|tax| tax.amount))?;
        let discount = Amount(product(&[self.discount.0, amount.0], &[self.total.0])?);
        Ok(CreditLine { invoice_line_id: self.id, quantity: Quantity::ZERO, net, discount, tax, taxes })
    }
}

fn by_quantity(remaining: &[Remaining], asked: &[(InvoiceLineId, Quantity)]) -> Result<Vec<CreditLine>, Problem> {
    if asked.is_empty() {
        return Err(Problem::field(Code::Required, "/lines", "must name at least one line"));
    }
    let mut credited: Vec<CreditLine> = Vec::with_capacity(asked.len());
    for (index, (id, quantity)) in asked.iter().enumerate() {
        let wrong = |field: &str, code, detail: &str| Problem::field(code, format!("/lines/{index}/{field}"), detail);
        let Some(line) = remaining.iter().find(|line| line.id == *id) else {
            return Err(wrong("invoice_line_id", Code::NotFound, "names no line of this invoice"));
        };
        if credited.iter().any(|earlier| earlier.invoice_line_id == *id) {
            return Err(wrong("invoice_line_id", Code::InvalidValue, "names a line that stands here already"));
        }
        if quantity.0.unsigned_abs() > line.quantity.0.unsigned_abs() {
            return Err(wrong("quantity", Code::AmountExceedsOpen, &format!("is more than what remains to be credited: {}", line.quantity)));
        }
        if quantity.0 == 0 || (quantity.0 < 0) != (line.quantity.0 < 0) {
            return Err(wrong("quantity", Code::InvalidValue, "must have the sign of the invoiced quantity"));
        }
        credited.push(line.part(*quantity)?);
    }
    Ok(credited)
}

fn by_amount(remaining: &[Remaining], rounding: Amount, amount: Amount, currency: Currency) -> Result<Vec<CreditLine>, Problem> {
    if amount <= Amount::ZERO {
        return Err(Problem::field(Code::InvalidValue, "/amount", "must be more than zero"));
    }
    let total = Amount::sum(remaining.iter().map(|line| line.total))?;
    let all = total.plus(rounding)?;
    if amount > all {
        let most = all.max(Amount::ZERO).text(currency);
        return Err(Problem::field(Code::AmountExceedsOpen, "/amount", format!("is more than what remains to be credited: {most} {currency}")));
    }
    if amount > total && amount < all {
        let all = all.text(currency);
        return Err(Problem::field(Code::InvalidValue, "/amount", format!("would leave a part of the rounding; all that remains is {all} {currency}")));
    }
    if amount == all {
        return Ok(remaining.iter().filter(|line| !line.is_nothing()).map(Remaining::all).collect());
    }
    let weights: Vec<Amount> = remaining.iter().map(|line| line.total).collect();
    let mut credited = Vec::new();
    for (line, part) in remaining.iter().zip(largest_remainder(amount, &weights)?) {
        if !part.is_zero() {
            credited.push(line.share(part)?);
        }
    }
    Ok(credited)
}

/// Splits `total` over `weights` in proportion. Every part lies between zero and its weight, because it is cut towards zero first and only what was cut is
/// given back, one unit each, by largest remainder. `total` must lie between zero and the sum of the weights; weights of both signs are fine.
pub(crate) fn largest_remainder(total: Amount, weights: &[Amount]) -> Result<Vec<Amount>, Overflow> {
    let sum = i128::from(Amount::sum(weights.iter().copied())?.0);
    let mut parts = Vec::with_capacity(weights.len());
    let mut cut = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        let exact = i128::from(total.0) * i128::from(weight.0);
        let part = i64::try_from(exact.checked_div(sum).ok_or(Overflow)?).map_err(|_| Overflow)?;
        parts.push(Amount(part));
        cut.push((index, exact % sum * sum.signum()));
    }
    let rest = total.minus(Amount::sum(parts.iter().copied())?)?;
    let one = Amount(rest.0.signum());
    let towards = |remainder: i128| remainder * i128::from(one.0);
    cut.sort_by_key(|(_, remainder)| std::cmp::Reverse(towards(*remainder)));
    let mut left = rest.0.unsigned_abs();
    for (index, _) in cut {
        if left == 0 {
            break;
        }
        if let Some(part) = parts.get_mut(index) {
            *part = part.plus(one)?;
            left -= 1;
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests;
