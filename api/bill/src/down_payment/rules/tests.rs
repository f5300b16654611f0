use super::*;
use causeway_master::tax::rules::{TaxDef, TaxPolicy, TaxableLine, compute_document};
use causeway_value::{Currency, Quantity, TaxKind, TaxRounding};
use proptest::prelude::*;

fn eur() -> Currency {
    "EUR".parse().unwrap()
}

/// A percent tax whose id says its rate and whether the price includes it.
fn tax(rate: i64, included: bool) -> TaxDef {
    TaxDef {
        id: format!("tax_{:026}", rate * 10 + i64::from(included)).parse().unwrap(),
        kind: TaxKind::Percent,
        rate: Percent(Percent::WHOLE.0 * rate / 100),
        included,
        sequence: 1,
        affects_base: false,
        base_affected: true,
    }
}

/// The groups of an order of these lines: what two pieces at 100.00 come to after the discount in percent, with their taxes.
fn order(lines: &[(i64, &[(i64, bool)])]) -> Vec<TaxGroup> {
    let taxable = |(discount, taxes): &(i64, &[(i64, bool)])| TaxableLine {
        amount: Amount(20_000 * (100 - discount) / 100),
        quantity: Quantity(2_000_000),
        taxes: taxes.iter().map(|(rate, included)| tax(*rate, *included)).collect(),
        ..TaxableLine::default()
    };
    let taxable: Vec<TaxableLine> = lines.iter().map(taxable).collect();
    let document = compute_document(&taxable, TaxPolicy::of(TaxRounding::PerDocument), eur()).unwrap();
    let ids: Vec<Vec<TaxId>> = taxable.iter().map(|line| line.taxes.iter().map(|tax| tax.id).collect()).collect();
    groups(ids.iter().zip(&document.lines).map(|(ids, line)| (ids.as_slice(), line.net, line.taxes.as_slice()))).unwrap()
}

fn total(groups: &[TaxGroup]) -> Amount {
    Amount::sum(groups.iter().map(|group| group.total().unwrap())).unwrap()
}

fn shown(groups: &[TaxGroup]) -> Vec<(i64, i64)> {
    groups.iter().map(|group| (group.net.0, group.total().unwrap().0)).collect()
}

fn by_tax(groups: &[TaxGroup], rate: i64) -> i64 {
    groups.iter().flat_map(|group| &group.taxes).filter(|part| part.tax_id == tax(rate, false).id).map(|part| part.amount.0).sum()
}

const HALF: Asked = Asked::Percent(Percent(Percent::WHOLE.0 / 2));

#[test]
fn a_down_payment_is_split_by_groups_of_taxes() {
    const TEN: &[(i64, bool)] = &[(10, false)];
    const BOTH: &[(i64, bool)] = &[(15, false), (10, false)];
    const INCLUDED: &[(i64, bool)] = &[(10, true), (10, false)];
    let breakdown: &[(i64, &[(i64, bool)])] = &[(0, BOTH), (0, TEN), (0, TEN), (0, &[])];
    let included: &[(i64, &[(i64, bool)])] = &[(0, INCLUDED), (0, TEN), (0, TEN), (0, &[])];
    let discounted: &[(i64, &[(i64, bool)])] = &[(0, TEN), (25, TEN), (0, &[(15, false)]), (0, &[])];
    // id, lines, asked, groups, tax at 10 % and 15 % outside of the price, total
    let rows = [
        ("DLV-010", breakdown, HALF, [(10_000, 12_500), (20_000, 22_000), (10_000, 10_000)], (3_000, 1_500), 44_500),
        ("DLV-011", breakdown, Asked::Amount(Amount(22_250)), [(5_000, 6_250), (10_000, 11_000), (5_000, 5_000)], (1_500, 750), 22_250),
        ("DLV-013", included, HALF, [(9_091, 10_909), (20_000, 22_000), (10_000, 10_000)], (2_909, 0), 42_909),
        ("DLV-014", discounted, HALF, [(17_500, 19_250), (10_000, 11_500), (10_000, 10_000)], (1_750, 1_500), 40_750),
    ];
    for (id, lines, asked, expected, taxes, whole) in rows {
        let groups = order(lines);
        let parts = spread(&groups, amount(asked, total(&groups)).unwrap()).unwrap();
        assert_eq!(shown(&parts), expected, "{id}");
        assert_eq!((by_tax(&parts, 10), by_tax(&parts, 15), total(&parts).0), (taxes.0, taxes.1, whole), "{id}");
    }
}

/// Two lines of 15.89 with 6 % that the others see, 6 % and 3 % (Odoo `test_taxes_downpayment.py`, `_test_taxes_l10n_in`): the twins are equal in every part, and
/// each tax is its share, rounded alone.
#[test]
fn equal_taxes_stay_equal() {
    let ids = [tax(6, false).id, tax(6, true).id, tax(3, false).id];
    let amounts = [190, 190, 106].map(Amount);
    let taxes: Vec<TaxAmount> = ids.iter().zip(amounts).map(|(tax_id, amount)| TaxAmount { tax_id: *tax_id, base: Amount(3_178), amount }).collect();
    let group = TaxGroup { tax_ids: ids.to_vec(), net: Amount(3_178), taxes };
    let of = |percent: i64| {
        let part = group.share(amount(Asked::Percent(Percent(Percent::WHOLE.0 * percent / 100)), group.total().unwrap()).unwrap()).unwrap();
        (part.net.0, part.taxes.iter().map(|tax| tax.amount.0).collect::<Vec<_>>())
    };
    assert_eq!(of(7), (223, vec![13, 13, 7]));
    for percent in 1..=99 {
        let (_, taxes) = of(percent);
        assert_eq!(taxes[0], taxes[1], "{percent}");
    }
    // Where rounding would ask more tax than there is to share, all parts are shared.
    let small = TaxGroup { net: Amount(1), taxes: group.taxes.iter().map(|tax| TaxAmount { amount: Amount(1), ..*tax }).collect(), ..group };
    let half = small.share(Amount(2)).unwrap();
    assert_eq!((half.total().unwrap(), half.is_within(&small)), (Amount(2), true));
}

#[test]
fn of_nothing_nothing_is_asked() {
    // DLV-009
    let free = order(&[(100, &[(10, false)])]);
    let asked = amount(Asked::Amount(Amount(5_000)), total(&free)).unwrap();
    assert_eq!((asked, shown(&spread(&free, asked).unwrap())), (Amount::ZERO, vec![(0, 0)]));
}

#[test]
fn what_gives_back_takes_no_part() {
    let mut groups = order(&[(0, &[(10, false)]), (0, &[])]);
    groups[1] = groups[1].negated().unwrap();
    let parts = spread(&groups, Amount(1_000)).unwrap();
    assert_eq!(shown(&parts), [(909, 1_000)]);
}

/// A group of the one tax.
fn group(net: i64, rate: i64, amount: i64) -> TaxGroup {
    let tax = tax(rate, false).id;
    TaxGroup { tax_ids: vec![tax], net: Amount(net), taxes: vec![TaxAmount { tax_id: tax, base: Amount(net), amount: Amount(amount) }] }
}

#[test]
fn an_invoice_deducts_what_it_bills_of_the_same_taxes() {
    let left = [group(10_000, 10, 1_000), group(5_000, 10, 500), group(3_000, 15, 450)];
    // It bills less than is left: net and tax of the group come to nothing.
    let parts = deduct(&[group(8_000, 10, 800)], Amount(8_800), &left, false).unwrap();
    assert_eq!(shown(&parts), [(8_000, 8_800), (0, 0), (0, 0)]);
    // The oldest is used up first.
    let parts = deduct(&[group(12_000, 10, 1_200)], Amount(13_200), &left, false).unwrap();
    assert_eq!(shown(&parts), [(10_000, 11_000), (2_000, 2_200), (0, 0)]);
    // The last invoice takes what other groups have left.
    let parts = deduct(&[group(30_000, 10, 3_000)], Amount(33_000), &left, true).unwrap();
    assert_eq!(shown(&parts), [(10_000, 11_000), (5_000, 5_500), (3_000, 3_450)]);
    // Never more than the invoice, or what of the order it bills, comes to.
    let parts = deduct(&[group(1_000, 10, 100)], Amount(600), &left, true).unwrap();
    assert_eq!(total(&parts), Amount(600));
    let parts = deduct(&[group(-1_000, 10, -100)], Amount(600), &left, true).unwrap();
    assert_eq!(total(&parts), Amount::ZERO);
}

fn any_groups() -> impl Strategy<Value = Vec<TaxGroup>> {
    prop::collection::vec((0_i64..100_000, 0_i64..4), 1..5).prop_map(|groups| {
        let mut made: Vec<TaxGroup> = Vec::new();
        for (net, rate) in groups {
            let next = group(net, 5 * rate, net * 5 * rate / 100);
            match made.iter_mut().find(|known| known.is_like(&next.tax_ids)) {
                Some(known) => known.add(next.net, &next.taxes).unwrap(),
                None => made.push(next),
            }
        }
        made
    })
}

proptest! {
    #[test]
    fn the_parts_are_what_was_asked(groups in any_groups(), percent in 1_i64..=100) {
        let whole = total(&groups);
        let asked = amount(Asked::Percent(Percent(Percent::WHOLE.0 * percent / 100)), whole).unwrap();
        prop_assert_eq!(asked.0, (whole.0 * percent * 2 + 100) / 200);
        let parts = spread(&groups, asked).unwrap();
        prop_assert_eq!(total(&parts), asked);
        for part in &parts {
            prop_assert!(groups.iter().any(|group| group.is_like(&part.tax_ids) && part.is_within(group)));
        }
    }

    #[test]
    fn the_last_invoice_deducts_all(groups in any_groups(), percent in 1_i64..=100, cut in 1_i64..=100) {
        let asked = amount(Asked::Percent(Percent(Percent::WHOLE.0 * percent / 100)), total(&groups)).unwrap();
        let mut left = spread(&groups, asked).unwrap();
        // A first invoice bills a part of every group, the last one the rest.
        let first: Vec<TaxGroup> = groups.iter().map(|group| {
            let amount = Amount(group.total().unwrap().0 * cut / 100);
            if amount.is_zero() { TaxGroup { tax_ids: group.tax_ids.clone(), ..TaxGroup::default() } } else { group.share(amount).unwrap() }
        }).collect();
        let mut rest = groups.clone();
        for (group, part) in rest.iter_mut().zip(&first) {
            group.take(part).unwrap();
        }
        for (billed, last) in [(&first, false), (&rest, true)] {
            let parts = deduct(billed, total(billed), &left, last).unwrap();
            prop_assert!(total(&parts) <= total(billed));
            for (line, part) in left.iter_mut().zip(&parts) {
                prop_assert!(part.is_within(line));
                line.take(part).unwrap();
            }
        }
        prop_assert_eq!(total(&left), Amount::ZERO);
        prop_assert!(left.iter().all(|line| line.net.is_zero()));
    }
}

#[test]
fn the_share_that_is_kept_of_taxes_adds_up() {
    let of = |rate: i64, base: i64, amount: i64| TaxAmount { tax_id: tax(rate, false).id, base: Amount(base), amount: Amount(amount) };
    // Three lines that round down alone lose nothing together; each tax is by itself.
    let mut lines = vec![vec![of(19, 100, 19), of(7, 100, 7)], vec![of(19, 100, 19)], vec![of(19, 100, 19)]];
    keep_share(lines.iter_mut().collect(), Amount(20_000), Amount(100_000)).unwrap();
    assert_eq!(by_line(&lines), [vec![(20, 4), (20, 1)], vec![(20, 4)], vec![(20, 3)]]);
    // All of it, and nothing.
    let all = lines.clone();
    keep_share(lines.iter_mut().collect(), Amount(500), Amount(500)).unwrap();
    assert_eq!(lines, all);
    keep_share(lines.iter_mut().collect(), Amount::ZERO, Amount(500)).unwrap();
    assert!(lines.iter().flatten().all(|tax| tax.base.is_zero() && tax.amount.is_zero()));
    assert_eq!(by_line(&negated(&all).unwrap()), [vec![(-20, -4), (-20, -1)], vec![(-20, -4)], vec![(-20, -3)]]);
}

fn by_line(lines: &[Vec<TaxAmount>]) -> Vec<Vec<(i64, i64)>> {
    lines.iter().map(|taxes| taxes.iter().map(|tax| (tax.base.0, tax.amount.0)).collect()).collect()
}
