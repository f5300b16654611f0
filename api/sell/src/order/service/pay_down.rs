//! Asking a part of an order in advance (DLV-007 to DLV-014).

use super::in_full;
use crate::order::{rules, store};
use causeway_bill::down_payment::{self, Ordered};
use causeway_contract::Problem;
use causeway_entity::sell::orders;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::down_payment::CreateDownPayment;
use causeway_openapi::invoice::Invoice;
use causeway_value::{Amount, OrderId, OrderStatus};

/// Makes a draft invoice over a down payment on a confirmed order.
///
/// # Errors
/// `not_found`; `state_conflict` when the order is not confirmed or is held; every wrong field; `amount_exceeds_open`.
pub async fn pay_down(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, body: &CreateDownPayment) -> Result<Invoice, Problem> {
    let order = tx.must::<orders::Entity>(id).await?;
    match order.status {
        OrderStatus::Confirmed | OrderStatus::Fulfilled => {}
        OrderStatus::Draft => return Err(rules::refused(&order, "is a draft, so nothing of it is owed. Confirm it first.")),
        OrderStatus::Cancelled => return Err(rules::refused(&order, "is cancelled. Make a new order.")),
    }
    let parts = store::parts_of(tx, &order).await?;
    // What is paid in advance is taxed in full.
    let full = in_full(tx, &order, &parts.lines).await?;
    let total = Amount::sum(full.iter().flat_map(|line| [line.net_amount, line.tax_amount]))?;
    let lines = full.iter().map(|line| (line.tax_ids.0.as_slice(), line.net_amount, line.taxes.0.as_slice()));
    let ordered = Ordered {
        id,
        groups: down_payment::rules::groups(lines)?,
        number: order.number,
        company_id: order.company_id,
        party_id: order.party_id,
        flow_id: order.flow_id,
        currency: order.currency,
        payment_term_id: order.payment_term_id,
        tax_rounding: order.tax_rounding,
        total,
    };
    down_payment::create(ctx, tx, &ordered, body).await
}
