//! What an obligation's quantities mean.

use causeway_entity::bill::obligations;
use causeway_master::pricing::amounts::{cumulative_amount, line_net, split_discount};
use causeway_value::{Amount, BillingPolicy, Day, OrderLineId, Overflow, ProductKind, Quantity};
use std::collections::BTreeMap;

/// How far an obligation is fulfilled and billed, in its order line's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What the customer ordered.
    pub ordered: Quantity,
    /// What stock is set aside for.
    pub reserved: Quantity,
    /// What was shipped.
    pub delivered: Quantity,
    /// What stands on posted invoices.
    pub invoiced: Quantity,
    /// What came back.
    pub returned: Quantity,
    /// What will not be delivered.
    pub cancelled: Quantity,
    /// What is still to be shipped: nothing for what needs no delivery.
    pub open: Quantity,
}

/// Whether it takes a delivery to fulfil a line: goods, and what is billed on delivery. A line that gives back is settled by its billable alone.
#[must_use]
pub fn needs_delivery(kind: Option<ProductKind>, policy: BillingPolicy, quantity: Quantity) -> bool {
    quantity > Quantity::ZERO && (kind == Some(ProductKind::Goods) || policy == BillingPolicy::OnDelivery)
}

/// What the whole line comes to with the taxes that its price includes: after both discounts, but for one that is taken off the total.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn price_amount(row: &obligations::Model) -> Result<Amount, Overflow> {
    let (off_line, _) = split_discount(row.document_discount_percent, row.discount_base.unwrap_or_default());
    line_net(row.ordered_quantity, row.unit_price, row.price_base_quantity, row.discount_percent, off_line, row.currency)
}

/// Whether confirming the order makes a line billable (BIL-02). What gives back waits for nothing: no delivery will ever trigger it.
#[must_use]
pub fn billed_on_order(policy: BillingPolicy, quantity: Quantity) -> bool {
    policy == BillingPolicy::OnOrder || (policy == BillingPolicy::OnDelivery && quantity < Quantity::ZERO)
}

/// What is still to be shipped.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn open(obligation: &obligations::Model) -> Result<Quantity, Overflow> {
    if !obligation.needs_delivery {
        return Ok(Quantity::ZERO);
    }
    let open = obligation.ordered_quantity.minus(obligation.delivered_quantity)?.minus(obligation.cancelled_quantity)?;
    Ok(open.max(Quantity::ZERO))
}

/// What of a line counts as invoiced: whole steps of its unit, a begun one as a whole (vector DLV-005).
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn counted(obligation: &obligations::Model) -> Result<Quantity, Overflow> {
    let (invoiced, Some(step)) = (obligation.invoiced_quantity, obligation.unit_step.filter(|step| *step > Quantity::ZERO)) else {
        return Ok(obligation.invoiced_quantity);
    };
    let rest = invoiced.0.checked_rem(step.0).ok_or(Overflow)?;
    if rest == 0 {
        return Ok(invoiced);
    }
    let begun = step.0.checked_mul(invoiced.0.signum()).and_then(|step| step.checked_sub(rest)).ok_or(Overflow)?;
    invoiced.plus(Quantity(begun))
}

/// The quantities of an obligation, for its order line to show.
///
/// # Errors
/// [`Overflow`] when they do not fit.
pub fn progress(obligation: &obligations::Model) -> Result<Progress, Overflow> {
    Ok(Progress {
        ordered: obligation.ordered_quantity,
        reserved: obligation.reserved_quantity,
        delivered: obligation.delivered_quantity,
        invoiced: counted(obligation)?,
        returned: obligation.returned_quantity,
        cancelled: obligation.cancelled_quantity,
        open: open(obligation)?,
    })
}

/// Whether nothing is left to be shipped: everything that needs a delivery is delivered or cancelled.
///
/// # Errors
/// [`Overflow`] when a quantity does not fit.
pub fn complete<'a>(obligations: impl IntoIterator<Item = &'a obligations::Model>) -> Result<bool, Overflow> {
    for obligation in obligations {
        if open(obligation)? != Quantity::ZERO {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What of a line stands: ordered and not cancelled.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn kept(obligation: &obligations::Model) -> Result<Quantity, Overflow> {
    obligation.ordered_quantity.minus(obligation.cancelled_quantity)
}

/// What is still to be billed of these lines with tax; `billed` is what stays on invoices of each. None when the tax of a line is not known. Rounded as it will
/// be billed: the net is a part of the line's, and its tax comes on top; where the price contains taxes, the two are a part of the price together.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn to_bill(obligations: &[obligations::Model], billed: &BTreeMap<OrderLineId, Quantity>) -> Result<Option<Amount>, Overflow> {
    let mut sum = Amount::ZERO;
    for row in obligations {
        let Some(tax) = row.tax_amount else { return Ok(None) };
        let (kept, billed) = (kept(row)?, billed.get(&row.id.cast()).copied().unwrap_or_default());
        if kept.minus(billed)?.0.signum() != row.ordered_quantity.0.signum() {
            continue;
        }
        let rest = |whole| cumulative_amount(whole, kept, row.ordered_quantity)?.minus(cumulative_amount(whole, billed, row.ordered_quantity)?);
        let parts = if row.price_amount == row.net_amount { [row.net_amount, tax] } else { [row.net_amount.plus(tax)?, Amount::ZERO] };
        sum = parts.into_iter().try_fold(sum, |sum, whole| sum.plus(rest(whole)?))?;
    }
    Ok(Some(sum))
}

/// The day that somebody waits for: the promised one, while something is left to ship.
///
/// # Errors
/// [`Overflow`] when a quantity does not fit.
pub fn awaited(obligation: &obligations::Model) -> Result<Option<Day>, Overflow> {
    Ok(if open(obligation)? == Quantity::ZERO { None } else { obligation.promised_date })
}

/// Whether something of a line is to come that was promised for a day before this one (STK-10).
///
/// # Errors
/// [`Overflow`] when a quantity does not fit.
pub fn overdue(obligation: &obligations::Model, today: Day) -> Result<bool, Overflow> {
    Ok(obligation.promised_date.is_some_and(|day| day < today) && open(obligation)? != Quantity::ZERO)
}

/// Whether that was noted: a promise that is noted is not awaited any more.
///
/// # Errors
/// [`Overflow`] when a quantity does not fit.
pub fn noted(obligation: &obligations::Model) -> Result<bool, Overflow> {
    Ok(obligation.promised_date.is_some() && obligation.awaited_date.is_none() && open(obligation)? != Quantity::ZERO)
}

/// Whether nothing more is to come of a line: what needs a delivery is delivered, and the rest is on posted invoices, as nothing else tells that it was done
/// (ORD-13).
///
/// # Errors
/// [`Overflow`] when a quantity does not fit.
pub fn done(obligation: &obligations::Model) -> Result<bool, Overflow> {
    if obligation.needs_delivery {
        return Ok(open(obligation)? == Quantity::ZERO);
    }
    Ok(obligation.invoiced_quantity.0.unsigned_abs() >= kept(obligation)?.0.unsigned_abs())
}

/// What of a line can still be cancelled: what is neither delivered nor, where nothing is delivered, on an invoice. `billed` counts drafts too. A line that
/// gives back is cancelled as a whole or not at all.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn cancellable(obligation: &obligations::Model, billed: Quantity) -> Result<Quantity, Overflow> {
    let kept = kept(obligation)?;
    if obligation.ordered_quantity < Quantity::ZERO {
        return Ok(if billed == Quantity::ZERO { kept } else { Quantity::ZERO });
    }
    let stays = if obligation.needs_delivery { obligation.delivered_quantity } else { billed };
    Ok(kept.minus(stays)?.max(Quantity::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use BillingPolicy::{Milestone, OnDelivery, OnOrder};
    use causeway_value::ProductKind::{Goods, Service};

    #[test]
    fn goods_are_delivered_and_so_is_what_is_billed_on_delivery() {
        let one = Quantity::ONE;
        assert!(needs_delivery(Some(Goods), OnOrder, one));
        assert!(needs_delivery(Some(Service), OnDelivery, one));
        assert!(!needs_delivery(Some(Service), OnOrder, one));
        assert!(!needs_delivery(None, Milestone, one));
        assert!(!needs_delivery(Some(Goods), OnDelivery, Quantity(-1)));
        assert!(billed_on_order(OnDelivery, Quantity(-1)));
        assert!(!billed_on_order(OnDelivery, one));
        assert!(!billed_on_order(Milestone, one));
    }

    #[test]
    fn a_begun_step_counts_as_a_whole() {
        let row = |invoiced: &str, step: Option<&str>| obligations::Model {
            invoiced_quantity: invoiced.parse().unwrap(),
            unit_step: step.map(|step| step.parse().unwrap()),
            ..crate::billable::rules::tests::line(10, 1_000, 1_000)
        };
        // DLV-005
        let cases = [("5.13", "5.2"), ("5.2", "5.2"), ("0", "0"), ("-5.13", "-5.2"), ("0.000001", "0.1")];
        for (invoiced, expected) in cases {
            assert_eq!(counted(&row(invoiced, Some("0.1"))), Ok(expected.parse().unwrap()), "{invoiced}");
        }
        assert_eq!(counted(&row("5.13", None)), Ok("5.13".parse().unwrap()));
        assert_eq!(counted(&row("9223372036854.775807", Some("1"))), Err(Overflow));
    }

    #[test]
    fn a_line_is_done_by_delivery_or_else_by_its_invoice() {
        let row = |needs_delivery, delivered, invoiced, cancelled| obligations::Model {
            needs_delivery,
            delivered_quantity: Quantity(delivered),
            invoiced_quantity: Quantity(invoiced),
            cancelled_quantity: Quantity(cancelled),
            ..crate::billable::rules::tests::line(10, 1_000, 1_000)
        };
        for (needs_delivery, delivered, invoiced, cancelled, is_done) in
            [(true, 9, 10, 0, false), (true, 9, 0, 1, true), (false, 10, 9, 0, false), (false, 0, 9, 1, true), (false, 0, 10, 4, true), (false, 0, 0, 10, true)]
        {
            assert_eq!(done(&row(needs_delivery, delivered, invoiced, cancelled)), Ok(is_done), "{needs_delivery} {delivered} {invoiced} {cancelled}");
        }
        // Goods that were invoiced ahead are cancelled as far as they are not delivered; services stay as far as they are invoiced.
        assert_eq!(cancellable(&row(true, 4, 10, 0), Quantity(10)), Ok(Quantity(6)));
        assert_eq!(cancellable(&row(false, 0, 7, 0), Quantity(7)), Ok(Quantity(3)));
        assert_eq!(cancellable(&row(false, 0, 7, 4), Quantity(7)), Ok(Quantity::ZERO));
    }
}
