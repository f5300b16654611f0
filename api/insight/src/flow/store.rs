//! Reading what belongs to a deal.

use super::rules::{DOCUMENTS, Moment};
use causeway_contract::Problem;
use causeway_entity::bill::{allocations, billables, installments, invoices, obligations, payments};
use causeway_entity::deliver::deliveries;
use causeway_entity::kernel::events;
use causeway_entity::sell::{leads, opportunities, order_holds, orders, quotes};
use causeway_kernel::{Find, Tx};
use causeway_value::{BillableStatus, FlowId, InvoiceId, OrderId};
use sea_orm::sea_query::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Every document of a deal.
pub(super) struct Documents {
    pub leads: Vec<leads::Model>,
    pub opportunities: Vec<opportunities::Model>,
    pub quotes: Vec<quotes::Model>,
    pub orders: Vec<orders::Model>,
    pub deliveries: Vec<deliveries::Model>,
    pub invoices: Vec<invoices::Model>,
    pub payments: Vec<payments::Model>,
}

/// Invoices of the deal alone, those that bill it together with other deals, and what credits either.
const INVOICES: &str = "flow_id = ? \
    OR id IN (SELECT l.invoice_id FROM billables b JOIN invoice_lines l ON l.tenant_id = b.tenant_id AND l.billable_id = b.id \
        WHERE b.tenant_id = $1 AND b.flow_id = ?) \
    OR credited_invoice_id IN (SELECT l.invoice_id FROM billables b JOIN invoice_lines l ON l.tenant_id = b.tenant_id AND l.billable_id = b.id \
        WHERE b.tenant_id = $1 AND b.flow_id = ?)";

/// The documents of a deal that the caller may see.
pub(super) async fn documents(tx: &mut Tx<'_>, flow: FlowId) -> Result<Documents, Problem> {
    let invoices = Find::<invoices::Entity>::new().when(INVOICES, vec![flow.into(), flow.into(), flow.into()]).all(tx).await?;
    Ok(Documents {
        leads: Find::<leads::Entity>::new().eq(leads::Column::FlowId, flow).all(tx).await?,
        opportunities: Find::<opportunities::Entity>::new().eq(opportunities::Column::FlowId, flow).all(tx).await?,
        quotes: Find::<quotes::Entity>::new().eq(quotes::Column::FlowId, flow).all(tx).await?,
        orders: Find::<orders::Entity>::new().eq(orders::Column::FlowId, flow).all(tx).await?,
        deliveries: Find::<deliveries::Entity>::new().eq(deliveries::Column::FlowId, flow).all(tx).await?,
        payments: payments_of(tx, flow, &invoices).await?,
        invoices,
    })
}

/// Payments of the deal, and those that settle or settled one of its invoices.
async fn payments_of(tx: &mut Tx<'_>, flow: FlowId, invoices: &[invoices::Model]) -> Result<Vec<payments::Model>, Problem> {
    let ids: Vec<InvoiceId> = invoices.iter().map(|invoice| invoice.id).collect();
    let settling = Find::<allocations::Entity>::new().among(allocations::Column::InvoiceId, ids).all(tx).await?;
    let mut wanted: Vec<Value> = settling.into_iter().filter_map(|allocation| allocation.payment_id).map(Value::from).collect();
    let marks = if wanted.is_empty() { "NULL".to_owned() } else { vec!["?"; wanted.len()].join(", ") };
    wanted.insert(0, flow.into());
    Find::<payments::Entity>::new().when(&format!("flow_id = ? OR id IN ({marks})"), wanted).all(tx).await
}

/// What happened to the documents of the deal, in order. `others` are those that do not carry its id.
pub(super) async fn moments(tx: &mut Tx<'_>, flow: FlowId, others: &[Uuid]) -> Result<Vec<Moment>, Problem> {
    let marks = if others.is_empty() { "NULL".to_owned() } else { vec!["?"; others.len()].join(", ") };
    let values = std::iter::once(flow.into()).chain(others.iter().map(|id| (*id).into())).collect();
    let rows = Find::<events::Entity>::new()
        .when(&format!("flow_id = ? OR subject_id IN ({marks})"), values)
        .among(events::Column::SubjectType, DOCUMENTS)
        .order_by(events::Column::OccurredAt)
        .order_by(events::Column::Id)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| Moment { event: row.event_type, subject: row.subject_id, at: row.occurred_at }).collect())
}

/// The holds on these orders that were not released.
pub(super) async fn holds(tx: &mut Tx<'_>, orders: &[orders::Model]) -> Result<Vec<order_holds::Model>, Problem> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let ids = orders.iter().map(|order| order.id);
    Find::<order_holds::Entity>::new().among(order_holds::Column::OrderId, ids).is_null(order_holds::Column::ReleasedAt).all(tx).await
}

/// The billables of the deal that may be billed, now or once nobody holds them, oldest first.
pub(super) async fn unbilled(tx: &mut Tx<'_>, flow: FlowId) -> Result<Vec<billables::Model>, Problem> {
    let of_flow = Find::<billables::Entity>::new().eq(billables::Column::FlowId, flow);
    of_flow.among(billables::Column::Status, [BillableStatus::Ready, BillableStatus::Held]).order_by(billables::Column::CreatedAt).all(tx).await
}

/// The orders of the deal of which something must be delivered yet.
pub(super) async fn owed(tx: &mut Tx<'_>, flow: FlowId) -> Result<BTreeSet<OrderId>, Problem> {
    let of_flow = Find::<obligations::Entity>::new().eq(obligations::Column::FlowId, flow);
    let rows = of_flow.when("needs_delivery AND delivered_quantity < ordered_quantity - cancelled_quantity", Vec::new()).all(tx).await?;
    Ok(rows.into_iter().map(|row| row.order_id).collect())
}

/// What of these invoices is not settled, oldest due first.
pub(super) async fn open_installments(tx: &mut Tx<'_>, invoices: &[InvoiceId]) -> Result<Vec<installments::Model>, Problem> {
    if invoices.is_empty() {
        return Ok(Vec::new());
    }
    Find::<installments::Entity>::new()
        .among(installments::Column::InvoiceId, invoices.iter().copied())
        .gt(installments::Column::OpenAmount, 0_i64)
        .order_by(installments::Column::DueDate)
        .all(tx)
        .await
}
