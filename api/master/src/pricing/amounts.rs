//! What a line comes to (rules, "Price of a line" 4 to 6) and what it leaves (requirement QTE-18).

use crate::tax::rules::Ratio;
use causeway_value::{Amount, Currency, DiscountBase, Overflow, Percent, Price, Quantity, product};

/// The amount of a line: quantity times price per `price_base_quantity`, less the line's discount, less the document's, rounded half away from zero, once.
/// The discounts multiply: 10 % and 10 % are 19 %. 100 % off, zero and negative lines are lines like others.
///
/// # Errors
/// [`Overflow`] when it does not fit or the base quantity is zero.
pub fn line_net(
    quantity: Quantity,
    unit_price: Price,
    price_base_quantity: Quantity,
    discount: Percent,
    document_discount: Percent,
    currency: Currency,
) -> Result<Amount, Overflow> {
    let (kept, kept_of_document) = (rest_of_whole(discount)?, rest_of_whole(document_discount)?);
    let factors = [quantity.0, unit_price.0, kept, kept_of_document, currency.minor_units()];
    product(&factors, &[Price::ONE.0, price_base_quantity.0, Percent::WHOLE.0, Percent::WHOLE.0]).map(Amount)
}

/// The discount by which a line comes to `off` less; none when it would be below nothing or all of the line, or when no share is that to the smallest amount.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn discount_of(off: Amount, quantity: Quantity, unit_price: Price, price_base_quantity: Quantity, currency: Currency) -> Result<Option<Percent>, Overflow> {
    let net = |discount| line_net(quantity, unit_price, price_base_quantity, discount, Percent::ZERO, currency);
    if off.is_zero() {
        return Ok(Some(Percent::ZERO));
    }
    let full = net(Percent::ZERO)?;
    if full.is_zero() {
        return Ok(None);
    }
    let kept = full.minus(off)?;
    let share = product(&[kept.0, Percent::WHOLE.0, Price::ONE.0, price_base_quantity.0], &[quantity.0, unit_price.0, currency.minor_units()])?;
    let discount = Percent(Percent::WHOLE.0.checked_sub(share).ok_or(Overflow)?);
    if !(Percent::ZERO..=Percent::WHOLE).contains(&discount) {
        return Ok(None);
    }
    Ok(Some(discount).filter(|_| net(discount) == Ok(kept)))
}

/// What a share takes off such a line that is nearest to `off`, from below and from above; none when `off` is below nothing or more than the line.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn nearest_off(
    off: Amount,
    quantity: Quantity,
    unit_price: Price,
    price_base_quantity: Quantity,
    currency: Currency,
) -> Result<Option<(Amount, Amount)>, Overflow> {
    let net = |discount| line_net(quantity, unit_price, price_base_quantity, discount, Percent::ZERO, currency);
    let full = net(Percent::ZERO)?;
    if full.is_zero() || !within(off, full) {
        return Ok(None);
    }
    let share = product(&[off.0, Percent::WHOLE.0], &[full.0])?;
    let mut taken = Vec::with_capacity(5);
    for step in -2..=2 {
        let discount = Percent(share.checked_add(step).ok_or(Overflow)?.clamp(0, Percent::WHOLE.0));
        taken.push(full.minus(net(discount)?)?);
    }
    let below = taken.iter().filter(|one| one.0.abs() <= off.0.abs()).max_by_key(|one| one.0.abs());
    let above = taken.iter().filter(|one| one.0.abs() >= off.0.abs()).min_by_key(|one| one.0.abs());
    Ok(below.copied().zip(above.copied()))
}

/// Whether an amount is from nothing to all of another.
const fn within(off: Amount, full: Amount) -> bool {
    if full.0 < 0 { off.0 <= 0 && off.0 >= full.0 } else { off.0 >= 0 && off.0 <= full.0 }
}

/// The same amount before it is rounded, for documents that round their sums alone.
///
/// # Errors
/// [`Overflow`] when it does not fit or the base quantity is zero.
pub fn line_exact(
    quantity: Quantity,
    unit_price: Price,
    price_base_quantity: Quantity,
    discount: Percent,
    document_discount: Percent,
    currency: Currency,
) -> Result<Ratio, Overflow> {
    let share = |discount| Ratio::of(rest_of_whole(discount)?.into(), Percent::WHOLE.0.into());
    let price = Ratio::of(i128::from(unit_price.0) * i128::from(currency.minor_units()), Price::ONE.0.into())?;
    let full = price.times(Ratio::of(quantity.0.into(), price_base_quantity.0.into())?)?.fine()?;
    full.times(share(discount)?)?.fine()?.times(share(document_discount)?)?.fine()
}

/// The discounts of one line, which multiply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Discounts {
    /// Its own.
    pub of_line: Percent,
    /// The document's, as far as it is off the amount of the line.
    pub of_document: Percent,
}

/// A document's discount as what is off the amount of each line, and what is off the total with tax.
#[must_use]
pub const fn split_discount(document: Percent, base: DiscountBase) -> (Percent, Percent) {
    match base {
        DiscountBase::NetAmount => (document, Percent::ZERO),
        DiscountBase::TotalAmount | DiscountBase::TotalWithoutFixedTaxes => (Percent::ZERO, document),
    }
}

/// What of a line's net has become billable once `cumulative` of the `ordered` quantity has. What is new is this minus what was billable before, so that
/// the last part takes the residue and the whole is never exceeded.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn cumulative_amount(net: Amount, cumulative: Quantity, ordered: Quantity) -> Result<Amount, Overflow> {
    if cumulative.0.signum() == -ordered.0.signum() {
        return Ok(Amount::ZERO);
    }
    if cumulative.0.unsigned_abs() >= ordered.0.unsigned_abs() {
        return Ok(net);
    }
    product(&[net.0, cumulative.0], &[ordered.0]).map(Amount)
}

/// What a quantity costs us, rounded.
///
/// # Errors
/// [`Overflow`] when it does not fit or the base quantity is zero.
pub fn cost_amount(quantity: Quantity, unit_cost: Price, price_base_quantity: Quantity, currency: Currency) -> Result<Amount, Overflow> {
    line_net(quantity, unit_cost, price_base_quantity, Percent::ZERO, Percent::ZERO, currency)
}

/// What is left of a price after the cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margin {
    /// Net minus cost.
    pub amount: Amount,
    /// In percent of the net; none for a net of zero.
    pub percent: Option<Percent>,
}

/// The margin of a line or a document. Both amounts are in the same currency.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn margin(net: Amount, cost: Amount) -> Result<Margin, Overflow> {
    let amount = net.minus(cost)?;
    let percent = if net.is_zero() { None } else { Some(Percent(product(&[amount.0, Percent::WHOLE.0], &[net.0])?)) };
    Ok(Margin { amount, percent })
}

/// By how much a given price is below the one that the lists give, in percent of that: the approval fact `price_override_percent`. Negative when the given
/// price is higher; none when the lists give a price of zero and the given one is another.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn price_override_percent(given: Price, listed: Price) -> Result<Option<Percent>, Overflow> {
    if given == listed {
        return Ok(Some(Percent::ZERO));
    }
    if listed.0 == 0 {
        return Ok(None);
    }
    let below = listed.0.checked_sub(given.0).ok_or(Overflow)?;
    product(&[below, Percent::WHOLE.0], &[listed.0]).map(|percent| Some(Percent(percent)))
}

fn rest_of_whole(discount: Percent) -> Result<i64, Overflow> {
    Percent::WHOLE.0.checked_sub(discount.0).ok_or(Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn net(quantity: &str, price: &str, base: &str, discounts: (&str, &str), currency: &str) -> i64 {
        let (discount, document) = (discounts.0.parse().unwrap(), discounts.1.parse().unwrap());
        line_net(quantity.parse().unwrap(), price.parse().unwrap(), base.parse().unwrap(), discount, document, currency.parse().unwrap()).unwrap().0
    }

    #[test]
    fn lines_follow_the_vectors() {
        assert_eq!(net("40", "18.00", "1", ("10", "0"), "EUR"), 64_800);
        assert_eq!(net("1", "100", "1", ("10", "10"), "EUR"), 8_100, "PRICE-002: 19 %, not 20 %");
        assert_eq!(net("0.1", "0.045", "1", ("0", "0"), "KWD"), 5, "FX-017");
        assert_eq!(net("3", "0.000001", "1", ("0", "0"), "EUR"), 0);
        assert_eq!(net("1000000", "0.015", "1000", ("0", "0"), "EUR"), 1_500);
        assert_eq!(net("7", "19.99", "1", ("100", "0"), "EUR"), 0);
        assert_eq!(net("0", "19.99", "1", ("0", "0"), "EUR"), 0);
        assert_eq!(net("-1", "0.005", "1", ("0", "0"), "EUR"), -1);
        assert_eq!(net("3", "333.5", "1", ("0", "0"), "JPY"), 1_001);
        // PRICE-031: a discount per line, and on the total.
        let prices = ["1.04", "2.04", "3.04", "4.04"];
        assert_eq!(prices.map(|price| net("1", price, "1", ("0", "0"), "EUR") - net("1", price, "1", ("10", "0"), "EUR")), [10, 20, 30, 40]);
        assert_eq!(net("1", "10.16", "1", ("90", "0"), "EUR"), 102);
        // TAX-076: 10 off 2 x 50 is 10 %.
        assert_eq!(net("2", "50", "1", ("10", "0"), "EUR"), 9_000);
    }

    #[test]
    fn where_no_share_comes_to_an_amount_the_nearest_are_known() {
        let eur: Currency = "EUR".parse().unwrap();
        let price: Price = "50000000".parse().unwrap();
        // A millionth of a percent of fifty millions is half a euro.
        assert_eq!(discount_of(Amount(123_456), Quantity::ONE, price, Quantity::ONE, eur), Ok(None));
        assert_eq!(nearest_off(Amount(123_456), Quantity::ONE, price, Quantity::ONE, eur), Ok(Some((Amount(123_450), Amount(123_500)))));
        let returned: Quantity = "-1".parse().unwrap();
        assert_eq!(nearest_off(Amount(-123_456), returned, price, Quantity::ONE, eur), Ok(Some((Amount(-123_450), Amount(-123_500)))));
        for wrong in [-1, 5_000_000_001] {
            assert_eq!(nearest_off(Amount(wrong), Quantity::ONE, price, Quantity::ONE, eur), Ok(None));
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let eur: Currency = "EUR".parse().unwrap();
        assert_eq!(line_net(Quantity(i64::MAX), Price(i64::MAX), Quantity::ONE, Percent::ZERO, Percent::ZERO, eur), Err(Overflow));
        assert_eq!(line_net(Quantity::ONE, Price::ONE, Quantity::ZERO, Percent::ZERO, Percent::ZERO, eur), Err(Overflow));
    }

    #[test]
    fn margins_are_percent_of_the_net() {
        let percent = |net, cost| margin(Amount(net), Amount(cost)).unwrap().percent.map(|percent| percent.to_string());
        assert_eq!(percent(1_800, 1_120), Some("37.777778".to_owned()));
        assert_eq!(percent(100, 150), Some("-50".to_owned()));
        assert_eq!(percent(0, 150), None);
        assert_eq!(cost_amount(Quantity(40_000_000), "11.20".parse().unwrap(), Quantity::ONE, "EUR".parse().unwrap()), Ok(Amount(44_800)));
    }

    #[test]
    fn an_override_is_measured_against_the_lists() {
        let fact = |given: &str, listed: &str| price_override_percent(given.parse().unwrap(), listed.parse().unwrap()).unwrap().map(|p| p.to_string());
        assert_eq!(fact("15", "20"), Some("25".to_owned()));
        assert_eq!(fact("22", "20"), Some("-10".to_owned()));
        assert_eq!(fact("0", "0"), Some("0".to_owned()));
        assert_eq!(fact("1", "0"), None);
    }

    proptest! {
        #[test]
        fn parts_of_a_line_add_up_to_it(net in -10_000_000_i64..10_000_000, parts in prop::collection::vec(1_i64..5_000_000, 1..10)) {
            let ordered = Quantity(parts.iter().sum());
            let (mut cumulative, mut billed) = (0, 0);
            for part in parts {
                cumulative += part;
                let sum = cumulative_amount(Amount(net), Quantity(cumulative), ordered).unwrap().0;
                prop_assert!(sum.abs() <= net.abs());
                prop_assert!((sum - billed) * net >= 0);
                billed = sum;
            }
            prop_assert_eq!(billed, net);
            prop_assert_eq!(cumulative_amount(Amount(net), Quantity(cumulative + 1), ordered), Ok(Amount(net)));
        }
    }
}
