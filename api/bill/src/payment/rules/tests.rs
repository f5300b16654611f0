use super::*;
use proptest::prelude::*;

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn invoice(number: usize) -> InvoiceId {
    format!("inv_{number:026}").parse().unwrap()
}

fn installment(number: usize) -> InstallmentId {
    format!("ins_{number:026}").parse().unwrap()
}

/// An installment of invoice `of` in foreign currency.
fn open(number: usize, of: usize, due: &str, amount: i64, company: i64, conversion: Conversion) -> OpenInstallment {
    OpenInstallment {
        id: installment(number),
        invoice_id: invoice(of),
        due_date: due.parse().unwrap(),
        currency: currency("USD"),
        open: Amount(amount),
        company_open: Amount(company),
        conversion,
    }
}

fn source(amount: i64, company: i64, conversion: Conversion) -> Source {
    Source { direction: PaymentDirection::Inbound, currency: currency("USD"), unallocated: Amount(amount), company_unallocated: Amount(company), conversion }
}

fn ask(of: usize, amount: i64) -> RequestedAllocation {
    RequestedAllocation { invoice_id: invoice(of), amount: Amount(amount) }
}

fn per(rate: &str) -> Conversion {
    Conversion::DividedBy(rate.parse().unwrap())
}

fn no_rates(_: Currency, _: Currency) -> Option<Conversion> {
    None
}

/// Amount, company amount of both sides, difference.
fn rows(plan: &AllocationPlan) -> Vec<(i64, i64, i64, i64)> {
    plan.allocations.iter().map(|row| (row.amount.0, row.company_amount.0, row.source_company_amount.0, row.exchange_difference.0)).collect()
}

#[test]
fn the_exchange_difference_follows_the_vectors() {
    // id, installment (foreign, company), payment (foreign, company), asked, expected row, left of the payment
    let cases = [
        ("FX-002", (12_000, 4_000), (24_000, 12_000), 12_000, (12_000, 4_000, 6_000, 2_000), (12_000, 6_000)),
        ("FX-004", (24_000, 8_000), (12_000, 6_000), 12_000, (12_000, 4_000, 6_000, 2_000), (0, 0)),
        ("FX-005", (12_000, 6_000), (12_000, 4_000), 12_000, (12_000, 6_000, 4_000, -2_000), (0, 0)),
        ("FX-011", (40_000, 33_333), (40_000, 36_364), 40_000, (40_000, 33_333, 36_364, 3_031), (0, 0)),
    ];
    for (id, debit, credit, asked, row, left) in cases {
        let open = [open(1, 1, "2026-01-01", debit.0, debit.1, per("3"))];
        let plan = plan_allocations(&source(credit.0, credit.1, per("2")), &open, &[ask(1, asked)], &no_rates).unwrap();
        assert_eq!(rows(&plan), [row], "{id}");
        assert_eq!((plan.unallocated.0, plan.company_unallocated.0), left, "{id}");
    }
}

#[test]
fn a_company_currency_payment_is_converted_at_its_own_date() {
    // FX-006: 80 of company currency against 120 foreign booked at 60, at a rate of 1/3.
    let payment = Source { currency: currency("EUR"), conversion: Conversion::Same, ..source(8_000, 8_000, Conversion::Same) };
    let third = |from: Currency, to: Currency| (from.code() == "EUR" && to.code() == "USD").then(|| Conversion::Times("3".parse().unwrap()));
    let open = [open(1, 1, "2017-01-01", 12_000, 6_000, per("2"))];
    let plan = plan_allocations(&payment, &open, &[ask(1, 4_000)], &third).unwrap();
    assert_eq!(rows(&plan), [(12_000, 6_000, 4_000, -2_000)]);
    assert_eq!((plan.allocations[0].source_amount, plan.unallocated, plan.company_unallocated), (Amount(4_000), Amount(4_000), Amount(4_000)));
    assert_eq!(plan_allocations(&payment, &open, &[ask(1, 4_001)], &third).unwrap_err().code, Code::AmountExceedsOpen);
    let tiny = |_, _| Some(Conversion::Times("0.001".parse().unwrap()));
    assert_eq!(plan_allocations(&payment, &open, &[ask(1, 1)], &tiny).unwrap_err().code, Code::ValidationFailed);
    assert_eq!(plan_allocations(&payment, &open, &[ask(1, 4_000)], &no_rates).unwrap_err().code, Code::RateMissing);
}

#[test]
fn what_converting_loses_does_not_stay_open() {
    // 100.00 foreign are 33.33 at a third; 33.33 would convert back to 99.99 only.
    let payment = Source { currency: currency("EUR"), ..source(3_333, 3_333, Conversion::Same) };
    let open = [open(1, 1, "2026-01-01", 5_000, 1_667, per("3")), open(2, 1, "2026-02-01", 5_000, 1_667, per("3"))];
    let plan = plan_allocations(&payment, &open, &[ask(1, 3_333)], &|_, _| Some(Conversion::Times("3".parse().unwrap()))).unwrap();
    assert_eq!(rows(&plan), [(5_000, 1_667, 1_667, 0), (5_000, 1_667, 1_666, -1)]);
    assert_eq!(plan.company_unallocated, Amount::ZERO);
}

#[test]
fn installments_are_settled_oldest_first() {
    let same = Conversion::Same;
    let open = [
        open(1, 1, "2026-03-01", 700, 700, same),
        open(2, 2, "2026-01-01", 100, 100, same),
        open(3, 1, "2026-01-01", 500, 500, same),
        open(4, 1, "2026-02-01", 300, 300, same),
    ];
    let plan = plan_allocations(&source(1_000, 1_000, same), &open, &[ask(1, 600), ask(2, 40), ask(1, 300)], &no_rates).unwrap();
    let found: Vec<_> = plan.allocations.iter().map(|row| (row.installment_id, row.amount.0)).collect();
    assert_eq!(found, [(installment(3), 500), (installment(4), 100), (installment(2), 40), (installment(4), 200), (installment(1), 100)]);
    assert_eq!((plan.unallocated, plan.company_unallocated), (Amount(60), Amount(60)));
}

#[test]
fn more_than_the_invoices_stays_on_the_payment() {
    // MATCH-002: 3100 over invoices of 1000 and 2000 at 0.5.
    let half = Conversion::Times("0.5".parse().unwrap());
    let open = [open(1, 1, "2026-01-01", 100_000, 50_000, half), open(2, 2, "2026-01-01", 200_000, 100_000, half)];
    let plan = plan_allocations(&source(310_000, 155_000, half), &open, &[ask(1, 100_000), ask(2, 200_000)], &no_rates).unwrap();
    assert_eq!((plan.unallocated, plan.company_unallocated), (Amount(10_000), Amount(5_000)));
    assert!(plan.allocations.iter().all(|row| row.exchange_difference.is_zero()));
}

#[test]
fn an_installment_that_gives_back_is_used_first() {
    // TERM-020: 700, 500 and -200.
    let same = Conversion::Same;
    let open = [open(1, 1, "2026-01-01", 700, 700, same), open(2, 1, "2026-02-01", 500, 500, same), open(3, 1, "2026-03-01", -200, -200, same)];
    let amounts = |asked| {
        let plan = plan_allocations(&source(1_000, 1_000, same), &open, &[ask(1, asked)], &no_rates).unwrap();
        plan.allocations.iter().map(|row| row.amount.0).collect::<Vec<_>>()
    };
    assert_eq!(amounts(1_000), [700, 500, -200]);
    assert_eq!(amounts(600), [700, 100, -200]);
}

#[test]
fn no_more_than_the_smaller_open_amount() {
    let same = Conversion::Same;
    let rows = [open(1, 1, "2026-01-01", 500, 500, same), open(2, 2, "2026-01-01", 500, 500, same)];
    let refused = |amount: i64, asked: &[RequestedAllocation]| {
        let problem = plan_allocations(&source(amount, amount, same), &rows, asked, &no_rates).unwrap_err();
        (problem.code, problem.errors[0].pointer.clone().unwrap(), problem.errors[0].detail.clone())
    };
    let exceeds = Code::AmountExceedsOpen;
    let (code, pointer, detail) = refused(1_000, &[ask(1, 501)]);
    assert_eq!((code, pointer.as_str(), detail.as_str()), (exceeds, "/allocations/0/amount", "is more than what is open: at most 5.00 USD can be allocated"));
    assert_eq!(refused(600, &[ask(1, 500), ask(2, 101)]).1, "/allocations/1/amount");
    assert_eq!(refused(1_000, &[ask(1, 300), ask(1, 201)]).1, "/allocations/1/amount");
    assert_eq!(refused(1_000, &[ask(9, 1)]).0, exceeds);
    assert_eq!(refused(1_000, &[ask(1, 0)]).0, Code::ValidationFailed);
}

#[test]
fn an_outbound_payment_gains_what_it_pays_less() {
    let payment = Source { direction: PaymentDirection::Outbound, ..source(12_000, 4_000, per("3")) };
    let plan = plan_allocations(&payment, &[open(1, 1, "2026-01-01", 12_000, 6_000, per("2"))], &[ask(1, 12_000)], &no_rates).unwrap();
    assert_eq!(rows(&plan), [(12_000, 6_000, 4_000, 2_000)]);
    assert_eq!(source_company_amount(PaymentDirection::Outbound, Amount(6_000), Amount(2_000)), Ok(Amount(4_000)));
    assert_eq!(source_company_amount(PaymentDirection::Inbound, Amount(6_000), Amount(-2_000)), Ok(Amount(4_000)));
}

#[test]
fn states_are_derived() {
    let state = |total, open, credited, written_off| payment_state(Amount(total), Amount(open), Amount(credited), Amount(written_off));
    assert_eq!(state(100, 100, 0, 0), PaymentState::Open);
    assert_eq!(state(100, 40, 60, 0), PaymentState::PartPaid);
    assert_eq!(state(100, 0, 60, 0), PaymentState::Paid);
    assert_eq!(state(100, 0, 100, 0), PaymentState::Reversed);
    assert_eq!(state(100, 0, 0, 1), PaymentState::WrittenOff);
    assert_eq!(state(0, 0, 0, 0), PaymentState::Paid);
    assert_eq!(allocation_state(Amount(5), Amount(5)), AllocationState::Unallocated);
    assert_eq!(allocation_state(Amount(5), Amount(2)), AllocationState::PartAllocated);
    assert_eq!(allocation_state(Amount(5), Amount(0)), AllocationState::Allocated);
}

/// Invoices of up to four installments each, with their company amounts, and a payment at another rate or the same.
fn any_ledger() -> impl Strategy<Value = (Vec<OpenInstallment>, Source)> {
    let row = (0_usize..3, 0_i64..100, 1_i64..1_000_000);
    (prop::collection::vec(row, 1..8), 1_i64..3_000_000, 500_000_i64..3_000_000, prop::bool::ANY).prop_map(|(rows, amount, rate, same_rate)| {
        let booked = Conversion::Times(causeway_value::Rate(1_234_567_000_000));
        let paid = if same_rate { booked } else { Conversion::Times(causeway_value::Rate(rate * 1_000_000)) };
        let company = |amount: i64, conversion: Conversion| conversion.amount(Amount(amount), currency("USD"), currency("EUR")).unwrap().0;
        let day = |offset| "2026-01-01".parse::<Day>().unwrap().plus_days(offset).to_string();
        let rows = rows.into_iter().enumerate();
        let open = rows.map(|(number, (of, offset, amount))| open(number, of, &day(offset), amount, company(amount, booked), booked)).collect();
        (open, source(amount, company(amount, paid), paid))
    })
}

proptest! {
    #[test]
    fn nothing_is_lost_or_overdrawn((open, payment) in any_ledger(), shares in prop::collection::vec((0_usize..3, 1_i64..=100), 1..6)) {
        let mut left = open.clone();
        let mut requested = Vec::new();
        let mut unallocated = payment.unallocated.0;
        for (of, share) in shares {
            let invoice_open: i64 = left.iter().filter(|row| row.invoice_id == invoice(of)).map(|row| row.open.0).sum();
            let asked: i64 = requested.iter().filter(|ask: &&RequestedAllocation| ask.invoice_id == invoice(of)).map(|ask| ask.amount.0).sum();
            let amount = (invoice_open - asked).min(unallocated) * share / 100;
            if amount > 0 {
                requested.push(ask(of, amount));
                unallocated -= amount;
            }
        }
        let plan = plan_allocations(&payment, &open, &requested, &no_rates).unwrap();
        prop_assert_eq!(plan.unallocated.0, unallocated);
        let used: i64 = plan.allocations.iter().map(|row| row.source_company_amount.0).sum();
        prop_assert_eq!(plan.company_unallocated.0, payment.company_unallocated.0 - used);
        if unallocated == 0 {
            prop_assert_eq!(plan.company_unallocated, Amount::ZERO);
        }
        for row in &plan.allocations {
            prop_assert_eq!(row.exchange_difference.0, row.source_company_amount.0 - row.company_amount.0);
            let settled = left.iter_mut().find(|open| open.id == row.installment_id).unwrap();
            settled.open.0 -= row.amount.0;
            settled.company_open.0 -= row.company_amount.0;
            prop_assert!(settled.open >= Amount::ZERO);
            prop_assert!(settled.company_open >= Amount::ZERO);
            prop_assert!(!settled.open.is_zero() || settled.company_open.is_zero());
            if payment.conversion == settled.conversion && unallocated > 0 {
                prop_assert_eq!(row.exchange_difference, Amount::ZERO);
            }
        }
    }
}

/// Case, money, installments (number, invoice, due, open), what is saved by invoice, what each invoice gets.
#[test]
fn what_is_due_first_gets_money_first() {
    let same = Conversion::Same;
    // 100.00 due on 31 March against 50.00 due on 16 March and 50.00 on 5 May (odoo reconciles receivables by `date_maturity`).
    let parted = vec![(1, 1, "2026-03-31", 10_000), (2, 2, "2026-03-16", 5_000), (3, 2, "2026-05-05", 5_000)];
    let early = vec![(1, 1, "2026-01-31", 11_900), (2, 2, "2026-02-28", 11_900)];
    let halves = vec![(1, 1, "2026-01-31", 5_950), (2, 1, "2026-03-31", 5_950), (3, 2, "2026-02-28", 10_000)];
    let gives_back = vec![(1, 1, "2026-01-01", 70_000), (2, 1, "2026-03-01", 50_000), (3, 1, "2026-04-01", -20_000), (4, 2, "2026-02-01", 30_000)];
    let cases = [
        ("by installment", 7_000, &parted, vec![], vec![(2, 5_000), (1, 2_000)]),
        ("all of them", 25_000, &parted, vec![], vec![(2, 10_000), (1, 10_000)]),
        ("the last part", 17_000, &parted, vec![], vec![(2, 7_000), (1, 10_000)]),
        ("what is needed in time", 23_324, &early, vec![(1, 238), (2, 238)], vec![(1, 11_662), (2, 11_662)]),
        ("all of it, no discount", 23_800, &early, vec![(1, 238), (2, 238)], vec![(1, 11_900), (2, 11_900)]),
        ("one in full, the other in time", 23_562, &early, vec![(1, 238), (2, 238)], vec![(1, 11_900), (2, 11_662)]),
        ("less of the second discount", 23_700, &early, vec![(1, 238), (2, 238)], vec![(1, 11_900), (2, 11_800)]),
        ("too little for the second", 20_000, &early, vec![(1, 238), (2, 238)], vec![(1, 11_662), (2, 8_338)]),
        ("too much", 30_000, &early, vec![(1, 238), (2, 238)], vec![(1, 11_900), (2, 11_900)]),
        ("the discount is of the last installment", 15_950, &halves, vec![(1, 238)], vec![(1, 5_950), (2, 10_000)]),
        ("the rest of it", 21_662, &halves, vec![(1, 238)], vec![(1, 11_662), (2, 10_000)]),
        // TERM-020: what gives back pays the first part of its own invoice.
        ("given back", 60_000, &gives_back, vec![], vec![(1, 50_000), (2, 10_000)]),
        ("given back, all of it", 130_000, &gives_back, vec![], vec![(1, 100_000), (2, 30_000)]),
        ("nothing", 0, &parted, vec![], vec![]),
    ];
    for (case, money, installments, saved, expected) in cases {
        let rows: Vec<OpenInstallment> = installments.iter().map(|(number, of, due, amount)| open(*number, *of, due, *amount, *amount, same)).collect();
        let saved = saved.into_iter().map(|(of, amount)| (invoice(of), Amount(amount))).collect();
        let found = share_out(Amount(money), currency("USD"), &rows, &saved, &|_| Ok(same)).unwrap();
        assert_eq!(found, expected.into_iter().map(|(of, amount)| ask(of, amount)).collect::<Vec<_>>(), "{case}");
    }
}

proptest! {
    /// What is shared out can be allocated, goes in the order of due dates, and leaves money only when nothing is open.
    #[test]
    fn what_is_shared_out_is_allocated((open, payment) in any_ledger(), saved in 0_i64..1_000) {
        let saved = (0..3).map(|of| (invoice(of), Amount(saved))).collect();
        let requested = share_out(payment.unallocated, payment.currency, &open, &saved, &|_| Ok(Conversion::Same)).unwrap();
        let total: i64 = open.iter().map(|row| row.open.0).sum();
        prop_assert_eq!(requested.iter().map(|ask| ask.amount.0).sum::<i64>(), total.min(payment.unallocated.0));
        prop_assert_eq!(plan_allocations(&payment, &open, &requested, &no_rates).unwrap().unallocated.0, (payment.unallocated.0 - total).max(0));
    }

    /// Money of another currency: what each invoice gets is never more than what closes it.
    #[test]
    fn converted_shares_are_allocated((open, payment) in any_ledger(), rate in 200_000_i64..5_000_000) {
        let way = Conversion::Times(causeway_value::Rate(rate * 1_000_000));
        let payment = Source { currency: currency("EUR"), ..payment };
        let requested = share_out(payment.unallocated, payment.currency, &open, &BTreeMap::new(), &|_| Ok(way.back())).unwrap();
        // What is worth less than the smallest amount of the invoice is refused, as ever.
        let plan = plan_allocations(&payment, &open, &requested, &|_, _| Some(way));
        prop_assert!(plan.is_ok() || requested.iter().any(|ask| ask.amount.0 < 10), "{plan:?}");
    }
}
