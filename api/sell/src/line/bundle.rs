//! Lines that are the components of one bundle: which they are, and that after discounts they come to what the bundle comes to (QTE-16, QTE-23).

use super::Line;
use super::amounts::Terms;
use causeway_entity::sell::order_lines;
use causeway_master::pricing::amounts::{Discounts, split_discount};
use causeway_master::pricing::balance::balanced;
use causeway_master::pricing::rules::PriceSource;
use causeway_value::{Overflow, Price, ProductId, Quantity};
use std::ops::Range;

/// Where the price of a line comes from when somebody gave it; of a component of a bundle that was priced by hand the id of the bundle follows.
const GIVEN: &str = "given";

/// Where the price of a line comes from, as lines keep it: a component says of which bundle it is, whoever priced that.
pub(crate) fn source(found: &PriceSource, bundle: Option<ProductId>) -> String {
    match (found, bundle) {
        (PriceSource::Given, Some(bundle)) => format!("{GIVEN}:{bundle}"),
        _ => found.to_string(),
    }
}

/// Whether somebody gave the price.
pub(crate) fn is_given(source: &str) -> bool {
    source.strip_prefix(GIVEN).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// The bundle that a price is a share of.
fn bundle_of(source: &str) -> Option<ProductId> {
    source.strip_prefix(GIVEN).and_then(|rest| rest.strip_prefix(':')).unwrap_or(source).parse().ok()
}

/// What tells whether lines are of one bundle.
pub(crate) trait Sold {
    /// What is sold, where its price comes from, and the option that it belongs to.
    fn sold(&self) -> (Option<ProductId>, &str, Option<u32>);
}

impl Sold for Line {
    fn sold(&self) -> (Option<ProductId>, &str, Option<u32>) {
        (self.product_id, &self.price_source, self.choice.map(|choice| choice.option))
    }
}

impl Sold for order_lines::Model {
    fn sold(&self) -> (Option<ProductId>, &str, Option<u32>) {
        (self.product_id, &self.price_source, None)
    }
}

/// Lines that were one line when they were priced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// Where they stand.
    pub lines: Range<usize>,
    /// The bundle whose components they are; none for a line of its own.
    pub bundle: Option<ProductId>,
}

/// The lines of a document as they were priced: neighbours whose price is their share of the same bundle are one. Where a component comes again, the same
/// bundle begins anew.
pub(crate) fn groups<L: Sold>(lines: &[L]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let (product, source, option) = line.sold();
        let bundle = bundle_of(source);
        let own = groups.last().and_then(|last| lines.get(last.lines.clone())).unwrap_or_default();
        let alike = |other: &L| {
            let (component, from, of) = other.sold();
            component != product && (from, of) == (source, option)
        };
        let goes_on = bundle.is_some() && !own.is_empty() && own.iter().all(alike);
        match groups.last_mut() {
            Some(last) if goes_on => last.lines.end = index + 1,
            _ => groups.push(Group { lines: index..index + 1, bundle }),
        }
    }
    groups
}

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

/// As [`balance`], for every bundle among lines that stand on a document already.
///
/// # Errors
/// As [`balance`].
pub(crate) fn balance_all(lines: &mut [Line], terms: Terms) -> Result<(), Overflow> {
    balance_those(lines, terms, |_| true)
}

/// As [`balance_all`], for bundles all of whose lines may have another price; a line is asked for by its place.
///
/// # Errors
/// As [`balance`].
pub(crate) fn balance_those(lines: &mut [Line], terms: Terms, may: impl Fn(usize) -> bool) -> Result<(), Overflow> {
    for group in groups(lines).into_iter().filter(|group| group.bundle.is_some() && group.lines.clone().all(&may)) {
        lines.get_mut(group.lines).map_or(Ok(()), |own| balance(own, terms))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::amounts::settle;
    use crate::line::plain_line;
    use causeway_master::tax::rules::TaxPolicy;
    use causeway_value::{DiscountBase, Percent, TaxRounding};

    fn part(product: ProductId, bundle: ProductId, price: &str) -> Line {
        Line { product_id: Some(product), price_source: bundle.to_string(), unit_price: price.parse().unwrap(), ..plain_line() }
    }

    /// Half of everything.
    fn half() -> Terms {
        Terms {
            currency: "EUR".parse().unwrap(),
            discount: "50".parse().unwrap(),
            discount_base: DiscountBase::NetAmount,
            upfront: Percent::ZERO,
            tax: TaxPolicy::of(TaxRounding::PerLine),
        }
    }

    #[test]
    fn bundles_are_put_together_again_whoever_priced_them() {
        let (set, chair, table) = (ProductId::new(), ProductId::new(), ProductId::new());
        let by_hand = |product| Line { price_source: format!("given:{set}"), ..part(product, set, "1") };
        let lines = [
            Line { product_id: Some(chair), ..plain_line() },
            plain_line(),
            part(chair, set, "1"),
            part(table, set, "1"),
            part(chair, set, "1"),
            part(table, set, "1"),
            by_hand(chair),
            by_hand(table),
        ];
        let found: Vec<_> = groups(&lines).into_iter().map(|group| (group.lines, group.bundle)).collect();
        assert_eq!(found, [(0..1, None), (1..2, None), (2..4, Some(set)), (4..6, Some(set)), (6..8, Some(set))]);
        let given = |source: &str| is_given(source);
        assert_eq!(["given", "given:prd_1", "list_price", "givens"].map(given), [true, true, false, false]);
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
