//! What lines and their document come to: net, taxes, margin (rules, "Price of a line" 4 and 5; QTE-07, QTE-10, QTE-18).

use super::Line;
use causeway_master::pricing::amounts::{Margin, cost_amount, line_exact, line_net, margin, split_discount};
use causeway_master::tax::rules::{TaxAmount, TaxDef, TaxPolicy, TaxableLine, add_to_summary, compute_document};
use causeway_master::tax::upfront::compute_discounted;
use causeway_value::{Amount, Currency, DiscountBase, Overflow, Percent, Quantity, TaxId};

/// What all lines of a document share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The currency of the amounts.
    pub currency: Currency,
    /// The discount of the whole document; it multiplies with those of lines.
    pub discount: Percent,
    /// What that discount is a share of.
    pub discount_base: DiscountBase,
    /// How tax is rounded.
    pub tax: TaxPolicy,
    /// What paying early takes off, as which taxes are lowered up front, so that they are those of the invoice (vector EPD-013).
    pub upfront: Percent,
}

/// What a document comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// The sum of the nets.
    pub untaxed: Amount,
    /// The sum of the taxes.
    pub tax: Amount,
    /// What the price that the customer saw has beyond both, as its invoice will have it: zero unless taxes are rounded `per_document_adjusted`.
    pub rounding: Amount,
    /// All of it.
    pub total: Amount,
    /// The tax by tax, in the order of first use.
    pub taxes: Vec<TaxAmount>,
    /// What remains after cost; none while the cost of a line is unknown, or without lines.
    pub margin: Option<Margin>,
}

impl Totals {
    /// The rounding as documents keep it: nothing for none.
    #[must_use]
    pub fn rounding_kept(&self) -> Option<Amount> {
        Some(self.rounding).filter(|amount| !amount.is_zero())
    }
}

/// Computes net and taxes of every line. Answers what the lines that count are rounded by. An option that is not chosen stands for itself: its tax is what it would be alone. `taxes_of` gives a line's taxes for the rules: flattened, in the order of evaluation.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn settle(lines: &mut [Line], terms: Terms, taxes_of: impl Fn(&[TaxId]) -> Vec<TaxDef>) -> Result<Amount, Overflow> {
    let (mut counted, alone): (Vec<&mut Line>, Vec<&mut Line>) = lines.iter_mut().partition(|line| line.counts());
    let rounding = settle_together(&mut counted, terms, &taxes_of)?;
    for line in alone {
        settle_together(&mut [line], terms, &taxes_of)?;
    }
    Ok(rounding)
}

fn settle_together(lines: &mut [&mut Line], terms: Terms, taxes_of: &impl Fn(&[TaxId]) -> Vec<TaxDef>) -> Result<Amount, Overflow> {
    let mut taxable = Vec::with_capacity(lines.len());
    for line in lines.iter() {
        let (off_line, total_discount) = split_discount(line.document_discount(terms.discount), terms.discount_base);
        let amount = line_net(line.quantity, line.unit_price, line.price_base_quantity, line.discount_percent, off_line, terms.currency)?;
        let exact = line_exact(line.quantity, line.unit_price, line.price_base_quantity, line.discount_percent, off_line, terms.currency).ok();
        let taxes = taxes_of(&line.tax_ids);
        taxable.push(TaxableLine { amount, exact, quantity: line.quantity, taxes, total_discount, discount_base: terms.discount_base });
    }
    let mut document = compute_document(&taxable, terms.tax, terms.currency)?;
    if terms.upfront != Percent::ZERO {
        document = compute_discounted(&document, &taxable, terms.upfront, terms.tax, terms.currency)?;
    }
    for (line, taxed) in lines.iter_mut().zip(document.lines) {
        line.net_amount = taxed.net;
        line.tax_amount = taxed.tax;
        line.taxes = taxed.taxes;
    }
    Ok(document.rounding)
}

/// The sums of settled lines that count, and of what they were rounded by.
///
/// # Errors
/// [`Overflow`] when a sum does not fit.
pub fn totals<'a>(lines: impl IntoIterator<Item = &'a Line>, rounding: Amount, currency: Currency) -> Result<Totals, Overflow> {
    let mut totals = Totals::default();
    let mut cost = None;
    for (index, line) in lines.into_iter().filter(|line| line.counts()).enumerate() {
        totals.untaxed = totals.untaxed.plus(line.net_amount)?;
        totals.tax = totals.tax.plus(line.tax_amount)?;
        for part in &line.taxes {
            add_to_summary(&mut totals.taxes, *part)?;
        }
        let before = if index == 0 { Some(Amount::ZERO) } else { cost };
        cost = match (before, cost_of(line, currency)?) {
            (Some(before), Some(own)) => Some(before.plus(own)?),
            _ => None,
        };
    }
    let exact = totals.untaxed.plus(totals.tax)?.plus(rounding)?;
    // As invoices do: what comes to less than zero has no price that is to be kept.
    totals.rounding = if exact < Amount::ZERO { Amount::ZERO } else { rounding };
    totals.total = totals.untaxed.plus(totals.tax)?.plus(totals.rounding)?;
    totals.margin = cost.map(|cost| margin(totals.untaxed, cost)).transpose()?;
    Ok(totals)
}

/// What a line leaves after cost; none while its cost is unknown.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub fn line_margin(line: &Line, currency: Currency) -> Result<Option<Margin>, Overflow> {
    cost_of(line, currency)?.map(|cost| margin(line.net_amount, cost)).transpose()
}

/// What a line costs us; none while that is unknown. What gives something back saves nothing: no goods return by it, and those that are sold beside it go out
/// whole (QTE-08).
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn cost_of(line: &Line, currency: Currency) -> Result<Option<Amount>, Overflow> {
    if line.quantity < Quantity::ZERO {
        return Ok(Some(Amount::ZERO));
    }
    line.unit_cost.map(|cost| cost_amount(line.quantity, cost, line.price_base_quantity, currency)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::offer::Choice;
    use crate::line::plain_line;
    use causeway_value::{TaxKind, TaxRounding};
    use proptest::prelude::*;

    fn line(quantity: &str, price: &str, discount: &str, cost: Option<&str>, tax_ids: &[TaxId]) -> Line {
        Line {
            quantity: quantity.parse().unwrap(),
            unit_price: price.parse().unwrap(),
            discount_percent: discount.parse().unwrap(),
            tax_ids: tax_ids.to_vec(),
            unit_cost: cost.map(|cost| cost.parse().unwrap()),
            ..plain_line()
        }
    }

    fn vat(rate: &str) -> TaxDef {
        TaxDef { id: TaxId::new(), kind: TaxKind::Percent, rate: rate.parse().unwrap(), included: false, sequence: 0, affects_base: false, base_affected: true }
    }

    fn terms(discount: &str, rounding: TaxRounding) -> Terms {
        Terms {
            currency: "EUR".parse().unwrap(),
            discount: discount.parse().unwrap(),
            discount_base: DiscountBase::NetAmount,
            tax: TaxPolicy::of(rounding),
            upfront: Percent::ZERO,
        }
    }

    fn settled(lines: &[Line], terms: Terms, known: &[TaxDef]) -> (Vec<Line>, Totals) {
        let mut lines = lines.to_vec();
        let rounding = settle(&mut lines, terms, |ids| known.iter().filter(|tax| ids.contains(&tax.id)).copied().collect()).unwrap();
        let totals = totals(&lines, rounding, terms.currency).unwrap();
        (lines, totals)
    }

    #[test]
    fn a_line_comes_to_what_the_walk_says() {
        let tax = vat("19");
        let (lines, totals) = settled(&[line("40", "18", "10", Some("11.20"), &[tax.id])], terms("0", TaxRounding::PerLine), &[tax]);
        assert_eq!((lines[0].net_amount, lines[0].tax_amount), (Amount(64_800), Amount(12_312)));
        assert_eq!((totals.untaxed, totals.tax, totals.total), (Amount(64_800), Amount(12_312), Amount(77_112)));
        let margin = totals.margin.unwrap();
        assert_eq!((margin.amount, margin.percent.map(|percent| percent.to_string())), (Amount(20_000), Some("30.864198".to_owned())));
    }

    #[test]
    fn a_discount_for_paying_early_lowers_the_taxes_up_front() {
        // EPD-013: 1000 with 15 % and 2000 without, 10 % off.
        let tax = vat("15");
        let lines = [line("1", "1000", "0", None, &[tax.id]), line("1", "2000", "0", None, &[])];
        let terms = Terms { upfront: "10".parse().unwrap(), ..terms("0", TaxRounding::PerLine) };
        let (lines, totals) = settled(&lines, terms, &[tax]);
        assert_eq!((totals.untaxed, totals.tax, totals.total), (Amount(300_000), Amount(13_500), Amount(313_500)));
        assert_eq!((lines[0].net_amount, lines[0].tax_amount), (Amount(100_000), Amount(13_500)));
    }

    #[test]
    fn a_price_that_is_kept_is_kept_on_quotes_too() {
        // TAX-050: 24 900 with 14 % inside twice, of which net and taxes come to 24 900.01.
        let twice = [vat("14"), vat("14")].map(|tax| TaxDef { included: true, ..tax });
        let lines = [line("1", "24900", "0", None, &twice.map(|tax| tax.id))];
        let of = |rounding| {
            let (_, totals) = settled(&lines, terms("0", rounding), &twice);
            (totals.untaxed, totals.tax, totals.rounding, totals.total)
        };
        assert_eq!(of(TaxRounding::PerDocumentAdjusted), (Amount(1_945_313), Amount(544_688), Amount(-1), Amount(2_490_000)));
        assert_eq!(of(TaxRounding::PerDocumentNet), (Amount(1_945_313), Amount(544_688), Amount::ZERO, Amount(2_490_001)));
    }

    #[test]
    fn a_missing_cost_leaves_no_margin() {
        let terms = terms("0", TaxRounding::PerLine);
        let (known, unknown) = (line("1", "10", "0", Some("4"), &[]), line("1", "10", "0", None, &[]));
        assert_eq!(settled(&[known.clone(), unknown.clone()], terms, &[]).1.margin, None);
        assert_eq!(settled(&[unknown, known.clone()], terms, &[]).1.margin, None);
        assert_eq!(settled(&[], terms, &[]).1, Totals::default());
        assert_eq!(settled(&[known], terms, &[]).1.margin.map(|margin| margin.amount), Some(Amount(600)));
    }

    #[test]
    fn what_gives_something_back_saves_no_cost() {
        let terms = terms("0", TaxRounding::PerLine);
        let margin = |given_back: Line| settled(&[line("10", "100", "0", Some("60"), &[]), given_back], terms, &[]).1.margin.map(|margin| margin.amount);
        assert_eq!(margin(line("-9.9", "100", "0", Some("60"), &[])), Some(Amount(1_000 - 60_000)));
        assert_eq!(margin(line("-1", "100", "0", None, &[])), Some(Amount(90_000 - 60_000)), "a rebate in words costs nothing, either");
    }

    #[test]
    fn discounts_of_line_and_document_multiply() {
        let (_, totals) = settled(&[line("1", "100", "10", None, &[])], terms("10", TaxRounding::PerLine), &[]);
        assert_eq!(totals.untaxed, Amount(8_100), "PRICE-002: 19 %, not 20 %");
    }

    #[test]
    fn a_line_may_keep_another_discount_of_its_document() {
        let kept = Line { document_discount: "5".parse().ok(), ..line("1", "100", "10", None, &[]) };
        let (lines, totals) = settled(&[kept, line("1", "100", "0", None, &[])], terms("10", TaxRounding::PerLine), &[]);
        assert_eq!((lines[0].net_amount, totals.untaxed), (Amount(8_550), Amount(17_550)));
    }

    #[test]
    fn options_count_when_they_are_chosen() {
        let tax = vat("19");
        let option = |chosen| Line { choice: Some(Choice { option: 1, chosen }), ..line("1", "0.05", "0", None, &[tax.id]) };
        let sure = line("1", "0.05", "0", Some("0.02"), &[tax.id]);
        let terms = terms("0", TaxRounding::PerDocument);
        let (lines, without) = settled(&[sure.clone(), option(false)], terms, &[tax]);
        // The option alone has a tax of its own; the cost that it does not tell leaves the margin alone.
        assert_eq!((lines[1].net_amount, lines[1].tax_amount), (Amount(5), Amount(1)));
        assert_eq!((without.untaxed, without.tax, without.margin.map(|margin| margin.amount)), (Amount(5), Amount(1), Some(Amount(3))));
        let (_, with) = settled(&[sure, option(true)], terms, &[tax]);
        assert_eq!((with.untaxed, with.tax, with.margin), (Amount(10), Amount(2), None));
        assert_eq!(settled(&[option(false)], terms, &[tax]).1, Totals::default());
    }

    proptest! {
        #[test]
        fn lines_add_up_to_their_document(
            parts in prop::collection::vec((-50_000_000_i64..50_000_000, 0_i64..90_000_000, 0_i64..=100_000_000), 1..8),
            discount in 0_i64..=100_000_000,
            per_document in any::<bool>(),
        ) {
            let tax = vat("7.7");
            let lines: Vec<Line> = parts.into_iter().map(|(quantity, price, off)| {
                let mut line = line("1", "1", "0", Some("0.5"), &[tax.id]);
                line.quantity = Quantity(quantity);
                line.unit_price = causeway_value::Price(price);
                line.discount_percent = Percent(off);
                line
            }).collect();
            let rounding = if per_document { TaxRounding::PerDocument } else { TaxRounding::PerLine };
            let terms = Terms { discount: Percent(discount), ..terms("0", rounding) };
            let (lines, totals) = settled(&lines, terms, &[tax]);
            prop_assert_eq!(Amount::sum(lines.iter().map(|line| line.net_amount)).unwrap(), totals.untaxed);
            prop_assert_eq!(Amount::sum(lines.iter().map(|line| line.tax_amount)).unwrap(), totals.tax);
            prop_assert_eq!(Amount::sum(totals.taxes.iter().map(|part| part.amount)).unwrap(), totals.tax);
            prop_assert_eq!(totals.untaxed.plus(totals.tax).unwrap(), totals.total);
            prop_assert!(totals.margin.is_some());
        }
    }
}
