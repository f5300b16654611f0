//! What stands with orders.

use causeway_bill::down_payment::{OfOrder, moved, of_orders};
use causeway_bill::obligation;
use causeway_contract::Problem;
use causeway_entity::bill::obligations;
use causeway_entity::sell::{order_amendments, order_holds, order_lines, orders};
use causeway_kernel::{Find, Tx};
use causeway_value::{OrderId, OrderLineId, OrderStatus, Overflow, Quantity};
use std::collections::BTreeMap;

/// What stands with one order.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// Its lines, in order.
    pub lines: Vec<order_lines::Model>,
    /// What we owe for them, once it is confirmed.
    pub obligations: Vec<obligations::Model>,
    /// How far its lines are invoiced, and how much of each was billable then.
    pub invoiced: BTreeMap<OrderLineId, (obligation::Invoiced, Quantity)>,
    /// What blocks it now, oldest first.
    pub holds: Vec<order_holds::Model>,
    /// Its ids in other systems.
    pub refs: Vec<(String, String)>,
    /// The last change since it was confirmed.
    pub last_amendment: Option<order_amendments::Model>,
    /// What its posted down payments come to and have left.
    pub down_payments: OfOrder,
}

impl Parts {
    /// How far a line is invoiced.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn invoiced(&self, id: OrderLineId, obligation: Option<&obligations::Model>) -> Result<obligation::Invoiced, Overflow> {
        let (invoiced, before) = self.invoiced.get(&id).copied().unwrap_or_default();
        invoiced.after(before, obligation.map_or(Quantity::ZERO, |row| row.billable_quantity))
    }
}

/// What stands with these orders, in one query per kind. Every order has an entry.
///
/// # Errors
/// When the database fails.
pub async fn parts(tx: &mut Tx<'_>, rows: &[orders::Model]) -> Result<BTreeMap<OrderId, Parts>, Problem> {
    let ids: Vec<OrderId> = rows.iter().map(|row| row.id).collect();
    let mut found: BTreeMap<OrderId, Parts> = ids.iter().map(|id| (*id, Parts::default())).collect();
    if ids.is_empty() {
        return Ok(found);
    }
    let lines = Find::<order_lines::Entity>::new().among(order_lines::Column::OrderId, ids.iter().copied()).order_by(order_lines::Column::Position);
    for line in lines.all(tx).await? {
        found.entry(line.order_id).or_default().lines.push(line);
    }
    let confirmed: Vec<OrderId> = rows.iter().filter(|row| row.status != OrderStatus::Draft).map(|row| row.id).collect();
    for obligation in obligation::of_orders(tx, &confirmed).await? {
        found.entry(obligation.order_id).or_default().obligations.push(obligation);
    }
    // Of what nothing was billable there is nothing to ask; what was taken back may still stand on an invoice.
    let is_begun = |row: &obligations::Model| row.billable_quantity != Quantity::ZERO || row.invoiced_quantity != Quantity::ZERO;
    let begun = found.iter().filter(|(_, parts)| parts.obligations.iter().any(is_begun)).map(|(id, _)| *id);
    let billed = obligation::invoiced(tx, &begun.collect::<Vec<_>>()).await?;
    for Parts { obligations, invoiced, .. } in found.values_mut() {
        for row in obligations.iter() {
            if let Some(of_line) = billed.get(&row.id.cast()) {
                invoiced.insert(row.id.cast(), (*of_line, row.billable_quantity));
            }
        }
    }
    for (id, down_payments) in of_orders(tx, &confirmed).await? {
        found.entry(id).or_default().down_payments = down_payments;
    }
    let holds = Find::<order_holds::Entity>::new().among(order_holds::Column::OrderId, ids.iter().copied()).is_null(order_holds::Column::ReleasedAt);
    for hold in holds.order_by(order_holds::Column::Since).all(tx).await? {
        found.entry(hold.order_id).or_default().holds.push(hold);
    }
    let amended: Vec<OrderId> = rows.iter().filter(|row| row.amendments.is_some()).map(|row| row.id).collect();
    if !amended.is_empty() {
        let last = "number = (SELECT amendments FROM orders o WHERE o.tenant_id = $1 AND o.id = order_amendments.order_id)";
        let last = Find::<order_amendments::Entity>::new().among(order_amendments::Column::OrderId, amended).when(last, Vec::new());
        for amendment in last.all(tx).await? {
            let parts = found.entry(amendment.order_id).or_default();
            parts.last_amendment = Some(amendment);
        }
    }
    for (id, refs) in tx.external_refs(&ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()).await? {
        found.entry(OrderId::from_uuid(id)).or_default().refs = refs;
    }
    Ok(found)
}

/// What stands with these orders, this transaction's writes included: they are written at its end and read as it was before.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub async fn parts_now(tx: &mut Tx<'_>, rows: &[orders::Model]) -> Result<BTreeMap<OrderId, Parts>, Problem> {
    let mut found = parts(tx, rows).await?;
    let moved = moved(tx)?;
    // The last write of each row counts.
    let written: BTreeMap<_, _> = tx.written::<obligations::Model>().map(|row| (row.id, row)).collect();
    for (id, parts) in &mut found {
        for row in &mut parts.obligations {
            if let Some(written) = written.get(&row.id) {
                row.clone_from(written);
                // As it was before, like what is drafted: what was taken off may have stood on an invoice.
                parts.invoiced.entry(row.id.cast()).or_default().1 = row.billable_quantity;
            }
        }
        if let Some(moved) = moved.get(id) {
            parts.down_payments.amount = parts.down_payments.amount.plus(moved.amount)?;
            parts.down_payments.undeducted = parts.down_payments.undeducted.plus(moved.undeducted)?;
        }
    }
    Ok(found)
}

/// What stands with one order.
///
/// # Errors
/// When the database fails.
pub async fn parts_of(tx: &mut Tx<'_>, row: &orders::Model) -> Result<Parts, Problem> {
    Ok(parts(tx, std::slice::from_ref(row)).await?.remove(&row.id).unwrap_or_default())
}
