//! The taxes of a document whose discount for paying early lowers them up front (vectors EPD-013).
//!
//! The price stays, the tax is computed as if the discount were taken. Taxes per unit follow the quantity and stay, too.

use super::rules::{Ratio, TaxPolicy, TaxableLine, TaxedDocument, compute_document};
use causeway_value::{Amount, Currency, Overflow, Percent, product};

/// The taxes of a document with a discount of `percent` for paying early; `full` is what it comes to without.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn compute_discounted(
    full: &TaxedDocument,
    lines: &[TaxableLine],
    percent: Percent,
    policy: TaxPolicy,
    currency: Currency,
) -> Result<TaxedDocument, Overflow> {
    let kept = Percent::WHOLE.0.checked_sub(percent.0).ok_or(Overflow)?;
    let share = Ratio::of(kept.into(), Percent::WHOLE.0.into())?;
    let lowered = lines.iter().map(|line| {
        let exact = line.exact.map(|exact| exact.times(share)?.fine()).transpose()?;
        Ok(TaxableLine { amount: Amount(product(&[line.amount.0, kept], &[Percent::WHOLE.0])?), exact, ..line.clone() })
    });
    let taxed = compute_document(&lowered.collect::<Result<Vec<_>, Overflow>>()?, policy, currency)?;
    let mut document = full.clone();
    for (line, low) in document.lines.iter_mut().zip(taxed.lines) {
        line.tax = low.tax;
        line.taxes = low.taxes;
        line.total = line.net.plus(line.tax)?;
    }
    document.taxes = taxed.taxes;
    document.tax = taxed.tax;
    document.total = document.untaxed.plus(document.tax)?;
    // Its taxes are not those of the price that the customer saw, which therefore is not kept.
    document.rounding = Amount::ZERO;
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tax::rules::TaxDef;
    use causeway_value::{Quantity, TaxId, TaxKind, TaxRounding};

    fn tax(kind: TaxKind, rate: &str) -> TaxDef {
        TaxDef { id: TaxId::new(), kind, rate: rate.parse().unwrap(), included: false, sequence: 0, affects_base: false, base_affected: true }
    }

    fn line(amount: i64, taxes: Vec<TaxDef>) -> TaxableLine {
        TaxableLine { amount: Amount(amount), quantity: Quantity::ONE, taxes, ..TaxableLine::default() }
    }

    #[test]
    fn the_price_stays_and_the_tax_is_lower() {
        // EPD-013: 1000 with 15 % and 2000 without, 10 % off.
        let lines = [line(100_000, vec![tax(TaxKind::Percent, "15")]), line(200_000, Vec::new())];
        let eur = "EUR".parse().unwrap();
        let policy = TaxPolicy::of(TaxRounding::PerLine);
        let discounted = |lines: &[TaxableLine]| {
            let full = compute_document(lines, policy, eur).unwrap();
            compute_discounted(&full, lines, "10".parse().unwrap(), policy, eur)
        };
        let document = discounted(&lines).unwrap();
        assert_eq!((document.untaxed, document.tax, document.total), (Amount(300_000), Amount(13_500), Amount(313_500)));
        assert_eq!(document.lines.iter().map(|line| line.total.0).sum::<i64>(), 313_500);
        let fixed = discounted(&[line(150_000, vec![tax(TaxKind::Fixed, "0.05")])]);
        assert_eq!(fixed.unwrap().tax, Amount(5));
    }
}
