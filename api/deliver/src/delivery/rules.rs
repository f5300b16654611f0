//! What may ship, and what is left for whom.

use causeway_bill::obligation::rules::open;
use causeway_contract::{Code, FieldError};
use causeway_entity::bill::obligations;
use causeway_entity::deliver::{deliveries, delivery_lines};
use causeway_kernel::limits;
use causeway_master::check;
use causeway_openapi::delivery::DeliveryLineInput;
use causeway_value::{Day, OrderLineId, Overflow, Quantity, Zone};
use std::collections::{BTreeMap, BTreeSet};

/// What is still to be shipped, by order line. Lines of which nothing is left are not in it.
pub type Open = BTreeMap<OrderLineId, Quantity>;

/// What is planned to be shipped, by order line.
pub type Planned = BTreeMap<OrderLineId, Quantity>;

/// What is open and not planned.
///
/// # Errors
/// [`Overflow`] when a quantity does not fit.
pub fn unplanned(open: &Open, planned: &Planned) -> Result<Open, Overflow> {
    let mut left = Open::new();
    for (line, quantity) in open {
        let rest = quantity.minus(planned.get(line).copied().unwrap_or_default())?;
        if rest > Quantity::ZERO {
            left.insert(*line, rest);
        }
    }
    Ok(left)
}

/// What of these obligations is still to be shipped.
///
/// # Errors
/// [`Overflow`] when a quantity does not fit.
pub fn open_lines(obligations: &[obligations::Model]) -> Result<Open, Overflow> {
    let mut lines = Open::new();
    for obligation in obligations {
        let left = open(obligation)?;
        if left > Quantity::ZERO {
            lines.insert(obligation.id.cast(), left);
        }
    }
    Ok(lines)
}

/// Days that a shipment is planned ahead, at most.
pub const PLAN_AHEAD: i64 = 3 * 366;
/// Days after today that a shipment may be dated, at most: what it makes billable waits for its day, so that a mistyped year would never be billed.
pub const SHIP_AHEAD: i64 = limits::DAYS_AHEAD;

/// Checks the day of a shipment.
pub fn check_ship_date(day: Day, today: Day, ahead: i64, errors: &mut Vec<FieldError>) {
    check::day(day, "/ship_date", errors);
    if day.days_since(today) > ahead {
        let last = today.plus_days(ahead);
        errors.push(FieldError::pointer(Code::InvalidValue, "/ship_date", format!("must not be after {last}, {ahead} days from today; it is {day}")));
    }
}

/// Nothing ships before it was ordered: a day before the first line was confirmed would make what it bills, and how late it is, of a time without a deal.
pub fn check_shipped_after(day: Day, obligations: &[obligations::Model], zone: Zone, errors: &mut Vec<FieldError>) {
    let Some(since) = obligations.iter().map(|row| row.created_at.day_in(zone)).min() else { return };
    if day < since {
        errors.push(FieldError::pointer(Code::InvalidValue, "/ship_date", format!("must not be before {since}, when the order was confirmed; it is {day}")));
    }
}

/// Checks a receipt: not before the goods left, and not after today.
pub fn check_receipt(delivery: &deliveries::Model, today: Day, errors: &mut Vec<FieldError>) {
    let mut wrong = |field: &str, code, detail: String| errors.push(FieldError::pointer(code, field, detail));
    match (delivery.received_date, &delivery.received_by) {
        (Some(day), Some(by)) => {
            if by.trim().is_empty() {
                wrong("/received_by", Code::InvalidValue, "must not be empty".to_owned());
            }
            if let Some(shipped) = delivery.ship_date.filter(|shipped| day < *shipped) {
                wrong("/received_date", Code::InvalidValue, format!("must not be before it shipped, which was {shipped}"));
            }
            if day > today {
                wrong("/received_date", Code::InvalidValue, format!("must not be after today, {today}"));
            }
        }
        (Some(_), None) => wrong("/received_by", Code::Required, "is required: who took it".to_owned()),
        (None, Some(_)) => wrong("/received_by", Code::InvalidValue, "stands with `received_date` only".to_owned()),
        (None, None) => {}
    }
}

/// The earliest day that was promised for what these lines ship.
#[must_use]
pub fn promised(lines: &[delivery_lines::Model], obligations: &[obligations::Model]) -> Option<Day> {
    let shipped = obligations.iter().filter(|row| lines.iter().any(|line| line.order_line_id.uuid() == row.id.uuid()));
    shipped.filter_map(|row| row.promised_date).min()
}

/// Gives each line what is left of its order line, at most what it wants, and takes that from `open`.
#[must_use]
pub fn cover(open: &mut Open, wanted: &[(OrderLineId, Quantity)]) -> Vec<Quantity> {
    let mut given = Vec::with_capacity(wanted.len());
    for (line, quantity) in wanted {
        let left = open.get(line).copied().unwrap_or_default();
        let part = left.min(*quantity);
        // Both are at least zero and `part` is at most `left`.
        let rest = left.minus(part).unwrap_or_default();
        if rest > Quantity::ZERO {
            open.insert(*line, rest);
        } else {
            open.remove(line);
        }
        given.push(part);
    }
    given
}

/// Everything that is wrong with the lines of a new delivery: each must be a different line of the order, more than nothing, and at most what is open and not
/// planned in another delivery.
#[must_use]
pub fn check_lines(lines: &[DeliveryLineInput], obligations: &[obligations::Model], open: &Open, left: &Open) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, line) in lines.iter().enumerate() {
        let mut wrong = |code, field: &str, detail: String| errors.push(FieldError::pointer(code, format!("/lines/{index}/{field}"), detail));
        let Some(obligation) = obligations.iter().find(|obligation| obligation.id.uuid() == line.order_line_id.uuid()) else {
            wrong(Code::NotFound, "order_line_id", "names no line of this order".to_owned());
            continue;
        };
        if !seen.insert(line.order_line_id) {
            wrong(Code::InvalidValue, "order_line_id", "stands twice; add the quantities up in one line".to_owned());
        } else if !obligation.needs_delivery {
            wrong(Code::InvalidValue, "order_line_id", "needs no delivery".to_owned());
        }
        let of = |lines: &Open| lines.get(&line.order_line_id).copied().unwrap_or_default();
        let (open, left) = (of(open), of(left));
        if line.quantity <= Quantity::ZERO {
            wrong(Code::InvalidValue, "quantity", "must be more than 0".to_owned());
        } else if obligation.needs_delivery && line.quantity > open {
            wrong(Code::AmountExceedsOpen, "quantity", format!("must be at most {left}: the rest is delivered, cancelled or planned"));
        } else if obligation.needs_delivery && line.quantity > left {
            let detail = format!("must be at most {left}: {open} are left to deliver, and other ready deliveries ship the rest; ship or cancel those");
            wrong(Code::AmountExceedsOpen, "quantity", detail);
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_left_is_given_once() {
        let (chai, chang) = (OrderLineId::new(), OrderLineId::new());
        let mut open = Open::from([(chai, Quantity(15)), (chang, Quantity(2))]);
        assert_eq!(cover(&mut open, &[(chai, Quantity(40)), (chang, Quantity(1))]), [Quantity(15), Quantity(1)]);
        assert_eq!(open, Open::from([(chang, Quantity(1))]));
        assert_eq!(cover(&mut open, &[(chai, Quantity(40)), (chang, Quantity(5))]), [Quantity::ZERO, Quantity(1)]);
        assert!(open.is_empty());
    }

    #[test]
    fn what_is_planned_is_not_planned_again() {
        let (chai, chang, aniseed) = (OrderLineId::new(), OrderLineId::new(), OrderLineId::new());
        let open = Open::from([(chai, Quantity(15)), (chang, Quantity(2)), (aniseed, Quantity(3))]);
        // What was planned before it was refused may exceed what is open.
        let planned = Planned::from([(chai, Quantity(9)), (chang, Quantity(2)), (aniseed, Quantity(4)), (OrderLineId::new(), Quantity(1))]);
        assert_eq!(unplanned(&open, &planned), Ok(Open::from([(chai, Quantity(6))])));
    }

    proptest! {
        #[test]
        fn covering_neither_makes_nor_loses(left in 0_i64..1_000, wanted in prop::collection::vec(1_i64..400, 0..6)) {
            let line = OrderLineId::new();
            let mut open = Open::from([(line, Quantity(left))]);
            let wanted: Vec<_> = wanted.into_iter().map(|quantity| (line, Quantity(quantity))).collect();
            let given = cover(&mut open, &wanted);
            prop_assert!(given.iter().zip(&wanted).all(|(given, (_, wanted))| given <= wanted && given.0 >= 0));
            let rest = open.get(&line).copied().unwrap_or_default();
            prop_assert_eq!(given.iter().map(|given| given.0).sum::<i64>() + rest.0, left);
        }
    }
}
