use super::super::{TaxDef, TaxedDocument, compute_document};
use super::*;
use causeway_value::{Currency, Quantity, TaxKind, TaxRounding};
use proptest::prelude::*;

const LINE: TaxPolicy = TaxPolicy::of(TaxRounding::PerLine);

fn eur() -> Currency {
    "EUR".parse().unwrap()
}

fn tax(position: usize, kind: TaxKind, rate: &str, flags: &str) -> TaxDef {
    TaxDef {
        id: format!("tax_{position:026}").parse().unwrap(),
        kind,
        rate: rate.parse().unwrap(),
        included: flags.contains('i'),
        sequence: 0,
        affects_base: flags.contains('a'),
        base_affected: !flags.contains('n'),
    }
}

fn line(amount: i64, units: i64, taxes: Vec<TaxDef>, share: &str) -> TaxableLine {
    TaxableLine { amount: Amount(amount), quantity: Quantity(units * 1_000_000), taxes, total_discount: share.parse().unwrap(), ..TaxableLine::default() }
}

fn sums(document: &TaxedDocument) -> (i64, Vec<i64>, i64) {
    (document.untaxed.0, document.taxes.iter().map(|tax| tax.amount.0).collect(), document.total.0)
}

#[test]
fn the_vectors_hold() {
    let six_six_three = || vec![tax(0, TaxKind::Percent, "6", "a"), tax(1, TaxKind::Percent, "6", "an"), tax(2, TaxKind::Percent, "3", "")];
    for (id, share, untaxed, taxes, total) in [("PRICE-026", "2", 3_115, [186, 186, 104], 3_591), ("PRICE-027", "7", 2_955, [177, 177, 99], 3_408)] {
        let lines = [line(1_589, 1, six_six_three(), share), line(1_589, 1, six_six_three(), share)];
        assert_eq!(sums(&compute_document(&lines, LINE, eur()).unwrap()), (untaxed, taxes.to_vec(), total), "{id}");
    }
    // TAX-055: 100 off a total of 5000 that contains 5 per unit, which stay.
    let inclusive = vec![tax(0, TaxKind::Percent, "14", "i"), tax(1, TaxKind::Fixed, "5", "i")];
    let found = compute_document(&[line(500_000, 100, inclusive, "2")], LINE, eur()).unwrap();
    assert_eq!(sums(&found), (385_965, vec![54_035, 50_000], 490_000), "TAX-055");
}

/// 2 % of 40.64, which is what follows the price: 43.06 less 1.00 for each of two units and the 21 % on them (vectors TAX-055, PRICE-026).
#[test]
fn taxes_per_unit_may_be_no_part_of_what_is_discounted() {
    let of = |base, policy, price| {
        let flags = if price == 2_153 { "i" } else { "" };
        let taxes = || vec![tax(0, TaxKind::Fixed, "1", &format!("a{flags}")), tax(1, TaxKind::Percent, "21", flags)];
        let line = || TaxableLine { discount_base: base, ..line(price, 1, taxes(), "2") };
        sums(&compute_document(&[line(), line()], policy, eur()).unwrap())
    };
    let (fixed_too, without) = (DiscountBase::TotalAmount, DiscountBase::TotalWithoutFixedTaxes);
    for price in [1_679, 2_153] {
        assert_eq!(of(without, LINE, price), (3_291, vec![200, 734], 4_225));
        assert_eq!(of(fixed_too, LINE, price).2, 4_220, "2 % of 43.06");
    }
    assert_eq!(of(without, TaxPolicy::of(TaxRounding::PerDocument), 1_679), (3_291, vec![200, 733], 4_224));
}

#[test]
fn what_does_not_follow_the_price_stays() {
    let (fixed, on_top) = (tax(0, TaxKind::Fixed, "1", "a"), tax(1, TaxKind::Percent, "10", ""));
    // 100.00 and 10 x 1.00, and ten percent of both: 121.00. Eleven of that do not follow the price.
    let found = |share| sums(&compute_document(&[line(10_000, 10, vec![fixed, on_top], share)], LINE, eur()).unwrap());
    assert_eq!(found("0"), (10_000, vec![1_000, 1_100], 12_100));
    assert_eq!(found("10"), (8_900, vec![1_000, 990], 10_890));
    assert_eq!(found("100"), (0, vec![1_000, 100], 1_100), "the rest cannot be discounted");
}

#[test]
fn lines_of_other_shares_are_other_totals() {
    let vat = || vec![tax(0, TaxKind::Percent, "19", "")];
    let found = compute_document(&[line(10_000, 1, vat(), "10"), line(10_000, 1, vat(), "0"), line(10_000, 1, vat(), "50")], LINE, eur()).unwrap();
    assert_eq!(found.lines.iter().map(|line| (line.net.0, line.total.0)).collect::<Vec<_>>(), [(9_000, 10_710), (10_000, 11_900), (5_000, 5_950)]);
    assert_eq!(found.taxes[0].base.0, 24_000, "the base follows the net");
}

#[test]
fn the_tax_of_the_full_price_may_stay() {
    let policy = TaxPolicy { full_tax: true, ..LINE };
    let found = compute_document(&[line(10_000, 1, vec![tax(0, TaxKind::Percent, "10", "")], "20")], policy, eur()).unwrap();
    assert_eq!(sums(&found), (7_800, vec![1_000], 8_800), "PRICE-019: 88 to be paid, 22 off, 10 of tax");
    assert_eq!(found.taxes[0].base, Amount(10_000));
}

proptest! {
    #[test]
    fn the_total_goes_down_by_the_share(
        amounts in prop::collection::vec((1_i64..10_000_000, 1_i64..50), 1..12),
        share in 0_i64..=100_000_000,
        rates in prop::collection::vec((0_i64..30_000_000, any::<bool>()), 0..4),
        per_document in any::<bool>(),
    ) {
        let policy = if per_document { TaxPolicy::of(TaxRounding::PerDocument) } else { LINE };
        let taxes: Vec<TaxDef> = rates.iter().enumerate().map(|(at, (rate, included))| TaxDef { rate: Percent(*rate), included: *included, ..tax(at, TaxKind::Percent, "0", "") }).collect();
        let of = |share| amounts.iter().map(|(amount, units)| TaxableLine { total_discount: Percent(share), ..line(*amount, *units, taxes.clone(), "0") }).collect::<Vec<_>>();
        let (before, after) = (compute_document(&of(0), policy, eur()).unwrap(), compute_document(&of(share), policy, eur()).unwrap());
        let off = product(&[before.total.0, share], &[Percent::WHOLE.0]).unwrap();
        prop_assert_eq!(after.total.0, before.total.0 - off);
        prop_assert_eq!(after.lines.iter().map(|line| line.total.0).sum::<i64>(), after.total.0);
        prop_assert_eq!(after.lines.iter().map(|line| line.net.0).sum::<i64>(), after.untaxed.0);
        for (was, is) in before.taxes.iter().zip(&after.taxes) {
            let exact = product(&[was.amount.0, before.total.0 - off], &[before.total.0.max(1)]).unwrap();
            prop_assert!((is.amount.0 - exact).abs() <= 1);
        }
    }
}
