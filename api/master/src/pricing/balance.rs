//! The components of a bundle after discounts (QTE-16, QTE-23): each is rounded alone, and together they come to what the bundle comes to, rounded once.

use super::amounts::{Discounts, line_net};
use causeway_value::{Amount, Currency, Overflow, Percent, Price, Quantity};

/// Prices of the components of one bundle, each for all there is of it, by which what they come to after discounts adds up to what the bundle of all of them
/// comes to. They stay as they are where they do so already; else the units that are missing go to the largest remainders, and the prices are those that come
/// to that, with as many decimals as prices have. Their sum stays.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn balanced(prices: &[Price], discounts: Discounts, currency: Currency) -> Result<Vec<Price>, Overflow> {
    let net = |price: Price| line_net(Quantity::ONE, price, Quantity::ONE, discounts.of_line, discounts.of_document, currency);
    let nets = |prices: &[Price]| Amount::sum(prices.iter().map(|price| net(*price)).collect::<Result<Vec<_>, _>>()?);
    let whole = sum(prices)?;
    let wanted = net(whole)?;
    if nets(prices)? == wanted {
        return Ok(prices.to_vec());
    }
    // What is too large to be divided exactly stays as it is: it is a unit of the currency off, as it would be without this.
    let found = shared(prices, wanted, Scale::of(discounts, currency)).ok();
    Ok(found.filter(|found| sum(found) == Ok(whole) && nets(found) == Ok(wanted)).unwrap_or_else(|| prices.to_vec()))
}

fn sum(prices: &[Price]) -> Result<Price, Overflow> {
    prices.iter().try_fold(0_i64, |sum, price| sum.checked_add(price.0)).map(Price).ok_or(Overflow)
}

/// The exact amount of a price is `price × top ÷ bottom`, in the smallest unit of the currency.
#[derive(Clone, Copy)]
struct Scale {
    top: i128,
    bottom: i128,
}

impl Scale {
    fn of(discounts: Discounts, currency: Currency) -> Option<Self> {
        let whole = i128::from(Percent::WHOLE.0);
        let kept = |discount: Percent| whole.checked_sub(i128::from(discount.0));
        let top = i128::from(currency.minor_units()).checked_mul(kept(discounts.of_line)?)?.checked_mul(kept(discounts.of_document)?)?;
        let bottom = i128::from(Price::ONE.0).checked_mul(whole)?.checked_mul(whole)?;
        let common = common_divisor(top, bottom);
        (top > 0).then(|| Self { top: top / common, bottom: bottom / common })
    }
}

fn common_divisor(mut a: i128, mut b: i128) -> i128 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

fn shared(prices: &[Price], wanted: Amount, scale: Option<Scale>) -> Result<Vec<Price>, Overflow> {
    let Scale { top, bottom } = scale.ok_or(Overflow)?;
    let exact: Vec<i128> = prices.iter().map(|price| i128::from(price.0).checked_mul(top)).collect::<Option<_>>().ok_or(Overflow)?;
    let mut amounts: Vec<i128> = exact.iter().map(|exact| exact.div_euclid(bottom)).collect();
    let missing = i128::from(wanted.0).checked_sub(amounts.iter().sum()).ok_or(Overflow)?;
    let mut order: Vec<(usize, i128)> = exact.iter().map(|exact| exact.rem_euclid(bottom)).enumerate().collect();
    order.sort_by_key(|(_, remainder)| std::cmp::Reverse(*remainder));
    for (place, _) in order.into_iter().take(usize::try_from(missing).map_err(|_| Overflow)?) {
        if let Some(amount) = amounts.get_mut(place) {
            *amount += 1;
        }
    }
    // What rounding the whole took or gave is shared alike by what comes to something: it is far from what would round a part to another unit.
    let count = i128::try_from(amounts.iter().filter(|amount| **amount != 0).count()).map_err(|_| Overflow)?;
    let all = exact.iter().try_fold(0_i128, |sum, exact| sum.checked_add(*exact)).ok_or(Overflow)?;
    let rest = i128::from(wanted.0).checked_mul(bottom).and_then(|rounded| all.checked_sub(rounded)).ok_or(Overflow)?;
    let price = |amount: &i128| {
        if *amount == 0 {
            return Some(0);
        }
        let part = amount.checked_mul(bottom)?.checked_mul(count)?.checked_add(rest)?;
        let per = top.checked_mul(count)?;
        i64::try_from(part.checked_add(per / 2)?.div_euclid(per)).ok()
    };
    let mut found: Vec<i64> = amounts.iter().map(price).collect::<Option<_>>().ok_or(Overflow)?;
    let off = sum(prices)?.0.checked_sub(found.iter().try_fold(0_i64, |sum, price| sum.checked_add(*price)).ok_or(Overflow)?).ok_or(Overflow)?;
    if let Some(last) = found.iter_mut().rfind(|price| **price != 0) {
        *last = last.checked_add(off).ok_or(Overflow)?;
    }
    Ok(found.into_iter().map(Price).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::bundle::allocate;
    use causeway_value::product;
    use proptest::prelude::*;

    fn discounts(line: &str, document: &str) -> Discounts {
        Discounts { of_line: line.parse().unwrap(), of_document: document.parse().unwrap() }
    }

    fn nets(prices: &[Price], discounts: Discounts, currency: Currency) -> Vec<i64> {
        prices.iter().map(|price| line_net(Quantity::ONE, *price, Quantity::ONE, discounts.of_line, discounts.of_document, currency).unwrap().0).collect()
    }

    /// Currency, prices of the components, discounts of line and document, nets of the components.
    type Case = (&'static str, &'static [&'static str], (&'static str, &'static str), &'static [i64]);

    #[test]
    fn components_come_to_what_the_bundle_comes_to() {
        let rows: &[Case] = &[
            ("EUR", &["33.33", "33.33", "33.34"], ("10", "0"), &[3_000, 3_000, 3_000]),
            ("EUR", &["33.33", "33.33", "33.34"], ("0", "0"), &[3_333, 3_333, 3_334]),
            ("EUR", &["33.33", "33.33", "33.34"], ("5", "5"), &[3_008, 3_008, 3_009]),
            ("EUR", &["0.05", "0.05"], ("50", "0"), &[3, 2]),
            ("EUR", &["-0.05", "-0.05"], ("50", "0"), &[-2, -3]),
            ("EUR", &["10", "20", "30"], ("100", "0"), &[0, 0, 0]),
            ("EUR", &["0", "0.01"], ("30", "0"), &[0, 1]),
            ("EUR", &["0.01", "0.01", "0.01"], ("50", "0"), &[1, 1, 0]),
            ("JPY", &["333", "333", "334"], ("0", "15"), &[283, 283, 284]),
            ("EUR", &[], ("10", "0"), &[]),
        ];
        for (currency, prices, (line, document), expected) in rows {
            let prices: Vec<Price> = prices.iter().map(|price| price.parse().unwrap()).collect();
            let (discounts, currency) = (discounts(line, document), currency.parse().unwrap());
            let found = balanced(&prices, discounts, currency).unwrap();
            assert_eq!(nets(&found, discounts, currency), *expected, "{prices:?}");
            assert_eq!(sum(&found), sum(&prices));
        }
    }

    #[test]
    fn prices_that_add_up_stay_as_they_are() {
        let prices: Vec<Price> = ["54", "36"].map(|price| price.parse().unwrap()).to_vec();
        assert_eq!(balanced(&prices, discounts("10", "2.5"), "EUR".parse().unwrap()).unwrap(), prices);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_by_a_discount(
            // Up to what a price can say in a currency without cents.
            price in 0_i64..900_000_000,
            quantity in 1_i64..10_000,
            alone in prop::collection::vec(0_i64..1_000_000, 1..30),
            line in 0_i64..=100_000_000,
            document in 0_i64..=100_000_000,
            code in prop::sample::select(vec!["EUR", "JPY", "BHD"]),
        ) {
            let currency: Currency = code.parse().unwrap();
            let alone: Vec<Amount> = alone.into_iter().map(Amount).collect();
            let shares = allocate(Amount(price * quantity), &alone).unwrap();
            let prices: Vec<Price> = shares.iter().map(|share| Price(product(&[share.0, Price::ONE.0], &[currency.minor_units()]).unwrap())).collect();
            let discounts = Discounts { of_line: Percent(line), of_document: Percent(document) };
            let found = balanced(&prices, discounts, currency).unwrap();
            let bundle = nets(&[sum(&prices).unwrap()], discounts, currency)[0];
            prop_assert_eq!(nets(&found, discounts, currency).iter().sum::<i64>(), bundle);
            prop_assert_eq!(sum(&found), sum(&prices));
            prop_assert!(found.iter().all(|price| price.0 >= 0));
        }
    }
}
