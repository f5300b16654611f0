use super::*;
use proptest::prelude::*;

fn eur() -> Currency {
    "EUR".parse().unwrap()
}

fn line_id(number: usize) -> InvoiceLineId {
    format!("iln_{number:026}").parse().unwrap()
}

/// A line of some units with its net and taxes; a fresh one has no credits.
fn line(number: usize, units: i64, net: i64, taxes: &[i64]) -> CreditableLine {
    let tax = |(position, amount): (usize, &i64)| CreditableTax {
        invoiced: TaxAmount { tax_id: format!("tax_{position:026}").parse().unwrap(), base: Amount(net), amount: Amount(*amount) },
        credited_base: Amount::ZERO,
        credited: Amount::ZERO,
    };
    CreditableLine {
        id: line_id(number),
        quantity: Quantity(units * 1_000_000),
        net: Amount(net),
        credited_quantity: Quantity::ZERO,
        credited_net: Amount::ZERO,
        discount: Amount::ZERO,
        credited_discount: Amount::ZERO,
        deducts: false,
        taxes: taxes.iter().enumerate().map(tax).collect(),
    }
}

/// The lines after a credit note.
fn after(lines: &[CreditableLine], plan: &CreditPlan) -> Vec<CreditableLine> {
    let mut lines = lines.to_vec();
    for credit in &plan.lines {
        let line = lines.iter_mut().find(|line| line.id == credit.invoice_line_id).unwrap();
        line.credited_quantity.0 += credit.quantity.0;
        line.credited_net.0 += credit.net.0;
        line.credited_discount.0 += credit.discount.0;
        for (tax, credited) in line.taxes.iter_mut().zip(&credit.taxes) {
            tax.credited.0 += credited.amount.0;
            tax.credited_base.0 += credited.base.0;
        }
    }
    lines
}

fn units(number: usize, units: i64) -> CreditRequest {
    CreditRequest::Lines(vec![(line_id(number), Quantity(units * 1_000_000))])
}

fn plan(lines: &[CreditableLine], request: &CreditRequest) -> CreditPlan {
    plan_credit(lines, Amount::ZERO, request, eur()).unwrap()
}

#[test]
fn the_last_credit_takes_the_rounding_and_each_its_share_of_the_discount() {
    let mut lines = vec![line(1, 3, 10_000, &[1_900])];
    lines[0].discount = Amount(1_000);
    let with = |lines: &[CreditableLine], request| plan_credit(lines, Amount(5), &request, eur());
    let first = with(&lines, units(1, 1)).unwrap();
    assert_eq!((first.rounding, first.total.0, first.lines[0].discount.0), (Amount::ZERO, 3_966, 333));
    let left = after(&lines, &first);
    let last = with(&left, units(1, 2)).unwrap();
    assert_eq!((last.rounding.0, last.total.0, last.lines[0].discount.0), (5, 7_939, 667));
    // By amount, all that remains is with its rounding.
    assert_eq!(with(&left, CreditRequest::Amount(Amount(7_939))).unwrap(), last);
    assert_eq!(with(&left, CreditRequest::Amount(Amount(7_937))).unwrap_err().errors[0].code, Code::InvalidValue);
    assert_eq!(with(&left, CreditRequest::Amount(Amount(7_940))).unwrap_err().errors[0].code, Code::AmountExceedsOpen);
    let gone = after(&left, &last);
    assert_eq!(with(&gone, CreditRequest::All).unwrap().total.0, 5, "what two drafts left between them");
}

#[test]
fn a_quantity_takes_its_share_of_net_and_tax_rounded_apart() {
    // id, units, net, tax, credited units, expected net and tax
    let rows =
        [("MATCH-019", 30, 20_000, 5_000, 29, 19_333, 4_833), ("MATCH-020", 30, 16_000, 4_000, 29, 15_467, 3_867), ("MATCH-021", 7, 2_999, 700, 6, 2_571, 600)];
    for (id, count, net, tax, credited, expected_net, expected_tax) in rows {
        let found = plan(&[line(1, count, net, &[tax])], &units(1, credited));
        assert_eq!((found.untaxed.0, found.tax.0, found.total.0), (expected_net, expected_tax, expected_net + expected_tax), "{id}");
    }
}

#[test]
fn the_last_credit_exhausts_the_invoice() {
    // MATCH-022: three times a third of 100.00 with 19.00 of tax.
    let mut lines = vec![line(1, 3, 10_000, &[1_900])];
    let mut credits = Vec::new();
    for _ in 0..3 {
        let found = plan(&lines, &units(1, 1));
        credits.push((found.untaxed.0, found.tax.0));
        lines = after(&lines, &found);
    }
    assert_eq!(credits, [(3_333, 633), (3_334, 634), (3_333, 633)]);
    assert_eq!(plan_credit(&lines, Amount::ZERO, &CreditRequest::All, eur()).unwrap_err().code, Code::StateConflict);
}

#[test]
fn an_amount_is_spread_over_the_remaining_lines() {
    let lines = [line(1, 1, 10_000, &[1_900]), line(2, 2, 5_000, &[]), line(3, 1, -1_000, &[-190])];
    let found = plan(&lines, &CreditRequest::Amount(Amount(5_000)));
    assert_eq!(found.total, Amount(5_000));
    let shown: Vec<_> = found.lines.iter().map(|line| (line.quantity.0, line.net.0, line.tax.0)).collect();
    assert_eq!(shown, [(0, 3_182, 605), (0, 1_591, 0), (0, -318, -60)]);
    let rest = plan(&after(&lines, &found), &CreditRequest::All);
    assert_eq!((rest.untaxed.0, rest.tax.0, rest.total.0), (14_000 - 4_455, 1_710 - 545, 10_710));
    assert!(rest.lines.iter().all(|line| line.quantity.0 > 0));
    let whole = plan(&lines, &CreditRequest::Amount(Amount(15_710)));
    assert_eq!(whole, plan(&lines, &CreditRequest::All));
}

#[test]
fn bases_follow_what_is_credited() {
    let lines = [line(1, 4, 10_000, &[600, 1_900])];
    let bases = |plan: &CreditPlan| plan.lines[0].taxes.iter().map(|tax| tax.base.0).collect::<Vec<_>>();
    assert_eq!(bases(&plan(&lines, &units(1, 1))), [2_500, 2_500]);
    assert_eq!(bases(&plan(&lines, &CreditRequest::Amount(Amount(6_250)))), [5_000, 5_000]);
}

#[test]
fn no_more_than_what_remains() {
    let lines = [line(1, 3, 10_000, &[1_900]), line(2, -1, -500, &[])];
    let refused = |lines: &[CreditableLine], request: CreditRequest| {
        let problem = plan_credit(lines, Amount::ZERO, &request, eur()).unwrap_err();
        (problem.code, problem.errors[0].pointer.clone().unwrap())
    };
    let exceeds = Code::AmountExceedsOpen;
    assert_eq!(refused(&lines, units(1, 4)), (exceeds, "/lines/0/quantity".to_owned()));
    let once = after(&lines, &plan(&lines, &units(1, 2)));
    assert_eq!(refused(&once, units(1, 2)), (exceeds, "/lines/0/quantity".to_owned()));
    assert_eq!(refused(&lines, CreditRequest::Amount(Amount(11_401))), (exceeds, "/amount".to_owned()));
    assert_eq!(refused(&lines, CreditRequest::Amount(Amount(0))), (Code::ValidationFailed, "/amount".to_owned()));
    assert_eq!(refused(&lines, units(9, 1)), (Code::NotFound, "/lines/0/invoice_line_id".to_owned()));
    assert_eq!(refused(&lines, units(1, -1)), (Code::ValidationFailed, "/lines/0/quantity".to_owned()));
    assert_eq!(refused(&lines, units(1, 0)), (Code::ValidationFailed, "/lines/0/quantity".to_owned()));
    let twice = CreditRequest::Lines(vec![(line_id(1), Quantity::ONE), (line_id(1), Quantity::ONE)]);
    assert_eq!(refused(&lines, twice), (Code::ValidationFailed, "/lines/1/invoice_line_id".to_owned()));
    assert_eq!(refused(&lines, CreditRequest::Lines(Vec::new())).1, "/lines");
    assert_eq!(plan(&lines, &units(2, -1)).total, Amount(-500));
}

#[test]
fn lines_that_lower_an_invoice_are_no_part_of_what_is_credited() {
    let lines = [line(1, 2, 10_000, &[1_900]), line(2, 1, -3_000, &[-570])];
    let check =
        |lines: &[CreditableLine], count| must_remain(&plan(lines, &units(1, count)), lines, Amount::ZERO, eur()).map_err(|problem| problem.errors[0].code);
    assert_eq!((check(&lines, 1), check(&lines, 2)), (Ok(()), Err(Code::AmountExceedsOpen)));
    let once = after(&lines, &plan(&lines, &units(1, 1)));
    assert_eq!(check(&once, 1), Err(Code::AmountExceedsOpen), "23.80 are left of 83.30");
    // What is deducted was paid.
    let mut deducting = lines;
    deducting[1].deducts = true;
    assert_eq!(check(&deducting, 2), Ok(()));
}

#[test]
fn parts_in_coins_leave_the_last_credit_in_coins() {
    let coins = |step| Coins { step: Amount(step), method: causeway_value::RoundingMethod::HalfUp };
    // 119.02, rounded to 119.00: in parts of 118.98, 0.03 and 0.01 nothing is left after the first.
    let lines = [line(1, 1, 11_898, &[]), line(2, 1, 3, &[]), line(3, 1, 1, &[])];
    let (mut left, mut rounding, mut totals) = (lines.to_vec(), Amount(-2), Vec::new());
    for number in 1..=3 {
        let part = plan_credit(&left, rounding, &units(number, 1), eur()).unwrap();
        let part = in_coins(part, &left, rounding, coins(5)).unwrap();
        (left, rounding) = (after(&left, &part), rounding.minus(part.rounding).unwrap());
        totals.push(part.total.0);
    }
    assert_eq!((totals, rounding), (vec![11_900, 0, 0], Amount::ZERO));
    // A deduction is no limit of what is credited beside it.
    let mut deducting = [line(1, 1, 10_002, &[]), line(2, 1, -5_000, &[])];
    deducting[1].deducts = true;
    let part = in_coins(plan(&deducting, &units(1, 1)), &deducting, Amount(-2), coins(5)).unwrap();
    assert_eq!((part.total.0, part.rounding.0), (10_000, -2));
}

#[test]
fn the_spread_stays_within_its_weights() {
    let parts = |total, weights: &[i64]| {
        let weights: Vec<Amount> = weights.iter().copied().map(Amount).collect();
        largest_remainder(Amount(total), &weights).unwrap().iter().map(|part| part.0).collect::<Vec<_>>()
    };
    assert_eq!(parts(100, &[100, 100, 100]), [34, 33, 33]);
    assert_eq!(parts(5_000, &[10_000, 1_900]), [4_202, 798]);
    assert_eq!(parts(2, &[1, 1, 1]), [1, 1, 0]);
    assert_eq!(parts(-4, &[-10, 2]), [-5, 1]);
    assert_eq!(parts(1, &[2, -1]), [2, -1]);
}

fn any_invoice() -> impl Strategy<Value = Vec<CreditableLine>> {
    let line_of = (1_i64..20, -2_000_i64..100_000, prop::collection::vec(0_i64..30, 0..3));
    prop::collection::vec(line_of, 1..6).prop_map(|lines| {
        let build = |(number, (count, net, rates)): (usize, (i64, i64, Vec<i64>))| {
            let taxes: Vec<i64> = rates.iter().map(|rate| net * rate / 100).collect();
            line(number, count, net, &taxes)
        };
        lines.into_iter().enumerate().map(build).collect()
    })
}

/// Between nothing and what was invoiced.
fn within(credited: i64, invoiced: i64) -> bool {
    if invoiced < 0 { (invoiced..=0).contains(&credited) } else { (0..=invoiced).contains(&credited) }
}

proptest! {
    #[test]
    fn credits_never_exceed_and_the_last_exhausts(lines in any_invoice(), steps in prop::collection::vec((any::<bool>(), 0_usize..6, 1_i64..100), 0..8)) {
        let total = |lines: &[CreditableLine]| -> i64 {
            let tax = |tax: &CreditableTax| tax.invoiced.amount.0 - tax.credited.0;
            lines.iter().map(|line| line.net.0 - line.credited_net.0 + line.taxes.iter().map(tax).sum::<i64>()).sum()
        };
        let invoiced = total(&lines);
        let mut left = lines;
        let mut credited = 0;
        for (by_amount, number, percent) in steps {
            let request = if by_amount {
                CreditRequest::Amount(Amount(total(&left) * percent / 100))
            } else {
                let Some(line) = left.get(number % left.len()) else { continue };
                CreditRequest::Lines(vec![(line.id, Quantity((line.quantity.0 - line.credited_quantity.0) * percent / 100))])
            };
            let Ok(found) = plan_credit(&left, Amount::ZERO, &request, eur()) else { continue };
            if let CreditRequest::Amount(amount) = request {
                prop_assert_eq!(found.total, amount);
            }
            prop_assert_eq!(found.total.0, found.lines.iter().map(|line| line.net.0 + line.tax.0).sum::<i64>());
            credited += found.total.0;
            left = after(&left, &found);
            for line in &left {
                prop_assert!(within(line.credited_quantity.0, line.quantity.0));
                prop_assert!(within(line.credited_net.0, line.net.0));
                prop_assert!(line.taxes.iter().all(|tax| within(tax.credited.0, tax.invoiced.amount.0)));
            }
        }
        if let Ok(last) = plan_credit(&left, Amount::ZERO, &CreditRequest::All, eur()) {
            credited += last.total.0;
            left = after(&left, &last);
        }
        prop_assert_eq!(credited, invoiced);
        prop_assert!(left.iter().all(|line| line.credited_net == line.net && line.credited_quantity == line.quantity));
        prop_assert_eq!(plan_credit(&left, Amount::ZERO, &CreditRequest::All, eur()).unwrap_err().code, Code::StateConflict);
    }
}
