use super::*;
use proptest::prelude::*;
use std::str::FromStr;

/// The tax at `position` of its line; `flags`: i included, a affects bases, n not affected.
fn tax(position: usize, kind: TaxKind, rate: &str, flags: &str) -> TaxDef {
    TaxDef {
        id: TaxId::from_str(&format!("tax_{position:026}")).unwrap(),
        kind,
        rate: rate.parse().unwrap(),
        included: flags.contains('i'),
        sequence: 0,
        affects_base: flags.contains('a'),
        base_affected: !flags.contains('n'),
    }
}

fn eur() -> Currency {
    "EUR".parse().unwrap()
}

const P: TaxKind = TaxKind::Percent;
const F: TaxKind = TaxKind::Fixed;
const D: TaxKind = TaxKind::Division;
const LINE: TaxPolicy = TaxPolicy::of(TaxRounding::PerLine);
const DOCUMENT: TaxPolicy = TaxPolicy::of(TaxRounding::PerDocument);
const NET_BY_ITSELF: TaxPolicy = TaxPolicy::of(TaxRounding::PerDocumentNet);

type Taxes = &'static [(TaxKind, &'static str, &'static str)];

/// Amounts in the smallest unit of the case; `untaxed` and the taxes per position.
struct Case {
    id: &'static str,
    policy: TaxPolicy,
    /// Amount, quantity in units, taxes.
    lines: &'static [(i64, i64, Taxes)],
    untaxed: i64,
    taxes: &'static [i64],
}

const fn case(id: &'static str, policy: TaxPolicy, lines: &'static [(i64, i64, Taxes)], untaxed: i64, taxes: &'static [i64]) -> Case {
    Case { id, policy, lines, untaxed, taxes }
}

const SIX_SIX_THREE: Taxes = &[(P, "6", "a"), (P, "6", "an"), (P, "3", "")];
const SIX_SIX_THREE_INCLUDED: Taxes = &[(P, "6", "ia"), (P, "6", "ian"), (P, "3", "")];
const TWICE_SIX: Taxes = &[(P, "6", "i"), (P, "6", "i")];

/// The cases of the vectors' area `tax`, and FX-017 of area `fx`. Cases with "raw" results have amounts in millionths, so that the rounding shows six decimals.
const CASES: &[Case] = &[
    case("TAX-002", LINE, &[(12_440, 1, &[(P, "8", "i"), (P, "0", "i")])], 11_519, &[921, 0]),
    case("TAX-006", TaxPolicy { step: 5, ..LINE }, &[(5_000, 1, &[(P, "5", "i")])], 4_760, &[240]),
    case("TAX-006, the net by itself", TaxPolicy { step: 5, ..NET_BY_ITSELF }, &[(5_000, 1, &[(P, "5", "i")])], 4_760, &[240]),
    case(
        "a step bends no net without tax inside",
        TaxPolicy { step: 5, ..NET_BY_ITSELF },
        &[(6_561, 1, &[(P, "21", "")]), (3, 1, &[(P, "21", "")])],
        6_564,
        &[1_380],
    ),
    case("TAX-007", LINE, &[(230_000, 1, &[(P, "15", ""), (P, "5.5", "i")])], 218_009, &[32_701, 11_991]),
    case("TAX-008", DOCUMENT, &[(230_000, 1, &[(P, "15", ""), (P, "5.5", "i")])], 218_009, &[32_701, 11_991]),
    case("TAX-008 raw", NET_BY_ITSELF, &[(2_300_000_000, 1, &[(P, "15", ""), (P, "5.5", "i")])], 2_180_094_787, &[327_014_218, 119_905_213]),
    case("TAX-009", LINE, &[(5_250, 1, &[(P, "12", "i")])], 4_687, &[563]),
    case("TAX-012", LINE, &[(9_176, 1, &[(P, "19", "")])], 9_176, &[1_743]),
    case("TAX-013", LINE, &[(27_000, 1, &[(P, "19", "i")])], 22_689, &[4_311]),
    case("TAX-014", LINE, &[(10_920, 1, &[(P, "19", "i")])], 9_176, &[1_744]),
    case("TAX-015", LINE, &[(399_999_999, 1, &[(P, "20", "i")])], 333_333_332, &[66_666_667]),
    case("TAX-016", LINE, &[(1_190, 1, &[(P, "21", "i")])], 983, &[207]),
    case("TAX-019", LINE, &[(10_000, 1, &[(D, "100", "i")])], 0, &[10_000]),
    case("TAX-020 as a group of two", LINE, &[(10_000, 1, &[(P, "21", ""), (P, "-21", "")])], 10_000, &[2_100, -2_100]),
    case("TAX-021", LINE, &[(0, 1, &[(F, "0.05", "ia")])], -5, &[5]),
    case("TAX-024", DOCUMENT, &[(10_000, 1, &[(P, "6", "a"), (P, "6", ""), (P, "3", "")])], 10_000, &[600, 636, 318]),
    case("TAX-026", DOCUMENT, &[(10_000, 1, &[(P, "6", "a"), (P, "6", "a"), (P, "3", "")])], 10_000, &[600, 636, 337]),
    case("TAX-026 raw", DOCUMENT, &[(100_000_000, 1, &[(P, "6", "a"), (P, "6", "a"), (P, "3", "")])], 100_000_000, &[6_000_000, 6_360_000, 3_370_800]),
    case("TAX-028", DOCUMENT, &[(11_200, 1, SIX_SIX_THREE_INCLUDED)], 10_000, &[600, 600, 336]),
    case("TAX-029 raw", NET_BY_ITSELF, &[(17_790_000, 1, &[(P, "6", "ia"), (P, "6", "ian")])], 15_883_929, &[953_036, 953_036]),
    case("TAX-030 raw", NET_BY_ITSELF, &[(200_000_000, 1, &[(P, "6", "ian"), (P, "6", "ian")])], 178_571_429, &[10_714_286, 10_714_286]),
    case("TAX-032", DOCUMENT, &[(6_735, 1, &[(D, "5", ""), (D, "3", ""), (D, "0.65", ""), (D, "9", ""), (D, "15", "")])], 6_735, &[500, 300, 65, 900, 1_500]),
    case("TAX-033", LINE, &[(10_000, 1, &[(D, "5", "i"), (D, "3", "i"), (D, "0.65", "i"), (D, "9", "i"), (D, "15", "i")])], 6_735, &[500, 300, 65, 900, 1_500]),
    case("two division taxes of 100 % together", LINE, &[(10_000, 1, &[(D, "40", "i"), (D, "60", "i")])], 0, &[4_000, 6_000]),
    case("TAX-035", DOCUMENT, &[(9_500, 5, &[(F, "1", "a"), (P, "21", ""), (F, "2", "")])], 9_500, &[500, 2_100, 1_000]),
    case("TAX-039: a returned quantity", LINE, &[(-9_500, -5, &[(F, "1", "")])], -9_500, &[-500]),
    case("TAX-040: a negative price", LINE, &[(-9_500, 5, &[(F, "1", "")])], -9_500, &[-500]),
    case("TAX-041: both negative", LINE, &[(9_500, -5, &[(F, "1", "")])], 9_500, &[500]),
    case("TAX-043", LINE, &[(1_589, 1, SIX_SIX_THREE), (1_589, 1, SIX_SIX_THREE)], 3_178, &[190, 190, 106]),
    case("TAX-044", DOCUMENT, &[(1_589, 1, SIX_SIX_THREE), (1_589, 1, SIX_SIX_THREE)], 3_178, &[191, 191, 107]),
    case("TAX-045", LINE, &[(1_779, 1, SIX_SIX_THREE_INCLUDED), (1_779, 1, SIX_SIX_THREE_INCLUDED)], 3_178, &[190, 190, 106]),
    case("TAX-046", NET_BY_ITSELF, &[(1_779, 1, SIX_SIX_THREE_INCLUDED), (1_779, 1, SIX_SIX_THREE_INCLUDED)], 3_177, &[191, 191, 107]),
    case("TAX-046 with the price kept", DOCUMENT, &[(1_779, 1, SIX_SIX_THREE_INCLUDED), (1_779, 1, SIX_SIX_THREE_INCLUDED)], 3_176, &[191, 191, 107]),
    case("TAX-050", NET_BY_ITSELF, &[(2_490_000, 1, &[(P, "14", "i"), (P, "14", "i")])], 1_945_313, &[272_344, 272_344]),
    case("TAX-050 with the price kept", DOCUMENT, &[(2_490_000, 1, &[(P, "14", "i"), (P, "14", "i")])], 1_945_312, &[272_344, 272_344]),
    case("TAX-052", DOCUMENT, &[(224_400, 2, TWICE_SIX), (112_201, 1, TWICE_SIX), (112_201, 1, TWICE_SIX)], 400_716, &[24_043, 24_043]),
    case("TAX-054 before its discount", DOCUMENT, &[(500_000, 100, &[(P, "14", "i"), (F, "5", "i")])], 394_737, &[55_263, 50_000]),
    case(
        "TAX-057",
        DOCUMENT,
        &[
            (38_640, 84, &[(P, "11", ""), (P, "0", ""), (P, "3", "")]),
            (24_840, 54, &[(P, "12", ""), (P, "0", ""), (P, "3", "")]),
            (132_480, 288, &[(P, "15", ""), (P, "0", ""), (P, "3", "")]),
            (66_240, 144, &[(P, "20", ""), (P, "0", ""), (P, "3", "")]),
            (197_800, 430, &[(P, "5", ""), (P, "10", ""), (P, "15", "")]),
        ],
        460_000,
        &[50_241, 19_780, 37_536],
    ),
    case("TAX-060 before cash rounding", LINE, &[(99_999, 1, &[(P, "15", "")]), (20_000, 1, &[(P, "15", ""), (P, "15", "")])], 119_999, &[18_000, 3_000]),
    case("TAX-067", DOCUMENT, &[(-214_119, 1, &[(P, "5.5", "")])], -214_119, &[-11_777]),
    case("TAX-070", DOCUMENT, &[(97_915, 1, &[(P, "4.8", "")])], 97_915, &[4_700]),
    case("TAX-076", LINE, &[(9_000, 2, &[(P, "10", "")])], 9_000, &[900]),
    case("FX-017", LINE, &[(5, 1, &[(P, "15", "")]), (200_000, 1, &[(P, "15", ""), (P, "15", "")])], 200_005, &[30_001, 30_000]),
    case("without taxes", DOCUMENT, &[(1_234, 1, &[]), (-234, 1, &[])], 1_000, &[]),
    case("nothing at all", LINE, &[], 0, &[]),
    case("everything discounted", DOCUMENT, &[(0, 3, &[(P, "19", "i")])], 0, &[0]),
];

#[test]
fn the_vectors_hold() {
    for case in CASES {
        let lines: Vec<TaxableLine> = case
            .lines
            .iter()
            .map(|(amount, quantity, taxes)| TaxableLine {
                amount: Amount(*amount),
                quantity: Quantity(quantity * 1_000_000),
                taxes: taxes.iter().enumerate().map(|(position, (kind, rate, flags))| tax(position, *kind, rate, flags)).collect(),
                ..TaxableLine::default()
            })
            .collect();
        let found = compute_document(&lines, case.policy, eur()).unwrap();
        let taxes: Vec<i64> = found.taxes.iter().map(|tax| tax.amount.0).collect();
        assert_eq!((found.untaxed.0, taxes.as_slice()), (case.untaxed, case.taxes), "{}", case.id);
        assert_eq!(found.total.0, case.untaxed + case.taxes.iter().sum::<i64>(), "{}", case.id);
    }
}

/// Lines by quantity, price and taxes, rounded as `rounding` says: untaxed, the taxes and the nets of the lines.
fn exactly(rounding: TaxRounding, lines: &[(&str, &str, Taxes)]) -> (i64, Vec<i64>, Vec<i64>) {
    let line = |(quantity, price, taxes): &(&str, &str, Taxes)| {
        let (quantity, price) = (quantity.parse().unwrap(), price.parse().unwrap());
        let none = Percent::ZERO;
        TaxableLine {
            amount: crate::pricing::amounts::line_net(quantity, price, Quantity::ONE, none, none, eur()).unwrap(),
            exact: Some(crate::pricing::amounts::line_exact(quantity, price, Quantity::ONE, none, none, eur()).unwrap()),
            quantity,
            taxes: taxes.iter().map(|(kind, rate, flags)| TaxDef { id: id_of(rate), ..tax(0, *kind, rate, flags) }).collect(),
            ..TaxableLine::default()
        }
    };
    let lines: Vec<TaxableLine> = lines.iter().map(line).collect();
    let found = compute_document(&lines, TaxPolicy::of(rounding), eur()).unwrap();
    let amounts = |taxes: &[TaxAmount]| taxes.iter().map(|tax| tax.amount.0).collect();
    (found.untaxed.0, amounts(&found.taxes), found.lines.iter().map(|line| line.net.0).collect())
}

/// A tax of a rate has an id of its own.
fn id_of(rate: &str) -> TaxId {
    TaxId::from_str(&format!("tax_{:026}", rate.parse::<u32>().unwrap())).unwrap()
}

/// Two lines of 146.8944 are 293.79, and each of them alone is 146.89: lines of the same taxes come to their own sum.
#[test]
fn sums_of_exact_amounts_are_rounded_once() {
    use TaxRounding::{PerDocument, PerDocumentExact, PerDocumentExactTax, PerDocumentExactTotal, PerLine};
    let of = |rates: &[&'static str]| -> Vec<(&str, &str, Taxes)> {
        let taxes: Vec<Taxes> = rates.iter().map(|rate| -> Taxes { vec![(P, *rate, "")].leak() }).collect();
        taxes.into_iter().map(|taxes| ("12.12", "12.12", taxes)).collect()
    };
    let eight = of(&["1", "1", "6", "6", "13", "13", "23", "23"]);
    let (untaxed, taxes, nets) = exactly(PerDocumentExact, &eight);
    assert_eq!((untaxed, taxes), (117_516, vec![294, 1_763, 3_819, 6_757]));
    assert_eq!(nets, [14_690, 14_689, 14_690, 14_689, 14_690, 14_689, 14_690, 14_689], "each pair is 293.79");
    assert_eq!(exactly(PerDocument, &eight).0, 117_512);
    // Of different taxes: the sum of 293.7888, or what 52.89 leave of 346.67.
    let two = of(&["13", "23"]);
    assert_eq!(exactly(PerDocumentExact, &two), (29_379, vec![1_910, 3_379], vec![14_690, 14_689]));
    assert_eq!(exactly(PerDocumentExactTotal, &two), (29_378, vec![1_910, 3_379], vec![14_689, 14_689]));
    assert_eq!(exactly(PerDocumentExactTax, &two), (29_378, vec![1_910, 3_379], vec![14_689, 14_689]));
    // A hundred lines of 1.001.
    let twenty: Taxes = &[(P, "20", "")];
    let hundred = vec![("1", "1.001", twenty); 100];
    assert_eq!(
        [PerLine, PerDocumentExactTax, PerDocumentExact].map(|rounding| exactly(rounding, &hundred)).map(|(net, taxes, _)| (net, taxes[0])),
        [(10_000, 2_000), (10_000, 2_002), (10_010, 2_002)]
    );
    // What is inside of the price is kept: 3 x 0.335 are 1.005.
    let ten: Taxes = &[(P, "10", "i")];
    let inside = vec![("1", "0.335", ten); 3];
    assert_eq!(exactly(PerDocumentExact, &inside), (92, vec![9], vec![30, 31, 31]));
}

/// What net and taxes miss of the price is the rounding of the document, and a discount of the total is off the price that was seen.
#[test]
fn a_price_may_be_kept_by_the_rounding_of_its_document() {
    let policy = TaxPolicy::of(TaxRounding::PerDocumentAdjusted);
    let twice = || vec![tax(0, P, "14", "i"), tax(1, P, "14", "i")];
    let line = |amount, share: &str| TaxableLine {
        amount: Amount(amount),
        quantity: Quantity::ONE,
        taxes: twice(),
        total_discount: share.parse().unwrap(),
        discount_base: DiscountBase::TotalAmount,
        ..TaxableLine::default()
    };
    let found = compute_document(&[line(2_490_000, "0")], policy, eur()).unwrap();
    assert_eq!((found.untaxed.0, found.tax.0, found.total.0, found.rounding.0), (1_945_313, 544_688, 2_490_001, -1), "TAX-050");
    let less = compute_document(&[line(2_490_000, "10")], policy, eur()).unwrap();
    assert_eq!(less.total.0 + less.rounding.0, 2_241_000);
    let on_top = TaxableLine { taxes: vec![tax(0, P, "19", "")], ..line(333, "0") };
    assert_eq!(compute_document(&[on_top], policy, eur()).unwrap().rounding, Amount::ZERO);
}

#[test]
fn the_company_amounts_of_tax_043_are_converted_part_by_part() {
    let line = TaxableLine {
        amount: Amount(1_589),
        quantity: Quantity::ONE,
        taxes: vec![tax(0, P, "6", "a"), tax(1, P, "6", "an"), tax(2, P, "3", "")],
        ..TaxableLine::default()
    };
    let fifth = crate::rate::Conversion::DividedBy("5".parse().unwrap());
    let taxed = compute_line(&line, LINE, eur()).unwrap();
    let company = |amount| fifth.amount(amount, eur(), eur()).unwrap().0;
    assert_eq!(2 * company(taxed.net), 636);
    assert_eq!(2 * taxed.taxes.iter().map(|tax| company(tax.amount)).sum::<i64>(), 98);
}

#[test]
fn bases_say_what_each_tax_was_computed_on() {
    let line = TaxableLine {
        amount: Amount(10_000),
        quantity: Quantity::ONE,
        taxes: vec![tax(0, P, "6", "a"), tax(1, P, "6", "an"), tax(2, P, "3", "")],
        ..TaxableLine::default()
    };
    let bases = |policy| compute_line(&line, policy, eur()).unwrap().taxes.iter().map(|tax| tax.base.0).collect::<Vec<_>>();
    assert_eq!(bases(LINE), [10_000, 10_000, 11_200]);
    assert_eq!(bases(DOCUMENT), [10_000, 10_000, 11_200]);
}

#[test]
fn the_difference_of_the_document_goes_to_the_largest_lines() {
    let line = |amount| TaxableLine { amount: Amount(amount), quantity: Quantity::ONE, taxes: vec![tax(0, P, "10", "")], ..TaxableLine::default() };
    let found = compute_document(&[line(4), line(14), line(104)], DOCUMENT, eur()).unwrap();
    // 0.4 + 1.4 + 10.4 = 12.2: rounded alone 0 + 1 + 10 = 11, so the largest takes one more.
    assert_eq!(found.lines.iter().map(|line| line.tax.0).collect::<Vec<_>>(), [0, 1, 11]);
    assert_eq!(found.tax, Amount(12));
    // Six times 1.5 are 9, and 2 each would be 12: three lines have a cent less, not one of them three.
    let found = compute_document(&[15; 6].map(line), DOCUMENT, eur()).unwrap();
    assert_eq!(found.lines.iter().map(|line| line.tax.0).collect::<Vec<_>>(), [1, 1, 1, 2, 2, 2]);
    // Of unequal ones the largest: 0.3 + 1.3 + 2.3 + 3.3 + 4.3 = 11.5.
    let found = compute_document(&[3, 13, 23, 33, 43].map(line), DOCUMENT, eur()).unwrap();
    assert_eq!(found.lines.iter().map(|line| line.tax.0).collect::<Vec<_>>(), [0, 1, 2, 4, 5]);
}

#[test]
fn sequence_decides_the_order_and_groups_stand_as_their_members() {
    let late = TaxDef { sequence: 9, ..tax(1, P, "10", "") };
    let early = TaxDef { sequence: 1, ..tax(2, P, "10", "a") };
    let line = |taxes| TaxableLine { amount: Amount(10_000), quantity: Quantity::ONE, taxes, ..TaxableLine::default() };
    let found = compute_line(&line(vec![late, early]), LINE, eur()).unwrap();
    assert_eq!(found.taxes.iter().map(|tax| tax.amount.0).collect::<Vec<_>>(), [1_000, 1_100]);
    let group = TaxDef { sequence: 5, ..tax(0, TaxKind::Group, "0", "") };
    let plain = TaxDef { sequence: 7, ..tax(3, P, "5", "") };
    let flat = flatten(&[GroupedTax { tax: plain, members: Vec::new() }, GroupedTax { tax: group, members: vec![late, early] }]);
    assert_eq!(flat.iter().map(|tax| (tax.id, tax.sequence)).collect::<Vec<_>>(), [(early.id, 5), (late.id, 5), (plain.id, 7)]);
    assert_eq!(compute_line(&line(vec![group]), LINE, eur()).unwrap().tax, Amount::ZERO);
}

#[test]
fn taxes_that_leave_no_net_are_refused() {
    let refused = |taxes: Vec<TaxDef>| {
        compute_line(&TaxableLine { amount: Amount(100), quantity: Quantity::ONE, taxes, ..TaxableLine::default() }, LINE, eur()).unwrap_err()
    };
    assert_eq!(refused(vec![tax(0, D, "60", ""), tax(1, D, "40", "")]), Overflow);
    assert_eq!(refused(vec![tax(0, P, "-100", "i")]), Overflow);
    let huge = TaxableLine { amount: Amount(i64::MAX), quantity: Quantity::ONE, taxes: vec![tax(0, P, "19", "")], ..TaxableLine::default() };
    assert_eq!(compute_line(&huge, LINE, eur()), Err(Overflow));
    let wrong = |kind, rate: &str, included| !check_tax(kind, rate.parse().unwrap(), included).is_empty();
    assert!(wrong(P, "-100", false) && wrong(D, "100", false) && wrong(D, "101", true) && wrong(TaxKind::Group, "1", false));
    assert!(!wrong(P, "19", true) && !wrong(D, "100", true) && !wrong(F, "-2.5", false) && !wrong(TaxKind::Group, "0", false));
}

fn any_tax() -> impl Strategy<Value = TaxDef> {
    (0_usize..5, prop::sample::select(vec![P, F, D]), 0_i64..20_000, any::<(bool, bool, bool)>(), 0_i64..3).prop_map(
        |(position, kind, thousandths, (included, affects_base, base_affected), sequence)| TaxDef {
            rate: Percent(thousandths * 1_000),
            included,
            sequence,
            affects_base,
            base_affected,
            ..tax(position, kind, "0", "")
        },
    )
}

fn any_lines() -> impl Strategy<Value = Vec<TaxableLine>> {
    let line = (-1_000_000_i64..10_000_000, -20_i64..100, prop::collection::vec(any_tax(), 0..5));
    prop::collection::vec(line, 0..12).prop_map(|lines| {
        let line =
            |(amount, quantity, taxes)| TaxableLine { amount: Amount(amount), quantity: Quantity(quantity * 1_000_000), taxes, ..TaxableLine::default() };
        lines.into_iter().map(line).collect()
    })
}

fn any_policy() -> impl Strategy<Value = TaxPolicy> {
    let keep_the_price = vec![TaxRounding::PerLine, TaxRounding::PerDocument, TaxRounding::PerDocumentExact, TaxRounding::PerDocumentExactTax];
    (prop::sample::select(keep_the_price), prop::sample::select(vec![1_i64, 5, 100])).prop_map(|(rounding, step)| TaxPolicy { step, ..TaxPolicy::of(rounding) })
}

fn mirrored(document: &TaxedDocument) -> TaxedDocument {
    let minus = |amount: Amount| amount.negated().unwrap();
    let tax = |tax: &TaxAmount| TaxAmount { base: minus(tax.base), amount: minus(tax.amount), ..*tax };
    let line =
        |line: &TaxedLine| TaxedLine { net: minus(line.net), tax: minus(line.tax), total: minus(line.total), taxes: line.taxes.iter().map(tax).collect() };
    TaxedDocument {
        lines: document.lines.iter().map(line).collect(),
        taxes: document.taxes.iter().map(tax).collect(),
        untaxed: minus(document.untaxed),
        tax: minus(document.tax),
        total: minus(document.total),
        rounding: minus(document.rounding),
    }
}

proptest! {
    #[test]
    fn lines_add_up_and_the_price_is_kept(lines in any_lines(), policy in any_policy()) {
        let found = compute_document(&lines, policy, eur()).unwrap();
        prop_assert_eq!(found.lines.iter().map(|line| line.net.0).sum::<i64>(), found.untaxed.0);
        prop_assert_eq!(found.lines.iter().map(|line| line.tax.0).sum::<i64>(), found.tax.0);
        prop_assert_eq!(found.taxes.iter().map(|tax| tax.amount.0).sum::<i64>(), found.tax.0);
        prop_assert_eq!(found.untaxed.0 + found.tax.0, found.total.0);
        for (given, line) in lines.iter().zip(&found.lines) {
            let mut order = given.taxes.clone();
            order.sort_by_key(|tax| tax.sequence);
            let included: i64 = order.iter().zip(&line.taxes).filter(|(def, _)| def.included).map(|(_, tax)| tax.amount.0).sum();
            prop_assert_eq!(line.net.0 + included, given.amount.0);
            prop_assert!(line.taxes.iter().all(|tax| tax.amount.0 % policy.step == 0));
        }
    }

    #[test]
    fn exact_sums_are_those_of_the_lines(
        lines in prop::collection::vec((-99_999_i64..999_999, 1_i64..9_999, prop::collection::vec((0_i64..30_000, any::<bool>()), 0..3)), 1..12),
        rounding in prop::sample::select(vec![TaxRounding::PerDocumentExact, TaxRounding::PerDocumentExactTotal, TaxRounding::PerDocumentExactTax]),
    ) {
        let line = |(price, quantity, rates): &(i64, i64, Vec<(i64, bool)>)| {
            let exact = Ratio::of(i128::from(price * quantity), 10_000).unwrap();
            let taxes = rates.iter().enumerate().map(|(at, (rate, included))| TaxDef { rate: Percent(rate * 1_000), included: *included, ..tax(at, P, "0", "") });
            TaxableLine { amount: exact.rounded().unwrap(), exact: Some(exact), quantity: Quantity::ONE, taxes: taxes.collect(), ..TaxableLine::default() }
        };
        let lines: Vec<TaxableLine> = lines.iter().map(line).collect();
        let found = compute_document(&lines, TaxPolicy::of(rounding), eur()).unwrap();
        prop_assert_eq!(found.lines.iter().map(|line| line.net.0).sum::<i64>(), found.untaxed.0);
        prop_assert_eq!(found.lines.iter().flat_map(|line| &line.taxes).map(|tax| tax.amount.0).sum::<i64>(), found.tax.0);
        let exact: Vec<Ratio> = lines.iter().filter_map(|line| line.exact).collect();
        let shown = if rounding == TaxRounding::PerDocumentExactTax { lines.iter().map(|line| line.amount.0).sum() } else { Ratio::round_sum(&exact, 1).unwrap() };
        let mut kept = found.untaxed.0;
        for (line, taxed) in lines.iter().zip(&found.lines) {
            kept += line.taxes.iter().zip(&taxed.taxes).filter(|(tax, _)| tax.included).map(|(_, tax)| tax.amount.0).sum::<i64>();
        }
        // The total that is rounded has the taxes on top in it, which are rounded one by one.
        let slack = if rounding == TaxRounding::PerDocumentExactTotal { 3 } else { 0 };
        prop_assert!((kept - shown).abs() <= slack, "{kept} {shown}");
    }

    #[test]
    fn a_credit_is_the_mirror_of_its_invoice(lines in any_lines(), policy in any_policy()) {
        let negative = |line: &TaxableLine| TaxableLine {
            amount: line.amount.negated().unwrap(),
            quantity: Quantity(-line.quantity.0),
            taxes: line.taxes.clone(),
            ..line.clone()
        };
        let credit = compute_document(&lines.iter().map(negative).collect::<Vec<_>>(), policy, eur()).unwrap();
        prop_assert_eq!(credit, mirrored(&compute_document(&lines, policy, eur()).unwrap()));
    }

    #[test]
    fn per_document_rounds_a_plain_tax_once(amounts in prop::collection::vec(-1_000_000_i64..1_000_000, 1..30), rate in 0_i64..30_000) {
        let rate = Percent(rate * 1_000);
        let taxes = vec![TaxDef { rate, ..tax(0, P, "0", "") }];
        let lines: Vec<TaxableLine> =
            amounts.iter().map(|amount| TaxableLine { amount: Amount(*amount), quantity: Quantity::ONE, taxes: taxes.clone(), ..TaxableLine::default() }).collect();
        let found = compute_document(&lines, DOCUMENT, eur()).unwrap();
        prop_assert_eq!(found.tax.0, causeway_value::product(&[amounts.iter().sum(), rate.0], &[Percent::WHOLE.0]).unwrap());
        for (line, amount) in found.lines.iter().zip(&amounts) {
            let alone = causeway_value::product(&[*amount, rate.0], &[Percent::WHOLE.0]).unwrap();
            prop_assert!((line.tax.0 - alone).abs() <= 1);
        }
    }
}
