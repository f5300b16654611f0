//! What a payment in time saves of an invoice (requirement PAY-23; vectors EPD-…).

use causeway_entity::bill::{invoice_lines, invoices};
use causeway_master::account::Purpose;
use causeway_master::tax::rules::{TaxAmount, add_to_summary};
use causeway_master::term::rules::{DiscountGroup, EarlyPayment, early_payment};
use causeway_value::{Amount, Day, Direction, Overflow, TaxId, TaxKind, WriteOffKind, product};

/// A discount for paying early, as far as it is still to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discount {
    /// Off the price, one part for each set of taxes (EPD-010).
    pub untaxed: Vec<Amount>,
    /// Off the taxes.
    pub taxes: Vec<TaxAmount>,
    /// All of it.
    pub total: Amount,
}

/// The discount that a payment on `day` has of an invoice; none when it is too late, nothing was agreed or nothing is left to save.
///
/// Lines are taken as credit notes have left them. Lines with the same taxes share a part; taxes per unit are never discounted (EPD-008).
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn discount_on(
    invoice: &invoices::Model,
    lines: &[invoice_lines::Model],
    kind_of: impl Fn(TaxId) -> Option<TaxKind>,
    day: Day,
) -> Result<Option<Discount>, Overflow> {
    let (Some(agreed), Some(date)) = (&invoice.early_discount, invoice.invoice_date) else { return Ok(None) };
    let mut nets: Vec<(Vec<TaxId>, Amount)> = Vec::new();
    let mut taxes: Vec<TaxAmount> = Vec::new();
    let mut per_unit = Amount::ZERO;
    for line in lines.iter().filter(|line| line.invoice_id == invoice.id) {
        let net = line.net_amount.minus(line.credited_amount)?;
        let key: Vec<TaxId> = line.taxes.0.iter().map(|tax| tax.tax_id).collect();
        match nets.iter_mut().find(|(known, _)| *known == key) {
            Some((_, sum)) => *sum = sum.plus(net)?,
            None => nets.push((key, net)),
        }
        let given_back = line.credited_taxes.0.iter().map(|tax| tax.negated()).collect::<Result<Vec<_>, _>>()?;
        for tax in line.taxes.0.iter().chain(&given_back) {
            if kind_of(tax.tax_id) == Some(TaxKind::Fixed) {
                per_unit = per_unit.plus(tax.amount)?;
            } else {
                add_to_summary(&mut taxes, *tax)?;
            }
        }
    }
    let of_price = nets.iter().map(|(_, net)| DiscountGroup { untaxed: *net, tax: Amount::ZERO, fixed_tax: Amount::ZERO });
    let of_taxes = taxes.iter().map(|tax| DiscountGroup { untaxed: Amount::ZERO, tax: tax.amount, fixed_tax: Amount::ZERO });
    let groups: Vec<DiscountGroup> = of_price.chain(of_taxes).collect();
    let EarlyPayment { last_day, groups, discount, payable } = early_payment(date, &groups, &agreed.0)?;
    if day > last_day || discount <= Amount::ZERO {
        return Ok(None);
    }
    let (prices, corrected) = groups.split_at(nets.len());
    let off = |base: Amount| product(&[base.0, agreed.0.percent.0], &[causeway_value::Percent::WHOLE.0]).map(Amount);
    let mut saved = Vec::new();
    for (tax, part) in taxes.iter().zip(corrected).filter(|(_, part)| !part.tax.is_zero()) {
        saved.push(TaxAmount { tax_id: tax.tax_id, base: off(tax.base)?, amount: part.tax });
    }
    let untaxed = prices.iter().map(|part| part.untaxed).filter(|part| !part.is_zero()).collect();
    let whole = Discount { untaxed, taxes: saved, total: discount };
    let Some(coins) = invoice.cash_rounding.as_ref().and_then(|rule| rule.0.coins(invoice.currency)) else { return Ok(Some(whole)) };
    // What is paid early is paid in the coins that there are, too (TAX-060).
    let due = coins.round(payable.plus(discount)?.plus(per_unit)?)?;
    let in_coins = due.minus(coins.round(due.minus(discount)?)?)?;
    if in_coins > Amount::ZERO { whole.of(in_coins).map(Some) } else { Ok(None) }
}

/// Until when an invoice is to be paid to save its discount; none without one.
#[must_use]
pub fn last_day(invoice: &invoices::Model) -> Option<Day> {
    let (agreed, date) = (invoice.early_discount.as_ref()?, invoice.invoice_date?);
    Some(date.plus_days(agreed.0.days.into()))
}

impl Discount {
    /// The same discount over less: when less is open than it would save. Parts are taken in proportion, the first price takes the residue.
    ///
    /// # Errors
    /// [`Overflow`] when a part does not fit.
    pub fn of(&self, amount: Amount) -> Result<Self, Overflow> {
        if amount == self.total {
            return Ok(self.clone());
        }
        let share = |part: Amount| product(&[part.0, amount.0], &[self.total.0]).map(Amount);
        let mut untaxed = self.untaxed.iter().map(|part| share(*part)).collect::<Result<Vec<_>, _>>()?;
        let mut taxes = Vec::with_capacity(self.taxes.len());
        for tax in &self.taxes {
            taxes.push(TaxAmount { tax_id: tax.tax_id, base: share(tax.base)?, amount: share(tax.amount)? });
        }
        let parts = Amount::sum(untaxed.iter().copied().chain(taxes.iter().map(|tax| tax.amount)))?;
        let residue = amount.minus(parts)?;
        match untaxed.first_mut() {
            Some(first) => *first = first.plus(residue)?,
            None => untaxed.push(residue),
        }
        Ok(Self { untaxed, taxes, total: amount })
    }
}

/// What a credit note does to its invoice, in the invoice's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credited {
    /// What it takes back beyond what is open.
    pub excess: Amount,
    /// What its lines were worth with tax before it, less earlier credit notes.
    pub before: Amount,
    /// The same after it.
    pub after: Amount,
}

/// How much of a write-off a credit note takes back.
///
/// A discount for paying early goes with the share of the price that is credited: what stays sold stays discounted. A bad debt and a difference are the
/// first that a credit replaces, as they were never paid. A bank fee stays: the customer paid it.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn taken_back(kind: WriteOffKind, amount: Amount, credited: Credited) -> Result<Amount, Overflow> {
    let most = match kind {
        WriteOffKind::BankFee => Amount::ZERO,
        WriteOffKind::BadDebt | WriteOffKind::Difference => amount,
        WriteOffKind::EarlyDiscount if credited.after <= Amount::ZERO || credited.before <= Amount::ZERO => amount,
        WriteOffKind::EarlyDiscount => amount.minus(product(&[amount.0, credited.after.0], &[credited.before.0]).map(Amount)?)?,
    };
    Ok(most.min(credited.excess).max(Amount::ZERO))
}

/// What bears a write-off of this kind when nobody says otherwise. What we are granted for paying early lowers our costs (EPD-017).
#[must_use]
pub const fn borne_by(kind: WriteOffKind, direction: Direction) -> Purpose {
    match kind {
        WriteOffKind::BadDebt => Purpose::BadDebt,
        WriteOffKind::EarlyDiscount => match direction {
            Direction::Sale => Purpose::DiscountGiven,
            Direction::Purchase => Purpose::DiscountReceived,
        },
        WriteOffKind::BankFee => Purpose::BankFees,
        WriteOffKind::Difference => Purpose::Rounding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_note_takes_back_what_was_never_paid() {
        let credited = |excess, before, after| Credited { excess: Amount(excess), before: Amount(before), after: Amount(after) };
        let cases = [
            // All of it is credited, and nothing was open.
            (WriteOffKind::EarlyDiscount, 2_380, credited(119_000, 119_000, 0), 2_380),
            // A tenth goes back with a tenth of the discount.
            (WriteOffKind::EarlyDiscount, 2_380, credited(11_900, 119_000, 107_100), 238),
            // What is open is credited first.
            (WriteOffKind::EarlyDiscount, 2_380, credited(100, 119_000, 107_100), 100),
            (WriteOffKind::EarlyDiscount, 2_380, credited(-5, 119_000, 107_100), 0),
            (WriteOffKind::BadDebt, 59_000, credited(11_900, 119_000, 107_100), 11_900),
            (WriteOffKind::BadDebt, 59_000, credited(119_000, 119_000, 0), 59_000),
            (WriteOffKind::Difference, 2, credited(11_900, 119_000, 107_100), 2),
            (WriteOffKind::BankFee, 250, credited(119_000, 119_000, 0), 0),
        ];
        for (kind, amount, credited, taken) in cases {
            assert_eq!(taken_back(kind, Amount(amount), credited), Ok(Amount(taken)), "{kind} {credited:?}");
        }
    }

    #[test]
    fn a_part_of_a_discount_adds_up() {
        let tax_id = TaxId::new();
        let tax = TaxAmount { tax_id, base: Amount(10_000), amount: Amount(1_900) };
        let whole = Discount { untaxed: vec![Amount(10_000), Amount(3_333)], taxes: vec![tax], total: Amount(15_233) };
        assert_eq!(whole.of(Amount(15_233)), Ok(whole.clone()));
        for amount in [1, 2, 77, 5_000, 15_232] {
            let part = whole.of(Amount(amount)).unwrap();
            let sum: i64 = part.untaxed.iter().map(|part| part.0).sum::<i64>() + part.taxes.iter().map(|tax| tax.amount.0).sum::<i64>();
            assert_eq!((sum, part.total), (amount, Amount(amount)));
        }
    }
}
