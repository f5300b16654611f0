use super::*;
use causeway_value::{BillingPolicy, CompanyId, FlowId, Instant, Json, ObligationId, OrderId, PartyId, Price, RecognitionPolicy, TenantId};
use proptest::prelude::*;

pub(crate) fn line(ordered: i64, net: i64, price: i64) -> obligations::Model {
    obligations::Model {
        tenant_id: TenantId::new(),
        id: ObligationId::new(),
        order_id: OrderId::new(),
        company_id: CompanyId::new(),
        party_id: PartyId::new(),
        flow_id: FlowId::new(),
        product_id: None,
        description: "Chai".to_owned(),
        unit: None,
        currency: "EUR".parse().unwrap(),
        unit_price: Price::ONE,
        price_base_quantity: Quantity::ONE,
        discount_percent: Percent::ZERO,
        document_discount_percent: Percent::ZERO,
        discount_base: None,
        net_amount: Amount(net),
        price_amount: Amount(price),
        tax_ids: Json(Vec::new()),
        billing_policy: BillingPolicy::OnDelivery,
        needs_delivery: true,
        recognition: RecognitionPolicy::AtPoint,
        payment_term_id: None,
        dimension_set_id: None,
        dimensions: None,
        ordered_quantity: Quantity(ordered),
        reserved_quantity: Quantity::ZERO,
        delivered_quantity: Quantity::ZERO,
        invoiced_quantity: Quantity::ZERO,
        returned_quantity: Quantity::ZERO,
        cancelled_quantity: Quantity::ZERO,
        billable_quantity: Quantity::ZERO,
        billable_amount: Amount::ZERO,
        billable_price_amount: Amount::ZERO,
        version: 1,
        created_at: Instant(0),
        updated_at: Instant(0),
        holds: None,
        tax_amount: None,
        promised_date: None,
        awaited_date: None,
        reference: None,
        unit_step: None,
        ship_to_id: None,
        tax_rounding: None,
        tax_step: None,
        discount_posting: None,
    }
}

fn bill(line: &mut obligations::Model, quantity: i64) -> Part {
    let part = next_part(line, Quantity(quantity)).unwrap();
    line.billable_quantity.0 += part.quantity.0;
    line.billable_amount.0 += part.amount.0;
    line.billable_price_amount.0 += part.price_amount.0;
    part
}

fn undo(line: &mut obligations::Model, part: Part) {
    line.billable_quantity.0 -= part.quantity.0;
    line.billable_amount.0 -= part.amount.0;
    line.billable_price_amount.0 -= part.price_amount.0;
}

#[test]
fn the_last_part_takes_the_residue() {
    let mut line = line(3, 1_000, 1_190);
    assert_eq!([1, 1, 1].map(|quantity| bill(&mut line, quantity).amount.0), [333, 334, 333]);
    assert_eq!(line.billable_price_amount, line.price_amount);
    assert_eq!(next_part(&line, Quantity(1)).unwrap_err().code, Code::AmountExceedsOpen);
}

#[test]
fn a_line_that_gives_back_has_parts_too() {
    let mut line = line(-4, -1_000, -1_000);
    assert_eq!(next_part(&line, Quantity(1)).unwrap_err().code, Code::AmountExceedsOpen);
    assert_eq!([-1, -3].map(|quantity| bill(&mut line, quantity).amount.0), [-250, -750]);
    assert_eq!(next_part(&line, Quantity(-1)).unwrap_err().code, Code::AmountExceedsOpen);
}

#[test]
fn free_lines_come_to_nothing() {
    let mut line = line(2, 0, 0);
    assert_eq!(bill(&mut line, 2).amount, Amount::ZERO);
}

#[test]
fn shrinking_takes_a_share_or_all() {
    let part = Part { quantity: Quantity(3), amount: Amount(1_000), price_amount: Amount(1_190) };
    assert_eq!(taken_back(part, Quantity(1)).unwrap(), Part { quantity: Quantity(1), amount: Amount(333), price_amount: Amount(397) });
    assert_eq!(taken_back(part, Quantity(9)).unwrap(), part);
}

#[test]
fn discounts_multiply() {
    let percent = |text: &str| text.parse::<Percent>().unwrap();
    assert_eq!(combined_discount(percent("10"), percent("10")), Ok(percent("19")));
    assert_eq!(combined_discount(percent("100"), percent("7")), Ok(percent("100")));
    assert_eq!(combined_discount(percent("0"), percent("0")), Ok(Percent::ZERO));
}

proptest! {
    /// Parts made, taken back in any order and made again: never beyond the line, never of the wrong sign, and complete when all of it is.
    #[test]
    fn what_is_billed_adds_up(net in -100_000_i64..100_000, steps in prop::collection::vec((1_i64..9, any::<bool>(), any::<prop::sample::Index>()), 1..30)) {
        let ordered = 40;
        let mut line = line(ordered, net, net * 2);
        let mut parts = Vec::new();
        for (quantity, take_back, which) in steps {
            if take_back && !parts.is_empty() {
                let part = parts.swap_remove(which.index(parts.len()));
                undo(&mut line, part);
            } else if line.billable_quantity.0 + quantity <= ordered {
                parts.push(bill(&mut line, quantity));
            }
            prop_assert!(line.billable_amount.0.abs() <= net.abs());
            prop_assert!(line.billable_amount.0 * net >= 0);
        }
        let rest = ordered - line.billable_quantity.0;
        bill(&mut line, rest);
        prop_assert_eq!((line.billable_amount, line.billable_price_amount), (line.net_amount, line.price_amount));
    }
}

#[test]
fn somebody_bills_no_more_than_is_left() {
    let whole = |text: &str| text.parse::<Quantity>().unwrap();
    let share = |text: &str| text.parse::<Percent>().unwrap();
    let fresh = line(whole("2").0, 1_200_000, 1_200_000);
    assert_eq!(manual_quantity(&fresh, None, Some(share("30"))).unwrap(), whole("0.6"));
    let begun = obligations::Model { billable_quantity: whole("0.6"), cancelled_quantity: whole("1"), ..fresh.clone() };
    assert_eq!(manual_quantity(&begun, None, None).unwrap(), whole("0.4"));
    assert_eq!(manual_quantity(&begun, Some(whole("0.4")), None).unwrap(), whole("0.4"));
    let refused = |line: &obligations::Model, quantity: &str| {
        let problem = manual_quantity(line, Some(whole(quantity)), None).unwrap_err();
        (problem.code, problem.errors[0].pointer.clone().unwrap())
    };
    assert_eq!(refused(&begun, "0.41"), (Code::AmountExceedsOpen, "/quantity".to_owned()));
    assert_eq!(refused(&begun, "0").1, "/quantity");
    assert_eq!(refused(&begun, "-0.1").1, "/quantity");
    let done = obligations::Model { billable_quantity: whole("2"), ..fresh };
    assert_eq!(refused(&done, "0.1"), (Code::AmountExceedsOpen, "/order_line_id".to_owned()));
    // Lowered below what was billed, it has nothing left, either.
    let lowered = obligations::Model { billable_quantity: whole("1.5"), cancelled_quantity: whole("1"), ..done.clone() };
    assert_eq!(refused(&lowered, "0.5"), (Code::AmountExceedsOpen, "/order_line_id".to_owned()));
    let back = line(whole("-1").0, -100, -100);
    assert_eq!(manual_quantity(&back, None, None).unwrap(), whole("-1"));
}

#[test]
fn what_was_cancelled_is_not_billed_again() {
    let whole = |text: &str| text.parse::<Quantity>().unwrap();
    for (again, left, expected) in
        [("10", "6", "6"), ("4", "6", "4"), ("4", "0", "0"), ("4", "-2", "0"), ("-3", "-1", "-1"), ("-1", "-3", "-1"), ("0", "5", "0")]
    {
        assert_eq!(at_most_left(whole(again), whole(left)), whole(expected), "{again} of {left}");
    }
}
