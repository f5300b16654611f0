use super::*;
use causeway_value::{AmountText, DiscountTaxMode, RoundingMethod};
use proptest::prelude::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn eur() -> Currency {
    "EUR".parse().unwrap()
}

fn percent(text: &str) -> TermLine {
    TermLine { percent: Some(text.parse().unwrap()), ..TermLine::default() }
}

fn fixed(text: &str) -> TermLine {
    TermLine { fixed: Some(AmountText::from(text)), ..TermLine::default() }
}

fn remainder() -> TermLine {
    TermLine { remainder: Some(true), ..TermLine::default() }
}

#[test]
fn due_dates_follow_the_vectors() {
    let following = |wanted| TermLine { end_of_month: true, day_of_month: Some(wanted), ..TermLine::default() };
    let next = |wanted, days| TermLine { day_of_month: Some(wanted), days, ..TermLine::default() };
    let after_end = |days| TermLine { end_of_month: true, days, order: TermOrder::MonthsDayDays, ..TermLine::default() };
    let rows = [
        ("TERM-006", following(29), "2024-05-23", "2024-06-29"),
        ("TERM-007", following(31), "2024-05-23", "2024-06-30"),
        ("TERM-007 on the last day", following(31), "2024-05-31", "2024-06-30"),
        ("TERM-009", TermLine { days: 15, ..following(31) }, "2024-05-23", "2024-07-31"),
        ("TERM-011", after_end(45), "2019-01-01", "2019-03-17"),
        ("TERM-014", next(15, 31), "2019-01-01", "2019-02-15"),
        ("TERM-016", next(15, 31), "2019-01-31", "2019-03-15"),
        (
            "TERM-026",
            TermLine { months: 2, days: 30, day_of_month: Some(15), order: TermOrder::MonthsDayDays, ..TermLine::default() },
            "2011-10-01",
            "2012-01-14",
        ),
        ("a month from the 31st", TermLine { months: 1, ..TermLine::default() }, "2024-01-31", "2024-02-29"),
        ("days before months", TermLine { months: 1, days: 1, order: TermOrder::DaysMonthsDay, ..TermLine::default() }, "2023-01-30", "2023-02-28"),
        ("months before days", TermLine { months: 1, days: 1, ..TermLine::default() }, "2023-01-30", "2023-03-01"),
        ("end of this month", TermLine { end_of_month: true, ..TermLine::default() }, "2024-02-03", "2024-02-29"),
        ("the 31st where the month has 30 days", next(31, 0), "2024-04-30", "2024-04-30"),
    ];
    for (id, line, invoice, due) in rows {
        assert_eq!(due_date(&line, day(invoice)), day(due), "{id}");
    }
}

#[test]
fn amounts_follow_the_vectors() {
    let rows: Vec<(&str, i64, Vec<TermLine>, Vec<i64>)> = vec![
        ("TERM-017", 115_000, vec![percent("50"), percent("50")], vec![57_500, 57_500]),
        ("TERM-019", 100_000, vec![percent("70"), fixed("200"), percent("30")], vec![70_000, 20_000, 10_000]),
        ("TERM-020", 100_000, vec![percent("70"), fixed("500"), percent("30")], vec![70_000, 50_000, -20_000]),
        ("TERM-021", 100_000, vec![percent("70"), fixed("500"), percent("30"), fixed("200")], vec![70_000, 50_000, 30_000, -50_000]),
        ("TERM-027", -1_000, vec![percent("25"), percent("25"), fixed("4.00"), remainder()], vec![-250, -250, -400, -100]),
        // What is fixed is at most what is left.
        ("a fixed part above the total", 10_000, vec![fixed("500"), remainder()], vec![10_000]),
        ("two fixed parts above the total", 10_000, vec![fixed("80"), fixed("80"), remainder()], vec![8_000, 2_000]),
        ("a fixed part and a share above the total", 10_000, vec![percent("70"), fixed("80"), remainder()], vec![7_000, 3_000]),
        ("a remainder first", 10_000, vec![remainder(), fixed("500")], vec![10_000]),
        ("a fixed part above the total among percentages", 10_000, vec![percent("70"), fixed("200"), percent("30")], vec![7_000, 3_000]),
        ("all of it", 10_000, vec![fixed("100"), remainder()], vec![10_000, 0]),
        ("mirrored", -10_000, vec![fixed("500"), remainder()], vec![-10_000]),
        ("a remainder before the last", 1_001, vec![percent("50"), remainder(), fixed("1")], vec![501, 400, 100]),
        ("thirds", 100, vec![percent("33.333333"), percent("33.333333"), percent("33.333334")], vec![33, 33, 34]),
    ];
    for (id, total, lines, amounts) in rows {
        let found = installments(Amount(total), eur(), day("2026-01-31"), &lines, None).unwrap();
        assert_eq!(found.iter().map(|part| part.amount.0).collect::<Vec<_>>(), amounts, "{id}");
    }
}

#[test]
fn without_a_term_or_a_total_all_is_due_at_once() {
    let once = |total| vec![InstallmentDue { due_date: day("2016-05-17"), amount: Amount(total) }];
    assert_eq!(installments(Amount(7), eur(), day("2016-05-17"), &[], None), Ok(once(7)));
    // TERM-028
    assert_eq!(installments(Amount(0), eur(), day("2016-05-17"), &[TermLine { days: 1, ..percent("25") }, remainder()], None), Ok(once(0)));
}

#[test]
fn a_fixed_amount_must_fit_the_currency() {
    let yen: Currency = "JPY".parse().unwrap();
    let problem = installments(Amount(100), yen, day("2026-01-01"), &[fixed("1.50"), remainder()], None).unwrap_err();
    assert_eq!(problem.code, Code::TooManyDecimals);
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/payment_term_id"));
}

#[test]
fn company_amounts_keep_step() {
    let parts = |company, total, parts: &[i64]| {
        let parts: Vec<Amount> = parts.iter().copied().map(Amount).collect();
        in_proportion(Amount(company), Amount(total), &parts).unwrap().iter().map(|part| part.0).collect::<Vec<_>>()
    };
    // TERM-022 (thousandths against cents), TERM-023
    assert_eq!(parts(4, 90, &[45, 45, 0]), [2, 2, 0]);
    assert_eq!(parts(43_418, 868_350, &[434_200, 434_150]), [21_710, 21_708]);
    assert_eq!(parts(5, 0, &[0, 0]), [0, 5]);
    assert_eq!(parts(5, 0, &[]), Vec::<i64>::new());
}

#[test]
fn a_term_is_refused_with_every_mistake_named() {
    let pointers = |lines: &[TermLine]| validate_term(lines).into_iter().map(|error| error.pointer.unwrap()).collect::<Vec<_>>();
    assert_eq!(pointers(&[]), ["/installments"]);
    assert_eq!(pointers(&[TermLine::default(), percent("50")]), ["/installments/0", "/installments"]);
    assert_eq!(pointers(&[TermLine { fixed: Some(AmountText::from("1")), ..percent("100") }]), ["/installments/0"]);
    assert_eq!(pointers(&[percent("0"), remainder()]), ["/installments/0/percent"]);
    assert_eq!(pointers(&[fixed("-1"), TermLine { day_of_month: Some(32), ..remainder() }]), ["/installments/0/fixed", "/installments/1/day_of_month"]);
    assert_eq!(pointers(&[remainder(), remainder()]), ["/installments"]);
    assert_eq!(pointers(&[percent("60"), percent("50"), remainder()]), ["/installments"]);
    assert_eq!(pointers(&[fixed("10")]), ["/installments"]);
    assert_eq!(pointers(&[fixed("10"), remainder()]), Vec::<String>::new());
    // TERM-024
    let many: Vec<TermLine> = std::iter::once("50").chain(std::iter::repeat_n("1.66", 20)).chain(std::iter::once("16.8")).map(percent).collect();
    assert_eq!(pointers(&many), Vec::<String>::new());
}

#[test]
fn early_payments_follow_the_vectors() {
    let group = |untaxed, tax, fixed_tax| DiscountGroup { untaxed: Amount(untaxed), tax: Amount(tax), fixed_tax: Amount(fixed_tax) };
    let early = |groups: &[DiscountGroup], percent: &str, tax_mode| {
        let discount = EarlyDiscount { percent: percent.parse().unwrap(), days: 10, tax_mode };
        early_payment(day("2019-01-01"), groups, &discount).unwrap()
    };
    let (on_payment, never, upfront) = (DiscountTaxMode::OnPayment, DiscountTaxMode::Never, DiscountTaxMode::Upfront);
    let rows = [
        ("EPD-001", vec![group(100_000, 15_000, 0)], "10", on_payment, 103_500, vec![(10_000, 1_500)]),
        ("EPD-002", vec![group(100_000, 15_000, 0)], "10", never, 105_000, vec![(10_000, 0)]),
        ("EPD-008", vec![group(150_000, 22_500, 5)], "10", on_payment, 155_255, vec![(15_000, 2_250)]),
        ("EPD-010", vec![group(100_000, 15_000, 0), group(200_000, 0, 0)], "10", on_payment, 283_500, vec![(10_000, 1_500), (20_000, 0)]),
        ("EPD-013, the invoice in time", vec![group(200_000, 0, 0)], "10", upfront, 180_000, vec![(20_000, 0)]),
        ("EPD-015", vec![group(20_000, 3_600, 0)], "10", on_payment, 21_240, vec![(2_000, 360)]),
        ("2 % off a total of 893.94 are 17.88", vec![group(75_121, 14_273, 0)], "2", on_payment, 87_606, vec![(1_502, 286)]),
        ("and of 479.40 with two rates 9.59", vec![group(30_000, 5_700, 0), group(11_439, 801, 0)], "2", on_payment, 46_981, vec![(600, 114), (229, 16)]),
        ("EPD-017", vec![group(100_000, 20_000, 0), group(0, -20_000, 0)], "2", on_payment, 98_000, vec![(2_000, 400), (0, -400)]),
    ];
    for (id, groups, percent, mode, payable, parts) in rows {
        let found = early(&groups, percent, mode);
        assert_eq!(found.payable, Amount(payable), "{id}");
        assert_eq!(found.groups.iter().map(|group| (group.untaxed.0, group.tax.0)).collect::<Vec<_>>(), parts, "{id}");
    }
    // EPD-014
    assert_eq!(early(&[], "2", on_payment).last_day, day("2019-01-11"));
}

proptest! {
    #[test]
    fn installments_add_up(total in -1_000_000_000_i64..1_000_000_000, percents in prop::collection::vec(1_i64..40_000_000, 1..8), euros in 0_i64..1_000) {
        let mut lines: Vec<TermLine> = percents.into_iter().map(|raw| TermLine { percent: Some(Percent(raw)), ..TermLine::default() }).collect();
        lines.push(fixed(&euros.to_string()));
        lines.push(remainder());
        let found = installments(Amount(total), eur(), day("2026-01-31"), &lines, None).unwrap();
        prop_assert_eq!(found.iter().map(|part| part.amount.0).sum::<i64>(), total);
    }

    #[test]
    fn no_due_date_is_before_the_invoice(offset in 0_i64..2_000, months in 0_u32..24, days in 0_u32..120, end: bool, wanted in 0_u32..32, order in 0_usize..3) {
        let order = [TermOrder::MonthsDaysDay, TermOrder::MonthsDayDays, TermOrder::DaysMonthsDay][order];
        let line = TermLine { months, days, end_of_month: end, day_of_month: (wanted > 0).then_some(wanted), order, ..percent("100") };
        let invoice = day("2023-01-29").plus_days(offset);
        prop_assert!(due_date(&line, invoice) >= invoice);
    }

    #[test]
    fn company_parts_add_up(company in -1_000_000_i64..1_000_000, parts in prop::collection::vec(1_i64..1_000_000, 1..8)) {
        let parts: Vec<Amount> = parts.into_iter().map(Amount).collect();
        let shares = in_proportion(Amount(company), Amount::sum(parts.iter().copied()).unwrap(), &parts).unwrap();
        prop_assert_eq!(Amount::sum(shares).unwrap(), Amount(company));
    }
}

/// TERM-023: 868.350 in two halves, in coins of 0.05; the total stays.
#[test]
fn parts_are_rounded_to_coins() {
    let coins = |method| Some(Coins { step: Amount(50), method });
    let halves = [percent("50"), percent("50")];
    let of = |total, lines: &[TermLine], coins| {
        let found = installments(Amount(total), "KWD".parse().unwrap(), day("2026-01-01"), lines, coins).unwrap();
        found.iter().map(|part| part.amount.0).collect::<Vec<_>>()
    };
    let parts = of(868_350, &halves, coins(RoundingMethod::Up));
    assert_eq!(parts, [434_200, 434_150]);
    let company = in_proportion(Amount(43_418), Amount(868_350), &parts.into_iter().map(Amount).collect::<Vec<_>>()).unwrap();
    assert_eq!(company, [Amount(21_710), Amount(21_708)]);
    assert_eq!(of(100, &[percent("33"), remainder(), percent("33")], coins(RoundingMethod::HalfUp)), [50, 0, 50], "each part in whole coins");
}

/// TAX-062: each part is in coins, and the total is their sum.
#[test]
fn installments_may_decide_what_is_to_be_paid_in_coins() {
    let halves = vec![percent("50"), percent("50")];
    let tenths = vec![percent("10"); 10];
    let rows = [
        ("42.06", &halves, RoundingMethod::HalfUp, vec![2_105, 2_105]),
        ("42.06", &tenths, RoundingMethod::HalfUp, [vec![420; 9], vec![415]].concat()),
        ("10.01", &tenths, RoundingMethod::Up, [vec![100; 9], vec![105]].concat()),
        ("-42.06", &halves, RoundingMethod::HalfUp, vec![-2_105, -2_105]),
        ("868.35", &halves, RoundingMethod::Down, vec![43_415, 43_415]),
        ("0.03", &halves, RoundingMethod::HalfUp, vec![0]),
        ("0.03", &halves, RoundingMethod::Up, vec![5, 5]),
        ("0.00", &halves, RoundingMethod::Up, vec![0]),
        ("10.02", &Vec::new(), RoundingMethod::HalfUp, vec![1_000]),
        ("10.02", &vec![fixed("4.01"), remainder()], RoundingMethod::HalfUp, vec![400, 600]),
    ];
    for (total, lines, method, expected) in rows {
        let total = AmountText::from(total).amount(eur()).unwrap();
        let coins = Coins { step: Amount(5), method };
        let parts = coin_installments(total, eur(), day("2026-12-01"), lines, coins).unwrap();
        assert_eq!(parts.iter().map(|part| part.amount.0).collect::<Vec<_>>(), expected, "{total:?} {method:?}");
        assert_eq!(coin_total(total, eur(), lines, coins).unwrap().0, expected.iter().sum::<i64>());
    }
}
