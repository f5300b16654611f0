//! Orders that stand: while one does, its deal is neither lost nor undone, as what is owed and billed would belong to no won deal (RPT-03, RPT-04).

use causeway_contract::{Code, Problem};
use causeway_entity::sell::opportunities::Model;
use causeway_entity::sell::orders::{Column, Entity};
use causeway_kernel::db::Cell;
use causeway_kernel::{Find, Tx};
use causeway_value::{OpportunityId, OrderStatus};
use std::collections::BTreeMap;

/// Orders that are named, at most.
const NAMED: u64 = 10;

/// Refuses what cannot be while an order of the opportunity stands.
///
/// # Errors
/// `state_conflict` naming the orders.
pub(super) async fn must_have_none(tx: &mut Tx<'_>, row: &Model, verb: &str) -> Result<(), Problem> {
    let of_deal = Find::<Entity>::new().eq(Column::OpportunityId, row.id).ne(Column::Status, OrderStatus::Cancelled);
    let standing = of_deal.order_by(Column::Id).limit(NAMED).all(tx).await?;
    if standing.is_empty() {
        return Ok(());
    }
    let numbers: Vec<&str> = standing.iter().map(|order| order.number.as_str()).collect();
    let detail = format!(
        "The opportunity cannot be {verb} while it has orders: {}. Cancel them first (POST /v1/orders/{{id}}/cancel); what of them is delivered or invoiced is sold.",
        numbers.join(", ")
    );
    let ids: Vec<String> = standing.iter().map(|order| order.id.to_string()).collect();
    Err(Problem::new(Code::StateConflict, detail).with("orders", ids))
}

/// The number of an order that stands, of each of these deals that has one, in one query.
///
/// # Errors
/// When the database fails.
pub(super) async fn of_deals(tx: &mut Tx<'_>, ids: &[OpportunityId]) -> Result<BTreeMap<OpportunityId, String>, Problem> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut values = vec![tx.tenant().into(), OrderStatus::Cancelled.into()];
    let mut places = Vec::with_capacity(ids.len());
    for id in ids {
        values.push((*id).into());
        places.push(format!("${}", values.len()));
    }
    let sql = format!(
        "SELECT opportunity_id AS id, MIN(number) AS number FROM orders WHERE tenant_id = $1 AND status <> $2 AND opportunity_id IN ({}) GROUP BY opportunity_id",
        places.join(", ")
    );
    let rows = tx.query(&sql, values, &[("id", Cell::Uuid), ("number", Cell::Text)]).await?;
    let of = |row: &sea_orm::QueryResult| Some((OpportunityId::from_uuid(row.try_get("", "id").ok()?), row.try_get("", "number").ok()?));
    Ok(rows.iter().filter_map(of).collect())
}
