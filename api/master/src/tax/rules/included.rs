//! A price whose taxes are replaced (QTE-10, BIL-14).
//!
//! A price may have taxes in it. When others take their place, what the customer pays without tax stays: 119.00 with 19 % in it are 100.00 under a reverse
//! charge, and 120.00 with 20 % of another country in it. Both ways are exact, and the price is rounded once, to the six decimals that prices have.

use super::{Affine, Part, Ratio, Stack, TaxDef, TaxableLine};
use causeway_value::{Amount, Overflow, Price, Quantity};

/// Millionths in a major unit: prices are amounts of a currency with six decimals.
const MILLIONTHS: i64 = 1_000_000;

/// The price of `base_quantity` units with the included ones of `new` in it instead of those of `old`. Both are flattened.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn price_with(price: Price, base_quantity: Quantity, old: &[TaxDef], new: &[TaxDef]) -> Result<Price, Overflow> {
    if old == new || !old.iter().chain(new).any(|tax| tax.included) {
        return Ok(price);
    }
    let stack = |taxes: &[TaxDef]| {
        let line = TaxableLine { amount: Amount(price.0), quantity: base_quantity, taxes: taxes.to_vec(), ..TaxableLine::default() };
        Stack::of(&line, MILLIONTHS)
    };
    let (before, after) = (stack(old)?, stack(new)?);
    if [&before, &after].iter().any(|stack| stack.layers.iter().any(|layer| matches!(layer.part, Part::OfPrice(_)))) {
        // A price that is nothing but tax has no net that could stay.
        return Ok(price);
    }
    let (net, _) = before.solve(&vec![None; before.layers.len()])?;
    let taxes = after.evaluate(Affine::UNKNOWN, &vec![None; after.layers.len()])?;
    let mut gross: Ratio = net;
    for (layer, tax) in after.layers.iter().zip(taxes) {
        if layer.tax.included {
            gross = gross.plus(tax.at(net)?)?;
        }
    }
    Ok(Price(gross.round(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{Percent, TaxId, TaxKind};
    use proptest::prelude::*;

    fn tax(kind: TaxKind, rate: &str, included: bool) -> TaxDef {
        TaxDef { id: TaxId::new(), kind, rate: rate.parse().unwrap(), included, sequence: 0, affects_base: false, base_affected: true }
    }

    fn priced(price: &str, old: &[TaxDef], new: &[TaxDef]) -> Price {
        price_with(price.parse().unwrap(), Quantity::ONE, old, new).unwrap()
    }

    #[test]
    fn what_is_paid_without_tax_stays() {
        let german = tax(TaxKind::Percent, "19", true);
        let (french, reverse) = (tax(TaxKind::Percent, "20", true), tax(TaxKind::Percent, "0", false));
        let on_top = tax(TaxKind::Percent, "20", false);
        let cases = [
            ("119", vec![german], vec![], "100"),
            ("119", vec![german], vec![reverse], "100"),
            ("119", vec![german], vec![on_top], "100"),
            ("119", vec![german], vec![french], "120"),
            ("119", vec![german], vec![german], "119"),
            // Nothing is in the price, and what takes its place is.
            ("100", vec![on_top], vec![french], "120"),
            ("100", vec![on_top], vec![reverse], "100"),
            // Thirds are rounded once, to the decimals of a price.
            ("100", vec![german], vec![], "84.033613"),
            ("0.29", vec![german], vec![french], "0.292437"),
            ("0", vec![german], vec![french], "0"),
            // So much per unit, and a share of the price.
            ("10", vec![tax(TaxKind::Fixed, "1.5", true)], vec![], "8.5"),
            ("10", vec![tax(TaxKind::Division, "10", true)], vec![], "9"),
            ("9", vec![tax(TaxKind::Percent, "0", false)], vec![tax(TaxKind::Division, "10", true)], "10"),
        ];
        for (price, old, new, expected) in cases {
            assert_eq!(priced(price, &old, &new), expected.parse().unwrap(), "{price} {old:?} {new:?}");
        }
    }

    #[test]
    fn a_price_of_many_units_has_the_tax_of_many() {
        let fixed = tax(TaxKind::Fixed, "0.05", true);
        let hundred = "100".parse().unwrap();
        assert_eq!(price_with("12".parse().unwrap(), hundred, &[fixed], &[]).unwrap(), "7".parse().unwrap());
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_price_but_for_a_digit(price in 0_i64..1_000_000_000_000, rate in 0_i64..40_000_000, other in 0_i64..40_000_000) {
            let of = |rate| TaxDef { rate: Percent(rate), ..tax(TaxKind::Percent, "0", true) };
            let (one, two) = (of(rate), of(other));
            let there = price_with(Price(price), Quantity::ONE, &[one], &[two]).unwrap();
            let back = price_with(there, Quantity::ONE, &[two], &[one]).unwrap();
            prop_assert!((back.0 - price).abs() <= 1, "{price} {there:?} {back:?}");
        }
    }
}
