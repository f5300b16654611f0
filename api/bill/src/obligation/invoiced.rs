//! How far lines of orders are invoiced, drafts counted apart (vector DLV-004).

use causeway_contract::Problem;
use causeway_kernel::Tx;
use causeway_kernel::db::Cell;
use causeway_value::{Amount, OrderId, OrderLineId, Overflow, Quantity};
use std::collections::BTreeMap;

/// What is billed of a line of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Invoiced {
    /// What became billable and stands on no invoice.
    pub waiting: Quantity,
    /// What stands on drafts.
    pub drafted: Quantity,
    /// What posted invoices bill without tax, less what was credited.
    pub amount: Amount,
}

impl Invoiced {
    /// The same after a change that is not written yet: it takes from what waits, or adds to it, what it does to the billable quantity.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn after(self, before: Quantity, now: Quantity) -> Result<Self, Overflow> {
        Ok(Self { waiting: self.waiting.plus(now.minus(before)?)?, ..self })
    }
}

/// What is billed of the lines of these orders. A line of which nothing became billable has no entry.
///
/// # Errors
/// When the database fails.
pub async fn invoiced(tx: &mut Tx<'_>, orders: &[OrderId]) -> Result<BTreeMap<OrderLineId, Invoiced>, Problem> {
    if orders.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut values = vec![tx.tenant().into()];
    let mut places = Vec::with_capacity(orders.len());
    for id in orders {
        values.push((*id).into());
        places.push(format!("${}", values.len()));
    }
    // A billable of an invoice that was reversed is written off, and keeps its place on that.
    let sql = format!(
        "SELECT b.order_line_id AS id, CAST(SUM(CASE WHEN b.status IN ('pending', 'ready', 'held') THEN b.quantity ELSE 0 END) AS BIGINT) AS waiting, \
             CAST(SUM(CASE WHEN i.status = 'draft' THEN l.quantity ELSE 0 END) AS BIGINT) AS drafted, \
             CAST(SUM(CASE WHEN i.status IN ('posted', 'reversed') THEN l.net_amount - l.credited_amount ELSE 0 END) AS BIGINT) AS amount \
         FROM billables b LEFT JOIN invoice_lines l ON l.tenant_id = b.tenant_id AND l.billable_id = b.id AND l.invoice_id = b.invoice_id \
             LEFT JOIN invoices i ON i.tenant_id = l.tenant_id AND i.id = l.invoice_id \
         WHERE b.tenant_id = $1 AND b.order_id IN ({}) AND b.order_line_id IS NOT NULL GROUP BY b.order_line_id",
        places.join(", ")
    );
    let cells = [("id", Cell::Uuid), ("waiting", Cell::Whole), ("drafted", Cell::Whole), ("amount", Cell::Whole)];
    let rows = tx.query(&sql, values, &cells).await?;
    let of = |row: &sea_orm::QueryResult| {
        let whole = |name: &str| row.try_get::<i64>("", name).ok();
        let invoiced = Invoiced { waiting: Quantity(whole("waiting")?), drafted: Quantity(whole("drafted")?), amount: Amount(whole("amount")?) };
        Some((OrderLineId::from_uuid(row.try_get("", "id").ok()?), invoiced))
    };
    Ok(rows.iter().filter_map(of).collect())
}
