//! What an obligation's quantities mean.

use causeway_entity::bill::obligations;
use causeway_value::{BillingPolicy, Overflow, ProductKind, Quantity};

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

/// The quantities of an obligation, for its order line to show.
///
/// # Errors
/// [`Overflow`] when they do not fit.
pub fn progress(obligation: &obligations::Model) -> Result<Progress, Overflow> {
    Ok(Progress {
        ordered: obligation.ordered_quantity,
        reserved: obligation.reserved_quantity,
        delivered: obligation.delivered_quantity,
        invoiced: obligation.invoiced_quantity,
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

/// What of a line can still be cancelled: what is neither delivered, nor cancelled, nor on an invoice. `invoiced` counts drafts too. A line that gives back
/// is cancelled as a whole or not at all.
///
/// # Errors
/// [`Overflow`] when it does not fit.
pub fn cancellable(obligation: &obligations::Model, invoiced: Quantity) -> Result<Quantity, Overflow> {
    let uncancelled = obligation.ordered_quantity.minus(obligation.cancelled_quantity)?;
    if obligation.ordered_quantity < Quantity::ZERO {
        return Ok(if invoiced == Quantity::ZERO { uncancelled } else { Quantity::ZERO });
    }
    Ok(uncancelled.minus(obligation.delivered_quantity.max(invoiced))?.max(Quantity::ZERO))
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
}
