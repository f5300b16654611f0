use super::*;
use proptest::prelude::*;

fn eur() -> Currency {
    "EUR".parse().unwrap()
}

fn line_id(number: usize) -> InvoiceLineId {
    format!("iln_{number:026}").parse().unwrap()
}

fn tax_id(number: usize) -> TaxId {
    format!("tax_{number:026}").parse().unwrap()
}

fn line(number: usize, net: i64) -> Line {
    Line { id: line_id(number), quantity: Quantity(if net < 0 { -1_000_000 } else { 1_000_000 }), net: Amount(net), discount: Amount::ZERO }
}

fn tax(number: usize, base: &str, amount: &str, rate: Option<&str>) -> EngineTax {
    EngineTax { tax_id: tax_id(number), base: base.into(), amount: amount.into(), jurisdiction: None, rate: rate.map(|rate| rate.parse().unwrap()) }
}

fn taxed(number: usize, net: &str, taxes: Vec<EngineTax>) -> TaxedLine {
    TaxedLine { line_id: line_id(number), net_amount: net.into(), taxes }
}

fn body(tax_amount: &str, lines: Vec<TaxedLine>) -> SetInvoiceTaxes {
    SetInvoiceTaxes { reference: "E1".to_owned(), currency: eur(), tax_amount: tax_amount.into(), lines }
}

/// The tax with the number 9 is none of the company.
fn check(id: TaxId, pointer: &str, errors: &mut Vec<FieldError>) {
    if id == tax_id(9) {
        errors.push(FieldError::pointer(Code::NotFound, pointer, "names no tax"));
    }
}

fn wrong(lines: &[Line], body: &SetInvoiceTaxes) -> Vec<String> {
    let problem = read(lines, eur(), body, &check, Vec::new()).unwrap_err();
    problem.errors.iter().filter_map(|error| error.pointer.clone()).collect()
}

#[test]
fn what_is_handed_over_comes_in_the_order_of_the_lines() {
    let lines = [line(1, 10_000), line(2, -4_000), line(3, 0)];
    let mut state = tax(1, "100.00", "7.25", Some("7.25"));
    state.jurisdiction = Some("California".to_owned());
    // The second tax is on the first, too; a part of the second line is exempt; a line of nothing bears a fee.
    let first = taxed(1, "100.00", vec![state, tax(2, "107.25", "1.07", Some("1"))]);
    let given = body("6.47", vec![taxed(3, "0.00", vec![tax(3, "0.00", "0.27", None)]), taxed(2, "-40.00", vec![tax(1, "-30.00", "-2.12", None)]), first]);
    let handed = read(&lines, eur(), &given, &check, Vec::new()).unwrap();
    let amounts: Vec<Vec<i64>> = handed.iter().map(|line| line.taxes.iter().map(|tax| tax.amount.0).collect()).collect();
    assert_eq!(amounts, [vec![725, 107], vec![-212], vec![27]]);
    let named: Vec<Option<&str>> = handed[0].details.iter().map(|detail| detail.jurisdiction.as_deref()).collect();
    assert_eq!((named, handed[1].kept_details()), (vec![Some("California"), None], None));
}

#[test]
fn every_wrong_field_is_named() {
    let lines = [line(1, 10_000), line(2, -4_000)];
    let whole = || taxed(1, "100.00", vec![tax(1, "100.00", "19.00", Some("19"))]);
    let none = || taxed(2, "-40.00", Vec::new());
    let of_first = |taxes| body("19.00", vec![taxed(1, "100.00", taxes), none()]);
    let cases = [
        (SetInvoiceTaxes { currency: "JPY".parse().unwrap(), ..body("19.00", vec![whole(), none()]) }, vec!["/currency"]),
        (body("19.00", vec![whole()]), vec!["/lines"]),
        (body("19.00", vec![whole(), none(), none()]), vec!["/lines/2/line_id"]),
        (body("19.00", vec![whole(), taxed(7, "1.00", Vec::new())]), vec!["/lines/1/line_id", "/lines"]),
        (body("19.00", vec![TaxedLine { net_amount: "99.00".into(), ..whole() }, none()]), vec!["/lines/0/net_amount"]),
        (body("19.01", vec![whole(), none()]), vec!["/tax_amount"]),
        (of_first(vec![tax(9, "100.00", "19.00", None)]), vec!["/lines/0/taxes/0/tax_id"]),
        (of_first(vec![tax(1, "100.00", "9.00", None), tax(1, "100.00", "10.00", None)]), vec!["/lines/0/taxes/1/tax_id"]),
        (of_first(vec![tax(1, "100.01", "19.00", None)]), vec!["/lines/0/taxes/0/base"]),
        (of_first(vec![tax(1, "-100.00", "19.00", None)]), vec!["/lines/0/taxes/0/base"]),
        (of_first(vec![tax(1, "100.00", "-19.00", None)]), vec!["/lines/0/taxes/0/amount"]),
        (of_first(vec![tax(1, "100.00", "19.001", None)]), vec!["/lines/0/taxes/0/amount"]),
        // A rate of 0.19 % where 19 % were meant; a negative one.
        (of_first(vec![tax(1, "100.00", "19.00", Some("0.19"))]), vec!["/lines/0/taxes/0/amount"]),
        (of_first(vec![tax(1, "100.00", "19.00", Some("-19"))]), vec!["/lines/0/taxes/0/rate"]),
        (body("19.00", vec![whole(), taxed(2, "-40.00", vec![tax(1, "40.00", "7.60", None)])]), vec!["/lines/1/taxes/0/base", "/lines/1/taxes/0/amount"]),
    ];
    for (given, expected) in cases {
        assert_eq!(wrong(&lines, &given), expected, "{given:?}");
    }
    // A tax may miss its rate by what rounding a whole document costs, and may be on discounts that are booked by themselves.
    let rounded = body("19.01", vec![taxed(1, "100.00", vec![tax(1, "100.00", "19.01", Some("19"))]), none()]);
    assert!(read(&lines, eur(), &rounded, &check, Vec::new()).is_ok());
    let discounted = Line { discount: Amount(1_000), ..line(1, 9_000) };
    let full = body("19.00", vec![taxed(1, "90.00", vec![tax(1, "100.00", "19.00", Some("19"))])]);
    assert!(read(&[discounted], eur(), &full, &check, Vec::new()).is_ok());
    assert_eq!(wrong(&[line(1, 9_000)], &full), ["/lines/0/taxes/0/base"]);
}

proptest! {
    #[test]
    fn what_was_computed_of_the_lines_is_taken_as_it_is(nets in prop::collection::vec(-1_000_000_i64..1_000_000, 1..8), rate in 0_i64..30) {
        let lines: Vec<Line> = nets.iter().enumerate().map(|(number, net)| line(number, *net)).collect();
        let amount = |net: i64| Amount(product(&[net, rate], &[100]).unwrap());
        let given = lines.iter().map(|line| {
            let (net, rate) = (line.net.text(eur()), rate.to_string());
            TaxedLine { line_id: line.id, net_amount: net.clone(), taxes: vec![EngineTax { base: net, amount: amount(line.net.0).text(eur()), ..tax(1, "0.00", "0.00", Some(&rate)) }] }
        });
        let sum = Amount::sum(nets.iter().map(|net| amount(*net))).unwrap();
        let given = SetInvoiceTaxes { tax_amount: sum.text(eur()), ..body("0.00", given.collect()) };
        let handed = read(&lines, eur(), &given, &check, Vec::new()).unwrap();
        let taken: Vec<Amount> = handed.iter().flat_map(|line| line.taxes.iter().map(|tax| tax.amount)).collect();
        prop_assert_eq!(taken, nets.iter().map(|net| amount(*net)).collect::<Vec<_>>());
    }
}
