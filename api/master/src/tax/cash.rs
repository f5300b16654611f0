//! What is to be paid of a document, in the coins that there are (vectors TAX-052, TAX-060 to TAX-062).

use super::rules::{TaxAmount, TaxedDocument};
use causeway_value::{Amount, CashStrategy, Overflow};

/// Lets a document come to `payable`, which is what it comes to in coins. Answers what is to be paid beyond its lines and their taxes for that; the largest tax
/// takes the difference itself when the strategy says so and there is one.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn round_total(document: &mut TaxedDocument, payable: Amount, strategy: CashStrategy) -> Result<Amount, Overflow> {
    let difference = payable.minus(document.total.plus(document.rounding)?)?;
    if difference.is_zero() || strategy == CashStrategy::ExtraLine {
        return Ok(difference);
    }
    let largest = largest(&document.taxes).map(|tax| tax.tax_id);
    let Some(tax) = largest else { return Ok(difference) };
    let of_line = |taxes: &[TaxAmount]| taxes.iter().find(|part| part.tax_id == tax).map(|part| part.amount.0.unsigned_abs());
    // The line that bears most of the tax, the first of equals.
    let Some(line) = document.lines.iter_mut().rev().max_by_key(|line| of_line(&line.taxes)) else { return Ok(difference) };
    for part in line.taxes.iter_mut().chain(&mut document.taxes).filter(|part| part.tax_id == tax) {
        part.amount = part.amount.plus(difference)?;
    }
    line.tax = line.tax.plus(difference)?;
    line.total = line.total.plus(difference)?;
    document.tax = document.tax.plus(difference)?;
    document.total = document.total.plus(difference)?;
    Ok(Amount::ZERO)
}

/// The largest tax that is not zero, the first of equals.
fn largest(taxes: &[TaxAmount]) -> Option<&TaxAmount> {
    taxes.iter().rev().filter(|tax| !tax.amount.is_zero()).max_by_key(|tax| tax.amount.0.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tax::rules::{TaxDef, TaxPolicy, TaxableLine, compute_document};
    use causeway_value::{Coins, Quantity, RoundingMethod, TaxId, TaxKind, TaxRounding};

    fn vat(rate: &str, included: bool) -> TaxDef {
        TaxDef { id: TaxId::new(), kind: TaxKind::Percent, rate: rate.parse().unwrap(), included, sequence: 0, affects_base: false, base_affected: true }
    }

    fn document(lines: &[(i64, Vec<TaxDef>)], rounding: TaxRounding) -> TaxedDocument {
        let line = |(amount, taxes): &(i64, Vec<TaxDef>)| TaxableLine {
            amount: Amount(*amount),
            quantity: Quantity::ONE,
            taxes: taxes.clone(),
            ..TaxableLine::default()
        };
        compute_document(&lines.iter().map(line).collect::<Vec<_>>(), TaxPolicy::of(rounding), "EUR".parse().unwrap()).unwrap()
    }

    fn round_to(document: &mut TaxedDocument, step: i64, method: RoundingMethod, strategy: CashStrategy) -> Result<Amount, Overflow> {
        let payable = Coins { step: Amount(step), method }.round(document.total)?;
        round_total(document, payable, strategy)
    }

    #[test]
    fn the_difference_is_a_line_of_its_own_or_in_the_largest_tax() {
        let (first, second) = (vat("15", false), vat("15", false));
        let of = || document(&[(99_999, vec![first]), (20_000, vec![first, second])], TaxRounding::PerLine);
        let mut found = of();
        assert_eq!(round_to(&mut found, 5, RoundingMethod::Up, CashStrategy::ExtraLine), Ok(Amount(1)), "TAX-060");
        assert_eq!(found, of());
        assert_eq!(round_to(&mut found, 5, RoundingMethod::Up, CashStrategy::BiggestTax), Ok(Amount::ZERO));
        assert_eq!(found.taxes.iter().map(|tax| tax.amount.0).collect::<Vec<_>>(), [18_001, 3_000]);
        assert_eq!((found.untaxed.0, found.tax.0, found.total.0, found.lines[0].tax.0), (119_999, 21_001, 141_000, 15_001));
        let mut down = of();
        assert_eq!(round_to(&mut down, 5, RoundingMethod::Down, CashStrategy::BiggestTax), Ok(Amount::ZERO));
        assert_eq!((down.taxes[0].amount.0, down.total.0), (17_996, 140_995));
        // Nothing is taxed: the difference has a line of its own.
        let mut untaxed = document(&[(102, Vec::new())], TaxRounding::PerLine);
        assert_eq!(round_to(&mut untaxed, 5, RoundingMethod::Up, CashStrategy::BiggestTax), Ok(Amount(3)));
    }

    #[test]
    fn a_total_is_rounded_to_whole_units() {
        let twice = vec![vat("6", true), vat("6", true)];
        let mut found = document(&[(224_400, twice.clone()), (112_201, twice.clone()), (112_201, twice)], TaxRounding::PerDocument);
        assert_eq!((found.untaxed.0, found.tax.0, found.total.0), (400_716, 48_086, 448_802), "TAX-052");
        assert_eq!(round_to(&mut found, 100, RoundingMethod::HalfUp, CashStrategy::ExtraLine), Ok(Amount(-2)), "TAX-052");
    }
}
