//! Lines that are the components of one bundle: after discounts they come to what the bundle comes to (QTE-16, QTE-23).

use super::Line;
use super::amounts::Terms;
use causeway_master::pricing::amounts::{Discounts, split_discount};
use causeway_master::pricing::balance::balanced;
use causeway_value::{Overflow, Price, ProductId, Quantity};
use std::collections::BTreeSet;

/// Gives the lines of one bundle prices by which they come to what it comes to. Lines that are no longer one whole bundle stay as they are.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub(crate) fn balance(lines: &mut [Line], terms: Terms) -> Result<(), Overflow> {
    let Some(first) = lines.first() else { return Ok(()) };
    let agreed = |line: &Line| (line.discount_percent, line.document_discount(terms.discount));
    let (of_line, of_document) = agreed(first);
    // The price of a component is for all there is of it.
    let whole = |line: &Line| line.quantity == line.price_base_quantity || line.quantity.0.checked_neg() == Some(line.price_base_quantity.0);
    if lines.iter().any(|line| agreed(line) != (of_line, of_document) || !(whole(line) || line.quantity == Quantity::ZERO)) {
        return Ok(());
    }
    let prices: Vec<Price> = lines.iter().map(|line| line.unit_price).collect();
    let discounts = Discounts { of_line, of_document: split_discount(of_document, terms.discount_base).0 };
    for (line, price) in lines.iter_mut().zip(balanced(&prices, discounts, terms.currency)?) {
        line.unit_price = price;
    }
    Ok(())
}

/// As [`balance`], for every bundle among lines that stand on a document already: neighbours whose price is their share of the same bundle. Where a component
/// comes again, the next bundle begins.
///
/// # Errors
/// As [`balance`].
pub(crate) fn balance_all(lines: &mut [Line], terms: Terms) -> Result<(), Overflow> {
    let share = |line: &Line| line.price_source.parse::<ProductId>().is_ok();
    let mut seen = BTreeSet::new();
    let together = |line: &Line, next: &Line| {
        seen.insert(line.product_id);
        let goes_on = share(next) && line.price_source == next.price_source && line.choice == next.choice && !seen.contains(&next.product_id);
        if !goes_on {
            seen.clear();
        }
        goes_on
    };
    lines.chunk_by_mut(together).filter(|lines| lines.iter().all(share)).try_for_each(|lines| balance(lines, terms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::amounts::settle;
    use crate::line::plain_line;
    use causeway_master::tax::rules::TaxPolicy;
    use causeway_value::{DiscountBase, TaxRounding};

    fn part(product: ProductId, bundle: ProductId, price: &str) -> Line {
        Line { product_id: Some(product), price_source: bundle.to_string(), unit_price: price.parse().unwrap(), ..plain_line() }
    }

    /// Half of everything.
    fn half() -> Terms {
        Terms {
            currency: "EUR".parse().unwrap(),
            discount: "50".parse().unwrap(),
            discount_base: DiscountBase::NetAmount,
            tax: TaxPolicy::of(TaxRounding::PerLine),
        }
    }

    #[test]
    fn every_bundle_is_balanced_by_itself() {
        let terms = half();
        let (bundle, other, chai, chang) = (ProductId::new(), ProductId::new(), ProductId::new(), ProductId::new());
        let alone = Line { unit_price: "0.05".parse().unwrap(), ..plain_line() };
        let mut lines = vec![
            part(chai, bundle, "0.05"),
            part(chang, bundle, "0.05"),
            part(chai, bundle, "0.05"),
            part(chang, bundle, "0.05"),
            part(chai, other, "0.05"),
            alone.clone(),
            alone,
        ];
        balance_all(&mut lines, terms).unwrap();
        settle(&mut lines, terms, |_| Vec::new()).unwrap();
        assert_eq!(lines.iter().map(|line| line.net_amount.0).collect::<Vec<_>>(), [3, 2, 3, 2, 3, 3, 3]);
    }

    #[test]
    fn what_is_no_whole_bundle_any_more_stays() {
        let terms = half();
        let (bundle, chai, chang) = (ProductId::new(), ProductId::new(), ProductId::new());
        let cut = Line { quantity: "0.5".parse().unwrap(), ..part(chai, bundle, "0.05") };
        let before = vec![cut, part(chang, bundle, "0.05")];
        let mut lines = before.clone();
        balance_all(&mut lines, terms).unwrap();
        assert_eq!(lines, before);
    }
}
